"""Marking a class: verdicts right on honest work, nothing earned by anything but right values."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent / "grading"))

import classes
import damaged
import honest
import hostile

from migrationkit import __main__ as commands
from migrationkit import marking, notebooks, questions
from migrationkit.answers import plain
from migrationkit.data import checkout
from migrationkit.errors import KitError
from migrationkit.marking import collect, gradebook, owners, report, values
from migrationkit.marking.judge import Asked, Mark
from migrationkit.roster import Student


def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# --- honest work ----------------------------------------------------------------------------------


def test_six_hundred_verdicts_are_right(tmp_path):
    right, of, wrong = honest.run(tmp_path, 60, list(classes.LAYOUTS))
    assert wrong == []
    assert right == of == 600
    assert len(classes.LAYOUTS) >= 20


def test_the_class_of_the_test_has_all_outcomes(tmp_path):
    """Or else 600 right verdicts would prove little."""
    pupils = classes.pupils(60, tmp_path)
    seen = [outcome for pupil in pupils for outcome in pupil.outcome.values()]
    assert all(seen.count(outcome) > 40 for outcome in classes.TRUTH)
    asked = [[str(question.expected()) for question in pupil.asked] for pupil in pupils]
    assert len({tuple(one) for one in asked}) > 50, "students have the same paper"


@pytest.mark.parametrize("lesson", [3, 12])
def test_verdicts_on_papers_of_other_exercises_are_right(lesson, tmp_path, monkeypatch):
    asked = [
        question.id
        for question in questions.of_lesson(lesson)
        if question.kind != "CHT" and question.id != "12.4"  # which accepts two readings of a card
    ]
    monkeypatch.setattr(classes, "ITEMS", {"title": "Paper of the tests", "questions": asked})
    right, of, wrong = honest.run(tmp_path, 42, list(classes.LAYOUTS))
    assert wrong == []
    assert right == of == 42 * len(asked)


# --- damaged files --------------------------------------------------------------------------------


def test_a_thousand_damaged_notebooks():
    damaged.campaign(1_000)()


# --- hostile files --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile_class(tmp_path_factory):
    """The class marked once: folder, points earned, points given, what changed."""
    folder = tmp_path_factory.mktemp("hostile")
    settings, points = hostile.write(folder)
    before = hostile.tree(folder)
    here = hostile.tree(Path.cwd()) if not (Path.cwd() / "lessons").exists() else None
    marked = marking.grade(folder / "in", folder / "out", **settings)
    out = folder / "out"
    after = {
        path: one
        for path, one in hostile.tree(folder).items()
        if out not in (Path(path), *Path(path).parents)
    }
    assert here is None or here == hostile.tree(Path.cwd())
    return folder, points, marked, (before, after)


def test_only_right_values_of_the_own_paper_earn_points(hostile_class):
    folder, points, marked, _ = hostile_class
    earned = {student.id: marked.total(student) for student in marked.students}
    assert earned == points
    assert len(hostile.hurtful()) >= 40


def test_nothing_outside_changes_and_nothing_runs(hostile_class):
    folder, _, _, (before, after) = hostile_class
    assert before == after
    assert not list(folder.rglob(hostile.HURT))
    assert not Path(hostile.HURT).exists()
    assert sorted(path.name for path in (folder / "out").iterdir()) == [
        "canvas.csv", "copies", "gradebook.csv", "misconceptions.csv", "misconceptions.svg",
        "moodle.csv", "report.html",
    ]  # fmt: skip


def test_the_command_marks_the_class_within_bounds(tmp_path):
    """Watched from outside: points, files, memory, and no call to another computer."""
    marked = hostile.mark(tmp_path)
    assert marked.faults() == []
    assert marked.megabytes > 100
    assert "report.html first" in marked.said


def test_the_watch_sees_what_should_not_happen(tmp_path):
    log = tmp_path / "called.txt"
    (tmp_path / "sitecustomize.py").write_text(hostile.WATCH % str(log))
    calls = [("socket.getaddrinfo", name, 80) for name in ("example.invalid", "localhost")]
    calls += [("socket.connect", None, (host, 80)) for host in ("192.0.2.1", "::1")]
    source = f"import sys\nfor call in {calls!r}: sys.audit(*call)"
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    subprocess.run([sys.executable, "-c", source], env=environment, check=True)
    called = log.read_text().splitlines()
    assert called == ["socket.getaddrinfo example.invalid", "socket.connect 192.0.2.1"]
    seen = hostile.Marked(1, "Oh", {"a": 1.0}, {"a": 2.0}, ["x"], called, 601.0)
    assert len(seen.faults()) == 6


def test_each_file_not_read_is_named_with_a_reason(hostile_class):
    folder, _, marked, _ = hostile_class
    named = dict(marked.left)
    assert all(name.isprintable() for name in named)
    reasons = " ".join(named.values())
    for words in (
        "archive",
        "link",
        "larger than 20 MB",
        "more than 5000 cells",
        "ordinary file",
        "empty",
        "not a notebook",
        "JSON cannot be read",
        "more parts",
    ):
        assert words in reasons, words
    said = marking.summary(marked, folder / "out")
    assert "submissions.zip: an archive; unpack it first." in said


def test_no_cell_is_a_formula_and_no_page_a_script(hostile_class):
    folder = hostile_class[0] / "out"
    for name in ("gradebook.csv", "moodle.csv", "canvas.csv", "misconceptions.csv"):
        rows = csv.reader((folder / name).read_text(encoding="utf-8").splitlines())
        formulas = [cell for row in rows for cell in row if cell.startswith(tuple("=+-@\t\r"))]
        assert set(formulas) <= {"-"}
    for name in ("report.html", "misconceptions.svg"):
        text = (folder / name).read_text(encoding="utf-8")
        assert "<script" not in text and "onerror=" not in text and "//evil" not in text
        assert text.replace("\n", "").isprintable()


def test_copies_are_notebooks_in_which_nothing_is_stored_to_run(hostile_class):
    copies = sorted((hostile_class[0] / "out" / "copies").iterdir())
    assert len(copies) > 25
    for path in copies:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        assert all(not cell.outputs for cell in notebooks.code_cells(notebook))


# --- the same input, the same bytes ---------------------------------------------------------------


@pytest.fixture(scope="module")
def small_class(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    pupils = classes.pupils(5, folder, seed=9)
    settings = classes.write_settings(folder / "settings", pupils)
    for place, pupil in enumerate(pupils[:4]):
        path = folder / "in" / classes.file_name(place, pupil)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(classes.laid_out(pupil, classes.jupyterlab))
    marked = marking.grade(folder / "in", folder / "out", **settings)
    return folder, settings, pupils, marked


def test_the_same_input_gives_the_same_bytes(small_class, capsys):
    folder, settings, _, _ = small_class
    arguments = ["grade", str(folder / "in"), "--out", str(folder / "again")]
    arguments += ["--secret", settings["secret"], "--roster", settings["students"]]
    assert commands.main([*arguments, "--questions", settings["items"]]) == 0
    assert "notebooks of 4 of 5 students were marked" in capsys.readouterr().out
    first, second = hostile.tree(folder / "out"), hostile.tree(folder / "again")
    assert list(first.values()) == list(second.values())
    assert len(first) == 6 + 1 + 4


def test_the_gradebook_has_a_row_for_each_student_and_question(small_class):
    folder, _, pupils, _ = small_class
    rows = table(folder / "out" / "gradebook.csv")
    assert list(rows[0]) == ["student", "question", "verdict", "points", "misconception", "note"]
    assert len(rows) == 5 * 10
    absent = [row for row in rows if row["student"] == pupils[4].id]
    assert {row["verdict"] for row in absent} == {"not run"}
    assert {row["note"] for row in absent} == {gradebook.NOTHING_HANDED_IN}
    wrong = [row for row in rows if row["question"] == "Porder" and row["verdict"] == "not yet"]
    assert all(row["points"] == "0" for row in wrong)


def test_the_copy_shows_each_verdict_under_its_answer(small_class):
    folder, _, pupils, marked = small_class
    path = folder / "out" / "copies" / report.copy_name(pupils[0].id)
    cells = nbformat.read(path, as_version=4).cells
    for id, truth in pupils[0].truth.items():
        if truth == "not run":
            assert f"{id}" in cells[0].source
            continue
        place = next(n for n, cell in enumerate(cells) if f'kit.check("{id}"' in cell.source)
        assert cells[place + 1].source.startswith(f"**Marked: {truth},")


# --- learning systems -----------------------------------------------------------------------------


def marked_class(students, note="", points=1.5, title="Exercise 1", empty=()):
    """All right, and those in ``empty`` handed in nothing."""
    question = classes.roster.questions.find("1.1")
    rows = {
        (one.id, "1.1"): gradebook.Row(one, "1.1", Mark("●", "● right"), points, note)
        for one in students
    }
    files = {one.id: f"{one.id}.ipynb" for one in students if one not in empty}
    return gradebook.Marked(title, students, [question], {"1.1": points}, rows, files=files)


def owner(people, *parts):
    return owners.Owners(people).of(collect.File(Path("x"), parts), None)[0]


def cells(text):
    return list(csv.reader(text.splitlines()))


def test_a_moodle_worksheet_comes_back_filled(tmp_path):
    """Columns of mod/assign/feedback/offline: Identifier, Grade and the date decide."""
    header = "Identifier,Full name,Email address,Status,Grade,Maximum grade,"
    header += "Grade can be changed,Last modified (submission),Last modified (grade),"
    header += "Feedback comments"
    path = tmp_path / "worksheet.csv"
    row = 'Participant 812,Ana Diaz,Ana@x.org,Submitted,,10.00,Yes,"Friday, 5 June",-,'
    path.write_text(f"{header}\n{row}\n")
    students = classes.roster.read_roster(path)
    filled = cells(gradebook.moodle(marked_class(students)))
    assert filled[0] == header.split(",")
    assert filled[1][0] == "Participant 812" and filled[1][2] == "Ana@x.org"
    assert filled[1][4] == "1.5" and filled[1][5] == "10.00" and filled[1][8] == "-"
    assert filled[1][9] == "1.1 right"
    file = collect.File(Path("x"), ("Ana Diaz_812_assignsubmission_file_", "ex01.ipynb"))
    assert owners.Owners(students).of(file, None)[0] == students[0]


WORKSHEET = (
    "Identifier,Full name,ID number,Grade,{most},Last modified (grade),Feedback comments,Marker\n"
    "Participant 812,Ana Diaz,a1,,{value},-,,{long}\n"
    "Participant 17,Bob O'Brien,b2,7.00,{value},-,well,\n"
)


def worksheet(tmp_path, most="Maximum grade", value="1.50", long=""):
    path = tmp_path / "worksheet.csv"
    path.write_text(WORKSHEET.format(most=most, value=value, long=long))
    return classes.roster.read_roster(path)


def test_who_handed_in_nothing_keeps_the_grade_of_the_worksheet(tmp_path):
    ana, bob = worksheet(tmp_path)
    filled = cells(gradebook.moodle(marked_class([ana, bob], empty=[ana, bob])))
    assert [row[3] for row in filled[1:]] == ["", "7.00"]
    assert [row[3] for row in cells(gradebook.moodle(marked_class([ana, bob])))[1:]] == ["1.5"] * 2
    plain = [Student("s1", "Ana Diaz"), Student("s2", "Bob Roe")]
    filled = cells(gradebook.moodle(marked_class(plain, empty=plain[:1])))
    assert [row[3] for row in filled[1:]] == ["", "1.5"]


def test_columns_that_only_pass_through_a_worksheet_stay_whole(tmp_path):
    people = worksheet(tmp_path, long="x" * 3_000)
    assert cells(gradebook.moodle(marked_class(people)))[1][7] == "x" * 3_000


@pytest.mark.parametrize(
    ("most", "value", "points", "title", "words"),
    [("Maximum grade", "1.50", 1.5, "Paper", ""),
     ("Maximum grade", '"1,5"', 1.5, "Paper", ""),
     ("Maximum grade", "10.00", 12, "Paper", "has 10.00 points, here 12"),
     ("Scale", "Pass or fail", 1.5, "Paper", "by a scale"),
     ("Maximum grade", "1.50", 1.5, "Final Grade of June", "ignores a column")],
)  # fmt: skip
def test_what_a_learning_system_would_not_take_is_said(tmp_path, most, value, points, title, words):
    people = worksheet(tmp_path, most, value)
    said = gradebook.misfits(marked_class(people, points=points, title=title))
    assert len(said) == bool(words)
    assert words in " ".join(said)
    assert words in marking.summary(marked_class(people, points=points, title=title), tmp_path)


def test_a_number_of_a_group_or_an_exercise_is_nobodys(tmp_path):
    ana, bob = people = worksheet(tmp_path)
    assert owner(people, "Bob OBrien_17_assignsubmission_file", "x.ipynb") == bob
    assert owner(people, "Participant_17_assignsubmission_file", "x.ipynb") == bob
    assert owner(people, "Team Red_17_assignsubmission_file", "x.ipynb") is None
    assert owner([Student("b2", "Bob O'Brien")], "Bob OBrien_5_assignsubmission_file_.ipynb")
    plain = [Student("1", "Ana Diaz"), Student("2", "Bob Roe")]
    assert owner(plain, "exercise 1", "paper01-2.ipynb") == plain[1]
    assert owner(plain, "exercise 1", "x.ipynb") is None
    assert owner(plain, "1", "paper01-2.ipynb") == plain[0]


def test_without_a_worksheet_moodle_gets_its_import_table():
    students = [Student("s1", "Ana Diaz", "Ana@x.org", "ana")]
    filled = cells(gradebook.moodle(marked_class(students)))
    assert filled[0] == ["Full name", "ID number", "Email address", "Exercise 1 (Real)",
                         "Exercise 1 (Feedback)"]  # fmt: skip
    assert filled[1] == ["Ana Diaz", "s1", "Ana@x.org", "1.5", "1.1 right"]


def test_a_canvas_export_comes_back_with_one_assignment(tmp_path):
    """The header that lib/gradebook_importer.rb asks for: Student, ID, …, Section, assignment."""
    path = tmp_path / "canvas.csv"
    path.write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section,Essay (31),Exercise 1 (32),Final Score\n"
        "    Points Possible,,,,,10,1.5,(read only)\n"
        '"Diaz, Ana",77,u77,ana@x,A,7,,70\n'
        '"Student, Test",99,,t,A,,,\n'
    )
    students = classes.roster.read_roster(path)
    assert [(one.id, one.name) for one in students] == [("77", "Diaz, Ana")]
    filled = cells(gradebook.canvas(marked_class(students)))
    assert filled[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section",
                         "Exercise 1 (32)"]  # fmt: skip
    assert filled[1] == ["    Points Possible", "", "", "", "", "1.5"]
    assert filled[2] == ["Diaz, Ana", "77", "u77", "ana@x", "A", "1.5"]
    assert filled[2][5] == "1.5"
    excused = path.read_text().replace("A,7,,70", "A,7,EX,70")
    path.write_text(excused)
    (ana,) = classes.roster.read_roster(path)
    assert cells(gradebook.canvas(marked_class([ana])))[2][5] == "EX"
    assert cells(gradebook.canvas(marked_class(students, empty=students)))[2][5] == ""
    for name in ("diazana_77_1_ex01.ipynb", "diazana_LATE_77_1_ex01-2.ipynb", "x77x_77_1_a.ipynb"):
        found = owners.Owners(students).of(collect.File(Path("x"), (name,)), None)
        assert found[0] == students[0]


def test_a_canvas_export_may_hold_two_columns_of_names(tmp_path):
    path = tmp_path / "canvas.csv"
    path.write_text(
        "LastName,FirstName,ID,SIS User ID,SIS Login ID,Section,Essay (31)\n"
        "    Points Possible,,,,,,10\n"
        "Diaz,Ana,77,u77,ana@x,A,7\nStudent,Test,99,,t,A,\n"
    )
    (ana,) = classes.roster.read_roster(path)
    assert (ana.id, ana.name) == ("77", "Ana Diaz")
    filled = cells(gradebook.canvas(marked_class([ana], title="Paper (2026)")))
    assert filled[0][:3] == ["LastName", "FirstName", "ID"]
    assert filled[0][-1] == "Paper 2026"  # "(2026)" would be an assignment's number
    assert filled[2] == ["Diaz", "Ana", "77", "u77", "ana@x", "A", "1.5"]


def test_a_dated_file_name_is_not_taken_for_a_download():
    people = [Student("s001", "Ana Diaz"), Student("s002", "Bob Roe")]
    names = ("paper_s001_2026_11_22.ipynb", "paper_s002_2026_11_22.ipynb")
    assert [owner(people, name) for name in names] == people
    assert owner(people, "roe_x_2026_11_s001.ipynb") is None  # what follows, a student may name
    alone = [owners.Owners(None).of(collect.File(Path("x"), (name,)), None)[0] for name in names]
    assert len({student.id for student in alone}) == 2


def test_an_id_of_a_roster_of_ones_own_is_not_canvass(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text("ID,name\n77,Zed Roe\n12,Ana Diaz\n")
    people = classes.roster.read_roster(path)
    assert owner(people, "diazana_77_1_paper.ipynb") == people[1]
    assert cells(gradebook.canvas(marked_class(people)))[2][:3] == ["Zed Roe", "", "77"]


@pytest.mark.parametrize(
    ("name", "found"),
    [("diazana_77_1_x.ipynb", ("77", "diazana")), ("77_1_x.ipynb", ("77", "")),
     ("group_one_77_1_x.ipynb", ("77", "group_one")),
     ("शर्माप्रिया_LATE_79_1_x.ipynb", ("79", "शर्माप्रिया")),
     ("anon_aB3x9_1_x.ipynb", ("anon_aB3x9", "")),
     ("LATE_anon_aB3x9_1_x.ipynb", ("anon_aB3x9", ""))],
)  # fmt: skip
def test_names_of_canvas_downloads(name, found):
    said = owners.sign(collect.File(Path("x"), (name,)))
    assert (said.system, said.id, said.name) == ("canvas", *found)


@pytest.mark.parametrize(
    "parts",
    [("s001.ipynb",), ("ex01-s001 (2).ipynb",), ("s001", "ex01.ipynb"), ("Ana Díaz.ipynb",),
     ("group a", "diaz ana", "x.ipynb"), ("adiaz_ex01.ipynb",), ("s001", "s002.ipynb"),
     ("s001", "roebob_2_3_x.ipynb")],
)  # fmt: skip
def test_students_are_found_in_paths(parts):
    people = [Student("s001", "Ana Diaz", "", "adiaz"), Student("s002", "Bob Roe", "", "broe")]
    if parts == ("group a", "diaz ana", "x.ipynb"):
        people.append(Student("s003", "Diaz Ana"))
        assert owners.Owners(people).of(collect.File(Path("x"), parts), None)[0] == people[2]
        return
    assert owners.Owners(people).of(collect.File(Path("x"), parts), None)[0] == people[0]


def test_a_name_that_two_students_have_is_nobodys():
    people = [Student("1", "Ana Diaz"), Student("2", "Ana Diaz")]
    for name in (
        "Ana Diaz_5_assignsubmission_file_.ipynb",
        "Ana Diaz.ipynb",
        "anadiaz_7_8_x.ipynb",
    ):
        assert owners.Owners(people).of(collect.File(Path("x"), (name,)), None)[0] is None


def test_without_a_roster_downloads_give_the_numbers_that_systems_know():
    files = ("Ana Diaz_812_assignsubmission_file_x.ipynb", "diazana_77_1_x.ipynb")
    people = [owners.Owners(None).of(collect.File(Path("x"), (name,)), None)[0] for name in files]
    worksheet = cells(gradebook.moodle(marked_class(people[:1])))
    assert worksheet[0][:4] == ["Identifier", "Full name", "Grade", "Last modified (grade)"]
    assert worksheet[1] == ["Participant 812", "Ana Diaz", "1.5", "-", "1.1 right"]
    table = cells(gradebook.canvas(marked_class(people[1:])))
    assert table[0] == ["Student", "ID", "Section", "Exercise 1"]
    assert table[2] == ["diazana", "77", "", "1.5"]


# --- exercises, without secret and roster ---------------------------------------------------------


def test_an_exercise_is_marked_without_a_roster(tmp_path, monkeypatch):
    monkeypatch.setattr(marking, "judge", by_hand)
    solved = checkout() / "exercises" / "ex01-how-many-migrants.ipynb"
    notebook = notebooks.derive(notebooks.read(solved))
    for cell in notebooks.code_cells(notebook):
        if notebooks.about(cell) == {"question": "1.2", "role": "answer"}:
            cell.source = '# Q1.2\nsupported = "C"'
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "ana.ipynb").write_text(notebooks.to_text(notebook))
    marked = marking.grade(tmp_path / "in", tmp_path / "out")
    assert marked.title == "Exercise 1"
    assert [row.mark.status for row in marked.of(marked.students[0])][1] == "●"
    assert marked.total(marked.students[0]) == 1


def by_hand(group, lines, answers, folder, progress):
    """Verdicts without nbval, for tests that are about something else."""
    asked = Asked(group)
    return {
        pair: Mark(damaged.judge(asked.of(*pair), answer.value).status if answer.given else "–", "")
        for pair, answer in answers.items()
    }


@pytest.mark.parametrize(
    "source, value",
    [("x = 3", 3), ("x: float = 3.5", 3.5), ("x = 1\nx = 2", 2), ("x = -1", -1),
     ("x = {'a': '?'}", {"a": "?"}),
     ("y = x = 'A'", "A"), ("%time\nx = 4", 4), ("x = 5\nx", 5), ("x = 5\nprint(x)", 5),
     ("x = pd.DataFrame({'a': [1]})", pd.DataFrame({"a": [1]})),
     ("x = pd.DataFrame([{'a': 1}])", pd.DataFrame({"a": [1]})),
     ("x = pd.DataFrame({'a': [1], 'b': []})", {"a": [1], "b": []}),
     ("x = set(['A'])", {"A"}), ("x = 1_000", 1000)],
)  # fmt: skip
def test_literals(source, value):
    """As a check records them, so that what was typed and what ran can be compared."""
    assert values.literal(source, "x") == (plain(value),)


@pytest.mark.parametrize(
    "source",
    ["x = 1 + 1", "x = 1\nx += 1", "x = []\nx.append(1)", "x = 1\ndel x", "x = f()", "x = 1\nx = y",
     "x, y = 1, 2", "x = 1\nfor x in [2]: pass", "x = 1 +", "y = 1", "x = {}\nx['a'] = 1",
     "x = pd.DataFrame([1], columns=['a'])", "x = open('a')", "if True:\n    x = 1"],
)  # fmt: skip
def test_what_is_no_literal_is_not_guessed(source):
    assert values.literal(source, "x") is None


def test_the_last_check_counts_and_a_later_edit_is_told(tmp_path):
    pupil = classes.pupils(1, tmp_path)[0]
    question = pupil.asked[0]
    pupil.outcome[question.id] = "right"
    notebook = classes.saved(pupil, literal=True)
    place = next(
        n for n, cell in enumerate(notebook["cells"]) if f"# Q{question.id}" in cell["source"]
    )
    notebook["cells"][place]["source"] = f"# Q{question.id}\n{question.name} = 1e9"
    handed = collect.from_bytes(json.dumps(notebook).encode())
    answer = values.answers(handed, [question])[question.id]
    assert damaged.judge(question, answer.value).status == "●"
    assert answer.note == values.CHANGED


# --- what cannot be done is said ------------------------------------------------------------------


@pytest.fixture
def asking(small_class, tmp_path):
    folder, settings, _, _ = small_class
    return {"folder": folder / "in", "out": tmp_path / "out", **settings}


def refused(**arguments):
    with pytest.raises(KitError) as caught:
        marking.grade(**arguments)
    said = str(caught.value)
    assert said[-1] in ".FILE" and "Traceback" not in said
    return said


def test_bad_input_is_told_in_words(asking, tmp_path):
    (tmp_path / "none").mkdir()
    assert "no folder" in refused(**asking | {"folder": tmp_path / "absent"})
    assert "nothing in none" in refused(**asking | {"folder": tmp_path / "none"})
    (tmp_path / "sub.zip").write_bytes(hostile.archive())
    assert "sub.zip is an archive" in refused(**asking | {"folder": tmp_path / "sub.zip"})
    (tmp_path / "x.ipynb").write_text("{")
    assert "x.ipynb is a file" in refused(**asking | {"folder": tmp_path / "x.ipynb"})
    (tmp_path / "none" / "sub.zip").write_bytes(hostile.archive())
    said = refused(**asking | {"folder": tmp_path / "none"})
    assert "no notebook in none, but sub.zip (an archive; unpack it first)" in said
    (tmp_path / "none" / "x.ipynb").write_text("{")
    said = refused(**asking | {"folder": tmp_path / "none"})
    assert "No notebook in none can be read: x.ipynb (it is not a whole notebook" in said
    assert "is a folder" in refused(**asking | {"students": str(tmp_path)})
    assert "is a folder" in refused(**asking | {"secret": str(tmp_path)})
    assert "inside the folder" in refused(**asking | {"out": asking["folder"] / "marks"})
    assert "not empty" in refused(**asking | {"out": tmp_path})
    assert "--secret" in refused(**asking | {"secret": None})
    assert "--roster" in refused(**asking | {"students": None})
    assert "Name the secret" in refused(**asking | {"secret": str(tmp_path / "no")})
    (tmp_path / "short").write_text("abc")
    assert "no secret of ours" in refused(**asking | {"secret": str(tmp_path / "short")})
    (tmp_path / "roster.csv").write_text("a,b\n1,2\n")
    assert "no column that names" in refused(**asking | {"students": str(tmp_path / "roster.csv")})
    (tmp_path / "roster.csv").write_text("student\n1\n1\n")
    assert "stands twice" in refused(**asking | {"students": str(tmp_path / "roster.csv")})
    (tmp_path / "q.json").write_text('{"questions": [\n"1.1",\n{"id": "P1", "kind": "NUM"}]}')
    assert "line 3" in refused(**asking | {"items": str(tmp_path / "q.json")})
    (tmp_path / "q.json").write_text('{"questions": [\n"1.1",\n"77.1"]}')
    assert "no question “77.1”" in refused(**asking | {"items": str(tmp_path / "q.json")})
    assert "--questions FILE" in refused(**asking | {"items": None})
    assert not (tmp_path / "out").exists()


def test_an_unknown_exercise_is_told(tmp_path):
    (tmp_path / "in").mkdir()
    cells = [classes.code('# Q88.1\nx = 1\nkit.check("88.1", x)', "a")]
    (tmp_path / "in" / "a.ipynb").write_bytes(hostile.notebook_of(cells))
    said = refused(folder=tmp_path / "in", out=tmp_path / "out")
    assert "exercise 88, which is not in this kit" in said
    (tmp_path / "in" / "a.ipynb").write_bytes(hostile.notebook_of([]))
    assert "no question" not in refused(folder=tmp_path / "in", out=tmp_path / "out")


def test_a_file_that_may_not_be_read_is_named(tmp_path, monkeypatch):
    path = tmp_path / "a.ipynb"
    path.write_text("{}")

    def forbidden(*_):  # as for a file without rights, which root may read all the same
        raise PermissionError

    monkeypatch.setattr(collect.os, "open", forbidden)
    with pytest.raises(KitError, match="cannot be opened"):
        collect.read(path)
