"""Every lesson passes every gate of `lessons.py`. A new lesson is found by its file name alone."""

from __future__ import annotations

import doctest
import re

import nbformat
import pytest

import lessons
from lessons import GATES, House, Numeral

HOUSE = House.read()
OF_LESSONS = [
    pytest.param(gate, number, id=f"{gate.name}-{HOUSE.lessons[number].name}")
    for gate in GATES.values()
    if not gate.of_house
    for number in gate.lessons(HOUSE)
]
OF_HOUSE = [pytest.param(gate, id=gate.name) for gate in GATES.values() if gate.of_house]


def told(gate: lessons.Gate, found: list[lessons.Finding]) -> str:
    return "\n".join([f"{gate.name}: {gate.why.splitlines()[0]}", *map(str, found)])


@pytest.mark.parametrize(("gate", "number"), OF_LESSONS)
def test_a_lesson_passes(gate, number):
    found = gate.findings(HOUSE, number)
    assert not found, told(gate, found)


@pytest.mark.parametrize("gate", OF_HOUSE)
def test_the_course_passes(gate):
    found = gate.findings(HOUSE)
    assert not found, told(gate, found)


def test_there_are_lessons_and_every_gate_says_why():
    assert {0, 1} <= set(HOUSE.lessons)
    assert all(len(gate.why.split()) >= 8 for gate in GATES.values())


def test_only_the_orientation_is_exempt_from_the_anatomy():
    exempt = {name for name, gate in GATES.items() if not gate.of_house and gate.anatomy}
    assert {"anatomy", "key_points", "sources_named"} <= exempt
    assert not exempt & {"claims", "figures", "stored_outputs", "words", "prose_numerals", "code"}
    assert GATES["anatomy"].lessons(HOUSE) == [number for number in HOUSE.lessons if number]


def test_examples_in_the_docstrings_run():
    result = doctest.testmod(lessons)
    assert result.attempted and not result.failed


# ---- A gate that cries wolf is switched off, so what must pass is tested too ---------------------


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("It rose to 3.7 % in 2024, from 2.9 %.", 1),
        ("The Note (fn. 10) says so.", 1),
        ("It asks “why?” and goes on.", 1),
        ('"Almost doubled." That is about size.', 2),
        ("Who counts, e.g. The Hague?", 1),
        ("Written by R. Matsas in 2006.", 1),
        ("One. Two. Three.", 3),
        ("**Label** without an end", 1),
        ("", 0),
    ],
)
def test_sentences(text, count):
    assert len(lessons.sentences(lessons.bare(text))) == count


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("*Try.* Switch to shares, then back.", 1),
        ("**Discuss.** Write the correction.", 1),
        ("**So what for governance?**", 0),
        ("- **Foreign-born:** born in another country. The UN's choice.", 2),
        ("1. Shift + Enter runs a cell.", 1),
    ],
)
def test_a_label_is_not_a_sentence(line, count):
    assert len(lessons.sentences_of(lessons.prose(line)[0])) == count


@pytest.mark.parametrize(
    "text",
    [
        "In 1990, in 2024, from 2004-05 to 2023–24, and in the 1980s.",
        "Figures 1.10 and 1.11, question 12.4, claim 10.1, footnotes 10, 11 and 12, lesson 12.",
        "On 31 December 2006 and 14-15 September, in 25 minutes, after 10-minute talks.",
        "Report A/60/871, resolution 73/195, §71, C02, M03, and `12679` in code.",
        "Three of 8 people, 3 % of them.",
    ],
)
def test_what_measures_nothing_needs_no_claim(text):
    assert lessons.numerals(lessons.bare(text)) == []


def test_a_verb_is_not_a_month():
    assert len(lessons.numerals("Of these, 30 may stay and 12 decided to march.")) == 2


def agrees(written: str, printed: str) -> bool:
    line = lessons.numerals(written)
    return any(line[0].agrees(other, line) for other in lessons.numerals(printed))


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("304 million", "304.0 million"),
        ("304 million", "304,021,813"),
        ("304.0 million", "304021813 persons"),
        ("153.9 to 304.0 million", "153,916,063"),
        ("191", "191.0 million"),
        ("12\u202f679", "12,679"),
        ("12 679 persons", "12679"),
        ("3.7 %", "share: 3.72 %"),
        ("88 %", "87.76 %"),
        ("8.16 billion", "8,161,972,573"),
        ("from 2.89 to 3.72 %", "share: 2.89 %"),
        ("13.4 per cent", "13.4 %"),
    ],
)
def test_a_rounding_of_a_claim_agrees(written, printed):
    assert agrees(written, printed)


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("305 million", "304.0 million"),
        ("304 thousand", "304.0 million"),
        ("12", "12,679"),
        ("3.8 %", "3.72 %"),
        ("900,000", "900,473"),
        ("97.6 %", "97.5 %"),
        ("31,680", "31,688"),
        ("13 countries", "13.4 %"),
        ("72 %", "72.5 million"),
    ],
)
def test_another_number_does_not_agree(written, printed):
    assert not agrees(written, printed)


