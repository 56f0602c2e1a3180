"""The contract of a figure, held by every figure of every lesson.

Figures are found by looking: each public function of a module in `migrationkit.figures` that
returns an Explorer. Every option of every control is tried, and pairs of controls by sample; what
the page would draw is drawn here by the same version of Vega-Lite.
"""

from __future__ import annotations

import ast
import colorsys
import contextlib
import inspect
import io
import json
import os
import random
import re
from dataclasses import dataclass, field
from itertools import pairwise
from unittest import mock
from xml.etree import ElementTree

import altair as alt
import ipywidgets as widgets
import nbformat
import pandas as pd
import pytest
import vl_convert
from wire import Wire, explore, find, listen, put_on_page, seen, small_library

import migrationkit as kit
from migrationkit import data, figures, vega
from migrationkit.models import ledger, population

MOST_BYTES = 5_000  # of what one move of one control sends
PAIRS = 12  # pairs of controls tried for each figure
SMALLEST_TEXT = 12  # px

# ---- Finding -----------------------------------------------------------------------------------


def is_figure(function) -> bool:
    """Whether calling it without arguments gives a figure. One that fails is taken for one."""
    parameters = inspect.signature(function).parameters.values()
    if any(one.default is one.empty and one.kind < one.VAR_POSITIONAL for one in parameters):
        return False
    try:
        return isinstance(function(), explore.Explorer)
    except Exception:
        return True


def all_figures() -> dict[str, object]:
    """`lesson01.count_or_share` → function, for all modules."""
    found = {}
    for lesson in figures.LESSONS:
        module = getattr(figures, lesson)
        for name, function in inspect.getmembers(module, inspect.isfunction):
            own = function.__module__ == module.__name__ and not name.startswith("_")
            if own and not name.endswith("_view") and is_figure(function):
                found[f"{lesson}.{name}"] = function
    return found


with mock.patch.dict(os.environ, {"MIGRATIONKIT_RECORD": "off"}):
    FIGURES = all_figures()

# ---- Trying every state ------------------------------------------------------------------------


@dataclass
class State:
    """What a figure shows at one setting of its controls."""

    values: dict
    bytes: int  # sent by the move that led here
    spec: dict | None
    columns: dict
    table: pd.DataFrame
    sentence: str


@dataclass
class Tried:
    """A figure with all the states in which it was seen, the first one as it opens."""

    made: explore.Explorer
    states: list[State] = field(default_factory=list)

    def specs(self) -> list[State]:
        """One state of each different specification: what is drawn, data left out."""
        found = {json.dumps(state.spec, sort_keys=True): state for state in self.states}
        return [state for state in found.values() if state.spec]


