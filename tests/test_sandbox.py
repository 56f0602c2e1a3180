"""The sandbox as a learner works it: moves by buttons, refusals in a sentence, a design as text."""

import html
import json
import re

import pytest
from wire import find

import migrationkit as kit
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
    for body in ("UNDP", "UNFPA"):
        find(made, body).value = True
    press(made, "Make this move")
    assert moves(made) == [["create_facility", "Facility", ["UNDP", "UNFPA"]]]
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


GARBAGE = ["", "hello", "{}", "null", "7", "[" * 999, "a\0b", "<b>bold</b>", "Ünïcode — “x”"]


@pytest.mark.parametrize("text", GARBAGE)
def test_a_text_that_is_no_design_is_refused_in_one_sentence_with_the_line(made, text):
    control = made._controls["moves"]
    control._keep.value = True
    for before in ("", "{\n"):  # garbage in the first line, and in the second
        control._text.value = before + text
        press(made, "Import")
        (said,) = re.findall(r"</b> (.+)</div>", refusal(made))
        assert re.match(rf"Line {1 + len(before) // 2} reads “", said), said
        assert said.endswith(".") and ". " not in said, said
        assert "<b>bold" not in said and moves(made) == []


def test_a_move_that_is_garbage_is_refused_with_its_line(made):
    control = made._controls["moves"]
    choose(made, "open_forum")
    press(made, "Make this move")
    control._keep.value = True
    whole = control._text.value.split("\n")
    for garbage in ("nonsense", "[1, 2", '["00000000", "fly"]', '["00000000", "merge", "IOM"]'):
        control._text.value = "\n".join([*whole[:5], garbage, *whole[6:]])
        press(made, "Import")
        assert re.search(r"</b> Line 6 [^.]*\.</div>", refusal(made)), refusal(made)


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


# ---- The start, the guess, and a cell to contest -----------------------------------------------


def test_the_start_is_early_2006_with_six_bodies_linked():
    """Before 9 May 2006 the Global Migration Group had not met, and its forerunner linked six."""
    start = lesson08.begin()
    assert dict(start.facilities) == {"Geneva Migration Group": frozenset(institutions.SIX)}
    timeline = kit.load("timeline").set_index("event").actors
    assert timeline["Geneva Migration Group formed"] == ", ".join(institutions.SIX)
    record = kit.load("reform-record").set_index(["subject", "measure"]).value
    assert record["Geneva Migration Group", "members"] == len(institutions.SIX)
    assert not start.forums and "IOM" not in start.un


def test_every_one_of_the_nine_bodies_has_its_beginning_in_the_timeline():
    rows = kit.load("timeline").query("lane == 'Bodies'")
    names = {"ILO": "International Labour", "UNHCR": "High Commissioner for Refugees"}
    for body in institutions.NINE:
        said = names.get(body, body)
        assert rows.event.str.contains(said, regex=False).any(), body


def test_the_guess_of_8_3_has_one_right_answer():
    designs = institutions.presets(lesson08.begin())
    start = designs["Status quo (early 2006)"]
    better = {}
    for words, name in lesson08.REFORMS.items():
        changed = institutions.compare(start, designs[name]).query("metric != 'cost'")
        better[words] = (changed.verdict == "better").sum()
    most = [words for words, many in better.items() if many == max(better.values())]
    assert most == [lesson08.most_better()]


def test_a_cell_can_be_contested():
    made = lesson08.contest()
    cell = made._controls["cell"]
    for body in cell._body.options:
        cell._body.value = body
        row = cell._grid.loc[(body, cell._task.value)]
        for column in ("first_reason", "second_reason", "first_source", "second_source"):
            assert html.escape(row[column]) in cell._why.value
    assert "Choose another reading" in made.sentence
    cell.value = "ILO|data"
    assert (cell._body.value, cell._task.value) == ("ILO", "data")
    made._controls["reading"].value = "lead"
    assert "we coded “support”, you read “lead”" in made.sentence
    assert "tasks that nobody leads from 0.43 to 0.36" in made.sentence
    made._controls["reading"].value = "support"
    assert "we coded “support”, and so do you" in made.sentence
    cell.value = "ILO|refugee-protection"
    assert "Your reading changes extra bodies" in made.sentence


def test_every_cell_and_reading_gives_a_sentence_on_what_it_changes():
    for body, task in kit.load("mandates").set_index(["body", "function"]).index[::7]:
        for reading in ("none", "support", "lead"):
            view = lesson08.contest_view(f"{body}|{task}", reading)
            assert view.chart is not None and len(view.table) == 6
            said = view.sentence
            assert ("and so do you" in said) != ("Your reading changes" in said), said
    with pytest.raises(kit.KitError, match="no cell for WHO"):
        lesson08.contest_view("WHO|data", "lead")
