"""Papers: each student's own, the same bytes each time, and nothing in them tells what is right."""

import collections
import csv
import doctest
import importlib
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pandas as pd
import psutil
import pytest

sys.path.insert(0, str(Path(__file__).parent / "grading"))

import walk

import migrationkit as kit
from migrationkit import __main__ as commands
from migrationkit import (
    folders,
    marking,
    notebooks,
    papers,
    questions,
    record,
    roster,
    selfcheck,
    variants,
)
from migrationkit.answers import plain
from migrationkit.check import judge
from migrationkit.errors import KitError
from migrationkit.marking import collect, owners, values
from migrationkit.questions import cases
from migrationkit.roster import Student

check = importlib.import_module("migrationkit.check")  # kit.check is its function
SECRET = b"only the instructor of this test knows"
SOLVED = {int(path.name[2:4]): path for path in notebooks.solutions()}
LESSONS = [  # all whose questions have cases; a new lesson joins by giving its own some
    lesson for lesson in SOLVED if any(one.variants for one in questions.of_lesson(lesson))
]
ASKED = [question for lesson in LESSONS for question in questions.of_lesson(lesson)]
VARIED = [question for question in ASKED if question.variants]
# With letters, texts vary by the case and the letter by the order of the options.
WITHOUT_LETTERS = [question for question in VARIED if question.kind not in ("MCQ", "MSQ")]
STUDENTS = [Student(f"s{place:03}", f"Student {place}") for place in range(60)]

OWN = {
    "title": "Paper of June",
    "questions": [
        {
            "id": "Pnumber", "kind": "NUM", "name": "number_of_things", "form": "a whole number",
            "prompt": "How many in {place}? A hint that must stay empty: {expected}",
            "variants": [{"place": "Chile", "expected": 7654321},
                         {"place": "Peru", "expected": 8765432}],
            "wrong": [{"example": 5432167, "hint": "Secret hint of the first."}],
            "points": 3,
        },
        {
            "id": "Pletter", "kind": "MCQ", "name": "letter", "prompt": "Which?",
            "form": "one letter in quotation marks", "expected": "B",
            "options": {"A": "first thing", "B": "second thing", "C": "third thing"},
            "meaning": "Secret meaning.",
        },
        {
            "id": "Pletters", "kind": "MSQ", "name": "letters", "prompt": "Which ones?",
            "form": "a list of letters", "expected": ["A", "C"],
            "options": {"A": "one thing", "B": "two things", "C": "three things"},
        },
        {
            "id": "Psort", "kind": "CLS", "name": "cards", "prompt": "Sort the cards.",
            "form": "a category for each card",
            "expected": {"card one": "north", "card two": "south"},
            "options": {"north": "the north", "south": "the south"},
        },
        {
            "id": "Prow", "kind": "ORD", "name": "row", "prompt": "Order.", "form": "a list",
            "expected": ["pear", "apple", "fig"],
        },
        {
            "id": "Ptable", "kind": "DF", "name": "table", "prompt": "Fill in.", "form": "a table",
            "keys": ["row"],
            "expected": [{"row": "in", "many": 987654}, {"row": "out", "many": 456789}],
        },
    ],
}  # fmt: skip


def first_pick(what, among):
    return 0


def case_number(place):
    """A pick that takes a case by its number and turns the order of options."""
    return lambda what, among: place % among if what == "case" else (place * 7 + len(what)) % among


@pytest.fixture
def given(tmp_path):
    """Roster, secret and the instructor's questions as files."""
    folder = tmp_path / "given"
    folder.mkdir()
    (folder / "roster.csv").write_text("student,name\ns1,Ana\ns2,Ben\ns3,Chi\n", "utf-8")
    (folder / "secret.txt").write_bytes(SECRET)
    (folder / "own.json").write_text(json.dumps(OWN, indent=1), "utf-8")
    return folder


def run(given, out, *more, exercise="ex01", **other):
    named = {"roster": given / "roster.csv", "secret": given / "secret.txt", "out": out} | other
    arguments = [text for name, path in named.items() for text in (f"--{name}", str(path))]
    return commands.main(["paper", exercise, *arguments, *more])


def bytes_of(out):
    return {path.name: path.read_bytes() for path in sorted((out / "papers").iterdir())}


def own_paper(given):
    return roster.read_questions(given / "own.json")


# --- cases ----------------------------------------------------------------------------------------


