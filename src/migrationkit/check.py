"""The verdict on an answer: a pure function of a question and an answer, which never raises.

An answer of any type first becomes plain, bounded data (:func:`plain`), and only that is judged
and kept. So nothing that an answer defines for itself (``__eq__``, ``__str__``) is ever asked, and
a recorded answer gets the same verdict as the live one.
"""

from __future__ import annotations

import decimal
import fractions
import itertools
import json
import math
import re
import sys
import textwrap
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from . import questions, record
from .questions import Question, Wrong
from .text import listing

WIDTH = 68  # signs in a line: JupyterLab breaks longer plain text in the middle of a word
LONGEST_TEXT = 300  # signs
MOST_ITEMS = 200  # of a list, a dictionary, a table's rows
MOST_COLUMNS = 30
DEEPEST = 14
LARGEST_ANSWER = 20_000  # bytes of JSON
MARK = "$"  # key that says what kind of thing a plain dictionary stands for


# --- plain data -----------------------------------------------------------------------------------


def plain(value: object) -> object:
    """Any value as bounded JSON data; never raises.

    Numbers stay numbers (``nan`` and infinities become text), tables become columns and rows, an
    Altair chart its specification without data, and what cannot be an answer its type's name.

    >>> plain(np.float64(2.92)), plain((12, 679)), plain(float("nan"))
    (2.92, [12, 679], 'nan')
    >>> plain(print)
    {'$': 'unreadable', 'type': 'builtin_function_or_method'}
    """
    try:
        result = _plain(value, 0)
        if len(json.dumps(result, allow_nan=False)) <= LARGEST_ANSWER:
            return result
        return {MARK: "unreadable", "type": "very large answer"}
    except BaseException:  # an answer's own code may raise anything, SystemExit too
        return {MARK: "unreadable", "type": _type_name(value)}


def _type_name(value: object) -> str:
    try:
        return _text(type.__getattribute__(type(value), "__name__"))[:60]
    except BaseException:
        return "object"


def _text(value: str) -> str:
    """An exact, bounded str that can be written as UTF-8."""
    exact = str.__str__(value)
    if len(exact) > LONGEST_TEXT:
        exact = exact[:LONGEST_TEXT] + "…"
    return exact.encode("utf-8", "replace").decode("utf-8")


def _number(value: float) -> float | str:
    return value if math.isfinite(value) else str(value)


def _plain(value: object, depth: int) -> object:
    # Conversions name the class (float.__float__), so that a subclass cannot answer for itself.
    kind = type(value)
    if value is None or value is Ellipsis or value is pd.NA or value is pd.NaT:
        return None
    if kind is bool:
        return value
    if depth > DEEPEST:
        return "…"
    if issubclass(kind, int):
        exact = int.__int__(value)
        if exact.bit_length() <= 53:
            return exact
        return _number(float(exact) if exact.bit_length() < 1000 else math.inf)
    if issubclass(kind, float):
        return _number(float.__float__(value))
    if issubclass(kind, str):
        return _text(value)
    if issubclass(kind, decimal.Decimal):
        return _number(decimal.Decimal.__float__(value))
    if kind is fractions.Fraction:
        return _number(float(value))
    if issubclass(kind, np.bool_):
        return bool(value)
    if issubclass(kind, np.number) and not issubclass(kind, np.complexfloating):
        return _plain(int(value) if issubclass(kind, np.integer) else float(value), depth)
    return _plain_collection(value, kind, depth + 1)


def _plain_collection(value: object, kind: type, depth: int) -> object:
    if issubclass(kind, list):
        return _plain_items(list.__iter__(value), depth)
    if issubclass(kind, tuple):
        return _plain_items(tuple.__iter__(value), depth)
    if kind is range:
        return _plain_items(iter(value), depth)
    if issubclass(kind, set | frozenset):
        base = set if issubclass(kind, set) else frozenset
        return {MARK: "set", "values": sorted(_plain_items(base.__iter__(value), depth), key=repr)}
    if issubclass(kind, dict):
        return _plain_mapping(value, depth)
    if issubclass(kind, np.ndarray):
        return _plain_array(np.asarray(value), depth)
    if issubclass(kind, pd.DataFrame):
        return _plain_table(value, depth)
    if issubclass(kind, pd.Series):
        return _plain_series(value, depth)
    if issubclass(kind, pd.Index | pd.api.extensions.ExtensionArray):
        return _plain_items(iter(value), depth)
    altair = sys.modules.get("altair")
    if altair is not None and issubclass(kind, altair.TopLevelMixin):
        return _plain_chart(value, altair, depth)
    return {MARK: "unreadable", "type": _type_name(value)}


