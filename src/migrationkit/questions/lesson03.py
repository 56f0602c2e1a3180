"""Lesson 3: can immigration keep a country young?

Codes are those of the misconception register: M10 replacement migration solves ageing; M11 the
UN's study of 2000 was a plan. Printed results come from the tables replacement-published and
replacement-published-population, projections from the population model.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping

from migrationkit.data import fingerprint, load
from migrationkit.models import levers, population, replacement
from migrationkit.text import number

from . import Poll, Question, Variants, Wrong
from .cases import COUNTRIES, apart, named

TITLE = "Can immigration keep a country young?"

# Cells of the exercise that a paper leaves out: they help with the cases that the exercise asks.
NOT_ON_PAPER = (
    "italy-text", "italy", "part-levers", "figure-3-3", "worked-france", "worked-france-code"
)  # fmt: skip

# --- for papers: other places ---------------------------------------------------------------------

PLACES = ("DEU", "EU15", "FRA", "ITA", "JPN")  # of which the report prints numbers of each aim


def _in_words(area: str) -> str:
    return "the European Union of 1995" if area == "EU15" else named(area)


# aim: whom the migrants would hold, by the report
HELD = {
    "constant-population": "keep as many people as there are at most without migration",
    "constant-working-age": "keep as many people of 15 to 64 as there are at most without "
    "migration",
    "constant-support-ratio": "hold the support ratio of 1995",
    "support-ratio-floor": "keep three people of 15 to 64, or more, for each older one",
}

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


def ratio_of_the_figure(area: str = "EU15", year: int = 1995) -> float:
    """The ratio of figure 3.1 as it opens: that of the edition of 2008, not the printed one.

    >>> round(ratio_of_the_figure(), 2)
    4.28
    """
    start = population.scenario(area, 2050, base=year, edition="2008", migration=0)
    return float(population.support_ratio(start.people))


@functools.lru_cache(maxsize=2)
def _ages(tables: tuple) -> dict[tuple[str, int], tuple[int, int, int]]:
    """Persons of 0 to 14, of 15 to 64 and of 65 or more, for countries and years of papers."""
    rows = load("wpp2024-population").query("iso3 in @COUNTRIES")
    people = rows.drop(columns="sex").groupby(["iso3", "year"]).sum()
    first, last = people.columns.get_loc("a15"), people.columns.get_loc("a65")
    groups = people.iloc[:, :first], people.iloc[:, first:last], people.iloc[:, last:]
    sums = zip(*(group.sum(axis=1).astype(int) for group in groups), strict=True)
    return dict(zip(people.index, sums, strict=True))


def people_by_age(iso3: str, year: int) -> tuple[int, int, int]:
    """Persons of 0 to 14, of 15 to 64 and of 65 or more, in the population tables of 2024.

    >>> people_by_age("CHL", 2020)[2] > 2_000_000
    True
    """
    return _ages(fingerprint())[iso3, year]


def ratio_of(iso3: str, year: int) -> float:
    """The support ratio of a country and year, by the population tables of 2024."""
    _, working, older = people_by_age(iso3, year)
    return working / older


def _ratio_cases() -> tuple[Mapping[str, object], ...]:
    """Countries and years whose ratios lie more than twice the tolerance apart.

    Years that the tables of 2024 count: 2025 is a projection in them.
    """
    cases = [{"iso3": iso3, "year": year} for year in range(1995, 2025, 5) for iso3 in COUNTRIES]
    own = support_ratio()
    return apart([case for case in cases if abs(ratio_of(**case) - own) > 0.03], ratio_of, 0.03)


def _ratio_words(iso3: str, year: int) -> dict[str, object]:
    children, working, older = map(number, people_by_age(iso3, year))
    return {
        "country": named(iso3), "year": year,
        "children": children, "working": working, "older": older,
    }  # fmt: skip


RATIO_ON_PAPER = Variants(
    cases=_ratio_cases,
    words=_ratio_words,
    expected=ratio_of,
    prompt="The UN's population tables of 2024 count the people of {country} in {year}:\n\n"
    "| age | persons |\n|---|---|\n| 0 to 14 | {children} |\n| 15 to 64 | {working} |\n"
    "| 65 or more | {older} |\n\n"
    "**How many people of 15 to 64 were there for each older one?**",
    wrong=(
        Wrong(
            lambda iso3, year: 1 / ratio_of(iso3, year),
            "That is older people for each person of working age. Turn the division over.",
        ),
        Wrong(
            lambda iso3, year: 100 / ratio_of(iso3, year),
            "That is the old-age dependency ratio: older people for 100 of working age. "
            "Put those of working age on top.",
            near=0.0005,
        ),
        Wrong(
            lambda iso3, year: sum(people_by_age(iso3, year)) / people_by_age(iso3, year)[2],
            "You divided everybody by those of 65 or more. Children are not of working age.",
            near=0.0005,
        ),
    ),
)

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
        Wrong(
            ratio_of_the_figure,
            "That is our figure's ratio, by another edition. Divide the two numbers of the prompt.",
            near=0.0012,
        ),
    ),
    pointer="Look at the dashed line of figure 3.1 as it opens. "
    "Our edition differs from the report in the second decimal.",
    parallel="A village has 600 people of 15 to 64 and 240 of 65 or more. "
    "600 divided by 240 is 2.50.",
    variants=RATIO_ON_PAPER,
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


@functools.lru_cache(maxsize=2)
def _printed_migrants(tables: tuple) -> dict[tuple[str, str], dict[int, int]]:
    """For each area and aim the net migrants a year, by the first year of each period."""
    rows = load("replacement-published")
    return {
        key: dict(zip(group["period"], map(int, group["migrants"]), strict=True))
        for key, group in rows.groupby(["area", "aim"])
    }


def in_period(area: str, aim: str) -> dict[int, int]:
    """Net migrants a year in persons, by the first year of the period, as the UN printed them."""
    return _printed_migrants(fingerprint())[area, aim]


def since_year(area: str, aim: str, since: int) -> float:
    """Thousand net migrants a year from `since` to 2050: as `average`, for each area and aim.

    >>> since_year("ITA", "constant-population", 2000) == average()
    True
    """
    kept = [many for year, many in in_period(area, aim).items() if year >= since]
    return sum(kept) / len(kept) / 1000


def _average_cases() -> tuple[Mapping[str, object], ...]:
    """Areas, aims and first years whose averages lie more than twice the tolerance apart."""
    cases = [
        {"area": area, "aim": aim, "since": since}
        for since in range(2000, 2030, 5)
        for area in PLACES
        for aim in HELD
    ]
    far = [case for case in cases if since_year(**case) > 3]
    return apart([case for case in far if abs(since_year(**case) - average()) > 3], since_year, 3)


AVERAGE_ON_PAPER = Variants(
    cases=_average_cases,
    words=lambda area, aim, since: {
        "area": area,
        "aim": aim,
        "since": since,
        "place": _in_words(area),
        "held": HELD[aim],
    },
    expected=since_year,
    prompt="The next table is about {place}, as the UN printed it in 2001.\n"
    "`period` is the first of five years. `migrants` is the number of net migrants a year, "
    "in persons, that would {held}.\n"
    "**How many thousand net migrants a year is that on average, from {since} to 2050?**",
    table="""printed = kit.load("replacement-published")