def options(control: widgets.Widget) -> list:
    """All values that a control offers, in order; of a number's range at most forty."""
    if isinstance(control, widgets.widget_selection._MultipleSelection):
        return [(), *[(value,) for value in control._options_values], control._options_values]
    if hasattr(control, "_options_values"):
        return list(control._options_values)
    if isinstance(control.value, bool):
        return [False, True]
    if isinstance(control, widgets.Text):
        return ["", "Migration", "compact"]
    if isinstance(control, figures.lesson08.Cell):
        return [f"{body}|{task}" for body, task in control._grid.index[::9]]
    if isinstance(control, figures.lesson08.Moves):
        presets = figures.lesson08.institutions.PRESETS.values()
        return [json.dumps(moves) for moves in presets]
    if hasattr(control, "min") and hasattr(control, "max"):
        steps = round((control.max - control.min) / control.step)
        tried = range(0, steps + 1, max(1, steps // 40))
        return [type(control.value)(control.min + step * control.step) for step in tried]
    raise AssertionError(f"Say in tests/test_figures.py what {type(control).__name__} offers.")


def try_all(function, wire: Wire) -> Tried:
    kit.set_show_everything()
    try:
        made = function()
    finally:
        kit.set_show_everything(False)
    put_on_page(made)
    tried = Tried(made)

    def look(sent: int) -> None:
        state = State(made.values, sent, made._spec, made._columns, made.table, made.sentence)
        tried.states.append(state)

    def move(name: str, value) -> None:
        wire.clear()
        made._controls[name].value = value
        look(wire.bytes())

    look(0)
    for name, control in made._controls.items():
        for value in [*options(control), made._defaults[name]]:
            move(name, value)
    if len(made._controls) > 1:
        chance = random.Random(made._figure)
        for _ in range(PAIRS):
            for name in chance.sample(list(made._controls), 2):
                move(name, chance.choice(options(made._controls[name])))
    return tried


@pytest.fixture(scope="module")
def results():
    """What was tried, so that each figure is tried once for all tests."""
    return {}


@pytest.fixture(params=FIGURES, scope="module")
def tried(request, results, tmp_path_factory) -> Tried:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MIGRATIONKIT_RECORD", "off")
        small_library(patch, tmp_path_factory.mktemp("library"))
        yield try_all(FIGURES[request.param], listen(patch))


@pytest.fixture(autouse=True)
def nobodys_record(monkeypatch):
    monkeypatch.setenv("MIGRATIONKIT_RECORD", "off")


def test_there_are_figures():
    assert len(FIGURES) >= 3


# ---- Names -------------------------------------------------------------------------------------


def test_ids_are_unique_and_begin_with_the_lesson():
    ids = {name: function()._figure for name, function in FIGURES.items()}
    assert len(set(ids.values())) == len(ids), ids
    for name, id in ids.items():
        assert re.fullmatch(rf"{int(name[6:8])}\.[1-9]\d*", id), (name, id)


def test_the_id_is_on_the_page(tried):
    assert f"kit-figure-{tried.made._figure.replace('.', '-')}" in tried.made._dom_classes


def test_the_figure_says_what_it_is(tried, request):
    words = FIGURES[request.node.callspec.params["tried"]].__doc__
    assert words and words.startswith(f"Figure {tried.made._figure}: ")


# ---- Every state -------------------------------------------------------------------------------


def test_every_state_is_drawn_with_rows_a_table_and_a_sentence_with_a_number(tried):
    for state in tried.states:
        assert state.spec is not None, (state.values, state.sentence)
        assert not state.table.empty, state.values
        assert re.search(r"\d", state.sentence), (state.values, state.sentence)
        assert state.sentence.endswith("."), state.sentence
        assert not re.search(r"\b(nan|None|NaN|inf|<NA>|True|False)\b", state.sentence), (
            state.sentence
        )


def test_at_most_500_rows_and_5_kb_a_move_travel(tried):
    largest = max(tried.states[1:], key=lambda state: state.bytes, default=None)
    for state in tried.states:
        assert 0 < max(map(len, state.columns.values()), default=0) <= explore.MOST_ROWS
    if largest:
        assert largest.bytes <= MOST_BYTES, f"{largest.bytes} bytes to reach {largest.values}"


def test_the_sentence_follows_every_control(tried):
    for name in tried.made._controls:
        others = {}
        for state in tried.states:
            rest = tuple((key, value) for key, value in state.values.items() if key != name)
            others.setdefault(rest, set()).add(
                (state.sentence, json.dumps(state.spec), json.dumps(state.columns))
            )
        assert max(map(len, others.values())) > 1, f"control {name!r} changes nothing"


def titles(spec: dict) -> set[str]:
    """Titles of a chart and of its layers."""
    charts = [part for part in vega.parts(spec) if "mark" in part or "layer" in part]
    found = [chart["title"] for chart in charts if "title" in chart]
    found = [title["text"] if isinstance(title, dict) else title for title in found]
    return {" ".join(title) if isinstance(title, list) else title for title in found}


def test_the_title_is_a_sentence(tried):
    for state in tried.specs():
        (title,) = titles(state.spec)  # one, which layers may repeat
        assert len(title.split()) >= 4, title
        assert title[0].isupper() and title[-1] not in ".:!", title
        assert "_" not in title


def channels(spec: dict, *names: str):
    """Name and definition of each encoding channel of a chart and its layers."""
    for part in vega.parts(spec):
        for name, channel in part.get("encoding", {}).items():
            if name in names and isinstance(channel, dict):
                yield name, channel


def test_shades_given_one_by_one_are_drawn_as_given(tried):
    # On these channels Vega-Lite takes a list for the two ends of a line, unless told otherwise.
    shades = ("opacity", "fillOpacity", "strokeOpacity", "size", "strokeWidth")
    for state in tried.specs():
        for name, channel in channels(state.spec, *shades):
            scale = channel.get("scale") or {}
            if channel.get("type") in ("nominal", "ordinal") and "range" in scale:
                assert scale.get("type") == "ordinal", f"{name}: {scale}"


NO_UNIT = re.compile(r"^(year|date|month|rank|age)\b", re.I)
UNITS = re.compile(
    r"%|\b(million|billion|thousand|persons?|people|migrants?|residents?|years?|points?|hours?"
    r"|euros?|dollars?|number|per|states?|countries|places|votes?|steps?|score)\b",
    re.I,
)


def test_axes_and_legends_of_numbers_carry_their_unit(tried):
    for state in tried.specs():
        titles = {}
        for name, channel in channels(state.spec, "x", "y", "size"):
            if channel.get("type") != "quantitative" or channel.get("axis", 1) is None:
                continue
            title = channel.get("title") or (channel.get("axis") or {}).get("title")
            titles.setdefault(name, set()).add(title)
        if not state.spec.get("encoding", {}).get("size", {}).get("legend", 1):
            titles.pop("size", None)
        for name, found in titles.items():
            said = " ".join(title for title in found if title)
            assert said, f"the {name} axis has no title at {state.values}"
            assert UNITS.search(said) or NO_UNIT.search(said), f"no unit in {said!r}"


def test_bars_of_counts_start_at_zero(tried):
    for state in tried.specs():
        for part in vega.parts(state.spec):
            mark = part.get("mark")
            mark = mark.get("type") if isinstance(mark, dict) else mark
            if mark in ("bar", "area"):
                for name in ("x", "y"):
                    scale = (part.get("encoding", {}).get(name) or {}).get("scale") or {}
                    assert scale.get("zero", True) is True
                    assert min(0, *scale.get("domain", [0])) == scale.get("domain", [0])[0]


def test_nothing_is_told_in_a_tooltip_only(tried):
    for state in tried.specs():
        for _, channel in channels(state.spec, "tooltip", "href", "url"):
            named = channel if isinstance(channel, list) else [channel]
            assert {one.get("field") for one in named} <= set(state.table.columns)


# ---- What is drawn: colours and text -----------------------------------------------------------


def drawing(state: State) -> str:
    """The drawing of a state as SVG, by the Vega-Lite that the page uses."""
    names = list(state.columns)
    rows = [dict(zip(names, row, strict=True)) for row in zip(*state.columns.values(), strict=True)]
    spec = vega.fill_shapes(state.spec) | {"datasets": {"rows": rows}, "width": 620}
    return vl_convert.vegalite_to_svg(spec, vl_version=vega.VEGA_LITE)


@pytest.fixture(scope="module")
def drawings(tried) -> list[str]:
    return [drawing(state) for state in tried.specs()]


def test_something_is_drawn(drawings):
    for svg in drawings:
        marks = re.findall(r'<g class="mark-(\w+) role-mark[^>]*>(?!</g>)', svg)
        assert marks, "an empty frame"
        odd = re.findall(r'aria-label="([^"]*\b(?:NaN|undefined|null|Infinity)\b[^"]*)"', svg)
        assert not odd, f"drawn without a place or a value: {odd[:3]}"


def test_text_is_at_least_12_px(drawings):
    for svg in drawings:
        sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)(?:px)?"', svg)]
        assert sizes and min(sizes) >= SMALLEST_TEXT


def test_text_takes_the_colour_of_the_page(drawings):
    # A fixed dark colour cannot be read on the dark theme, nor a fixed light one on the other.
    for svg in drawings:
        colours = {
            re.search(r'fill="([^"]+)"', text)[1]
            for text in re.findall(r"<text [^>]*>", svg)
            if 'fill="' in text
        }
        assert colours == {"currentColor"}, colours


COLOUR = re.compile(r'(?:fill|stroke|stop-color)="(?!none|transparent|currentColor|url)([^"]+)"')


def rgb(colour: str) -> tuple[float, float, float]:
    """A colour of SVG as three numbers from 0 to 1."""
    if match := re.fullmatch(r"#([0-9a-fA-F]{6})", colour):
        return tuple(int(match[1][i : i + 2], 16) / 255 for i in (0, 2, 4))
    if match := re.fullmatch(r"#([0-9a-fA-F]{3})", colour):
        return tuple(int(sign * 2, 16) / 255 for sign in match[1])
    if match := re.match(r"rgba?\(\s*(\d+),\s*(\d+),\s*(\d+)", colour):
        return tuple(int(part) / 255 for part in match.groups())
    named = {"white": (1, 1, 1), "black": (0, 0, 0)}
    assert colour in named, f"{colour!r}: write the colour as #rrggbb"
    return named[colour]


def test_nothing_is_red(drawings):
    for svg in drawings:
        for colour in set(COLOUR.findall(svg)):
            hue, lightness, saturation = colorsys.rgb_to_hls(*rgb(colour))
            grey = saturation < 0.15 or lightness > 0.95 or lightness < 0.05
            assert grey or 20 < 360 * hue < 340, f"{colour} is red"


def lightness(colour: str) -> float:
    """Perceived lightness: the luminance of WCAG."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb(colour)]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


PAGES = (("#ffffff", "#212121"), ("#111111", "#ffffff"))  # background and text, light and dark
LEAST_CONTRAST = 3  # WCAG 2.2, 1.4.11: parts of a drawing that are needed to understand it


def contrast(one: float, other: float) -> float:
    """Of two lightnesses: 1 for the same, 21 for black on white."""
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def on_page(colour: str, opacity: float, page: tuple[str, str]) -> str:
    """What a colour looks like on a page, as #rrggbb."""
    background, text = page
    own = rgb(text if colour == "currentColor" else colour)
    mixed = [opacity * c + (1 - opacity) * b for c, b in zip(own, rgb(background), strict=True)]
    return "#" + "".join(f"{round(255 * part):02x}" for part in mixed)


def painted(svg: str) -> set[tuple]:
    """Fill and stroke with their opacities of every mark that has a colour of its own."""
    found = set()
    for group in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}g"):
        style = group.get("class", "")
        if "role-mark" not in style or "mark-text" in style or "mark-group" in style:
            continue
        for mark in group.iter():
            whole = float(mark.get("opacity", 1))
            paints = [
                (mark.get(name), round(whole * float(mark.get(f"{name}-opacity", 1)), 3))
                for name in ("fill", "stroke")
                if mark.get(name) not in (None, "none", "transparent")
            ]
            shown = tuple(paint for paint in paints if paint[1] > 0)
            # What has the text's own colour at any strength is a ground, a rule or a shade.
            if any(colour != "currentColor" for colour, _ in shown):
                found.add(shown)
    return found


