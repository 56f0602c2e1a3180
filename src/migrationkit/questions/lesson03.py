"""Lesson 3: can immigration keep a country young?

Codes are those of the misconception register: M10 replacement migration solves ageing; M11 the
UN's study of 2000 was a plan. Printed results come from the tables replacement-published and
replacement-published-population, projections from the population model.
"""

from __future__ import annotations

from migrationkit.data import load
from migrationkit.models import levers, population

from . import Poll, Question, Wrong

TITLE = "Can immigration keep a country young?"

# --- 3.1 ------------------------------------------------------------------------------------------


def _printed(area: str, year: int, aim: str = "constant-support-ratio"):
    """The row of one area, aim and year in the table replacement-published-population."""
    table = load("replacement-published-population")
    return table.query("area == @area and aim == @aim and year == @year").iloc[0]


def support_ratio(area: str = "EU15", year: int = 1995) -> float:
    """People of 15 to 64 for each of 65 or more, as the UN printed it for one area and year.

    The default is the European Union of 1995: 249.4 million over 57.9 million. The report prints
    the ratio; the 57.9 million are worked back from it.

    >>> round(support_ratio(), 2)
    4.31
    """
    return float(_printed(area, year).support_ratio)


def support_upside_down(**parameters) -> float:
    return 1 / support_ratio(**parameters)


def dependency_ratio(**parameters) -> float:
    return 100 / support_ratio(**parameters)


def with_all_ages(area: str = "EU15", year: int = 1995) -> float:
    row = _printed(area, year)
    return float(row.population / row.population_15_64 * row.support_ratio)


Q1 = Question(
    id="3.1",
    kind="NUM",
    name="ratio",
    title="A support ratio",
    prompt="The European Union of 1995: 249.4 million people of 15 to 64, 57.9 million of 65 or "
    "more. What was the support ratio?",
    form="one number with two decimals, people of 15 to 64 for each older one",
    unit="people of 15 to 64 for each older one",
    expected=support_ratio,
    tolerance=0.01,
    meaning="It counts ages, and asks nobody if they work. "
    "That is why it is called the potential support ratio.",
    wrong=(
        Wrong(
            support_upside_down,
            "That is older people for each person of working age. Turn the division over.",
        ),
        Wrong(
            dependency_ratio,
            "That is the old-age dependency ratio: older people for 100 of working age. "
            "Put those of working age on top.",
        ),
        Wrong(
            with_all_ages,
            "You divided everybody by those of 65 or more. Children are not of working age.",
        ),
    ),
    pointer="Look at the dashed line of figure 3.1 as it opens. "
    "Our edition differs from the report in the second decimal.",
    parallel="A village has 600 people of 15 to 64 and 240 of 65 or more. "
    "600 divided by 240 is 2.50.",
)

# --- 3.2 ------------------------------------------------------------------------------------------


def _migrants(area: str, aim: str, since: int):
    table = load("replacement-published").query("area == @area and aim == @aim")
    return table[table["period"] >= since]["migrants"] / 1000


def average(area: str = "ITA", aim: str = "constant-population", since: int = 2000) -> float:
    """Thousand net migrants a year, from `since` to 2050: the mean of the printed periods.

    >>> round(average(), 1)
    251.2
    """
    return float(_migrants(area, aim, since).mean())


def from_1995(area: str = "ITA", aim: str = "constant-population", since: int = 2000) -> float:
    return average(area, aim, 1995)


def total_over_fifty(
    area: str = "ITA", aim: str = "constant-population", since: int = 2000
) -> float:
    return float(5 * _migrants(area, aim, 1995).sum() / 50)


def added_up(area: str = "ITA", aim: str = "constant-population", since: int = 2000) -> float:
    return float(_migrants(area, aim, since).sum())


def in_persons(**parameters) -> float:
    return 1000 * average(**parameters)


