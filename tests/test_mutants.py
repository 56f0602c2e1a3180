"""A mutant that no longer fits its file breaks nothing, and proves nothing."""

from __future__ import annotations

import pytest
from mutants import CHECKOUT, MUTANTS


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_what_a_mutant_changes_is_still_there(mutant):
    text = (CHECKOUT / mutant.file).read_text(encoding="utf-8")
    assert mutant.old in text, f"renew the mutant: {mutant.old!r} is no longer in {mutant.file}"
    assert mutant.old != mutant.new


def test_each_mutant_has_a_name_of_its_own():
    names = [mutant.name for mutant in MUTANTS]
    assert len(set(names)) == len(names)
