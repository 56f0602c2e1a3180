"""A learner's own notebook is run again by nbval; what became of each answer is told in words."""

import ast
import copy
import json
import re
import subprocess
import sys

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_output

from migrationkit import __main__ as commands
from migrationkit import notebooks, questions, record, selfcheck
from migrationkit.answers import plain
from migrationkit.check import judge, right_line
from migrationkit.data import checkout
from migrationkit.errors import KitError

NAME = "ex01-how-many-migrants.ipynb"
SOLVED = checkout() / "tests" / "solutions" / NAME
IDS = [question.id for question in questions.of_lesson(1)]


@pytest.fixture(autouse=True)
def filled_record(tmp_path_factory, monkeypatch):
    """A record that holds other answers: a check must neither read nor change it."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("MIGRATIONKIT_HOME", str(home))
    monkeypatch.delenv("MIGRATIONKIT_RECORD", raising=False)
    record.put("answers", "1.1", {"status": "△", "value": 3, "misconception": "", "tries": 9})
    record.put("guesses", "1.1", {"value": 3})
    before = (home / "my-work.json").read_bytes()
    yield
    assert (home / "my-work.json").read_bytes() == before


@pytest.fixture
def solved():
    if not SOLVED.exists():
        pytest.skip("Solutions are not shipped here.")
    return notebooks.read(SOLVED)


@pytest.fixture
def light(solved):
    """The solved exercise without its figures, which take seconds and are tested elsewhere."""
    figures = ("figure-1-1", "figure-1-4", "worked-chart-code")
    solved.cells = [cell for cell in solved.cells if cell.id not in figures]
    return solved


def cell_of(notebook, id, role):
    wanted = {"question": id, "role": role}
    return next(cell for cell in notebook.cells if notebooks.about(cell) == wanted)


def written(tmp_path, notebook, name=NAME):
    path = tmp_path / name
    path.write_text(notebooks.to_text(notebook), encoding="utf-8")
    return path


def told(findings):
    return {finding.question: " ".join(finding.words.split()) for finding in findings}


def signs(findings):
    return "".join(finding.status for finding in findings)


# --- the whole exercise ---------------------------------------------------------------------------


def test_the_solution_is_right_throughout(solved, tmp_path, capsys):
    path = written(tmp_path, solved)
    before = path.read_bytes()
    assert commands.main(["check", str(path)]) == 0
    said = capsys.readouterr().out
    assert "9 of 9 right." in said
    for question in questions.of_lesson(1):
        assert right_line(question) in said
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == [NAME]


def test_an_untouched_copy_is_nowhere_attempted(solved, tmp_path, capsys):
    path = written(tmp_path, notebooks.derive(solved))
    assert commands.main(["check", str(path)]) == 1
    said = capsys.readouterr().out
    assert len(re.findall("^○", said, re.MULTILINE)) == 9
    assert "△" not in said and "●" not in said and "0 of 9 right." in said


# --- every listed wrong answer, through nbval -----------------------------------------------------


def literal(value):
    """Source of an answer, as a learner without code would write it."""
    if isinstance(value, pd.DataFrame):
        value = value.to_dict("list")
    source = repr(plain(value))
    assert ast.literal_eval(source) == plain(value)
    return source


def verdict_cell(question, line):
    shown = new_output("execute_result", {"text/plain": line}, execution_count=1)
    return new_code_cell(
        f'kit.check("{question.id}", {question.name})',
        metadata={"tags": [notebooks.TAG]}, execution_count=1, outputs=[shown],
    )  # fmt: skip


def wrong_throughout(light):
    """The solved exercise with each question's first wrong answer grafted, the others added."""
    student = notebooks.derive(light)
    for question in questions.of_lesson(1):
        first = question.wrong[0].example_for()
        source = f"# Q{question.id}\n{question.name} = {literal(first)}"
        cell_of(student, question.id, "answer").source = source
    grafted = notebooks.graft(student, light)
    cells = []
    for cell in grafted.cells:
        cells.append(cell)
        if notebooks.about(cell).get("role") != "check":
            continue
        question = questions.find(notebooks.about(cell)["question"])
        cell.outputs = verdict_cell(question, judge_line(question, 0)).outputs
        for place, wrong in enumerate(question.wrong[1:], start=1):
            answer = new_code_cell(f"{question.name} = {literal(wrong.example_for())}")
            cells += [answer, verdict_cell(question, judge_line(question, place))]
    grafted.cells = cells
    return grafted


def judge_line(question, place):
    """The line stored for one wrong answer: made of its hint alone, not of the verdict."""
    from migrationkit.check import wrapped

    return wrapped(f"△ Question {question.id}: not yet. {question.wrong[place].hint}")


def nbval(path):
    command = [sys.executable, "-m", "pytest", "-q", "--nbval-lax", "--nbval-current-env"]
    command += ["--nbval-cell-timeout=120", "-p", "no:cacheprovider", "-c", "/dev/null"]
    return subprocess.run(
        [*command, f"--rootdir={path.parent}", path.name],
        cwd=path.parent, capture_output=True, text=True,
    )  # fmt: skip