def some_cases(question, most=150):
    pool = question.variants.pool()
    return range(0, len(pool), max(1, len(pool) // most))


@pytest.mark.parametrize("question", VARIED, ids=lambda question: question.id)
def test_every_case_can_be_answered_and_its_texts_are_whole(question):
    assert len(question.variants.pool()) >= 15
    for place in some_cases(question):
        bound = variants.asked(question, case_number(place))
        assert judge(bound, bound.right_for()).right
        assert judge(bound, bound.start).status == "○"
        assert not (bound.kind == "ORD" and list(bound.start) == list(bound.expected()))
        told = [
            bound.prompt,
            bound.title,
            bound.form,
            bound.meaning,
            *bound.options.values(),
            *(w.hint for w in bound.wrong),
        ]
        told.append(variants.table(question, case_number(place)))
        assert not any(re.search(r"\{\w+\}", text) for text in told)
        assert bound.id == f"P{question.id}" and "kit.hint" not in judge(bound, "x1").line


def test_each_hint_of_a_paper_says_what_was_agreed_on():
    """Hints that only papers have, read in the report on a class. The list is changed by hand."""
    with (Path(__file__).parent / "paper-hints.csv").open(encoding="utf-8", newline="") as file:
        agreed = [(row["question"], row["hint"]) for row in csv.DictReader(file)]
    asked = [variants.asked(one, first_pick) for one in VARIED if one.variants.wrong is not None]
    said = [(one.id[1:], " ".join(wrong.hint.split())) for one in asked for wrong in one.wrong]
    assert said == agreed


@pytest.mark.parametrize("question", VARIED, ids=lambda question: question.id)
def test_a_wrong_answer_of_a_case_draws_its_own_hint(question):
    seen = collections.Counter()
    for place in some_cases(question, 40):
        bound = variants.asked(question, case_number(place))
        for wrong in bound.wrong:
            verdict = judge(bound, wrong.example_for())
            if not verdict.right:  # in a few cases what is a slip elsewhere is right
                assert verdict.status == "△"
                seen[wrong.hint] += " ".join(verdict.line.split()).endswith(wrong.hint)
    assert all(seen.values())


@pytest.mark.parametrize(
    "question", [q for q in VARIED if q.kind == "NUM"], ids=lambda question: question.id
)
def test_the_tolerance_keeps_the_cases_of_a_question_apart(question):
    values = sorted(
        variants.asked(question, case_number(place)).expected()
        for place in range(len(question.variants.pool()))
    )
    gaps = [later - one for one, later in itertools.pairwise(values)]
    assert min(gaps) > 2 * question.tolerance
    public = question.expected()
    assert min(abs(value - public) for value in values) > question.tolerance


@pytest.mark.parametrize("question", WITHOUT_LETTERS, ids=lambda question: question.id)
def test_few_cases_share_an_answer(question):
    many = len(question.variants.pool())
    answers = collections.Counter(
        repr(variants.asked(question, case_number(place)).expected())
        for place in range(0, many, 7 if many > 5_000 else 1)
    )
    assert max(answers.values()) <= 3


@pytest.mark.parametrize("lesson", LESSONS)
def test_no_two_of_sixty_students_have_the_same_answers(lesson):
    asked = questions.of_lesson(lesson)
    sets = collections.Counter()
    alike = collections.Counter()
    for student in STUDENTS:
        answers = [repr(roster.asked(one, student.id, SECRET).expected()) for one in asked]
        sets[tuple(answers)] += 1
        alike.update(zip(asked_ids(asked), answers, strict=True))
    assert max(sets.values()) == 1
    for question in asked:
        most = max(many for (id, _), many in alike.items() if id == question.id)
        if question in WITHOUT_LETTERS:
            assert most <= 10, f"{question.id}: {most} of 60 have one answer"


def asked_ids(asked):
    return [question.id for question in asked]


def test_the_two_wrong_ways_to_read_1_2_are_far_from_the_right_one():
    for case in questions.find("1.2").variants.pool():
        count, share = questions.lesson01._rises(**case)
        assert count - share >= 15  # "times as likely" and "per cent more" cannot be mixed up
        assert share >= 5


@pytest.mark.parametrize("lesson", [questions.lesson08, questions.lesson12])
def test_events_of_an_order_have_dates_that_cannot_be_confused(lesson):
    when = lesson.dates(lesson.MORE_EVENTS)
    for one, other in itertools.permutations(when.values(), 2):
        assert not other.startswith(one)


def last_value(code, **names):
    """What the last line of a code cell shows."""
    *lines, last = code.splitlines()
    exec("\n".join(lines), names)
    return eval(last, names)


def test_the_table_of_a_case_holds_the_answer():
    share, grid = questions.find("1.1"), questions.find("8.3")
    for place in (0, 17, 60):
        rows = last_value(variants.table(share, case_number(place)), kit=kit).set_index("year")
        row = rows.loc[variants.drawn(share, case_number(place))["year"]]
        bound = variants.asked(share, case_number(place))
        assert judge(bound, 100 * row.migrants / row.population).right

        mandates = kit.load("mandates")
        shown = last_value(variants.table(grid, case_number(place)), mandates=mandates)
        case = variants.drawn(grid, case_number(place))
        assert set(case["without"]).isdisjoint(shown.columns)
        said = shown.isin(case["parts"]).sum(axis=1)
        many = [(said == 0).sum(), (said == 1).sum(), (said >= 2).sum()]
        answer = pd.DataFrame({"leads": ["none", "one", "two or more"], "tasks": many})
        assert judge(variants.asked(grid, case_number(place)), answer).right


def in_a_frame(rows, label, value):
    return pd.DataFrame({label: list(rows), value: list(rows.values())})


@pytest.mark.parametrize("place", [0, 17, 60, 101])
def test_what_a_paper_of_exercise_3_prints_is_enough(place):
    pick = case_number(place)

    def shown(id):
        code = variants.table(questions.find(id), pick)
        return last_value(code, kit=kit, pd=pd)

    def asked(id):
        return variants.asked(questions.find(id), pick), variants.drawn(questions.find(id), pick)

    bound, _ = asked("3.1")
    _, working, older = re.findall(r"\| ([\d,]+) \|", bound.prompt)
    assert judge(bound, int(working.replace(",", "")) / int(older.replace(",", ""))).right

    bound, case = asked("3.2")
    rows = shown("3.2").data
    assert judge(bound, rows[rows["period"] >= case["since"]]["migrants"].mean() / 1000).right

    bound, _ = asked("3.3")
    assert judge(bound, shown("3.3").sum().sort_values().index.tolist()).right

    bound, _ = asked("3.5")
    before, after = re.search(r"has ([\d,]+) people .* and ([\d,]+) in", bound.prompt).groups()
    assert judge(bound, int(after.replace(",", "")) / int(before.replace(",", ""))).right

    bound, case = asked("3.7")
    board = shown("3.7")
    cells = [(65, 0), (case["age"], 0), (65, case["migrants"])]
    names = [name for name, _ in bound.start["rows"]]
    read = {name: board.loc[cell] for name, cell in zip(names, cells, strict=True)}
    assert judge(bound, in_a_frame(read, "policy", "ratio")).right


@pytest.mark.parametrize("place", [0, 17, 35, 101])
def test_what_a_paper_of_exercise_12_prints_is_enough(place):
    def asked(id):
        question = questions.find(id)
        pick = case_number(place)
        case = variants.drawn(question, pick)
        return variants.asked(question, pick), case, variants.table(question, pick)

    bound, case, code = asked("12.1")
    events = last_value(code, kit=kit).data["event"].tolist()
    lines = {
        card: next(line for line, event in enumerate(events) if words in event)
        for card, words in case["events"].items()
    }
    assert judge(bound, sorted(lines, key=lines.get)).right

    bound, case, _ = asked("12.2")
    counts = re.findall(r"(\d+) (?:voted )?(yes|no|abstained|did not vote)", bound.prompt)
    told = {vote: int(many) for many, vote in counts}
    assert judge(bound, 100 * told["yes"] / sum(told[vote] for vote in case["counted"])).right

    bound, _, code = asked("12.6")
    rows = questions.lesson12.ledger.evaluate()
    rows["verdict"] = rows["verdict"].fillna(questions.lesson12.ledger.NOT_FACTUAL)
    rows["number"] = 0
    numbers = last_value(code, rows=rows).data.groupby("verdict")["number"].max()
    counts = {word: numbers.get(word, 0) for word, _ in bound.start["rows"]}
    assert judge(bound, in_a_frame(counts, "verdict", "claims")).right

    bound, _, _ = asked("12.8")
    right = {sign for sign, text in bound.options.items() if text in questions.lesson12.FINDINGS}
    assert judge(bound, sorted(right)).right


def test_one_to_three_findings_of_12_8_are_evidence_and_each_other_one_has_its_hint():
    question, many = questions.find("12.8"), set()
    for place in range(0, len(question.variants.pool()), 97):
        bound = variants.asked(question, case_number(place))
        right = bound.expected()
        many.add(len(right))
        assert len(bound.options) == len(set(bound.options.values())) == 6
        # A class's report takes the hints from the first paper, whatever that one offers.
        assert [wrong.hint for wrong in bound.wrong][:-1] == [
            hint for _, hint, _ in questions.lesson12.NO_EVIDENCE
        ]
        for sign in bound.options.keys() - right:
            (hint,) = (
                hint
                for findings, hint, _ in questions.lesson12.NO_EVIDENCE
                if bound.options[sign] in findings
            )
            assert hint in " ".join(judge(bound, sorted({*right, sign})).line.split())
        if len(right) > 1:
            assert "still missing" in " ".join(judge(bound, [max(right)]).line.split())
    assert many == {1, 2, 3}


def test_12_2_speaks_of_abstaining_only_where_it_decides_and_tells_dates_in_one_form():
    question = questions.find("12.2")
    for place, case in enumerate(question.variants.pool()):
        prompt = variants.asked(question, case_number(place)).prompt
        assert ("To abstain" in prompt) == prompt.count("of the votes cast?")
        assert (case["counted"] == questions.lesson12.CAST) == ("To abstain" in prompt)
        assert re.search(r"[Oo]n \d{1,2} (June|December) 20\d\d", prompt)
        assert not re.search(r"\d{4}-\d\d", prompt)


def test_the_numbers_that_1_2_prints_give_the_rises_that_it_prints():
    question = questions.find("1.2")
    for place in range(len(question.variants.pool())):
        bound = variants.asked(question, case_number(place))
        before, after = (
            int(one.replace(",", "")) for one in re.findall(r"\d[\d,]*,\d{3}", bound.prompt)
        )
        low, high = map(float, re.findall(r"\d+\.\d\d", bound.prompt))
        (told,) = (one for one in bound.options.values() if one.startswith("The number of"))
        count, share = (int(one.replace(",", "")) for one in re.findall(r"([\d,]+) %", told))
        assert count == pytest.approx(100 * (after / before - 1), abs=0.51)
        assert share == pytest.approx(100 * (high / low - 1), abs=0.51)
        exact = questions.lesson01.share_in
        case = variants.drawn(question, case_number(place))
        true = 100 * (exact(**case, year=2024) / exact(**case, year=1990) - 1)
        assert share == pytest.approx(true, abs=1.5)


def test_the_register_of_exercise_1_shows_the_whole_names_that_1_5_quotes():
    paper = papers.make(1, STUDENTS[0], SECRET, questions.of_lesson(1))
    (cell,) = (one for one in paper.cells if one.id == "register")
    shown = last_value(cell.source, kit=kit).to_html()
    for part in questions.lesson01.entries_and_exits():
        assert all(f">{name}</td>" in shown for name in part)


def test_8_3_keeps_the_names_of_its_columns_whatever_is_counted():
    question = questions.find("8.3")
    prompts = {
        variants.drawn(question, case_number(place))["parts"]: variants.asked(
            question, case_number(place)
        ).prompt
        for place in some_cases(question)
    }
    assert ("not coded",) in prompts
    kept = "the columns keep their names `leads` and `tasks`"
    assert all(kept in prompt for prompt in prompts.values())
    assert not any("both coders read it" in one for one in prompts.values())


def test_boards_with_the_same_policies_are_far_apart():
    question = questions.find("3.7")
    first = collections.defaultdict(list)
    for case in question.variants.pool():
        rows = question.variants.expected(**case)
        first[case["age"], case["migrants"]].append(rows[0]["ratio"])
    assert len(first) > 20
    for ratios in first.values():
        gaps = [more - less for less, more in itertools.pairwise(sorted(ratios))]
        assert min(gaps, default=1) > 2 * question.tolerance


def test_options_in_another_order_keep_what_is_right_and_each_misconception():
    for question in ASKED:
        if question.kind not in ("MCQ", "MSQ") or question.variants:
            continue
        orders = set()
        for place in range(40):
            bound = variants.asked(question, case_number(place))
            orders.add(tuple(bound.options.values()))
            if question.kind == "MSQ":  # the form gives an example, such as ["B", "D"]
                assert bound.expected() != set(re.findall(r'"([A-Z])"', bound.form))
            assert judge(bound, bound.right_for()).right
            for wrong, former in zip(bound.wrong, question.wrong, strict=True):
                verdict = judge(bound, wrong.example_for())
                assert verdict.misconception == former.code
                assert " ".join(verdict.line.split()).endswith(wrong.hint)
        assert len(orders) > 3


def test_the_same_pick_asks_the_same():
    assert variants.asked(VARIED[0], first_pick) == variants.asked(VARIED[0], first_pick)


# --- the files ------------------------------------------------------------------------------------


def test_same_input_gives_the_same_bytes_whatever_the_order_of_the_roster(given, tmp_path):
    assert run(given, tmp_path / "one") == run(given, tmp_path / "two") == 0
    lines = (given / "roster.csv").read_text().splitlines()
    (given / "roster.csv").write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n")
    assert run(given, tmp_path / "three") == 0
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "two") == bytes_of(tmp_path / "three")
    lists = [(tmp_path / name / "list.csv").read_bytes() for name in ("one", "three")]
    assert lists[0] == lists[1]


def test_a_further_student_changes_no_paper(given, tmp_path):
    run(given, tmp_path / "one")
    with (given / "roster.csv").open("a") as file:
        file.write("s4,Dana\n")
    run(given, tmp_path / "two")
    one, two = bytes_of(tmp_path / "one"), bytes_of(tmp_path / "two")
    assert one.items() < two.items() and len(two) == 4


def test_another_secret_gives_other_papers(given, tmp_path):
    run(given, tmp_path / "one")
    (given / "secret.txt").write_bytes(SECRET + b"!")
    run(given, tmp_path / "two")
    one, two = bytes_of(tmp_path / "one"), bytes_of(tmp_path / "two")
    assert one.keys() == two.keys()
    assert all(one[name] != two[name] for name in one)


def test_without_solutions_papers_come_from_the_exercises(monkeypatch):
    student, asked = STUDENTS[0], questions.of_lesson(1)
    with_them = papers.make(1, student, SECRET, asked)
    monkeypatch.setattr(notebooks, "solutions", list)
    assert papers.make(1, student, SECRET, asked) == with_them


@pytest.mark.parametrize("lesson", SOLVED)
def test_a_paper_is_a_whole_notebook_with_a_check_for_each_question(lesson, given):
    own = own_paper(given) if lesson == 1 else roster.Paper("", (), {})
    asked = papers.chosen(lesson, own)
    paper = papers.make(lesson, STUDENTS[0], SECRET, asked)
    nbformat.validate(paper)
    checked = [
        notebooks.about(cell)["question"]
        for cell in paper.cells
        if notebooks.about(cell).get("role") == "check"
    ]
    assert checked == paper.metadata["migrationkit"]["questions"]
    assert sorted(checked) == sorted(variants.paper_id(question.id) for question in asked)
    for cell in notebooks.code_cells(paper):
        assert not cell.outputs and cell.execution_count is None
    text = notebooks.to_text(paper)
    assert "kit.hint" not in text and "BEGIN SOLUTION" not in text
    for question in questions.of_lesson(lesson):  # else it would be checked as practice
        assert f'"{question.id}' not in text
        assert not re.search(rf"(?<!P)\b{re.escape(question.id)} [A-Z]", text)


@pytest.mark.parametrize("lesson", [1, 3, 12])  # of exercise 8 three questions vary
def test_at_least_half_of_an_exercise_varies(lesson):
    asked = questions.of_lesson(lesson)
    assert 2 * sum(question.variants is not None for question in asked) >= len(asked)


@pytest.mark.parametrize("lesson", SOLVED)
def test_texts_between_the_questions_name_those_of_the_paper(lesson):
    asked = questions.of_lesson(lesson)
    paper = papers.make(lesson, STUDENTS[0], SECRET, asked)
    texts = [cell.source for cell in paper.cells if cell.cell_type == "markdown"]
    told = [id for text in texts for id in re.findall(r"helps with (.*)\.", text)]
    assert all(re.fullmatch(r"P[\d.]+(?:(?:, | and )P[\d.]+)*", ids) for ids in told)
    named = "|".join(re.escape(question.id) for question in asked)
    for text in texts:
        words = re.sub(r"[Ff]igures? \d+\.\d+", "", text)
        assert not re.search(rf"(?<![P\d.])(?:{named})(?![\d.]\d| %)", words), text


def test_a_section_that_helps_with_no_question_of_the_paper_does_not_say_so():
    paper = papers.make(8, STUDENTS[0], SECRET, [questions.find("8.5"), questions.find("8.2")])
    texts = [cell.source for cell in paper.cells if cell.cell_type == "markdown"]
    told = [line for text in texts for line in re.findall(r"It helps with.*", text)]
    assert told == ["It helps with P8.5."]


def test_a_paper_says_that_answers_are_kept_in_its_file_alone(monkeypatch, capsys):
    monkeypatch.setattr(check, "_paper", "")
    setup = next(
        cell.source
        for cell in papers.make(3, STUDENTS[0], SECRET, questions.of_lesson(3)).cells
        if cell.id == "setup"
    )
    exec(setup, {})
    told = capsys.readouterr().out
    assert "in this file only" in told and "my-work.json" not in told
    monkeypatch.setattr(check, "_paper", "")
    kit.setup()
    assert "my-work.json" in capsys.readouterr().out


@pytest.mark.parametrize("lesson", SOLVED)
def test_cells_that_a_paper_leaves_out_are_there(lesson):
    module = importlib.import_module(f"migrationkit.questions.lesson{lesson:02}")
    cells = {cell.id for cell in notebooks.read(SOLVED[lesson]).cells}
    assert cells.issuperset(getattr(module, "NOT_ON_PAPER", ()))


def test_the_prompt_of_a_shuffled_question_lists_the_options_of_the_paper():
    question = questions.find("8.5")
    for student in STUDENTS[:5]:
        bound = roster.asked(question, student.id, SECRET)
        paper = papers.make(8, student, SECRET, questions.of_lesson(8))
        prompt = next(cell.source for cell in paper.cells if cell.id == "qP8-5-prompt")
        assert dict(re.findall(r"^- \*\*([A-Z])\*\* (.*)$", prompt, re.M)) == dict(bound.options)


# --- nothing leaks --------------------------------------------------------------------------------


def test_no_key_of_an_own_item_stands_in_a_students_file(given, tmp_path):
    assert run(given, tmp_path / "out", questions=given / "own.json") == 0
    keys = ["7654321", "8765432", "5432167", "987654", "456789", "Secret", "tolerance", "points"]
    for name, content in bytes_of(tmp_path / "out").items():
        text = content.decode("utf-8")
        assert not [key for key in keys if key in text], name
        assert "{expected}" in text  # a place that asks for the key stays as it is
        assert SECRET.decode() not in text


def test_a_file_does_not_change_with_the_keys(given, tmp_path):
    """What is right, the tolerance, the points, the hints: papers are the same bytes without."""
    run(given, tmp_path / "one", questions=given / "own.json")
    other = json.loads(json.dumps(OWN))
    number, letter, letters, sort, row, table = other["questions"]
    number["variants"][0]["expected"], number["variants"][1]["expected"] = 1, 2
    number["wrong"], number["points"], number["tolerance"] = [], 1, 9
    letter["expected"], letter["meaning"] = "C", "Another."
    letters["expected"] = ["B"]
    sort["expected"] = {"card one": "south", "card two": "north"}
    row["expected"] = ["fig", "pear", "apple"]
    table["expected"][0]["many"] = 4
    (given / "own.json").write_text(json.dumps(other))
    run(given, tmp_path / "two", questions=given / "own.json")
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "two")


