"""From a notebook to answers: the value of the last check, else a literal, else "not run".

No line of a submission runs. A literal is what ``ast.literal_eval`` accepts, and a table written
as ``pd.DataFrame({…})`` with nothing but literals in it: so the exercises offer it to be filled in.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

import nbformat
import pandas as pd
from nbformat import NotebookNode

from .. import notebooks
from ..answers import plain
from ..questions import Question
from ..reading import untouched
from .collect import Handed

LONGEST_ANSWER = 20_000  # signs of the source of one answer
DEEPEST_ANSWER = 60  # brackets inside brackets

NOT_RUN = "no value: the answer was neither checked nor written as a literal"
NO_CELL = "no value: its answer cell was not found"
CHANGED = "the answer cell says something else than at the last check; the last check counts"
SEVERAL = "checked in several cells; the last run counts"


@dataclass(frozen=True)
class Answer:
    """One answer as data. Without ``given`` there is none, and ``note`` says why."""

    given: bool
    value: object = None
    note: str = ""


def named_questions(handed: Handed) -> list[str]:
    """Ids of the questions that a notebook is about, by its notes, markers and checks."""
    ids = dict.fromkeys(handed.named)
    for cell in handed.cells:
        note = cell["metadata"].get("migrationkit", {})
        if note.get("question"):
            ids[note["question"]] = None
        if cell["cell_type"] == "code":
            ids.update(dict.fromkeys(notebooks.MARKER.findall(cell["source"])))
            ids.update(dict.fromkeys(notebooks.CHECKED.findall(cell["source"])))
    ids.update(dict.fromkeys(handed.recorded))
    return [id for id in ids if len(id) <= 40][:200]


def answers(handed: Handed, asked: Sequence[Question]) -> dict[str, Answer]:
    """Question → answer, for each question asked."""
    sources = notebooks.answers(
        notebook(handed), _places(asked), {question.id: question.name for question in asked}
    )
    return {
        question.id: _answer(question, handed.recorded.get(question.id, []), sources[question.id])
        for question in asked
    }


def notebook(handed: Handed) -> NotebookNode:
    return nbformat.from_dict({"cells": handed.cells})


def _places(asked: Sequence[Question]) -> NotebookNode:
    """A notebook of answer cells, with the ids that they have in exercises and papers."""
    cells = [
        {
            "cell_type": "code",
            "id": f"q{question.id.replace('.', '-')}-answer",
            "metadata": {"migrationkit": {"question": question.id, "role": "answer"}},
            "source": "",
        }
        for question in asked
    ]
    return nbformat.from_dict({"cells": cells})


def _answer(question: Question, recorded: list, source: str | None) -> Answer:
    written = None if source is None else literal(source, question.name)
    if recorded:
        runs = [
            (-1 if count is None else count, place) for place, (count, _) in enumerate(recorded)
        ]
        value = recorded[max(runs)[1]][1]
        notes = [SEVERAL] if len(recorded) > 1 else []
        if not untouched(question, value):
            if written is not None and not _same(written[0], value):
                notes.append(CHANGED)
            return Answer(True, value, "; ".join(notes))
        if written is None or untouched(question, written[0]):
            return Answer(True, value)
    if written is not None:
        return Answer(True, written[0])
    return Answer(False, note=NO_CELL if source is None else NOT_RUN)


def _same(one: object, other: object) -> bool:
    return one == other or repr(one) == repr(other)


# --- literals -------------------------------------------------------------------------------------


def literal(source: str, name: str) -> tuple[object] | None:
    """The plain value that a source assigns to a name, in a tuple; None when it is no literal.

    >>> literal("# Q1.1\\nshare = 2.92", "share"), literal("share = 191 / 65.4", "share")
    ((2.92,), None)
    >>> literal("share = 3\\nshare = input()", "share") is None
    True
    """
    if len(source) > LONGEST_ANSWER or _depth(source) > DEEPEST_ANSWER:
        return None
    code = re.sub(r"^\s*[%!?].*$", "", source, flags=re.MULTILINE)  # magics are no Python
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    found = None
    for statement in body:
        value = _assigned(statement, name)
        if value is not None:
            found = value
        elif found is not None and _may_change(statement, name):
            found = None
    if found is None:
        return None
    made = _MAKERS.get(_maker(found))
    try:
        value = ast.literal_eval(found.args[0] if made else found)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None
    try:
        return (plain(made(value) if made else value),)
    except Exception:  # columns of several lengths, say: no table, but an answer all the same
        return (plain(value),)


def _depth(source: str) -> int:
    """Brackets inside brackets and signs in a row, an upper bound of how deep a parser goes."""
    deepest = depth = 0
    for sign in re.findall(r"[][(){}]", source):
        depth = depth + 1 if sign in "[({" else max(0, depth - 1)
        deepest = max(deepest, depth)
    rows = re.findall(
        r"(?:(?:[-+~*.]|\bnot\b|\blambda\b[^:\n]{0,40}:|\*\*|\bawait\b)\s*){20,}", source
    )
    return max([deepest, *map(len, rows)])


def _assigned(statement: ast.stmt, name: str) -> ast.expr | None:
    """The value of ``name = value``, or None for any other statement."""
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign):
        targets = [statement.target]
    else:
        return None
    plain_name = any(isinstance(one, ast.Name) and one.id == name for one in targets)
    return statement.value if plain_name else None


def _may_change(statement: ast.stmt, name: str) -> bool:
    """Whether a later statement may give the name, or what it stands for, another value."""
    if isinstance(statement, ast.Expr):
        if isinstance(statement.value, ast.Name):
            return False  # shown
        call = statement.value
        if isinstance(call, ast.Call) and _called(call) in ("print", "display"):
            return False
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(statement))


def _maker(value: ast.expr) -> str:
    """What makes a value of one literal, as in ``pd.DataFrame(…)`` or ``set(…)``; else ""."""
    alone = isinstance(value, ast.Call) and len(value.args) == 1 and not value.keywords
    return _called(value) if alone else ""


def _called(call: ast.Call) -> str:
    """The name of what is called, ``print`` or ``pd.DataFrame``; "" for anything longer."""
    func = call.func
    if isinstance(func, ast.Name):
        return func.id
    if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name):
        return f"{func.value.id}.{func.attr}"
    return ""


# Our own calls of these, on literals alone: so a table that was typed has the form of one that ran.
_MAKERS = {
    "pd.DataFrame": pd.DataFrame, "pandas.DataFrame": pd.DataFrame, "DataFrame": pd.DataFrame,
    "pd.Series": pd.Series, "set": set, "list": list, "tuple": tuple, "dict": dict,
}  # fmt: skip
