"""Refuses stored arrays that declare more than is expected of them, before they are read."""

import json
import math
from pathlib import Path
from typing import Any

import jax
import numpy as np
import tensorstore

# Bytes of an array's description in zarr's format.
_LIMIT = 1 << 16


def check(folder: Path, expected: Any) -> None:
    """Holds that the arrays of an orbax tree are no larger than those it is restored into.

    A chunk is unpacked into memory whole, of whatever size its description says.

    Args:
      folder: of the tree, in OCDBT.
      expected: a pytree with the arrays' shapes and types.

    Raises:
      ValueError: they are; or there is no such tree.
    """
    allowed = max(
        (x.size * np.dtype(x.dtype).itemsize for x in jax.tree.leaves(expected)), default=0
    )
    base = {"driver": "file", "path": str(folder)}
    store = tensorstore.KvStore.open({"driver": "ocdbt", "base": base}).result()
    for key in store.list().result():
        if not key.endswith(b"/.zarray"):
            continue
        name = key.decode(errors="replace").removesuffix("/.zarray")
        text = store.read(key).result().value
        if len(text) > _LIMIT:
            raise ValueError(f"The description of array {name[:80]} has {len(text):,} bytes.")
        described = json.loads(text)
        size = np.dtype(described["dtype"]).itemsize
        for what in ("shape", "chunks"):
            declared = math.prod(described[what]) * size
            if not 0 <= declared <= allowed:
                raise ValueError(
                    f"Array {name[:80]} declares {what} of {declared:,} bytes, and none of the "
                    f"checkpoint's should have more than {allowed:,}."
                )
