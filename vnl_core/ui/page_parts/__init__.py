"""The parts of each page; none is used by another page."""
