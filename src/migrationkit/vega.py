"""The drawing library, the look of every chart, and the renderer of learners' own charts.

JupyterLab 4.6 draws Vega-Lite 5 by itself and nothing newer. The kit's figures use a newer
Vega-Lite, bundled once at set-up into an ignored folder; charts that learners write are shown by
JupyterLab's own. Neither asks the network for anything.
"""

from __future__ import annotations

import hashlib
import math
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from . import data, record
from .errors import KitError, not_installed

if TYPE_CHECKING:
    import altair as alt

VEGA_LITE = "6.4"  # what Altair 6.3 writes
SCHEMA_OF_JUPYTERLAB = "https://vega.github.io/schema/vega-lite/v5.json"

# Okabe-Ito, with one role each over the whole kit. Nothing in red for people.
COLOURS = {
    "origin": "#009E73",
    "destination": "#0072B2",
    "accent": "#B36B00",
    "gain": "#0072B2",
    "loss": "#CC79A7",
    "quiet": "#8a8a8a",
}
TEXT = "currentColor"  # takes the theme's own text colour, light or dark
SHADES = ["#deebf7", "#c6dbef", "#9ecae1", "#6baed6", "#3182bd", "#08519c"]

# The bundle parks vegaEmbed where every pane on the page can find it, and calls those that wait.
_BUNDLE = """
globalThis.kitVegaEmbed = vegaEmbed;
(globalThis.kitVegaWaiting ?? []).splice(0).forEach((ready) => ready(vegaEmbed));
export default { render() {} };
"""


def library_path() -> Path:
    """Where the drawing library stands, or will stand once built."""
    named = os.environ.get("MIGRATIONKIT_LIBRARY")
    if named:
        return Path(named)
    # Another script is another file, so that a newer release never meets an older library.
    script = hashlib.sha256(_BUNDLE.encode()).hexdigest()[:6]
    name = f"vega-lite-{VEGA_LITE}-{script}.js"
    built = data.checkout() / "build" / name
    if built.exists() or os.access(data.checkout(), os.W_OK):
        return built
    try:
        return record.home() / "build" / name
    except OSError:  # no folder of the learner's own either: there is no library
        return built


def library_is_built() -> bool:
    """Whether the drawing library stands where it should, whole."""
    path = library_path()
    return path.is_file() and path.stat().st_size > 100_000


def build_library() -> Path:
    """Build the drawing library when it is missing, in a process of its own; returns its path.

    A process of its own, because the builder would hold 95 MB of a learner's kernel for good.
    Raises KitError when it cannot be built.
    """
    path = library_path()
    if library_is_built():
        return path
    script = (
        "import sys, pathlib, os, vl_convert\n"
        "path = pathlib.Path(sys.argv[1]); path.parent.mkdir(parents=True, exist_ok=True)\n"
        "text = vl_convert.javascript_bundle(sys.argv[2], vl_version=sys.argv[3])\n"
        "draft = path.with_suffix('.part%d' % os.getpid())\n"
        "draft.write_text(text, encoding='utf-8'); draft.replace(path)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script, str(path), _BUNDLE, VEGA_LITE],
        capture_output=True,
        text=True,
    )
    if result.returncode or not library_is_built():
        last = (result.stderr.strip().splitlines() or ["no message"])[-1]
        raise KitError(
            f"The drawing library could not be built ({last}). "
            "Run `python -m migrationkit library` in a terminal. Tables and sentences still work."
        )
    return path


@cache
def altair():
    """Altair, which now knows the kit's look and renderer.

    It is imported when something is drawn and not before: it takes 30 MB, and marking draws
    nothing. Raises KitError where it is not installed.

    >>> "migrationkit" in altair().theme.names()
    True
    """
    try:
        import altair as alt
    except ModuleNotFoundError as problem:
        raise KitError(not_installed(problem)) from None

    alt.theme.register("migrationkit", enable=False)(_theme)
    alt.renderers.register("migrationkit", _render)
    return alt


