"""Break the kit on purpose, one thing at a time, and show that the suite notices.

    python tests/mutants.py [NAME …]

Each mutant is made in a temporary copy of the checkout. The catalogue is stamped anew after the
change, so that a broken number in `data/` must be noticed for what it says and not for its
checksum. Then nbval runs over the lessons and solutions, and pytest over the rest, without the
browser. Prints one line a mutant, with what caught it; exit code 1 when one slipped through.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
NBVAL = ["--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=120"]
FIRST_FAILURE = re.compile(r"^(?:FAILED|ERROR) (\S.*?)(?: - .*)?$", re.MULTILINE)


@dataclass(frozen=True)
class Mutant:
    """One deliberate fault: in ``file``, the first ``old`` becomes ``new``."""

    name: str
    file: str
    old: str
    new: str


MUTANTS = [
    Mutant("a number in the data", "data/migrant-stock.csv", "2020,WLD,2005,191446828",
           "2020,WLD,2005,194446828"),
    Mutant("a number of the register", "data/belgium-register-2006.csv", "31860", "31680"),
    Mutant("a hint", "src/migrationkit/questions/lesson01.py",
           "Divide the part by the whole.", "Divide the whole by the part and round."),
    Mutant("a wrong answer that is taken for right", "src/migrationkit/questions/lesson01.py",
           "tolerance=0.025", "tolerance=40.0"),
    Mutant("a title", "src/migrationkit/figures/lesson01.py",
           "Most of the gap may be one register", ""),
    Mutant("a claim", "lessons/01-how-many-migrants.ipynb", "count[2024] / count[1990] - 1",
           "count[2024] / count[1990]"),
    Mutant("a control that does nothing", "src/migrationkit/figures/lesson01.py",
           '("Share", "share")', '("Share", "count")'),
    Mutant("a sentence", "src/migrationkit/figures/lesson01.py",
           "The two counts differ by", "The two counts agree but for"),
    Mutant("a numeral in the prose", "lessons/01-how-many-migrants.ipynb", "grew by 97.5 %",
           "grew by 79.5 %"),
    Mutant("a word", "lessons/01-how-many-migrants.ipynb", "people struck off as having left",
           "illegals as having left"),
    Mutant("a stale exercise", "tests/solutions/ex01-how-many-migrants.ipynb",
           "What two numbers support", "What four numbers support"),
]  # fmt: skip


def copy_of_checkout(folder: Path) -> Path:
    """A copy of all files that git knows or would take, as they are in the work tree."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=CHECKOUT, capture_output=True, check=True,
    ).stdout.decode()  # fmt: skip
    for name in filter(None, listed.split("\0")):
        source, target = CHECKOUT / name, folder / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    # Some tests compare a file with git's index, so the copy is a repository of its own.
    for command in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *command], cwd=folder, check=True, capture_output=True)
    return folder


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    """A Python command in the copy, with the copy's package."""
    from migrationkit import vega

    environment = os.environ | {
        "PYTHONPATH": str(folder / "src"),
        "MIGRATIONKIT_RECORD": "off",
        "MIGRATIONKIT_LIBRARY": str(vega.build_library()),
    }
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True
    )


def caught_by(folder: Path) -> str:
    """The first test that fails in the copy: of nbval, else of pytest; empty when none does."""
    quiet = ["-m", "pytest", "-q", "-x", "--tb=no", "-p", "no:cacheprovider", "-rfE"]
    quick_first = ["tests/test_lessons.py", "tests/test_figures.py", "tests/test_questions.py"]
    others = sorted(str(path.relative_to(folder)) for path in (folder / "tests").glob("test_*.py"))
    # In the copy of a mutant its own text is gone, so test_mutants would catch each for nothing.
    left_out = [*quick_first, "tests/test_setup.py", "tests/test_mutants.py"]
    rest = [name for name in others if name not in left_out]
    for by, arguments in (
        ("nbval: ", [*NBVAL, "lessons", "tests/solutions"]),
        ("", ["-n", "2", "--dist", "loadfile", *quick_first]),
        ("", ["-n", "2", "--dist", "loadfile", *rest]),
    ):
        failed = FIRST_FAILURE.findall(run(folder, *quiet, *arguments).stdout)
        if failed:
            return by + failed[0]
    return ""


def main(names: list[str]) -> int:
    chosen = [mutant for mutant in MUTANTS if not names or mutant.name in names]
    slipped = 0
    for mutant in chosen:
        with tempfile.TemporaryDirectory(prefix="kit-mutant-") as temporary:
            folder = copy_of_checkout(Path(temporary))
            path = folder / mutant.file
            text = path.read_text(encoding="utf-8")
            if mutant.old not in text:
                print(f"✗ {mutant.name}: {mutant.old!r} is no longer in {mutant.file}")
                slipped += 1
                continue
            path.write_text(text.replace(mutant.old, mutant.new, 1), encoding="utf-8")
            run(folder, "-m", "migrationkit", "stamp")
            catcher = caught_by(folder)
        slipped += not catcher
        sign = "✓ caught " if catcher else "✗ SLIPPED"
        print(f"{sign}  {mutant.name}", *([f"    by {catcher}"] if catcher else []), sep="\n",
              flush=True)
    print(f"{len(chosen) - slipped} of {len(chosen)} mutants caught")
    return 1 if slipped else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
