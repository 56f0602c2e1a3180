"""What a notebook asks and tells beside its checks: polls, hints, progress. Never marked."""

from __future__ import annotations

import html
import re

import ipywidgets as widgets

from . import questions, record
from .answers import plain
from .check import ON_PAPER, judge, unknown, wrapped
from .explore import keyboard_safe
from .questions import Poll, Question
from .text import listing

STEPS = 3  # of hints
LONGEST_TEXT = 5_000  # signs of a written answer


class Said:
    """Words shown in a notebook as they are."""

    def __init__(self, words: str):
        self.words = words

    def __repr__(self) -> str:
        return self.words


# --- hints ----------------------------------------------------------------------------------------


def hint(id: object = "", n: object = None) -> Said:
    """The next step for a question: 1 about your last answer, 2 where to look, 3 a parallel.

    Without ``n`` each call gives the next of the three; none of them is the answer. In a notebook:
    ``kit.hint("1.1")`` or ``kit.hint("1.1", 2)``. Which ones were seen is kept on this machine.
    """
    exact = str(plain(id))
    if re.fullmatch(ON_PAPER, exact):
        return Said(wrapped(f"Question {exact} stands on a paper: there are no hints for it."))
    question = questions.find(exact)
    if question is None:
        return Said(wrapped(unknown(exact)))
    seen = _seen(exact)
    step = plain(n) if n is not None else min(max(seen, default=0) + 1, STEPS)
    if step not in range(1, STEPS + 1) or isinstance(step, bool):
        return Said(wrapped(f'There are {STEPS} hints: kit.hint("{exact}", 1) to {STEPS}.'))
    step = int(step)
    keep("hints", exact, sorted({*seen, step}))
    words = (_about_last_answer, lambda it: it.pointer, lambda it: it.parallel)[step - 1](question)
    return Said(wrapped(f"Question {exact}, hint {step} of {STEPS}. {words}"))


def _about_last_answer(question: Question) -> str:
    """The hint of the misconception, when the last answer shows one; else the form asked for."""
    answer = kept("answers", question.id, {})
    if answer:
        value = answer.get("value")
        for wrong in question.wrong:
            if judge(question, value).line == judge(question, wrong.example_for()).line:
                return wrong.hint
    return f"{question.prompt} Expected: {question.form}. Hint 2 says where to look."


def _seen(id: str) -> list[int]:
    seen = kept("hints", id, [])
    return [step for step in seen if step in range(1, STEPS + 1)]


def kept(section: str, id: str, default: dict | list):
    """What the record holds under an id, if it has the type of ``default``; else ``default``."""
    try:
        found = record.get(section, id, default)
    except Exception:  # an unreadable record must not close the notebook's questions
        return default
    return found if isinstance(found, type(default)) else default


def keep(section: str, id: str, value) -> bool:
    """Puts a value into the record; whether it is there now. Never raises."""
    try:
        record.put(section, id, value)
    except Exception:  # a full disk or a locked file
        return False
    return record.enabled()


# --- progress -------------------------------------------------------------------------------------


def progress() -> Said:
    """A table of the questions of every lesson, with what became of your answers."""
    kept = _whole_record()
    blocks = [_progress_of(lesson, kept) for lesson in questions.lessons()]
    guesses = len(kept.get("guesses", {}))
    said = {0: "No guesses made yet.", 1: "1 guess made."}.get(guesses, f"{guesses} guesses made.")
    return Said("\n\n".join([*blocks, f"{said} ○ not attempted  △ not yet  ● right"]))


def _whole_record() -> dict:
    try:
        return record.read()
    except Exception:
        return {}


def _progress_of(lesson: int, kept: dict) -> str:
    asked = questions.of_lesson(lesson)
    answers = kept.get("answers", {})
    signs = [_status(question, answers.get(question.id)) for question in asked]
    lines = [f"Lesson {lesson}. {questions.title_of_lesson(lesson)}"]
    rows = zip(signs, asked, strict=True)
    lines += [f"  {sign} {question.id}  {question.title}" for sign, question in rows]
    return "\n".join([*lines, f"  {signs.count('●')} of {len(asked)} right"])


def _status(question: Question, kept: object) -> str:
    """The sign of a kept answer, judged again: a later release may read it better."""
    return (
        judge(question, kept["value"]).status if isinstance(kept, dict) and "value" in kept else "○"
    )


# --- polls ----------------------------------------------------------------------------------------


