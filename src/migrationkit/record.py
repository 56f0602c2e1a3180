"""What one learner guessed, voted and answered. It stays in one file on this machine.

The file is ``my-work.json`` in the folder that :func:`home` finds. Every write is atomic and made
under a lock, so that two notebooks open at once keep each other's entries. With the environment
variable ``MIGRATIONKIT_RECORD=off`` nothing is read or written (tests and ``check`` set it).
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock

from .data import checkout, load
from .errors import KitError
from .text import listing

FORMAT = 1
FILE = "my-work.json"
EXIT_TEXTS = "exit-ticket.txt"
SECTIONS = ("guesses", "votes", "answers", "hints", "verdicts")
DEFAULT_COUNTRY = "BEL"
LARGEST = 20_000_000  # bytes; a record of a whole course is a few hundred kB


def enabled() -> bool:
    """True unless ``MIGRATIONKIT_RECORD`` is ``off``."""
    return os.environ.get("MIGRATIONKIT_RECORD", "").lower() != "off"


def home() -> Path:
    """Folder of the record: ``MIGRATIONKIT_HOME``, else the checkout, else the user's data folder.

    The checkout is used only when it can be written. The folder is made when it does not exist.
    """
    named = os.environ.get("MIGRATIONKIT_HOME")
    if named:
        folder = Path(named).expanduser()
        folder.mkdir(parents=True, exist_ok=True)
        return folder
    if os.access(checkout(), os.W_OK):
        return checkout()
    import platformdirs

    return Path(platformdirs.user_data_dir("migrationkit", ensure_exists=True))


def _empty() -> dict:
    from . import __version__

    return {"format": FORMAT, "release": __version__, "country": DEFAULT_COUNTRY} | {
        section: {} for section in SECTIONS
    }


class _NewerFormat(KitError):
    """A record of a later release: its file is left as it is."""


def _valid(content: object) -> dict:
    """The content as a whole record, or a KitError that says what is wrong with it."""
    if not isinstance(content, dict) or not isinstance(content.get("format"), int):
        raise KitError("This file was not made by this kit: it is not a record of work.")
    if content["format"] > FORMAT:
        raise _NewerFormat(
            f"This record has format {content['format']!r}; this release of the kit reads "
            f"format {FORMAT}. Open it with the newer release that made it."
        )
    record = _empty()
    for section in SECTIONS:
        if not isinstance(content.get(section, {}), dict):
            raise KitError(f"The part {section!r} of this record is damaged.")
        record[section] = content.get(section, {})
    country = content.get("country", DEFAULT_COUNTRY)
    if isinstance(country, str) and len(country) == 3 and country.isalpha():
        record["country"] = country.upper()
    return record


def _read(folder: Path) -> dict:
    """The record in a folder. A damaged one is set aside under another name, never deleted."""
    path = folder / FILE
    if not path.exists():
        return _empty()
    try:
        return _valid(json.loads(path.read_text(encoding="utf-8")))
    except _NewerFormat:
        raise
    except (ValueError, KitError, RecursionError):
        aside = _free_name(folder, "my-work-damaged")
        path.replace(aside)
        print(f"{FILE} could not be read. It was kept as {aside.name}; a new one begins.")
        return _empty()


def _free_name(folder: Path, stem: str) -> Path:
    """A name with the time of now that no file has yet, so that nothing is written over."""
    stem = f"{stem}-{time.strftime('%Y-%m-%d-%H%M%S')}"
    path, again = folder / f"{stem}.json", 1
    while path.exists():
        again += 1
        path = folder / f"{stem}-{again}.json"
    return path


def _write(folder: Path, record: dict) -> None:
    handle, name = tempfile.mkstemp(dir=folder, prefix=".my-work-", suffix=".json")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(record, file, ensure_ascii=False, indent=1)
        os.replace(name, folder / FILE)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def _locked() -> Iterator[Path]:
    """The folder of the record while no other notebook can change it.

    Raises KitError when the folder cannot be used.
    """
    try:
        folder = home()
        with FileLock(folder / ".my-work.lock", timeout=10):
            yield folder
    except OSError as problem:  # no folder, no permission, a full disk, a lock that stays taken
        raise KitError(
            f"Your work cannot be kept: {problem.strerror or 'its folder is in use'}. "
            "Set MIGRATIONKIT_HOME to a folder that you can write to."
        ) from None


def read() -> dict:
    """The whole record: format, release, country and each part of `SECTIONS`.

    An empty one when there is none or it cannot be reached, because lessons work without it.
    """
    if not enabled():
        return _empty()
    try:
        with _locked() as folder:
            return _read(folder)
    except KitError:
        return _empty()


def get(section: str, key: str, default=None):
    """One entry, for example ``get("guesses", "1.1")``; ``default`` when there is none."""
    return read()[section].get(key, default)


def put(section: str, key: str, value) -> None:
    """Keep one entry. ``value`` must be plain JSON. Does nothing when the record is off.

    Raises KitError when the record cannot be written or was made by a newer release.
    """
    if not enabled():
        return
    with _locked() as folder:
        record = _read(folder)
        record[section][key] = value
        _write(folder, record)


def country() -> str:
    """The learner's own country as ISO 3166 alpha-3; Belgium until they choose."""
    kept = read()["country"]
    return kept if kept in _countries() else DEFAULT_COUNTRY


def _countries() -> set[str]:
    return set(load("countries")["iso3"])