def test_no_file_of_a_class_holds_a_solution_or_a_verdict_of_the_public_exercise():
    for lesson in LESSONS:
        solved = notebooks.read(SOLVED[lesson])
        lines = [
            line
            for cell in notebooks.code_cells(solved)
            if notebooks.BEGIN in cell.source
            for line in cell.source.partition(notebooks.BEGIN)[2].splitlines()
            if "=" in line and len(line) > 12 and "alt." not in line
        ]
        assert lines
        for student in STUDENTS[:6]:
            text = notebooks.to_text(
                papers.make(lesson, student, SECRET, questions.of_lesson(lesson))
            )
            assert not [line for line in lines if json.dumps(line)[1:-1] in text]
            assert "●" not in text and "expected" not in text.lower()


# --- run ------------------------------------------------------------------------------------------


def recorded(notebook):
    return {
        output.metadata["migrationkit"]["question"]: output.metadata["migrationkit"]
        for cell in notebooks.code_cells(notebook)
        for output in cell.outputs
        if "migrationkit" in output.get("metadata", {})
    }


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_paper_runs_from_top_to_bottom_and_records_right_answers(lesson, given, tmp_path):
    own = own_paper(given) if lesson == 1 else roster.Paper("", (), {})
    asked = papers.chosen(lesson, own)
    student = STUDENTS[lesson]
    bound = {one.id: one for one in (roster.asked(q, student.id, SECRET) for q in asked)}
    sources = walk.right_sources(lesson, bound)
    paper = walk.answered(papers.make(lesson, student, SECRET, asked), sources)
    ran = selfcheck.run_whole(paper, tmp_path)
    kept = recorded(ran)
    assert kept.keys() == bound.keys()
    for id, one in kept.items():
        assert one["status"] == "recorded" and one["misconception"] == ""
        assert one["paper"] == paper.metadata["migrationkit"]["number"]
        assert judge(bound[id], one["value"]).right, id
    said = [
        output.data["text/plain"]
        for cell in notebooks.code_cells(ran)
        for output in cell.outputs
        if "migrationkit" in output.get("metadata", {})
    ]
    assert all(line.startswith("■ Question P") for line in said)


