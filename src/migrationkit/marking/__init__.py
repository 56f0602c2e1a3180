"""Marking a class: files → values → judge → gradebook. No line of a submission runs.

``collect`` reads notebooks out of a folder, ``owners`` finds whose they are, ``values`` takes the
answers out as data, ``judge`` has nbval compare verdicts in clean notebooks, ``gradebook`` and
``report`` write what it came to. This module joins them and talks to the instructor.
"""

from __future__ import annotations

import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path

from .. import folders, questions, roster
from ..check import right_line
from ..errors import KitError
from ..questions import Question
from ..roster import Paper, Student
from ..text import listing
from ..variants import paper_id
from . import collect, gradebook, report, values
from .collect import File, Handed
from .gradebook import NOTHING_HANDED_IN, Marked, Row
from .judge import Asked, Class, Pair, judge
from .owners import BY_ITS_OWN_WORD, OTHERS_PAPER, Owners

WORKERS = 2
MOST_NAMED = 30  # files named on the screen; the report names all
OTHER_NUMBER = "its number is not that of the student's paper: other secret, roster or questions?"


def main(folder: str, out: str, secret: str | None, students: str | None, items: str | None) -> int:
    """Mark the notebooks of a folder and write the tables into another; 0 when all was handled."""
    with_progress = Progress(sys.stderr)
    before = signal.signal(signal.SIGINT, with_progress.stop)
    try:
        marked = grade(folder, out, secret, students, items, with_progress)
    except OSError as problem:
        raise KitError(f"The marks could not be written ({problem.strerror}).") from None
    finally:
        with_progress.end()
        signal.signal(signal.SIGINT, before)
    print(summary(marked, Path(out)))
    return 0


def grade(
    folder: str | Path,
    out: str | Path,
    secret: str | Path | None = None,
    students: str | Path | None = None,
    items: str | Path | None = None,
    progress: Callable[[str, int, int], None] = lambda what, done, of: None,
) -> Marked:
    """Mark a folder of submissions into a new folder.

    ``secret`` and ``students`` (the roster) are needed for papers; ``items`` is the file of
    questions that the papers were made with. Raises KitError before anything is written when what
    is asked for is not possible; after that, no submission stops the class. The new folder is there
    when all of it is written, and not before.
    """
    folder, out = Path(folder), Path(out).absolute()
    people = roster.read_roster(students) if students else None
    paper = roster.read_questions(items) if items else None
    if secret:
        roster.read_secret(secret)
    _complain_of_folders(folder, out)
    found, left = collect.files(folder)
    if not found:
        what = "no notebook" if left else "nothing"
        but = f", but {_named(left)}" if left else ""
        raise KitError(f"There is {what} in {folder.name}{but}. Name the folder of submissions.")
    read, unread = _in_workers(_read, [(file.path,) for file in found], "Reading", progress)
    notebooks = {file: read[place] for place, file in enumerate(found) if place in read}
    broken = [(file.shown, unread[place]) for place, file in enumerate(found) if place in unread]
    if not notebooks:
        raise KitError(f"No notebook in {folder.name} can be read: {_named(broken)}.")
    left += broken
    asked = _asked(list(notebooks.values()), paper, bool(secret))
    is_paper = any(shown.startswith("P") for shown in asked.values())
    if is_paper and not secret:
        raise KitError("These are papers. Name the secret they were made with: --secret FILE.")
    if is_paper and not people:
        raise KitError(
            "These are papers. Name the students they were made for: --roster FILE. "
            "What a paper says of itself is no proof of whose it is."
        )
    group, chosen, notes = _class(found, notebooks, people, left)
    return _mark(
        Class(
            tuple(student.id for student in group),
            tuple(asked),
            str(Path(secret).resolve()) if secret and is_paper else "",
            str(Path(items).resolve()) if items else "",
        ),
        group,
        {id: notebooks[file] for id, file in chosen.items()},
        out,
        progress,
        Marked(
            title=_title(paper, asked),
            students=group,
            questions=(),
            points={
                one: paper.points.get(paper_id(id), 1) if paper else 1 for id, one in asked.items()
            },
            rows={},
            notes=notes,
            left=sorted(left),
            files={id: file.shown for id, file in chosen.items()},
            whose={
                id: collect.shown(notebooks[file].claim, 40)
                for id, file in chosen.items()
                if OTHERS_PAPER in notes[id]
            },
        ),
    )


def _named(files: Sequence[tuple[str, str]], most: int = 5) -> str:
    """Files and why each was left, in words."""
    words = [f"{name} ({why})" for name, why in files[:most]]
    return listing([*words, *([f"{len(files) - most} more"] if len(files) > most else [])])


