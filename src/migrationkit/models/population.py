"""The population model: how many people of each age and sex there will be, and why.

A cohort-component projection. Every five years each age group grows five years older, some of it
dies, women have children, people come and leave. The tables are those of the United Nations'
*World Population Prospects*, in the edition of 2024 (all areas) or of 2008 (fewer areas).

The formulas are those of Preston, Heuveline & Guillot, *Demography: Measuring and Modeling
Population Processes* (2001), "PHG" below: life tables (the conversion of death rates to
probabilities, person-years lived) in chapter 3, projection (survivorship ratios, births to the mean
of the women, the Leslie matrix, migration in two halves) in chapter 6. They were used from
knowledge of the book; which equation has which number is not confirmed here.

People are counted on 1 July. Arrays of people have the last two axes sex (male, female) and age
(0-4, 5-9 … 95-99, 100 and over); axes before them are areas or years. The projection is linear:
twice the people and twice the migrants give twice the people later.

What a demographer would ask, and where this differs from a textbook:

- *Interval.* Rates are those of a period from 1 July to 1 July five years later, and constant in
  it. The UN has worked by single years since its edition of 2022. By fives, and with the rest of
  this list, the median area is 0.14 per cent away from the UN's own figure after 75 years
  (`tests/bench/population.py` prints this and more).
- *Infants.* Years lived by those who die before 1 and from 1 to 4 follow the infant death rate,
  in Coale and Demeny's model West for every area. Those born in a period die of its rates too.
- *Ages 5 to 14* use the middle of the interval, 2.5 years; from 15 on it is Greville's rule, and
  the last closed group, 95-99, takes the slope from the groups below it. A textbook often takes
  2.5 throughout: then at the oldest ages more than everybody dies.
- *Open age group.* A textbook survives all from 95 on together, as if their ages were those of a
  stationary population. Here 95-99 and 100 and over survive apart, each at its own rate.
- *Births* are birth rates by age times the mean of the women there at the start and at the end of
  the period: of the migrants, the half that comes at its start counts, the half that comes at its
  end does not yet. The UN's published program (ccmppWPP) counts that half as well, and came out
  further from the UN's own figures when it was tried (0.23 against 0.14 per cent).
- *Sex ratio at birth* is the UN's for each area and period, not 105 boys for 100 girls. Births
  depend on women alone, as usual: how many men there are plays no part.
- *Migrants* are net, half at the start of a period and half at its end, at the ages at which they
  come. From then on they die and have children as everybody there (`replacement.find` can give
  them another number of children). Who leaves takes the same risks until then.
- *Old people who leave.* Where many come young and leave old, those of 65 and over are the weak
  point: 35 per cent too few in the United Arab Emirates in 2050 and 30 in Qatar, where five-year
  steps blur who has left; in 2100, 1 per cent off. The median country is 0.36 per cent off in 2050.
- *Levers.* More children per woman are more at every age of the mother alike: births come neither
  earlier nor later. Other mortality is all death rates times one number, although in fact the
  rates of some ages fall faster than those of others.
- *Uncertainty.* There is none: one number for each scenario. The UN publishes intervals.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from numbers import Real

import numpy as np
import pandas as pd

from migrationkit import data
from migrationkit.errors import KitError
from migrationkit.text import listing, number, percent

STEP = 5  # years: the width of an age group and of a period
AGES = np.arange(0, 101, STEP)
SEXES = ("male", "female")
FEMALE = 1
MOTHERS = slice(3, 10)  # the age groups 15-19 … 45-49

EDITIONS = {"2024": (2025, 2100), "2008": (1995, 2050)}  # base year and last year, if none is said
FIFTEEN = (
    *("AUT", "BEL", "DEU", "DNK", "ESP", "FIN", "FRA", "GBR"),
    *("GRC", "IRL", "ITA", "LUX", "NLD", "PRT", "SWE"),
)
GROUPS = {"EU15": "the fifteen member states of the European Union in 1995", "WLD": "the world"}
# Areas of the UN's population tables that are not on its list of countries, the table `countries`.
NOT_LISTED = {
    "GGY": "Guernsey",
    "JEY": "Jersey",
    "XKX": "Kosovo (under Security Council resolution 1244)",
}
# Those who arrive have the ages of those who arrived in these countries from 1995 to 2005.
SETTLEMENT = ("AUS", "CAN", "USA")

MOST_CHILDREN = 10.0  # per woman
MORTALITY = (0.1, 10.0)  # times the rates of the UN
MOST_MIGRANTS = 1e9  # a year
OLDEST = 100  # the last age that the tables tell apart


# ---- The tables --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tables:
    """One edition as arrays; the first axis is the area, the second the year or period."""

    areas: dict[str, int]
    years: list[int]
    periods: list[int]
    migration_periods: list[int]
    people: np.ndarray  # (area, year, sex, age): persons on 1 July
    mortality: np.ndarray  # (area, period, sex, age 0, 1-4, 5-9 … 100+): deaths per person-year
    fertility: np.ndarray  # (area, period, age 15-19 … 45-49): births per woman and year
    boys: np.ndarray  # (area, period): share of boys among births
    migrants: np.ndarray  # (area, period, sex, age): net migrants of five years, persons


def tables(edition: str = "2024") -> Tables:
    """The arrays of one edition, read once. Raises `KitError` for an unknown edition."""
    if str(edition) not in EDITIONS:
        raise KitError(
            f"There is no edition {str(edition)!r} of the population tables. "
            f"The editions are {listing(EDITIONS)}."
        )
    return _read(str(edition), data.fingerprint())


@lru_cache(maxsize=4)
def _read(edition: str, state: tuple) -> Tables:
    """`state` is only a part of the key: other tables are read anew."""
    areas, years, people = _by_sex(f"wpp{edition}-population", "year", "a")
    _, periods, mortality = _by_sex(f"wpp{edition}-mortality", "period", "m")
    _, migration_periods, migrants = _by_sex(f"wpp{edition}-migration", "period", "a")
    table = data.load(f"wpp{edition}-fertility").sort_values(["iso3", "period"])
    shape = (len(areas), len(periods), -1)
    ratio = table["sex_ratio"].to_numpy().reshape(shape[:2])
    return Tables(
        areas={area: row for row, area in enumerate(areas)},
        years=years,
        periods=periods,
        migration_periods=migration_periods,
        people=people,
        mortality=mortality,
        fertility=table.filter(regex=r"^f\d").to_numpy().reshape(shape) / 1000,
        boys=ratio / (1 + ratio),
        migrants=migrants,
    )


def _by_sex(name: str, time: str, letter: str) -> tuple[list[str], list[int], np.ndarray]:
    """Areas, years and values of a wide table; male before female, as in `SEXES`."""
    table = data.load(name).sort_values(["iso3", time, "sex"], ascending=[True, True, False])
    areas, times = sorted(table["iso3"].unique()), sorted(table[time].unique().tolist())
    values = table.filter(regex=rf"^{letter}\d").to_numpy(dtype="float64")
    return areas, times, values.reshape(len(areas), len(times), len(SEXES), -1)


def areas(edition: str = "2024") -> list[str]:
    """The ISO3 codes of the areas of one edition; `GROUPS` can be asked for besides.

    >>> len(areas("2024")), areas("2008")[:3]
    (236, ['AUS', 'AUT', 'BEL'])
    """
    return list(tables(edition).areas)


def names(edition: str = "2024") -> dict[str, str]:
    """The name of each area of one edition by its ISO3 code, those of `GROUPS` last.

    >>> names()["BEL"], names()["JEY"], names("2008")["EU15"]
    ('Belgium', 'Jersey', 'the fifteen member states of the European Union in 1995')
    """
    listed = data.load("countries").set_index("iso3")["name"].to_dict() | NOT_LISTED
    groups = GROUPS if str(edition) == "2024" else {"EU15": GROUPS["EU15"]}
    return {area: listed[area] for area in areas(edition)} | groups


# ---- Life tables -------------------------------------------------------------------------------

# Years lived by those who die before their first and before their fifth birthday: a constant when
# infant mortality is high, else a straight line. PHG p. 48 (Coale & Demeny, model West).
_HIGH = 0.107
_INFANT_HIGH, _INFANT = np.array([0.330, 0.350]), np.array([[0.045, 0.053], [2.684, 2.800]])
_CHILD_HIGH, _CHILD = np.array([1.352, 1.361]), np.array([[1.651, 1.522], [-2.816, -1.518]])
_WIDTHS = np.array([1.0, 4.0, *[5.0] * 19])  # years: ages 0, 1-4, 5-9 … 95-99


def years_lived_by_the_dying(mortality: np.ndarray) -> np.ndarray:
    """Years that those who die in an age group have lived in it (PHG chapter 3).

    From death rates (…, sex, 22) to years (…, sex, 21): the last, open group has none. From 15
    on by the rule of Greville (1943), as the UN does, which takes the slope of mortality from the
    groups on both sides: 2.5 - 25/12 (m - k), k = ln(m of the next group / m of the one before)
    / 10. It stays between 0.5 and 4.5 years.
    """
    years = np.full(mortality[..., :21].shape, 2.5)
    infant = mortality[..., 0]
    low = infant < _HIGH
    years[..., 0] = np.where(low, _INFANT[0] + _INFANT[1] * infant, _INFANT_HIGH)
    years[..., 1] = np.where(low, _CHILD[0] + _CHILD[1] * infant, _CHILD_HIGH)
    log = np.log(mortality[..., 3:21])
    growth = (log[..., 1:] - log[..., :-1]) / STEP  # a year, from group to group
    slope = np.empty(mortality[..., 4:21].shape)
    slope[..., :-1] = (growth[..., :-1] + growth[..., 1:]) / 2
    slope[..., -1] = growth[..., -1]  # 95-99: what comes after is open
    greville = 2.5 - 25 / 12 * (mortality[..., 4:21] - slope)
    years[..., 4:] = np.minimum(np.maximum(greville, 0.5), 4.5)
    return years


def survival(mortality: np.ndarray) -> np.ndarray:
    """Which share of an age group is alive, and five years older, at the end of five years.

    From death rates (…, sex, 22: ages 0, 1-4, 5-9 … 100+) to shares (…, sex, 22): the first is
    for those born in the five years; then 0-4, 5-9 … 95-99, and 100 and over. Person-years lived
    in one age group over those lived in the group before: PHG chapters 3 and 6. Those of
    95-99 and of 100 and over survive apart, the latter at the rate of the open group.

    >>> rates = np.full((2, 22), 0.01)
    >>> survival(rates).shape, round(float(survival(rates)[0, 10]), 3)
    ((2, 22), 0.951)
    """
    died = years_lived_by_the_dying(mortality)
    closed, opened = mortality[..., :21], mortality[..., 21]
    risk = _WIDTHS * closed / (1 + (_WIDTHS - died) * closed)  # nqx
    risk = np.minimum(risk, 1 - 1e-9)  # at extreme rates: somebody is always left to divide by
    alive = np.cumprod(1 - risk, axis=-1)  # at the end of each group, of one newborn
    before = np.concatenate([np.ones_like(alive[..., :1]), alive[..., :-1]], axis=-1)
    lived = _WIDTHS * alive + died * (before - alive)  # nLx
    lived[..., 1] += lived[..., 0]  # 0-4 years in one group from here on
    left = np.exp(-STEP * opened)
    share = np.empty(mortality.shape)
    share[..., 0] = lived[..., 1] / STEP
    share[..., 1:20] = lived[..., 2:] / lived[..., 1:-1]
    share[..., 20] = alive[..., 20] * (1 - left) / opened / lived[..., 20]
    share[..., 21] = left
    return share


def life_expectancy(share: np.ndarray) -> np.ndarray:
    """Years that a newborn will live at the rates of one period, from `survival`: (…, sex).

    Person-years lived in all age groups by one newborn, PHG chapter 3.

    >>> life_expectancy(survival(np.full((2, 22), 0.0125))).round(1).tolist()
    [80.0, 80.0]
    """
    alive = np.cumprod(share[..., 1:20], axis=-1)
    first = STEP * share[..., 0]
    lived = first * (1 + alive.sum(axis=-1))
    oldest = first * alive[..., -1] * share[..., 20] / (1 - share[..., 21])
    return lived + oldest


# ---- What a projection starts from -------------------------------------------------------------


@dataclass(frozen=True)
class Scenario:
    """All that a projection needs. Axes before the named ones: the area, when there are several."""

    areas: tuple[str, ...]
    years: np.ndarray  # (T + 1,): the base year, then every fifth
    people: np.ndarray  # (…, sex, age): persons in the base year
    survival: np.ndarray  # (…, T, sex, 22): see `survival`
    fertility: np.ndarray  # (…, T, 7): children in five years per woman of 15-19 … 45-49
    newborn: np.ndarray  # (…, T, sex): boys and girls, per birth, alive at the end of the period
    migrants: np.ndarray  # (…, T, sex, age): net migrants of the period, persons
    medium: bool = False  # whether the migrants are those of the UN's medium variant


def scenario(
    area: str | Sequence[str],
    until: int | None = None,
    *,
    base: int | None = None,
    edition: str = "2024",
    tfr_shift: float = 0.0,
    tfr: float | Sequence[float] | None = None,
    mortality: float = 1.0,
    migration: str | float | Sequence[float] = "medium",
    schedule: str | float | np.ndarray = "settlement",
    **unknown,
) -> Scenario:
    """The arrays of a projection: the UN's rates, changed as asked.

    - `area`: an ISO3 code, a list of them (projected side by side), or one of `GROUPS`, which is
      projected as one area.
    - `base`, `until`: first and last year, five or a multiple of five apart. By default 2025 and
      2100 in the edition of 2024, 1995 and 2050 in that of 2008.
    - `tfr_shift`: children per woman added to the UN's number in every period. `tfr`: children
      per woman in its place, one number or one a period. Between 0 and 10 in the end.
    - `mortality`: all death rates times this (0.1 to 10).
    - `migration`: "medium", the UN's net migrants by age and sex (from 2020 on in the edition of
      2024); or net migrants a year, one number or one a period, with the ages of `schedule`.
    - `schedule`: see `arrival_ages`.

    Raises `KitError` that names the option and what it may be, also for an `unknown` one.

    >>> scenario("BEL", 2050).years
    array([2025, 2030, 2035, 2040, 2045, 2050])
    """
    for name in unknown:
        raise KitError(_no_option(name))
    source = tables(edition)
    years = _years(source, str(edition), base, until)
    codes = _codes(area, source, str(edition))
    rows = [source.areas[code] for code in codes]
    if isinstance(area, str) and area not in GROUPS:
        rows = rows[0]  # one area: no axis for it
    first = source.periods.index(years[0])
    periods = slice(first, first + len(years) - 1)
    children = _children(source.fertility[rows, periods], tfr, tfr_shift)
    share = survival(source.mortality[rows, periods] * within("mortality", mortality, *MORTALITY))
    boys = source.boys[rows, periods]
    made = Scenario(
        areas=codes,
        years=years,
        people=source.people[rows, source.years.index(years[0])],
        survival=share,
        fertility=children,
        newborn=np.stack([boys, 1 - boys], axis=-1) * share[..., 0],
        migrants=_of_the_un(source, rows, years),
        medium=True,
    )
    if isinstance(area, str) and area in GROUPS:
        made = _pooled(replace(made, areas=(area,)))
    if isinstance(migration, str):
        return _checked_medium(made, migration, source, str(edition))
    return with_flow(made, migration, schedule)


def with_flow(
    start: Scenario,
    migration: float | Sequence[float],
    schedule: str | float | np.ndarray = "settlement",
) -> Scenario:
    """The same with other migrants: net migrants a year, and their ages, as in `scenario`."""
    periods = len(start.years) - 1
    flow = each_period("migration", migration, periods, -MOST_MIGRANTS, MOST_MIGRANTS)
    migrants = STEP * flow[:, None, None] * arrival_ages(schedule)
    migrants = np.broadcast_to(migrants, (*start.survival.shape[:-1], len(AGES)))
    return replace(start, migrants=migrants, medium=False)


def arrival_ages(schedule: str | float | np.ndarray = "settlement") -> np.ndarray:
    """Which share of those who arrive has which sex and age: (sex, age), 1 in all.

    `schedule` is "settlement" (net migrants of Australia, Canada and the United States, 1995 to
    2005, from the table `wpp2008-migration`, in every edition: the mean of their three age
    patterns); or an age of arrival between 0 and 100, the same for all, half of them women; or
    shares of your own, 2 by 21, none below 0. That the UN's report of 2000 took the ages of these
    three countries is often said and not confirmed here.

    >>> ages = arrival_ages("settlement")
    >>> round(float(ages[:, 3:13].sum()), 2), arrival_ages(32)[:, 6].tolist()
    (0.71, [0.5, 0.5])
    """
    if isinstance(schedule, str):
        if schedule != "settlement":
            raise KitError(
                f'schedule is "settlement", an age from 0 to {OLDEST} or 2 by 21 shares, '
                f"not {schedule!r}."
            )
        return _settlement(data.fingerprint())
    if np.ndim(schedule) == 0:
        age = within("schedule", schedule, 0, OLDEST)
        ages = np.zeros((len(SEXES), len(AGES)))
        ages[:, int(age // STEP)] = 0.5
        return ages
    return _own_ages(schedule)


@lru_cache(maxsize=4)
def _settlement(state: tuple) -> np.ndarray:
    source = tables("2008")
    rows = [source.areas[code] for code in SETTLEMENT]
    migrants = source.migrants[rows, :2].sum(axis=1)  # 1995-2000 and 2000-2005
    ages = (migrants / migrants.sum(axis=(1, 2), keepdims=True)).mean(axis=0)
    ages.flags.writeable = False  # it is kept: nobody may change it
    return ages


def _own_ages(schedule) -> np.ndarray:
    try:
        ages = np.asarray(schedule, dtype="float64")
    except (TypeError, ValueError):
        ages = np.empty(0)
    if ages.shape != (len(SEXES), len(AGES)):
        raise KitError(
            f"schedule has 2 rows (male, female) of 21 shares, for the ages 0-4 to {OLDEST} and "
            "over."
        )
    for sex, age in np.argwhere(~np.isfinite(ages) | (ages < 0)):
        raise KitError(
            f"schedule has {ages[sex, age]} for {SEXES[sex]}, age {AGES[age]}: every share is a "
            "number from 0 up."
        )
    if ages.sum() <= 0:
        raise KitError("schedule has only zeros: at least one share must be above 0.")
    return ages / ages.sum()


def _of_the_un(source: Tables, rows, years: np.ndarray) -> np.ndarray | None:
    """The UN's net migrants from the base year on, or None when it does not tell their ages."""
    if years[0] < source.migration_periods[0]:
        return None
    start = source.migration_periods.index(years[0])
    return source.migrants[rows, start : start + len(years) - 1]