printed = printed[(printed.area == "{area}") & (printed.aim == "{aim}")]
printed[["period", "migrants"]].style.hide(axis="index")""",
    wrong=(
        Wrong(
            lambda area, aim, since: since_year(area, aim, 1995),
            "You began in 1995. Leave out the periods before the year that is asked for.",
            near=0.0005,
        ),
        Wrong(
            lambda area, aim, since: (2050 - since) / 5 * since_year(area, aim, since),
            "You added the yearly averages of all periods. Divide by the number of periods.",
            near=0.0005,
        ),
        Wrong(
            lambda area, aim, since: 1000 * since_year(area, aim, since),
            "That is a thousand times too large. Is it in persons? Write how many thousands it is.",
            near=0.0005,
        ),
    ),
)

Q2 = Question(
    id="3.2",
    kind="NUM",
    name="average",
    title="A yearly average",
    prompt="Italy, constant population: how many thousand net migrants a year, 2000 to 2050, on "
    "average?",
    form="one number in thousands, whole or with a decimal point",
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
            near=0.002,
        ),
        Wrong(
            added_up,
            "You added the yearly averages of ten periods. Divide by ten.",
        ),
        Wrong(
            lambda **parameters: 1000 * from_1995(**parameters),
            "You began in 1995, and counted in persons. Start in 2000, and divide by 1,000.",
            near=0.004,
        ),
        Wrong(
            in_persons,
            "That is a thousand times too large. Is it in persons? Write how many thousands it is.",
        ),
    ),
    pointer="Cover the first row of the table above the question. "
    "Each of the other ten rows stands for five years, so all count alike.",
    parallel="A shop sells 20, 30 and 40 loaves a day in three weeks. "
    "The average of the last two is 35 a day.",
    variants=AVERAGE_ON_PAPER,
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


def card_of(area: str, card: str) -> str:
    """The card of an aim in one place, for papers."""
    return f"{_in_words(area)}: {card}"


def total_of(area: str, card: str) -> float:
    """Million net migrants of one place and aim, 1995 to 2050."""
    return 5 * sum(in_period(area, AIMS[card]).values()) / 1e6


def places_by_size(placed: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """The cards of places and aims from the fewest to the most migrants, 1995 to 2050.

    >>> places_by_size((("JPN", "as many people"), ("FRA", "as many people")))
    ('France: as many people', 'Japan: as many people')
    """
    return tuple(card_of(*one) for one in sorted(placed, key=lambda one: total_of(*one)))


def _placed_cases() -> tuple[Mapping[str, object], ...]:
    """Each place with one of the aims, where each total is a fifth larger than the one before.

    The alphabet, in which the cards are offered, must not be their right order.
    """
    cases = []
    for places in itertools.permutations(PLACES):
        placed = tuple(zip(places, AIMS, strict=True))
        totals = sorted(total_of(*one) for one in placed)
        cards = places_by_size(placed)
        spaced = all(1.2 * less < more for less, more in itertools.pairwise(totals))
        if spaced and list(cards) != sorted(cards, key=str.casefold):
            cases.append({"placed": placed})
    return tuple(cases)


def _placed_words(placed: tuple[tuple[str, str], ...]) -> dict[str, str]:
    cards = sorted(placed, key=lambda one: card_of(*one).casefold())
    lines = [f'    "{card_of(*one)}": ("{one[0]}", "{AIMS[one[1]]}"),' for one in cards]
    return {"cards": "\n".join(lines)}


ORDER_ON_PAPER = Variants(
    cases=_placed_cases,
    words=_placed_words,
    expected=places_by_size,
    title="Five results in five places",
    meaning="What an aim takes depends on the aim and on the place. "
    "A ratio is dear everywhere, and a large place needs more for the same.",
    start=lambda placed: sorted(itertools.starmap(card_of, placed), key=str.casefold),
    prompt="The next table has a column for each of five printed results.\n"
    "It holds net migrants in thousands a year, for periods of five years from 1995 to 2050.\n"
    "Four of them hold something; one is the United Nations' own projection of that time.\n"
    "**Which takes the fewest migrants in all 55 years, and which the most?**\n\n"
    "Put the five lines of `order` in order, the fewest first. "
    "Move whole lines: cut one and paste it where it belongs.",
    table="""cards = {
{cards}
}
printed = kit.load("replacement-published").set_index(["area", "aim", "period"])["migrants"] / 1000
pd.DataFrame({card: printed[place] for card, place in cards.items()})""",
    wrong=(
        Wrong(
            lambda placed: tuple(reversed(places_by_size(placed))),
            "That is the most first. Turn the list round.",
        ),
    ),
)

Q3 = Question(
    id="3.3",
    kind="ORD",
    name="order",
    title="Five results",
    prompt="Five results for the European Union of 1995, the fewest migrants first.",
    form="a list of the five results, the fewest migrants first",
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
    variants=ORDER_ON_PAPER,
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
    prompt="Why does holding the ratio of 1995 in the European Union take so many migrants?",
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
            "Even with 2.5 per woman among them it would take hundreds of millions.",
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


def figure_over_print(area: str = "EU15", first: int = 1995, last: int = 2050) -> float:
    """The people of figure 3.1 as it opens, over the printed ones of the first year.

    >>> round(figure_over_print(), 2)
    3.47
    """
    aim = "constant-support-ratio"
    people = replacement.find(area, [aim], last, base=first, edition="2008").of(aim)[-1].sum()
    return float(people / _printed(area, first).population)


def migrants_added(area: str = "EU15", first: int = 1995, last: int = 2050) -> float:
    return 1 + migrants_over_people(area, first, last)


def larger_upside_down(**parameters) -> float:
    return 1 / times_larger(**parameters)


def per_cent_more(**parameters) -> float:
    return 100 * (times_larger(**parameters) - 1)


def in_per_cent(**parameters) -> float:
    return 100 * times_larger(**parameters)


@functools.lru_cache(maxsize=2)
def _printed_people(tables: tuple) -> dict[tuple[str, str, int], int]:
    rows = load("replacement-published-population")
    keys = zip(rows["area"], rows["aim"], rows["year"], strict=True)
    return dict(zip(keys, map(int, rows["population"]), strict=True))


def people_in(area: str, aim: str, year: int) -> int:
    """Persons in one place and year with an aim held, as the UN printed them."""
    return _printed_people(fingerprint())[area, aim, year]


def grown(area: str, aim: str, first: int, last: int) -> float:
    """How many times larger a population is at the end: as `times_larger`, for each aim.

    >>> grown("EU15", "constant-support-ratio", 1995, 2050) == times_larger()
    True
    """
    return people_in(area, aim, last) / people_in(area, aim, first)


def came(area: str, aim: str, first: int, last: int) -> int:
    """Net migrants in persons between two years, as the UN printed them."""
    return 5 * sum(many for year, many in in_period(area, aim).items() if first <= year < last)


def _grown_cases() -> tuple[Mapping[str, object], ...]:
    """Places, aims and years, more than twice the tolerance apart; growth of a fifth or more."""
    cases = [
        {"area": area, "aim": aim, "first": first, "last": last}
        for aim in ("constant-support-ratio", "support-ratio-floor")
        for area in PLACES
        for first in range(1995, 2025, 5)
        for last in range(first + 20, 2055, 5)
    ]
    own = times_larger()
    return apart([c for c in cases if grown(**c) > 1.2 and abs(grown(**c) - own) > 0.05], grown,
                 0.05)  # fmt: skip


def _grown_words(area: str, aim: str, first: int, last: int) -> dict[str, object]:
    return {
        "place": _in_words(area), "held": HELD[aim], "first": first, "last": last,
        "before": number(people_in(area, aim, first)), "after": number(people_in(area, aim, last)),
        "came": number(came(area, aim, first, last)),
    }  # fmt: skip


GROWN_ON_PAPER = Variants(
    cases=_grown_cases,
    words=_grown_words,
    expected=grown,
    form="one number with two decimals, 1 meaning no change",
    prompt="The UN's study printed what it would take to {held}, from 1995 on, in {place}.\n"
    "With that aim {place} has {before} people in {first} and {after} in {last}.\n"
    "In between come {came} net migrants.\n"
    "**How many times larger is the population in {last} than in {first}?**",
    meaning="The aim was a ratio, and what changes most is size.",
    wrong=(
        Wrong(
            lambda **case: came(**case) / people_in(case["area"], case["aim"], case["first"]),
            "You divided the migrants by the people of the first year. "
            "Use the population of the last.",
            near=0.0005,
        ),
        Wrong(
            lambda **case: 1 + came(**case) / people_in(case["area"], case["aim"], case["first"]),
            "You added the migrants to the people of the first year. Births and deaths count as "
            "well, so use the population that was printed for the last.",
            near=0.0005,
        ),
        Wrong(
            lambda **case: 1 / grown(**case),
            "Turn the division over: later by earlier.",
            near=0.0005,
        ),
        Wrong(
            lambda **case: 100 * (grown(**case) - 1),
            "That is the growth in %. The question asks how many times larger.",
            near=0.0005,
        ),
    ),
)

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
        Wrong(
            lambda **parameters: times_larger(**parameters) - 1,
            "That is the growth alone. How many times the population of 1995 is it in all?",
            near=0.004,
        ),
        Wrong(
            figure_over_print,
            "That takes our figure's people of 2050, by another edition. "
            "Divide the two numbers of the prompt.",
        ),
    ),
    pointer="Divide the people of 2050 by the people of 1995. "
    "Figure 3.1 tells our own number for 2050, which is a little larger.",
    parallel="A town grows from 20,000 to 50,000 people. 50,000 divided by 20,000 is 2.50.",
    variants=GROWN_ON_PAPER,
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


# For papers: card → what it is, and its words. All are worded by the kit.
MORE_STATEMENTS = {
    "on children": (PROJECTION, "Under the assumptions that the UN holds to be likely, Belgium "
                    "has fewer people under 15 in 2035 than in 2025."),
    "on Japan": (PROJECTION, "By the UN's medium variant Japan has fewer people in 2050 than in "
                 "2025."),
    "on long lives": (PROJECTION, "With the births, deaths and migration that the UN assumes to "
                      "be likely, France has more people of 65 or more in 2050 than in 2025."),
    "on Italy": (PROJECTION, "What the UN assumes to be likely leaves Italy with fewer people of "
                 "15 to 64 in 2050 than in 2025."),
    "on large families": (SCENARIO, "If every woman had three children from tomorrow on, there "
                          "would be more people at work in thirty years."),
    "on closed borders": (SCENARIO, "If nobody could cross a border any more, Germany would have "
                          "fewer people in 2050 than it has now."),
    "on a long working life": (SCENARIO, "If everybody worked to 75, there would be more workers "
                               "for each older person than today."),
    "on a constant number": (SCENARIO, "To keep as many people of 15 to 64 by migration alone, "
                             "Italy would need 357,000 migrants a year from 1995 to 2050."),
    "on rents": (FORECAST, "Our bank expects that more families will look for homes in this city "
                 "next year."),
    "on the next census": (FORECAST, "We are sure that the next census will count more people of "
                           "a hundred years."),
    "on nurses": (FORECAST, "The hospital's experts believe that it will lack nurses in five "
                  "years."),
    "on this winter": (FORECAST, "The office expects fewer arrivals this winter than last "
                       "winter."),
    "on pensions": (RECOMMENDATION, "Pensions should begin later for those who sit at work."),
    "on child care": (RECOMMENDATION, "The state must pay for child care before it talks about "
                      "migration."),
    "on visas": (RECOMMENDATION, "Governments ought to give more visas to people who want to "
                 "work."),
    "on towns": (RECOMMENDATION, "No country should plan migration without asking its towns."),
}  # fmt: skip


def kinds_on_paper(statements: tuple[str, ...]) -> dict[str, str]:
    """For each statement of a paper what it is.

    >>> kinds_on_paper(("on visas",))
    {'on visas': 'recommendation'}
    """
    return {name: MORE_STATEMENTS[name][0] for name in statements}


def _statement_cases() -> tuple[Mapping[str, object], ...]:
    """Two statements of each kind, in the order of the alphabet."""
    of_kind: dict[str, list[str]] = {}
    for name, (kind, _) in MORE_STATEMENTS.items():
        of_kind.setdefault(kind, []).append(name)
    pairs = (itertools.combinations(names, 2) for names in of_kind.values())
    chosen = (itertools.chain(*four) for four in itertools.product(*pairs))
    return tuple({"statements": tuple(sorted(names))} for names in chosen)


def _taken_for(true: str, other: str, hint: str, code: str = "") -> Wrong:
    """A wrong answer of a paper: one statement of the first kind is taken for the other kind."""

    def example(statements: tuple[str, ...]) -> dict[str, str]:
        right = kinds_on_paper(statements)
        return right | {next(name for name in right if right[name] == true): other}

    def matches(answer: Mapping[str, str]) -> bool:
        return any(
            said == other and MORE_STATEMENTS[name][0] == true for name, said in answer.items()
        )

    return Wrong(example, hint, code, matches=matches)


STATEMENTS_ON_PAPER = Variants(
    cases=_statement_cases,
    words=lambda statements: {
        "rows": "\n".join(f"| {name} | {MORE_STATEMENTS[name][1]} |" for name in statements)
    },
    expected=kinds_on_paper,
    start=lambda statements: dict.fromkeys(statements, "?"),
    prompt="Eight statements, all worded by us.\n\n"
    "| statement | in words |\n|---|---|\n{rows}\n\n**What is each of them?**",
    wrong=(
        _taken_for(
            SCENARIO, RECOMMENDATION,
            "It says what would follow, or what something would take. "
            "Does it ask anybody to do it?",
        ),
        _taken_for(
            PROJECTION, RECOMMENDATION,
            "It says what follows from assumptions. Does it ask anybody to do something?",
        ),
        _taken_for(
            RECOMMENDATION, SCENARIO,
            "One of the lines tells somebody what to do. Look for “should” or a plain demand.",
        ),
        _taken_for(
            SCENARIO, PROJECTION,
            "Nobody holds that assumption to be likely. It is set in order to see what follows.",
        ),
        _taken_for(
            SCENARIO, FORECAST,
            "A scenario asks what would be if something were so. Does anybody expect that here?",
        ),
        _taken_for(
            PROJECTION, SCENARIO,
            "One line rests on assumptions that are held to be likely. A scenario takes any.",
        ),
        _taken_for(
            PROJECTION, FORECAST,
            "A projection says what follows from assumptions. "
            "A forecast says that the speaker expects it. Who expects something here?",
        ),
        _taken_for(
            FORECAST, PROJECTION,
            "Someone stands behind this statement and expects it to come true.",
        ),
    ),
)  # fmt: skip

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
    "Look for the words that tell: assumptions, would, expect, should.",
    wrong=(
        Wrong(
            _statement("the sums of 2000", RECOMMENDATION),
            "It says what an aim would take. Does it want anybody to have that aim?",
            "M11",
            matches=lambda answer: answer["the sums of 2000"] == RECOMMENDATION,
        ),
        Wrong(
            _statement("medium variant to 2050", RECOMMENDATION),
            "It says what follows from assumptions. Does it ask anybody to do something?",
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
            _statement("nobody moves", FORECAST),
            "A scenario asks what would be if something were so. Does anybody expect that here?",
            matches=lambda answer: any(answer[name] == FORECAST for name in _are(SCENARIO)),
        ),
        Wrong(
            _statement("medium variant to 2050", SCENARIO),
            "One line rests on assumptions that are held to be likely. A scenario takes any.",
            matches=lambda answer: any(answer[name] == SCENARIO for name in _are(PROJECTION)),
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
    pointer="Underline the words on which each line rests: assumptions, would, expect, should. "
    "Then read what each of the four words means.",
    parallel="On rain: “the trend gives 40 days” is a projection, “without wind it would be 60” a "
    "scenario, “we expect rain” a forecast, “take a coat” a recommendation.",
    variants=STATEMENTS_ON_PAPER,
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


def with_one_decimal(area: str = "BEL", year: int = 2050) -> list[dict]:
    return _rows(*(round(row["ratio"], 1) for row in ratios(area, year)))


def turned(area: str = "BEL", year: int = 2050) -> list[dict]:
    return _rows(*(1 / row["ratio"] for row in ratios(area, year)))


# Places on papers: of a size where the numbers of migrants on the board make a difference.
BOARDS = (
    "ARG", "AUS", "AUT", "BEL", "CAN", "CHE", "CHL", "CZE", "DEU", "DNK", "ESP", "FIN", "FRA",
    "GBR", "GRC", "HUN", "IRL", "ITA", "KOR", "NLD", "NOR", "PRT", "SWE", "THA",
)  # fmt: skip
LATER_ENDS = (66, 67, 68, 69, 70)
MIGRANTS = (20_000, 30_000, 40_000, 60_000, 70_000, 80_000, 90_000)


@functools.lru_cache(maxsize=100)
def _board(area: str, year: int, tables: tuple) -> dict[tuple[int, int], float]:
    """Retirement age and net migrants a year → ratio, for one place and year."""
    grid = levers.board(area, year, retirement=(65, *LATER_ENDS), migration=(0, *MIGRANTS))
    keys = zip(grid["retirement_age"], grid["migrants"], strict=True)
    return dict(zip(keys, map(float, grid["support_ratio"]), strict=True))


def _policies(age: int, migrants: int) -> dict[str, tuple[int, int]]:
    return {
        "work to 65": (65, 0),
        f"work to {age}": (age, 0),
        f"{number(migrants)} migrants": (65, migrants),
    }


def board_ratios(area: str, year: int, age: int, migrants: int) -> list[dict]:
    """The support ratio under three policies: as `ratios`, for other ages and flows.

    >>> [round(row["ratio"], 2) for row in board_ratios("BEL", 2050, 67, 40_000)][:2]
    [1.94, 2.21]
    """
    cells = _board(area, year, fingerprint())
    return [
        {"policy": name, "ratio": cells[cell]} for name, cell in _policies(age, migrants).items()
    ]


def _board_cases() -> tuple[Mapping[str, object], ...]:
    """Each place and year with three of the pairs of age and flow.

    Where the policies are the same, the first ratios lie more than twice the tolerance apart.
    """
    pairs = list(itertools.product(LATER_ENDS, MIGRANTS))
    boards = list(itertools.product(BOARDS, (2040, 2045, 2055, 2060)))
    cases: list[Mapping[str, object]] = []
    for place, (age, migrants) in enumerate(pairs):
        mine = [
            {"area": area, "year": year, "age": age, "migrants": migrants}
            for turn, (area, year) in enumerate(boards)
            if (place - turn) % len(pairs) in (0, 12, 24)
        ]
        cases += apart(mine, lambda **case: board_ratios(**case)[0]["ratio"], 0.05)
    return tuple(cases)


POLICIES_ON_PAPER = Variants(
    cases=_board_cases,
    words=lambda area, year, age, migrants: {
        "area": area,
        "country": named(area),
        "year": year,
        "age": age,
        "migrants": number(migrants),
    },
    expected=board_ratios,
    start=lambda area, year, age, migrants: {
        "columns": ["policy", "ratio"],
        "rows": [[name, "?"] for name in _policies(age, migrants)],
    },
    prompt="The next table is the lever board of {country} in {year}, with our model and the "
    "UN's tables of 2024.\n"
    "A row is the age at which working age ends, a column the number of net migrants every year "
    "from 2025 on. A cell holds people of working age for each older one.\n"
    "**What is the support ratio of {country} in {year} under each of three policies?**\n\n"
    "- `work to 65`: working age ends at 65, and nobody comes or leaves\n"
    "- `work to {age}`: working age ends at {age}, and nobody comes or leaves\n"
    "- `{migrants} migrants`: working age ends at 65, and {migrants} net migrants come every year"
    "\n\nReplace each `\"?\"` by a number with two decimals.",
    meaning="Work and migrants both move the ratio, and each has somebody who bears its cost.",
    table="""from migrationkit.models import levers
