"""The claims ledger: what the two founding texts say, and what the tables say now.

`data/ledger.csv` holds the claims: place, value, definition, date, tables. It holds no verdict.
`data/text-outline.csv` lists every paragraph and footnote, so that each place can be found.

A new claim is a row of `ledger.csv` and, when a table can answer it, one function below under the
row's id: it takes an edition of `migrant-stock` and returns what it `Found`. The verdict is never
written by hand: `verdict` is the whole rule. A row that names no table has no function and cannot
be checked; a row that is not factual (an opinion) gets no verdict.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import pandas as pd

from migrationkit import data
from migrationkit.errors import KitError
from migrationkit.models import levers
from migrationkit.text import listing, number, percent

VERDICTS = [
    *("held up", "revised", "outgrown", "redefined"),
    *("imprecise", "not supported", "cannot be checked"),
]
NOT_FACTUAL = "not a factual claim"
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
    other: Any = None  # when there is no such value: a count by another definition or date
    later: Any = None  # only for a claim that is meant to go on: the value of the last date
    rest: bool = True  # what else the claim says and its value cannot hold ("the most")
    unit: str = ""  # when it is not the claim's


# ---- The rule ----------------------------------------------------------------------------------


def verdict(
    then, now, relation="equal", within=0.0, *, other=None, later=None, rest=True, revised=False
) -> str:
    """One of `VERDICTS`, from the value of the text (`then`) and that of the tables (`now`).

    `relation` is "equal", "between" (`then` is a pair), "more than" (a bound), "in order" (two
    lists of names) or "includes" (`now` has every name of `then`). A number fits when it is less
    than `within` away, a bound when `now` is above it, a list when it is the same. The rule, in
    this order:

    - no `now`: *redefined* when an `other` does not fit; else *cannot be checked*, also when an
      `other` fits, for a figure of another date or definition is no check;
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
    >>> verdict(50, None, "more than", other=84.6)
    'cannot be checked'
    >>> verdict((90, 100), 84.5, "between"), verdict(["A", "B"], ["B", "C", "A"], "includes")
    ('imprecise', 'held up')
    """
    fits = partial(_fits, then, relation=relation, within=within)
    if now is None:
        return "cannot be checked" if other is None or fits(other) else "redefined"
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
    if relation == "between":
        return then[0] <= now <= then[1]
    if isinstance(then, list):
        return set(then) <= set(now) if relation == "includes" else then == now
    # Half of the last digit would be rounded up: 191.5 is no longer 191.
    return now == then or (relation == "equal" and -within <= now - then < within)


def _off(then, now) -> float:
    """By how many per cent `now` differs from `then`, of a pair from the nearer end."""
    if isinstance(then, list):
        return 100 * len(set(then) - set(now)) / len(then)
    if isinstance(then, tuple):
        then = then[0] if now < then[0] else then[1]
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
    _known(edition)
    return _evaluated(load(), edition)


def _known(edition: str | None) -> None:
    """Raises `KitError` for an edition that does not exist."""
    if edition is not None and str(edition) not in editions():
        raise KitError(
            f"There is no edition {str(edition)!r} of the migrant stock. "
            f"The editions are {listing(editions())}."
        )


def _evaluated(claims: pd.DataFrame, edition: str | None) -> pd.DataFrame:
    rows, state = claims.fillna(_NOTHING).itertuples(), data.fingerprint()
    added = []
    for claim in rows:
        chosen = str(edition) if edition is not None and _follows(claim.tables) else claim.edition
        added.append(_evaluate(claim, chosen, state))
    return claims.join(pd.DataFrame(added, claims.index, ADDED, dtype="object"))


def for_lesson(lesson: int, edition: str | None = None) -> pd.DataFrame:
    """The rows of one lesson to show, by id: claim, where, then, now, verdict, why (all text).

    "Now" names each edition that has a value; the verdict is that of `edition`.

    >>> for_lesson(1).loc["C02", "now"]
    '191 (2006 print), 191.6 (2019), 191.4 (2020), 192.8 (2024)'
    """
    _known(edition)
    claims = load().query("lesson == @lesson")
    rows = _evaluated(claims, edition).fillna(_NOTHING).set_index("id")
    values = {name: _evaluated(claims, name).set_index("id")["value_now"] for name in editions()}

    def then(claim):
        bound = "more than " if claim.relation == "more than" else ""
        if claim.kind == "date" or not claim.value_then:
            return claim.value_then or "no figure"
        if claim.relation == "between":
            return f"{claim.value_then} {claim.unit}"
        return bound + _say(claim.value_then, claim.unit)

    def now(claim):
        if claim.kind == "date":
            return claim.value_now or _say(None)
        if not _follows(claim.tables):
            return _say(claim.value_now, claim.unit_now or "")
        here = {name: column[claim.Index] for name, column in values.items()}
        said = [f"{_say(value)} ({name})" for name, value in here.items() if value is not None]
        return ", ".join(said) or _say(None)

    rows["where"] = rows["text"] + ", " + rows["section"] + ", " + rows["place"]
    rows["then"] = [then(claim) for claim in rows.itertuples()]
    rows["now"] = [now(claim) for claim in rows.itertuples()]
    return rows[["claim", "where", "then", "now", "verdict", "why"]]


def steps(id: str, edition: str | None = None, verdicts: bool = True) -> pd.DataFrame:
    """How one row is reached, one step a row: columns `step` and `what`, all text.

    Without `verdicts` it stops before what the kit's rule says. Raises `KitError` for
    an id that is not in the ledger, and for an edition that does not exist.

    >>> steps("C13").set_index("step").loc["Verdict", "what"]
    'imprecise'
    """
    _known(edition)
    claims = load().query("id == @id")
    if claims.empty:
        raise KitError(f"There is no claim {str(id)!r}. Claims are C01 to {load()['id'].iloc[-1]}.")
    [claim] = _evaluated(claims, edition).fillna(_NOTHING).itertuples()
    shown = for_lesson(claim.lesson, edition).loc[claim.id]
    names = claim.tables.split()
    found = [
        ("Claim", claim.claim),
        ("Where", shown["where"]),
        ("Value then", shown["then"]),
        ("Definition", claim.definition if isinstance(claim.definition, str) else ""),
        ("Date", claim.as_of if isinstance(claim.as_of, str) else ""),
        ("Tables", listing(names) or "none"),
        ("Value now", shown["now"]),
        ("Source", _source(claim, data.fingerprint()) if names else "the text alone"),
    ]
    if verdicts:
        found += [
            ("Verdict", claim.verdict or NOT_FACTUAL),
            ("Why", claim.why or "An opinion gets no verdict."),
            ("To look out for", claim.reason),
            ("Code", f'print(kit.models.ledger.code("{claim.id}"))' if names else "none"),
        ]
    return pd.DataFrame([step for step in found if step[1]], columns=["step", "what"])


def code(id: str) -> str:
    """The function that answers a row, as text; a sentence when no function does.

    >>> code("C02").splitlines()[1]
    'def _migrants(edition):'
    """
    answer = ANSWERS.get(str(id))
    if answer is None:
        return f"No function answers {id}: no table of the kit does, or it is an opinion."
    return inspect.getsource(answer.func if isinstance(answer, partial) else answer).rstrip()


def editions() -> list[str]:
    """The editions of `migrant-stock`, oldest first.

    >>> editions()
    ['2006 print', '2019', '2020', '2024']
    """
    return sorted(data.load("migrant-stock")["edition"].unique())


# ---- One row -----------------------------------------------------------------------------------


@lru_cache(maxsize=1000)
def _evaluate(claim, used: str, state: tuple) -> tuple:
    """The values of `ADDED` for one claim, kept while the tables stay in the same `state`."""
    found = _answer(claim, used) if claim.factual and claim.tables else Found()
    shown = found.other if found.value is None else found.value
    value = "; ".join(shown) if isinstance(shown, list) else shown
    unit = None if shown is None else found.unit or claim.unit
    source = used or next((data.resource(t)["edition"] for t in claim.tables.split()), None)
    if not claim.factual:
        return value, unit, source, None, None
    then = _parse(claim.value_then, claim.kind, claim.relation)
    word = verdict(
        *(then, found.value, claim.relation, claim.within),
        other=found.other,
        later=found.later,
        rest=found.rest,
        revised=bool(claim.edition),
    )
    where = f" in edition {used}" if used else ""
    why = f"{_sentence(word, claim, then, shown, found.later, where)} {found.detail}"
    if word == "cannot be checked":  # what is set beside is told, and is no value
        value = unit = None
    return value, unit, source, word, why.strip()


# Tables whose rows each name a source: that is the one to tell.
OWN_SOURCES = ("ledger-facts", "ledger-lists", "timeline", "reform-record")
_told: list[str] = []  # sources of the rows read since the last `clear`


@lru_cache(maxsize=100)
def _source(claim, state: tuple) -> str:
    """Where the answer comes from: the tables, and for `OWN_SOURCES` the rows that it reads."""
    names = claim.tables.split()
    others = [name for name in names if name not in OWN_SOURCES]
    if others == names:
        return data.source_line(names)
    _told.clear()
    _answer(claim, claim.edition)
    lines = [data.source_line(others)] if others else []
    lines += [f"{source}." for source in dict.fromkeys(_told)]
    return " ".join(lines) or data.source_line(names)


def _answer(claim, edition: str) -> Found:
    """What the claim's function finds; nothing when a figure that it takes is not there."""
    missing = Found(detail="A figure that the answer takes is missing from its tables.")
    try:
        found = ANSWERS[claim.id](edition)
    except (LookupError, ValueError, ZeroDivisionError):
        return missing
    numbers = [value for value in (found.value, found.other) if isinstance(value, float)]
    return missing if any(map(math.isnan, numbers)) else found