def stands_out(paints: tuple) -> bool:
    """Whether fill or outline can be told from either page."""
    return all(
        any(
            contrast(lightness(on_page(colour, opacity, page)), lightness(page[0]))
            >= LEAST_CONTRAST
            for colour, opacity in paints
        )
        for page in PAGES
    )


def test_every_mark_stands_out_from_a_light_and_a_dark_page(drawings):
    faint = {paints for svg in drawings for paints in painted(svg) if not stands_out(paints)}
    assert not faint, sorted(faint)


def test_contrast_is_that_of_wcag():
    assert round(contrast(lightness("#ffffff"), lightness("#000000"))) == 21
    assert stands_out((("#0072B2", 1),)) and not stands_out((("#0072B2", 0.6),))
    assert not stands_out((("#E69F00", 1),))
    assert stands_out((("#E69F00", 1), ("currentColor", 1)))


def in_order(colours: list) -> bool:
    """Whether three colours or more go from light to dark or back: a scale, read without hue."""
    light = [lightness(colour) for colour in colours if colour.startswith("#")]
    steps = [b - a for a, b in pairwise(light)]
    return len(light) > 2 and (all(step > 0.02 for step in steps) or all(s < -0.02 for s in steps))


def plain(value) -> object:
    """What a reader sees of a value without reading a number: the words, or the side of zero."""
    if isinstance(value, int | float):
        return (value > 0) - (value < 0)
    return re.sub(r"[\d,.\s]+", "", str(value))


