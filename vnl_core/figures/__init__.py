"""A study's figures for a paper, drawn by matplotlib: no browser, and the same bytes every time."""
