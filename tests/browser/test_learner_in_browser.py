"""What a learner does: guess, leave and come back, run cells in any order, meet what is missing."""

from __future__ import annotations

import json

from playwright.sync_api import expect

from . import figure as on_page
from . import lab as tools
from .figure import (
    LATE,
    drawing,
    drawn,
    plain_sentence,
    press,
    redrawn,
    reveal,
    run_notebook,
    sentence,
    tab_to,
)

LESSON_0 = "lessons/00-start-here.ipynb"
LESSON_1 = "lessons/01-how-many-migrants.ipynb"


def figure(page, id):
    return on_page.figure(page, on_page.figure_cells(page)[id])


# ---- The guess ---------------------------------------------------------------------------------


def test_a_guess_is_made_and_answered_with_the_keyboard_alone(page, lab):
    run_notebook(page, lab, LESSON_1)
    index = on_page.figure_cells(page)["1.1"]
    shown = on_page.figure(page, index)
    expect(shown.locator(".kit-chart")).not_to_be_visible()
    expect(shown.locator("svg")).to_have_count(0)
    assert "304" not in shown.inner_text()
    assert "Edition 2024" not in page.locator(".jp-Notebook").inner_text()

    page.evaluate("window.jupyterapp.shell.currentWidget.content.activeCell.node.focus()")
    boxes = shown.locator("input[type=number]")
    for box, guess in zip(boxes.all(), ("250", "4.5"), strict=True):
        tab_to(page, box)
        page.keyboard.press("Control+A")
        page.keyboard.type(guess)
    tab_to(page, shown.get_by_role("button", name="Commit my guess"))
    page.keyboard.press("Enter")

    gap = shown.locator(".kit-gap")
    expect(gap).to_contain_text("You said 250; the data say 304. ", timeout=LATE)
    expect(gap).to_contain_text("Your guess is 54 less.")
    expect(gap).to_contain_text("You said 4.5; the data say 3.72")
    drawn(shown)
    expect(shown.locator(".kit-controls button").first).to_be_focused()
    expect(shown.get_by_role("button", name="Commit my guess")).not_to_be_visible()
    assert plain_sentence(shown).startswith("Edition 2024: from 154 ")
    assert on_page.name_of_drawing(shown) == f"Figure 1.1. {plain_sentence(shown)}"
    before = drawn(shown)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # the next control is the next button of the same choice
    redrawn(shown, before)
    assert on_page.name_of_drawing(shown) == f"Figure 1.1. {plain_sentence(shown)}"
    tab_to(page, shown.get_by_role("button", name="Table"))


def test_radio_buttons_are_chosen_with_arrow_keys(page, lab):
    run_notebook(page, lab, LESSON_0)
    shown = figure(page, "0.1")
    radios = shown.locator("input[type=radio]")
    press(shown, "Commit my guess")
    expect(shown).to_contain_text("Make your guess first", timeout=LATE)
    expect(shown.locator("svg")).to_have_count(0)
    radios.first.press("Space")
    radios.first.press("ArrowDown")
    expect(radios.nth(1)).to_be_checked()
    expect(radios.nth(1)).to_be_focused()
    page.keyboard.press("Tab")  # the group is one stop
    expect(shown.get_by_role("button", name="Commit my guess")).to_be_focused()
    page.keyboard.press("Space")
    expect(shown.locator(".kit-gap")).to_contain_text("You said Asia; the data say Europe.")
    drawn(shown)


GUESSES = [
    """
import migrationkit as kit, altair as alt, ipywidgets as widgets, pandas as pd
kit.setup()
def side_view(side="North"):
    table = pd.DataFrame({"side": ["North", "South"], "million": [164, 140]})
    table = table[table.side == side]
    chart = alt.Chart(table, title="Two sides").mark_bar().encode(x="million:Q", y="side:N")
    return kit.View(chart, table, f"{side}: {table.million.sum()} million.")
def ask(id, *guess, **more):
    return kit.explore(side_view, figure=id, sources=["migrant-stock"],
        guess=kit.guess(*guess, **more), side=widgets.RadioButtons(options=["North", "South"]))
""",
    'ask("9.1", "number", "How many million?", truth=304.0, unit="million")',
    'ask("9.2", "order", "Largest first?", truth=["a", "b", "c"], options=["c", "a", "b"])',
    'kit.explore(side_view, figure="9.3", sources=["migrant-stock"],\n'
    '    guess=kit.guess("number", "How many?", truth=164.0))',
]