def _checked_medium(made: Scenario, migration: str, source: Tables, edition: str) -> Scenario:
    if migration != "medium":
        raise KitError(
            'migration is "medium" or a number of persons a year (one, or one a period), '
            f"not {migration!r}."
        )
    if made.migrants is None:
        first = source.migration_periods[0]
        raise KitError(
            f'migration="medium" needs a base year from {first} on in the edition of {edition}, '
            f"not {made.years[0]}: before, the ages of migrants are not in the tables. Choose "
            "another base year, or give a number of persons a year."
        )
    return made


def _children(births: np.ndarray, tfr, tfr_shift) -> np.ndarray:
    """Children in five years per woman, by age: the pattern of the UN, at the level asked for.

    `births` (…, T, 7) are births per woman and year; five times their sum is the UN's number of
    children per woman.
    """
    level = STEP * births.sum(axis=-1)
    pattern = STEP * births / level[..., None]
    if tfr is not None:
        level = each_period("tfr", tfr, level.shape[-1], 0, MOST_CHILDREN) + 0 * level
    shift = within("tfr_shift", tfr_shift, -MOST_CHILDREN, MOST_CHILDREN)
    low, high = -level.min(), MOST_CHILDREN - level.max()
    if not low <= shift <= high:
        low, high = math.ceil(100 * low) / 100, math.floor(100 * high) / 100
        raise KitError(
            f"tfr_shift = {number(shift, 2)} would give fewer than 0 or more than "
            f"{number(MOST_CHILDREN)} children per woman: here it lies between "
            f"{number(low, 2)} and {number(high, 2)}."
        )
    return pattern * (level + shift)[..., None]