board = levers.board("{area}", {year}, retirement=range(65, 71))
board.pivot(index="retirement_age", columns="migrants", values="support_ratio").round(2)""",
    wrong=(
        Wrong(
            lambda **case: [
                row | {"ratio": board_ratios(**case)[0]["ratio"]} for row in board_ratios(**case)
            ],
            "Three times the same ratio. Each policy has a cell of its own: "
            "move to its column or its row.",
        ),
        Wrong(
            lambda **case: [row | {"ratio": 1 / row["ratio"]} for row in board_ratios(**case)],
            "Those are older people for each person of working age. Turn the ratio over.",
        ),
        Wrong(
            lambda **case: [
                row | {"ratio": round(row["ratio"], 1)} for row in board_ratios(**case)
            ],
            "Those have one decimal. Write two, as the cells of the board have.",
        ),
    ),
)

Q7 = Question(
    id="3.7",
    kind="DF",
    name="policies",
    title="Three policies",
    prompt="Belgium in 2050: choose Belgium in figure 3.3 and find the three cells.",
    form="a table with the columns policy and ratio, a row for each of the three policies, and "
    "two decimals",
    unit="people of working age for each older one",
    expected=ratios,
    keys=("policy",),
    tolerance=0.0051,  # two decimals; what is rounded to another second decimal is another cell
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
        Wrong(
            with_one_decimal,
            "Those have one decimal. Write two, as the cells of the figure have.",
        ),
    ),
    pointer="Choose Belgium in figure 3.3, with both sliders of the levers at 0. The first policy "
    "is the cell at 65 and 0; for the others go along the lowest row, or up the column.",
    parallel="On a board of prices by size and colour, a small blue cup stands where the column "
    "“small” meets the row “blue”. Go one column on for a middle one.",
    variants=POLICIES_ON_PAPER,
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