Q2 = Question(
    id="3.2",
    kind="NUM",
    name="average",
    title="A yearly average",
    prompt="Italy, constant population: how many thousand net migrants a year, 2000 to 2050, on "
    "average?",
    form="one number in thousands, whole or with a decimal",
    unit="thousand a year",
    expected=average,
    tolerance=1.0,
    meaning="A period's figure already is a yearly average. "
    "An average without its years cannot be compared with another.",
    wrong=(
        Wrong(
            from_1995,
            "You began in 1995. Leave the first period out, and start in 2000.",
            near=0.004,
        ),
        Wrong(
            total_over_fifty,
            "You divided the total from 1995 on by fifty years. It belongs to fifty-five.",
            near=0.004,
        ),
        Wrong(
            added_up,
            "You added the yearly averages of ten periods. Divide by ten.",
        ),
        Wrong(
            in_persons,
            "That is in persons. Write how many thousands it is, as a number alone.",
        ),
    ),
    pointer="Cover the first row of the table above the question. "
    "Each of the other ten rows stands for five years, so all count alike.",
    parallel="A shop sells 20, 30 and 40 loaves a day in three weeks. "
    "The average of the last two is 35 a day.",
)

# --- 3.3 ------------------------------------------------------------------------------------------

# card: aim in the table replacement-published
AIMS = {
    "as many people": "constant-population",
    "as many people of 15 to 64": "constant-working-age",
    "the ratio of 1995": "constant-support-ratio",
    "a ratio of 3 or more": "support-ratio-floor",
    "the UN's own projection": "medium-variant",
}


def by_size(area: str = "EU15") -> tuple[str, ...]:
    """The cards from the fewest to the most migrants, 1995 to 2050, as the UN printed them.

    >>> by_size()[0], by_size()[-1]
    ("the UN's own projection", 'the ratio of 1995')
    """
    totals = load("replacement-published").query("area == @area").groupby("aim")["migrants"].sum()
    return tuple(sorted(AIMS, key=lambda card: totals[AIMS[card]]))


def _most_first() -> tuple[str, ...]:
    return tuple(reversed(by_size()))


def _with(card: str, place: int) -> tuple[str, ...]:
    cards = [one for one in by_size() if one != card]
    return (*cards[:place], card, *cards[place:])


def _projection_last() -> tuple[str, ...]:
    return _with("the UN's own projection", 4)


def _floor_above_ratio() -> tuple[str, ...]:
    return _with("a ratio of 3 or more", 4)


def _people_above_working() -> tuple[str, ...]:
    return _with("as many people", 2)


def _floor_below_numbers() -> tuple[str, ...]:
    return _with("a ratio of 3 or more", 1)


Q3 = Question(
    id="3.3",
    kind="ORD",
    name="order",
    title="Five aims",
    prompt="Five aims for the European Union of 1995, the fewest migrants first.",
    form="a list of the five aims, the fewest migrants first",
    expected=by_size,
    options={card: card for card in AIMS},
    start=sorted(AIMS, key=str.casefold),
    meaning="Holding a number of people takes far less than holding a ratio. "
    "The order is the Union's: in another place the first two may change places.",
    wrong=(
        Wrong(_most_first, "That is the most first. Turn the list round."),
        Wrong(
            _projection_last,
            "The UN's own projection has no aim: it goes on as migration went before. "
            "Is that more than any aim takes?",
            matches=lambda answer: answer.index("the UN's own projection") > 0
            and answer != _most_first(),
        ),
        Wrong(
            _floor_above_ratio,
            "The ratio of 1995 was above 4. Which is harder to hold, that or 3?",
            matches=lambda answer: (
                answer.index("a ratio of 3 or more") > answer.index("the ratio of 1995")
            ),
        ),
        Wrong(
            _floor_below_numbers,
            "A ratio calls for several people of working age for each older one. "
            "Set figure 3.1 to a ratio, then to a number of people.",
            matches=lambda answer: (
                answer.index("a ratio of 3 or more") < answer.index("as many people of 15 to 64")
                or answer.index("a ratio of 3 or more") < answer.index("as many people")
            ),
        ),
        Wrong(
            _people_above_working,
            "Without migration people of 15 to 64 become fewer sooner than people do. "
            "Which of the two aims takes more?",
        ),
    ),
    pointer="Choose one aim after another in figure 3.1, from 1995. "
    "The sentence under it tells what the UN printed, except for its own projection.",
    parallel="A school wants as many pupils as last year, or as many teachers for each pupil. "
    "Put the smaller task first.",
)

