"""Lesson 1: how many migrants are there, and who decides?

Codes are those of the misconception register: M01 stock read as flow, M02 birthplace and passport
taken for one thing, M03 count taken for share, M04 precise taken for true, M05 old taken for wrong.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping

from .. import data
from ..text import listing, number
from . import Poll, Question, Variants, Wrong
from .cases import COUNTRIES, apart, named

TITLE = "How many migrants are there, and who decides?"

# Cells of the exercise that a paper leaves out: they help with the cases that the exercise asks.
NOT_ON_PAPER = ("part-share", "figure-1-1", "figure-1-4")


# --- for papers: other countries and years --------------------------------------------------------


@functools.lru_cache(maxsize=2)
def _editions(tables: tuple) -> dict[tuple[str, str, int], int]:
    rows = data.load("migrant-stock")
    keys = zip(rows["edition"], rows["iso3"], rows["year"], strict=True)
    return dict(zip(keys, map(int, rows["migrants"]), strict=True))


def migrants_in(iso3: str, year: int, edition: str = "2024") -> int:
    """Migrants in a country in persons, by one edition of the UN's migrant stock.

    >>> migrants_in("CHL", 2020)
    1476240
    """
    return _editions(data.fingerprint())[edition, iso3, year]


@functools.lru_cache(maxsize=2)
def _people(tables: tuple) -> dict[tuple[str, int], int]:
    rows = data.load("population")
    keys = zip(rows["iso3"], rows["year"], strict=True)
    return dict(zip(keys, map(int, rows["population"]), strict=True))


def share_in(iso3: str, year: int) -> float:
    """Migrants in % of the people of a country: 2024 edition over the population tables of 2024.

    >>> round(share_in("CHL", 2020), 2)
    7.62
    """
    people = _people(data.fingerprint())[iso3, year]
    return share_of_world(migrants_in(iso3, year), people)


YEARS = (1990, 1995, 2000, 2005, 2010, 2015, 2020, 2024)  # of the 2024 edition

# --- 1.1 ------------------------------------------------------------------------------------------


def share_of_world(migrants: float = 191e6, population: float = 6.54e9) -> float:
    """Migrants in % of a population, both in persons.

    The defaults are the figures of 2005: 191 million as the Note prints it (Matsas 2006, section
    2, Impact), and 6.54 billion people. That is 6,541.9 million, the value for 2005 in the tables
    of the UN's International Migrant Stock 2020.

    >>> round(share_of_world(), 2)
    2.92
    """
    return 100 * migrants / population


def share_as_fraction(**parameters) -> float:
    return share_of_world(**parameters) / 100


def share_upside_down(migrants: float = 191e6, population: float = 6.54e9) -> float:
    return population / migrants


def share_with_mixed_units(**parameters) -> float:
    return 10 * share_of_world(**parameters)  # millions over billions: 191 / 6.54


def _share_cases() -> tuple[Mapping[str, object], ...]:
    """Countries and years whose shares lie more than twice the tolerance apart.

    So far they lie from the exercise's own answer, too.
    """
    cases = [{"iso3": iso3, "year": year} for year in YEARS for iso3 in COUNTRIES]
    own = share_of_world()
    far = [c for c in cases if share_in(**c) >= 1 and abs(share_in(**c) - own) >= 0.12]
    return apart(far, share_in, 0.12)


SHARE_ON_PAPER = Variants(
    cases=_share_cases,
    words=lambda iso3, year: {"iso3": iso3, "country": named(iso3), "year": year},
    expected=share_in,
    prompt="The next table counts the migrants and all people of {country}, in persons.\n"
    "Migrants are those of the 2024 edition of the UN's migrant stock, people those of the UN's "
    "population tables of 2024.\n"
    "**What share of the people of {country} were migrants in {year}?**",
    title="A share of a country",
    meaning="A share sets the count against everyone who could have been counted.",
    table="""stock = kit.load("migrant-stock")
stock = stock.query("edition == '2024' and iso3 == '{iso3}'")
people = kit.load("population")
stock.merge(people)[["year", "migrants", "population"]]""",
    wrong=(
        Wrong(
            lambda iso3, year: share_in(iso3, year) / 100,
            "That is the share as a part of one. Multiply it by 100 to have per cent.",
        ),
        Wrong(
            lambda iso3, year: 100 / share_in(iso3, year),
            "That is the number of people to each migrant: the whole divided by the part. "
            "Divide the part by the whole.",
            near=0.0005,
        ),
        Wrong(
            lambda iso3, year: share_in(iso3, YEARS[YEARS.index(year) - 1]),
            "That is the share of another year. Look at the line of the year that is asked for.",
            near=0.0005,
        ),
    ),
)

Q1 = Question(
    id="1.1",
    kind="NUM",
    name="share",
    title="A share of the world",
    prompt="191 million migrants among 6.54 billion people in 2005: how many per cent?",
    form="one number in %, with two decimals",
    unit="%",
    expected=share_of_world,
    tolerance=0.025,  # 2.9 and 2.94 (6.5 billion people) fit; 2.95 and the Note's 3 do not
    meaning="A share sets the count against everyone who could have been counted. "
    "The Note rounds it to a whole number, and a small change disappears.",
    wrong=(
        Wrong(
            share_as_fraction,
            "That is the share as a part of one. Multiply it by 100 to have per cent.",
        ),
        Wrong(
            share_upside_down,
            "That is the number of people to each migrant: the whole divided by the part. "
            "Divide the part by the whole.",
        ),
        Wrong(
            share_with_mixed_units,
            "One number stands in millions and the other in billions. "
            "Write both in the same unit first.",
        ),
        Wrong(
            3,
            "That is the Note's own rounding. Keep two decimals, so that a small change shows.",
            matches=lambda answer: answer == 3,
        ),
    ),
    pointer="Switch figure 1.1 to “Share” and read the height of the line in 2005. "
    "Your result lies close to it.",
    parallel="A town of 80,000 people has 6,000 students. "
    "6,000 divided by 80,000, times 100, is 7.50 %.",
    variants=SHARE_ON_PAPER,
)

# --- 1.2 ------------------------------------------------------------------------------------------


def supported_sentence() -> str:
    """The letter of the sentence that two counts and two shares support.

    154 to 304 million is + 97.5 %; 2.9 to 3.7 % is + 28 % (+ 29 % unrounded; 2024 edition of the
    migrant stock over the world population of WPP 2024).
    """
    return "C"


FIRST, LAST = YEARS[0], YEARS[-1]


def _printed_shares(iso3: str) -> tuple[float, float]:
    """A country's shares of 1990 and 2024 in %, with the two decimals that a paper prints."""
    return round(share_in(iso3, FIRST), 2), round(share_in(iso3, LAST), 2)


