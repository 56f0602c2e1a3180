"""The two commands that run notebooks: check a learner's own, bake an author's.

``check`` never compares a learner's notebook with itself. It copies the file, stores the line for
a right answer under every check cell, and lets nbval run the copy. What each cell really said comes
back through the pytest plugin at the end of this module, and is told in words.
"""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from . import notebooks, questions
from .check import right_line, wrapped
from .data import checkout
from .errors import KitError
from .questions import Question
from .text import listing

CELL_SECONDS = 60
START_SECONDS = 120
REPORT = "MIGRATIONKIT_REPORT"  # where the plugin writes what the cells said


@dataclass(frozen=True)
class Finding:
    """What became of one question: its sign and the words to print."""

    question: str
    status: str
    words: str


# --- the command ----------------------------------------------------------------------------------


def main(what: str) -> int:
    """Check a notebook, print a summary in words; 0 when every answer is right, else 1."""
    try:
        path = find_notebook(what)
        findings = check_notebook(path)
    except KitError as problem:
        print(problem)
        return 1
    print(f"{path.name}\n")
    print("\n\n".join(wrapped(finding.words) for finding in findings))
    right = sum(finding.status == "●" for finding in findings)
    print(f"\n{right} of {len(findings)} right.")
    return 0 if right == len(findings) else 1


def find_notebook(what: str) -> Path:
    """The notebook meant by a path, or by an exercise's number (``1``, ``01``, ``ex01``)."""
    number = what.strip().lower().removeprefix("ex")
    if number.isascii() and number.isdigit():
        found = sorted((checkout() / "exercises").glob(f"ex{number:>02}-*.ipynb"))
        if found:
            return found[0]
        there = sorted(one.name[2:4] for one in (checkout() / "exercises").glob("ex*-*.ipynb"))
        raise KitError(f"There is no exercise {what}. There is: {listing(there) or 'none'}.")
    return Path(what)


def check_notebook(path: Path, cell_seconds: float = CELL_SECONDS) -> list[Finding]:
    """Run a copy of a learner's notebook by nbval; one finding for each question of the exercise.

    The copy runs in the folder of the original, with the record off. Raises KitError when the file
    cannot be read as a notebook, or holds no question of the kit.
    """
    learner = notebooks.read(path)
    asked = _questions_of(path, learner)
    if learner.metadata.get("migrationkit"):
        raise KitError(f"{path.name} is a paper: it records your answers, and your teacher judges.")
    if not asked:
        raise KitError(f"{path.name} holds no question of this kit, so there is nothing to check.")
    reference = with_references(learner, path.resolve().parent)
    said = run_by_nbval(reference, cell_seconds)
    return [_finding(question, learner, said) for question in asked]


def _questions_of(path: Path, learner: NotebookNode) -> list[Question]:
    """The questions of the exercise: by the file's name, else by those that it mentions."""
    number = path.name[2:4]
    if path.name.startswith("ex") and number.isdigit() and questions.of_lesson(int(number)):
        return list(questions.of_lesson(int(number)))
    ids = {about.get("question") for about in map(notebooks.about, learner.cells)}
    for cell in notebooks.code_cells(learner):
        ids |= set(notebooks.checked_questions(cell.source))
    found = {str(id).partition(".")[0] for id in ids if questions.find(str(id))}
    return [one for lesson in sorted(map(int, found)) for one in questions.of_lesson(lesson)]


# --- the reference --------------------------------------------------------------------------------


def checks(cell: NotebookNode) -> str | None:
    """The question whose verdict a cell shows: the last one that its source checks."""
    ids = notebooks.checked_questions(cell.source) if cell.cell_type == "code" else []
    return ids[-1] if ids and questions.find(ids[-1]) else None


