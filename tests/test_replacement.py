"""Each aim is met, exactly; the report of 2000 and the Note's 15,000 come out as they should."""

import doctest
from dataclasses import replace

import calibration
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrationkit import data
from migrationkit.errors import KitError
from migrationkit.models import population, replacement

AREAS = population.areas()
REPORT = ["FRA", "DEU", "ITA", "JPN", "GBR", "KOR", "RUS", "USA", "EU15"]
OLD = {"base": 1995, "edition": "2008"}


def yearly(area, aim, since=2000, **options):
    """Average migrants a year from `since` to 2050, thousand."""
    table = replacement.solve(area, aim, 2050, **options)
    return table.query("year >= @since")["migrants"].mean() / 1000


def printed(area, aim, since=2000):
    """The same in the report."""
    table = data.load("replacement-published").query("area == @area and aim == @aim")
    return table.query("period >= @since")["migrants"].mean() / 1000


def measure(found, aim):
    """What an aim is about, in every year but the first: persons or a ratio."""
    people = found.of(aim)[..., 1:, :, :]
    if aim in replacement.RATIOS:
        return population.support_ratio(people, found.working_age)
    ages = found.working_age if aim == "constant-working-age" else ()
    return population.count(people, *ages)


# ---- Aims are met ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def world():
    return replacement.find(AREAS)


@pytest.mark.parametrize("aim", [*replacement.NUMBERS, *replacement.RATIOS])
def test_each_aim_is_met_in_each_period_of_each_area(world, aim):
    k = world.aims.index(aim)
    held = world.failures[..., k] == 0
    assert held.mean() > 0.95
    with np.errstate(invalid="ignore"):
        reached = measure(world, aim) / world.targets[:, 1:, k]
    assert (reached[held] >= 1 - 1e-9).all()
    comes = held & (world.migrants[..., k] > 0)
    assert comes.any()
    assert reached[comes] == pytest.approx(1, abs=1e-9)
    assert (world.migrants[..., k][held] >= 0).all()


@pytest.mark.parametrize("aim", ["constant-population", "constant-support-ratio"])
def test_a_signed_aim_is_met_exactly_also_when_people_have_to_leave(aim):
    target = {"constant-population": 11e6, "constant-support-ratio": 2.5}[aim]
    found = replacement.find("BEL", [aim], 2050, targets={aim: target}, signed=True)
    assert not found.failures.any()
    assert (found.migrants < 0).any()
    assert measure(found, aim) == pytest.approx(target, rel=1e-9)


def test_the_floor_asks_nobody_to_leave():
    for signed in (False, True):
        need = replacement.solve("NGA", "support-ratio-floor", 2050, signed=signed)
        assert (need["migrants"] == 0).all()


def test_zero_migration_is_a_fixed_migration_of_zero():
    found = replacement.find("ITA", ["zero-migration", "fixed"], migration=0)
    assert np.array_equal(found.of("zero-migration"), found.of("fixed"))
    assert found.of("fixed") == pytest.approx(found.alone, rel=1e-9)
    table = population.project("ITA", migration=0)["population"]
    assert found.of("fixed").reshape(-1) == pytest.approx(table.to_numpy(), rel=1e-9)


def test_who_came_under_an_aim_is_the_difference_to_nobody():
    found = replacement.find("ITA", ["constant-population"], 2050)
    came = found.since_base("constant-population")
    assert came + found.alone == pytest.approx(found.of("constant-population"), rel=1e-12)
    assert (came[0] == 0).all() and came[-1].sum() > 0
    flow = replacement.solve("ITA", "constant-population", 2050)["migrants"]
    table = population.since_base("ITA", 2050, migration=flow)
    assert came.reshape(-1) == pytest.approx(table["population"].to_numpy(), rel=1e-6, abs=1e-3)


def test_a_fixed_migration_is_a_projection():
    found = replacement.find("ITA", ["fixed"], 2050, migration=100_000)
    table = population.project("ITA", 2050, migration=100_000)["population"]
    assert found.of("fixed").reshape(-1) == pytest.approx(table.to_numpy(), rel=1e-9)
    assert found.table()["migrants"].tolist() == [100_000] * 5


