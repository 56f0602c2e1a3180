"""The one interactive figure: guess first, then explore.

``view(**values)`` is a plain function that returns a :class:`View`; :func:`explore` puts ipywidgets
controls above it and redraws when one of them moves. The browser gets the specification once and
after that only the columns that changed.
"""

from __future__ import annotations

import contextlib
import hashlib
import html
import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Integral, Real
from pathlib import Path
from typing import TYPE_CHECKING

import anywidget
import ipywidgets as widgets
import pandas as pd

from . import data, record, text, vega
from .errors import KitError

if TYPE_CHECKING:
    import altair as alt

HERE = Path(__file__).parent
DIGITS = 4  # significant digits that travel to the page and enter the digest
MOST_ROWS = 500
NO_LIBRARY = (
    "Nothing can be drawn, because the drawing library is missing: the table stands below. "
    "Run <code>python -m migrationkit library</code> in a terminal, then this notebook again."
)
# Where JupyterLab could not put a widget back, its message stands alone in an output of this class.
# A style is all that is left to us there: no widget of ours is drawn on such an output.
LOST = "Choose the menu Run ▸ Run All Cells to bring this back. Your guesses and answers are kept."
LOST_STYLE = f"""<style>
.jp-OutputArea-output.jupyter-widgets::after {{
  content: "{LOST}"; display: block; font: 14px/1.5 var(--jp-content-font-family); margin: 4px 0;
}}
</style>"""
_show_everything = False


@dataclass(frozen=True)
class View:
    """What a figure shows now: an Altair chart, its table, and one sentence that says it in words.

    ``chart`` is None when there is nothing to draw; the sentence then says why.
    """

    chart: alt.TopLevelMixin | None
    table: pd.DataFrame
    sentence: str


# --- guesses --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Guess:
    """A prediction to make before the figure is drawn; made by :func:`guess`."""

    kind: str
    prompt: str
    truth: object
    options: Sequence[str] = ()
    start: Mapping[str, float] | Sequence[str] = field(default_factory=dict)
    unit: str = ""
    by: str = "the data say"
    bounds: tuple[float, float] = (-math.inf, math.inf)
    after: str = ""
    opens: Mapping[str, object] = field(default_factory=dict)


def guess(
    kind: str, prompt: str, truth, *, options=(), start=None, unit: str = "",
    by: str = "the data say", least: float = -math.inf, most: float = math.inf, after: str = "",
    opens: Mapping[str, object] | None = None,
) -> Guess:
    """Ask for a prediction first.

    Kinds, with the form of ``truth``: ``number`` (a number), ``choice`` (one of ``options``),
    ``order`` (a list: ``options`` in the right order) and ``ends`` (a dictionary label → number,
    with the known beginnings under the same labels in ``start``).

    ``by`` is who gives the answer, such as "our coding says". ``least`` and ``most`` are the bounds
    of numbers. Once a guess is committed, ``after`` is said and ``opens`` sets controls by name.
    Raises KitError for another kind, and for a number whose answer is outside its bounds.

    >>> guess("number", "How many million migrants in 2024?", 304.0, unit="million").kind
    'number'
    """
    if kind not in _GUESSES:
        raise KitError(f"A guess is one of {text.listing(list(_GUESSES))}, not {kind!r}.")
    answers = [truth] if kind == "number" else truth.values() if kind == "ends" else ()
    for answer in map(float, answers):
        if not least <= answer <= most:
            raise KitError(f"The answer {answer:g} is not between the bounds {least} and {most}.")
    bounds, opens = (least, most), opens or {}
    return Guess(
        kind, prompt, truth, tuple(options), start or {}, unit, by, bounds, after, opens
    )  # fmt: skip


def _number_box(label: str, value: float) -> widgets.FloatText:
    return widgets.FloatText(
        value=value, description=label, style={"description_width": "initial"},
        layout={"width": "320px"},
    )  # fmt: skip


