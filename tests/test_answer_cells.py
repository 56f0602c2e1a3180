"""A check never judges an older answer: what happens when the answer's own cell goes wrong."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from migrationkit import check as kit_check
from migrationkit.check import _cell_ran, _trouble


def ran(source: str, success: bool = True) -> None:
    """A cell was run in a notebook, as IPython tells it."""
    _cell_ran(SimpleNamespace(info=SimpleNamespace(raw_cell=source), success=success))


@pytest.fixture(autouse=True)
def no_trouble():
    _trouble.clear()
    yield
    _trouble.clear()


def test_after_an_error_the_older_answer_is_not_judged():
    ran("# Q1.1\nshare = 2.92 %", success=False)
    verdict = kit_check("1.1", 2.92)
    assert verdict.status == "○"
    assert "stopped with an error" in verdict.line.replace("\n", " ")


def test_a_misspelt_name_is_told():
    ran("# Q1.1\nsahre = 2.92")
    assert "does not set share" in kit_check("1.1", 5.0).line.replace("\n", " ")


def test_a_good_run_clears_the_trouble():
    ran("# Q1.1\nshare = three", success=False)
    ran("# Q1.1\nshare = 2.92")
    assert kit_check("1.1", 2.92).status == "●"


def test_other_cells_change_nothing():
    ran("1 / 0", success=False)
    ran("# Q99.9\nx = 1", success=False)
    assert _trouble == {}