def test_projecting_the_solution_meets_the_aim():
    need = replacement.solve("DEU", "constant-support-ratio", 2050)
    people = population.summary("DEU", 2050, migration=need["migrants"])
    assert people["support_ratio"].to_numpy() == pytest.approx(people["support_ratio"][0], rel=1e-9)


def test_the_answer_does_not_depend_on_the_size_of_the_country():
    """Linearity: a country twice as large needs twice as many."""
    start = population.scenario("FRA", 2050)
    small = replacement.find(start)
    large = replacement.find(replace(start, people=2 * start.people))
    assert large.migrants == pytest.approx(2 * small.migrants, rel=1e-9)
    assert large.people == pytest.approx(2 * small.people, rel=1e-9)


def test_a_scenario_can_be_used_for_a_projection_and_for_the_aims():
    start = population.scenario("JPN", 2050, tfr_shift=0.3, mortality=0.9)
    again = replacement.find("JPN", until=2050, tfr_shift=0.3, mortality=0.9)
    assert np.array_equal(replacement.find(start).people, again.people)
    with pytest.raises(KitError, match="has its years"):
        replacement.find(start, until=2060)


def test_side_by_side_is_one_by_one():
    together = replacement.compare(["BEL", "JPN"], 2050).query("area == 'JPN'")
    alone = replacement.compare("JPN", 2050)
    assert together["migrants"].to_numpy() == pytest.approx(alone["migrants"].to_numpy())
    one = replacement.solve("JPN", "constant-population", 2050)
    assert list(one.columns) == ["year", "migrants"]
    assert one["year"].tolist() == [2025, 2030, 2035, 2040, 2045]


def test_before_the_peak_nobody_is_needed():
    need = replacement.solve("FRA", "constant-population", 2050, **OLD)
    alone = population.summary("FRA", 2050, migration=0, **OLD)
    peak = alone.loc[alone["population"].idxmax(), "year"]
    assert peak > 2000
    assert (need.query("year < @peak")["migrants"] == 0).all()
    assert (need.query("year >= @peak")["migrants"] > 0).all()


def test_a_target_of_your_own_holds_from_the_first_period_on():
    found = replacement.find("BEL", targets={"constant-population": 12e6}, until=2050)
    assert measure(found, "constant-population") == pytest.approx(12e6, rel=1e-9)


@given(st.sampled_from(["BEL", "JPN", "KOR", "USA"]), st.floats(60, 74), st.floats(0, 5))
@settings(max_examples=30, deadline=None)
def test_a_later_retirement_never_takes_more_migrants_for_a_floor(area, age, later):
    aim = "support-ratio-floor"
    early, late = (
        replacement.solve(area, aim, 2050, working_age=(15, end))["migrants"].sum()
        for end in (age, age + later)
    )
    assert late <= early * (1 + 1e-9)


def test_arrivals_with_the_fertility_of_the_others_are_the_usual_case():
    usual = population.scenario("BEL", 2050).fertility.sum(axis=-1)
    same = replacement.find("BEL", until=2050, arrivals_tfr=usual)
    found = replacement.find("BEL", until=2050)
    assert same.migrants == pytest.approx(found.migrants, rel=1e-9)
    assert same.people == pytest.approx(found.people, rel=1e-9)


def test_arrivals_with_more_children_take_fewer_migrants_for_a_population():
    need = [
        replacement.solve("ITA", "constant-population", 2050, arrivals_tfr=tfr)["migrants"].sum()
        for tfr in (0, 1.2, 2.5, [3, 2.5, 2, 1.5, 1.3])
    ]
    assert need[0] > need[1] > need[3] > need[2]
    found = replacement.find("ITA", ["constant-population"], 2050, arrivals_tfr=2.5)
    assert measure(found, "constant-population") == pytest.approx(found.targets[1:, 0], rel=1e-9)
    assert np.array_equal(found.alone, replacement.find("ITA", until=2050).alone)


def test_arrivals_without_children_have_no_descendants():
    found = replacement.find("ITA", ["fixed"], 2050, migration=10_000, schedule=30, arrivals_tfr=0)
    came = found.since_base("fixed")
    assert (abs(came[:, :, :6]) < 1e-6).all()  # all were 30 on arrival
    assert (
        came[-1].sum()
        < 250_000
        < replacement.find("ITA", ["fixed"], 2050, migration=10_000, schedule=30)
        .since_base("fixed")[-1]
        .sum()
    )


