"""How many migrants an aim would take: the sums of the UN's *Replacement Migration*, done exactly.

The report (United Nations 2000, ESA/P/WP.160; printed 2001, ST/ESA/SER.A/206) asked how much
migration would hold a population, its working-age part, or the number of workers for each older
person. These are what-ifs: no forecast, no advice.

The projection is linear (`population`), so each period of five years asks one question with one
answer. Let `alone` be the people at its end if nobody comes in it, and `one` what one migrant adds
by then: a person, less the risk of dying, and children. Then

    weights @ (alone + migrants * one) = level

has one solution, for an aim on numbers (weights: who counts; level: how many) and for a support
ratio r alike (weights: 1 for each person of working age, -r for each older one; level: 0).

The aims have names. The report numbers them, and its two editions number them differently.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from migrationkit.errors import KitError
from migrationkit.models import population
from migrationkit.models.population import STEP, Scenario
from migrationkit.text import listing, number

NUMBERS = ("constant-population", "constant-working-age")
RATIOS = ("support-ratio-floor", "constant-support-ratio")
FIVE = ("zero-migration", *NUMBERS, *RATIOS)
AIMS = (*FIVE, "fixed")
FLOOR = 3.0  # people of working age for each older one: the floor of the report
WORKING_AGE = (15, 65)
TARGETS = {**dict.fromkeys(NUMBERS, (1, 1e11)), **dict.fromkeys(RATIOS, (0.01, 100))}
MOST = 1e10  # migrants in five years: more people than there are on Earth
NOBODY = 1e-3  # persons: what is less is the rounding of the computer

# Why an aim cannot be held, by the number that the solver notes. 0: it can.
REASONS = {
    1: "those who come at these ages add too many older people for those of working age they add",
    2: "it would take more migrants in five years than there are people on Earth",
    3: "more people of some ages would have to leave than live there",
    4: "nobody is past working age in the base year, so that there is no ratio",
}


@dataclass(frozen=True)
class Solution:
    """What several aims take in one scenario. Axes before the named ones: areas, if several."""

    aims: tuple[str, ...]
    start: Scenario
    working_age: tuple[float, float]
    targets: np.ndarray  # (…, T + 1, aim): persons or a ratio, as the aim is; NaN for none
    migrants: np.ndarray  # (…, T, aim): net migrants of five years; NaN where it cannot be held
    failures: np.ndarray  # (…, T, aim): a key of `REASONS`, or 0
    people: np.ndarray  # (…, T + 1, sex, age, aim); nobody comes once the aim cannot be held
    alone: np.ndarray  # (…, T + 1, sex, age): if nobody ever comes

    def of(self, aim: str) -> np.ndarray:
        """People (…, T + 1, sex, age) under one aim."""
        return self.people[..., self.aims.index(aim)]

    def since_base(self, aim: str) -> np.ndarray:
        """Of those, who came after the base year and their descendants (those who left: minus).

        The projection less the one without migration: it is linear, so nothing else differs.
        """
        return self.of(aim) - self.alone

    def table(self) -> pd.DataFrame:
        """Columns `aim, year, migrants` (persons a year), `area` first when there are several."""
        years, yearly = self.start.years[:-1], np.swapaxes(self.migrants, -1, -2) / STEP
        several = yearly.size // (len(years) * len(self.aims))
        columns = {
            "aim": np.tile(np.repeat(self.aims, len(years)), several),
            "year": np.tile(years, several * len(self.aims)),
            "migrants": yearly.reshape(-1),
        }
        if self.start.people.ndim > 2:
            columns = {"area": np.repeat(self.start.areas, yearly[0].size), **columns}
        return pd.DataFrame(columns)


# ---- What others call --------------------------------------------------------------------------


def solve(
    area: str | Sequence[str],
    aim: str,
    until: int | None = None,
    *,
    target: float | None = None,
    **options,
) -> pd.DataFrame:
    """Migrants that one aim takes: columns `year, migrants`, in persons a year.

    `year` is the first of a period of five. `aim` is one of `AIMS`:

    - "zero-migration", and "fixed" with `migration`: net migrants a year, one number or one a
      period;
    - "constant-population", "constant-working-age": from the year in which it would be highest
      without migration, it stays that high (the report's rule);
    - "support-ratio-floor": the support ratio never falls below 3;
    - "constant-support-ratio": it stays as in the base year.

    `target`, persons or a ratio, takes the place of the highest level, of the 3 or of the ratio
    of the base year, from the first period on. Other `options` are those of `find`.

    From the period on in which an aim cannot be held `migrants` is missing, and `explain` says
    why. For a list of areas a column `area` comes first. Raises `KitError` for a wrong option.

    >>> need = solve("DEU", aim="constant-working-age", until=2050, edition="2008")
    >>> round(need.query("year >= 2000")["migrants"].mean() / 1000)
    478
    """
    found = find(area, (aim,), until, targets=_only(aim, target), **options)
    return found.table().drop(columns="aim")


def compare(area: str | Sequence[str], until: int | None = None, **options) -> pd.DataFrame:
    """What five aims take: columns `aim, year, migrants` (a year); options as in `find`.

    >>> compare("BEL", 2050).groupby("aim")["migrants"].mean().idxmax()
    'constant-support-ratio'
    """
    return find(area, FIVE, until, **options).table()


def explain(
    area: str, aim: str, until: int | None = None, *, target: float | None = None, **options
) -> str:
    """What there is to know about a result of `solve`, in a sentence or two; options as there.

    >>> explain("NGA", "constant-population", 2050)
    'Without migration it never falls below its target: nobody is needed.'
    """
    return note(find(area, (aim,), until, targets=_only(aim, target), **options), aim)


def _only(aim: str, target: float | None) -> dict[str, float]:
    """`targets` of `find` for one aim. Raises `KitError` for an unknown aim."""
    if not isinstance(aim, str) or aim not in AIMS:
        raise KitError(f"There is no aim {aim!r}. The aims are {listing(AIMS)}.")
    return {} if target is None else {aim: target}


def _several(aims: Sequence[str]) -> tuple[str, ...]:
    """The aims, each of them known and at least one; a `KitError` else."""
    aims = (aims,) if aims is None or isinstance(aims, str) else tuple(aims)
    for aim in aims or (None,):
        _only(aim, None)
    return aims


def find(
    area: str | Sequence[str] | Scenario,
    aims: Sequence[str] = FIVE,
    until: int | None = None,
    *,
    targets: Mapping[str, float] | None = None,
    migration: float | Sequence[float] = 0,
    signed: bool = False,
    working_age: tuple[float, float] = WORKING_AGE,
    schedule: str | float | np.ndarray = "settlement",
    arrivals_tfr: float | Sequence[float] | None = None,
    **options,
) -> Solution:
    """Several aims at once, with the people that follow: the arrays behind `solve`.

    - `area`: as in `population.scenario`; or what that function made, to use it twice (`until` and
      the `options` are then its own).
    - `targets`: a number of your own for some of the aims; `migration`: for "fixed".
    - `signed`: whether people may have to leave. If not, every aim is a least: a period that
      needs nobody has 0, and what is above the aim stays above it. If so, each aim is met exactly;
      only the floor never asks anybody to leave.
    - `working_age`: when it begins and ends, as (15, 65) for those of 15 to 64.
    - `schedule`: the ages of those who come, one of `population.arrival_ages`.
    - `arrivals_tfr`: children per woman among those who come and their descendants, one number
      or one a period (falling towards the others', say); without it they have as many as others.
    - `options`: `base, edition, tfr_shift, tfr, mortality` of `population.scenario`.

    >>> find("ITA", until=2050).migrants.shape
    (5, 5)
    """
    aims = _several(aims)
    if not isinstance(targets or {}, Mapping):
        raise KitError(f"targets has a number for each aim, as {{aim: 3.0}}, not {targets!r}.")
    targets = dict(targets or {})
    for aim, target in targets.items():
        if aim not in TARGETS:
            raise KitError(
                f"The aim {aim!r} takes no target; those that do are {listing(TARGETS)}."
            )
        targets[aim] = population.within(f"target of {aim}", target, *TARGETS[aim])
    ages = population.bounds(working_age)
    if isinstance(migration, str):
        raise KitError(f"migration is a number of persons a year here, not {migration!r}.")
    if isinstance(area, Scenario):
        if until is not None or options:
            raise KitError("A scenario has its years and rates: nothing else can be said of them.")
        start = population.with_flow(area, migration, schedule)
    else:
        flow = {"migration": migration, "schedule": schedule}
        start = population.scenario(area, until, **flow, **options)
    matrices = population.leslie(start)
    alone, _ = population.walk(population.without_migration(start), matrices)
    if "fixed" in aims:
        population.walk(start, matrices)  # raises when more people would leave than there are
    asked = [_asked(aim, start, alone, ages, targets.get(aim)) for aim in aims]
    least = np.array([not signed or aim == "support-ratio-floor" for aim in aims])
    theirs = _matrices_of_arrivals(start, matrices, arrivals_tfr)
    ages_of_arrival = population.arrival_ages(schedule)
    migrants, failures, people = _hold(alone, theirs, ages_of_arrival, asked, least)
    return Solution(
        aims=aims,
        start=start,
        working_age=ages,
        targets=np.stack([one.target for one in asked], axis=-1),
        migrants=np.where(failures == 0, migrants, np.nan),
        failures=failures,
        people=people,
        alone=alone,
    )


def _matrices_of_arrivals(start: Scenario, matrices: np.ndarray, tfr) -> np.ndarray:
    """As `population.leslie`, for people who have `tfr` children per woman; None: as the others."""
    if tfr is None:
        return matrices
    level = population.each_period(
        "arrivals_tfr", tfr, start.fertility.shape[-2], 0, population.MOST_CHILDREN
    )
    usual = start.fertility.sum(axis=-1)
    if not (usual > 0).all():
        raise KitError(
            "arrivals_tfr takes the ages of mothers from the others: their tfr is above 0 then."
        )
    return population.leslie(replace(start, fertility=start.fertility * (level / usual)[..., None]))


# ---- One aim as an equation --------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """What one aim asks: weights @ people (both sexes together) = level; or migrants, if given."""

    weights: np.ndarray  # (…, age)
    level: np.ndarray  # (…, T + 1): persons, or 0 for a ratio
    target: np.ndarray  # (…, T + 1): persons or the ratio; NaN for none
    given: np.ndarray  # (…, T): net migrants of five years; NaN where they are to be found


def _asked(
    aim: str, start: Scenario, alone: np.ndarray, ages: tuple[float, float], target: float | None
) -> Asked:
    shape = alone.shape[:-2]  # (…, T + 1)
    unknown = np.full((*shape[:-1], shape[-1] - 1), np.nan)
    if aim in RATIOS:
        first = alone[..., 0, :, :]
        usual = FLOOR if aim == "support-ratio-floor" else population.support_ratio(first, ages)
        ratio = np.broadcast_to(usual if target is None else target, shape[:-1])[..., None]
        old = population.age_weights(ages[1])
        with np.errstate(invalid="ignore"):  # nobody is old: no ratio, and no solution
            weights = population.age_weights(*ages) - ratio * old
        return Asked(weights, np.zeros(shape), np.broadcast_to(ratio, shape), unknown)
    if aim in NUMBERS:
        who = population.age_weights(*(ages if aim == "constant-working-age" else ()))
        level = _highest(alone.sum(axis=-2) @ who) if target is None else np.full(shape, target)
        return Asked(np.broadcast_to(who, (*shape[:-1], 21)), level, level, unknown)
    given = start.migrants.sum(axis=(-2, -1)) if aim == "fixed" else np.zeros(unknown.shape)
    nothing = np.full(shape, np.nan)
    return Asked(np.zeros((*shape[:-1], 21)), np.zeros(shape), nothing, given)


def _highest(number: np.ndarray) -> np.ndarray:
    """The report's level: what `number` (…, T + 1) is until it is highest, and the highest then.

    >>> _highest(np.array([5.0, 7.0, 6.0, 4.0])).tolist()
    [5.0, 7.0, 7.0, 7.0]
    """
    peak = number.argmax(axis=-1)[..., None]
    past = np.arange(number.shape[-1]) > peak
    return np.where(past, number.max(axis=-1)[..., None], number)


# ---- The solver --------------------------------------------------------------------------------


def _hold(
    alone: np.ndarray,
    matrices: np.ndarray,
    ages: np.ndarray,
    asked: Sequence[Asked],
    least: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All aims side by side: migrants and failures (…, T, aim), people (…, T + 1, sex, age, aim).

    `alone` (…, T + 1, sex, age) are the people if nobody comes, `matrices` those of the arrivals.
    `least` (aim,): where above the level is as good as on it. From the period on in which an aim
    fails nobody comes, and the number of the reason stands in failures.
    """
    periods = matrices.shape[-3]
    one = population.with_migrants(matrices, np.broadcast_to(ages, (periods, *ages.shape)))
    given = np.stack([aim.given for aim in asked], axis=-1)
    migrants, people = _solved(alone, matrices, one, asked, least, given)
    failures = _failures(migrants, people, least, np.isnan(given))
    if failures.any():
        given = np.where(failures > 0, 0, given)
        migrants, people = _solved(alone, matrices, one, asked, least, given)
    return np.where(abs(migrants) < NOBODY, 0, migrants), failures, people


def _solved(
    alone: np.ndarray,
    matrices: np.ndarray,
    one: np.ndarray,
    asked: Sequence[Asked],
    least: np.ndarray,
    given: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """One equation a period and aim: (level - weights @ before) / (weights @ one).

    `before` are the people at its end if nobody comes in it: those without any migration, and
    those who came earlier with their descendants. `one` (…, T, sex, age) is what one migrant adds
    by the end of a period. Where `given` is a number, it is taken.
    """
    periods = matrices.shape[-3]
    one = one.reshape(matrices.shape[:-1])  # (…, T, 42)
    alone = alone.reshape(*alone.shape[:-2], 42)
    weights = np.stack([np.concatenate([aim.weights] * 2, axis=-1) for aim in asked], axis=-1)
    levels = np.stack([aim.level for aim in asked], axis=-1)
    found = np.isnan(given)
    fewest = np.where(least, 0, -np.inf)
    came = np.zeros((*matrices.shape[:-3], periods + 1, 42, len(asked)))
    migrants = np.empty(given.shape)
    with np.errstate(all="ignore"):  # what cannot be held may grow without end
        gain = one @ weights  # (…, T, aim)
        short = levels - alone @ weights  # (…, T + 1, aim): without any migration
        for t in range(periods):
            stayed = matrices[..., t, :, :] @ came[..., t, :, :]
            still = np.maximum(short[..., t + 1, :] - (weights * stayed).sum(axis=-2), fewest)
            need = still / gain[..., t, :]
            migrants[..., t, :] = np.where(found[..., t, :], need, given[..., t, :])
            arrived = one[..., t, :, None] * migrants[..., t, None, :]
            came[..., t + 1, :, :] = stayed + arrived
    came += alone[..., None]  # in place: the array of all areas is large
    return migrants, came.reshape(*came.shape[:-2], 2, 21, len(asked))


def _failures(
    migrants: np.ndarray, people: np.ndarray, least: np.ndarray, found: np.ndarray
) -> np.ndarray:
    """From the first period on in which an aim fails, a key of `REASONS`; 0 before, and else."""
    tests = [
        least & (migrants < -NOBODY),
        abs(migrants) > MOST,
        people[..., 1:, :, :, :].min(axis=(-3, -2)) < -NOBODY,
        np.isnan(migrants),
    ]
    if not any(test.any() for test in tests):  # nearly always, and a slider has no time to lose
        return np.zeros(migrants.shape, dtype="int64")
    reason = np.select(tests, list(REASONS)) * found
    first = (reason > 0).argmax(axis=-2)[..., None, :]  # 0, and reason 0, when there is none
    late = np.arange(reason.shape[-2])[:, None] >= first
    return np.where(late, np.take_along_axis(reason, first, axis=-2), 0)


# ---- In words ----------------------------------------------------------------------------------


def _ages(bounds: tuple[float, float]) -> str:
    """Working age in words, with the last year of age that counts.

    >>> _ages((15, 65)), _ages((15, 67.5))
    ('15 to 64', '15 to below 67.5')
    """
    low, high = bounds
    return f"{low:g} to {high - 1:g}" if high == int(high) else f"{low:g} to below {high:g}"


def note(found: Solution, aim: str) -> str:
    """What there is to know about one aim of a solution for one area, in a sentence or two.

    Whether it can be held, whether it takes anybody, and the trap of a ratio to be held that is
    above that of the base year.
    """
    if found.start.people.ndim > 2:
        raise KitError("area is one area here, not a list.")
    k = found.aims.index(aim)
    years = found.start.years
    if aim not in TARGETS:
        return "Nothing is asked: the migrants are given."
    said = []
    failures = found.failures[:, k]
    if failures.any():
        first = int(np.flatnonzero(failures)[0])
        said.append(f"From {years[first]} on it cannot be held: {REASONS[failures[first]]}.")
    ratio = float(population.support_ratio(found.start.people, found.working_age))
    target = float(found.targets[-1, k])
    if aim in RATIOS and ratio < target - 1e-9:
        what = "floor" if aim == "support-ratio-floor" else "aim"
        said.append(
            f"The {what} of {number(target, 2)} is above the ratio of {_ages(found.working_age)} "
            f"in {years[0]}, {number(ratio, 2)}: the first period has to make good the whole gap "
            f"at once, so its number says how far the {what} is, not what a year takes."
        )
    if not np.nan_to_num(found.migrants[:, k]).any() and not said:
        said.append("Without migration it never falls below its target: nobody is needed.")
    return " ".join(said) or "It is held in every period."


# ---- The same number every year ----------------------------------------------------------------


def steady(
    area: str,
    until: int,
    aim: str = "constant-working-age",
    *,
    target: float | None = None,
    working_age: tuple[float, float] = WORKING_AGE,
    schedule: str | float | np.ndarray = "settlement",
    **options,
) -> float:
    """Net migrants a year, the same in every year, that bring one number back to its level.

    Not the aim in every period, as in `solve`, but in the year `until` alone. The level is that
    of the base year, or `target`. Linear too: people without migration and people that one a year
    adds. A negative number says how many could leave. `aim` is one that takes a target. Raises
    `KitError` when those who come at these ages bring the number no nearer.

    It is another question than the mean of `solve`. For Belgium's population of 2005 to be there
    in 2040, 1,700 a year are enough (edition of 2008; 13,600 in that of 2024). For it to stay
    the same in every period, people would have to leave at first and more to come later: 3,000 a
    year on average (15,300).

    >>> 29_000 < steady("BEL", 2040, base=2005, edition="2008") < 31_000
    True
    """
    if aim not in TARGETS:
        raise KitError(f"The aim is one of {listing(TARGETS)}, not {aim!r}.")
    ages = population.bounds(working_age)
    start = population.scenario(area, until, migration=1, schedule=schedule, **options)
    if start.people.ndim > 2:
        raise KitError("area is one area here, not a list.")
    alone, _ = population.walk(population.without_migration(start))
    one, _ = population.walk(replace(start, people=0 * start.people))
    if target is None:
        target = _now(aim, start.people, ages)
    target = population.within(f"target of {aim}", target, *TARGETS[aim])
    asked = _asked(aim, start, alone, ages, target)
    short = asked.level[-1] - asked.weights @ alone[-1].sum(axis=0)
    gain = asked.weights @ one[-1].sum(axis=0)
    if not gain > 0:
        raise KitError(f"No number of migrants does it by {until}: {REASONS[1]}.")
    return float(short / gain)


def _now(aim: str, people: np.ndarray, ages: tuple[float, float]) -> float:
    """What an aim is about, in the people of one year."""
    if aim == "support-ratio-floor":
        return FLOOR
    if aim == "constant-support-ratio":
        return float(population.support_ratio(people, ages))
    return float(population.count(people, *(ages if aim == "constant-working-age" else ())))
