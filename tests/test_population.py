"""The population model keeps its books, comes near the UN's own projection, and fails in words."""

import doctest
import gzip
import inspect
import math
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from migrationkit import data
from migrationkit.errors import KitError
from migrationkit.models import population

# The UN's medium variant: persons on 1 July; births and deaths of the five years before.
UN = pd.read_csv(Path(__file__).parent / "frozen" / "wpp2024-medium.csv")
AREAS = population.areas()
PACKED = [name for name in data.catalogue() if name.startswith("wpp")]


def everyone(people):
    return people.sum(axis=(-2, -1))


@pytest.fixture(scope="module")
def world():
    """All areas of the edition of 2024, side by side, and their medium variant."""
    start = population.scenario(AREAS)
    return start, population.walk(start)[0]


def un(column, year):
    """One figure of the UN for every area of over 100,000 people (2025), in our order."""
    table = UN[UN["year"] == year].set_index("iso3")[column]
    return table.reindex(large())


def large():
    now = data.load("population").query("year == 2025").set_index("iso3")["population"]
    return [area for area in AREAS if now.get(area, 0) > 100_000]


def errors(ours, theirs):
    """Distance in per cent, area by area."""
    return 100 * abs(ours / theirs.to_numpy(dtype="float64") - 1)


# ---- The tables --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PACKED)
def test_a_packed_table_is_small_and_carries_no_time(name):
    content = (data.data_folder() / data.resource(name)["path"]).read_bytes()
    assert len(content) <= 1_500_000
    assert content[4:8] == bytes(4)
    assert gzip.decompress(content).startswith(b"iso3,")


@pytest.mark.parametrize("edition", population.EDITIONS)
def test_the_tables_of_an_edition_have_the_same_areas_and_no_gap(edition):
    tables = [
        data.load(f"wpp{edition}-{name}") for name in ("population", "mortality", "migration")
    ]
    tables.append(data.load(f"wpp{edition}-fertility"))
    for table in tables:
        assert sorted(table["iso3"].unique()) == population.areas(edition)
        assert not table.isna().any(axis=None)
        time = "year" if "year" in table else "period"
        sexes = 2 if "sex" in table else 1
        assert len(table) == table["iso3"].nunique() * table[time].nunique() * sexes


def test_the_people_of_all_ages_are_the_population():
    by_age = data.load("wpp2024-population")
    by_age["sum"] = by_age.filter(regex=r"^a\d").sum(axis=1)
    ours = by_age.groupby(["iso3", "year"], as_index=False)["sum"].sum()
    both = ours.merge(data.load("population"), on=["iso3", "year"])
    assert both["iso3"].nunique() == 234
    # Each of 42 age groups is rounded to 100 people.
    assert (abs(both["sum"] - both["population"]) <= 2100 + both["population"] / 10_000).all()


@pytest.mark.parametrize("edition", population.EDITIONS)
def test_every_area_has_a_name_of_its_own(edition):
    names = population.names(edition)
    assert list(names)[: len(population.areas(edition))] == population.areas(edition)
    assert len(set(names.values())) == len(names)
    assert all(name and name != area for area, name in names.items())
    assert ("WLD" in names) == (edition == "2024") and "EU15" in names


def test_areas_that_are_not_on_the_uns_list_are_named_here():
    listed = set(data.load("countries")["iso3"])
    assert set(population.areas()) - listed == set(population.NOT_LISTED)
    assert population.names()["XKX"].startswith("Kosovo")


def test_men_and_women_are_not_taken_for_each_other():
    tables = population.tables()
    belgium = tables.areas["BEL"]
    women = data.load("wpp2024-population").query(
        "iso3 == 'BEL' and year == 2025 and sex == 'female'"
    )
    assert tables.people[belgium, -1, population.FEMALE].tolist() == women.iloc[0, 3:].tolist()
    assert tables.people[belgium, -1, 1, -1] > 3 * tables.people[belgium, -1, 0, -1]  # aged 100+