# ---- What cannot be held -----------------------------------------------------------------------


def test_an_aim_that_cannot_be_held_is_reported_as_such():
    need = replacement.solve("BEL", "constant-support-ratio", 2050, schedule=70)
    assert need["migrants"].isna().all()
    said = replacement.explain("BEL", "constant-support-ratio", 2050, schedule=70)
    assert said.startswith("From 2025 on it cannot be held") and "older people" in said


def test_more_migrants_than_people_on_earth_is_no_solution():
    found = replacement.find("KOR", ["constant-support-ratio"], base=1995)
    assert (found.failures[:, 0] == 2).any()
    first = int((found.failures[:, 0] == 2).argmax())
    assert np.isnan(found.migrants[first:, 0]).all()
    assert not np.isnan(found.migrants[:first, 0]).any()
    assert np.isfinite(found.people).all()
    assert "than there are people on Earth" in replacement.note(found, "constant-support-ratio")


def test_nobody_leaves_who_is_not_there():
    options = {"target": 100_000, "signed": True}
    need = replacement.solve("BEL", "constant-population", 2050, **options)
    assert need["migrants"].isna().all()
    said = replacement.explain("BEL", "constant-population", 2050, **options)
    assert "would have to leave than live there" in said


def test_where_nobody_is_old_there_is_no_ratio_to_hold():
    start = population.scenario("BEL", 2030)
    young = replace(start, people=start.people * (population.AGES < 65))
    found = replacement.find(young, ["constant-support-ratio"])
    assert (found.failures == 4).all() and np.isfinite(found.people).all()
    assert "no ratio" in replacement.note(found, "constant-support-ratio")


def test_the_trap_of_a_floor_above_todays_ratio_is_explained():
    aim = "support-ratio-floor"
    need = replacement.solve("JPN", aim, 2050)["migrants"]
    assert need[0] > 2 * need[1:].max()
    said = replacement.explain("JPN", aim, 2050)
    assert "above the ratio of 15 to 64 in 2025, 1.96" in said and "whole gap" in said
    assert "whole gap" not in replacement.explain("JPN", aim, 2050, target=1.5)


# ---- The report of 2000 ------------------------------------------------------------------------

# Thousand migrants, 1995 to 2050: annex tables of the edition of 2001, as they are often quoted.
TOTALS = {
    "FRA": [525, 1_473, 5_459, 16_037, 93_794],
    "ITA": [660, 12_944, 19_610, 35_088, 119_684],
    "EU15": [16_361, 47_456, 79_605, 153_646, 700_506],
}


@pytest.mark.parametrize("area", TOTALS)
def test_the_printed_periods_add_up_to_the_printed_totals(area):
    aims = ["medium-variant", *replacement.NUMBERS, *replacement.RATIOS]
    for aim, total in zip(aims, TOTALS[area], strict=True):
        assert 55 * printed(area, aim, since=1995) == pytest.approx(total, rel=0.002, abs=26)


@pytest.mark.parametrize("area", REPORT)
def test_a_size_takes_fewer_than_a_workforce_and_that_fewer_than_a_ratio(area):
    aims = ["constant-population", "constant-working-age", "constant-support-ratio"]
    need = [yearly(area, aim, since=1995, **OLD) for aim in aims]
    assert need == sorted(need) and need[0] > 0


@pytest.mark.parametrize("area", ["DEU", "FRA", "ITA"])
@pytest.mark.parametrize("aim", ["constant-working-age", "constant-support-ratio"])
def test_with_the_2008_edition_we_come_within_15_per_cent_of_the_report(area, aim):
    assert yearly(area, aim, **OLD) == pytest.approx(printed(area, aim), rel=0.15)