def _pooled(members: Scenario) -> Scenario:
    """Several areas as one, whose rates are those of its members, each with the people it is for.

    The weights are those of the members' own projection with the UN's migrants (without
    migration when their ages are not known), so that with these the sum of the members is met.
    """
    known = members.migrants is not None
    members = members if known else without_migration(members)
    people, _ = walk(members)
    there = people[:, :-1] + members.migrants / 2
    women, births = there[..., FEMALE, :], births_by_age(members, people)
    born = births.sum(axis=-1)
    share = np.empty(members.survival.shape[1:])
    first = (born[..., None] * members.survival[..., 0]).sum(axis=0)
    share[..., 0] = first / _some(born.sum(axis=0))[:, None]
    share[..., 1:] = (there * members.survival[..., 1:]).sum(axis=0) / _some(there.sum(axis=0))
    later = (women[..., 2:9] * members.survival[..., FEMALE, 3:10]).sum(axis=0)
    mothers = (women[..., MOTHERS].sum(axis=0) + later) / 2
    return replace(
        members,
        people=members.people.sum(axis=0),
        survival=share,
        fertility=births.sum(axis=0) / _some(mothers),
        newborn=(born[..., None] * members.newborn).sum(axis=0) / _some(born.sum(axis=0))[:, None],
        migrants=members.migrants.sum(axis=0) if known else None,
    )


