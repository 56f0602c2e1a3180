"""How fast a class is marked, beside nbgrader and plain nbval, in one run.

    python tests/bench/grading.py [STUDENTS] [RIVAL STUDENTS]

240 papers of ten questions by ``python -m migrationkit grade``; twenty submissions with the same
answers by ``nbgrader autograde`` and by ``pytest --nbval`` (answers put into a clean notebook whose
check cells store "right"). The rivals live in build/rivals, a venv of their own, and their
notebooks import nothing but pandas, so that they are not charged for the kit's imports. Wall clock
and processor seconds are printed, and the memory of all processes together. Nothing is asserted:
budgets are in HOUSE, computers differ.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

os.environ["MIGRATIONKIT_RECORD"] = "off"
CHECKOUT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(CHECKOUT / "tests" / "grading"))

import classes  # noqa: E402
import psutil  # noqa: E402

VENV = CHECKOUT / "build" / "rivals"
PINS = ["nbgrader==0.9.6", "nbval==0.11.0", "pytest==9.2.0", "pandas==3.1.1", "ipykernel==7.4.0"]
SAME = """import pandas as pd

def same(one, other):
    if isinstance(other, float) or isinstance(other, int):
        return isinstance(one, (int, float)) and abs(one - other) <= 0.05
    if isinstance(other, list) and other and isinstance(other[0], dict):
        rows = one.to_dict("records") if isinstance(one, pd.DataFrame) else one
        return sorted(map(str, rows)) == sorted(map(str, other))
    return one == other
"""


# --- clock ----------------------------------------------------------------------------------------


class Clock:
    """Wall seconds, processor seconds of children, and the largest sum of their memory."""

    def __enter__(self):
        self._stop = threading.Event()
        self.megabytes = 0.0
        self._watcher = threading.Thread(target=self._watch)
        self._cpu, self._wall = self._children(), time.perf_counter()
        self._watcher.start()
        return self

    def __exit__(self, *problem):
        self.wall = time.perf_counter() - self._wall
        self.cpu = self._children() - self._cpu
        self._stop.set()
        self._watcher.join()

    @staticmethod
    def _children() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    def _watch(self):
        me = psutil.Process()
        while not self._stop.wait(0.2):
            total = 0
            for child in me.children(recursive=True):
                try:
                    total += child.memory_info().rss
                except psutil.Error:
                    continue
            self.megabytes = max(self.megabytes, total / 1e6)


def run(*command: str | Path, cwd: Path, **more: str) -> str:
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=os.environ | more, capture_output=True, text=True
    )
    return done.stdout + done.stderr


# --- ours -----------------------------------------------------------------------------------------


def ours(pupils: list[classes.Pupil], folder: Path) -> Clock:
    settings = classes.write_settings(folder / "settings", pupils)
    for place, pupil in enumerate(pupils):
        path = folder / "in" / classes.file_name(place, pupil)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(classes.laid_out(pupil, classes.heavy))
    command = [sys.executable, "-m", "migrationkit", "grade", folder / "in"]
    command += ["--out", folder / "out", "--secret", settings["secret"]]
    command += ["--roster", settings["students"], "--questions", settings["items"]]
    with Clock() as clock:
        said = run(*command, cwd=folder, PYTHONPATH=str(CHECKOUT / "src"))
    verdicts = classes.verdicts(folder / "out") if (folder / "out").exists() else {}
    wrong = sum(
        verdicts.get((pupil.id, id)) != true for pupil in pupils for id, true in pupil.truth.items()
    )
    print(f"\n{said.strip()}\nverdicts that are not the true ones: {wrong}")
    return clock


# --- rivals ---------------------------------------------------------------------------------------


def make_venv() -> None:
    if (VENV / "bin" / "nbgrader").exists():
        return
    subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    subprocess.run([VENV / "bin" / "python", "-m", "pip", "install", "-q", *PINS], check=True)


def plain_truth(question) -> object:
    """The expected value as JSON data, for a test in a rival's notebook."""
    value = question.expected()
    if isinstance(value, set | frozenset):
        return sorted(value)
    return list(value) if isinstance(value, tuple) else value


def answers_of(pupil: classes.Pupil) -> dict[str, str]:
    """Name → source of the answer cell, as the student wrote it."""
    found = {}
    for cell in classes.saved(pupil)["cells"]:
        note = cell["metadata"].get("migrationkit", {})
        if note.get("role") == "answer":
            found[note["question"]] = cell["source"]
    return found


def notebook(cells: list[dict]) -> str:
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    whole = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole)