def _gap_of_number(said: float, true: float, unit: str, by: str, apart: str = "") -> str:
    """`unit` follows both numbers; `apart`, with its space, the distance between them."""
    said_words, true_words = text.number(said), text.number(float(f"{true:.3g}"))
    unit = f" {unit}" if unit else ""
    if abs(said - true) <= 0.02 * abs(true):
        return f"You said {said_words}{unit}; {by} {true_words}{unit}: as good as equal."
    side = "more" if said > true else "less"
    gap = text.number(float(f"{abs(said - true):.3g}"))
    return (
        f"You said {said_words}{unit}; {by} {true_words}{unit}. "
        f"Your guess is {gap}{apart} {side}."
    )


def _between(unit: str) -> str:
    """What follows a distance: its unit, but 2 % and 3 % are one percentage point apart.

    >>> _between("million"), _between("% of people"), _between("")
    (' million', ' percentage points', '')
    """
    if unit.startswith("%"):
        return " percentage points"
    return f" {unit}" if unit else ""


class _NumberGuess:
    """One number. The 0 that the box begins with is no guess, nor is a number out of bounds."""

    def __init__(self, asked: Guess):
        self.asked = asked
        self.boxes = [_number_box(asked.unit or "Your guess", 0.0)]

    def value(self):
        said, (least, most) = self.boxes[0].value, self.asked.bounds
        return said if said and math.isfinite(said) and least <= said <= most else None

    def gap(self, said) -> str:
        asked = self.asked
        return _gap_of_number(
            float(said), float(asked.truth), asked.unit, asked.by, _between(asked.unit)
        )


class _ChoiceGuess:
    """One of several."""

    def __init__(self, asked: Guess):
        self.asked = asked
        self.boxes = [
            widgets.RadioButtons(
                options=list(asked.options), value=None, layout={"width": "max-content"}
            )
        ]

    def value(self):
        return self.boxes[0].value

    def gap(self, said) -> str:
        if said == self.asked.truth:
            return f"You said {said}; {self.asked.by} so too."
        return f"You said {said}; {self.asked.by} {self.asked.truth}."


class _OrderGuess:
    """Several, put in order with one menu a place."""

    def __init__(self, asked: Guess):
        self.asked = asked
        self.boxes = [
            widgets.Dropdown(options=list(asked.options), value=None, description=f"{place}.")
            for place in range(1, len(asked.options) + 1)
        ]

    def value(self):
        chosen = [box.value for box in self.boxes]
        return chosen if len(set(chosen)) == len(chosen) and None not in chosen else None

    def gap(self, said) -> str:
        right = sum(one == true for one, true in zip(said, self.asked.truth, strict=False))
        return (
            f"{right} of {len(self.asked.truth)} stand in the right place. "
            f"{self.asked.by[0].upper()}{self.asked.by[1:]}: "
            f"{text.listing(list(self.asked.truth))}."
        )


class _EndsGuess:
    """Where several lines end, from known beginnings."""

    def __init__(self, asked: Guess):
        self.asked = asked
        self.boxes = [
            _number_box(label, round(float(asked.start.get(label, 0)), 1)) for label in asked.truth
        ]

    def value(self):
        said = {label: box.value for label, box in zip(self.asked.truth, self.boxes, strict=True)}
        least, most = self.asked.bounds
        if not all(math.isfinite(one) and least <= one <= most for one in said.values()):
            return None
        unchanged = [round(float(self.asked.start.get(label, 0)), 1) for label in said]
        return None if list(said.values()) == unchanged else said  # the beginning is no guess

    def gap(self, said) -> str:
        return " ".join(
            f"{label}: "
            + _gap_of_number(
                float(said[label]), float(true), "", self.asked.by,
                _between(label) if label.startswith("%") else "",  # the label has the unit
            )
            for label, true in self.asked.truth.items()
        )


_GUESSES: dict[str, Callable] = {
    "number": _NumberGuess,
    "choice": _ChoiceGuess,
    "order": _OrderGuess,
    "ends": _EndsGuess,
}

# --- what travels ---------------------------------------------------------------------------------