def _complain_of_folders(folder: Path, out: Path) -> None:
    if folder.is_file() and folder.suffix.casefold() in collect.ARCHIVES:
        raise KitError(f"{folder.name} is an archive. Unpack it, and name the folder.")
    if folder.is_file():
        raise KitError(f"{folder.name} is a file. Put it into a folder, and name that.")
    if not folder.is_dir():
        raise KitError(f"There is no folder {folder}. Name the folder of the submissions.")
    here, there = folder.resolve(), out.resolve()
    if there == here or here in there.parents:
        raise KitError(
            f"{out} lies inside the folder of the submissions. "
            "Name a folder beside it: --out FOLDER."
        )
    folders.free(out)


# --- which questions ------------------------------------------------------------------------------


def _asked(handed: Sequence[Handed], paper: Paper | None, secret: bool) -> dict[str, str]:
    """Id of each question asked → the id that students see ("1.1" → "P1.1" on a paper).

    The file of questions says it, else what most notebooks are about: so one of them can neither
    add a question nor drop one.
    """
    listed = [question.id for question in paper.questions] if paper else []
    if any(not id.startswith("P") for id in listed):
        return {id: paper_id(id) for id in listed}
    named = [set(values.named_questions(one)) for one in handed]
    on_paper = [{id for id in ids if id.startswith("P")} for ids in named]
    papers = [ids for ids in on_paper if ids]
    exercises = [ids for ids, own in zip(named, on_paper, strict=True) if ids and not own]
    if secret or len(papers) > len(exercises):
        return _asked_on_papers(papers, listed)
    lessons = Counter(id.partition(".")[0] for ids in exercises for id in _one_a_lesson(ids))
    if not lessons:
        raise KitError(
            "No notebook here holds a question of this kit, so there is nothing to mark."
        )
    lesson = max(lessons, key=lambda one: (lessons[one], one))
    known = questions.of_lesson(int(lesson)) if lesson.isascii() and lesson.isdigit() else ()
    if not known:
        there = listing(one for one in questions.lessons() if questions.of_lesson(one))
        raise KitError(
            f"These notebooks belong to exercise {lesson[:10]}, which is not in this kit. "
            f"It has the exercises {there}."
        )
    return {question.id: question.id for question in known} | {id: id for id in listed}


def _one_a_lesson(ids: set[str]) -> list[str]:
    """One id of the lesson that a notebook has most questions of."""
    lessons = Counter(id.partition(".")[0] for id in ids if id.partition(".")[0].isdigit())
    most = max(lessons.values(), default=0)
    return [f"{lesson}.1" for lesson, many in lessons.items() if many == most][:1]


def _asked_on_papers(papers: Sequence[set[str]], listed: Sequence[str]) -> dict[str, str]:
    if not papers:
        raise KitError("No notebook here is a paper. Exercises are marked without --secret.")
    votes = Counter(id for ids in papers for id in ids)
    chosen = [id for id, many in votes.items() if 2 * many > len(papers)]
    kit = {id.removeprefix("P"): id for id in chosen if questions.find(id.removeprefix("P"))}
    own = sorted(set(chosen) - set(kit.values()) - set(listed))
    if own:
        raise KitError(
            f"The papers ask {listing(own[:5])}, which this kit does not have. Name the file of "
            "questions that they were made with: --questions FILE."
        )
    if not kit and not listed:
        raise KitError("The papers do not agree on their questions. Name them: --questions FILE.")
    order = sorted(kit, key=lambda id: tuple(map(int, id.split("."))))
    return {id: kit[id] for id in order} | {id: id for id in listed}


def _title(paper: Paper | None, asked: Mapping[str, str]) -> str:
    if paper and paper.title:
        return paper.title
    lessons = dict.fromkeys(id.partition(".")[0] for id in asked if not id.startswith("P"))
    kind = "Exercise" if all(id == one for id, one in asked.items()) else "Paper"
    return f"{kind} {listing(lessons)}".strip()


# --- whose ----------------------------------------------------------------------------------------


