"""What a test does with one figure on a page: find it, guess, move its controls, look at it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, TimeoutError, expect

from . import lab as tools

LATE = 60 * tools.SECOND  # a limit for a busy computer, never a measure


def run_notebook(page: Page, lab: tools.Lab, path: str) -> None:
    """Open a notebook of the course and run all its cells."""
    tools.open_notebook(page, lab, path)
    tools.run_all(page)


def cell_of(page: Page, words: str) -> int:
    """Index of the code cell that holds these words."""
    found = [
        index
        for index, cell in enumerate(tools.cells(page))
        if cell["type"] == "code" and words in cell["source"]
    ]
    assert found, f"no code cell holds {words!r}"
    return found[0]


def figure_cells(page: Page) -> dict[str, int]:
    """Figure id → index of the cell that shows it, for all cells that have run."""
    found = {}
    for index, cell in enumerate(tools.cells(page)):
        for output in cell["outputs"]:
            text = output.get("data", {}).get("text/plain", "")
            text = text if isinstance(text, str) else "".join(text)
            if match := re.match(r"Figure (\S+)\n", text):
                found[match[1]] = index
    return found


def figure(page: Page, index: int) -> Locator:
    """The figure of a cell, brought into view."""
    found = tools.scroll_to_cell(page, index).locator('.kit-figure[class*="kit-figure-"]')
    expect(found).to_have_count(1, timeout=LATE)
    expect(found).to_be_visible(timeout=LATE)
    return found


def given_up(cell: Locator) -> Locator:
    """The output of a cell of which JupyterLab says that its widget is not found."""
    return cell.locator(".jp-OutputArea-output.jupyter-widgets")


def advice(lost: Locator) -> str:
    """What the kit adds to JupyterLab's words on such an output."""
    return lost.evaluate("(output) => getComputedStyle(output, '::after').content")


def name_of_drawing(shown: Locator) -> str:
    """What a screen reader calls the drawing."""
    return shown.locator("[role=graphics-document]").first.get_attribute("aria-label")


def sentence(shown: Locator) -> str:
    return shown.locator(".kit-sentence").inner_text()


def plain_sentence(shown: Locator) -> str:
    """The sentence as Python wrote it: the page keeps a number on one line with its unit."""
    return sentence(shown).replace("\N{NO-BREAK SPACE}", " ")


def drawing(shown: Locator) -> str:
    """Everything that the drawing shows, as text: its elements, each with its words, sorted.

    A tick that goes and comes back stands elsewhere among its siblings, at the same place on the
    page. So where an element stands in the file says nothing of what is seen.
    """
    svg = shown.locator(".kit-chart svg").evaluate("(svg) => svg.outerHTML")
    same = re.sub(r'(clip|gradient)[-_]?\d+|aria-label="[^"]*"', "", svg)
    return "\n".join(sorted(re.findall(r"<[^/][^<]*", same)))


def press(shown: Locator, name: str) -> None:
    """Press a button of the figure by keyboard."""
    shown.get_by_role("button", name=name, exact=True).press("Space")


def drawn(shown: Locator) -> int:
    """Wait until the figure is drawn; the number of its drawing, which grows with each move."""
    pane = shown.locator("[data-drawn]")
    expect(pane).to_have_count(1, timeout=LATE)
    return int(pane.get_attribute("data-drawn"))


def redrawn(shown: Locator, before: int, late: float = LATE) -> int:
    """Wait for a drawing later than `before`; its number. Raises Playwright's TimeoutError."""
    shown.page.wait_for_function(
        "([pane, before]) => +pane.dataset.drawn > before",
        arg=[shown.locator("[data-drawn]").element_handle(), before],
        timeout=late,
    )
    return drawn(shown)


def reveal(shown: Locator) -> int:
    """Press "Show me" by keyboard where the figure asks first; the number of its drawing."""
    button = shown.get_by_role("button", name="Show me", exact=True)
    if button.is_visible():
        button.focus()
        shown.page.keyboard.press("Space")
    return drawn(shown)


