"""Questions: a wrong answer draws its own hint, a right one passes in all its ordinary forms."""

import ast
import decimal
import fractions
import itertools
import random
import re
import shutil
from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd
import pytest

from migrationkit import data, figures, notebooks, questions
from migrationkit.check import judge, right_line
from migrationkit.figures.lesson08 import begin
from migrationkit.models import institutions, ledger, population, replacement
from migrationkit.questions import Question, Wrong, chance, lesson01, lesson03, lesson08, lesson12

ALL = [question for lesson in questions.lessons() for question in questions.of_lesson(lesson)]
WRONG = [(question, wrong) for question in ALL for wrong in question.wrong]
WORLD = pd.DataFrame(
    {"year": [1990, 2024], "migrants_million": [153.9, 304.0], "share_percent": [2.9, 3.7]}
)


def by_id(question):
    return getattr(question, "id", "")


def line_of_hint(question, wrong):
    """How a verdict with this hint begins, whatever the line breaks."""
    return f"△ Question {question.id}: not yet. {wrong.hint}"


def words(verdict):
    return " ".join(verdict.line.split())


# --- the questions themselves ---------------------------------------------------------------------


def test_ids_follow_the_lesson_and_the_order_of_the_exercise():
    for lesson in questions.lessons():
        asked = [question.id for question in questions.of_lesson(lesson)]
        assert asked == [f"{lesson}.{place}" for place in range(1, len(asked) + 1)]


def test_lesson_1_has_the_kinds_that_the_curriculum_gives_it():
    kinds = [question.kind for question in questions.of_lesson(1)]
    assert kinds == ["NUM", "MCQ", "CLS", "NUM", "DF", "MCQ", "CHT", "MCQ", "MSQ"]


def test_lesson_3_has_the_kinds_that_the_curriculum_gives_it():
    kinds = [question.kind for question in questions.of_lesson(3)]
    assert kinds == ["NUM", "NUM", "ORD", "MCQ", "NUM", "CLS", "DF", "MSQ"]


def test_lesson_8_has_the_kinds_that_the_curriculum_gives_it():
    kinds = [question.kind for question in questions.of_lesson(8)]
    assert kinds == ["ORD", "NUM", "DF", "CLS", "MCQ", "CLS", "MSQ", "MCQ"]


def test_lesson_12_has_the_kinds_that_the_curriculum_gives_it():
    kinds = [question.kind for question in questions.of_lesson(12)]
    assert kinds == ["ORD", "NUM", "MCQ", "CLS", "MCQ", "DF", "CHT", "MSQ"]


@pytest.mark.parametrize("question", ALL, ids=by_id)
def test_a_question_is_whole(question):
    assert question.kind in questions.KINDS
    assert question.name.isidentifier()
    for text in (question.title, question.prompt, question.form, question.meaning):
        assert text.strip()
    assert question.pointer != question.parallel != question.meaning
    assert len(question.wrong) >= 3
    assert all(re.fullmatch(r"M\d\d|", wrong.code) for wrong in question.wrong)
    hints = [wrong.hint for wrong in question.wrong]
    assert len(set(hints)) == len(hints)


def test_names_to_assign_are_one_to_a_question():
    for lesson in questions.lessons():
        names = [question.name for question in questions.of_lesson(lesson)]
        assert len(set(names)) == len(names)


def told(text):
    """Every number that a text tells, without separators."""
    return re.sub(r"[,\s]", "", text)


@pytest.mark.parametrize("question", [q for q in ALL if q.kind in ("NUM", "DF")], ids=by_id)
def test_no_hint_and_no_meaning_tells_the_value(question):
    expected = question.expected()
    rows = expected if isinstance(expected, list) else [{"answer": expected}]
    cells = [cell for row in rows for name, cell in row.items() if name not in question.keys]
    values = [f"{cell:.10g}"[:4] for cell in cells]
    texts = [question.meaning, question.pointer, question.parallel, question.form, question.title]
    for text, value in itertools.product([*texts, *(w.hint for w in question.wrong)], values):
        assert value not in told(text), f"{question.id} tells {value}: {text}"


@pytest.mark.parametrize("question", [q for q in ALL if q.options], ids=by_id)
def test_no_hint_names_the_right_letter(question):
    expected = question.expected()
    if question.kind != "MCQ":
        return
    letters = set(expected.values()) if isinstance(expected, dict) else {expected}
    for text in [question.pointer, question.parallel, *(wrong.hint for wrong in question.wrong)]:
        assert not any(re.search(rf"\b{letter}\b(?!\s\w+ed)", text) for letter in letters - {"A"})
        assert not any(question.options[letter][:20] in text for letter in letters if len(
            question.options[letter]) > 20)  # fmt: skip


@pytest.mark.parametrize("question", ALL, ids=by_id)
def test_sentences_are_short_and_calm(question):
    texts = [question.prompt, question.meaning, question.pointer, question.parallel]
    texts += [wrong.hint for wrong in question.wrong]
    for text in texts:
        assert "!" not in text
        assert not re.search(r"\b(simply|obviously|illegal|flood|wave|influx)\b", text, re.I)
    sentences = [one for text in texts for one in re.split(r"(?<=[.?:])\s+", text) if one]
    assert sum(len(one.split()) for one in sentences) / len(sentences) <= 18


def test_guessing_is_worth_little(record_property):
    for lesson in questions.lessons():
        asked = questions.of_lesson(lesson)
        if len(asked) < 2:
            continue  # lesson 0 shows how a check works; it is no exercise
        share = sum(map(chance, asked)) / len(asked)
        record_property(f"right by uniform guessing, lesson {lesson}", f"{100 * share:.1f} %")
        print(
            f"Lesson {lesson}: {100 * share:.1f} % right by uniform guessing over offered options"
        )
        assert share < 0.15


# --- expected values, computed again --------------------------------------------------------------


def test_share_of_2006():
    assert lesson01.share_of_world() == pytest.approx(191 / 6540 * 100)
    assert round(lesson01.share_of_world(), 2) == 2.92


def test_the_supported_sentence_is_true_of_the_data():
    stock = data.load("migrant-stock").query("edition == '2024' and iso3 == 'WLD'")
    world = stock.merge(data.load("population"), on=["iso3", "year"]).set_index("year")
    share = world.migrants / world.population
    count = world.migrants[2024] / world.migrants[1990]
    assert 1.95 < count < 2.0  # almost doubled
    assert 1.25 < share[2024] / share[1990] < 1.30  # a bit more than a quarter
    assert 1.25 < 3.7 / 2.9 < 1.30  # from the printed shares as well
    assert [round(100 * share[year], 1) for year in (1990, 2024)] == [2.9, 3.7]
    assert [round(world.migrants[year] / 1e6) for year in (1990, 2024)] == [154, 304]


def test_people_of_1_3_and_their_key():
    assert lesson01.who_is_counted() == {
        "Amina": "foreign passport only",
        "Jeroen": "born abroad only",
        "Claire": "both",
        "Samir": "neither",
        "Rosa": "born abroad only",
        "Tom": "foreign passport only",
    }


def test_people_shared_with_the_cards_of_figure_1_2_are_the_same():
    cards = data.load("person-cards").set_index("person")
    shared = set(cards.index) & set(lesson01.PEOPLE)
    assert {"Amina", "Jeroen"} <= shared
    for name in shared:
        by_birth = cards.born_abroad[name] == "yes"
        by_passport = cards.foreign_passport_only[name] == "yes"
        key = {(1, 1): "both", (1, 0): "born abroad only", (0, 1): "foreign passport only"}
        assert lesson01.who_is_counted()[name] == key.get((by_birth, by_passport), "neither")


def test_two_totals_and_the_register_agree_with_the_tables():
    register = data.load("belgium-register-2006")
    foreigners = data.load("belgium-foreigners")
    total = foreigners[(foreigners.date == "2006-04") & (foreigners.nationality == "TOTAL")]
    office = register[register.direction == "start"].persons.item()
    waiting = register[register.direction == "not counted"].persons.item()
    assert lesson01.unexplained() == total.persons.item() - office - waiting == 12_679
    for direction, read in zip(("in", "out"), lesson01.entries_and_exits(), strict=True):
        rows = register[register.direction == direction]
        assert dict(zip(rows.component, rows.persons, strict=True)) == read
    end = register[register.direction == "end"].persons.item()
    rows = {row["flow"]: row["persons"] for row in lesson01.register_movement()}
    assert rows == {"in": 114_719, "out": 83_031, "net": 31_688}
    assert rows["net"] == end - office


def test_wrong_examples_are_those_of_the_curriculum():
    wrong = [wrong.example_for() for wrong in questions.find("1.1").wrong]
    assert [round(value, 4) for value in wrong] == [0.0292, 34.2408, 29.2049, 3]
    assert [wrong.example_for() for wrong in questions.find("1.4").wrong] == [
        103_598, 90_919, 194_517, -12_679,
    ]  # fmt: skip
    nets = [wrong.example_for()[2]["persons"] for wrong in questions.find("1.5").wrong]
    assert nets == [31_688, 63_548, 56_316, -15_853, 197_750, -31_688]
    across = questions.find("1.5").wrong[2].example_for()
    assert [row["persons"] for row in across] == [83_433, 27_117, 56_316]


def test_other_tables_give_other_expected_values(tmp_path, monkeypatch):
    folder = shutil.copytree(data.data_folder(), tmp_path / "data")
    for name, old, new in (
        ("belgium-register-2006", ",immigration,83433,", ",immigration,83000,"),
        ("belgium-register-2006", ",became Belgian,31860,", ",became Belgian,1860,"),
        ("belgium-register-2006", "2006-01-01,900473,", "2006-01-01,900000,"),
        ("belgium-register-2006", "2006-01-01,90919,", "2006-01-01,90000,"),
        ("belgium-foreigners", "TOTAL,1004071,", "TOTAL,1000000,"),
    ):
        path = folder / f"{name}.csv"
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")
    data.stamp(folder)
    monkeypatch.setenv("MIGRATIONKIT_DATA", str(folder))
    rest, movement, exits = map(questions.find, ("1.4", "1.5", "1.6"))
    assert judge(rest, 10_000).right and not judge(rest, 12_679).right
    assert "whole gap" in words(judge(rest, 100_000))
    assert judge(movement, {"in": 114_286, "out": 53_031, "net": 61_255}).right
    assert not judge(movement, ROWS).right
    missing = {"in": 114_286, "out": 51_171, "net": 63_115}
    assert "People who became Belgian are missing" in words(judge(movement, missing))
    crossed = {"in": 83_000, "out": 27_117, "net": 55_883}
    assert "certainly crossed a border" in words(judge(movement, crossed))
    assert judge(exits, "BB").right and not judge(exits, "DB").right


