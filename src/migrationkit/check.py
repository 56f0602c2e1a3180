"""The verdict on an answer: a pure function of a question and an answer, which never raises.

An answer of any type first becomes plain, bounded data (:mod:`migrationkit.answers`), and only
that is read (:mod:`migrationkit.reading`), judged and kept. So a recorded answer gets the same
verdict as the live one.
"""

from __future__ import annotations

import contextlib
import itertools
import re
import textwrap
from dataclasses import dataclass

from . import questions, record
from .answers import plain
from .errors import KitError
from .questions import Question, Wrong
from .reading import READERS, Unread, chart_is_right, read_table, untouched

WIDTH = 68  # signs in a line: JupyterLab breaks longer plain text in the middle of a word


def _close(one: float, other: float, within: float) -> bool:
    return abs(one - other) <= within + 1e-9 * max(abs(one), abs(other))


def _is_right(question: Question, answer: object, expected: object) -> bool:
    if question.kind == "NUM":
        return _close(answer, expected, question.tolerance)
    if question.kind == "MSQ":
        return answer == frozenset(expected)
    if question.kind == "ORD":
        return answer == tuple(expected)
    if question.kind == "CHT":
        return chart_is_right(answer)
    if question.kind == "DF":
        return _same_rows(question, answer, read_table(question, plain(expected), expected)[0])
    if question.kind == "CLS":
        return _well_sorted(answer, expected) == len(expected)
    return answer == expected


def _well_sorted(answer: dict, expected: dict) -> int:
    """Cards in a right category. Where coders differ, a card has several: each is defended."""
    return sum(
        answer[name] == category if isinstance(category, str) else answer[name] in category
        for name, category in expected.items()
    )


def _same_rows(question: Question, one: dict, other: dict) -> bool:
    return one.keys() == other.keys() and all(
        _close(cell, other[key][name], question.tolerance)
        if isinstance(cell, float) and isinstance(other[key][name], float)
        else cell == other[key][name]
        for key, row in one.items()
        for name, cell in row.items()
    )


def _is_that_wrong(
    question: Question, wrong: Wrong, answer: object, expected: object, parameters: dict
) -> bool:
    if wrong.matches is not None:
        return bool(wrong.matches(answer))
    example = plain(wrong.example_for(**parameters))
    example = READERS[question.kind](question, example, expected)[0]
    if question.kind == "NUM":
        return _close(answer, example, max(question.tolerance / 10, wrong.near * abs(example)))
    if question.kind == "DF":
        return _same_rows(question, answer, example)
    return answer == example


@dataclass(frozen=True)
class Verdict:
    """What is said about an answer: a symbol, a line, and what is kept.

    ``status`` is ○ (not attempted), △ (not yet) or ● (right), and "recorded" on a paper, whose
    number is then ``paper``. ``line`` is all that a notebook shows and all that nbval compares.
    It is plain text only: one source of the words, wrapped here because JupyterLab breaks long
    plain text inside words. The value and the misconception travel in the output's metadata,
    which JupyterLab keeps on save and nbval does not compare.
    """

    status: str
    line: str
    misconception: str
    question: str
    value: object
    paper: str = ""

    @property
    def right(self) -> bool:
        return self.status == "●"

    def __repr__(self) -> str:
        return self.line

    def _repr_mimebundle_(self, include=None, exclude=None):
        kept = {
            "question": self.question,
            "status": self.status,
            "misconception": self.misconception,
            "value": self.value,
        } | ({"paper": self.paper} if self.paper else {})
        return {"text/plain": self.line}, {"migrationkit": kept}


def wrapped(text: str) -> str:
    """Text in lines that fit beside a cell of JupyterLab."""
    return textwrap.fill(text, WIDTH, break_long_words=True, break_on_hyphens=False)


def _decide(question: Question, value: object, parameters: dict) -> tuple[str, str, str]:
    """Status, sentences and misconception."""
    if untouched(question, value):
        words = f"Expected: {question.form}. Run the answer's cell first, then this one."
        return "○", words, ""
    expected = question.expected(**parameters)
    try:
        readings = READERS[question.kind](question, value, expected)
    except Unread as problem:
        return "△", f"{problem} Expected: {question.form}.", ""
    if any(_is_right(question, answer, expected) for answer in readings):
        return "●", question.meaning, ""
    for answer, wrong in itertools.product(readings, question.wrong):
        if _is_that_wrong(question, wrong, answer, expected, parameters):
            return "△", wrong.hint, wrong.code
    return "△", _generic(question, value, readings[0], expected), ""


