"""The interactive figure: a guess first, then only what changed, and words for every bad state."""

import html
import json
import re

import altair as alt
import ipywidgets as widgets
import pandas as pd
import pytest
from wire import explore, find, listen, put_on_page, seen, small_library, words

import migrationkit as kit
from migrationkit import record
from migrationkit.errors import KitError

STOCK = pd.DataFrame(
    {
        "year": [1990, 2005, 2024] * 2,
        "side": ["South"] * 3 + ["North"] * 3,
        "migrants": [79_123_456, 92_345_678, 140_111_111, 74_777_777, 100_444_444, 163_888_888],
    }
)


def stock_view(measure="million", side="both", least=1990):
    """Migrants by year, on one side of the world or both."""
    table = STOCK[STOCK.year >= least]
    table = table if side == "both" else table[table.side == side]
    drawn = table.assign(value=table.migrants / (1e6 if measure == "million" else 1))
    chart = alt.Chart(drawn[["year", "side", "value"]], title="Numbers grew on both sides")
    chart = chart.mark_line(point=True).encode(
        alt.X("year:Q", title="Year"),
        alt.Y("value:Q", title="Million migrants" if measure == "million" else "Migrants"),
        alt.Shape("side:N"),
    )
    return kit.View(chart, table, f"{len(table)} counts, {side} sides, {measure}.")


@pytest.fixture(autouse=True)
def learner(tmp_path, monkeypatch):
    """A learner with an empty record, and a drawing library that is there."""
    monkeypatch.delenv("MIGRATIONKIT_RECORD", raising=False)
    monkeypatch.setenv("MIGRATIONKIT_HOME", str(tmp_path / "home"))
    small_library(monkeypatch, tmp_path)
    yield
    kit.set_show_everything(False)


@pytest.fixture
def wire(monkeypatch):
    return listen(monkeypatch)


def controls():
    return {
        "measure": widgets.ToggleButtons(options=["million", "persons"], description="Unit"),
        "side": widgets.Dropdown(options=["both", "North", "South", "Moon"], description="Side"),
        "least": widgets.SelectionSlider(options=[1990, 2005, 2024, 2050], description="From"),
    }


def figure(view=stock_view, asked=None, on_page=True, **given):
    given = given or (controls() if view is stock_view else {})
    made = kit.explore(view, figure="9.1", sources=["migrant-stock"], guess=asked, **given)
    if on_page:
        put_on_page(made)
    return made


def is_open(made):
    return made._body in set(seen(made))


def commit(made, *values):
    for box, value in zip(made._asked.boxes, values, strict=True):
        box.value = value
    find(made, "Commit my guess").click()


# ---- Guesses -----------------------------------------------------------------------------------

NUMBER = kit.guess("number", "How many million?", truth=304.0, unit="million")
TASKS = kit.guess(
    "number", "How many tasks?", truth=8, unit="tasks", by="our coding says", least=1, most=14
)
CHOICE = kit.guess("choice", "Where do most live?", truth="North", options=["North", "South"])
ORDER = kit.guess("order", "Largest first?", truth=["a", "b", "c"], options=["c", "a", "b"])
ENDS = kit.guess(
    "ends",
    "And in 2024?",
    truth={"Million migrants": 304.0, "% of people": 3.72},
    start={"Million migrants": 153.94, "% of people": 2.89},
)


@pytest.mark.parametrize(
    ("asked", "values", "gap"),
    [
        (NUMBER, [250], "You said 250 million; the data say 304 million. "
         "Your guess is 54 million less."),
        (NUMBER, [400], "You said 400 million; the data say 304 million. "
         "Your guess is 96 million more."),
        (NUMBER, [-5], "You said −5 million; the data say 304 million. "
         "Your guess is 309 million less."),
        (NUMBER, [300], "You said 300 million; the data say 304 million: as good as equal."),
        (CHOICE, ["North"], "You said North; the data say so too."),
        (CHOICE, ["South"], "You said South; the data say North."),
        (ORDER, ["a", "b", "c"], "3 of 3 stand in the right place. The data say: a, b and c."),
        (ORDER, ["c", "b", "a"], "1 of 3 stand in the right place. The data say: a, b and c."),
        (
            ENDS,
            [200, 3.7],
            "Million migrants: You said 200; the data say 304. Your guess is 104 less. "
            "% of people: You said 3.7; the data say 3.72: as good as equal.",
        ),
        (
            ENDS,
            [304, 6],
            "% of people: You said 6; the data say 3.72. "
            "Your guess is 2.28 percentage points more.",
        ),
    ],
)
def test_a_committed_guess_opens_the_figure_with_the_gap_in_words(asked, values, gap):
    made = figure(asked=asked)
    assert not is_open(made) and asked.prompt in words(made)
    commit(made, *values)
    assert is_open(made) and gap in words(made)
    assert made._guess_box not in set(seen(made))