def _sentence(word: str, claim, then, shown, later, where: str) -> str:
    """What the rule saw, in words."""
    if not claim.tables:
        return "No table of the kit answers it."
    if shown is None:
        return f"The tables hold no second figure by this definition{where}."
    if word == "cannot be checked":
        another = f"another count, {_say(shown, claim.unit)}, fits, which is no check"
        return f"The tables hold no second figure by this definition{where}; {another}."
    if then == ["yes"]:
        return f"The tables {'say so' if shown == then else 'do not say so'}{where}."
    says = _say(shown, claim.unit)
    if word == "held up":
        if claim.relation == "includes":
            return f"The tables name {listing(then)}{where}, as the text does."
        text = "order" if claim.relation == "in order" else _say(then)
        if claim.relation == "more than":
            return f"The tables say {says}{where}: {_apart(then, shown, claim, 0)} above {text}."
        return f"The tables say {says}{where}; the text's {text} fits."
    if word == "outgrown":
        today = _say(later, claim.unit)
        return f"The tables say {says} for that date, as the text does, and {today} later."
    if isinstance(then, list) and claim.relation == "equal":
        how = f"not {_say(then)}"
    elif isinstance(then, list):
        missing = listing(name for name in then if name not in shown)
        how = f"without {missing}" if missing else "in another order"
    elif isinstance(then, tuple):
        more = "above" if shown > then[1] else "below"
        how = f"{_apart(then, shown, claim)} {more} the {_say(then)} of the text"
    elif _few(then, shown, claim):
        how = f"not the {_say(then)} of the text"
    else:
        more = "above" if shown > then else "below"
        bound = "bound of " if claim.relation == "more than" else ""
        how = f"{_apart(then, shown, claim)} {more} the {bound}{_say(then)} of the text"
    if word == "redefined":
        other = f"another count says {says}, {how}"
        return f"The tables hold no second figure by this definition; {other}."
    return f"The tables say {says}{where}, {how}."


