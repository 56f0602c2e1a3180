"""Charts that learners write are drawn offline in the kit's look; the library is built once."""

import doctest
import json
import os
import re
import subprocess
import sys

import altair as alt
import pandas as pd
import pytest
from wire import explore

import migrationkit as kit
from migrationkit import record, vega
from migrationkit.errors import KitError

TABLE = pd.DataFrame({"year": [1990, 2024], "million": [153.9, 304.0]})
MIME = "application/vnd.vegalite.v5+json"


@pytest.fixture
def kits_look():
    before = alt.renderers.active, alt.theme.active
    vega.enable()
    yield
    alt.renderers.enable(before[0])
    alt.theme.enable(before[1])


def chart(**properties):
    return alt.Chart(TABLE).mark_bar().encode(x="year:O", y="million:Q").properties(**properties)


# ---- Charts of learners ------------------------------------------------------------------------


def test_a_learners_chart_is_what_jupyterlab_draws_by_itself(kits_look):
    bundle = chart(title="More migrants")._repr_mimebundle_()
    assert set(bundle) == {MIME, "text/plain"}
    assert bundle[MIME]["$schema"] == vega.SCHEMA_OF_JUPYTERLAB
    assert bundle["text/plain"] == "Chart: More migrants"
    json.dumps(bundle)


@pytest.mark.parametrize(
    ("properties", "words"),
    [
        ({"title": "A title"}, "A title"),
        ({"title": alt.TitleParams("A title", subtitle="Under it")}, "A title"),
        ({"title": "A title", "description": "Said in full."}, "Said in full."),
        ({}, "A chart without a title"),
    ],
)
def test_its_plain_text_says_what_it_is(kits_look, properties, words):
    assert chart(**properties)._repr_mimebundle_()["text/plain"] == f"Chart: {words}"


def test_two_charts_of_the_same_data_have_the_same_output(kits_look):
    first, second = (chart()._repr_mimebundle_() for _ in range(2))
    assert json.dumps(first) == json.dumps(second)


def test_a_chart_of_a_table_with_missing_texts_is_whole_json(kits_look):
    rows = pd.DataFrame({"verdict": ["held up", None], "unit": ["%", float("nan")], "n": [1, 2]})
    drawn = alt.Chart(rows).mark_bar().encode(x="n", y="verdict")
    bundle = drawn._repr_mimebundle_()
    text = json.dumps(bundle, allow_nan=False)  # NaN would be warned of under the chart
    assert '"unit": null' in text and '"unit": "%"' in text


def test_a_learners_map_carries_its_outlines(kits_look):
    world = alt.Chart(kit.shapes("world-110m")).mark_geoshape().project("equalEarth")
    spec = world._repr_mimebundle_()[MIME]
    assert spec["data"]["values"]["type"] == "Topology"
    assert spec["data"]["format"] == {"type": "topojson", "feature": "countries"}
    assert not re.search(r"https?:(?!//vega\.github\.io/schema)", json.dumps(spec))


def test_an_unknown_map_is_refused_in_words():
    with pytest.raises(KitError, match="world-110m"):
        kit.shapes("world-110")


def test_a_chart_with_a_relative_address_of_its_own_is_left_alone():
    spec = {"data": {"url": "x.csv"}, "layer": [{"mark": "bar"}]}
    assert vega.fill_shapes(spec) == spec


# ---- The look ----------------------------------------------------------------------------------


def config():
    with vega.altair().theme.enable("migrationkit"):
        return chart().to_dict()["config"]


def test_text_is_at_least_12_px_and_takes_the_colour_of_the_page():
    sizes = [
        value
        for part in vega.parts(config())
        for name, value in part.items()
        if name.lower().endswith("fontsize")
    ]
    assert len(sizes) >= 6 and min(sizes) >= 12
    colours = {
        value
        for part in vega.parts(config())
        for name, value in part.items()
        if name in ("color", "labelColor", "titleColor", "subtitleColor", "domainColor")
    }
    assert colours == {"currentColor"}
    assert config()["background"] is None


