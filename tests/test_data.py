"""The tables are the ones the catalogue describes, add up, and fail in words."""

import doctest
import gzip
import json
import shutil
import subprocess
import sys
from pathlib import Path

import frictionless
import pandas as pd
import pytest

from migrationkit import data
from migrationkit.errors import KitError

TABLES = [name for name, entry in data.catalogue().items() if "schema" in entry]

# What HOUSE asks of every entry; lists may be empty only where a table can have nothing to tell.
TEXTS = [
    *("name", "path", "title", "description", "producer", "edition", "citation"),
    *("landing_page", "date_read", "caveat", "made_by", "hash"),
]
FILLED_LISTS = ["licenses", "obtained_from", "sources", "caveats", "lessons"]


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of `data/` that a test may break; the kit reads it instead."""
    folder = tmp_path / "copy"
    shutil.copytree(data.data_folder(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setenv("MIGRATIONKIT_DATA", str(folder))
    return folder


def stock(edition, iso3="WLD"):
    table = data.load("migrant-stock")
    rows = table[(table["edition"] == edition) & (table["iso3"] == iso3)]
    return rows.set_index("year")["migrants"]


def by_country(edition):
    """Countries of one edition, with their region and development group."""
    table = data.load("migrant-stock")
    return table[table["edition"] == edition].merge(data.load("countries"), on="iso3")


# ---- The catalogue -----------------------------------------------------------------------------


def test_the_package_is_valid():
    report = frictionless.validate(str(data.data_folder() / data.CATALOGUE))
    assert report.valid, report.to_summary()


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("NAM,NA,", "NAM,,N", "type-error"),  # a letter in the M49 number
        ("BEL,BE,", "BE,BE,", "constraint-error"),  # no ISO3 code
        ("BEL,BE,", "FRA,BE,", "primary-key"),  # a code that is there twice
        ("BEL,BE,", "QQQ,BE,", "foreign-key"),  # and so no Belgium in `migrant-stock-by-origin`
        (",more developed,", ",rich,", "constraint-error"),  # a word that is not on the list
    ],
)
def test_the_package_is_not_valid_when_a_table_breaks_its_promise(copy, old, new, error):
    file = copy / "countries.csv"
    content = file.read_text(encoding="utf-8")
    assert old in content
    file.write_text(content.replace(old, new), encoding="utf-8")
    data.stamp(copy)
    report = frictionless.validate(str(copy / data.CATALOGUE))
    assert error in {row[0] for row in report.flatten(["type"])}


def test_the_package_is_not_valid_when_a_table_is_not_stamped(copy):
    file = copy / "population.csv"
    file.write_bytes(file.read_bytes().replace(b"1", b"2", 1))
    report = frictionless.validate(str(copy / data.CATALOGUE))
    assert "hash-count" in {row[0] for row in report.flatten(["type"])}


@pytest.mark.parametrize("name", data.catalogue())
def test_every_entry_tells_all_that_is_asked(name):
    entry = data.resource(name)
    empty = [key for key in TEXTS if not (isinstance(entry.get(key), str) and entry[key].strip())]
    empty += [key for key in FILLED_LISTS if not entry.get(key)]
    assert not empty
    assert isinstance(entry["breaks"], list) and entry["bytes"] > 0
    assert entry["path"].split("/")[-1].split(".")[0] == name
    for licence in entry["licenses"]:
        assert licence["name"] and licence["title"] and licence["path"].startswith("http")
    assert entry["landing_page"].startswith("http")
    assert pd.Timestamp(entry["date_read"]) <= pd.Timestamp.now()
    # One sentence: it stands under a figure.
    assert entry["caveat"].endswith(".") and ". " not in entry["caveat"]


@pytest.mark.parametrize("name", TABLES)
def test_every_column_has_a_meaning_and_every_measure_a_unit(name):
    entry = data.resource(name)
    codes = {"m49", "line"}  # integers that measure nothing
    for field in entry["schema"]["fields"]:
        assert field["title"] and field["description"].endswith(".") and field["type"]
        if field["type"] in ("integer", "number") and field["name"] not in codes:
            assert field["unit"], field["name"]
    assert entry["schema"]["primaryKey"] and entry["rows"] == len(data.load(name))


@pytest.mark.parametrize("name", TABLES)
def test_tables_typed_from_pages_say_so_and_name_the_page_of_each_row(name):
    entry = data.resource(name)
    if "source_url" in data.load(name):
        assert "yped from" in entry["made_by"]
        assert data.load(name)["source_url"].notna().all()


def test_the_catalogue_and_the_folder_hold_the_same_files():
    folder = data.data_folder()
    found = {
        file.relative_to(folder).as_posix()
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    described = {entry["path"] for entry in data.catalogue().values()}
    assert found - {"compile.py", "compile_population.py", data.CATALOGUE} == described


def test_the_committed_catalogue_is_stamped(copy):
    before = (copy / data.CATALOGUE).read_bytes()
    assert data.stamp(copy) == []
    assert (copy / data.CATALOGUE).read_bytes() == before


@pytest.mark.parametrize("name", data.catalogue())
def test_files_stay_small_and_end_lines_as_on_every_system(name):
    path = data.data_folder() / data.resource(name)["path"]
    content = path.read_bytes()
    assert len(content) <= 1_500_000
    content = gzip.decompress(content) if path.suffix == ".gz" else content
    assert name not in TABLES or (b"\r" not in content and content.endswith(b"\n"))


# ---- The figures -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edition", "year", "million"),
    [
        ("2006 print", 1990, 155.0),
        ("2006 print", 2005, 191.0),
        ("2019", 2005, 191.6),
        ("2019", 2019, 271.6),
        ("2020", 2005, 191.4),
        ("2020", 2020, 280.6),
        ("2024", 1990, 153.9),
        ("2024", 2005, 192.8),
        ("2024", 2024, 304.0),
    ],
)
def test_world_totals_are_the_published_ones(edition, year, million):
    assert round(stock(edition)[year] / 1e6, 1) == million


@pytest.mark.parametrize("edition", ["2019", "2020", "2024"])
def test_the_world_is_the_sum_of_its_countries_to_the_person(edition):
    # Measured: no difference in any edition and year, rounding of Andorra (2019) included.
    world, countries = stock(edition), by_country(edition).groupby("year")["migrants"].sum()
    assert (world - countries).abs().max() == 0
    assert len(world) == len(countries) >= 7


def test_every_migrant_row_is_a_known_country_or_the_world():
    table = data.load("migrant-stock")
    assert set(table["iso3"]) - set(data.load("countries")["iso3"]) == {"WLD"}


def test_world_population():
    table = data.load("population")
    world = table[table["iso3"] == "WLD"].set_index("year")["population"]
    assert round(world[2024] / 1e9, 2) == 8.16
    assert round(world[2005] / 1e9, 2) == 6.59
    assert list(world.index) == list(range(1990, 2026))
    # The Channel Islands and the Holy See have no row: 143,811 (1990) to 168,973 people (2025).
    gap = world - table[table["iso3"] != "WLD"].groupby("year")["population"].sum()
    assert gap.between(140_000, 170_000).all()


def test_population_rows_are_countries_the_world_or_kosovo():
    codes, known = set(data.load("population")["iso3"]), set(data.load("countries")["iso3"])
    assert codes - known == {"WLD", "XKX"}
    assert known - codes == {"CHI", "VAT"}


def test_the_share_of_the_world_grows_from_2_9_to_3_7_per_cent():
    table = data.load("population")
    people = table[table["iso3"] == "WLD"].set_index("year")["population"]
    share = 100 * stock("2024") / people
    assert round(share[1990], 1) == 2.9 and round(share[2024], 1) == 3.7


def test_regions_are_as_published():
    table = by_country("2020")
    in_2005 = table[table["year"] == 2005]
    groups = in_2005.groupby("development")["migrants"].sum() / 1e6
    assert round(groups["more developed"], 1) == 116.7  # the edition's own row 901
    in_2020 = table[table["year"] == 2020]
    regions = in_2020.groupby("region")["migrants"].sum() / 1e6
    assert regions.idxmax() == "Europe"
    assert round(regions["Europe"], 1) == 86.7 and round(regions["Asia"], 1) == 85.6
    assert in_2020.set_index("iso3")["migrants"].idxmax() == "USA"


def test_only_two_areas_have_more_migrants_than_people_and_a_caveat_names_them():
    # The population is of another edition (WPP 2024) than the migrants.
    table = data.load("migrant-stock").merge(data.load("population"), on=["iso3", "year"])
    assert len(table) > 5000
    over = table[table["migrants"] > table["population"] + 1]
    assert set(over["iso3"]) == {"ARE", "BES"}
    assert set(over[over["iso3"] == "ARE"]["year"]) == {2010}
    names = data.load("countries").set_index("iso3")["name"]
    told = " ".join(data.resource("migrant-stock")["caveats"])
    assert all(names[iso3] in told for iso3 in over["iso3"])


def test_namibia_is_not_missing():
    table = data.load("countries").set_index("iso3")
    assert table.loc["NAM", "iso2"] == "NA"
    assert list(table.index[table["iso2"].isna()]) == ["CHI"]


def test_origins_add_up_to_the_stock_of_each_destination():
    pairs = data.load("migrant-stock-by-origin").groupby(["dest", "year"])["persons"].sum()
    table = data.load("migrant-stock")
    table = table[(table["edition"] == "2024") & (table["iso3"] != "WLD")]
    totals = table.set_index(["iso3", "year"])["migrants"]
    assert len(pairs) == 5 * 233
    assert (pairs - totals.loc[pairs.index]).abs().max() == 0


def test_born_abroad_agrees_with_the_table_by_origin():
    small = data.load("belgium-born-abroad")
    small = small[small["edition"] == "2024"]
    large = data.load("migrant-stock-by-origin")
    large = large[large["dest"] == "BEL"]
    both = small.merge(large, on=["origin", "year"], suffixes=("", "_large"))
    assert len(both) == 15
    assert (both["persons"] == both["persons_large"]).all()


def test_the_register_of_2006_adds_up():
    parts = data.load("belgium-register-2006").groupby("direction")["persons"].sum()
    assert parts["start"] == 900_473 and parts["end"] == 932_161
    assert parts["in"] == 114_719 and parts["out"] == 83_031
    assert parts["start"] + parts["in"] - parts["out"] == parts["end"]
    assert parts["not counted"] == 90_919


def test_the_two_counts_of_2006_differ_by_103_598():
    table = data.load("belgium-foreigners")
    total = table[table["nationality"] == "TOTAL"].set_index(["date", "count_basis"])["persons"]
    assert total["2006-04", "Interior ministry"] == 1_004_071
    assert total["2006-01-01", "statistical office"] == 900_473


def test_the_tables_on_belgium_tell_one_story():
    register = data.load("belgium-register-2006").set_index("component")["persons"]
    moves = data.load("belgium-nationality")
    single = moves[(moves["measure"] == "became Belgian") & (moves["year"] == moves["first_year"])]
    totals = single[single["citizenship"] == "TOTAL"].set_index("year")["persons"]
    assert totals[2006] == register["became Belgian"] == 31_860
    groups = data.load("belgium-origin-groups").dropna(subset="persons")
    counts = data.load("belgium-foreigners")
    for year in ("2022", "2023"):
        groups_then = groups[groups["date"] == f"{year}-01-01"].set_index("group")
        assert groups_then["percent"].sum() == pytest.approx(100, abs=0.11)
        counted = counts[counts["date"] == f"{year}-01-01"]["persons"].item()
        assert groups_then["persons"]["Non-Belgian"] == counted


def world(edition, year):
    return int(stock(edition)[year])


def test_migrants_by_birthplace_and_by_sex_add_up_to_the_stock_of_their_edition():
    births = data.load("migrants-by-birthplace").groupby(["edition", "year"])["persons"].sum()
    for (edition, year), persons in births.items():
        assert abs(persons - world(edition, year)) <= 60, (edition, year)
    for row in data.load("migrants-by-sex").itertuples():
        assert abs(row.women + row.men - world(row.edition, row.year)) <= 60, row


def test_the_union_had_25_28_and_27_members():
    members = data.load("eu-members")

    def on(day):
        return ((members["joined"] <= day) & ~(members["left"] <= day)).sum()

    assert [on(day) for day in ("2006-06-12", "2018-12-19", "2024-01-01")] == [25, 28, 27]


def test_parties_to_the_convention_of_1990_are_the_published_ones():
    dates = data.load("migrant-workers-convention")["date"]
    assert len(dates) == 57
    assert [(dates <= day).sum() for day in ("2006-06-12", "2006-12-31")] == [34, 34]
    # It came into force on 1 July 2003: the month after three months from the twentieth party.
    assert sorted(dates)[19] == "2003-03-14"


def test_figures_of_the_ledgers_tables_that_were_published_in_words():
    income = data.load("national-income").query("year == 2006")
    assert 46e12 < income["gdp_usd"].sum() < 54e12 and 6.5e9 < income["population"].sum() < 6.7e9
    frontex = data.load("border-detections").set_index("year")["detections"]
    assert frontex[2015] == 1_822_102 and frontex.idxmax() == 2015
    permits = data.load("belgium-first-permits").groupby("year")["first_permits"].sum()
    assert permits[2008] == 46_201
    orders = data.load("orders-and-returns").set_index(["area", "year"])
    assert orders.loc[("BEL", 2008)].to_list() == [28_545, 3_965]
    assert (orders["returned"] < orders["ordered_to_leave"]).all()
    money = data.load("remittances-to-exports").set_index(["iso3", "year"])
    assert money.loc[("MAR", 2005), "of_goods"] == 41.01
    shares = money.dropna()
    assert (shares["of_goods"] > shares["of_goods_and_services"]).all()


def test_lower_bounds_are_marked():
    table = data.load("belgium-nationality").set_index(["measure", "citizenship", "year"])
    assert table.loc[("became Belgian", "TOTAL", 2023), "reading"] == "more than"
    assert table.loc[("became Belgian", "TOTAL", 2024), "reading"] == "exact"


def test_the_vote_of_2018_is_as_the_united_nations_printed_it():
    votes = data.load("compact-vote")
    assert votes.vote.value_counts().to_dict() == {
        "yes": 152, "did not vote": 24, "abstained": 12, "no": 5
    }  # press release GA/12113
    assert set(votes.name[votes.vote == "no"]) == {
        "Czechia", "Hungary", "Israel", "Poland", "United States of America"
    }
    abstained = " ".join(votes.iso3[votes.vote == "abstained"])
    assert abstained == "AUS AUT BGR CHE CHL DZA ITA LBY LIE LVA ROU SGP"
    in_union = votes[votes.eu_member == "yes"].vote.value_counts().to_dict()
    assert in_union == {"yes": 19, "abstained": 5, "no": 3, "did not vote": 1}
    compact = data.load("assembly-votes").set_index("resolution").loc["A/RES/73/195"]
    assert (compact.yes, compact.no, compact.abstained) == (152, 5, 12)


def test_the_sides_of_the_vote_follow_the_other_tables():
    votes = data.load("compact-vote").set_index("iso3")
    pairs = data.load("migrant-stock-by-origin").query("year == 2020")
    assert votes.migrants.equals(
        pairs.groupby("dest").persons.sum().reindex(votes.index).rename("migrants"))
    assert votes.emigrants.equals(
        pairs.groupby("origin").persons.sum().reindex(votes.index).rename("emigrants"))
    more = votes.migrants > votes.emigrants
    assert (votes.position == "more migrants than emigrants").equals(more)
    near = votes[(votes.migrants / votes.emigrants).between(0.9, 1.1)]
    assert set(near.name) == {"Bhutan", "Nauru", "Papua New Guinea", "Rwanda",
                              votes.name["PRK"]}  # fmt: skip
    older = data.load("compact-vote")
    against = older[older.vote.isin(["no", "abstained"])]
    more = "more migrants than emigrants"
    assert (against.position == more).sum() == 13
    assert (against.position_2020_edition == more).sum() == 10
    turned = against.name[against.position != against.position_2020_edition]
    assert set(turned) == {"Czechia", "Hungary", "Latvia"}
    migrants, emigrants = older.migrants_2020_edition, older.emigrants_2020_edition
    assert (migrants > emigrants).equals(older.position_2020_edition == more)
    joined = votes[votes.convention == "party"]
    assert len(joined) == 54 and joined.convention_since.str[:4].astype(int).max() == 2018
    assert votes.convention_since.notna().equals(votes.convention == "party")
    assert not (joined.eu_member == "yes").any()


def test_stated_reasons_are_of_states_and_their_votes():
    votes = data.load("compact-vote").set_index("iso3")
    for row in data.load("vote-reasons").itertuples():
        assert (row.name, row.vote) == (votes.name[row.iso3], votes.vote[row.iso3])


def test_proposals_stand_in_the_note_where_they_say_and_have_steps_after_it():
    outline = data.load("text-outline").query("text == 'Note'")
    places = set(zip(outline.section, outline.place, strict=True))
    steps = data.load("proposal-steps")
    for row in data.load("proposals-2006").itertuples():
        assert (row.section, row.place) in places, row.id
        own = steps[steps.id == row.id]
        assert len(own) >= 2 and (own.year >= row.year).all(), row.id
        assert (own.date.str[:4].astype(int) == own.year).all(), row.id
        nothing = "not" in (row.first_coder, row.second_coder)
        assert pd.isna(row.came) if nothing else row.came in set(own.year), row.id


def test_summits_of_the_forum_are_numbered_without_a_gap():
    summits = data.load("forum-summits")
    assert summits.number.tolist() == list(range(1, len(summits) + 1))
    assert summits.year.is_monotonic_increasing and summits.city.notna().all()
    assert data.load("compact-objectives").number.tolist() == list(range(1, 24))


def test_the_map_finds_its_countries():
    shapes = data.shapes_topology("world-110m")["objects"]["countries"]["geometries"]
    numbers = dict(zip(*data.load("countries")[["iso3", "m49"]].T.values, strict=True))
    codes = {shape["properties"]["a3"]: shape["id"] for shape in shapes}
    assert len(shapes) == len(codes) == 176
    assert codes.keys() - numbers.keys() == {"ATF", "CYN", "SOL", "XKX"}
    assert all(codes[a3] == numbers[a3] for a3 in codes.keys() & numbers.keys())


def test_every_arc_of_the_map_is_drawn_and_every_drawn_arc_is_there():
    topology = data.shapes_topology("world-110m")

    def arcs(part):
        return [part] if isinstance(part, int) else [arc for inner in part for arc in arcs(inner)]

    shapes = topology["objects"]["countries"]["geometries"]
    drawn = {arc if arc >= 0 else ~arc for shape in shapes for arc in arcs(shape["arcs"])}
    assert drawn == set(range(len(topology["arcs"])))


# ---- Reading -----------------------------------------------------------------------------------


def test_examples_in_the_docstrings_run():
    result = doctest.testmod(data)
    assert result.attempted and not result.failed


def test_a_table_is_a_copy_and_is_read_once(copy, monkeypatch):
    first = data.load("countries")
    monkeypatch.setattr(data, "_table", lambda entry: pytest.fail("read a second time"))
    first.loc[:, "name"] = "spoilt"
    first["iso3"].values[:] = "XXX"
    second = data.load("countries")
    assert "spoilt" not in set(second["name"]) and "BEL" in set(second["iso3"])


def test_the_catalogue_is_a_copy():
    data.catalogue()["countries"]["title"] = "spoilt"
    data.resource("countries")["schema"]["fields"].clear()
    assert data.resource("countries")["title"] != "spoilt"
    assert data.resource("countries")["schema"]["fields"]


def test_types_follow_the_catalogue():
    groups = data.load("belgium-origin-groups")
    assert str(groups["persons"].dtype) == "Int64" and groups["persons"].isna().sum() == 1
    assert data.load("migrant-stock").dtypes.astype(str).to_list() == [
        "str",
        "str",
        "int64",
        "int64",
    ]
    least = data.load("countries").set_index("iso3")["least_developed"]
    assert least["AFG"] and not least["BEL"]


def test_a_corrected_and_stamped_table_is_read_again(copy):
    assert stock("2006 print")[2005] == 191_000_000
    file = copy / "migrant-stock.csv"
    content = file.read_text(encoding="utf-8")
    file.write_text(content.replace("WLD,2005,191000000", "WLD,2005,192000000"), encoding="utf-8")
    assert data.stamp(copy) == ["migrant-stock"]
    assert stock("2006 print")[2005] == 192_000_000


def test_a_compressed_table_is_read_like_any_other(copy):
    package = json.loads((copy / data.CATALOGUE).read_text(encoding="utf-8"))
    entry = next(e for e in package["resources"] if e["name"] == "population")
    plain = copy / entry["path"]
    (copy / "population.csv.gz").write_bytes(gzip.compress(plain.read_bytes(), mtime=0))
    before = data.load("population")
    plain.unlink()
    entry["path"] = "population.csv.gz"
    (copy / data.CATALOGUE).write_text(json.dumps(package), encoding="utf-8")
    data.stamp(copy)
    pd.testing.assert_frame_equal(data.load("population"), before)


def test_reading_a_table_loads_no_chart_library():
    # An empty package with the same path stands in for the front door, which may load more.
    code = """