def _rises(iso3: str) -> tuple[float, float]:
    """How much the count and the share of a country's migrants rose from 1990 to 2024, in %.

    From the numbers as they are printed, so that who calculates with them has the same result.
    """
    count = migrants_in(iso3, LAST) / migrants_in(iso3, FIRST)
    before, after = _printed_shares(iso3)
    return 100 * (count - 1), 100 * (after / before - 1)


def _rise_cases() -> tuple[Mapping[str, object], ...]:
    """Countries in which the count rose by a third or more, and the share by clearly less.

    So clearly that the two cannot be taken for each other after rounding. A share below 1 % is
    left out: with two decimals it is too rough to say how much it rose.
    """
    rises = {iso3: _rises(iso3) for iso3 in COUNTRIES if share_in(iso3, FIRST) >= 1}
    return tuple(
        {"iso3": iso3}
        for iso3, (count, share) in rises.items()
        if count >= 33 and 5 <= share <= min(0.8 * count, count - 15)
    )


def _rise_words(iso3: str) -> dict[str, str]:
    before, after = (migrants_in(iso3, year) for year in (FIRST, LAST))
    share_before, share_after = _printed_shares(iso3)
    count, share = _rises(iso3)
    return {
        "country": named(iso3),
        "before": number(before),
        "after": number(after),
        "share_before": number(share_before, 2),
        "share_after": number(share_after, 2),
        "times": number(after / before, 2),
        "more": number(after - before),
        "count": number(count, 0),
        "share": number(share, 0),
    }


SUPPORTED_ON_PAPER = Variants(
    cases=_rise_cases,
    words=_rise_words,
    expected=lambda iso3: supported_sentence(),
    meaning="The country's population grew as well. So the count rose more than the share, "
    "and each answers its own question.",
    prompt="From 1990 to 2024 the number of migrants in {country} rose from {before} to {after}.\n"
    "Their share of the people of {country} rose from {share_before} to {share_after} % "
    "(2024 edition of the migrant stock, population tables of 2024).\n"
    "**Which sentence do these four numbers support?**",
    options={
        "A": "A person in {country} is now {times} times as likely to be a migrant as in 1990.",
        "B": "{more} people moved to {country} in 2024.",
        "C": "The number of migrants rose by about {count} %. "
        "The chance that a person is one rose by about {share} %.",
        "D": "Migration is out of control.",
    },
)

Q2 = Question(
    id="1.2",
    kind="MCQ",
    name="supported",
    title="What two numbers support",
    prompt="From 1990 to 2024: 154 to 304 million, 2.9 to 3.7 %. Which sentence is supported?",
    form='one letter in quotation marks, "A" to "D"',
    expected=supported_sentence,
    options={
        "A": "A person is now twice as likely to be a migrant as in 1990.",
        "B": "150 million people moved to another country in 2024.",
        "C": "The world's migrants almost doubled in number. "
        "The chance that a person is one rose by a bit more than a quarter.",
        "D": "Migration is out of control.",
    },
    meaning="The world's population grew as well. So the count rose far more than the share, "
    "and each answers its own question.",
    wrong=(
        Wrong(
            "A",
            "You compared the counts. How likely something is, a share tells: "
            "divide the later share by the earlier one.",
            "M03",
        ),
        Wrong(
            "B",
            "These are stocks: everyone who lived abroad at that time, whenever they moved. "
            "No figure here counts the moves of one year.",
            "M01",
        ),
        Wrong(
            "D",
            "“Out of control” is a judgement. "
            "Four numbers cannot say who decides, or how many would be too many.",
        ),
    ),
    pointer="Switch figure 1.1 between “Count” and “Share”. "
    "Compare how much higher each line ends than it began.",
    parallel="A school grows from 200 to 400 pupils, and from 10 to 22 left-handed pupils. "
    "Their number more than doubled. The chance of being one rose from 5.0 to 5.5 %, by a tenth.",
    variants=SUPPORTED_ON_PAPER,
)

# --- 1.3 ------------------------------------------------------------------------------------------

# name: (place of birth, passports). All live in Belgium; all are invented.
PEOPLE = {
    "Amina": ("Brussels", ("Moroccan",)),
    "Jeroen": ("Lubumbashi", ("Belgian",)),
    "Claire": ("Lille", ("French",)),
    "Samir": ("Liège", ("Belgian",)),
    "Rosa": ("Quito", ("Belgian", "Ecuadorian")),
    "Tom": ("Ghent", ("Dutch",)),
}
BORN_IN_BELGIUM = ("Brussels", "Liège", "Ghent")


def who_is_counted(people: Mapping[str, tuple[str, tuple[str, ...]]] = PEOPLE) -> dict[str, str]:
    """For each person: which of two definitions counts them.

    Foreign-born: born outside the country. Foreign national: without a passport of the country.

    >>> who_is_counted()["Tom"]
    'foreign passport only'
    """
    names = {
        (True, False): "born abroad only",
        (False, True): "foreign passport only",
        (True, True): "both",
        (False, False): "neither",
    }
    return {
        name: names[place not in BORN_IN_BELGIUM, "Belgian" not in passports]
        for name, (place, passports) in people.items()
    }


