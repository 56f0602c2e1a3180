"""The catalogue and the only reader of `data/`.

Every table has one entry in `data/datapackage.json`: what a row is, units, producer, edition,
licence, caveats and the checksum of its file. `load` reads a table only when its file is the
one that the catalogue describes, so that no figure can carry the label of other data.
`MIGRATIONKIT_DATA` points at another folder (tests use a copy).

Nothing here computes, draws or goes online.
"""

from __future__ import annotations

import copy
import difflib
import hashlib
import io
import json
import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import pandas as pd

from migrationkit.errors import KitError
from migrationkit.text import listing, number

CATALOGUE = "datapackage.json"
FIRST = 12  # tables that an error names; the rest it counts
RESTORE = "Restore it with `git checkout -- data`, or download the kit again."
STAMP = "run `python -m migrationkit stamp`"

# pandas types of the catalogue's types. "Int64" has room for a missing value, "int64" has not.
_DTYPES = {"number": "float64", "string": "str", "boolean": "boolean"}

# (folder, name, time and size of the file, checksum asked for) -> what was read.
_cache: dict[tuple, object] = {}


# ---- Where -------------------------------------------------------------------------------------


@lru_cache(maxsize=1)  # asked at every reading, and each answer looks at the disk
def checkout() -> Path:
    """The folder that holds `data/`, `lessons/` and this package's `src/`."""
    return Path(__file__).resolve().parents[2]


def data_folder() -> Path:
    """The folder of the tables: `MIGRATIONKIT_DATA` when set, else `data/` of the checkout."""
    chosen = os.environ.get("MIGRATIONKIT_DATA")
    return Path(chosen) if chosen else checkout() / "data"


# ---- The catalogue -----------------------------------------------------------------------------


def catalogue() -> dict[str, dict]:
    """Name → entry of `datapackage.json`, in its order. A copy: yours to change.

    Raises `KitError` when the catalogue is missing or broken.

    >>> "countries" in catalogue()
    True
    """
    return copy.deepcopy(_entries())


def resource(name: str) -> dict:
    """The catalogue entry of one table or map. Raises `KitError` for an unknown name.

    >>> resource("countries")["path"]
    'countries.csv'
    """
    return copy.deepcopy(_entry(name))


def _entries() -> dict[str, dict]:
    folder = data_folder()
    path = folder / CATALOGUE
    key = (folder, CATALOGUE, *_state(path, f"the catalogue {CATALOGUE}"))
    return _remember(key, lambda: _index(_read_catalogue(path)))


def _read_catalogue(path: Path) -> dict:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise KitError(f"The catalogue {CATALOGUE} is not JSON ({where}). {RESTORE}") from None
    except (OSError, UnicodeDecodeError):
        raise KitError(f"The catalogue {CATALOGUE} cannot be read as text. {RESTORE}") from None


def _index(package: dict) -> dict[str, dict]:
    try:
        return {entry["name"]: entry for entry in package["resources"] if entry["path"]}
    except (KeyError, TypeError):
        raise KitError(
            f"The catalogue {CATALOGUE} has no list of tables, each with name and path. {RESTORE}"
        ) from None


def _entry(name: str) -> dict:
    entries = _entries()
    if isinstance(name, str) and name in entries:
        return entries[name]
    near = difflib.get_close_matches(str(name), entries, n=3, cutoff=0.5)
    if near:
        raise KitError(f"There is no table {str(name)!r}. Did you mean {_or(near)}?")
    first, more = list(entries)[:FIRST], len(entries) - FIRST
    named = [*first, f"{more} more, which {CATALOGUE} lists"] if more > 0 else first
    raise KitError(f"There is no table {str(name)!r}. The tables are {listing(named)}.")