import sys, types
package = types.ModuleType("migrationkit")
package.__path__ = [sys.argv[1]]
sys.modules["migrationkit"] = package
from migrationkit import data
data.load("countries")
raise SystemExit("altair" in sys.modules or "ipywidgets" in sys.modules)
"""
    package = Path(data.__file__).parent
    assert subprocess.run([sys.executable, "-c", code, package], check=False).returncode == 0


# ---- Sources in words --------------------------------------------------------------------------


@pytest.mark.parametrize("name", data.catalogue())
def test_the_source_line_names_producer_edition_licence_and_caveat(name):
    line, entry = data.source_line(name), data.resource(name)
    for part in (entry["producer"], entry["edition"], entry["caveat"]):
        assert part in line
    assert all(licence["title"] in line for licence in entry["licenses"])


def test_the_source_line_says_nothing_twice():
    line = data.source_line(["migrant-stock", "population", "migrant-stock"])
    for once in ("United Nations", "World Population Prospects", "A stock, not a flow"):
        assert line.count(once) == 1


def test_sources_are_a_markdown_list_with_links_and_all_caveats():
    names = ["migrant-stock", "belgium-register-2006"]
    text = data.sources(names)
    assert [line[:4] for line in text.splitlines() if not line.startswith("  ")] == ["- **"] * 2
    for name in names:
        entry = data.resource(name)
        assert f"]({entry['landing_page']})" in text and entry["date_read"] in text
        assert all(caveat in text for caveat in entry["caveats"])


# ---- Bad input, in words -----------------------------------------------------------------------


def message(call, *arguments, folder=None):
    """The sentences of the KitError that a call raises, checked for what all must have."""
    with pytest.raises(KitError) as caught:
        call(*arguments)
    said = str(caught.value)
    assert caught.value._render_traceback_() == [said]
    assert said.endswith((".", "?")) and "\n" not in said and len(said) < 400
    assert folder is None or (str(folder) not in said and str(folder.parent) not in said)
    return said


@pytest.mark.parametrize("call", [data.load, data.resource, data.source_line, data.sources])
def test_an_unknown_name_gets_the_nearest_ones(call):
    said = message(call, "migrant-stok")
    assert "'migrant-stok'" in said and "'migrant-stock'" in said


def test_a_name_near_to_nothing_gets_the_list():
    said = message(data.load, "zzz")
    names = list(data.catalogue())
    first = data.FIRST  # a list of all would be too long to read
    assert all(name in said for name in names[:first])
    assert f"{len(names) - first} more" in said and "datapackage.json" in said


@pytest.mark.parametrize("odd", [None, 3, [], ("population",), {}])
def test_what_is_no_name_is_an_unknown_name(odd):
    assert "There is no table" in message(data.load, odd)


def test_a_map_is_not_a_table_and_a_table_is_not_a_map():
    assert "shapes_topology" in message(data.load, "world-110m")
    assert "load" in message(data.shapes_topology, "countries")


@pytest.mark.parametrize(
    ("name", "call"), [("population", data.load), ("world-110m", data.shapes_topology)]
)
class TestABrokenFile:
    @staticmethod
    def file(copy, name):
        return copy / data.resource(name)["path"]

    def test_missing(self, copy, name, call):
        self.file(copy, name).unlink()
        said = message(call, name, folder=copy)
        assert name in said and "missing" in said and "git checkout" in said

    def test_a_folder_in_its_place(self, copy, name, call):
        self.file(copy, name).unlink()
        self.file(copy, name).mkdir()
        assert name in message(call, name, folder=copy)

    @pytest.mark.parametrize("left", [0, 1, 1000])
    def test_truncated(self, copy, name, call, left):
        file = self.file(copy, name)
        file.write_bytes(file.read_bytes()[:left])
        said = message(call, name, folder=copy)
        assert name in said and "cut short" in said and "git checkout" in said

    def test_altered(self, copy, name, call):
        call(name)  # a good copy in the cache must not hide it
        file = self.file(copy, name)
        file.write_bytes(file.read_bytes().replace(b"1", b"2", 1))
        said = message(call, name, folder=copy)
        assert name in said and "run `python -m migrationkit stamp`" in said

    def test_nonsense_that_was_stamped(self, copy, name, call):
        self.file(copy, name).write_bytes(b"\x00\xffnonsense,\n1,2\n")
        package = json.loads((copy / data.CATALOGUE).read_text(encoding="utf-8"))
        for entry in package["resources"]:
            if entry["name"] == name:
                entry["hash"] = data._hash(self.file(copy, name).read_bytes())
        (copy / data.CATALOGUE).write_text(json.dumps(package), encoding="utf-8")
        assert "git checkout" in message(call, name, folder=copy)


def test_a_stamped_table_with_other_types_is_refused(copy):
    file = copy / "population.csv"
    file.write_text(file.read_text().replace("ABW,1990,", "ABW,1990,many"), encoding="utf-8")
    data.stamp(copy)
    assert "columns and types" in message(data.load, "population", folder=copy)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, "missing"),
        (b"", "not JSON"),
        (b'{"resources": [', "not JSON"),
        (b"\xff\xfe", "cannot be read"),
        (b"[]", "no list of tables"),
        (b'{"resources": [{"name": "population"}]}', "no list of tables"),
        (b'{"resources": 3}', "no list of tables"),
    ],
)
@pytest.mark.parametrize("call", [lambda: data.load("population"), data.catalogue, data.stamp])
def test_a_missing_or_broken_catalogue_says_what_to_do(copy, content, expected, call):
    file = copy / data.CATALOGUE
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    said = message(call, folder=copy)
    assert data.CATALOGUE in said and expected in said and "git checkout" in said


def test_a_missing_data_folder_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("MIGRATIONKIT_DATA", str(tmp_path / "nowhere"))
    assert "missing" in message(data.load, "population", folder=tmp_path / "nowhere")
