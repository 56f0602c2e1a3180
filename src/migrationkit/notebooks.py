"""Notebooks as files: derive an exercise, graft answers, normalise. Nothing here runs a cell.

*Derive*: what stands between ``### BEGIN SOLUTION`` and ``### END SOLUTION`` goes, and so do
outputs, counts and nbval's tag. *Graft*: a learner's answers move into another copy. *Normalise*:
a stored notebook holds what nbval compares and nothing else.
"""

from __future__ import annotations

import ast
import copy
import functools
import hashlib
import re
import subprocess
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from . import questions, record
from .data import checkout
from .errors import KitError

TAG = "nbval-check-output"
MAY_RAISE = "raises-exception"
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
# A question of the kit (1.1), the same on a paper (P1.1), an instructor's own (Pchile).
MARKER = re.compile(
    r"^#\s*Q\s*(P?\d+\.\d+|(?<=Q)P[A-Za-z0-9][A-Za-z0-9_-]{0,20})\b", re.MULTILINE
)
CHECK_CALL = re.compile(r"\s*kit\s*\.\s*check\s*\(")
CHECKED = re.compile(
    r"""\bcheck\s*\(\s*(?:id\s*=\s*)?["'](P?\d+\.\d+|P[A-Za-z0-9][A-Za-z0-9_-]{0,20})["']"""
)
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
KEPT_ON_CELLS = ("migrationkit", "slideshow", "tags")
KEPT_IN_OUTPUTS = ("text/plain", "text/html", "text/markdown")
CELL_TYPES = ("code", "markdown", "raw")
LARGEST = 20_000_000  # bytes of a notebook


# --- reading and writing --------------------------------------------------------------------------


def read(path: Path | str) -> NotebookNode:
    """A notebook in the present format. Raises KitError when the file is none."""
    path = Path(path)
    if path.is_dir():
        raise KitError(f"{path.name} is a folder. Name a notebook, a file that ends in .ipynb.")
    if not path.is_file():
        raise KitError(f"There is no file {path.name}. Check the name and the folder.")
    if path.stat().st_size > LARGEST:
        raise KitError(f"{path.name} is too large. Clear its outputs (Edit menu) and save it.")
    try:
        return from_text(path.read_text(encoding="utf-8"))
    except KitError as problem:
        raise KitError(f"{path.name}: {problem}") from None
    except (OSError, UnicodeDecodeError):
        raise KitError(f"{path.name} cannot be read as text, so it is not a notebook.") from None


def from_text(text: str) -> NotebookNode:
    """A notebook from its JSON. Raises KitError when the text is none."""
    if not text.strip():
        raise KitError("the file is empty. Restore it or download it again.")
    try:
        # Not nbformat.reads: that logs, and gives random ids to cells that share one.
        notebook = nbformat.convert(nbformat.reader.reads(text), 4)
        notebook.cells = [_whole(cell) for cell in notebook.cells if cell.cell_type in CELL_TYPES]
    except Exception:  # nbformat raises many kinds for JSON that is not a notebook
        raise KitError("this is not a whole notebook. Restore it or download it again.") from None
    return notebook


def _whole(cell: NotebookNode) -> NotebookNode:
    """A cell with all that the rest of this module relies on; raises when it has no source."""
    cell.source = cell.source if isinstance(cell.source, str) else "".join(cell.source)
    metadata = cell.get("metadata")
    cell.metadata = metadata if isinstance(metadata, dict) else NotebookNode()
    if cell.cell_type == "code":
        outputs = cell.get("outputs")
        cell.outputs = outputs if isinstance(outputs, list) else []
        cell.execution_count = cell.get("execution_count")
    return cell


def to_text(notebook: NotebookNode) -> str:
    """A notebook as it is stored: the same bytes for the same content."""
    return nbformat.v4.writes_json(notebook).rstrip("\n") + "\n"


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def about(cell: NotebookNode) -> dict:
    """What the kit noted on a cell: question and role, or nothing."""
    noted = cell.metadata.get("migrationkit")
    return noted if isinstance(noted, dict) else {}


