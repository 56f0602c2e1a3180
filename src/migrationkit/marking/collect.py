"""From files to notebooks: what lies in a folder, within bounds. Nothing here runs.

A file is read once, without following links, and becomes a :class:`Handed`: the cells' sources,
the kit's notes on them and the values that checks recorded. All else (outputs, pictures, widget
states) is left behind at once. What cannot be read says why in a sentence.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .. import notebooks
from ..answers import plain
from ..errors import KitError

MOST_FILES = 10_000  # of a folder
DEEPEST_FOLDER = 8
LARGEST = notebooks.LARGEST  # bytes of a file
MOST_MARKS = 400_000  # brackets and commas of its JSON outside quotation marks
MOST_CELLS = 5_000
LONGEST_SOURCE = 20_000  # signs of a cell
LONGEST_SOURCES = 400_000  # signs of all cells together
MOST_RECORDED = 500  # values that checks recorded
LONGEST_ID = 40  # signs of a question's id

ARCHIVES = {".zip", ".7z", ".rar", ".tar", ".gz", ".bz2", ".xz", ".tgz"}
COPIES = {".ipynb_checkpoints": "a copy that Jupyter keeps", "__MACOSX": "a copy that macOS keeps"}


@dataclass(frozen=True)
class File:
    """A file that was handed in: where it is, and its path below the folder to show."""

    path: Path
    parts: tuple[str, ...]

    @property
    def shown(self) -> str:
        return shown("/".join(self.parts))


@dataclass
class Handed:
    """What is kept of a notebook: cells (type, id, note, source), recorded values, its own claim.

    ``recorded`` holds one list a question, in the order of the cells: the count of the run (or
    None) and the plain value. ``claim`` and ``number`` are what the paper says of itself: the
    student's id and the number that `roster.paper_number` gave it.
    """

    cells: list[dict] = field(default_factory=list)
    recorded: dict[str, list[tuple[int | None, object]]] = field(default_factory=dict)
    named: list[str] = field(default_factory=list)  # questions of a paper, by its own account
    claim: str = ""
    number: str = ""
    is_paper: bool = False


def shown(text: str, most: int = 120) -> str:
    """A name as it can be printed: without control signs, broken bytes or changes of direction.

    >>> shown("a\\x1b[31m\\u202eb.ipynb")
    'a?[31m?b.ipynb'
    """
    bare = "".join(sign if sign.isprintable() else "?" for sign in text[: 4 * most])
    return bare if len(bare) <= most else f"{bare[:most]}…"


# --- the folder -----------------------------------------------------------------------------------


def files(folder: Path) -> tuple[list[File], list[tuple[str, str]]]:
    """Notebooks of a folder in a fixed order, and each other file with the reason why not."""
    found: list[File] = []
    left: list[tuple[str, str]] = []
    for here, folders, names in os.walk(folder):
        parts = Path(here).relative_to(folder).parts
        kept = []
        for name in sorted(folders):
            path = Path(here, name)
            reason = COPIES.get(name)
            if reason is None and path.is_symlink():
                reason = "a link to another folder; links are not followed"
            if reason is None and len(parts) >= DEEPEST_FOLDER:
                reason = "a folder too deep inside others"
            if reason is None:
                kept.append(name)
            else:
                left.append((f"{File(path, (*parts, name)).shown}/", reason))
        folders[:] = kept
        for name in sorted(names):
            file = File(Path(here, name), (*parts, name))
            reason = _not_a_notebook(file.path)
            if reason is None and len(found) >= MOST_FILES:
                reason = f"more than {MOST_FILES} notebooks; mark them in several folders"
            if reason is None:
                found.append(file)
            else:
                left.append((file.shown, reason))
    return found, left


def _not_a_notebook(path: Path) -> str | None:
    if path.is_symlink():
        return "a link to another file; links are not followed"
    ending = path.suffix.casefold()
    if ending in ARCHIVES:
        return "an archive; unpack it first"
    if ending != ".ipynb":
        return "not a notebook"
    return None


# --- a file ---------------------------------------------------------------------------------------


def read(path: Path) -> Handed:
    """What is kept of a file. Raises KitError, in words, when it is no notebook that can be read.

    However large or deep the file is, only a bounded part of it is ever held.
    """
    return from_bytes(_bytes_of(path))


def _bytes_of(path: Path) -> bytes:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    flags |= getattr(os, "O_BINARY", 0)
    try:
        number = os.open(path, flags)
    except OSError:
        raise KitError("it cannot be opened") from None
    with os.fdopen(number, "rb") as file:
        state = os.fstat(number)
        if not stat.S_ISREG(state.st_mode):
            raise KitError("it is no ordinary file")
        if state.st_size > LARGEST:
            raise KitError(f"it is larger than {LARGEST // 1_000_000} MB")
        try:
            data = file.read(LARGEST + 1)
        except OSError:
            raise KitError("it cannot be read") from None
    if len(data) > LARGEST:
        raise KitError(f"it is larger than {LARGEST // 1_000_000} MB")
    return data


def from_bytes(data: bytes) -> Handed:
    """What is kept of a notebook's JSON; see `read`."""
    if not data.strip():
        raise KitError("it is empty")
    if _marks(data) > MOST_MARKS:
        raise KitError("it holds more parts than a notebook of this course can have")
    try:
        text = data.decode("utf-8-sig")
        whole = json.loads(text, parse_int=_whole_number)
    except (ValueError, RecursionError, MemoryError):
        raise KitError("it is not a whole notebook (its JSON cannot be read)") from None
    cells = whole.get("cells") if isinstance(whole, dict) else None
    if not isinstance(cells, list):
        raise KitError("it is not a notebook of format 4 (it has no list of cells)")
    if len(cells) > MOST_CELLS:
        raise KitError(f"it has more than {MOST_CELLS} cells")
    return _kept(whole, cells)