def test_a_damaged_table_is_told_and_no_fault_of_the_answer(tmp_path, monkeypatch):
    folder = shutil.copytree(data.data_folder(), tmp_path / "data")
    (folder / "belgium-register-2006.csv").unlink()
    monkeypatch.setenv("MIGRATIONKIT_DATA", str(folder))
    verdict = judge(questions.find("1.5"), ROWS)
    assert "It cannot be judged here. Table 'belgium-register-2006'" in words(verdict)
    assert verdict.status == "△"
    assert judge(questions.find("1.5"), "?").status == "○"


def test_the_largest_exit_turns_with_the_category():
    _, exits = lesson01.entries_and_exits()
    assert max(exits, key=exits.get) == "became Belgian"
    assert exits["emigration"] + exits["struck off by the commune"] == 45_573
    assert lesson01.largest_exits() == {"a": "D", "b": "B"}


def test_parallels_are_calculated_right():
    assert 6_000 / 80_000 * 100 == 7.5
    assert 10 / 200 * 100 == 5.0 and 22 / 400 * 100 == 5.5 and 5.5 / 5.0 == 1.1
    assert 520 - 455 - 50 == 15
    assert 40 + 10 - (20 + 5) == 25
    assert 30 + 25 == 55 > 40 > 30


def test_printed_results_of_lesson_3_are_those_of_the_report():
    """CURRICULUM, lesson 3: 4.31; 251 thousand; five aims in the Union's order; 3.30 times."""
    assert lesson03.support_ratio() == pytest.approx(249.4 / 57.9, abs=0.01)
    assert lesson03.average() == pytest.approx(251, abs=1)
    assert lesson03.times_larger() == pytest.approx(1228.3 / 371.9, abs=0.02)
    assert lesson03.by_size() == (
        "the UN's own projection", "as many people", "as many people of 15 to 64",
        "a ratio of 3 or more", "the ratio of 1995",
    )  # fmt: skip
    assert lesson03.by_size("DEU") == lesson03.by_size()
    assert lesson03.average("DEU") > lesson03.average() > lesson03.average("FRA")


def test_wrong_examples_of_lesson_3_are_those_of_the_curriculum():
    asked = (questions.find(id) for id in ("3.1", "3.2", "3.5"))
    wrong = {one.id: [wrong.example_for() for wrong in one.wrong] for one in asked}
    assert wrong["3.1"][:3] == pytest.approx([0.232, 23.2, 6.42], rel=0.002)
    assert wrong["3.2"][:3] == pytest.approx([235, 259, 2512], abs=0.5)
    assert wrong["3.5"][:2] == pytest.approx([1.88, 2.88], abs=0.005)


def test_policies_of_3_7_are_cells_of_figure_3_3_as_it_opens():
    table = figures.lesson03.levers_view("BEL").table
    cells = table.set_index(["working age ends at", "net migrants a year"])["ratio shown"]
    for row in lesson03.ratios():
        assert row["ratio"] == pytest.approx(cells[lesson03.POLICIES[row["policy"]]])


def test_3_7_takes_every_rounding_to_two_decimals_and_no_rows_that_changed_places():
    question = questions.find("3.7")
    first, second, third = (row["ratio"] for row in lesson03.ratios())
    for digits in (2, 3, 6):
        rounded = [round(ratio, digits) for ratio in (first, second, third)]
        assert judge(question, lesson03._rows(*rounded)).right
    assert judge(question, lesson03._rows(1.94, 2.21, 2.22)).right
    assert not judge(question, lesson03._rows(first, third, second)).right
    assert not judge(question, lesson03._rows(1.94, 2.22, 2.21)).right


def test_our_own_figure_is_told_apart_from_the_print():
    """Who reads 4.28 or 1.29 billion off figure 3.1 as it opens did not use the prompt."""
    sentence = figures.lesson03.simulator_view().sentence
    assert "1.29 billion people" in sentence and "(4.28 in 1995)" in sentence
    for id, answer in (("3.1", 4.28), ("3.5", 1290 / 371.9), ("3.5", 3.47)):
        verdict = judge(questions.find(id), answer)
        assert not verdict.right and "by another edition. Divide the two numbers" in words(verdict)
    assert "another edition" not in words(judge(questions.find("3.1"), 4.25))


def test_what_the_statements_of_3_6_say_of_places_is_so():
    people = {place: population.project(place, 2050) for place in ("BEL", "JPN", "FRA", "ITA")}

    def count(place, year, low=0, high=200):
        return people[place].query("year == @year and @low <= age < @high").population.sum()

    assert count("BEL", 2035, 0, 15) < count("BEL", 2025, 0, 15)
    assert count("JPN", 2050) < count("JPN", 2025)
    assert count("FRA", 2050, 65) > count("FRA", 2025, 65)
    assert count("ITA", 2050, 15, 65) < count("ITA", 2025, 15, 65)
    projections = {name: words for name, (kind, words) in lesson03.MORE_STATEMENTS.items()
                   if kind == lesson03.PROJECTION}  # fmt: skip
    assert set(projections) == {"on children", "on Japan", "on long lives", "on Italy"}
    for words_of in projections.values():  # who only says what follows expects nothing
        assert re.search(r"assumes|assumptions|medium variant", words_of)
        assert not re.search(r"\b(will|expects?|sure|if)\b", words_of.casefold())
    number = lesson03.average("ITA", "constant-working-age", 1995)
    assert f"{round(number)},000 migrants a year" in lesson03.MORE_STATEMENTS[
        "on a constant number"][1]  # fmt: skip


def test_children_of_those_who_come_do_not_change_the_size_of_3_4():
    asked = ("EU15", "constant-support-ratio", 2050)
    need, fewer = (
        5 * replacement.solve(*asked, base=1995, edition="2008", arrivals_tfr=tfr).migrants.sum()
        for tfr in (None, 2.5)
    )
    assert need > 7e8 > fewer > 6e8
    (hint,) = [wrong.hint for wrong in questions.find("3.4").wrong if "2.5 per woman" in wrong.hint]
    assert "hundreds of millions" in hint


def test_years_of_3_1_on_papers_are_counted_not_projected():
    assert max(case["year"] for case in questions.find("3.1").variants.pool()) == 2020


def test_the_vote_of_lesson_3_tells_the_printed_ratio_of_japan():
    (vote,) = questions.polls("3.vote")
    assert f"{lesson03.support_ratio('JPN'):.2f}" in vote.reasoning


def test_the_order_of_8_1_is_that_of_the_timeline():
    years = [int(date[:4]) for date in lesson08.dates().values()]
    assert sorted(years) == [1994, 2003, 2005, 2006, 2006, 2007, 2016, 2018]
    assert lesson08.in_order() == (
        "Cairo conference", "Global Commission set up", "Global Commission reports",
        "Secretary-General's report", "High-Level Dialogue", "first Global Forum",
        "IOM as related organization", "Global Compact",
    )  # fmt: skip
    assert len(set(lesson08.dates().values())) == 8
    assert questions.find("8.1").start != list(lesson08.in_order())


def test_pairs_of_bodies_and_the_wrong_ways_to_count_them():
    assert [lesson08.pairs(bodies) for bodies in (9, 10, 22)] == [36, 45, 231]
    assert lesson08.pairs() == len(list(itertools.combinations(range(9), 2)))
    assert data.load("mandates").body.nunique() == 9
    wrong = [wrong.example_for() for wrong in questions.find("8.2").wrong]
    assert wrong == [81, 72, 18, 9]


def test_leads_of_8_3_are_those_on_which_both_coders_agree():
    mandates = data.load("mandates")
    both = mandates[(mandates.first_coder == "lead") & (mandates.second_coder == "lead")]
    leads = both.groupby("function").body.agg(list)
    assert len(leads) == 8 and mandates.function.nunique() == 14
    assert leads[leads.map(len) > 1].to_dict() == {"return": ["IOM", "UNHCR"]}
    assert [row["tasks"] for row in lesson08.tasks_by_leads()] == [14 - 8, 8 - 1, 1]
    wrong = [[row["tasks"] for row in wrong.example_for()] for wrong in questions.find("8.3").wrong]
    assert wrong == [[0, 0, 14], [4, 3, 2], [0, 7, 1], [6, 6, 2]]


def test_no_merger_of_two_bodies_changes_the_share_of_gaps():
    change = {
        "A": institutions.crowding, "B": institutions.contest,
        "C": institutions.cost, "D": institutions.gap,
    }  # fmt: skip
    start = begin()
    merged = [
        institutions.merge(start, *pair, "X") for pair in itertools.combinations(start.bodies, 2)
    ]
    assert len(merged) == 36
    moved = {
        letter: any(measure(design) != measure(start) for design in merged)
        for letter, measure in change.items()
    }
    assert {letter: measure.__name__ for letter, measure in change.items()} == lesson08.MEASURES
    assert [letter for letter, does in moved.items() if not does] == [
        lesson08.unchanged_by_a_merger()
    ]


def test_a_forum_changes_what_the_vote_of_lesson_8_says():
    start = begin()
    forum = institutions.open_forum(start, "Forum")
    compared = institutions.compare(start, forum).set_index("metric").verdict
    assert compared[compared != "same"].to_dict() == {"reach": "better", "cost": "worse"}


def test_every_wrong_order_and_sort_of_lesson_8_has_a_hint():
    """No order of 8.1 and no single slip in 8.4 or 8.6 ends in a general sentence."""
    order, chance = list(lesson08.in_order()), random.Random(8)
    for _ in range(200):
        chance.shuffle(order)
        if tuple(order) != lesson08.in_order():
            assert "For the next step" not in words(judge(questions.find("8.1"), order))
    for id in ("8.4", "8.6"):
        question = questions.find(id)
        for item, right in question.expected().items():
            for other in set(question.options) - {right}:
                slip = question.expected() | {item: other}
                assert "For the next step" not in words(judge(question, slip)), (item, other)