def _apart(then, shown, claim, digits: int = 1) -> str:
    """How far a figure lies from the text's: in per cent of it, shares in percentage points."""
    if claim.unit != "%":
        return percent(abs(_off(then, shown)), digits)
    nearest = then if not isinstance(then, tuple) else min(then, key=lambda end: abs(end - shown))
    return f"{number(abs(shown - nearest), 1)} percentage points"


def _few(then, shown, claim) -> bool:
    """Is it a count of under ten things? A per cent of such a number says nothing."""
    whole = float(then).is_integer() and float(shown).is_integer()
    return whole and then < 10 and claim.relation == "equal" and claim.unit != "%"


def _follows(tables: str) -> bool:
    """Does the choice of an edition of `migrant-stock` bear on a row with these tables?"""
    return "migrant-stock" in tables.split()


def _parse(value, kind: str = "", relation: str = ""):
    """A number, the two ends of "90 to 100", or names of a list (with semicolons between them).

    A date is a list of one: 1974 is no number of anything.
    """
    if kind == "date":
        return [value]
    if relation == "between":
        low, high = value.split(" to ")
        return float(low), float(high)
    try:
        return float(value)
    except ValueError:
        return value.split("; ")


def _say(value, unit: str = "") -> str:
    """A value as people read it: whole from a thousand on, else with one decimal at most."""
    value = _parse(value) if isinstance(value, str) else value
    if isinstance(value, list):
        return listing(value)
    if isinstance(value, tuple):
        return f"{_say(value[0])} to {_say(value[1], unit)}"
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
    here = table[table["date"] == date].head(1)
    _told.extend(here["source"])
    return _first(here["value"])


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