def says_the_same(state: State, one: str, other: str) -> bool:
    """Whether the words or the side of zero in a column tell apart what another column does."""
    if one not in state.columns or other not in state.columns:
        return False
    left, right = [plain(value) for value in state.columns[one]], state.columns[other]
    return len(set(zip(left, right, strict=True))) == len(set(left)) == len(set(right))


SECOND = ["shape", "strokeDash", "text", "x", "y", "xOffset", "yOffset", "row", "column", "facet",
          "size", "strokeWidth", "angle"]  # fmt: skip


def test_what_colour_says_is_said_a_second_time(tried):
    for state in tried.specs():
        repeated = {channel.get("field") for _, channel in channels(state.spec, *SECOND)}
        told = {channel.get("field") for _, channel in channels(state.spec, "text", "x", "y")}
        for name, channel in channels(state.spec, "color", "fill", "stroke"):
            column = channel.get("field")
            if column in repeated | {None} or len(set(state.columns.get(column, "ab"))) == 1:
                continue
            scale = channel.get("scale") or {}
            assert in_order(scale.get("range", [])) or any(
                says_the_same(state, one, column) for one in told - {None}
            ), f"only {name} tells {column!r} apart"


def test_layers_that_differ_in_colour_differ_in_form(tried):
    unlike = ("shape", "stroke", "strokeWidth", "strokeDash", "size", "filled", "type")
    for state in tried.specs():
        marks = [part.get("mark") for part in vega.parts(state.spec)]
        marks = [mark for mark in marks if isinstance(mark, dict)]
        for one in marks:
            for other in marks:
                colours = [mark.get("color") or mark.get("fill") for mark in (one, other)]
                if None in colours or colours[0] == colours[1]:
                    continue
                assert any(one.get(key) != other.get(key) for key in unlike), colours