def test_the_design_in_the_guide_of_lesson_8_improves_six_measures_and_pays():
    design = institutions.replay(
        begin(budget=10),
        [
            ("create_facility", "Facility", list(institutions.NINE)),
            ("open_forum", "Forum"),
            ("transfer", "return", "UNHCR", "IOM", "lead"),
        ],
    )
    compared = institutions.compare(begin(), design).set_index("metric").verdict
    assert design.cost == 4
    assert compared[compared != "better"].to_dict() == {
        "gap": "same", "upheaval": "worse", "cost": "worse"
    }  # fmt: skip
    handed = institutions.transfer(begin(), "refugee-protection", "UNHCR", "World Bank")
    compared = institutions.compare(begin(), handed).set_index("metric").verdict
    assert compared[compared != "same"].to_dict() == {
        "house_tension": "better", "concentration": "better", "upheaval": "worse", "cost": "worse"
    }  # fmt: skip
    absurd = institutions.replay(
        begin(budget=10),
        [
            ("create_body", "X", ["data"], "keep"),
            ("create_facility", "Facility", [*institutions.NINE, "X"]),
            ("open_forum", "Forum"),
            ("transfer", "return", "UNHCR", "IOM", "lead"),
            ("transfer", "human-rights", "ILO", "OHCHR", "support"),
        ],
    )
    compared = institutions.compare(begin(), absurd).set_index("metric").verdict
    assert absurd.cost == 10
    assert compared[compared != "better"].to_dict() == {"upheaval": "worse", "cost": "worse"}
    mandates = data.load("mandates")
    same = mandates.first_coder == mandates.second_coder
    assert (same.sum(), (mandates.agreed == "yes").sum(), len(mandates)) == (107, 105, 126)
    assert institutions.facts(begin())["gaps_unsure"] == 4


def test_categories_of_lesson_8_are_all_used():
    for id, many in (("8.4", 8), ("8.6", 6)):
        question = questions.find(id)
        assert len(question.expected()) == many
        assert set(question.expected().values()) == set(question.options)


def test_the_order_of_12_1_is_that_of_the_years():
    dates = lesson12.dates()
    years = [int(dates[card][:4]) for card in lesson12.in_order()]
    assert years == [2006, 2007, 2013, 2016, 2018, 2022]


def test_the_three_shares_of_the_vote():
    assert lesson12.share_of_votes() == pytest.approx(100 * 152 / 169)
    assert lesson12.share_of_members() == pytest.approx(100 * 152 / 193)
    assert lesson12.without_abstentions() == pytest.approx(100 * 152 / 157)


def test_proposals_of_12_4_are_those_of_the_table_and_their_codes_agree():
    rows = data.load("proposals-2006")
    assert sorted(rows.proposal, key=str.casefold) == list(lesson12.PROPOSALS)
    both = {"yes": rows.first_coder == rows.second_coder, "no": rows.value == "coders differ",
            "one coder": rows.second_coder == "not coded"}  # fmt: skip
    for agreed, holds in both.items():
        assert holds[rows.agreed == agreed].all(), agreed
    same = rows[rows.agreed != "no"]
    assert (same.value == same.first_coder).all()
    assert set(data.load("proposal-steps").id) == set(rows.id)


def test_where_coders_differ_either_reading_of_12_4_is_accepted():
    rows = data.load("proposals-2006")
    differ = rows[rows.agreed == "no"]
    assert (rows.agreed == "yes").sum() == 7 and len(differ) == 3
    question = questions.find("12.4")
    right = question.right_for()
    for row in rows.itertuples():
        for code in question.options:
            also = lesson12.ALSO_DEFENDED.get(row.proposal, ())
            accepted = code in (row.first_coder, row.second_coder, *also)
            assert judge(question, right | {row.proposal: code}).right is accepted, row.proposal


@pytest.mark.parametrize("card", ["Consultative Forum of states", "IOM inside the United Nations"])
def test_a_reading_that_lesson_12_defends_is_accepted_beside_that_of_the_coders(card):
    question = questions.find("12.4")
    assert question.right_for()[card] == "done"
    assert judge(question, question.right_for() | {card: "done differently"}).right
    assert judge(question, question.right_for() | {card: "partly"}).status == "△"
    assert not judge(question, question.right_for() | {card: "not"}).right
    (page,) = (data.checkout() / "lessons").glob("12-*.ipynb")
    (cell,) = (one for one in notebooks.read(page).cells if one.id == "s1-two-readings")
    assert cell.source.count("*done differently* can be defended") == len(lesson12.ALSO_DEFENDED)


def meets_the_rule(finding):
    """Whether a finding tells a change between two years, and sets similar states beside it."""
    two_years = re.match(r"From 20\d\d to 20\d\d ", finding)
    changed = re.search(r"\b(fell|rose)\b", finding)
    return bool(two_years and changed and re.search(r"\bsimilar states\b", finding))


def test_findings_of_12_8_are_evidence_by_the_rule_that_it_prints():
    question = questions.find("12.8")
    by_rule = {sign for sign, one in question.options.items() if meets_the_rule(one)}
    assert by_rule == question.expected()
    assert all(map(meets_the_rule, lesson12.FINDINGS))
    others = [one for findings, _, _ in lesson12.NO_EVIDENCE for one in findings]
    assert not any(map(meets_the_rule, others))
    assert lesson12.RULE in question.variants.prompt
    (page,) = (one for one in notebooks.solutions() if one.name.startswith("ex12"))
    (cell,) = (one for one in notebooks.read(page).cells if one.id == "q12-8-prompt")
    assert lesson12.RULE in cell.source
    for sign, text in question.options.items():
        assert f"- **{sign}** {text}\n" in f"{cell.source}\n"


def test_verdicts_of_12_6_count_the_factual_claims_once():
    rows = ledger.evaluate()
    assert sum(row["claims"] for row in lesson12.claims_by_verdict()) == rows.factual.sum()
    assert [row["verdict"] for row in lesson12.claims_by_verdict()] == ledger.VERDICTS
    assert (~rows.factual).any()


# --- verdicts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("question", "wrong"), WRONG, ids=lambda part: by_id(part) or None)
def test_a_wrong_answer_draws_its_own_hint_and_no_other(question, wrong):
    verdict = judge(question, wrong.example_for())
    assert verdict.status == "△"
    assert words(verdict) == line_of_hint(question, wrong)
    assert verdict.misconception == wrong.code
    others = [other.hint for other in question.wrong if other is not wrong]
    assert not any(hint in words(verdict) for hint in others)


