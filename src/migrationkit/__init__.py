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

from . import record, text  # noqa: E402
from .ask import ask, hint, progress  # noqa: E402
from .check import check, paper, watch  # noqa: E402
from .data import load  # noqa: E402
from .data import sources as source_list  # noqa: E402
from .errors import KitError  # noqa: E402
from .explore import View, explore, guess  # noqa: E402
from .explore import show_everything as set_show_everything  # noqa: E402
from .notebooks import restore  # noqa: E402
from .record import save  # noqa: E402
from .vega import build_library, enable, shapes  # noqa: E402

__all__ = [
    "KitError", "View", "ask", "check", "explore", "figures", "guess", "hint", "load", "models",
    "paper", "progress", "record", "restore", "save", "setup", "shapes", "sources", "text",
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
    """Make this notebook ready: the look of charts, and the drawing library when it is missing.

    ``show_everything=True`` opens each figure without a guess, for instructors.
    """
    enable()
    watch()
    set_show_everything(show_everything)
    try:
        build_library()
    except KitError as problem:
        print(problem)
        return
    print("Ready. Your guesses and answers are kept in my-work.json, on this machine only.")