def test_a_notebook_of_wrong_answers_gets_each_its_own_verdict_from_nbval(
    light, tmp_path, monkeypatch
):
    monkeypatch.setenv("MIGRATIONKIT_RECORD", "off")
    notebook = wrong_throughout(light)
    compared = [cell for cell in notebook.cells if notebooks.tagged(cell)]
    assert len(compared) == sum(len(question.wrong) for question in questions.of_lesson(1))
    run = nbval(written(tmp_path, notebook))
    cells = len(notebooks.code_cells(notebook))
    assert f"{cells} passed" in run.stdout and run.returncode == 0, run.stdout[-3000:]


def test_nbval_notices_a_verdict_that_is_not_the_stored_one(light, tmp_path, monkeypatch):
    monkeypatch.setenv("MIGRATIONKIT_RECORD", "off")
    for id in IDS:
        if id not in ("1.1", "1.2"):
            light.cells = [c for c in light.cells if notebooks.about(c).get("question") != id]
    cell_of(light, "1.1", "answer").source = "share = 2.93"  # right as well: the same line
    cell_of(light, "1.2", "answer").source = 'supported = "A"'
    run = nbval(written(tmp_path, light))
    assert "1 failed" in run.stdout and run.returncode == 1


# --- what learners do to a file -------------------------------------------------------------------


def test_a_file_that_was_pulled_about_is_told_cell_by_cell(light, tmp_path):
    student = copy.deepcopy(light)
    cell_of(student, "1.1", "answer").source = "# Q1.1\nmy_share = 2.92"  # renamed
    cell_of(student, "1.2", "check").source = ""  # emptied
    text = cell_of(student, "1.3", "check")  # a text cell now
    text.cell_type = "markdown"
    del text["outputs"], text["execution_count"]
    text = cell_of(student, "1.4", "answer")  # its answer as well
    text.cell_type = "markdown"
    del text["outputs"], text["execution_count"]
    check = cell_of(student, "1.5", "check")  # checked twice, and the mark to look away
    check.source = "# NBVAL_SKIP\n" + check.source
    check.metadata.tags = ["nbval-skip", "raises-exception"]
    again = copy.deepcopy(check)
    again.id = "again"
    student.cells.insert(student.cells.index(check) + 1, again)
    student.cells.remove(cell_of(student, "1.6", "check"))  # two checks in one cell
    both = cell_of(student, "1.7", "check")
    both.source = 'kit.check("1.6", largest_exit)\n' + both.source
    raising = cell_of(student, "1.8", "answer")
    raising.source = '# Q1.8\nnothing_like_this\ndescribed = "B"'
    for cell in student.cells:  # what was stored before does not matter
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [new_output("stream", text="● right")], None
    student.metadata = {"kernelspec": {"name": "no-such-kernel", "display_name": "x"}}
    findings = selfcheck.check_notebook(written(tmp_path, student))
    said = told(findings)
    assert "nothing is called share here" in said["1.1"]
    assert "must begin with share = …" in said["1.1"]
    assert "its check cell is empty" in said["1.2"]
    assert "its check cell is a text cell now" in said["1.3"]
    assert "answer cell is a text cell now" in said["1.4"]
    assert "right." in said["1.5"] and "the last one counts" in said["1.5"]
    assert "stands in a cell with a later one" in said["1.6"]
    assert "right." in said["1.7"]
    assert "answer cell stopped with an error" in said["1.8"]
    assert "nothing_like_this" in said["1.8"]
    assert signs(findings) == "△○○△●○●△●"


def test_lost_cells_odd_outputs_and_a_moved_file_are_told(light, tmp_path):
    student = notebooks.derive(light)
    student.cells = [c for c in student.cells if notebooks.about(c).get("question") != "1.1"]
    cell_of(student, "1.2", "answer").source = 'supported = "B"'
    cell_of(student, "1.2", "check").source = 'verdict = kit.check("1.2", supported)'
    cell_of(student, "1.3", "check").source = "print('hello')\nkit.check(\"1.3\", counted)"
    cell_of(
        student, "1.4", "answer"
    ).source = "import pathlib\nrest = pathlib.Path('number.txt').read_text()"
    cell_of(student, "1.5", "check").source = 'kit.check("1.5", movement'
    cell_of(student, "1.6", "answer").source = "largest_exit = input('letter? ')"
    described = cell_of(student, "1.8", "answer")
    student.cells.remove(described)
    described.source = 'described = "B"'
    student.cells.append(described)
    (tmp_path / "number.txt").write_text("12,679 persons")
    path = written(tmp_path, student, "my own name.ipynb")
    findings = selfcheck.check_notebook(path)
    said = told(findings)
    assert "no check cell was found" in said["1.1"]
    assert "showed no verdict" in said["1.2"]
    assert "not attempted yet" in said["1.3"]
    assert "right." in said["1.4"]  # the copy runs in the folder of the original
    assert "stopped with an error" in said["1.5"] and "SyntaxError" in said["1.5"]
    assert "answer cell stopped with an error" in said["1.6"]
    assert "must stand above the check" in said["1.8"]
    assert signs(findings) == "○△○●△△○△○"


