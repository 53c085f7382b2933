"""metrics.jsonl: one JSON object a line, one writer, any number of readers."""

import json
import math
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vnl_core.plain_files import NotTrusted, open_plain, plain_file

Row = dict[str, Any]
# Bytes of a line. A longer one is not ours, and nothing is read beyond it.
_LONGEST = 1 << 20


class MetricsWriter:
    """Appends rows; the only writer of its file.

    A torn line that a killed writer left is cut off first, so that it never merges with
    the next one.
    """

    def __init__(self, path: Path, size: int | None = None):
        """Opens the file for more rows.

        Args:
          path: the file.
          size: bytes of it that are kept; all when None. A training that resumes drops the rows
            that came after its checkpoint, since it will write them again.
        """
        self._file = os.fdopen(open_plain(path, os.O_RDWR | os.O_CREAT | os.O_APPEND), "a+b")
        self._file.seek(0)
        self._file.truncate(self._file.read(size).rfind(b"\n") + 1)

    @property
    def size(self) -> int:
        """Bytes written so far, all of which are on the disk when this returns."""
        os.fsync(self._file.fileno())
        return self._file.seek(0, os.SEEK_END)

    def write(self, step: int, values: Mapping[str, float], now: float | None = None) -> None:
        """Append `values` at env step `step`, taken at `now` [s since 1970; else the clock's].

        JSON has no NaN: a value that is not finite becomes null.
        """
        row: Row = {"step": int(step), "time": time.time() if now is None else now}
        for name, value in values.items():
            row[name] = float(value) if math.isfinite(value) else None
        self._file.write(json.dumps(row, allow_nan=False).encode() + b"\n")
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class MetricsTail:
    """Reads what is new since the last call, and parses nothing twice.

    The unfinished line at the end stays unread until its line break has been written. A file
    that was cut back, as by the resuming of a killed run, is read anew, even if it has grown
    beyond its old size meanwhile.

    Attributes:
      rows: the rows so far; of all of them, or of those that are kept.
    """

    def __init__(self, path: Path, keep: int | None = None):
        """Reads nothing yet.

        Args:
          path: the file.
          keep: rows that are kept at most, about; all when None. Beyond it every other row is
            given up, those between evaluations first, the first and the last row never.
        """
        self.rows: list[Row] = []
        self._keep = keep
        self._path = path
        self._offset = 0
        self._last = b""  # the line that ends there; a row's time makes it like no other

    def read(self) -> list[Row]:
        """Rows that were completed since the last call, in order; none when there is no file.

        Where rows are given up, those that are kept of them.
        """
        fresh: list[Row] = []
        try:
            with plain_file(self._path) as file:
                file.seek(self._offset - len(self._last))
                if file.read(len(self._last)) != self._last:
                    self.rows.clear()
                    self._offset, self._last = 0, b""
                    file.seek(0)
                while (line := file.readline(_LONGEST)).endswith(b"\n"):
                    self._offset, self._last = self._offset + len(line), line
                    if (row := _parse(line)) is not None:
                        fresh.append(row)
                    if self._keep and len(fresh) > 2 * self._keep:
                        fresh = _thinned(fresh, self._keep)
        except (FileNotFoundError, NotTrusted):
            return fresh
        self.rows += fresh
        if self._keep and len(self.rows) > 2 * self._keep:
            self.rows = _thinned(self.rows, self._keep)
        return fresh


def size_of(path: Path) -> int:
    """Bytes of the file, up to its last whole line; 0 where there is none."""
    try:
        with plain_file(path) as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(0, end - _LONGEST))
            torn = len(file.read().rpartition(b"\n")[2])
            return end - torn
    except FileNotFoundError:
        return 0


def read_metrics(path: Path) -> list[Row]:
    """All whole rows of metrics.jsonl at `path`."""
    return MetricsTail(path).read()


def _thinned(rows: list[Row], keep: int) -> list[Row]:
    """Every other row, as often as need be: first of those that hold no evaluation."""
    for wanted in (_is_evaluation, lambda row: False):
        while len(rows) > keep:
            last = len(rows) - 1
            kept = [r for i, r in enumerate(rows) if i % 2 == 0 or i == last or wanted(r)]
            if len(kept) == len(rows):
                break
            rows = kept
    return rows


def _is_evaluation(row: Row) -> bool:
    return "eval/episode_reward" in row


def _parse(line: bytes) -> Row | None:
    """The row in `line`, or None where a fault of the disk has left something else."""
    try:
        row = json.loads(line.decode())
    except (ValueError, RecursionError):
        return None
    if not isinstance(row, dict) or not isinstance(row.get("step"), int):
        return None
    return row if all(map(_is_value, row.values())) else None


def _is_value(value: object) -> bool:
    """Whether a chart and a table can hold it: a finite number, or none."""
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or (type(value) is int and -(2**63) <= value < 2**63)
