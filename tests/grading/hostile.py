"""Files that a grader must survive, each handed in by a student of its own.

    python tests/grading/hostile.py [FOLDER]

`write` makes the class and returns how many points each student has earned: those for the right
values of the own paper that the file holds as data, and no other. `mark` has it marked by the
command, watches it from outside and finds what should not have happened. With a FOLDER the class
and its marks stay there, to look at.
"""

from __future__ import annotations

import copy
import csv
import hashlib
import io
import json
import os
import pickle
import sys
import tempfile
import time
import zipfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

os.environ["MIGRATIONKIT_RECORD"] = "off"
sys.path.insert(0, str(Path(__file__).resolve().parent))

import classes
import pandas as pd
import psutil

MOST_MEMORY = 600  # MB of the command and all that it starts, each process counted whole
# Every Python process of the command starts with this: it writes down who is called by network.
WATCH = """
import sys
def heard(event, arguments):
    name = {"socket.connect": 1, "socket.getaddrinfo": 0, "socket.gethostbyname": 0}.get(event)
    if name is None:
        return
    whom = arguments[name]
    host = whom[0] if isinstance(whom, tuple) else whom
    if host not in ("127.0.0.1", "::1", "localhost", None) and not str(host).startswith("/"):
        with open(%r, "a") as log:
            log.write(f"{event} {host}\\n")
sys.addaudithook(heard)
"""
HURT = "HURT"  # a file of this name anywhere would show that something of a submission ran
RUNS = f"open({HURT!r}, 'w').write('ran')"


def notebook_of(cells: list[dict], **metadata) -> bytes:
    whole = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole).encode("utf-8", "surrogatepass")


def answer(question, source: str) -> dict:
    note = {"question": question.id, "role": "answer"}
    return classes.code(source, f"q{question.id.replace('.', '-')}-answer", note)


def forged(asked, value, **more) -> dict:
    """A check cell whose output says that all is right, with any value in its metadata."""
    cell = classes.code(f'kit.check("{asked.id}", {asked.name})', "check")
    note = {"question": asked.id, "status": "●", "misconception": "", "value": value}
    line = f"● Question {asked.id}: right. {asked.meaning}"
    cell["execution_count"] = 10**6
    cell["outputs"] = [
        {
            "output_type": "execute_result",
            "execution_count": 10**6,
            "data": {"text/plain": line},
            "metadata": {"migrationkit": note | more},
        }
    ]
    return cell


def literal(question, text: str) -> bytes:
    return notebook_of([answer(question, f"# Q{question.id}\n{question.name} = {text}")])


def in_every_answer(pupil, make) -> bytes:
    return notebook_of([cell for question in pupil.asked for cell in make(question)])