# What each hint must say, written a second time: a hint that is changed by accident is noticed.
SAID = {
    "0.1": ["Set the year to 2015", "The longest bar stands at the top", "names the first"],
    "1.1": [
        "a part of one. Multiply it by 100",
        "the whole divided by the part. Divide the part by the whole.",
        "in millions and the other in billions. Write both in the same unit",
        "the Note's own rounding. Keep two decimals",
    ],
    "1.2": [
        "You compared the counts. How likely something is, a share tells",
        "These are stocks: everyone who lived abroad at that time, whenever they moved.",
        "is a judgement. Four numbers cannot say who decides",
    ],
    "1.3": [
        "Amina: look at where she was born. A foreign passport does not change that.",
        "Jeroen: look at where he was born. A Belgian passport does not change that.",
        "Rosa: she holds two passports. A foreign national, as defined here, has no Belgian one.",
        "Samir: go by birthplace and passport alone.",
        "Tom: look at where he was born. A Dutch passport does not change that.",
        "Rosa: look at where she was born. A Belgian passport does not change that.",
        "Amina: read her passport. To be born in a country does not make a person its national.",
        "Tom: read his passport. To be born in a country does not make a person its national.",
        "Jeroen: read his passport. To be born abroad does not make a person a foreign national.",
        "Claire: look at where she was born. Is that in Belgium?",
        "Claire: read her passport. Is it a Belgian one?",
        "Claire: read her birthplace for the one definition, and her passport for the other.",
        "Amina: the two definitions have changed places.",
        "Tom: the two definitions have changed places.",
        "Jeroen: the two definitions have changed places.",
        "Rosa: the two definitions have changed places.",
    ],
    "1.4": [
        "the whole gap between the two totals. Take the waiting register out of it.",
        "the waiting register itself. How much of the gap is left without it?",
        "The waiting register was added. It explains a part of the gap, so take it away.",
        "The direction is turned. Begin with the larger total",
    ],
    "1.5": [
        "Write exits without a minus",
        "People who became Belgian are missing from the exits.",
        "only the rows in which somebody certainly crossed a border. A register also changes",
        "only the rows in which nobody crossed a border. Here every row counts",
        "In and out were added. Net is what came in minus what went out.",
        "The sign of net is turned. Net is what came in minus what went out.",
    ],
    "1.6": [
        "deaths are the smallest of the four exits",
        "Which bar does the box in figure 1.4 lengthen?",
        "The same exit twice. Tick the box in figure 1.4",
    ],
    "1.7": [
        "Two scales on one chart make any two lines meet. Draw two charts",
        "That line shows the count. How common migrants are is told by the share.",
        "The y axis counts the rows of each year, and there is one a year.",
        "The shares stand on y as names, each one step from the next.",
        "The shares are put into classes, so the small changes disappear.",
        "A filter leaves years out. Draw every row of the table",
        "Your calculation makes the share a part of one, and the title says per cent.",
        "The axes are turned. Time goes on x, from left to right, and the share on y.",
        "Join the years: a change over time reads best as a line.",
        "A reader does not know its unit: give the y axis a title",
    ],
    "1.8": [
        "An exact-looking total is still an estimate.",
        "A figure can be revised although nobody made a mistake.",
        "It is a stock: everyone who lived abroad in 2005, whenever they moved.",
    ],
    "1.9": [
        "Does the sentence say who has a foreign background",
        "does the sentence say which publication it is from?",
        "Two of the four labels do stand there.",
    ],
    "3.1": [
        "older people for each person of working age. Turn the division over.",
        "the old-age dependency ratio: older people for 100 of working age",
        "Children are not of working age.",
        "That is our figure's ratio, by another edition.",
    ],
    "3.2": [
        "You began in 1995. Leave the first period out",
        "divided the total from 1995 on by fifty years",
        "You added the yearly averages of ten periods. Divide by ten.",
        "You began in 1995, and counted in persons.",
        "That is a thousand times too large.",
    ],
    "3.3": [
        "That is the most first.",
        "The UN's own projection has no aim",
        "The ratio of 1995 was above 4. Which is harder to hold",
        "A ratio calls for several people of working age for each older one.",
        "people of 15 to 64 become fewer sooner than people do",
    ],
    "3.4": [
        "The children of those who come are counted.",
        "No border stands in these sums.",
        "those who leave are taken off already",
    ],
    "3.5": [
        "You divided the migrants by the people of 1995.",
        "Births and deaths count as well",
        "Turn the division over: later by earlier.",
        "That is the growth in %.",
        "That is in %.",
        "That is the growth alone.",
        "That takes our figure's people of 2050, by another edition.",
    ],
    "3.6": [
        "It says what an aim would take. Does it want anybody to have that aim?",
        "It says what follows from assumptions. Does it ask anybody to do something?",
        "One of the lines tells somebody what to do.",
        "Nobody holds that assumption to be likely.",
        "Does anybody expect that here?",
        "A scenario takes any.",
        "A forecast says that the speaker expects it.",
        "Someone stands behind this statement and expects it to come true.",
    ],
    "3.7": [
        "Three times the same ratio.",
        "The third policy got both levers.",
        "The first row holds the UN's own migration.",
        "The first row is the ratio of 2025.",
        "Turn the ratio over.",
        "Those have one decimal. Write two, as the cells of the figure have.",
    ],
    "3.8": [
        "ends by calling migration a part of the answer only",
        "one professor's estimate of what an aim takes",
        "The Note says the reverse about the baby boom.",
        "something is still missing",
    ],
    "8.1": [
        "That is the newest first.",
        "report prepared the High-Level Dialogue. Which of the two must be older?",
        "The organization is old, its agreement with the United Nations is not.",
        "A commission is set up before it reports.",
        "When the High-Level Dialogue met, the Forum was still a proposal.",
        "dates the turn towards coordination to Cairo",
        "The Secretary-General's report drew on the Commission's.",
        "IOM was a related organization already",
    ],
    "8.2": [
        "No body needs a line to itself, and each pair counts once.",
        "Each pair was counted twice, once from each end.",
        "That is two lines for each body.",
        "make a ring, where each body reaches only its neighbours",
    ],
    "8.3": [
        "Bodies that only support were counted too. Count “lead” alone.",
        "Turn it round: group by task, and count the bodies.",
        "Tasks without any lead are missing",
        "the first coder's reading. The column “value” holds what both coders read.",
    ],
    "8.4": [
        "The Forum would hand no task to anybody. It would not even negotiate.",
        "The Facility would link what the bodies do. It would take no task from them.",
        "Coordination is what the bodies do among themselves.",
        "its purpose was not",
        "What do bodies do when they share a tool?",
        "Who does what is then no longer the same.",
        "The Group brings together the heads of bodies, and no states.",
        "In the Group each body keeps its tasks",
        "the two lines in which nothing had been settled",
    ],
    "8.5": [
        "it was a proposal to bring IOM into the United Nations",
        "A merger can only be proposed for bodies that are apart.",
        "Who are its members?",
    ],
    "8.6": [
        "One proposal says of itself that it would not negotiate.",
        "an event and no standing body. It was called again in 2013.",
        "Heads of bodies who meet hold no common money.",
        "A place where states talk holds no common money.",
        "Heads of bodies already met in 2006.",
        "What took the place of a group of bodies",
        "Which plan of 2006 gave the lead to states?",
    ],
    "8.7": [
        "Overlap has a price. Ask also what happens to a task with a single body",
        "Show how two offices for one task would cost less than one.",
        "With two bodies, each can point to the other.",
        "something is still missing",
    ],
    "8.8": [
        "Merge two bodies that overlap",
        "Find two bodies that lead the same task, merge them",
        "each has a price, and a merger has one of the highest",
    ],
    "12.1": [
        "That is the newest first.",
        "The Declaration called for a Compact",
        "When the first Dialogue met, the Forum was a proposal before it.",
        "A review needs something to review.",
    ],
    "12.2": [
        "the share of all members. Those who did not vote cast no vote: name the denominator.",
        "You left the abstentions out. They were cast, so they stand below the line.",
        "You divided by those who met in Marrakesh.",
        "Multiply it by a hundred to have per cent.",
    ],
    "12.3": [
        "Who decides on entry in the text?",
        "Ask who would ratify it",
        "why did a government break over it, and why is it reviewed?",
    ],
    "12.4": [
        "Are they also one tool for data and planning, as proposed?",
        "Both coders still saw a part of its task taken up",
        "Which part is missing? The exact link with the United Nations was left open.",
        "The proposal named no status: which part of it did not come?",
        "To become one body with another is a different one.",
        "Look at its legal force before you call this done.",
        "Did one of them coordinate all the levels that the proposal names?",
        "Who decides how many people are admitted?",
    ],
    "12.5": [
        "The text has no legal force. Even the head of the party that left granted it.",
        "Parliament was asked, and it backed the text.",
        "Governments are made at home.",
    ],
    "12.6": [
        "Opinions were counted as claims that cannot be checked.",
        "the claims of the Note alone. The Essay has claims too.",
        "shares in per cent. Give the number of claims.",
    ],
    "12.7": [
        "Slices are hard to compare. Draw bars, and compare lengths.",
        "A line joins verdicts that follow nothing.",
        "These bars do not begin at zero",
        "Opinions were counted as claims that have a verdict.",
        "The shortest bar stands first.",
        "in the order of the alphabet, or in one of your own.",
        "Say what is counted: give the axis the title Claims.",
    ],
    "12.8": [
        "Meetings are work done, not work that helped.",
        "That one thing follows another does not make it a cause.",
        "A vote is a promise.",
        "Ask what the speaker would have to show",
        "something is still missing",
    ],
}
CODES = {
    "1.2": ["M03", "M01", ""], "1.3": ["M02"] * 9 + [""] * 7, "1.7": ["", "M03", *[""] * 8],
    "1.8": ["M04", "M05", "M01"], "1.9": ["M02", "M05", ""],
    "3.4": ["M10", "M11", ""], "3.6": ["M11", *[""] * 7], "3.8": ["M10", "M11", "", ""],
    "8.1": ["", "", "M21", "", "", "", "", "M21"], "8.4": ["M21", *[""] * 8],
    "8.5": ["M21", "M21", ""], "8.7": ["M22", "", "", ""], "8.8": ["", "", "M22"],
    "12.3": ["M20", "M19", "M20"], "12.4": ["", "", "", "M21", "M21", "M20", "", ""],
    "12.5": ["M20", "", "M21"],
    "12.8": ["", "M26", "M19", "", ""],
}  # fmt: skip


@pytest.mark.parametrize("question", ALL, ids=by_id)
def test_each_hint_says_what_was_agreed_on(question):
    for wrong, said in zip(question.wrong, SAID[question.id], strict=True):
        assert said in words(judge(question, wrong.example_for()))
    codes = [wrong.code for wrong in question.wrong]
    assert codes == CODES.get(question.id, [""] * len(codes))


@pytest.mark.parametrize("question", ALL, ids=by_id)
def test_the_right_example_is_right_and_the_start_is_not_attempted(question):
    right = judge(question, question.right_for())
    assert (right.status, right.line) == ("●", right_line(question))
    assert judge(question, question.start).status == "○"
    for blank in ("?", None, "", "  ", [], {}, ..., pd.NA, pd.DataFrame(), "…"):
        assert judge(question, blank).status == "○", blank