def _plain_items(items, depth: int) -> list:
    found = [_plain(item, depth) for item in itertools.islice(items, MOST_ITEMS + 1)]
    return found if len(found) <= MOST_ITEMS else [*found[:MOST_ITEMS], "…"]


def _key(key: object) -> str:
    exact = _plain(key, DEEPEST)
    return exact if isinstance(exact, str) else json.dumps(exact)


def _plain_mapping(value: dict, depth: int) -> dict:
    pairs = itertools.islice(dict.items(value), MOST_ITEMS)
    if depth == 1 and any(type(name) is str and name in _CHART_KEYS for name in dict.keys(value)):
        pairs = (
            (name, part) for name, part in pairs if name not in ("$schema", "data", "datasets")
        )
        return _without_data({_key(name): _plain(part, depth) for name, part in pairs})
    return {_key(name): _plain(part, depth) for name, part in pairs}


def _plain_array(array: np.ndarray, depth: int) -> object:
    if array.ndim == 0 or array.size == 1:
        return _plain(array.item(), depth)
    if array.size > MOST_ITEMS * MOST_COLUMNS:
        return {MARK: "unreadable", "type": "large array"}
    return _plain_items(iter(array.tolist()), depth)


def _plain_series(series: pd.Series, depth: int) -> dict:
    index = _plain_items(iter(series.index[: MOST_ITEMS + 1]), depth)
    values = _plain_items(iter(series.iloc[: MOST_ITEMS + 1].astype(object)), depth)
    return {MARK: "series", "index": index, "values": values}


def _plain_table(table: pd.DataFrame, depth: int) -> dict:
    table = table.iloc[:MOST_ITEMS, :MOST_COLUMNS]
    named = any(name is not None for name in table.index.names)
    labels = named or not pd.api.types.is_integer_dtype(table.index.dtype)
    if labels and not set(table.index.names) & set(table):
        table = table.reset_index()  # a label may stand in the index as well as in a column
    columns = [
        " ".join(map(str, name)) if isinstance(name, tuple) else _key(name) for name in table
    ]
    rows = [_plain_items(iter(row), depth) for row in table.itertuples(index=False, name=None)]
    return {"columns": [_text(name) for name in columns], "rows": rows}


_CHART_KEYS = {"mark", "encoding", "layer", "hconcat", "vconcat", "concat", "facet", "repeat"}
_NOT_YET_A_CHART = "chart that cannot be drawn yet"


def _plain_chart(chart: object, altair, depth: int) -> dict:
    try:
        with altair.data_transformers.disable_max_rows():
            spec = chart.to_dict(validate=False)
    except Exception:  # Altair's own complaint about an unfinished chart
        return {MARK: "unreadable", "type": _NOT_YET_A_CHART}
    titles = {
        name: {"title": axis["title"]}
        for name, axis in spec.pop("config", {}).items()
        if isinstance(axis, dict) and "title" in axis and name.startswith("axis")
    }
    if titles:
        spec["config"] = titles
    spec.pop("$schema", None)
    return _plain(_without_data(spec), depth)


def _without_data(spec: object) -> object:
    if isinstance(spec, list):
        return [_without_data(part) for part in spec]
    if isinstance(spec, dict):
        return {
            name: _without_data(part)
            for name, part in spec.items()
            if name not in ("data", "datasets")
        }
    return spec


# --- reading an answer ----------------------------------------------------------------------------


class _Unread(Exception):
    """The answer has not the form that the question asks for; says in which way."""


def _blank(value: object) -> bool:
    """Whether a plain value is nothing yet: a "?", nothing at all, or only such values."""
    if value is None:
        return True
    if isinstance(value, str):
        return value.strip(" ?.…_-–") == ""
    if isinstance(value, list):
        return all(map(_blank, value))
    if isinstance(value, dict):
        if value.get(MARK) in ("set", "series"):
            return _blank(value["values"])
        return MARK not in value and all(map(_blank, value.values()))
    return False


def _is_table(value: object) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("columns"), list)
        and isinstance(value.get("rows"), list)
        and all(isinstance(row, list) for row in value["rows"])
        and all(len(row) == len(value["columns"]) for row in value["rows"])
    )