# ---- Source, table, code, reset, controls ------------------------------------------------------


def test_the_source_line_is_under_the_figure(tried):
    lines = [part.value for part in seen(tried.made) if "kit-source" in part._dom_classes]
    assert len(lines) == 1 and lines[0].startswith("<b>Figure ")
    assert len(lines[0]) > 40


def test_every_table_that_is_read_is_a_source(tried, request, monkeypatch):
    made, read = tried.made, set()
    load, shapes = data.load, data.shapes_topology
    for module in (kit, data):  # models read through `data`
        monkeypatch.setattr(module, "load", lambda name: read.add(name) or load(name))
    monkeypatch.setattr(data, "shapes_topology", lambda name: read.add(name) or shapes(name))
    monkeypatch.setattr(kit, "explore", lambda *_, **given: given)
    given = FIGURES[request.node.callspec.params["tried"]]()
    read.clear()  # what guesses and menus read is not drawn
    population._read.cache_clear()  # a table that is kept is read again
    population._settlement.cache_clear()
    for state in tried.states[:40]:
        made._view(**state.values)
    sources = {given["sources"]} if isinstance(given["sources"], str) else set(given["sources"])
    # Names and places of countries are no statistics: a source line may leave them out.
    assert read - {"countries"} <= sources <= read | {"countries"}


def test_a_followed_claim_of_figure_12_4_names_the_tables_that_answer_it():
    view = figures.lesson12.claims_view
    assert "Tables that answer it: belgium-unemployment." in view(row="C20").sentence
    for claim in ledger.load().itertuples():
        names = claim.tables.split() if isinstance(claim.tables, str) else ["none"]
        said = view(row=claim.id).sentence.rpartition("Tables that answer it: ")[2]
        assert all(name in said for name in names), claim.id


def test_the_code_runs_in_an_empty_notebook_and_gives_the_same_table(tried):
    made = tried.made
    for state in random.Random(0).sample(tried.states, min(6, len(tried.states))):
        with made.hold_trait_notifications():
            for name, value in state.values.items():
                made._controls[name].value = value
        definition, call = made.code().rsplit("\n\n\n", 1)
        names = {"kit": kit, "pd": pd, "alt": alt, "widgets": widgets}
        exec(definition, names)
        assert call.endswith(".chart")
        view = eval(call.removesuffix(".chart"), names)
        assert explore.digest(view.table) == explore.digest(state.table)
        assert view.sentence == state.sentence
        eval(call, names).to_dict()


def test_reset_restores_the_first_view(tried):
    first = tried.states[0]
    made = tried.made
    for control in made._controls.values():
        control.value = options(control)[-1]
    find(made, "Reset").click()
    assert made.values == first.values == made._defaults
    assert made.sentence == first.sentence
    assert explore.digest(made.table) == explore.digest(first.table)
    assert (made._spec, made._columns) == (first.spec, first.columns)


def test_the_view_has_a_default_for_each_control_and_they_agree(tried):
    parameters = inspect.signature(tried.made._view).parameters
    assert set(parameters) == set(tried.made._controls)
    assert {name: one.default for name, one in parameters.items()} == tried.made._defaults


def test_a_view_can_be_shown_as_code(tried):
    view = tried.made._view
    assert view.__doc__ and view.__name__.endswith("_view")
    assert inspect.getsource(view).startswith("def ")


def test_at_most_five_controls_each_with_words(tried):
    assert 1 <= len(tried.made._controls) <= 5
    for control in tried.made._controls.values():
        assert re.fullmatch(r"[A-Z].*[^:]", control.description), control