# ---- The answers of the later lessons ----------------------------------------------------------


def _read_as(id: str, now) -> str:
    """The verdict on a claim, were `now` what the tables say: for another reading of its words."""
    [claim] = load().query("id == @id").fillna(_NOTHING).itertuples()
    then = _parse(claim.value_then, claim.kind, claim.relation)
    return verdict(then, now, claim.relation, claim.within)


def _fact(subject: str, measure: str):
    """The last value of a counted fact of `ledger-facts`, or None."""
    table = data.load("ledger-facts").query("subject == @subject and measure == @measure")
    last = table.sort_values("date").tail(1)
    _told.extend(last["source"])
    return _first(last["value"])


def _items(name: str, kind: str | None = None) -> list[str] | None:
    """The items of a list of `ledger-lists`, in order, or None when there is none."""
    table = data.load("ledger-lists").query("list == @name").sort_values("place")
    if kind:
        table = table[table["kind"] == kind]
    _told.extend(table["source"])
    return table["item"].to_list() or None


def _event(words: str, signs: int) -> list[str] | None:
    """The date of the first event of `timeline` with these words: 4 signs a year, 7 a month."""
    table = data.load("timeline")
    event = table[table["event"].str.contains(words, regex=False)].head(1)
    _told.extend(event["source"])
    date = _first(event["date"])
    return date and [date[:signs]]


def _population(iso3: pd.Series | None = None) -> pd.Series:
    """Persons by year: of the world, or of some countries together."""
    table = data.load("population")
    chosen = table["iso3"] == "WLD" if iso3 is None else table["iso3"].isin(iso3)
    return table[chosen].groupby("year")["population"].sum()


def _richest_fifth(year: int) -> float | None:
    """Share of the world's income (%) in the countries of the richest fifth of its people."""
    table = data.load("national-income").query("year == @year")
    if table.empty:
        return None
    table = table.assign(per_head=table["gdp_usd"] / table["population"])
    table = table.sort_values("per_head", ascending=False)
    people = table["population"] / table["population"].sum()
    left = (0.2 - people.cumsum() + people).clip(lower=0)  # of the fifth, before this country
    return 100 * (table["gdp_usd"] * (left / people).clip(upper=1)).sum() / table["gdp_usd"].sum()


@answers("C01")
def _unequal(edition):
    return Found(
        _richest_fifth(2006),
        "Countries are ranked by income a head, and each person counts with the mean of the "
        "country: inequality inside countries is left out.",
        later=_richest_fifth(2023),
    )


def _hosts(edition: str, year: int, most: int) -> list[str] | None:
    table = data.load("migrant-stock").query("edition == @edition and year == @year")
    table = table.merge(data.load("countries"), on="iso3").nlargest(most, "migrants")
    return table["name"].to_list() or None