# --- 3.4 ------------------------------------------------------------------------------------------


def why_it_explodes() -> str:
    """The letter of why a constant ratio takes so many: arithmetic, and those who come grow old.

    The ratio of the European Union of 1995 was 4.31 (replacement-published-population).
    """
    return "B"


Q4 = Question(
    id="3.4",
    kind="MCQ",
    name="why",
    title="Why so many",
    prompt="Why does holding the ratio of 1995 take so many migrants?",
    form='one letter in quotation marks, "A" to "D"',
    expected=why_it_explodes,
    options={
        "A": "Because migrants have few children.",
        "B": "Because each older person calls for more than four of working age, "
        "and those who come grow old too.",
        "C": "Because the United Nations assumed open borders.",
        "D": "Because so many people leave the Union.",
    },
    meaning="A ratio multiplies, and time does the rest. "
    "The study is about arithmetic, whoever the people are.",
    wrong=(
        Wrong(
            "A",
            "The children of those who come are counted. "
            "More of them would lower the need later, and hardly change its size.",
            "M10",
        ),
        Wrong(
            "C",
            "No border stands in these sums. They ask what an aim would take, "
            "and propose neither the aim nor the people.",
            "M11",
        ),
        Wrong(
            "D",
            "Net migrants are counted: those who leave are taken off already.",
        ),
    ),
    pointer="In figure 3.1 set the aim to a ratio and read the top of the pyramid. "
    "Who are the people of 65 or more in 2050?",
    parallel="A club promises each of its veterans five young helpers. "
    "After some years the helpers are veterans themselves.",
)

# --- 3.5 ------------------------------------------------------------------------------------------


def times_larger(area: str = "EU15", first: int = 1995, last: int = 2050) -> float:
    """How many times larger the population is in 2050 under the constant ratio, as printed.

    >>> round(times_larger(), 2)
    3.3
    """
    return float(_printed(area, last).population / _printed(area, first).population)


def migrants_over_people(area: str = "EU15", first: int = 1995, last: int = 2050) -> float:
    migrants = 5 * 1000 * _migrants(area, "constant-support-ratio", first).sum()
    return float(migrants / _printed(area, first).population)


def migrants_added(area: str = "EU15", first: int = 1995, last: int = 2050) -> float:
    return 1 + migrants_over_people(area, first, last)


def larger_upside_down(**parameters) -> float:
    return 1 / times_larger(**parameters)


def per_cent_more(**parameters) -> float:
    return 100 * (times_larger(**parameters) - 1)


def in_per_cent(**parameters) -> float:
    return 100 * times_larger(**parameters)


Q5 = Question(
    id="3.5",
    kind="NUM",
    name="times",
    title="How much larger",
    prompt="371.9 million people in 1995, 1,228.3 million in 2050 with the ratio held, by way of "
    "701 million migrants. How many times larger is the population?",
    form="one number with two decimals, 1 meaning no change",
    unit="times the population of 1995",
    expected=times_larger,
    tolerance=0.02,
    meaning="The aim was a ratio, and what changes most is size. "
    "The report itself found such numbers extremely unlikely.",
    wrong=(
        Wrong(
            migrants_over_people,
            "You divided the migrants by the people of 1995. Use the population of 2050.",
        ),
        Wrong(
            migrants_added,
            "You added the migrants to the people of 1995. Births and deaths count as well, "
            "so use the population that was printed for 2050.",
        ),
        Wrong(larger_upside_down, "Turn the division over: later by earlier."),
        Wrong(per_cent_more, "That is the growth in %. The question asks how many times larger."),
        Wrong(in_per_cent, "That is in %. Divide by 100: how many times is it?"),
    ),
    pointer="Divide the people of 2050 by the people of 1995. "
    "Figure 3.1 tells our own number for 2050, which is a little larger.",
    parallel="A town grows from 20,000 to 50,000 people. 50,000 divided by 20,000 is 2.50.",
)

