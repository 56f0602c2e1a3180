"""Numbers and lists as people read them. Pure functions; nothing here reads data.

Three rules hold for all of them. A missing value is never printed as a number: it reads
"not known". Halves are rounded away from zero, as people do it (Python's own `round` goes to
the even digit). A minus is the sign that charts use, and what rounds to zero carries none.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal
from numbers import Integral

UNKNOWN = "not known"
MINUS = "\N{MINUS SIGN}"
_SCALES = ((Decimal(10) ** 6, "million"), (Decimal(10) ** 9, "billion"))
_MOST_DECIMALS = 6  # beyond this a float shows its own noise: 0.1 + 0.2


def number(x, digits: int | None = None) -> str:
    """`x` with commas between thousands and `digits` decimals.

    Without `digits` it keeps the decimals that are there, six at most. Numbers of any kind
    (int, float, numpy) are welcome; None, NaN, infinity and text give "not known".

    >>> number(31688)
    '31,688'
    >>> number(2.925, 2), number(2.5), number(191_000_000.0)
    ('2.93', '2.5', '191,000,000')
    >>> number(float("nan"))
    'not known'
    """
    value = _decimal(x)
    if value is None:
        return UNKNOWN
    text = _fixed(value, _MOST_DECIMALS if digits is None else digits)
    if digits is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", MINUS)


def people(n) -> str:
    """`n` persons at no more than three digits above a million, whole persons below.

    >>> people(304_021_813), people(8_161_972_573), people(31_688)
    ('304 million', '8.16 billion', '31,688')
    """
    value = _decimal(n)
    if value is None:
        return UNKNOWN
    rounded = value.quantize(Decimal(1), ROUND_HALF_UP, context=_wide(value, 0))
    if abs(rounded) < _SCALES[0][0]:
        return number(rounded, 0)
    # Round first, name the scale after: 999,999,999 is 1 billion, not 1,000 million.
    short = Context(prec=3, rounding=ROUND_HALF_UP).plus(rounded)
    unit, word = [scale for scale in _SCALES if abs(short) >= scale[0]][-1]
    return f"{number(short / unit)} {word}"


def percent(x, digits: int = 1) -> str:
    """`x`, already in per cent (3.7, not 0.037), with a space before the sign.

    >>> percent(3.7249), percent(2.93, 2), percent(100, 0)
    ('3.7 %', '2.93 %', '100 %')
    """
    text = number(x, digits)
    return text if text == UNKNOWN else f"{text} %"


def listing(items: Iterable) -> str:
    """Items in one phrase, with "and" before the last.

    >>> listing(["a", "b", "c"]), listing(["a", "b"]), listing(["a"]), listing([])
    ('a, b and c', 'a and b', 'a', '')
    """
    words = [str(item) for item in items]
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _decimal(x) -> Decimal | None:
    """`x` as a Decimal, or None when it is missing, infinite or no number."""
    if isinstance(x, (str, bytes)):
        return None
    if isinstance(x, Decimal):
        return x if x.is_finite() else None
    if isinstance(x, Integral):
        return Decimal(int(x))  # keeps every digit of a large integer
    try:
        value = float(x)
    except (TypeError, ValueError):  # None, pd.NA, a list
        return None
    return Decimal(repr(value)) if math.isfinite(value) else None


def _fixed(value: Decimal, digits: int) -> str:
    """`value` with exactly `digits` decimals and commas between thousands."""
    step = Decimal(1).scaleb(-digits)
    rounded = value.quantize(step, ROUND_HALF_UP, context=_wide(value, digits))
    return f"{rounded if rounded else abs(rounded):,f}"


def _wide(value: Decimal, digits: int) -> Context:
    """A context with room for every digit (the default one refuses more than 28)."""
    return Context(prec=max(28, value.adjusted() + digits + 2))
