"""Who Decides? The small package behind a notebook course on global migration governance.

In a notebook: ``import migrationkit as kit``, then ``kit.setup()``. Everything that a lesson uses
hangs on this name and is loaded when first asked for.
"""

from __future__ import annotations

import importlib
import sys

__version__ = "0.1.0"

# Altair's import makes jsonschema build a grammar for internationalised addresses. It takes more
# than a second at every kernel start and nothing here reads such an address.
sys.modules.setdefault("rfc3987_syntax", None)

try:
    from . import record, text
    from .ask import ask, hint, progress
    from .audit import audit, audit_table
    from .check import check, on_paper, paper, watch
    from .data import load
    from .data import sources as source_list
    from .errors import KitError
    from .explore import LOST_STYLE, View, explore, guess
    from .explore import show_everything as set_show_everything
    from .notebooks import restore
    from .record import save
    from .vega import build_library, enable, shapes
except ModuleNotFoundError as problem:
    from .errors import not_installed

    if sys.argv[:1] != ["-m"]:  # the doctor needs no package, and the other commands say the same
        raise ImportError(not_installed(problem)) from None

__all__ = [
    "KitError", "View", "ask", "audit", "audit_table", "check", "explore", "figures", "guess",
    "hint", "load", "models", "paper", "progress", "record", "restore", "save", "setup", "shapes",
    "sources", "text",
]  # fmt: skip


def __getattr__(name: str):
    if name in ("figures", "models", "questions"):  # rooms with one module a lesson: only when used
        return importlib.import_module(f".{name}", __name__)
    raise AttributeError(f"The kit has no {name!r}. It has: {', '.join(__all__)}.")


def sources(*names: str):
    """The sources of some tables as a list to show: producer, edition, licence, caveats."""
    from IPython.display import Markdown

    return Markdown(source_list(names))


def setup(show_everything: bool = False) -> None:
    """Make this notebook ready: the look of charts, what a lost figure says, the drawing library.

    ``show_everything=True`` opens each figure without a guess, for instructors.
    """
    from IPython import get_ipython
    from IPython.display import display

    enable()
    watch()
    set_show_everything(show_everything)
    words = "Ready. Your guesses and answers are kept in my-work.json, on this machine only."
    if on_paper():
        words = "Ready. The answers of this paper are kept in this file only."
    try:
        build_library()
    except KitError as problem:
        words = problem
    print(words)
    if get_ipython():  # saved with the notebook: it is there when its widgets are not
        display({"text/html": LOST_STYLE, "text/plain": ""}, raw=True)