@pytest.mark.parametrize("area", calibration.AREAS)
def test_with_the_assumptions_of_the_report_we_come_nearer_still(area):
    start = calibration.calibrated(area)
    table = replacement.find(start).table()
    for aim, most in calibration.WITHIN.items():
        gap = calibration.mean(table, aim) / calibration.printed_mean(area, aim) - 1
        assert abs(100 * gap) <= most
    alone, _ = population.walk(start)
    rows = data.load("replacement-published-population")
    rows = rows.query("area == @area and aim == 'zero-migration'").sort_values("year")
    people = population.count(alone)[1:]
    assert people == pytest.approx(rows["population"].to_numpy(dtype="float64")[1:], rel=1e-9)
    children = start.fertility.sum(axis=-1)
    assert ((children > 1) & (children < 2.1)).all()  # what is worked back is a possible number


# Ours with the edition of 2008, thousand a year 2000 to 2050. Not tuned to the report: what
# differs from it is the edition first (2008 for 1998), then ages of migrants and timing.
PINNED = {
    "FRA": [23.7, 98.7, 485.1, 1847.2],
    "DEU": [304.4, 478.1, 951.2, 3947.0],
    "ITA": [179.4, 326.9, 842.2, 2276.9],
    "JPN": [446.0, 820.4, 2675.4, 12044.1],
    "EU15": [633.7, 1365.6, 3714.6, 13772.9],
}


@pytest.mark.parametrize("area", PINNED)
def test_our_own_numbers_stay_what_they_are(area):
    aims = [*replacement.NUMBERS, *replacement.RATIOS]
    need = [yearly(area, aim, **OLD) for aim in aims]
    assert need == pytest.approx(PINNED[area], abs=0.06)


# ---- Belgium's 15,000 --------------------------------------------------------------------------


def test_holding_the_working_age_of_belgium_takes_about_30000_or_36000():
    options = {"base": 2005, "until": 2040}
    assert 29_000 <= replacement.steady("BEL", edition="2008", **options) <= 31_000
    assert replacement.steady("BEL", edition="2024", **options) == pytest.approx(36_000, abs=500)


def test_a_steady_number_reaches_the_level_in_the_last_year():
    many = replacement.steady("BEL", 2040, base=2005)
    working = population.summary("BEL", 2040, base=2005, migration=many)["working"]
    assert working.iloc[-1] == pytest.approx(working[0], rel=1e-9)


@pytest.mark.parametrize(("edition", "steady", "mean"), [("2008", 1.7, 3.0), ("2024", 13.6, 15.3)])
def test_a_level_met_in_the_end_takes_less_than_a_level_held_all_along(edition, steady, mean):
    """Two questions about Belgium's population of 2005, in thousand migrants a year to 2040."""
    aim, options = "constant-population", {"base": 2005, "edition": edition}
    level = population.summary("BEL", 2040, migration=0, **options)["population"][0]
    held = replacement.solve("BEL", aim, 2040, target=level, signed=True, **options)["migrants"]
    assert replacement.steady("BEL", 2040, aim, **options) / 1000 == pytest.approx(steady, abs=0.06)
    assert held.mean() / 1000 == pytest.approx(mean, abs=0.06)
    assert held[0] < 0 < held.iloc[-1]  # some would have to leave first, more come later


@pytest.mark.parametrize("aim", [*replacement.NUMBERS, *replacement.RATIOS])
def test_a_steady_number_reaches_any_aim(aim):
    many = replacement.steady("ITA", 2050, aim)
    last = population.summary("ITA", 2050, migration=many).iloc[[0, -1]]
    column = {"constant-population": "population", "constant-working-age": "working"}
    values = last[column.get(aim, "support_ratio")].tolist()
    target = 3 if aim == "support-ratio-floor" else values[0]
    assert values[1] == pytest.approx(target, rel=1e-9)


# ---- Bad input ---------------------------------------------------------------------------------