RIGHT_SHARES = [
    2.92, 2.9205, 2.9, 2.94, 2.920489, 191 / 6540 * 100, 191e6 / 6.54e9 * 100,
    np.float64(2.92), np.float32(2.92), np.float16(2.92), np.longdouble(2.92),
    decimal.Decimal("2.92"), fractions.Fraction(292, 100), np.array(2.92), np.array([2.92]),
    np.array([[2.92]]), [2.92], (2.92,), [[2.92]], pd.Series([2.92]), pd.Series([2.92], index=[7]),
    pd.Series(["2.92"]), pd.Series([2.92], dtype="Float64"), pd.DataFrame({"share": [2.92]}),
    pd.DataFrame({"share": [2.92]}, index=[3]), pd.Index([2.92]), pd.array([2.92]),
    "2.92", "2,92", " 2.92 ", "2.92%", "2.92 %", "2,92 %", "2.92\u00a0%", "2.92\u202f%",
    "2.9 percent", "2.9 per cent", "2.92 pct", "2.92 Percent", "about 2.92 %", "≈ 2.92", "~2.92 %",
    "2.92 pour cent", "2,92 pourcent", "2,92 procent", "share = 2.92", "Share: 2,92 %",
    "share=2.92", "the share is 2.92 %", "the answer is 2.92", "it is 2.92 percent",
    "+2.92", "2.920", "2.92e0", "２.９２", "'2.92'", "= 2.92 %", "2.92.", np.str_("2.92"), "02.92",
]  # fmt: skip
RIGHT_RESTS = [
    12679, 12679.0, 12_679, np.int64(12679), np.int32(12679), np.uint16(12679), np.float64(12679),
    decimal.Decimal(12679), fractions.Fraction(12679), np.array(12679), np.array([12679]), [12679],
    (12679,), pd.Series([12679]), pd.Series([12679], dtype="Int64"), pd.Index([12679]),
    pd.array([12679]), pd.DataFrame({"rest": [12679]}), 1_004_071 - 900_473 - 90_919,
    "12679", "12,679", "12 679", "12.679", "12\u00a0679", "12\u202f679", "12'679", "12’679",
    "12_679", " 12,679 ", "12,679 persons", "12 679 people", "12.679 persons", "12679.0",
    "12,679.0",
    "12.679,0", "12 679,00", "about 12,679", "+12679", "1.2679e4", "12679 foreigners",
    "12.679 k"[:6],
    "12,679 PEOPLE", "=12679", "rest = 12679", "The rest is 12,679 persons",
    "12 679 personnes", "12679.", "approximately 12,679", np.str_("12679"),
]  # fmt: skip
RIGHT_LETTERS = [
    "C", "c", " C ", "C.", "C)", "(C)", "(c)", "c)", "C:", "[C]", "'C'", '"C"', "option C",
    "Option c", "answer C", "Answer: C", "the answer is C", "letter C", "choice c", "C ", "\tC\n",
    ["C"], ("C",), {"C"}, frozenset("C"), ["c"], [["C"]], pd.Series(["C"]), np.array("C"),
    np.array(["C"]), np.str_("C"), pd.Index(["C"]), "Ｃ", "C,", "C;", "*C*", "**C**", "- C", "C -",
    "<C>", "the choice is C", "It is C", "it's C", "It’s c.", "I think it is C", "supported = C",
    'supported = "C"', "Sentence C", "my answer is C", "Is it C?",
    "The world's migrants almost doubled in number. "
    "The chance that a person is one rose by a bit more than a quarter.",
    "C The world's migrants almost doubled in number. "
    "The chance that a person is one rose by a bit more than a quarter.",
]  # fmt: skip
KEY = lesson01.who_is_counted()
RIGHT_CLASSES = [
    KEY, dict(reversed(KEY.items())), {name.upper(): group.upper() for name, group in KEY.items()},
    {f" {name} ": f" {group}. " for name, group in KEY.items()},
    {name: group.replace(" ", "-") for name, group in KEY.items()},
    {name: group.replace(" ", "_") for name, group in KEY.items()},
    {name: group.replace(" ", "  ") for name, group in KEY.items()},
    list(KEY.items()), [list(pair) for pair in KEY.items()], pd.Series(KEY),
    np.array(list(KEY.items())),
    pd.DataFrame({"name": KEY.keys(), "group": KEY.values()}),
    pd.DataFrame({"group": KEY.values()}, index=list(KEY)),
    pd.Series(KEY, dtype="category"), tuple(KEY.items()),
]  # fmt: skip
ROWS = {"in": 114_719, "out": 83_031, "net": 31_688}
TABLE = pd.DataFrame({"flow": ROWS.keys(), "persons": ROWS.values()})
RIGHT_TABLES = [
    TABLE, TABLE[::-1], TABLE[["persons", "flow"]], TABLE.astype({"persons": float}),
    TABLE.astype(str), TABLE.astype({"persons": "Int64"}), TABLE.astype(object),
    TABLE.set_index("flow"), TABLE.rename(columns=str.upper), TABLE.assign(note="x"),
    TABLE.rename(columns={"flow": " Flow ", "persons": "Persons"}), TABLE.assign(flow=["In",
    "OUT", "net "]),
    TABLE.assign(persons=["114,719", "83 031", "31.688"]), TABLE.sample(frac=1, random_state=1),
    TABLE.reset_index(), TABLE.set_axis([4, 5, 6]), TABLE.astype({"flow": "category"}),
    ROWS, pd.Series(ROWS), pd.DataFrame([ROWS]), {"flow": list(ROWS),
    "persons": list(ROWS.values())},
    TABLE.to_dict("records"), TABLE.to_dict("list"), list(ROWS.items()),
    TABLE.set_index("flow").persons,
    {name: f"{persons:,}" for name, persons in ROWS.items()}, TABLE.set_axis(["what", "n"],
    axis=1),
    {name.upper(): np.float64(persons) for name, persons in ROWS.items()},
]  # fmt: skip
RIGHT_PAIRS = [
    {"a": "D", "b": "B"}, {"b": "B", "a": "D"}, {"a": "d", "b": "b"}, {"A": "D", "B": "B"},
    {"a": " D ", "b": "(B)"}, ["D", "B"], ("D", "B"), "D, B", "DB", "D B", "D;B", np.array(["D",
    "B"]),
    pd.Series({"a": "D", "b": "B"}), {"a": "became Belgian", "b": "emigration"}, pd.Series(["D",
    "B"])
    .set_axis(["a", "b"]), {"a": ["D"], "b": ["B"]}, [["a", "D"], ["b", "B"]], {"a": "D.",
    "b": "B."},
    "a: D, b: B", "a = D, b = B", "b: B, a: D", "(a) D (b) B", "a) D\nb) B", "a is D and b is B",
    "D and B", "aD bB", '{"a": "D", "b": "B"}', "largest_exit: D, B",
]  # fmt: skip
LINE = alt.Chart(WORLD).mark_line(point=True)
SHARE = alt.Y("share_percent:Q", title="% of the world's people")
RIGHT_CHARTS = [
    LINE.encode(x="year:O", y=SHARE), LINE.encode(x="year:T", y=SHARE), LINE.encode(x="year:Q",
    y=SHARE),
    LINE.encode(x="year:N", y=SHARE), LINE.encode(x="year", y=SHARE), LINE.encode(alt.X("year"),
    SHARE),
    LINE.encode(alt.X("year").title("Year"), alt.Y("share_percent").title("Share (%)")),
    LINE.encode(x="year", y=alt.Y("share_percent", axis=alt.Axis(title="in per cent"))),
    LINE.encode(x="year", y=alt.Y("share_percent", title=["Migrants,", "percent of people"])),
    LINE.encode(x="year", y="share_percent").properties(title="Migrants, % of the world's people"),
    LINE.encode(x="year", y="share_percent").properties(title=alt.Title("Share", subtitle="in %")),
    LINE.encode(x="year", y="share_percent").configure_axisY(title="% of people"),
    LINE.encode(x="year", y=alt.Y("mean(share_percent)", title="%")),
    LINE.encode(x="year", y=alt.Y("share_percent", title="%", scale=alt.Scale(zero=False))),
    LINE.encode(x="year", y=SHARE, tooltip=["year", "migrants_million"]).interactive(),
    alt.Chart(WORLD).mark_line().encode(x="year:O", y=SHARE),
    alt.Chart(WORLD).mark_line(color="#0072B2", strokeWidth=3).encode(x="year:O", y=SHARE),
    LINE.encode(x="year:O", y=SHARE) + alt.Chart(WORLD).mark_point().encode(x="year:O", y=SHARE),
    alt.layer(LINE, alt.Chart(WORLD).mark_text(), data=WORLD).encode(x="year:O", y=SHARE),
    LINE.encode(x="year:O", y=SHARE).facet("year:O"),
    LINE.encode(x="year:O", y=SHARE) | LINE.encode(x="year:O", y="migrants_million"),
    LINE.encode(x="year:O", y="migrants_million") & LINE.encode(x="year:O", y=SHARE),
    LINE.encode(x="year:O", y=SHARE).properties(width=300,
    height=200).configure_line(color="black"),
    LINE.encode(x="year:O", y=SHARE).to_dict(),
    alt.Chart(WORLD.rename(columns={"share_percent": "share"})).mark_line().encode(
        x="year", y=alt.Y("share", title="%")),
    alt.Chart(WORLD).transform_calculate(pct_share="datum.share_percent").mark_line().encode(
        x="year:O", y=alt.Y("pct_share:Q", title="Percent")),
    *(LINE.transform_calculate(**{name: made}).encode(x="year:O", y=alt.Y(f"{name}:Q", title="%"))
      for name, made in (
          ("s", "100 * datum.migrants_million / datum.people_million"),
          ("of_all", "datum['migrants_million']*1e6/(0.01 * datum['population'])"),
          ("migrants_per_100", "100 * datum.migrants / (datum.population)"),
          ("pct", "datum.fraction * 100"), ("s", "datum.share_percent"))),
    LINE.transform_calculate(part="datum.migrants / datum.population").transform_calculate(
        hundred="100 * datum.part").encode(x="year:O", y=alt.Y("hundred:Q", title="%")),
    LINE.transform_calculate(when="datetime(datum.year, 0)").encode(x="when:T", y=SHARE),
    *(LINE.encode(x="year", y=alt.Y(f"{name}(share_percent)", title="%"))
      for name in ("average", "sum", "min", "max", "median")),
    LINE.transform_calculate(s="datum.share_percent / 100").encode(
        x="year", y=alt.Y("s:Q", title="%", axis=alt.Axis(format=".1%"))),
    LINE.transform_calculate(s="datum.share_percent / 100 * 100").encode(
        x="year", y=alt.Y("s:Q", title="%")),
    LINE.encode(x="year:O", y=SHARE) + alt.Chart(WORLD).mark_text().encode(
        x="year:O", y=SHARE, text="share_percent").transform_filter("datum.year == 2024"),
    LINE.transform_aggregate(share="mean(share_percent)", groupby=["year"]).encode(
        x="year:O", y=alt.Y("share:Q", title="%")),
    LINE.encode(x="year", y=alt.Y("share_percent", title="Not millions but %")),
    *(LINE.encode(x="year:O", y=alt.Y("share_percent", title=title)) for title in (
        "Percentage of people", "migrants per 100 people", "Share, in percent of people",
        "Share(%)", "per cent", "pct. of people", "In percent 1990 to 2024",
        "Of 100 people: migrants")),
    alt.Chart(alt.Data(values=[{"year": 1990}])).mark_line().encode(x="year:O", y=SHARE),
]  # fmt: skip
ORDER = lesson08.in_order()
RIGHT_ORDERS = [
    ORDER, list(ORDER), [card.upper() for card in ORDER], [f" {card}. " for card in ORDER],
    [card.replace("-", " ") for card in ORDER], pd.Series(ORDER), np.array(ORDER), ", ".join(ORDER),
    " > ".join(ORDER), "; ".join(ORDER), "\n".join(ORDER), " → ".join(ORDER), pd.Index(ORDER),
]  # fmt: skip
LEADS = {"none": 6, "one": 7, "two or more": 1}
GRID = pd.DataFrame({"leads": LEADS.keys(), "tasks": LEADS.values()})
RIGHT_GRIDS = [
    GRID, GRID[::-1], GRID.astype(str), GRID.astype({"tasks": float}), GRID.set_index("leads"),
    GRID.rename(columns=str.upper), GRID.assign(leads=["None", "ONE", "two-or-more"]), LEADS,
    pd.Series(LEADS), list(LEADS.items()), GRID.to_dict("records"), GRID.to_dict("list"),
    GRID.assign(note="x"), GRID.set_index("leads").tasks, GRID.set_axis(["what", "n"], axis=1),
    {name: np.int64(tasks) for name, tasks in LEADS.items()},
]  # fmt: skip
CHANGES, FEATURES = lesson08.what_it_changes(), lesson08.who_has_it()
RIGHT_USES = [
    ["B", "C", "D"], {"D", "B", "C"}, ("b", "c", "d"), "BCD", "b, c, d", "B and C and D", "B C D",
    "B;C;D", pd.Series(["B", "C", "D"]), np.array(["D", "C", "B"]), frozenset("BCD"),
    ["B)", "(C)", "D."],
]  # fmt: skip
SIX = lesson12.in_order()
OUTCOMES = questions.find("12.4").right_for()
ROWS_OF_LEDGER = pd.DataFrame({"verdict": ["held up", "revised"], "claims": [3, 1]})
BARS, CLAIMS = alt.Chart(ROWS_OF_LEDGER).mark_bar(), alt.X("count()", title="Claims")
UNFILTERED = alt.Chart(lesson12.ledger.evaluate().assign(
    verdict=lambda rows: rows.verdict.fillna(lesson12.ledger.NOT_FACTUAL))).mark_bar()
WITH_NULLS = alt.Chart(lesson12.ledger.evaluate()).mark_bar()
WITH_NANS = alt.Chart(lesson12.ledger.evaluate().assign(
    verdict=lambda rows: rows.verdict.map(lambda one: one or np.nan))).mark_bar()
