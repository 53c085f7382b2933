"""`make bench`: ratios measured side by side in one run. Single figures are this machine's."""
