"""How long a learner waits after a key, and how many bytes that move costs.

    python tests/bench/latency.py [--moves 30]

In real JupyterLab and Chromium, in one run: two figures of lesson 1, a view over 20,000 rows that
pandas adds up for each move, and the same chart of the same rows redrawn by `interact`. The clock
runs in the page, from the key to the first frame after the drawing has changed. Bytes are what the
page receives through its websocket. Nothing is asserted: compare the ratios of one run.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from browser import figure as on_page
from browser import lab as tools

SETUP = """
import migrationkit as kit
import altair as alt, ipywidgets as widgets, numpy as np, pandas as pd
kit.setup(show_everything=True)
alt.data_transformers.disable_max_rows()
chance = np.random.default_rng(0)
people = pd.DataFrame({"age": chance.normal(35, 15, 20_000).clip(0, 99).round(1),
                       "side": chance.choice(["North", "South"], 20_000)})
"""
AGGREGATED = """
def ages_view(bins=20):
    edges = np.linspace(0, 100, bins + 1)
    table = pd.concat(
        pd.DataFrame({"side": side, "start": edges[:-1], "end": edges[1:],
                      "people": np.histogram(group.age, edges)[0]})
        for side, group in people.groupby("side"))
    chart = alt.Chart(table, title="Most people who move are young adults", height=300).mark_bar(
        opacity=0.6).encode(
        alt.X("start:Q", title="Age in years", scale=alt.Scale(domain=[0, 100])), alt.X2("end:Q"),
        alt.Y("people:Q", title="People", stack=None), alt.Color("side:N"))
    return kit.View(chart, table, f"{len(people)} people in {bins} groups of age.")
kit.explore(ages_view, figure="9.1", sources=["countries"],
            bins=widgets.IntSlider(min=5, max=50, value=20, description="Groups"))
"""
RIVAL = """
def draw(bins):
    display(alt.Chart(people, title="Most people who move are young adults", height=300, width=600)
            .mark_bar(opacity=0.6).encode(
        alt.X("age:Q", title="Age in years", bin=alt.Bin(step=100 / bins)),
        alt.Y("count():Q", title="People", stack=None), alt.Color("side:N")))
widgets.interact(draw, bins=widgets.IntSlider(min=5, max=50, value=20, description="Groups"));
"""
CELLS = [
    SETUP,
    "kit.figures.lesson01.count_or_share()",
    "kit.figures.lesson01.where_do_they_live()",
    AGGREGATED,
    RIVAL,
]

# Runs in the page: presses are timed by the page's own clock, from the key to the frame that
# follows the last change of what is watched.
WATCH = """
([place, drawn]) => {
  const times = window.kitTimes = [];
  let start = 0;
  place.addEventListener("keydown", () => { start = performance.now(); }, true);
  new MutationObserver((changes) => {
    if (!start) return;
    const done = drawn
      ? changes.some((change) => change.attributeName === "data-drawn")
      : changes.some((change) => [...change.addedNodes].some((node) =>
          node.nodeName === "CANVAS" || node.querySelector?.("canvas")));
    if (!done) return;
    const from = start;
    requestAnimationFrame(() => times.push(performance.now() - from));
    start = 0;
  }).observe(place, { subtree: true, childList: true, attributes: drawn });
}
"""


@dataclass
class Measured:
    name: str
    times: list[float]
    bytes: list[int]

    def quantile(self, share: float) -> float:
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]

    def __str__(self) -> str:
        received = statistics.median(self.bytes) / 1000
        return (
            f"{self.name:44} p50 {self.quantile(0.5):6.0f} ms   p95 {self.quantile(0.95):6.0f} ms"
            f"   {received:7.1f} kB a move (largest {max(self.bytes) / 1000:.1f})"
        )


class Received:
    """Bytes that the page has received through its websockets."""

    def __init__(self, page: Page):
        self.bytes = 0
        page.on("websocket", lambda socket: socket.on("framereceived", self._count))

    def _count(self, content: str | bytes) -> None:
        self.bytes += len(content.encode() if isinstance(content, str) else content)


@dataclass
class Control:
    """What takes the focus, and the keys that lead up and down its values."""

    place: str
    there: str
    back: str
    steps: int

    def keys(self, moves: int) -> list[str]:
        return [(self.there, self.back)[(move // self.steps) % 2] for move in range(moves)]


def measure(
    page: Page, received: Received, name: str, shown: Locator, control: Control, moves: int,
    drawn: bool = True,
) -> Measured:  # fmt: skip
    """Press one key after another, each when the drawing of the one before is there."""
    page.evaluate(WATCH, [shown.element_handle(), drawn])
    shown.locator(control.place).first.focus()
    times, sizes = [], []
    for number, key in enumerate(control.keys(moves + 1)):
        before = received.bytes
        page.keyboard.press(key)
        page.wait_for_function("(n) => window.kitTimes.length > n", arg=number, timeout=60_000)
        page.wait_for_timeout(250)  # what follows a move, such as the kernel's "idle"
        times.append(page.evaluate("window.kitTimes.at(-1)"))
        sizes.append(received.bytes - before)
    return Measured(name, times[1:], sizes[1:])  # the first move is not counted


FIGURES = [
    ("figure 1.1, edition", Control(".kit-controls select", "ArrowDown", "ArrowUp", 4)),
    ("figure 1.5, year", Control(".noUi-handle", "ArrowLeft", "ArrowRight", 7)),
    ("20,000 rows, added up in pandas", Control(".noUi-handle", "ArrowRight", "ArrowLeft", 20)),
]
INTERACT = ("20,000 rows, raw, by interact", Control(".noUi-handle", "ArrowRight", "ArrowLeft", 20))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--moves", type=int, default=30)
    moves = parser.parse_args().moves
    with tools.serve(MIGRATIONKIT_RECORD="off") as lab, tools.chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 1400})
        received = Received(page)
        tools.open_notebook(page, lab, lab.write("lessons/latency.ipynb", CELLS))
        tools.run_all(page)
        results = []
        for index, (name, control) in enumerate(FIGURES, start=1):
            shown = on_page.figure(page, index)
            on_page.drawn(shown)
            results.append(measure(page, received, name, shown, control, moves))
        cell = tools.scroll_to_cell(page, 4)
        cell.locator("canvas").first.wait_for()
        results.append(measure(page, received, INTERACT[0], cell, INTERACT[1], moves, drawn=False))
    print(f"{moves} moves each, from the key to the frame that shows the new drawing")
    for one in results:
        print(one)
    ours, rival = results[-2:]
    ratio = rival.quantile(0.5) / ours.quantile(0.5)
    less = statistics.median(rival.bytes) / statistics.median(ours.bytes)
    print(
        f"interact on the raw rows takes {ratio:.1f} times as long and {less:.0f} times the bytes"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
