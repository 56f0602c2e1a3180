"""The levers beside migration: each cell of a board is a projection, and each answer fits back."""

import doctest
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrationkit import data
from migrationkit.errors import KitError
from migrationkit.models import levers, population, replacement

AREAS = population.areas()
THEN = {"base": 2005}


# ---- The board ---------------------------------------------------------------------------------


@pytest.mark.parametrize("area", ["BEL", "JPN", "NGA", "EU15"])
def test_each_cell_of_the_board_is_a_projection_of_its_own(area):
    grid = levers.board(
        area, 2050, retirement=[62, 66.5, 72], migration=[0, 40_000, 100_000], tfr_shift=0.2
    )
    assert len(grid) == 9
    for cell in grid.itertuples():
        table = population.summary(
            area,
            2050,
            migration=cell.migrants,
            tfr_shift=0.2,
            working_age=(15, cell.retirement_age),
        )
        assert cell.support_ratio == pytest.approx(table["support_ratio"].iloc[-1], rel=1e-9)


def test_the_board_has_a_row_for_each_pair_and_the_ages_and_numbers_of_the_lesson():
    grid = levers.board("BEL")
    assert list(grid.columns) == [
        *("retirement_age", "migrants", "support_ratio", "workers_per_older"),
    ]
    assert grid["retirement_age"].unique().tolist() == list(range(62, 73))
    assert grid["migrants"].unique().tolist() == list(range(0, 100_001, 10_000))
    assert not grid.duplicated(["retirement_age", "migrants"]).any() and len(grid) == 121


def test_participation_changes_workers_and_not_the_support_ratio():
    all_work, some_work = (levers.board("BEL", participation=rate) for rate in (1, 0.7))
    assert (all_work["support_ratio"] == some_work["support_ratio"]).all()
    assert all_work["workers_per_older"].equals(all_work["support_ratio"])
    share = some_work["workers_per_older"] / some_work["support_ratio"]
    assert share.to_numpy() == pytest.approx(0.7, rel=1e-12)


@given(st.sampled_from(AREAS), st.floats(0, 10), st.floats(0.2, 5), st.floats(0, 1e6))
@settings(max_examples=40, deadline=None)
def test_a_later_retirement_never_lowers_the_board(area, tfr, mortality, flow):
    grid = levers.board(area, 2050, migration=[0, flow], tfr=tfr, mortality=mortality)
    columns = grid["support_ratio"].to_numpy().reshape(11, 2)
    low, high = columns[:-1], columns[1:]
    assert (high >= low * (1 - 1e-9))[np.isfinite(low)].all()


def test_fertility_adds_workers_only_once_the_children_are_grown():
    usual, more = (levers.board("BEL", 2035, tfr_shift=shift) for shift in (0, 1))
    assert (usual["support_ratio"] == more["support_ratio"]).all()  # nobody of 15 in ten years
    usual, more = (levers.board("BEL", 2050, tfr_shift=shift) for shift in (0, 1))
    assert (more["support_ratio"] > usual["support_ratio"]).all()


# ---- Which assumption moves the answer ---------------------------------------------------------


def test_the_strip_has_the_answer_first_and_then_the_largest_effect():
    strip = levers.sensitivity("ITA", "constant-working-age", 2050, edition="2008", base=2005)
    need = replacement.solve("ITA", "constant-working-age", 2050, edition="2008", base=2005)
    assert strip["migrants"][0] == pytest.approx(need["migrants"].mean())
    assert strip["difference"][0] == 0
    size = strip["difference"].abs()[1:]
    assert size.is_monotonic_decreasing and size.notna().all()
    assert set(strip["assumption"]) == {
        *("as asked", "fertility", "mortality", "age on arrival", "retirement age", "edition"),
    }


def test_the_strip_starts_from_the_options_that_were_given():
    given = {"tfr_shift": 0.5, "mortality": 0.5, "working_age": (20, 60)}
    strip = levers.sensitivity(
        "BEL", "constant-working-age", 2040, base=2005, every_period=False, **given
    ).set_index("change")["migrants"]
    start = population.scenario("BEL", 2040, base=2005, migration=0)
    level = population.count(start.people, 20, 60)
    for change, other in [
        ("half a child more", {"tfr_shift": 1.0}),
        ("half a child fewer", {"tfr_shift": 0.0}),
        ("death rates a fifth lower", {"mortality": 0.4}),
        ("death rates a fifth higher", {"mortality": 0.6}),
        ("all are 20", {"schedule": 20}),
        ("all are 40", {"schedule": 40}),
        ("two years later", {"working_age": (20, 62), "target": level}),
        ("two years earlier", {"working_age": (20, 58), "target": level}),
        ("of 2008", {"edition": "2008"}),
    ]:
        expected = replacement.steady("BEL", 2040, base=2005, **{**given, **other})
        assert strip[change] == pytest.approx(expected, rel=1e-9)