def tagged(cell: NotebookNode) -> bool:
    """Whether nbval compares this cell's output."""
    tags = cell.metadata.get("tags")
    return isinstance(tags, list) and TAG in tags


# --- normalise ------------------------------------------------------------------------------------


def normalise(notebook: NotebookNode, hide_outputs: bool = False) -> NotebookNode:
    """A copy that holds what nbval compares, and no more; doing it twice changes nothing.

    ``hide_outputs`` folds the stored outputs, as a lesson's must be: they give nothing away.
    """
    clean = nbformat.v4.new_notebook(metadata=copy.deepcopy(METADATA))
    clean.nbformat_minor = 5
    used: set[str] = set()
    for place, cell in enumerate(notebook.cells):
        tidy = NotebookNode(
            cell_type=cell.cell_type,
            id=_cell_id(cell, place, used),
            metadata=_cell_metadata(cell, hide_outputs),
            source=cell.source.rstrip("\n"),
        )
        if cell.get("attachments"):
            tidy.attachments = copy.deepcopy(cell.attachments)
        if cell.cell_type == "code":
            tidy.outputs = [_output(one) for one in cell.outputs] if tagged(cell) else []
            tidy.execution_count = 1 if tidy.outputs else None
        clean.cells.append(tidy)
    return clean


def _cell_id(cell: NotebookNode, place: int, used: set[str]) -> str:
    """The cell's own id when it is valid and new, else one made of its place and content."""
    id = cell.get("id")
    if not (isinstance(id, str) and re.fullmatch(r"[\w-]{1,64}", id, re.ASCII)) or id in used:
        made = hashlib.sha256(f"{place} {cell.source}".encode("utf-8", "replace")).hexdigest()
        id = f"cell-{place}-{made[:8]}"
    used.add(id)
    return id


def _cell_metadata(cell: NotebookNode, hide_outputs: bool) -> dict:
    kept = {key: copy.deepcopy(cell.metadata[key]) for key in KEPT_ON_CELLS if key in cell.metadata}
    if not kept.get("tags", True):
        del kept["tags"]
    jupyter = cell.metadata.get("jupyter") or {}
    folded = {"source_hidden": True} if jupyter.get("source_hidden") else {}
    if hide_outputs and cell.cell_type == "code" and tagged(cell):
        folded["outputs_hidden"] = True
    return kept | ({"jupyter": folded} if folded else {})


def _output(output: NotebookNode) -> NotebookNode:
    """One output without counts, metadata and widget views, which nbval does not compare."""
    tidy = NotebookNode(output_type=output.output_type)
    if output.output_type == "stream":
        tidy.name, tidy.text = output.name, "".join(output.text)
    elif output.output_type == "error":
        tidy.ename, tidy.evalue, tidy.traceback = output.ename, output.evalue, []
    else:
        tidy.metadata = {}
        tidy.data = {key: output.data[key] for key in KEPT_IN_OUTPUTS if key in output.data}
        if output.output_type == "execute_result":
            tidy.execution_count = 1
    return tidy


def defects(notebook: NotebookNode, lesson: bool = False) -> list[str]:
    """What would let nbval pass without comparing, or give an answer away; empty when all is well.

    nbval says nothing of a tagged cell that was never run, so that it is looked for here.
    """
    found = []
    for place, cell in enumerate(code_cells(notebook), start=1):
        where = f"code cell {place}"
        tags = cell.metadata.get("tags", [])
        if tagged(cell) and (not cell.outputs or cell.execution_count is None):
            found.append(f"{where}: tagged {TAG}, but nothing is stored to compare with")
        if cell.outputs and not tagged(cell):
            found.append(f"{where}: an output is stored that nbval does not compare")
        if any(output.output_type == "error" for output in cell.outputs):
            found.append(f"{where}: the stored output is an error")
        if "NBVAL_" in cell.source or {"nbval-skip", "raises-exception"} & set(tags):
            found.append(f"{where}: a mark that makes nbval look away")
        hidden = cell.metadata.get("jupyter", {}).get("outputs_hidden", False)
        if lesson and tagged(cell) and not hidden:
            found.append(f"{where}: its stored output is not folded")
        if cell.source.count(BEGIN) != cell.source.count(END):
            found.append(f"{where}: a solution begins or ends, but not both")
    if not any(tagged(cell) for cell in code_cells(notebook)):
        found.append("no cell is compared by nbval")
    return found


