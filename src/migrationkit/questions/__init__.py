"""Questions of the exercises and polls of the lessons, one module a lesson.

A question says what is right as a function of parameters with defaults, so that a paper can ask it
about another country or year. A wrong answer is data: one example of it, and the hint it earns.
Nothing here judges; :mod:`migrationkit.check` does.

>>> find("1.1").title
'A share of the world'
>>> find("9.99") is None
True
"""

from __future__ import annotations

import functools
import importlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..data import fingerprint

KINDS = ("NUM", "DF", "CLS", "ORD", "MCQ", "MSQ", "CHT")
LESSONS = sorted(path.stem for path in Path(__file__).parent.glob("lesson[0-9][0-9].py"))


@dataclass(frozen=True)
class Wrong:
    """A wrong answer that learners give, and what to tell them.

    ``example`` is such an answer, or a function of the question's parameters that makes one. An
    answer is recognised when it equals the example (a number within the share ``near``), or when
    ``matches`` says so of the answer as :mod:`migrationkit.check` reads it. ``code`` names the
    misconception of the register (``M03``), if it has one.
    """

    example: object
    hint: str
    code: str = ""
    near: float = 0.01
    matches: Callable[[object], bool] | None = None

    def example_for(self, **parameters) -> object:
        return self.example(**parameters) if callable(self.example) else self.example


@dataclass(frozen=True)
class Variants:
    """How a paper asks a question: one case for each student, out of a pool.

    ``cases`` holds what ``expected`` is given, case by case; a function when it is read from a
    table. ``prompt``, ``table`` (a code cell that shows the case's data) and ``options`` are texts
    with places such as ``{country}``. ``words`` makes what stands in them from a case; without it
    they are the case's own values. What is empty or None stays as the question has it: of its
    wrong answers, those then stay that are made from the parameters. ``start`` is made from them,
    and so is ``wrong`` where it is a function.
    """

    cases: Sequence[Mapping[str, object]] | Callable[[], Sequence[Mapping[str, object]]]
    prompt: str = ""
    words: Callable[..., Mapping[str, object]] | None = None
    table: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    start: Callable[..., object] | None = None
    expected: Callable[..., object] | None = None
    title: str = ""
    form: str = ""
    meaning: str = ""
    wrong: tuple[Wrong, ...] | Callable[..., tuple[Wrong, ...]] | None = None

    def pool(self) -> tuple[Mapping[str, object], ...]:
        """All cases, in an order that does not change as long as the tables do not."""
        if callable(self.cases):
            return _pool(self.cases, fingerprint())
        return tuple(self.cases)


@functools.lru_cache(maxsize=64)
def _pool(cases: Callable, tables: tuple) -> tuple[Mapping[str, object], ...]:
    """What a function of cases returns, made once for one state of the tables."""
    return tuple(cases())


@dataclass(frozen=True)
class Question:
    """One question of an exercise.

    ``name`` is the variable to assign; ``form`` completes "Expected: …" with unit and rounding.
    What ``expected`` returns and what ``options`` holds goes by the kind:

    ===  ==========================================  =====================================
    NUM  a number in ``unit``                         nothing
    MCQ  a letter, or a dictionary part → letter      letter → sentence
    MSQ  a set of letters                             letter → sentence
    ORD  a tuple of labels                            label → label
    CLS  a dictionary item → category, or several     category → what it means
    DF   a list of rows, ``keys`` naming each         nothing
    CHT  what the chart must show (see lesson 1)      nothing
    ===  ==========================================  =====================================

    ``tolerance`` is in the unit of the answer. ``pointer`` and ``parallel`` are hints two and
    three: where to look, and the same step with other numbers. ``meaning`` is said when the answer
    is right; it never repeats the value. ``variants`` is how a paper asks it of each student.
    """

    id: str
    kind: str
    name: str
    title: str
    prompt: str
    form: str
    expected: Callable[..., object]
    meaning: str
    pointer: str
    parallel: str
    unit: str = ""
    tolerance: float = 0.0
    options: Mapping[str, str] = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    start: object = "?"
    right_example: object = None
    wrong: tuple[Wrong, ...] = ()
    variants: Variants | None = None

    def right_for(self, **parameters) -> object:
        """A right answer as a learner might give it."""
        if self.right_example is not None and not parameters:
            return self.right_example
        right = self.expected(**parameters)
        if self.kind == "CLS":  # where two readings of a card are defended: the first
            right = {name: one if isinstance(one, str) else one[0] for name, one in right.items()}
        return right


@dataclass(frozen=True)
class Poll:
    """Something asked in a lesson and never marked.

    ``kind`` is ``recall`` (each option has its ``replies``), ``vote`` (``reasoning`` is shown on
    demand) or ``text`` (a box to write in).
    """

    id: str
    kind: str
    prompt: str
    options: Sequence[str] = ()
    replies: Sequence[str] = ()
    reasoning: str = ""


def _module(lesson: str):
    return importlib.import_module(f"{__name__}.{lesson}")


def _lesson_of(id: str) -> str | None:
    number = id.partition(".")[0]
    lesson = f"lesson{number:>02}"
    return lesson if number.isascii() and number.isdigit() and lesson in LESSONS else None


def find(id: str) -> Question | None:
    """The question with this id, or None."""
    lesson = _lesson_of(id)
    asked = _module(lesson).QUESTIONS if lesson else ()
    return next((question for question in asked if question.id == id), None)


def of_lesson(number: int) -> tuple[Question, ...]:
    """The questions of one lesson, in the order of its exercise; empty when there are none."""
    lesson = f"lesson{number:02}"
    return _module(lesson).QUESTIONS if lesson in LESSONS else ()


def title_of_lesson(number: int) -> str:
    """The lesson's question, for example "How many migrants are there, and who decides?"."""
    return _module(f"lesson{number:02}").TITLE


def lessons() -> list[int]:
    """Numbers of the lessons that have questions."""
    return [int(lesson.removeprefix("lesson")) for lesson in LESSONS]


def polls(id: str) -> list[Poll]:
    """The polls under an id: ``1.vote`` is one, ``1.recall`` is three, an unknown id none."""
    lesson = _lesson_of(id)
    asked = _module(lesson).POLLS if lesson and "." in id else ()
    return [poll for poll in asked if poll.id == id or poll.id.startswith(f"{id}.")]


def polls_of_lesson(number: int) -> tuple[Poll, ...]:
    """The polls of one lesson, in the order in which it asks them."""
    lesson = f"lesson{number:02}"
    return _module(lesson).POLLS if lesson in LESSONS else ()


def chance(question: Question) -> float:
    """How often a uniform guess over the offered options is right; 0 when nothing is offered.

    >>> chance(find("1.2"))
    0.25
    """
    expected, offered = question.expected(), len(question.options)
    if question.kind == "MCQ":
        parts = len(expected) if isinstance(expected, Mapping) else 1
        return offered**-parts
    if question.kind == "MSQ":
        return 1 / (2**offered - 1)
    if question.kind == "ORD":
        return 1 / math.factorial(len(expected))
    if question.kind == "CLS":
        return offered ** -len(expected)
    return 0.0
