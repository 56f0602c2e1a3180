"""A learner's own verdict on a claim, and a second learner's: kept, bounded, never marked."""

import json

import ipywidgets as widgets
import pytest

from migrationkit import audit, audit_table, data, notebooks, record
from migrationkit.audit import COLUMNS, LONGEST_EVIDENCE, LONGEST_NAME, MEANING, VERDICTS, Audit
from migrationkit.models import ledger


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.delenv("MIGRATIONKIT_RECORD", raising=False)
    monkeypatch.setenv("MIGRATIONKIT_HOME", str(tmp_path))
    return tmp_path


def parts(made, kind):
    """The controls of one kind, in the order of the page."""
    found, stack = [], [made]
    while stack:
        one = stack.pop(0)
        if type(one) is kind:
            found.append(one)
        stack = [*getattr(one, "children", ()), *stack]
    return found


def press(made, label):
    [button] = [one for one in parts(made, widgets.Button) if one.description == label]
    button.click()


def words(made):
    return " ".join(one.value for one in parts(made, widgets.HTML))


OURS = ledger.evaluate().set_index("id")["verdict"]


def test_the_verdicts_are_the_kits_and_one_more_each_with_its_meaning():
    assert [*ledger.VERDICTS, "not a factual claim"] == VERDICTS == list(MEANING)


@pytest.mark.parametrize("id", ledger.load()["id"])
def test_each_claim_can_be_judged_and_gives_nothing_away_before(id, monkeypatch):
    monkeypatch.setenv("MIGRATIONKIT_RECORD", "off")
    made = audit(id)
    said = words(made).replace("What the verdicts mean", "").split("<details>")
    claim = ledger.load().set_index("id").loc[id]
    assert claim["claim"].split("\'")[0] in said[0].replace("&#x27;", "'")
    assert "The kit" not in made._ours.value
    why = ledger.evaluate().set_index("id").loc[id, "why"]
    assert not why or why.split(".")[0] not in said[0]
    assert claim["reason"] not in said[0]


def test_a_verdict_is_kept_and_then_the_kits_is_told(home):
    made = audit("C06")
    press(made, "Keep")
    assert "Choose your verdict first." in words(made) and record.get("verdicts", "C06") is None
    made._own.value, made._evidence.value = "imprecise", "The <b>two</b> offices"
    press(made, "Keep")
    assert record.get("verdicts", "C06") == {
        "verdict": "imprecise",
        "first": "imprecise",
        "evidence": "The <b>two</b> offices",
    }
    assert "redefined" in made._ours.value and "Why" in made._ours.value
    assert 'role="status"' in made._reply.value and "kept on this machine" in made._reply.value
    made._own.value = "redefined"  # a change after the kit's verdict: the first one stays
    entry = record.get("verdicts", "C06")
    assert entry["verdict"] == "redefined" and entry["first"] == "imprecise"


def test_it_opens_as_it_was_left(home):
    made = audit("C13")
    made._own.value, made._evidence.value = "imprecise", "85 million"
    press(made, "Keep")
    again = audit("C13")
    assert (again._own.value, again._evidence.value) == ("imprecise", "85 million")
    assert "The kit" in again._ours.value and "kept earlier" in again._reply.value


def test_a_nickname_that_arrives_with_the_button_is_kept_whole(home):
    made = audit("C02")
    made._second.value, made._name.value = "revised", "M"
    press(made, "Countersign")
    made._name.value = "Mo"  # ipywidgets held the rest back while the button was pressed
    assert record.get("verdicts", "C02") == {"second": "revised", "name": "Mo", "when": "before"}


def test_the_tab_key_meets_the_first_verdict_with_its_button_before_the_second(home):
    order, stack = [], [audit("C02")]
    while stack:
        one = stack.pop(0)
        order += [one.description] if getattr(one, "description", "") else []
        stack = [*getattr(one, "children", ()), *stack]
    assert order == ["Your verdict", "What it rests on", "Keep", "A second learner's verdict",
                     "Nickname, if you like", "Countersign"]  # fmt: skip


def test_a_second_learner_countersigns_before_or_after_with_or_without_a_name(home):
    made = audit("C02")
    press(made, "Countersign")
    assert "Choose the second learner" in words(made)
    made._own.value, made._second.value = "held up", "revised"
    press(made, "Countersign")
    assert record.get("verdicts", "C02") == {"second": "revised", "name": "", "when": "before"}
    assert "You two differ" in made._reply.value and made._ours.value == ""
    press(made, "Keep")
    made._second.value, made._name.value = "held up", "N" * 99
    press(made, "Countersign")
    entry = record.get("verdicts", "C02")
    assert entry["when"] == "after" and entry["name"] == "N" * LONGEST_NAME
    assert "You two agree" in made._reply.value
    again = audit("C02")
    assert again._second.value == "held up"


