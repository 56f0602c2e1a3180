"""A learner's own verdict on a claim of the two texts, and a second learner's beside it.

Never marked. What is chosen and written stays in the part ``verdicts`` of ``my-work.json``; a
second learner may give a nickname, and need not. The kit's verdict is told once one was kept.
"""

from __future__ import annotations

import html

import ipywidgets as widgets
import pandas as pd

from . import record
from .answers import plain
from .ask import Said, keep, kept
from .check import wrapped
from .errors import KitError
from .explore import keyboard_safe
from .models import ledger

VERDICTS = [*ledger.VERDICTS, ledger.NOT_FACTUAL]
MEANING = {
    "held up": "the same thing at the same date, and it fits",
    "revised": "the same thing in a new edition, a little off",
    "outgrown": "true then, changed since",
    "redefined": "another definition of the same words says something else",
    "imprecise": "of the right size, but off",
    "not supported": "the evidence says something else",
    "cannot be checked": "no evidence of this kind was found",
    ledger.NOT_FACTUAL: "an opinion, a wish or a matter of words",
}
LONGEST_EVIDENCE = 1_000  # signs
LONGEST_NAME = 30
COLUMNS = [
    *("id", "claim", "yours", "first", "evidence", "second", "nickname", "countersigned"),
    *("kit", "you_and_second", "you_and_kit"),
]
EMPTY = "not given"
SECTION = "verdicts"


def audit(id: object = "") -> Audit | Said:
    """A claim with what the text says of it, to be judged: ``kit.audit("C06")``.

    Choose a verdict, write what it rests on, press *Keep*; then the kit's own verdict is told.
    """
    exact = str(plain(id)).strip().upper()
    try:
        return Audit(exact)
    except KitError as problem:
        return Said(wrapped(str(problem)))


def audit_table() -> pd.DataFrame:
    """Your verdicts, a second learner's and the kit's, one claim a row; empty when none was kept.

    ``kit.audit_table().to_csv("my-verdicts.csv")`` writes them to a file. A text that a
    spreadsheet would take for a formula has an apostrophe before it.
    """
    claims = ledger.evaluate().set_index("id")
    rows = []
    for id, claim in claims.iterrows():
        entry = _read(id)
        if not entry.get("verdict"):
            continue
        own, second = entry["verdict"], entry["second"]
        ours = claim["verdict"] or ledger.NOT_FACTUAL
        rows.append(
            [
                *(id, claim["claim"], own, entry["first"], _defused(entry["evidence"])),
                *(second or EMPTY, _defused(entry["name"]), entry["when"]),
                *(ours, _same(own, second), _same(own, ours)),
            ]
        )
    return pd.DataFrame(rows, columns=COLUMNS)


def _same(one: str, other: str) -> str:
    return EMPTY if not other else "agree" if one == other else "differ"


def _defused(words: str) -> str:
    return f"'{words}" if words[:1] in ("=", "+", "-", "@", "\t", "\r") else words


def _read(id: str) -> dict[str, str]:
    """What was kept about a claim, each part bounded; parts that cannot be read are empty."""
    entry = kept(SECTION, id, {})

    def part(name: str, most: int) -> str:
        value = entry.get(name)
        return value[:most] if isinstance(value, str) else ""

    found = {name: part(name, LONGEST_NAME) for name in ("verdict", "first", "second", "when")}
    for name in ("verdict", "first", "second"):
        if found[name] not in VERDICTS:
            found[name] = ""
    found |= {"evidence": part("evidence", LONGEST_EVIDENCE), "name": part("name", LONGEST_NAME)}
    if found["when"] not in ("before", "after"):
        found["when"] = ""
    return found


def _is_kept(id: str) -> bool:
    """Whether the record holds anything under this claim, damaged or not."""
    try:
        return record.get(SECTION, id) is not None
    except Exception:  # as in `ask`: an unreadable record must not close the notebook
        return False


