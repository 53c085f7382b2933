"""Refuses HDF5 files that lead to other files, or declare more than they hold.

HDF5 lets a file say that parts of it are elsewhere, by any path, and that arrays are as large as
one likes without storing them. Whoever reads such a file reads what its maker chose, or asks for
more memory than there is. Our own have neither, so what has is not ours.
"""

import h5py

from vnl_core.plain_files import NotTrusted


def check(file: h5py.File, size: int) -> None:
    """Holds that `file` is made of arrays and groups of its own, as large as it says.

    Args:
      file: open to be read.
      size: of the file, in bytes.

    Raises:
      NotTrusted: it is not.
    """
    declared = 0
    pending: list[tuple[str, h5py.Group]] = [("", file)]
    seen: set[int] = set()
    while pending:
        place, group = pending.pop()
        for name in list(group):
            path = f"{place}{name}"
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise NotTrusted(f"{_told(path)} is a link to another place.")
            found = group[name]
            address = h5py.h5o.get_info(found.id).addr
            if address in seen:  # two names of one object, or a circle of groups
                raise NotTrusted(f"{_told(path)} has two names.")
            seen.add(address)
            if isinstance(found, h5py.Group):
                pending.append((f"{path}/", found))
            elif isinstance(found, h5py.Dataset):
                _check_dataset(path, found)
                declared += found.nbytes
    if declared > size:
        raise NotTrusted(
            f"The file has {size:,} bytes and declares arrays of {declared:,}. It was not written "
            "by this program; roll the episode out again."
        )


def _check_dataset(path: str, dataset: h5py.Dataset) -> None:
    if dataset.external or dataset.id.get_create_plist().get_external_count():
        raise NotTrusted(f"{_told(path)} is stored in another file.")
    if dataset.is_virtual:
        raise NotTrusted(f"{_told(path)} is put together from other files.")
    if dataset.dtype.hasobject:
        raise NotTrusted(f"{_told(path)} holds references rather than numbers.")


def _told(path: str) -> str:
    return f"Array {path[:80]!r} of the file"