def test_the_table_can_be_read(tried):
    made = tried.made
    find(made, "Table").value = True
    words = " ".join(part.value for part in seen(made) if isinstance(part, widgets.HTML))
    find(made, "Table").value = False
    assert words.count("<tr>") + words.count("<tr ") >= len(made.table)
    assert "<caption>" in words


def test_menus_of_countries_start_at_the_learners_own(tmp_path, monkeypatch):
    monkeypatch.delenv("MIGRATIONKIT_RECORD")
    monkeypatch.setenv("MIGRATIONKIT_HOME", str(tmp_path))
    codes, found = set(data.load("countries")["iso3"]), 0
    for own in ("NAM", "BEL"):
        kit.record.set_country(own)
        for name, function in FIGURES.items():
            for control in function()._controls.values():
                offered = set(getattr(control, "_options_values", ()))
                if len(offered & codes) > 50:
                    found += 1
                    assert control.value == own, name
    assert found


# ---- Guesses -----------------------------------------------------------------------------------


def test_at_most_two_figures_of_a_lesson_ask_for_a_guess():
    asking = [name[:8] for name, function in FIGURES.items() if function()._asked]
    assert all(asking.count(lesson) <= 2 for lesson in asking)


@pytest.mark.parametrize("name", FIGURES)
def test_a_guess_fits_its_question(name):
    made = FIGURES[name]()
    if not made._asked:
        return
    asked = made._asked.asked
    assert asked.prompt.endswith("?") and asked.prompt[0].isupper()
    if asked.kind == "choice":
        assert asked.truth in asked.options and len(set(asked.options)) == len(asked.options) > 1
    if asked.kind == "order":
        assert sorted(asked.truth) == sorted(asked.options)
        assert list(asked.truth) != list(asked.options), "the options already stand in order"
    if asked.kind == "ends":
        assert set(asked.start) == set(asked.truth)
    assert made._asked.gap(asked.truth), "the right guess has no words"
    # What stands in the form before the learner does anything gives nothing away.
    start = made._asked.value()
    assert start is None or start != asked.truth


# ---- The lesson shows the same -----------------------------------------------------------------

LESSONS = sorted((data.checkout() / "lessons").glob("*.ipynb"))


def code_cells(path) -> list[str]:
    cells = nbformat.read(path, as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type == "code"]


def views_in(path) -> dict[str, str]:
    """Views that a lesson defines in the open: name → source, as it stands in the cell."""
    found = {}
    for source in code_cells(path):
        if re.search(r"^def \w+_view\(", source, re.M):
            for part in ast.parse(source).body:
                if isinstance(part, ast.FunctionDef) and part.name.endswith("_view"):
                    found[part.name] = ast.get_source_segment(source, part)
    return found


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_view_in_a_lesson_is_the_one_of_the_figure_module(path):
    for name, source in views_in(path).items():
        module = getattr(figures, f"lesson{path.stem[:2]}")
        assert source == inspect.getsource(getattr(module, name)).rstrip(), (
            f"{name} differs between {path.name} and figures/lesson{path.stem[:2]}.py"
        )


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_figure_built_in_a_lesson_is_the_one_of_the_figure_module(path):
    built = {}
    names = {}
    with contextlib.redirect_stdout(io.StringIO()):
        for source in code_cells(path):
            tree = ast.parse(source)
            last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, path.name, "exec"), names)
            if last is None:
                continue
            shown = eval(compile(ast.Expression(last.value), path.name, "eval"), names)
            if isinstance(shown, explore.Explorer) and "kit.explore(" in source:
                built[shown._figure] = shown
    assert bool(built) == bool(views_in(path)), "a view is defined and not shown, or the reverse"
    modules = {function()._figure: function for function in FIGURES.values()}
    for id, shown in built.items():
        same = modules[id]()
        assert shown._repr_mimebundle_()["text/plain"] == same._repr_mimebundle_()["text/plain"]
        assert (shown._spec, shown._columns) == (same._spec, same._columns)
        for name, control in same._controls.items():
            assert options(shown._controls[name]) == options(control)
            assert shown._controls[name].description == control.description
        if same._asked:
            one, other = shown._asked.asked, same._asked.asked
            assert (one.kind, one.prompt, one.options) == (other.kind, other.prompt, other.options)
            assert one.truth == other.truth and one.start == other.start
