"""A new folder for what a command makes: it is there whole, or not at all.

``paper`` and ``grade`` write dozens of files. Somebody who stops them, or a full disk, must not
leave half of a class behind that looks like the whole.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import KitError


def free(out: Path) -> None:
    """Raise KitError unless ``out`` is the name of a new folder, or of an empty one."""
    if out.exists() and not out.is_dir():
        raise KitError(f"{out.name} is a file. Name a folder that is new or empty: --out FOLDER.")
    if out.is_dir() and any(out.iterdir()):
        raise KitError(
            f"The folder {out.name} is not empty, and nothing in it is written over. "
            "Name a new folder: --out FOLDER."
        )


@contextmanager
def made_whole(out: Path) -> Iterator[Path]:
    """A folder to write into, which becomes ``out`` at the end; after an exception nothing stays.

    Raises KitError as `free` does, and OSError when it cannot be made.
    """
    free(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        made = beside / out.name
        made.mkdir()  # with the rights that a new folder has here; a temporary one is private
        yield made
        if out.exists():
            out.rmdir()  # it is empty
        made.rename(out)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
