"""The gates bite: one defect at a time goes into a copy of lesson 1, and its gate reports it.

    python tests/test_gates_bite.py    prints which gate caught which defect

A defect counts as caught only when the gate says something about the poor copy that it does not
say about the lesson as it is.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

import lessons
from lessons import GATES, TAG, House

NUMBER = 1


@lru_cache(maxsize=1)
def house() -> House:
    return House.read()


@dataclass(frozen=True)
class Defect:
    gate: str
    what: str
    spoil: Callable[[House], None]


DEFECTS: list[Defect] = []


def defect(gate: str, what: str):
    def register(spoil: Callable[[House], None]) -> Callable:
        DEFECTS.append(Defect(gate, what, spoil))
        return spoil

    return register


def findings(gate: str, poor: House) -> set[str]:
    return {str(found) for found in GATES[gate].findings(poor)}


def caught(one: Defect) -> list[str]:
    """What the defect's gate says of the poor copy and not of the good one."""
    poor = copy.deepcopy(house())
    one.spoil(poor)
    return sorted(findings(one.gate, poor) - findings(one.gate, house()))


# ---- Handles on the lesson, by its parts and not by its words ------------------------------------


def lesson(poor: House) -> lessons.Page:
    return poor.lessons[NUMBER]


def part(poor: House, title: str) -> NotebookNode:
    return lessons.section(lesson(poor), title)[0]


def first_section(poor: House) -> list[NotebookNode]:
    return lessons.section(lesson(poor), lessons.numbered_sections(lesson(poor))[0])


def figure_cells(poor: House) -> list[NotebookNode]:
    return [cell for cell in lesson(poor).cells if lessons.drawn(cell, poor)]


def claim_cells(poor: House) -> list[NotebookNode]:
    return [cell for cell in lesson(poor).cells if lessons.is_claim(cell)]


def remove(poor: House, *cells: NotebookNode) -> None:
    page = lesson(poor)
    page.notebook.cells = [one for one in page.cells if not any(one is cell for cell in cells)]


def say(poor: House, text: str) -> None:
    """A line more in the idea of section 1."""
    first_section(poor)[0].source += f"\n\n{text}"


def change(cell: NotebookNode, pattern: str, new: str) -> None:
    """Replaces what the pattern finds, once; a defect that changes nothing is no defect."""
    changed = re.sub(pattern, new, cell.source, count=1, flags=re.MULTILINE)
    assert changed != cell.source, f"{cell.id}: nothing there matches {pattern}"
    cell.source = changed


def question(poor: House, place: int = 0, **changes) -> None:
    module = poor.questions[NUMBER]
    asked = list(module.questions)
    asked[place] = replace(asked[place], **changes)
    module.questions = tuple(asked)


# ---- Anatomy -------------------------------------------------------------------------------------


@defect("title", "the title is a statement")
def _(poor):
    change(lesson(poor).cells[0], r"\?$", ".")


@defect("title", "a second first-level heading")
def _(poor):
    say(poor, "# Another title?")


@defect("heading_levels", "a heading skips a level")
def _(poor):
    say(poor, "#### Deep down")


@defect("anatomy", "the part on limits is gone")
def _(poor):
    remove(poor, *lessons.section(lesson(poor), "What the data cannot say"))


@defect("anatomy", "key points come before the vote")
def _(poor):
    points = lessons.section(lesson(poor), "Key points")
    vote = part(poor, "Vote and exit ticket")
    remove(poor, *points)
    place = next(i for i, cell in enumerate(lesson(poor).cells) if cell is vote)
    lesson(poor).cells[place:place] = points


@defect("anatomy", "a section without a number")
def _(poor):
    change(first_section(poor)[0], r"^## 1\. ", "## ")


@defect("length", "46 cells and more")
def _(poor):
    lesson(poor).cells.extend(new_code_cell("1 + 1") for _ in range(46))


@defect("at_a_glance", "no row for the passages")
def _(poor):
    change(part(poor, "At a glance"), r"^\| Passages .*\n", "")


@defect("at_a_glance", "a sitting of 90 minutes")
def _(poor):
    change(part(poor, "At a glance"), r"^\| Minutes \|\D*\d+", "| Minutes | 90")


@defect("objective_verbs", "an objective to understand")
def _(poor):
    change(part(poor, "At a glance"), r"^1\. \*\w+\*", "1. *understand*")


@defect("objectives_practised", "an objective without a question")
def _(poor):
    change(part(poor, "At a glance"), r"^(1\. \*\w+\*).*$", r"\1 this (figure 1.1; question 1.99).")


@defect("key_points", "one key point fewer than objectives")
def _(poor):
    change(part(poor, "Key points"), r"^1\. .*\n", "")


@defect("key_points", "key points in another order")
def _(poor):
    cell = part(poor, "Key points")
    first, second = lessons.numbered_items([cell])[:2]
    cell.source = cell.source.replace(first, "¤").replace(second, first).replace("¤", second)