def test_a_number_and_an_order_are_guessed_by_keyboard(page, lab):
    run_notebook(page, lab, lab.write("lessons/guesses.ipynb", GUESSES))
    shown = figure(page, "9.1")
    box = shown.locator("input[type=number]")
    box.press("Control+A")
    page.keyboard.type("350")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    gap = shown.locator(".kit-gap")
    expect(gap).to_contain_text("Your guess is 46 million more.", timeout=LATE)
    drawn(shown)
    expect(shown.locator(".kit-controls input:checked")).to_be_focused()
    ((side, keys),) = on_page.controls(shown)
    on_page.move(shown, side, keys)
    assert sentence(shown) == "South: 140\N{NO-BREAK SPACE}million."

    shown = figure(page, "9.2")
    menus = shown.locator("select").all()
    for menu, times in zip(menus, (1, 2, 3), strict=True):
        for _ in range(times):
            menu.press("ArrowDown")
            tools.script(page, "await idle();")  # ipywidgets keeps quick changes back for a while
    press(shown, "Commit my guess")
    expect(shown.locator(".kit-gap")).to_contain_text(
        "0 of 3 stand in the right place", timeout=LATE
    )

    shown = figure(page, "9.3")  # nothing to move: the sentence comes first
    reveal(shown)
    expect(shown.locator(".kit-sentence")).to_be_focused()


# ---- Away and back -----------------------------------------------------------------------------


def test_saved_closed_and_reopened_the_figure_opens_at_explore(page, lab):
    run_notebook(page, lab, LESSON_1)
    shown = figure(page, "1.1")
    for box, guess in zip(shown.locator("input[type=number]").all(), ("250", "4.5"), strict=True):
        box.fill(guess)
    press(shown, "Commit my guess")
    expect(shown.locator(".kit-gap")).to_contain_text("You said 250", timeout=LATE)
    gap = shown.locator(".kit-gap").inner_text()

    index = on_page.figure_cells(page)["1.1"]
    tools.close_and_reopen(page, lab)
    lost = on_page.given_up(tools.scroll_to_cell(page, index))
    expect(lost).to_be_visible(timeout=LATE)
    assert "Run ▸ Run All Cells" in on_page.advice(lost)
    tools.run_all(page)
    shown = figure(page, "1.1")
    drawn(shown)
    assert shown.locator(".kit-gap").inner_text() == gap
    expect(shown.get_by_role("button", name="Commit my guess")).not_to_be_visible()
    # The guess is in the learner's record, and in no notebook.
    kept = json.loads((lab.home / "my-work.json").read_text(encoding="utf-8"))
    assert list(kept["guesses"]) == ["1.1"]
    assert "You said" not in (lab.folder / LESSON_1).read_text(encoding="utf-8")


def test_a_page_that_is_loaded_again_draws_the_figure_or_says_how_to(page, lab):
    # The kernel keeps every widget, and JupyterLab brings all of them back. But an output looks for
    # its widget for two seconds only. When they come as these end, on a page too busy to look once
    # more, it says "model not found" of a widget that is there. Timed on a page slowed four times:
    # looks from 10.06 s, widgets back at 12.07 s, gives up at 12.19 s, when has_model() is true;
    # asked to draw the same output again, JupyterLab draws it. No widget of ours can ask it to.
    run_notebook(page, lab, LESSON_1)
    index = on_page.figure_cells(page)["1.5"]
    shown = on_page.figure(page, index)
    drawn(shown)
    for control, keys in on_page.controls(shown)[:2]:
        on_page.move(shown, control, keys)
    before = sentence(shown), drawing(shown)
    tools.save(page)
    tools.reload(page)
    cell = tools.scroll_to_cell(page, index)
    lost = on_page.given_up(cell)
    expect(cell.locator("[data-drawn]").or_(lost)).to_have_count(1, timeout=LATE)
    if lost.count():
        assert "Run ▸ Run All Cells" in on_page.advice(lost)
        tools.run_all(page)
        drawn(figure(page, "1.5"))
    else:
        shown = figure(page, "1.5")
        assert (sentence(shown), drawing(shown)) == before
    shown = figure(page, "1.5")
    before = sentence(shown)
    (toggle, keys), (menu, more) = on_page.controls(shown)[:2]
    on_page.move(shown, menu, more)
    on_page.move(shown, toggle, keys)
    assert sentence(shown) != before


# ---- Cells twice, and in another order ---------------------------------------------------------


