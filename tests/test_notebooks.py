"""Notebooks as files: derived copies are fresh, answers are found, stored outputs are few."""

import copy
import json
import subprocess

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from migrationkit import notebooks, questions, record
from migrationkit.data import checkout
from migrationkit.errors import KitError

SOLVED = checkout() / "tests" / "solutions" / "ex01-how-many-migrants.ipynb"
IDS = [question.id for question in questions.of_lesson(1)]


@pytest.fixture
def solved():
    if not SOLVED.exists():
        pytest.skip("Solutions are not shipped here.")
    return notebooks.read(SOLVED)


@pytest.fixture
def target(solved):
    return notebooks.derive(solved)


def answer_cells(notebook):
    return {
        notebooks.about(cell)["question"]: cell
        for cell in notebook.cells
        if notebooks.about(cell).get("role") == "answer"
    }


def answered(notebook):
    """A copy in which each answer cell holds an answer of its own."""
    notebook = copy.deepcopy(notebook)
    for id, cell in answer_cells(notebook).items():
        name = questions.find(id).name
        cell.source = f"# Q{id}\n{name} = 'mine {id}'"
    return notebook


# --- normalise ------------------------------------------------------------------------------------


def messy():
    """A notebook as JupyterLab saves it after work: outputs, counts, widgets, metadata."""
    view = "application/vnd.jupyter.widget-view+json"
    shown = new_output(
        "execute_result",
        {"text/plain": "Claim 1.1\n3.7 %", view: {"model_id": "1"}, "image/png": "eA=="},
        metadata={"migrationkit": {"value": 1}},
        execution_count=17,
    )
    cells = [
        new_markdown_cell("# Title\n\n"),
        new_code_cell("1 + 1\n", execution_count=3, outputs=[new_output("stream", text="noise")]),
        new_code_cell("claim()", execution_count=9, outputs=[shown], metadata={
            "tags": ["nbval-check-output"], "trusted": True, "collapsed": False,
            "execution": {"iopub.status.busy": "2026"}, "scrolled": True}),
    ]  # fmt: skip
    notebook = new_notebook(cells=cells, metadata={
        "kernelspec": {"name": "conda-env", "display_name": "x", "language": "python"},
        "language_info": {"name": "python", "version": "3.11.7"}, "widgets": {view: {}},
        "toc-autonumbering": True})  # fmt: skip
    notebook.cells[1].id = notebook.cells[0].id = "same"
    return notebook


def test_normalise_keeps_what_nbval_compares_and_nothing_else():
    clean = notebooks.normalise(messy())
    title, plain, claim = clean.cells
    assert title.source == "# Title" and plain.source == "1 + 1"
    assert (plain.outputs, plain.execution_count) == ([], None)
    assert claim.execution_count == 1
    assert claim.outputs == [{"output_type": "execute_result", "execution_count": 1, "metadata": {},
                              "data": {"text/plain": "Claim 1.1\n3.7 %"}}]  # fmt: skip
    assert claim.metadata == {"tags": ["nbval-check-output"]}
    assert clean.metadata == notebooks.METADATA
    assert len({cell.id for cell in clean.cells}) == 3
    nbformat.validate(clean)


def test_a_lesson_folds_what_it_stores():
    clean = notebooks.normalise(messy(), hide_outputs=True)
    assert clean.cells[2].metadata["jupyter"] == {"outputs_hidden": True}
    assert "jupyter" not in clean.cells[1].metadata
    # A solution unfolds what a lesson folded.
    assert "jupyter" not in notebooks.normalise(clean).cells[2].metadata


@pytest.mark.parametrize("hide", [False, True])
def test_normalising_twice_changes_no_byte(hide, tmp_path):
    once = notebooks.to_text(notebooks.normalise(messy(), hide_outputs=hide))
    again = notebooks.from_text(once)
    assert notebooks.to_text(notebooks.normalise(again, hide_outputs=hide)) == once
    path = tmp_path / "x.ipynb"
    path.write_text(once, encoding="utf-8")
    assert notebooks.to_text(nbformat.read(path, as_version=4)) == once


def test_older_formats_get_stable_ids():
    old = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [
        {"cell_type": "code", "metadata": {}, "source": ["a = 1\n", "a"], "outputs": [],
         "execution_count": None}]}  # fmt: skip
    text = json.dumps(old)
    first = notebooks.to_text(notebooks.normalise(notebooks.from_text(text)))
    assert first == notebooks.to_text(notebooks.normalise(notebooks.from_text(text)))
    assert json.loads(first)["nbformat_minor"] == 5