# ---- Against the UN ----------------------------------------------------------------------------


def test_the_medium_variant_comes_near_the_uns_own(world):
    start, people = world
    rows = [AREAS.index(area) for area in large()]
    assert len(rows) == 198
    far = errors(everyone(people)[rows, -1], un("population", 2100))
    assert np.median(far) <= 0.15
    assert np.percentile(far, 95) <= 1.0
    assert far.max() <= 2.0
    soon = errors(everyone(people)[rows, 1], un("population", 2030))
    assert np.median(soon) <= 0.03


def test_its_ages_in_2100_come_near_the_uns_own(world):
    """In 183 of these areas; where the table is from, `bench/population.py` says."""
    table = pd.read_csv(Path(__file__).parent / "frozen" / "wpp2024-ages.csv")
    theirs = table.query("year == 2100").set_index("iso3")
    rows = [AREAS.index(area) for area in large() if area in theirs.index]
    assert len(rows) == 183
    theirs = theirs.loc[[AREAS[row] for row in rows]]
    groups = {"young": (0, 15, 0.40), "working": (15, 65, 0.25), "old": (65, math.inf, 0.25)}
    for column, (low, high, most) in groups.items():
        ours = population.count(world[1][rows, -1], low, high)
        assert np.median(errors(ours, theirs[column])) <= most


def test_the_uns_ages_add_up_to_its_totals():
    table = pd.read_csv(Path(__file__).parent / "frozen" / "wpp2024-ages.csv")
    both = table.merge(UN, on=["iso3", "year"])
    assert len(both) == len(table) == 3 * 187
    assert (abs(both[["young", "working", "old"]].sum(axis=1) - both["population"]) <= 10).all()


def test_births_and_deaths_come_near_the_uns_own(world):
    start, people = world
    rows = [AREAS.index(area) for area in large()]
    births, deaths = population.births_and_deaths(start, people)
    for year, period in ((2030, 0), (2060, 6)):
        assert np.median(errors(births[rows, period], un("births", year))) <= 0.6
        assert np.median(errors(deaths[rows, period], un("deaths", year))) <= 0.8


def test_the_world_comes_near_the_uns_own():
    people, _ = population.walk(population.scenario("WLD"))
    theirs = UN.query("iso3 == 'WLD' and year == 2100")["population"].item()
    assert everyone(people)[-1] == pytest.approx(theirs, rel=0.001)


def test_five_years_of_ages_are_those_of_the_tables():
    people, _ = population.walk(population.scenario(AREAS, 2025, base=2020))
    table = population.tables().people[:, -1]
    rows = [AREAS.index(area) for area in large()]
    for low, high, most in ((0, 15, 0.1), (15, 65, 0.03), (65, math.inf, 0.3)):
        ours = population.count(people[rows, -1], low, high)
        theirs = population.count(table[rows], low, high)
        assert np.median(100 * abs(ours / theirs - 1)) <= most


def test_fifteen_years_of_the_2008_edition_are_those_of_its_tables():
    areas = population.areas("2008")
    people, _ = population.walk(population.scenario(areas, 2010, edition="2008"))
    table = population.tables("2008").people[:, 3]
    for low, high, most in ((0, math.inf, 0.3), (15, 65, 0.3), (65, math.inf, 3)):
        ours = population.count(people[:, -1], low, high)
        assert (100 * abs(ours / population.count(table, low, high) - 1)).max() <= most


# ---- Life tables -------------------------------------------------------------------------------


def test_under_a_constant_rate_survival_is_exponential():
    share = population.survival(np.full((2, 22), 0.02))
    assert share[:, 4:21] == pytest.approx(math.exp(-0.1), rel=2e-4)
    assert share[:, 21] == pytest.approx(math.exp(-0.1))


