"""Lesson 0: how does this course work? One question, to meet the checks."""

from __future__ import annotations

from ..data import load
from . import Question, Wrong

TITLE = "Start here: how does this course work?"

REGIONS = {"A": "Africa", "B": "Asia", "C": "Europe", "D": "Northern America"}


def largest_region(year: int = 2015, edition: str = "2024") -> str:
    """Letter of the region where most migrants lived in a year, by one edition of the UN's stock.

    >>> largest_region(), largest_region(2024)
    ('B', 'C')
    """
    stock = load("migrant-stock")
    stock = stock[(stock.edition == edition) & (stock.year == year)]
    totals = stock.merge(load("countries"), on="iso3").groupby("region").migrants.sum()
    return max(REGIONS, key=lambda letter: totals[REGIONS[letter]])


QUESTIONS = (
    Question(
        id="0.1",
        kind="MCQ",
        name="region",
        title="Read a figure",
        prompt="In which region did the most migrants live in 2015?",
        form='one letter in quotation marks, "A" to "D"',
        expected=largest_region,
        options=REGIONS,
        meaning="You moved a control and read what the figure says. All figures work this way.",
        wrong=(
            Wrong(
                "C",
                "That region leads in the year with which the figure opens. Set the year to 2015.",
            ),
            Wrong(
                "A",
                "That is the first name of the alphabet. The longest bar stands at the top.",
            ),
            Wrong(
                "D",
                "That bar is the third. The sentence under the figure names the first.",
            ),
        ),
        pointer="Set the year of figure 0.1 to 2015 and read the sentence under the figure.",
        parallel="With the year at 1990 the sentence begins “In 1990, Europe was home to …”: "
        "the first region named is the largest.",
    ),
)

POLLS = ()