def _untouched(question: Question, value: object) -> bool:
    if value == plain(question.start):
        return True
    if question.kind == "CHT":
        return _blank(value) or (_is_chart(value) and not _parts(value, "y"))
    if question.kind == "DF":
        value = _columns_to_table(value)
    if _is_table(value):
        keys = {_fold(key) for key in question.keys}
        places = [at for at, name in enumerate(value["columns"]) if _fold(str(name)) not in keys]
        cells = [row[at] for row in value["rows"] for at in places]
        return all(map(_blank, cells)) and (bool(places) or not value["rows"])
    return _blank(value)


def _what(value: object) -> str:
    """What a plain value is, in words, to say that another form is asked for."""
    if isinstance(value, bool):
        return f"{value} is not a number"
    if isinstance(value, int | float):
        return "That is a number"
    if isinstance(value, str):
        return "That is text"
    if isinstance(value, list):
        return f"That is a list of {len(value)} values"
    if _is_table(value):
        return "That is a table"
    if _is_chart(value):
        return "That is a chart"
    kind = value.get(MARK) if isinstance(value, dict) else None
    if kind == "set":
        return f"That is a set of {len(value['values'])} values"
    if kind == "series":
        return f"That is a column with {len(value['values'])} values"
    if kind == "unreadable":
        return f"That is a {value.get('type')}"
    return "That is a dictionary"


def _fold(text: str) -> str:
    """Text without case, accents, punctuation and doubled spaces, to compare labels.

    >>> _fold("  Born-abroad ONLY. ") == _fold("born abroad only")
    True
    """
    bare = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(sign for sign in bare if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[^\w]+|_", " ", bare).split())


# Numbers

_WORDS_FOR_UNITS = {
    "%": ("%", "percent", "per cent", "percentage", "pct"),
    "persons": ("persons", "people", "person", "foreigners"),
}
_SCALES = {"million": 1e6, "mn": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9, "thousand": 1e3}
_GROUPS = re.compile(r"[1-9]\d{0,2}(?:([ ,.'’_])\d{3})(?:\1\d{3})*")
_GROUPS_AND_DECIMALS = re.compile(r"([1-9]\d{0,2}(?:([ ,.'’_])\d{3})(?:\2\d{3})*)([.,])(\d+)")
_DECIMAL = re.compile(r"\d*[.,]?\d+|\d+[.,]")


def numbers_in(text: str, unit: str = "") -> list[float]:
    """The numbers that a text may mean; several where a comma or point has two readings.

    >>> numbers_in("2,92 %", "%"), numbers_in("12 679 persons", "persons"), numbers_in("12,679")
    ([2.92], [12679.0], [12679.0, 12.679])
    >>> numbers_in("about three")
    []
    """
    bare = unicodedata.normalize("NFKC", text).casefold().replace("\u2212", "-").replace("–", "-")
    bare = bare.strip(" \t\r\n\"'=")
    bare = re.sub(r"^(about|around|approximately|approx\.?|circa|ca\.?|≈|~)\s*", "", bare)
    for word in _WORDS_FOR_UNITS.get(unit, (unit.casefold(),) if unit else ()):
        bare = bare.removesuffix(word).rstrip()
    scale = 1.0
    for word, times in _SCALES.items():
        if re.search(rf"[\d.,]\s*{word}$", bare):
            bare, scale = bare[: -len(word)].rstrip(), times
            break
    bare = bare.removesuffix(".")
    sign = -1.0 if bare.startswith("-") else 1.0
    bare = bare.lstrip("+-").strip() if bare[:1] in ("+", "-") else bare
    return [sign * scale * size for size in _sizes(" ".join(bare.split()))]


def _sizes(digits: str) -> list[float]:
    if re.fullmatch(r"(\d+\.?\d*|\.\d+)e[+-]?\d{1,3}", digits):
        size = float(digits)
        return [size] if math.isfinite(size) else []
    found = []
    if _GROUPS.fullmatch(digits):
        found.append(float(re.sub(r"\D", "", digits)))
    both = _GROUPS_AND_DECIMALS.fullmatch(digits)
    if both and both[2] != both[3]:
        found.append(float(re.sub(r"\D", "", both[1]) + "." + both[4]))
    if _DECIMAL.fullmatch(digits):
        found.append(float(digits.replace(",", ".")))
    return list(dict.fromkeys(found))


def _read_number(question: Question, value: object, expected: object) -> list[float]:
    """The numbers an answer may mean."""
    if isinstance(value, dict) and value.get(MARK) == "series" and len(value["values"]) == 1:
        value = value["values"][0]
    if _is_table(value) and len(value["rows"]) == 1 and len(value["columns"]) == 1:
        value = value["rows"][0][0]
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return [float(value)]
    if isinstance(value, str):
        return _read_number_text(question, value)
    if isinstance(value, list) and 2 <= len(value) <= 4 and all(type(x) is int for x in value):
        raise _Unread(
            "Python reads a comma between digits as two values. "
            "Write a point before decimals, and nothing between thousands."
        )
    raise _Unread(f"{_what(value)}; one number is asked for.")


def _read_number_text(question: Question, value: str) -> list[float]:
    if value in ("nan", "inf", "-inf"):
        raise _Unread(
            "The calculation gave no number. Look for a missing value, or a division by 0."
        )
    found = numbers_in(value, question.unit)
    if found:
        return found
    if re.fullmatch(r"[\d\s.,_e()+*/-]+", value):
        raise _Unread("That is a calculation inside quotation marks. Take them away to compute it.")
    raise _Unread("That is text in which no number could be read.")


# Letters and labels


def _letter(question: Question, value: object) -> str:
    """One letter of the options, or a refusal."""
    offered = {letter.casefold(): letter for letter in question.options}
    last = list(question.options)[-1]
    while isinstance(value, dict) and value.get(MARK) in ("set", "series"):
        value = value["values"]
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, str):
        raise _Unread(f"{_what(value)}; one letter is asked for.")
    for letter, text in question.options.items():
        if _fold(value) in (_fold(text), _fold(f"{letter} {text}")):
            return letter
    said = re.sub(r"^(the )?(answer|option|choice|letter)( is)? ", "", _fold(value))
    if said in offered:
        return offered[said]
    if re.fullmatch(r"[a-z](( and| or)? [a-z])+", said):
        raise _Unread("Those are several letters; one is asked for.")
    raise _Unread(f"No option was recognised. The options are A to {last}.")


