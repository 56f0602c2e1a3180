"""A learner's work is kept, stays on the machine, and survives whatever happens to its file."""

import io
import json
import os
import subprocess
import sys
import time
import zipfile

import pytest

from migrationkit import record
from migrationkit.errors import KitError


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty folder for the record, which is switched on."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.delenv("MIGRATIONKIT_RECORD", raising=False)
    monkeypatch.setenv("MIGRATIONKIT_HOME", str(folder))
    return folder


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A checkout with two exercises, in the place of the real one."""
    folder = tmp_path / "course"
    (folder / "exercises").mkdir(parents=True)
    for number in (1, 2):
        notebook = folder / "exercises" / f"ex0{number}-topic.ipynb"
        notebook.write_text(f'{{"cells": [], "exercise": {number}}}', encoding="utf-8")
    monkeypatch.setattr(record, "checkout", lambda: folder)
    return folder


def on_disk(folder):
    return json.loads((folder / record.FILE).read_text(encoding="utf-8"))


def visible(folder):
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


# ---- Keeping -----------------------------------------------------------------------------------


def test_an_entry_comes_back_and_others_stay(home):
    record.put("guesses", "1.1", {"value": {"Million migrants": 250.5}})
    record.put("votes", "1.vote", "Élodie's “vote”")
    record.put("guesses", "1.1", {"value": 300})
    assert record.get("guesses", "1.1") == {"value": 300}
    assert record.get("votes", "1.vote") == "Élodie's “vote”"
    assert record.get("answers", "1.1") is None
    assert record.get("answers", "1.1", "nothing") == "nothing"


def test_the_file_has_its_format_release_and_parts(home):
    record.put("hints", "1.2", [1])
    kept = on_disk(home)
    assert kept["format"] == 1 and kept["release"] and kept["country"] == "BEL"
    assert kept["hints"] == {"1.2": [1]}
    assert kept["guesses"] == kept["votes"] == kept["answers"] == {}


def test_the_country_is_belgium_until_the_learner_chooses(home):
    assert record.country() == "BEL"
    record.set_country(" nam ")
    assert record.country() == "NAM"
    assert on_disk(home)["country"] == "NAM"


@pytest.mark.parametrize("code", ["ZZZ", "Belgium", "", None, 56])
def test_a_country_that_does_not_exist_is_refused_in_words(home, code):
    with pytest.raises(KitError, match="no country"):
        record.set_country(code)
    assert record.country() == "BEL"


@pytest.mark.parametrize("code", ["ZZZ", "Belgium", 56, None, ["BEL"]])
def test_an_impossible_country_in_the_file_reads_as_belgium(home, code):
    (home / record.FILE).write_text(json.dumps({"format": 1, "country": code}))
    assert record.country() == "BEL"


def test_reading_writes_no_record(home):
    record.get("guesses", "1.1")
    record.country()
    assert visible(home) == []


# ---- The switch --------------------------------------------------------------------------------


def test_switched_off_nothing_is_read_or_written(home, monkeypatch, capsys, course):
    (home / record.FILE).write_text(json.dumps({"format": 1, "country": "FRA", "votes": {"a": 1}}))
    before = (home / record.FILE).read_bytes()
    monkeypatch.setenv("MIGRATIONKIT_RECORD", "OFF")
    assert not record.enabled()
    record.put("guesses", "1.1", 5)
    record.set_country("NAM")
    assert record.replace({"format": 1}) is None
    assert record.save() is None
    assert "switched off" in capsys.readouterr().out
    assert record.country() == "BEL" and record.get("votes", "a") is None
    assert sorted(path.name for path in home.iterdir()) == [record.FILE]
    assert (home / record.FILE).read_bytes() == before


# ---- A damaged, foreign or newer file ----------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b'{"format": 1, "guesses": {"1.1"',  # cut short
        b"",
        b"\xff\xfe\x00",
        b"[]",
        b'"text"',
        b"{}",
        b'{"format": "1"}',
        b'{"format": null}',
        b'{"format": 1, "guesses": []}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_is_set_aside_with_a_sentence_and_nothing_is_lost(home, capsys, content):
    (home / record.FILE).write_bytes(content)
    assert record.read()["guesses"] == {}
    aside = [name for name in visible(home) if name.startswith("my-work-damaged-")]
    assert len(aside) == 1
    assert (home / aside[0]).read_bytes() == content
    assert f"It was kept as {aside[0]}" in capsys.readouterr().out
    record.put("votes", "1.vote", "A")
    assert record.get("votes", "1.vote") == "A"


def test_two_damaged_files_in_one_second_are_both_kept(home):
    for content in ("first", "second"):
        (home / record.FILE).write_text(content)
        record.read()
    kept = {(home / name).read_text() for name in visible(home)}
    assert kept == {"first", "second"}


def test_a_newer_format_is_left_as_it_is(home, course):
    content = json.dumps({"format": 2, "guesses": {"1.1": "in a new form"}})
    (home / record.FILE).write_text(content)
    assert record.read()["guesses"] == {}  # lessons work without it
    for write in (lambda: record.put("votes", "a", 1), lambda: record.set_country("NAM")):
        with pytest.raises(KitError, match="newer release"):
            write()
    with pytest.raises(KitError, match="newer release"):
        record.save()
    assert visible(home) == [record.FILE]
    assert (home / record.FILE).read_text() == content


# ---- Writing -----------------------------------------------------------------------------------


def test_a_value_that_is_not_json_changes_nothing(home):
    record.put("votes", "1.vote", "A")
    before = (home / record.FILE).read_bytes()
    with pytest.raises(TypeError):
        record.put("votes", "1.vote", object())
    assert (home / record.FILE).read_bytes() == before
    assert sorted(path.name for path in home.iterdir()) == [".my-work.lock", record.FILE]


def test_a_write_that_fails_half_way_leaves_the_former_file_whole(home, monkeypatch):
    record.put("votes", "1.vote", "A")

    def full_disk(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(record.os, "replace", full_disk)
    with pytest.raises(KitError, match="No space left on device"):
        record.put("votes", "1.vote", "B")
    monkeypatch.undo()
    assert on_disk(home)["votes"] == {"1.vote": "A"}
    assert visible(home) == [record.FILE]
    assert not list(home.glob(".my-work-*.json"))


def test_two_notebooks_that_write_at_once_lose_nothing(home):
    script = (
        "import sys; from migrationkit import record\n"
        "for n in range(40): record.put('answers', f'{sys.argv[1]}.{n}', n)\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", script, name], stderr=subprocess.PIPE)
        for name in ("a", "b")
    ]
    for writer in writers:
        _, problem = writer.communicate(timeout=120)
        assert writer.returncode == 0, problem.decode()
    assert len(on_disk(home)["answers"]) == 80


# ---- Where -------------------------------------------------------------------------------------


def test_the_named_folder_is_made(home, monkeypatch):
    monkeypatch.setenv("MIGRATIONKIT_HOME", str(home / "new" / "folder"))
    record.put("votes", "a", 1)
    assert on_disk(home / "new" / "folder")["votes"] == {"a": 1}


def test_without_a_named_folder_it_is_the_checkout(course, monkeypatch):
    monkeypatch.delenv("MIGRATIONKIT_RECORD", raising=False)
    monkeypatch.delenv("MIGRATIONKIT_HOME", raising=False)
    record.put("votes", "a", 1)
    assert on_disk(course)["votes"] == {"a": 1}


def test_a_checkout_that_cannot_be_written_falls_back_to_the_learners_own_folder(
    course, tmp_path, monkeypatch
):
    monkeypatch.delenv("MIGRATIONKIT_RECORD", raising=False)
    monkeypatch.delenv("MIGRATIONKIT_HOME", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "own"))
    writable = os.access
    # Root may write everywhere, so the answer of the system is given here.
    monkeypatch.setattr(
        record.os, "access", lambda path, mode: path != course and writable(path, mode)
    )
    record.put("votes", "a", 1)
    assert not (course / record.FILE).exists()
    assert record.home() != course
    assert on_disk(record.home())["votes"] == {"a": 1}


def test_a_folder_that_cannot_be_made_is_said_in_words_and_reading_goes_on(home, monkeypatch):
    (home / "file").write_text("in the way")
    monkeypatch.setenv("MIGRATIONKIT_HOME", str(home / "file" / "folder"))
    assert record.country() == "BEL" and record.get("votes", "a") is None
    for write in (lambda: record.put("votes", "a", 1), lambda: record.set_country("NAM")):
        with pytest.raises(KitError, match="cannot be kept") as problem:
            write()
        assert "MIGRATIONKIT_HOME" in str(problem.value)
    with pytest.raises(KitError, match="cannot be kept"):
        record.save()
    assert (home / "file").read_text() == "in the way"


# ---- Save and unpack ---------------------------------------------------------------------------


def test_save_packs_the_record_and_the_exercises(home, course):
    record.put("votes", "1.vote", "A")
    path = record.save()
    assert path.parent == home and path.name.startswith("my-work-20") and path.suffix == ".zip"
    with zipfile.ZipFile(path) as pack:
        assert sorted(pack.namelist()) == [
            "exercises/ex01-topic.ipynb",
            "exercises/ex02-topic.ipynb",
            record.FILE,
        ]
    assert not list(home.glob("*.part"))


def test_the_exit_tickets_are_in_the_save_file_as_plain_text(home, course):
    record.put("votes", "1.vote", {"choice": 0, "first": 1})
    record.put("votes", "10.exit", {"text": "  Ten.\n"})
    record.put("votes", "2.exit", {"text": "Élodie: 304 million.\nNot who moved."})
    for id, entry in (("3.exit", {"text": " "}), ("4.exit", {"text": None}), ("5.exit", "text")):
        record.put("votes", id, entry)
    path = record.save()
    with zipfile.ZipFile(path) as pack:
        assert pack.read("exit-ticket.txt").decode("utf-8") == (
            "Lesson 2 (2.exit)\nÉlodie: 304 million.\nNot who moved.\n\nLesson 10 (10.exit)\nTen.\n"
        )
    kept, notebooks = record.unpack(path)
    assert len(kept["votes"]) == 6 and "exit-ticket.txt" not in notebooks


def test_a_cell_that_saves_says_where_the_file_is(home, course, monkeypatch):
    said = repr(record.save())
    assert f"my-work-{time.strftime('%Y-%m-%d')}.zip" in said and str(home) in said
    assert "Download" in said and "Path" not in said
    monkeypatch.delenv("MIGRATIONKIT_HOME")
    said = repr(record.save())
    assert "the top folder of the course" in said and str(course) not in said
    assert "saved" not in repr(record.save().parent)


def test_what_was_saved_is_unpacked(home, course):
    record.put("votes", "1.vote", "é")
    record.set_country("NAM")
    kept, notebooks = record.unpack(record.save())
    assert kept["votes"] == {"1.vote": "é"} and kept["country"] == "NAM"
    assert json.loads(notebooks["ex02-topic.ipynb"])["exercise"] == 2


def test_saving_twice_a_day_keeps_the_later_work(home, course):
    record.put("votes", "a", 1)
    first = record.save()
    record.put("votes", "b", 2)
    assert record.save() == first
    assert record.unpack(first)[0]["votes"] == {"a": 1, "b": 2}


def test_a_bare_record_can_be_unpacked(home):
    record.put("votes", "a", 1)
    kept, notebooks = record.unpack(home / record.FILE)
    assert kept["votes"] == {"a": 1} and notebooks == {}


def packed(members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in members.items():
            pack.writestr(name, content)
    return file.getvalue()


GOOD = json.dumps({"format": 1, "votes": {"a": 1}})
ZIP = packed({record.FILE: GOOD, "exercises/ex01-topic.ipynb": '{"text": "%s"}' % ("ab" * 5000)})


def encrypted(content):
    """The same zip with the flag "encrypted" set on each member."""
    marked = bytearray(content)
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := content.find(sign, at + 1)) >= 0:
            marked[at + place] |= 1
    return bytes(marked)


def spoilt(content):
    """The same zip with other bytes inside its first member."""
    marked = bytearray(content)
    start = content.find(record.FILE.encode()) + len(record.FILE)
    marked[start : start + 10] = b"\xff" * 10
    return bytes(marked)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("cut.zip", ZIP[: len(ZIP) // 2], "damaged or cut short"),
        ("almost.zip", ZIP[:-1], "damaged or cut short"),
        ("spoilt.zip", spoilt(ZIP), "damaged or cut short"),
        ("locked.zip", encrypted(ZIP), "damaged or cut short"),
        ("empty.zip", b"", "damaged or cut short"),
        ("foreign.zip", packed({"holiday.txt": "sun"}), "was not made by kit.save()"),
        ("bytes.json", b"\xff\xfe", "damaged or cut short"),
        ("deep.json", b"[" * 100_000, "damaged or cut short"),
        ("list.json", b"[1, 2]", "not made by this kit"),
        ("foreign.json", b'{"cells": []}', "not made by this kit"),
        ("newer.json", b'{"format": 99}', "newer release"),
        ("votes.json", b'{"format": 1, "votes": [1]}', "'votes' of this record is damaged"),
        ("inner.zip", packed({record.FILE: "[]"}), "not made by this kit"),
        ("cut-inside.zip", packed({record.FILE: GOOD[:-5]}), "damaged or cut short"),
        ("bomb.zip", packed({record.FILE: b" " * 20_000_001}), "unpacks to more than"),
        (
            "bomb-beside.zip",
            packed({record.FILE: GOOD, "exercises/x.ipynb": b"0" * 20_000_001}),
            "unpacks to more than",
        ),
        ("large.json", b" " * 20_000_001, "too large"),
    ],
)
def test_a_file_that_is_no_save_file_is_refused_in_words(home, tmp_path, name, content, sentence):
    record.put("votes", "mine", 1)
    before = (home / record.FILE).read_bytes()
    (tmp_path / name).write_bytes(content)
    with pytest.raises(KitError) as problem:
        record.unpack(tmp_path / name)
    assert sentence in str(problem.value)
    assert (home / record.FILE).read_bytes() == before


def test_a_file_that_is_not_there_is_named(home):
    with pytest.raises(KitError, match=r"no file 'my-work\.zip'"):
        record.unpack(home / "my-work.zip")
    with pytest.raises(KitError, match="no file"):
        record.unpack(home)  # a folder


def test_a_save_file_is_found_from_a_notebooks_folder(home, course, tmp_path, monkeypatch):
    record.put("votes", "a", "home")
    record.save().rename(home / "one.zip")
    (course / "two.json").write_text(json.dumps({"format": 1, "votes": {"a": "course"}}))
    (course / "lessons").mkdir()
    monkeypatch.chdir(course / "lessons")
    assert record.unpack("one.zip")[0]["votes"] == {"a": "home"}
    assert record.unpack("two.json")[0]["votes"] == {"a": "course"}
    here = course / "lessons" / "one.zip"
    here.write_text(json.dumps({"format": 1, "votes": {"a": "here"}}))
    assert record.unpack("one.zip")[0]["votes"] == {"a": "here"}
    here.unlink()
    with pytest.raises(KitError, match=r"no file 'one\.zip'"):
        record.unpack(here)  # a whole path means that file and no other
    with pytest.raises(KitError) as problem:
        record.unpack("three.zip")
    assert all(str(folder) in str(problem.value) for folder in (course / "lessons", home, course))


def test_without_a_folder_for_the_record_the_course_is_looked_through(home, course, monkeypatch):
    (home / "file").write_text("in the way")
    (course / "mine.json").write_text(GOOD)
    monkeypatch.setenv("MIGRATIONKIT_HOME", str(home / "file" / "folder"))
    assert record.unpack("mine.json")[0]["votes"] == {"a": 1}


def test_a_path_inside_a_zip_leads_nowhere(home, tmp_path):
    (tmp_path / "odd.zip").write_bytes(
        packed({record.FILE: GOOD, "exercises/../../../evil.ipynb": "{}", "evil.ipynb": "{}"})
    )
    _, notebooks = record.unpack(tmp_path / "odd.zip")
    assert set(notebooks) <= {"evil.ipynb"}  # a bare name, and unpack writes nothing
    assert visible(home) == []


# ---- Replace -----------------------------------------------------------------------------------


def test_replace_keeps_the_former_record(home):
    record.put("votes", "a", "former")
    first = record.replace({**record.read(), "votes": {"a": "second"}})
    second = record.replace({**record.read(), "votes": {"a": "third"}})
    assert record.get("votes", "a") == "third"
    assert [json.loads(path.read_text())["votes"]["a"] for path in (first, second)] == [
        "former",
        "second",
    ]


def test_replace_in_an_empty_folder_keeps_nothing(home):
    assert record.replace(record.read()) is None
    assert visible(home) == [record.FILE]