def _generic(question: Question, value: object, answer: object, expected: object) -> str:
    """What can be said of a wrong answer that nobody foresaw: its form, never the value."""
    said = ""
    if question.kind == "NUM" and question.unit == "%":
        if _close(100 * answer, expected, question.tolerance):
            said = "That is a part of one. Multiply it by 100 to have per cent. "
    elif question.kind == "NUM" and _close(1000 * answer, expected, question.tolerance):
        if question.unit.startswith("thousand"):
            said = "That is a thousand times too small. The unit here is thousands. "
        else:
            said = "Python reads a point as the decimal point. Write nothing between thousands. "
    elif question.kind == "CLS":
        right = _well_sorted(answer, expected)
        said = f"{right} of {len(expected)} are where the definitions put them. "
    elif question.kind == "DF":
        said = "The form is right, at least one value is not. "
    elif question.kind == "CHT" and not answer["fields"]:
        said = "The fields on x and y are not yet those asked for. "
    if question.id.startswith("P"):  # on a paper nobody is helped further
        return f"{said}Expected: {question.form}."
    return f'{said}Expected: {question.form}. For the next step: kit.hint("{question.id}").'


_BEGINNING = {
    "○": "○ Question {}: not attempted yet.",
    "△": "△ Question {}: not yet.",
    "●": "● Question {}: right.",
}


def judge(question: Question, answer: object, **parameters) -> Verdict:
    """The verdict on any answer. Pure; never raises. ``parameters`` are those of ``expected``.

    >>> judge(questions.find("1.1"), "2,92 %").status
    '●'
    >>> judge(questions.find("1.1"), 191e6 / 6.54e9 * 100, population=6.0e9).status
    '△'
    """
    value = plain(answer)
    try:
        status, words, code = _decide(question, value, parameters)
    except KitError as problem:  # a table that the expected value is read from
        status, words, code = "△", f"It cannot be judged here. {problem}", ""
    except Exception:  # a slip of ours must not stand in a learner's way as a traceback
        status, words, code = "△", f"This answer could not be read. Expected: {question.form}.", ""
    line = wrapped(f"{_BEGINNING[status].format(question.id)} {words}")
    return Verdict(status, line, code, question.id, value)


def right_line(question: Question) -> str:
    """The one line for a right answer: the reference of every check cell."""
    return wrapped(f"{_BEGINNING['●'].format(question.id)} {question.meaning}")


# --- in a notebook --------------------------------------------------------------------------------

_NOT_GIVEN = object()


def unknown(id: object) -> str:
    """A sentence for an id that no question has."""
    number = str(id).partition(".")[0] if isinstance(id, str) else ""
    known = [one.id for one in questions.of_lesson(int(number))] if number.isdecimal() else []
    if not known:
        known = [one.id for lesson in questions.lessons() for one in questions.of_lesson(lesson)]
    said = f"“{id[:40]}”" if isinstance(id, str) else "that"
    return f"There is no question {said}. Questions here: {known[0]} to {known[-1]}."


_trouble: dict[str, str] = {}  # question -> what went wrong when its answer cell last ran


def watch() -> None:
    """Notice when an answer cell stops with an error, so that no check judges an older answer.

    ``kit.setup()`` calls it; outside a notebook it does nothing.
    """
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None:
        return
    with contextlib.suppress(ValueError):  # the first time there is nothing to take away
        shell.events.unregister("post_run_cell", _cell_ran)
    shell.events.register("post_run_cell", _cell_ran)


