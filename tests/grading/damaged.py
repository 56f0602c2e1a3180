"""Notebooks damaged in every way that hypothesis thinks of: marking never stops at one.

python tests/grading/damaged.py [HOW MANY]
"""

from __future__ import annotations

import copy
import json
import os
import sys
import tempfile
from functools import cache
from pathlib import Path

os.environ["MIGRATIONKIT_RECORD"] = "off"
sys.path.insert(0, str(Path(__file__).resolve().parent))

import classes
import nbformat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrationkit.check import judge
from migrationkit.errors import KitError
from migrationkit.marking import collect, gradebook, report, values
from migrationkit.marking.judge import Mark
from migrationkit.roster import Student

# --- damage ---------------------------------------------------------------------------------------

TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ("P1.1", "1.1", "answer", "code", "# QP1.1", "migrationkit", "=1+1", "<script>", "\ud800",
         "●", "QP1.1\n", "[" * 300, "-" * 300, "kit.check('P1.1', 1)", "outputs", "cells")
    ),
)  # fmt: skip
JUNK = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), TEXTS, st.just(10**30),
        st.just(float("inf")),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)
    ),
    max_leaves=8,
)  # fmt: skip
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("replace", "drop", "twice", "nest", "key")),
        st.lists(st.integers(0, 40), min_size=1, max_size=9),
        JUNK,
    ),
    min_size=1,
    max_size=6,
)
BYTES = st.lists(
    st.tuples(st.sampled_from(("cut", "flip", "insert")), st.floats(0, 1), st.binary(max_size=4)),
    max_size=3,
)


@cache
def pupil_and_notebook():
    with tempfile.TemporaryDirectory() as name:
        pupil = classes.pupils(1, Path(name), seed=3)[0]
    return pupil, classes.saved(pupil)


def damaged(steps, cuts) -> bytes:
    """The bytes of a whole notebook after some damage to its tree, and some to its bytes."""
    notebook = copy.deepcopy(pupil_and_notebook()[1])
    for what, path, junk in steps:
        _hurt(notebook, what, path, junk)
    data = json.dumps(notebook).encode("utf-8", "surrogatepass")
    for what, where, junk in cuts:
        at = int(where * len(data))
        if what == "cut":
            data = data[:at]
        elif what == "insert":
            data = data[:at] + junk + data[at:]
        else:
            data = data[:at] + junk + data[at + len(junk) :]
    return data


def _hurt(tree, what, path, junk):
    node = tree
    for place, step in enumerate(path):
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return
        key = keys[step % len(keys)]
        inner = node[key]
        if place == len(path) - 1 or not isinstance(inner, dict | list):
            if what == "drop":
                del node[key]
            elif what == "twice" and isinstance(node, list):
                node.insert(key, copy.deepcopy(inner))
            elif what == "nest":
                node[key] = [inner]
            elif what == "key" and isinstance(node, dict):
                node[str(junk)[:40]] = inner
            else:
                node[key] = junk
            return
        node = inner


# --- the whole way --------------------------------------------------------------------------------


def whole_way(data: bytes) -> dict[str, str]:
    """Mark one file as ``grade`` does, in this process; returns the verdicts, empty when unread."""
    pupil, _ = pupil_and_notebook()
    try:
        handed = collect.from_bytes(data)
    except KitError as problem:
        assert 5 < len(str(problem)) < 200
        return {}
    values.named_questions(handed)
    found = values.answers(handed, pupil.asked)
    student = Student(pupil.id, pupil.name)
    rows = {}
    for question in pupil.asked:
        answer = found[question.id]
        json.dumps(answer.value, allow_nan=False)
        verdict = judge(question, answer.value)
        assert verdict.status in "●△○"
        status = verdict.status if answer.given else "–"
        mark = Mark(status, verdict.line, verdict.misconception)
        points = float(status == "●")
        rows[student.id, question.id] = gradebook.Row(
            student, question.id, mark, points, answer.note
        )
    marked = gradebook.Marked(
        "Damaged", [student], pupil.asked, {one.id: 1 for one in pupil.asked}, rows
    )
    made = report.marked_copy(marked, student, handed)
    made.encode("utf-8")
    nbformat.validate(nbformat.reads(made, as_version=4))
    for write in (gradebook.gradebook, gradebook.moodle, gradebook.canvas, report.page):
        write(marked).encode("utf-8")
    return {id: row.mark.status for (_, id), row in rows.items()}


def campaign(many: int):
    """A hypothesis test of that many examples."""

    @settings(
        max_examples=many, deadline=None, database=None, derandomize=many <= 1000,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(STEPS, BYTES)
    def any_damage(steps, cuts):
        whole_way(damaged(steps, cuts))

    return any_damage


if __name__ == "__main__":
    how_many = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    campaign(how_many)()
    print(f"{how_many} damaged notebooks: each was read or refused in words, none stopped marking")
