"""A question as the paper of one student asks it: one case of its pool, options in another order.

Nothing here knows a secret or a file. ``pick`` chooses: it is given a word for what is chosen and
a number of choices, and returns a place among them.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping

from .data import fingerprint
from .questions import Question, Wrong

Pick = Callable[[str, int], int]


def paper_id(id: str) -> str:
    """The id that a question has on a paper; an instructor's own id stays.

    >>> paper_id("1.1"), paper_id("Pchile")
    ('P1.1', 'Pchile')
    """
    return id if id.startswith("P") else f"P{id}"


def asked(question: Question, pick: Pick) -> Question:
    """The question as one student's paper asks it. ``expected`` then takes no parameters.

    >>> from .questions import find
    >>> asked(find("1.8"), lambda what, among: 0).id
    'P1.8'
    """
    bound = _with_case(question, _place(question, pick))
    bound = dataclasses.replace(bound, start=_start(bound))
    if question.kind in ("MCQ", "MSQ") and len(question.options) > 1:
        letters = list(question.options)
        order = _shuffled(letters, pick)
        offered = set(re.findall(r'"([A-Z])"', question.form))
        turned = _relettered(bound, dict(zip(letters, order, strict=True)))
        if question.kind == "MSQ" and turned.expected() == offered:
            # The form's example, ["B", "D"], must not be the answer: each letter becomes the next.
            turned = _relettered(bound, dict(zip(letters, order[1:] + order[:1], strict=True)))
        bound = turned
    elif question.kind == "CLS" and isinstance(bound.start, Mapping):
        order = _shuffled(list(bound.start), pick)
        bound = dataclasses.replace(bound, start={name: bound.start[name] for name in order})
    return dataclasses.replace(bound, id=paper_id(question.id), variants=None)


def drawn(question: Question, pick: Pick) -> Mapping[str, object]:
    """The case of a question's pool that is picked; empty when all are asked the same."""
    return _case(question, _place(question, pick))


def _place(question: Question, pick: Pick) -> int:
    pool = question.variants.pool() if question.variants else ()
    return pick("case", len(pool)) if pool else -1


def _case(question: Question, place: int) -> Mapping[str, object]:
    return question.variants.pool()[place] if question.variants and place >= 0 else {}


def table(question: Question, pick: Pick) -> str:
    """The code that shows the data of the case; empty when the question needs none."""
    if question.variants is None:
        return ""
    return filled(question.variants.table, _words(question, drawn(question, pick)))


def filled(text: str, words: Mapping[str, object]) -> str:
    """A text with its places filled; a place that no word belongs to stays as it is.

    >>> filled("{many} people in {country} {x}", {"many": 5, "country": "Chile"})
    '5 people in Chile {x}'
    """
    return re.sub(r"\{(\w+)\}", lambda place: str(words.get(place[1], place[0])), text)


def _words(question: Question, case: Mapping[str, object]) -> Mapping[str, object]:
    """What stands in the places of a text; never the expected value that an own item's case has."""
    made = question.variants.words if question.variants else None
    return made(**case) if made else {name: case[name] for name in case if name != "expected"}


# --- one case -------------------------------------------------------------------------------------


_made: dict[
    tuple, tuple[Question, Question]
] = {}  # a class asks for the same cases again and again
MOST_MADE = 5_000


def _with_case(question: Question, place: int) -> Question:
    """The question about one case of its pool, with functions that take no parameters."""
    if question.variants is None:
        return dataclasses.replace(question, expected=_once(question.expected))
    key = (id(question), place, fingerprint())
    kept = _made.get(key)
    if kept is None or kept[0] is not question:  # an id is used again when its owner is gone
        if len(_made) >= MOST_MADE:
            _made.clear()
        kept = _made[key] = (question, _about_case(question, _case(question, place)))
    return kept[1]


def _once(make: Callable[..., object], **case: object) -> Callable[[], object]:
    """A function that works out its value when it is first asked for it, and keeps it."""
    kept: list[object] = []

    def value() -> object:
        if not kept:
            kept.append(make(**case))
        return kept[0]

    return value


def _about_case(question: Question, case: Mapping[str, object]) -> Question:
    variants = question.variants
    words = _words(question, case)
    expected = variants.expected or question.expected
    start = variants.start(**case) if variants.start else question.start
    return dataclasses.replace(
        question,
        prompt=filled(variants.prompt or question.prompt, words),
        expected=_once(expected, **case),
        options={
            name: filled(text, words)
            for name, text in (variants.options or question.options).items()
        },
        start=start,
        title=variants.title or question.title,
        form=variants.form or question.form,
        meaning=variants.meaning or question.meaning,
        right_example=question.right_example if question.kind == "CHT" else None,
        wrong=tuple(_about(wrong, case) for wrong in _wrong_of(question, case)),
    )


def _wrong_of(question: Question, case: Mapping[str, object]) -> tuple[Wrong, ...]:
    """The wrong answers that still mean something when the case is another."""
    own = question.variants.wrong
    if own is not None:
        return own(**case) if callable(own) else own
    if question.kind in ("MCQ", "MSQ", "CHT"):
        return question.wrong
    return tuple(wrong for wrong in question.wrong if callable(wrong.example))


def _about(wrong: Wrong, case: Mapping[str, object]) -> Wrong:
    if not callable(wrong.example):
        return wrong
    return dataclasses.replace(wrong, example=lambda: wrong.example(**case))


def _start(bound: Question) -> object:
    """What the answer cell offers: the items to sort, order or fill in, not what is right."""
    if bound.start != "?" or bound.kind not in ("CLS", "ORD", "MCQ", "DF"):
        return bound.start
    expected = bound.expected()
    if bound.kind == "ORD":
        return sorted(expected, key=str.casefold)
    if bound.kind == "DF":
        rows = [[row[name] if name in bound.keys else "?" for name in row] for row in expected]
        return {"columns": list(expected[0]), "rows": rows}
    return dict.fromkeys(expected, "?") if isinstance(expected, Mapping) else "?"


# --- the order of options -------------------------------------------------------------------------


def _shuffled(items: list, pick: Pick) -> list:
    """The items in another order: from the last place down, each changes with a picked one."""
    items = list(items)
    for place in range(len(items) - 1, 0, -1):
        other = pick(f"order {place}", place + 1)
        items[place], items[other] = items[other], items[place]
    return items


def _relettered(question: Question, letter: Mapping[str, str]) -> Question:
    """The question with the option of each old letter under a new one."""
    old = {new: former for former, new in letter.items()}

    def renamed(answer: object, names: Mapping[str, str]) -> object:
        if isinstance(answer, Mapping):
            return {part: names.get(sign, sign) for part, sign in answer.items()}
        if isinstance(answer, set | frozenset):
            return frozenset(names.get(sign, sign) for sign in answer)
        return names.get(answer, answer)

    def turned(wrong: Wrong) -> Wrong:
        matches = wrong.matches
        return dataclasses.replace(
            wrong,
            example=lambda: renamed(wrong.example_for(), letter),
            matches=(lambda answer: matches(renamed(answer, old))) if matches else None,
        )

    return dataclasses.replace(
        question,
        options={new: question.options[old[new]] for new in sorted(old)},
        expected=lambda: renamed(question.expected(), letter),
        right_example=None,
        wrong=tuple(map(turned, question.wrong)),
    )