@answers("C11")
def _top_hosts(edition):
    return Found(_hosts(edition, 2000, 5))


def _senders(year: int, edition: str) -> list[str]:
    """The six countries where most migrants come from, by birthplace, most first."""
    table = data.load("migrants-by-birthplace").query("year == @year and edition == @edition")
    table = table.merge(data.load("countries"), left_on="origin", right_on="iso3")
    return table.nlargest(6, "persons")["name"].to_list()


def _top_senders(year, edition):
    older = _senders(year, "2020")[:3]
    return Found(
        _senders(year, "2024")[:3] or None,
        f"The edition of 2020 has {listing(older)}. People are counted by birthplace: a count of "
        "people of an origin, or of workers sent out in a year, could give other names.",
    )


for _id, _year in {"C12": 2000, "C47": 2010}.items():
    answers(_id)(partial(_top_senders, _year))


def _growth(iso3: pd.Series | None = None) -> pd.Series:
    """Million people more, from 1 July of each year to the next."""
    return _population(iso3).diff().shift(-1).dropna() / 1e6


@answers("C13")
def _world_growth(edition):
    growth = data.load("world-population-growth").set_index("year")["growth"] / 1e6
    large = [str(year) for year in growth.index[growth >= 90]]
    return Found(
        growth.get(2006),
        f"Since 1950 it was 90 million or more in {listing(large)}; "
        f"the most was {number(growth.max(), 1)} million, in {growth.idxmax()}.",
    )


@answers("C48")
def _growth_of_the_less_developed(edition):
    less = data.load("countries").query("development == 'less developed'")["iso3"]
    return Found(100 * _growth(less)[2005] / _growth()[2005])


@answers("C14")
def _workforce_of_2025(edition):
    table = levers.labour_force().set_index("year")
    covered = percent(100 * table["covered"][2025])
    return Found(
        table["labour_force"][2025] / 1e9,
        "It is an estimate: people of 15 and more, times the share that works or looks for work. "
        f"The share is known for {covered} of them; the others are given the mean.",
    )


@answers("C15")
def _jobs_a_year(edition):
    force = levers.labour_force().set_index("year")["labour_force"]
    return Found(
        (force[2025] - force[2005]) / 20e6,
        "That is the growth of the labour force, people at work and people who look for work, "
        "from 2005 to 2025.",
    )


@answers("C18")
def _belgium_to_2040(edition):
    needed = {
        tables: levers.needed("BEL", 2040, base=2005, edition=tables) for tables in ("2008", "2024")
    }
    kept = percent(100 * levers.kept("BEL", 15_000, 2040, base=2005, edition="2024"), 0)
    return Found(
        other=needed["2024"],
        detail=f"To have as many people of 15 to 64 in 2040 as in 2005 takes about "
        f"{number(round(needed['2024'], -3))} net migrants a year by the edition of 2024, and "
        f"{number(round(needed['2008'], -3))} by that of 2008. With 15,000, {kept} of them are "
        "there. With other ages, or a later end of working age, 15,000 can be enough.",
    )


def _remittances(iso3: str, column: str, year: int):
    table = data.load("remittances-to-exports").query("iso3 == @iso3 and year == @year")
    value = _first(table[column])
    return None if pd.isna(value) else value


@answers("C16")
def _turkey(edition):
    share = partial(_remittances, "TUR")
    before, after = share("million_usd", 2002), share("million_usd", 2003)
    return Found(
        share("of_goods", 2005),
        f"Of goods and services it is {percent(share('of_goods_and_services', 2005))}. In 1998 "
        f"it was {percent(share('of_goods', 1998))} of goods. From 2002 to 2003 the money goes "
        f"from {number(before, 0)} to {number(after, 0)} million dollars: perhaps a change of "
        "reporting, which is not confirmed here.",
    )