# --- 3.6 ------------------------------------------------------------------------------------------

PROJECTION, SCENARIO, FORECAST, RECOMMENDATION = (
    "projection", "scenario", "forecast", "recommendation"
)  # fmt: skip

# statement (its words stand in the exercise): what it is. All are worded by the kit; "states should
# organise" and "the sums of 2000" tell the Note (Matsas 2006, fn 14) and the report that it cites.
STATEMENTS = {
    "a house of experts": FORECAST,
    "later retirement": RECOMMENDATION,
    "medium variant to 2050": PROJECTION,
    "medium variant to 2100": PROJECTION,
    "next summer": FORECAST,
    "nobody moves": SCENARIO,
    "states should organise": RECOMMENDATION,
    "the sums of 2000": SCENARIO,
}


def kinds_of_statement() -> dict[str, str]:
    """For each statement what it is.

    >>> kinds_of_statement()["the sums of 2000"]
    'scenario'
    """
    return dict(STATEMENTS)


def _statement(name: str, kind: str) -> dict[str, str]:
    return kinds_of_statement() | {name: kind}


def _are(kind: str) -> list[str]:
    return [name for name, what in STATEMENTS.items() if what == kind]


Q6 = Question(
    id="3.6",
    kind="CLS",
    name="kinds",
    title="What kind of statement",
    prompt="Eight statements: projection, scenario, forecast or recommendation?",
    form="a kind in quotation marks for each of the eight statements",
    expected=kinds_of_statement,
    options={
        PROJECTION: "what follows if assumptions held to be likely go on",
        SCENARIO: "what would follow, or what it would take, if something were so",
        FORECAST: "what somebody expects to happen",
        RECOMMENDATION: "what somebody wants to be done",
    },
    start=dict.fromkeys(STATEMENTS, "?"),
    meaning="The same number can be read in four ways, and only one way says what to do. "
    "Look for the small word: if, would, will, should.",
    wrong=(
        Wrong(
            _statement("the sums of 2000", RECOMMENDATION),
            "It says what an aim would take. Does it want anybody to have that aim?",
            "M11",
            matches=lambda answer: any(
                answer[name] == RECOMMENDATION for name in [*_are(SCENARIO), *_are(PROJECTION)]
            ),
        ),
        Wrong(
            _statement("states should organise", SCENARIO),
            "One of the lines tells somebody what to do. Look for “should” or a plain demand.",
            matches=lambda answer: any(
                answer[name] != RECOMMENDATION for name in _are(RECOMMENDATION)
            ),
        ),
        Wrong(
            _statement("nobody moves", PROJECTION),
            "Nobody holds that assumption to be likely. It is set in order to see what follows.",
            matches=lambda answer: any(answer[name] == PROJECTION for name in _are(SCENARIO)),
        ),
        Wrong(
            _statement("medium variant to 2050", FORECAST),
            "A projection says what follows from assumptions. "
            "A forecast says that the speaker expects it. Who expects something here?",
            matches=lambda answer: any(answer[name] == FORECAST for name in _are(PROJECTION)),
        ),
        Wrong(
            _statement("next summer", PROJECTION),
            "Someone stands behind this statement and expects it to come true.",
            matches=lambda answer: any(answer[name] != FORECAST for name in _are(FORECAST)),
        ),
    ),
    pointer="Underline the verb of each line: go on, would, expect, should. "
    "Then read what each of the four words means.",
    parallel="On rain: “the trend gives 40 days” is a projection, “without wind it would be 60” a "
    "scenario, “we expect rain” a forecast, “take a coat” a recommendation.",
)

# --- 3.7 ------------------------------------------------------------------------------------------

# policy: age at which working age ends, net migrants a year
POLICIES = {
    "work to 65": (65, 0),
    "work to 67": (67, 0),
    "50,000 migrants": (65, 50_000),
}


def _rows(*ratios: float) -> list[dict]:
    return [{"policy": name, "ratio": ratio} for name, ratio in zip(POLICIES, ratios, strict=True)]


