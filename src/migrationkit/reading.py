"""What a plain answer says, read as its question asks: a number, letters, a table, a chart.

Reading is tolerant of form (case, spaces, order, decimal comma, thousands) and never guesses at
content. What cannot be read raises :class:`Unread`, which says in which way.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping

from .answers import BARS, CHART_KEYS, MARK, NOT_YET_A_CHART, plain
from .questions import Question
from .text import listing


class Unread(Exception):
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


def untouched(question: Question, value: object) -> bool:
    if value == plain(question.start):
        return True
    if question.kind == "CHT":
        drawn = _is_chart(value) and (_parts(value, "y") or _parts(value, "theta"))
        return _blank(value) or (_is_chart(value) and not drawn)
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
    """Text without case, accents, punctuation, doubled spaces and signs between thousands.

    >>> _fold("  Born-abroad ONLY. ") == _fold("born abroad only")
    True
    >>> _fold("50,000 migrants")
    '50000 migrants'
    """
    bare = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(sign for sign in bare if not unicodedata.combining(sign))
    bare = " ".join(re.sub(r"[^\w]+|_", " ", bare).split())
    return re.sub(r"(?<=\d) (?=\d{3}\b)", "", bare)


# Numbers

_WORDS_FOR_UNITS = {
    "%": ("%", "percent", "per cent", "percentage", "pct", "pour cent", "pourcent", "procent",
          "prozent", "por ciento", "por cento", "per cento"),
    "persons": ("persons", "people", "person", "foreigners", "personnes", "personen"),
}  # fmt: skip
_SCALES = {"million": 1e6, "mn": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9, "thousand": 1e3,
           "thousands": 1e3, "k": 1e3}
_YEARLY = re.compile(r"\s*((a|per|each|every) |/ ?)(year|annum)$")
_WHO = re.compile(r"\s*(net )?(migrants|people|persons)$")
# What may stand after a number, by how its unit begins: "4.31 to 1", "3.3 times".
_AFTER = {
    "people of": re.compile(r"\s*(to|:)\s*(1|one)$|\s*(people|persons)$"),
    "times": re.compile(r"\s*(times( (as (many|large|big)|larger|more))?|x|×|-? ?fold)$"),
}
_GROUPS = re.compile(r"[1-9]\d{0,2}(?:([ ,.'’_])\d{3})(?:\1\d{3})*")
_GROUPS_AND_DECIMALS = re.compile(r"([1-9]\d{0,2}(?:([ ,.'’_])\d{3})(?:\2\d{3})*)([.,])(\d+)")
_DECIMAL = re.compile(r"\d*[.,]?\d+|\d+[.,]")


def numbers_in(text: str, unit: str = "") -> list[float]:
    """The numbers that a text may mean; several where a comma or point has two readings.

    >>> numbers_in("2,92 %", "%"), numbers_in("12 679 persons", "persons"), numbers_in("12,679")
    ([2.92], [12679.0], [12679.0, 12.679])
    >>> numbers_in("251k a year", "thousand a year"), numbers_in("4.31 to 1", "people of 15 to 64")
    ([251.0], [4.31])
    >>> numbers_in("251,2", "thousand a year"), numbers_in("251,200", "thousand a year")
    ([251.2], [251200.0])
    >>> numbers_in("about three")
    []
    """
    bare = unicodedata.normalize("NFKC", text).casefold().replace("\u2212", "-").replace("–", "-")
    bare = bare.strip(" \t\r\n\"'=").removesuffix(".")
    bare = re.sub(r"^(about|around|approximately|approx\.?|circa|ca\.?|≈|~)\s*", "", bare)
    for word in _WORDS_FOR_UNITS.get(unit, (unit.casefold(),) if unit else ()):
        bare = bare.removesuffix(word).rstrip()
    for begins, after in _AFTER.items():
        bare = after.sub("", bare) if unit.startswith(begins) else bare
    heads = False
    if unit.endswith("a year"):
        bare = _YEARLY.sub("", bare)
        bare, heads = _WHO.subn("", bare)
    scale, scaled = 1.0, False
    for word, times in _SCALES.items():
        if re.search(rf"[\d.,]\s*{word}$", bare):
            scaled = True
            # A unit of thousands is in thousands already: "251 thousand" is 251 there.
            scale = times / _SCALES.get(unit.split(" ")[0], 1.0)
            bare = bare[: -len(word)].rstrip()
            break
    bare = bare.removesuffix(".")
    sign = -1.0 if bare.startswith("-") else 1.0
    bare = bare.lstrip("+-").strip() if bare[:1] in ("+", "-") else bare
    sizes = _sizes(" ".join(bare.split()))
    if not scaled and unit.split(" ")[0] in _SCALES and "," in bare:
        # In a unit of thousands "251,200" would be right by luck: there it is written in persons.
        sizes = sizes[:1]
    if heads and not scaled and unit.startswith("thousand"):
        sizes = [size if size >= 1000 else size / 1000 for size in sizes]  # "251 people" are few
    return [sign * scale * size for size in sizes]


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
    several = isinstance(value, list) and 2 <= len(value) <= 4
    # 2,92 is (2, 92), and 1,228.3/371.9 is (1, 228.3/371.9).
    if several and type(value[0]) is int and all(type(x) in (int, float) for x in value):
        raise Unread(
            "Python reads a comma between digits as two values. "
            "Write a point before decimals, and nothing between thousands."
        )
    raise Unread(f"{_what(value)}; one number is asked for.")


def _read_number_text(question: Question, value: str) -> list[float]:
    if value in ("nan", "inf", "-inf"):
        raise Unread(
            "The calculation gave no number that can be used. "
            "Look for a missing value, a division by 0 or far too many digits."
        )
    led_in = r"^[^\d=:]{0,60}?(=|:|\b(?:is|are|was|were|be)\b)"
    said = re.sub(led_in, "", value, count=1, flags=re.IGNORECASE)
    found = numbers_in(said, question.unit) or _before_words(question, said)
    if found:
        return found
    per_cent = re.fullmatch(r"[\d\s.,]+(%|per ?cent)", value.strip(), re.IGNORECASE)
    if question.unit.startswith("times") and per_cent:
        raise Unread("That is in %, and may be the growth alone. How many times is it?")
    if re.fullmatch(r"[\d\s.,_e()+*/-]+", value):
        raise Unread("That is a calculation inside quotation marks. Take them away to compute it.")
    if re.search(r"\d", value):
        raise Unread("That is text with more than a number. Write the number alone.")
    raise Unread("That is text in which no number could be read.")


_NUMBER_AND_WORDS = re.compile(r"\s*([-+−]?\d[\d.,'’ ]*)[\s(]*((?:%|[^\W\d_])[\w\s.,:;()/’'+–-]*)")
_OR_OLDER = re.compile(r"\bor (more|older|over|above)\b")
# Words that make another number of the one before them, by how its unit begins.
_OTHERWISE = {
    "thousand": re.compile(r"\b(months?|weeks?|days?|periods?|years|decades?|total|all)\b"),
    "times": re.compile(r"\b(smaller|less|fewer|migrants)\b"),
    "people of": re.compile(r"^(of|aged) 65\b|\b(for|to|per) (each )?\w+ of working age\b"),
}


def _before_words(question: Question, text: str) -> list[float]:
    """The number that a text begins with, when its unit follows and no other value does.

    "4.31 people of 15 to 64" is one number; "4.31 or 4.28" and "152 votes" for a share are not.
    """
    parts = _NUMBER_AND_WORDS.fullmatch(text.casefold())
    if not parts:
        return []
    number, words = parts.groups()
    unit = question.unit.casefold()
    first, _, rest = words.partition(" ")
    ratio = unit.startswith("people of")
    fitting = {unit.split(" ")[0], *(("persons", "per", "for", "to") if ratio else ())}
    ages = re.findall(r"\d+", unit)
    asked = {*re.findall(r"\d+", question.prompt), *ages, *(("65",) if ratio else ())}
    named = re.findall(r"\d+", rest)
    turned = ages and ages[0] in named[1:]  # "… of 65 and more for each of 15 to 64"
    if first not in fitting or set(named) - asked or turned:
        return []
    if any(unit.startswith(begins) and other.search(f"{first} {rest}" if first == "per" else rest)
           for begins, other in _OTHERWISE.items()):  # fmt: skip
        return []
    if set(_OR_OLDER.sub("", rest).split()) & {*_SCALES, "%", "or", "not"}:
        return []
    return numbers_in(f"{number} {first}" if first in _SCALES else number, question.unit)


# Letters and labels

# Words around a letter that change nothing: "it is C", "I think the answer is C".
_FILLERS = frozenset(
    ("the", "my", "answer", "answers", "option", "options", "choice", "letter", "letters",
     "sentence", "is", "are", "it", "s", "i", "think", "choose", "and", "right", "correct")
)  # fmt: skip


def _bare_words(question: Question, value: str) -> list[str]:
    """The words of a text without those that only lead up to its letters."""
    fillers = _FILLERS | set(_fold(question.name).split())
    words = _fold(value.replace("=", " ")).split()
    return [word for word in words if word not in fillers]


def _letter(question: Question, value: object) -> str:
    """One letter of the options, or a refusal."""
    offered = {letter.casefold(): letter for letter in question.options}
    last = list(question.options)[-1]
    while isinstance(value, dict) and value.get(MARK) in ("set", "series"):
        value = value["values"]
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, str):
        raise Unread(f"{_what(value)}; one letter is asked for.")
    for letter, text in question.options.items():
        if _fold(value) in (_fold(text), _fold(f"{letter} {text}")):
            return letter
    parts = [(_fold(part), letter) for letter, text in question.options.items()
             for part in text.partition(":")[::2] if part]  # "gap: tasks that nobody leads"
    named = [letter for part, letter in parts if part == _fold(value)]
    if len(named) == 1:
        return named[0]
    reasoned = re.split(r"\b(?:because|since)\b|(?<=^[A-Za-z]):", value, flags=re.IGNORECASE)[0]
    said = " ".join(_bare_words(question, reasoned))
    if said in offered:
        return offered[said]
    if re.fullmatch(r"[a-z](( or)? [a-z])+", said):
        if question.kind == "MSQ":
            raise Unread("Each letter stands in quotation marks of its own.")
        raise Unread("Those are several letters; one is asked for.")
    raise Unread(f"No option was recognised. The options are A to {last}.")


def _read_choice(question: Question, value: object, expected: object) -> list:
    if not isinstance(expected, Mapping):
        return [_letter(question, value)]
    parts = list(expected)
    if isinstance(value, str):
        value = _letters_in(question, value, parts)
    if isinstance(value, list) and len(value) == len(parts) and _pairs(value) is None:
        value = dict(zip(parts, value, strict=True))
    given = _pairs(value)
    if given is None:
        raise Unread(f"{_what(value)}; a letter for each of {listing(parts)} is asked for.")
    given = {_fold(name): part for name, part in given}
    missing = [part for part in parts if _blank(given.get(_fold(part)))]
    if missing:
        raise Unread(f"Still open: {listing(missing)}.")
    return [{part: _letter(question, given[_fold(part)]) for part in parts}]


def _letters_in(question: Question, text: str, parts: list[str]) -> object:
    """The letters of a text, in the order of the parts or each after its part ("a: D, b: B")."""
    signs = "".join(_bare_words(question, text))
    if len(signs) == len(parts):
        return list(signs)
    if len(signs) == 2 * len(parts) and sorted(signs[::2]) == sorted(map(_fold, parts)):
        return dict(zip(signs[::2], signs[1::2], strict=True))
    return text


def _letters_of(text: object, codes: str) -> list[str]:
    """The letters of a text that holds nothing else, such as "A, C and D" or "A/C"; else none."""
    if not isinstance(text, str) or not codes:
        return []
    bare = re.sub(r"[\s.,;()&+/|]|\band\b", "", text.casefold())
    return list(bare) if re.fullmatch(f"[{codes.casefold()}]+", bare) else []


def _items(value: object, codes: str) -> list | None:
    """The single values of a list, set, column or text; None when it is none of these."""
    if isinstance(value, dict) and value.get(MARK) in ("set", "series"):
        value = value["values"]
    if _is_table(value) and len(value["columns"]) == 1:
        value = [cell for (cell,) in value["rows"]]
    if isinstance(value, dict) and value and all(name.isdecimal() for name in value):
        value = [value[name] for name in sorted(value, key=int)]  # {1: "first", 2: "second"}
    if isinstance(value, str):
        letters = _letters_of(value, codes)
        if letters:
            return letters
        return [part for part in re.split(r"\s*(?:[,;<>→\n&+]|\band\b)\s*", value) if part]
    if isinstance(value, dict) and value and all(type(part) is bool for part in value.values()):
        return [name for name, part in value.items() if part]  # {"A": True, "B": False}
    return value if isinstance(value, list) else None


def _read_several(question: Question, value: object, expected: object) -> list[frozenset]:
    codes = "".join(question.options)
    items = _items(value, codes)
    if items is None:
        raise Unread(f"{_what(value)}; a list of letters is asked for.")
    items = [letter for item in items for letter in _letters_of(item, codes) or [item]]
    if any(map(_blank, items)):
        raise Unread("A “?” is left: replace it by a letter, or take it out.")
    return [frozenset(_letter(question, item) for item in items)]


def _label(text: object, labels) -> str | None:
    return next((label for label in labels if _fold(str(text)) == _fold(label)), None)


def _read_order(question: Question, value: object, expected: object) -> list[tuple]:
    if isinstance(value, dict) and value.get(MARK) == "set":
        raise Unread("A set has no order. Use square brackets for a list.")
    items = _items(value, "")
    if items is None:
        raise Unread(f"{_what(value)}; a list in order is asked for.")
    if isinstance(value, str) and _signs_are_turned(question, value):
        items = items[::-1]
    labels = [
        _label(item, expected) or _label(re.sub(r"^\s*\d+[.):]\s*", "", str(item)), expected)
        for item in items
    ]
    unknown = [str(item)[:40] for item, label in zip(items, labels, strict=True) if label is None]
    if unknown:
        raise Unread(f"Not one of the cards: {listing(unknown[:3])}.")
    missing = [label for label in expected if label not in labels]
    if missing or len(labels) != len(expected):
        raise Unread("Each card is needed once: " + (listing(missing) or "one stands twice") + ".")
    return [tuple(labels)]


def _signs_are_turned(question: Question, text: str) -> bool:
    """Whether "a > b" stands where the fewest, or "a < b" where the most, are to be first.

    Where nothing is more or less, as with dates, the signs are arrows.
    """
    signs = set(re.findall(r"(?<![-=])[<>]", text))
    first = re.search(r"\b(fewest|smallest|most|largest)\b", question.form)
    if len(signs) != 1 or not first:
        return False
    return signs == ({">"} if first[1] in ("fewest", "smallest") else {"<"})


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
    if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
        value = _columns_to_table(value)
    given = _pairs(value)
    if given is None:
        raise Unread(f"{_what(value)}; a category for each name is asked for.")
    sorted_cards: dict[str, str] = {}
    for name, category in given:
        card = _label(name, names)
        if card is None:
            raise Unread(f"“{name[:40]}” is not one of the names.")
        if _blank(category):
            continue
        while isinstance(category, list) and len(category) == 1:
            category = category[0]
        if not isinstance(category, str):
            raise Unread(f"{card}: {_lower(_what(category))}; one category is asked for.")
        found = _label(category, question.options) or _label(_bare(category), question.options)
        if found is None:
            raise Unread(
                f"{card}: “{category[:40]}” is not a category. "
                f"Those are: {listing(question.options)}."
            )
        sorted_cards[card] = found
    missing = [name for name in names if name not in sorted_cards]
    if missing:
        raise Unread(f"Still open: {listing(missing)}.")
    return [{name: sorted_cards[name] for name in names}]


def _bare(category: str) -> str:
    """A category without its article or plural: "a forecast", "forecasts"."""
    return re.sub(r"^(an?|the) |s$", "", _fold(category))


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


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


def read_table(question: Question, value: object, expected: object) -> list[dict]:
    """Rows by key: ``{"net": {"persons": 31688.0}}``; a composite key is a tuple."""
    wanted = [name for name in expected[0] if name not in question.keys]
    table = _columns_to_table(value)
    if len(question.keys) == 1 and len(wanted) == 1 and not _has_columns(table, question, wanted):
        table = _two_columns(table, question.keys[0], wanted[0], expected)
    if not _is_table(table):
        raise Unread(f"{_what(value)}; a table is asked for.")
    at = {_fold(str(name)): place for place, name in enumerate(table["columns"])}
    missing = [name for name in (*question.keys, *wanted) if _fold(name) not in at]
    if missing:
        raise Unread(f"The table has no column {listing(missing)}.")
    labels = {_row_key(question, row): row for row in expected}
    folded = {tuple(_fold(str(part)) for part in key): key for key in labels}
    found: dict[tuple, dict] = {}
    for row in table["rows"]:
        key = tuple(_fold(str(row[at[_fold(name)]])) for name in question.keys)
        if key not in folded or folded[key] in found:
            names = listing(" ".join(map(str, label)) for label in labels)
            raise Unread(f"Each of these rows is needed once, and no other: {names}.")
        cells = {name: row[at[_fold(name)]] for name in wanted}
        found[folded[key]] = _read_cells(question, labels[folded[key]], cells)
    absent = [" ".join(map(str, key)) for key in labels if key not in found]
    if absent:
        raise Unread(f"A row is missing: {listing(absent)}.")
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
            raise Unread(f"Still open: {label}.")
        if isinstance(expected[name], str):
            read[name] = _label(cell, [expected[name]]) or str(cell)[:60]
        else:
            may_be = _read_number(question, cell, expected[name])
            read[name] = min(may_be, key=lambda number: abs(number - expected[name]))
    return read


# Charts


def _is_chart(value: object) -> bool:
    return isinstance(value, dict) and bool(CHART_KEYS & value.keys()) and not _is_table(value)


def _groups(spec: dict) -> list[dict]:
    """The charts that stand side by side in a specification; one when nothing is joined."""
    for name in ("hconcat", "vconcat", "concat"):
        if isinstance(spec.get(name), list):
            return [one for part in spec[name] if isinstance(part, dict) for one in _groups(part)]
    if isinstance(spec.get("spec"), dict):  # facet or repeat
        steps = [*_steps(spec), *_steps(spec["spec"])]
        inner = spec["spec"] | {"repeated": spec.get("repeat"), "transform": steps}
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
    if not name and isinstance(channel, dict) and channel.get("aggregate") == "count":
        return ["count"]
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


def _steps(group: dict) -> list[dict]:
    """What a chart does to its rows before it draws them."""
    steps = group.get("transform")
    return [step for step in steps if isinstance(step, dict)] if isinstance(steps, list) else []


def _layers(group: dict) -> list[dict]:
    layers = group.get("layer") if isinstance(group.get("layer"), list) else []
    return [layer for layer in layers if isinstance(layer, dict)]


def _calculated(group: dict) -> dict[str, str]:
    """Name and expression, lower case, of each field that a chart calculates itself."""
    inner = [one for layer in _layers(group) for one in _calculated(layer).items()]
    own = [
        (str(step["as"]).casefold(), str(step["calculate"]).casefold())
        for step in _steps(group)
        if {"as", "calculate"} <= step.keys()
    ]
    return dict(own + inner)


def _filtered(group: dict, marks) -> bool:
    """Whether rows are left out of what is drawn with these marks; a label may be for one row."""
    if any("filter" in step for step in _steps(group)):
        return True
    return any(
        _filtered(layer, marks)
        for layer in _layers(group)
        if "layer" in layer or _mark_of(layer.get("mark")) in marks
    )


def _summed_up(group: dict) -> dict[str, object]:
    """Name, lower case, of each field that a chart makes from many rows, and by which operation."""
    found = {}
    for layer in _layers(group):
        found |= _summed_up(layer)
    for step in _steps(group):
        for name in ("aggregate", "joinaggregate", "window"):
            parts = step.get(name) if isinstance(step.get(name), list) else []
            found |= {
                str(part.get("as")).casefold(): part.get("op")
                for part in parts
                if isinstance(part, dict)
            }
    return found


def _kinds(wanted: Mapping, made: Mapping[str, str]) -> dict[str, str]:
    """Of each calculated field what it stands for: ``x``, ``y`` or ``avoid``.

    A share is made from a share, or divided by another field. A count stays one under any name.
    What cannot be told from the expression is left to the name.
    """
    kinds: dict[str, str] = {}
    for name, expression in made.items():
        used = [kinds[one] for one in re.findall(r"\w+", expression) if one in kinds]
        if "y" in used or _names(expression, wanted["y"]) or _DIVIDES.search(expression):
            kinds[name] = "y"
        elif "avoid" in used or _names(expression, wanted["avoid"]):
            kinds[name] = "avoid"
        elif "x" in used or _names(expression, wanted["x"]):
            kinds[name] = "x"
    return kinds


_DIVIDES = re.compile(r"/[^+-]*\bdatum\b")
_BY_A_HUNDRED = re.compile(r"/\s*100(?![\d.])|\*\s*0?\.01(?!\d)|(?<![\d.])0?\.01\s*\*")
_TIMES_A_HUNDRED = re.compile(r"(?<![\d.])100\s*\*|\*\s*100(?![\d.])")


def _part_of_one(expression: str, wanted: Mapping) -> bool:
    """Whether an expression surely makes a part of one, where per cent may be meant."""
    if _names(expression, wanted["y"]) and not _DIVIDES.search(expression):
        taken_away = _BY_A_HUNDRED.search(expression)
        return bool(taken_away) and not _TIMES_A_HUNDRED.search(expression)
    divided = _DIVIDES.search(expression) and not re.search(r"(?<![\w.])[\d.]", expression)
    return bool(divided)


def _misused(group: dict, y: Mapping, field: str, wanted: Mapping) -> set[str]:
    """What keeps a channel with the right field from showing its values.

    ``summary``: an operation that counts instead of summing up. ``type``: values as names.
    ``bin``: values in classes. ``part``: a part of one on an axis that does not turn it into %.
    """
    if "summary" not in wanted:
        return set()
    operation = y.get("aggregate") or _summed_up(group).get(field)
    axis = y.get("axis") if isinstance(y.get("axis"), dict) else {}
    in_percent = "%" in str(axis.get("format", ""))
    found = {
        "summary": operation is not None and operation not in wanted["summary"],
        "type": y.get("type") not in (None, "quantitative"),
        "bin": bool(y.get("bin")),
        "part": _part_of_one(_calculated(group).get(field, ""), wanted) and not in_percent,
    }
    return {fault for fault, here in found.items() if here}


def _seen(group: dict, wanted: Mapping) -> dict[str, bool]:
    """What one chart shows, set against what is wanted."""
    kinds = _kinds(wanted, _calculated(group))

    def counts_as(kind: str, field: str) -> bool:
        return kinds[field] == kind if field in kinds else _names(field, wanted[kind])

    repeated = group.get("repeated")
    marks, on_x, on_y, misused = set(), [], [], set()
    titles = [_title(group.get("title")), _title((group.get("config") or {}).get("axisY"))]
    titles.append(_title((group.get("config") or {}).get("axis")))
    units, ranked = _units(group, {}), {}
    if wanted.get("ranked"):
        ranked = {"arc": any(_mark_of(mark) == "arc" for mark, _ in units)}
        units = [(mark, _upright(encoding, repeated, counts_as)) for mark, encoding in units]
        held = group.get(BARS)
        encodings = [encoding for _, encoding in units]
        ranked |= _ranked(encodings, counts_as, held if isinstance(held, dict) else {})
        ranked["strangers"] = _strangers(group, wanted)
        titles += _titles_by_default(encodings)
        titles.append(_title((group.get("config") or {}).get("axisX")))
    for mark, encoding in units:
        x, y = _fields(encoding.get("x"), repeated), _fields(encoding.get("y"), repeated)
        name = _mark_of(mark)
        if any(counts_as("y", field) for field in y):
            marks.add(name)
        for field in y if isinstance(encoding.get("y"), dict) else ():
            if counts_as("y", field) and name in wanted["mark"]:
                misused |= _misused(group, encoding["y"], field, wanted)
        on_x, on_y = on_x + x, on_y + y
        titles.append(_title(encoding.get("y")) if isinstance(encoding.get("y"), dict) else "")
    words = _NEGATED.sub(" ", " ".join(titles).casefold())
    scale = ((group.get("resolve") or {}).get("scale") or {}).get("y")
    other = [field for field in on_y if not counts_as("y", field)]
    return {
        "fields": any(counts_as("x", field) for field in on_x)
        and any(counts_as("y", field) for field in on_y),
        "marked": bool(marks & set(wanted["mark"])),
        "unit": any(_says(words, unit) for unit in wanted["unit"]),
        "dual": scale == "independent" and len(set(on_y)) > 1,
        "avoided": any(counts_as("avoid", field) for field in other),
        "misused": frozenset(misused),
        "filtered": "summary" in wanted and _filtered(group, wanted["mark"]),
        "turned": any(counts_as("y", field) for field in on_x)
        and any(counts_as("x", field) for field in on_y),
    } | ranked


def _mark_of(mark: object) -> str:
    return str(mark.get("type") if isinstance(mark, dict) else mark).casefold()


def _upright(encoding: dict, repeated: object, counts_as) -> dict:
    """The encoding with its values on y: bars may stand or lie. Keeps where they were."""
    lying = any(counts_as("y", field) for field in _fields(encoding.get("x"), repeated))
    turned = {"x": encoding.get("y"), "y": encoding.get("x")} if lying else {}
    return encoding | turned | {"values on": "x" if lying else "y"}


def _strangers(group: dict, wanted: Mapping) -> bool:
    """Whether a chart draws a bar of what is asked to be left out, or of nothing.

    A filter inside the chart is not run: one on the field itself, or on one that tells it, counts.
    """
    filters = repr(_filters(group)).casefold()
    held = group.get(BARS)
    for field, bars in held.items() if isinstance(held, dict) else ():
        told = (field.casefold(), *wanted["told_by"])
        if _names(field.casefold(), wanted["x"]) and not any(word in filters for word in told):
            return any(label in bars for label in ("null", *wanted["left_out"]))
    return False


def _filters(part: object) -> list[object]:
    if isinstance(part, list):
        return [found for one in part for found in _filters(one)]
    if not isinstance(part, dict):
        return []
    inner = [found for name, one in part.items() if name != BARS for found in _filters(one)]
    return inner + ([part["filter"]] if "filter" in part else [])


def _titles_by_default(encodings: list[dict]) -> list[str]:
    """The name of each field of values that has no title: it is what the axis then says."""
    values = [encoding.get("y") for encoding in encodings]
    return [
        " ".join(_fields(value, None))
        for value in values
        if isinstance(value, dict) and value.get("aggregate") != "count"
        and "title" not in value and "title" not in (value.get("axis") or {})
    ]  # fmt: skip


def _ranked(encodings: list[dict], counts_as, held: Mapping) -> dict[str, bool]:
    """Whether the longest bar stands first, or the shortest, and whether bars begin at zero.

    A list and ``None`` say that the maker gave the order, which is set against the data.
    """
    in_order, short_first, from_zero = False, False, True
    for encoding in encodings:
        bars, values = encoding.get("x"), encoding.get("y")
        sort = bars["sort"] if isinstance(bars, dict) and "sort" in bars else "alphabet"
        if isinstance(sort, dict):
            by_length = sort.get("encoding") == encoding["values on"] or counts_as(
                "y", str(sort.get("field", "")).casefold()
            )
            by_length |= sort.get("op") == "count"
            in_order |= by_length and sort.get("order") == "descending"
            short_first |= by_length and sort.get("order") != "descending"
        elif sort is None or isinstance(sort, list):
            lengths = _lengths(bars, values, held, sort or [])
            in_order |= lengths == sorted(lengths, reverse=True)
        else:
            in_order |= sort == f"-{encoding['values on']}"
            short_first |= sort == encoding["values on"]
        scale = (values.get("scale") or {}) if isinstance(values, dict) else {}
        if isinstance(scale, dict):
            domain = scale.get("domain")
            begins = domain[0] if isinstance(domain, list) and domain else 0
            from_zero &= scale.get("zero") is not False and begins in (0, "0")
    return {"ranked": in_order, "short_first": short_first, "zero": from_zero}


def _lengths(bars: object, values: object, held: Mapping, order: list) -> list[float]:
    """The lengths of the bars in the order given, then in that of the data; none if unknown."""
    names = {name.casefold(): by_label for name, by_label in held.items()}
    by_label = next((names[one] for one in _fields(bars, None) if one in names), {})
    number = "rows"
    if isinstance(values, dict) and values.get("aggregate") != "count":
        number = next(iter(_fields(values, None)), "rows")
    first = [label for label in order if isinstance(label, str) and label in by_label]
    folded = [
        {name.casefold(): size for name, size in by_label[label].items()}
        for label in dict.fromkeys([*first, *by_label])
    ]
    return [one[number] for one in folded if number in one]


_NEGATED = re.compile(
    r"(\b(not|no|without)|n[’']t)\s+((an?|the|in|as|of)\s+)*(per\s+cent|[\w%]+)", re.IGNORECASE
)


def _says(text: str, words: str) -> bool:
    """Whether a text holds these words as whole words: "percentile" does not say "percent"."""
    if not words[0].isalnum():
        return words in text
    further = r"[.,\s]?\d" if words[-1].isdigit() else r"[^\W_]"
    return bool(re.search(rf"(?<![^\W_]){re.escape(words)}(?![^\W_]|{further})", text))


def _names(field: str, words) -> bool:
    return any(word in field for word in words)


def _read_chart(question: Question, value: object, expected: object) -> list[dict]:
    """What each chart of the answer shows, the best first."""
    if isinstance(value, dict) and value.get("type") == NOT_YET_A_CHART:
        raise Unread("Altair cannot draw this chart yet. Its own message stands under the chart.")
    if not _is_chart(value):
        raise Unread(f"{_what(value)}; a chart is asked for.")
    seen = [_seen(group, expected) for group in _groups(value)]
    return sorted(seen, key=lambda one: one["fields"] - one["dual"] - one["avoided"], reverse=True)


def chart_is_right(seen: dict) -> bool:
    good = seen["fields"] and seen["marked"] and seen["unit"]
    good = good and seen.get("ranked", True) and seen.get("zero", True)
    faults = ("dual", "avoided", "misused", "filtered", "strangers")
    return good and not any(seen.get(fault) for fault in faults)


READERS = {
    "NUM": _read_number,
    "MCQ": _read_choice,
    "MSQ": _read_several,
    "ORD": _read_order,
    "CLS": _read_classes,
    "DF": read_table,
    "CHT": _read_chart,
}
