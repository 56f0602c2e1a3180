"""The commands of the kit: ``python -m migrationkit --help``."""

from __future__ import annotations

import argparse
import importlib
import os
import sys

from .errors import KitError, not_installed


def _listed(done, nothing: str, check: bool) -> int:
    """Print the files that a command changed, or would change."""
    for path in done:
        print(f"{path.parent.name}/{path.name}{' is not up to date' if check else ''}")
    if not done:
        print(nothing)
    return 1 if check and done else 0


def _run(options) -> int:
    """Call the function that does the work; the imports come here, so that each starts fast."""

    def room(name: str):
        return importlib.import_module(f".{name}", __package__)

    match options.command:
        case "lab":
            return room("lab").main(options.port)
        case "doctor":
            return room("doctor").main()
        case "check":
            return room("selfcheck").main(options.notebook)
        case "derive":
            done = room("notebooks").derive_files(options.check, options.force)
            return _listed(done, "Every exercise is up to date.", options.check)
        case "normalise":
            done = room("notebooks").normalise_files(options.notebooks, options.check)
            return _listed(done, "Every notebook is normalised.", options.check)
        case "bake":
            return _listed(room("selfcheck").bake(options.notebooks), "Nothing to run.", False)
        case "paper":
            return room("papers").main(
                options.exercise, options.roster, options.secret, options.questions, options.out
            )
        case "library":
            print(f"The drawing library stands at {room('vega').build_library()}.")
        case "grade":
            return room("marking").main(
                options.folder, options.out, options.secret, options.roster, options.questions
            )
        case "stamp":
            changed = room("data").stamp()
            print("\n".join(changed) or "Every checksum is up to date.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m migrationkit", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, words: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=words, description=words)

    lab = command("lab", "open the course in JupyterLab")
    lab.add_argument("--port", type=int, default=None, help="another port than the usual one")
    command("doctor", "say what works on this computer and what does not")
    check = command("check", "check your own exercise: run it again and say what is right")
    check.add_argument("notebook", help="the file, or the exercise's number: 01")
    derive = command("derive", "make the exercises from their solutions")
    derive.add_argument("--check", action="store_true", help="write nothing, only say")
    derive.add_argument("--force", action="store_true", help="replace copies that hold answers")
    normalise = command("normalise", "keep in notebooks only what nbval compares")
    normalise.add_argument("notebooks", nargs="*", help="lessons and solutions when none is named")
    normalise.add_argument("--check", action="store_true", help="write nothing, only say")
    bake = command("bake", "run lessons or solutions and store what nbval compares")
    bake.add_argument("notebooks", nargs="+")
    paper = command("paper", "make an own paper of an exercise for each student of a roster")
    paper.add_argument("exercise", help="the exercise: ex01")
    paper.add_argument("--roster", required=True, help="CSV file with a column named student")
    paper.add_argument("--secret", required=True, help="file with your secret; made when missing")
    paper.add_argument("--questions", help="JSON file with questions of your own")
    paper.add_argument("--out", required=True, help="a new folder for the papers")
    command("library", "build the drawing library")
    grade = command("grade", "mark a folder of notebooks; nothing of them runs")
    grade.add_argument("folder", help="the submissions, as Moodle or Canvas downloads them")
    grade.add_argument("--out", required=True, help="a new folder for the marks")
    grade.add_argument("--secret", help="the file that the papers were made with")
    grade.add_argument("--roster", help="a CSV file with a row for each student")
    grade.add_argument("--questions", help="a JSON file with questions of your own")
    command("stamp", "renew the checksums of the data")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run one command; a problem is told in a sentence."""
    try:
        code = _run(_parser().parse_args(arguments))
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # who read what we say has left, as `head` does; the work is done
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("\nStopped. What was not finished was not written.", file=sys.stderr)
        return 130
    except KitError as problem:
        print(problem, file=sys.stderr)
    except ModuleNotFoundError as problem:
        print(not_installed(problem), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