@pytest.mark.parametrize(
    ("asked", "values"),
    [
        (NUMBER, [0]),  # where it began
        (NUMBER, [float("nan")]),
        (TASKS, [0]),
        (TASKS, [-3]),
        (TASKS, [15]),
        (NUMBER, [float("inf")]),
        (ENDS, [float("nan"), 3.0]),
        (ENDS, [float("inf"), 3.0]),
        (CHOICE, [None]),
        (ORDER, ["a", "a", "b"]),
        (ORDER, ["a", None, "b"]),
        (ENDS, [153.9, 2.9]),  # where it began
    ],
)
def test_a_guess_that_is_not_made_is_asked_for_again(asked, values):
    made = figure(asked=asked)
    commit(made, *values)
    assert not is_open(made) and "Make your guess first" in words(made)
    assert ("A guess here is a number from 1 to 14 tasks." in words(made)) == (asked is TASKS)
    assert record.get("guesses", "9.1") is None


@pytest.mark.parametrize("value", [0, -5, 10_001, 700_000_000, 1e300, float("inf")])
def test_a_bound_of_0_is_said_as_above_0(value):
    asked = kit.guess("number", "How many?", truth=8, unit="million", least=0, most=10_000)
    made = figure(asked=asked)
    commit(made, value)
    assert not is_open(made)
    assert "A guess here is a number above 0, up to 10,000 million." in words(made)
    assert record.get("guesses", "9.1") is None


@pytest.mark.parametrize("value", [-5, 8_001, 1e300])
def test_ends_have_bounds_too(value):
    asked = kit.guess(
        "ends", "Where?", start={"a": 1, "b": 2}, truth={"a": 3, "b": 4}, least=0, most=8_000
    )
    made = figure(asked=asked)
    commit(made, 3, value)
    assert not is_open(made)
    assert "A guess here is a number above 0, up to 8,000." in words(made)
    commit(made, 3, 8_000)
    assert is_open(made)
    with pytest.raises(KitError, match="The answer 4 is not between"):
        kit.guess("ends", "Where?", start={"a": 1}, truth={"a": 3, "b": 4}, most=3)


@pytest.mark.parametrize("value", [1, 14])
def test_the_bounds_of_a_number_may_be_guessed(value):
    made = figure(asked=TASKS)
    commit(made, value)
    assert is_open(made) and f"You said {value} tasks; our coding says 8 tasks." in words(made)


def test_an_answer_outside_its_own_bounds_is_refused():
    with pytest.raises(KitError, match="not between the bounds"):
        kit.guess("number", "How many?", truth=15, least=1, most=14)


def test_a_committed_guess_says_what_follows_and_sets_controls():
    asked = kit.guess(
        "choice", "Where do most live?", truth="North", options=["North", "South"],
        by="our coding says", after="It counts two sides.", opens={"side": "North"},
    )  # fmt: skip
    made = figure(asked=asked)
    assert made.values["side"] == "both" and "two sides" not in words(made)
    commit(made, "South")
    assert "You said South; our coding says North. It counts two sides." in words(made)
    assert made.values["side"] == "North"
    find(made, "Reset").click()
    assert made.values["side"] == "both"
    assert figure(asked=asked).values["side"] == "North"  # a kept guess opens it the same way


def test_a_change_that_arrives_after_the_button_still_counts():
    # On a slow line ipywidgets sends the last of several quick changes after the click.
    made = figure(asked=CHOICE)
    commit(made, "South")
    made._asked.boxes[0].value = "North"
    assert record.get("guesses", "9.1") == {"value": "North"}
    assert "You said North; the data say so too." in words(made)


@pytest.mark.parametrize("asked", [NUMBER, CHOICE, ORDER, ENDS])
def test_nothing_of_the_figure_is_sent_before_the_learner_commits(asked, wire):
    made = figure(asked=asked)
    made._controls["side"].value = "North"  # a control that moves by itself
    assert wire.custom() == []
    for secret in ("140111111", "140.1", "3 counts", "304.0", "3.72"):
        assert secret not in wire.text()
    find(made, "Show me").click()
    assert [message["sentence"] for message in wire.custom()] == ["3 counts, North sides, million."]