@pytest.mark.parametrize(("area", "published"), [("JPN", [77.05, 83.91]), ("BEL", [74.31, 80.58])])
def test_life_expectancy_is_the_published_one(area, published):
    """World Population Prospects 2008, life expectancy at birth, 1995 to 2000."""
    tables = population.tables("2008")
    share = population.survival(tables.mortality[tables.areas[area], 0])
    assert population.life_expectancy(share) == pytest.approx(published, abs=0.01)


def test_life_expectancy_of_every_area_is_the_uns():
    """Edition of 2024, both sexes, 1995 to 2100: among them areas with many infant deaths."""
    tables = population.tables()
    ours = population.life_expectancy(population.survival(tables.mortality))
    un = pd.read_csv(Path(__file__).parent / "frozen" / "wpp2024-life-expectancy.csv")
    for period, table in un.groupby("period"):
        rows = [tables.areas[area] for area in table["iso3"]]  # not Guernsey, not Jersey
        assert len(rows) == 234
        gap = abs(ours[rows, tables.periods.index(period)] - table[["male", "female"]].to_numpy())
        assert np.median(gap) <= 0.001 and gap.max() <= 0.05  # years


def test_more_deaths_never_leave_more_people_and_fewer_in_all():
    few, more = (population.project("JPN", mortality=m)["population"] for m in (0.5, 2))
    assert (few >= more - 1e-9).all()
    assert few.sum() > 1.05 * more.sum()


# ---- The books ---------------------------------------------------------------------------------

OPTIONS = [
    {},
    {"migration": 0},
    {"migration": 50_000},
    {"tfr": 1.2, "mortality": 1.5},
    {"migration": [1000 * t for t in range(15)], "schedule": 40},
]


@pytest.mark.parametrize("options", OPTIONS)
def test_births_less_deaths_plus_migrants_is_the_change(options):
    """For every area: among them the three where the UN's leavers are not all there."""
    rows = AREAS if options in ({}, {"migration": 0}) else ["BEL", "JPN", "NGA"]
    books = population.growth(rows, **options)
    gap = books["births"] - books["deaths"] + books["migrants"] - books["change"]
    people = population.summary(rows, **options)["population"].max()
    assert (abs(gap) <= 1e-9 * people).all()
    assert (books[["births", "deaths"]] >= 0).all(axis=None)


@pytest.mark.parametrize("area", ["BEL", "NGA", "TKL"])
def test_the_books_of_one_area_close_to_a_billionth(area):
    books = population.growth(area)
    gap = books["births"] - books["deaths"] + books["migrants"] - books["change"]
    assert (abs(gap) <= 1e-9 * population.summary(area)["population"].min()).all()


def test_the_migrants_of_the_books_are_those_of_the_un():
    books = population.growth("BEL", 2030)
    rows = data.load("wpp2024-migration").query("iso3 == 'BEL' and period == 2025")
    assert books["migrants"].item() == rows.filter(regex=r"^a\d").sum(axis=None)


def test_without_migration_is_a_migration_of_zero():
    start = population.scenario("BEL")
    alone, _ = population.walk(population.without_migration(start))
    assert np.array_equal(alone.reshape(-1), population.project("BEL", migration=0)["population"])


def test_twice_the_people_and_migrants_are_twice_the_people():
    one, other = population.scenario("FRA"), population.scenario("FRA", migration=70_000)
    mixed = replace(
        one,
        people=2 * one.people + 3 * other.people,
        migrants=2 * one.migrants + 3 * other.migrants,
    )
    expected = 2 * population.walk(one)[0] + 3 * population.walk(other)[0]
    assert population.walk(mixed)[0] == pytest.approx(expected, rel=1e-9)


def test_who_came_since_the_base_year_is_the_difference():
    came = population.since_base("BEL", migration=30_000).groupby("year")["population"].sum()
    with_them, alone = (
        population.project("BEL", migration=m).groupby("year")["population"].sum()
        for m in (30_000, 0)
    )
    assert came.to_numpy() == pytest.approx((with_them - alone).to_numpy(), rel=1e-9)
    assert came[2025] == 0
    assert 150_000 * 0.95 < came[2030] < 150_000 * 1.1


