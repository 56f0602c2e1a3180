"""The whole way of a class: a paper for each student, answers that really run, marks.

    python tests/grading/walk.py [EXERCISE ...]

For exercises 1 and 3, or those named: four invented students get papers by ``paper``. One answers
all questions rightly, one pastes the neighbour's answers, one gives the first listed wrong answer
of each question, one hands in nothing but the paper. Each notebook is run in a kernel of its own,
as Run All does, and the folder goes to ``grade``. Prints how many verdicts and misconceptions are
as they must be, and each that is not.
"""

from __future__ import annotations

import csv
import os
import sys
import tempfile
from pathlib import Path

os.environ["MIGRATIONKIT_RECORD"] = "off"

from migrationkit import __main__ as commands
from migrationkit import notebooks, papers, questions, roster, selfcheck
from migrationkit.check import judge
from migrationkit.questions import Question
from migrationkit.roster import Paper

SECRET = b"only the instructor of this walk knows"
CLASS = {"s1": "all right", "s2": "copied from s1", "s3": "wrong", "s4": "nothing"}
SOLVED = {int(path.name[2:4]): path for path in notebooks.solutions()}


def in_python(question: Question, answer: object) -> str:
    """An answer as a student would write it."""
    if question.kind == "DF" and isinstance(answer, list | dict):
        return f"pd.DataFrame({answer!r})"
    if question.kind in ("MSQ", "ORD") and isinstance(answer, set | frozenset | tuple):
        return repr(sorted(answer) if question.kind == "MSQ" else list(answer))
    return repr(answer)


def right_sources(lesson: int, bound: dict[str, Question]) -> dict[str, str]:
    """Question → source of a right answer; a chart is that of the solution."""
    charts = {
        notebooks.about(cell)["question"]: cell.source.partition("\n")[2]
        for cell in notebooks.code_cells(notebooks.read(SOLVED[lesson]))
        if notebooks.about(cell).get("role") == "answer"
    }
    return {
        id: charts[id.removeprefix("P")]
        if one.kind == "CHT"
        else f"{one.name} = {in_python(one, one.right_for())}"
        for id, one in bound.items()
    }


def wrong_sources(bound: dict[str, Question]) -> tuple[dict[str, str], dict[str, str]]:
    """Question → source of its first listed wrong answer, and → that answer's misconception."""
    sources, codes = {}, {}
    for id, one in bound.items():
        for listed in one.wrong if one.kind != "CHT" else ():
            example = listed.example_for()
            if judge(one, example).status == "△":  # in a few cases a slip gives the right answer
                sources[id], codes[id] = f"{one.name} = {in_python(one, example)}", listed.code
                break
    return sources, codes


def answered(paper, sources: dict[str, str]):
    """The paper with these sources in its answer cells; the others stay as they are."""
    for cell in paper.cells:
        note = notebooks.about(cell)
        if note.get("role") == "answer" and note["question"] in sources:
            cell.source = f"# Q{note['question']}\n{sources[note['question']]}"
    return paper


def walk(lesson: int, folder: Path) -> tuple[int, int, list[str]]:
    """Verdicts and misconceptions that are as they must be, how many there are, and the others."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = "".join(f"{id},Student {id}\n" for id in CLASS)
    (folder / "roster.csv").write_text(f"student,name\n{rows}", encoding="utf-8")
    (folder / "secret.txt").write_bytes(SECRET)
    given = [f"--roster={folder / 'roster.csv'}", f"--secret={folder / 'secret.txt'}"]
    assert commands.main(["paper", f"ex{lesson:02}", *given, f"--out={folder / 'out'}"]) == 0
    asked = papers.chosen(lesson, Paper("", (), {}))
    bound = {id: {} for id in CLASS}
    for id in CLASS:
        for question in asked:
            one = roster.asked(question, id, SECRET)
            bound[id][one.id] = one
    right = right_sources(lesson, bound["s1"])
    wrong, codes = wrong_sources(bound["s3"])
    (folder / "handed in").mkdir()
    for id, sources in {"s1": right, "s2": right, "s3": wrong, "s4": {}}.items():
        name = papers.file_name(lesson, id)
        paper = notebooks.read(folder / "out" / "papers" / name)
        if sources:
            paper = selfcheck.run_whole(answered(paper, sources), folder)
        text = notebooks.to_text(paper)
        (folder / "handed in" / name).write_text(text, encoding="utf-8")
    marked = folder / "marked"
    assert commands.main(["grade", str(folder / "handed in"), *given, f"--out={marked}"]) == 0

    def must(id: str, question: str) -> set[str]:
        mine = bound[id][question]
        if id == "s1" or (id == "s2" and _same(mine, bound["s1"][question])):
            return {"right"}
        if id == "s2":
            return {"not yet", "not attempted"}  # an order may be the one in which all begin
        return {"not yet"} if id == "s3" and question in wrong else {"not attempted", "not run"}

    with (marked / "gradebook.csv").open(encoding="utf-8", newline="") as file:
        said = {(row["student"], row["question"]): row for row in csv.DictReader(file)}
    faults, checked = [], 0
    for id in CLASS:
        for question in bound[id]:
            row = said[id, question]
            checked += 1
            if row["verdict"] not in must(id, question):
                faults.append(f"{id} {question}: {row['verdict']}, not {must(id, question)}")
            if id == "s3" and codes.get(question):
                checked += 1
                if row["misconception"] != codes[question]:
                    faults.append(f"{id} {question}: {row['misconception']}, not {codes[question]}")
    return checked - len(faults), checked, faults


def _same(mine: Question, theirs: Question) -> bool:
    """Whether the neighbour's answer is right here too; a chart is judged by its form alone."""
    return mine.kind == "CHT" or judge(mine, theirs.right_for()).right


def main(arguments: list[str]) -> int:
    failed = 0
    for exercise in arguments or ["ex01", "ex03"]:
        lesson = int(exercise.removeprefix("ex"))
        with tempfile.TemporaryDirectory() as name:
            right, of, faults = walk(lesson, Path(name) / "class")
        varied = sum(question.variants is not None for question in questions.of_lesson(lesson))
        print(f"\nExercise {lesson}, {varied} questions that vary: {right} of {of} as they must be")
        print("\n".join(faults), end="\n" if faults else "")
        failed += len(faults)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
