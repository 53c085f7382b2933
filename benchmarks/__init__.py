"""`make bench`: ratios measured side by side in one run. Single figures are this machine's."""

Row = tuple[str, float | str, str]
"""Of a table: what, figure, unit."""