def test_show_me_opens_the_figure_without_a_gap_and_is_kept():
    made = figure(asked=NUMBER)
    find(made, "Show me").click()
    assert is_open(made) and "You said" not in words(made)
    assert record.get("guesses", "9.1") == {"skipped": True}
    assert is_open(figure(asked=NUMBER))


@pytest.mark.parametrize(
    ("asked", "values"),
    [
        (NUMBER, [250]),
        (CHOICE, ["South"]),
        (ORDER, ["c", "b", "a"]),
        (ENDS, [200, 3.7]),
    ],
)
def test_a_restored_guess_opens_the_figure_with_the_same_gap(asked, values):
    first = figure(asked=asked)
    commit(first, *values)
    again = figure(asked=asked)
    assert is_open(again) and again._gap.value == first._gap.value
    assert again._guess_box not in set(seen(again))


@pytest.mark.parametrize("kept", [{"value": "text"}, {"value": None}, {"value": {"other": 1}}, {}])
@pytest.mark.parametrize("asked", [NUMBER, ORDER, ENDS])
def test_a_guess_of_another_release_opens_the_figure_without_a_gap(asked, kept):
    record.put("guesses", "9.1", kept)
    made = figure(asked=asked)
    assert is_open(made) and "You said" not in words(made)


def test_a_record_of_the_wrong_type_asks_again():
    record.put("guesses", "9.1", "text")
    assert not is_open(figure(asked=NUMBER))


def test_a_guess_that_cannot_be_kept_still_opens_the_figure_and_says_so(monkeypatch, tmp_path):
    made = figure(asked=NUMBER)
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("MIGRATIONKIT_HOME", str(tmp_path / "file" / "folder"))
    commit(made, 250)
    assert is_open(made)
    assert "Your guess is 54 million less." in words(made) and "cannot be kept" in words(made)


def test_with_the_record_off_a_guess_works_and_is_forgotten(monkeypatch):
    monkeypatch.setenv("MIGRATIONKIT_RECORD", "off")
    made = figure(asked=NUMBER)
    commit(made, 250)
    assert is_open(made)
    assert not is_open(figure(asked=NUMBER))


def test_the_switch_for_instructors_opens_every_figure():
    kit.set_show_everything()
    assert is_open(figure(asked=NUMBER))
    kit.set_show_everything(False)
    assert not is_open(figure(asked=NUMBER))


def test_a_figure_without_a_guess_is_open():
    assert is_open(figure())


def test_an_unknown_kind_of_guess_is_refused_in_words():
    with pytest.raises(KitError, match="number, choice, order and ends"):
        kit.guess("drawing", "Draw it.", truth=1)


def test_what_a_learner_or_author_wrote_is_shown_as_text_not_as_html():
    asked = kit.guess("choice", "<b>Where</b>?", truth="<i>x</i>", options=["<i>x</i>", "y"])
    made = figure(asked=asked)
    assert "&lt;b&gt;Where" in words(made)
    commit(made, "y")
    assert "the data say &lt;i&gt;x" in words(made)


# ---- What travels ------------------------------------------------------------------------------


def test_nothing_travels_before_a_page_asks_and_a_new_page_gets_everything(wire):
    made = figure(on_page=False)
    assert wire.custom() == []
    for _ in range(2):
        wire.clear()
        put_on_page(made)
        (message,) = wire.custom()
        assert message["spec"]["mark"] and message["look"] and message["sentence"]
        assert message["columns"]["year"] == [1990, 2005, 2024] * 2


def test_a_changed_control_sends_only_the_columns_that_changed(wire):
    def view(year=1990):
        table = pd.DataFrame({"place": ["a", "b"], "count": [year, 7], "same": [1, 2]})
        return kit.View(alt.Chart(table).mark_bar().encode(x="count:Q", y="place:N"), table, "2.")

    made = figure(view, year=widgets.IntSlider(min=1990, max=2024, value=1990))
    wire.clear()
    made._controls["year"].value = 2000
    (message,) = wire.custom()
    assert message["columns"] == {"count": [2000, 7]}
    assert "spec" not in message and "look" not in message