_NOT_BY_BIRTH = "To be born in a country does not make a person its national."
_SWAPPED = "the two definitions have changed places. Foreign-born asks for the birthplace, "
# Name, wrong category, misconception and what to read. Of several wrong entries the first is said.
READ_AGAIN = (
    ("Amina", "both", "M02",
     "look at where she was born. A foreign passport does not change that."),
    ("Jeroen", "neither", "M02",
     "look at where he was born. A Belgian passport does not change that."),
    ("Rosa", "both", "M02",
     "she holds two passports. A foreign national, as defined here, has no Belgian one."),
    ("Samir", "any other", "M02",
     "go by birthplace and passport alone. Neither definition asks about a name or about parents."),
    ("Tom", "both", "M02", "look at where he was born. A Dutch passport does not change that."),
    ("Rosa", "neither", "M02",
     "look at where she was born. A Belgian passport does not change that."),
    ("Amina", "neither", "M02", f"read her passport. {_NOT_BY_BIRTH}"),
    ("Tom", "neither", "M02", f"read his passport. {_NOT_BY_BIRTH}"),
    ("Jeroen", "both", "M02",
     "read his passport. To be born abroad does not make a person a foreign national."),
    ("Claire", "foreign passport only", "", "look at where she was born. Is that in Belgium?"),
    ("Claire", "born abroad only", "", "read her passport. Is it a Belgian one?"),
    ("Claire", "neither", "",
     "read her birthplace for the one definition, and her passport for the other."),
    ("Amina", "born abroad only", "", f"{_SWAPPED}foreign national for her passport."),
    ("Tom", "born abroad only", "", f"{_SWAPPED}foreign national for his passport."),
    ("Jeroen", "foreign passport only", "", f"{_SWAPPED}foreign national for his passport."),
    ("Rosa", "foreign passport only", "",
     f"{_SWAPPED}foreign national whether she lacks a Belgian passport."),
)  # fmt: skip


def _misplaced(name: str, category: str, code: str, hint: str) -> Wrong:
    right = who_is_counted()
    if category == "any other":
        example, matches = "both", lambda answer: answer[name] != right[name]
    else:
        example, matches = category, lambda answer: answer[name] == category
    return Wrong(right | {name: example}, f"{name}: {hint}", code, matches=matches)


# name: a place abroad and its country as the prompt shows it, and its passport. On a paper each of
# these invented people is born there or in Belgium, with that passport, a Belgian one or both.
ABROAD = {
    "Amina": ("Tangier, Morocco", "Moroccan"),
    "Claire": ("Lille, France", "French"),
    "Jeroen": ("Lubumbashi, DR Congo", "Congolese"),
    "Rosa": ("Quito, Ecuador", "Ecuadorian"),
    "Samir": ("Tunis, Tunisia", "Tunisian"),
    "Tom": ("Utrecht, Netherlands", "Dutch"),
}
AT_HOME = dict(zip(ABROAD, ("Brussels", "Ghent", "Liège") * 2, strict=True))


def _person(name: str, category: str, two_passports: bool) -> tuple[str, tuple[str, ...]]:
    """Birthplace and passports of an invented person whom the two definitions count so."""
    place, passport = ABROAD[name]
    if category in ("foreign passport only", "neither"):
        place = AT_HOME[name]
    if category in ("foreign passport only", "both"):
        return place, (passport,)
    return place, ("Belgian", passport) if two_passports else ("Belgian",)


def _people_cases() -> tuple[Mapping[str, object], ...]:
    """Every way to give the six people the four categories, each at least once.

    The last person with a Belgian passport has a second one.
    """
    cases = []
    for pattern in itertools.product(Q3_CATEGORIES, repeat=len(ABROAD)):
        if set(pattern) != set(Q3_CATEGORIES):
            continue
        given = dict(zip(ABROAD, pattern, strict=True))
        belgian = [name for name in given if given[name] in ("born abroad only", "neither")]
        people = {name: _person(name, given[name], name == belgian[-1]) for name in given}
        cases.append({"people": people})
    return tuple(cases)


def _people_words(people: Mapping[str, tuple[str, tuple[str, ...]]]) -> dict[str, str]:
    rows = [f"| {name} | {place} | {listing(held)} |" for name, (place, held) in people.items()]
    return {"people": "\n".join(rows)}


Q3_CATEGORIES = ("born abroad only", "foreign passport only", "both", "neither")
COUNTED_ON_PAPER = Variants(
    cases=_people_cases,
    words=_people_words,
    start=lambda people: dict.fromkeys(people, "?"),
    prompt="Six invented people live in Belgium.\n\n"
    "| name | born in | passport |\n|---|---|---|\n{people}\n\n"
    "One definition counts the **foreign-born**: people born outside the country.\n"
    "Another counts **foreign nationals**: here, people without a Belgian passport.\n"
    "**Which of the two counts whom?**",
)

Q3 = Question(
    id="1.3",
    kind="CLS",
    name="counted",
    title="Who is counted",
    prompt="Six people, two definitions: which of the two counts whom?",
    form="a category in quotation marks for each of the six people",
    expected=who_is_counted,
    options={
        "born abroad only": "counted as foreign-born, not as foreign national",
        "foreign passport only": "counted as foreign national, not as foreign-born",
        "both": "counted by both definitions",
        "neither": "counted by neither",
    },
    start=dict.fromkeys(PEOPLE, "?"),
    meaning="Two definitions pick two different sets of people, and the sets overlap. "
    "Whoever chooses the definition chooses who is a migrant.",
    wrong=tuple(_misplaced(*entry) for entry in READ_AGAIN),
    pointer="In figure 1.2 of the lesson, change the definition and watch who stays counted.",
    parallel="Two people in Japan. Kenji, born in Lima, has a Japanese passport: born abroad only. "
    "Mei, born in Osaka, has a Chinese passport: foreign passport only.",
    variants=COUNTED_ON_PAPER,
)

# --- 1.4 ------------------------------------------------------------------------------------------


def _persons(direction: str) -> dict[str, int]:
    """Component → persons of one part of the register of foreigners in Belgium during 2006."""
    return dict(_register(direction, data.fingerprint()))