def test_blank_papers_run_under_nbval(given, tmp_path):
    run(given, tmp_path / "out", questions=given / "own.json")
    one = sorted((tmp_path / "out" / "papers").iterdir())[0]
    command = [sys.executable, "-m", "pytest", "-q", "--nbval-lax", "--nbval-current-env"]
    command += ["--nbval-cell-timeout=120", "-p", "no:cacheprovider", "-c", "/dev/null", str(one)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:]
    assert "failed" not in done.stdout


def test_a_check_of_a_paper_records_and_says_no_more(monkeypatch, tmp_path):
    monkeypatch.setenv("MIGRATIONKIT_RECORD", "on")
    monkeypatch.setenv("MIGRATIONKIT_HOME", str(tmp_path))
    monkeypatch.setattr(check, "_paper", "abc")
    right, wrong = kit.check("P1.8", "B"), kit.check("P1.8", "A")
    assert repr(right) == repr(wrong)
    assert right._repr_mimebundle_()[1]["migrationkit"] == {
        "question": "P1.8", "status": "recorded", "misconception": "", "value": "B", "paper": "abc",
    }  # fmt: skip
    assert kit.check("Pown", {"a": "?"}).status == "○"
    assert kit.check("P1.3", dict.fromkeys("ab", "?")).status == "○"
    assert kit.check("P1.8").status == "○"
    assert "no hints" in repr(kit.hint("P1.8"))
    assert not (tmp_path / record.FILE).exists()