BAD = [
    ({"aim": "IV"}, "constant-working-age"),
    ({"aim": None}, "constant-working-age"),
    ({"aim": ["fixed"], "target": 3}, "constant-working-age"),
    ({"target": 0}, "from 1 to"),
    ({"target": float("nan")}, "from 1 to"),
    ({"aim": "constant-support-ratio", "target": 0}, "from 0.01 to 100"),
    ({"aim": "fixed", "target": 3}, "takes no target"),
    ({"aim": "fixed", "migration": "medium"}, "number of persons a year"),
    ({"aim": "fixed", "migration": -300_000}, "At most"),
    ({"working_age": (65, 15)}, "later than it begins"),
    ({"schedule": np.full((2, 21), np.nan)}, "schedule has nan"),
    ({"arrivals_tfr": 11}, "arrivals_tfr is a number from 0 to 10"),
    ({"arrivals_tfr": [2, 2]}, "15 periods"),
    ({"arrivals_tfr": float("nan")}, "from 0 to 10"),
    ({"arrivals_tfr": 2, "tfr": 0}, "tfr is above 0"),
    ({"area": "Belgum"}, "BEL (Belgium)"),
    ({"base": 1990}, "1995, 2000"),
    ({"workingage": (15, 67)}, "'working_age'"),
    ({"until": 2020}, "2030, 2035 … 2100"),
]


@pytest.mark.parametrize(("options", "says"), BAD)
def test_bad_input_is_told_in_a_sentence_with_what_may_be(options, says):
    with pytest.raises(KitError) as error:
        replacement.solve(**{"area": "BEL", "aim": "constant-population", **options})
    assert says in str(error.value)
    assert str(error.value).endswith(".")


def test_bad_input_of_the_other_questions():
    for aims in ([], None, "IV", [3]):
        with pytest.raises(KitError, match="The aims are zero-migration"):
            replacement.find("BEL", aims, 2050)
    with pytest.raises(KitError, match="a number for each aim"):
        replacement.find("BEL", until=2050, targets=3)
    with pytest.raises(KitError, match="one area"):
        replacement.explain(["BEL", "FRA"], "constant-population", 2050)
    with pytest.raises(KitError, match="one of constant-population"):
        replacement.steady("BEL", 2040, "fixed")
    with pytest.raises(KitError, match="one area"):
        replacement.steady(["BEL", "FRA"], 2040)
    with pytest.raises(KitError, match="No number of migrants does it by 2040"):
        replacement.steady("BEL", 2040, "constant-support-ratio", schedule=80)


# ---- Extremes ----------------------------------------------------------------------------------


@settings(max_examples=120, deadline=None)
@given(
    area=st.sampled_from(AREAS),
    aim=st.sampled_from([*replacement.NUMBERS, *replacement.RATIOS]),
    tfr=st.floats(0, 10),
    mortality=st.floats(0.2, 5),
    schedule=st.one_of(st.just("settlement"), st.floats(0, 100)),
    ages=st.tuples(st.floats(0, 40), st.floats(45, 100)),
    signed=st.booleans(),
)
def test_extremes_are_met_or_reported(area, aim, tfr, mortality, schedule, ages, signed):
    options = {"tfr": tfr, "mortality": mortality, "schedule": schedule}
    found = replacement.find(area, [aim], signed=signed, working_age=ages, **options)
    held = found.failures[:, 0] == 0
    assert np.isfinite(found.people).all()
    assert (found.people >= -replacement.NOBODY).all()
    assert np.isfinite(found.migrants[held]).all() and np.isnan(found.migrants[~held]).all()
    assert isinstance(replacement.note(found, aim), str)
    target = found.targets[1:, 0]
    if aim in replacement.RATIOS:  # persons, so that a ratio of nobody to nobody is no trouble
        people = found.of(aim)[1:]
        reached = population.count(people, *ages)
        with np.errstate(invalid="ignore"):  # no ratio to hold: not among those held
            target = target * population.count(people, ages[1])
    else:
        reached = measure(found, aim)
    size = population.count(found.of(aim)[1:]) + abs(np.nan_to_num(found.migrants[:, 0]))
    if signed and aim != "support-ratio-floor":
        assert (abs(reached - target) <= 1e-9 * size + 1e-3)[held].all()
    else:
        assert (reached >= target - 1e-9 * size - 1e-3)[held].all()


def test_the_examples_in_the_docstrings_run():
    assert doctest.testmod(replacement).failed == 0


def test_the_table_of_five_aims_is_tidy():
    table = replacement.compare("BEL", 2050)
    assert list(table.columns) == ["aim", "year", "migrants"]
    assert table["aim"].unique().tolist() == list(replacement.FIVE)
    assert isinstance(table, pd.DataFrame) and len(table) == 25