def test_two_years_of_work_do_the_same_in_the_strip_as_in_the_reading():
    """One rule for the lesson: later retirement changes who works, not how many are to work."""
    options = {"base": 2005, "edition": "2008"}
    aim = "constant-working-age"
    assert levers.needed("BEL", 2040, **options) > 30_000
    strip = levers.sensitivity("BEL", aim, 2040, every_period=False, **options)
    strip = strip.set_index("change")["migrants"]
    for change, age in (("two years later", 67), ("two years earlier", 63)):
        needed = levers.needed("BEL", 2040, retirement_age=age, **options)
        assert strip[change] == pytest.approx(needed)
    every = levers.sensitivity("DEU", aim, 2050, **options).set_index("change")["migrants"]
    most = replacement.find("DEU", [aim], 2050, **options).targets[-1, 0]
    held = replacement.solve("DEU", aim, 2050, target=most, working_age=(15, 67), **options)
    assert every["two years later"] == pytest.approx(held["migrants"].mean())
    assert every["two years later"] < every[""]


def test_an_edition_without_the_years_is_missing_and_last():
    strip = levers.sensitivity("BEL", "constant-population", 2050)
    assert strip["assumption"].iloc[-1] == "edition" and math.isnan(strip["migrants"].iloc[-1])


# ---- The Note's 15,000 -------------------------------------------------------------------------


@pytest.mark.parametrize("edition", ["2008", "2024"])
@pytest.mark.parametrize("changed", [{}, {"retirement_age": 67}, {"participation_ratio": 1.1}])
def test_the_needed_number_keeps_all_of_the_active_population(edition, changed):
    options = {"base": 2005, "edition": edition, **changed}
    many = levers.needed("BEL", 2040, **options)
    assert levers.kept("BEL", many, 2040, **options) == pytest.approx(1, rel=1e-9)


def test_as_it_stands_the_needed_number_is_the_steady_one():
    for edition in population.EDITIONS:
        many = levers.needed("BEL", 2040, base=2005, edition=edition)
        assert many == pytest.approx(replacement.steady("BEL", 2040, base=2005, edition=edition))


# From a trial of the model that was made before it, rounded there to a tenth of a thousand.
@pytest.mark.parametrize(
    ("changed", "old", "new"),
    [
        ({}, 30.1, 36.1),
        ({"retirement_age": 67}, 22.0, 27.9),
        ({"retirement_age": 70}, 10.4, 16.0),
        ({"tfr_shift": 0.5}, 10.9, 16.2),
        ({"tfr_shift": -0.5}, 50.7, 57.6),
        ({"mortality": 0.8}, 29.2, 35.1),
    ],
)
def test_belgium_by_lever(changed, old, new):
    for edition, expected in (("2008", old), ("2024", new)):
        many = levers.needed("BEL", 2040, base=2005, edition=edition, **changed)
        assert many / 1000 == pytest.approx(expected, abs=0.2)


@pytest.mark.parametrize(
    ("lever", "edition", "expected"),
    [
        ("retirement-age", "2008", 68.8),
        ("retirement-age", "2024", 70.2),
        ("fertility", "2008", 0.39),
        ("fertility", "2024", 0.53),
        ("participation", "2008", 1.079),
        ("participation", "2024", 1.111),
    ],
)
def test_which_lever_makes_15000_enough(lever, edition, expected):
    options = {"base": 2005, "edition": edition}
    value = levers.enough("BEL", 15_000, lever, 2040, **options)
    assert value == pytest.approx(expected, abs=0.06)
    name = {"retirement-age": "retirement_age", "fertility": "tfr_shift"}
    changed = {name.get(lever, "participation_ratio"): value}
    assert levers.kept("BEL", 15_000, 2040, **options, **changed) == pytest.approx(1, rel=1e-6)


def test_the_readings_of_the_claim():
    table = levers.readings().set_index(["reading", "edition"])
    assert not table["enough"]["ages 15 to 64"].any()
    assert table["enough"]["everybody, of all ages"].all()
    assert table["kept"]["ages 15 to 64", "2008"] == pytest.approx(0.927, abs=1e-3)
    assert table["kept"]["ages 15 to 64", "2024"] == pytest.approx(0.900, abs=1e-3)
    assert (table["enough"] == (table["needed"] <= 15_000)).all()
    whole = replacement.steady("BEL", 2040, "constant-population", base=2005)
    assert table["needed"]["everybody, of all ages", "2024"] == pytest.approx(whole)


def test_an_area_of_one_edition_is_read_in_that_one():
    assert levers.readings("NGA", 50_000)["edition"].unique().tolist() == ["2024"]


