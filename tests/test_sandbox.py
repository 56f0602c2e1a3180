"""The sandbox as a learner works it: moves by buttons, refusals in a sentence, a design as text."""

import json

import pytest
from wire import find

from migrationkit import figures
from migrationkit.figures import lesson08
from migrationkit.models import institutions


@pytest.fixture(autouse=True)
def nobodys_record(monkeypatch):
    monkeypatch.setenv("MIGRATIONKIT_RECORD", "off")


@pytest.fixture
def made():
    return lesson08.sandbox()


def moves(made):
    return json.loads(made.values["moves"])


def press(made, words):
    find(made, words).click()


def refusal(made):
    return made._controls["moves"]._refusal.value


def choose(made, kind, **fields):
    control = made._controls["moves"]
    control._kind.value = kind
    for name, value in fields.items():
        getattr(control, f"_{name}").value = value


def test_a_move_and_undo(made):
    begin = made.sentence
    choose(made, "merge", first="IOM", second="UNHCR")
    press(made, "Make this move")
    assert moves(made) == [["merge", "IOM", "UNHCR", "IOM-UNHCR"]]
    assert "1 move for 5 points" in made.sentence and not refusal(made)
    assert "5 of 10 points left" in made._controls["moves"]._state.value
    press(made, "Undo")
    assert moves(made) == [] and made.sentence == begin


def test_a_refused_move_changes_nothing_and_says_why(made):
    choose(made, "transfer", task="labour-standards", first="IOM", second="UNHCR")
    press(made, "Make this move")
    assert moves(made) == []
    assert 'role="alert"' in refusal(made) and "“Set rules for work abroad”" in refusal(made)
    press(made, "Undo")
    assert "no move to undo" in refusal(made)


@pytest.mark.parametrize("kind, possible", [("merge", 2), ("create_body", 2), ("open_forum", 10)])
def test_a_silly_move_again_and_again_ends_with_the_budget(made, kind, possible):
    for turn in range(15):
        choose(made, "open_forum" if kind == "merge" else "merge")
        choose(made, kind, **({} if kind == "merge" else {"name": f"New {turn}"}))
        press(made, "Make this move")
    assert len(moves(made)) == possible and "your budget has" in refusal(made)
    assert "Traceback" not in made.sentence and made._spec is not None


def test_boxes_that_are_ticked_make_a_facility(made):
    choose(made, "create_facility")
    for body in ("ILO", "IOM"):
        find(made, body).value = True
    press(made, "Make this move")
    assert moves(made) == [["create_facility", "Facility", ["ILO", "IOM"]]]
    assert made._controls["moves"]._bodies.value == []


@pytest.mark.parametrize("name", institutions.PRESETS)
def test_a_preset_is_a_beginning_and_comes_back_from_its_text(made, name):
    control = made._controls["moves"]
    control._preset.value = name
    press(made, "Begin")
    control._keep.value = True
    text, kept = control._text.value, made.values["moves"]
    assert len(moves(made)) == len(institutions.PRESETS[name])
    find(made, "Reset").click()
    assert moves(made) == []
    control._text.value = text
    press(made, "Import")
    assert made.values["moves"] == kept and not refusal(made)


def test_a_text_changed_by_hand_is_refused_with_its_line(made):
    control = made._controls["moves"]
    choose(made, "open_forum")
    press(made, "Make this move")
    kept = made.values["moves"]
    control._keep.value = True
    control._text.value = control._text.value.replace("Open forum", "Other forum")
    press(made, "Import")
    assert "Line 6" in refusal(made) and made.values["moves"] == kept


def test_moves_that_are_no_moves_give_a_sentence(made):
    for text in ("[", "7", '[["fly"]]', "null"):
        made._controls["moves"].value = text
        assert made.sentence and made._spec is None, text
        assert refusal(made)
    find(made, "Reset").click()
    assert made._spec is not None and not refusal(made)


def test_every_task_and_measure_has_plain_words():
    start = lesson08.begin()
    assert set(lesson08.TASKS) == set(start.functions)
    assert list(lesson08.MEASURES) == list(institutions.METRICS)
    assert [kind for _, kind in lesson08.KINDS] and {k for _, k in lesson08.KINDS} == set(
        institutions.MOVES
    )


def test_the_cards_hold_the_bodies_the_tasks_and_the_prices():
    said = figures.lesson08.cards().data
    for words in [*lesson08.begin().bodies, "Merge two bodies (5 points)", "?"]:
        assert words in said
    assert said.count("<tr") == 15
