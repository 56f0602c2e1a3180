"""The verdicts: clean notebooks, one ``mark(student, question)`` cell each, judged by nbval.

Every such cell stores the line for a right answer, and nbval compares it with what the cell says
when it runs in a fresh kernel. The kernel reads the answers from a file, as data; no line of a
submission is in it. What nbval says is never guessed at: a cell without a verdict (a computer too
busy, a kernel that stopped) is run again, and stays unjudged at worst. Two shards run at a time.

The notebooks lie in a folder of their own with its own settings for pytest and IPython, so that
nobody's configuration changes a verdict, and with its own temporary files. ``said.py`` there is the
only plugin besides nbval's.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from .. import notebooks, questions, roster
from ..check import Verdict, wrapped
from ..check import judge as verdict_on
from ..errors import KitError
from ..questions import Question
from .values import Answer

MOST_CELLS = 1_500  # of a shard
FEWEST_CELLS = 60  # below this a second kernel costs more than it saves
SHARDS = 2  # at a time: each needs about 200 MB
CELL_SECONDS = 60
START_SECONDS = 180
CLASS, CELLS = "class.json", "cells.json"  # what a kernel reads, what the plugin reads
PLUGIN = "said.py"


Pair = tuple[int, str]  # a student's number and a question's id


@dataclass(frozen=True)
class Class:
    """What is judged: students' ids, question ids as asked, and where papers come from."""

    students: tuple[str, ...]
    questions: tuple[str, ...]  # ids of the kit or of own items, without the P of a paper
    secret: str = ""  # path of the secret file; "" for an exercise
    items: str = ""  # path of the file with the instructor's own questions


@dataclass(frozen=True)
class Mark:
    """What became of one question of one student."""

    status: str  # ● right, △ not yet, ○ not attempted, – not run, ? not judged
    line: str
    misconception: str = ""


# --- in the kernel --------------------------------------------------------------------------------

_open: dict = {}


def open_class(path: str = CLASS) -> None:
    """Read the class that `mark` speaks of. First cell of each notebook."""
    content = json.loads(Path(path).read_text(encoding="utf-8"))
    _open["class"] = Class(**content["class"])
    _open["answers"] = content["answers"]
    _open["asked"] = Asked(_open["class"])


def mark(student: int, question: str) -> Verdict:
    """The verdict on one answer, by the student's number in the class and the question's id."""
    asked = _open["asked"].of(student, question)
    answer = _open["answers"][str(student)][question]
    if answer is None:
        return Verdict("○", not_run(asked), "", asked.id, None)
    return verdict_on(asked, answer["value"])


def not_run(question: Question) -> str:
    return wrapped(f"– Question {question.id}: not run.")


class Asked:
    """The questions as each student's paper, or the exercise, asks them."""

    def __init__(self, group: Class):
        self.group = group
        own = roster.read_questions(group.items).questions if group.items else ()
        self._known = {one.id: one for one in own}
        self._secret = roster.read_secret(group.secret) if group.secret else b""

    def plain(self, id: str) -> Question:
        question = self._known.get(id) or questions.find(id)
        if question is None:
            raise KitError(f"There is no question “{id}” in this kit.")
        return question

    def of(self, student: int, id: str) -> Question:
        question = self.plain(id)
        if not self._secret:
            return question
        return roster.asked(question, self.group.students[student], self._secret)

    def paper_number(self, id: str) -> str:
        """The number of a student's paper, as `paper` gave it."""
        student = self.group.students.index(id)
        bound = [self.of(student, one) for one in self.group.questions]
        return roster.paper_number(id, self._secret, bound)


# --- the notebooks --------------------------------------------------------------------------------


def judge(
    group: Class,
    lines: Mapping[Pair, str],
    answers: Mapping[Pair, Answer],
    folder: Path,
    progress: Callable[[int], None] = lambda done: None,
) -> dict[Pair, Mark]:
    """A mark for each pair of student and question.

    ``lines`` are those for right answers. ``folder`` is empty and for this alone.
    """
    kept: dict[str, dict] = {str(number): {} for number, _ in answers}
    for (number, id), answer in answers.items():
        kept[str(number)][id] = {"value": answer.value} if answer.given else None
    content = json.dumps({"class": asdict(group), "answers": kept})
    marks: dict[Pair, Mark] = {}
    for attempt, most in enumerate((MOST_CELLS, MOST_CELLS, 40)):
        open_pairs = [pair for pair in answers if pair not in marks]
        if not open_pairs:
            break
        runs = []
        for shard, pairs in enumerate(_shards(open_pairs, most)):
            runs.append(_Run(folder / f"run-{attempt}-{shard}", pairs, lines, content))
        before = len(marks)
        _run_all(runs, lambda done, before=before: progress(before + done))
        for run in runs:
            marks |= run.marks(answers)
    if not marks:
        raise KitError(f"nbval judged nothing. It said: {runs[0].complaint()}")
    return {
        pair: marks.get(pair, Mark("?", "? This answer could not be judged.")) for pair in answers
    }


