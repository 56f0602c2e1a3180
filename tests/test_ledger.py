"""The claims ledger: each claim has its place, each verdict comes from the rule and the tables."""

import csv
import doctest
import gzip
import hashlib
import json
import re
import shutil

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrationkit import data
from migrationkit.errors import KitError
from migrationkit.models import ledger

EDITIONS = ["2006 print", "2019", "2020", "2024"]
# What the rule says today, one letter an edition: a change here must be meant.
TODAY = {
    "C02": "hrhr",
    "C03": "hhhh",
    "C04": "-rrr",
    "C05": "hhhh",
    "C06": "dddd",
    "C07": "hhhh",
    "C08": "hhhh",
    "C09": "hhhh",
    "C10": "----",
    "C25": "hhhh",
    "C26": "iiii",
    "C27": "hhhh",
    "C38": "-hhh",
    "C11": "-iii",
    "C35": "-hhh",
    **dict.fromkeys(["C01", "C23"], "oooo"),
    **dict.fromkeys(["C12", "C16", "C46", "C47", "C51"], "nnnn"),
    **dict.fromkeys(["C13", "C14", "C62"], "iiii"),
    **dict.fromkeys(["C18", "C37", "C57"], "dddd"),
    **dict.fromkeys(["C17", "C19", "C24", "C28", "C30", "C31", "C34", "C40", "C41"], "hhhh"),
    **dict.fromkeys(["C15", "C48", "C50", "C52", "C53", "C55", "C56", "C58", "C59"], "hhhh"),
    **dict.fromkeys(["C60", "C61", "C63", "C64", "C65", "C66"], "hhhh"),
    # Tables that only stand beside the claim, and rows that no table answers.
    **dict.fromkeys(["C20", "C21", "C54", "C22", "C43", "C49", "C67"], "----"),
    **dict.fromkeys(["C29", "C32", "C33", "C36", "C39", "C42", "C68", "C69", "C73"], "----"),
}
OPINIONS = {"C44", "C45", "C70", "C71", "C72", "C74"}
LETTERS = {
    "h": "held up",
    "r": "revised",
    "d": "redefined",
    "o": "outgrown",
    "n": "not supported",
    "i": "imprecise",
    "-": "cannot be checked",
}


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of `data/` that a test may change; the kit reads it instead."""
    folder = tmp_path / "copy"
    shutil.copytree(data.data_folder(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setenv("MIGRATIONKIT_DATA", str(folder))
    return folder


def edit(folder, table, start, old, new):
    """Changes `old` to `new` in the one row of a table that begins with `start` and has `old`."""
    file = folder / f"{table}.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    found = [i for i, line in enumerate(lines) if line.startswith(start) and old in line]
    assert len(found) == 1, (start, old)
    lines[found[0]] = lines[found[0]].replace(old, new)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert data.stamp(folder) == [table]


def add_claim(folder, **values):
    """Adds a row to `ledger.csv`; what is not given is empty."""
    columns = list(ledger.load().columns)
    with (folder / "ledger.csv").open("a", encoding="utf-8", newline="") as file:
        row = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        row.writerow({"text": "Essay", "lesson": 1, "reason": "A test.", **values})
    data.stamp(folder)


def rows(edition=None):
    return ledger.evaluate(edition).set_index("id")


def changed(before, after):
    """Ids of the rows that are not the same in two evaluations."""
    fields = ["value_now", "unit_now", "edition_now", "verdict", "why"]
    return {
        id
        for id in before.index
        if before.loc[id, fields].to_list() != after.loc[id, fields].to_list()
    }


def words_of(*tables):
    for table in tables:
        for column in data.load(table).select_dtypes("str"):
            yield from data.load(table)[column].dropna()


# ---- The outline -------------------------------------------------------------------------------


def test_every_place_of_a_claim_is_in_the_outline():
    place = ["text", "section", "place"]
    known = set(data.load("text-outline")[place].itertuples(index=False, name=None))
    claimed = set(ledger.load()[place].itertuples(index=False, name=None))
    assert claimed <= known


def test_paragraphs_and_footnotes_are_counted_without_a_gap():
    outline = data.load("text-outline")
    outline[["kind", "number"]] = outline["place"].str.split(" ", expand=True)
    outline["number"] = outline["number"].astype(int)
    for _, section in outline.query("kind == 'paragraph'").groupby(["text", "section"]):
        assert section["number"].to_list() == list(range(1, len(section) + 1))
    notes = outline.query("kind == 'footnote'")
    assert set(notes["text"]) == {"Note"} and sorted(notes["number"]) == list(range(1, 19))
    assert outline.groupby("text").size().to_dict() == {"Essay": 18, "Note": 45 + 18}


# ---- The claims --------------------------------------------------------------------------------


def test_ids_are_unique_and_in_order():
    numbers = [int(id[1:]) for id in ledger.load()["id"]]
    assert numbers == sorted(set(numbers))


def test_every_claim_has_what_its_kind_needs():
    claims = ledger.load()
    for claim in claims.itertuples():
        assert claim.claim and claim.reason.endswith("."), claim.id
        assert (claim.kind == "opinion") != claim.factual, claim.id
        if claim.kind == "number":
            assert claim.unit, claim.id
        if claim.relation == "between":
            low, high = map(float, claim.value_then.split(" to "))
            assert low < high and claim.unit, claim.id
        if claim.relation == "more than" or claim.within > 0:
            assert float(claim.value_then) >= 0 and claim.unit, claim.id
        if claim.kind == "list":
            assert claim.relation in ("in order", "includes", "equal"), claim.id
            assert claim.value_then, claim.id
        if claim.kind == "date":
            assert re.fullmatch(r"\d{4}(-\d{2})?", claim.value_then), claim.id
        assert (claim.within > 0) == (claim.relation == "equal" and is_number(claim)), claim.id
        if claim.kind in ("causal", "absence", "trend", "legal") and claim.relation == "equal":
            assert pd.isna(claim.value_then) or is_number(claim) or claim.value_then == "yes"
        if claim.factual:
            assert claim.definition and claim.as_of and claim.relation, claim.id
        else:
            assert pd.isna([claim.value_then, claim.relation, claim.tables]).all(), claim.id


def is_number(claim):
    number = re.fullmatch(r"[\d.]+", str(claim.value_then))
    return bool(number) and claim.kind != "date"


def test_there_are_enough_claims_of_both_texts_and_of_most_kinds():
    claims = ledger.load()
    assert len(claims) >= 60 and claims["text"].value_counts().min() >= 15
    assert {f"C{number:02d}" for number in range(1, 47)} <= set(claims["id"])
    assert set(claims.loc[~claims["factual"], "id"]) == OPINIONS
    checked = rows().query("verdict.notna() and verdict != 'cannot be checked'")
    assert len(checked) >= 45 and set(rows()["verdict"].dropna()) == set(ledger.VERDICTS)


def test_what_was_read_of_a_claim_is_known_where_no_table_answers():
    table = rows()
    alone = table[table["factual"] & table["tables"].isna()]
    assert len(alone) == 9 and (alone["why"] == "No table of the kit answers it.").all()
    assert (alone["reason"].str.len() > 60).all()


def test_a_claim_names_tables_of_the_catalogue_and_then_has_an_answer():
    claims = ledger.load()
    named = claims["tables"].fillna("").str.split()
    assert set(named.explode().dropna()) <= set(data.catalogue())
    assert set(claims["id"][named.astype(bool)]) == set(ledger.ANSWERS)


def test_no_verdict_is_stored():
    stored = set(words_of("ledger"))
    assert not stored & set(ledger.VERDICTS)
    assert not set(ledger.load().columns) & set(ledger.ADDED)


def test_what_counts_as_the_same_figure_in_a_register_is_its_change_in_a_month():
    parts = data.load("belgium-register-2006").groupby("direction")["persons"].sum()
    month = (parts["in"] - parts["out"]) / parts["start"] / 12
    exact = ledger.load().query("unit == 'persons'")
    share = exact["within"] / exact["value_then"].astype(float)
    assert len(share) == 4 and (share - month).abs().max() < 0.0002


def test_words_are_neutral():
    loaded = r"illegal|clandestin|bogus|flood|\bwaves?\b|influx|swarm|amnest|deport|assimilat"
    texts = [*words_of("ledger", "text-outline")]
    for edition in EDITIONS:
        texts += rows(edition)["why"].dropna().to_list()
    assert not [text for text in texts if re.search(loaded, text, re.IGNORECASE) or "!" in text]


# ---- The rule ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "now", "more", "expected"),
    [
        (191, 190.5, {"within": 0.5}, "held up"),
        (191, 191.49, {"within": 0.5}, "held up"),
        (191, 191.5, {"within": 0.5, "revised": True}, "revised"),  # rounds to 192
        (34, 34, {}, "held up"),
        (34, 35, {}, "imprecise"),
        (34, 34, {"later": 60}, "outgrown"),
        (34, 34, {"later": 34}, "held up"),
        (100, 105, {"revised": True}, "revised"),
        (100, 95, {"revised": True}, "revised"),
        (100, 105.1, {"revised": True}, "imprecise"),
        (100, 105, {}, "imprecise"),  # no editions: nothing was revised
        (100, 125, {}, "imprecise"),
        (100, 74.9, {}, "not supported"),
        (0, 1, {}, "not supported"),
        (100, 100, {"rest": False}, "not supported"),
        ((90, 100), 90, {"relation": "between"}, "held up"),
        ((90, 100), 100, {"relation": "between"}, "held up"),
        ((90, 100), 101, {"relation": "between"}, "imprecise"),
        ((90, 100), 85, {"relation": "between"}, "imprecise"),
        ((90, 100), 60, {"relation": "between"}, "not supported"),
        (["1974"], ["1974"], {}, "held up"),
        (["1974"], ["1975"], {}, "not supported"),
        (["first"], None, {"other": ["third"]}, "redefined"),
        (["yes"], ["no"], {}, "not supported"),
        (["A", "B"], ["C", "B", "A"], {"relation": "includes"}, "held up"),
        (["A", "B", "C", "D"], ["A", "B", "C"], {"relation": "includes"}, "imprecise"),
        (["A", "B"], ["A", "C"], {"relation": "includes"}, "not supported"),
        (60, 65, {"relation": "more than"}, "held up"),
        (60, 60, {"relation": "more than"}, "imprecise"),
        (60, 600, {"relation": "more than", "revised": True}, "held up"),
        (60, 59, {"relation": "more than", "revised": True}, "revised"),
        (60, 40, {"relation": "more than"}, "not supported"),
        (5, None, {}, "cannot be checked"),
        (5, None, {"other": 6}, "redefined"),
        (5, None, {"other": 5}, "cannot be checked"),
        (50, None, {"other": 84, "relation": "more than"}, "cannot be checked"),
        (["A", "B"], ["A", "B"], {"relation": "in order"}, "held up"),
        (["A", "B"], ["B", "A"], {"relation": "in order"}, "imprecise"),
        (["A", "B"], ["B", "A"], {"relation": "in order", "revised": True}, "revised"),
        (["A", "B"], ["A", "C"], {"relation": "in order"}, "not supported"),
        (list("ABCDE"), list("ABCEF"), {"relation": "in order"}, "imprecise"),
    ],
)
def test_the_rule(then, now, more, expected):
    assert ledger.verdict(then, now, **more) == expected


amounts = st.none() | st.floats(-1e12, 1e12) | st.integers(-(10**9), 10**9)


@given(
    then=st.floats(-1e12, 1e12),
    now=amounts,
    relation=st.sampled_from(["equal", "more than"]),
    within=st.floats(0, 1e6),
    other=amounts,
    later=amounts,
    rest=st.booleans(),
    revised=st.booleans(),
)
def test_the_rule_always_ends_in_a_verdict(then, now, relation, within, **more):
    assert ledger.verdict(then, now, relation, within, **more) in ledger.VERDICTS


# ---- The verdicts ------------------------------------------------------------------------------


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_verdict_is_reached_in_every_edition(edition):
    table = rows(edition)
    assert [id for id in TODAY if id not in table.index] == []
    at = EDITIONS.index(edition)
    for id, letters in TODAY.items():
        assert table.loc[id, "verdict"] == LETTERS[letters[at]], id
    factual = table[table["factual"]]
    assert set(factual["verdict"]) <= set(ledger.VERDICTS)
    assert factual["why"].str.endswith(".").all()
    missing = table["value_now"].isna()
    assert (missing == table["unit_now"].isna()).all()
    assert (table["verdict"][missing & table["factual"]] == "cannot be checked").all()
    assert not table["why"].str.contains(r"\bNone\b|\bnan\b|not known", na=False).any()


def test_without_an_edition_each_row_uses_its_own():
    table = rows()
    own = table["edition"].dropna()
    assert (table.loc[own.index, "edition_now"] == own).all()
    assert changed(table, rows("2024")) == set()
    assert table.loc["C08", "edition_now"] == data.resource("belgium-foreigners")["edition"]


@pytest.mark.parametrize("edition", EDITIONS)
def test_an_edition_changes_only_the_rows_that_use_it(edition):
    tables = ledger.load().set_index("id")["tables"].dropna().str.split()
    follow = {id for id, names in tables.items() if "migrant-stock" in names}
    assert follow == {"C02", "C03", "C04", "C11", "C35", "C38"}
    assert changed(rows(), rows(edition)) == (set() if edition == "2024" else follow)


def test_figures_of_the_text_and_of_the_tables():
    new, old = rows()["value_now"], rows("2020")["value_now"]
    assert round(new["C02"], 1) == 192.8 and round(old["C02"], 1) == 191.4
    assert round(new["C03"], 2) == 2.93 and round(old["C03"], 2) == 2.91
    assert round(new["C04"], 1) == 119.2 and round(old["C04"], 1) == 116.7
    assert round(new["C38"], 1) == 72.5 and round(old["C38"], 1) == 70.6
    assert round(new["C05"], 1) == 34.1
    assert new["C06"] == 900_473 and new["C08"] == 81_339 and new["C09"] == 42_733
    why = rows()["why"]
    assert "90,919" in why["C06"] and "64.3 million" in why["C38"] and "127,539" in why["C07"]
    assert "between 31.0 and 33.8 %" in why["C05"] and "144,604" in why["C08"]


@pytest.mark.parametrize(
    ("table", "start", "old", "new", "expected"),
    [
        (
            "migrant-stock",
            "2024,WLD,2005",
            "192788721",
            "191100000",
            {"C02": "held up", "C03": "held up"},
        ),
        ("migrant-stock", "2024,USA,2005", "39545828", "939545828", {"C04": "not supported"}),
        ("migrant-stock", "2024,IND,2010", "5601237", "95601237", {"C38": "not supported"}),
        (
            "migrant-stock",
            "2020,WLD,2005",
            "191446828",
            "195000000",
            {},
        ),  # not the edition asked for
        (
            "population",
            "WLD,2005",
            "6586970132",
            "5400000000",
            {"C03": "imprecise", "C48": "not supported"},
        ),
        (
            "migrant-stock-by-origin",
            "ARE,IND,2005",
            "1262523",
            "91262523",
            {"C05": "not supported", "C66": "held up"},
        ),
        ("belgium-foreigners", "2006-01-01", "900473", "1003500", {"C06": "cannot be checked"}),
        ("belgium-register-2006", "2,", "90919", "90920", {"C06": "redefined"}),
        ("belgium-foreigners", "2004,", "DEU,35530", "DEU,26500", {"C07": "imprecise"}),
        ("belgium-nationality", "citizens,ROU,2024", "127539", "127540", {"C07": "held up"}),
        (
            "belgium-foreigners",
            "2006-04",
            "81339",
            "91339",
            {"C08": "imprecise", "C52": "held up"},
        ),
        ("belgium-born-abroad", "2024,MAR,2005", "144604", "144605", {"C08": "held up"}),
        (
            "belgium-foreigners",
            "2006-04",
            "42733",
            "82733",
            {"C09": "not supported", "C52": "held up"},
        ),
        ("belgium-foreigners", "2004-08-16", "20457", "20458", {"C10": "cannot be checked"}),
    ],
)
def test_one_changed_figure_changes_only_what_depends_on_it(copy, table, start, old, new, expected):
    before = rows()
    edit(copy, table, start, old, new)
    after = rows()
    assert changed(before, after) == set(expected)
    assert {id: after.loc[id, "verdict"] for id in expected} == expected


TEXT_FIGURES = {  # tables whose figures are no numbers: the columns that hold them
    "timeline": ["date"],
    "eu-members": ["iso3"],
    "ledger-lists": ["item"],
    "countries": ["region", "development"],
    "migrant-workers-convention": ["date"],
}
USED = sorted(set(ledger.load()["tables"].dropna().str.split().explode()))


def named_by(table):
    tables = ledger.load().set_index("id")["tables"].dropna().str.split()
    return {id for id, names in tables.items() if table in names}


def altered(column, rest):
    """A column with three of seven values changed, so that shares change as well as sums."""
    changed = column.copy()
    half = (pd.Series(range(len(column)), column.index) + 3 * rest) % 7 < 3
    if pd.api.types.is_numeric_dtype(column):
        changed[half] = column[half] * 3 + 1
    elif column.name == "iso3":
        changed[half] = "MAR"
    else:
        changed[half] = list(reversed(column[half].to_list()))
    return changed


def put(folder, name, table):
    """Writes a table and stamps it alone, which is quicker than to stamp all."""
    catalogue = folder / data.CATALOGUE
    package = json.loads(catalogue.read_text(encoding="utf-8"))
    [entry] = [entry for entry in package["resources"] if entry["name"] == name]
    content = table.to_csv(index=False, lineterminator="\n").encode()
    if entry["path"].endswith(".gz"):
        content = gzip.compress(content, mtime=0)
    (folder / entry["path"]).write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    entry |= {"bytes": len(content), "hash": f"sha256:{digest}", "rows": len(table)}
    catalogue.write_text(json.dumps(package), encoding="utf-8")


@pytest.fixture(scope="module")
def lasting(tmp_path_factory):
    """One copy of `data/` for all tests of this module that put back what they change."""
    folder = tmp_path_factory.mktemp("lasting") / "data"
    shutil.copytree(data.checkout() / "data", folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture
def lent(lasting, monkeypatch):
    monkeypatch.setenv("MIGRATIONKIT_DATA", str(lasting))
    kept = {file: file.read_bytes() for file in lasting.glob("*.*")}
    yield lasting
    for file, content in kept.items():
        if file.read_bytes() != content:
            file.write_bytes(content)


@pytest.mark.parametrize("name", USED)
def test_changed_figures_change_only_the_rows_that_name_their_table(lent, name):
    before, table, found = rows(), data.load(name), set()
    fields = data.resource(name)["schema"]["fields"]
    keys = {"year", "period", "place", "m49", "lat", "lon", "line", "first_year"}
    columns = TEXT_FIGURES.get(name) or [
        field["name"]
        for field in fields
        if field["type"] in ("integer", "number") and field["name"] not in keys
    ]
    assert columns, name
    for rest in (0, 1, 2):
        # The next column in the other rows, so that a ratio of two columns changes too.
        turns = [(column, (rest + at) % 3) for at, column in enumerate(columns)]
        other = table.assign(**{column: altered(table[column], turn) for column, turn in turns})
        put(lent, name, other)
        found |= changed(before, rows())
        if found:
            break
    assert found and found <= named_by(name)


@pytest.mark.parametrize(
    ("name", "column", "old", "new", "expected"),
    [
        ("ledger-facts", "value", 3, 1, {"C37": "cannot be checked", "C51": "held up"}),
        ("ledger-facts", "value", 1974, 1973, {"C28": "not supported"}),
        ("ledger-lists", "item", "Management", "Migration", {"C62": "held up"}),
        ("timeline", "date", "2005-10-05", "2007-10-05", {"C56": "not supported"}),
        ("remittances-to-exports", "of_goods", 1.76, 20.3, {"C16": "held up"}),
        ("belgium-unemployment", "percent", 8.4, 9.4, {"C19": "imprecise"}),
        ("migrants-by-sex", "women", 94329867, 1, {"C65": "not supported"}),
    ],
)
def test_a_figure_that_would_change_a_verdict_does(lent, name, column, old, new, expected):
    table, before = data.load(name), rows()["verdict"]
    if name == "belgium-unemployment":
        here = (table["group"] == "all residents") & (table["year"] == 2005)
    elif name == "migrants-by-sex":
        here = (table["edition"] == "2024") & (table["year"] == 2005)
    else:
        here = table[column] == old
    assert here.any()
    table.loc[here, column] = new
    put(lent, name, table)
    after = rows()["verdict"]
    got = {id: after[id] for id in after.index if id not in OPINIONS and after[id] != before[id]}
    assert {id: got.get(id) for id in expected} == expected and set(got) <= named_by(name)


@pytest.mark.parametrize("name", [name for name in USED if data.resource(name)["rows"] < 2000])
def test_a_table_without_rows_ends_in_a_verdict_or_in_words(lent, name):
    put(lent, name, data.load(name).iloc[:0])
    table = rows()
    assert set(table["verdict"].dropna()) <= set(ledger.VERDICTS)
    untouched = ledger.load()["id"][~ledger.load()["id"].isin(named_by(name))]
    assert not table.loc[untouched, "why"].dropna().str.contains("is missing from").any()


def test_no_row_rests_on_the_text_that_it_checks():
    for name in ("ledger-facts", "ledger-lists"):
        table = data.load(name)
        assert table["source"].notna().all()
        assert not table["source"].str.contains("Matsas|Juego|the Note|the Essay").any()


@pytest.mark.parametrize(
    ("old", "new"), [("COD,20994", "COD,9"), ("TOTAL,1004071", "TOTAL,9"), ("MAR,81322", "MAR,9")]
)
def test_the_text_is_no_evidence_for_itself(copy, old, new):
    before = rows()
    edit(copy, "belgium-foreigners", "2006-04", old, new)
    assert changed(before, rows()) == set()


def test_a_second_count_settles_what_could_not_be_checked(copy):
    file = copy / "belgium-foreigners.csv"
    line = '2006-04,Interior ministry,COD,21000,"An office",https://example.org,\n'
    file.write_text(file.read_text(encoding="utf-8") + line, encoding="utf-8")
    data.stamp(copy)
    assert rows().loc["C10", "verdict"] == "held up"


# ---- Rows to come, and bad input ---------------------------------------------------------------


def test_an_opinion_gets_no_verdict(copy):
    place = {"section": "Structure", "place": "paragraph 1"}
    add_claim(copy, id="C90", kind="opinion", claim="An opinion", factual="false", **place)
    row = rows().loc["C90"]
    assert row["verdict"] is None and row["why"] is None and row["value_now"] is None
    shown = ledger.for_lesson(1).loc["C90"]
    assert shown["claim"] == "An opinion" and shown["verdict"] is None


def test_a_claim_that_no_table_answers_cannot_be_checked(copy):
    place = {"section": "Restriction", "place": "paragraph 2"}
    add_claim(copy, id="C90", kind="causal", claim="A cause", factual="true", **place)
    assert rows().loc["C90", "verdict"] == "cannot be checked"


@pytest.mark.parametrize("edition", ["2021", "2024 print", "", 2021, []])
def test_an_unknown_edition_is_answered_in_words(edition):
    for call in (ledger.evaluate, lambda edition: ledger.for_lesson(1, edition)):
        with pytest.raises(KitError) as caught:
            call(edition)
        assert "2006 print, 2019, 2020 and 2024." in str(caught.value)


def test_an_edition_may_be_a_number():
    assert changed(rows("2020"), rows(2020)) == set()


def test_evaluating_leaves_the_claims_alone():
    before = ledger.load()
    table = ledger.evaluate()
    table["claim"] = "spoilt"
    pd.testing.assert_frame_equal(ledger.load(), before)


def test_a_lesson_shows_its_rows_in_text():
    table = ledger.for_lesson(1)
    assert list(table.index) == ["C02", "C03", "C04", "C06", "C07", "C08", "C09", "C10", "C38"]
    assert list(table.columns) == ["claim", "where", "then", "now", "verdict", "why"]
    assert table.map(lambda cell: isinstance(cell, str) and bool(cell)).all(axis=None)
    assert table.loc["C04", "now"] == "116.7 (2019), 116.7 (2020), 119.2 (2024)"
    assert table.loc["C38", "then"] == "more than 60 million persons"
    assert table.loc["C02", "where"] == "Note, 2 Seminar: impact on Belgium, paragraph 1"
    assert ledger.for_lesson(1, "2020").loc["C02", "verdict"] == "held up"
    assert ledger.for_lesson(99).empty


def test_a_second_figure_of_another_date_that_fits_is_told_and_is_no_value(copy):
    edit(copy, "belgium-foreigners", "2006-01-01", "900473", "1003500")
    row = rows().loc["C06"]
    assert row["value_now"] is None and row["unit_now"] is None
    assert "another count, 1,003,500 persons, fits, which is no check" in row["why"]


def test_few_things_are_counted_without_a_per_cent():
    why = rows()["why"]
    assert why["C51"].startswith("The tables say 3 texts, not the 1 of the text.")
    assert why["C26"].startswith("The tables say 10 bodies, not the 9 of the text.")


def test_the_other_reading_is_computed():
    why = rows()["why"]
    for id in ("C17", "C65", "C66"):
        assert why[id].endswith("the verdict would be not supported."), id
    assert why["C41"].endswith("it is 40 %, and the verdict would be imprecise.")


@pytest.mark.parametrize("name", ledger.OWN_SOURCES)
def test_a_row_names_the_source_of_the_rows_that_it_rests_on(name):
    own = set(data.load(name)["source"])
    for id in named_by(name):
        said = ledger.steps(id).set_index("step").loc["Source", "what"]
        assert [source for source in own if source in said], id
        assert "The Migration Kit contributors" not in said, id
    assert "PICUM" in ledger.steps("C30").set_index("step").loc["Source", "what"]


def test_examples_in_the_docstrings_run():
    result = doctest.testmod(ledger)
    assert result.attempted and not result.failed
