"""Lesson 12: what came of the proposals of 2006?

Codes are those of the misconception register: M19 signed is done; M20 what does not bind is
pointless, or the Compact creates a right to migrate; M21 "the UN" decides, and IOM was always part
of it; M26 two lines that rise together cause each other. Dates come from the tables timeline,
votes from compact-vote, outcomes from proposals-2006 (our coding), verdicts from the ledger.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Mapping

from migrationkit.answers import BARS
from migrationkit.data import fingerprint, load
from migrationkit.models import ledger
from migrationkit.text import listing

from . import Poll, Question, Variants, Wrong, cases
from .cases import apart, few_alike, in_words

TITLE = "What came of the proposals of 2006?"

# --- 12.1 -----------------------------------------------------------------------------------------

# card: words of its event in the table timeline
EVENTS = {
    "Compact endorsed": "General Assembly endorses the GCM",
    "first Global Forum": "GFMD 1,",
    "first High-Level Dialogue": "First UN High-Level Dialogue",
    "first Review Forum": "First International Migration Review Forum",
    "New York Declaration": "New York Declaration for Refugees and Migrants",
    "second High-Level Dialogue": "Second UN High-Level Dialogue",
}


def dates(events: Mapping[str, str] = EVENTS) -> dict[str, str]:
    """For each card the date of its one event in the table timeline, as exact as the source.

    >>> dates()["first Review Forum"]
    '2022-05'
    """
    return cases.dates(events)


def in_order(events: Mapping[str, str] = EVENTS) -> tuple[str, ...]:
    """The cards from the oldest event to the newest.

    >>> in_order()[0]
    'first High-Level Dialogue'
    """
    return cases.in_order(events)


def _moved(card: str, before: str) -> tuple[str, ...]:
    return cases.moved(in_order(), card, before)


def _newest_first() -> tuple[str, ...]:
    return tuple(reversed(in_order()))


def _compact_before_declaration() -> tuple[str, ...]:
    return _moved("Compact endorsed", "New York Declaration")


def _forum_before_dialogue() -> tuple[str, ...]:
    return _moved("first Global Forum", "first High-Level Dialogue")


def _review_before_compact() -> tuple[str, ...]:
    return _moved("first Review Forum", "Compact endorsed")


def _later(one: str, other: str) -> Callable[[tuple], bool]:
    return lambda answer: answer.index(one) > answer.index(other)


# Further events, for papers; no two of them fall into one month or stand with a bare year.
MORE_EVENTS = EVENTS | {
    "Abu Dhabi Dialogue": "Abu Dhabi Dialogue inaugural ministerial",
    "Brussels seminar of the Note": "IRRI-KIIB / FPS Foreign Affairs expert seminar",
    "Global Commission reports": "GCIM report",
    "Network on Migration decided": "decides to set up the UN Network on Migration",
    "second Global Forum": "GFMD 2,",
    "talk of merging IOM and UNHCR": "UN80 reform opens talk of merging",
    "United States leaves the talks": "United States leaves the compact negotiations",
    "Valletta Summit": "Valletta Summit on Migration",
}


def _event_cases(cards: int = 6) -> tuple[Mapping[str, object], ...]:
    """Six of the events; the alphabet, in which they are offered, must not be their right order."""
    when = dates(MORE_EVENTS)
    return tuple(
        {"events": {card: MORE_EVENTS[card] for card in chosen}}
        for chosen in itertools.combinations(MORE_EVENTS, cards)
        if sorted(chosen, key=when.get) != sorted(chosen, key=str.casefold)
    )


ORDER_ON_PAPER = Variants(
    cases=_event_cases,
    words=lambda events: {},
    start=lambda events: sorted(events, key=str.casefold),
    meaning="Dates in order show which step could be an answer to which.",
    prompt="Six events stand below in the order of the alphabet.\n"
    "The next table is our timeline from 2005 on, which holds each of them; it words some of them "
    "differently.\n"
    "GFMD is the Global Forum and GCM the Compact, which counts on the day of the Assembly's vote."
    "\nGCIM is the Global Commission. A summit or seminar counts by its date.\n"
    "**In which order did they happen?**\n\n"
    "Put the six lines of `order` in order, the oldest first. "
    "Move whole lines: cut one and paste it where it belongs.",
    table="""timeline = kit.load("timeline")
