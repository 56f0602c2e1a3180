"""Says what works on this computer and what does not, one line each, with what to do.

Only the standard library is imported at the top: this is what a learner runs when a package is
missing. Nothing is repaired here, and nothing is sent anywhere.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

from .errors import INSTALL

OLDEST_PYTHON = (3, 11)
SPACE_NEEDED = 300_000_000  # bytes; a course year of notebooks and save files needs less
HOME = Path(__file__).resolve().parents[2]  # as data.checkout(), which needs pandas

class Trouble(Exception):
    """A check that failed: what is wrong and what to do, in one or two sentences."""


def main() -> int:
    """Print one line for each check; 0 when all is well, 1 when something needs attention."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # an old Windows console has no ✓
    lines = list(doctor())
    for well, words in lines:
        print("✓" if well else "✗", words)
    bad = sum(not well for well, _ in lines)
    print()
    if not bad:
        print("All is well. `make lab` opens the course.")
    else:
        print(f"{bad} of {len(lines)} need attention: see the lines with ✗.")
    return 1 if bad else 0


def doctor() -> Iterator[tuple[bool, str]]:
    """Each check as (is it well?, what to read). Never raises."""
    for check in CHECKS:
        try:
            yield True, check()
        except Trouble as trouble:
            yield False, str(trouble)
        except ModuleNotFoundError as problem:
            about = check.__name__[1:].replace("_", " ")
            yield False, f"The {about} can be looked at when {problem.name} is installed."
        except Exception as problem:  # a check must not hide the ones after it
            words = " ".join(str(problem).split()) or type(problem).__name__
            about = check.__name__[1:].replace("_", " ")
            yield False, f"The {about} could not be looked at: {words}"


# ---- The checks: each returns a line, or raises Trouble ------------------------------------------


def _python() -> str:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        raise Trouble(f"Python {version} is too old. Install Python 3.11 or newer.")
    return f"Python {version}, in {sys.prefix}"


def _packages() -> str:
    wanted = pins()
    missing = [name for name in wanted if _installed(name) is None]
    if missing:
        raise Trouble(f"Not installed: {', '.join(missing)}. {INSTALL}")
    other = [
        f"{name} {_installed(name)} (tested with {version})"
        for name, version in wanted.items()
        if _installed(name) != version
    ]
    if other:
        raise Trouble(f"Other versions than the tested ones: {', '.join(other)}. {INSTALL}")
    return f"{len(wanted)} packages, each in the tested version"


def pins(pyproject: Path = HOME / "pyproject.toml") -> dict[str, str]:
    """Package name → version that the course is tested with, from `pyproject.toml`.

    >>> pins()["ipywidgets"]
    '8.1.9'
    """
    if not pyproject.exists():
        raise Trouble(f"{pyproject.name} is missing: is this the whole folder of the course?")
    lines = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]["dependencies"]
    return dict(re.split(r"\s*==\s*", line, maxsplit=1) for line in lines)


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _data() -> str:
    from . import data
    from .errors import KitError

    wrong = []
    entries = data.catalogue()
    for name, entry in entries.items():
        try:
            data.load(name) if "schema" in entry else data.shapes_topology(name)
        except KitError as problem:
            wrong.append(str(problem))
    if wrong:
        raise Trouble(" ".join(wrong))
    if not entries:
        raise Trouble("The catalogue data/datapackage.json names no table. Restore the folder.")
    return f"{len(entries)} tables and maps, as the catalogue describes them"


def _drawing_library() -> str:
    from . import vega

    path = vega.library_path()
    if not path.is_file() or path.stat().st_size < 100_000:
        raise Trouble("The drawing library is missing. Run `python -m migrationkit library`.")
    return f"Drawing library, {path.stat().st_size // 1000} kB"


def _place_of_your_work() -> str:
    from . import record

    if not record.enabled():
        return "Your work is not kept now (MIGRATIONKIT_RECORD=off)"
    try:
        folder = record.home()
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError:
        named = os.environ.get("MIGRATIONKIT_HOME")
        where = f"the folder {named} (MIGRATIONKIT_HOME)" if named else "this folder or your own"
        raise Trouble(f"Your work cannot be kept: {where} cannot be written.") from None
    return f"Your work is kept in {folder}"


def _disk_space() -> str:
    free = shutil.disk_usage(HOME).free
    if free < SPACE_NEEDED:
        raise Trouble(f"Only {free // 1_000_000} MB are free on this disk. Make room.")
    return f"{free / 1e9:.1f} GB free on this disk"


def _port() -> str:
    from . import lab

    free = lab.next_free_port(lab.FIRST_PORT)
    if free is None:
        raise Trouble(f"No port is free from {lab.FIRST_PORT} on. Close some programs.")
    if free != lab.FIRST_PORT:
        return f"Port {lab.FIRST_PORT} is taken, so JupyterLab will use {free}"
    return f"Port {free} is free for JupyterLab"


CHECKS: tuple[Callable[[], str], ...] = (
    _python,
    _packages,
    _data,
    _drawing_library,
    _place_of_your_work,
    _disk_space,
    _port,
)
