"""Analyses of a study: pure functions over its tables. Pages and figures only draw them."""
