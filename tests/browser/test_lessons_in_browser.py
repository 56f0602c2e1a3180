"""Every figure of every lesson in JupyterLab: moved by keyboard, read in both themes, narrow."""

from __future__ import annotations

import json
import re

import pandas as pd
import pytest
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
)

LESSONS = sorted(path.name for path in (tools.CHECKOUT / "lessons").glob("*.ipynb"))
EXERCISES = sorted(path.name for path in (tools.CHECKOUT / "exercises").glob("*.ipynb"))


@pytest.mark.parametrize("name", LESSONS)
def test_every_figure_of_a_lesson_answers_to_the_keyboard(page, lab, name):
    run_notebook(page, lab, f"lessons/{name}")
    cells = on_page.figure_cells(page)
    assert cells, "the lesson shows no figure"
    for id, index in cells.items():
        shown = on_page.figure(page, index)
        reveal(shown)
        first = sentence(shown), drawing(shown)
        moved = {first}
        for control, keys in on_page.controls(shown):
            on_page.move(shown, control, keys)
            moved.add((sentence(shown), drawing(shown)))
        for slider in shown.locator(".widget-slider").all():  # what a screen reader says of it
            handle, now = slider.locator(".noUi-handle"), slider.locator(".widget-readout")
            expect(handle).to_have_attribute("aria-valuetext", now.inner_text())
            expect(handle).to_have_attribute("aria-label", re.compile("[A-Z]"))
        assert len(moved) == 1 + len(on_page.controls(shown)), f"{id}: a control changes nothing"

        press(shown, "Table")
        expect(shown.locator("table")).to_be_visible(timeout=LATE)
        assert shown.locator("caption").inner_text() == plain_sentence(shown)
        with page.expect_download() as download:
            press(shown, "CSV")
        assert download.value.suggested_filename == f"figure-{id.replace('.', '-')}.csv"
        numbers = pd.read_csv(download.value.path())
        assert list(numbers) == shown.locator("th").all_inner_texts()
        assert len(numbers) == shown.locator("tbody tr").count() > 0
        press(shown, "Table")
        expect(shown.locator("table")).to_have_count(0)

        press(shown, "Code")
        expect(shown.locator("pre")).to_contain_text("_view(")
        press(shown, "Code")

        before = drawn(shown)
        press(shown, "Reset")
        redrawn(shown, before)
        expect(shown.locator(".kit-sentence")).to_have_text(first[0])
        assert (sentence(shown), drawing(shown)) == first, f"{id} is not as it began"


@pytest.mark.parametrize("name", LESSONS)
def test_every_figure_of_a_lesson_can_be_read(page, lab, name):
    run_notebook(page, lab, f"lessons/{name}")
    tools.hide_sidebar(page)
    cells = on_page.figure_cells(page)
    problems = [f"before a guess: {one}" for one in on_page.axe(page)]
    for index in cells.values():
        reveal(on_page.figure(page, index))
    for theme in ("light", "dark"):
        tools.set_theme(page, theme)
        for width in (1280, 700):
            page.set_viewport_size({"width": width, "height": 1000})
            for id, index in cells.items():
                shown = on_page.figure(page, index)
                page.wait_for_timeout(150)  # the drawing follows the width of the window
                where = f"figure {id}, {theme}, {width} px: "
                if theme == "light":
                    found = on_page.misplaced_text(shown) + on_page.wider_than_the_figure(shown)
                    problems += [where + one for one in found]
        problems += [f"{theme}: {one}" for one in on_page.axe(page)]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("name", EXERCISES)
def test_an_untouched_exercise_runs_and_its_figures_are_drawn(page, lab, name):
    run_notebook(page, lab, f"exercises/{name}")
    for index in on_page.figure_cells(page).values():
        reveal(on_page.figure(page, index))
    verdicts = [cell["outputs"] for cell in tools.cells(page) if "kit.check(" in cell["source"]]
    assert verdicts and "●" not in json.dumps(verdicts, ensure_ascii=False)