def test_a_paper_is_not_checked_as_practice(tmp_path, capsys):
    path = tmp_path / "ex01-mine.ipynb"
    paper = papers.make(1, STUDENTS[0], SECRET, questions.of_lesson(1))
    path.write_text(notebooks.to_text(paper), encoding="utf-8")
    assert commands.main(["check", str(path)]) == 1
    assert "is a paper" in capsys.readouterr().out


def test_an_answer_cell_that_failed_records_nothing(monkeypatch):
    monkeypatch.setattr(check, "_trouble", {})
    failed = SimpleNamespace(info=SimpleNamespace(raw_cell="# QPown\nrow = 1/0"), success=False)
    check._cell_ran(failed)
    verdict = kit.check("Pown", 5)
    assert verdict.status == "○" and verdict.value is None


# --- marked ---------------------------------------------------------------------------------------


def handed_in(path, bound, answers):
    """Write answers into a paper's file as its checks record them."""
    paper = notebooks.read(path)
    for cell in notebooks.code_cells(paper):
        noted = notebooks.about(cell)
        if noted.get("role") == "check" and noted["question"] in answers:
            verdict = check._recorded(noted["question"], answers[noted["question"]])
            data, metadata = verdict._repr_mimebundle_()
            cell.execution_count = 1
            cell.outputs = [
                nbformat.v4.new_output("execute_result", data, metadata=metadata, execution_count=1)
            ]
    path.write_text(notebooks.to_text(paper), encoding="utf-8")