def _class(
    found: Sequence[File],
    notebooks: Mapping[File, Handed],
    people: Sequence[Student] | None,
    left: list[tuple[str, str]],
) -> tuple[list[Student], dict[str, File], dict[str, list[str]]]:
    """The students in order, the file of each, and remarks. Files of nobody are added to ``left``.

    Of several files of one student the one with most recorded values is marked.
    """
    owners = Owners(people)
    students = {student.id: student for student in people or ()}
    files: dict[str, list[tuple[bool, int, int, File, str]]] = {}
    unread: dict[str, list[str]] = {}
    for place, file in enumerate(found):
        handed = notebooks.get(file)
        student, note = owners.of(file, handed)
        if student is None:
            if handed is not None:
                left.append((file.shown, "no student of the roster was recognised in its name"))
            continue
        students.setdefault(student.id, student)
        if handed is None:
            unread.setdefault(student.id, []).append(file.shown)
            continue
        by_name = note != BY_ITS_OWN_WORD
        filled = len(handed.recorded)
        files.setdefault(student.id, []).append((by_name, filled, place, file, note))
    notes: dict[str, list[str]] = {}
    chosen = {}
    for id in students:
        mine = sorted(files.get(id, []), key=lambda one: one[:3])
        remarks = notes.setdefault(id, [])
        if mine:
            *others, (_, _, _, chosen[id], note) = mine
            remarks += [note] if note else []
            for other in others:
                remarks.append(f"not marked, because there is another file: {other[3].shown}")
        else:
            remarks.append(NOTHING_HANDED_IN if id not in unread else "the file could not be read")
    ordered = list(students.values())
    return (ordered if people else sorted(ordered, key=lambda one: one.id)), chosen, notes


# --- the marks ------------------------------------------------------------------------------------


def _mark(
    group: Class,
    people: Sequence[Student],
    handed: Mapping[str, Handed],
    out: Path,
    progress: Callable[[str, int, int], None],
    marked: Marked,
) -> Marked:
    asking = Asked(group)
    pairs: dict[Pair, values.Answer] = {}
    mine = [number for number, student in enumerate(people) if student.id in handed]
    shown = {id: asking.of(0, id).id for id in group.questions} if people else {}
    others = _of_others(people, handed, set(shown.values()), marked)
    mine = [number for number in mine if people[number].id not in others]
    if group.secret:
        _look_at_numbers(
            {people[number].id: handed[people[number].id] for number in mine}, asking, marked
        )
    lines: dict[Pair, str] = {}
    bare: dict[int, list[Question]] = {number: [] for number in range(len(people))}
    for number in bare:
        for id in group.questions:
            question = asking.of(number, id)
            lines[number, id] = right_line(question)
            bare[number].append(_bare(question))
    jobs = [(handed[people[number].id], bare[number]) for number in mine]
    found, failed = _in_workers(values.answers, jobs, "Finding answers", progress)
    for place, number in enumerate(mine):
        if place in failed:
            marked.notes[people[number].id].append(failed[place])
    by_number = {number: found.get(place, {}) for place, number in enumerate(mine)}
    for number in range(len(people)):
        for id in group.questions:
            nothing = values.Answer(False, note="; ".join(marked.notes[people[number].id]))
            pairs[number, id] = by_number.get(number, {}).get(shown[id], nothing)
    with folders.made_whole(out) as making:
        with tempfile.TemporaryDirectory(
            prefix="judging-", dir=making, ignore_cleanup_errors=True
        ) as work:

            def told(done: int) -> None:
                progress("Marking", done, len(pairs))

            marks = judge(group, lines, pairs, Path(work), told)
        rows = {}
        for (number, id), mark in marks.items():
            points = marked.points[shown[id]] if mark.status == "●" else 0
            row = Row(people[number], shown[id], mark, points, pairs[number, id].note)
            rows[people[number].id, shown[id]] = row
        marked = replace(marked, questions=[asking.of(0, id) for id in group.questions], rows=rows)
        _write(marked, handed, making)
    return marked


def _look_at_numbers(handed: Mapping[str, Handed], asking: Asked, marked: Marked) -> None:
    """Remark on papers that were not made of this secret, roster and questions.

    Raises KitError when that is so of all of three or more: then no mark would mean anything. A
    number is the file's own word, so that it never decides about one student alone.
    """
    told = {id: paper.number for id, paper in handed.items() if paper.number}
    others = [id for id, number in told.items() if number != asking.paper_number(id)]
    if len(others) == len(told) >= 3:
        raise KitError(
            f"None of these {len(told)} papers was made with this secret, this roster and these "
            "questions by this release. Name those that they were made with."
        )
    for id in others:
        if OTHERS_PAPER not in marked.notes[id]:
            marked.notes[id].append(OTHER_NUMBER)


def _of_others(
    people: Sequence[Student], handed: Mapping[str, Handed], asked: set[str], marked: Marked
) -> set[str]:
    """Students whose notebook names questions, and none of those asked; a remark says which."""
    found = set()
    for student in people:
        named = values.named_questions(handed[student.id]) if student.id in handed else []
        if named and not asked & set(named):
            marked.notes[student.id].append(
                f"it holds other questions ({listing(named[:3])}{' …' if named[3:] else ''})"
            )
            found.add(student.id)
    return found


