"""Figures of the lessons, one module a lesson, loaded when first asked for.

>>> from migrationkit import figures
>>> figures.lesson01.__name__
'migrationkit.figures.lesson01'
"""

import importlib
from pathlib import Path

LESSONS = sorted(path.stem for path in Path(__file__).parent.glob("lesson*.py"))


def __getattr__(name: str):
    if name in LESSONS:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"There is no {name!r}. Lessons with figures: {', '.join(LESSONS)}.")


def __dir__():
    return LESSONS