timeline = timeline[timeline["date"] > "2005"][["date", "event"]]
timeline.style.hide().set_properties(**{"text-align": "left", "white-space": "normal"})""",
    wrong=(
        Wrong(
            lambda events: tuple(reversed(in_order(events))),
            "That is the newest first. Turn the list round.",
        ),
    ),
)

Q1 = Question(
    id="12.1",
    kind="ORD",
    name="order",
    title="Six steps",
    prompt="Six events from 2006 to 2022, the oldest first.",
    form="a list of the six cards, the oldest first",
    expected=in_order,
    options={card: card for card in EVENTS},
    start=sorted(EVENTS, key=str.casefold),
    meaning="Talk came first, then a place to talk, then texts that all states could agree on. "
    "A review follows a text, and each step made the next one possible.",
    wrong=(
        Wrong(_newest_first, "That is the newest first. Turn the list round."),
        Wrong(
            _compact_before_declaration,
            "The Declaration called for a Compact, and talks on it took two years.",
            matches=_later("New York Declaration", "Compact endorsed"),
        ),
        Wrong(
            _forum_before_dialogue,
            "When the first Dialogue met, the Forum was a proposal before it.",
            matches=_later("first High-Level Dialogue", "first Global Forum"),
        ),
        Wrong(
            _review_before_compact,
            "A review needs something to review. Which text does the Review Forum look back on?",
            matches=_later("Compact endorsed", "first Review Forum"),
        ),
    ),
    pointer="Choose one proposal in figure 12.1, such as the principles, and read its steps.",
    parallel="For a school: parents meet, then form a council. The council drafts rules, "
    "the school adopts them, and a year later somebody asks if they were kept.",
    variants=ORDER_ON_PAPER,
)

# --- 12.2 -----------------------------------------------------------------------------------------


def _counts() -> dict[str, int]:
    return load("compact-vote").vote.value_counts().to_dict()


def share_of_votes(counted: tuple[str, ...] = ("yes", "no", "abstained")) -> float:
    """Yes in % of the votes counted, on 19 December 2018.

    >>> round(share_of_votes(("yes", "no")), 1)
    96.8
    """
    votes = _counts()
    return 100 * votes["yes"] / sum(votes[vote] for vote in counted)


def share_of_members(**parameters) -> float:
    return share_of_votes(("yes", "no", "abstained", "did not vote"))


def without_abstentions(**parameters) -> float:
    return share_of_votes(("yes", "no"))


def share_in_marrakesh(**parameters) -> float:
    """Yes in % of the 164 governments that had adopted the text nine days before (timeline)."""
    return 100 * _counts()["yes"] / 164


def as_fraction(**parameters) -> float:
    return share_of_votes(**parameters) / 100


# Groups of states for papers: columns of the table compact-vote and what they must hold.
GROUPS = {
    "the member states in Africa": {"region": "Africa"},
    "the member states in Asia": {"region": "Asia"},
    "the member states in Europe": {"region": "Europe"},
    "the member states in Latin America and the Caribbean": {
        "region": "Latin America and the Caribbean"
    },
    "the member states in Oceania": {"region": "Oceania"},
    "the members of the European Union": {"eu_member": "yes"},
    "the states outside the European Union": {"eu_member": "no"},
    "the states in Europe outside the European Union": {"region": "Europe", "eu_member": "no"},
    "the states with more migrants than emigrants": {"position": "more migrants than emigrants"},
    "the states with more emigrants than migrants": {"position": "more emigrants than migrants"},
    "the states in Asia with more migrants than emigrants": {
        "region": "Asia", "position": "more migrants than emigrants"
    },
    "the states in Asia with more emigrants than migrants": {
        "region": "Asia", "position": "more emigrants than migrants"
    },
    "the states in Europe with more migrants than emigrants": {
        "region": "Europe", "position": "more migrants than emigrants"
    },
    "the states in Africa with more emigrants than migrants": {
        "region": "Africa", "position": "more emigrants than migrants"
    },
    "the parties to the Migrant Workers Convention": {"convention": "party"},
    "the states that are no party to the Migrant Workers Convention": {"convention": "no party"},
}  # fmt: skip
CAST, EITHER, ALL = (
    ("yes", "no", "abstained"), ("yes", "no"), ("yes", "no", "abstained", "did not vote")
)  # fmt: skip
DENOMINATORS = {CAST: "the votes cast", EITHER: "the votes of yes or no", ALL: "all these states"}
WHAT_IS_CAST = "\nTo abstain is to cast a vote here, and not to vote is not."


@functools.lru_cache(maxsize=4)
def _ballots(tables: tuple) -> dict[str, dict[str, int]]:
    """For each group on papers and each further resolution the number of states by vote."""
    votes, found = load("compact-vote"), {}
    for who, must in GROUPS.items():
        mine = votes[(votes[list(must)] == list(must.values())).all(axis=1)]
        found[who] = {vote: int((mine["vote"] == vote).sum()) for vote in ALL}
    for row in load("assembly-votes").itertuples():
        if row.resolution != "A/RES/73/195":
            found[row.resolution] = {vote: int(getattr(row, vote)) for vote in CAST}
    return found


def ballot(who: str) -> dict[str, int]:
    """States by vote, of a group on the Compact or of all on another resolution.

    >>> ballot("the members of the European Union")["no"]
    3
    """
    return _ballots(fingerprint())[who]


def share_among(who: str, counted: tuple[str, ...]) -> float:
    """Yes in % of the votes counted, as `share_of_votes`, for a group or another resolution."""
    votes = ballot(who)
    return 100 * votes["yes"] / sum(votes[vote] for vote in counted)


def _share_cases() -> tuple[Mapping[str, object], ...]:
    """Groups, resolutions and denominators, more than twice the tolerance apart."""
    cases = [
        {"who": who, "counted": counted}
        for counted in DENOMINATORS
        for who, votes in _ballots(fingerprint()).items()
        if set(counted) <= set(votes)
    ]
    own = share_of_votes()
    far = [c for c in cases if share_among(**c) < 100 and abs(share_among(**c) - own) > 0.3]
    return apart(far, share_among, 0.25)


def _share_words(who: str, counted: tuple[str, ...]) -> dict[str, object]:
    votes = ballot(who)
    told = [f"{votes['yes']} voted yes", f"{votes['no']} no", f"{votes['abstained']} abstained"]
    if who in GROUPS:
        told.append(f"{votes['did not vote']} did not vote")
        story = f"Of {who}, {listing(told)} on the Compact on 19 December 2018."
    else:
        row = load("assembly-votes").set_index("resolution").loc[who]
        story = f"On {in_words(row['date'])} the Assembly voted on its resolution {who} "
        story += f"({row['title']}):\n{listing(told)}."
    what_is_cast = WHAT_IS_CAST if counted == CAST else ""
    return {"story": story, "counted": DENOMINATORS[counted], "what_is_cast": what_is_cast}


SHARE_ON_PAPER = Variants(
    cases=_share_cases,
    words=_share_words,
    expected=share_among,
    title="A share of a vote",
    prompt="{story}\n**Yes is how many per cent of {counted}?**{what_is_cast}",
    wrong=(
        *(
            Wrong(
                lambda who, counted, other=other: share_among(
                    who, tuple(vote for vote in other if vote in ballot(who))
                ),
                hint,
                near=0.0005,
            )
            for other, hint in (
                (ALL, "You divided by all states. Read again what stands below the line."),
                (EITHER, "You left the abstentions out. Read again what stands below the line."),
                (CAST, "You divided by the votes cast. Read again what stands below the line."),
            )
        ),
        Wrong(
            lambda **case: share_among(**case) / 100,
            "That is a part of one. Multiply it by a hundred to have per cent.",
            near=0.002,
        ),
    ),
)

Q2 = Question(
    id="12.2",
    kind="NUM",
    name="share",
    title="A share of the votes cast",
    prompt="What share of the votes cast was yes? To abstain is to cast a vote here.",
    form="one number in %, with one decimal",
    unit="%",
    expected=share_of_votes,
    tolerance=0.1,
    meaning="The same yes has several shares. A share without its denominator is half a number, "
    "so name the denominator first.",
    wrong=(
        Wrong(
            share_of_members,
            "That is the share of all members. Those who did not vote cast no vote: "
            "name the denominator.",
        ),
        Wrong(
            without_abstentions,
            "You left the abstentions out. They were cast, so they stand below the line.",
        ),
        Wrong(
            share_in_marrakesh,
            "You divided by those who met in Marrakesh. "
            "The votes cast in New York are another number.",
        ),
        Wrong(
            as_fraction,
            "That is a part of one. Multiply it by a hundred to have per cent.",
            near=0.002,
        ),
    ),
    pointer="Change “Share of what?” in figure 12.2, and read the sentence. "
    "Then add up the votes that belong below the line.",
    parallel="A club has 50 members. In a ballot 20 say yes, 10 no, 10 hand in a blank paper and "
    "10 stay at home. Of the papers handed in, 20 of 40 say yes: a half.",
    variants=SHARE_ON_PAPER,
)

# --- 12.3 -----------------------------------------------------------------------------------------


def what_the_compact_creates() -> str:
    """The letter of what the Compact creates.

    It is not legally binding (United Nations, press release GA/12113), and its 23 objectives are
    commitments of states to each other.
    """
    return "C"


Q3 = Question(
    id="12.3",
    kind="MCQ",
    name="compact",
    title="What the Compact creates",
    prompt="What does the Global Compact for Migration create?",
    form='one letter in quotation marks, "A" to "D"',
    expected=what_the_compact_creates,
    options={
        "A": "A right to move to the country of one's choice.",
        "B": "A treaty, which parliaments still have to ratify.",
        "C": "Commitments that states share, without legal force.",
        "D": "Nothing, because it does not bind.",
    },
    meaning="Whoever reads it as law, for or against, reads another text. "
    "What does not bind can still be cited, reviewed and paid for.",
    wrong=(
        Wrong(
            "A",
            "Look for an objective that opens a border to all. Who decides on entry in the text?",
            "M20",
        ),
        Wrong("B", "Ask who would ratify it, and where a list of parties is kept.", "M19"),
        Wrong(
            "D",
            "If it were nothing, why did a government break over it, and why is it reviewed?",
            "M20",
        ),
    ),
    pointer="Read the second section of the lesson again: how the text was adopted, "
    "and what its status is.",
    parallel="Neighbours agree to keep quiet after ten. No court enforces it. "
    "It is no law and no right, and still each can remind the other.",
)

# --- 12.4 -----------------------------------------------------------------------------------------

PROPOSALS = (
    "Consultative Forum of states",
    "EU policy on temporary work",
    "Inter-agency Global Migration Facility",
    "IOM inside the United Nations",
    "Merger of IOM and UNHCR",
    "Migration Monitoring Centre",
    "More binding world tools",
    "Principles through the Forum",
    "State Secretariat for Migration",
    "Stronger Global Migration Group",
)


# What both coders saw otherwise and can be defended, as lesson 12 says: the Forum stands outside
# the United Nations, which was to support it, and how far inside a related organization is, is
# contested.
ALSO_DEFENDED = {
    "Consultative Forum of states": ("done differently",),
    "IOM inside the United Nations": ("done differently",),
}


def outcomes() -> dict[str, str | tuple[str, ...]]:
    """What came of each proposal by the table proposals-2006, which is our coding.

    Where the two coders differ, or another reading is defended as well, several codes are right,
    so the card has a tuple of them; where the coders agree, theirs comes first.

    >>> outcomes()["Merger of IOM and UNHCR"]
    'not'
    """
    rows = load("proposals-2006").set_index("proposal")
    return {
        name: _defended(name, rows.first_coder[name], rows.second_coder[name])
        for name in PROPOSALS
    }


def _defended(name: str, first: str, second: str) -> str | tuple[str, ...]:
    """The readings of a proposal that can be defended: one, or several in a tuple."""
    readings = tuple(dict.fromkeys((first, second, *ALSO_DEFENDED.get(name, ()))))
    return readings if len(readings) > 1 else first


def _coded(name: str, category: str) -> Callable[[], dict[str, str]]:
    return lambda: Q4.right_for() | {name: category}


def _said(name: str, *categories: str) -> Callable[[dict], bool]:
    """Whether an answer puts a card in one of these categories and no defended reading does."""

    def matches(answer: dict) -> bool:
        code = outcomes()[name]
        return answer[name] in categories and answer[name] not in (
            (code,) if isinstance(code, str) else code
        )

    return matches


_FACILITY, _MERGER = "Inter-agency Global Migration Facility", "Merger of IOM and UNHCR"
_BINDING, _OFFICE = "More binding world tools", "State Secretariat for Migration"
_WORK = "EU policy on temporary work"
_FORUM, _IOM = "Consultative Forum of states", "IOM inside the United Nations"

Q4 = Question(
    id="12.4",
    kind="CLS",
    name="outcomes",
    title="Ten proposals, twenty years on",
    prompt="What came of ten proposals of 2005 and 2006?",
    form="a category in quotation marks for each of the ten proposals",
    expected=outcomes,
    options={
        "not": "nothing of it has come, as far as the sources show",
        "partly": "a part of it came, and another part did not",
        "done": "it came in its main features: who, what and for what",
        "done differently": "its purpose was taken up in another form, place or legal force",
    },
    start=dict.fromkeys(PROPOSALS, "?"),
    meaning="Few proposals arrive as they were written. This is our coding. "
    "Where our two coders differ, or another reading can be defended, both were accepted.",
    wrong=(
        Wrong(
            _coded(_FACILITY, "done"),
            "Group and Network coordinate, and there is a fund. "
            "Are they also one tool for data and planning, as proposed?",
            matches=_said(_FACILITY, "done"),
        ),
        Wrong(
            _coded(_FACILITY, "not"),
            "No such tool was set up. "
            "Both coders still saw a part of its task taken up: look at who links the bodies now.",
            matches=_said(_FACILITY, "not"),
        ),
        Wrong(
            _coded(_FORUM, "partly"),
            "A Forum led by states meets, and it negotiates no texts. "
            "Which part is missing? The exact link with the United Nations was left open.",
            matches=_said(_FORUM, "partly"),
        ),
        Wrong(
            _coded(_IOM, "partly"),
            "How far a related organization is inside is contested. "
            "The proposal named no status: which part of it did not come?",
            "M21",
            matches=_said(_IOM, "partly"),
        ),
        Wrong(
            _coded(_MERGER, "partly"),
            "To come into the United Nations is one thing. "
            "To become one body with another is a different one.",
            "M21",
            matches=_said(_MERGER, "partly", "done", "done differently"),
        ),
        Wrong(
            _coded(_BINDING, "done"),
            "A text of all states came in 2018. Look at its legal force before you call this done.",
            "M20",
            matches=_said(_BINDING, "done"),
        ),
        Wrong(
            _coded(_OFFICE, "done"),
            "Ministers and state secretaries came. Did one of them coordinate all the levels "
            "that the proposal names?",
            matches=_said(_OFFICE, "done"),
        ),
        Wrong(
            _coded(_WORK, "done"),
            "A procedure and a permit are European. Who decides how many people are admitted?",
            matches=_said(_WORK, "done"),
        ),
    ),
    pointer="Choose one proposal after the other in figure 12.1. "
    "Compare what was proposed with its last step.",
    parallel="Four wishes for a street: a bench came, that is done. Of two trees one came: partly. "
    "The square got a fountain in place of a pond: done differently. The tunnel: not.",
)

# --- 12.5 -----------------------------------------------------------------------------------------


def why_the_coalition_broke() -> str:
    """The letter of why Belgium's government broke up on 8 and 9 December 2018.

    One governing party left over the Compact, which the others supported; the Chamber had backed
    it (vrt.be, 3, 9 and 10 December 2018).
    """
    return "D"


Q5 = Question(
    id="12.5",
    kind="MCQ",
    name="coalition",
    title="Coherence at home",
    prompt="Belgium voted yes. Why had its governing coalition broken days before?",
    form='one letter in quotation marks, "A" to "D"',
    expected=why_the_coalition_broke,
    options={
        "A": "The Compact was binding, so that a new majority was needed.",
        "B": "Parliament had rejected the text.",
        "C": "The United Nations demanded another government.",
        "D": "One governing party rejected a text that the others kept backing.",
    },
    meaning="A state can speak with one voice abroad and with several at home. "
    "The Note saw the link in 2006: coherence at home and abroad need each other.",
    wrong=(
        Wrong("A", "The text has no legal force. "
            "Even the head of the party that left granted it.", "M20"),
        Wrong("B", "Parliament was asked, and it backed the text. Who then did not?"),
        Wrong(
            "C",
            "Governments are made at home. States write texts of the United Nations, "
            "and each decides on its own vote.",
            "M21",
        ),
    ),
    pointer="Read the third section of the lesson again, and who said what in December 2018.",
    parallel="Four friends share a flat. Three sign a petition, the fourth moves out over it. "
    "The petition binds nobody, and it showed what they did not share.",
)

# --- 12.6 -----------------------------------------------------------------------------------------


def _by_verdict(counts: Mapping[str, float]) -> list[dict]:
    return [{"verdict": word, "claims": counts.get(word, 0)} for word in ledger.VERDICTS]


def claims_by_verdict(texts: tuple[str, ...] = ("Note", "Essay"), edition: str | None = None):
    """How many factual claims of the texts have each verdict of the ledger.

    >>> sum(row["claims"] for row in claims_by_verdict()) == int(ledger.load().factual.sum())
    True
    """
    rows = ledger.evaluate(edition)
    rows = rows[rows.factual & rows.text.isin(texts)]
    return _by_verdict(rows.verdict.value_counts().to_dict())


def _opinions_counted(**parameters) -> list[dict]:
    opinions = int((~ledger.load().factual).sum())
    rows = {row["verdict"]: row["claims"] for row in claims_by_verdict(**parameters)}
    return _by_verdict(rows | {"cannot be checked": rows["cannot be checked"] + opinions})


def _note_alone(**parameters) -> list[dict]:
    return claims_by_verdict(("Note",))


def _as_shares(**parameters) -> list[dict]:
    rows = claims_by_verdict(**parameters)
    whole = sum(row["claims"] for row in rows)
    return _by_verdict({row["verdict"]: round(100 * row["claims"] / whole, 1) for row in rows})


@functools.lru_cache(maxsize=4)
def _verdicts_of_lessons(tables: tuple) -> dict[int, dict[str, int]]:
    rows = ledger.evaluate()
    rows = rows[rows["factual"]]
    return {
        int(lesson): mine["verdict"].value_counts().to_dict()
        for lesson, mine in rows.groupby("lesson")
    }


def verdicts_of_lessons(lessons: tuple[int, ...]) -> list[dict]:
    """As `claims_by_verdict`, for the claims of some lessons.

    >>> verdicts_of_lessons(tuple(range(1, 13))) == claims_by_verdict()
    True
    """
    mine = [_verdicts_of_lessons(fingerprint()).get(lesson, {}) for lesson in lessons]
    return _by_verdict({word: sum(one.get(word, 0) for one in mine) for word in ledger.VERDICTS})


def _lesson_cases() -> tuple[Mapping[str, object], ...]:
    """Five of the twelve lessons; no more than three choices with the same answer."""
    lessons = sorted(_verdicts_of_lessons(fingerprint()))
    cases = [{"lessons": chosen} for chosen in itertools.combinations(lessons, 5)]
    return few_alike(cases, verdicts_of_lessons, 3)


def _opinions_of_lessons(lessons: tuple[int, ...]) -> list[dict]:
    rows = ledger.load()
    opinions = int((~rows["factual"] & rows["lesson"].isin(lessons)).sum())
    counts = {row["verdict"]: row["claims"] for row in verdicts_of_lessons(lessons)}
    return _by_verdict(counts | {"cannot be checked": counts["cannot be checked"] + opinions})


def _shares_of_lessons(lessons: tuple[int, ...]) -> list[dict]:
    rows = verdicts_of_lessons(lessons)
    whole = sum(row["claims"] for row in rows)
    return _by_verdict({row["verdict"]: round(100 * row["claims"] / whole, 1) for row in rows})


VERDICTS_ON_PAPER = Variants(
    cases=_lesson_cases,
    words=lambda lessons: {"lessons": listing(lessons), "list": list(lessons)},
    expected=verdicts_of_lessons,
    prompt="Each claim of the ledger belongs to a lesson. "
    "The next list holds the claims of lessons {lessons}.\n"
    "**How many factual claims of these five lessons have each verdict?**\n\n"
    "Write 0 where a verdict has no claim.\n"
    "The last number of a verdict in the list is the count.",
    table="""mine = rows[rows["lesson"].isin({list})].drop(columns="number")
