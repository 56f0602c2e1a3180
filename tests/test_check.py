"""The verdict never raises, keeps bounded plain data, and is shown as plain text."""

import doctest
import importlib
import json
import math
import string

import altair as alt
import ipywidgets
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell

from migrationkit import questions, record
from migrationkit.answers import LARGEST_ANSWER, plain
from migrationkit.ask import Asked, ask, hint, progress
from migrationkit.check import WIDTH, check, judge, right_line
from migrationkit.reading import numbers_in

ALL = [question for lesson in questions.lessons() for question in questions.of_lesson(lesson)]
SETTINGS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A record of its own, switched on."""
    monkeypatch.setenv("MIGRATIONKIT_HOME", str(tmp_path))
    monkeypatch.delenv("MIGRATIONKIT_RECORD", raising=False)
    return tmp_path


def words(shown):
    return " ".join(repr(shown).split())


@pytest.mark.parametrize(
    "name",
    [
        "check",
        "notebooks",
        "questions",
        "questions.lesson00",
        "questions.lesson01",
        "questions.lesson08",
    ],
)
def test_the_examples_in_the_docstrings_run(name):
    ran = doctest.testmod(importlib.import_module(f"migrationkit.{name}"))
    assert ran.attempted > 0 and ran.failed == 0


# --- hostile answers ------------------------------------------------------------------------------


def explode(*_, **__):
    raise SystemExit("no")


class Evil:
    __eq__ = __str__ = __repr__ = __float__ = __int__ = __len__ = __iter__ = __bool__ = explode
    __hash__ = None
    __getattr__ = __getitem__ = __array__ = __index__ = explode
    __class__ = property(explode)


class Grumpy:
    """As evil as pandas lets a cell of a table be."""

    __eq__ = __str__ = __repr__ = __len__ = __bool__ = explode
    __hash__ = object.__hash__


def objects(*items):
    """An array of Python objects, made without asking them anything."""
    array = np.empty(len(items), dtype=object)
    for place, item in enumerate(items):
        array[place] = item
    return array


class EvilMeta(type):
    __name__ = property(explode)
    __instancecheck__ = __subclasscheck__ = explode


class EvilType(metaclass=EvilMeta):
    pass


class Yes(float):
    """Says that it is equal to everything."""

    def __eq__(self, other):
        return True

    __hash__ = float.__hash__
    __float__ = __abs__ = __sub__ = __rsub__ = __le__ = lambda *_: True


class YesText(str):
    __eq__ = lambda *_: True  # noqa: E731
    __hash__ = str.__hash__
    casefold = strip = __str__ = lambda *_: "C"


class EvilInt(int):
    __int__ = __float__ = __index__ = __eq__ = __add__ = explode
    __hash__ = int.__hash__


class EvilList(list):
    __iter__ = __len__ = __getitem__ = explode


class EvilDict(dict):
    items = keys = values = __iter__ = __len__ = get = __getitem__ = explode


class EvilFrame(pd.DataFrame):
    @property
    def iloc(self):
        raise KeyboardInterrupt


class EvilChart(alt.Chart):
    def to_dict(self, *_, **__):
        raise SystemExit


class EvilArray(np.ndarray):
    __iter__ = tolist = item = explode


def endless():
    while True:
        yield 1


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


def itself():
    value = []
    value.append(value)
    return value


ZOO = {
    "an evil object": Evil(),
    "an evil type": EvilType(),
    "the evil class": EvilType,
    "equal to everything": Yes(1.0),
    "text equal to everything": YesText("x"),
    "evil int": EvilInt(5),
    "evil list": EvilList([1, 2]),
    "evil dict": EvilDict(a=1),
    "evil frame": EvilFrame({"a": [1]}),
    "evil chart": EvilChart(),
    "evil array": np.array([1, 2]).view(EvilArray),
    "endless": endless(),
    "deep": nested(5_000),
    "itself": itself(),
    "evil inside": [Evil(), {"a": Evil()}],
    "evil cells": pd.DataFrame({"flow": objects(Grumpy()), "persons": objects(Grumpy())}),
    "evil column": pd.Series(objects(Grumpy(), Grumpy()), index=["a", "b"]),
    "evil labels": pd.DataFrame({"flow": ["in"], "persons": [1]}, index=objects(Grumpy())),
    "huge text": "9" * 10**6,
    "huge number": 10**5_000,
    "huge list": list(range(10**6)),
    "huge frame": pd.DataFrame(np.zeros((10_000, 50))),
    "huge array": np.zeros((1000, 1000)),
    "many columns": pd.DataFrame([range(5_000)]),
    "surrogates": "\ud800\udfff",
    "control signs": "\x00\x1b[31m2.92",
    "surrogate keys": {"\ud800": 1},
    "odd keys": {1: 2, None: 3, (1, 2): 4, Evil: 5},
    "infinity": math.inf,
    "nan": math.nan,
    "complex": 2.92 + 0j,
    "date": pd.Timestamp("2024-01-01"),
    "bytes": b"2.92",
    "function": len,
    "module": math,
    "type": int,
    "generator": (one for one in [2.92]),
    "map": map(str, [1]),
    "widget": ipywidgets.FloatText(2.92),
    "not a chart": {"mark": Evil()},
    "odd chart": {"layer": [None, 3, {"encoding": 5}], "encoding": [1], "resolve": 3, "title": 4},
    "odd chart 2": {"mark": ["line"], "encoding": {"x": 1, "y": {"field": {"repeat": []}}}},
    "odd chart 3": {"facet": 1, "spec": {"spec": {"mark": None}}, "repeat": "x", "config": 7},
    "odd table": {"columns": ["a"], "rows": [[1, 2]]},
    "odd marks": {"$": "series"},
    "odd marks 2": {"$": "set", "values": 3},
    "odd marks 3": {"$": []},
    "mixed frame": pd.DataFrame({"a": [1, "x", None, Evil]}, index=list("abcd")),
    "two names": pd.DataFrame([[1, 2]], columns=["a", "a"]),
    "levels": pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)])),
    "level rows": pd.DataFrame({"x": [1]}, index=pd.MultiIndex.from_tuples([(1, 2)])),
    "categories": pd.Categorical(["a"]),
    "interval": pd.Interval(0, 1),
    "void": np.zeros(1, dtype=[("a", "i4")])[0],
    "dates": np.array(["2024-01-01"], dtype="datetime64[D]"),
    "objects": objects(Evil(), None),
    "a verdict": judge(ALL[1], 2.92),
    "the exception": ValueError("x"),
}


@pytest.mark.parametrize("name", ZOO)
def test_no_answer_makes_the_verdict_raise(name):
    for question in ALL:
        verdict = judge(question, ZOO[name])
        assert verdict.status in "○△"
        assert len(verdict.line) < 1_000
        kept = json.dumps(verdict.value, allow_nan=False)
        assert len(kept) <= LARGEST_ANSWER
        kept.encode("utf-8")
        verdict.line.encode("utf-8")


def test_a_large_array_is_not_even_read():
    kept = {"$": "unreadable", "type": "large array"}
    assert plain(np.zeros((1000, 1000))) == kept
    assert plain(np.broadcast_to(1, (10**6, 10**6))) == kept


def test_a_subclass_is_taken_for_what_it_holds():
    assert plain(Yes(1.0)) == 1.0 and type(plain(Yes(1.0))) is float
    assert plain(EvilInt(5)) == 5
    assert plain(YesText("x")) == "x"
    assert plain(EvilList([1, 2])) == [1, 2]
    assert plain(EvilDict(a=1)) == {"a": 1}
    assert judge(questions.find("1.1"), Yes(2.92)).right  # an honest value in an odd coat


# --- random answers -------------------------------------------------------------------------------

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.decimals()
    | st.fractions()
    | st.binary(max_size=5)
    | st.complex_numbers()
)
NAMES = ["mark", "encoding", "layer", "facet", "spec", "rows", "columns", "values", "$"]
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=8), inner, max_size=4)
        | st.dictionaries(st.sampled_from(NAMES), inner)
    ),
    max_leaves=12,
)


@SETTINGS
@given(values)
def test_a_random_answer_of_any_type_is_not_right(answer):
    for question in ALL:
        assert judge(question, answer).status != "●" or answer in (2.92, "C", "B")


@SETTINGS
@given(values)
def test_plain_data_stays_itself_and_is_judged_alike(answer):
    value = plain(answer)
    travelled = json.loads(json.dumps(value, allow_nan=False))
    assert plain(travelled) == travelled == value
    for question in ALL:
        assert judge(question, answer).line == judge(question, travelled).line


@SETTINGS
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_random_number_scores_nothing(number):
    for id, right, within in (("1.1", 2.9205, 0.05), ("1.4", 12_679, 0.5)):
        verdict = judge(questions.find(id), number)
        assert verdict.right == (abs(number - right) <= within + 1e-4)


@SETTINGS
@given(st.sampled_from(string.printable).filter(lambda sign: sign not in "BbCc"))
def test_a_random_sign_is_no_letter(sign):
    assert not judge(questions.find("1.2"), sign).right
    assert not judge(questions.find("1.8"), sign).right


@SETTINGS
@given(st.integers(1, 10**12), st.sampled_from([",", " ", ".", "\u00a0", "'"]))
def test_a_whole_number_reads_the_same_with_any_separator(number, separator):
    text = f"{number:,}".replace(",", separator)
    assert float(number) in numbers_in(text)


def test_recorded_answers_get_the_verdict_of_live_ones():
    world = pd.DataFrame({"year": [1990], "share_percent": [2.9]})
    chart = alt.Chart(world).mark_line().encode(x="year:O", y=alt.Y("share_percent", title="%"))
    table = pd.DataFrame({"flow": ["in", "out", "net"], "persons": [114_719, 83_031, 31_688]})
    for id, answer in (("1.7", chart), ("1.5", table), ("1.1", np.float32(2.92)), ("1.2", {"c"})):
        live = judge(questions.find(id), answer)
        kept = judge(questions.find(id), json.loads(json.dumps(live.value)))
        assert live.right and kept == live


def test_a_chart_is_kept_without_its_data():
    world = pd.DataFrame({"year": range(3_000), "share_percent": 123456.5})
    chart = alt.Chart(world).mark_line().encode(x="year:O", y=alt.Y("share_percent", title="%"))
    for form in (chart, chart.to_dict(), chart | chart):
        value = judge(questions.find("1.7"), form).value
        assert "123456.5" not in json.dumps(value)
        assert len(json.dumps(value)) < 2_000
        assert judge(questions.find("1.7"), value).right


# --- what a notebook gets -------------------------------------------------------------------------


def test_the_value_travels_in_the_metadata_and_only_plain_text_is_shown():
    shell = InteractiveShell.instance()
    for answer in (2.92, 2.93, "2,92 %"):
        data, metadata = shell.display_formatter.format(judge(questions.find("1.1"), answer))
        assert data == {"text/plain": right_line(questions.find("1.1"))}
        assert metadata["migrationkit"]["question"] == "1.1"
        assert metadata["migrationkit"]["value"] == answer
        assert metadata["migrationkit"]["status"] == "●"
    _, metadata = shell.display_formatter.format(judge(questions.find("1.2"), "A"))
    assert metadata["migrationkit"]["misconception"] == "M03"


@pytest.mark.parametrize("question", ALL, ids=lambda question: question.id)
def test_lines_fit_beside_a_cell(question):
    shown = [judge(question, answer) for answer in ("?", None, "x", 1, question.right_for())]
    shown += [judge(question, wrong.example_for()) for wrong in question.wrong]
    for verdict in shown:
        assert max(map(len, verdict.line.splitlines())) <= WIDTH
        assert verdict.line.startswith(f"{verdict.status} Question {question.id}: ")


def test_check_keeps_the_answer_and_counts_tries(home):
    assert check("1.1", "?").status == "○"
    assert check("1.1", 3).status == "△"
    assert check("1.1", 2.92).right
    kept = record.get("answers", "1.1")
    assert kept == {"status": "●", "value": 2.92, "misconception": "", "tries": 2}
    assert check("1.2", "A").status == "△"
    assert record.get("answers", "1.2")["misconception"] == "M03"


def test_check_keeps_nothing_when_the_record_is_off(home, monkeypatch):
    monkeypatch.setenv("MIGRATIONKIT_RECORD", "off")
    assert check("1.1", 2.92).right
    assert list(home.iterdir()) == []


def test_a_record_that_cannot_be_written_does_not_stop_a_check(home, monkeypatch):
    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr(record, "put", full)
    assert check("1.1", 2.92).right
    assert "hint 2 of 3" in words(hint("1.1", 2))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("1.99", 3), "Questions here: 1.1 to 1.9"),
        (("77.1", 3), "There is no question"),
        (("x" * 500, 3), "There is no question"),
        ((None, 3), "There is no question"),
        (("٣.1", 3), "There is no question"),
        ((2.92, "1.1"), "The question comes first"),
        (("1.1",), "Name your answer as well: kit.check"),
        ((), "There is no question"),
    ],
)
def test_a_wrong_call_of_check_is_told_in_a_sentence(home, arguments, said):
    verdict = check(*arguments)
    assert said in words(verdict) and verdict.status == "○"
    assert record.read()["answers"] == {}


def test_an_id_may_be_written_as_a_number(home):
    assert check(1.1, 2.92).right


# --- hints and progress ---------------------------------------------------------------------------


def test_hints_come_one_after_another_and_are_remembered(home):
    assert "hint 1 of 3" in words(hint("1.1"))
    assert "hint 2 of 3" in words(hint("1.1"))
    assert "hint 3 of 3" in words(hint("1.1"))
    assert "hint 3 of 3" in words(hint("1.1"))
    assert record.get("hints", "1.1") == [1, 2, 3]


def test_the_first_hint_speaks_about_the_last_answer(home):
    assert "Expected: one letter" in words(hint("1.2", 1))
    check("1.2", "A")
    assert "You compared the counts" in words(hint("1.2", 1))
    check("1.2", "C")
    assert "You compared the counts" not in words(hint("1.2", 1))


@pytest.mark.parametrize("question", ALL, ids=lambda question: question.id)
def test_no_hint_is_the_answer(home, question):
    for step in (1, 2, 3):
        shown = words(hint(question.id, step))
        assert f"Question {question.id}, hint {step} of 3." in shown
        assert question.meaning not in shown


@pytest.mark.parametrize("n", [0, 4, -1, "2", 1.5, True, math.nan, [1], {}, None.__class__])
def test_a_hint_that_does_not_exist_is_told_in_a_sentence(home, n):
    assert "There are 3 hints" in words(hint("1.1", n))
    assert "There is no question" in words(hint("99.1", n))


def test_evil_arguments_are_told_in_a_sentence(home):
    # pytest itself cannot take these as parameters: they end it.
    assert "There is no question" in words(check(Evil(), 3))
    assert check("1.1", Evil()).status == "△"
    assert "There are 3 hints" in words(hint("1.1", Evil()))
    assert "There is no question" in words(hint(Evil(), 1))
    assert "Nothing is asked under" in words(ask(Evil()))


def test_progress_shows_each_question_once(home):
    check("1.1", 2.92)
    check("1.2", "A")
    record.put("guesses", "1.1", {"value": 3})
    shown = repr(progress())
    assert "● 1.1  A share of the world" in shown
    assert "△ 1.2" in shown and "○ 1.3" in shown
    assert "1 of 9 right" in shown and "1 guess made." in shown
    for question in ALL:
        assert shown.count(f" {question.id}  ") == 1


def test_progress_judges_again_and_survives_a_damaged_entry(home):
    record.put("answers", "1.1", {"status": "●", "value": 77})
    record.put("answers", "1.2", "nonsense")
    record.put("answers", "1.3", {"status": "●"})
    assert "● 1" not in repr(progress())


# --- polls ----------------------------------------------------------------------------------------


def boxes(asked):
    return [child.children[0] for child in asked.children]


def test_recall_answers_at_once_and_a_vote_is_kept(home):
    asked = ask("1.recall")
    assert isinstance(asked, Asked) and len(boxes(asked)) == 3
    boxes(asked)[0]._control.value = 1
    assert "that is a stock" in boxes(asked)[0]._reply.value
    (vote,) = boxes(ask("1.vote"))
    assert vote._reason.disabled
    vote._control.value = 2
    vote._control.value = 0
    assert record.get("votes", "1.vote") == {"choice": 0, "first": 2}
    assert "stay the same" not in vote._reply.value or "Your vote" in vote._reply.value
    vote._reason.click()
    assert "does not change a birthplace" in vote._reply.value


def test_polls_open_as_they_were_left(home):
    (vote,) = boxes(ask("1.vote"))
    vote._control.value = 3
    (text,) = boxes(ask("1.exit"))
    text._control.value = "304 million <b>, 2024 edition"
    (again,) = boxes(ask("1.vote"))
    assert again._control.value == 3 and "Your vote" in again._reply.value
    (written,) = boxes(ask("1.exit"))
    assert written._control.value == "304 million <b>, 2024 edition"
    record.put("votes", "1.vote", {"choice": 77})
    assert boxes(ask("1.vote"))[0]._control.value is None


def test_the_words_of_a_poll_stay_the_same_whatever_was_chosen(home):
    before = ask("1.vote")._repr_mimebundle_()["text/plain"]
    boxes(ask("1.vote"))[0]._control.value = 1
    assert ask("1.vote")._repr_mimebundle_()["text/plain"] == before
    assert before.splitlines()[0] == "Asked 1.vote"
    assert "application/vnd.jupyter.widget-view+json" in ask("1.vote")._repr_mimebundle_()


def test_each_reply_of_each_recall_question_exists():
    for lesson in questions.lessons():
        for poll in questions.polls_of_lesson(lesson):
            if poll.kind == "recall":
                assert len(poll.replies) == len(poll.options) >= 3
                assert sum(reply.startswith("Yes.") for reply in poll.replies) == 1
            if poll.kind == "vote":
                assert poll.reasoning and len(poll.options) >= 3


def test_an_unknown_poll_is_told_in_a_sentence():
    for id in ("1", "9.vote", "", None, 3):
        assert "Nothing is asked under" in words(ask(id))
