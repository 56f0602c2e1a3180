"""The sandbox keeps its promises whatever the moves, and refuses in a sentence what it must not do.

Property tests run about a thousand sequences of moves. For ten thousand:
`MIGRATIONKIT_SEQUENCES=10000 pytest tests/test_institutions.py -k sequence`
"""

import copy
import doctest
import math
import os
import re
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrationkit.errors import KitError

try:
    from migrationkit.models import institutions as kit
except ImportError:
    import institutions as kit

SEQUENCES = int(os.environ.get("MIGRATIONKIT_SEQUENCES", 1000))
FUNCTIONS = (
    *("refugee-protection", "labour-standards", "human-rights", "return", "borders", "crime"),
    *("development", "remittances", "health", "integration", "data", "emergencies"),
    *("labour-mobility", "dialogue"),
)


def a_design(values, bodies=kit.NINE, functions=FUNCTIONS, **facts):
    """A start with these values (0 to 3 of VALUES), row by row."""
    cells = [(b, f) for b in bodies for f in functions]
    rows = [(b, f, kit.VALUES[v]) for (b, f), v in zip(cells, values, strict=True)]
    table = pd.DataFrame(rows, columns=["body", "function", "value"])
    facts = {"un": [b for b in bodies if b != "IOM"], "seats": 0.6} | facts
    return kit.start(table, **facts)


# Random, not our coding: what is tested here must hold for any grid.
NINE = a_design(np.random.default_rng(2006).choice(4, 126, p=[0.15, 0.45, 0.25, 0.15]))


@st.composite
def grids(draw, bodies=range(2, 10), functions=range(15), values=range(4)):
    """Any start: some bodies, some functions, any values."""
    bodies = kit.NINE[: draw(st.sampled_from(bodies))]
    functions = FUNCTIONS[: draw(st.sampled_from(functions))]
    size = len(bodies) * len(functions)
    values = [values[i % len(values)] for i in draw(st.binary(min_size=size, max_size=size))]
    if not functions:
        return a_design([], bodies=(), un=())
    return a_design(values, bodies, functions)


whole_grids = grids(bodies=[9], functions=[14])
# A step is a kind of move and numbers that choose what it is given; some choose what is not there.
steps = st.tuples(st.sampled_from(list(kit.MOVES)), *[st.integers(0, 40)] * 3)


def as_move(design, kind, a, b, c):
    bodies, functions = [*design.bodies, "Nobody"], [*design.functions, "nothing"]
    body, other = bodies[a % len(bodies)], bodies[b % len(bodies)]
    some = [x for i, x in enumerate(bodies) if (a * b + c) >> i & 1]
    few = [x for i, x in enumerate(functions) if (a + b * c) >> i & 1]
    name = f"New {c}"  # taken when it was chosen before
    return {
        "transfer": (functions[c % len(functions)], body, other, ["lead", "support"][c % 2]),
        "open_forum": (name,),
        "create_facility": (name, some),
        "admit": (body,),
        "create_body": (name, few[:3], ["hand over", "keep"][a % 2]),
        "merge": (body, other, [name, body, other][b % 3]),
    }[kind]


def is_a_sentence(problem):
    text = str(problem)
    return re.fullmatch(r"[A-Z].*\.", text) and ". " not in text and len(text) < 500


def changed(before, after):
    """The metrics that are not the same in two designs."""
    return set(kit.compare(before, after).query("verdict != 'same'")["metric"])


OF_MANDATES = {"gap", "contest", "crowding", "house_tension", "concentration"}


def assert_sound(design):
    values = kit.metrics(design)
    assert all(math.isfinite(value) for value in values.values())
    shares = ("gap", "contest", "uncoordinated_pairs", "concentration", "reach", "upheaval")
    assert all(0 <= values[name] <= 1 for name in shares)
    assert 0 <= values["crowding"] <= max(0, len(design.bodies) - 1)
    assert 0 <= values["house_tension"] <= len(kit.TENSIONS) * len(design.bodies)
    assert values["cost"] == design.cost <= design.budget
    assert values["gap"] + values["contest"] <= 1
    assert len(set(design.bodies)) == len(design.bodies) == len(design.grid)
    assert all(len(row) == len(design.functions) for row in design.grid)
    assert design.un | design.created <= set(design.bodies)
    assert all(members <= set(design.bodies) for _, members in design.facilities)
    if changed(kit.undo_all(design), design) & OF_MANDATES:  # no lunch is free
        assert values["upheaval"] > 0