def test_side_by_side_is_one_by_one():
    together = population.project(["BEL", "JPN"], 2050).query("area == 'JPN'")["population"]
    assert together.to_numpy() == pytest.approx(population.project("JPN", 2050)["population"])


def test_a_group_is_the_sum_of_its_members():
    group = population.summary("EU15", edition="2008")
    members = population.summary(list(population.FIFTEEN), edition="2008").groupby("year").sum()
    for column in ("population", "young", "working", "old"):
        assert group[column].to_numpy() == pytest.approx(members[column].to_numpy(), rel=1e-9)


def test_children_are_born_to_women_present_at_both_ends():
    """One woman of 20 to 24, nobody dies, one child a woman of 25 to 29 in five years."""
    start = population.scenario("BEL", 2030, migration=0)
    start = replace(
        start,
        people=np.zeros((2, 21)),
        survival=np.ones((1, 2, 22)),
        fertility=np.eye(7)[None, 2],
        newborn=np.array([[0.5, 0.5]]),
    )
    start.people[1, 4] = 1
    people, _ = population.walk(start)
    assert people[1, :, 0].tolist() == [0.25, 0.25]  # there for the second half only
    assert people[1, 1, 5] == 1


def test_half_of_the_migrants_come_at_the_start_and_half_at_the_end():
    start = population.scenario("BEL", 2030, migration=100, schedule=32)
    one, alone = population.walk(start)[0], population.walk(population.without_migration(start))[0]
    came = (one - alone)[1].sum(axis=0)
    assert came[6] == 250  # at the end, still 30 to 34
    assert came[7] == pytest.approx(250, rel=0.01)  # at the start, five years older
    assert 0 < came[0] < 60


def test_ninety_five_to_ninety_nine_and_older_survive_apart():
    start = population.scenario("JPN", 2030, migration=0)
    share = start.survival[0, 1]
    assert share[20] > 1.5 * share[21] > 0
    older = population.walk(start)[0][1, 1, 20]
    assert older == pytest.approx(start.people[1, 19:] @ share[20:])


# ---- Options -----------------------------------------------------------------------------------


def children_per_woman(**options):
    return population.scenario("BEL", 2040, **options).fertility.sum(axis=-1)


def test_fertility_is_shifted_or_replaced():
    usual = children_per_woman()
    assert children_per_woman(tfr_shift=0.5) == pytest.approx(usual + 0.5)
    assert children_per_woman(tfr=2.1) == pytest.approx([2.1] * 3)
    assert children_per_woman(tfr=[1, 2, 3], tfr_shift=-1) == pytest.approx([0, 1, 2])
    assert usual == pytest.approx([1.40, 1.43, 1.46], abs=0.03)


def test_a_series_of_the_solver_can_be_projected():
    flow = pd.Series([10_000.0, 20_000.0, 30_000.0])
    books = population.growth("BEL", 2040, migration=flow)
    assert books["migrants"].tolist() == pytest.approx((5 * flow).tolist())


def test_people_who_arrive_are_as_old_as_asked():
    assert population.arrival_ages("settlement").sum() == pytest.approx(1)
    assert population.arrival_ages(67.5)[:, 13].tolist() == [0.5, 0.5]
    own = np.arange(42.0).reshape(2, 21)
    assert population.arrival_ages(own) == pytest.approx(own / own.sum())


def test_a_working_age_may_begin_and_end_inside_an_age_group():
    people = np.ones((2, 21))
    assert population.count(people, 15, 67) == pytest.approx(2 * (10 + 2 / 5))
    assert population.count(people, 67) == pytest.approx(2 * (8 - 2 / 5))
    assert population.support_ratio(people, (20, 65)) == pytest.approx(9 / 8)


@given(
    st.sampled_from(AREAS),
    st.floats(55, 90),
    st.floats(0, 9),
)
def test_a_later_retirement_never_lowers_the_ratio(area, age, later):
    people, _ = population.walk(population.scenario(area, 2050))
    with np.errstate(invalid="ignore"):
        early = population.support_ratio(people, (15, age))
        late = population.support_ratio(people, (15, age + later))
    assert (late >= early * (1 - 1e-9)).all()