# --- derive ---------------------------------------------------------------------------------------


def derive(solved: NotebookNode) -> NotebookNode:
    """The learners' copy of a solved exercise. Cell ids and the kit's metadata stay.

    An answer cell or its check may raise, so that Run All goes on to the end after a slip.
    """
    student = normalise(solved)
    for cell in code_cells(student):
        cell.source = without_solution(cell.source)
        cell.outputs, cell.execution_count = [], None
        tags = [tag for tag in cell.metadata.pop("tags", []) if tag not in (TAG, MAY_RAISE)]
        if about(cell).get("role") in ("answer", "check"):
            tags.append(MAY_RAISE)
        if tags:
            cell.metadata["tags"] = tags
    return student


def without_solution(source: str) -> str:
    """A cell's source without what stands between the two solution lines.

    >>> without_solution('x = "?"\\n### BEGIN SOLUTION\\nx = 1\\n### END SOLUTION')
    'x = "?"'
    """
    kept, inside = [], False
    for line in source.splitlines():
        inside = inside or line.strip() == BEGIN
        if not inside:
            kept.append(line)
        inside = inside and line.strip() != END
    return "\n".join(kept).strip("\n")


# --- graft ----------------------------------------------------------------------------------------


def graft(student: NotebookNode, target: NotebookNode) -> NotebookNode:
    """A copy of ``target`` with a learner's answers in its answer cells.

    ``target`` is a solved exercise or a newer copy of the same exercise. A question whose answer
    is not found keeps the start that it offers, never a solution. Code cells that the learner
    added go before the next answer that they stood before.
    """
    found = answers(student, target)
    added = _added_cells(student, target, found)
    grafted = copy.deepcopy(target)
    cells, used = [], {cell.get("id") for cell in grafted.cells}
    for cell in grafted.cells:
        id = _answers_question(cell)
        if id is not None:
            cells += [_with_new_id(one, used) for one in added.get(id, [])]
            source = found.get(id)
            cell.source = without_solution(cell.source) if source is None else source
        cells.append(cell)
    grafted.cells = cells + [_with_new_id(one, used) for one in added.get("", [])]
    return grafted


def answers(
    student: NotebookNode, target: NotebookNode, names: Mapping[str, str] | None = None
) -> dict[str, str | None]:
    """For each question of ``target``: the source of the learner's answer, or None.

    Looked for, in this order, by the kit's metadata, the cell's id, the line ``# Q1.1``, the name
    that the cell binds, and the place. Metadata comes before ids because JupyterLab gives new ids
    to the two halves of a split cell. Where several cells match (split, copied), all are taken in
    their order, as a run from top to bottom takes them. ``names`` gives the name to assign where
    the kit does not know the question: on a paper.
    """
    names = names or {}
    wanted = {_answers_question(cell): cell for cell in target.cells if _answers_question(cell)}
    cells = code_cells(student)
    places = _places(student, target)
    found = {}
    for id, cell in wanted.items():
        matches = (
            [one for one in cells if _answers_question(one) == id]
            or [one for one in cells if one.get("id") == cell.get("id") and not about(one)]
            or [one for one in cells if id in MARKER.findall(one.source)]
            or [one for one in cells if (names.get(id) or _name(id)) in bound_names(one.source)]
            or [one for one in (places.get(id),) if one is not None]
        )
        parts = [_own_part(one.source, id) for one in matches]
        found[id] = "\n".join(part for part in parts if part.strip()) if matches else None
    return found


def _answers_question(cell: NotebookNode) -> str | None:
    noted = about(cell)
    is_answer = cell.cell_type == "code" and noted.get("role") == "answer"
    return noted.get("question") if is_answer else None