def test_grade_reads_what_papers_record(given, tmp_path):
    """From the roster to the marks: all right, a copy of a neighbour's answers, nothing."""
    out = tmp_path / "out"
    assert run(given, out, questions=given / "own.json") == 0
    asked = papers.chosen(1, own_paper(given))
    bound = {
        id: {one.id: one for one in (roster.asked(q, id, SECRET) for q in asked)}
        for id in ("s1", "s2", "s3")
    }
    right = {id: plain(one.right_for()) for id, one in bound["s1"].items()}
    handed_in(out / "papers" / "paper01-s1.ipynb", bound["s1"], right)
    handed_in(out / "papers" / "paper01-s2.ipynb", bound["s2"], right)  # copied
    marked = tmp_path / "marked"
    done = marking.main(
        str(out / "papers"),
        str(marked),
        str(given / "secret.txt"),
        str(given / "roster.csv"),
        str(given / "own.json"),
    )
    assert done == 0
    with (marked / "gradebook.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    points = collections.Counter()
    for row in rows:
        points[row["student"]] += float(row["points"])
    whole = len(asked) + 2  # one of them is worth three
    copied = sum(
        (3 if id == "Pnumber" else 1) * judge(bound["s2"][id], right[id]).right for id in right
    )
    assert points == {"s1": whole, "s2": copied, "s3": 0}
    assert copied < whole - 5
    assert {row["verdict"] for row in rows if row["student"] == "s1"} == {"right"}
    assert {row["verdict"] for row in rows if row["student"] == "s3"} <= {
        "not attempted",
        "not run",
    }


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_class_goes_the_whole_way(lesson, tmp_path):
    """From a roster by papers that run to marks: right, copied, wrong and empty ones."""
    right, of, faults = walk.walk(lesson, tmp_path / "class")
    assert faults == []
    assert right == of > 4 * 8  # and some misconceptions


@pytest.fixture
def made(given, tmp_path):
    """Papers of exercise 3 for three students, and the arguments of grade."""
    assert run(given, tmp_path / "out", exercise="ex03") == 0
    folder = tmp_path / "handed in"
    shutil.copytree(tmp_path / "out" / "papers", folder)
    return {
        "folder": folder, "out": tmp_path / "marked",
        "secret": given / "secret.txt", "students": given / "roster.csv",
    }  # fmt: skip


def remarks(made):
    return marking.grade(**made).notes


def test_papers_of_another_secret_roster_or_questions_are_not_marked(made, given, tmp_path):
    assert remarks(made) == {"s1": [], "s2": [], "s3": []}
    (tmp_path / "other.txt").write_text("the secret of another class")
    other = made | {"out": tmp_path / "other"}
    with pytest.raises(KitError, match="None of these 3 papers was made with this secret"):
        marking.grade(**other | {"secret": tmp_path / "other.txt"})
    with pytest.raises(KitError, match="None of these 3 papers"):
        (given / "short.json").write_text(json.dumps({"questions": ["3.1", "3.2"]}))
        marking.grade(**other | {"items": given / "short.json"})
    assert not other["out"].exists()


def test_one_paper_of_another_class_is_remarked_upon(made, given, tmp_path):
    (tmp_path / "other.txt").write_text("the secret of another class")
    run(given, tmp_path / "others", exercise="ex03", secret=tmp_path / "other.txt")
    name = "paper03-s2.ipynb"
    shutil.copy(tmp_path / "others" / "papers" / name, made["folder"] / name)
    assert remarks(made) == {"s1": [], "s2": [marking.OTHER_NUMBER], "s3": []}


def test_what_is_no_paper_of_this_class_is_not_marked(made, given, tmp_path):
    """An exercise shares names and letters with its paper, so it must not earn points."""
    run(given, tmp_path / "others", exercise="ex12")
    other = tmp_path / "others" / "papers" / "paper12-s1.ipynb"
    handed, first = [SOLVED[3], other], made["folder"] / "paper03-s1.ipynb"
    for place, (path, ids) in enumerate(zip(handed, ("3.1, 3.2", "P12.1, P12.2"), strict=True)):
        first.write_bytes(path.read_bytes())
        marked = marking.grade(**made | {"out": tmp_path / f"marked-{place}"})
        (remark,) = marked.notes["s1"]
        assert remark.startswith(f"it holds other questions ({ids}")
        assert marked.total(marked.students[0]) == 0
        assert {row.note for row in marked.of(marked.students[0])} == {remark}
        assert not marked.notes["s2"]


def test_a_student_reads_no_others_id(made, tmp_path):
    shutil.copy(made["folder"] / "paper03-s3.ipynb", made["folder"] / "paper03-s2.ipynb")
    marked = marking.grade(**made)
    assert marked.notes["s2"] == [owners.OTHERS_PAPER] and marked.whose == {"s2": "s3"}
    assert "says that it is the paper of s3" in (made["out"] / "report.html").read_text()
    own = (made["out"] / "copies" / "marked-s2.ipynb").read_text()
    assert owners.OTHERS_PAPER in own and "of s3" not in own
    assert "of s3" not in (made["out"] / "moodle.csv").read_text()


def test_a_table_that_was_typed_and_checked_has_no_remark(given):
    """Typed as a table it must be the same as the table that the check recorded."""
    asked = [roster.asked(one, "s1", SECRET) for one in ASKED if one.kind == "DF"]
    assert len(asked) >= 4
    for one in asked:
        for way in (one.right_for(), pd.DataFrame(one.right_for()).to_dict("list")):
            source = f"# Q{one.id}\n{one.name} = pd.DataFrame({way!r})"
            cells = [{"cell_type": "code", "metadata": {}, "source": source}]
            recorded = {one.id: [(1, plain(pd.DataFrame(way)))]}
            found = values.answers(collect.Handed(cells, recorded), [one])[one.id]
            assert found.given and found.note == ""
            cells[0]["source"] = f"# Q{one.id}\n{one.name} = pd.DataFrame({{'x': [1]}})"
            found = values.answers(collect.Handed(cells, recorded), [one])[one.id]
            assert found.note == values.CHANGED


# --- stopped --------------------------------------------------------------------------------------


def reading(running, made):
    return bool(psutil.Process(running.pid).children())


def marking_began(running, made):
    return any(path.name.startswith(".") for path in made["out"].parent.iterdir())


@pytest.mark.skipif(os.name != "posix", reason="signals of this kind are POSIX")
@pytest.mark.parametrize("moment", [reading, marking_began])
def test_who_stops_marking_gets_a_sentence_and_no_half_of_the_marks(moment, made):
    command = [sys.executable, "-m", "migrationkit", "grade", str(made["folder"])]
    command += [f"--secret={made['secret']}", f"--roster={made['students']}"]
    running = subprocess.Popen(
        [*command, f"--out={made['out']}"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True,
    )  # fmt: skip
    while not moment(running, made):
        assert running.poll() is None
        time.sleep(0.01)
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does
    _, words = running.communicate(timeout=60)
    assert running.returncode == 130, words
    assert words.strip() == "Stopped. What was not finished was not written."
    assert not made["out"].exists()
    assert not [path for path in made["out"].parent.iterdir() if path.name.startswith(".")]


@pytest.mark.skipif(os.name != "posix", reason="a shell's pipe")
def test_who_reads_the_first_line_only_sees_no_complaint(made):
    command = f"'{sys.executable}' -m migrationkit grade '{made['folder']}' --out '{made['out']}' "
    command += f"--secret '{made['secret']}' --roster '{made['students']}' | true"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert (made["out"] / "gradebook.csv").exists()


def test_a_folder_is_there_whole_or_not_at_all(tmp_path):
    with pytest.raises(ZeroDivisionError), folders.made_whole(tmp_path / "new" / "out") as making:
        (making / "a").write_text("a")
        raise ZeroDivisionError
    assert not list((tmp_path / "new").iterdir())
    (tmp_path / "out").mkdir()
    with folders.made_whole(tmp_path / "out") as making:
        (making / "a").write_text("a")
        assert not list((tmp_path / "out").iterdir())
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "out"]


# --- bad input ------------------------------------------------------------------------------------


def said(capsys, code):
    assert code == 1
    words = capsys.readouterr()
    assert "Traceback" not in words.err + words.out
    return words.err


@pytest.mark.parametrize("exercise", ["ex99", "", "nonsense", "ex1.5", "²", "x" * 200])
def test_an_unknown_exercise_is_told(exercise, given, tmp_path, capsys):
    words = said(capsys, run(given, tmp_path / "out", exercise=exercise))
    assert "There is no exercise" in words and "ex01" in words
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "is empty"),
        ("shoe,hat\n1,2\n", "no column"),
        ("student,name\n", "names no student"),
        ("student\ns1\ns1\n", "stands twice"),
        ("student,name\n,Ana\n", "no usable id"),
    ],
)
def test_a_bad_roster_is_told(text, expected, given, tmp_path, capsys):
    (given / "roster.csv").write_text(text)
    words = said(capsys, run(given, tmp_path / "out"))
    assert expected in words and "roster.csv" in words
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("secret", "expected"),
    [(b"", "must hold"), (b"short", "must hold"), (b"a" * 40, "easy to guess")],
)
def test_a_weak_secret_is_told(secret, expected, given, tmp_path, capsys):
    (given / "secret.txt").write_bytes(secret)
    assert expected in said(capsys, run(given, tmp_path / "out"))