def ours():
    return [*notebooks.lessons(), *notebooks.solutions()]


@pytest.mark.parametrize("path", ours(), ids=lambda path: path.name)
def test_what_is_stored_is_normalised(path):
    assert path.read_text(encoding="utf-8") == notebooks.normalised_text(path)


def test_normalise_files_says_what_changed(tmp_path):
    path = tmp_path / "a.ipynb"
    path.write_text(notebooks.to_text(messy()), encoding="utf-8")
    assert notebooks.normalise_files([path], check=True) == [path]
    assert notebooks.normalise_files([path]) == [path]
    assert notebooks.normalise_files([path]) == []


# --- nothing is compared in vain ------------------------------------------------------------------


@pytest.mark.parametrize("path", notebooks.solutions(), ids=lambda path: path.name)
def test_no_cell_of_a_solution_passes_nbval_unseen(path):
    assert notebooks.defects(notebooks.read(path)) == []


def test_each_question_has_one_answer_cell_and_one_compared_check(solved):
    asked = [notebooks.about(cell) for cell in solved.cells if notebooks.about(cell)]
    expected = [{"question": id, "role": role} for id in IDS for role in ("answer", "check")]
    assert asked == expected
    for cell in solved.cells:
        if notebooks.about(cell).get("role") == "check":
            id = notebooks.about(cell)["question"]
            assert cell.source == f'kit.check("{id}", {questions.find(id).name})'
            assert notebooks.tagged(cell) and cell.outputs[0].data["text/plain"][0] == "●"


def tagged_cell(**more):
    return new_code_cell("x", metadata={"tags": ["nbval-check-output"]}, **more)


OUT = [new_output("execute_result", {"text/plain": "1"}, execution_count=1)]


@pytest.mark.parametrize(
    ("cell", "lesson", "said"),
    [
        (tagged_cell(), False, "nothing is stored"),
        (tagged_cell(outputs=OUT), False, "nothing is stored"),
        (tagged_cell(execution_count=1), False, "nothing is stored"),
        (new_code_cell("x", outputs=OUT, execution_count=1), False, "does not compare"),
        (tagged_cell(outputs=OUT, execution_count=1), True, "not folded"),
        (new_code_cell("# NBVAL_SKIP\nx"), False, "look away"),
        (new_code_cell("x", metadata={"tags": ["raises-exception"]}), False, "look away"),
        (new_code_cell("x = 1\n### BEGIN SOLUTION\nx = 2"), False, "not both"),
        (new_code_cell("x"), False, "no cell is compared"),
    ],
)
def test_a_vacuous_cell_is_found(cell, lesson, said):
    good = tagged_cell(outputs=OUT, execution_count=1)
    good.metadata["jupyter"] = {"outputs_hidden": True}
    notebook = new_notebook(cells=[cell] if "no cell" in said else [good, cell])
    found = notebooks.defects(notebook, lesson=lesson)
    assert len(found) == 1 and said in found[0]


# --- derive ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", notebooks.solutions(), ids=lambda path: path.name)
def test_exercises_are_fresh(path):
    copy_path = checkout() / "exercises" / path.name
    text = notebooks.to_text(notebooks.derive(notebooks.read(path)))
    if not notebooks.fresh(copy_path, text) and notebooks.staged(copy_path) is None:
        worked = copy_path.exists() and notebooks.worked_in(notebooks.read(copy_path))
        if worked:
            pytest.skip("Somebody worked in this copy, and without git nothing else is at hand.")
    assert notebooks.fresh(copy_path, text), "Run `python -m migrationkit derive`."


def test_answers_in_the_work_tree_do_not_make_an_exercise_stale(tmp_path, target):
    def git(*words):
        subprocess.run(["git", *words], cwd=tmp_path, check=True, capture_output=True)

    text = notebooks.to_text(target)
    path = tmp_path / "ex01-x.ipynb"
    assert not notebooks.fresh(path, text)
    path.write_text(text, encoding="utf-8")
    assert notebooks.fresh(path, text)
    path.write_text(notebooks.to_text(answered(target)), encoding="utf-8")
    assert notebooks.staged(path) is None and not notebooks.fresh(path, text)
    path.write_text(text, encoding="utf-8")
    git("init", "-q")
    git("add", path.name)
    path.write_text(notebooks.to_text(answered(target)), encoding="utf-8")
    assert notebooks.fresh(path, text)
    git("add", path.name)  # now the stale copy would be committed
    assert not notebooks.fresh(path, text)