def _short(value):
    """A value as JSON, numbers at four significant digits, missing as None."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int) or hasattr(value, "dtype") and "int" in str(value.dtype):
        value = int(value)
        return value if abs(value) < 10_000 else int(float(f"{value:.{DIGITS}g}"))
    if isinstance(value, float) or hasattr(value, "dtype"):
        number = float(value)
        if math.isnan(number) or math.isinf(number):
            return None
        short = float(f"{number:.{DIGITS}g}")
        return int(short) if short.is_integer() else short
    return str(value)


def digest(table: pd.DataFrame) -> str:
    """Eight signs that change when a row changes at four significant digits.

    >>> digest(pd.DataFrame({"year": [1990], "migrants": [153912345]})) == digest(
    ...     pd.DataFrame({"year": [1990], "migrants": [153910001]}))
    True
    """
    rows = [list(map(str, table.columns))]
    rows += [[str(_short(value)) for value in row] for row in table.itertuples(index=False)]
    lines = "\n".join("\t".join(row) for row in rows)
    return hashlib.sha256(lines.encode()).hexdigest()[:8]


def split(chart: alt.TopLevelMixin) -> tuple[dict, dict[str, list]]:
    """A chart as a specification without data, and its one data set as columns.

    Raises KitError when the chart holds more than one data set or more than 500 rows.
    """
    with vega.altair().theme.enable("migrationkit"):
        spec = chart.to_dict(validate=False)
    sets = spec.pop("datasets", {})
    names = {part["name"] for part in vega.parts(spec) if part.get("name") in sets}
    if len(names) > 1:
        raise KitError("A figure draws one table; this chart was given several.")
    rows = [row for name in names for row in sets[name]]
    spec = vega.replaced(spec, lambda part: {"name": "rows"} if part.get("name") in names else None)
    if len(rows) > MOST_ROWS:
        raise KitError(f"A figure sends at most {MOST_ROWS} rows; this one has {len(rows)}.")
    columns = {key: [_short(row[key]) for row in rows] for key in (rows[0] if rows else {})}
    spec.setdefault("width", "container")
    spec["autosize"] = {"type": "fit-x", "contains": "padding"}
    return spec, columns


def packed(columns: dict[str, list]) -> dict:
    """Columns as they travel: words that repeat are written once and then numbered.

    >>> packed({"year": [1990, 2024], "side": ["in", "in"]})
    {'year': [1990, 2024], 'side': {'of': ['in'], 'at': [0, 0]}}
    """

    def pack(column: list):
        words = list(dict.fromkeys(column)) if all(isinstance(x, str) for x in column) else column
        if len(words) == len(column):
            return column
        places = {word: place for place, word in enumerate(words)}
        return {"of": words, "at": [places[word] for word in column]}

    return {name: pack(column) for name, column in columns.items()}


def untitled(spec: dict) -> tuple[dict, str]:
    """A specification that takes its title from the parameter ``kit_title``, and that title.

    A title with numbers in it changes at every move; so the page need not build its drawing anew.
    Where there is not one plain title the specification stays as it is, with ``""``.

    >>> untitled({"mark": "bar", "title": "Two"})
    ({'mark': 'bar', 'title': {'text': {'expr': 'kit_title'}}}, 'Two')
    """
    layers = spec.get("layer", [])
    titles = [part["title"] for part in (spec, *layers) if "title" in part]
    if not titles or titles != titles[:1] * len(titles) or not isinstance(titles[0], str):
        return spec, ""
    bare = {**spec, "title": {"text": {"expr": "kit_title"}}}
    if layers:
        bare["layer"] = [{k: v for k, v in layer.items() if k != "title"} for layer in layers]
    return bare, titles[0]


class _Page:
    """What the page holds of a figure, so that nothing is sent twice."""

    def __init__(self):
        self.spec, self.look, self.columns, self.maps = None, None, {}, set()

    def news(self, spec: dict, columns: dict[str, list]) -> dict:
        """What to send so that the page can draw this; from then on the page holds it."""
        spec, title = untitled(spec)
        news = {"names": list(columns), "title": title}
        changed = {
            name: column for name, column in columns.items() if column != self.columns.get(name)
        }
        if changed:
            news["columns"] = packed(changed)
        if spec != self.spec:
            form = {name: part for name, part in spec.items() if name != "config"}
            look = spec.get("config")
            maps = {vega.map_name(part) for part in vega.parts(spec)} - {None} - self.maps
            news |= {"spec": form, "shapes": {name: data.shapes_topology(name) for name in maps}}
            if look != self.look:
                news["look"] = look
            self.spec, self.look, self.maps = spec, look, self.maps | maps
        self.columns |= changed
        return news


class _Library(anywidget.AnyWidget):
    """Brings the drawing library to the page, once for all figures of a notebook."""


class _Pane(anywidget.AnyWidget):
    _esm = HERE / "pane.js"
    _css = HERE / "figure.css"


class _Keys(anywidget.AnyWidget):
    _esm = HERE / "keys.js"


_library = None


def _the_library() -> _Library | None:
    """The one widget of this kernel that holds the drawing library; None while it is missing."""
    global _library
    if _library is None and vega.library_is_built():
        _library = _Library(_esm=vega.library_path().read_text(encoding="utf-8"))
    return _library


def keyboard_safe(widget: widgets.Widget) -> widgets.VBox:
    """The widget in a box whose controls answer to arrow keys inside JupyterLab."""
    return widgets.VBox([widget, _Keys()]).add_class("kit-figure")


# --- the figure -----------------------------------------------------------------------------------


def _button(label: str, hint: str, style: str = "") -> widgets.Button:
    return widgets.Button(description=label, tooltip=hint, button_style=style,
                          layout={"width": "auto"})  # fmt: skip


def _words(content: str, style: str) -> widgets.HTML:
    return widgets.HTML(content).add_class(style)


class Explorer(widgets.VBox):
    """A figure in a notebook; made by :func:`explore`."""

    def __init__(self, view, figure, sources, asked, controls):
        self._view, self._figure, self._controls = view, figure, controls
        self._defaults = {name: control.value for name, control in controls.items()}
        self._asked = asked and _GUESSES[asked.kind](asked)
        self._turn, self._spec, self._columns = 0, None, {}
        self._revealed, self._page, self._resetting = False, None, False
        self._library = _the_library()
        self._pane = _Pane()
        self._pane.on_msg(lambda _, content, __: content.get("ask") and self._asked_by_page())
        self._gap = _words("", "kit-gap")
        self._gap.layout.display = "none"
        self._drawer = widgets.VBox([])
        self._body = widgets.VBox(
            [
                self._gap,
                widgets.HBox(list(controls.values())).add_class("kit-controls"),
                self._pane,
                _words(
                    f"<b>Figure {figure}.</b> Source: {html.escape(data.source_line(sources))}",
                    "kit-source",
                ),
                self._tools(),
                self._drawer,
            ]
        )
        self._compute()
        self._guess_box = self._make_guess_box(asked) if asked else widgets.VBox([])
        parts = [self._library, self._guess_box, self._body, _Keys()]
        super().__init__([part for part in parts if part])
        self.add_class("kit-figure").add_class(f"kit-figure-{figure.replace('.', '-')}")
        for control in controls.values():
            if hasattr(getattr(control, "style", None), "description_width"):
                control.style.description_width = "initial"
            control.observe(self._moved, "value")
        self._open()

    # guess ---------------------------------------------------------------------------------------

    def _make_guess_box(self, asked: Guess) -> widgets.VBox:
        commit = _button("Commit my guess", "Keep this guess and draw the figure", "primary")
        show = _button("Show me", "Draw the figure without a guess")
        commit.on_click(lambda _: self._commit())
        show.on_click(lambda _: self._keep({"skipped": True}))
        prompt = f"<b>Figure {self._figure}. Your guess first.</b> {html.escape(asked.prompt)}"
        self._notice = _words("", "kit-prompt")
        return widgets.VBox(
            [
                _words(prompt, "kit-prompt"),
                widgets.VBox(self._asked.boxes),
                widgets.HBox([commit, show]),
                self._notice,
            ]
        )

    def _open(self) -> None:
        """Show the guess or the figure, by what the record holds and the instructor's switch."""
        kept = self._asked and record.get("guesses", self._figure)
        if not self._asked or _show_everything:
            self._reveal(None)
        elif isinstance(kept, dict):
            self._reveal(kept)
        else:
            self._body.layout.display = "none"

    def _commit(self) -> None:
        said = self._asked.value()
        if said is None:
            self._notice.value = "Make your guess first, or take <i>Show me</i>."
            least, most = self._asked.asked.bounds
            if math.isfinite(least) and math.isfinite(most):
                # The 0 that a box begins with is no guess, so 0 is never offered as one.
                limits = f"from {text.number(least)} to" if least else "above 0, up to"
                unit = f" {html.escape(self._asked.asked.unit)}" if self._asked.asked.unit else ""
                self._notice.value += (
                    f" A guess here is a number {limits} {text.number(most)}{unit}."
                )
            return
        if not self._revealed:
            # ipywidgets holds quick changes back, so the last one may arrive after the button.
            for box in self._asked.boxes:
                box.observe(lambda _: self._commit(), "value")
        self._keep({"value": said})

    def _keep(self, guess: dict) -> None:
        try:
            record.put("guesses", self._figure, guess)
        except KitError as problem:  # the figure opens all the same
            self._reveal(guess, focus=True)
            self._say(f"{self._gap.value} {html.escape(str(problem))}")
        else:
            self._reveal(guess, focus=True)

    def _say(self, words: str) -> None:
        self._gap.value, self._gap.layout.display = words, ""

    def _reveal(self, kept: dict | None, focus: bool = False) -> None:
        if kept and "value" in kept:
            # A guess from another release asked something else: the figure opens anyway.
            with contextlib.suppress(TypeError, ValueError, KeyError):
                words = f"{self._asked.gap(kept['value'])} {self._asked.asked.after}"
                self._say(html.escape(words.strip()))
                for name, value in self._asked.asked.opens.items():
                    self._controls[name].value = value
        self._guess_box.layout.display = "none"
        self._body.layout.display = ""
        self._revealed = True
        if self._library is None:
            self._say(f"{self._gap.value} {NO_LIBRARY}")
            self._table_button.value = True
        self._tell(focus)

    # drawing -------------------------------------------------------------------------------------

    @property
    def values(self) -> dict:
        """What the controls say now."""
        return {name: control.value for name, control in self._controls.items()}

    def _compute(self) -> None:
        """Take the view at what the controls say now; never raises."""
        try:
            view = self._view(**self.values)
            drawn = view.chart is not None and not view.table.empty
            spec, columns = split(view.chart) if drawn else (None, {})
            self.table, self.sentence = view.table, view.sentence
        except KitError as problem:
            spec, columns, self.table, self.sentence = None, {}, pd.DataFrame(), str(problem)
        except Exception as problem:  # a learner's own view may hold any mistake
            spec, columns, self.table = None, {}, pd.DataFrame()
            self.sentence = (
                f"These settings cannot be drawn ({type(problem).__name__}: {problem}). "
                "Press Reset, or correct the view and run its cell again."
            )
        if spec and self._library:
            spec["description"] = "Figure " + self._figure
            self._spec, self._columns = spec, columns
        else:
            self._spec, self._columns = None, {}
        self._turn += 1

    def _tell(self, focus: bool = False) -> None:
        """Send the page what it lacks; nothing before the figure is revealed."""
        if not (self._revealed and self._page):
            return
        message = {"turn": self._turn, "sentence": self.sentence, "focus": focus}
        if self._spec is None:
            self._pane.send(message | {"empty": True})
        else:
            self._pane.send(message | self._page.news(self._spec, self._columns))

    def _asked_by_page(self) -> None:
        """A pane has just been put on a page: it holds nothing."""
        self._page = _Page()
        self._tell()

    def _moved(self, _) -> None:
        if self._resetting:
            return
        self._compute()
        self._tell()
        self._refresh_drawer()

    # table, code, reset, CSV ---------------------------------------------------------------------

    def _tools(self) -> widgets.HBox:
        self._table_button = widgets.ToggleButton(description="Table", layout={"width": "auto"},
                                                  tooltip="Show the numbers")  # fmt: skip
        self._code_button = widgets.ToggleButton(description="Code", layout={"width": "auto"},
                                                 tooltip="Show the code")  # fmt: skip
        reset = _button("Reset", "Put the controls back")
        save = _button("CSV", "Download the numbers shown now")
        self._table_button.observe(lambda _: self._refresh_drawer(), "value")
        self._code_button.observe(lambda _: self._refresh_drawer(), "value")
        reset.on_click(lambda _: self.reset())
        save.on_click(lambda _: self._pane.send(
            {"download": self.table.to_csv(index=False),
             "name": f"figure-{self._figure.replace('.', '-')}.csv"}))  # fmt: skip
        return widgets.HBox([self._table_button, self._code_button, reset, save])

    def _refresh_drawer(self) -> None:
        parts = []
        if self._table_button.value:
            parts.append(widgets.HTML(_table_html(self.table, self.sentence)))
        if self._code_button.value:
            code = f"<pre>{html.escape(self.code())}</pre>"
            parts.append(widgets.HTML(f'<div class="kit-scroll" tabindex="0">{code}</div>'))
        self._drawer.children = parts

    def reset(self) -> None:
        """Put every control back to where it began, then draw once."""
        self._resetting = True
        for name, control in self._controls.items():
            control.value = self._defaults[name]
        self._resetting = False
        self._moved(None)

    def code(self) -> str:
        """Code that makes the current view: the view itself and a call with the values of now."""
        try:
            source = inspect.getsource(self._view).rstrip()
        except (OSError, TypeError):
            source = "# The view stands in the cell above."
        arguments = ", ".join(f"{name}={value!r}" for name, value in self.values.items())
        return f"{source}\n\n\n{self._view.__name__}({arguments}).chart"

    def _repr_mimebundle_(self, **options):
        bundle = super()._repr_mimebundle_(**options) or {}
        bundle = bundle[0] if isinstance(bundle, tuple) else bundle
        words = (
            f"Figure {self._figure}\n{self.sentence}\n"
            f"[{len(self.table)} rows, digest {digest(self.table)}]"
        )
        return {**bundle, "text/plain": words}