@functools.lru_cache(maxsize=16)
def _register(direction: str, tables: tuple) -> dict[str, int]:
    rows = data.load("belgium-register-2006").query("direction == @direction")
    return dict(zip(rows["component"], map(int, rows["persons"]), strict=True))


def two_totals(
    interior: int | None = None, office: int | None = None, waiting: int | None = None
) -> tuple[int, int, int]:
    """Foreigners in Belgium as the ministry and as the office counts them, and who stands between.

    What is not given comes from the tables: the ministry's total of April 2006, and the office's
    total and the waiting register of 1 January 2006.

    >>> two_totals(waiting=0)
    (1004071, 900473, 0)
    """
    if interior is None:
        counts = data.load("belgium-foreigners")
        april = (counts["date"] == "2006-04") & (counts["nationality"] == "TOTAL")
        interior = int(counts.loc[april, "persons"].iloc[0])
    if office is None:
        office = sum(_persons("start").values())
    if waiting is None:
        waiting = sum(_persons("not counted").values())
    return interior, office, waiting


def unexplained(**parameters) -> int:
    """Persons between two totals that the waiting register leaves over (see `two_totals`).

    >>> unexplained()
    12679
    """
    interior, office, waiting = two_totals(**parameters)
    return interior - office - waiting


def gap(**parameters) -> int:
    interior, office, _ = two_totals(**parameters)
    return interior - office


def waiting_register(**parameters) -> int:
    return two_totals(**parameters)[2]


def waiting_added(**parameters) -> int:
    return gap(**parameters) + waiting_register(**parameters)


def turned_round(**parameters) -> int:
    return -unexplained(**parameters)


@functools.lru_cache(maxsize=2)
def _origins(tables: tuple) -> dict[tuple[str, int], dict[str, int]]:
    """Country and year → origin → persons; origins that the UN does not know are left out."""
    rows = data.load("migrant-stock-by-origin").query("origin != 'OOO'")
    rows = rows[rows["dest"].isin(COUNTRIES)]
    found: dict[tuple[str, int], dict[str, int]] = {}
    for dest, origin, year, persons in rows.itertuples(index=False):
        found.setdefault((dest, int(year)), {})[origin] = int(persons)
    return found


def corridor(iso3: str, origin: str, year: int) -> int:
    """Migrants in a country who come from one origin, in persons (2024 edition).

    >>> corridor("CHL", "PER", 2020) > corridor("CHL", "PER", 1990)
    True
    """
    return _origins(data.fingerprint()).get((iso3, year), {}).get(origin, 0)


def two_years(iso3: str, origin: str, start: int, end: int) -> tuple[int, int]:
    """By how many persons a country's migrants rose between two years: all, and one origin's."""
    return (
        migrants_in(iso3, end) - migrants_in(iso3, start),
        corridor(iso3, origin, end) - corridor(iso3, origin, start),
    )


def rise_left_over(iso3: str, origin: str, start: int, end: int) -> int:
    """Persons of a rise that one origin does not account for."""
    total, part = two_years(iso3, origin, start, end)
    return total - part


def _left_over_cases() -> tuple[Mapping[str, object], ...]:
    """For each country and start the origin that rose most, where it is a part and not nearly all.

    Only countries that list the origin in both years: a pair that is not listed may be unknown.
    """
    cases = []
    for iso3, start in itertools.product(COUNTRIES, (1990, 2000, 2010)):
        years = [_origins(data.fingerprint()).get((iso3, year), {}) for year in (start, 2020)]
        both = sorted(years[0].keys() & years[1].keys())
        if not both:
            continue
        origin = max(both, key=lambda one: years[1][one] - years[0][one])
        case = {"iso3": iso3, "origin": origin, "start": start, "end": 2020}
        total, part = two_years(**case)
        if 0.1 * total < part < 0.9 * total and abs(total - 2 * part) > 0.02 * total:
            cases.append(case)
    return apart(cases, rise_left_over, 2)


def _left_over_words(iso3: str, origin: str, start: int, end: int) -> dict[str, object]:
    return {
        "country": named(iso3),
        "origin": named(origin),
        "start": start,
        "end": end,
        "all_start": number(migrants_in(iso3, start)),
        "all_end": number(migrants_in(iso3, end)),
        "part_start": number(corridor(iso3, origin, start)),
        "part_end": number(corridor(iso3, origin, end)),
    }


LEFT_OVER_ON_PAPER = Variants(
    cases=_left_over_cases,
    words=_left_over_words,
    expected=rise_left_over,
    title="Two totals and one origin",
    meaning="One origin explains a part of a rise. The rest is all other origins together, "
    "and some of them may have fallen.",
    prompt="By the 2024 edition of the UN's migrant stock, {all_start} migrants lived in {country} "
    "in {start}, and {all_end} in {end}.\n"
    "Of these, {part_start} came from {origin} in {start}, and {part_end} in {end}.\n"
    "**How many persons of the rise do people from {origin} leave unexplained?**",
    wrong=(
        Wrong(
            lambda **case: two_years(**case)[0],
            "That is the whole rise. Take the rise of the one origin out of it.",
            near=0,
        ),
        Wrong(
            lambda **case: two_years(**case)[1],
            "That is the rise of the one origin. How much of the whole is left without it?",
            near=0,
        ),
        Wrong(
            lambda **case: sum(two_years(**case)),
            "The one origin was added. It is a part of the rise, so take it away.",
            near=0,
        ),
        Wrong(
            lambda **case: -rise_left_over(**case),
            "The direction is turned. Begin with the later year and take the earlier one away.",
            matches=lambda answer: answer < 0,
        ),
    ),
)