def _ratio(area: str, year: int, age: int, migrants: int) -> float:
    grid = levers.board(area, year, retirement=[age], migration=[migrants])
    return float(grid["support_ratio"].iloc[0])


def ratios(area: str = "BEL", year: int = 2050) -> list[dict]:
    """The support ratio of one place and year under three policies, edition of 2024.

    >>> [row["policy"] for row in ratios()]
    ['work to 65', 'work to 67', '50,000 migrants']
    """
    return _rows(*(_ratio(area, year, *policy) for policy in POLICIES.values()))


def same_thrice(area: str = "BEL", year: int = 2050) -> list[dict]:
    return _rows(*[_ratio(area, year, 65, 0)] * 3)


def both_at_once(area: str = "BEL", year: int = 2050) -> list[dict]:
    first, second, _ = (row["ratio"] for row in ratios(area, year))
    return _rows(first, second, _ratio(area, year, 67, 50_000))


def of_the_first_year(area: str = "BEL", year: int = 2050) -> list[dict]:
    people = population.walk(population.scenario(area, year))[0][0]
    now = float(population.support_ratio(people))
    _, second, third = (row["ratio"] for row in ratios(area, year))
    return _rows(now, second, third)


def medium_variant(area: str = "BEL", year: int = 2050) -> list[dict]:
    people = population.walk(population.scenario(area, year))[0][-1]
    _, second, third = (row["ratio"] for row in ratios(area, year))
    return _rows(float(population.support_ratio(people)), second, third)


def turned(area: str = "BEL", year: int = 2050) -> list[dict]:
    return _rows(*(1 / row["ratio"] for row in ratios(area, year)))


Q7 = Question(
    id="3.7",
    kind="DF",
    name="policies",
    title="Three policies",
    prompt="Belgium in 2050: the support ratio under three policies.",
    form="a table with the columns policy and ratio, and one row for each of the three policies",
    unit="people of working age for each older one",
    expected=ratios,
    keys=("policy",),
    tolerance=0.02,
    start={"columns": ["policy", "ratio"], "rows": [[name, "?"] for name in POLICIES]},
    meaning="Two years of work and fifty thousand migrants a year do about the same here. "
    "Neither brings back the ratio of today, and each has somebody who bears its cost.",
    wrong=(
        Wrong(
            same_thrice,
            "Three times the same ratio. Each policy has a cell of its own: "
            "move to its column or its row.",
        ),
        Wrong(
            both_at_once,
            "The third policy got both levers. Its working age still ends at 65.",
        ),
        Wrong(
            medium_variant,
            "The first row holds the UN's own migration. Here nobody comes: give migration as 0.",
        ),
        Wrong(
            of_the_first_year,
            "The first row is the ratio of 2025. The question asks for 2050.",
        ),
        Wrong(
            turned,
            "Those are older people for each person of working age. Turn the ratio over.",
        ),
    ),
    pointer="Press Reset under figure 3.3. The first policy is the cell at 65 and 0; "
    "for the others go along the lowest row, or up the column.",
    parallel="On a board of prices by size and colour, a small blue cup stands where the column "
    "“small” meets the row “blue”. Go one column on for a middle one.",
)

# --- 3.8 ------------------------------------------------------------------------------------------

SAID = frozenset("ACD")


def said_by_the_note() -> set[str]:
    """Letters of what the Note says (Matsas 2006, section 2, Impact, paragraphs 2 to 4, fn 15).

    What the UN recommends is no option: footnote 14 says "should", so that would be arguable.
    """
    return set(SAID)


