"""Classes of invented students whose papers, answers and true verdicts are known.

A student's notebook is what JupyterLab saves after Run All: answers as cells, and what
``kit.check`` leaves in the metadata of outputs. The answers are evaluated here, so that the value
recorded is the one that the written source has. `LAYOUTS` are twenty forms in which such a file
comes back. No judge of the kit is asked for the truth: it follows from how the answer was made.
"""

from __future__ import annotations

import copy
import json
import random
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

import migrationkit as kit
from migrationkit import roster

SECRET = "a secret for the tests only, of some length"
ITEMS = {
    "title": "Paper of the tests",
    "questions": [
        "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.8",
        {
            "id": "Pgrowth", "kind": "NUM", "name": "growth", "tolerance": 0.05, "unit": "%",
            "prompt": "A stock grows from {before} to {after}. By how many per cent?",
            "form": "one number in %",
            "variants": [
                {"before": 100 + step, "after": 200, "expected": 100 * (100 - step) / (100 + step)}
                for step in range(0, 60, 3)
            ],
            "wrong": [{"example": 12, "hint": "That is a guess.", "code": "M04"}],
        },
        {
            "id": "Pwho", "kind": "MSQ", "name": "who", "prompt": "Which apply?",
            "form": "a list of letters", "expected": ["A", "C"],
            "options": {"A": "one", "B": "two", "C": "three", "D": "four"},
        },
        {
            "id": "Porder", "kind": "ORD", "name": "order", "prompt": "Put them in order.",
            "form": "a list in order", "expected": ["1951", "1990", "2006", "2018"],
            "start": ["1990", "2018", "1951", "2006"],
        },
    ],
}  # fmt: skip
OUTCOMES = ("right", "right", "right", "wrong", "wrong", "untouched", "deleted")
TRUTH = {"right": "right", "wrong": "not yet", "untouched": "not attempted", "deleted": "not run"}


@dataclass
class Pupil:
    """One student with the questions of the own paper, and what becomes of each."""

    id: str
    name: str
    asked: list
    outcome: dict[str, str]

    @property
    def truth(self) -> dict[str, str]:
        return {id: TRUTH[outcome] for id, outcome in self.outcome.items()}


