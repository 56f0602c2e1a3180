"""Pictures of every figure, to look at: `make shots`, or `python tests/browser/shots.py --help`.

Each lesson is run in JupyterLab, once for each window width. Each figure is taken before and after
"Show me", in the light and the dark theme, and its pictures are put on one contact sheet.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Locator, Page, TimeoutError

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from browser import lab as tools

WIDTHS = (1280, 700)
THEMES = ("light", "dark")
STATES = ("before", "after")
LARGEST = 150_000  # bytes of a picture in lessons/images
MARGIN, LINE = 24, 22

Shot = tuple[str, str, str, int, bytes]  # figure, state, theme, width, PNG


def main() -> int:
    """Take the pictures; 0 when every figure was taken, 1 with a sentence when not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder of the pictures")
    parser.add_argument("--lesson", default="", help='only lessons whose name holds this: "01"')
    parser.add_argument(
        "--images", nargs="*", default=[], metavar="FIGURE",
        help="also write these figures (1.1 ...) to lessons/images, for README",
    )  # fmt: skip
    options = parser.parse_args()
    found = sorted((tools.CHECKOUT / "lessons").glob("*.ipynb"))
    lessons = [path for path in found if options.lesson in path.stem]
    if not lessons:
        print("No lesson has this name.", file=sys.stderr)
        return 1
    shots: list[Shot] = []
    with tools.serve(MIGRATIONKIT_RECORD="off") as lab, tools.chromium() as browser:
        for lesson in lessons:
            for width in WIDTHS:
                page = browser.new_page(viewport={"width": width, "height": 1600})
                problems = tools.watch(page, lab)
                tools.open_notebook(page, lab, f"lessons/{lesson.name}")
                shots += take_lesson(page, width)
                page.close()
                lab.reset()
                if problems:
                    print(f"{lesson.name}, {width} px: {problems}", file=sys.stderr)
                    return 1
    if not shots:
        print("The lessons hold no figure.", file=sys.stderr)
        return 1
    for path in write(shots, options.out):
        print(path)
    for figure in options.images:
        print(write_image(shots, figure))
    return 0


# ---- Taking --------------------------------------------------------------------------------------


def take_lesson(page: Page, width: int) -> Iterator[Shot]:
    """Each figure of the lesson in front, in every state and theme, at one width."""
    tools.hide_sidebar(page)
    tools.run_all(page)
    places = figure_cells(page)
    for state in STATES:
        for index in places:
            figure = figure_in(tools.scroll_to_cell(page, index))
            if state == "after":
                reveal(figure)
        for theme in THEMES:
            tools.set_theme(page, theme)
            for index in places:
                figure = figure_in(tools.scroll_to_cell(page, index))
                if state == "after":
                    drawn(figure)
                page.wait_for_timeout(150)  # the theme's colours arrive by a transition
                yield figure_id(figure), state, theme, width, figure.screenshot()


def figure_cells(page: Page) -> list[int]:
    """Indices of the cells whose output is a figure: its text names it on the first line."""
    return [
        index
        for index, cell in enumerate(tools.cells(page))
        if any(
            re.match(r"Figure \S+\n", _text(output))
            for output in cell["outputs"]
            if "application/vnd.jupyter.widget-view+json" in output.get("data", {})
        )
    ]


def _text(output: dict) -> str:
    text = output["data"].get("text/plain", "")
    return text if isinstance(text, str) else "".join(text)


def figure_in(cell: Locator) -> Locator:
    """The figure in a cell."""
    figure = cell.locator('.kit-figure[class*="kit-figure-"]').first
    figure.wait_for()
    return figure


def figure_id(figure: Locator) -> str:
    """Its id, such as 1.1, from its class `kit-figure-1-1`."""
    found = re.search(r"kit-figure-(\S+)", figure.get_attribute("class") or "")
    assert found, "a figure without its id in its class"
    return found[1].replace("-", ".")


def reveal(figure: Locator) -> None:
    """Press "Show me" where the figure asks for a guess first, and wait for the drawing."""
    button = figure.get_by_role("button", name="Show me", exact=True)
    if button.count() and button.first.is_visible():
        button.first.click()
    drawn(figure)


def drawn(figure: Locator) -> None:
    """Wait until the figure is drawn, or says in words why there is nothing to draw."""
    try:
        figure.locator("[data-drawn]").first.wait_for(timeout=20 * tools.SECOND)
    except TimeoutError:
        raise RuntimeError(f"figure {figure_id(figure)} was not drawn") from None


# ---- Writing -------------------------------------------------------------------------------------


def write(shots: list[Shot], out: Path) -> Iterator[Path]:
    """Every picture, and one contact sheet a figure; the paths of the sheets."""
    for figure in dict.fromkeys(shot[0] for shot in shots):
        name = f"figure-{figure.replace('.', '-')}"
        folder = out / name
        folder.mkdir(parents=True, exist_ok=True)
        mine = [shot for shot in shots if shot[0] == figure]
        for _, state, theme, width, content in mine:
            (folder / f"{state}-{theme}-{width}.png").write_bytes(content)
        path = out / f"{name}.png"
        contact_sheet(figure, mine).save(path, optimize=True)
        yield path


def contact_sheet(figure: str, shots: list[Shot]) -> Image.Image:
    """Rows: before and after; columns: theme and width. A caption over each picture."""
    columns = [(theme, width) for width in WIDTHS for theme in THEMES]
    pictures = {shot[1:4]: Image.open(io.BytesIO(shot[4])).convert("RGB") for shot in shots}
    widths = [max(pictures[state, *column].width for state in STATES) for column in columns]
    heights = [max(pictures[state, *column].height for column in columns) for state in STATES]
    size = (
        sum(widths) + MARGIN * (len(widths) + 1),
        sum(heights) + (MARGIN + LINE) * len(heights) + MARGIN + LINE,
    )
    sheet = Image.new("RGB", size, "#b8b8b8")
    pen = ImageDraw.Draw(sheet)
    pen.text((MARGIN, MARGIN // 2), f"Figure {figure}", "black", ImageFont.load_default(20))
    font = ImageFont.load_default(15)
    top = MARGIN + LINE
    for state, height in zip(STATES, heights, strict=True):
        left = MARGIN
        for (theme, width), room in zip(columns, widths, strict=True):
            pen.text((left, top), f"{state} the reveal, {theme}, {width} px", "black", font)
            sheet.paste(pictures[state, theme, width], (left, top + LINE))
            left += room + MARGIN
        top += LINE + height + MARGIN
    return sheet


def write_image(shots: list[Shot], figure: str) -> Path:
    """The revealed figure, light and wide, as a small picture in lessons/images."""
    wanted = (figure, "after", "light", WIDTHS[0])
    content = next((shot[4] for shot in shots if shot[:4] == wanted), None)
    if content is None:
        raise SystemExit(f"There is no figure {figure} in these lessons.")
    path = tools.CHECKOUT / "lessons" / "images" / f"figure-{figure.replace('.', '-')}.png"
    path.parent.mkdir(exist_ok=True)
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    for colours in (256, 128, 64, 32):
        picture.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size <= LARGEST:
            return path
    raise SystemExit(f"The picture of figure {figure} stays above {LARGEST // 1000} kB.")


if __name__ == "__main__":
    sys.exit(main())