def with_references(learner: NotebookNode, folder: Path) -> NotebookNode:
    """A copy to run: every check cell stores the line for a right answer.

    Nothing of what the learner's file stores is compared, and no mark of theirs makes nbval look
    away. The first cell goes to the folder of the original, as Jupyter does.
    """
    reference = copy.deepcopy(learner)
    for cell in notebooks.code_cells(reference):
        cell.metadata = NotebookNode()
        cell.source = cell.source.replace("NBVAL_", "NBVAL-")
        cell.outputs, cell.execution_count = [], None
        id = checks(cell)
        if id is not None:
            line = right_line(questions.find(id))
            cell.metadata.tags = [notebooks.TAG]
            cell.outputs = [
                nbformat.v4.new_output("execute_result", {"text/plain": line}, execution_count=1)
            ]
            cell.execution_count = 1
    go = nbformat.v4.new_code_cell(f"import os; os.chdir({str(folder)!r})")
    reference.cells = [go, *reference.cells]
    reference.metadata = NotebookNode(notebooks.METADATA)
    reference.nbformat, reference.nbformat_minor = 4, 5
    for place, cell in enumerate(reference.cells):
        cell.id = f"cell-{place}"
    return reference


def run_by_nbval(reference: NotebookNode, cell_seconds: float) -> list[dict]:
    """What each code cell said, in order, without the first: line, error, failure, passed."""
    with tempfile.TemporaryDirectory(prefix="migrationkit-check-") as name:
        folder = Path(name)
        notebook, report = folder / "exercise.ipynb", folder / "report.json"
        notebook.write_text(notebooks.to_text(reference), encoding="utf-8")
        (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-c", str(folder / "pytest.ini")]
        command += ["--nbval-lax", "--nbval-current-env", f"--nbval-cell-timeout={cell_seconds}"]
        command += [f"--nbval-kernel-startup-timeout={START_SECONDS}", "-p", "no:cacheprovider"]
        command += ["-p", "nbval.plugin", "-p", "migrationkit.selfcheck", str(notebook)]
        run = subprocess.run(
            command, cwd=folder, env=_environment(report), capture_output=True, text=True
        )
        if not report.is_file():
            last = (run.stderr or run.stdout).strip().splitlines()[-1:] or ["no message"]
            raise KitError(f"nbval could not run the notebook ({last[0][:200]}).")
        said = json.loads(report.read_text(encoding="utf-8"))[1:]
    if len(said) != len(notebooks.code_cells(reference)) - 1:
        raise KitError("Python did not start, so nothing was checked. Run doctor to find out why.")
    return said


def _environment(report: Path) -> dict[str, str]:
    own = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}
    return own | {
        "MIGRATIONKIT_RECORD": "off",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        REPORT: str(report),
    }


# --- the words ------------------------------------------------------------------------------------


def _finding(question: Question, learner: NotebookNode, said: list[dict]) -> Finding:
    cells = notebooks.code_cells(learner)
    mine = [place for place, cell in enumerate(cells) if checks(cell) == question.id]
    if not mine:
        return Finding(question.id, "○", f"○ Question {question.id}: {_lost(question, learner)}")
    cell = said[mine[-1]] if mine[-1] < len(said) else {}
    line = cell.get("line", "")
    again = " It is checked in several cells; the last one counts." if len(mine) > 1 else ""
    if cell.get("passed"):
        return Finding(question.id, "●", line.replace("\n", " ") + again)
    if line[:1] in ("○", "△", "●") and f"Question {question.id}:" in line:
        # A right line that nbval refused stood beside another output: say so, do not count it.
        other = " The check cell shows something else as well." if line[0] == "●" else ""
        status = "△" if line[0] == "●" else line[0]
        return Finding(question.id, status, status + line[1:].replace("\n", " ") + other + again)
    words = _silent(question, learner, said, cell)
    return Finding(question.id, "△", f"△ Question {question.id}: {words}{again}")


def _lost(question: Question, learner: NotebookNode) -> str:
    """Why no cell of the notebook shows this question's verdict."""
    noted = [
        cell
        for cell in learner.cells
        if notebooks.about(cell) == {"question": question.id, "role": "check"}
    ]
    call = f'kit.check("{question.id}", {question.name})'
    text = [cell for cell in learner.cells if cell.cell_type != "code"]
    code = notebooks.code_cells(learner)
    if any(question.id in notebooks.checked_questions(cell.source) for cell in code):
        return (
            "its check stands in a cell with a later one, and a cell shows only its last line. "
            f"Put {call} in a cell of its own."
        )
    if any(call.replace(" ", "") in cell.source.replace(" ", "") for cell in text):
        return (
            "its check cell is a text cell now. Select it, press Esc and then Y to make it a "
            "code cell again."
        )
    if noted and not any(cell.source.strip() for cell in noted):
        return f"its check cell is empty. Write {call} in it."
    return f"no check cell was found. Add a code cell with {call}."