def test_a_control_that_changes_nothing_sends_no_columns(wire):
    made = figure(lambda other=1: stock_view(), other=widgets.IntSlider())
    wire.clear()
    made._controls["other"].value = 5
    (message,) = wire.custom()
    assert "columns" not in message and "spec" not in message


def test_another_number_of_rows_replaces_every_column_but_not_the_spec(wire):
    made = figure()
    wire.clear()
    made._controls["least"].value = 2005
    (message,) = wire.custom()
    assert "spec" not in message
    assert message["columns"]["year"] == [2005, 2024] * 2


def test_the_spec_travels_again_only_when_it_differs_with_the_data_left_out(wire):
    made = figure()
    wire.clear()
    made._controls["measure"].value = "persons"  # another title of the axis
    (message,) = wire.custom()
    assert message["spec"]["encoding"]["y"]["title"] == "Migrants"
    assert "look" not in message and "rows" not in json.dumps(message["spec"].get("datasets", {}))
    assert message["columns"]["value"][0] == 79_120_000


def test_another_title_travels_without_the_spec(wire):
    def view(year=1990):
        table = pd.DataFrame({"place": ["a", "b"], "count": [1, 7]})
        bars = alt.Chart(table, title=f"Most in {year}").mark_bar().encode(x="count:Q", y="place:N")
        return kit.View(bars + bars.mark_text().encode(text="count:Q"), table, "2.")

    made = figure(view, year=widgets.IntSlider(min=1990, max=2024, value=1990))
    (message,) = wire.custom()
    assert message["title"] == "Most in 1990" and "1990" not in json.dumps(message["spec"])
    wire.clear()
    made._controls["year"].value = 2000
    (message,) = wire.custom()
    assert message["title"] == "Most in 2000" and "spec" not in message


@pytest.mark.parametrize("title", ["Two", {"text": "Three"}])
def test_titles_that_differ_in_layers_stay_in_the_spec(title):
    spec = {"layer": [{"mark": "bar", "title": "One"}, {"mark": "text", "title": title}]}
    assert explore.untitled(spec) == (spec, "")


def test_columns_that_the_page_holds_are_not_sent_again_with_another_spec(wire):
    made = figure()
    made._controls["measure"].value = "persons"
    wire.clear()
    made._controls["measure"].value = "million"
    (message,) = wire.custom()
    assert set(message["columns"]) == {"value"} and message["names"] == ["year", "side", "value"]


def test_columns_that_lose_all_their_rows_are_emptied(wire):
    def view(least=0):
        table = pd.DataFrame({"x": [1, 2]})
        chart = alt.Chart(table[table.x > least]).mark_point().encode(x="x:Q")
        return kit.View(chart, table, "1")

    made = figure(view, least=widgets.IntSlider())
    wire.clear()
    made._controls["least"].value = 5
    (message,) = wire.custom()
    assert message["names"] == [] and "columns" not in message


def test_outlines_of_a_map_travel_once_for_each_page(wire):
    def view(scale=1):
        table = pd.DataFrame({"id": [56], "share": [scale]})
        chart = alt.Chart(kit.shapes("world-110m")).mark_geoshape(strokeWidth=scale)
        chart = chart.transform_lookup("id", alt.LookupData(table, "id", ["share"]))
        return kit.View(chart, table, "1")

    made = figure(view, on_page=False, scale=widgets.IntSlider(min=1, max=9))
    put_on_page(made)
    made._controls["scale"].value = 2
    first, second = wire.custom()
    assert first["shapes"]["world-110m"]["type"] == "Topology"
    assert "spec" in second and second["shapes"] == {}
    put_on_page(made)
    assert wire.custom()[-1]["shapes"]["world-110m"]


@pytest.mark.parametrize("rows", [1, 500])
def test_up_to_500_rows_are_drawn(rows):
    table = pd.DataFrame({"x": range(rows)})
    made = figure(lambda: kit.View(alt.Chart(table).mark_point().encode(x="x:Q"), table, "1"))
    assert made._spec


def test_more_than_500_rows_are_refused_in_words():
    table = pd.DataFrame({"x": range(501)})
    made = figure(lambda: kit.View(alt.Chart(table).mark_point().encode(x="x:Q"), table, "1"))
    assert made._spec is None and "at most 500 rows; this one has 501" in made.sentence


