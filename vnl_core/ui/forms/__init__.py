"""Editors made from a config model."""