def assert_kept(kind, before, after):
    """What each move promises."""
    a, b = kit.metrics(before), kit.metrics(after)
    assert b["cost"] > a["cost"]
    assert (kit._counted(before) == kit._counted(after)).all()
    assert kit.undo(after) == before
    if kind == "merge":
        assert len(after.bodies) == len(before.bodies) - 1
        assert b["contest"] <= a["contest"] and b["crowding"] <= a["crowding"]
        assert b["gap"] == a["gap"]
    if kind == "create_facility":
        assert after.grid == before.grid
        assert changed(before, after) <= {"uncoordinated_pairs", "cost"}
        assert b["uncoordinated_pairs"] <= a["uncoordinated_pairs"]
    if kind == "open_forum":
        assert changed(before, after) <= {"reach", "cost"}
        assert b["reach"] == 1
    if kind == "admit":
        assert changed(before, after) == {"cost"}
    if kind == "create_body":
        assert len(after.bodies) == len(before.bodies) + 1
        assert b["gap"] <= a["gap"]
        kept = after.moves[-1][-1] == "keep"
        assert b["contest"] >= a["contest"] if kept else b["contest"] <= a["contest"]


# ---- Any sequence of moves ---------------------------------------------------------------------


@settings(max_examples=SEQUENCES, deadline=None)
@given(grids(), st.lists(steps, max_size=12))
def test_no_sequence_of_moves_breaks_a_promise(start, chosen):
    design = start
    for kind, *numbers in chosen:
        given = as_move(design, kind, *numbers)
        before = hash(design)
        try:
            after = kit.MOVES[kind](design, *given)
        except KitError as problem:
            assert is_a_sentence(problem), str(problem)
            after = design
        else:
            assert_sound(after)
            assert_kept(kind, design, after)
        assert hash(design) == before
        design = after
    assert kit.undo_all(design) == start
    assert kit.replay(start, design.moves) == design
    assert kit.load_design(kit.export(design), design) == design


@pytest.mark.parametrize("pair", list(combinations(kit.NINE, 2)), ids="+".join)
def test_a_merger_of_any_two_of_the_nine(pair):
    assert_kept("merge", NINE, kit.merge(NINE, *pair, "Both"))


@settings(max_examples=20, deadline=None)
@given(whole_grids)
def test_a_merger_of_any_two_in_any_grid(start):
    for pair in combinations(kit.NINE, 2):
        assert_kept("merge", start, kit.merge(start, *pair, "Both"))
        assert kit.metrics(kit.merge(start, *pair, "Both")) == pytest.approx(
            kit.metrics(kit.merge(start, *reversed(pair), "Both"))
        )


# ---- What is not coded -------------------------------------------------------------------------


@given(grids(functions=range(1, 15)))
def test_a_cell_that_is_not_coded_never_counts(start):
    """A function or a body without a coded cell changes nothing, nor does such a cell."""
    table, same = kit.table(start), kit.metrics(start)
    facts = {"un": start.un, "seats": start.seats}
    unread = [(body, "unread", "not coded") for body in start.bodies]
    silent = [("Silent", function, "not coded") for function in start.functions]
    for extra in (unread, silent):
        more = pd.concat([table, pd.DataFrame(extra, columns=table.columns)])
        assert kit.metrics(kit.start(more, **facts)) == same
    assert kit.metrics(kit.start(table.query("value != 'not coded'"), seats=0.6)) == same
    read = table["function"].isin(table.query("value != 'not coded'")["function"])
    table.loc[read & (table["value"] == "not coded"), "value"] = "none"
    assert kit.metrics(kit.start(table, **facts)) == same


def test_what_is_not_coded_cannot_be_moved_nor_made_anew():
    start = a_design([0, 2, 0, 3], ("ILO", "IOM"), ("data", "return"))
    for move in (("transfer", "data", "ILO", "IOM"), ("create_body", "Hub", ["data"])):
        with pytest.raises(KitError, match="coded, so it"):
            kit.replay(start, [move])
    assert kit.facts(kit.create_body(start, "Hub"))["functions_kept_out"] == 1
    assert kit.facts(a_design([0, 2], ("ILO", "IOM"), ("data",)))["gaps_unsure"] == 1


# ---- Moves -------------------------------------------------------------------------------------