def test_no_colour_of_the_kit_is_red():
    import colorsys

    for name, colour in {**vega.COLOURS, **dict(enumerate(vega.SHADES))}.items():
        red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        hue, _, saturation = colorsys.rgb_to_hls(red, green, blue)
        assert saturation < 0.15 or 20 < 360 * hue < 340, (name, colour)
    assert set(config()["range"]["category"]) == set(vega.COLOURS.values())


# ---- The library -------------------------------------------------------------------------------


def test_the_library_is_built_whole_and_once(tmp_path, monkeypatch):
    path = tmp_path / "new" / "library.js"
    monkeypatch.setenv("MIGRATIONKIT_LIBRARY", str(path))
    assert not vega.library_is_built()
    assert vega.build_library() == path and vega.library_is_built()
    assert path.stat().st_size > 500_000
    assert "kitVegaEmbed" in path.read_text(encoding="utf-8")
    assert [found.name for found in path.parent.iterdir()] == ["library.js"]
    before = path.stat().st_mtime_ns
    vega.build_library()
    assert path.stat().st_mtime_ns == before


def test_a_library_that_was_cut_short_is_not_used(tmp_path, monkeypatch):
    path = tmp_path / "library.js"
    path.write_text("export default {")
    monkeypatch.setenv("MIGRATIONKIT_LIBRARY", str(path))
    monkeypatch.setattr(explore, "_library", None)
    assert not vega.library_is_built()
    assert explore._the_library() is None


def test_a_library_that_cannot_be_built_is_told_in_words(tmp_path, monkeypatch, capsys, kits_look):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("MIGRATIONKIT_LIBRARY", str(tmp_path / "file" / "library.js"))
    with pytest.raises(KitError, match="could not be built"):
        vega.build_library()
    kit.setup()  # a lesson goes on
    said = capsys.readouterr().out
    assert "python -m migrationkit library" in said and "Traceback" not in said


def test_the_library_stands_in_the_checkout_or_beside_the_record(tmp_path, monkeypatch):
    monkeypatch.delenv("MIGRATIONKIT_LIBRARY", raising=False)
    monkeypatch.setenv("MIGRATIONKIT_HOME", str(tmp_path / "home"))
    checkout = tmp_path / "course"
    checkout.mkdir()
    monkeypatch.setattr(vega.data, "checkout", lambda: checkout)
    assert vega.library_path().parent == checkout / "build"
    writable = os.access
    # Root may write everywhere, so the answer of the system is given here.
    monkeypatch.setattr(
        vega.os, "access", lambda path, mode: path != checkout and writable(path, mode)
    )
    assert vega.library_path().parent == tmp_path / "home" / "build"
    built = checkout / "build" / vega.library_path().name  # built before the folder was closed
    built.parent.mkdir()
    built.write_text("x")
    assert vega.library_path() == built


def test_without_any_folder_there_is_a_path_and_no_library(tmp_path, monkeypatch):
    monkeypatch.delenv("MIGRATIONKIT_LIBRARY", raising=False)
    monkeypatch.setattr(vega.data, "checkout", lambda: tmp_path / "gone")

    def nowhere():
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(record, "home", nowhere)
    assert not vega.library_is_built()


# ---- The page that is never asked for more -----------------------------------------------------


def test_importing_the_kit_does_not_bring_what_only_a_figure_or_the_builder_needs():
    script = (
        "import sys, migrationkit\n"
        "print([name for name in ('vl_convert', 'migrationkit.figures.lesson01', 'lark')"
        " if sys.modules.get(name)])"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert result.stdout.strip() == "[]", result.stderr


@pytest.mark.parametrize("module", [vega, explore, record], ids=lambda module: module.__name__)
def test_the_examples_in_the_docstrings_run(module):
    assert doctest.testmod(module).failed == 0