Q4 = Question(
    id="1.4",
    kind="NUM",
    name="rest",
    title="Two official totals",
    prompt="Two totals and the waiting register: how many persons remain unexplained?",
    form="a whole number of persons",
    unit="persons",
    expected=unexplained,
    tolerance=0.5,
    meaning="Most of the gap is a definition. The rest is staff registers, a later date and "
    "corrections, and cannot be taken apart here.",
    wrong=(
        Wrong(
            gap,
            "That is the whole gap between the two totals. Take the waiting register out of it.",
            near=0,
        ),
        Wrong(
            waiting_register,
            "That is the waiting register itself. How much of the gap is left without it?",
            near=0,
        ),
        Wrong(
            waiting_added,
            "The waiting register was added. It explains a part of the gap, so take it away.",
            near=0,
        ),
        Wrong(
            turned_round,
            "The direction is turned. Begin with the larger total and take the others away.",
            matches=lambda answer: answer < 0,
        ),
    ),
    pointer="Figure 1.3 of the lesson shows the parts of the gap, one bar each.",
    parallel="A shop counts 520 chairs, its owner 455. The owner leaves out 50 in the window. "
    "520 − 455 − 50 leaves 15 chairs to explain.",
    variants=LEFT_OVER_ON_PAPER,
)

# --- 1.5 ------------------------------------------------------------------------------------------

NEW_NATIONALS = "became Belgian"  # components of the register that the questions name
EMIGRATION = "emigration"
STRUCK_OFF = "struck off by the commune"