def test_two_tables_in_one_chart_are_refused_in_words():
    one, two = pd.DataFrame({"x": [1]}), pd.DataFrame({"x": [2]})

    def view():
        layers = alt.Chart(one).mark_point().encode(x="x:Q") + alt.Chart(two).mark_rule()
        return kit.View(layers, one, "1")

    assert "draws one table" in figure(view).sentence


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (153_912_345, 153_900_000),
        (9_999, 9_999),
        (2.892345, 2.892),
        (123.456, 123.5),
        (0.000123456, 0.0001235),
        (-98_765.4, -98_770),
        (1990, 1990),
        (float("nan"), None),
        (float("inf"), None),
        (None, None),
        (True, True),
        ("1.23456", "1.23456"),
        (pd.NA, "<NA>"),
    ],
)
def test_numbers_travel_at_four_significant_digits(value, sent):
    short = explore._short(value)
    assert short == sent and type(short) is type(sent)
    json.dumps(short, allow_nan=False)


def test_every_type_of_column_travels_as_json():
    table = pd.DataFrame(
        {
            "int": pd.array([1, None], "Int64"),
            "float": [0.5, None],
            "text": ["a", None],
            "when": pd.to_datetime(["2024-07-01", None]),
            "kind": pd.Categorical(["x", "y"]),
            "flag": [True, False],
        }
    )
    chart = alt.Chart(table).mark_point().encode(x="float:Q")
    spec, columns = explore.split(chart)
    assert json.loads(json.dumps(columns, allow_nan=False)) == columns
    assert columns["int"] == [1, None] and columns["float"] == [0.5, None]
    assert columns["flag"] == [True, False] and columns["text"] == ["a", None]
    assert spec["data"] == {"name": "rows"} and "datasets" not in spec


def test_repeated_words_are_sent_once_and_other_columns_as_they_are():
    columns = {"n": [1, 1, 1], "t": ["x", "y", "x"], "u": ["x", "y"], "gap": ["x", None, "x"]}
    assert explore.packed(columns) == {
        "n": [1, 1, 1],
        "t": {"of": ["x", "y"], "at": [0, 1, 0]},
        "u": ["x", "y"],
        "gap": ["x", None, "x"],
    }


# ---- Digest ------------------------------------------------------------------------------------


def test_the_digest_ignores_noise_below_four_digits():
    noisy = STOCK.assign(migrants=STOCK.migrants * (1 + 1e-9))
    assert explore.digest(noisy) == explore.digest(STOCK)


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table.assign(migrants=table.migrants * 1.001),
        lambda table: table.replace(2005, 2006),
        lambda table: table.replace("North", "north"),
        lambda table: table.iloc[::-1],
        lambda table: table.iloc[1:],
        lambda table: table.rename(columns={"side": "part"}),
        lambda table: table.assign(migrants=table.migrants.astype(float).replace(79_123_456, None)),
    ],
)
def test_the_digest_changes_with_the_table(change):
    assert explore.digest(change(STOCK)) != explore.digest(STOCK)


def test_the_digest_does_not_depend_on_index_or_number_type():
    other = STOCK.astype({"migrants": float, "year": "int32"}).set_index("year", drop=False)
    assert explore.digest(other) == explore.digest(STOCK)


def test_plain_text_begins_with_a_neutral_line_and_holds_sentence_and_digest():
    made = figure(asked=NUMBER)
    bundle = made._repr_mimebundle_()
    first, second, third = bundle["text/plain"].split("\n")
    assert first == "Figure 9.1"
    assert second == "6 counts, both sides, million."
    assert third == f"[6 rows, digest {explore.digest(STOCK)}]"
    assert "application/vnd.jupyter.widget-view+json" in bundle


# ---- Bad states --------------------------------------------------------------------------------


def broken_view(state="good"):
    if state == "kit":
        raise KitError("There is no table 'x'.")
    if state == "key":
        return {}["not there"]
    if state == "none":
        return kit.View(None, pd.DataFrame(), "No country was chosen.")
    if state == "empty table":
        table = STOCK[STOCK.year > 3000]
        return kit.View(alt.Chart(table).mark_point().encode(x="year:Q"), table, "No row is left.")
    if state == "not a view":
        return 5
    if state == "nan":
        table = STOCK.assign(migrants=float("nan"))
        return kit.View(alt.Chart(table).mark_point().encode(x="migrants:Q"), table, "Not known.")
    return stock_view()


