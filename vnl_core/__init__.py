"""Virtual animals crossing gaps: design, preview, roll out, train and watch."""

__version__ = "0.1.0"