def test_a_cell_that_never_ends_is_stopped(light, tmp_path):
    student = notebooks.derive(light)
    cell_of(student, "1.1", "answer").source = "while True: pass"
    cell_of(student, "1.2", "answer").source = 'supported = "C"'
    findings = selfcheck.check_notebook(written(tmp_path, student), cell_seconds=6)
    said = told(findings)
    assert "ran for too long" in said["1.1"]
    assert signs(findings)[1:] == "●○○○○○○○"


def test_a_session_that_is_ended_is_told(light, tmp_path):
    student = notebooks.derive(light)
    cell_of(student, "1.2", "answer").source = "import os\nos._exit(0)"
    findings = selfcheck.check_notebook(written(tmp_path, student), cell_seconds=6)
    assert signs(findings)[0] == "○"
    assert "●" not in signs(findings)
    assert all(finding.words.startswith(finding.status) for finding in findings)


# --- files that are no exercise -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("{", "not a whole notebook"),
        ("[]", "not a whole notebook"),
        ("hello", "not a whole notebook"),
        (json.dumps(nbformat.v4.new_notebook()), "holds no question"),
    ],
)
def test_what_is_no_exercise_is_told_in_a_sentence(content, said, tmp_path, capsys):
    path = tmp_path / "mine.ipynb"
    path.write_text(content, encoding="utf-8")
    assert commands.main(["check", str(path)]) == 1
    shown = capsys.readouterr()
    assert said in shown.out and "Traceback" not in shown.out + shown.err


@pytest.mark.parametrize("what", ["77", "nothing.ipynb", ".", "/", "", "ex99", "٣"])
def test_a_file_that_is_not_there_is_told_in_a_sentence(what, capsys):
    assert commands.main(["check", what]) == 1
    shown = capsys.readouterr().out
    assert shown.strip().endswith(".") and "Traceback" not in shown


def test_an_exercise_is_found_by_its_number():
    for what in ("1", "01", "ex01", "EX1", " 01 "):
        assert selfcheck.find_notebook(what).name == NAME


def test_a_python_that_does_not_start_is_told(light, tmp_path, monkeypatch):
    real = subprocess.run

    def broken(command, **options):
        return real([sys.executable, "-c", "print('cannot start')"], **options)

    monkeypatch.setattr(selfcheck.subprocess, "run", broken)
    with pytest.raises(KitError, match="nbval could not run the notebook"):
        selfcheck.check_notebook(written(tmp_path, light))


# --- authors --------------------------------------------------------------------------------------


def test_bake_stores_what_nbval_compares(light, tmp_path, capsys):
    fresh = notebooks.derive(light)
    for id in ("1.1", "1.2"):
        for role in ("answer", "check"):
            cell_of(fresh, id, role).source = cell_of(light, id, role).source
        cell_of(fresh, id, "check").metadata["tags"] = [notebooks.TAG]
    path = written(tmp_path, fresh)
    assert commands.main(["bake", str(path)]) == 0
    baked = notebooks.read(path)
    shown = [
        cell.outputs[0].data["text/plain"] for cell in notebooks.code_cells(baked) if cell.outputs
    ]
    assert shown == [right_line(questions.find(id)) for id in ("1.1", "1.2")]
    assert path.read_text(encoding="utf-8") == notebooks.normalised_text(path)
    assert NAME in capsys.readouterr().out


def test_bake_tells_which_cell_failed(tmp_path, capsys):
    path = written(tmp_path, nbformat.v4.new_notebook(cells=[new_code_cell("1 / 0")]))
    before = path.read_bytes()
    assert commands.main(["bake", str(path)]) == 1
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert path.read_bytes() == before


# --- commands -------------------------------------------------------------------------------------


def test_every_command_is_listed_and_an_unknown_one_refused(capsys):
    with pytest.raises(SystemExit) as ended:
        commands.main(["--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    for name in ("lab", "doctor", "check", "derive", "normalise", "bake", "library", "stamp"):
        assert name in said
    with pytest.raises(SystemExit) as ended:
        commands.main(["nonsense"])
    assert ended.value.code == 2


def test_derive_and_normalise_can_check_without_writing(capsys):
    assert commands.main(["derive", "--check"]) in (0, 1)
    assert commands.main(["normalise", "--check"]) in (0, 1)
    assert "Traceback" not in capsys.readouterr().err


def test_a_stored_line_is_what_a_verdict_says():
    for question in questions.of_lesson(1):
        for place, wrong in enumerate(question.wrong):
            assert judge(question, wrong.example_for()).line == judge_line(question, place)