STATES = ["good", "kit", "key", "none", "empty table", "not a view", "nan"]


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("kit", "There is no table 'x'."),
        ("key", "These settings cannot be drawn (KeyError: 'not there'). Press Reset"),
        ("none", "No country was chosen."),
        ("empty table", "No row is left."),
        ("not a view", "These settings cannot be drawn (AttributeError"),
    ],
)
def test_a_bad_state_gives_a_sentence_and_the_controls_stay_alive(state, sentence, wire):
    made = figure(broken_view, state=widgets.Dropdown(options=STATES))
    wire.clear()
    made._controls["state"].value = state
    (message,) = wire.custom()
    assert message["empty"] and message["sentence"].startswith(sentence) and "spec" not in message
    assert sentence in made._repr_mimebundle_()["text/plain"]
    for label in ("Table", "Code"):
        find(made, label).value = True
    assert sentence.split("(")[0] in words(made).replace("&#x27;", "'")
    wire.clear()
    made.reset()
    assert "empty" not in wire.custom()[-1] and made._spec


def test_a_missing_value_is_drawn_as_missing(wire):
    made = figure(broken_view, state=widgets.Dropdown(options=STATES))
    wire.clear()
    made._controls["state"].value = "nan"
    (message,) = wire.custom()
    assert "empty" not in message and message["columns"]["migrants"] == [None] * 6
    json.dumps(message, allow_nan=False)
    find(made, "Table").value = True
    assert "<td>not known</td>" in words(made)


def test_a_page_that_opens_on_a_bad_state_still_draws_the_next_good_one(wire):
    made = figure(broken_view, state=widgets.Dropdown(options=STATES))
    made._controls["state"].value = "kit"
    put_on_page(made)  # the page was loaded again: it holds no drawing
    wire.clear()
    made.reset()
    (message,) = wire.custom()
    assert message["spec"] and message["columns"] and message["look"]


def test_a_figure_that_begins_in_a_bad_state_is_made():
    made = figure(broken_view, state=widgets.Dropdown(options=STATES, value="kit"))
    assert made.sentence == "There is no table 'x'."
    made._controls["state"].value = "good"
    assert made.sentence.startswith("6 counts")


def test_a_view_that_does_not_take_its_control_says_so():
    made = figure(stock_view, colour=widgets.Dropdown(options=["blue"]))
    assert "colour" in made.sentence and "cannot be drawn" in made.sentence


@pytest.mark.parametrize("sources", [[], None, ""])
def test_a_figure_without_a_source_is_not_built(sources):
    with pytest.raises(KitError, match="names no source"):
        kit.explore(stock_view, figure="9.1", sources=sources, **controls())


def test_a_figure_with_an_unknown_source_is_not_built():
    with pytest.raises(KitError, match="migrant-stock"):
        kit.explore(stock_view, figure="9.1", sources=["migrant-stok"], **controls())


def test_the_source_line_names_producer_edition_licence():
    made = kit.explore(stock_view, figure="9.1", sources="migrant-stock", **controls())
    entry = kit.data.resource("migrant-stock")
    line = next(part.value for part in seen(made) if "kit-source" in part._dom_classes)
    assert line.startswith("<b>Figure ")
    for part in (entry["producer"], entry["edition"], entry["licenses"][0]["title"]):
        assert html.escape(part) in line


# ---- Without a drawing library -----------------------------------------------------------------


def test_without_the_library_there_are_sentence_and_table_and_no_empty_frame(wire, monkeypatch):
    monkeypatch.setenv("MIGRATIONKIT_LIBRARY", "/nowhere/library.js")
    made = figure(asked=NUMBER)
    assert "drawing library" not in words(made)
    commit(made, 250)
    shown = words(made)
    assert "Your guess is 54 million less." in shown and "drawing library is missing" in shown
    assert "<table" in shown and "<td>79,123,456</td>" in shown
    assert [(message["empty"], "spec" in message) for message in wire.custom()] == [(True, False)]
    made._controls["side"].value = "North"
    assert wire.custom()[-1]["sentence"] == "3 counts, North sides, million."
    assert "South" not in words(made)


def test_a_library_that_was_built_meanwhile_is_used_by_the_next_figure(wire, monkeypatch, tmp_path):
    good = kit.vega.library_path()
    monkeypatch.setenv("MIGRATIONKIT_LIBRARY", "/nowhere/library.js")
    assert figure()._spec is None
    monkeypatch.setenv("MIGRATIONKIT_LIBRARY", str(good))
    assert figure()._spec


