"""How near the population model comes to what it stands for, and how fast it is.

    python tests/bench/population.py

One line for each thing that the model must reach: its name, what is measured now, what is
required, and whether that is reached; a line without a requirement is for information. Times are
those of the processor, on one core, and the quickest of many runs counts: others may use the
computer too. On one that is idle they are those of the clock. Nothing is asserted here, as
`test_population.py`, `test_replacement.py` and `test_levers.py` do that; a line that falls short
says so.

`frozen/wpp2024-ages.csv` holds the UN's medium variant by age for 2030, 2050 and 2100, for 187
countries: World Population Prospects 2024 (CC BY 3.0 IGO), five-year ages and both sexes summed,
taken from `demographics-2024.h5` of the package starsim-data 2.0.0. Its sums over ages are the
totals of `frozen/wpp2024-medium.csv`, which came another way, to within ten people. Somalia, which
has 67 million people in 2100, and the smaller territories are not in that package.
"""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")  # before numpy: one core, as a learner's laptop may have

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

from migrationkit import data  # noqa: E402
from migrationkit.errors import KitError  # noqa: E402
from migrationkit.models import levers, population, replacement  # noqa: E402

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import calibration  # noqa: E402

FROZEN = Path(__file__).resolve().parents[1] / "frozen"
BROAD = {"0-14": (0, 15), "15-64": (15, 65), "65 and over": (65, math.inf)}
BY_AGE = {"0-14": 0.40, "15-64": 0.25, "65 and over": 0.25}  # what is required, per cent
REPORT = ["FRA", "DEU", "ITA", "JPN", "GBR", "KOR", "RUS", "USA", "EU15"]
OLD = {"base": 1995, "edition": "2008"}


def line(what: str, value: str, limit: str = "", good: bool | None = None) -> None:
    verdict = {None: "", True: "reached", False: "FALLS SHORT"}[good]
    print(f"{what:<74} {value:>30}  {limit:<22} {verdict}".rstrip())


def at_most(what: str, value: float, limit: float, unit: str, digits: int = 3) -> None:
    said = f"{value:.{digits}f} {unit}"
    line(what, said, f"at most {limit:g} {unit}", bool(value <= limit))


def billionth(what: str, gap: float) -> None:
    line(what, f"{gap:.0e}", "at most 1e-09", bool(gap <= 1e-9))


def quickest(run: Callable[[], object], times: int) -> float:
    """Milliseconds of processor time of the quickest of many runs."""
    best = math.inf
    for _ in range(times):
        start = time.thread_time()
        run()
        best = min(best, time.thread_time() - start)
    return 1000 * best


# ---- Near the UN's own projection --------------------------------------------------------------


