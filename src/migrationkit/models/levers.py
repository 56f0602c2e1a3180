"""The levers beside migration: when people stop working, how many work, how many children come.

`replacement` asks what an aim takes of migration alone. Here each lever can be moved, and the
question turned round: how far must one of them go so that a given number of migrants is enough?

Two numbers are set against older people, and they are not the same:

- the support ratio counts *ages*: people from 15 to retirement age for each older one, whether
  they work or not;
- workers per older person counts *activity*: the same people times the participation rate, which
  is the share of them who work or look for work. One rate stands for all ages and both sexes, so
  that people of 66 count like people of 40 as soon as retirement is at 67. In most countries they
  work less: the lever of retirement age is drawn too strong rather than too weak.

All of it rests on one fact: the projection is linear (`population`). People in a later year are
those without migration and, for each migrant a year, the same addition. So a whole board of
retirement ages and numbers of migrants takes two projections, not a hundred.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from migrationkit import data
from migrationkit.errors import KitError
from migrationkit.models import population, replacement
from migrationkit.models.population import within
from migrationkit.text import listing, number

START_OF_WORK = 15
RETIREMENT = (50, 90)  # years: what a retirement age may be
SHARE = (0.01, 1.0)  # what a participation rate may be
CELLS = 10_000  # of a board: more are too many to draw

# How far one lever may go in `enough`: an age, children more per woman, one rate over another.
LEVERS = {"retirement-age": (50.0, 90.0), "fertility": (-0.5, 4.0), "participation": (0.1, 10.0)}


# ---- The two projections behind every answer ---------------------------------------------------


@dataclass(frozen=True)
class Base:
    """One area without migration, and what one migrant a year adds; both sexes together."""

    years: np.ndarray  # (T + 1,)
    alone: np.ndarray  # (T + 1, age): persons
    one: np.ndarray  # (T + 1, age): persons added by one net migrant a year from the base year on

    def people(self, migrants: float | np.ndarray) -> np.ndarray:
        """People (…, T + 1, age) with so many a year; raises when more leave than there are."""
        people = self.alone + np.asarray(migrants, dtype="float64")[..., None, None] * self.one
        if people.min() < 0:
            with np.errstate(divide="ignore", invalid="ignore"):
                least = -np.nanmin(np.where(self.one > 0, self.alone / self.one, np.inf))
            raise KitError(
                "migration lets more people leave than there are: at these ages the lowest "
                f"number a year is {number(-np.floor(-least))}."
            )
        return people


def _base(area: str, until: int, schedule, options: dict) -> Base:
    start = population.scenario(area, until, migration=1, schedule=schedule, **options)
    if start.people.ndim > 2:
        raise KitError("area is one area here, not a list.")
    matrices = population.leslie(start)
    alone, _ = population.walk(population.without_migration(start), matrices)
    one, _ = population.walk(replace(start, people=0 * start.people), matrices)
    return Base(start.years, alone.sum(axis=-2), one.sum(axis=-2))


def _weights(low: float, high: float) -> np.ndarray:
    return population.age_weights(float(low), float(high))


# ---- The lever board ---------------------------------------------------------------------------


def board(
    area: str,
    until: int = 2050,
    *,
    retirement: Sequence[float] = tuple(range(62, 73)),
    migration: Sequence[float] = tuple(range(0, 100_001, 10_000)),
    participation: float = 1.0,
    schedule: str | float | np.ndarray = "settlement",
    **options,
) -> pd.DataFrame:
    """Ratios in the year `until` for each retirement age and each number of migrants.

    Columns `retirement_age, migrants, support_ratio, workers_per_older`; a row for each pair.
    `retirement` ages between 50 and 90; `migration` net migrants a year, the same every year from
    the base year on; `participation` a share, 0.01 to 1, of people from 15 to retirement age who
    work or look for work (it changes `workers_per_older` only). `options` are `base, edition,
    tfr_shift, tfr, mortality` of `population.scenario`. Raises `KitError` that names the option.

    >>> grid = board("BEL", 2050, retirement=[65, 67], migration=[0, 50_000])
    >>> grid["support_ratio"].round(2).tolist()
    [1.94, 2.22, 2.21, 2.53]
    """
    share = within("participation", participation, *SHARE)
    ends = _numbers("retirement", retirement, *RETIREMENT)
    flows = _numbers("migration", migration, -population.MOST_MIGRANTS, population.MOST_MIGRANTS)
    if len(ends) * len(flows) > CELLS:
        raise KitError(f"A board has at most {number(CELLS)} cells, not more.")
    people = _base(area, until, schedule, options).people(flows)[:, -1]  # (flow, age)
    working = np.stack([people @ _weights(START_OF_WORK, end) for end in ends])
    older = np.stack([people @ _weights(end, np.inf) for end in ends])
    with np.errstate(divide="ignore", invalid="ignore"):  # nobody is old: no ratio, no error
        ratio = (working / older).reshape(-1)
    return pd.DataFrame(
        {
            "retirement_age": np.repeat(np.asarray(retirement), len(flows)),
            "migrants": np.tile(np.asarray(migration), len(ends)),
            "support_ratio": ratio,
            "workers_per_older": share * ratio,
        }
    )


def _numbers(name: str, values, low: float, high: float) -> np.ndarray:
    """Several numbers, each within its limits; a `KitError` else."""
    if isinstance(values, str) or np.ndim(values) != 1 or not len(values):
        raise KitError(
            f"{name} is a list of numbers from {number(low)} to {number(high)}, not {values!r}."
        )
    return np.array([within(f"{name}[{i}]", one, low, high) for i, one in enumerate(values)])


# ---- Which assumption moves the answer ---------------------------------------------------------


def sensitivity(
    area: str, aim: str, until: int, *, every_period: bool = True, **options
) -> pd.DataFrame:
    """How many migrants an aim takes when one assumption is another: the largest effect first.

    Columns `assumption, change, migrants, difference`. `migrants` a year are the mean from the
    base year to `until` of `replacement.solve`; or, with `every_period=False`, the one number of
    `replacement.steady`. The first row is the answer as asked. `options` are those of the two.
    Where an aim cannot be held the number is missing, and stands last.

    The changes: half a child more or fewer per woman (the UN's high and low variants); death rates
    a fifth lower or higher; everybody 20 or 40 years old on arrival; working age that ends two
    years later or earlier, while the level to be held stays that of the ages as asked; and the
    UN's other edition, where it has the area and the years.

    >>> strip = sensitivity("BEL", "constant-working-age", 2040, base=2005, every_period=False)
    >>> strip["assumption"].tolist()[:2]
    ['as asked', 'fertility']
    """
    if not isinstance(area, str):
        raise KitError("area is one area here, not a list.")
    rows = [("as asked", "", _mean(area, aim, until, every_period, options))]
    level = _level(area, aim, until, every_period, options)
    for assumption, change, other in _changes(_usual(options)):
        if assumption == "retirement age":
            other |= level
        try:
            migrants = _mean(area, aim, until, every_period, options | other)
        except KitError:  # this assumption has no meaning here, such as another edition's years
            migrants = np.nan
        rows.append((assumption, change, migrants))
    table = pd.DataFrame(rows, columns=["assumption", "change", "migrants"])
    table["difference"] = table["migrants"] - table["migrants"][0]
    order = table["difference"].abs().where(table.index > 0, np.inf)
    return table.loc[order.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)


def _level(area, aim, until, every_period: bool, options: dict) -> dict[str, float]:
    """`target` for an aim that is about working age: its level with the ages as asked."""
    if aim not in ("constant-working-age", "constant-support-ratio") or "target" in options:
        return {}
    targets = replacement.find(area, (aim,), until, **options).targets[:, 0]
    return {"target": float(targets[-1 if every_period else 0])}


def _usual(options: dict) -> dict:
    """What the changes start from: the options that were given, and the usual ones."""
    usual = {"tfr_shift": 0.0, "mortality": 1.0, "working_age": (15, 65), "edition": "2024"}
    return usual | {name: options[name] for name in (*usual, "base") if name in options}


def _changes(usual: dict) -> list[tuple[str, str, dict]]:
    shift, deaths = usual["tfr_shift"], usual["mortality"]
    low, high = population.bounds(usual["working_age"])
    edition = str(usual["edition"])
    other = {"edition": "2008" if edition == "2024" else "2024"}
    # Without it the other edition would start from its own first year.
    other["base"] = usual.get("base", population.EDITIONS[edition][0])
    return [
        ("fertility", "half a child more", {"tfr_shift": shift + 0.5}),
        ("fertility", "half a child fewer", {"tfr_shift": shift - 0.5}),
        ("mortality", "death rates a fifth lower", {"mortality": deaths * 0.8}),
        ("mortality", "death rates a fifth higher", {"mortality": deaths * 1.2}),
        ("age on arrival", "all are 20", {"schedule": 20}),
        ("age on arrival", "all are 40", {"schedule": 40}),
        ("retirement age", "two years later", {"working_age": (low, high + 2)}),
        ("retirement age", "two years earlier", {"working_age": (low, high - 2)}),
        ("edition", f"of {other['edition']}", other),
    ]


def _mean(area, aim, until, every_period: bool, options: dict) -> float:
    if every_period:
        return float(replacement.solve(area, aim, until, **options)["migrants"].mean(skipna=False))
    return replacement.steady(area, until, aim, **options)


# ---- A steady number, and an active population -------------------------------------------------


def needed(
    area: str,
    until: int,
    *,
    base: int,
    retirement_age: float = 65,
    participation_ratio: float = 1.0,
    **options,
) -> float:
    """Migrants a year, the same every year, that keep the active population to the year `until`.

    Active in the base year are people of 15 to 64; in `until` those from 15 to `retirement_age`,
    times `participation_ratio`: the participation rate of `until` over that of the base year
    (1 when nothing is known of it). `options` are `edition, schedule, tfr_shift, tfr, mortality`.
    A negative number says how many could leave.

    >>> [round(needed("BEL", 2040, base=2005, edition=e) / 1000) for e in ("2008", "2024")]
    [30, 36]
    """
    ratio = within("participation_ratio", participation_ratio, *LEVERS["participation"])
    schedule = options.pop("schedule", "settlement")
    start = _base(area, until, schedule, {"base": base, **options})
    weights = _weights(START_OF_WORK, within("retirement_age", retirement_age, *RETIREMENT))
    gain = start.one[-1] @ weights
    if not gain > 0:
        raise KitError(f"No number of migrants does it by {until}: at these ages none is active.")
    return float((_active(start) / ratio - start.alone[-1] @ weights) / gain)


def kept(
    area: str,
    migrants: float,
    until: int,
    *,
    base: int,
    retirement_age: float = 65,
    participation_ratio: float = 1.0,
    **options,
) -> float:
    """Which part of the active population of the base year is there in `until`; 1 is all of it.

    With `migrants` a year; the rest as in `needed`.

    >>> round(100 * kept("BEL", 15_000, 2040, base=2005, edition="2008"), 1)
    92.7
    """
    ratio = within("participation_ratio", participation_ratio, *LEVERS["participation"])
    weights = _weights(START_OF_WORK, within("retirement_age", retirement_age, *RETIREMENT))
    flow = within("migrants", migrants, -population.MOST_MIGRANTS, population.MOST_MIGRANTS)
    schedule = options.pop("schedule", "settlement")
    start = _base(area, until, schedule, {"base": base, **options})
    return float(ratio * (start.people(flow)[-1] @ weights) / _active(start))


def _active(start: Base) -> float:
    return float(start.alone[0] @ _weights(*replacement.WORKING_AGE))


def enough(area: str, migrants: float, lever: str, until: int, *, base: int, **options) -> float:
    """How far one lever must go, alone, so that so many migrants a year keep the active population.

    `lever` is one of `LEVERS`: "retirement-age", the age at which working age must end in `until`;
    "fertility", children per woman more than the UN expects, from the base year on;
    "participation", the rate of `until` over that of the base year. `options` as in `needed`.
    Raises `KitError` when the lever's range is too short.

    >>> 68 < enough("BEL", 15_000, "retirement-age", 2040, base=2005, edition="2008") < 70
    True
    """
    if lever not in LEVERS:
        raise KitError(f"There is no lever {lever!r}. The levers are {listing(LEVERS)}.")
    flow = within("migrants", migrants, -population.MOST_MIGRANTS, population.MOST_MIGRANTS)
    schedule = options.pop("schedule", "settlement")
    options = {"base": base, **options}
    start = _base(area, until, schedule, options)
    target, people = _active(start), start.people(flow)[-1]

    def short(value: float) -> float:
        """How many active people too few: falls as the lever goes up."""
        if lever == "participation":
            return target - value * (people @ _weights(*replacement.WORKING_AGE))
        if lever == "retirement-age":
            return target - people @ _weights(START_OF_WORK, value)
        shifted = options | {"tfr_shift": options.get("tfr_shift", 0) + value}
        there = _base(area, until, schedule, shifted).people(flow)[-1]
        return target - there @ _weights(*replacement.WORKING_AGE)

    low, high = LEVERS[lever]
    ends = [number(end, 0 if float(end).is_integer() else 1) for end in (low, high)]
    if short(low) < 0:
        raise KitError(
            f"{number(flow)} migrants a year are more than enough even with {lever} at {ends[0]}, "
            f"the lowest of its range ({ends[0]} to {ends[1]})."
        )
    if short(high) > 0:
        raise KitError(
            f"{number(flow)} migrants a year are not enough even with {lever} at {ends[1]}, "
            f"the highest of its range ({ends[0]} to {ends[1]})."
        )
    return _root(short, low, high)


def _root(falling: Callable[[float], float], low: float, high: float) -> float:
    """Where a falling function is 0, by halving."""
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if falling(middle) > 0 else (low, middle)
    return (low + high) / 2


def readings(
    area: str = "BEL", migrants: float = 15_000, until: int = 2040, base: int = 2005
) -> pd.DataFrame:
    """A claim such as Matsas (2006, footnote 15), read in each way that its words allow.

    The claim: 15,000 migrants a year keep Belgium's active population to 2040. Who is active, net
    or gross, on top of what, and the base year are not said. Columns `edition, reading, needed,
    kept, enough`: migrants a year that the reading takes, the part of the level of the base year
    that is there with `migrants` a year, and whether it is all of it.

    "Participation as it rose" takes the rates of 2005 and 2025 of the table `participation`.
    "On top of the UN's own migration" adds the migrants to those of the UN's medium variant; only
    the edition of 2008 has their ages from 2005 on.

    >>> table = readings()
    >>> table.query("reading == 'ages 15 to 64'")["needed"].round(-3).tolist()
    [30000.0, 36000.0]
    """
    population.scenario(area, until, base=base, migration=0)  # raises when there is none such
    rows = []
    for edition in ("2008", "2024"):
        if area not in population.names(edition):
            continue
        options = {"base": base, "edition": edition}
        for reading, changed in _readings(area).items():
            takes = needed(area, until, **options, **changed)
            there = kept(area, migrants, until, **options, **changed)
            rows.append((edition, reading, takes, there))
        rows.append((edition, "everybody, of all ages", *_size(area, migrants, until, options)))
        on_top = _on_top(area, migrants, until, options)
        if on_top:
            rows.append((edition, "ages 15 to 64, on top of the UN's own migration", *on_top))
    table = pd.DataFrame(rows, columns=["edition", "reading", "needed", "kept"])
    table["enough"] = table["kept"] >= 1
    return table


def _readings(area: str) -> dict[str, dict]:
    rate = data.load("participation").query("iso3 == @area").set_index("year")["rate_15_64"]
    found = {
        "ages 15 to 64": {},
        "retirement at 67": {"retirement_age": 67},
        "retirement at 70": {"retirement_age": 70},
        "half a child more per woman": {"tfr_shift": 0.5},
    }
    if {2005, 2025} <= set(rate.dropna().index):
        found["participation as it rose"] = {"participation_ratio": rate[2025] / rate[2005]}
    return found


def _size(area: str, migrants: float, until: int, options: dict) -> tuple[float, float]:
    """Needed and kept when everybody counts, as `needed` and `kept` do for active people."""
    start = _base(area, until, "settlement", options)
    level = start.alone[0].sum()
    takes = (level - start.alone[-1].sum()) / start.one[-1].sum()
    return float(takes), float(start.people(migrants)[-1].sum() / level)


def _on_top(area: str, migrants: float, until: int, options: dict) -> tuple[float, float] | None:
    """Needed and kept on top of the UN's medium variant, or None when it has no ages then."""
    try:
        medium = population.scenario(area, until, **options)
    except KitError:
        return None
    people = population.walk(medium)[0].sum(axis=-2)
    start = _base(area, until, "settlement", options)
    weights = _weights(*replacement.WORKING_AGE)
    level, there, gain = people[0] @ weights, people[-1] @ weights, start.one[-1] @ weights
    return float((level - there) / gain), float((there + migrants * gain) / level)


# ---- The world's workforce ---------------------------------------------------------------------


def labour_force() -> pd.DataFrame:
    """The world's labour force: people of 15 and over times their participation rate, by area.

    Columns `year, people, labour_force, covered`, in persons, every fifth year from 1995 to 2025.
    `covered` is the share of people of 15 and over who live where a rate is known; the others are
    given the mean rate. Populations are those of the UN's edition of 2024, rates those of the
    table `participation` (the International Labour Organization's model).

    >>> world = labour_force().set_index("year")["labour_force"] / 1e9
    >>> world[[2005, 2025]].round(1).tolist()
    [3.0, 3.8]
    """
    tables = population.tables("2024")
    rates = data.load("participation").pivot(index="iso3", columns="year", values="rate_15_plus")
    rates = rates.reindex(index=list(tables.areas), columns=tables.years).to_numpy() / 100
    adults = population.count(tables.people, START_OF_WORK)  # (area, year)
    known = np.where(np.isnan(rates), 0, adults)
    covered = known.sum(axis=0) / adults.sum(axis=0)
    with np.errstate(invalid="ignore"):  # a table without rows: no rate, and the caller says so
        active = (known * np.nan_to_num(rates)).sum(axis=0) / covered
    columns = {"people": adults.sum(axis=0), "labour_force": active, "covered": covered}
    return pd.DataFrame({"year": tables.years} | columns)