mine["number"] = mine.groupby("verdict").cumcount() + 1
mine[["verdict", "number", "lesson", "id", "claim"]].style.hide()""",
    wrong=(
        Wrong(
            _opinions_of_lessons,
            "Opinions were counted as claims that cannot be checked. "
            "Leave out the rows that are not a factual claim.",
        ),
        Wrong(
            lambda lessons: claims_by_verdict(),
            "Those are the claims of all lessons. Keep the five that the question names.",
        ),
        Wrong(
            _shares_of_lessons,
            "Those are shares in per cent. Give the number of claims.",
        ),
    ),
)

Q6 = Question(
    id="12.6",
    kind="DF",
    name="verdicts",
    title="Verdicts counted",
    prompt="How many factual claims of the two texts have each verdict?",
    form="a table with the columns verdict and claims, one row for each verdict",
    unit="claims",
    expected=claims_by_verdict,
    keys=("verdict",),
    tolerance=0.5,
    start={"columns": ["verdict", "claims"], "rows": [[word, "?"] for word in ledger.VERDICTS]},
    meaning="A sum of verdicts says how the texts fare with our tables, and not how true they are. "
    "What cannot be checked is neither right nor wrong.",
    wrong=(
        Wrong(
            _opinions_counted,
            "Opinions were counted as claims that cannot be checked. "
            "Leave out the rows that are not a factual claim.",
        ),
        Wrong(
            _note_alone,
            "Those are the claims of the Note alone. The Essay has claims too.",
        ),
        Wrong(
            _as_shares,
            "Those are shares in per cent. Give the number of claims.",
        ),
    ),
    pointer="In the list above the question the rows stand by verdict, each with its number. "
    "The last number of a verdict is the count.",
    parallel="A market has forty stalls. Nine sell bread, thirty sell fruit, and one is empty. "
    "The empty one sells nothing, so it is in neither count.",
    variants=VERDICTS_ON_PAPER,
)

# --- 12.7 -----------------------------------------------------------------------------------------


def verdict_chart() -> dict[str, object]:
    """What the chart must show: bars of counts by verdict, in order of length, from zero.

    ``x`` and ``y`` are parts of field names, for bars that stand; lying bars are read the same
    way. The unit stands in the title of the counts or of the chart. Opinions are ``left_out``, by
    the data or by a filter on the verdict or on what it is ``told_by``.
    """
    return {
        "mark": ("bar",),
        "x": ("verdict",),
        "y": ("claims", "count", "number", "rows", "total", "how_many"),
        "avoid": (),
        "unit": ("claim", "claims"),
        "ranked": True,
        "left_out": (ledger.NOT_FACTUAL,),
        "told_by": ("factual",),
    }


_COUNT = {"aggregate": "count", "type": "quantitative", "title": "Claims"}


def _bars(x: dict = _COUNT, mark: str = "bar", **y) -> dict:
    return {"mark": mark, "encoding": {"x": x, "y": {"field": "verdict", "type": "nominal"} | y}}


Q7 = Question(
    id="12.7",
    kind="CHT",
    name="chart",
    title="A chart of the verdicts",
    prompt="Chart how many claims have each verdict, the longest bar first.",
    form="bars of the claims by verdict, the longest first, with a title that says claims",
    expected=verdict_chart,
    start={"mark": "bar", "encoding": {"x": {"aggregate": "count", "type": "quantitative"}}},
    right_example=_bars(sort="-x"),
    meaning="Sorted bars answer a reader's first question at a glance: which is the most? "
    "They begin at zero, so that lengths can be compared.",
    wrong=(
        Wrong(
            {
                "mark": "arc",
                "encoding": {"theta": _COUNT, "color": {"field": "verdict", "type": "nominal"}},
            },
            "Slices are hard to compare. Draw bars, and compare lengths.",
            matches=lambda answer: answer["arc"],
        ),
        Wrong(
            _bars(mark="line", sort="-x"),
            "A line joins verdicts that follow nothing. Use bars, one for each verdict.",
            matches=lambda answer: answer["fields"] and not answer["marked"],
        ),
        Wrong(
            _bars(_COUNT | {"scale": {"zero": False}}, sort="-x"),
            "These bars do not begin at zero, so twice the length is not twice the number.",
            matches=lambda answer: answer["fields"] and not answer["zero"],
        ),
        Wrong(
            _bars(sort="-x") | {BARS: {"verdict": {ledger.NOT_FACTUAL: {"rows": 1}}}},
            "Opinions were counted as claims that have a verdict. "
            "Leave out the rows that are not a factual claim.",
            matches=lambda answer: answer["fields"] and answer["strangers"],
        ),
        Wrong(
            _bars(sort="x"),
            "The shortest bar stands first. Turn the order round, so that the longest does.",
            matches=lambda answer: answer["fields"] and answer["marked"] and answer["short_first"],
        ),
        Wrong(
            _bars(),
            "The verdicts stand in the order of the alphabet, or in one of your own. "
            "Sort them by their number, the longest bar first.",
            matches=lambda answer: answer["fields"] and answer["marked"] and not answer["ranked"],
        ),
        Wrong(
            _bars({"aggregate": "count", "type": "quantitative"}, sort="-x"),
            "The bars are right. Say what is counted: give the axis the title Claims.",
            matches=lambda answer: answer["fields"] and answer["marked"] and not answer["unit"],
        ),
    ),
    pointer="The worked chart above counts claims by text. Change what stands on y, "
    "and add the order.",
    parallel="For shops by kind: alt.Chart(shops).mark_bar().encode("
    'x=alt.X("count()", title="Shops"), y=alt.Y("kind", sort="-x")).',
)

# --- 12.8 -----------------------------------------------------------------------------------------

EVIDENCE = frozenset("BE")


def what_is_evidence() -> set[str]:
    """Letters of the findings that meet `RULE`."""
    return set(EVIDENCE)


# Exercise and papers print it, and lesson 12 says the same in its own words.
RULE = (
    "Here a finding counts only if it says three things: what changed for people, from when to "
    "when, and what changed meanwhile in similar states without the commitment."
)
# Findings for papers, nearly all invented. Those that meet the rule compare changes, not levels:
# a state may have had less of something before, or be smaller. The others lack a part of it.
FINDINGS = (
    "From 2018 to 2025 fees on money sent home fell faster in states that voted yes than in "
    "similar states that did not.",
    "From 2019 to 2024 the share of migrant children who were detained fell more in states that "
    "pledged to end it than in similar states that did not.",
    "From 2019 to 2025 waiting times for work permits fell in states that pledged shorter ones, "
    "and not in similar states without the pledge.",
    "From 2018 to 2024 the share of foreign diplomas that were recognised rose more in states with "
    "a plan for the Compact than in similar states without one.",
    "From 2020 to 2025 fees that workers paid to recruiters fell more between states that pledged "
    "fair recruitment than between similar states that did not.",
    "From 2018 to 2023 the share of migrants with a bank account rose in states that pledged "
    "access to banks, and stayed as it was in similar states without the pledge.",
    "From 2019 to 2025 the share of births to migrants that went unregistered fell more in states "
    "with a plan for the Compact than in similar states without one.",
)
LEVELS = (
    "In 2024 fewer migrant children were detained in states that pledged to end it than in "
    "similar states that did not.",
    "In 2025 it cost less to send money home from states that voted yes than from similar states "
    "that did not.",
    "In 2023 more births to migrants were registered in states with a plan for the Compact than "
    "in similar states without one.",
)
WORK_DONE = (
    "The Forum and its working groups met more often after 2018.",
    "By 2022 forty states had written a national plan for the Compact.",
    "In 2024 the fund of the Compact paid for more projects than in 2020.",
    "More states spoke at the Review Forum than in the debate before it.",
)
PROMISES = (
    "Most member states voted yes.",
    "At the Review Forum states made more than a hundred pledges.",
    "In 2022 all states at the Review Forum promised again to do more.",
)
SAYINGS = (
    "A minister who signed it says that it works.",
    "The head of an organization that is paid for it calls the Compact a success.",
    "In 2023 a newspaper wrote that the Compact has changed the world.",
)
AFTERWARDS = (
    "The number of migrants in the world rose after 2018.",
    "After the vote of 2018, more money was sent home in the world than before.",
    "After 2018 fewer people asked for asylum in one of the states that voted yes.",
)


# Kinds of findings that are no evidence: what is offered, the hint, and the misconception.
NO_EVIDENCE = (
    (LEVELS, "That tells how states stood in one year. Ask what changed, from when to when.", ""),
    (WORK_DONE, "Meetings and plans are work done, not work that helped. "
     "Ask what changed for whom.", ""),
    (PROMISES, "A vote or a pledge is a promise. What was done about it is another question.",
     "M19"),
    (SAYINGS, "Ask what the speaker would have to show, and with what it would be compared.", ""),
    (AFTERWARDS, "That one thing follows another does not make it a cause.", "M26"),
)  # fmt: skip


def _finding_cases() -> tuple[Mapping[str, object], ...]:
    """Six findings: one, two or three that are evidence, and one each of some kinds that is not."""
    return tuple(
        {"findings": (*right, *others)}
        for many in (1, 2, 3)
        for right in itertools.combinations(FINDINGS, many)
        for kinds in itertools.combinations(NO_EVIDENCE, 6 - many)
        for others in itertools.product(*(findings for findings, _, _ in kinds))
    )


def evidence_among(findings: tuple[str, ...]) -> set[str]:
    """Letters of those findings that meet the rule, the first one being A."""
    return {sign for sign, one in zip("ABCDEF", findings, strict=True) if one in FINDINGS}


def _wrong_among(findings: tuple[str, ...]) -> tuple[Wrong, ...]:
    """A wrong answer for each kind that is no evidence, and one that leaves a right one out.

    Every case has all of them, so that a report on a class knows each hint. What a case does not
    offer matches no answer there.
    """
    right, wrong = evidence_among(findings), []
    for kind, hint, code in NO_EVIDENCE:
        offered = {sign for sign, one in zip("ABCDEF", findings, strict=True) if one in kind}
        wrong.append(Wrong(right | offered, hint, code, matches=_names_one_of(offered)))
    missing = Wrong(
        {min(right)},
        "So far so good, and something is still missing. Go through the other letters.",
        matches=lambda answer: bool(answer) and answer < right,
    )
    return (*wrong, missing)


def _names_one_of(offered: set[str]) -> Callable[[frozenset], bool]:
    return lambda answer: not offered.isdisjoint(answer)


EVIDENCE_ON_PAPER = Variants(
    cases=_finding_cases,
    words=lambda findings: dict(zip("abcdef", findings, strict=True)),
    expected=evidence_among,
    options={sign: f"{{{sign.lower()}}}" for sign in "ABCDEF"},
    form='a list of letters, such as ["A", "F"]',
    prompt="Do not take the findings below for facts: most of them are invented.\n"
    "**Which would be evidence that the Compact worked?** One letter may be right, or several.\n"
    f"{RULE}",
    wrong=_wrong_among,
)

Q8 = Question(
    id="12.8",
    kind="MSQ",
    name="evidence",
    title="Evidence that it worked",
    prompt="Which findings would be evidence that the Compact worked?",
    form='several letters in a list, such as ["A", "F"]',
    expected=what_is_evidence,
    options={
        "A": "The Forum and its working groups met more often after 2018.",
        "B": "From 2018 to 2025 fees on money sent home fell faster in states that voted yes than "
        "in similar states that did not.",
        "C": "The number of migrants in the world rose after 2018.",
        "D": "Of the member states, 152 voted yes.",
        "E": "From 2019 to 2024 the share of migrant children who were detained fell more in "
        "states that pledged to end it than in similar states that did not.",
        "F": "A minister who signed it says that it works.",
    },
    meaning="Such a finding says what changed for people, from when to when, and beside similar "
    "states. Even then something else may differ between the two groups of states.",
    wrong=(
        Wrong(
            {"A", "B", "E"},
            "Meetings are work done, not work that helped. Ask what changed for whom.",
            matches=lambda answer: "A" in answer,
        ),
        Wrong(
            {"B", "C", "E"},
            "It rose before 2018 as well. That one thing follows another does not make it a cause.",
            "M26",
            matches=lambda answer: "C" in answer,
        ),
        Wrong(
            {"B", "D", "E"},
            "A vote is a promise. What was done about it is another question.",
            "M19",
            matches=lambda answer: "D" in answer,
        ),
        Wrong(
            {"B", "E", "F"},
            "Ask what the speaker would have to show, and with what it would be compared.",
            matches=lambda answer: "F" in answer,
        ),
        Wrong(
            {"B"},
            "So far so good, and something is still missing. Go through the other letters.",
            matches=lambda answer: bool(answer) and answer < EVIDENCE,
        ),
    ),
    pointer="Look in each line for three things: what changed for people, from when to when, and "
    "what changed meanwhile in similar states.",
    parallel="Did a new crossing make a street safer? Count accidents there before and after, "
    "and on a street like it without a crossing.",
    variants=EVIDENCE_ON_PAPER,
)

QUESTIONS = (Q1, Q2, Q3, Q4, Q5, Q6, Q7, Q8)

# --- in the lesson --------------------------------------------------------------------------------

POLLS = (
    Poll(
        "12.recall.1",
        "recall",
        "From lesson 8: which proposal of 2005 would have moved no task from one body to another?",
        (
            "A merger of IOM and UNHCR",
            "A Facility that links the bodies",
            "An agency for economic migration",
            "A new agency for migration",
        ),
        (
            "One body would then do the tasks of two.",
            "Yes. It links what the bodies do. Today you see what came of it.",
            "A new body would take over economic migration.",
            "A new body would take over tasks from others.",
        ),
    ),
    Poll(
        "12.recall.2",
        "recall",
        "From lesson 8: since when is IOM a related organization of the United Nations?",
        ("1951", "1994", "2006", "2016"),
        (
            "In that year a conference created its forerunner, outside the United Nations.",
            "That is the year of the Cairo conference.",
            "At that time it was a proposal of the Global Commission.",
            "Yes. In 2006 it was one of the options that the Note lists.",
        ),
    ),
    Poll(
        "12.recall.3",
        "recall",
        "From lesson 1: a village of 40 has 10 bakers, a town of 400 has 20. "
        "Which number lets you say where bakers are more common?",
        ("The count of bakers", "The share of bakers", "The sum of both", "None"),
        (
            "The town has more bakers among many more people.",
            "Yes. Divide by the people who live there. Votes have a denominator as well.",
            "A sum of two places compares nothing.",
            "All four numbers are there: divide.",
        ),
    ),
    Poll(
        "12.vote",
        "vote",
        "152 states voted yes. Which statement is safe?",
        (
            "Most members endorsed a text without legal force",
            "Migration became a right",
            "41 states were against it",
            "The text is now law in Belgium",
        ),
        reasoning="The first. 152 is most of 193, and the text has no legal force. So it creates "
        "no right to migrate, and it is no law in Belgium. Five states voted no; twelve abstained "
        "and 24 did not vote, which is not the same as being against.",
    ),
    Poll(
        "12.exit",
        "text",
        "What came of the proposals of 2006? Answer in your own words. Trace one proposal with two "
        "years and its outcome, and give one share of the vote with its denominator. Say how a "
        "decision abroad and one at home met in Belgium. Verify one claim of the two texts: its "
        "verdict, and what it rests on. Say what would change your mind on whether the Compact "
        "worked, and what the Essay would answer to that.",
    ),
)