def _read_choice(question: Question, value: object, expected: object) -> list:
    if not isinstance(expected, Mapping):
        return [_letter(question, value)]
    parts = list(expected)
    if isinstance(value, str) and re.fullmatch(r"\w+", _fold(value).replace(" ", "")):
        value = _fold(value).split() if " " in _fold(value) else list(_fold(value))
    if isinstance(value, list) and len(value) == len(parts) and _pairs(value) is None:
        value = dict(zip(parts, value, strict=True))
    given = _pairs(value)
    if given is None:
        raise _Unread(f"{_what(value)}; a letter for each of {listing(parts)} is asked for.")
    given = {_fold(name): part for name, part in given}
    missing = [part for part in parts if _blank(given.get(_fold(part)))]
    if missing:
        raise _Unread(f"Still open: {listing(missing)}.")
    return [{part: _letter(question, given[_fold(part)]) for part in parts}]


def _items(value: object, codes: str) -> list | None:
    """The single values of a list, set, column or text; None when it is none of these."""
    if isinstance(value, dict) and value.get(MARK) in ("set", "series"):
        value = value["values"]
    if isinstance(value, str):
        bare = re.sub(r"[\s.,;()&+]|\band\b", "", value.casefold())
        if codes and re.fullmatch(f"[{codes.casefold()}]+", bare):
            return list(bare)
        return [part for part in re.split(r"\s*(?:[,;>→\n&+]|\band\b)\s*", value) if part]
    return value if isinstance(value, list) else None


def _read_several(question: Question, value: object, expected: object) -> list[frozenset]:
    items = _items(value, "".join(question.options))
    if items is None:
        raise _Unread(f"{_what(value)}; a list of letters is asked for.")
    return [frozenset(_letter(question, item) for item in items)]


def _label(text: object, labels) -> str | None:
    return next((label for label in labels if _fold(str(text)) == _fold(label)), None)


def _read_order(question: Question, value: object, expected: object) -> list[tuple]:
    if isinstance(value, dict) and value.get(MARK) == "set":
        raise _Unread("A set has no order. Use square brackets for a list.")
    items = _items(value, "")
    if items is None:
        raise _Unread(f"{_what(value)}; a list in order is asked for.")
    labels = [_label(item, expected) for item in items]
    unknown = [str(item)[:40] for item, label in zip(items, labels, strict=True) if label is None]
    if unknown:
        raise _Unread(f"Not one of the cards: {listing(unknown[:3])}.")
    missing = [label for label in expected if label not in labels]
    if missing or len(labels) != len(expected):
        raise _Unread("Each card is needed once: " + (listing(missing) or "one stands twice") + ".")
    return [tuple(labels)]