def test_on_top_of_the_uns_own_migration_needs_less():
    table = levers.readings().query("edition == '2008'").set_index("reading")
    medium = population.summary("BEL", 2040, base=2005, edition="2008")["working"]
    on_top = table.loc["ages 15 to 64, on top of the UN's own migration"]
    added = population.summary("BEL", 2040, base=2005, edition="2008", migration=on_top["needed"])[
        "working"
    ]
    alone = population.summary("BEL", 2040, base=2005, edition="2008", migration=0)["working"]
    reached = medium.iloc[-1] + added.iloc[-1] - alone.iloc[-1]
    assert reached == pytest.approx(medium[0], rel=1e-9)


# ---- The world's workforce ---------------------------------------------------------------------


def test_the_workforce_of_the_world():
    world = levers.labour_force().set_index("year")
    billions = world["labour_force"] / 1e9
    assert billions[2005] == pytest.approx(3.01, abs=0.01)
    assert billions[2025] == pytest.approx(3.79, abs=0.01)
    assert 1000 * (billions[2025] - billions[2005]) / 20 == pytest.approx(39.3, abs=0.1)
    assert (world["covered"] > 0.98).all()


def test_rates_of_participation_are_shares_and_higher_before_65():
    table = data.load("participation")
    assert table[["rate_15_plus", "rate_15_64"]].stack().between(20, 95).all()
    assert (table["rate_15_64"] > table["rate_15_plus"] - 3).all()
    belgium = table.query("iso3 == 'BEL'").set_index("year")["rate_15_64"]
    assert belgium[2005] == pytest.approx(66.7, abs=0.1)


# ---- Bad input ---------------------------------------------------------------------------------

BAD = [
    (lambda: levers.board("Belgum"), "BEL (Belgium)"),
    (lambda: levers.board(["BEL", "FRA"]), "one area"),
    (lambda: levers.sensitivity(["BEL"], "constant-population", 2050), "one area"),
    (lambda: levers.readings("Belgum"), "BEL (Belgium)"),
    (lambda: levers.readings("BEL", until=2033), "2010, 2015 … 2100"),
    (lambda: levers.board("BEL", 2020), "2030, 2035 … 2100"),
    (lambda: levers.board("BEL", retirement=[]), "from 50 to 90"),
    (lambda: levers.board("BEL", retirement=65), "from 50 to 90"),
    (lambda: levers.board("BEL", retirement=[65, 120]), "retirement[1]"),
    (lambda: levers.board("BEL", retirement=[math.nan]), "retirement[0]"),
    (lambda: levers.board("BEL", migration="many"), "list of numbers"),
    (lambda: levers.board("BEL", migration=[0, math.inf]), "migration[1]"),
    (lambda: levers.board("BEL", migration=[-1e6, 0]), "lowest number a year is −"),
    (lambda: levers.board("BEL", migration=range(10_000)), "at most 10,000 cells"),
    (lambda: levers.board("BEL", participation=0), "from 0.01 to 1"),
    (lambda: levers.board("BEL", participation=70), "from 0.01 to 1"),
    (lambda: levers.board("BEL", tfr=11), "from 0 to 10"),
    (lambda: levers.board("BEL", morality=2), "'mortality'"),
    (lambda: levers.sensitivity("BEL", "IV", 2040), "constant-working-age"),
    (lambda: levers.sensitivity("BEL", "fixed", 2040, every_period=False), "one of"),
    (lambda: levers.sensitivity("BEL", "constant-population", 2040, edition="1998"), "2024 and"),
    (lambda: levers.needed("BEL", 2040, base=2003), "2000, 2005, 2010"),
    (lambda: levers.needed("BEL", 2040, base=2005, retirement_age=30), "from 50 to 90"),
    (lambda: levers.needed("BEL", 2040, base=2005, participation_ratio=0), "from 0.1 to 10"),
    (lambda: levers.kept("BEL", math.nan, 2040, base=2005), "migrants is a number"),
    (lambda: levers.kept("BEL", -1e6, 2040, base=2005), "lowest number a year is −"),
    (lambda: levers.enough("BEL", 15_000, "luck", 2040, **THEN), "retirement-age, fertility and"),
    (lambda: levers.enough("BEL", 1e6, "retirement-age", 2040, **THEN), "50, the lowest"),
    (lambda: levers.enough("BEL", 0, "fertility", 2035, base=2025), "4, the highest"),
]


@pytest.mark.parametrize(("call", "says"), BAD)
def test_bad_input_is_told_in_a_sentence_with_what_may_be(call, says):
    with pytest.raises(KitError) as error:
        call()
    assert says in str(error.value)
    assert str(error.value).endswith(".")


def test_the_lowest_number_that_is_told_can_be_asked_for():
    with pytest.raises(KitError) as error:
        levers.board("BEL", migration=[-1e6])
    least = float(str(error.value).split("is −")[1].rstrip(".").replace(",", ""))
    levers.board("BEL", migration=[-least])
    with pytest.raises(KitError):
        levers.board("BEL", migration=[-least - 2])


def test_the_examples_in_the_docstrings_run():
    assert doctest.testmod(levers).failed == 0