def test_who_arrives_at_65_never_raises_the_ratio():
    usual, older = (
        population.summary("BEL", migration=m, schedule=65)["support_ratio"] for m in (0, 20_000)
    )
    assert (older[1:] < usual[1:]).all()


def test_base_years_and_editions():
    assert population.scenario("BEL").years[[0, -1]].tolist() == [2025, 2100]
    assert population.scenario("BEL", edition="2008").years[[0, -1]].tolist() == [1995, 2050]
    assert population.scenario("BEL", base=2005, migration=0).years[0] == 2005
    old, new = (
        population.summary("BEL", 2020, base=2005, edition=e, migration=0)["population"]
        for e in ("2008", "2024")
    )
    assert old[0] == pytest.approx(new[0], rel=0.01) and old[3] != pytest.approx(new[3], rel=1e-4)


def test_another_data_folder_is_another_world(tmp_path, monkeypatch):
    before = population.summary("BEL", 2030)["population"][0]
    shutil.copytree(data.data_folder(), tmp_path / "copy")
    monkeypatch.setenv("MIGRATIONKIT_DATA", str(tmp_path / "copy"))
    file = tmp_path / "copy" / "wpp2024-population.csv.gz"
    table = pd.read_csv(file, keep_default_na=False)
    table.loc[table["iso3"] == "BEL", "a0"] = 0
    table.to_csv(file, index=False)
    data.stamp(tmp_path / "copy")
    assert population.summary("BEL", 2030)["population"][0] < before


# ---- Bad input ---------------------------------------------------------------------------------

NOT_A_NUMBER = np.full((2, 21), np.nan)
BAD = [
    ({"area": "BELG"}, "BEL (Belgium)"),
    ({"area": "Belgum"}, "BEL (Belgium)"),
    ({"area": "Belgium"}, "BEL (Belgium)"),
    ({"area": "bel"}, "BEL (Belgium)"),
    ({"area": "Kosovo (under SCR 1244)"}, "XKX (Kosovo"),
    ({"area": 56}, "236 areas"),
    ({"area": None}, "236 areas"),
    ({"area": []}, "at least one area"),
    ({"area": ["BEL", "EU15"]}, "alone"),
    ({"area": "WLD", "edition": "2008"}, "edition of 2024"),
    ({"area": "NGA", "edition": "2008"}, "21 areas"),
    ({"edition": "2012"}, "2024 and 2008"),
    ({"tfr_shft": 0.5}, "'tfr_shift'"),
    ({"luck": 1}, "takes base, edition, tfr_shift"),
    ({"base": 1990}, "1995, 2000, 2005, 2010, 2015, 2020 and 2025"),
    ({"base": 2005}, "from 2020 on"),
    ({"until": 2020}, "2030, 2035 … 2100"),
    ({"until": 2025}, "2030, 2035 … 2100"),
    ({"until": 2033}, "2030, 2035 … 2100"),
    ({"until": 2105}, "2030, 2035 … 2100"),
    ({"until": "soon"}, "2030, 2035 … 2100"),
    ({"until": math.nan}, "2030, 2035 … 2100"),
    ({"tfr_shift": -3}, "between −1.40 and"),
    ({"tfr_shift": math.nan}, "tfr_shift"),
    ({"tfr": 11}, "from 0 to 10"),
    ({"tfr": [2, 2]}, "15 periods"),
    ({"tfr": [2] * 14 + [math.nan]}, "tfr[14]"),
    ({"mortality": 0}, "from 0.1 to 10"),
    ({"mortality": math.inf}, "from 0.1 to 10"),
    ({"mortality": True}, "from 0.1 to 10"),
    ({"migration": "high"}, '"medium"'),
    ({"migration": math.nan}, "migration"),
    ({"migration": None}, "migration"),
    ({"migration": -300_000}, "At most"),
    ({"migration": 1, "schedule": NOT_A_NUMBER}, "schedule has nan for male, age 0"),
    ({"migration": 1, "schedule": -np.ones((2, 21))}, "from 0 up"),
    ({"migration": 1, "schedule": np.zeros((2, 21))}, "only zeros"),
    ({"migration": 1, "schedule": [1, 2, 3]}, "2 rows"),
    ({"migration": 1, "schedule": "young"}, '"settlement"'),
    ({"migration": 1, "schedule": 101}, "from 0 to 100"),
]


