"""Papers: for each student of a roster an own notebook, whose checks only record.

A paper is an exercise with another case for each student, options in another order, and the
instructor's own items at the end. Nothing in its file tells what is right: ``grade`` works that
out again from the secret.
"""

from __future__ import annotations

import builtins
import copy
import csv
import hashlib
import html
import importlib
import io
import json
import keyword
import os
import re
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from . import folders, notebooks, questions, roster, variants
from .data import checkout
from .errors import KitError
from .questions import Question
from .roster import Paper, Student
from .text import listing

FEWEST_SIGNS = 8  # different ones in a secret
LEFT_OUT = ("title", "at-a-glance", "done", "progress")  # cells of every exercise
_LEFT_OUT_ROLES = re.compile(r"q\d+-\d+-(?:prompt|answer|check|help)")
_HELPS = re.compile(r"(\s+)It helps with ([\d., and]+)\.(?=\s|$)")
_OPTION = re.compile(r"^- \*\*([A-Z])\*\* (.*)$", re.MULTILINE)


# --- the command ----------------------------------------------------------------------------------


def main(
    exercise: str, roster_path: str, secret_path: str, questions_path: str | None, out: str
) -> int:
    """Write one paper a student into a folder, and say what to do with them."""
    number = _number_of(exercise)
    students = roster.read_roster(roster_path)
    own = roster.read_questions(questions_path) if questions_path else Paper("", (), {})
    asked = chosen(number, own)
    folder = Path(out)
    folders.free(folder)
    secret, is_new = _secret(Path(secret_path))
    made: dict[str, str] = {}
    numbers: dict[str, str] = {}
    for one in students:
        notebook = make(number, one, secret, asked, own.title)
        made[file_name(number, one.id)] = notebooks.to_text(notebook)
        numbers[one.id] = notebook.metadata["migrationkit"]["number"]
    if len(made) != len(students):
        raise KitError("Two students would have files of one name. Give one of them another id.")
    if is_new:
        _write_secret(Path(secret_path), secret)
    try:
        with folders.made_whole(folder) as making:
            (making / "papers").mkdir()
            for name, text in made.items():
                (making / "papers" / name).write_text(text, encoding="utf-8", newline="\n")
            listed = _list(number, students, numbers)
            (making / "list.csv").write_text(listed, encoding="utf-8", newline="")
    except OSError as problem:
        raise KitError(
            f"The papers cannot be written to {folder} ({problem.strerror}). "
            "Name another folder after --out."
        ) from None
    print(_summary(len(made), folder / "papers", Path(secret_path), is_new))
    return 0


def _number_of(exercise: str) -> int:
    digits = exercise.strip().lower().removeprefix("ex")
    known = [f"ex{path.name[2:4]}" for path in _sources()]
    if digits.isascii() and digits.isdigit() and f"ex{digits:>02}" in known:
        return int(digits)
    raise KitError(f"There is no exercise {exercise[:40]}. There is: {listing(known) or 'none'}.")


def _sources() -> list[Path]:
    """The exercises that papers are made of; on Binder there are no solutions."""
    return notebooks.solutions() or sorted((checkout() / "exercises").glob("ex*.ipynb"))


def _secret(path: Path) -> tuple[bytes, bool]:
    """The secret of a file, or a new one when there is no such file; and whether it is new."""
    if not path.exists():
        return secrets.token_hex(32).encode(), True
    secret = roster.read_secret(path)
    if len(set(secret)) < FEWEST_SIGNS:
        raise KitError(
            f"{path.name} is easy to guess: it holds fewer than {FEWEST_SIGNS} different signs. "
            "Name a file that is not there yet, and a good secret is made."
        )
    return secret, False


def _write_secret(path: Path, secret: bytes) -> None:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secret + b"\n")
    except OSError:
        raise KitError(
            f"The secret {path.name} cannot be written there. Name another place."
        ) from None