def _theme() -> alt.theme.ThemeConfig:
    """The kit's one look: quiet grid on the value axis, text that reads on both themes."""
    font = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif"
    label = {"labelFontSize": 13, "titleFontSize": 13, "titleFontWeight": "normal"}
    return {
        "config": {
            "font": font,
            "background": None,
            "view": {"stroke": None, "continuousWidth": 620, "continuousHeight": 300},
            "title": {"fontSize": 16, "anchor": "start", "color": TEXT, "offset": 12,
                      "fontWeight": 600, "subtitleColor": TEXT, "subtitleFontSize": 13},
            "axis": {**label, "labelColor": TEXT, "titleColor": TEXT, "tickColor": TEXT,
                     "domainColor": TEXT, "gridColor": TEXT, "gridOpacity": 0.15},
            "axisX": {"grid": False},
            "axisY": {"grid": True, "domain": False, "ticks": False, "titleAngle": 0,
                      "titleAlign": "left", "titleAnchor": "start", "titleY": -12, "titleX": 0},
            "legend": {**label, "labelColor": TEXT, "titleColor": TEXT, "orient": "top"},
            "text": {"fontSize": 13, "fill": TEXT, "font": font},
            "line": {"strokeWidth": 2.5},
            "bar": {"fill": COLOURS["destination"]},
            "point": {"filled": True, "size": 60},
            "range": {"category": list(dict.fromkeys(COLOURS.values()))},
            "geoshape": {"aria": False},  # hundreds of outlines; sentence and table say them
        }
    }  # fmt: skip


def shapes(name: str = "world-110m") -> alt.Data:
    """The outlines of a map, to give to ``alt.Chart``; ids are M49 numbers.

    >>> shapes("world-110m").name
    'world-110m'
    """
    data.shapes_topology(name)  # an unknown map is refused here, in words
    form = altair().TopoDataFormat(type="topojson", feature="countries")
    return altair().NamedData(name=name, format=form)


def parts(spec):
    """Every dictionary inside a specification, outermost first.

    >>> [sorted(part) for part in parts({"layer": [{"mark": "bar"}]})]
    [['layer'], ['mark']]
    """
    if isinstance(spec, dict):
        yield spec
        for part in spec.values():
            yield from parts(part)
    elif isinstance(spec, list):
        for part in spec:
            yield from parts(part)


def replaced(spec, change):
    """The specification with ``change(part)`` in the place of every dictionary that it changes.

    ``change`` returns None for a dictionary that stays as it is.
    """
    if isinstance(spec, list):
        return [replaced(part, change) for part in spec]
    if not isinstance(spec, dict):
        return spec
    new = change(spec)
    return new if new is not None else {key: replaced(part, change) for key, part in spec.items()}


def map_name(part: dict) -> str | None:
    """The name of the map that a data part asks for, or None."""
    form = part.get("format")
    if isinstance(form, dict) and form.get("type") == "topojson":
        return part.get("name")
    return None


def fill_shapes(spec: dict) -> dict:
    """The same specification with every named map replaced by its outlines."""

    def outlines(part):
        name = map_name(part)
        return {"values": data.shapes_topology(name), "format": part["format"]} if name else None

    return replaced(spec, outlines)


def _null_for_nan(row: dict) -> dict | None:
    """A row with null where a value is missing, or None for a row without such a value.

    Altair leaves the missing texts of a table as NaN, which is no JSON: Jupyter then warns.
    """
    missing = [
        name for name, value in row.items() if isinstance(value, float) and not math.isfinite(value)
    ]
    return row | dict.fromkeys(missing) if missing else None


def _render(spec: dict, **_) -> dict:
    """MIME bundle for a learner's own chart, drawn by JupyterLab itself, offline too."""
    spec = fill_shapes(replaced(spec, _null_for_nan)) | {"$schema": SCHEMA_OF_JUPYTERLAB}
    title = spec.get("title", "")
    title = title.get("text", "") if isinstance(title, dict) else title
    words = spec.get("description") or title or "A chart without a title"
    return {"application/vnd.vegalite.v5+json": spec, "text/plain": f"Chart: {words}"}


def enable() -> None:
    """Use the kit's look and its renderer for every chart of this notebook."""
    altair().theme.enable("migrationkit")
    altair().renderers.enable("migrationkit")