class Audit(widgets.VBox):
    """One claim with its controls; made by :func:`audit`."""

    def __init__(self, id: str):
        self._id, self._kept, self._signed = id, False, ("", "")
        given = ledger.steps(id, verdicts=False)  # raises KitError when there is no such claim
        self._own = self._menu("Your verdict", "choose one")
        self._evidence = widgets.Textarea(
            description="What it rests on", rows=3, continuous_update=True,
            layout={"width": "96%"}, style={"description_width": "initial"},
        )  # fmt: skip
        self._second = self._menu("A second learner's verdict", "nobody yet")
        self._name = widgets.Text(
            description="Nickname, if you like", style={"description_width": "initial"},
            continuous_update=False,
        )  # fmt: skip
        keep_it = widgets.Button(description="Keep", tooltip="Keep it, and see the kit's verdict")
        sign = widgets.Button(description="Countersign", tooltip="Keep the second verdict")
        keep_it.on_click(lambda _: self._keep())
        sign.on_click(lambda _: self._countersign())
        self._reply, self._ours = widgets.HTML(), widgets.HTML()
        meanings = "".join(f"<li><b>{word}</b>: {MEANING[word]}</li>" for word in VERDICTS)
        parts = [
            widgets.HTML(_listed(f"Audit of {id}", given)),
            widgets.HTML(
                f"<details><summary>What the verdicts mean</summary><ul>{meanings}</ul></details>"
            ),
            self._own,
            self._evidence,
            keep_it,
            self._second,
            self._name,
            widgets.HTML("<p>A countersign needs no name. Nothing leaves this machine.</p>"),
            sign,
            self._reply,
            self._ours,
        ]
        super().__init__([keyboard_safe(widgets.VBox(parts))])
        self._restore()
        # ipywidgets holds quick changes back, so the last one may arrive after the button.
        for control in (self._own, self._evidence):
            control.observe(lambda _: self._kept and self._keep(), "value")
        self._name.observe(lambda _: self._signed[0] and self._sign(*self._signed), "value")

    @staticmethod
    def _menu(label: str, nothing: str) -> widgets.Dropdown:
        options = [(nothing, ""), *((word, word) for word in VERDICTS)]
        return widgets.Dropdown(
            options=options, value="", description=label, style={"description_width": "initial"},
            layout={"width": "auto", "max_width": "420px"},
        )  # fmt: skip

    def _restore(self) -> None:
        entry = _read(self._id)
        self._own.value, self._evidence.value = entry["verdict"], entry["evidence"]
        self._second.value, self._name.value = entry["second"], entry["name"]
        if entry["verdict"]:
            self._say("Your verdict was kept earlier.")
            self._tell()
        elif _is_kept(self._id) and not entry["second"]:
            self._say("What was kept about this claim could not be read. You can judge it again.")

    def _say(self, words: str) -> None:
        self._reply.value = f'<p role="status">{html.escape(words)}</p>'

    def _put(self, **changes: str) -> str:
        """Keeps what changed beside what was kept; where it went, in words."""
        entry = {name: value for name, value in _read(self._id).items() if value} | changes
        return "kept on this machine" if keep(SECTION, self._id, entry) else (
            "not kept: the record is off or cannot be written"
        )

    def _keep(self) -> None:
        own = self._own.value
        if not own:
            self._say("Choose your verdict first.")
            return
        first = _read(self._id)["first"] or own
        where = self._put(
            verdict=own, first=first, evidence=self._evidence.value[:LONGEST_EVIDENCE]
        )
        self._say(f"Your verdict: {own} ({where}). You can change it.")
        self._tell()

    def _countersign(self) -> None:
        if not self._second.value:
            self._say("Choose the second learner's verdict first.")
            return
        self._signed = self._second.value, "after" if self._kept else "before"
        self._sign(*self._signed)

    def _sign(self, second: str, when: str) -> None:
        """Keeps a second verdict with the nickname as it stands, also one that arrives late."""
        name = self._name.value.strip()[:LONGEST_NAME]
        where = self._put(second=second, name=name, when=when)
        same = {"": "", self._own.value: " You two agree."}.get(second, " You two differ: say why.")
        told = "after the kit's verdict was told" if when == "after" else "before"
        self._say(f"Countersigned {told}: {second} ({where}).{same if self._own.value else ''}")

    def _tell(self) -> None:
        """The kit's verdict and how its rule came to it."""
        self._kept = True
        steps = ledger.steps(self._id)
        wanted = ["Verdict", "Why", "To look out for", "Code"]
        steps = steps[steps["step"].isin(wanted)]
        self._ours.value = _listed("The kit's verdict", steps)

    def _repr_mimebundle_(self, **options):
        bundle = super()._repr_mimebundle_(**options) or {}
        bundle = bundle[0] if isinstance(bundle, tuple) else bundle
        # The words stay the same whatever was chosen, so that stored outputs stay the same.
        claim = ledger.steps(self._id, verdicts=False)["what"].iloc[0]
        return {**bundle, "text/plain": f"Audit of {self._id}\n{wrapped(claim)}"}


def _listed(title: str, steps: pd.DataFrame) -> str:
    """Steps of a row as a short list, escaped."""
    items = "".join(
        f"<li>{html.escape(step)}: {html.escape(what)}</li>"
        for step, what in steps.itertuples(index=False)
    )
    return f"<p><b>{html.escape(title)}</b></p><ul>{items}</ul>"