@pytest.mark.parametrize(("options", "says"), BAD)
def test_bad_input_is_told_in_a_sentence_with_what_may_be(options, says):
    with pytest.raises(KitError) as error:
        population.project(**{"area": "BEL", **options})
    assert says in str(error.value)
    assert str(error.value).endswith(".")


@pytest.mark.parametrize(
    ("ages", "says"),
    [
        ((65, 15), "later than it begins"),
        ((65, 65), "later than it begins"),
        ((15, 120), "from 0 to 100"),
        ((math.nan, 65), "from 0 to 100"),
        (65, "two ages"),
        ((15, 65, 80), "two ages"),
    ],
)
def test_bounds_of_working_age_are_checked(ages, says):
    with pytest.raises(KitError, match=says):
        population.summary("BEL", working_age=ages)


def test_the_options_that_are_told_are_those_that_there_are():
    assert set(inspect.signature(population.scenario).parameters) - {
        "area",
        "until",
        "unknown",
    } == (set(population.OPTIONS))


def test_how_many_can_leave_is_told_exactly():
    with pytest.raises(KitError) as error:
        population.project("BEL", migration=-300_000)
    share = float(str(error.value).split("At most ")[1].split(" ")[0]) / 100
    population.project("BEL", migration=-300_000 * share)
    with pytest.raises(KitError):
        population.project("BEL", migration=-300_000 * (share + 0.001))


# ---- Extremes ----------------------------------------------------------------------------------

schedules = st.one_of(
    st.just("settlement"),
    st.floats(0, 100),
    arrays("float64", (2, 21), elements=st.floats(0, 1)).filter(lambda ages: ages.sum() > 1e-6),
)


@settings(max_examples=150, deadline=None)
@given(
    area=st.sampled_from(AREAS),
    tfr=st.floats(0, 10),
    mortality=st.floats(0.2, 5),
    share=st.floats(-0.5, 0.5),
    schedule=schedules,
    small=st.booleans(),
)
def test_extremes_stay_finite_and_at_least_nobody_or_name_the_input(
    area, tfr, mortality, share, schedule, small
):
    """`share` of the population of the base year comes, or leaves, in each period of five years."""
    options = {"tfr": tfr, "mortality": mortality, "schedule": schedule}
    start = population.scenario(area, migration=0, **options)
    size = start.people.sum()
    start = population.scenario(area, migration=share * size / 5, **options)
    if small:  # an area of 1,000 people
        scale = 1000 / size
        start = replace(start, people=start.people * scale, migrants=start.migrants * scale)
    try:
        people, migrants = population.walk(start)
    except KitError as error:
        assert str(error).startswith("migration") and share < 0
        return
    assert np.isfinite(people).all() and (people >= 0).all()
    births, deaths = population.births_and_deaths(start, people)
    gap = births - deaths + everyone(migrants) - np.diff(everyone(people))
    assert (abs(gap) <= 1e-9 * everyone(people).max()).all()


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(AREAS), st.floats(0, 10), st.floats(0.1, 10))
def test_the_uns_migrants_leave_at_least_nobody_whatever_the_rates(area, tfr, mortality):
    people, _ = population.walk(population.scenario(area, tfr=tfr, mortality=mortality))
    assert np.isfinite(people).all() and (people >= 0).all()


def test_the_examples_in_the_docstrings_run():
    assert doctest.testmod(population).failed == 0