SMALL = a_design([3, 3, 1, 2, 0, 1], ("ILO", "IOM", "UNHCR"), ("data", "return"))
REFUSED = [
    (("transfer", "data", "ILO", "ILO"), "to itself"),
    (("transfer", "return", "IOM", "ILO", "none"), "no level 'none'"),
    (("transfer", "data", "IOM", "ILO"), "has no part in data"),
    (("transfer", "return", "IOM", "ILO", "lead"), "no lead to give in return"),
    (("transfer", "data", "ILO", "IOM", "support"), "a lead would be lost"),
    (("transfer", "data", "UNHCR", "ILO"), "is not coded"),
    (("transfer", "milk", "ILO", "IOM"), "no function 'milk'"),
    (("transfer", "data", "WHO", "IOM"), "no body 'WHO'"),
    (("transfer", "data", "ILO"), "takes function, source, target and level"),
    (("transfer", ["data"], "ILO", "IOM"), "no function"),
    (("admit", "ILO"), "in the UN system already"),
    (("admit", None), "no body None"),
    (("merge", "ILO", "ILO", "One"), "two bodies"),
    (("merge", "ILO", "IOM", "unhcr"), "is taken"),
    (("create_facility", "Group", ["ILO"]), "at least two"),
    (("create_facility", "Group", 5), "no body 5"),
    (("create_facility", "Group", ["ILO", "UNHCR"]), "Pact links ILO and UNHCR already"),
    (("create_body", "Agency", ["data"], "share"), "no way 'share'"),
    (("create_body", "Agency", ["data", "return", "milk"]), "no function 'milk'"),
    (("create_body", "A", ["data", "return"]), "costs 8 and your budget has 7 left"),
    (("open_forum", ""), "1 to 60"),
    (("open_forum", "x" * 61), "1 to 60"),
    (("open_forum", "a\0b"), "1 to 60"),
    (("open_forum", 7), "1 to 60"),
    (("open_forum", " pact "), "is taken"),
    (("abolish", "ILO"), "no move 'abolish'"),
    ((), "no move"),
]


@pytest.mark.parametrize(("move", "reason"), REFUSED, ids=str)
def test_a_move_outside_the_rules_is_refused_with_the_reason(move, reason):
    before = kit.replay(SMALL, [("create_facility", "Pact", ("UNHCR", "ILO")), ("open_forum", "F")])
    again = copy.deepcopy(before)
    with pytest.raises(KitError, match=re.escape(reason)) as problem:
        kit.replay(before, [move])
    assert is_a_sentence(problem.value) and before == again


def test_the_price_of_each_move():
    agency = kit.create_body(SMALL, "Agency")
    prices = {
        ("transfer", "data", "ILO", "IOM"): 1,
        ("open_forum", "Forum"): 1,
        ("create_facility", "Facility", kit.NINE[:2]): 2,
        ("admit", "IOM"): 2,
        ("create_body", "Agency"): 4,
        ("create_body", "Agency", ("data",), "keep"): 5,
        ("create_body", "Agency", ("data", "return")): 8,
        ("merge", "ILO", "IOM", "Both"): 5,
    }
    assert {move: kit.replay(SMALL, [move]).cost for move in prices} == prices
    assert kit.transfer(agency, "data", "ILO", "Agency").cost == 4 + 2


def test_a_body_that_merges_keeps_seats_and_status():
    design = kit.create_facility(SMALL, "Pact", ["IOM", "UNHCR"])
    merged = kit.merge(design, "IOM", "ILO", "IOM")
    assert merged.bodies == ("IOM", "UNHCR") and merged.un == {"IOM", "UNHCR"}
    assert dict(merged.facilities) == {"Pact": {"IOM", "UNHCR"}}
    assert merged.grid[0] == (3, 3)


def test_a_transfer_never_takes_from_the_receiver():
    after = kit.transfer(SMALL, "return", "IOM", "ILO", "support")
    assert [row[1] for row in after.grid] == [kit.LEAD, kit.NONE, kit.NONE]


def test_undo_at_the_start_is_refused():
    with pytest.raises(KitError, match="no move to undo"):
        kit.undo(SMALL)
    assert kit.undo_all(SMALL) is SMALL


# ---- The start ---------------------------------------------------------------------------------