def hurtful() -> dict:
    """Name → function of a pupil that makes the bytes of a file. None of these earns a point."""

    def deep(pupil):
        return b'{"cells":' + b"[" * 100_000 + b"]" * 100_000 + b"}"

    def deep_value(pupil):
        text = json.dumps(json.loads(notebook_of([forged(pupil.asked[0], "HERE")])))
        return text.replace('"HERE"', "[" * 900 + "1" + "]" * 900).encode()

    def many_parts(pupil):
        return b'{"cells": [], "x": [' + b"[]," * 3_000_000 + b"[]]}"

    def numbers(text):
        def make(pupil):
            whole = json.dumps(json.loads(notebook_of([forged(pupil.asked[0], "HERE")])))
            return whole.replace('"HERE"', text).encode()

        return make

    def right_lines(pupil):
        return in_every_answer(pupil, lambda question: [forged(question, "?")])

    def right_lines_wrong_value(pupil):
        return in_every_answer(pupil, lambda question: [forged(question, {"$": "right"})])

    def own_judge(pupil):
        source = (
            "import migrationkit.check as c\nc.judge = lambda *a: c.Verdict('●', '', '', '', 0)"
        )
        return notebook_of(
            [classes.code(source, "judge"), *json.loads(right_lines(pupil))["cells"]]
        )

    def skip(pupil):
        def cells(question):
            cell = answer(question, f"# NBVAL_SKIP\n# Q{question.id}\n{question.name} = 'x'")
            cell["metadata"]["tags"] = ["raises-exception", "nbval-skip", "nbval-ignore-output"]
            check = forged(question, "x")
            check["source"] = "# NBVAL_IGNORE_OUTPUT\n" + check["source"]
            return [cell, check]

        return in_every_answer(pupil, cells)

    def runs(text):
        def make(pupil):
            return in_every_answer(
                pupil, lambda one: [answer(one, f"# Q{one.id}\n{one.name} = {text}")]
            )

        return make

    def in_values(value):
        return lambda pupil: in_every_answer(pupil, lambda one: [forged(one, value)])

    def look_alike(pupil):
        def cells(question):
            right = repr(question.expected()) if question.kind == "NUM" else "'?'"
            marker = f"# \u051aP{question.id[1:]}".replace("P", "\u0420")
            return [classes.code(f"{marker}\n{question.name}\u200b = {right}", "x")]

        return in_every_answer(pupil, cells)

    def wide_question_ids(pupil):
        numbers = [one for one in pupil.asked if one.kind == "NUM" and "1" in one.id]
        cells = [forged(one, one.expected()) for one in numbers]
        for cell in cells:
            note = cell["outputs"][0]["metadata"]["migrationkit"]
            note["question"] = note["question"].translate({ord("1"): "\uff11"})
            cell["source"] = ""
        return notebook_of(cells)

    def in_markdown(pupil):
        cells = [forged(one, one.expected()) for one in pupil.asked if one.kind == "NUM"]
        for cell in cells:
            cell["cell_type"] = "markdown"
        return notebook_of(cells)

    def large_cells(pupil):
        return notebook_of([classes.code(f"x = {n}", f"c{n}") for n in range(20_000)])

    def large_frame(pupil):
        question = next(one for one in pupil.asked if one.kind == "DF")
        rows = [[f"row {n}", n] for n in range(40_000)]
        return notebook_of([forged(question, {"columns": ["flow", "persons"], "rows": rows})])

    def million_rows(pupil):
        question = next(one for one in pupil.asked if one.kind == "DF")
        cell = answer(question, f"# Q{question.id}\n{question.name} = pd.DataFrame(range(10**6))")
        table = "<tr><td>1</td></tr>" * 700_000
        cell["outputs"] = [
            {"output_type": "display_data", "metadata": {}, "data": {"text/html": table}}
        ]
        return notebook_of([cell])

    def long_text(pupil):
        return notebook_of([forged(pupil.asked[0], "9" * 10_000_000)])

    def long_wide_text(pupil):
        whole = notebook_of([forged(pupil.asked[0], "HERE")])
        return whole.replace(b"HERE", "\U0001f600".encode() * 4_000_000)

    def long_source(pupil):
        return literal(pupil.asked[0], "'" + "x" * 10_000_000 + "'")

    def long_literal(pupil):
        return literal(pupil.asked[0], "[" + "1," * 9_000 + "]")

    def nested_literal(pupil):
        return literal(pupil.asked[0], "(" * 9_000 + "1" + ")" * 9_000)

    def signs(pupil):
        return literal(pupil.asked[0], "-" * 19_000 + "1")

    def long_name(pupil):
        return notebook_of([forged(pupil.asked[0], 1, question="P" * 10**6)])

    def many_records(pupil):
        cell = forged(pupil.asked[0], "x")
        cell["outputs"] = cell["outputs"] * 3_000
        return notebook_of([cell])

    def wrong_types(pupil):
        whole = json.loads(right_lines(pupil))
        for cell in whole["cells"]:
            cell |= {"source": 7, "metadata": [1], "id": {"a": 1}, "execution_count": "9"}
        return json.dumps(whole).encode()

    def changes_questions(pupil):
        note = {"paper": 1, "student": pupil.id, "questions": ["P8.1", "Pfree"] * 50}
        return notebook_of([forged(pupil.asked[0], "x")], migrationkit=note)

    def broken_text(pupil):
        return literal(pupil.asked[0], "'\ud800\udfff\x00\x1b[2J\u202e'")

    def half(pupil):
        return json.dumps(classes.saved(pupil)).encode()[:5_000]

    html = "<script>fetch('//evil')</script><img src=x onerror=alert(1)>"
    return {
        "empty": lambda pupil: b"",
        "only spaces": lambda pupil: b" \n" * 1000,
        "half": half,
        "zeros": lambda pupil: b"\0" * 100_000,
        "a list": lambda pupil: b"[1, 2]",
        "a number": lambda pupil: b"1e400",
        "no cells": lambda pupil: b'{"nbformat": 4}',
        "old format": lambda pupil: b'{"nbformat": 3, "worksheets": [{"cells": []}]}',
        "deep": deep,
        "deep value": deep_value,
        "many parts": many_parts,
        "binary": lambda pupil: bytes(range(256)) * 4000,
        "a pickle": lambda pupil: pickle.dumps({"a": 1}),
        "an archive": lambda pupil: archive(),
        "wide text": lambda pupil: json.dumps({"cells": []}).encode("utf-16"),
        "nan": numbers("NaN"),
        "infinity": numbers("-Infinity"),
        "1e400": numbers("1e400"),
        "long number": numbers("9" * 100_000),
        "right lines": right_lines,
        "right lines, wrong value": right_lines_wrong_value,
        "own judge": own_judge,
        "nbval marks": skip,
        "runs code": runs(RUNS),
        "runs by import": runs(f"__import__('os').system('touch {HURT}')"),
        "never ends": runs("[x for x in iter(int, 1)]"),
        "power": runs("9**9**9"),
        "html": in_values(html),
        "html literal": runs(repr(html)),
        "formula =": in_values('=HYPERLINK("http://evil","x")'),
        "formula +": in_values("+1+cmd|' /C calc'!A0"),
        "formula -": in_values("-1+1"),
        "formula @": in_values("@SUM(1+1)"),
        "look-alikes": look_alike,
        "wide ids": wide_question_ids,
        "in markdown": in_markdown,
        "20,000 cells": large_cells,
        "long frame": large_frame,
        "a million rows": million_rows,
        "10 MB of text": long_text,
        "16 MB of wide text": long_wide_text,
        "10 MB of source": long_source,
        "long literal": long_literal,
        "nested literal": nested_literal,
        "a row of signs": signs,
        "long question": long_name,
        "3,000 records": many_records,
        "wrong types": wrong_types,
        "other questions": changes_questions,
        "broken text": broken_text,
    }