def write_settings(folder: Path, pupils: list[Pupil]) -> dict[str, str]:
    """Secret, roster and questions as files; returned as keyword arguments of ``grade``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "secret.txt").write_text(SECRET)
    (folder / "questions.json").write_text(json.dumps(ITEMS))
    rows = ["Student,ID,SIS User ID,SIS Login ID,Section,Identifier,Email address"]
    rows.append("    Points Possible,,,,,,")
    for place, pupil in enumerate(pupils):
        first, last = pupil.name.split()
        rows.append(
            f'"{last}, {first}",{9000 + place},{pupil.id},{pupil.id}@x,A,Participant {500 + place},'
            f"{pupil.id}@example.org"
        )
    (folder / "roster.csv").write_text("\n".join(rows), encoding="utf-8-sig")
    return {
        "secret": str(folder / "secret.txt"),
        "students": str(folder / "roster.csv"),
        "items": str(folder / "questions.json"),
    }


def pupils(many: int, folder: Path, seed: int = 1) -> list[Pupil]:
    """Students with invented names; ids are those of the roster that `write_settings` writes."""
    chance = random.Random(seed)
    (folder / "items.json").write_text(json.dumps(ITEMS))
    questions = roster.read_questions(folder / "items.json").questions
    found = []
    for place in range(many):
        id = str(9000 + place)
        asked = [roster.asked(question, id, SECRET.encode()) for question in questions]
        outcome = {question.id: chance.choice(OUTCOMES) for question in asked}
        found.append(Pupil(id, f"Given{place} Family{place:03}", asked, outcome))
    return found


# --- answers --------------------------------------------------------------------------------------


def right_source(question, chance: random.Random, literal: bool) -> str:
    """Python source of a right answer, in one of the forms that students write."""
    value = question.expected()
    if question.kind == "NUM":
        near = value + chance.choice((-0.4, 0, 0.4)) * question.tolerance
        if literal:
            return chance.choice((repr(near), repr(f"{near!r}")))
        return f"({near!r} * 2) / 2"
    if question.kind == "DF":
        rows = [dict(row) for row in value]
        chance.shuffle(rows)
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        return f"pd.DataFrame({columns!r})"
    if question.kind == "MSQ":
        letters = sorted(value)
        chance.shuffle(letters)
        return repr(letters) if literal else f"[x for x in {letters!r}]"
    if question.kind == "ORD":
        return repr(list(value))
    if question.kind == "CLS" or isinstance(value, dict):
        return repr(dict(value))
    return chance.choice((repr(value), repr(value.lower()), repr(f" {value} ")))


def wrong_source(question, chance: random.Random, literal: bool) -> str:
    """Source of a wrong answer: another value of the right form, or one of no form at all."""
    value = question.expected()
    if question.kind == "NUM":
        far = abs(value) * chance.uniform(1.5, 3) + 50 * question.tolerance + 7
        return chance.choice((repr(far), repr(-far), "'no idea'", "[1, 2]"))
    if question.kind == "DF":
        columns = {name: [row[name] for row in value] for name in value[0]}
        label = next(name for name in columns if name not in question.keys)
        columns[label] = [cell + 1000 for cell in columns[label]]
        return f"pd.DataFrame({columns!r})"
    if question.kind == "MSQ":
        return repr(sorted(set(question.options) - set(value)) or ["Z"])
    if question.kind == "ORD":
        return repr(list(value)[::-1])
    if question.kind == "CLS":
        other = list(question.options)
        return repr(
            {name: other[(other.index(one) + 1) % len(other)] for name, one in value.items()}
        )
    if isinstance(value, dict):
        letters = list(question.options)
        return repr(
            {part: letters[(letters.index(one) + 1) % len(letters)] for part, one in value.items()}
        )
    return repr(next(letter for letter in question.options if letter != value))


# --- notebooks ------------------------------------------------------------------------------------


def code(source: str, id: str, note: dict | None = None) -> dict:
    metadata = {"migrationkit": note, "tags": ["raises-exception"]} if note else {}
    return {
        "cell_type": "code", "id": id, "metadata": metadata, "source": source,
        "execution_count": None, "outputs": [],
    }  # fmt: skip


def markdown(source: str, id: str) -> dict:
    return {"cell_type": "markdown", "id": id, "metadata": {}, "source": source}


def check_output(id: str, value: object, count: int) -> dict:
    """What ``kit.check`` leaves in a notebook."""
    data, metadata = kit.check(id, value)._repr_mimebundle_()
    return {
        "output_type": "execute_result",
        "data": data,
        "metadata": metadata,
        "execution_count": count,
    }


def saved(pupil: Pupil, literal: bool = False, seed: int = 0) -> dict:
    """The notebook of a student as JupyterLab saves it after a run from top to bottom."""
    chance = random.Random(f"{pupil.id} {seed}")
    cells = [markdown("# Paper", "title"), code("import migrationkit as kit\nkit.setup()", "setup")]
    count = 1
    for question in pupil.asked:
        outcome, stem = pupil.outcome[question.id], f"q{question.id.replace('.', '-')}"
        cells.append(markdown(f"### {question.id}\n\n{question.prompt}", f"{stem}-prompt"))
        if outcome == "deleted":
            continue
        make = {"right": right_source, "wrong": wrong_source}.get(outcome)
        text = make(question, chance, literal) if make else start_source(question)
        source = f"# Q{question.id}\n{question.name} = {text}"
        about = {"question": question.id}
        answer = code(source, f"{stem}-answer", about | {"role": "answer"})
        call = f'kit.check("{question.id}", {question.name})'
        check = code(call, f"{stem}-check", about | {"role": "check"})
        answer["execution_count"], check["execution_count"] = count + 1, count + 2
        value = eval(text, {"pd": pd})
        check["outputs"] = [check_output(question.id, value, count + 2)]
        cells += [answer, check]
        count += 2
    note = {"paper": 1, "student": pupil.id, "questions": [one.id for one in pupil.asked]}
    return {
        "cells": cells, "nbformat": 4, "nbformat_minor": 5,
        "metadata": {
            "migrationkit": note,
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python", "version": "3.11.7"},
        },
    }  # fmt: skip


def start_source(question) -> str:
    start = question.start
    if question.kind == "DF" and isinstance(start, dict) and "columns" in start:
        columns = zip(*start["rows"], strict=True)  # as a paper writes it
        return f"pd.DataFrame({dict(zip(start['columns'], map(list, columns), strict=True))!r})"
    return f"pd.DataFrame({start!r})" if question.kind == "DF" else repr(start)


# --- layouts --------------------------------------------------------------------------------------


def _each_code(notebook: dict):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def _is(cell: dict, role: str) -> bool:
    return cell["metadata"].get("migrationkit", {}).get("role") == role


def jupyterlab(notebook, chance):
    return notebook


def vs_code(notebook, chance):
    for cell in notebook["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)
        cell["metadata"]["vscode"] = {"languageId": "python"}
    notebook["metadata"]["vscode"] = {"interpreter": {"hash": "31f2"}}
    return notebook


def colab(notebook, chance):
    """Colab writes nbformat 4.0, keeps an id in the metadata and adds its own notes."""
    notebook["nbformat_minor"] = 0
    notebook["metadata"]["colab"] = {"provenance": [], "toc_visible": True}
    for cell in notebook["cells"]:
        cell["metadata"]["id"] = f"{chance.getrandbits(40):x}"
        cell["metadata"]["colab"] = {"base_uri": "https://localhost:8080/"}
        del cell["id"]
    return notebook


def colab_pasted(notebook, chance):
    """Cells pasted into a new Colab notebook: notes, ids and output metadata are gone."""
    notebook = colab(without_notes(notebook, chance), chance)
    for cell in _each_code(notebook):
        for output in cell["outputs"]:
            output["metadata"] = {}
    del notebook["metadata"]["migrationkit"]
    return notebook


def lost_ids(notebook, chance):
    for cell in notebook["cells"]:
        del cell["id"]
    return notebook


def new_ids(notebook, chance):
    for cell in notebook["cells"]:
        cell["id"] = f"{chance.getrandbits(32):08x}"
    return notebook


def without_tags(notebook, chance):
    for cell in notebook["cells"]:
        cell["metadata"].pop("tags", None)
    return notebook


def without_notes(notebook, chance):
    for cell in notebook["cells"]:
        cell["metadata"] = {}
    return notebook


def markers_only(notebook, chance):
    return lost_ids(without_notes(notebook, chance), chance)


def names_only(notebook, chance):
    notebook = markers_only(notebook, chance)
    for cell in _each_code(notebook):
        lines = [line for line in cell["source"].splitlines() if not line.startswith("# Q")]
        cell["source"] = "\n".join(lines)
    return notebook


def format_4_4(notebook, chance):
    notebook["nbformat_minor"] = 4
    return lost_ids(notebook, chance)


def shuffled(notebook, chance):
    chance.shuffle(notebook["cells"])
    return notebook


def split(notebook, chance):
    """Each answer cut into its marker and the rest; JupyterLab copies notes and gives new ids."""
    cells = []
    for cell in notebook["cells"]:
        if _is(cell, "answer"):
            first, second = copy.deepcopy(cell), copy.deepcopy(cell)
            first["source"], _, second["source"] = cell["source"].partition("\n")
            first["id"] += "-1"
            second["id"] += "-2"
            cells += [first, second]
        else:
            cells.append(cell)
    notebook["cells"] = cells
    return notebook


def merged(notebook, chance):
    """Answer and check in one cell, which was run again."""
    cells = []
    for cell in notebook["cells"]:
        if _is(cell, "check"):
            cell["source"] = f"{cells[-1]['source']}\n{cell['source']}"
            cells[-1] = cell
        else:
            cells.append(cell)
    notebook["cells"] = cells
    return notebook


def all_in_one(notebook, chance):
    """All answers in one cell at the top; the check cells stay where they were."""
    answers = [cell for cell in notebook["cells"] if _is(cell, "answer")]
    one = code("\n\n".join(cell["source"] for cell in answers), "one")
    rest = [cell for cell in notebook["cells"] if not _is(cell, "answer")]
    notebook["cells"] = [one, *rest]
    return notebook


def duplicated(notebook, chance):
    """Before each answer an older try of it, with its check."""
    cells = []
    for cell in notebook["cells"]:
        if _is(cell, "answer"):
            older = copy.deepcopy(cell)
            id = cell["metadata"]["migrationkit"]["question"]
            name = older["source"].splitlines()[1].partition(" = ")[0]
            older["source"] = f"# Q{id}\n{name} = 'an older try'"
            older["id"] += "-old"
            call = code(f'kit.check("{id}", {name})', f"{older['id']}-check")
            call["metadata"] = {"migrationkit": {"question": id, "role": "check"}}
            call["execution_count"] = 1
            call["outputs"] = [check_output(id, "an older try", 1)]
            cells += [older, call]
        cells.append(cell)
    notebook["cells"] = cells
    return notebook


def cleared(notebook, chance):
    """Edit, Clear Outputs of All Cells."""
    for cell in _each_code(notebook):
        cell["outputs"], cell["execution_count"] = [], None
    return notebook


def without_checks(notebook, chance):
    notebook["cells"] = [cell for cell in notebook["cells"] if not _is(cell, "check")]
    return notebook


def helpers(notebook, chance):
    cells = []
    for place, cell in enumerate(notebook["cells"]):
        if _is(cell, "answer"):
            cells.append(code(f"step = {place}\nstep * 2", f"helper-{place}"))
        cells.append(cell)
    notebook["cells"] = cells
    return notebook


def without_counts(notebook, chance):
    for cell in _each_code(notebook):
        cell["execution_count"] = None
        for output in cell["outputs"]:
            output["execution_count"] = None
    return notebook


def heavy(notebook, chance):
    """Widget states, pictures and tables beside the answers."""
    state = {f"m{n}": {"model_name": "LayoutModel", "state": {"a": n}} for n in range(2000)}
    notebook["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": state}
    picture = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "A" * 300_000}}
    for cell in _each_code(notebook)[:1]:
        cell["outputs"] = [picture, *cell["outputs"]]
    return notebook


# Layout -> whether what was recorded is lost, so that answers must be literals to count.
LAYOUTS = {
    jupyterlab: False, vs_code: False, colab: False, colab_pasted: True, lost_ids: False,
    new_ids: False, without_tags: False, without_notes: False, markers_only: False,
    names_only: True, format_4_4: False, shuffled: False, split: True, merged: False,
    all_in_one: False, duplicated: False, cleared: True, without_checks: True, helpers: False,
    without_counts: False, heavy: False,
}  # fmt: skip


def laid_out(pupil: Pupil, layout, seed: int = 0) -> bytes:
    """A student's file in one of the layouts."""
    notebook = saved(pupil, literal=LAYOUTS[layout], seed=seed)
    notebook = layout(notebook, random.Random(f"{pupil.id} {layout.__name__}"))
    return json.dumps(notebook, indent=1).encode()


def file_name(place: int, pupil: Pupil) -> str:
    """The path of a download: Moodle's folders, Canvas's files, plain ids, in turn."""
    first, last = pupil.name.split()
    if place % 3 == 0:
        return f"{pupil.name}_{500 + place}_assignsubmission_file_/paper01.ipynb"
    if place % 3 == 1:
        late = "LATE_" if place % 2 else ""
        return f"{last.lower()}{first.lower()}_{late}{9000 + place}_{70000 + place}_paper01-1.ipynb"
    return f"paper01-{pupil.id}.ipynb"


def verdicts(out: Path) -> dict[tuple[str, str], str]:
    """(student, question) → verdict, as gradebook.csv has it."""
    table = pd.read_csv(out / "gradebook.csv", dtype=str, keep_default_na=False)
    return {(row.student, row.question): row.verdict for row in table.itertuples()}