@answers("C17")
def _morocco(edition):
    share = partial(_remittances, "MAR")
    wider = share("of_goods_and_services", 2005)
    return Found(
        share("of_goods", 2005),
        f"Of goods and services it is {percent(wider)}: "
        f"read so, the verdict would be {_read_as('C17', wider)}.",
    )


def _unemployed(group: str, year: int):
    table = data.load("belgium-unemployment").query("group == @group and year == @year")
    return _first(table["percent"])


@answers("C19")
def _unemployment(edition):
    return Found(
        _unemployed("all residents", 2005),
        f"In 2006 it is {percent(_unemployed('all residents', 2006))}; of Belgian citizens alone "
        f"{percent(_unemployed('Belgian citizens', 2005))} in 2005.",
    )


def _unemployment_of_a_group(edition):
    outside, born = "citizens of countries outside the EU", "born outside the EU"
    return Found(
        detail="No open table of 2005 or 2006 with one origin alone was found. "
        "Set beside, in 2005: "
        f"{percent(_unemployed(outside, 2005))} of {outside}, "
        f"{percent(_unemployed(born, 2005))} of people {born}."
    )


for _id in ("C20", "C49"):
    answers(_id)(_unemployment_of_a_group)


@answers("C21")
def _crossings(edition):
    table = data.load("border-detections").set_index("year")["detections"]
    year = table.idxmax()
    return Found(
        detail=f"Set beside: {number(table[2009])} detections at the outer borders of the EU in "
        f"2009, and {number(table[year])} in {year}. They are events, not persons, and one part "
        "of the world."
    )


@answers("C22")
def _not_returned(edition):
    table = data.load("orders-and-returns").set_index(["area", "year"])
    rate = 100 * table["returned"] / table["ordered_to_leave"]
    return Found(
        detail="Set beside, with another denominator: for each 100 orders to leave, Belgium "
        f"registered {number(rate['BEL', 2008], 0)} returns in 2008 and "
        f"{number(rate['BEL', 2024], 0)} in 2024, the EU {number(rate['EU', 2024], 0)} in 2024."
    )


def _parties(day: str) -> pd.Series:
    """Parties to the convention of 1990 on a day (YYYY-MM-DD)."""
    table = data.load("migrant-workers-convention")
    return table.loc[table["date"] <= day, "iso3"]


@answers("C23")
def _ratifications(edition):
    reported = _fact("Convention on migrant workers", "parties")
    return Found(
        len(_parties("2006-06-12")),
        "The later count is of May 2022, the last list with names. Copies of Wikipedia report "
        f"{number(reported)} in November 2024, which is not confirmed here.",
        later=len(_parties("9999")),
    )


def _union(day: str) -> set[str]:
    table = data.load("eu-members")
    return set(table.loc[(table["joined"] <= day) & ~(table["left"] <= day), "iso3"])


@answers("C24")
def _members_among_parties(edition):
    last = data.load("migrant-workers-convention")["date"].sort_values().iloc[-1][:4]
    return Found(
        len(_union("2006-06-12") & set(_parties("2006-06-12"))),
        f"The tables name the parties until May {last}; of three later ones they have no name.",
        later=len(_union("2022-05-29") & set(_parties("9999"))),
    )


@answers("C50")
def _mostly_origins(edition):
    pairs = data.load("migrant-stock-by-origin").query("year == 2005")
    left, live = pairs.groupby("origin")["persons"].sum(), pairs.groupby("dest")["persons"].sum()
    parties = _parties("2006-06-12")
    more = [left.get(iso3, 0) > live.get(iso3, 0) for iso3 in parties]
    if not more:
        return Found()
    return Found(100 * sum(more) / len(more), f"That is {sum(more)} of {len(more)}.")


@answers("C28")
def _stop(edition):
    net = data.load("belgium-net-migration").set_index("year")["net"]
    year = _fact("Belgium", "stop of recruitment")
    return Found(
        year and [str(year)],
        "The stop left out qualified workers and citizens of the European Economic Community. "
        f"Belgium's net migration was {number(net[2005], 0)} people in 2005.",
    )