def set_country(iso3: str) -> None:
    """Keep the learner's own country. Pickers in figures start at it from then on.

    Raises KitError for a code that the table ``countries`` does not have.
    """
    iso3 = str(iso3).strip().upper()
    if iso3 not in _countries():
        raise KitError(f"There is no country {iso3!r}. Use a code of three letters, such as BEL.")
    if not enabled():
        return
    with _locked() as folder:
        record = _read(folder)
        record["country"] = iso3
        _write(folder, record)


class SaveFile(type(Path())):
    """The path of a save file. As the result of a cell it says where the file is and what next."""

    def __repr__(self) -> str:
        if self.suffix != ".zip":  # its parent is of this class too
            return super().__repr__()
        top = Path(self).resolve().parent == checkout().resolve()
        where = "the top folder of the course" if top else f"the folder {os.fspath(self.parent)}"
        return (
            f"Your work is saved in {self.name}, in {where}.\n"
            "To take it away: open that folder in the file list on the left (the folder sign\n"
            "above it leads to the top), right-click the file, and choose Download.\n"
            "To hand it in: rename it first, for example yourname-lesson1.zip."
        )


def save() -> SaveFile | None:
    """Pack the record and the exercise notebooks into ``my-work-YYYY-MM-DD.zip``.

    The texts of exit tickets stand in it once more, as ``exit-ticket.txt``, for who reads them.
    Returns the path of the file, to download or to hand in. A file of the same day is replaced.
    Writes nothing and returns None when the record is off. Raises KitError when the file cannot
    be written or the record was made by a newer release.
    """
    if not enabled():
        print("Nothing was saved: the record is switched off (MIGRATIONKIT_RECORD=off).")
        return None
    with _locked() as folder:
        path = folder / f"my-work-{time.strftime('%Y-%m-%d')}.zip"
        record = _read(folder)
        draft = path.with_suffix(".part")
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as pack:
            pack.writestr(FILE, json.dumps(record, ensure_ascii=False, indent=1))
            if texts := _exit_texts(record["votes"]):
                pack.writestr(EXIT_TEXTS, texts)
            for notebook in sorted((checkout() / "exercises").glob("*.ipynb")):
                pack.write(notebook, f"exercises/{notebook.name}")
        draft.replace(path)
    return SaveFile(path)


def _exit_texts(votes: dict) -> str:
    """What a learner wrote, lesson by lesson, as plain text; empty when nothing was written.

    >>> print(_exit_texts({"1.vote": {"choice": 0}, "1.exit": {"text": "304 million."}}), end="")
    Lesson 1 (1.exit)
    304 million.
    """
    written = {
        id: vote["text"].strip()
        for id, vote in votes.items()
        if isinstance(vote, dict) and isinstance(vote.get("text"), str) and vote["text"].strip()
    }
    ids = sorted(written, key=lambda id: (len(id.partition(".")[0]), id))  # lesson 2 before 10
    return "\n".join(f"Lesson {id.partition('.')[0]} ({id})\n{written[id]}\n" for id in ids)


def unpack(path) -> tuple[dict, dict[str, str]]:
    """Read a save file (``.zip``) or a bare record (``.json``), bounded and without writing.

    A name without a folder is looked for here, in the folder of the record and in the course's.
    Returns the record and a dictionary of exercise notebooks, file name to text.
    Raises KitError when the file is missing, too large, cut short or not ours.
    """
    path = _found(Path(path).expanduser())
    if path.stat().st_size > LARGEST:
        raise KitError(f"{path.name} is too large to be a save file of this kit.")
    try:
        if not zipfile.is_zipfile(path):
            return _valid(json.loads(path.read_text(encoding="utf-8"))), {}
        with zipfile.ZipFile(path) as pack:
            members = pack.infolist()
            if sum(member.file_size for member in members) > LARGEST:
                raise KitError(f"{path.name} unpacks to more than a save file of this kit can.")
            record = _valid(json.loads(pack.read(FILE)))
            notebooks = {
                Path(member.filename).name: pack.read(member).decode("utf-8")
                for member in members
                if member.filename.startswith("exercises/") and member.filename.endswith(".ipynb")
            }
        return record, notebooks
    except KitError:
        raise
    except KeyError:
        raise KitError(f"{path.name} holds no {FILE}: it was not made by kit.save().") from None
    except Exception:  # each way of packing has errors of its own; an encrypted file has another
        raise KitError(
            f"{path.name} is damaged or cut short. Nothing was changed. Download it again."
        ) from None


def _found(path: Path) -> Path:
    """The file meant by a path: as given, else in :func:`home`, else in the checkout.

    A notebook runs in ``lessons/``, and ``save()`` writes elsewhere. Raises KitError with the
    folders in which it looked.
    """
    folders = [Path()]
    with contextlib.suppress(OSError):  # a folder that cannot be made holds no file
        folders.append(home())
    folders.append(checkout())
    places = [folder / path for folder in folders]  # an absolute path stays as it is
    for place in places:
        if place.is_file():
            return place
    looked = dict.fromkeys(str(place.resolve().parent) for place in places)
    raise KitError(
        f"There is no file {path.name!r} in {listing(list(looked))}. "
        "Upload it to one of them, or check the name."
    )


def replace(record: dict) -> Path | None:
    """Put a record in the place of the present one, which is kept beside it.

    Returns the path under which the former record was kept, or None when there was none. Does
    nothing when the record is off. Raises KitError when the folder cannot be written.
    """
    if not enabled():
        return None
    with _locked() as folder:
        present, kept = folder / FILE, None
        if present.exists():
            kept = _free_name(folder, "my-work-before")
            kept.write_bytes(present.read_bytes())
        _write(folder, record)
    return kept