def test_the_table_has_own_second_and_kit(home):
    assert audit_table().empty and list(audit_table().columns) == COLUMNS
    for id, own in (("C02", "held up"), ("C44", "not a factual claim")):
        made = audit(id)
        made._own.value, made._evidence.value = own, "=1+1"
        press(made, "Keep")
    made = audit("C02")
    made._second.value, made._name.value = "held up", "@x"
    press(made, "Countersign")
    table = audit_table().set_index("id")
    assert list(table.index) == ["C02", "C44"]
    assert table.loc["C02", "kit"] == OURS["C02"] == "revised"
    assert table.loc["C02", ["you_and_second", "you_and_kit"]].to_list() == ["agree", "differ"]
    assert table.loc["C44", "you_and_kit"] == "agree"
    assert table.loc["C44", "you_and_second"] == "not given"
    assert table.loc["C02", "evidence"] == "'=1+1" and table.loc["C02", "nickname"] == "'@x"


def test_what_is_written_is_bounded_and_never_html(home):
    made = audit("C01")
    made._own.value = "imprecise"
    made._evidence.value = "<script>" + "x" * 5_000
    press(made, "Keep")
    assert len(record.get("verdicts", "C01")["evidence"]) == LONGEST_EVIDENCE
    assert "<script>" not in words(made) and "<script>" not in words(audit("C01"))


@pytest.mark.parametrize(
    "entry",
    ["text", 5, [], {"verdict": "yes"}, {"verdict": ["held up"]}, {"evidence": {}, "when": 3}],
)
def test_a_damaged_entry_is_told_and_can_be_judged_again(home, entry):
    record.put("verdicts", "C05", entry)
    made = audit("C05")
    assert made._own.value == "" and "could not be read" in made._reply.value
    assert audit_table().empty
    made._own.value = "held up"
    press(made, "Keep")
    assert audit_table()["id"].to_list() == ["C05"]


def test_switched_off_nothing_is_kept_and_it_says_so(home, monkeypatch):
    monkeypatch.setenv("MIGRATIONKIT_RECORD", "off")
    made = audit("C06")
    made._own.value = "redefined"
    press(made, "Keep")
    assert "not kept" in made._reply.value and "The kit" in made._ours.value
    assert audit_table().empty and not (home / record.FILE).exists()


@pytest.mark.parametrize("id", ["", None, "C99", "6", 6, "<b>", [], object()])
def test_a_claim_that_does_not_exist_is_told_in_words(id):
    assert "There is no claim" in repr(audit(id))


def test_the_words_for_a_stored_output_stay_the_same(home):
    before = audit("C06")._repr_mimebundle_()["text/plain"]
    made = audit("c06 ")
    made._own.value = "redefined"
    press(made, "Keep")
    assert isinstance(made, Audit) and made._repr_mimebundle_()["text/plain"] == before
    assert before.splitlines()[0] == "Audit of C06"


def test_a_save_file_carries_the_verdicts_and_an_older_one_has_none(home, tmp_path, monkeypatch):
    monkeypatch.setattr(record, "checkout", lambda: tmp_path)
    monkeypatch.setattr(notebooks, "checkout", lambda: tmp_path)
    (tmp_path / "exercises").mkdir()
    made = audit("C06")
    made._own.value = "redefined"
    press(made, "Keep")
    saved = record.save()
    (home / record.FILE).unlink()
    record.put("votes", "1.vote", {"choice": 1})
    assert audit_table().empty
    kept, _ = record.unpack(saved)
    record.replace(kept)
    assert audit_table()["yours"].to_list() == ["redefined"]
    older = {"format": 1, "votes": {}}
    (home / record.FILE).write_text(json.dumps(older), encoding="utf-8")
    assert record.read()["verdicts"] == {} and audit_table().empty


def test_a_damaged_part_is_set_aside_with_a_sentence(home, capsys):
    broken = {"format": 1, "verdicts": ["C06"]}
    (home / record.FILE).write_text(json.dumps(broken), encoding="utf-8")
    assert audit_table().empty
    assert "It was kept as my-work-damaged" in capsys.readouterr().out
    file = home / "handed-in.json"
    file.write_text(json.dumps(broken), encoding="utf-8")
    with pytest.raises(record.KitError, match="'verdicts' of this record is damaged"):
        record.unpack(file)


def test_every_control_has_words_and_can_be_reached_by_keyboard(home):
    made = audit("C06")
    for control in parts(made, widgets.Dropdown) + parts(made, widgets.Textarea):
        assert control.description
    assert "kit-figure" in made.children[0]._dom_classes  # holds the arrow keys


def test_what_the_tables_hold_and_their_source_are_shown_before_a_verdict(home):
    made = audit("C13")
    assert data.resource("world-population-growth")["producer"].split(" (")[0] in words(made)
    assert "85.2 million persons" in words(made) and made._ours.value == ""