def _some(people: np.ndarray) -> np.ndarray:
    """To divide by: where there is nobody, the rate of nobody is 0."""
    return np.where(people == 0, 1, people)


# ---- The projection ----------------------------------------------------------------------------


def leslie(start: Scenario) -> np.ndarray:
    """The matrices (…, T, 42, 42) that carry people over five years; PHG chapter 6, Leslie (1945).

    A vector has the 21 age groups of men, then those of women. Below the diagonal stands who
    survives into the next group, in the corners who survives in the last one, and in the rows of
    the youngest the children: mothers are the women present at the two ends of the period, on
    average, and of the children those count who are alive at its end.
    """
    share, rate = start.survival, start.fertility / 2
    matrix = np.zeros((*share.shape[:-2], 2, 21, 2, 21))
    sex, group = np.arange(2)[:, None], np.arange(20)
    matrix[..., sex, group + 1, sex, group] = share[..., 1:21]
    matrix[..., sex, 20, sex, 20] = share[..., 21:]
    births = np.zeros((*share.shape[:-2], 21))  # per woman, by her age at the start
    births[..., 3:10] += rate
    births[..., 2:9] += rate * share[..., FEMALE, 3:10]  # she is one group older at the end
    matrix[..., :, 0, FEMALE, :] = start.newborn[..., None] * births[..., None, :]
    return matrix.reshape(*share.shape[:-2], 42, 42)