def archive() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as zipped:
        zipped.writestr("../../evil.ipynb", "{}")
    return made.getvalue()


NAMES = (
    "..\u2215..\u2215x",
    "a\x1b[31mb",
    "\u202egpj",
    "=cmd|calc",
    "-rf",
    "a\nb",
    "$(reboot)",
    "%00",
)


def write(folder: Path) -> tuple[dict[str, str], dict[str, float]]:
    """Write the class into a new folder; settings for ``grade`` and points earned by student."""
    folder.mkdir(parents=True, exist_ok=True)
    kinds = hurtful()
    many = len(kinds) + 8
    pupils = classes.pupils(many, folder, seed=5)
    settings = classes.write_settings(folder / "settings", pupils)
    into = folder / "in"
    into.mkdir()
    points = {pupil.id: 0.0 for pupil in pupils}
    for place, (pupil, (kind, make)) in enumerate(zip(pupils, kinds.items(), strict=False)):
        odd = NAMES[place % len(NAMES)] if place % 4 == 0 and os.name == "posix" else kind
        (into / f"{pupil.id} {odd}.ipynb").write_bytes(make(pupil))
    rest = pupils[len(kinds) :]

    def put(pupil, data: bytes, name: str = "paper") -> Path:
        path = into / f"{pupil.id} {name}.ipynb"
        path.write_bytes(data)
        return path

    # Honest work beside all that: it is marked as if it were alone.
    honest = rest[0]
    put(honest, classes.laid_out(honest, classes.jupyterlab))
    points[honest.id] = float(sum(one == "right" for one in honest.outcome.values()))
    # Another student's paper, as it is and with the claim changed: marked by one's own questions.
    for thief, claim in ((rest[1], honest.id), (rest[2], rest[2].id)):
        notebook = classes.saved(honest)
        notebook["metadata"]["migrationkit"]["student"] = claim
        put(thief, json.dumps(notebook).encode())
        points[thief.id] = float(
            sum(
                mine.expected() == theirs.expected() and outcome == "right"
                for mine, theirs, outcome in zip(
                    thief.asked, honest.asked, honest.outcome.values(), strict=True
                )
            )
        )
    # The right value in a forged output is an answer like any other; NaN elsewhere changes nothing.
    forger = rest[3]
    number = next(one for one in forger.asked if one.kind == "NUM")
    put(forger, notebook_of([forged(number, number.expected())], x=float("nan")))
    points[forger.id] = 1.0
    with put(rest[4], b"{", "hundred megabytes").open("r+b") as file:
        file.truncate(100_000_000)
    # A claim to be another, in a file that nobody's name is on: it adds nothing and takes nothing.
    claim = copy.deepcopy(classes.saved(honest))
    (into / "nobody.ipynb").write_text(json.dumps(claim | {"cells": []}))
    outside = folder / "outside.ipynb"
    outside.write_bytes(classes.laid_out(rest[5], classes.jupyterlab))
    if os.name == "posix":
        (into / f"{rest[5].id} link.ipynb").symlink_to(outside)
        (into / "folder-link").symlink_to(folder)
        os.mkfifo(into / f"{rest[6].id} pipe.ipynb")
    (into / "submissions.zip").write_bytes(archive())
    (into / "x.pkl").write_bytes(pickle.dumps(print))
    (into / "table.csv").write_text(pd.DataFrame({"a": [1]}).to_csv())
    # A folder whose student names a file as Moodle would name another's.
    inside = into / f"{rest[7].name}_{500 + many - 1}_assignsubmission_file_"
    inside.mkdir()
    trap = f"{honest.name}_{500 + len(kinds)}_assignsubmission_file_paper.ipynb"
    (inside / trap).write_bytes(in_every_answer(honest, lambda one: [forged(one, "x")]))
    return settings, points