def _list(number: int, students: Sequence[Student], numbers: Mapping[str, str]) -> str:
    """Whose paper is which file, for the instructor."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(["student", "name", "file", "paper"])
    for one in sorted(students, key=lambda student: student.id):
        told = [one.id, one.name, file_name(number, one.id), numbers[one.id]]
        table.writerow([_defused(cell) for cell in told])
    return text.getvalue()


def _defused(text: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _summary(many: int, papers: Path, secret: Path, is_new: bool) -> str:
    lines = [f"{many} papers stand in {papers}. Beside them, list.csv says whose is which."]
    if is_new:
        lines.append(f"A new secret was made: {secret.name}. Without it nothing can be marked.")
    lines.append(f"Give each student only the own file. Keep {secret.name} and list.csv.")
    return "\n".join(lines)


# --- what is asked --------------------------------------------------------------------------------


def chosen(number: int, own: Paper) -> tuple[Question, ...]:
    """The questions of a paper: of the exercise, in its order, then the instructor's own.

    All of the exercise's when the file names none of them. Raises KitError when the file names a
    question of another exercise, or when an own item takes a name that the paper needs.
    """
    of_exercise = questions.of_lesson(number)
    items = [one for one in own.questions if one.id.startswith("P")]
    named = [one.id for one in own.questions if not one.id.startswith("P")]
    known = [one.id for one in of_exercise]
    if other := [id for id in named if id not in known]:
        raise KitError(
            f"{listing(other)}: not a question of exercise {number}. Those are {known[0]} to "
            f"{known[-1]}."
        )
    asked = [one for one in of_exercise if not named or one.id in named]
    names = [one.name for one in items]
    needed = _names_of(number) | {one.name for one in of_exercise}
    taken = {name for name in names if name in needed or names.count(name) > 1}
    taken |= {name for name in names if keyword.iskeyword(name)}
    if taken:
        raise KitError(
            f"No answer can be called {listing(sorted(taken))}: the paper has another use for it. "
            "Give the own question another name."
        )
    return (*asked, *items)


def _names_of(number: int) -> set[str]:
    """Names that the cells of an exercise use: modules, tables, functions of Python."""
    source = next(path for path in _sources() if path.name.startswith(f"ex{number:02}-"))
    cells = notebooks.code_cells(_derived(source))
    bound = set().union(*(notebooks.bound_names(cell.source) for cell in cells))
    return bound | {"kit", "alt", "pd", "widgets", *dir(builtins)}


def file_name(number: int, student: str) -> str:
    """The file of a student's paper: the id as far as file names allow, else with a mark.

    >>> file_name(1, "s042"), file_name(1, "Zoë/../x")
    ('paper01-s042.ipynb', 'paper01-zo-..-x-3be530.ipynb')
    """
    safe = re.sub(r"[^a-z0-9._@-]+", "-", student.lower())[:40]
    mark = hashlib.sha256(student.encode("utf-8", "replace")).hexdigest()[:6]
    return f"paper{number:02}-{safe}{'' if safe == student else f'-{mark}'}.ipynb"


# --- one paper ------------------------------------------------------------------------------------


def make(
    number: int, student: Student, secret: bytes, asked: Sequence[Question], title: str = ""
) -> NotebookNode:
    """The notebook of one student. The same arguments give the same bytes."""
    source = next(path for path in _sources() if path.name.startswith(f"ex{number:02}-"))
    module = importlib.import_module(f".questions.lesson{number:02}", __package__)
    left_out = {*LEFT_OUT, *getattr(module, "NOT_ON_PAPER", ())}
    exercise = _derived(source)
    parts = {cell.id: cell for cell in exercise.cells}
    bound = {one.id: roster.asked(one, student.id, secret) for one in asked}
    for one in bound.values():
        if one.kind == "ORD" and list(one.start) == list(one.expected()):
            raise KitError(f'{one.id}: its "start" is the right order. Give it in another one.')
    cells = [_markdown("title", _title(number, student, bound, title))]
    for cell in exercise.cells:
        question = next((one for one in asked if cell.id == f"{_stem(one.id)}-prompt"), None)
        if question is not None:
            cells += _asked_cells(question, bound[question.id], parts, student.id, secret)
        elif cell.id not in left_out and not _LEFT_OUT_ROLES.fullmatch(cell.id):
            cells.append(_kept(cell, asked))
    items = [one for one in asked if one.id.startswith("P")]
    if items:
        cells.append(_markdown("further", "## Further questions"))
    for item in items:
        cells += _asked_cells(item, bound[item.id], {}, student.id, secret)
    cells.append(_markdown("hand-in", _HAND_IN))
    paper = notebooks.normalise(nbformat.v4.new_notebook(cells=cells))
    mark = roster.paper_number(student.id, secret, bound.values())
    for cell in paper.cells:
        if cell.id == "setup":
            cell.source = cell.source.replace("kit.setup()", f'kit.paper("{mark}")\nkit.setup()')
    paper.metadata["migrationkit"] = {
        "paper": 1,
        "exercise": number,
        "number": mark,
        "student": student.id,
        "questions": [variants.paper_id(one.id) for one in asked],
    }
    return paper


def _kept(cell: NotebookNode, asked: Sequence[Question]) -> NotebookNode:
    """A copy of an exercise's cell, where a text names the questions that it helps with as here."""
    kept = copy.deepcopy(cell)
    if cell.cell_type == "markdown":
        kept.source = _HELPS.sub(
            lambda told: told[1] + _helps(told[2], asked), cell.source
        ).rstrip()
    return kept