def test_a_numeral_remembers_how_it_is_written():
    assert lessons.numerals("1,004,071") == [Numeral(1004071.0, 0, "", "1,004,071")]


def hits(text: str) -> list[str]:
    return [word for word, _, excuses in lessons.avoided("x", text, HOUSE) if not excuses]


@pytest.mark.parametrize(
    "text",
    [
        "a flood of arrivals", "Waves of asylum applicants", "an influx", "the tide turns",
        "people poured in", "a steady stream of people", "illegal migrants", "an Illegal", "Stop!",
        "It is simply so", "receiving countries", "second-generation immigrants", "an amnesty",
        'He said "No!" and left.',
    ],
)  # fmt: skip
def test_a_word_to_avoid_is_found(text):
    assert hits(text)


@pytest.mark.parametrize(
    "text",
    [
        "a stock and a flow", "the flow of money", "a surgeon from Gand", "simple", "waiver",
        "datum.edition != '2006 print'", "!isValid(datum.band)", "downstream", "legal entry",
        "the sentence", "Interior ministry",
    ],
)  # fmt: skip
def test_a_word_like_it_is_not(text):
    assert not hits(text)


def test_words_are_listed_once_and_say_what_to_use():
    avoid = [row["avoid"] for row in HOUSE.words]
    assert len(set(avoid)) == len(avoid)
    assert all(row["use"].strip() for row in HOUSE.words)
    assert {row["file"] for row in HOUSE.exceptions} <= {
        "*", *HOUSE.papers, *(page.path for page in HOUSE.lessons.values()),
        *(file for file, _, _ in HOUSE.texts), *(page.path for page in HOUSE.solutions.values()),
    }  # fmt: skip


@pytest.mark.parametrize(
    "source",
    [
        "", "# a comment", "x = 1_000_000 / 10", "kit.load('migrant-stock')", "y = x % 3",
        "import altair as alt", "print('on/off')", "from migrationkit.models import ledger",
    ],
)  # fmt: skip
def test_plain_code_is_safe(source):
    assert list(lessons.unsafe(source)) == []


@pytest.mark.parametrize(
    "source",
    [
        "!pip install x", "%pip install x", "import requests", "from urllib import request",
        "pd.read_csv('../data/x.csv')", "open('x')", "p = '/home/me/x.csv'", "p = 'C:\\\\x'",
        "p = '~/x'", "u = 'https://example.org'", "import os\nos.system('ls')", "x = (",
    ],
)  # fmt: skip
def test_code_that_leaves_the_notebook_is_found(source):
    assert list(lessons.unsafe(source))


def test_a_figure_module_is_read_without_running_it():
    source = """
import migrationkit as kit
SOURCES = ["a"]
def helper(): return kit.load("b")
def one_view(): return kit.View(None, helper(), kit.shapes("c"))
def one(): return kit.explore(one_view, figure="3.1", sources=SOURCES, guess=kit.guess("number"))
"""
    (figure,) = lessons.figure_file("figures/lesson03.py", source).figures
    assert (figure.id, figure.function, figure.guess) == ("3.1", "one", True)
    assert (figure.sources, figure.loads) == ({"a"}, {"b", "c"})


def test_sections_end_at_the_next_heading_of_their_level():
    texts = ["# A?", "## One\n\ntext", "### Part", "## Two"]
    cells = [nbformat.v4.new_markdown_cell(text) for text in texts]
    page = lessons.Page("lessons/09-x.ipynb", 9, "x", nbformat.v4.new_notebook(cells=cells))
    assert lessons.section(page, "One") == cells[1:3]
    assert lessons.section(page, "Three") == []


def test_findings_read_as_sentences():
    said = [str(found) for _, found in lessons.all_findings(HOUSE)]
    assert all(re.match(r".+ · .+: .+\.$", one, re.DOTALL) for one in said), said