def ask(id: object = "") -> Asked | Said:
    """The polls under one id: ``kit.ask("1.recall")`` are three, ``kit.ask("1.vote")`` is one.

    What you choose or write is kept on this machine and is never marked.
    """
    exact = str(plain(id))
    polls = questions.polls(exact)
    if polls:
        return Asked(exact, polls)
    known = [
        poll.id for lesson in questions.lessons() for poll in questions.polls_of_lesson(lesson)
    ]
    return Said(wrapped(f"Nothing is asked under “{exact[:40]}”. There is: {listing(known)}."))


class Asked(widgets.VBox):
    """One or several polls with their controls; made by :func:`ask`."""

    def __init__(self, id: str, polls: list[Poll]):
        self._id, self._polls = id, polls
        boxes = [_BOXES[poll.kind](poll) for poll in polls]
        super().__init__([keyboard_safe(box) for box in boxes])

    def _repr_mimebundle_(self, **options):
        bundle = super()._repr_mimebundle_(**options) or {}
        bundle = bundle[0] if isinstance(bundle, tuple) else bundle
        # The words stay the same whatever was chosen, so that stored outputs stay the same.
        words = "\n".join([f"Asked {self._id}", *(wrapped(poll.prompt) for poll in self._polls)])
        return {**bundle, "text/plain": words}


class _Box(widgets.VBox):
    """A prompt, one control, and a place for the reply."""

    def __init__(self, poll: Poll, control: widgets.Widget, *more: widgets.Widget):
        self._poll, self._control, self._reply = poll, control, widgets.HTML()
        super().__init__([_paragraph(poll.prompt), control, *more, self._reply])
        self._restore(kept("votes", poll.id, {}))
        control.observe(self._changed, "value")

    def _say(self, words: str) -> None:
        self._reply.value = f'<p role="status">{html.escape(words)}</p>' if words else ""


class _Choice(_Box):
    """One of several options."""

    def __init__(self, poll: Poll, *more: widgets.Widget):
        options = [(option, place) for place, option in enumerate(poll.options)]
        radio = widgets.RadioButtons(
            options=options, value=None, tooltip=poll.prompt, layout={"width": "auto"}
        )
        super().__init__(poll, radio, *more)

    def _restore(self, kept: dict) -> None:
        choice = kept.get("choice")
        if choice in range(len(self._poll.options)):
            self._control.value = int(choice)
            self._answer(int(choice), kept=True)

    def _changed(self, change) -> None:
        if change["new"] is None:
            return
        first = kept("votes", self._poll.id, {}).get("first", change["new"])
        said = {"choice": change["new"], "first": first}
        self._answer(change["new"], kept=keep("votes", self._poll.id, said))


class _Recall(_Choice):
    """Answers at once, in words, whatever was chosen."""

    def _answer(self, choice: int, kept: bool) -> None:
        self._say(self._poll.replies[choice])


class _Vote(_Choice):
    """Keeps a vote, which may be changed; the reasoning is shown when it is asked for."""

    def __init__(self, poll: Poll):
        self._reason = widgets.Button(
            description="Show the reasoning", disabled=True, layout={"width": "auto"}
        )
        self._reason.on_click(lambda _: self._say(poll.reasoning))
        super().__init__(poll, self._reason)

    def _answer(self, choice: int, kept: bool) -> None:
        self._reason.disabled = False
        option = self._poll.options[choice].strip("… ")
        place = "kept on this machine" if kept else "not kept: the record is off"
        self._say(f"Your vote: {option} ({place}). You can change it after the discussion.")


class _Text(_Box):
    """A box to write in."""

    def __init__(self, poll: Poll):
        box = widgets.Textarea(
            continuous_update=True, tooltip=poll.prompt, rows=5, layout={"width": "100%"}
        )
        super().__init__(poll, box)

    def _restore(self, kept: dict) -> None:
        if isinstance(kept.get("text"), str):
            self._control.value = kept["text"]

    def _changed(self, change) -> None:
        text = change["new"][:LONGEST_TEXT]
        done = keep("votes", self._poll.id, {"text": text})
        self._say("Kept on this machine." if done else "Not kept: the record is off.")


_BOXES = {"recall": _Recall, "vote": _Vote, "text": _Text}


def _paragraph(words: str) -> widgets.HTML:
    return widgets.HTML(f"<p>{html.escape(words)}</p>")