def test_a_derived_copy_holds_starts_and_no_solution(solved, target):
    text = notebooks.to_text(target)
    assert "SOLUTION" not in text and "nbval" not in text and '"outputs": []' in text
    for id, cell in answer_cells(target).items():
        assert cell.source.startswith(f"# Q{id}\n")
        assert cell.execution_count is None and cell.outputs == []
        assert cell.id == answer_cells(solved)[id].id
    assert [cell.id for cell in target.cells] == [cell.id for cell in solved.cells]
    assert notebooks.to_text(notebooks.derive(target)) == text


def test_a_derived_copy_tells_no_answer(target):
    code = "\n".join(cell.source for cell in target.cells if cell.cell_type == "code")
    text = "\n".join(cell.source for cell in target.cells)
    for value in ("2.92", "12679", "12,679", "114719", "83031", "31688", "31,688", "114,719"):
        assert value not in text
    assert 'share_percent", title' not in code
    assert 'supported = "?"' in code and 'described = "?"' in code


def test_derive_does_not_overwrite_answers(tmp_path, monkeypatch, solved):
    monkeypatch.setattr(notebooks, "checkout", lambda: tmp_path)
    (tmp_path / "tests" / "solutions").mkdir(parents=True)
    (tmp_path / "tests" / "solutions" / SOLVED.name).write_text(SOLVED.read_text("utf-8"), "utf-8")
    path = tmp_path / "exercises" / SOLVED.name
    assert notebooks.derive_files(check=True) == [path] and not path.exists()
    assert notebooks.derive_files() == [path]
    assert notebooks.derive_files() == []
    worked = answered(notebooks.read(path))
    answer_cells(worked)["1.1"].execution_count = 4
    path.write_text(notebooks.to_text(worked), encoding="utf-8")
    with pytest.raises(KitError, match="holds answers"):
        notebooks.derive_files()
    assert "mine 1.1" in path.read_text(encoding="utf-8")
    assert notebooks.derive_files(force=True) == [path]


# --- graft: answers are found after whatever happened to the file ---------------------------------


def code(notebook):
    return notebooks.code_cells(notebook)


def new_ids(notebook):
    for place, cell in enumerate(notebook.cells):
        cell.id = f"new-{place}"


def no_metadata(notebook):
    for cell in notebook.cells:
        cell.metadata = {}


def no_metadata_new_ids(notebook):
    no_metadata(notebook), new_ids(notebook)


def no_metadata_ids_markers(notebook):
    no_metadata_new_ids(notebook)
    for cell in code(notebook):
        cell.source = notebooks.MARKER.sub("", cell.source)


def only_places_are_left(notebook):
    no_metadata_ids_markers(notebook)
    for id in IDS:
        for cell in code(notebook):
            cell.source = cell.source.replace(f"{questions.find(id).name} = ", "answer = ")


def shuffled(notebook):
    notebook.cells.reverse()


def shuffled_without_metadata(notebook):
    no_metadata_new_ids(notebook), shuffled(notebook)


def only_markers_are_left(notebook):
    no_metadata_new_ids(notebook), shuffled(notebook)
    for id in IDS:
        for cell in code(notebook):
            cell.source = cell.source.replace(f"{questions.find(id).name} = ", "answer = ")


def only_names_are_left(notebook):
    no_metadata_ids_markers(notebook), shuffled(notebook)


def checks_deleted(notebook):
    notebook.cells = [c for c in notebook.cells if notebooks.about(c).get("role") != "check"]


def text_deleted(notebook):
    notebook.cells = [c for c in notebook.cells if c.cell_type == "code"]


def split(notebook):
    """As JupyterLab splits: two cells with the metadata of the one, and new ids."""
    cells = []
    for cell in notebook.cells:
        if notebooks.about(cell).get("role") == "answer":
            marker, assignment = cell.source.split("\n")
            for part in (marker, assignment):
                half = copy.deepcopy(cell)
                half.id, half.source = f"half-{len(cells)}", part
                cells.append(half)
        else:
            cells.append(cell)
    notebook.cells = cells


def merged_with_checks(notebook):
    cells = []
    for cell in notebook.cells:
        if notebooks.about(cell).get("role") == "check":
            cells[-1].source += "\n" + cell.source
            cells[-1].id = f"merged-{len(cells)}"
        else:
            cells.append(cell)
    notebook.cells = cells