def _bare(question: Question) -> Question:
    """What the search for an answer needs of a question, and can be sent to a worker."""
    return replace(question, expected=None, wrong=(), options={}, variants=None, right_example=None)


def _write(marked: Marked, handed: Mapping[str, Handed], out: Path) -> None:
    texts = {
        "gradebook.csv": gradebook.gradebook(marked),
        "moodle.csv": gradebook.moodle(marked),
        "canvas.csv": gradebook.canvas(marked),
        "misconceptions.csv": gradebook.misconception_table(marked),
        "misconceptions.svg": report.picture(marked),
        "report.html": report.page(marked),
    }
    (out / "copies").mkdir()
    for student in marked.students:
        if student.id in handed:
            name = f"copies/{report.copy_name(student.id)}"
            texts[name] = report.marked_copy(marked, student, handed[student.id])
    for name, text in texts.items():
        (out / name).write_text(text, encoding="utf-8", newline="\n")


# --- workers --------------------------------------------------------------------------------------


def _read(path: Path) -> Handed:
    return collect.read(path)


def _in_workers(
    job: Callable, arguments: Sequence[tuple], what: str, progress: Callable[[str, int, int], None]
) -> tuple[dict[int, object], dict[int, str]]:
    """Results and refusals by place. A file that breaks its worker is refused, and no other."""
    results: dict[int, object] = {}
    refused: dict[int, str] = {}

    def keep(future: Future, place: int) -> None:
        try:
            results[place] = future.result()
        except KitError as problem:
            refused[place] = str(problem)
        except BrokenProcessPool:
            pass  # it is tried again
        except Exception as problem:  # a slip of ours must not stop the class
            refused[place] = f"it could not be read ({type(problem).__name__})"

    def run(places: Sequence[int], workers: int) -> None:
        with ProcessPoolExecutor(workers) as pool:
            jobs = {pool.submit(job, *arguments[place]): place for place in places}
            try:
                for future in as_completed(jobs):
                    keep(future, jobs[future])
                    progress(what, len(results) + len(refused), len(arguments))
            except KeyboardInterrupt:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def open_places() -> list[int]:
        done = results.keys() | refused.keys()
        return [place for place in range(len(arguments)) if place not in done]

    run(open_places(), WORKERS)
    for place in open_places():
        run([place], 1)
        if place in open_places():
            refused[place] = "it could not be read: Python stopped at it"
    return results, refused


# --- words ----------------------------------------------------------------------------------------


class Progress:
    """A bar on one line of a terminal, silent where nobody looks; and where Ctrl+C is heeded.

    Workers start and end at moments in which Python cannot be stopped cleanly. So a key only
    leaves word here, and the next step that is reported raises KeyboardInterrupt.
    """

    def __init__(self, stream):
        self._stream, self._line, self._stopped = stream, "", False
        self._shows = bool(getattr(stream, "isatty", lambda: False)())

    def stop(self, *_) -> None:
        if self._stopped:
            raise KeyboardInterrupt  # pressed again
        self._stopped = True

    def __call__(self, what: str, done: int, of: int) -> None:
        if self._stopped:
            raise KeyboardInterrupt
        full = 30 * done // max(1, of)
        line = f"{what:<16} {'█' * full}{'░' * (30 - full)} {done} of {of}"
        if self._shows and line != self._line:
            self._stream.write(f"\r{line:<70}")
            self._stream.flush()
            self._line = line

    def end(self) -> None:
        if self._shows and self._line:
            self._stream.write("\r" + " " * 70 + "\r")
            self._stream.flush()


def summary(marked: Marked, out: Path) -> str:
    """What was marked, which files were not and why, and where the tables lie."""
    handed = sum(student.id in marked.files for student in marked.students)
    said = [
        f"{marked.title}: the notebooks of {handed} of {len(marked.students)} students were "
        f"marked, {len(marked.questions)} questions, {gradebook.number(marked.possible)} points."
    ]
    signs = Counter(row.mark.status for row in marked.rows.values())
    counts = [f"{signs[sign]} {words}" for sign, words in gradebook.VERDICTS.items() if signs[sign]]
    said.append(f"Answers: {listing(counts)}.")
    if marked.left:
        said.append("Not read:")
        said += [f"  {name}: {why}." for name, why in marked.left[:MOST_NAMED]]
        if len(marked.left) > MOST_NAMED:
            more = len(marked.left) - MOST_NAMED
            said.append(f"  and {more} more, all named in the report.")
    else:
        said.append("Every file was read.")
    said += gradebook.misfits(marked)
    said.append(f"Written to {collect.shown(str(out))}: report.html first, gradebook.csv for all.")
    return "\n".join(said)