def test_a_missing_secret_is_made_and_kept_from_others(given, tmp_path, capsys):
    new = given / "new.txt"
    assert run(given, tmp_path / "one", secret=new) == 0
    assert "Without it nothing can be marked" in capsys.readouterr().out
    assert new.stat().st_mode & 0o077 == 0 and len(new.read_bytes()) > 60
    assert run(given, tmp_path / "two", secret=new) == 0
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "two")


def test_a_folder_that_holds_something_is_left_alone(given, tmp_path, capsys):
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    assert "not empty" in said(capsys, run(given, out))
    assert "is a file" in said(capsys, run(given, out / "mine.txt"))
    assert [path.name for path in out.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda text: text[:-40], "line"),
        (lambda text: text.replace('"kind": "NUM"', '"kind": "SUM"'), "line 5"),
        (lambda text: text.replace('"id": "Prow"', '"id": "row"'), "begins with P"),
        (lambda text: text.replace('"name": "row"', '"name": "share"'), "share"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_questions_is_told(change, expected, given, tmp_path, capsys):
    path = given / "own.json"
    path.write_text(change(path.read_text()))
    assert expected in said(capsys, run(given, tmp_path / "out", questions=path))
    assert not (tmp_path / "out").exists()


def test_an_order_that_its_start_would_tell_is_refused(given, tmp_path, capsys):
    other = {"questions": [OWN["questions"][4] | {"expected": ["apple", "fig", "pear"]}]}
    (given / "own.json").write_text(json.dumps(other))
    words = said(capsys, run(given, tmp_path / "out", questions=given / "own.json"))
    assert "right order" in words and "Prow" in words


def test_questions_of_another_exercise_are_refused(given, tmp_path, capsys):
    (given / "own.json").write_text('{"questions": ["1.1", "8.2"]}')
    words = said(capsys, run(given, tmp_path / "out", questions=given / "own.json"))
    assert "8.2" in words and "exercise 1" in words
    (given / "own.json").write_text('{"questions": ["1.4", "1.1"]}')
    asked = papers.chosen(1, own_paper(given))
    assert [question.id for question in asked] == ["1.1", "1.4"]


def test_odd_names_do_no_harm(given, tmp_path):
    odd = [
        ("../../x", "<script>alert(1)</script>"),
        ("ANA", "=HYPERLINK(1)"),
        ("ana", "a | b * c _d_ `e` [f](g) $h$"),
        ("Zoë Ünal", "Zoë\u202e Ünal"),
        ("x" * 64, "'; DROP TABLE"),
    ]
    with (given / "roster.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("student", "name"), *odd])
    assert run(given, tmp_path / "out") == 0
    names = [path.name for path in (tmp_path / "out" / "papers").iterdir()]
    assert len({name.lower() for name in names}) == len(odd)
    assert all(re.fullmatch(r"paper01-[a-z0-9._@-]+\.ipynb", name) for name in names)
    for path in (tmp_path / "out" / "papers").iterdir():
        title = notebooks.read(path).cells[0].source
        assert "<script" not in title and "[f](g)" not in title and "\u202e" not in title
    assert "\n=" not in (tmp_path / "out" / "list.csv").read_text().replace(",=", "\n=")


@pytest.mark.parametrize("name", ["share", "kit", "world", "register", "lambda", "print", "rooms"])
def test_a_name_that_the_paper_needs_is_refused(name, given):
    items = (SimpleNamespace(id="Pone", name=name), SimpleNamespace(id="Ptwo", name="rooms"))
    with pytest.raises(KitError, match=f"No answer can be called {name}"):
        papers.chosen(1, roster.Paper("", items, {}))


def test_a_folder_that_cannot_be_made_is_told(given, capsys):
    words = said(capsys, run(given, given / "roster.csv" / "out"))
    assert "--out" in words


@pytest.mark.parametrize("module", [papers, variants, cases])
def test_the_examples_in_the_docstrings_run(module):
    tried = doctest.testmod(module)
    assert tried.attempted and not tried.failed