def tab_to(page: Page, target: Locator, most: int = 60) -> None:
    """Press Tab until the control has the focus, as somebody without a mouse does."""
    handle = target.element_handle()
    for _ in range(most):
        if page.evaluate("(control) => document.activeElement === control", handle):
            return
        page.keyboard.press("Tab")
    raise AssertionError("Tab does not reach the control")


# Class of a control's widget → what of it takes the focus, and the keys that change its value.
# A control at one end of its values goes the other way.
KINDS = {
    "widget-toggle-buttons": ("button:not(.mod-active)", ["Space"]),
    "widget-dropdown": ("select", ["ArrowDown", "ArrowUp"]),
    "widget-slider": (".noUi-handle", ["ArrowLeft", "ArrowRight"]),
    "widget-radio": ("input:checked", ["ArrowDown", "ArrowUp"]),
    "widget-checkbox": ("input", ["Space"]),
    "widget-text": ("input", ["ArrowUp", "ArrowDown", "x"]),  # a number, or words
    "kit-cell": ("select", ["ArrowDown", "ArrowUp"]),  # the body of the cell to contest
    "kit-moves": ("button.mod-primary", ["Space"]),  # the move that the sandbox offers first
}


def controls(shown: Locator) -> list[tuple[Locator, list[str]]]:
    """The controls above the drawing, in order, each with the keys that move it."""
    found = []
    for control in shown.locator(".kit-controls > *").all():
        classes = (control.get_attribute("class") or "").split()
        kind = next((kind for kind in KINDS if kind in classes), None)
        assert kind, f"Say in tests/browser/figure.py how a key moves {classes}."
        focus, keys = KINDS[kind]
        found.append((control.locator(focus).first, keys))
    return found


def move(shown: Locator, control: Locator, keys: list[str]) -> str:
    """Move a control by keyboard, wait for the drawing, and return the key that did it."""
    before = drawn(shown)
    for key in keys:
        control.press(key)
        try:
            redrawn(shown, before, 5 * tools.SECOND)
            return key
        except TimeoutError:
            continue
    raise AssertionError(f"{keys} on {control} redraws nothing")


# ---- Looking -------------------------------------------------------------------------------------

# Text of a drawing that leaves its frame, or lies on other text.
_TEXT = """
(figure) => {
  const wrong = [], frame = figure.querySelector(".kit-chart").getBoundingClientRect();
  const texts = [...figure.querySelectorAll(".kit-chart svg text")]
    .filter((text) => text.textContent.trim() && getComputedStyle(text).opacity !== "0")
    .map((text) => [text.textContent, text.getBoundingClientRect()]);
  for (const [words, box] of texts)
    if (box.left < frame.left - 2 || box.right > frame.right + 2)
      wrong.push(`"${words}" leaves the frame`);
  texts.forEach(([words, a], i) => texts.slice(i + 1).forEach(([other, b]) => {
    const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (width > 3 && height > 0.4 * Math.min(a.height, b.height))
      wrong.push(`"${words}" lies on "${other}"`);
  }));
  return wrong;
}
"""

# What is wider than the figure, code and tables in their own scrolling boxes aside.
_WIDE = """
(figure) => {
  const right = figure.getBoundingClientRect().right + 1;
  return [...figure.querySelectorAll("*")]
    .filter((part) => !part.closest(".kit-scroll > *") && !part.closest("defs, option"))
    .filter((part) => part.getBoundingClientRect().right > right)
    .map((part) => `${part.tagName} ${part.getAttribute("class")}`);
}
"""


def misplaced_text(shown: Locator) -> list[str]:
    return shown.evaluate(_TEXT)


def wider_than_the_figure(shown: Locator) -> list[str]:
    return shown.evaluate(_WIDE)


def axe(page: Page) -> list[str]:
    """What axe finds serious or critical in the kit's own output."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, context=".kit-figure").response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:200]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