def _pairs(value: object) -> list[tuple[str, object]] | None:
    """Name and value of each entry of a dictionary, a column, a table or a list of pairs."""
    if _is_table(value):
        if len(value["columns"]) != 2:
            return None
        return [(str(name), part) for name, part in value["rows"]]
    if isinstance(value, list):
        if all(isinstance(pair, list) and len(pair) == 2 for pair in value):
            return [(str(name), part) for name, part in value]
        return None
    if not isinstance(value, dict) or _is_chart(value):
        return None
    if value.get(MARK) == "series":
        return [(str(name), x) for name, x in zip(value["index"], value["values"], strict=True)]
    return None if MARK in value else list(value.items())


def _read_classes(question: Question, value: object, expected: object) -> list[dict]:
    names = list(expected)
    given = _pairs(value)
    if given is None:
        raise _Unread(f"{_what(value)}; a category for each name is asked for.")
    sorted_cards: dict[str, str] = {}
    for name, category in given:
        card = _label(name, names)
        if card is None:
            raise _Unread(f"“{name[:40]}” is not one of the names.")
        if _blank(category):
            continue
        found = _label(category, question.options) if isinstance(category, str) else None
        if found is None:
            said = category[:40] if isinstance(category, str) else "that"
            raise _Unread(
                f"{card}: “{said}” is not a category. Those are: {listing(question.options)}."
            )
        sorted_cards[card] = found
    missing = [name for name in names if name not in sorted_cards]
    if missing:
        raise _Unread(f"Still open: {listing(missing)}.")
    return [{name: sorted_cards[name] for name in names}]


# Tables


def _columns_to_table(value: object) -> object:
    """A dictionary of lists or a list of records as a table; other values unchanged."""
    if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
        columns = list(value[0])
        return {"columns": columns, "rows": [[row.get(name) for name in columns] for row in value]}
    if not isinstance(value, dict) or _is_table(value) or MARK in value:
        return value
    lists = list(value.values())
    if lists and all(isinstance(part, list) and len(part) == len(lists[0]) for part in lists):
        return {"columns": list(value), "rows": [list(row) for row in zip(*lists, strict=True)]}
    return value


def _read_table(question: Question, value: object, expected: object) -> list[dict]:
    """Rows by key: ``{"net": {"persons": 31688.0}}``; a composite key is a tuple."""
    wanted = [name for name in expected[0] if name not in question.keys]
    table = _columns_to_table(value)
    if len(question.keys) == 1 and len(wanted) == 1 and not _has_columns(table, question, wanted):
        table = _two_columns(table, question.keys[0], wanted[0], expected)
    if not _is_table(table):
        raise _Unread(f"{_what(value)}; a table is asked for.")
    at = {_fold(str(name)): place for place, name in enumerate(table["columns"])}
    missing = [name for name in (*question.keys, *wanted) if _fold(name) not in at]
    if missing:
        raise _Unread(f"The table has no column {listing(missing)}.")
    labels = {_row_key(question, row): row for row in expected}
    folded = {tuple(_fold(str(part)) for part in key): key for key in labels}
    found: dict[tuple, dict] = {}
    for row in table["rows"]:
        key = tuple(_fold(str(row[at[_fold(name)]])) for name in question.keys)
        if key not in folded or folded[key] in found:
            names = listing(" ".join(map(str, label)) for label in labels)
            raise _Unread(f"Each of these rows is needed once, and no other: {names}.")
        cells = {name: row[at[_fold(name)]] for name in wanted}
        found[folded[key]] = _read_cells(question, labels[folded[key]], cells)
    absent = [" ".join(map(str, key)) for key in labels if key not in found]
    if absent:
        raise _Unread(f"A row is missing: {listing(absent)}.")
    return [{key[0] if len(key) == 1 else key: found[key] for key in labels}]


def _row_key(question: Question, row: dict) -> tuple:
    return tuple(row[name] for name in question.keys)


def _has_columns(table: object, question: Question, wanted: list[str]) -> bool:
    have = {_fold(str(name)) for name in table["columns"]} if _is_table(table) else set()
    return {_fold(name) for name in (*question.keys, *wanted)} <= have