def entries_and_exits(
    entries: Mapping[str, int] | None = None, exits: Mapping[str, int] | None = None
) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Component → persons, of entries and of exits; what is not given comes from the table."""
    return (
        _persons("in") if entries is None else entries,
        _persons("out") if exits is None else exits,
    )


def _movement(entries: int, exits: int, net: int) -> list[dict]:
    return [
        {"flow": "in", "persons": entries},
        {"flow": "out", "persons": exits},
        {"flow": "net", "persons": net},
    ]


def _sums(**parameters) -> tuple[int, int]:
    entries, exits = entries_and_exits(**parameters)
    return sum(entries.values()), sum(exits.values())


def register_movement(**parameters) -> list[dict]:
    """Total in, total out and net of a register in one year, in persons.

    >>> [row["persons"] for row in register_movement()]
    [114719, 83031, 31688]
    """
    came, went = _sums(**parameters)
    return _movement(came, went, came - went)


def movement_with_a_minus(**parameters) -> list[dict]:
    came, went = _sums(**parameters)
    return _movement(came, -went, came - went)


def movement_without_new_nationals(**parameters) -> list[dict]:
    entries, exits = entries_and_exits(**parameters)
    left = {name: persons for name, persons in exits.items() if name != NEW_NATIONALS}
    return register_movement(entries=entries, exits=left)


def movement_across_borders(**parameters) -> list[dict]:
    """Only the rows in which somebody certainly crossed a border."""
    crossed = data.load("belgium-register-2006").query("moved_across_border == 'yes'")
    names = set(crossed["component"])
    entries, exits = (
        {name: persons for name, persons in part.items() if name in names}
        for part in entries_and_exits(**parameters)
    )
    return register_movement(entries=entries, exits=exits)


def movement_across_no_border(entries=None, exits=None) -> list[dict]:
    """Only the rows in which certainly nobody crossed a border: the worked cell, continued."""
    stayed = data.load("belgium-register-2006").query("moved_across_border == 'no'")
    names = set(stayed["component"])
    entries, exits = (
        {name: persons for name, persons in part.items() if name in names}
        for part in entries_and_exits(entries, exits)
    )
    return register_movement(entries=entries, exits=exits)


def movement_added_up(**parameters) -> list[dict]:
    came, went = _sums(**parameters)
    return _movement(came, went, came + went)


def movement_turned_round(**parameters) -> list[dict]:
    came, went = _sums(**parameters)
    return _movement(came, went, went - came)


def _flows(answer: Mapping) -> tuple[float, float, float]:
    """In, out and net of an answer as it was read."""
    return tuple(answer[flow]["persons"] for flow in ("in", "out", "net"))


def _added_up(answer: Mapping) -> bool:
    came, went, net = _flows(answer)
    return went > 0 and abs(net - came - went) <= 0.5


def _turned(answer: Mapping) -> bool:
    came, went, net = _flows(answer)
    return net * (came - went) < 0


MOVEMENT_WRONG = (
    Wrong(
        movement_with_a_minus,
        "Write exits without a minus: the word “out” says the direction already. "
        "Net is then in minus out.",
        matches=lambda answer: answer["out"]["persons"] < 0,
    ),
    Wrong(
        movement_without_new_nationals,
        "People who became Belgian are missing from the exits. They did not leave the country, "
        "but they left this category.",
    ),
    Wrong(
        movement_across_borders,
        "Those are only the rows in which somebody certainly crossed a border. "
        "A register also changes when nobody moves: take every row in, and every row out.",
    ),
    Wrong(
        movement_across_no_border,
        "You went on as the worked cell does: only the rows in which nobody crossed a border. "
        "Here every row counts, so leave that condition out.",
    ),
    Wrong(
        movement_added_up,
        "In and out were added. Net is what came in minus what went out.",
        matches=_added_up,
    ),
    Wrong(
        movement_turned_round,
        "The sign of net is turned. Net is what came in minus what went out.",
        matches=_turned,
    ),
)


def movement_of_all_rows(**parameters) -> list[dict]:
    return register_movement()


def _movement_cases() -> tuple[Mapping[str, object], ...]:
    """The register without one of its entries, one of its exits, or one of each."""
    entries, exits = entries_and_exits()
    left_out = itertools.product((None, *entries), (None, *exits))
    return tuple(
        {
            "entries": {name: persons for name, persons in entries.items() if name != came},
            "exits": {name: persons for name, persons in exits.items() if name != went},
        }
        for came, went in left_out
        if came or went
    )


def _movement_words(entries: Mapping[str, int], exits: Mapping[str, int]) -> dict[str, str]:
    whole = [name for part in entries_and_exits() for name in part]
    missing = [f"“{name}”" for name in whole if name not in entries and name not in exits]
    return {"rows": f"the row{'s' if len(missing) > 1 else ''} {listing(missing)}"}


MOVEMENT_ON_PAPER = Variants(
    cases=_movement_cases,
    words=_movement_words,
    meaning="What a register shows depends on the rows that it keeps.",
    prompt="An office asks what the register of 2006 would show without {rows}.\n"
    "**How many persons then came into this count in 2006, how many went out, and what is the "
    "net?**\n"
    "Net is what came in minus what went out.\n"
    "Use all other rows of the table above.",
    wrong=(
        Wrong(
            movement_of_all_rows,
            "Those are all rows of the register. Leave out what the question leaves out.",
        ),
        *MOVEMENT_WRONG,
    ),
)

Q5 = Question(
    id="1.5",
    kind="DF",
    name="movement",
    title="A register in motion",
    prompt="Total in, total out and net of the register of foreigners in 2006.",
    form="a table with the columns flow and persons, and the rows in, out and net",
    unit="persons",
    expected=register_movement,
    keys=("flow",),
    tolerance=0.5,
    start={"columns": ["flow", "persons"], "rows": [["in", "?"], ["out", "?"], ["net", "?"]]},
    meaning="The parts add up to the change from one New Year to the next. "
    "Some of them moved nobody across a border.",
    wrong=MOVEMENT_WRONG,
    pointer="In figure 1.4, exits stand on the left and entries on the right. Add up each side.",
    parallel="A library bought 40 books and got 10 back from repair: in 50. "
    "It sold 20 and lost 5: out 25. Net is 50 − 25 = 25.",
    variants=MOVEMENT_ON_PAPER,
)

# --- 1.6 ------------------------------------------------------------------------------------------

EXIT_LETTERS = {
    "A": "deaths",
    "B": EMIGRATION,
    "C": STRUCK_OFF,
    "D": NEW_NATIONALS,
}


def largest_exits(exits: Mapping[str, int] | None = None) -> dict[str, str]:
    """Letter of the largest exit: (a) as listed, (b) with people struck off counted as having left.

    >>> largest_exits()
    {'a': 'D', 'b': 'B'}
    """
    _, exits = entries_and_exits(exits=exits)
    letter = {name: sign for sign, name in EXIT_LETTERS.items()}
    merged = {name: persons for name, persons in exits.items() if name != STRUCK_OFF}
    merged[EMIGRATION] += exits[STRUCK_OFF]
    return {"a": letter[max(exits, key=exits.get)], "b": letter[max(merged, key=merged.get)]}


Q6 = Question(
    id="1.6",
    kind="MCQ",
    name="largest_exit",
    title="The largest exit",
    prompt="The largest exit (a) as listed and (b) with people struck off counted as having left.",
    form='one letter for "a" and one for "b", each "A" to "D"',
    expected=largest_exits,
    options=EXIT_LETTERS,
    start={"a": "?", "b": "?"},
    meaning="Nobody moved between the two readings. The category decided which exit is largest.",
    wrong=(
        Wrong(
            {"a": "A", "b": "B"},
            "Look at the sizes again: deaths are the smallest of the four exits.",
            matches=lambda answer: "A" in answer.values(),
        ),
        Wrong(
            {"a": "B", "b": "D"},
            "Which bar does the box in figure 1.4 lengthen? It leads only once the box is ticked.",
        ),
        Wrong(
            {"a": "D", "b": "D"},
            "The same exit twice. Tick the box in figure 1.4: counting people struck off as having "
            "left makes one bar longer.",
            matches=lambda answer: answer["a"] == answer["b"],
        ),
    ),
    pointer="Figure 1.4 has a box for people struck off. "
    "Read the longest exit on the left, before and after you tick it.",
    parallel="A club loses 30 members who cancel, 25 who stop paying and 40 who change to another "
    "section. Changing is the largest. Count those who stop paying as cancelled, and 55 lead.",
)

# --- 1.7 ------------------------------------------------------------------------------------------


_PER_HUNDRED = ("per 100", "of 100", "per hundred")


def share_chart() -> dict[str, tuple[str, ...]]:
    """What the chart must show. ``x`` and ``y`` are parts of field names.

    A field with a part of ``avoid`` must not stand on y. A field that the chart calculates is
    known by what it is calculated from. The unit may stand in the title of the y axis or of the
    chart, as whole words. There is one row a year, so the operations of ``summary`` leave each
    share as it is.
    """
    return {
        "mark": ("line",),
        "x": ("year",),
        "y": ("share", "percent", "per_cent", "pct"),
        "avoid": ("million", "migrants", "count", "population"),
        "summary": ("mean", "average", "sum", "min", "max", "median"),
        "unit": ("%", "percent", "per cent", "percentage", "pct", *_PER_HUNDRED),
    }


def _line(y: dict, mark: object = "line", x: str = "year") -> dict:
    return {"mark": mark, "encoding": {"x": {"field": x, "type": "ordinal"}, "y": y}}


_SHARE = {"field": "share_percent", "type": "quantitative", "title": "% of the world's people"}
_COUNT = {"field": "migrants_million", "type": "quantitative", "title": "Migrants (million)"}

Q7 = Question(
    id="1.7",
    kind="CHT",
    name="chart",
    title="A chart of the share",
    prompt="Chart the share of migrants over time.",
    form="a line chart with the year on x and the share on y, and the unit in a title",
    expected=share_chart,
    start={"mark": "line", "encoding": {"x": {"field": "year", "type": "ordinal"}}},
    right_example=_line(_SHARE),
    meaning="A line, a share and its unit: a reader can now tell how common migrants are, "
    "and see how slowly that changes.",
    wrong=(
        Wrong(
            {"layer": [_line(_COUNT), _line(_SHARE)], "resolve": {"scale": {"y": "independent"}}},
            "Two scales on one chart make any two lines meet. "
            "Draw two charts, or turn both series into an index.",
            matches=lambda answer: answer["dual"],
        ),
        Wrong(
            _line(_COUNT),
            "That line shows the count. How common migrants are is told by the share.",
            "M03",
            matches=lambda answer: answer["avoided"],
        ),
        Wrong(
            _line(_SHARE | {"aggregate": "count"}),
            "The y axis counts the rows of each year, and there is one a year. "
            "Put the share itself on y, without count, distinct or valid.",
            matches=lambda answer: "summary" in answer["misused"],
        ),
        Wrong(
            _line(_SHARE | {"type": "nominal"}),
            "The shares stand on y as names, each one step from the next. "
            "Make them a quantity: end the field in :Q, or leave the letter out.",
            matches=lambda answer: "type" in answer["misused"],
        ),
        Wrong(
            _line(_SHARE | {"bin": True}),
            "The shares are put into classes, so the small changes disappear. Take bin away.",
            matches=lambda answer: "bin" in answer["misused"],
        ),
        Wrong(
            _line(_SHARE) | {"transform": [{"filter": "datum.year > 2050"}]},
            "A filter leaves years out. Draw every row of the table: take the filter away.",
            matches=lambda answer: answer["filtered"],
        ),
        Wrong(
            _line(_SHARE | {"field": "part"})
            | {"transform": [{"calculate": "datum.share_percent / 100", "as": "part"}]},
            "Your calculation makes the share a part of one, and the title says per cent. "
            "Draw the share in %, as the table has it.",
            matches=lambda answer: "part" in answer["misused"] and answer["unit"],
        ),
        Wrong(
            {
                "mark": "line",
                "encoding": {"x": _SHARE, "y": {"field": "year", "type": "quantitative"}},
            },
            "The axes are turned. Time goes on x, from left to right, and the share on y.",
            matches=lambda answer: answer["turned"],
        ),
        Wrong(
            _line(_SHARE, mark="bar"),
            "The share and the year are in place. Join the years: a change over time reads best "
            "as a line.",
            matches=lambda answer: answer["fields"] and not answer["marked"],
        ),
        Wrong(
            _line({"field": "share_percent", "type": "quantitative"}),
            "The line is right. A reader does not know its unit: give the y axis a title that "
            "says what the share is a share of, in %.",
            matches=lambda answer: answer["fields"] and answer["marked"] and not answer["unit"],
        ),
    ),
    pointer="The worked cell above draws the count. Change what stands on y, and its title. "
    "Figure 1.1 set to “Share” is how it can look.",
    parallel="For bread prices: alt.Chart(prices).mark_line().encode("
    'x="month:O", y=alt.Y("price", title="Price of a loaf (euro)")).',
)

# --- 1.8 ------------------------------------------------------------------------------------------


def todays_description() -> str:
    """The letter of the best description today of the 191 million printed in 2006.

    The same year is 191.4 million in the 2020 edition and 192.8 million in the 2024 edition.
    """
    return "B"


EDITIONS = ("2019", "2020", "2024")


def _edition_cases() -> tuple[Mapping[str, object], ...]:
    """Countries and years for which three editions give three numbers, each 0.2 % or more apart."""
    cases = []
    for iso3, year in itertools.product(COUNTRIES, YEARS[:6]):
        told = sorted(migrants_in(iso3, year, edition) for edition in EDITIONS)
        if all(later >= 1.002 * one for one, later in itertools.pairwise(told)):
            cases.append({"iso3": iso3, "year": year})
    return tuple(cases)


def _edition_words(iso3: str, year: int) -> dict[str, object]:
    told = (number(migrants_in(iso3, year, edition)) for edition in EDITIONS)
    return {"country": named(iso3), "year": year} | dict(
        zip(("first", "second", "third"), told, strict=True)
    )


DESCRIBED_ON_PAPER = Variants(
    cases=_edition_cases,
    words=_edition_words,
    expected=lambda iso3, year: todays_description(),
    prompt="For {year} the 2019 edition of the UN's migrant stock gives {first} migrants in "
    "{country}.\n"
    "The editions of 2020 and 2024 give {second} and {third} for the same year.\n"
    "**How is the number of the 2019 edition best described today?**",
    options={
        "A": "Still exact: an official total does not change once it is printed.",
        "B": "An estimate of its edition: check the current one.",
        "C": "Wrong: later editions give another figure for the same year.",
        "D": "The number of people who moved to {country} in {year}.",
    },
    wrong=(
        Wrong(
            "A",
            "Later editions give another figure for the same year. "
            "An exact-looking total is still an estimate.",
            "M04",
        ),
        Wrong("C", "A figure can be revised although nobody made a mistake.", "M05"),
        Wrong("D", "It is a stock: everyone who lived abroad then, whenever they moved.", "M01"),
    ),
)

Q8 = Question(
    id="1.8",
    kind="MCQ",
    name="described",
    title="An old number today",
    prompt="How is the 191 million printed in 2006 best described today?",
    form='one letter in quotation marks, "A" to "D"',
    expected=todays_description,
    options={
        "A": "Still exact: an official total does not change once it is printed.",
        "B": "An estimate of its edition: check the current one.",
        "C": "Wrong: later editions give another figure for the same year.",
        "D": "The number of people who moved to another country in 2005.",
    },
    meaning="Later editions estimate the same year again, from better sources. "
    "Old is not the same as wrong.",
    wrong=(
        Wrong(
            "A",
            "Later editions give another figure for the same year. "
            "An exact-looking total is still an estimate.",
            "M04",
        ),
        Wrong(
            "C",
            "It agreed with the estimates of its time. "
            "A figure can be revised although nobody made a mistake.",
            "M05",
        ),
        Wrong(
            "D",
            "It is a stock: everyone who lived abroad in 2005, whenever they moved.",
            "M01",
        ),
    ),
    pointer="In figure 1.1, set “Show” to “Difference”, choose all editions and look at 2005.",
    parallel="A country reports growth of 1.4 % for a year, and two years later 1.7 % for the same "
    "year. Nobody miscounted. Each figure is the best of its date.",
    variants=DESCRIBED_ON_PAPER,
)

# --- 1.9 ------------------------------------------------------------------------------------------

FOUR_LABELS = {"A": "definition", "B": "date", "C": "edition", "D": "source"}
STATED = {"B", "D"}  # what the newspaper's sentence does say: 1 January 2023, and Statbel


def labels_left_out() -> set[str]:
    """Letters of the labels that the sentence of question 1.9 lacks.

    >>> sorted(labels_left_out())
    ['A', 'C']
    """
    return set(FOUR_LABELS) - STATED


Q9 = Question(
    id="1.9",
    kind="MSQ",
    name="left_out",
    title="A number without its labels",
    prompt="“On 1 January 2023, 21.0 % of the people in Belgium had a foreign background, says the "
    "statistical office.” Which of the four labels are left out?",
    form='one or several letters in a list, such as ["B", "D"]',
    expected=labels_left_out,
    options=FOUR_LABELS,
    meaning="Statbel's group is “Belgian with a foreign background”: people who are not Belgian "
    "stand in a group of their own. Without that definition a reader leaves them out, or counts "
    "them twice.",
    wrong=(
        Wrong(
            {"C"},
            "Does the sentence say who has a foreign background, and whether people who are not "
            "Belgian are among them? Look at figure 1.2 and the text below it.",
            "M02",
            matches=lambda answer: answer == {"C"},
        ),
        Wrong(
            {"A"},
            "So far so good. Offices correct their figures later: "
            "does the sentence say which publication it is from?",
            "M05",
            matches=lambda answer: answer == {"A"},
        ),
        Wrong(
            {"A", "B", "C", "D"},
            "Two of the four labels do stand there. Who says it, and of which day?",
            matches=lambda answer: not answer.isdisjoint(STATED),
        ),
    ),
    pointer="The lesson gives one full label, below claim 1.2. "
    "Go through its four parts, and look for each in the newspaper's sentence.",
    parallel="“Unemployment is 6 %”, and nothing else. Who counts as unemployed, when, "
    "in which edition, says who? All four labels are left out.",
)

QUESTIONS = (Q1, Q2, Q3, Q4, Q5, Q6, Q7, Q8, Q9)

# --- in the lesson --------------------------------------------------------------------------------

POLLS = (
    Poll(
        "1.recall.1",
        "recall",
        "A cinema notes how many people came in today, and how many sit inside at 8 o'clock. "
        "Which of the two can fall while nobody new comes in?",
        ("The number who came in today", "The number inside at 8 o'clock", "Both", "Neither"),
        (
            "It can only grow during the day: a person who leaves still came in.",
            "Yes. Those inside are what comings and goings leave behind. "
            "In this lesson that is a stock, and those who came in are a flow.",
            "Those who came in today still came in, even after they leave.",
            "When people go home, the hall empties although nobody comes in.",
        ),
    ),
    Poll(
        "1.recall.2",
        "recall",
        "Ten of the 50 shops in one town are bakeries, and 20 of the 400 shops in another. "
        "Where is a shop more likely to be a bakery?",
        ("In the first town", "In the second town", "Equally likely", "One cannot tell"),
        (
            "Yes. One in five against one in twenty. The smaller count is the larger share.",
            "It has more bakeries, among many more shops. How likely is a matter of the share.",
            "Divide each count by its shops: one in five, and one in twenty.",
            "Both numbers of each town are given: divide one by the other.",
        ),
    ),
    Poll(
        "1.recall.3",
        "recall",
        "After a wedding two aunts counted the guests. One counted the children and got 140. "
        "The other left them out and got 112. Who is wrong?",
        ("The first", "The second", "Neither", "Both"),
        (
            "She counted what she meant to count. So did the other.",
            "She counted what she meant to count. So did the first.",
            "Yes. They counted by two definitions. A number needs its definition beside it.",
            "Each number is right for its own definition of a guest.",
        ),
    ),
    Poll(
        "1.choose.1",
        "recall",
        "A city asks how many school places it must build for children who arrived this year. "
        "Count or share?",
        ("A count", "A share", "Either will do"),
        (
            "Yes. Places are built one by one, whatever else the city's population does.",
            "A share says how common such children are. It gives the number of places only when "
            "multiplied by all children: that is the count again.",
            "Two cities with the same share may need very different numbers of places.",
        ),
    ),
    Poll(
        "1.choose.2",
        "recall",
        "A newspaper asks how common it is to live abroad, now and in 1990. Count or share?",
        ("A count", "A share", "Either will do"),
        (
            "The world's population grew as well, so a count grows even when nothing becomes more "
            "common. Divide it by everyone.",
            "Yes. “How common” asks for a part of everyone, in both years.",
            "The two grew by very different amounts: look again at claim 1.1.",
        ),
    ),
    Poll(
        "1.choose.3",
        "recall",
        "A minister asks which of two countries is more open, a small one or a large one. "
        "Count or share?",
        ("A count", "A share", "A share, and still more than it"),
        (
            "A large country has more of almost everything. "
            "A count compares their size before it compares anything else.",
            "It makes a small and a large country comparable. But residents born abroad may have "
            "come under older rules: is that what “open” means?",
            "Yes. A share makes the two comparable. “Open” also asks for rules and for recent "
            "entries, and a stock shows neither.",
        ),
    ),
    Poll(
        "1.vote",
        "vote",
        "If every foreigner in Belgium became Belgian tonight, Belgium's migrant stock as the "
        "United Nations counts it would …",
        ("… stay the same", "… fall to zero", "… fall by the number of foreigners", "… double"),
        reasoning="For Belgium the United Nations counts people born abroad. "
        "A new passport does not change a birthplace, so the stock would stay the same. "
        "A count of foreign nationals would fall to zero.",
    ),
    Poll(
        "1.exit",
        "text",
        "How many migrants are there, and who decides? First: one number with its four labels "
        "(definition, date, edition, source), one sentence on what it does not say, "
        "and who decided it. "
        "Second: your town asks how likely a neighbour is to be born abroad. "
        "Does it need a count or a share, and why? "
        "Third: take one of the two Belgian totals of 2006. "
        "What does it count that the other does not? "
        "Your teacher may read it.",
    ),
)