def test_an_empty_grid_has_metrics():
    empty = kit.start(pd.DataFrame(columns=["body", "function", "value"]), seats=0)
    assert set(kit.metrics(empty).values()) == {0}
    assert kit.table(empty).empty and kit.facts(empty)["bodies"] == 0
    assert kit.load_design(kit.export(kit.open_forum(empty, "F")), empty).forums == ("F",)
    assert kit.create_body(empty, "First").bodies == ("First",)
    assert kit.stability([empty, empty], "gap", draws=2) == 1


@given(grids(functions=range(1, 15)))
def test_the_table_of_a_design_makes_the_design(start):
    assert kit.start(kit.table(start), un=start.un, seats=start.seats) == start


def test_a_table_that_is_no_grid_is_refused():
    good = kit.table(SMALL)
    bad = [
        (good.drop(columns="value"), {}, "no column value"),
        (good.assign(value="Lead"), {}, "'Lead', which is not one of"),
        (good.assign(value=pd.NA), {}, "<NA>"),
        (pd.concat([good, good]), {}, "two rows"),
        (good, {"seats": 61}, "not between 0 and 1"),
        (good, {"seats": math.nan}, "not between 0 and 1"),
        (good, {"un": ["WHO"]}, "no body 'WHO'"),
        (good, {"facilities": {"Group": ["ILO", "WHO"]}}, "no body 'WHO'"),
    ]
    for table, facts, reason in bad:
        with pytest.raises(KitError, match=reason) as problem:
            kit.start(table, **({"seats": 0.5} | facts))
        assert is_a_sentence(problem.value)


def test_a_facility_may_stand_at_the_start():
    start = a_design(
        [2, 2, 2], ("ILO", "IOM", "UNHCR"), ("data",), facilities={"G": ["ILO", "IOM"]}
    )
    assert kit.uncoordinated_pairs(start) == pytest.approx(2 / 3)


# ---- Designs beside each other -----------------------------------------------------------------


def test_every_preset_can_be_made_and_no_two_are_the_same():
    designs = kit.presets(NINE)
    assert (
        len(designs)
        == len(kit.PRESETS)
        == len({d.grid + d.forums + d.facilities + (d.un,) for d in designs.values()})
    )
    within = {name for name, design in designs.items() if design.cost <= kit.BUDGET}
    assert set(designs) - within == {"One organisation"}
    assert kit.metrics(designs["One organisation"])["contest"] == 0


@settings(max_examples=50, deadline=None)
@given(grids(bodies=[9], functions=[14], values=[1, 2, 3]))
def test_dominated_is_what_pareto_says(start):
    designs = kit.presets(start)
    found = set(kit.dominated(designs)[["design", "by"]].itertuples(index=False, name=None))
    for worse, best in found:
        verdicts = set(kit.compare(designs[worse], designs[best])["verdict"])
        assert verdicts in ({"better"}, {"better", "same"}) and (best, worse) not in found
    # Admission is a status and no metric: the Network costs two more and measures the same.
    assert ("Network (2018)", "Group and Forum (UNSG 2006)") in found
    assert "Status quo (early 2006)" not in {worse for worse, _ in found}


def test_dominated_says_which_and_why():
    told = kit.dominated(kit.presets(NINE)).set_index("design").loc["Network (2018)", "why"]
    assert "Group and Forum (UNSG 2006) is better than Network (2018) on cost" in str(told)


def test_stability():
    designs = kit.presets(NINE)
    pair = [designs["Status quo (early 2006)"], designs["IOM-UNHCR merger"]]
    assert kit.stability(pair, "gap", draws=200) == 1  # a merger never changes it
    assert kit.stability(designs.values(), "cost", draws=20) == 1
    crowding = kit.stability(designs.values(), "crowding", draws=50)
    assert 0 <= crowding < 1
    assert crowding == kit.stability(designs.values(), "crowding", draws=50)
    for some, metric in ((pair, "beauty"), (pair[:1], "gap"), ([*pair, SMALL], "gap")):
        with pytest.raises(KitError):
            kit.stability(some, metric)


def test_a_draw_where_a_move_fails_counts_against():
    start = a_design([3, 2, 1], ("ILO", "IOM", "UNHCR"), ("data",))  # each cell can be drawn
    moved = kit.transfer(start, "data", "IOM", "UNHCR", "support")
    assert kit.stability([start, moved], "cost", draws=400) == pytest.approx(2 / 3, abs=0.06)


