"""Lesson 8: who runs migration?

Codes are those of the misconception register: M21 "the UN" decides, and IOM was always part of it;
M22 overlap is always bad, and merging is free. Dates come from the table timeline, counts from the
table mandates; what a proposal of 2005 or 2006 was comes from the Note (Matsas 2006, section 1).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from migrationkit.data import load
from migrationkit.text import listing

from . import Poll, Question, Variants, Wrong, cases
from .cases import few_alike

TITLE = "Who runs migration?"

NOT_ON_PAPER = ()  # cells of the exercise that a paper leaves out

# --- 8.1 ------------------------------------------------------------------------------------------

# card: words of its event in the table timeline
EVENTS = {
    "Cairo conference": "UN conference on population and development, Cairo",
    "Global Commission set up": "Global Commission on International Migration launched",
    "Global Commission reports": "GCIM report",
    "Secretary-General's report": "Secretary-General's report International Migration",
    "High-Level Dialogue": "First UN High-Level Dialogue",
    "first Global Forum": "GFMD 1,",
    "IOM as related organization": "IOM becomes a UN related organization",
    "Global Compact": "adopts the GCM",
}


def dates(events: Mapping[str, str] = EVENTS) -> dict[str, str]:
    """For each card the date of its one event in the table timeline, as exact as the source.

    >>> dates()["High-Level Dialogue"]
    '2006-09-14/15'
    """
    return cases.dates(events)


def in_order(events: Mapping[str, str] = EVENTS) -> tuple[str, ...]:
    """The cards from the oldest event to the newest.

    >>> in_order()[:2]
    ('Cairo conference', 'Global Commission set up')
    """
    return cases.in_order(events)


def _moved(card: str, before: str) -> tuple[str, ...]:
    return cases.moved(in_order(), card, before)


def _newest_first() -> tuple[str, ...]:
    return tuple(reversed(in_order()))


def _dialogue_before_report() -> tuple[str, ...]:
    return _moved("High-Level Dialogue", "Secretary-General's report")


def _related_in_1994() -> tuple[str, ...]:
    return _moved("IOM as related organization", "Cairo conference")


def _report_before_commission() -> tuple[str, ...]:
    return _moved("Global Commission reports", "Global Commission set up")


def _forum_before_dialogue() -> tuple[str, ...]:
    return _moved("first Global Forum", "High-Level Dialogue")


def _commission_before_cairo() -> tuple[str, ...]:
    return _moved("Global Commission set up", "Cairo conference")


def _secretary_general_before_commission() -> tuple[str, ...]:
    return _moved("Secretary-General's report", "Global Commission reports")


def _compact_before_related() -> tuple[str, ...]:
    return _moved("Global Compact", "IOM as related organization")


def _inverted(first: str, second: str):
    """Whether an answer has the second card before the first."""
    return lambda answer: answer.index(second) < answer.index(first)


# Further events, for papers; each stands in a year of its own or has a day.
MORE_EVENTS = EVENTS | {
    "ILO founded": "International Labour Organization founded",
    "statute of the refugee office (UNHCR)": "Statute of the UN High Commissioner for Refugees",
    "Refugee Convention adopted": "Refugee Convention; in force",
    "protocol to the Refugee Convention": "Protocol relating to the Status of Refugees",
    "Migrant Workers Convention adopted": "Migrant Workers Convention adopted",
    "Replacement Migration published": "UN Population Division releases Replacement Migration",
    "Geneva Migration Group formed": "Geneva Migration Group formed",
    "second High-Level Dialogue": "Second UN High-Level Dialogue",
    "Global Compact on Refugees": "Global Compact on Refugees affirmed",
    "first review forum of the Compact": "First International Migration Review Forum",
}


def _event_cases(cards: int = 7) -> tuple[Mapping[str, object], ...]:
    """Seven of the events, at least four of them from the years 2003 to 2018.

    The alphabet, in which the cards are offered, must not be their right order.
    """
    when = dates(MORE_EVENTS)
    close = {card for card, date in when.items() if "2003" <= date[:4] <= "2018"}
    return tuple(
        {"events": {card: MORE_EVENTS[card] for card in chosen}}
        for chosen in itertools.combinations(MORE_EVENTS, cards)
        if len(close.intersection(chosen)) >= 4
        and sorted(chosen, key=when.get) != sorted(chosen, key=str.casefold)
    )


ORDER_ON_PAPER = Variants(
    cases=_event_cases,
    title="Seven events",
    form="a list of the seven cards, the oldest first",
    meaning="Dates in order show which step could be an answer to which.",
    words=lambda events: {},
    start=lambda events: sorted(events, key=str.casefold),
    prompt="Seven events of figure 8.1 stand below in the order of the alphabet.\n"
    "The Global Commission is the one on International Migration.\n"
    "The Global Compact without an addition is the one for Migration, and what counts is the day "
    "on which a conference adopted it.\n"
    "A dialogue without a number is the first. A convention or protocol counts by its adoption.\n"
    "**In which order did they happen?**\n\n"
    "Move whole lines, the oldest first: cut one and paste it where it belongs.",
    wrong=(
        Wrong(
            lambda events: tuple(reversed(in_order(events))),
            "That is the newest first. Turn the list round.",
        ),
    ),
)

Q1 = Question(
    id="8.1",
    kind="ORD",
    name="order",
    title="Eight events",
    prompt="Eight events from 1994 to 2018, the oldest first.",
    form="a list of the eight cards, the oldest first",
    expected=in_order,
    options={card: card for card in EVENTS},
    start=sorted(EVENTS, key=str.casefold),
    meaning="First came talk, then reports, then a forum. "
    "The change of status and the text that all could join came about ten years later.",
    wrong=(
        Wrong(
            _newest_first,
            "That is the newest first. Turn the list round.",
        ),
        Wrong(
            _dialogue_before_report,
            "The Secretary-General's report prepared the High-Level Dialogue. "
            "Which of the two must be older?",
            matches=_inverted("Secretary-General's report", "High-Level Dialogue"),
        ),
        Wrong(
            _related_in_1994,
            "The organization is old, its agreement with the United Nations is not. "
            "Search figure 8.1 for “related”.",
            "M21",
            matches=_inverted("first Global Forum", "IOM as related organization"),
        ),
        Wrong(
            _report_before_commission,
            "A commission is set up before it reports. Look at the two cards on the Commission.",
            matches=_inverted("Global Commission set up", "Global Commission reports"),
        ),
        Wrong(
            _forum_before_dialogue,
            "When the High-Level Dialogue met, the Forum was still a proposal.",
            matches=_inverted("High-Level Dialogue", "first Global Forum"),
        ),
        Wrong(
            _commission_before_cairo,
            "The Note dates the turn towards coordination to Cairo, before any Commission. "
            "Search figure 8.1 for “Cairo”.",
            matches=_inverted("Cairo conference", "Global Commission set up"),
        ),
        Wrong(
            _secretary_general_before_commission,
            "The Secretary-General's report drew on the Commission's. "
            "Which of the two must be older?",
            matches=_inverted("Global Commission reports", "Secretary-General's report"),
        ),
        Wrong(
            _compact_before_related,
            "When states adopted the Compact, IOM was a related organization already. "
            "Compare the dates of the last two cards in figure 8.1.",
            "M21",
            matches=_inverted("IOM as related organization", "Global Compact"),
        ),
    ),
    pointer="Search figure 8.1 for a word of each card, such as “Cairo”, “Commission” or “IOM”. "
    "The table under the figure gives the dates.",
    parallel="For a town's tramway: a study is ordered in March and delivered in May. "
    "The council meets in June. So: order, study, meeting.",
    variants=ORDER_ON_PAPER,
)

# --- 8.2 ------------------------------------------------------------------------------------------


def pairs(bodies: int = 9) -> int:
    """Pairs among a number of bodies, each pair once: n (n - 1) / 2.

    Nine is the number of heads in the Global Migration Group as the Note counts them (Matsas 2006,
    footnote 9).

    >>> pairs(), pairs(10), pairs(22)
    (36, 45, 231)
    """
    return bodies * (bodies - 1) // 2


def with_itself(bodies: int = 9) -> int:
    return bodies**2


def counted_twice(bodies: int = 9) -> int:
    return bodies * (bodies - 1)


def doubled(bodies: int = 9) -> int:
    return 2 * bodies


def a_ring(bodies: int = 9) -> int:
    return bodies


Q2 = Question(
    id="8.2",
    kind="NUM",
    name="channels",
    title="Lines between bodies",
    prompt="Nine bodies, and one line for each pair: how many lines?",
    form="a whole number of lines",
    unit="lines",
    expected=pairs,
    meaning="A new member needs a line to every member already there. "
    "So lines grow faster than members, and that is what a common table saves.",
    wrong=(
        Wrong(
            with_itself,
            "No body needs a line to itself, and each pair counts once.",
            near=0,
        ),
        Wrong(
            counted_twice,
            "Each pair was counted twice, once from each end.",
            near=0,
        ),
        Wrong(
            doubled,
            "That is two lines for each body. Each body has a line to every other one.",
            near=0,
        ),
        Wrong(
            a_ring,
            "That many lines make a ring, where each body reaches only its neighbours. "
            "Join every pair.",
            near=0,
        ),
    ),
    pointer="Give each body a line to every other body. Then ask how often each line was drawn.",
    parallel="Five friends phone each other once each. "
    "Each has 4 others to phone: 5 times 4 is 20. Each call joins two, so there are 10 calls.",
    variants=Variants(
        cases=tuple({"bodies": bodies} for bodies in range(11, 51)),
        prompt="Imagine that {bodies} bodies work on migration.\n"
        "Each agrees its work with every other body by one line, and there is no common table.\n"
        "**How many lines do {bodies} bodies need?**",
    ),
)

# --- 8.3 ------------------------------------------------------------------------------------------


def _shared(none: int, one: int, more: int) -> list[dict]:
    return [
        {"leads": "none", "tasks": none},
        {"leads": "one", "tasks": one},
        {"leads": "two or more", "tasks": more},
    ]


def _by_number(counts) -> list[dict]:
    """How many of these numbers are 0, are 1, are more."""
    return _shared(*(int(many) for many in ((counts == 0).sum(), (counts == 1).sum(),
                                            (counts >= 2).sum())))  # fmt: skip


def tasks_by_leads(
    coding: str = "value", parts: tuple[str, ...] = ("lead",), without: tuple[str, ...] = ()
) -> list[dict]:
    """Tasks that no body, one body, and two or more bodies lead, in the table mandates.

    ``coding`` is the column that is read: "value" is what both coders agree on. Bodies of
    ``without`` are left out.

    >>> [row["leads"] for row in tasks_by_leads()]
    ['none', 'one', 'two or more']
    """
    mandates = load("mandates").query("body not in @without")
    return _by_number(mandates[coding].isin(parts).groupby(mandates["function"]).sum())


def with_supporters(**parameters) -> list[dict]:
    return tasks_by_leads(**parameters | {"parts": ("lead", "support")})


def bodies_by_leads(coding: str = "value", without: tuple[str, ...] = ()) -> list[dict]:
    mandates = load("mandates").query("body not in @without")
    return _by_number(mandates[coding].eq("lead").groupby(mandates["body"]).sum())


def without_gaps(**parameters) -> list[dict]:
    _, one, more = (row["tasks"] for row in tasks_by_leads(**parameters))
    return _shared(0, one, more)


def first_coder(**parameters) -> list[dict]:
    return tasks_by_leads(**parameters | {"coding": "first_coder"})


def _grid_cases() -> tuple[Mapping[str, object], ...]:
    """The grid without one body or two, as the two coders have it together or as one of them does.

    To leave a body out must change something, and no answer is that of more than three cases.
    """
    mandates = load("mandates")
    bodies = sorted(mandates["body"].unique())
    left_out = [*itertools.combinations(bodies, 1), *itertools.combinations(bodies, 2)]
    cases, answers = [], {}
    for coding in CODERS:
        grid = mandates.pivot(index="function", columns="body", values=coding)
        for parts in (("lead",), ("support",), ("lead", "support"), ("not coded",)):
            hits = grid.isin(parts)
            whole = _by_number(hits.sum(axis=1))
            for without in left_out:
                answer = _by_number(hits.drop(columns=list(without)).sum(axis=1))
                if answer != whole:
                    cases.append({"coding": coding, "parts": parts, "without": without})
                    answers[coding, parts, without] = answer
    return few_alike(cases, lambda **case: answers[tuple(case.values())], 3)


CODERS = {
    "value": "as the two coders together have it (the grid above)",
    "first_coder": "as the first coder reads it (column `first_coder` of `mandates`)",
    "second_coder": "as the second coder reads it (column `second_coder` of `mandates`)",
}


def _grid_words(coding: str, parts: tuple[str, ...], without: tuple[str, ...]) -> dict[str, str]:
    return {
        "coding": coding,
        "coder": CODERS[coding],
        "parts": " or ".join(f"`{part}`" for part in parts),
        "without": listing(without),
    }


def whole_grid(**parameters) -> list[dict]:
    return tasks_by_leads(**parameters | {"without": ()})


GRID_ON_PAPER = Variants(
    cases=_grid_cases,
    title="Tasks and who has a part in them",
    meaning="Which bodies are counted, and by whose reading, decides what a grid shows.",
    words=_grid_words,
    table="""left_out = "{without}".split(" and ")