def _two_columns(table: object, key: str, wanted: str, expected: list[dict]) -> object:
    """A dictionary, a column, two columns of other names, or one wide row as key and value."""
    labels = {_fold(str(row[key])) for row in expected}
    if _is_table(table) and len(table["rows"]) == 1:
        wide = list(zip(table["columns"], table["rows"][0], strict=True))
        if labels <= {_fold(str(name)) for name, _ in wide}:
            pairs = [(name, part) for name, part in wide if _fold(str(name)) in labels]
            return {"columns": [key, wanted], "rows": [list(pair) for pair in pairs]}
    pairs = _pairs(table)
    if pairs is None or not labels & {_fold(name) for name, _ in pairs}:
        return table
    return {"columns": [key, wanted], "rows": [list(pair) for pair in pairs]}


def _read_cells(question: Question, expected: dict, cells: dict) -> dict:
    read = {}
    for name, cell in cells.items():
        if _blank(cell):
            label = " ".join(str(expected[key]) for key in question.keys)
            raise _Unread(f"Still open: {label}.")
        if isinstance(expected[name], str):
            read[name] = _label(cell, [expected[name]]) or str(cell)[:60]
        else:
            may_be = _read_number(question, cell, expected[name])
            read[name] = min(may_be, key=lambda number: abs(number - expected[name]))
    return read


# Charts


def _is_chart(value: object) -> bool:
    return isinstance(value, dict) and bool(_CHART_KEYS & value.keys()) and not _is_table(value)


def _groups(spec: dict) -> list[dict]:
    """The charts that stand side by side in a specification; one when nothing is joined."""
    for name in ("hconcat", "vconcat", "concat"):
        if isinstance(spec.get(name), list):
            return [one for part in spec[name] if isinstance(part, dict) for one in _groups(part)]
    if isinstance(spec.get("spec"), dict):  # facet or repeat
        inner = spec["spec"] | {"repeated": spec.get("repeat")}
        return _groups({"title": spec.get("title"), "config": spec.get("config")} | inner)
    return [spec]


def _units(spec: dict, encoding: dict) -> list[tuple[object, dict]]:
    """Mark and encoding of each layer, with what it inherits."""
    own = spec.get("encoding") if isinstance(spec.get("encoding"), dict) else {}
    encoding = encoding | own
    if isinstance(spec.get("layer"), list):
        layers = [part for part in spec["layer"] if isinstance(part, dict)]
        return [unit for part in layers for unit in _units(part, encoding)]
    return [(spec.get("mark"), encoding)]


def _parts(spec: dict, channel: str) -> list[object]:
    return [
        encoding[channel]
        for group in _groups(spec)
        for _, encoding in _units(group, {})
        if _blank(encoding.get(channel)) is False
    ]


def _fields(channel: object, repeated: object) -> list[str]:
    """Names of the fields on one channel, lower case."""
    if isinstance(channel, str):
        name = channel
    elif isinstance(channel, dict):
        name = channel.get("field", channel.get("shorthand", ""))
    else:
        return []
    if isinstance(name, dict):  # {"repeat": "repeat"}
        lists = [repeated] if isinstance(repeated, list) else list((repeated or {}).values())
        return [str(one).casefold() for many in lists if isinstance(many, list) for one in many]
    return [re.sub(r":[a-z]+$", "", str(name).casefold())] if name else []


def _title(thing: object) -> str:
    """The words of a title, however it was given."""
    if isinstance(thing, str):
        return thing
    if isinstance(thing, list):
        return " ".join(map(_title, thing))
    if isinstance(thing, dict):
        return " ".join(_title(thing.get(name)) for name in ("title", "text", "subtitle", "axis"))
    return ""


def _seen(group: dict, wanted: Mapping) -> dict[str, bool]:
    """What one chart shows, set against what is wanted."""
    repeated = group.get("repeated")
    marks, on_x, on_y = set(), [], []
    titles = [_title(group.get("title")), _title((group.get("config") or {}).get("axisY"))]
    titles.append(_title((group.get("config") or {}).get("axis")))
    for mark, encoding in _units(group, {}):
        x, y = _fields(encoding.get("x"), repeated), _fields(encoding.get("y"), repeated)
        name = str(mark.get("type") if isinstance(mark, dict) else mark).casefold()
        if any(_names(field, wanted["y"]) for field in y):
            marks.add(name)
        on_x, on_y = on_x + x, on_y + y
        titles.append(_title(encoding.get("y")) if isinstance(encoding.get("y"), dict) else "")
    words = " ".join(titles).casefold()
    scale = ((group.get("resolve") or {}).get("scale") or {}).get("y")
    other = [field for field in on_y if not _names(field, wanted["y"])]
    return {
        "fields": any(_names(field, wanted["x"]) for field in on_x)
        and any(_names(field, wanted["y"]) for field in on_y),
        "marked": bool(marks & set(wanted["mark"])),
        "unit": any(word in words for word in wanted["unit"]),
        "dual": scale == "independent" and len(set(on_y)) > 1,
        "avoided": any(_names(field, wanted["avoid"]) for field in other),
        "turned": any(_names(field, wanted["y"]) for field in on_x)
        and any(_names(field, wanted["x"]) for field in on_y),
    }


