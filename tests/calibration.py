"""The UN's report of 2000 with its own assumptions, as far as its printed results give them away.

`Replacement Migration` was made with the edition of 1998 of the UN's projections, which was not
found. Two of its assumptions can be worked back from what it printed, period by period:

- children per woman, from the population without migration;
- deaths from 60 on, from the people of 65 and over under the constant support ratio, which are
  those of 15 to 64 over that ratio. Where the report's ratio of 1995 is not in our table (France,
  Italy) that of the edition of 2008 takes its place.

So the population without migration and, with its own printed migrants, the constant ratio say
nothing about the solver: they are what is fitted. What the other aims take is out of sample.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from migrationkit import data
from migrationkit.models import population
from migrationkit.models.population import Scenario

AREAS = ("DEU", "FRA", "ITA", "JPN")
RATIO = "constant-support-ratio"
# How near the solver must then come, per cent. For the floor there is no such number: it is a
# threshold, zero until it is crossed, and a small gap in the ratio moves the year of crossing.
WITHIN = {"constant-population": 5, "constant-working-age": 15, RATIO: 10}


def calibrated(area: str) -> Scenario:
    """The scenario 1995 to 2050 of the edition of 2008, without migration, so worked back."""
    start = population.scenario(area, 2050, edition="2008", migration=0)
    source = population.tables("2008")
    rates = source.mortality[source.areas[area], : len(start.years) - 1]
    everyone = _printed(area, "zero-migration", "population")
    elders = _printed(area, RATIO, "population_15_64") / _ratio(area, start)
    flows = data.load("replacement-published").query("area == @area and aim == @RATIO")
    flows = 5 * flows.sort_values("period")["migrants"].to_numpy(dtype="float64")
    ages = population.arrival_ages("settlement")
    survival, fertility = start.survival.copy(), start.fertility.copy()
    newborn = start.newborn.copy()
    alone, held = start.people, start.people
    for t in range(len(start.years) - 1):
        boys = start.newborn[t] / start.survival[t, :, 0]
        half = held + flows[t] * ages / 2

        def old(factor: float, t: int = t, half: np.ndarray = half) -> float:
            share = _survival(rates[t], factor)
            later = (half[:, 12:20] * share[:, 13:21]).sum() + (half[:, 20] * share[:, 21]).sum()
            return later + flows[t] * ages[:, 13:].sum() / 2

        survival[t] = _survival(rates[t], _falling_to(old, elders[t + 1], 0.2, 5))
        newborn[t] = boys * survival[t, :, 0]
        one = _period(start, survival, fertility, newborn, t)
        after = (one @ alone.reshape(42)).reshape(2, 21)
        children = after[:, 0].sum()
        fertility[t] *= 1 + (everyone[t + 1] - after.sum()) / children
        one = _period(start, survival, fertility, newborn, t)
        alone = (one @ alone.reshape(42)).reshape(2, 21)
        held = (one @ half.reshape(42)).reshape(2, 21) + flows[t] * ages / 2
    return replace(start, survival=survival, fertility=fertility, newborn=newborn)


def _period(start: Scenario, survival, fertility, newborn, t: int) -> np.ndarray:
    now = {"survival": survival[t], "fertility": fertility[t], "newborn": newborn[t]}
    return population.leslie(replace(start, **now))


def _survival(rates: np.ndarray, factor: float) -> np.ndarray:
    changed = rates.copy()
    changed[:, 13:] *= factor  # 60-64 and over
    return population.survival(changed)


def _falling_to(function, target: float, low: float, high: float) -> float:
    """Where a falling function is `target`, by halving."""
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) > target else (low, middle)
    return (low + high) / 2


def _printed(area: str, aim: str, column: str) -> np.ndarray:
    table = data.load("replacement-published-population").query("area == @area and aim == @aim")
    return table.sort_values("year")[column].to_numpy(dtype="float64")


def _ratio(area: str, start: Scenario) -> float:
    table = data.load("replacement-published-population").query("area == @area and aim == @RATIO")
    printed = table["support_ratio"].dropna()
    return float(printed.iloc[0]) if len(printed) else float(population.support_ratio(start.people))


def printed_mean(area: str, aim: str) -> float:
    """What the report printed, persons a year, mean of 2000 to 2050."""
    table = data.load("replacement-published").query("area == @area and aim == @aim")
    return float(table.query("period >= 2000")["migrants"].mean())


def mean(table: pd.DataFrame, aim: str) -> float:
    """The same of a table of the solver."""
    return float(table.query("aim == @aim and year >= 2000")["migrants"].mean())