def test_the_library_travels_once_for_all_figures_of_a_kernel(wire):
    figure(), figure()
    assert sum(len(str(message["data"])) > 100_000 for message in wire) == 1


# ---- Table, code, reset, CSV -------------------------------------------------------------------


def test_the_table_follows_the_controls_and_is_text_not_html():
    def view(side="North"):
        table = STOCK[STOCK.side == side].assign(side=f"<b>{side}</b>")
        return kit.View(stock_view(side=side).chart, table, "A & B")

    made = figure(view, side=widgets.Dropdown(options=["North", "South"]))
    assert "<table" not in words(made)
    find(made, "Table").value = True
    assert "&lt;b&gt;North" in words(made) and "A &amp; B</caption>" in words(made)
    made._controls["side"].value = "South"
    assert "&lt;b&gt;South" in words(made) and "North" not in words(made)
    find(made, "Table").value = False
    assert "<table" not in words(made)


def test_the_table_writes_numbers_as_people_read_them():
    table = pd.DataFrame(
        {
            "year": [1990],
            "migrants": [153_912_345],
            "share": [2.893456789],
            "mean": [12_345.678],
            "gap": [None],
            "open": pd.array([None], "Int64"),
            "yes": [True],
        }
    )
    made = figure(lambda: kit.View(None, table, "1"))
    find(made, "Table").value = True
    cells = re.findall("<td>(.*?)</td>", words(made))
    assert cells == ["1990", "153,912,345", "2.893", "12,346", "not known", "not known", "True"]


def test_code_runs_and_gives_the_same_chart():
    made = figure()
    made._controls["side"].value = "North"
    made._controls["measure"].value = "persons"
    code = made.code()
    assert code.startswith("def stock_view(") and code.endswith(".chart")
    assert "measure='persons', side='North', least=1990" in code
    names = {"kit": kit, "alt": alt, "STOCK": STOCK}
    definition, call = code.rsplit("\n\n\n", 1)
    exec(definition, names)
    assert eval(call, names).to_dict() == stock_view("persons", "North").chart.to_dict()


def test_code_of_a_view_without_a_source_still_calls_it():
    names = {"kit": kit, "stock_view": stock_view}
    exec("def hidden_view(side='both'): return stock_view(side=side)", names)
    made = figure(names["hidden_view"], side=widgets.Dropdown(options=["both", "North"]))
    assert made.code().endswith("hidden_view(side='both').chart")
    assert "cell above" in made.code()


def test_reset_puts_the_controls_and_the_drawing_back(wire):
    made = figure()
    before = made._repr_mimebundle_()["text/plain"]
    for name, value in {"measure": "persons", "side": "South", "least": 2005}.items():
        made._controls[name].value = value
    assert made._repr_mimebundle_()["text/plain"] != before
    wire.clear()
    find(made, "Reset").click()
    assert len(wire.custom()) == 1  # drawn once, not once for each control
    assert made.values == {"measure": "million", "side": "both", "least": 1990}
    assert made._repr_mimebundle_()["text/plain"] == before
    assert wire.custom()[-1]["sentence"] == "6 counts, both sides, million."


def test_csv_sends_the_numbers_shown_now_in_full(wire):
    made = figure()
    made._controls["side"].value = "South"
    wire.clear()
    find(made, "CSV").click()
    (message,) = wire.custom()
    assert message["name"] == "figure-9-1.csv"
    assert message["download"].splitlines() == [
        "year,side,migrants",
        "1990,South,79123456",
        "2005,South,92345678",
        "2024,South,140111111",
    ]


# ---- Keyboard ----------------------------------------------------------------------------------


def test_keyboard_safe_puts_a_widget_where_arrow_keys_work():
    radio = widgets.RadioButtons(options=["a", "b"])
    box = explore.keyboard_safe(radio)
    assert box.children[0] is radio
    assert isinstance(box.children[1], explore._Keys)
    assert "kit-figure" in box._dom_classes


def test_no_name_of_the_figure_hides_one_of_its_widget():
    allowed = {"_repr_mimebundle_"}
    traits = {"_traits", "_descriptors", "_instance_inits", "_static_immutable_initial_values"}
    traits |= {"_trait_default_generators", "_all_trait_default_generators"}
    own = {name for name in vars(explore.Explorer) if not name.startswith("__")}
    made = set(vars(figure())) - set(vars(widgets.VBox([])))
    hidden = {name for name in own | made if hasattr(widgets.VBox, name)}
    assert hidden <= allowed | traits