@answers("C30")
def _rights(edition):
    return Found(
        _items("rights without papers in Belgian law"),
        "Education is the right of children; whether people can use a right is another question.",
    )


@answers("C31")
def _poverty_as_a_ground(edition):
    return Found(_fact("definitions of a refugee", "with poverty as a ground"))


@answers("C51")
def _definitions_of_a_refugee(edition):
    return Found(
        _fact("definitions of a refugee", "international texts"),
        "They are at least three, those we found: the African convention of 1969 and the Cartagena "
        "declaration of 1984, which a colloquium with experts adopted, go further.",
    )


@answers("C34")
def _shared_goals(edition):
    return Found(
        _items("goals of 2006 among the Compact's objectives"),
        "Which objective answers to which goal is our coding.",
    )


@answers("C35")
def _no_decrease(edition):
    table = data.load("migrant-stock").query("edition == @edition and iso3 == 'WLD'")
    last = table["year"].max()
    if pd.isna(last) or last <= 2006:
        return Found()
    return Found(_world(edition, last) / 1e6, f"That is the count of {last}.")


@answers("C37")
def _cairo(edition):
    place = _fact("UN population conferences of governments", "Cairo's place")
    return Found(
        other=place and [{1: "first", 2: "second", 3: "third"}.get(place, f"number {place}")],
        detail="It came from the third of the UN's conferences of governments on population: "
        "Bucharest adopted a plan in 1974, Mexico City recommendations on it in 1984. A first for "
        "migration may be meant; read so, it cannot be checked.",
    )


@answers("C40")
def _ministers(edition):
    year = _fact("ASEM ministers' conference on migration", "year")
    return Found(year and [str(year)], "It met in Lanzarote in April.")


@answers("C41")
def _control(edition):
    all_, control = _items("ASEM follow-up"), _items("ASEM follow-up", "control")
    if not all_:
        return Found()
    control = control or []
    without = 100 * len([item for item in control if item != "liaison officers"]) / len(all_)
    return Found(
        100 * len(control) / len(all_),
        f"Our coding: {listing(control)}. With the liaison officers as exchange it is "
        f"{percent(without, 0)}, and the verdict would be {_read_as('C41', without)}.",
    )


@answers("C43")
def _goods_and_people(edition):
    table = data.load("goods-and-people")
    tariff = table[table["measure"].str.startswith("tariff")].set_index("year")["percent"]
    visa = table[table["measure"].str.startswith("pairs")].set_index("year")["percent"]
    return Found(
        detail="The two have no common scale. Set beside: goods paid a tariff of "
        f"{percent(tariff.get(2010))} on average in 2010; a visa was required between "
        f"{percent(visa.get(2020))} of pairs of countries in 2020."
    )


@answers("C46")
def _advice(edition):
    asks = _fact("Replacement Migration", "asks states to organise migration")
    return Found(
        None if asks is None else ["yes" if asks else "no"],
        "It computes how many migrants would meet an aim, for eight countries and two regions, "
        "and asks governments to think again about many policies, those on migration among them. "
        "That it gives no advice to organise migration is our reading of its summary.",
    )


@answers("C52")
def _became_belgian(edition):
    table = data.load("belgium-nationality").query("measure == 'became Belgian'")
    table = table.query("first_year == 1990 and year == 2006").set_index("citizenship")["persons"]
    foreigners = _foreigners("2006-04", "Interior ministry")
    citizens = {iso3: foreigners.get(iso3) for iso3 in ("MAR", "TUR")}
    if not set(citizens) <= set(table.index) or None in citizens.values():
        return Found()
    more = [iso3 for iso3 in citizens if table[iso3] > citizens[iso3]]
    return Found(
        ["yes" if len(more) == 2 else "no"],
        f"From 1990 to 2006, {number(table['MAR'])} Moroccan and {number(table['TUR'])} Turkish "
        f"citizens became Belgian; {number(citizens['MAR'])} and {number(citizens['TUR'])} were "
        "registered as foreigners in April 2006.",
    )