RIGHT_BARS = [
    UNFILTERED.encode(x=CLAIMS, y=alt.Y("verdict", sort="-x")).transform_filter("datum.factual"),
    WITH_NULLS.encode(x=CLAIMS, y=alt.Y("verdict", sort="-x")).transform_filter(
        "datum.verdict != null"),
    BARS.encode(x="claims", y=alt.Y("verdict", sort="-x")),
    BARS.encode(x="claims", y=alt.Y("verdict", sort=["held up", "revised"])),
    BARS.encode(x=CLAIMS, y=alt.Y("verdict", sort="-x")),
    BARS.encode(x=CLAIMS, y=alt.Y("verdict").sort("-x")),
    BARS.encode(x=alt.X("verdict", sort="-y"), y=alt.Y("count()", title="Number of claims")),
    BARS.encode(x=alt.X("claims", title="Claims"), y=alt.Y("verdict", sort="-x")),
    BARS.encode(x=alt.X("sum(claims)", title="Claims"), y=alt.Y("verdict:N", sort="-x")),
    BARS.encode(x=CLAIMS, y=alt.Y("verdict", sort=["held up", "revised"])),
    BARS.encode(x=CLAIMS, y=alt.Y("verdict", sort=None)),
    BARS.encode(x=CLAIMS, y=alt.Y("verdict", sort=alt.EncodingSortField(
        "claims", order="descending"))),
    BARS.encode(x=CLAIMS, y=alt.Y("verdict", sort=alt.SortByEncoding(
        encoding="x", order="descending"))),
    BARS.encode(x="count()", y=alt.Y("verdict", sort="-x")).properties(title="Claims by verdict"),
    BARS.encode(x="count()", y=alt.Y("verdict", sort="-x")).configure_axisX(title="Claims"),
    BARS.encode(x=CLAIMS, y=alt.Y("verdict", sort="-x"), color="verdict"),
    BARS.encode(x=CLAIMS, y=alt.Y("verdict", sort="-x"))
    + alt.Chart(ROWS_OF_LEDGER).mark_text().encode(x="count()", y=alt.Y("verdict", sort="-x"),
                                                   text="count()"),
    alt.Chart(ROWS_OF_LEDGER, title="Claims").mark_bar(color="#0072B2").encode(
        x=alt.X("claims", scale=alt.Scale(domain=[0, 40])), y=alt.Y("verdict", sort="-x")),
    BARS.encode(x=CLAIMS, y=alt.Y("verdict", sort="-x")).to_dict(),
]  # fmt: skip
VERDICTS = {row["verdict"]: row["claims"] for row in lesson12.claims_by_verdict()}
COUNTS = pd.DataFrame({"verdict": VERDICTS.keys(), "claims": VERDICTS.values()})
FORMS = {
    "1.1": RIGHT_SHARES, "1.2": RIGHT_LETTERS, "1.3": RIGHT_CLASSES, "1.4": RIGHT_RESTS,
    "1.5": RIGHT_TABLES, "1.6": RIGHT_PAIRS, "1.7": RIGHT_CHARTS,
    "1.8": ["B", "b", "B)", "(b)", "An estimate of its edition: check the current one."],
    "1.9": [["A", "C"], ["A, C"], {"C", "A"}, ("a", "c"), "AC", "a, c", "A and C",
            np.array(["C", "A"])],
    "3.1": [4.31, "4.31", "4,31", "4.31 to 1", "4.31 to one", "4.31:1", 249.4 / 57.9, "about 4.31",
            "4.31 people of 15 to 64", "4.31 people of 15-64 for each older one",
            "4.31 people of working age", "4.31 per older person", "4.31 for each older one",
            "4.31 people of 15 to 64 for each person of 65 or more",
            "4.31 persons of 15 to 64 for each older person", "4.31 per person of 65 or older",
            "4.31 people aged 15–64 for each person of 65+",
            "4.31 (people of 15 to 64 for each older one)", "The support ratio is 4.31",
            "The support ratio was 4.31", "It would be 4.31"],
    "3.4": ["B", "B is correct", "B: they grow old too", "B, because the older ones are many",
            "The answer is B"],
    "3.3": [lesson03.by_size(), " < ".join(lesson03.by_size()),
            " > ".join(lesson03.by_size()[::-1]), " -> ".join(lesson03.by_size()),
            [f"{place}. {card}" for place, card in enumerate(lesson03.by_size(), 1)],
            dict(enumerate(lesson03.by_size(), 1)), pd.DataFrame({"order": lesson03.by_size()})],
    "3.6": [lesson03.kinds_of_statement(),
            [{"statement": name, "kind": f"a {kind}"}
             for name, kind in lesson03.kinds_of_statement().items()],
            {name: [f"{kind}s"] for name, kind in lesson03.kinds_of_statement().items()}],
    "3.7": [lesson03._rows(1.94, 2.21, 2.22),
            {"work to 65": 1.94, "work to 67": 2.21, "50000 migrants": 2.22},
            {"work to 65": 1.94, "work to 67": 2.21, "50 000 migrants": "2,22"}],
    "3.2": [251, 251.2, "251", "251 thousand", "251 thousand migrants", "251 thousands",
            "251k", "251.2 thousand", "251,2 thousand a year",
            "251 thousand per year", "251 thousand net migrants a year", "0.2512 million",
            "251,2", "251.20", "251,20", "about 251", "251,200 thousand", "0,2512 million",
            "251.2 thousand on average"],
    "3.8": [["A", "C", "D"], "ACD", "A, C, D", "A/C/D", "A / C / D", "A|C|D", ["a/c/d"],
            {letter: letter in "ACD" for letter in "ABCDEF"}, ["A", "C/D"], {"D", "A", "C"},
            "A, C and D", "A & C & D", "The answers are A, C and D"],
    "3.5": [3.3, 3.30, "3.30", "3.30 times", "3.3x", "3.3 ×", "3,3", "3.3 times larger",
            "3.3 times larger than in 1995", "3.30 times bigger", "3.3 times as many people",
            "3.3-fold", 1228.3 / 371.9],
    "8.1": RIGHT_ORDERS,
    "8.2": [36, 36.0, "36", "36 lines", [36], np.int64(36), 9 * 8 / 2, "about 36", pd.Series([36])],
    "8.3": RIGHT_GRIDS,
    "8.4": [CHANGES, dict(reversed(CHANGES.items())), pd.Series(CHANGES), list(CHANGES.items()),
            {name.upper(): group.upper() for name, group in CHANGES.items()}],
    "8.5": ["B", "b", "(B)", ["b"], "option B"],
    "8.6": [FEATURES, pd.Series(FEATURES), {f" {name}.": group.casefold()
            for name, group in FEATURES.items()}],
    "8.7": RIGHT_USES,
    "8.8": ["D", "d", "D)", "gap", "Gap", "the share of tasks that nobody leads",
            "gap: the share of tasks that nobody leads"],
    "12.1": [SIX, list(SIX), [card.upper() for card in SIX], " > ".join(SIX), pd.Series(SIX)],
    "12.2": [89.9, 89.94, 90, 89.9408, "89.9 %", "89,9", 100 * 152 / 169, np.float64(89.94),
             "152 of the votes: 89.9 %"[-6:], [89.9]],
    "12.3": ["C", "c", "(C)", ["c"], "Commitments that states share, without legal force."],
    "12.4": [OUTCOMES, pd.Series(OUTCOMES), list(OUTCOMES.items()),
             {name.lower(): code.upper() for name, code in OUTCOMES.items()},
             {name: code.replace(" ", "-") for name, code in OUTCOMES.items()}],
    "12.5": ["D", "d)", ["D"]],
    "12.6": [VERDICTS, COUNTS, COUNTS[::-1], COUNTS.astype(str), COUNTS.set_index("verdict"),
             COUNTS.astype({"claims": float}), pd.Series(VERDICTS), COUNTS.to_dict("records")],
    "12.7": RIGHT_BARS,
    "12.8": [["B", "E"], {"E", "B"}, "BE", "b and e", pd.Series(["E", "B"])],
}  # fmt: skip
EVERY_FORM = [(id, place) for id, forms in FORMS.items() for place in range(len(forms))]


@pytest.mark.parametrize(("id", "place"), EVERY_FORM)
def test_a_right_answer_passes_in_every_ordinary_form(id, place):
    question = questions.find(id)
    verdict = judge(question, FORMS[id][place])
    assert verdict.line == right_line(question), f"{FORMS[id][place]!r}: {verdict.line}"


def test_there_are_forty_forms_of_a_number_and_of_a_letter():
    assert min(len(RIGHT_SHARES), len(RIGHT_RESTS), len(RIGHT_LETTERS)) > 40
    assert len(EVERY_FORM) > 200


# --- explanations ---------------------------------------------------------------------------------

