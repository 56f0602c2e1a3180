"""The pytest plugin of a shard: writes down, cell by cell, what was said and what nbval found.

It is copied beside the notebook as ``conftest.py`` and imports nothing of the kit, so that the
process that runs nbval stays small. It changes no verdict.
"""

import json
from pathlib import Path

import nbval.kernel

# nbval formats every message for a debug log that nobody reads: a tenth of the time.
nbval.kernel.pformat = str

SAID = Path(__file__).with_name("said.jsonl")


def pytest_runtest_makereport(item, call):
    """After each cell: its verdict, and whether nbval compared it and found it right."""
    if call.when != "call" or not hasattr(item, "test_outputs"):
        return
    outputs = [one for one in item.test_outputs or [] if "data" in one]
    note = outputs[0].metadata.get("migrationkit", {}) if len(outputs) == 1 else {}
    failure = str(call.excinfo.value) if call.excinfo else ""
    said = {
        "cell": item.cell_num,
        "status": note.get("status", ""),
        "misconception": note.get("misconception", ""),
        "line": outputs[0].data.get("text/plain", "") if outputs else "",
        "passed": call.excinfo is None,
        "compared": failure in ("", "Cell outputs differ"),
    }
    with SAID.open("a", encoding="utf-8") as file:
        file.write(json.dumps(said) + "\n")