@defect("setup_cell", "another import in the setup cell")
def _(poor):
    cell = next(cell for cell in lesson(poor).code if "kit.setup" in cell.source)
    cell.source = cell.source.replace("kit.setup()", "import numpy\nkit.setup()")


@defect("puzzle", "a puzzle that is a lecture")
def _(poor):
    part(poor, "The puzzle").source += "\n\n" + "She reads one more page and goes on. " * 20


@defect("reading_runs", "150 words between two actions")
def _(poor):
    cell = next(cell for cell in first_section(poor) if lessons.has_label(cell, "Try"))
    cell.source += "\n\n" + "There is one more thing to read here. " * 19


@defect("section_pattern", "a figure that is told before it is tried")
def _(poor):
    cell = next(cell for cell in first_section(poor) if lessons.has_label(cell, "Try"))
    remove(poor, cell)


@defect("section_pattern", "a section without its so what")
def _(poor):
    change(first_section(poor)[-1], r"^\*\*So what[^*]*\*\*", "")


@defect("closing_parts", "no exit ticket")
def _(poor):
    remove(poor, *(cell for cell in lesson(poor).code if '"1.exit"' in cell.source))


@defect("ledger", "a claim that the ledger does not have")
def _(poor):
    poor.ledger = poor.ledger or {"C02": {"lesson": "1"}, "C03": {"lesson": "1"}}
    part(poor, "Claims ledger").source += "\n\nC97 is revised."


# ---- Figures, claims, stored outputs -------------------------------------------------------------


@defect("figures", "six figures more")
def _(poor):
    cell = figure_cells(poor)[-1]
    lesson(poor).cells.extend(copy.deepcopy(cell) for _ in range(6))


@defect("figures", "a figure cell without its tag")
def _(poor):
    figure_cells(poor)[0].metadata["tags"] = []


@defect("open_figure", "the view in the cell is not the view of the kit")
def _(poor):
    cell = next(cell for cell in lesson(poor).code if cell.source.startswith("def "))
    change(cell, r'"""', '"""Another view. ')


@defect("guesses_are_computed", "the truth stands in the cell")
def _(poor):
    cell = next(cell for cell in figure_cells(poor) if "kit.explore" in cell.source)
    cell.source += '\nkit.guess("number", "How many million?", truth=304.0)'


@defect("claims", "a claim that begins with its number")
def _(poor):
    change(claim_cells(poor)[0], r'print\("Claim 1\.1"\)', 'print("304 million")')


@defect("claims", "two claims with one id")
def _(poor):
    change(claim_cells(poor)[1], r"Claim 1\.2", "Claim 1.1")


@defect("claims", "no claim cell at all")
def _(poor):
    remove(poor, *claim_cells(poor))


@defect("something_is_compared", "a lesson without a tagged cell")
def _(poor):
    for cell in lesson(poor).code:
        cell.metadata.pop("tags", None)


@defect("something_is_compared", "a cell that nbval is told to skip")
def _(poor):
    claim_cells(poor)[0].source += "\n# NBVAL_IGNORE_OUTPUT"


@defect("stored_outputs", "a tagged cell that was never run")
def _(poor):
    cell = copy.deepcopy(claim_cells(poor)[0])
    cell.update(id="claim-1-99", outputs=[], execution_count=None)
    lesson(poor).cells.append(cell)


@defect("stored_outputs", "an output left in an untagged cell")
def _(poor):
    cell = next(cell for cell in lesson(poor).code if not lessons.tagged(cell))
    cell.outputs, cell.execution_count = [new_output("stream", text="Ready.\n")], 7


@defect("nothing_given_away", "a stored number in the first line")
def _(poor):
    claim_cells(poor)[0].outputs = [new_output("stream", text="304.0 million\n")]


@defect("nothing_given_away", "an output that is not folded")
def _(poor):
    figure_cells(poor)[0].metadata["jupyter"] = {}


@defect("no_widget_state", "saved widgets")
def _(poor):
    lesson(poor).notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {}}


@defect("sources_named", "a table that is shown and not cited")
def _(poor):
    cell = next(cell for cell in lesson(poor).code if "kit.sources" in cell.source)
    change(cell, r'"migrant-stock", ', "")


@defect("code", "!pip in a cell")
def _(poor):
    claim_cells(poor)[0].source += "\n!pip install geopandas"


@defect("code", "an absolute path")
def _(poor):
    claim_cells(poor)[0].source += '\nfolder = "/home/nadia/data"'


@defect("code", "a table from the internet")
def _(poor):
    claim_cells(poor)[0].source += '\npd.read_csv("https://example.org/stock.csv")'


# ---- Words ---------------------------------------------------------------------------------------


@defect("one_sentence_a_line", "two sentences on a line")
def _(poor):
    say(poor, "This line holds one sentence that is long enough. And then it holds another one.")


@defect("sentence_length", "a sentence of 40 words")
def _(poor):
    say(poor, "It says " + "and says again " * 13 + "that this is long.")


@defect("words", "a water metaphor")
def _(poor):
    say(poor, "A flood of people came.")


@defect("words", "an exclamation mark in the prompt of a guess")
def _(poor):
    figure_cells(poor)[0].source += '\nkit.guess("number", "Have a go!", truth=count)'