EXPLAINED = [
    ("1.1", (2, 92), "reads a comma"),
    ("1.1", 0.0292, "Multiply it by 100"),
    ("1.1", "0.029", "Multiply it by 100"),
    ("1.1", 0.03, "Multiply it by 100"),
    ("1.1", "0,0292", "Multiply it by 100"),
    ("1.1", float("nan"), "gave no number"),
    ("1.1", np.inf, "gave no number"),
    ("1.1", True, "is not a number"),
    ("1.1", np.True_, "is not a number"),
    ("1.1", "191 / 6540 * 100", "inside quotation marks"),
    ("1.1", "three", "no number could be read"),
    ("1.1", [2.92, 3], "a list of 2 values"),
    ("1.1", TABLE, "That is a table"),
    ("1.1", judge, "That is a function"),
    ("1.1", 2.5, "with two decimals"),
    ("1.1", 2.97, "with two decimals"),
    ("1.1", "2.92 persons", "Write the number alone"),
    ("3.1", "4.31 or 4.28", "Write the number alone"),
    ("3.1", "4.28 people of 15 to 64", "by another edition"),
    ("3.1", "4.31 million people", "with two decimals"),
    ("3.1", "4.31 people of 65 and more for each of 15 to 64", "Write the number alone"),
    ("3.1", 10**400, "far too many digits"),
    ("3.2", "251.2 migrants a year", "a thousand times too small"),
    ("3.2", "251 people", "a thousand times too small"),
    ("3.2", "251.2 million", "a thousand times too large"),
    ("3.5", "3.3 %", "That is in %, and"),
    ("3.5", "330 per cent", "That is in %, and"),
    ("3.5", "3.3 times smaller", "Write the number alone"),
    ("3.5", (1, 228.3 / 371.9), "Python reads a comma"),
    ("3.5", 2.3, "That is the growth alone."),
    ("3.2", "251 thousand in five years", "Write the number alone"),
    ("3.2", "251 thousand per period", "Write the number alone"),
    ("3.1", "4.31 people of 65 or more", "Write the number alone"),
    ("3.1", "4.31 per person of working age", "Write the number alone"),
    ("3.1", (249, 4 / 57, 9), "Python reads a comma"),
    ("3.5", "330,3 %", "That is in %, and"),
    ("3.6", lesson03.kinds_of_statement() | {"nobody moves": lesson03.RECOMMENDATION},
     "It says what follows from assumptions."),
    ("3.3", " > ".join(lesson03.by_size()), "Turn the list round."),
    ("3.6", dict.fromkeys(lesson03.STATEMENTS, 3), "that is a number; one category"),
    ("3.7", lesson03._rows(1.93, 2.21, 2.22), "at least one value is not"),
    ("3.2", 251_200, "a thousand times too large"),
    ("3.2", "251200 persons a year", "a thousand times too large"),
    ("3.2", "251,000", "a thousand times too large"),
    ("3.2", "251,200", "a thousand times too large"),
    ("3.2", "251 000", "a thousand times too large"),
    ("3.2", "about 251,000", "a thousand times too large"),
    ("3.2", "251,000 a year", "a thousand times too large"),
    ("3.2", "251,200 people", "a thousand times too large"),
    ("3.2", "235,000", "You began in 1995, and counted in persons"),
    ("3.2", 0.251, "a thousand times too small"),
    ("3.2", "0,251", "a thousand times too small"),
    ("3.7", lesson03._rows(1.9, 2.2, 2.2), "Those have one decimal. Write two"),
    ("3.8", ["A or C", "D"], "Each letter stands in quotation marks of its own."),
    ("3.5", "330 %", "That is in %"),
    ("3.5", "230 %", "growth"),
    ("1.4", 12.679, "decimal point"),
    ("1.4", (12, 679), "reads a comma"),
    ("1.4", 12_680, "whole number of persons"),
    ("1.2", "E", "A to D"),
    ("1.2", 3, "one letter is asked for"),
    ("1.2", "A and C", "several letters"),
    ("1.2", ["A", "C"], "list of 2 values"),
    ("1.3", KEY | {"Tom": "?"}, "Still open: Tom"),
    ("1.3", KEY | {"Tom": "abroad"}, "is not a category"),
    ("1.3", {**KEY, "Tim": "both"}, "not one of the names"),
    ("1.3", KEY | {"Tom": "both"}, "Tom: look at where he was born"),
    ("1.3", KEY | {"Samir": "born abroad only"}, "Samir: go by birthplace and passport"),
    ("1.5", ROWS | {"out": -83_031}, "Write exits without a minus"),
    ("1.5", ROWS | {"out": -83_031, "net": 197_750}, "Write exits without a minus"),
    ("1.5", dict.fromkeys(ROWS, 0), "at least one value is not"),
    ("1.5", {"in": 5, "out": 0, "net": 5}, "at least one value is not"),
    ("1.5", {"in": 83_031, "out": 114_719, "net": -31_688}, "at least one value is not"),
    ("1.5", {"in": 83_433, "out": 27_117, "net": 56_316}, "certainly crossed a border"),
    ("1.2", "It is E", 'Expected: one letter in quotation marks, "A" to "D"'),
    ("1.2", "It is A or C", "several letters"),
    ("1.2", "it is not C", "No option was recognised"),
    ("1.6", "a: D, b: then emigration leads", 'Expected: one letter for "a" and one for "b"'),
    ("1.6", "a: B, b: D", "Which bar does the box"),
    ("1.1", "share = about three", "Expected: one number in %, with two decimals"),
    ("1.7", LINE.encode(x="year:O", y=alt.Y("share_percent", title="Percentile of happiness")),
     "does not know its unit"),
    ("1.7", LINE.encode(x="year:O", y=alt.Y("share_percent", title="per 1000 people")), "its unit"),
    ("1.7", LINE.encode(x="year:O", y=alt.Y("share_percent", title="of 100,000")), "its unit"),
    ("1.7", LINE.transform_calculate(share="datum.migrants_million / 1e3").encode(
        x="year:O", y=alt.Y("share:Q", title="%")), "shows the count"),
    ("1.7", LINE.transform_calculate(n="datum.migrants_million").transform_calculate(
        share="datum.n * 1").encode(x="year:O", y=alt.Y("share:Q", title="%")), "shows the count"),
    ("1.5", TABLE.drop(columns="persons"), "no column persons"),
    ("1.5", TABLE.drop(index=2), "A row is missing: net"),
    ("1.5", TABLE.assign(persons=[114_719, 83_031, "?"]), "Still open: net"),
    ("1.5", TABLE.assign(persons=[114_719, 83_031, 5]), "at least one value is not"),
    ("1.5", pd.concat([TABLE, TABLE]), "needed once"),
    ("1.6", {"a": "D", "b": "?"}, "Still open: b"),
    ("1.6", "D", "a letter for each"),
    ("1.7", LINE, "not attempted yet"),
    ("1.7", LINE.encode(x="year:O", y="?"), "cannot draw this chart"),
    ("1.7", "share_percent", "That is text; a chart"),
    ("1.7", LINE.encode(x="year:O", y="share_percent"), "does not know its unit"),
    ("1.7", LINE.encode(x="year:O", y=alt.Y("share_percent", title="Share")), "its unit"),
    ("1.7", alt.Chart(WORLD).mark_bar().encode(x="year:O", y=SHARE), "Join the years"),
    ("1.7", LINE.encode(x=alt.X("share_percent", title="%"), y="year:O"), "axes are turned"),
    ("1.7", LINE.encode(x="year:O", y="migrants_million"), "shows the count"),
    ("1.7", (LINE.encode(x="year:O", y=SHARE) + LINE.encode(x="year:O", y="migrants_million"))
     .resolve_scale(y="independent"), "Two scales"),
    *(("1.7", LINE.encode(x="year:O", y=alt.Y(f"{name}(share_percent)", title="%")),
       "counts the rows") for name in ("count", "distinct", "valid")),
    ("1.7", LINE.transform_aggregate(share="count()", groupby=["year"]).encode(
        x="year:O", y=alt.Y("share:Q", title="%")), "counts the rows"),
    *(("1.7", LINE.encode(x="year:O", y=alt.Y(f"share_percent:{letter}", title="%")),
       "stand on y as names") for letter in "NO"),
    ("1.7", LINE.encode(x="year:O", y=alt.Y("share_percent", bin=True, title="%")), "classes"),
    ("1.7", LINE.transform_filter("datum.year > 2050").encode(x="year:O", y=SHARE), "A filter"),
    ("1.7", (LINE.transform_filter("datum.year > 2050").encode(x="year:O", y=SHARE)
             + alt.Chart(WORLD).mark_point().encode(x="year:O", y=SHARE)), "A filter"),
    ("1.7", LINE.transform_filter("datum.year > 2050").encode(x="year:O", y=SHARE).facet("year"),
     "A filter"),
    *(("1.7", LINE.transform_calculate(s=made).encode(x="year:O", y=alt.Y("s:Q", title="%")),
       "a part of one") for made in ("datum.share_percent / 100", "0.01 * datum.share_percent",
                                     "datum.migrants / datum.population")),
    *(("1.7", LINE.encode(x="year:O", y=alt.Y("share_percent", title=title)), "know its unit")
      for title in ("Million (not a percentage)", "Share, not in %", "Share, no per cent")),
    ("1.9", ["A", "?"], "A “?” is left"),
    ("1.9", "A, ?", "A “?” is left"),
    ("1.7", LINE.encode(x="share_percent", y="migrants_million"), "shows the count"),
    ("1.7", LINE.encode(x="migrants_million", y=SHARE), "fields on x and y"),
    ("8.1", set(ORDER), "A set has no order"),
    ("8.1", ORDER[:-1], "Each card is needed once: Global Compact"),
    ("8.1", [*ORDER[:-1], "Marrakesh"], "Not one of the cards: Marrakesh"),
    ("8.1", [*ORDER[:6], ORDER[7], ORDER[6]], "related organization already"),
    ("8.2", 37, "a whole number of lines"),
    ("8.2", 36.4, "a whole number of lines"),
    ("8.2", "nine times eight", "no number could be read"),
    ("8.3", GRID.drop(index=0), "A row is missing: none"),
    ("8.3", GRID.drop(columns="tasks"), "no column tasks"),
    ("8.3", GRID.assign(tasks=[6, "?", 1]), "Still open: one"),
    ("8.3", GRID.assign(tasks=[5, 8, 1]), "at least one value is not"),
    ("8.4", CHANGES | {"merger of IOM and UNHCR": "?"}, "Still open: merger of IOM and UNHCR"),
    ("8.4", CHANGES | {"Global Migration Facility": "a merger"}, "is not a category"),
    ("8.3", GRID.assign(tasks=[6.4, 7, 1]), "at least one value is not"),
    ("8.4", CHANGES | {"consultative Forum of states": lesson08.OPEN}, "its purpose was not"),
    ("8.6", FEATURES | {lesson08._NO_TEXT: "Network"}, "is not a category"),
    ("8.7", "G", "A to F"),
    ("8.7", 3, "a list of letters is asked for"),
    ("8.7", set("ABCDEF"), "on the day when that body fails"),
    ("8.8", "A and D", "several letters"),
    ("12.1", SIX[:-1], "Each card is needed once: first Review Forum"),
    ("12.2", 0.899, "Multiply it by a hundred"),
    ("12.2", 78.8, "name the denominator"),
    ("12.2", 96.8, "You left the abstentions out"),
    ("12.2", "152 votes", "Write the number alone"),
    ("12.4", OUTCOMES | {lesson12._MERGER: "done"}, "To become one body"),
    ("12.4", OUTCOMES | {"Consultative Forum of states": "not"}, "9 of 10"),
    ("12.4", OUTCOMES | {"Consultative Forum of states": "never"}, "is not a category"),
    ("12.6", COUNTS.drop(index=0), "A row is missing: held up"),
    ("12.6", VERDICTS | {"held up": 1}, "at least one value is not"),
    ("12.7", BARS.encode(x=CLAIMS), "not attempted yet"),
    ("12.7", BARS.encode(x=CLAIMS, y="verdict"), "order of the alphabet"),
    ("12.7", BARS.encode(x=CLAIMS, y=alt.Y("verdict", sort="ascending")), "order of the alphabet"),
    ("12.7", BARS.encode(x=CLAIMS, y=alt.Y("verdict", sort="-y")), "order of the alphabet"),
    ("12.7", BARS.encode(x=alt.X("count()", title="Claims").scale(domain=[1, 9]),
     y=alt.Y("verdict", sort="-x")), "do not begin at zero"),
    ("12.7", alt.Chart(ROWS_OF_LEDGER).mark_arc().encode(theta="count()", color="verdict"),
     "Slices are hard to compare"),
    ("12.7", BARS.encode(x="count()", y=alt.Y("verdict", sort="-x")), "Say what is counted"),
    ("12.7", BARS.encode(x=CLAIMS, y=alt.Y("verdict", sort="x")), "The shortest bar stands first"),
    ("12.7", BARS.encode(x=CLAIMS, y=alt.Y("verdict").sort(encoding="x")), "The shortest bar"),
    ("12.7", BARS.encode(x="claims", y=alt.Y("verdict", sort=["revised", "held up"])), "alphabet"),
    ("12.7", UNFILTERED.encode(x=CLAIMS, y=alt.Y("verdict", sort="-x")), "Opinions were counted"),
    ("12.7", WITH_NULLS.encode(x=CLAIMS, y=alt.Y("verdict", sort="-x")), "Opinions were counted"),
    ("12.7", WITH_NANS.encode(x=CLAIMS, y=alt.Y("verdict", sort="-x")), "Opinions were counted"),
    ("12.7", WITH_NULLS.encode(x=CLAIMS, y=alt.Y("verdict", sort="-x")).to_dict(),
     "Opinions were counted"),
    ("12.7", BARS.encode(x=CLAIMS, y=alt.Y("text:N", sort="-x")), "fields on x and y"),
    ("12.8", "BCE", "does not make it a cause"),
    ("12.8", set("ABCDEF"), "not work that helped"),
]  # fmt: skip