def with_migrants(matrix: np.ndarray, migrants: np.ndarray) -> np.ndarray:
    """What the migrants of a period (…, sex, age) add by its end: themselves and their children.

    Half of them come (or leave) at its start and live through it, half at its end; PHG chapter 6.
    The first half have the children of the whole period, the second half have none in it.
    """
    half = migrants / 2
    lived = matrix @ half.reshape(*half.shape[:-2], 42, 1)
    return lived.reshape(*lived.shape[:-2], *half.shape[-2:]) + half


def walk(start: Scenario, matrices: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """People (…, T + 1, sex, age) in every year, and net migrants (…, T, sex, age) of each period.

    The UN's own migrants are those of `start`, except that no age group falls below nobody: in
    a few areas (most in the United Arab Emirates) some of those who would leave are not there,
    because the tables tell ages in groups of five years only. Migrants given by number raise
    `KitError` when it comes to that. `matrices` are those of `leslie`, if somebody has made them.
    """
    matrices = leslie(start) if matrices is None else matrices
    added = with_migrants(matrices, start.migrants)
    shape = added.shape[:-2]  # (…, T)
    added = added.reshape(*shape, 42, 1)
    people = np.empty((*shape[:-1], len(start.years), 42, 1))
    people[..., 0, :, :] = start.people.reshape(*start.people.shape[:-2], 42, 1)
    stayed = np.zeros(added.shape)
    for t in range(len(start.years) - 1):
        after = matrices[..., t, :, :] @ people[..., t, :, :] + added[..., t, :, :]
        if start.medium and after.min() < 0:
            stayed[..., t, :, :] = np.maximum(-after, 0)
            after += stayed[..., t, :, :]
        people[..., t + 1, :, :] = after
    people = people.reshape(*shape[:-1], len(start.years), 2, 21)
    if not start.medium and people.min() < 0:
        raise KitError(_who_is_missing(start, people))
    return people, start.migrants + stayed.reshape(start.migrants.shape)


def _who_is_missing(start: Scenario, people: np.ndarray) -> str:
    """More people leave than there are: which, and how much of this migration could be."""
    alone, _ = walk(without_migration(start))
    *where, t, sex, age = np.unravel_index(people.argmin(), people.shape)
    area = start.areas[where[0] if where else 0]
    short = people < 0
    most = 100 * (alone[short] / (alone - people)[short]).min()
    return (
        f"migration lets more people leave {area} than there are ({SEXES[sex]}, age "
        f"{AGES[age]}, in {start.years[t]}). At most {percent(math.floor(10 * most) / 10)} "
        "of these numbers can leave with these ages."
    )


def without_migration(start: Scenario) -> Scenario:
    """The same, but nobody comes or leaves."""
    return replace(start, migrants=np.zeros((*start.survival.shape[:-1], 21)), medium=False)


def births_by_age(start: Scenario, people: np.ndarray) -> np.ndarray:
    """Births (…, T, 7) of each period by the age of the mother, from the people of every year."""
    women = (people[..., :-1, :, :] + start.migrants / 2)[..., FEMALE, :]
    later = women[..., 2:9] * start.survival[..., FEMALE, 3:10]
    return start.fertility * (women[..., MOTHERS] + later) / 2


def project(area: str | Sequence[str], until: int | None = None, **options) -> pd.DataFrame:
    """Projected people by year, sex and age group: columns `year, sex, age, population`.

    `age` is the first of its five years, 100 has no end; `population` is in persons and not
    rounded. For a list of areas a column `area` comes first. `options` are those of `scenario`.

    >>> belgium = project("BEL", until=2050)
    >>> belgium.query("year == 2025")["population"].sum().round()
    np.float64(11758400.0)
    >>> project("BEL", until=2050, tfr_shift=0.5)["population"].sum() > belgium["population"].sum()
    np.True_
    """
    start = scenario(area, until, **options)
    people, _ = walk(start)
    return as_table(start, people)


def since_base(area: str | Sequence[str], until: int | None = None, **options) -> pd.DataFrame:
    """Those who came after the base year and their descendants, less those who left and theirs.

    The projection less the one without migration; columns and options as in `project`.

    >>> since_base("BEL", 2050, migration=0)["population"].abs().max()
    np.float64(0.0)
    """
    start = scenario(area, until, **options)
    people, _ = walk(start)
    alone, _ = walk(without_migration(start))
    return as_table(start, people - alone)


def growth(area: str | Sequence[str], until: int | None = None, **options) -> pd.DataFrame:
    """Why the population changes: columns `year, births, deaths, migrants, change`, in persons.

    `year` is the first of a period of five; `migrants` is net. Births less deaths plus migrants
    is the change. Options as in `scenario`.

    >>> belgium = growth("BEL", 2050)
    >>> bool((belgium.eval("births - deaths + migrants - change").abs() < 1e-3).all())
    True
    """
    start = scenario(area, until, **options)
    people, migrants = walk(start)
    births, deaths = births_and_deaths(start, people)
    everyone = people.sum(axis=(-2, -1))
    columns = {
        "births": births,
        "deaths": deaths,
        "migrants": migrants.sum(axis=(-2, -1)),
        "change": np.diff(everyone, axis=-1),
    }
    return _by_year(start, start.years[:-1], columns)


def births_and_deaths(start: Scenario, people: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Births and deaths (…, T) of each period, in persons, from the people of every year."""
    births = births_by_age(start, people).sum(axis=-1)
    there = people[..., :-1, :, :] + start.migrants / 2
    deaths = (there * (1 - start.survival[..., 1:])).sum(axis=(-2, -1))
    return births, deaths + births * (1 - start.newborn.sum(axis=-1))


def summary(
    area: str | Sequence[str],
    until: int | None = None,
    *,
    working_age: tuple[float, float] = (15, 65),
    **options,
) -> pd.DataFrame:
    """Columns `year, population, young, working, old, support_ratio`; options as in `scenario`.

    `working_age` says when working age begins and when it ends: (15, 65) counts those of 15 to 64.

    >>> summary("BEL", 2050)["support_ratio"].round(2).tolist()
    [3.02, 2.7, 2.47, 2.31, 2.19, 2.11]
    """
    ages = bounds(working_age)
    start = scenario(area, until, **options)
    people, _ = walk(start)
    parts = {
        "population": count(people),
        "young": count(people, 0, ages[0]),
        "working": count(people, *ages),
        "old": count(people, ages[1]),
        "support_ratio": support_ratio(people, ages),
    }
    return _by_year(start, start.years, parts)


# ---- Counting ----------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def age_weights(low: float = 0, high: float = math.inf) -> np.ndarray:
    """Which share of each age group (21) is from `low` to below `high`, spread evenly over it.

    >>> age_weights(15, 67)[[2, 3, 12, 13, 14]].tolist()
    [0.0, 1.0, 1.0, 0.4, 0.0]
    """
    share = (np.minimum(high, AGES + STEP) - np.maximum(low, AGES)) / STEP
    share[-1] = high > OLDEST  # of those of 100 and over nobody knows how old they are
    share = share.clip(0, 1)
    share.flags.writeable = False  # it is kept: nobody may change it
    return share


def count(people: np.ndarray, low: float = 0, high: float = math.inf) -> np.ndarray:
    """Persons from age `low` to below `high`, both sexes."""
    return people.sum(axis=-2) @ age_weights(low, high)


def support_ratio(people: np.ndarray, working_age: tuple[float, float] = (15, 65)) -> np.ndarray:
    """People of working age for each older one: the potential support ratio."""
    low, high = bounds(working_age)
    with np.errstate(divide="ignore", invalid="ignore"):  # nobody is old: no ratio, not an error
        return count(people, low, high) / count(people, high)


# ---- Tables for people -------------------------------------------------------------------------


def as_table(start: Scenario, people: np.ndarray) -> pd.DataFrame:
    """People (…, T + 1, sex, age) as a table: `year, sex, age, population`, `area` first."""
    years, sexes, ages = people.shape[-3:]
    columns = {
        "year": np.repeat(start.years, sexes * ages),
        "sex": np.tile(np.repeat(SEXES, ages), years),
        "age": np.tile(AGES, years * sexes),
    }
    if people.ndim > 3:
        columns = {name: np.tile(column, len(people)) for name, column in columns.items()}
        columns = {"area": np.repeat(start.areas, years * sexes * ages), **columns}
    return pd.DataFrame(columns | {"population": people.reshape(-1)})


def _by_year(start: Scenario, years: np.ndarray, columns: dict[str, np.ndarray]) -> pd.DataFrame:
    """Columns (…, year) as a table: `year` and they, `area` first when there are several."""
    index = {"year": years}
    if start.people.ndim > 2:
        index = {
            "area": np.repeat(start.areas, len(years)),
            "year": np.tile(years, len(start.areas)),
        }
    return pd.DataFrame(index | {name: values.reshape(-1) for name, values in columns.items()})


# ---- What may be asked for ---------------------------------------------------------------------


def within(name: str, value, low: float, high: float) -> float:
    """`value` as a float, or a `KitError` that says what `name` may be.

    >>> within("mortality", 1, 0.1, 10)
    1.0
    """
    good = isinstance(value, (Real, np.number)) and not isinstance(value, (bool, np.bool_))
    if not good or not low <= value <= high:
        said = number(value) if good and math.isfinite(value) else repr(value)
        raise KitError(f"{name} is a number from {number(low)} to {number(high)}, not {said}.")
    return float(value)


def each_period(name: str, value, periods: int, low: float, high: float) -> np.ndarray:
    """One number for every period, or one for each, as an array (periods,); else `KitError`."""
    if np.ndim(value) == 0:
        return np.full(periods, within(name, value, low, high))
    values = [within(f"{name}[{i}]", one, low, high) for i, one in enumerate(value)]
    if len(values) != periods:
        raise KitError(
            f"{name} has {len(values)} numbers for {periods} periods of five years: give one "
            "number, or one a period."
        )
    return np.array(values)


def bounds(working_age: tuple[float, float]) -> tuple[float, float]:
    """When working age begins and ends, or a `KitError` that says what may be."""
    try:
        low, high = working_age
    except (TypeError, ValueError):
        raise KitError(f"working_age is two ages, as (15, 65), not {working_age!r}.") from None
    low = within("working_age, its first number,", low, 0, OLDEST)
    high = within("working_age, its second number,", high, 0, OLDEST)
    if low >= high:
        raise KitError(
            f"working_age begins at {number(low)} and ends at {number(high)}: it must end later "
            f"than it begins, between 0 and {OLDEST}."
        )
    return low, high


def _years(source: Tables, edition: str, base, until) -> np.ndarray:
    """The base year and every fifth after it, to the last one."""
    usual, last = EDITIONS[edition]
    base = usual if base is None else base
    if base not in source.years:
        raise KitError(
            f"base = {base!r} is not a year of the edition of {edition}: its populations by age "
            f"are those of {listing(source.years)}."
        )
    until = last if until is None else until
    ends = list(range(int(base) + STEP, source.periods[-1] + STEP + 1, STEP))
    if until not in ends:
        raise KitError(
            f"until = {until!r} is not a year of this projection: from {base} it goes in steps of "
            f"five years to one of {ends[0]}, {ends[1]} … {ends[-1]}."
        )
    return np.arange(int(base), int(until) + 1, STEP)


def _codes(area, source: Tables, edition: str) -> tuple[str, ...]:
    """The codes of what was asked for: one area, several, or the members of a group."""
    if isinstance(area, str):
        if area == "WLD" and len(source.areas) > 200:
            return tuple(source.areas)
        if area == "EU15":
            return FIFTEEN
    wanted = tuple(area) if isinstance(area, (list, tuple, pd.Series, np.ndarray)) else (area,)
    for code in wanted:
        if not isinstance(code, str) or code not in source.areas:
            raise KitError(_no_area(code, source, edition))
    if not wanted:
        raise KitError("area is an empty list: name at least one area.")
    return wanted


OPTIONS = ("base", "edition", "tfr_shift", "tfr", "mortality", "migration", "schedule")


def _no_option(name: str) -> str:
    near = difflib.get_close_matches(name, (*OPTIONS, "working_age", "until"), n=1, cutoff=0.6)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return f"There is no option {name!r} here.{hint} A projection takes {listing(OPTIONS)}."


def _no_area(code, source: Tables, edition: str) -> str:
    known = {iso3: name for iso3, name in names(edition).items() if iso3 not in GROUPS}
    if isinstance(code, str) and code in GROUPS:
        only = " and in the edition of 2024" if code == "WLD" else ""
        return f"{code} ({GROUPS[code]}) is asked for alone, not in a list{only}."
    spelt = {iso3.lower(): iso3 for iso3 in known}
    spelt |= {name.lower(): iso3 for iso3, name in known.items()}
    near = difflib.get_close_matches(str(code).lower(), spelt, n=3, cutoff=0.6)
    near = [f"{spelt[one]} ({known[spelt[one]]})" for one in near]
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    some = ", ".join(list(source.areas)[:3])
    return (
        f"There is no area {code!r} in the edition of {edition}.{hint} It has {len(source.areas)} "
        f"areas by their ISO3 codes ({some} …); `population.areas({edition!r})` lists them."
    )
