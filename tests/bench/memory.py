"""What a lesson costs the computer: memory of its kernel, time to run all, time to import.

    python tests/bench/memory.py

Each lesson is run in a fresh kernel, every figure revealed, and the memory of the kernel is read
when it is done. A notebook that imports pandas and Altair and draws one chart stands beside, and
so do the imports alone. Nothing is asserted: budgets are in HOUSE, computers differ.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
from nbclient import NotebookClient

CHECKOUT = Path(__file__).resolve().parents[2]
REPEATS = 5

# Opens every figure, puts it on a page and moves each menu and slider to its end.
REVEAL = """
from ipywidgets.widgets.widget import _instances as instances
figures = [one for one in instances.values() if hasattr(one, "_asked_by_page")]
for figure in figures:
    figure._reveal(None)
    figure._asked_by_page()
    for control in figure._controls.values():
        if hasattr(control, "_options_values"):
            control.value = control._options_values[-1]
print(len(figures))
"""
ALONE = """
import altair as alt
import pandas as pd
table = pd.DataFrame({"n": range(10)})
alt.Chart(table).mark_bar().encode(x="n:Q").to_dict()
"""


def run(notebook: nbformat.NotebookNode) -> tuple[float, float, int]:
    """Seconds from the start of a fresh kernel to the end of the last cell; MB; figures opened."""
    notebook = nbformat.from_dict(notebook)
    client = NotebookClient(
        notebook, timeout=120, resources={"metadata": {"path": str(CHECKOUT / "lessons")}}
    )
    start = time.perf_counter()
    with client.setup_kernel(stderr=subprocess.DEVNULL):
        for index, cell in enumerate(notebook.cells):
            client.execute_cell(cell, index)
        seconds = time.perf_counter() - start
        opened = 0
        if any("migrationkit" in cell.source for cell in notebook.cells):
            notebook.cells.append(nbformat.v4.new_code_cell(REVEAL))
            client.execute_cell(notebook.cells[-1], len(notebook.cells) - 1)
            opened = int(notebook.cells[-1].outputs[0].text)
        kernel = psutil.Process(client.km.provisioner.pid)
        return seconds, kernel.memory_info().rss / 1e6, opened


def import_time(names: str) -> float:
    """Milliseconds of one import in a fresh Python, the middle one of several."""
    script = f"import time; start = time.perf_counter(); import {names}; "
    script += "print(time.perf_counter() - start)"
    command = [sys.executable, "-c", script]
    times = [float(subprocess.check_output(command, text=True)) for _ in range(REPEATS)]
    return 1000 * statistics.median(times)


def main() -> int:
    os.environ["MIGRATIONKIT_RECORD"] = "off"
    alone = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(ALONE)])
    found = {"pandas and Altair alone": alone}
    for path in sorted((CHECKOUT / "lessons").glob("*.ipynb")):
        found[path.stem] = nbformat.read(path, as_version=4)
    print(f"{'notebook, in a fresh kernel':40} {'run all':>9} {'memory':>9} {'figures':>8}")
    for name, notebook in found.items():
        seconds, megabytes, opened = run(notebook)
        print(f"{name:40} {seconds:7.1f} s {megabytes:6.0f} MB {opened:8}")
    print(f"\n{'import, middle of ' + str(REPEATS):40} {'time':>9}")
    for names in ("pandas", "pandas, altair", "migrationkit", "migrationkit, altair, pandas"):
        print(f"{names:40} {import_time(names):6.0f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