def _cell_ran(result) -> None:
    """After each cell: remember, for the answer cells among them, what is wrong with the run."""
    source = getattr(getattr(result, "info", None), "raw_cell", None) or ""
    for id in re.findall(rf"^#\s*Q\s*(\d+\.\d+|{ON_PAPER})\b", source, re.MULTILINE):
        question = questions.find(id.removeprefix("P"))
        if question is None and not id.startswith("P"):
            continue
        if not result.success:
            _trouble[id] = (
                "your answer's cell stopped with an error, so there is nothing new to check. "
                "Words need straight quotation marks. Numbers take no unit and no spaces: 12679."
            )
        elif question is not None and not re.search(rf"\b{question.name}\b", source):
            _trouble[id] = (
                f"your answer's cell does not set {question.name}. "
                "Check the spelling of the name before the equals sign."
            )
        else:
            _trouble.pop(id, None)


# --- on a paper -----------------------------------------------------------------------------------

ON_PAPER = r"P(?:[0-9]+\.[0-9]+|[A-Za-z0-9][A-Za-z0-9_-]{0,20})"  # ids of its questions
_paper = ""  # the number of the paper that this notebook is


def paper(number: object = "") -> None:
    """Say which paper this notebook is. Its answers are recorded with this number, not judged."""
    global _paper
    _paper = str(plain(number))[:40]
    words = (
        "This is a paper: its answers are recorded in this file, nowhere else, and not judged here."
    )
    print(wrapped(words))


def on_paper() -> bool:
    """Whether this notebook has said that it is a paper."""
    return bool(_paper)


def _recorded(id: str, answer: object) -> Verdict:
    """The answer to a question of a paper as it stands, without a verdict."""
    if answer is _NOT_GIVEN:
        words = f'Name your answer as well: kit.check("{id}", your answer).'
        return Verdict("○", wrapped(f"○ Question {id}: {words}"), "", id, None, _paper)
    if id in _trouble:
        words = wrapped(f"○ Question {id}: {_trouble[id]}")
        return Verdict("○", words, "", id, None, _paper)
    value = plain(answer)
    if untouched(questions.find(id.removeprefix("P")) or _OWN, value):
        words = "Run the answer's cell first, then this one."
        line = wrapped(f"{_BEGINNING['○'].format(id)} {words}")
        return Verdict("○", line, "", id, value, _paper)
    words = "It is not judged here. Save the notebook before you hand it in."
    line = wrapped(f"■ Question {id}: recorded. {words}")
    return Verdict("recorded", line, "", id, value, _paper)


# Stands for an instructor's own question, of which nothing is known here but that "?" is blank.
_OWN = Question("P", "NUM", "", "", "", "", lambda: 0, "", "", "")

# --- judged ---------------------------------------------------------------------------------------


def check(id: object = "", answer: object = _NOT_GIVEN) -> Verdict:
    """Judge an answer, keep it on this machine and show the verdict; never raises.

    In a notebook: ``kit.check("1.1", share)``. The record holds the status, the plain value, the
    misconception and the number of tries; a blank answer is no try. A question of a paper, whose
    id begins with P, is not judged: its value is kept in the notebook, and nowhere else.
    """
    exact = str(plain(id))
    if re.fullmatch(ON_PAPER, exact):
        return _recorded(exact, answer)
    question = questions.find(exact)
    if question is None:
        words = unknown(exact)
        if isinstance(plain(answer), str) and questions.find(plain(answer)):
            words = f'The question comes first: kit.check("{plain(answer)}", your answer).'
        return Verdict("○", wrapped(f"○ {words}"), "", exact[:40], None)
    if answer is _NOT_GIVEN:
        words = f'Name your answer as well: kit.check("{exact}", {question.name}).'
        return Verdict("○", wrapped(f"○ Question {exact}: {words}"), "", exact, None)
    if exact in _trouble:
        words = wrapped(f"○ Question {exact}: {_trouble[exact]}")
        return Verdict("○", words, "", exact, None)
    verdict = judge(question, answer)
    _keep(verdict)
    return verdict


def _keep(verdict: Verdict) -> None:
    try:
        before = record.get("answers", verdict.question) or {}
        tries = before.get("tries", 0) + (verdict.status != "○")
        record.put(
            "answers",
            verdict.question,
            {
                "status": verdict.status,
                "value": verdict.value,
                "misconception": verdict.misconception,
                "tries": tries,
            },
        )
    except Exception:  # a full disk, a locked file: verdict and value still stand in the notebook
        return