def all_in_one(notebook):
    answers = answer_cells(notebook)
    source = "\n".join(cell.source for cell in answers.values())
    rest = [cell for cell in notebook.cells if cell.id not in {c.id for c in answers.values()}]
    notebook.cells = [*rest[:4], new_code_cell(source), *rest[4:]]


def duplicated(notebook):
    twice = []
    for cell in notebook.cells:
        twice += [cell, copy.deepcopy(cell)]
    notebook.cells = twice


def helper_cells(notebook):
    cells = []
    for cell in notebook.cells:
        if notebooks.about(cell).get("role") == "answer":
            id = notebooks.about(cell)["question"]
            cells.append(new_code_cell(f"help_{id.replace('.', '_')} = 1"))
        cells.append(cell)
    notebook.cells = cells


def notes_in_between(notebook):
    notebook.cells = [part for cell in notebook.cells for part in (new_markdown_cell("my"), cell)]


def executed_with_outputs(notebook):
    for place, cell in enumerate(code(notebook)):
        cell.execution_count, cell.outputs = place, [new_output("stream", text="x")]


def colab(notebook):
    no_metadata(notebook)
    for cell in notebook.cells:
        cell.metadata = {"id": "aBc", "colab": {"base_uri": "x"}, "outputId": "1"}
        cell.id = f"colab-{cell.id}"
    notebook.metadata = {"colab": {"provenance": []}, "kernelspec": {"name": "python3"}}


def format_4_4(notebook):
    for cell in notebook.cells:
        del cell["id"]
    notebook.nbformat_minor = 4


def odd_metadata(notebook):
    for cell in notebook.cells:
        cell.metadata = {"migrationkit": "x", "tags": "y"}


MUTATIONS = [
    new_ids, no_metadata, no_metadata_new_ids, no_metadata_ids_markers, only_places_are_left,
    only_markers_are_left, only_names_are_left, shuffled, shuffled_without_metadata,
    checks_deleted, text_deleted, split, merged_with_checks, all_in_one, duplicated,
    helper_cells, notes_in_between, executed_with_outputs, colab, format_4_4, odd_metadata,
]  # fmt: skip


def test_there_are_fifteen_mutations_and_more():
    assert len(MUTATIONS) >= 15


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_every_answer_is_found_after(mutation, solved, target):
    student = answered(target)
    mutation(student)
    student = notebooks.from_text(json.dumps(student))
    grafted = notebooks.graft(student, solved)
    for id, cell in answer_cells(grafted).items():
        assert f"'mine {id}'" in cell.source, f"{mutation.__name__}: {id}"
        assert "SOLUTION" not in cell.source and "kit.check" not in cell.source
        others = [other for other in IDS if other != id and f"'mine {other}'" in cell.source]
        assert others == []
    checks = [c.source for c in grafted.cells if notebooks.about(c).get("role") == "check"]
    assert len(checks) == len(IDS)
    nbformat.validate(grafted)
    assert len({cell.id for cell in grafted.cells}) == len(grafted.cells)


def test_cells_of_the_learner_come_along_before_their_answer(solved, target):
    student = answered(target)
    helper_cells(student)
    grafted = notebooks.graft(student, solved)
    sources = [cell.source for cell in grafted.cells]
    for id in IDS:
        name = f"help_{id.replace('.', '_')} = 1"
        assert sources.count(name) == 1
        assert sources.index(name) < sources.index(
            f"# Q{id}\n{questions.find(id).name} = 'mine {id}'"
        )


def test_a_lost_answer_leaves_the_start_and_never_the_solution(solved, target):
    student = answered(target)
    student.cells = [c for c in student.cells if notebooks.about(c).get("question") != "1.1"]
    for cell in student.cells:
        if notebooks.about(cell) == {"question": "1.2", "role": "answer"}:
            cell.cell_type = "markdown"
            del cell["outputs"], cell["execution_count"]
    found = notebooks.answers(student, solved)
    assert found["1.1"] is None and found["1.2"] is None and "mine 1.3" in found["1.3"]
    cells = answer_cells(notebooks.graft(student, solved))
    assert cells["1.1"].source == '# Q1.1\nshare = "?"'
    assert cells["1.2"].source == '# Q1.2\nsupported = "?"'


def test_an_emptied_answer_cell_is_grafted_empty(solved, target):
    student = answered(target)
    answer_cells(student)["1.4"].source = ""
    assert answer_cells(notebooks.graft(student, solved))["1.4"].source.strip() == ""