def _helps(ids: str, asked: Sequence[Question]) -> str:
    named = [variants.paper_id(one.id) for one in asked if one.id in re.findall(r"\d+\.\d+", ids)]
    return f"It helps with {listing(named)}." if named else ""


_derived_from: dict[tuple, NotebookNode] = {}


def _derived(source: Path) -> NotebookNode:
    """The learners' copy of an exercise, made once for a class.

    Without solutions, as git holds it: somebody may have worked in the copy that stands there.
    """
    key = (source, source.stat().st_mtime_ns)
    if key not in _derived_from:
        kept = notebooks.staged(source) if source.parent.name == "exercises" else None
        notebook = notebooks.from_text(kept) if kept else notebooks.read(source)
        _derived_from[key] = notebooks.derive(notebook)
    return _derived_from[key]


def _stem(id: str) -> str:
    return f"q{id.replace('.', '-')}"


def _markdown(id: str, source: str) -> NotebookNode:
    return nbformat.v4.new_markdown_cell(source, id=id)


def _code(id: str, source: str, question: str = "", role: str = "") -> NotebookNode:
    cell = nbformat.v4.new_code_cell(source, id=id)
    if role:
        cell.metadata["migrationkit"] = {"question": question, "role": role}
        cell.metadata["tags"] = [notebooks.MAY_RAISE]
    return cell


def _asked_cells(
    question: Question,
    bound: Question,
    parts: Mapping[str, NotebookNode],
    student: str,
    secret: bytes,
) -> list[NotebookNode]:
    """Prompt, table of the case if there is one, answer and check of one question."""
    stem = _stem(bound.id)
    prompt = parts.get(f"{_stem(question.id)}-prompt")
    answer = parts.get(f"{_stem(question.id)}-answer")
    cells = [_markdown(f"{stem}-prompt", _prompt(question, bound, prompt))]
    shown = variants.table(
        question, lambda what, among: roster.draw(secret, student, f"{bound.id} {what}", among)
    )
    if shown:
        cells.append(_code(f"{stem}-table", shown))
    cells.append(_code(f"{stem}-answer", _answer(question, bound, answer), bound.id, "answer"))
    call = f'kit.check("{bound.id}", {bound.name})'
    cells.append(_code(f"{stem}-check", call, bound.id, "check"))
    return cells


# --- words ----------------------------------------------------------------------------------------

_HAND_IN = """## Hand in

1. **Run ▸ Run All Cells**. Under each question it must say ■ recorded.
2. **File ▸ Save Notebook** (Ctrl + S).
3. Hand in this file, under the name that it has."""