@given(grids(functions=range(1, 15)), st.integers(0, 2**32 - 1))
def test_a_recoding_moves_a_tenth_of_the_coded_cells_by_one_step(start, seed):
    before = kit._array(start)
    after = kit._array(kit._recoded(start, np.random.default_rng(seed)))
    coded = before != kit.NOT_CODED
    assert (before[~coded] == after[~coded]).all() and (after[coded] != kit.NOT_CODED).all()
    steps = np.abs(before - after)
    assert steps.max(initial=0) <= 1
    assert steps.sum() == (max(1, round(coded.sum() / 10)) if coded.any() else 0)


# ---- Export and import -------------------------------------------------------------------------

DESIGN = kit.replay(
    NINE,
    [
        ("create_body", "Agence « Été »", ["data"], "keep"),
        ("create_facility", 'A "quoted" \\ group', ["IOM", "Agence « Été »"]),
        ("open_forum", "Forum"),
        ("admit", "IOM"),
    ],
)
TEXT = kit.export(DESIGN)
LINES = TEXT.split("\n")[:-1]


def line_at_fault(text, start=NINE):
    with pytest.raises(KitError) as problem:
        kit.load_design(text, start)
    said = re.sub("“[^”]*”", "that", str(problem.value))  # what it quotes may hold any sign
    assert is_a_sentence(said), str(problem.value)
    return int(re.match(r"Line (\d+) ", str(problem.value))[1])


@given(st.sampled_from(range(len(LINES))), st.data())
def test_one_sign_changed_by_hand_is_found_in_its_line(row, data):
    line = LINES[row]
    column = data.draw(st.sampled_from(range(len(line))))
    sign = data.draw(st.characters(codec="utf-8", exclude_characters="\n" + line[column]))
    changed = line[:column] + sign + line[column + 1 :]
    if changed.strip() not in ("", line):
        assert line_at_fault("\n".join([*LINES[:row], changed, *LINES[row + 1 :]])) == row + 1


@given(st.integers(0, len(TEXT.strip()) - 1))
def test_a_design_cut_short_is_refused(length):
    assert 1 <= line_at_fault(TEXT[:length]) <= TEXT[:length].strip().count("\n") + 2


@pytest.mark.parametrize("row", range(len(LINES)))
def test_a_line_removed_doubled_or_swapped_is_found(row):
    assert line_at_fault("\n".join(LINES[:row] + LINES[row + 1 :])) in (row, row + 1)
    assert line_at_fault("\n".join([*LINES[:row], LINES[row], *LINES[row:]])) == row + 2
    if row:
        swapped = [*LINES[: row - 1], LINES[row], LINES[row - 1], *LINES[row + 1 :]]
        assert line_at_fault("\n".join(swapped)) in (row - 1, row)


def test_a_consequence_is_not_blamed_for_its_cause():
    """Line 6 names the body that line 7 links."""
    assert line_at_fault(TEXT.replace('"Agence « Été »", ["data"]', '"Agence", ["data"]')) == 6


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('"format": 1,', '"format": 2,', 2),
        (f'"release": "{kit.__version__}"', '"release": "9.9.9"', 3),
        ('"admit", "IOM"', '"admit", "ILO"', 9),
        ("{", "", 1),
        ("{", "[" * 5000, 1),
    ],
)
def test_another_release_and_edits_are_refused(old, new, line):
    assert line_at_fault(TEXT.replace(old, new, 1)) == line


def test_what_is_no_design_is_refused():
    for text in ("", "hello", "[]", "{}", "null", None, 5, "{" * 9999, b"{"):
        assert line_at_fault(text) in (1, 2)
    assert line_at_fault(TEXT, start=SMALL) == 4
    deep = "\n".join([*LINES[:5], "[" * 99999, *LINES[5:]])
    assert line_at_fault(deep) == 6


def test_windows_line_ends_indents_and_a_mark_of_order_are_no_edits():
    text = "\ufeff" + "\r\n".join(f"\t{line} " for line in LINES) + "\r\n\r\n"
    assert kit.load_design(text, NINE) == DESIGN


def test_a_forged_move_is_still_judged_by_the_rules():
    """Marks are no lock: who makes them anew still cannot pass the budget."""
    rich = kit.replace(NINE, budget=None)
    text = kit.export(kit.replay(rich, kit.PRESETS["One organisation"]))
    assert line_at_fault(text) == 8  # two mergers cost ten


def test_the_example_in_each_docstring_runs():
    result = doctest.testmod(kit)
    assert result.attempted > 20 and not result.failed