_QUOTED = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)


def _marks(data: bytes) -> int:
    """Brackets and commas, an upper bound of the parts of a JSON; texts only count at need."""
    marks = sum(map(data.count, (b",", b"[", b"{")))
    if marks > MOST_MARKS:
        bare = _QUOTED.sub(b"", data)
        marks = sum(map(bare.count, (b",", b"[", b"{")))
    return marks


def _whole_number(digits: str) -> int | float:
    return int(digits) if len(digits) < 1000 else float("inf")


def _kept(whole: Mapping, cells: list) -> Handed:
    handed = Handed()
    _keep_claim(handed, whole.get("metadata"))
    budget = LONGEST_SOURCES
    for cell in cells:
        if not isinstance(cell, dict) or cell.get("cell_type") not in notebooks.CELL_TYPES:
            continue
        source = _joined(cell.get("source"))
        budget -= len(source)
        if len(source) > LONGEST_SOURCE or budget < 0:
            source = ""
        note = _note(cell.get("metadata"))
        kept = {"cell_type": cell["cell_type"], "metadata": note, "source": source}
        if isinstance(cell.get("id"), str):
            kept["id"] = cell["id"][:64]
        handed.cells.append(kept)
        if cell["cell_type"] == "code":
            _keep_recorded(handed, cell)
    return handed


def _keep_claim(handed: Handed, metadata: object) -> None:
    note = metadata.get("migrationkit") if isinstance(metadata, dict) else None
    if not isinstance(note, dict) or "paper" not in note:
        return
    handed.is_paper = True
    claim, named = note.get("student"), note.get("questions")
    handed.claim = claim if isinstance(claim, str) and len(claim) <= 64 else ""
    number = note.get("number")
    handed.number = number if isinstance(number, str) and len(number) <= 64 else ""
    if isinstance(named, list):
        handed.named = [one for one in named[:200] if isinstance(one, str)]


def _joined(source: object) -> str:
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    text = source if isinstance(source, str) else ""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n")


def _note(metadata: object) -> dict:
    """The kit's own note on a cell, or nothing."""
    note = metadata.get("migrationkit") if isinstance(metadata, dict) else None
    if not isinstance(note, dict):
        return {}
    kept = {key: note[key] for key in ("question", "role") if isinstance(note.get(key), str)}
    return {"migrationkit": {key: text[:LONGEST_ID] for key, text in kept.items()}}


def _keep_recorded(handed: Handed, cell: Mapping) -> None:
    """The values that checks left in the metadata of a cell's outputs."""
    outputs = cell.get("outputs")
    count = cell.get("execution_count")
    count = count if type(count) is int and 0 <= count < 10**9 else None
    for output in outputs[:MOST_RECORDED] if isinstance(outputs, list) else ():
        metadata = output.get("metadata") if isinstance(output, dict) else None
        note = metadata.get("migrationkit") if isinstance(metadata, dict) else None
        if not isinstance(note, dict) or "value" not in note:
            continue
        id = note.get("question")
        if isinstance(id, str) and len(id) <= LONGEST_ID:
            many = sum(map(len, handed.recorded.values()))
            if many < MOST_RECORDED:
                handed.recorded.setdefault(id, []).append((count, plain(note["value"])))