def near_the_un() -> None:
    print("\nThe UN's medium variant, areas of over 100,000 people")
    areas = population.areas()
    now = data.load("population").query("year == 2025").set_index("iso3")["population"]
    rows = [k for k, area in enumerate(areas) if now.get(area, 0) > 100_000]
    start = population.scenario(areas)
    un = pd.read_csv(FROZEN / "wpp2024-life-expectancy.csv")
    source = population.tables()
    for period, table in un.groupby("period"):
        listed = [source.areas[area] for area in table["iso3"]]
        share = population.survival(source.mortality[listed, source.periods.index(period)])
        gap = abs(population.life_expectancy(share) - table[["male", "female"]].to_numpy())
        what = f"Life expectancy {period} to {period + 5}, {len(listed)} areas: median, worst"
        line(what, f"{np.median(gap):.4f}, {gap.max():.3f} years")
    people, _ = population.walk(start)
    births, deaths = population.births_and_deaths(start, people)
    un = pd.read_csv(FROZEN / "wpp2024-medium.csv").set_index("iso3")

    def error(ours: np.ndarray, column: str, year: int) -> np.ndarray:
        theirs = un.loc[un["year"] == year, column].reindex([areas[k] for k in rows])
        return 100 * abs(ours[rows] / theirs.to_numpy(dtype="float64") - 1)

    far = error(people[:, -1].sum(axis=(1, 2)), "population", 2100)
    at_most(f"2025 to 2100, total, {len(rows)} areas: median error", np.median(far), 0.15, "%")
    at_most("  95th percentile", np.percentile(far, 95), 1.0, "%")
    at_most(f"  worst ({areas[rows[far.argmax()]]})", far.max(), 2.0, "%")
    for year in (2030, 2050):
        soon = error(people[:, (year - 2025) // 5].sum(axis=(1, 2)), "population", year)
        line(f"  {year}: median, worst", f"{np.median(soon):.3f}, {soon.max():.3f} %")
    for year in (2030, 2060):
        t = (year - 2025) // 5 - 1
        far = error(births[:, t], "births", year), error(deaths[:, t], "deaths", year)
        said = f"{np.median(far[0]):.3f}, {np.median(far[1]):.3f} %"
        line(f"  births, deaths of the five years before {year}: medians", said)
    _by_age([areas[k] for k in rows], people[rows])


def _by_age(areas: list[str], people: np.ndarray) -> None:
    un = pd.read_csv(FROZEN / "wpp2024-ages.csv").set_index(["year", "iso3"])
    for year in (2030, 2050, 2100):
        theirs = un.loc[year].reindex(areas)
        known = theirs.notna().all(axis=1).to_numpy()
        print(f"By age in {year}, the {known.sum()} of these areas with a table: median error")
        for (label, ages), column in zip(BROAD.items(), theirs, strict=True):
            ours = population.count(people[known, (year - 2025) // 5], *ages)
            far = 100 * abs(ours / theirs[column].to_numpy()[known] - 1)
            if year == 2100:
                at_most(f"  {label}", np.median(far), BY_AGE[label], "%")
            else:
                line(f"  {label}", f"{np.median(far):.3f} %")
            worst = theirs.index[known][far.argmax()]
            line(
                "    95th percentile, worst",
                f"{np.percentile(far, 95):.2f}, {far.max():.2f} % ({worst})",
            )
    print("By age, against the last tables by age of what has been")
    for edition, base, until in (("2024", 2020, 2025), ("2008", 1995, 2010)):
        tables = population.tables(edition)
        rows = [tables.areas[area] for area in areas if area in tables.areas]
        listed = list(tables.areas)
        start = population.scenario(listed, until, base=base, edition=edition)
        end = population.walk(start)[0][rows, -1]
        true = tables.people[rows, tables.years.index(until)]
        for label, ages in BROAD.items():
            gap = 100 * abs(population.count(end, *ages) / population.count(true, *ages) - 1)
            said = f"{np.median(gap):.3f}, {gap.max():.3f} %"
            what = f"  {label}, edition of {edition}, {base} to {until}, {len(rows)} areas"
            line(f"{what}: median, worst", said)


# ---- Exact -------------------------------------------------------------------------------------


def exact() -> None:
    print("\nTo a billionth, all 236 areas, 2025 to 2100")
    areas = population.areas()
    books = population.growth(areas)
    size = population.summary(areas).groupby("area")["population"].min().reindex(books["area"])
    gap = books.eval("births - deaths + migrants - change").abs().to_numpy() / size.to_numpy()
    billionth("Accounting: gap by population", gap.max())
    found = replacement.find(areas, replacement.AIMS)
    zero, fixed = found.of("zero-migration"), found.of("fixed")
    gap = abs(zero - fixed).max() / found.alone.max()
    billionth("Zero migration and a fixed 0: gap", gap)
    billionth("Each aim in each period with migration: gap", _aims(found))
    one = population.scenario("FRA")
    other = population.scenario("FRA", migration=70_000)
    mixed = replace(
        one,
        people=2 * one.people + 3 * other.people,
        migrants=2 * one.migrants + 3 * other.migrants,
    )
    expected = 2 * population.walk(one)[0] + 3 * population.walk(other)[0]
    gap = abs(population.walk(mixed)[0] / expected - 1).max()
    billionth("Linearity: gap", gap)
    people, _ = population.walk(population.scenario(areas))
    ages = [(15, 55 + age / 2) for age in range(80)]
    with np.errstate(invalid="ignore", divide="ignore"):
        ratios = np.array([population.support_ratio(people, age) for age in ages])
        falls = (ratios[1:] < ratios[:-1] * (1 - 1e-9)).sum()
    said = f"{falls} of {np.isfinite(ratios).sum():,}"
    line("Ratios that a later retirement age (steps of half a year) lowers", said, "0", falls == 0)
    failed = int((found.failures.max(axis=1) > 0).any(axis=1).sum())
    line("Areas with an aim that cannot be held to 2100, and said so", f"{failed} of {len(areas)}")


def _aims(found: replacement.Solution) -> float:
    worst = 0.0
    for aim in (*replacement.NUMBERS, *replacement.RATIOS):
        k, people = found.aims.index(aim), found.of(aim)[:, 1:]
        ages = found.working_age if aim == "constant-working-age" else ()
        ratio = aim in replacement.RATIOS
        reached = population.support_ratio(people) if ratio else population.count(people, *ages)
        comes = found.migrants[..., k] > 0
        worst = max(worst, abs(reached / found.targets[:, 1:, k] - 1)[comes].max())
    return worst


# ---- The report and the Note -------------------------------------------------------------------


def report() -> None:
    print("\nReplacement Migration (2000) with the 2008 edition, thousand a year, 2000 to 2050")
    printed = data.load("replacement-published").query("period >= 2000")
    printed = printed.groupby(["area", "aim"])["migrants"].mean() / 1000
    ordered = []
    for area in REPORT:
        table = replacement.compare(area, 2050, **OLD)
        whole = table.groupby("aim")["migrants"].mean()
        three = whole[["constant-population", "constant-working-age", "constant-support-ratio"]]
        ordered.append(three.is_monotonic_increasing and three.iloc[0] > 0)
        ours = table.query("year >= 2000").groupby("aim")["migrants"].mean() / 1000
        for aim in (*replacement.NUMBERS, *replacement.RATIOS):
            if (area, aim) not in printed:
                line(f"  {area} {aim}", f"{ours[aim]:,.1f}", "no verified row")
                continue
            off = 100 * (ours[aim] / printed[area, aim] - 1)
            must = area in ("DEU", "ITA", "FRA") and aim in (
                *("constant-working-age", "constant-support-ratio"),
            )
            said = f"{ours[aim]:,.1f} for {printed[area, aim]:,.1f} ({off:+.1f} %)"
            good = bool(abs(off) <= 15) if must else None
            line(f"  {area} {aim}", said, "within 15 %" if must else "", good)
    said = f"{sum(ordered)} of {len(REPORT)} areas"
    line("Constant population < working age < ratio", said, "each area", all(ordered))


def calibrated() -> None:
    print(
        "\nThe same with the report's fertility and old-age mortality, worked back from its results"
    )
    for area in calibration.AREAS:
        table = replacement.find(calibration.calibrated(area)).table()
        for aim in (*replacement.NUMBERS, *replacement.RATIOS):
            ours, theirs = calibration.mean(table, aim), calibration.printed_mean(area, aim)
            off, most = 100 * (ours / theirs - 1), calibration.WITHIN.get(aim)
            said = f"{ours / 1000:,.1f} for {theirs / 1000:,.1f} ({off:+.1f} %)"
            limit, good = ("", None) if most is None else (f"within {most} %", abs(off) <= most)
            line(f"  {area} {aim}", said, limit, good)


def note() -> None:
    print("\nBelgium: people of 15 to 64 in 2040 as many as in 2005, steady net migrants a year")
    for edition, low, high in (("2008", 29_000, 31_000), ("2024", 35_500, 36_500)):
        options = {"base": 2005, "edition": edition}
        many = replacement.steady("BEL", 2040, **options)
        limit = f"{low:,} to {high:,}"
        line(f"  {edition} edition", f"{many:,.0f}", limit, low <= many <= high)
        age, children, rate = (
            levers.enough("BEL", 15_000, lever, 2040, **options) for lever in levers.LEVERS
        )
        said = f"{age:.1f}, {children:+.2f}, times {rate:.3f}"
        line("    15,000 are enough with retirement at, children, participation", said)
        there = 100 * levers.kept("BEL", 15_000, 2040, **options)
        line("    15,000 keep of the level of 2005", f"{there:.1f} %")
        aim = "constant-population"
        level = population.summary("BEL", 2040, migration=0, **options)["population"][0]
        need = replacement.solve("BEL", aim, 2040, target=level, signed=True, **options)
        end = replacement.steady("BEL", 2040, aim, **options)
        said = f"{end:,.0f}; {need['migrants'].mean():,.0f}"
        line("    all ages: level met in 2040; held all along (mean, signed)", said)


# ---- Fast --------------------------------------------------------------------------------------


def slider(tfr_shift: float = 0.1, mortality: float = 0.95, retirement: float = 67) -> tuple:
    """What one move of a slider computes anew: life tables, projection, five aims, ratios."""
    ages = (15, retirement)
    start = population.scenario("BEL", tfr_shift=tfr_shift, mortality=mortality)
    medium, _ = population.walk(start)
    found = replacement.find(start, working_age=ages)
    ratios = population.support_ratio(np.moveaxis(found.people, -1, 0), ages)
    return medium, found, population.support_ratio(medium, ages), ratios


def plain_pandas(start: population.Scenario) -> pd.DataFrame:
    """One projection as one would first write it: a table, a loop over sexes, ages and periods."""
    cells = pd.MultiIndex.from_product([population.SEXES, population.AGES], names=["sex", "age"])
    people = pd.Series(start.people.reshape(-1), index=cells)
    done = [people]
    for t in range(len(start.years) - 1):
        after = pd.Series(0.0, index=people.index)
        for s, sex in enumerate(population.SEXES):
            for k, age in enumerate(population.AGES):
                half = start.migrants[t, s, k] / 2
                there = people.loc[(sex, age)] + half
                older = min(age + 5, 100)
                after.loc[(sex, older)] += there * start.survival[t, s, k + 1]
                after.loc[(sex, age)] += half
        births = 0.0
        for k, age in enumerate(range(15, 50, 5)):
            women = people.loc[("female", age)] + after.loc[("female", age)]
            births += start.fertility[t, k] * women / 2
        for s, sex in enumerate(population.SEXES):
            after.loc[(sex, 0)] += births * start.newborn[t, s]
        people = after
        done.append(people)
    return pd.concat(done, keys=start.years, names=["year"])


def fast() -> None:
    print("\nProcessor time, one core, quickest of many runs")
    moved = quickest(slider, 400)
    at_most("One slider change, Belgium to 2100, five aims", moved, 1, "ms", 2)
    line("  only life tables and projection", f"{quickest(_projection, 400):.2f} ms")
    line("  population.project, with its table", f"{quickest(_project, 200):.2f} ms")
    line("  replacement.solve, one aim, with its table", f"{quickest(_solve, 200):.2f} ms")
    areas = population.areas()
    every = quickest(lambda: replacement.find(areas), 12)
    at_most("All 236 areas, five aims, to 2100", every, 100, "ms", 0)
    grid = quickest(lambda: levers.board("BEL", tfr_shift=0.1), 100)
    at_most("Lever board, 11 retirement ages by 11 numbers", grid, 5, "ms", 2)
    strip = quickest(lambda: levers.sensitivity("BEL", "constant-working-age", 2050), 20)
    line("Sensitivity strip, nine changes", f"{strip:.1f} ms")
    start = population.scenario("BEL")
    gap = abs(plain_pandas(start).to_numpy() - population.walk(start)[0].reshape(-1)).max()
    slow = quickest(lambda: plain_pandas(start), 3)
    same = quickest(lambda: population.walk(start), 400)
    said = f"{slow:.0f} / {same:.3f} ms = {slow / same:,.0f} times"
    line("Plain pandas loop / ours, the same projection", said, "100 times", slow / same >= 100)
    line("  the two differ by at most", f"{gap:.1e} persons")
    line("Plain pandas loop / whole slider change", f"{slow / moved:,.0f} times", "100 times",
         slow / moved >= 100)  # fmt: skip


def _projection() -> None:
    population.walk(population.scenario("BEL", tfr_shift=0.1, mortality=0.95))


def _project() -> None:
    population.project("BEL", tfr_shift=0.1)


def _solve() -> None:
    replacement.solve("BEL", "constant-working-age")


# ---- Extremes ----------------------------------------------------------------------------------


def extremes(draws: int = 2000) -> None:
    print(f"\nExtremes, {draws:,} draws (hypothesis looks for more in the tests)")
    chance = np.random.default_rng(6)
    areas, seen = population.areas(), {"finite": 0, "named": 0, "wrong": 0}
    for _ in range(draws):
        options = {
            "area": str(chance.choice(areas)),
            "tfr": chance.choice([0, 10, chance.uniform(0, 10)]),
            "mortality": chance.choice([0.2, 5, chance.uniform(0.2, 5)]),
            "schedule": chance.choice([0, 20, 62, 100]) if chance.random() < 0.5 else "settlement",
        }
        start = population.scenario(migration=0, **options)
        size = start.people.sum()
        share = chance.choice([-0.5, 0.5, chance.uniform(-0.5, 0.5)])
        start = population.scenario(migration=share * size / 5, **options)
        scale = 1000 / size if chance.random() < 0.5 else 1
        start = replace(start, people=scale * start.people, migrants=scale * start.migrants)
        try:
            people, _ = population.walk(start)
            seen["finite" if np.isfinite(people).all() and people.min() >= 0 else "wrong"] += 1
        except KitError as error:
            seen["named" if str(error).startswith("migration") else "wrong"] += 1
    line("Finite and at least nobody", f"{seen['finite']:,}")
    line("A sentence that names the input", f"{seen['named']:,}")
    line("Neither", f"{seen['wrong']:,}", "none", seen["wrong"] == 0)


def main() -> None:
    print(f"{'what':<74} {'measured':>30}  {'required':<22} reached")
    for part in (near_the_un, exact, report, calibrated, note, fast, extremes):
        part()


if __name__ == "__main__":
    main()