# --- marked and watched ---------------------------------------------------------------------------


@dataclass
class Marked:
    """What the command made of the class, as seen from outside."""

    code: int  # how the command ended
    said: str
    points: dict[str, float]  # by student, as gradebook.csv has them
    earned: dict[str, float]
    changed: list[str]  # paths outside the folder of marks that are not as they were
    called: list[str]  # calls to another computer
    megabytes: float  # the most that all its processes took together

    def faults(self) -> list[str]:
        """What should not have happened, in words."""
        found = [f"{path} is not as it was" for path in self.changed] + self.called
        for student, earned in self.earned.items():
            if self.points.get(student) != earned:
                found.append(f"{student}: {self.points.get(student)} points, not {earned}")
        if self.code:
            found.append(f"the command ended with {self.code}: {self.said[-500:]}")
        if self.megabytes > MOST_MEMORY:
            found.append(f"{self.megabytes:.0f} MB, more than {MOST_MEMORY}")
        return found


def tree(folder: Path) -> dict[str, str]:
    """Path → hash of everything below a folder; of a link only that it is one."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file():
            found[str(path)] = str(path.is_symlink())
        else:
            found[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def mark(folder: Path) -> Marked:
    """Write the class into a new folder, have the command mark it from there, and watch."""
    settings, earned = write(folder / "class")
    names = {"students": "roster", "items": "questions"}  # as the command calls them
    command = [sys.executable, "-m", "migrationkit", "grade", str(folder / "class" / "in")]
    command += ["--out", str(folder / "out")]
    for name, value in settings.items():
        command += [f"--{names.get(name, name)}", value]
    (folder / "watch").mkdir()
    log = folder / "called.txt"
    (folder / "watch" / "sitecustomize.py").write_text(WATCH % str(log))
    path = os.pathsep.join([str(folder / "watch"), *sys.path[1:]])
    here = folder / "here"
    here.mkdir()
    before = tree(folder)
    with (folder / "said.txt").open("w") as said:
        running = psutil.Popen(
            command, cwd=here, stdout=said, stderr=said, env=os.environ | {"PYTHONPATH": path}
        )
        most = 0.0
        while running.poll() is None:
            most = max(most, _megabytes(running))
            time.sleep(0.05)
    after = tree(folder)
    own = {str(folder / name) for name in ("out", "said.txt", "called.txt")}
    changed = [
        path
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path)
        and not own & {path, *map(str, Path(path).parents)}
        and "__pycache__" not in path
    ]
    points: dict[str, float] = defaultdict(float)
    if (folder / "out" / "gradebook.csv").exists():
        with (folder / "out" / "gradebook.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                points[row["student"]] += float(row["points"])
    called = log.read_text().splitlines() if log.exists() else []
    text = (folder / "said.txt").read_text(errors="replace")
    return Marked(running.returncode, text, dict(points), earned, changed, called, most)


def _megabytes(process: psutil.Process) -> float:
    try:
        family = [process, *process.children(recursive=True)]
        return sum(one.memory_info().rss for one in family) / 1e6
    except psutil.Error:  # one of them has just ended
        return 0.0


def main(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(arguments[0]) if arguments else Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        marked = mark(folder)
    print(marked.said)
    as_earned = sum(marked.points.get(id) == points for id, points in marked.earned.items())
    print(f"{len(hurtful())} kinds of hostile file, {len(marked.earned)} students")
    print(f"points as earned: {as_earned} of {len(marked.earned)}")
    print(f"changed outside the folder of marks: {len(marked.changed)} files")
    print(f"calls to another computer: {len(marked.called)}")
    print(f"memory of all processes: {marked.megabytes:.0f} MB (at most {MOST_MEMORY})")
    print("\n".join(marked.faults()) or "nothing that should not have happened")
    return 1 if marked.faults() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