def plain_nbval(pupils: list[classes.Pupil], folder: Path) -> Clock:
    folder.mkdir()
    (folder / "pytest.ini").write_text("[pytest]\n")
    for pupil in pupils:
        given = answers_of(pupil)
        cells = [classes.code(SAME, "setup")]
        for one in pupil.asked:
            source = given.get(one.id, f"{one.name} = None")
            cells.append(classes.code(source, f"a-{len(cells)}"))
            test = f"print('right' if same({one.name}, {plain_truth(one)!r}) else 'wrong')"
            check = classes.code(test, f"c-{len(cells)}")
            check["execution_count"] = 1
            check["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "right\n"}]
            cells.append(check)
        (folder / f"{pupil.id}.ipynb").write_text(notebook(cells))
    with Clock() as clock:
        said = run(
            VENV / "bin" / "python", "-m", "pytest", "-q", "--nbval", "--nbval-current-env",
            "-p", "no:cacheprovider", "--tb=no", "-r", "N", "-c", "pytest.ini", ".", cwd=folder,
        )  # fmt: skip
    print("nbval:", said.strip().splitlines()[-1])
    return clock


def nbgrader(pupils: list[classes.Pupil], folder: Path) -> Clock:
    (folder / "source" / "ps").mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'b'\n"
    )

    def cells(pupil, given):
        setup = classes.code(SAME, "setup")
        setup["metadata"] = {}
        made = [setup]
        for one in pupil.asked:
            id = one.id.replace(".", "-")
            answer = classes.code(given.get(one.id, f"{one.name} = None"), f"a-{id}")
            note = {"schema_version": 3, "grade_id": f"a-{id}", "locked": False, "task": False}
            answer["metadata"] = {"nbgrader": note | {"solution": True, "grade": False}}
            test = classes.code(f"assert same({one.name}, {plain_truth(one)!r})", f"t-{id}")
            note = {"schema_version": 3, "grade_id": f"t-{id}", "locked": True, "task": False}
            note |= {"solution": False, "grade": True, "points": 1}
            test["metadata"] = {"nbgrader": note}
            made += [answer, test]
        return made

    path = os.pathsep.join([str(VENV / "bin"), os.environ["PATH"]])
    (folder / "source" / "ps" / "p.ipynb").write_text(notebook(cells(pupils[0], {})))
    run(VENV / "bin" / "nbgrader", "generate_assignment", "ps", "--force", cwd=folder, PATH=path)
    for pupil in pupils:
        into = folder / "submitted" / pupil.id / "ps"
        into.mkdir(parents=True)
        # nbgrader has one set of tests a class: all get the questions of the first student.
        (into / "p.ipynb").write_text(notebook(cells(pupils[0], answers_of(pupil))))
    with Clock() as clock:
        said = run(VENV / "bin" / "nbgrader", "autograde", "ps", cwd=folder, PATH=path)
    graded = len(list((folder / "autograded").glob("*/ps/p.ipynb")))
    print(f"nbgrader: {graded} of {len(pupils)} graded")
    if graded < len(pupils):
        print(said[-2000:])
    return clock


# --- the table ------------------------------------------------------------------------------------


def main(many: int, few: int) -> None:
    print("uptime:", run("uptime", cwd=CHECKOUT).strip())
    make_venv()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pupils = classes.pupils(many, folder)
        results = [("migrationkit grade", many, ours(pupils, folder / "ours"))]
        results.append(("pytest --nbval", few, plain_nbval(pupils[:few], folder / "nbval")))
        results.append(("nbgrader autograde", few, nbgrader(pupils[:few], folder / "nbgrader")))
    print("\nuptime:", run("uptime", cwd=CHECKOUT).strip())
    print(
        f"\n{'':20} {'n':>4} {'wall s':>8} {'cpu s':>8} {'a minute':>9} {'MB':>6}  ratio wall, cpu"
    )
    best = results[0][2].wall / many, results[0][2].cpu / many
    for what, count, clock in results:
        ratios = clock.wall / count / best[0], clock.cpu / count / best[1]
        rate = 60 * count / clock.wall
        print(
            f"{what:20} {count:4} {clock.wall:8.1f} {clock.cpu:8.1f} {rate:9.0f} "
            f"{clock.megabytes:6.0f}  {ratios[0]:5.1f} {ratios[1]:5.1f}"
        )


if __name__ == "__main__":
    numbers = [int(one) for one in sys.argv[1:]]
    main(*(numbers + [240, 20][len(numbers) :]))