def _or(names: list[str]) -> str:
    quoted = [repr(name) for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def fingerprint() -> tuple:
    """Something that changes whenever the catalogue does, and it does with each of its tables.

    For who keeps a result that was computed from tables: with another fingerprint, compute again.

    >>> fingerprint() == fingerprint()
    True
    """
    folder = data_folder()
    return (folder, *_state(folder / CATALOGUE, f"the catalogue {CATALOGUE}"))


# ---- Tables and maps ---------------------------------------------------------------------------


def load(name: str) -> pd.DataFrame:
    """One table as a DataFrame: a fresh copy each time, with the catalogue's columns and types.

    Text "NA" stays text (it is Namibia's ISO2 code); an empty cell is missing. Units and the
    meaning of each column: `resource(name)["schema"]`. Raises `KitError`, in words, for an
    unknown name and for a file that is missing, cut short or not the one in the catalogue.

    >>> load("countries").set_index("iso3").loc["NAM", "iso2"]
    'NA'
    """
    entry = _entry(name)
    if "schema" not in entry:
        raise KitError(f"{name!r} is a map, not a table. Use `shapes_topology({name!r})`.")
    return _remember(_key(entry), lambda: _table(entry)).copy()


def shapes_topology(name: str = "world-110m") -> dict:
    """A map as a TopoJSON dict; object "countries", `id` = M49 number, `properties.a3` = ISO3.

    The same dict each time (a map is large): do not change it. Raises `KitError` as `load` does.

    >>> shapes_topology("world-110m")["type"]
    'Topology'
    """
    entry = _entry(name)
    if "schema" in entry:
        raise KitError(f"{name!r} is a table, not a map. Use `load({name!r})`.")
    return _remember(_key(entry), lambda: _map(entry))


def _table(entry: dict) -> pd.DataFrame:
    fields = {field["name"]: field for field in entry["schema"]["fields"]}
    try:
        frame = pd.read_csv(
            io.BytesIO(_checked_bytes(entry)),
            compression="gzip" if entry["path"].endswith(".gz") else None,
            dtype={column: _dtype(field) for column, field in fields.items()},
            keep_default_na=False,
            na_values=[""],
        )
    except (ValueError, OSError, EOFError):  # a wrong type, a broken .gz
        frame = None
    if frame is None or list(frame.columns) != list(fields):
        raise KitError(
            f"Table {entry['name']!r} does not have the columns and types that the catalogue "
            f"describes. {RESTORE}"
        )
    return frame


def _map(entry: dict) -> dict:
    try:
        return json.loads(_checked_bytes(entry))
    except ValueError:
        raise KitError(f"Map {entry['name']!r} is not valid JSON. {RESTORE}") from None


def _dtype(field: dict) -> str:
    if field["type"] in ("integer", "year"):
        return "int64" if field.get("constraints", {}).get("required") else "Int64"
    return _DTYPES.get(field["type"], "str")


def _checked_bytes(entry: dict) -> bytes:
    """The file's bytes, when they are the ones that the catalogue describes."""
    try:
        content = (data_folder() / entry["path"]).read_bytes()
    except OSError:
        raise KitError(f"{_label(entry)} cannot be opened. {RESTORE}") from None
    if _hash(content) == entry.get("hash"):
        return content
    label, size = _label(entry), entry.get("bytes", 0)
    if len(content) < size:
        raise KitError(
            f"{label} is cut short: {number(len(content))} of {number(size)} bytes. {RESTORE} "
            f"If you shortened it on purpose, {STAMP}."
        )
    raise KitError(
        f"{label} is not the file that the catalogue describes. {RESTORE} "
        f"If you changed it on purpose, {STAMP}."
    )


def _label(entry: dict) -> str:
    return f"{'Table' if 'schema' in entry else 'Map'} {entry['name']!r} ({entry['path']})"


def _key(entry: dict) -> tuple:
    folder = data_folder()
    state = _state(folder / entry["path"], _label(entry))
    return (folder, entry["name"], *state, entry.get("hash"))


def _state(path: Path, label: str) -> tuple[int, int]:
    """Time and size of a file: what tells the cache that it must read again."""
    try:
        found = path.stat()
    except OSError:
        label = label[0].upper() + label[1:]
        raise KitError(f"{label} is missing from the data folder. {RESTORE}") from None
    return found.st_mtime_ns, found.st_size


def _remember(key: tuple, make):
    """The cached value of `key`; older readings of the same file are dropped."""
    if key not in _cache:
        made = make()
        for old in [other for other in list(_cache) if other[:2] == key[:2]]:
            _cache.pop(old, None)
        _cache[key] = made
    return _cache[key]


def _hash(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


# ---- Sources in words --------------------------------------------------------------------------


def source_line(names: str | Iterable[str]) -> str:
    """Producer, edition, licence and caveat of one or several tables, in a short paragraph.

    This is the line under every figure, after the word "Source". A producer is named once,
    with all its editions; a caveat that two tables share is said once.

    >>> source_line("population").partition(" Years")[0]
    'United Nations (DESA, Population Division), World Population Prospects 2024 [CC BY 3.0 IGO].'
    """
    entries = [_entry(name) for name in _names(names)]
    editions: dict[str, list[str]] = {}
    for entry in entries:
        edition = f"{entry['edition']} [{_licences(entry)}]"
        editions.setdefault(entry["producer"], []).append(edition)
    origins = [f"{who}, {listing(_unique(what))}" for who, what in editions.items()]
    return " ".join([f"{'; '.join(origins)}.", *_unique(e["caveat"] for e in entries)])


def sources(names: str | Iterable[str]) -> str:
    """A Markdown list for the end of a lesson: one item a table, with links and caveats.

    >>> sources("countries").startswith("- **")
    True
    """
    return "\n".join(_source_item(_entry(name)) for name in _names(names))


def _source_item(entry: dict) -> str:
    links = _unique(_link(licence["title"], licence.get("path")) for licence in entry["licenses"])
    lines = [
        f"- **{entry['title']}** (`{entry['name']}`). {entry['producer']}, {entry['edition']}.",
        f"  Licence: {listing(links)}.",
        f"  {_link('Landing page', entry['landing_page'])}, read {entry['date_read']}.",
        *(f"  {caveat}" for caveat in _unique([entry["caveat"], *entry["caveats"]])),
    ]
    return "\n".join(lines)


def _names(names: str | Iterable[str]) -> list[str]:
    return _unique([names] if isinstance(names, str) else names)


def _licences(entry: dict) -> str:
    return "; ".join(_unique(licence["title"] for licence in entry["licenses"]))


def _link(text: str, path: str | None) -> str:
    return f"[{text}]({path})" if path else text


def _unique(items: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(items))


# ---- Stamping ----------------------------------------------------------------------------------


def stamp(folder: Path | None = None) -> list[str]:
    """Write size, checksum and row count of each file into the catalogue; names that changed.

    For authors, after a table was compiled or corrected. All else in the catalogue is written
    by hand and stays as it is. The same files give the same catalogue, byte for byte.
    """
    folder = Path(folder) if folder else data_folder()
    path = folder / CATALOGUE
    _state(path, f"the catalogue {CATALOGUE}")
    package = _read_catalogue(path)
    changed = [name for name, entry in _index(package).items() if _stamp_entry(folder, entry)]
    text = json.dumps(package, indent=2, ensure_ascii=False) + "\n"
    if text != path.read_text(encoding="utf-8"):
        path.write_text(text, encoding="utf-8", newline="\n")
    return changed


def _stamp_entry(folder: Path, entry: dict) -> bool:
    file = folder / entry["path"]
    _state(file, _label(entry))
    content = file.read_bytes()
    facts = {"bytes": len(content), "hash": _hash(content)}
    if "schema" in entry:
        facts["rows"] = _count_rows(content, entry["path"])
    before = {key: entry.get(key) for key in facts}
    entry.update(facts)
    return before != facts


def _count_rows(content: bytes, path: str) -> int:
    compression = "gzip" if path.endswith(".gz") else None
    return len(pd.read_csv(io.BytesIO(content), compression=compression, dtype=str))
