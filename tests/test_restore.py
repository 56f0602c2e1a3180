"""Work that learners saved with an earlier release comes back in this one.

`frozen/` holds what earlier releases wrote: a save file (`my-work-RELEASE.zip`, made by
`kit.save()` after some guesses, votes and answers) and a solved exercise. They are never edited;
each release adds its own.
"""

from __future__ import annotations

import shutil
import threading
import zipfile
from pathlib import Path

import pytest

from migrationkit import notebooks, questions, record
from migrationkit.check import judge
from migrationkit.data import load
from migrationkit.errors import KitError

TESTS = Path(__file__).parent
SAVED = sorted((TESTS / "frozen").glob("my-work-*.zip"))
SOLVED = sorted((TESTS / "frozen").glob("ex*-solved-*.ipynb"))
EXERCISES = TESTS.parent / "exercises"


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course of this release with untouched exercises, and a learner's empty home."""
    (tmp_path / "exercises").mkdir()
    for solved in sorted((TESTS / "solutions").glob("ex*.ipynb")):
        untouched = notebooks.derive(notebooks.read(solved))
        text = notebooks.to_text(untouched)
        (tmp_path / "exercises" / solved.name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(notebooks, "checkout", lambda: tmp_path)
    monkeypatch.setattr(record, "checkout", lambda: tmp_path)
    monkeypatch.setenv("MIGRATIONKIT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("MIGRATIONKIT_RECORD", raising=False)
    return tmp_path


def statuses(folder: Path, name: str) -> dict[str, str]:
    """Question → sign, after running the answer cells of a notebook in a plain namespace."""
    import altair
    import pandas

    notebook, found = notebooks.read(folder / "exercises" / name), {}
    register = load("belgium-register-2006").query("direction in ['in', 'out']")
    for cell in notebooks.code_cells(notebook):
        about = notebooks.about(cell)
        if about.get("role") == "answer" and about["question"] != "1.7":  # 1.7 draws a table
            question = questions.find(about["question"])
            names = {"pd": pandas, "alt": altair, "register": register}
            exec(cell.source, names)  # our own frozen cells, not a learner's
            found[question.id] = judge(question, names[question.name]).status
    return found


def test_something_is_frozen():
    assert SAVED and SOLVED


@pytest.mark.parametrize("saved", SAVED, ids=lambda path: path.stem)
def test_a_save_file_of_an_earlier_release_is_restored(course, saved, capsys):
    notebooks.restore(saved)
    assert "Restored" in capsys.readouterr().out
    kept = record.read()
    assert kept["country"] == "MAR"
    assert kept["guesses"]["0.1"] == {"skipped": True}
    assert kept["votes"]["1.vote"]["choice"] == 1
    now = statuses(course, "ex01-how-many-migrants.ipynb")
    assert now["1.1"] == now["1.4"] == now["1.8"] == "●"
    assert now["1.2"] == "△"
    assert now["1.3"] == now["1.5"] == "○"
    for id, answer in kept["answers"].items():
        assert judge(questions.find(id), answer["value"]).status == answer["status"]


@pytest.mark.parametrize("saved", SAVED, ids=lambda path: path.stem)
def test_restoring_twice_keeps_what_was_there(course, saved):
    record.put("guesses", "9.9", {"value": 1})
    notebooks.restore(saved)
    notebooks.restore(saved)
    former = sorted((course / "home").glob("my-work-before-*.json"))
    assert former and any('"9.9"' in path.read_text(encoding="utf-8") for path in former)


def test_a_file_renamed_to_be_handed_in_is_restored_by_its_name(course, monkeypatch, capsys):
    record.put("votes", "1.exit", {"text": "304 million."})
    record.save().rename(course / "yourname-lesson1.zip")
    record.put("votes", "1.exit", {"text": "changed"})
    (course / "lessons").mkdir()
    monkeypatch.chdir(course / "lessons")
    notebooks.restore("yourname-lesson1.zip")
    assert record.get("votes", "1.exit") == {"text": "304 million."}
    with pytest.raises(KitError, match=r"no file 'other\.zip' in .*lessons"):
        notebooks.restore("other.zip")


@pytest.mark.parametrize("solved", SOLVED, ids=lambda path: path.stem)
def test_a_solved_copy_of_an_earlier_release_is_still_right(course, solved):
    name = next((course / "exercises").glob(f"{solved.name[:4]}-*.ipynb")).name
    here = course / "exercises" / name
    grafted = notebooks.graft(notebooks.read(solved), notebooks.read(here))
    here.write_text(notebooks.to_text(grafted), encoding="utf-8")
    now = statuses(course, name)
    asked_then = notebooks.read(solved).cells
    asked_then = {cell.metadata.get("migrationkit", {}).get("question") for cell in asked_then}
    assert {now[id] for id in now if id in asked_then} == {"●"}
    assert {now[id] for id in now if id not in asked_then} <= {"○"}  # asked since that release


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda raw: raw[: len(raw) // 2], "damaged"),
        (lambda raw: b"", "damaged"),
        (lambda raw: b"PK\x03\x04" + raw[40:], "damaged"),
        (lambda raw: b'{"format": 99}', "newer release"),
        (lambda raw: b'{"some": "thing"}', "not made by this kit"),
    ],
)
def test_a_damaged_save_file_changes_nothing(course, tmp_path, damage, words):
    record.put("guesses", "1.1", {"value": 1})
    before = record.read()
    bad = tmp_path / "bad.zip"
    bad.write_bytes(damage(SAVED[0].read_bytes()))
    with pytest.raises(KitError, match=words):
        notebooks.restore(bad)
    assert record.read() == before


def test_an_edited_save_file_with_foreign_parts_is_taken_in_part(course, tmp_path):
    edited = tmp_path / "edited.zip"
    shutil.copy(SAVED[0], edited)
    with zipfile.ZipFile(edited, "a") as pack:
        pack.writestr("../outside.ipynb", "{}")
        pack.writestr("exercises/../../outside.ipynb", "{}")
    notebooks.restore(edited)
    assert not (tmp_path.parent / "outside.ipynb").exists()
    assert record.country() == "MAR"


def test_two_notebooks_at_once_keep_each_others_entries(course):
    def write(name: str) -> None:
        for place in range(25):
            record.put("votes", f"{name}.{place}", {"choice": place})

    writers = [threading.Thread(target=write, args=(name,)) for name in ("1", "2")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(record.read()["votes"]) == 50


def test_a_vote_changed_later_keeps_the_first(course):
    from migrationkit.ask import ask

    radio = next(box for box in walk(ask("1.vote")) if hasattr(box, "options"))
    radio.value = 2
    radio.value = 0
    assert record.get("votes", "1.vote") == {"choice": 0, "first": 2}
    again = next(box for box in walk(ask("1.vote")) if hasattr(box, "options"))
    assert again.value == 0


def walk(widget):
    """A widget and all that it contains."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from walk(child)