part = mandates.pivot(index="function", columns="body", values="{coding}")
part.drop(columns=left_out)""",
    prompt="Read the grid without {without}, {coder}. The next table shows it.\n"
    "Count only {parts}.\n"
    "**For how many of the fourteen tasks is that said of no body, of one body, and of two or "
    "more?**\n\n"
    "Whatever is counted, the columns keep their names `leads` and `tasks`, and the rows `none`, "
    "`one` and `two or more`.",
    wrong=(
        Wrong(
            whole_grid,
            "Those are all nine bodies. Leave out what the question leaves out.",
        ),
        Wrong(
            without_gaps,
            "Tasks of which it is said of nobody are missing. Go through all fourteen.",
        ),
    ),
)


Q3 = Question(
    id="8.3",
    kind="DF",
    name="shared",
    title="Gaps and shared leads",
    prompt="How many of the fourteen tasks have no lead, one lead, two leads or more?",
    form="a table with the columns leads and tasks, and the rows none, one and two or more",
    unit="tasks",
    expected=tasks_by_leads,
    keys=("leads",),
    start={
        "columns": ["leads", "tasks"],
        "rows": [["none", "?"], ["one", "?"], ["two or more", "?"]],
    },
    meaning="Few tasks have rival leads, and many have none: the lack is larger than the quarrel. "
    "A cell that is not coded may hide a lead.",
    wrong=(
        Wrong(
            with_supporters,
            "Bodies that only support were counted too. Count “lead” alone.",
        ),
        Wrong(
            bodies_by_leads,
            "Those are bodies, sorted by how many tasks they lead. "
            "Turn it round: group by task, and count the bodies.",
        ),
        Wrong(
            without_gaps,
            "Tasks without any lead are missing: a count of the cells with “lead” does not see "
            "them. Go through all fourteen.",
        ),
        Wrong(
            first_coder,
            "That is the first coder's reading. The column “value” holds what both coders read.",
        ),
    ),
    pointer="Go through the table above the question line by line. "
    "Count the cells that say “lead” in each line.",
    parallel="A school has 20 clubs and lists who trains them. "
    "9 lines name nobody, 8 name one person, 3 name more: together 20.",
    variants=GRID_ON_PAPER,
)

# --- 8.4 ------------------------------------------------------------------------------------------

MANDATES, COORDINATION, DIALOGUE, OPEN = (
    "changes mandates", "coordination", "dialogue", "nothing yet"
)  # fmt: skip

# proposal of 2005 or 2006: what the Note says of it decides (section 1, on the GCIM and on the
# Secretary-General's report)
PROPOSALS = {
    "agency for economic migration": MANDATES,
    "board and bureau of the Forum": OPEN,
    "consultative Forum of states": DIALOGUE,
    "Global Migration Facility": COORDINATION,
    "merger of IOM and UNHCR": MANDATES,
    "new agency for migration": MANDATES,
    "stronger Global Migration Group": COORDINATION,
    "tie of the Forum to the United Nations": OPEN,
}


def what_it_changes(proposals: Mapping[str, str] = PROPOSALS) -> dict[str, str]:
    """For each proposal what it would change.

    >>> what_it_changes()["Global Migration Facility"]
    'coordination'
    """
    return dict(proposals)


def _proposal(name: str, category: str) -> dict[str, str]:
    return what_it_changes() | {name: category}


_LEFT_OPEN = [name for name, category in PROPOSALS.items() if category == OPEN]
_BODIES = [name for name, category in PROPOSALS.items() if category == MANDATES]

Q4 = Question(
    id="8.4",
    kind="CLS",
    name="changes",
    title="What a proposal changes",
    prompt="Eight proposals of 2005 and 2006: what would each change?",
    form="a category in quotation marks for each of the eight proposals",
    expected=what_it_changes,
    options={
        MANDATES: "another body would do a task, or one body would do the tasks of two",
        COORDINATION: "the bodies keep their tasks and work together more closely",
        DIALOGUE: "states and others talk",
        OPEN: "the Note leaves open what it would be, so nobody could say what it changes",
    },
    start=dict.fromkeys(PROPOSALS, "?"),
    meaning="Three kinds of cure were on the table, and two questions were left for later. "
    "Each cure treats another illness.",
    wrong=(
        Wrong(
            _proposal("consultative Forum of states", MANDATES),
            "The Forum would hand no task to anybody. It would not even negotiate.",
            "M21",
            matches=lambda answer: answer["consultative Forum of states"] == MANDATES,
        ),
        Wrong(
            _proposal("Global Migration Facility", MANDATES),
            "The Facility would link what the bodies do. It would take no task from them.",
            matches=lambda answer: answer["Global Migration Facility"] == MANDATES,
        ),
        Wrong(
            _proposal("consultative Forum of states", COORDINATION),
            "Coordination is what the bodies do among themselves. Who sits in the Forum?",
            matches=lambda answer: answer["consultative Forum of states"] == COORDINATION,
        ),
        Wrong(
            _proposal("consultative Forum of states", OPEN),
            "Its board and its tie to the United Nations were open, its purpose was not. "
            "What were states to do there?",
            matches=lambda answer: answer["consultative Forum of states"] == OPEN,
        ),
        Wrong(
            _proposal("Global Migration Facility", DIALOGUE),
            "The Facility was to be a tool of the bodies, for data, planning and more. "
            "What do bodies do when they share a tool?",
            matches=lambda answer: answer["Global Migration Facility"] != COORDINATION,
        ),
        Wrong(
            _proposal("merger of IOM and UNHCR", COORDINATION),
            "A new body takes tasks, and a merged one has those of both. "
            "Who does what is then no longer the same.",
            matches=lambda answer: any(answer[name] != MANDATES for name in _BODIES),
        ),
        Wrong(
            _proposal("stronger Global Migration Group", DIALOGUE),
            "The Group brings together the heads of bodies, and no states. "
            "What can the heads arrange among themselves?",
            matches=lambda answer: answer["stronger Global Migration Group"] == DIALOGUE,
        ),
        Wrong(
            _proposal("stronger Global Migration Group", MANDATES),
            "In the Group each body keeps its tasks, and the Group had met already. "
            "What changes when its heads do more together?",
            matches=lambda answer: answer["stronger Global Migration Group"] != COORDINATION,
        ),
        Wrong(
            _proposal("tie of the Forum to the United Nations", DIALOGUE),
            "Look for the two lines in which nothing had been settled.",
            matches=lambda answer: any(answer[name] != OPEN for name in _LEFT_OPEN),
        ),
    ),
    pointer="Ask of each line of the table: does another body do the work, do the bodies join "
    "hands, do states talk, or is it undecided?",
    parallel="Three libraries of one town. A joint catalogue is coordination. "
    "A yearly meeting of readers is dialogue. Closing one and moving its books changes mandates.",
)

# --- 8.5 ------------------------------------------------------------------------------------------


def iom_in_2006() -> str:
    """The letter of what IOM was in June 2006.

    States created its forerunner in 1951 and it became a related organization of the UN in 2016
    (table timeline); in 2005 to bring it into the UN system was a proposal (Matsas 2006, section
    1, on the GCIM).
    """
    return "B"


Q5 = Question(
    id="8.5",
    kind="MCQ",
    name="iom",
    title="IOM in June 2006",
    prompt="What was the International Organization for Migration in June 2006?",
    form='one letter in quotation marks, "A" to "D"',
    expected=iom_in_2006,
    options={
        "A": "An agency of the United Nations.",
        "B": "An organization of states that stood outside the United Nations system.",
        "C": "The branch of the refugee office (UNHCR) for people who are not refugees.",
        "D": "A non-governmental organization that works for governments.",
    },
    meaning="Some proposals only make sense because of that. "
    "Its status has changed since, and its place beside the refugee office has not.",
    wrong=(
        Wrong(
            "A",
            "In 2005 it was a proposal to bring IOM into the United Nations. "
            "Search figure 8.1 for “IOM” to see when that came.",
            "M21",
        ),
        Wrong(
            "C",
            "Both offices began in the early 1950s, as two. "
            "A merger can only be proposed for bodies that are apart.",
            "M21",
        ),
        Wrong(
            "D",
            "Who are its members? Look in figure 8.1 at who created its forerunner in 1951.",
        ),
    ),
    pointer="Search figure 8.1 for “IOM”, and read the lines of 1951 and 2016.",
    parallel="A bank is founded by twelve towns and belongs to them. It is no office of the state, "
    "and no private club. Towns are its members.",
)

# --- 8.6 ------------------------------------------------------------------------------------------

# feature: the one of four that it fits. The Note, section 1 and footnote 9, and the table timeline
# (rows of 2003-04, 2006-05-09 and 2006-09-14/15) decide.
FEATURES = {
    "brings together the heads of international bodies": "Group",
    "replaced a group of six bodies formed in 2003": "Group",
    "would also be a framework for funds": "Facility",
    "was one event with a fixed date when the Note was written": "Dialogue",
    "would be led by states and supported by the United Nations": "Forum",
    "would aim at no negotiated outcome": "Forum",
}


def who_has_it(features: Mapping[str, str] = FEATURES) -> dict[str, str]:
    """For each feature, which of the four has it.

    >>> who_has_it()["would also be a framework for funds"]
    'Facility'
    """
    return dict(features)


def _feature(name: str, category: str) -> dict[str, str]:
    return who_has_it() | {name: category}


_NO_TEXT = "would aim at no negotiated outcome"
_EVENT = "was one event with a fixed date when the Note was written"
_FUNDS = "would also be a framework for funds"
_HEADS = "brings together the heads of international bodies"
_SIX = "replaced a group of six bodies formed in 2003"
_STATES = "would be led by states and supported by the United Nations"

Q6 = Question(
    id="8.6",
    kind="CLS",
    name="features",
    title="Four new names",
    prompt="Six features: which of Dialogue, Forum, Group and Facility has each?",
    form="one of the four names in quotation marks for each of the six features",
    expected=who_has_it,
    options={
        "Dialogue": "the High-Level Dialogue of the General Assembly",
        "Forum": "the consultative Forum that the Secretary-General proposed in 2006",
        "Group": "the Global Migration Group",
        "Facility": "the Inter-agency Global Migration Facility, proposed in 2005",
    },
    start=dict.fromkeys(FEATURES, "?"),
    meaning="An event, a place to talk, a table of heads and a common tool are four things. "
    "Similar names hide who sits there, and what it can do.",
    wrong=(
        Wrong(
            _feature(_NO_TEXT, "Group"),
            "One proposal says of itself that it would not negotiate. "
            "Read again what the Secretary-General's report planned.",
            matches=lambda answer: answer[_NO_TEXT] != "Forum",
        ),
        Wrong(
            _feature(_EVENT, "Forum"),
            "Only one of the four was an event and no standing body. It was called again in 2013.",
            matches=lambda answer: answer[_EVENT] != "Dialogue",
        ),
        Wrong(
            _feature(_FUNDS, "Group"),
            "Heads of bodies who meet hold no common money. "
            "Which of the four was to be a tool, for data, planning and more?",
            matches=lambda answer: answer[_FUNDS] == "Group",
        ),
        Wrong(
            _feature(_FUNDS, "Forum"),
            "A place where states talk holds no common money. "
            "Which of the four was to be a tool, for data, planning and more?",
            matches=lambda answer: answer[_FUNDS] != "Facility",
        ),
        Wrong(
            _feature(_HEADS, "Facility"),
            "Heads of bodies already met in 2006. Which of the four was no mere proposal then, "
            "and had no states in it?",
            matches=lambda answer: answer[_HEADS] != "Group",
        ),
        Wrong(
            _feature(_SIX, "Facility"),
            "What took the place of a group of bodies, and met for the first time in May 2006? "
            "Search figure 8.1 for “Geneva Migration Group”.",
            matches=lambda answer: answer[_SIX] != "Group",
        ),
        Wrong(
            _feature(_STATES, "Group"),
            "Bodies lead the Group and the Facility. Which plan of 2006 gave the lead to states?",
            matches=lambda answer: answer[_STATES] != "Forum",
        ),
    ),
    pointer="Ask of each feature: who sits there, states or bodies? Is it an event, a meeting "
    "place or a tool? The four lines above the question say so.",
    parallel="In a hospital: the yearly open day is an event, the patients' evening a forum, the "
    "heads of wards a group, the shared laboratory a facility.",
)

# --- 8.7 ------------------------------------------------------------------------------------------

USES = frozenset("BCD")


def uses_of_overlap() -> set[str]:
    """Letters of what overlap can be good for."""
    return set(USES)


Q7 = Question(
    id="8.7",
    kind="MSQ",
    name="uses",
    title="What overlap can be good for",
    prompt="Two bodies have a part in one task. What can that be good for?",
    form='several letters in a list, such as ["A", "F"]',
    expected=uses_of_overlap,
    options={
        "A": "It saves money.",
        "B": "If one body fails, another is there.",
        "C": "Two ideas can be tried and compared.",
        "D": "When states block an issue in one place, it can be raised in another.",
        "E": "Nothing: overlap is waste.",
        "F": "Everyone knows who answers for the task.",
    },
    meaning="Overlap has a price, and it can have uses. "
    "Who gains from a choice of venue is contested, so that is no option here.",
    wrong=(
        Wrong(
            {"E"},
            "Overlap has a price. Ask also what happens to a task with a single body, "
            "on the day when that body fails.",
            "M22",
            matches=lambda answer: "E" in answer,
        ),
        Wrong(
            {"A", "B", "C", "D"},
            "Show how two offices for one task would cost less than one.",
            matches=lambda answer: "A" in answer,
        ),
        Wrong(
            {"B", "C", "D", "F"},
            "With two bodies, each can point to the other. Who then answers for the task?",
            matches=lambda answer: "F" in answer,
        ),
        Wrong(
            {"B"},
            "So far so good, and something is still missing. Go through the other letters.",
            matches=lambda answer: bool(answer) and answer < USES,
        ),
    ),
    pointer="Think of a task that matters to you, and of two offices with a part in it. "
    "What can you do that you could not do with one?",
    parallel="A town has two bus companies. When one is on strike, the other runs. "
    "Two timetables can be compared. Tickets cost no less for it.",
)

# --- 8.8 ------------------------------------------------------------------------------------------

MEASURES = {"A": "crowding", "B": "contest", "C": "cost", "D": "gap"}


def unchanged_by_a_merger() -> str:
    """The letter of the measure that no merger of two of the nine bodies changes.

    A merged body leads what one of the two led: a task without a lead stays without. A test merges
    all 36 pairs.
    """
    return "D"


Q8 = Question(
    id="8.8",
    kind="MCQ",
    name="unchanged",
    title="What a merger leaves alone",
    prompt="In the sandbox, which measure does a merger alone never change?",
    form='one letter in quotation marks, "A" to "D"',
    expected=unchanged_by_a_merger,
    options={
        "A": "crowding: how many bodies work on a task",
        "B": "contest: the share of tasks with two leads or more",
        "C": "cost: the points that were spent",
        "D": "gap: the share of tasks that nobody leads",
    },
    meaning="Two bodies that do not lead a task do not lead it together. "
    "A merger treats overlap. To fill a gap, states must give a body a task, be it old or new.",
    wrong=(
        Wrong(
            "A",
            "Merge two bodies that overlap, such as ILO and IOM, and read “extra bodies”.",
        ),
        Wrong(
            "B",
            "Find two bodies that lead the same task, merge them, and read the measure again.",
        ),
        Wrong(
            "C",
            "Read the list of moves: each has a price, and a merger has one of the highest.",
            "M22",
        ),
    ),
    pointer="Merge two bodies in figure 8.3 and read which measures moved. "
    "Undo, and try a pair that is quite different.",
    parallel="Two shops of one street merge: one counter fewer, and one rent. "
    "Neither sold bread, so the street still has no bread.",
)

QUESTIONS = (Q1, Q2, Q3, Q4, Q5, Q6, Q7, Q8)

# --- in the lesson --------------------------------------------------------------------------------

POLLS = (
    Poll(
        "8.recall.1",
        "recall",
        "From lesson 1: two offices counted the foreigners in Belgium in 2006, and their totals "
        "were far apart. Whose mistake was it?",
        ("The ministry's", "The statistical office's", "Nobody's", "Both offices'"),
        (
            "It counted what it meant to count, the waiting register among it.",
            "It counted what it meant to count, without the waiting register.",
            "Yes. Each followed its own definition. "
            "Today two coders read the same mandates, and they too differ here and there.",
            "Each total was right for its own definition and date.",
        ),
    ),
    Poll(
        "8.recall.2",
        "recall",
        "From lesson 1: a club grew from 40 to 50 members, and 20 joined during the year. "
        "Which of these numbers is a flow?",
        ("The 40", "The 50", "The 20 who joined", "None of them"),
        (
            "Those are the members at the beginning: a stock.",
            "Those are the members at the end: a stock.",
            "Yes. A flow is counted over a time. The club shows too that some members left.",
            "One of the three is counted over a year, and not on a day.",
        ),
    ),
    Poll(
        "8.recall.3",
        "recall",
        "From lesson 1: which four labels does a number need before it can be compared?",
        (
            "Definition, date, edition, source",
            "Country, year, unit, author",
            "Mean, median, share, count",
            "Title, axis, colour, legend",
        ),
        (
            "Yes. In this lesson a cell of a grid needs them as well: "
            "who coded it, as of when, from which text.",
            "A unit helps. Without a definition and an edition, two numbers still cannot meet.",
            "Those are ways to sum up numbers. They do not say what was counted.",
            "Those belong to a chart. A number without a chart needs labels too.",
        ),
    ),
    Poll(
        "8.vote",
        "vote",
        "Besides cost, adding a Forum that is open to all states changes which measure?",
        (
            "Gap: tasks that nobody leads",
            "Contest: tasks with two leads or more",
            "Crowding: extra bodies for each task",
            "Reach: states in a standing forum for all",
        ),
        reasoning="A forum hands no task to anybody, so gap, contest and crowding stay as they "
        "are. It gives every state a seat in a standing forum: reach rises. "
        "What states then say to each other, no measure here can tell.",
    ),
    Poll(
        "8.exit",
        "text",
        "Who runs migration? Answer in your own words. Name one body and a task that it leads, one "
        "task that nobody leads by our coding, one thing that has changed since 2006, one price "
        "of a reform, and one author's reason why overlap arises.",
    ),
)
