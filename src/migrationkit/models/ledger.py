"""The claims ledger: what the two founding texts say, and what the tables say now.

`data/ledger.csv` holds the claims: place, value, definition, date, tables. It holds no verdict.
`data/text-outline.csv` lists every paragraph and footnote, so that each place can be found.

A new claim is a row of `ledger.csv` and, when a table can answer it, one function below under the
row's id: it takes an edition of `migrant-stock` and returns what it `Found`. The verdict is never
written by hand: `verdict` is the whole rule. A row that names no table has no function and cannot
be checked; a row that is not factual (an opinion) gets no verdict.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from migrationkit import data
from migrationkit.errors import KitError
from migrationkit.text import listing, number, percent

VERDICTS = [
    *("held up", "revised", "outgrown", "redefined"),
    *("imprecise", "not supported", "cannot be checked"),
]
REVISION = 5.0  # per cent: how far an edition may move a figure that is still the same figure
SIZE = 25.0  # per cent: how far a figure may be off and still be of the right size
ADDED = ["value_now", "unit_now", "edition_now", "verdict", "why"]
_NOTHING = {"value_then": "", "unit": "", "tables": "", "edition": "", "within": 0.0}


@dataclass(frozen=True)
class Found:
    """What the tables hold about one claim, in the claim's unit; names for a list.

    The text is never evidence for itself: rows of a table that quote it are left out.
    """

    value: Any = None  # the same thing at the same date, or None
    detail: str = ""  # what a reader must know besides, in a sentence or two
    other: Any = None  # when there is no such value: another definition of the same words
    later: Any = None  # only for a claim that is meant to go on: the value of the last date
    rest: bool = True  # what else the claim says and its value cannot hold ("the most")
    unit: str = ""  # when it is not the claim's


# ---- The rule ----------------------------------------------------------------------------------


def verdict(
    then, now, relation="equal", within=0.0, *, other=None, later=None, rest=True, revised=False
) -> str:
    """One of `VERDICTS`, from the value of the text (`then`) and that of the tables (`now`).

    `relation` is "equal", "more than" (a bound) or "in order" (two lists of names). A number
    fits when it is less than `within` away, a bound when `now` is above it, a list when it is the
    same. The rule, in this order:

    - no `now`: *cannot be checked*, but *redefined* when there is an `other` that does not fit;
    - the `rest` of the claim is untrue: *not supported*;
    - it fits: *held up*, but *outgrown* when a `later` value no longer fits;
    - off by at most 5 %, and the tables come in editions (`revised`): *revised*;
    - off by at most 25 %: *imprecise*; all else is *not supported*.

    A list is off by the share of its names that are missing.

    >>> verdict(191, 191.4, within=0.5), verdict(191, 192.8, within=0.5, revised=True)
    ('held up', 'revised')
    >>> verdict(60, 72.5, "more than"), verdict(34, 34, later=60)
    ('held up', 'outgrown')
    >>> verdict(1_004_071, None, within=3000, other=900_473), verdict(5, None)
    ('redefined', 'cannot be checked')
    """
    fits = partial(_fits, then, relation=relation, within=within)
    if now is None:
        if other is None:
            return "cannot be checked"
        return "held up" if fits(other) else "redefined"
    if not rest:
        return "not supported"
    if fits(now):
        return "held up" if later is None or fits(later) else "outgrown"
    off = abs(_off(then, now))
    if revised and off <= REVISION:
        return "revised"
    return "imprecise" if off <= SIZE else "not supported"


def _fits(then, now, relation: str, within: float) -> bool:
    if relation == "more than":
        return now > then
    # Half of the last digit would be rounded up: 191.5 is no longer 191.
    return now == then or (relation == "equal" and -within <= now - then < within)


def _off(then, now) -> float:
    """By how many per cent `now` differs from `then`."""
    if isinstance(then, list):
        return 100 * len(set(then) - set(now)) / len(then)
    return 100 * (now - then) / then if then else float("inf")


# ---- What others call --------------------------------------------------------------------------


def load() -> pd.DataFrame:
    """The claims as they stand in `data/ledger.csv`: one row a claim, `id` first, no verdict.

    >>> load().set_index("id").loc["C02", "value_then"]
    '191'
    """
    return data.load("ledger")


def evaluate(edition: str | None = None) -> pd.DataFrame:
    """The claims with `value_now`, `unit_now`, `edition_now`, `verdict` and `why`.

    `edition` is one of `migrant-stock` and changes the rows that use that table; without it each
    row uses its own. `value_now` is a number in `unit_now`, names with semicolons between them,
    or None; `verdict` and `why` are None for an opinion. Raises `KitError` for an edition that
    does not exist.

    >>> evaluate("2020").set_index("id").loc["C02", "verdict"]
    'held up'
    """
    if edition is not None and str(edition) not in editions():
        raise KitError(
            f"There is no edition {str(edition)!r} of the migrant stock. "
            f"The editions are {listing(editions())}."
        )
    claims = load()
    rows = claims.fillna(_NOTHING).itertuples()
    added = [_evaluate(claim, str(edition or claim.edition)) for claim in rows]
    return claims.join(pd.DataFrame(added, claims.index, ADDED, dtype="object"))


def for_lesson(lesson: int, edition: str | None = None) -> pd.DataFrame:
    """The rows of one lesson to show, by id: claim, where, then, now, verdict, why (all text).

    "Now" names each edition that has a value; the verdict is that of `edition`.

    >>> for_lesson(1).loc["C02", "now"]
    '191 (2006 print), 191.6 (2019), 191.4 (2020), 192.8 (2024)'
    """
    rows = evaluate(edition).query("lesson == @lesson").fillna(_NOTHING).set_index("id")
    values = {name: evaluate(name).set_index("id")["value_now"] for name in editions()}

    def then(claim):
        bound = "more than " if claim.relation == "more than" else ""
        return bound + _say(claim.value_then, claim.unit)

    def now(claim):
        if not _follows(claim.tables):
            return _say(claim.value_now, claim.unit_now or "")
        here = {name: column[claim.Index] for name, column in values.items()}
        said = [f"{_say(value)} ({name})" for name, value in here.items() if value is not None]
        return ", ".join(said) or _say(None)

    rows["where"] = rows["text"] + ", " + rows["section"] + ", " + rows["place"]
    rows["then"] = [then(claim) for claim in rows.itertuples()]
    rows["now"] = [now(claim) for claim in rows.itertuples()]
    return rows[["claim", "where", "then", "now", "verdict", "why"]]


def editions() -> list[str]:
    """The editions of `migrant-stock`, oldest first.

    >>> editions()
    ['2006 print', '2019', '2020', '2024']
    """
    return sorted(data.load("migrant-stock")["edition"].unique())


# ---- One row -----------------------------------------------------------------------------------


def _evaluate(claim, edition: str) -> tuple:
    """The values of `ADDED` for one claim."""
    used = edition if _follows(claim.tables) else claim.edition
    found = ANSWERS[claim.id](used) if claim.factual and claim.tables else Found()
    shown = found.other if found.value is None else found.value
    value = "; ".join(shown) if isinstance(shown, list) else shown
    unit = None if shown is None else found.unit or claim.unit
    source = used or next((data.resource(t)["edition"] for t in claim.tables.split()), None)
    if not claim.factual:
        return value, unit, source, None, None
    then = _parse(claim.value_then)
    word = verdict(
        *(then, found.value, claim.relation, claim.within),
        other=found.other,
        later=found.later,
        rest=found.rest,
        revised=bool(claim.edition),
    )
    where = f" in edition {used}" if used else ""
    why = f"{_sentence(word, claim, then, shown, found.later, where)} {found.detail}"
    return value, unit, source, word, why.strip()


def _sentence(word: str, claim, then, shown, later, where: str) -> str:
    """What the rule saw, in words."""
    if shown is None:
        return f"The tables hold no second figure of this kind{where}."
    says = _say(shown, claim.unit)
    if word == "held up":
        text = "order" if isinstance(then, list) else _say(then)
        if claim.relation == "more than":
            above = percent(_off(then, shown), 0)
            return f"The tables say {says}{where}: above the bound of {text}, by {above}."
        return f"The tables say {says}{where}; the text's {text} fits."
    if word == "outgrown":
        return f"The tables say {says} for that date, as the text does, and {_say(later)} now."
    if isinstance(then, list):
        missing = listing(name for name in then if name not in shown)
        how = f"without {missing}" if missing else "in another order"
    else:
        more = "above" if shown > then else "below"
        bound = "bound of " if claim.relation == "more than" else ""
        how = f"{percent(abs(_off(then, shown)))} {more} the {bound}{_say(then)} of the text"
    if word == "redefined":
        return f"The tables hold no second figure of this kind; another count says {says}, {how}."
    return f"The tables say {says}{where}, {how}."


def _follows(tables: str) -> bool:
    """Does the choice of an edition of `migrant-stock` bear on a row with these tables?"""
    return "migrant-stock" in tables.split()


def _parse(value):
    """A number, or the names of a list (with semicolons between them)."""
    try:
        return float(value)
    except ValueError:
        return value.split("; ")


def _say(value, unit: str = "") -> str:
    """A value as people read it: whole from a thousand on, else with one decimal at most."""
    value = _parse(value) if isinstance(value, str) else value
    if isinstance(value, list):
        return listing(value)
    short = value is None or abs(value) >= 1000
    return f"{number(value, 0) if short else number(round(value, 1))} {unit}".strip()


# ---- The answers, by row -----------------------------------------------------------------------

ANSWERS: dict[str, Callable[[str], Found]] = {}


def answers(id: str):
    """Puts a function under the id of its row."""
    return lambda function: ANSWERS.setdefault(id, function)


def _first(column: pd.Series):
    """The first value of a column, or None when there is none."""
    return column.iloc[0] if len(column) else None


def _world(edition: str, year: int) -> float | None:
    """Migrants of the world in one edition and year (persons), or None."""
    table = data.load("migrant-stock").query("edition == @edition and year == @year")
    return _first(table.query("iso3 == 'WLD'")["migrants"])


def _groups(edition: str, year: int, by: str) -> pd.Series:
    """Million migrants by group of countries, smallest first; empty when the edition has none."""
    table = data.load("migrant-stock").query("edition == @edition and year == @year")
    table = table.merge(data.load("countries"), on="iso3")
    return table.groupby(by)["migrants"].sum().sort_values() / 1e6


@answers("C02")
def _migrants(edition):
    migrants = _world(edition, 2005)
    return Found(migrants and migrants / 1e6)


@answers("C03")
def _share(edition):
    migrants = _world(edition, 2005)
    people = data.load("population").query("iso3 == 'WLD' and year == 2005")["population"]
    if migrants is None or people.empty:
        return Found()
    share = 100 * migrants / people.item()
    return Found(
        share,
        f"It is {percent(share, 2)} of a world population that is the same for every edition.",
    )


@answers("C04")
def _developed(edition):
    groups = _groups(edition, 2005, "development")
    if groups.empty:
        return Found()
    share = 100 * groups["more developed"] / groups.sum()
    majority = f"That is {percent(share)} of all: {'a' if share > 50 else 'no'} majority."
    return Found(groups["more developed"], majority, rest=share > 50)


@answers("C38")
def _europe(edition):
    regions = _groups(edition, 2010, "region")
    if regions.empty:
        return Found()
    largest, rival = regions.index[-1], regions.drop("Europe").index[-1]
    detail = f"{rival} has {number(regions[rival], 1)} million: {largest} is the largest."
    return Found(regions["Europe"], detail, rest=largest == "Europe")


@answers("C05")
def _south_south(edition):
    less = data.load("countries").query("development == 'less developed'")["iso3"]
    pairs = data.load("migrant-stock-by-origin")
    pairs["kind"] = "between others"
    pairs.loc[pairs["dest"].isin(less) & pairs["origin"].isin(less), "kind"] = "south-south"
    unknown = pairs["origin"] == "OOO"  # other or unknown origin
    pairs.loc[unknown, "kind"] = "unknown"
    pairs.loc[unknown & pairs["dest"].isin(less), "kind"] = "unknown in the south"
    persons = pairs.pivot_table(index="year", columns="kind", values="persons", aggfunc="sum")
    south, everyone = persons["south-south"], persons.sum(axis=1)
    share = 100 * south / (south + persons["between others"])
    low, high = south / everyone, (south + persons["unknown in the south"]) / everyone
    return Found(
        share[2005],
        "Migrants of unknown origin are left out; with them it lies between "
        f"{number(100 * low[2005], 1)} and {percent(100 * high[2005])}. "
        f"In 2024 it is {percent(share[2024])}.",
    )


def _foreigners(date: str, basis: str) -> pd.Series:
    """Foreign citizens in Belgium by nationality, most first; rows that quote the Note left out."""
    table = data.load("belgium-foreigners").query("date == @date and count_basis == @basis")
    table = table[~table["source"].str.startswith("Matsas 2006")].drop_duplicates("nationality")
    return table.set_index("nationality")["persons"].sort_values(ascending=False)


@answers("C06")
def _registered(edition):
    same = _foreigners("2006-04", "Interior ministry").get("TOTAL")
    register = data.load("belgium-register-2006").query("direction == 'not counted'")["persons"]
    return Found(
        same,
        f"The statistical office, on 1 January 2006, leaves out the {number(_first(register))} "
        "people of the waiting register for asylum and the registers of EU and NATO staff.",
        other=_foreigners("2006-01-01", "statistical office").get("TOTAL"),
        unit="" if same else "persons, statistical office, 1 January 2006",
    )


@answers("C07")
def _eu_order(edition):
    eu = (  # members in April 2006
        "AUT BEL CYP CZE DEU DNK ESP EST FIN FRA GBR GRC HUN IRL ITA LTU LUX LVA MLT NLD POL PRT "
        "SVK SVN SWE"
    )
    names = data.load("countries").set_index("iso3")["name"]
    order = [i for i in _foreigners("2004", "statistical office").index if i in eu][:7]
    month = [i for i in _foreigners("2006-04", "Interior ministry").index if i in order]
    same = month == [i for i in order if i in month]
    citizens = data.load("belgium-nationality").query("measure == 'citizens' and year == 2024")
    romania = citizens.query("citizenship == 'ROU'")["persons"]
    return Found(
        list(names[order]),
        "That is the statistical office's count of 2004; the ministry's of April 2006 puts "
        f"{listing(names[month])} in {'the same' if same else 'another'} order. "
        f"Romania, an EU member since 2007, had {number(_first(romania))} citizens there in 2024.",
    )


def _citizens(origin, edition):
    born = data.load("belgium-born-abroad").query("origin == @origin and year == 2005")
    said = [f"{number(row.persons)} (edition {row.edition})" for row in born.itertuples()]
    before = _foreigners("2004-08-16", "Interior ministry").get(origin)
    return Found(
        _foreigners("2006-04", "Interior ministry").get(origin),
        f"The ministry counted {number(before)} in August 2004. "
        f"People born there, whatever their passport, were {listing(said)} in 2005.",
    )


for _id, _origin in {"C08": "MAR", "C09": "TUR", "C10": "COD"}.items():
    answers(_id)(partial(_citizens, _origin))


def _record(subject: str, measure: str, date: str):
    """A count of `reform-record`, or None; rows that quote the Note are left out."""
    table = data.load("reform-record").query("subject == @subject and measure == @measure")
    table = table[~table["source"].str.startswith("Matsas 2006")]
    return _first(table.loc[table["date"] == date, "value"])


@answers("C25")
def _recommendations(edition):
    name, date = "Global Commission on International Migration", "2005-10"
    principles = _record(name, "principles", date)
    return Found(
        _record(name, "recommendations", date),
        f"They stand under {number(principles)} principles.",
        rest=principles == 6,
    )


@answers("C26")
def _members(edition):
    name = "Global Migration Group"
    last = _record(name, "members", "2018-05")
    return Found(
        _record(name, "members", "2006-05"),
        "Ten is a later account, which adds the UN Department of Economic and Social Affairs. "
        f"In May 2018 the Group had {number(last)}.",
    )


@answers("C27")
def _outcomes(edition):
    return Found(
        _record("Global Forum on Migration and Development", "negotiated outcomes", "2007-07"),
        "The first meeting, in July 2007, ended with conclusions of its chair.",
    )
