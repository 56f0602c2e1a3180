"""Are verdicts on honest work right? Sixty students, ten questions, twenty-one layouts.

    python tests/grading/honest.py [STUDENTS] [--each]

Prints how many of the verdicts agree with the truth and each that does not. With ``--each`` every
layout is marked as a class of its own.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

os.environ["MIGRATIONKIT_RECORD"] = "off"
sys.path.insert(0, str(Path(__file__).resolve().parent))

import classes

from migrationkit import marking


def run(folder: Path, many: int, layouts: list) -> tuple[int, int, list[str]]:
    """Verdicts that are right, all verdicts, and a line for each that is wrong."""
    folder.mkdir(parents=True, exist_ok=True)
    pupils = classes.pupils(many, folder)
    settings = classes.write_settings(folder / "settings", pupils)
    used = {}
    for place, pupil in enumerate(pupils):
        path = folder / "in" / classes.file_name(place, pupil)
        path.parent.mkdir(parents=True, exist_ok=True)
        layout = used[pupil.id] = layouts[place % len(layouts)]
        path.write_bytes(classes.laid_out(pupil, layout))
    marking.grade(folder / "in", folder / "out", **settings)
    said = classes.verdicts(folder / "out")
    wrong = [
        f"{used[pupil.id].__name__} {pupil.id} {id}: {said.get((pupil.id, id))}, not {true}"
        for pupil in pupils
        for id, true in pupil.truth.items()
        if said.get((pupil.id, id)) != true
    ]
    return len(said) - len(wrong), sum(len(pupil.truth) for pupil in pupils), wrong


def main(arguments: list[str]) -> int:
    many = next((int(one) for one in arguments if one.isdigit()), 60)
    every = list(classes.LAYOUTS)
    groups = [[one] for one in every] if "--each" in arguments else [every]
    failed = 0
    for group in groups:
        with tempfile.TemporaryDirectory() as name:
            right, of, wrong = run(Path(name) / "class", many, group)
        what = group[0].__name__ if len(group) == 1 else f"{len(group)} layouts"
        print(f"{what}: {right} of {of} verdicts right")
        print("\n".join(wrong[:20]), end="\n" if wrong else "")
        failed += len(wrong)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