@pytest.mark.parametrize(("id", "answer", "said"), EXPLAINED, ids=range(len(EXPLAINED)))
def test_another_answer_is_explained(id, answer, said):
    verdict = judge(questions.find(id), answer)
    assert verdict.status != "●"
    assert said in words(verdict)


# --- parameters -----------------------------------------------------------------------------------


def test_a_paper_can_ask_for_other_numbers():
    share = questions.find("1.1")
    assert judge(share, 5.0, migrants=50, population=1000).right
    assert "Multiply it by 100" in words(judge(share, 0.05, migrants=50, population=1000))
    assert not judge(share, 2.92, migrants=50, population=1000).right
    rest = questions.find("1.4")
    assert judge(rest, 3, interior=10, office=5, waiting=2).right
    assert "whole gap" in words(judge(rest, 5, interior=10, office=5, waiting=2))
    lines = questions.find("8.2")
    assert judge(lines, 231, bodies=22).right and judge(lines, 45, bodies=10).right
    assert "counted twice" in words(judge(lines, 462, bodies=22))
    leads = questions.find("8.3")
    assert judge(leads, {"none": 6, "one": 6, "two or more": 2}, coding="first_coder").right


def test_every_wrong_entry_of_1_3_draws_a_hint_that_names_the_person_and_what_to_read():
    question = questions.find("1.3")
    for name, category in itertools.product(KEY, question.options):
        if category == KEY[name]:
            continue
        said = words(judge(question, KEY | {name: category}))
        assert f"not yet. {name}: " in said
        assert re.search(r"born|birth|passport", said)
        assert not any(f"{other}:" in said for other in KEY if other != name)


def test_the_worked_sum_is_no_part_of_the_answer_to_1_5():
    path = Path(__file__).parent / "solutions" / "ex01-how-many-migrants.ipynb"
    if not path.exists():
        pytest.skip("The solved exercises are not on this machine.")
    import nbformat

    cells = {cell.id: cell.source for cell in nbformat.read(path, as_version=4).cells}
    rows = data.load("belgium-register-2006").query("direction in ['in', 'out']")
    worked = eval(  # the cell's last line, as the notebook shows it
        cells["worked-sum-code"].splitlines()[-1], {"entries": rows[rows.direction == "in"]}
    )
    assert worked == 9_039 + 12_496 + 70
    assert worked not in lesson01.movement_across_borders()[0].values()


# --- kinds that lesson 1 does not use -------------------------------------------------------------


def made(kind, expected, **more):
    blank = dict.fromkeys(
        ("name", "title", "prompt", "form", "meaning", "pointer", "parallel"), "x"
    )
    return Question(id="9.1", kind=kind, expected=expected, **{**blank, **more})


def test_several_letters_in_any_order():
    question = made(
        "MSQ",
        lambda: {"A", "C"},
        options={letter: f"text {letter}" for letter in "ABCD"},
        wrong=(Wrong({"A"}, "Only one was chosen.", "M14"),),
    )
    for form in ({"A", "C"}, ["C", "A"], "AC", "a, c", "A and C", "C;A", ("a)", "c)"), "A C",
                 pd.Series(["A", "C"]), np.array(["A", "C"]), ["text A", "C"],
                 "A & C"):  # fmt: skip
        assert judge(question, form).right, form
    for form in ({"A", "B"}, "ABC", "?", 3, [], "E", ["A", "C", "D"]):
        assert not judge(question, form).right, form
    assert judge(question, "A").misconception == "M14"
    assert chance(question) == pytest.approx(1 / 15)


def test_cards_without_a_hint_of_their_own_are_counted():
    question = made("CLS", lambda: {"x": "one", "y": "two"}, options={"one": "1", "two": "2"})
    assert "1 of 2 are where the definitions put them" in words(
        judge(question, {"x": "one", "y": "one"})
    )


def test_an_order_of_cards():
    question = made("ORD", lambda: ("Cairo 1994", "Forum 2007", "Compact 2018"), wrong=())
    for form in (["Cairo 1994", "Forum 2007", "Compact 2018"],
    "cairo 1994, FORUM 2007, compact 2018",
                 "Cairo 1994 > Forum 2007 > Compact 2018", ("Cairo-1994", "Forum 2007",
                 "Compact 2018"),
                 pd.Series(["Cairo 1994", "Forum 2007", "Compact 2018"])):  # fmt: skip
        assert judge(question, form).right, form
    assert not judge(question, ["Forum 2007", "Cairo 1994", "Compact 2018"]).right
    assert "no order" in words(judge(question, {"Cairo 1994", "Forum 2007", "Compact 2018"}))
    assert "needed once" in words(judge(question, ["Cairo 1994", "Forum 2007"]))
    assert "Not one of the cards" in words(judge(question, ["x", "y"]))
    assert chance(question) == pytest.approx(1 / 6)


def test_a_table_with_two_keys_and_text():
    rows = [{"place": "BEL", "year": 2005, "n": 1.0, "sign": "up"},
            {"place": "BEL", "year": 2010, "n": 2.0, "sign": "down"}]  # fmt: skip
    question = made("DF", lambda: rows, keys=("place", "year"), tolerance=0.01)
    assert judge(question, pd.DataFrame(rows)[::-1]).right
    assert judge(question, pd.DataFrame(rows).set_index(["place", "year"])).right
    assert judge(question, pd.DataFrame(rows).assign(sign=["UP", "Down "])).right
    assert not judge(question, pd.DataFrame(rows).assign(sign="up")).right
    assert not judge(question, pd.DataFrame(rows).assign(n=[2, 1])).right


# --- the exercise shows what the questions say ----------------------------------------------------


def solved_cells(name):
    path = Path(__file__).parent / "solutions" / name
    if not path.exists():
        pytest.skip("The solved exercises are not on this machine.")
    import nbformat

    return nbformat.read(path, as_version=4).cells


def text_of(cells):
    return "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


SOLVED = {
    1: "ex01-how-many-migrants.ipynb",
    3: "ex03-can-immigration-keep-a-country-young.ipynb",
    8: "ex08-who-runs-migration.ipynb",
    12: "ex12-what-came-of-it.ipynb",
}


@pytest.mark.parametrize("lesson", SOLVED)
def test_the_exercise_prints_every_option_and_assigns_every_name(lesson):
    cells = solved_cells(SOLVED[lesson])
    text = text_of(cells)
    for question in questions.of_lesson(lesson):
        (answer,) = [
            cell
            for cell in cells
            if cell.metadata.get("migrationkit") == {"question": question.id, "role": "answer"}
        ]
        assert answer.source.startswith(f"# Q{question.id}\n{question.name} = ")
        assert ast.parse(answer.source)
        assert f"`{question.name}`" in text or question.kind == "CLS" or question.id == "1.6"
        if question.kind in ("MCQ", "MSQ"):
            for letter, option in question.options.items():
                assert f"- **{letter}** {option}" in text
        if question.kind == "CLS":
            for category, meaning in question.options.items():
                assert f"- `{category}`: {meaning}" in text


def test_exercise_1_words_what_readers_stumbled_over():
    cells = solved_cells(SOLVED[1])
    text = text_of(cells)
    assert "191 million migrants for 2005" in text and "UN figures for 2005" in text
    assert "Question 1.7 asks for one line of code; all others need none." in text
    (prompt,) = [cell.source for cell in cells if cell.id == "q1-7-prompt"]
    (worked,) = [cell.source for cell in cells if cell.id == "worked-chart-code"]
    assert f"chart = {worked}" in prompt  # the pattern is the worked cell, word for word
    assert "A commune (municipality) strikes off people" in text


def test_the_exercise_shows_the_people_of_1_3():
    text = text_of(solved_cells(SOLVED[1]))
    for name, (place, passports) in lesson01.PEOPLE.items():
        assert re.search(rf"\| {name} \| {place}[^|]*\| {' and '.join(passports)} \|", text)


def test_the_exercise_says_in_short_what_each_proposal_of_8_4_is():
    text = text_of(solved_cells(SOLVED[8]))
    for name in lesson08.PROPOSALS:
        assert re.search(rf"^\| {name} \| \w.+ \|$", text, re.MULTILINE)


@pytest.mark.parametrize("lesson", [8, 12])
def test_the_start_in_the_exercise_is_the_start_of_each_question(lesson):
    cells = solved_cells(SOLVED[lesson])
    for question in questions.of_lesson(lesson):
        (answer,) = [
            cell
            for cell in cells
            if cell.metadata.get("migrationkit") == {"question": question.id, "role": "answer"}
        ]
        begun = answer.source.partition("### BEGIN SOLUTION")[0]
        names = {"pd": pd, "alt": alt, "ledger": ledger, "factual": ROWS_OF_LEDGER}
        exec(begun, names)
        assert judge(question, names[question.name]).status == "○"
        if question.kind in ("ORD", "CLS"):
            assert names[question.name] == question.start