def _names(field: str, words) -> bool:
    return any(word in field for word in words)


def _read_chart(question: Question, value: object, expected: object) -> list[dict]:
    """What each chart of the answer shows, the best first."""
    if isinstance(value, dict) and value.get("type") == _NOT_YET_A_CHART:
        raise _Unread("Altair cannot draw this chart yet. Its own message stands under the chart.")
    if not _is_chart(value):
        raise _Unread(f"{_what(value)}; a chart is asked for.")
    seen = [_seen(group, expected) for group in _groups(value)]
    return sorted(seen, key=lambda one: one["fields"] - one["dual"] - one["avoided"], reverse=True)


def _chart_is_right(seen: dict) -> bool:
    good = seen["fields"] and seen["marked"] and seen["unit"]
    return good and not (seen["dual"] or seen["avoided"])


# --- the verdict ----------------------------------------------------------------------------------

_READERS = {
    "NUM": _read_number,
    "MCQ": _read_choice,
    "MSQ": _read_several,
    "ORD": _read_order,
    "CLS": _read_classes,
    "DF": _read_table,
    "CHT": _read_chart,
}


def _close(one: float, other: float, within: float) -> bool:
    return abs(one - other) <= within + 1e-9 * max(abs(one), abs(other))


def _is_right(question: Question, answer: object, expected: object) -> bool:
    if question.kind == "NUM":
        return _close(answer, expected, question.tolerance)
    if question.kind == "MSQ":
        return answer == frozenset(expected)
    if question.kind == "ORD":
        return answer == tuple(expected)
    if question.kind == "CHT":
        return _chart_is_right(answer)
    if question.kind == "DF":
        return _same_rows(question, answer, _read_table(question, plain(expected), expected)[0])
    return answer == expected


def _same_rows(question: Question, one: dict, other: dict) -> bool:
    return one.keys() == other.keys() and all(
        _close(cell, other[key][name], question.tolerance)
        if isinstance(cell, float) and isinstance(other[key][name], float)
        else cell == other[key][name]
        for key, row in one.items()
        for name, cell in row.items()
    )


def _is_that_wrong(
    question: Question, wrong: Wrong, answer: object, expected: object, parameters: dict
) -> bool:
    if wrong.matches is not None:
        return bool(wrong.matches(answer))
    example = plain(wrong.example_for(**parameters))
    example = _READERS[question.kind](question, example, expected)[0]
    if question.kind == "NUM":
        return _close(answer, example, max(question.tolerance / 10, wrong.near * abs(example)))
    if question.kind == "DF":
        return _same_rows(question, answer, example)
    return answer == example


@dataclass(frozen=True)
class Verdict:
    """What is said about an answer: a symbol, a line, and what is kept.

    ``status`` is ○ (not attempted), △ (not yet) or ● (right). ``line`` is all that a notebook
    shows and all that nbval compares. It is plain text only: one source of the words, wrapped here
    because JupyterLab breaks long plain text inside words. The value and the misconception travel
    in the output's metadata, which JupyterLab keeps on save and nbval does not compare.
    """

    status: str
    line: str
    misconception: str
    question: str
    value: object

    @property
    def right(self) -> bool:
        return self.status == "●"

    def __repr__(self) -> str:
        return self.line

    def _repr_mimebundle_(self, include=None, exclude=None):
        kept = {
            "question": self.question,
            "status": self.status,
            "misconception": self.misconception,
            "value": self.value,
        }
        return {"text/plain": self.line}, {"migrationkit": kept}


def wrapped(text: str) -> str:
    """Text in lines that fit beside a cell of JupyterLab."""
    return textwrap.fill(text, WIDTH, break_long_words=True, break_on_hyphens=False)


