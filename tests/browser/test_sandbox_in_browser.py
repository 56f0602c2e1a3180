"""The sandbox without a mouse: choose, move, undo, keep, import; nothing serious for axe."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Locator, Page, expect

from . import figure as on_page
from . import lab as tools
from .figure import LATE, drawn, redrawn, run_notebook, sentence, tab_to

LESSON_8 = "lessons/08-who-runs-migration.ipynb"
MOVES = ("Open a forum", "Link bodies", "Admit a body", "Create a body", "Merge two", "Hand a task")


def sandbox(page: Page, lab) -> Locator:
    """Figure 8.3, opened by the keyboard."""
    run_notebook(page, lab, LESSON_8)
    shown = on_page.figure(page, on_page.figure_cells(page)["8.3"])
    on_page.reveal(shown)
    return shown


def button(shown: Locator, name: str) -> Locator:
    return shown.get_by_role("button", name=name, exact=True)


def go(page: Page, shown: Locator, name: str) -> None:
    """Tab to a button from where the focus is, and press it."""
    tab_to(page, button(shown, name), most=120)
    page.keyboard.press("Space")


def choose(page: Page, shown: Locator, label: str, words: str) -> None:
    """Tab to a menu and choose the option whose words begin so."""
    menu = shown.get_by_label(label, exact=True)
    tab_to(page, menu, most=120)
    options = [one.replace("\N{NO-BREAK SPACE}", " ")  # as ipywidgets writes every space
               for one in menu.locator("option").all_text_contents()]  # fmt: skip
    wanted = next(place for place, option in enumerate(options) if option.startswith(words))
    for _ in range(len(options)):
        now = menu.evaluate("(select) => select.selectedIndex")
        if now == wanted:
            # The kernel may answer with other options in the next menu: a person is slower too.
            page.wait_for_timeout(500)
            tools.script(page, "await idle();")
            return
        page.keyboard.press("ArrowDown" if now < wanted else "ArrowUp")
        tools.script(page, "await idle();")
    raise AssertionError(f"{words!r} is not reached in the menu {label!r}")


def say(shown: Locator, words: str) -> None:
    expect(shown.locator(".kit-sentence")).to_contain_text(words, timeout=LATE)


def test_a_design_is_made_undone_kept_and_loaded_with_the_keyboard_alone(page, lab):
    shown = sandbox(page, lab)
    moves = shown.locator(".kit-moves")
    first = sentence(shown)

    choose(page, shown, "Your move", "Merge two bodies")
    choose(page, shown, "First body", "IOM")
    choose(page, shown, "Second body", "UNHCR")
    at = drawn(shown)
    go(page, shown, "Make this move")
    redrawn(shown, at)
    say(shown, "1 move for 5 points")
    expect(moves).to_contain_text("5 of 10 points left", timeout=LATE)

    go(page, shown, "Make this move")  # the merged body and the next one: the budget is spent
    say(shown, "2 moves for 10 points")
    go(page, shown, "Make this move")
    expect(moves.get_by_role("alert")).to_contain_text("Not done.", timeout=LATE)
    say(shown, "2 moves for 10 points")

    go(page, shown, "Undo")
    say(shown, "1 move for 5 points")
    made = sentence(shown)
    go(page, shown, "Keep or load")
    box = moves.locator("textarea")
    expect(box).to_be_visible(timeout=LATE)
    kept = box.input_value()
    assert json.loads(kept)["moves"][0][1:] == ["merge", "IOM", "UNHCR", "IOM-UNHCR"]

    go(page, shown, "Undo")
    expect(shown.locator(".kit-sentence")).to_have_text(first.replace("\N{NO-BREAK SPACE}", " "))
    tab_to(page, box, most=120)
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("nothing of the kind")
    page.keyboard.press("Tab")
    expect(button(shown, "Import")).to_be_focused()
    page.keyboard.press("Space")
    alert = moves.get_by_role("alert")
    expect(alert).to_contain_text("Line 1 reads “nothing of the kind”", timeout=LATE)
    assert len(re.findall(r"[.!?](?=\s|$)", alert.inner_text())) == 2  # Not done, and why

    tab_to(page, box, most=120)
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(kept)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    say(shown, "1 move for 5 points")
    assert sentence(shown) == made
    expect(alert).to_have_count(0, timeout=LATE)


def test_a_cell_is_contested_with_the_keyboard_alone(page, lab):
    run_notebook(page, lab, LESSON_8)
    shown = on_page.figure(page, on_page.figure_cells(page)["8.4"])
    drawn(shown)
    choose(page, shown, "Body", "ILO")
    choose(page, shown, "Task", "Count and study")
    say(shown, "ILO on “Count and study migration”: we coded “support”")
    why = shown.locator(".kit-cell")
    for words in ("First coder: support.", "Second coder: support.", "Read:"):
        expect(why).to_contain_text(words, timeout=LATE)
    go(page, shown, "lead")
    say(shown, "Your reading changes tasks that nobody leads from 0.43 to 0.36")
    choose(page, shown, "Task", "Set rules for work abroad")
    say(shown, "we coded “lead”, and so do you")


def test_axe_finds_nothing_serious_in_the_sandbox_in_any_of_its_states(page, lab):
    shown = sandbox(page, lab)
    tools.hide_sidebar(page)
    problems = []
    button(shown, "Keep or load").press("Space")
    expect(shown.locator("textarea")).to_be_visible(timeout=LATE)
    for theme in ("light", "dark"):
        tools.set_theme(page, theme)
        for move in MOVES:
            choose(page, shown, "Your move", move)
            problems += [f"{theme}, {move}: {one}" for one in on_page.axe(page)]
        button(shown, "Undo").press("Space")  # refused: nothing to undo
        expect(shown.locator(".kit-moves").get_by_role("alert")).to_be_visible(timeout=LATE)
        problems += [f"{theme}, refused: {one}" for one in on_page.axe(page)]
    assert not problems, "\n".join(sorted(set(problems)))