def test_cells_run_twice_and_out_of_order(page, lab):
    tools.open_notebook(page, lab, LESSON_1)
    setup = on_page.cell_of(page, "kit.setup()")
    built = on_page.cell_of(page, "kit.explore(")
    view = on_page.cell_of(page, "def count_or_share_view(")
    late = on_page.cell_of(page, "where_do_they_live()")
    tools.run_cell(page, built)
    (error,) = tools.cells(page)[built]["outputs"]
    assert error["ename"] == "NameError"
    for index in (setup, late, view, built, late, built, setup, view, built):
        tools.run_cell(page, index)
    assert not [
        output
        for cell in tools.cells(page)
        for output in cell["outputs"]
        if output["output_type"] == "error"
    ]
    for index in (built, late):
        shown = on_page.figure(page, index)
        reveal(shown)
        control, keys = on_page.controls(shown)[1]
        on_page.move(shown, control, keys)
    tools.run_cell(page, built)  # the guess is known by now
    drawn(on_page.figure(page, built))


# ---- When something is missing -----------------------------------------------------------------

NOWHERE = [
    'import os; os.environ["MIGRATIONKIT_LIBRARY"] = "/dev/null/library.js"\n'
    "import migrationkit as kit\nkit.setup()",
    "kit.figures.lesson01.count_or_share()",
]


def test_without_the_library_a_figure_shows_sentence_and_table_and_no_empty_frame(page, lab):
    run_notebook(page, lab, lab.write("lessons/no-library.ipynb", NOWHERE))
    assert "python -m migrationkit library" in tools.cells(page)[0]["outputs"][0]["text"]
    shown = figure(page, "1.1")
    assert "library" not in shown.inner_text()
    reveal(shown)
    expect(shown.locator(".kit-gap")).to_contain_text("drawing library is missing")
    expect(shown.locator(".kit-chart")).not_to_be_visible()
    expect(shown.locator("table")).to_be_visible(timeout=LATE)
    before = sentence(shown)
    (_, (menu, _)) = on_page.controls(shown)
    for edition in ("2024", "2020"):
        at = drawn(shown)
        menu.press("ArrowDown")
        redrawn(shown, at)
        assert f"Edition {edition}: " in sentence(shown)
        expect(shown.locator("caption")).to_have_text(plain_sentence(shown))
    assert sentence(shown) != before


BAD = [
    "import migrationkit as kit, altair as alt, ipywidgets as widgets, pandas as pd\nkit.setup()",
    """
def bad_view(state="good"):
    table = pd.DataFrame({"n": [1, 2]})
    if state == "broken":
        raise KeyError("not there")
    if state == "empty":
        table = table[table.n > 5]
    chart = alt.Chart(table, title="A chart").mark_bar().encode(x="n:Q")
    return kit.View(chart, table, f"{len(table)} rows.")
kit.explore(bad_view, figure="9.1", sources=["countries"],
            state=widgets.Dropdown(options=["good", "broken", "empty"], description="State"))
""",
]


def test_a_bad_state_gives_words_and_the_next_good_one_is_drawn(page, lab):
    run_notebook(page, lab, lab.write("lessons/bad.ipynb", BAD))
    shown = figure(page, "9.1")
    chart = shown.locator(".kit-chart")
    drawn(shown)
    expect(chart).to_be_visible()
    ((menu, _),) = on_page.controls(shown)
    for words in ("KeyError: 'not there'", "0 rows."):
        before = drawn(shown)
        menu.press("ArrowDown")
        redrawn(shown, before)
        assert words in sentence(shown)
        expect(chart).not_to_be_visible()
    before = drawn(shown)
    press(shown, "Reset")
    redrawn(shown, before)
    assert sentence(shown) == "2 rows."
    expect(chart.locator("svg .mark-rect path")).to_have_count(2)


# ---- A learner's own chart ---------------------------------------------------------------------

OWN = [
    "import migrationkit as kit, altair as alt, pandas as pd\nkit.setup()",
    'alt.Chart(pd.DataFrame({"n": [1, 2]}), title="Mine").mark_bar().encode(x="n:Q", y="n:O")',
    'alt.Chart(kit.shapes("world-110m"), title="World").mark_geoshape().project("equalEarth")',
]


def test_a_learners_own_chart_is_drawn_and_survives_reopening(page, lab):
    run_notebook(page, lab, lab.write("lessons/own.ipynb", OWN))
    for again in (False, True):
        if again:
            tools.close_and_reopen(page, lab)
        for index in (1, 2):
            drawing = (
                tools.scroll_to_cell(page, index).locator(".vega-embed").locator("canvas, svg")
            )
            expect(drawing.first).to_be_visible(timeout=LATE)