def _shards(pairs: Sequence[Pair], most: int) -> list[list[Pair]]:
    wanted = min(SHARDS, os.cpu_count() or 1, max(1, len(pairs) // FEWEST_CELLS))
    many = max(wanted, -(-len(pairs) // most))
    size = -(-len(pairs) // many)
    return [list(pairs[at : at + size]) for at in range(0, len(pairs), size)]


def clean_notebook(pairs: Sequence[Pair], lines: Mapping[Pair, str]) -> str:
    """The JSON of a notebook that marks these pairs; our own words only."""
    cells = [_cell("open", f"from {__name__} import mark, open_class\nopen_class()", None)]
    for number, id in pairs:
        cells.append(_cell(f"mark-{len(cells)}", f"mark({number}, {id!r})", lines[number, id]))
    whole = {"cells": cells, "metadata": notebooks.METADATA, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole)


def _cell(id: str, source: str, line: str | None) -> dict:
    output = {"output_type": "execute_result", "execution_count": 1, "metadata": {}}
    return {
        "cell_type": "code",
        "id": id,
        "metadata": {},
        "source": source,
        "execution_count": None if line is None else 1,
        "outputs": [] if line is None else [output | {"data": {"text/plain": line}}],
    }


# --- nbval ----------------------------------------------------------------------------------------


class _Run:
    """One notebook, run by pytest with nbval in a process of its own."""

    def __init__(self, folder: Path, pairs: list[Pair], lines: Mapping[Pair, str], content: str):
        self.folder, self.pairs = folder, pairs
        settings = folder / "ipython" / "profile_default"
        settings.mkdir(parents=True)
        (settings / "ipython_kernel_config.py").write_text(_SETTINGS, encoding="utf-8")
        (folder / "temporary").mkdir()
        (folder / "marks.ipynb").write_text(clean_notebook(pairs, lines), encoding="utf-8")
        (folder / CLASS).write_text(content, encoding="utf-8")
        (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
        plugin = Path(__file__).with_name(PLUGIN).read_text(encoding="utf-8")
        (folder / "conftest.py").write_text(plugin, encoding="utf-8")
        self._said = folder / "said.jsonl"
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        command = [sys.executable, "-c", _START, "-q", "-c", "pytest.ini", "--nbval"]
        command += ["--nbval-current-env", f"--nbval-cell-timeout={CELL_SECONDS}", "--tb=no"]
        command += [f"--nbval-kernel-startup-timeout={START_SECONDS}", "-r", "N", "--color=no"]
        command += ["-p", "nbval.plugin", "--capture=no"]
        for idle in ("cacheprovider", "logging", "assertion"):
            command += ["-p", f"no:{idle}"]
        with (self.folder / "pytest.log").open("wb") as log:
            self._process = subprocess.Popen(
                [*command, "marks.ipynb"], cwd=self.folder, env=_environment(self.folder),
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        if self.running():
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()

    def done(self) -> int:
        return self._said.read_bytes().count(b"\n") if self._said.exists() else 0

    def complaint(self) -> str:
        log = (self.folder / "pytest.log").read_text(encoding="utf-8", errors="replace")
        return " ".join((log.strip().splitlines() or ["nothing"])[-1].split())[:200]

    def marks(self, answers: Mapping[Pair, Answer]) -> dict[Pair, Mark]:
        """The marks of the cells that nbval judged; others are missing."""
        if not self._said.exists():
            return {}
        found = {}
        for line in self._said.read_text(encoding="utf-8").splitlines()[1:]:
            said = json.loads(line)
            pair = self.pairs[said["cell"] - 1]
            right = said["status"] == "●"
            # The kernel's word and nbval's comparison must agree; else the cell is run again.
            if said["status"] and said["compared"] and said["passed"] == right:
                status = said["status"] if answers[pair].given else "–"
                found[pair] = Mark(status, said["line"], said["misconception"])
        return found


def _run_all(runs: Sequence[_Run], progress: Callable[[int], None]) -> None:
    """Run all, a few at a time; nothing is left running, whatever happens."""
    waiting, started = list(runs), []
    try:
        while waiting or any(run.running() for run in started):
            while waiting and sum(run.running() for run in started) < SHARDS:
                started.append(waiting.pop(0))
                started[-1].start()
            time.sleep(0.1)
            progress(sum(max(0, run.done() - 1) for run in started))
    finally:
        for run in started:
            run.stop()


# As in the kit's own import: a grammar that nothing here needs is not built (1 s, 20 MB). Without
# the plugin "assertion" pytest writes no comparison of texts that nobody reads.
_START = (
    "import sys; sys.modules['rfc3987_syntax'] = None; "
    "import pytest; sys.exit(pytest.main(sys.argv[1:]))"
)


# No history is written, and the kernel does not pause after each cell.
_SETTINGS = (
    "c = get_config()\nc.HistoryManager.enabled = False\nc.IPythonKernel._execute_sleep = 0\n"
)


def _environment(folder: Path) -> dict[str, str]:
    own = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}
    source = str(Path(__file__).resolve().parents[2])
    return own | {
        "MIGRATIONKIT_RECORD": "off",
        "PYTHONPATH": os.pathsep.join([source, *filter(None, [own.get("PYTHONPATH")])]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "IPYTHONDIR": str(folder / "ipython"),
        **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder / "temporary")),
    }