def _silent(question: Question, learner: NotebookNode, said: list[dict], cell: dict) -> str:
    """Why a check cell gave no verdict."""
    error, failure = cell.get("error", ""), cell.get("failure", "")
    if any("Timeout" in one["failure"] for one in said):
        return "a cell ran for too long and was stopped. Look for a loop that never ends."
    if failure.startswith("Kernel dead"):
        return "Python stopped in a cell before this one. Look for a cell that ends the session."
    if error.startswith("NameError") and f"'{question.name}'" in error:
        return f"nothing is called {question.name} here. {_no_name(question, learner, said)}"
    if error:
        return f"its check cell stopped with an error. Python says: {error[:200]}"
    return "its check cell showed no verdict. The check must be the last line of the cell."


def _no_name(question: Question, learner: NotebookNode, said: list[dict]) -> str:
    """Why an answer has no value when it is checked."""
    here = [cell for cell in learner.cells if _is_answer(cell, question)]
    if not here:
        return f"Add a cell that begins with {question.name} = …"
    if here[0].cell_type != "code":
        return "Its answer cell is a text cell now: select it, press Esc and then Y."
    error = said[notebooks.code_cells(learner).index(here[0])]["error"]
    if error:
        return f"Its answer cell stopped with an error. Python says: {error[:200]}"
    if question.name in notebooks.bound_names(here[0].source):
        return "Its answer cell must stand above the check."
    return f"Its answer cell must begin with {question.name} = …"


def _is_answer(cell: NotebookNode, question: Question) -> bool:
    noted = notebooks.about(cell) == {"question": question.id, "role": "answer"}
    return noted or question.id in notebooks.MARKER.findall(cell.source)


# --- bake -----------------------------------------------------------------------------------------


def bake(paths: Sequence[Path | str]) -> list[Path]:
    """Run lessons or solutions from top to bottom and store what nbval will compare.

    For authors, who then read the outputs before they commit them. The record is off: stored
    outputs describe the declared defaults. Raises KitError at the first cell that fails.
    """
    for path in map(Path, paths):
        ran = run_whole(notebooks.read(path), path.resolve().parent)
        lesson = path.resolve().parent.name == "lessons"
        text = notebooks.to_text(notebooks.normalise(ran, hide_outputs=lesson))
        path.write_text(text, encoding="utf-8")
    return [Path(path) for path in paths]


def run_whole(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """A run copy of a notebook, in a folder, with the record off."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    copied = copy.deepcopy(notebook)
    former = os.environ.get("MIGRATIONKIT_RECORD")
    os.environ["MIGRATIONKIT_RECORD"] = "off"
    try:
        client = NotebookClient(
            copied, timeout=120, kernel_name="python3", resources={"metadata": {"path": folder}}
        )
        return client.execute(stderr=subprocess.DEVNULL)  # of each kernel the same warning
    except CellExecutionError as problem:
        raise KitError(f"A cell failed: {problem.ename}: {problem.evalue}") from None
    finally:
        os.environ.pop("MIGRATIONKIT_RECORD")
        if former is not None:
            os.environ["MIGRATIONKIT_RECORD"] = former


# --- the pytest plugin (python -m pytest -p migrationkit.selfcheck) -------------------------------

_said: list[dict] = []


def pytest_runtest_makereport(item, call):
    """After each cell: keep what it said."""
    if call.when != "call" or not hasattr(item, "test_outputs"):
        return
    outputs = item.test_outputs or []
    failure = str(call.excinfo.value) if call.excinfo else ""
    errors = [f"{one.ename}: {one.evalue}" for one in outputs if "ename" in one]
    shown = [one.data.get("text/plain", "") for one in outputs if "data" in one]
    _said.append(
        {
            "line": shown[-1] if shown else "",
            "error": errors[-1] if errors else "",
            "failure": failure,
            "passed": call.excinfo is None and bool(shown),
        }
    )


def pytest_sessionfinish(session):
    """At the end: hand over what the cells said."""
    if os.environ.get(REPORT):
        Path(os.environ[REPORT]).write_text(json.dumps(_said), encoding="utf-8")