@defect("words_elsewhere", "a hint that says “simply”")
def _(poor):
    poor.texts.append(("src/migrationkit/questions/lesson01.py", "line 1", "Simply divide."))


@defect("word_exceptions", "an exception that excuses nothing")
def _(poor):
    poor.exceptions.append(
        {"file": "README.md", "phrase": "a flood", "reason": "it is needed here"}
    )


@defect("acronyms", "capitals that nobody spelled out")
def _(poor):
    say(poor, "The GFMD met again.")


@defect("prose_numerals", "a number that no claim printed")
def _(poor):
    say(poor, "There were 281.6 million of them.")


@defect("prose_numerals", "an allowed numeral without a source")
def _(poor):
    poor.numerals.append({"lesson": "1", "numeral": "4,711", "source": ""})


@defect("links", "a link to a file that does not exist")
def _(poor):
    say(poor, "Go to [lesson 13](13-nowhere.ipynb).")


@defect("links", "a link that says “here”")
def _(poor):
    say(poor, "Read [here](00-start-here.ipynb).")


@defect("links", "an address outside the catalogue")
def _(poor):
    say(poor, "See [a blog about numbers](https://example.org/blog).")


@defect("links_of_papers", "a dead link in the README")
def _(poor):
    poor.papers["README.md"] = "See [the lessons](lessons/99-gone.ipynb)."


@defect("images", "a picture without words")
def _(poor):
    say(poor, "![](images/boat.png)")


# ---- Exercises and the house ---------------------------------------------------------------------


@defect("exercise_kinds", "eight questions of one kind")
def _(poor):
    for place in range(len(poor.questions[NUMBER].questions)):
        question(poor, place, kind="MCQ")


@defect("exercise_kinds", "four questions only")
def _(poor):
    poor.questions[NUMBER].questions = poor.questions[NUMBER].questions[:4]


@defect("wrong_answers", "a question that knows one wrong answer")
def _(poor):
    question(poor, wrong=poor.questions[NUMBER].questions[0].wrong[:1])


@defect("polls", "two recall questions")
def _(poor):
    poor.questions[NUMBER].polls = poor.questions[NUMBER].polls[1:]


@defect("every_question_is_asked", "a question that no exercise asks")
def _(poor):
    module = poor.questions[NUMBER]
    module.questions += (replace(module.questions[0], id="1.99"),)


@defect("every_figure_is_shown", "a figure that no notebook shows")
def _(poor):
    known = poor.figures[NUMBER].figures
    known.append(replace(known[0], id="1.99", function="forgotten"))


@defect("every_figure_has_its_sources", "a figure that does not cite what it reads")
def _(poor):
    figure = poor.figures[NUMBER].figures[0]
    figure.sources -= {sorted(figure.loads & figure.sources)[0]}


@defect("figures_named_are_at_hand", "a hint that sends to a figure nobody has seen")
def _(poor):
    question(poor, pointer="Look at figure 1.99.")


@defect("no_code_twins", "an item of several lines without a twin")
def _(poor):
    cell = next(iter(lessons.answer_cells(poor.solutions[NUMBER]).values()))
    cell.source = "# Q1.1\n### BEGIN SOLUTION\nx = 1\nshare = x\n### END SOLUTION"


@defect("same_name_everywhere", "an exercise of another name")
def _(poor):
    lesson(poor).slug = "how-many-people"


@defect("guide", "a lesson that the guide does not know")
def _(poor):
    poor.papers["INSTRUCTORS.md"] = "# For instructors\n\n## Lesson 2 · Another\n"


# ---- Tests ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("one", DEFECTS, ids=lambda one: f"{one.gate}: {one.what}")
def test_a_defect_is_caught(one):
    assert caught(one), f"the gate {one.gate} does not notice: {one.what}"


def test_every_gate_has_a_defect():
    assert {one.gate for one in DEFECTS} == set(GATES)


def test_a_whole_poor_copy_is_caught_by_many_gates():
    """A notebook as it is often met: a title, a wall of text, a chart from the internet."""
    poor = copy.deepcopy(house())
    wall = "Simply look at this huge wave of illegal migrants! " * 40
    lesson(poor).notebook.cells = [
        new_markdown_cell(
            "## Migration\n\n![](chart.png)\n\n" + wall + "See [here](http://x.org)."
        ),
        new_code_cell("!pip install pandas\nimport requests", metadata={"tags": [TAG]}),
    ]
    biting = {name for name in GATES if findings(name, poor) - findings(name, house())}
    assert len(biting) >= 15, sorted(biting)


if __name__ == "__main__":
    width = max(len(one.what) for one in DEFECTS)
    missed = 0
    for one in DEFECTS:
        said = caught(one)
        missed += not said
        print(f"{one.gate:29} {one.what:{width}} {said[0] if said else '!! NOT CAUGHT'}")
    print(f"{len(DEFECTS) - missed} of {len(DEFECTS)} defects caught by {len(GATES)} gates")
    raise SystemExit(bool(missed))