def _name(id: str) -> str | None:
    question = questions.find(id)
    return question.name if question else None


def _places(student: NotebookNode, target: NotebookNode) -> dict[str, NotebookNode]:
    """Question → the learner's cell at the same place, when no cell was added or lost."""
    mine, theirs = code_cells(student), code_cells(target)
    if len(mine) != len(theirs):
        return {}
    pairs = zip(mine, theirs, strict=True)
    return {
        _answers_question(there): here
        for here, there in pairs
        if _answers_question(there) and not about(here) and not MARKER.search(here.source)
    }


@functools.lru_cache(maxsize=512)
def bound_names(source: str) -> frozenset[str]:
    """Names that a cell assigns at its top level; read from its lines when it does not parse.

    >>> sorted(bound_names("a, b = 1, 2\\nc += 1"))
    ['a', 'b', 'c']
    """
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset(re.findall(r"^(\w+)\s*=(?!=)", source, re.MULTILINE))
    targets = [
        target
        for statement in body
        for target in (*getattr(statement, "targets", ()), getattr(statement, "target", None))
        if target is not None
    ]
    nodes = [node for target in targets for node in ast.walk(target)]
    return frozenset(node.id for node in nodes if isinstance(node, ast.Name))


def _own_part(source: str, id: str) -> str:
    """The lines of one question in a cell that may hold several, without calls of ``check``."""
    starts = [(found.start(), found[1]) for found in MARKER.finditer(source)]
    if len({name for _, name in starts}) > 1 and id in {name for _, name in starts}:
        ends = [start for start, _ in starts[1:]] + [len(source)]
        pieces = [source[a:b] for (a, name), b in zip(starts, ends, strict=True) if name == id]
        source = "\n".join(piece.rstrip() for piece in pieces)
    lines = [line for line in source.splitlines() if not CHECK_CALL.match(line)]
    return "\n".join(lines)


def checked_questions(source: str) -> list[str]:
    """Ids of the questions that a cell's source checks, comments left out, in order."""
    try:
        calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        code = re.sub(r"^\s*#.*$", "", source, flags=re.MULTILINE)
        return list(dict.fromkeys(CHECKED.findall(code)))
    calls.sort(key=lambda call: (call.lineno, call.col_offset))
    ids = [found[1] for call in calls if (found := CHECKED.search(ast.unparse(call)[:80]))]
    return list(dict.fromkeys(ids))


def _added_cells(
    student: NotebookNode, target: NotebookNode, found: dict[str, str | None]
) -> dict[str, list[NotebookNode]]:
    """Code cells that only the learner has, under the question whose answer comes next.

    Those after the last answer stand under "".
    """
    ids = {cell.get("id") for cell in target.cells}
    sources = {cell.source.strip() for cell in target.cells}
    added: dict[str, list[NotebookNode]] = {}
    waiting: list[NotebookNode] = []
    for cell in code_cells(student):
        here = [id for id, source in found.items() if source and _holds(cell, id, source)]
        if here:
            added.setdefault(here[0], []).extend(waiting)
            waiting = []
        elif not (
            not cell.source.strip()
            or about(cell)
            or cell.get("id") in ids
            or cell.source.strip() in sources
            or checked_questions(cell.source)
        ):
            waiting.append(cell)
    added.setdefault("", []).extend(waiting)
    return added


def _holds(cell: NotebookNode, id: str, source: str) -> bool:
    """Whether a learner's cell is one of those that an answer was taken from."""
    part = _own_part(cell.source, id).strip()
    return bool(part) and part in source


def _with_new_id(cell: NotebookNode, used: set) -> NotebookNode:
    fresh = nbformat.v4.new_code_cell(cell.source)
    fresh.id = _cell_id(NotebookNode(source=cell.source), len(used), used)
    return fresh


# --- files ----------------------------------------------------------------------------------------


def solutions() -> list[Path]:
    return sorted((checkout() / "tests" / "solutions").glob("ex*.ipynb"))


def lessons() -> list[Path]:
    return sorted((checkout() / "lessons").glob("*.ipynb"))


