"""Numbers and lists read as people write them, and a missing value never reads as a number."""

import doctest
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrationkit import errors, text


@pytest.mark.parametrize("module", [text, errors])
def test_examples_in_the_docstrings_run(module):
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (0, None, "0"),
        (31688, None, "31,688"),
        (31688.0, None, "31,688"),
        (np.int64(900473), None, "900,473"),
        (np.float64(2.92), None, "2.92"),
        (0.1 + 0.2, None, "0.3"),
        (1e-9, None, "0"),
        (-0.0004, 2, "0.00"),
        (-12679, None, "−12,679"),
        (2.5, 0, "3"),  # half away from zero, not to the even digit
        (0.125, 2, "0.13"),
        (2.675, 2, "2.68"),
        (3, 1, "3.0"),
        (True, None, "1"),
        (10**30, None, "1" + ",000" * 10),
        (12_345_678_901_234_567_890, 2, "12,345,678,901,234,567,890.00"),
    ],
)
def test_number(value, digits, expected):
    assert text.number(value, digits) == expected


@pytest.mark.parametrize("missing", [None, float("nan"), math.inf, pd.NA, pd.NaT, "31,688", [1]])
def test_what_is_no_number_is_said_to_be_not_known(missing):
    assert text.number(missing) == text.people(missing) == text.percent(missing) == "not known"


@pytest.mark.parametrize(
    ("persons", "expected"),
    [
        (304_021_813, "304 million"),
        (153_916_063, "154 million"),
        (8_161_972_573, "8.16 billion"),
        (191e6, "191 million"),
        (2_500_000, "2.5 million"),
        (1_004_071, "1 million"),
        (999_999, "999,999"),
        (999_999.5, "1 million"),
        (999_499_999, "999 million"),
        (999_999_999, "1 billion"),
        (31_688, "31,688"),
        (0, "0"),
        (-2_500_000, "−2.5 million"),
    ],
)
def test_people(persons, expected):
    assert text.people(persons) == expected


@pytest.mark.parametrize(
    ("share", "digits", "expected"), [(3.72, 1, "3.7 %"), (2.925, 2, "2.93 %"), (66, 0, "66 %")]
)
def test_percent(share, digits, expected):
    assert text.percent(share, digits) == expected


def test_listing_takes_any_iterable_of_anything():
    assert text.listing(year for year in (1990, 2005, 2024)) == "1990, 2005 and 2024"
    assert text.listing({"population": 1}) == "population"


@given(st.integers() | st.floats(), st.integers(0, 6))
def test_no_number_breaks_the_text_and_none_reads_as_minus_nothing(value, digits):
    for said in (text.number(value), text.number(value, digits), text.people(value)):
        assert said and said != "−0"
        assert "e" not in said.replace("billion", "").lower() or "not known" in said


@given(st.integers(-(10**15), 10**15))
def test_an_integer_keeps_every_digit(value):
    assert int(text.number(value).replace(",", "").replace("−", "-")) == value