Q8 = Question(
    id="3.8",
    kind="MSQ",
    name="said",
    title="What the Note says",
    prompt="Which statements does the Note of 2006 make?",
    form='several letters in a list, such as ["B", "F"]',
    expected=said_by_the_note,
    options={
        "A": "There is a demand for migration in developed countries.",
        "B": "Migration will solve the ageing of the population.",
        "C": "One can doubt that “replacement” is a viable and lasting answer.",
        "D": "Temporary migration can fill gaps in the labour market.",
        "E": "Belgium should admit 15,000 migrants a year.",
        "F": "Migration changes the economy more than the baby boom does.",
    },
    meaning="The Note sees a demand and doubts the remedy, in one breath. "
    "Who quotes one half only, quotes another text.",
    wrong=(
        Wrong(
            {"A", "B", "C", "D"},
            "The Note doubts it in so many words, and ends by calling migration a part of the "
            "answer only.",
            "M10",
            matches=lambda answer: "B" in answer,
        ),
        Wrong(
            {"A", "C", "D", "E"},
            "A footnote reports the number as one professor's estimate of what an aim takes. "
            "It asks nobody to admit them.",
            "M11",
            matches=lambda answer: "E" in answer,
        ),
        Wrong(
            {"A", "C", "D", "F"},
            "The Note says the reverse about the baby boom.",
            matches=lambda answer: "F" in answer,
        ),
        Wrong(
            {"C"},
            "So far so good, and something is still missing. Go through the other letters.",
            matches=lambda answer: bool(answer) and answer < SAID,
        ),
    ),
    pointer="Read the four lines above the question once more, and tick what each one says.",
    parallel="A note says: “there is a wish for a bridge; one can doubt that it pays; a ferry can "
    "help”. It makes three statements, and does not say “build the bridge”.",
)

QUESTIONS = (Q1, Q2, Q3, Q4, Q5, Q6, Q7, Q8)

# --- in the lesson --------------------------------------------------------------------------------

POLLS = (
    Poll(
        "3.recall.1",
        "recall",
        "From lesson 1: a lake club had 80 members in January and 90 in December; 25 joined and "
        "15 left. Which number is a stock?",
        ("The 25 who joined", "The 90 in December", "The 15 who left", "All four"),
        (
            "Those who joined are counted over a year: a flow.",
            "Yes. A stock is what comings and goings leave behind on one day. "
            "The people of a country by age are one too.",
            "Those who left are counted over a year: a flow.",
            "Two of the four are counted over a year.",
        ),
    ),
    Poll(
        "3.recall.2",
        "recall",
        "From lesson 1: the UN's editions of 2020 and 2024 give two numbers for 2005. "
        "What should a writer do?",
        (
            "Take the mean of the two",
            "Name the edition",
            "Take the older one, which is nearer to 2005",
            "Leave the number out",
        ),
        (
            "A mean of two editions is in neither, and nobody can check it.",
            "Yes. Today an edition matters twice: as data, and as what was expected of the future.",
            "The newer one knows more about that year, and even so it needs its label.",
            "A number with its label is better than none.",
        ),
    ),
    Poll(
        "3.recall.3",
        "recall",
        "From everyday life: a class of 30 has 3 teachers. Next year it has 50 pupils. "
        "How many teachers keep as many pupils for each of them?",
        ("3", "5", "6", "23"),
        (
            "That keeps the number of teachers, and each of them has more pupils.",
            "Yes. Thirty pupils for three is ten for each. "
            "To hold a ratio is another aim than to hold a number.",
            "Divide 30 by 3 first: ten pupils for each teacher.",
            "That adds twenty teachers for twenty pupils. Ten pupils share one.",
        ),
    ),
    Poll(
        "3.vote",
        "vote",
        "Japan wants to keep, by migration alone, as many people of 15 to 64 for each older one as "
        "in 1995. Why does that take hundreds of millions of people by 2050?",
        (
            "Because those who come have few children",
            "Because each older person calls for almost five of working age, and those who come "
            "grow old too",
            "Because the United Nations assumed open borders",
            "Because so many people leave Japan",
        ),
        reasoning="It is arithmetic. In 1995 Japan had 4.77 people of 15 to 64 for each older one, "
        "and each new older person calls for as many again. Those who come at thirty are past "
        "working age thirty-five years later, and then they call for more.",
    ),
    Poll(
        "3.exit",
        "text",
        "First a sum: a town has 9,000 people of 15 to 64 and 3,600 of 65 or more. What is its "
        "support ratio? Then the lesson's question: can immigration keep a country young? Give one "
        "number of the print beside ours for the same aim, and say why they differ. Name one lever "
        "besides migration, and one thing that the study of 2000 did not say.",
    ),
)
