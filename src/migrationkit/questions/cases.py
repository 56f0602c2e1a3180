"""Pools of cases for papers: countries with full tables, their names in a sentence, spacing.

A lesson's module makes the cases of its questions from these, as data for ``Variants``.
"""

from __future__ import annotations

import collections
import functools
from collections.abc import Callable, Iterable, Mapping

from ..data import fingerprint, load

# Countries of all regions with a long series of migrants and people, and with no break that a
# caveat of the table warns of. Small places are left out: rounding would decide there.
COUNTRIES = (
    "ARG", "AUS", "AUT", "BEL", "CAN", "CHE", "CHL", "CIV", "COL", "CRI", "CZE", "DEU", "DNK",
    "DOM", "ECU", "ESP", "FIN", "FRA", "GAB", "GBR", "GRC", "HUN", "IRL", "ITA", "JPN", "KAZ",
    "KOR", "MYS", "NLD", "NOR", "NZL", "PAN", "PRT", "SGP", "SWE", "THA", "TUR", "UGA", "URY",
    "USA", "ZAF",
)  # fmt: skip

_WITH_THE = (
    "Bahamas", "Central African", "Comoros", "Congo", "Dem", "Dominican R", "Gambia", "Lao People",
    "Marshall", "Netherlands", "Niger ", "Philippines", "Republic", "Russian", "Solomon", "State",
    "Syrian", "United",
)  # fmt: skip


def dates(events: Mapping[str, str]) -> dict[str, str]:
    """For each card the date of its one event in the table timeline, as exact as the source.

    ``events`` gives for each card words that stand in one event and in no other.

    >>> dates({"the Dialogue": "First UN High-Level Dialogue"})
    {'the Dialogue': '2006-09-14/15'}
    """
    return {card: _date(words, fingerprint()) for card, words in events.items()}


@functools.lru_cache(maxsize=512)
def _date(words: str, tables: tuple) -> str:
    rows = load("timeline")
    return rows[rows.event.str.contains(words, regex=False)].date.item()


def in_order(events: Mapping[str, str]) -> tuple[str, ...]:
    """The cards from the oldest event to the newest."""
    when = dates(events)
    return tuple(sorted(when, key=when.get))


def moved(order: Iterable[str], card: str, before: str) -> tuple[str, ...]:
    """An order with one card put before another.

    >>> moved(("a", "b", "c"), "c", before="a")
    ('c', 'a', 'b')
    """
    cards = [one for one in order if one != card]
    place = cards.index(before)
    return (*cards[:place], card, *cards[place:])


MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def in_words(date: str) -> str:
    """A date of a table as a sentence tells it.

    >>> in_words("2018-12-19")
    '19 December 2018'
    """
    year, month, day = map(int, date.split("-"))
    return f"{day} {MONTHS[month - 1]} {year}"


def named(iso3: str) -> str:
    """A country's name as it stands inside a sentence.

    >>> named("NLD"), named("CHL")
    ('the Netherlands', 'Chile')
    """
    name = _names(fingerprint())[iso3]
    return f"the {name}" if name.startswith(_WITH_THE) else name


@functools.lru_cache(maxsize=2)
def _names(tables: tuple) -> dict[str, str]:
    countries = load("countries")
    return dict(zip(countries["iso3"], countries["name"], strict=True))


def apart(
    cases: Iterable[Mapping[str, object]], value: Callable[..., float], gap: float
) -> tuple[Mapping[str, object], ...]:
    """Those cases whose value lies at least ``gap`` from that of every case kept before.

    So an answer copied from another case is never right by accident.

    >>> apart([{"n": 1}, {"n": 2}, {"n": 9}], lambda n: n, 5)
    ({'n': 1}, {'n': 9})
    """
    kept: list[Mapping[str, object]] = []
    values: list[float] = []
    for case in cases:
        here = value(**case)
        if all(abs(here - other) >= gap for other in values):
            kept.append(case)
            values.append(here)
    return tuple(kept)


def few_alike(
    cases: Iterable[Mapping[str, object]], value: Callable[..., object], most: int
) -> tuple[Mapping[str, object], ...]:
    """The cases, without those whose value ``most`` earlier ones have already.

    >>> few_alike([{"n": 1}, {"n": -1}, {"n": 2}], lambda n: abs(n), 1)
    ({'n': 1}, {'n': 2})
    """
    kept, seen = [], collections.Counter()
    for case in cases:
        answer = repr(value(**case))
        seen[answer] += 1
        if seen[answer] <= most:
            kept.append(case)
    return tuple(kept)