def normalised_text(path: Path) -> str:
    """What a file of ours must hold; a lesson is known by its folder."""
    return to_text(normalise(read(path), hide_outputs=path.resolve().parent.name == "lessons"))


def normalise_files(paths: Iterable[Path | str] = (), check: bool = False) -> list[Path]:
    """Normalise lessons and solutions, or the files named; returns those that were not.

    With ``check`` nothing is written.
    """
    changed = []
    for path in [Path(path) for path in paths] or [*lessons(), *solutions()]:
        text = normalised_text(path)
        if path.read_text(encoding="utf-8") != text:
            changed.append(path)
            if not check:
                path.write_text(text, encoding="utf-8")
    return changed


def derive_files(check: bool = False, force: bool = False) -> list[Path]:
    """Make each exercise from its solution; returns those that were not fresh.

    With ``check`` nothing is written. A copy in which somebody worked is refused, unless ``force``:
    answers in it would be lost.
    """
    changed = []
    for path in solutions():
        copy_path = checkout() / "exercises" / path.name
        text = to_text(derive(read(path)))
        if fresh(copy_path, text):
            continue
        changed.append(copy_path)
        if check:
            continue
        if copy_path.exists() and worked_in(read(copy_path)) and not force:
            raise KitError(
                f"exercises/{path.name} holds answers. Save them elsewhere first, then run "
                "`git checkout -- exercises` and derive again."
            )
        copy_path.parent.mkdir(exist_ok=True)
        copy_path.write_text(text, encoding="utf-8")
    return changed


def fresh(path: Path, text: str) -> bool:
    """Whether a derived file is up to date: as it stands, or as git holds it.

    A learner's own answers make the file in the work tree another one; that is no fault of ours.
    """
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return True
    return staged(path) == text


def staged(path: Path) -> str | None:
    """A file as git's index holds it; None without git, outside a checkout, or when not added."""
    try:
        shown = subprocess.run(
            ["git", "show", f":./{path.name}"], cwd=path.parent, capture_output=True, timeout=30
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return shown.stdout.decode("utf-8", "replace") if shown.returncode == 0 else None


def worked_in(notebook: NotebookNode) -> bool:
    """Whether somebody ran cells of this copy."""
    return any(cell.execution_count is not None or cell.outputs for cell in code_cells(notebook))


# --- restore --------------------------------------------------------------------------------------


def restore(path: Path | str) -> None:
    """Put a save file back: the record, and the answers in the exercise notebooks.

    A name alone is looked for here, where ``kit.save()`` writes, and at the top of the course.
    The record and the exercises that were here are kept beside the new ones. Raises KitError, and
    changes nothing, when the file is missing, damaged or not made by ``kit.save()``.
    """
    kept_record, texts = record.unpack(path)
    exercises = {one.name: one for one in (checkout() / "exercises").glob("ex*.ipynb")}
    # Everything is read before anything is written.
    plans = {}
    for name in sorted(texts.keys() & exercises.keys()):
        plans[name] = graft(from_text(texts[name]), derive(read(exercises[name])))
    aside = record.home() / f"exercises-before-{time.strftime('%Y-%m-%d-%H%M%S')}"
    for name, notebook in plans.items():
        aside.mkdir(exist_ok=True)
        (aside / name).write_bytes(exercises[name].read_bytes())
        exercises[name].write_text(to_text(notebook), encoding="utf-8")
    former = record.replace(kept_record)
    exercise_words = "1 exercise" if len(plans) == 1 else f"{len(plans)} exercises"
    print(f"Restored: your record and the answers of {exercise_words}.")
    if former or plans:
        beside = [str(one.name) for one in (former, aside if plans else None) if one]
        print(f"What was here before is kept as {' and '.join(beside)}.")
    if unknown := sorted(texts.keys() - exercises.keys()):
        print(f"Left in the save file, because this release has no such exercise: {unknown}.")
    print("In each exercise that is open: File, Reload Notebook from Disk; then Run All Cells.")
    print("If JupyterLab says that the file changed, press Revert, not Overwrite.")