def _title(number: int, student: Student, asked: Mapping[str, Question], title: str) -> str:
    title = title or f"Paper on exercise {number}: {questions.title_of_lesson(number)}"
    one = len(asked) == 1
    return f"""# {plain_words(title)}

For **{plain_words(student.shown)}**. Your countries, years, people and orders are your own.

{"One question" if one else f"{len(asked)} questions"}. Replace each `"?"`, run the answer's cell \
(Shift + Enter), then the check below it.
A check only records here: ■ means recorded, ○ that nothing was there to record.
You may change an answer and check again. The last check counts."""


def plain_words(text: str) -> str:
    """Text from outside in one line of Markdown, with no sign that Markdown or HTML would act on.

    >>> plain_words("A <b>*c*</b>")
    'A &lt;b&gt;\\\\*c\\\\*&lt;/b&gt;'
    """
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return re.sub(r"([\\`*_{}\[\]()#+!|~$^-])", r"\\\1", html.escape(line, quote=False))


def _prompt(question: Question, bound: Question, cell: NotebookNode | None) -> str:
    """The prompt as the exercise words it, or as the question's variants or an own item do."""
    own_words = cell is None or (question.variants is not None and question.variants.prompt)
    if not own_words:
        return _with_options(cell.source, question, bound).replace(
            f"### {question.id} ", f"### {bound.id} "
        )
    above = cell.source.partition(f"### {question.id} ")[0] if cell is not None else ""
    title = bound.title if cell is not None or bound.title != bound.id else ""
    text = [f"{above}### {bound.id} {title}".rstrip(), bound.prompt]
    if bound.kind in ("MCQ", "MSQ"):
        text.append("\n".join(f"- **{sign}** {words}" for sign, words in bound.options.items()))
    elif bound.kind == "CLS":
        text.append('Replace each `"?"` by one of these, and keep the quotation marks:')
        text.append("\n".join(f"- `{name}`: {words}" for name, words in bound.options.items()))
    if bound.kind not in ("CLS", "ORD") or cell is None:
        text.append(f"Assign to `{bound.name}`: {bound.form}.")
    return "\n\n".join(text)


def _with_options(source: str, question: Question, bound: Question) -> str:
    """The exercise's own list of options, in the order and with the letters of the paper."""
    if bound.kind not in ("MCQ", "MSQ"):
        return source
    former = {text: letter for letter, text in question.options.items()}
    told = dict(_OPTION.findall(source))
    if told.keys() != question.options.keys():
        raise KitError(f"Question {question.id}: the prompt does not list its options one a line.")

    def turned(line: re.Match) -> str:
        return f"- **{line[1]}** {told[former[bound.options[line[1]]]]}"

    return _OPTION.sub(turned, source)


def _answer(question: Question, bound: Question, cell: NotebookNode | None) -> str:
    """The answer cell: as in the exercise, or with the start of the student's own case.

    A table is written out, so that one filled in by hand is read even when it was never run.
    """
    same = cell is not None and repr(question.start) == repr(bound.start) and bound.kind != "DF"
    if same:
        return cell.source.replace(f"# Q{question.id}", f"# Q{bound.id}")
    return f"# Q{bound.id}\n{bound.name} = {_literal(bound.start)}"


def _literal(start: object) -> str:
    """Python for a start, one item a line; a table becomes a DataFrame to fill in."""
    if isinstance(start, Mapping) and set(start) == {"columns", "rows"}:
        columns = zip(*start["rows"], strict=True)
        held = {name: list(cells) for name, cells in zip(start["columns"], columns, strict=True)}
        lines = [f"    {_quoted(name)}: {_quoted(cells)}," for name, cells in held.items()]
        return "\n".join(["pd.DataFrame({", *lines, "})"])
    if isinstance(start, Mapping):
        lines = [f"    {_quoted(key)}: {_quoted(value)}," for key, value in start.items()]
        return "\n".join(["{", *lines, "}"])
    if isinstance(start, list | tuple):
        return "\n".join(["[", *(f"    {_quoted(item)}," for item in start), "]"])
    return _quoted(start)


def _quoted(value: object) -> str:
    """A literal with double quotation marks, as the exercises write them."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str | list) else repr(value)