def test_cells_that_do_not_parse_are_grafted_as_they_are(solved, target):
    student = answered(target)
    no_metadata_new_ids(student)
    for cell in code(student):
        if cell.source.startswith("# Q1.1"):
            cell.source = "share = = 3"
    assert notebooks.answers(student, solved)["1.1"] == "share = = 3"


def test_checked_questions_are_read_from_code_not_from_comments():
    read = notebooks.checked_questions
    assert read('kit.check("1.1", share)') == ["1.1"]
    assert read("x = 1\nkit . check ( '1.2' , x )\nkit.check(\"1.3\", x)") == ["1.2", "1.3"]
    assert read('# kit.check("1.1", share)') == [] == read("")
    assert read('kit.check("1.1", = )') == ["1.1"]
    assert read('# kit.check("1.2", x)\nkit.check("1.1", = )') == ["1.1"]


# --- reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["", " ", "{", "[]", "3", "null", '"x"', "{}", '{"cells": 3}', "\x00\x01", "<html>", "[" * 5000,
     '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code"}]}',
     '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": ["x"]}'],
    ids=range(14),
)  # fmt: skip
def test_what_is_no_notebook_is_told_in_a_sentence(text, tmp_path):
    path = tmp_path / "x.ipynb"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KitError) as problem:
        notebooks.read(path)
    assert "x.ipynb" in str(problem.value) and str(problem.value).endswith(".")


def test_a_folder_a_missing_and_a_binary_file_are_told_in_a_sentence(tmp_path, monkeypatch):
    with pytest.raises(KitError, match="is a folder"):
        notebooks.read(tmp_path)
    with pytest.raises(KitError, match="no file"):
        notebooks.read(tmp_path / "a.ipynb")
    (tmp_path / "b.ipynb").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(KitError, match="read as text"):
        notebooks.read(tmp_path / "b.ipynb")
    monkeypatch.setattr(notebooks, "LARGEST", 1)
    with pytest.raises(KitError, match="too large"):
        notebooks.read(tmp_path / "b.ipynb")


# --- restore --------------------------------------------------------------------------------------


@pytest.fixture
def course(tmp_path, monkeypatch, target):
    """A checkout of its own with one exercise, and a record in another folder."""
    folder = tmp_path / "course"
    (folder / "exercises").mkdir(parents=True)
    (folder / "exercises" / SOLVED.name).write_text(notebooks.to_text(target), encoding="utf-8")
    (tmp_path / "home").mkdir()
    monkeypatch.setattr(notebooks, "checkout", lambda: folder)
    monkeypatch.setattr(record, "checkout", lambda: folder)
    monkeypatch.setenv("MIGRATIONKIT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("MIGRATIONKIT_RECORD", raising=False)
    return folder


def test_a_save_file_brings_back_record_and_answers(course, target, capsys):
    path = course / "exercises" / SOLVED.name
    path.write_text(notebooks.to_text(answered(target)), encoding="utf-8")
    record.put("guesses", "1.1", {"value": 3})
    saved = record.save()
    record.put("guesses", "1.1", {"value": 9})
    newer = copy.deepcopy(target)
    newer.cells[0].source = "# A newer text"
    path.write_text(notebooks.to_text(newer), encoding="utf-8")

    notebooks.restore(saved)
    now = notebooks.read(path)
    assert now.cells[0].source == "# A newer text"
    assert all(f"mine {id}" in cell.source for id, cell in answer_cells(now).items())
    assert record.get("guesses", "1.1") == {"value": 3}
    aside = list((course.parent / "home").glob("exercises-before-*/*.ipynb"))
    assert [notebooks.read(one).cells[0].source for one in aside] == ["# A newer text"]
    assert "answers of 1 exercise" in capsys.readouterr().out


def test_a_damaged_save_file_changes_nothing(course, tmp_path):
    path = course / "exercises" / SOLVED.name
    before = path.read_bytes()
    saved = record.save()
    for content in (b"", b"PK\x03\x04 cut", saved.read_bytes()[:200], b"{}", b'{"format": 99}'):
        damaged = tmp_path / "damaged.zip"
        damaged.write_bytes(content)
        with pytest.raises(KitError):
            notebooks.restore(damaged)
    with pytest.raises(KitError):
        notebooks.restore(tmp_path / "missing.zip")
    assert path.read_bytes() == before