def _decide(question: Question, value: object, parameters: dict) -> tuple[str, str, str]:
    """Status, sentences and misconception."""
    if _untouched(question, value):
        words = f"Expected: {question.form}. Run the answer's cell first, then this one."
        return "○", words, ""
    expected = question.expected(**parameters)
    try:
        readings = _READERS[question.kind](question, value, expected)
    except _Unread as problem:
        return "△", f"{problem} Expected: {question.form}.", ""
    if any(_is_right(question, answer, expected) for answer in readings):
        return "●", question.meaning, ""
    for answer, wrong in itertools.product(readings, question.wrong):
        if _is_that_wrong(question, wrong, answer, expected, parameters):
            return "△", wrong.hint, wrong.code
    return "△", _generic(question, value, readings[0], expected), ""


def _generic(question: Question, value: object, answer: object, expected: object) -> str:
    """What can be said of a wrong answer that nobody foresaw: its form, never the value."""
    said = ""
    if question.kind == "NUM" and question.unit == "%":
        if _close(100 * answer, expected, question.tolerance):
            said = "That is a part of one. Multiply it by 100 to have per cent. "
    elif question.kind == "NUM" and _close(1000 * answer, expected, question.tolerance):
        said = "Python reads a point as the decimal point. Write nothing between thousands. "
    elif question.kind == "CLS":
        right = sum(answer[name] == category for name, category in expected.items())
        said = f"{right} of {len(expected)} are where the definitions put them. "
    elif question.kind == "DF":
        said = "The form is right, at least one value is not. "
    elif question.kind == "CHT" and not answer["fields"]:
        said = "The fields on x and y are not yet those asked for. "
    return f'{said}Expected: {question.form}. For the next step: kit.hint("{question.id}").'


_BEGINNING = {
    "○": "○ Question {}: not attempted yet.",
    "△": "△ Question {}: not yet.",
    "●": "● Question {}: right.",
}


def judge(question: Question, answer: object, **parameters) -> Verdict:
    """The verdict on any answer. Pure; never raises. ``parameters`` are those of ``expected``.

    >>> judge(questions.find("1.1"), "2,92 %").status
    '●'
    >>> judge(questions.find("1.1"), 191e6 / 6.54e9 * 100, population=6.0e9).status
    '△'
    """
    value = plain(answer)
    try:
        status, words, code = _decide(question, value, parameters)
    except Exception:  # a slip of ours must not stand in a learner's way as a traceback
        status, words, code = "△", f"This answer could not be read. Expected: {question.form}.", ""
    line = wrapped(f"{_BEGINNING[status].format(question.id)} {words}")
    return Verdict(status, line, code, question.id, value)


def right_line(question: Question) -> str:
    """The one line for a right answer: the reference of every check cell."""
    return wrapped(f"{_BEGINNING['●'].format(question.id)} {question.meaning}")


# --- in a notebook --------------------------------------------------------------------------------

_NOT_GIVEN = object()


def unknown(id: object) -> str:
    """A sentence for an id that no question has."""
    number = str(id).partition(".")[0] if isinstance(id, str) else ""
    known = [one.id for one in questions.of_lesson(int(number))] if number.isdecimal() else []
    if not known:
        known = [one.id for lesson in questions.lessons() for one in questions.of_lesson(lesson)]
    said = f"“{id[:40]}”" if isinstance(id, str) else "that"
    return f"There is no question {said}. Questions here: {known[0]} to {known[-1]}."


def check(id: object = "", answer: object = _NOT_GIVEN) -> Verdict:
    """Judge an answer, keep it on this machine and show the verdict; never raises.

    In a notebook: ``kit.check("1.1", share)``. The record holds the status, the plain value, the
    misconception and the number of tries; a blank answer is no try.
    """
    exact = str(plain(id))
    question = questions.find(exact)
    if question is None:
        words = unknown(exact)
        if isinstance(plain(answer), str) and questions.find(plain(answer)):
            words = f'The question comes first: kit.check("{plain(answer)}", your answer).'
        return Verdict("○", wrapped(f"○ {words}"), "", exact[:40], None)
    if answer is _NOT_GIVEN:
        words = f'Name your answer as well: kit.check("{exact}", {question.name}).'
        return Verdict("○", wrapped(f"○ Question {exact}: {words}"), "", exact, None)
    verdict = judge(question, answer)
    _keep(verdict)
    return verdict


def _keep(verdict: Verdict) -> None:
    try:
        before = record.get("answers", verdict.question) or {}
        tries = before.get("tries", 0) + (verdict.status != "○")
        record.put(
            "answers",
            verdict.question,
            {
                "status": verdict.status,
                "value": verdict.value,
                "misconception": verdict.misconception,
                "tries": tries,
            },
        )
    except Exception:  # a full disk, a locked file: verdict and value still stand in the notebook
        return
