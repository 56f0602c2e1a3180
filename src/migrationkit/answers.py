"""An answer of any type as plain, bounded data; whatever the answer is, nothing of it is run.

Numbers stay numbers, tables become columns and rows, a chart its specification without data. So
nothing that an answer defines for itself (``__eq__``, ``__str__``) is ever asked.
"""

from __future__ import annotations

import decimal
import fractions
import itertools
import json
import math
import sys

import numpy as np
import pandas as pd

LONGEST_TEXT = 300  # signs
MOST_ITEMS = 200  # of a list, a dictionary, a table's rows
MOST_COLUMNS = 30
DEEPEST = 14
LARGEST_ANSWER = 20_000  # bytes of JSON
MARK = "$"  # key that says what kind of thing a plain dictionary stands for


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
    if depth == 1 and any(type(name) is str and name in CHART_KEYS for name in dict.keys(value)):
        pairs = [
            (name, part) for name, part in pairs if name not in ("$schema", "data", "datasets")
        ]
        spec = _without_data({_key(name): _plain(part, depth) for name, part in pairs})
        bars = _bars_of(value)
        return spec | {BARS: bars} if bars else spec
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


CHART_KEYS = {"mark", "encoding", "layer", "hconcat", "vconcat", "concat", "facet", "repeat"}
NOT_YET_A_CHART = "chart that cannot be drawn yet"


def _plain_chart(chart: object, altair, depth: int) -> dict:
    try:
        with altair.data_transformers.disable_max_rows():
            spec = chart.to_dict(validate=False)
    except Exception:  # Altair's own complaint about an unfinished chart
        return {MARK: "unreadable", "type": NOT_YET_A_CHART}
    bars = _bars_of(spec)
    titles = {
        name: {"title": axis["title"]}
        for name, axis in spec.pop("config", {}).items()
        if isinstance(axis, dict) and "title" in axis and name.startswith("axis")
    }
    if titles:
        spec["config"] = titles
    spec.pop("$schema", None)
    if bars:
        spec[BARS] = bars
    return _plain(_without_data(spec), depth)


BARS = "bars"  # beside a chart's specification: what its data hold, in short
MOST_BARS = 12


def _bars_of(spec: dict) -> dict[str, dict[str, dict[str, float]]]:
    """Of each drawn field with few labels: by label the rows and the sums of drawn numbers.

    A missing label is ``null``. Labels stand as the data do, so that an order can be judged.
    """
    drawn, tables = set(), []

    def walk(part: object) -> None:
        if type(part) is list:
            for one in part:
                walk(one)
        elif type(part) is dict:
            for name, one in part.items():
                if name == "field" and type(one) is str:
                    drawn.add(one)
                if name == "values" and type(one) is list:
                    tables.append(one)
                elif name == "datasets" and type(one) is dict:
                    tables.extend(table for table in one.values() if type(table) is list)
                else:
                    walk(one)

    walk(spec)
    rows = [row for table in tables for row in table if type(row) is dict]
    found = {}
    for field in sorted(drawn):
        held = _by_label(field, rows, drawn)
        if held and len(held) <= MOST_BARS:
            found[field] = held
    return found


def _by_label(field: str, rows: list[dict], drawn: set[str]) -> dict[str, dict[str, float]]:
    held: dict[str, dict[str, float]] = {}
    for row in rows:
        label = row.get(field, 0)  # a row of another layer has no such field
        if type(label) is float and math.isnan(label):
            label = None
        if label is not None and type(label) is not str:
            continue
        bar = held.setdefault("null" if label is None else label, {"rows": 0})
        if len(held) > MOST_BARS:
            break
        bar["rows"] += 1
        for name in drawn & row.keys():
            if type(row[name]) in (int, float) and math.isfinite(row[name]):
                bar[name] = bar.get(name, 0) + row[name]
    return held


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
