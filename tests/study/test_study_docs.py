"""docs/study.md tells every column and array as the schema has it."""

from pathlib import Path

import pytest

from vnl_core.study.schema import ARRAYS, TABLES

TEXT = (Path(__file__).parents[2] / "docs/study.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_told(name):
    for column in TABLES[name]:
        assert f"| `{column.name}` | {column.unit} | {column.text} |" in TEXT


def test_every_array_is_told():
    for array in ARRAYS:
        assert f"| `{array.name}` | {array.unit} | {array.shape} | {array.text} |" in TEXT