for _id, (_words, _signs) in {
    "C53": ("First UN High-Level Dialogue", 7),
    "C55": ("Global Commission on International Migration launched", 4),
    "C56": ("GCIM report", 4),
    "C58": ("releases Replacement Migration", 4),
}.items():
    answers(_id)(lambda edition, words=_words, signs=_signs: Found(_event(words, signs)))


@answers("C54")
def _decision(edition):
    [day] = _event("A/RES/59/241 prepares the High-Level Dialogue", 10) or [None]
    asked = f"Set beside: resolution 59/241 of {day} asked for the report. " if day else ""
    return Found(detail=f"{asked}Which resolution took the decision is not confirmed here.")


@answers("C57")
def _report(edition):
    return Found(
        other=_event("presented to the General Assembly", 7),
        detail="That is when it was presented; the date on the document, May, is not confirmed "
        "here.",
    )


@answers("C59")
def _principles(edition):
    return Found(_items("principles of the Global Commission"))


@answers("C60")
def _heads(edition):
    return Found(_items("Global Migration Group, first meeting"))


@answers("C61")
def _follow_up(edition):
    return Found(_items("ASEM follow-up"))


@answers("C62")
def _title(edition):
    return Found(_items("title of the ASEM ministers' conference"))


@answers("C63")
def _pillars(edition):
    return Found(_items("ASEM pillars"), "The third is social, cultural and educational.")


@answers("C64")
def _inside_asia(edition):
    pairs = data.load("migrant-stock-by-origin").query("year == 2010")
    asia = data.load("countries").query("region == 'Asia'")["iso3"]
    born = pairs[pairs["origin"].isin(asia)]
    inside = born.loc[born["dest"].isin(asia), "persons"].sum()
    if born.empty:
        return Found()
    return Found(
        100 * inside / born["persons"].sum(),
        "That is a share of people born in Asia who live in another country, a stock and not a "
        "flow, with refugees and families in it.",
    )


def _risen(first: float, last: float) -> list[str]:
    return ["yes" if last > first else "no"]


@answers("C65")
def _women(edition):
    table = data.load("migrants-by-sex").set_index(["edition", "year"])
    share = 100 * table["women"] / (table["women"] + table["men"])
    women = table["women"]["2024"] / 1e6
    new, old = share["2024"], share["2020"]
    read_so = _read_as("C65", _risen(new[1990], new[2005]))
    return Found(
        _risen(women[1990], women[2005]),
        f"They were {number(women[1990], 1)} million in 1990 and {number(women[2005], 1)} million "
        f"in 2005. Their share of all migrants went from {percent(new[1990])} to "
        f"{percent(new[2005])}; in the edition of 2020, from {percent(old[1990])} to "
        f"{percent(old[2005])}. By the share of 2024 the verdict would be {read_so}.",
    )


@answers("C66")
def _rise_of_the_south(edition):
    less = data.load("countries").query("development == 'less developed'")["iso3"]
    pairs = data.load("migrant-stock-by-origin").query("origin != 'OOO'")
    south = pairs[pairs["dest"].isin(less) & pairs["origin"].isin(less)]
    persons = south.groupby("year")["persons"].sum() / 1e6
    share = 100 * persons * 1e6 / pairs.groupby("year")["persons"].sum()
    return Found(
        _risen(persons[1990], persons[2005]),
        f"They were {number(persons[1990], 1)} million in 1990 and {number(persons[2005], 1)} "
        f"million in 2005. Their share went from {percent(share[1990])} to {percent(share[2005])}: "
        f"by it the verdict would be {_read_as('C66', _risen(share[1990], share[2005]))}.",
    )


@answers("C67")
def _reasons_of_entry(edition):
    table = data.load("belgium-first-permits").pivot(
        index="year", columns="reason", values="first_permits"
    )
    share = 100 - 100 * table["employment"] / table.sum(axis=1)
    first, last = share.index.min(), share.index.max()
    return Found(
        detail=f"Set beside, in {first}, the first year of the tables: {percent(share[first])} of "
        f"first permits were for other reasons, and {percent(share[last])} in {last}. "
        "Citizens of the EU need no permit and are not in it.",
    )