def _table_html(table: pd.DataFrame, caption: str) -> str:
    if table.empty:
        return f"<p>{html.escape(caption)}</p>"
    body = table.map(_in_words).to_html(index=False, border=0, escape=True)
    body = body.replace("<thead>", f"<caption>{html.escape(caption)}</caption><thead>", 1)
    body = body.replace("<th>", '<th scope="col">')
    return f'<div class="kit-scroll" tabindex="0" role="region" aria-label="Table">{body}</div>'


def _in_words(value):
    """A number as people read it; whole numbers below 10,000 as they are, for years and codes."""
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return text.UNKNOWN
    if isinstance(value, bool) or not isinstance(value, Real):
        return value
    if abs(value) >= 10_000:
        return text.number(value, 0)
    return value if isinstance(value, Integral) else text.number(float(f"{value:.{DIGITS}g}"))


def explore(view, *, figure: str, sources: Sequence[str], guess: Guess | None = None, **controls):
    """An interactive figure: ipywidgets controls above a view that redraws.

    ``view`` takes the values of the controls by name and returns a :class:`View`. ``figure`` is its
    id (``"1.1"``), ``sources`` the names of the tables it draws, ``guess`` an optional prediction.
    Raises KitError when no source is given or one is unknown: a figure without a source is not
    built.
    """
    if not sources:
        raise KitError(f"Figure {figure} names no source. Give sources=['migrant-stock'] or so.")
    if isinstance(sources, str):
        sources = [sources]
    return Explorer(view, figure, list(sources), guess, controls)


def show_everything(on: bool = True) -> None:
    """For instructors: open every figure without asking for a guess first."""
    global _show_everything
    _show_everything = on
