"""Who hands in, and what each is asked: roster, secret, the instructor's own questions.

``paper`` and ``grade`` both read them here, so that a paper is marked as it was made. Nothing here
reads a submission. What a student draws is an HMAC of the student's id, the question's id and the
secret (RFC 2104, SHA-256): the same on every machine, and not to be guessed without the secret.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from . import questions, variants
from .errors import KitError
from .questions import KINDS, Question, Variants, Wrong
from .text import listing
from .variants import paper_id

LARGEST = 1_000_000  # bytes of a roster or of a file of questions
MOST_STUDENTS = 5_000
SHORTEST_SECRET, LONGEST_SECRET = 16, 4096  # bytes
OWN_ID = re.compile(r"P[A-Za-z0-9][A-Za-z0-9_-]{0,20}")

# --- students -------------------------------------------------------------------------------------

# The first column that is there gives the id. Moodle's grading worksheet calls it Identifier,
# Canvas's gradebook ID; both exports can be used as they are.
IDS = ("student id", "id number", "identifier", "sis user id", "id", "student")
NAMES = ("name", "full name", "student name", "student")
EMAILS = ("email", "email address")
LOGINS = ("login", "username", "sis login id", "email address")


@dataclass(frozen=True)
class Student:
    """One student. ``row`` is the row of the roster as it was, to give it back whole."""

    id: str
    name: str = ""
    email: str = ""
    login: str = ""
    row: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def shown(self) -> str:
        return self.name or self.id


def is_of_canvas(titles: Iterable[str]) -> bool:
    """Whether these are the columns of Canvas's gradebook export, in either form of the name.

    >>> is_of_canvas(["Student", "ID", "Section"]), is_of_canvas(["name", "ID"])
    (True, False)
    """
    there = set(titles)
    return {"ID", "Section"} <= there and ("Student" in there or {"LastName", "FirstName"} <= there)


def _text_of(path: Path | str, what: str) -> str:
    path = Path(path)
    try:
        if path.is_dir():
            raise KitError(f"{path} is a folder. Name the file of the {what}.")
        if not path.is_file():
            raise KitError(f"There is no file {path.name}. Name the {what} with its folder.")
        if path.stat().st_size > LARGEST:
            raise KitError(f"{path.name} is larger than a megabyte, so it is no {what}.")
        return path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise KitError(
            f"{path.name} cannot be read as UTF-8 text. "
            f"Save the {what} as {'CSV UTF-8' if what == 'roster' else 'JSON'}."
        ) from None


def read_roster(path: Path | str) -> list[Student]:
    """The students of a roster, in its order.

    A CSV file with a row a student: a column ``student`` (or one of ``IDS``) and, when known,
    ``name``, ``email``, ``login``. Raises KitError when the file is missing, has no such column,
    or names a student twice.
    """
    name = Path(path).name
    text = _text_of(path, "roster")
    comma = max(",;\t", key=(text.splitlines() or [""])[0].count)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=comma, strict=True))
    except csv.Error:
        raise KitError(f"{name} is no CSV file: a quotation mark is not closed.") from None
    if not rows or not any(cell.strip() for cell in rows[0]):
        raise KitError(f"{name} is empty. The first line names the columns: student,name,email.")
    at = {}
    for place, title in enumerate(rows[0]):
        at.setdefault(" ".join(title.split()).casefold(), place)
    if not any(column in at for column in IDS):
        raise KitError(
            f"{name} has no column that names the students. It has: {listing(rows[0][:8])}. "
            "Call one of them “student”; “name”, “email” and “login” are welcome besides."
        )
    found = [_student(row, rows[0], at) for row in rows[1:] if any(map(str.strip, row))]
    students = [one for one in found if one is not None]
    _complain_of_ids(name, students)
    return students


def _student(row: list[str], titles: list[str], at: Mapping[str, int]) -> Student | None:
    """One row; None for the rows of Canvas that are no student."""

    def cell(columns: tuple[str, ...]) -> str:
        there = [at[one] for one in columns if one in at]
        filled = (row[place].strip() for place in there if place < len(row))
        return next((text for text in filled if text), "")

    # In Canvas "Student" is a name beside an ID; elsewhere it is the id itself.
    canvas = ("student" in at or {"lastname", "firstname"} <= at.keys()) and "id" in at
    names = NAMES if canvas or not any(one in at for one in IDS[:-1]) else NAMES[:-1]
    first, last = cell(("first name", "firstname")), cell(("last name", "lastname", "surname"))
    if canvas and (not row[0].strip() or row[0].strip() in ("Points Possible", "Student, Test")):
        return None
    if canvas and (last, first) == ("Student", "Test"):
        return None
    ids = ("id",) if canvas else IDS
    name = cell(names) or f"{first} {last}".strip()
    kept = {title: row[place] if place < len(row) else "" for place, title in enumerate(titles)}
    return Student(cell(ids), name, cell(EMAILS), cell(LOGINS), kept)


def _complain_of_ids(name: str, students: list[Student]) -> None:
    if not students:
        raise KitError(f"{name} names no student: only its first line is filled.")
    if len(students) > MOST_STUDENTS:
        raise KitError(f"{name} names more than {MOST_STUDENTS} students. Split it by group.")
    seen: set[str] = set()
    for place, student in enumerate(students, start=2):
        if not student.id or len(student.id) > 64 or not student.id.isprintable():
            raise KitError(f"{name}, about line {place}: a student has no usable id.")
        if student.id in seen:
            raise KitError(f"{name}: the id {student.id} stands twice. Each student needs an own.")
        seen.add(student.id)


# --- the secret -----------------------------------------------------------------------------------


def read_secret(path: Path | str) -> bytes:
    """The instructor's secret: what a file holds, without white space at its ends."""
    path = Path(path)
    try:
        if path.is_dir():
            raise KitError(f"{path} is a folder. Name the file of the secret.")
        if not path.is_file():
            raise KitError(
                f"There is no file {path.name}. Name the secret with which the papers were made."
            )
        with path.open("rb") as file:
            secret = file.read(LONGEST_SECRET + 1).strip()
    except OSError:
        raise KitError(f"{path.name} cannot be read. Check who may read it.") from None
    if not SHORTEST_SECRET <= len(secret) <= LONGEST_SECRET:
        raise KitError(
            f"{path.name} is no secret of ours: it must hold {SHORTEST_SECRET} to "
            f"{LONGEST_SECRET} characters. `python -m migrationkit paper` makes one."
        )
    return secret


def draw(secret: bytes, student: str, question: str, among: int) -> int:
    """The number from 0 to ``among`` - 1 that a student draws for a question.

    >>> [draw(b"an example secret", name, "P1.1", 6) for name in ("ana", "ben", "chi")]
    [0, 4, 4]
    """
    said = b"migrationkit paper 1\0" + student.encode() + b"\0" + question.encode()
    return int.from_bytes(hmac.digest(secret, said, hashlib.sha256), "big") % among


# --- questions ------------------------------------------------------------------------------------


def asked(question: Question, student: str, secret: bytes) -> Question:
    """The question as one student's paper asks it: own case, own order of the options."""
    id = paper_id(question.id)
    return variants.asked(
        question, lambda what, among: draw(secret, student, f"{id} {what}", among)
    )


def paper_number(student: str, secret: bytes, bound: Iterable[Question]) -> str:
    """The number of one student's paper: another secret, roster or question gives another one.

    ``bound`` are the questions as this student is asked them. What is right plays no part.
    """
    told = [(one.id, one.prompt, one.form, list(one.options.items()), one.start) for one in bound]
    said = f"{student}\0{json.dumps(told)}"
    return hmac.digest(secret, b"migrationkit number 2\0" + said.encode(), "sha256").hex()[:20]


@dataclass(frozen=True)
class Paper:
    """What an instructor's file asks: questions of the kit and own items, and their points."""

    title: str
    questions: tuple[Question, ...]
    points: Mapping[str, float]  # paper id -> points


def read_questions(path: Path | str) -> Paper:
    """The instructor's questions from a JSON file; see INSTRUCTORS for its form.

    ``questions`` lists ids of the kit ("1.1") and own items, which are dictionaries with the
    fields of a Question. Raises KitError that names the line.
    """
    name = Path(path).name
    text = _text_of(path, "file of questions")
    try:
        content = json.loads(text)
    except json.JSONDecodeError as problem:
        raise KitError(
            f"{name}, line {problem.lineno}: this is not JSON ({problem.msg})."
        ) from None
    except (RecursionError, ValueError):
        raise KitError(f"{name} is not JSON that can be read.") from None
    entries = content.get("questions") if isinstance(content, dict) else None
    if not isinstance(entries, list) or not entries:
        raise KitError(f'{name} needs a list "questions", with at least one question in it.')
    found: list[Question] = []
    points: dict[str, float] = {}
    for entry in entries:
        try:
            question, worth = _kit_question(entry) if _is_kit(entry) else _own_item(entry)
            if question.id in {one.id for one in found}:
                raise KitError(f"“{question.id}” stands twice.")
        except KitError as problem:
            raise KitError(f"{name}, line {_line_of(text, entry)}: {problem}") from None
        found.append(question)
        points[paper_id(question.id)] = worth
    title = content.get("title")
    return Paper(title if isinstance(title, str) else "", tuple(found), points)


def _line_of(text: str, entry: object) -> int:
    """The line on which an entry's id stands, else that of the list."""
    id = entry if isinstance(entry, str) else entry.get("id") if isinstance(entry, dict) else None
    place = text.find(json.dumps(id)) if isinstance(id, str) else -1
    return text.count("\n", 0, place if place >= 0 else text.find('"questions"')) + 1


def _is_kit(entry: object) -> bool:
    return isinstance(entry, str) or (isinstance(entry, dict) and entry.keys() <= {"id", "points"})


def _kit_question(entry: object) -> tuple[Question, float]:
    entry = {"id": entry} if isinstance(entry, str) else entry
    question = questions.find(str(entry.get("id")))
    if question is None:
        raise KitError(f"there is no question “{str(entry.get('id'))[:40]}” in this kit.")
    return question, _points(entry)


def _points(entry: Mapping) -> float:
    worth = entry.get("points", 1)
    if type(worth) not in (int, float) or not 0 < worth <= 1000:
        raise KitError("points must be a number above 0, 1000 at most.")
    return worth


# Field of an own item -> type of its JSON value and whether it is needed.
_FIELDS = {
    "id": (str, True), "kind": (str, True), "name": (str, True), "prompt": (str, True),
    "form": (str, True), "title": (str, False), "unit": (str, False), "meaning": (str, False),
    "pointer": (str, False), "parallel": (str, False), "tolerance": ((int, float), False),
    "options": (dict, False), "keys": (list, False), "start": (object, False),
    "points": ((int, float), False), "wrong": (list, False), "variants": (list, False),
    "expected": (object, False),
}  # fmt: skip


def _own_item(entry: object) -> tuple[Question, float]:
    if not isinstance(entry, dict):
        raise KitError('a question is an id of the kit ("1.1") or a dictionary in braces.')
    for key, (kind, needed) in _FIELDS.items():
        if needed and not entry.get(key):
            raise KitError(f'the question has no "{key}".')
        if key in entry and not isinstance(entry[key], kind):
            raise KitError(f'"{key}" has the wrong form.')
    if unknown := sorted(entry.keys() - _FIELDS.keys()):
        raise KitError(f"unknown: {listing(unknown[:5])}. Known: {listing(_FIELDS)}.")
    if not OWN_ID.fullmatch(entry["id"]):
        raise KitError('an own id begins with P and holds letters, digits, "-" and "_": "P1".')
    if entry["kind"] not in KINDS:
        raise KitError(f"there is no kind “{entry['kind'][:20]}”. Kinds: {listing(KINDS)}.")
    if not entry["name"].isidentifier():
        raise KitError(f"“{entry['name'][:40]}” cannot be the name of an answer in Python.")
    cases = entry.get("variants") or ([entry] if "expected" in entry else [])
    if not cases or not all(isinstance(case, dict) and "expected" in case for case in cases):
        raise KitError('it needs "expected", or "variants" that each hold "expected".')
    answers = [_expected(entry["kind"], case["expected"], entry) for case in cases]
    kept = {"title": entry["id"], "meaning": "This is the answer asked for."}
    kept |= {"pointer": "Read the question again.", "parallel": "No example is given here."}
    kept |= {key: entry[key] for key in _FIELDS.keys() & entry.keys() - _NOT_OF_A_QUESTION}
    kept["keys"] = tuple(entry.get("keys", ()))
    own = {}
    wrong = tuple(_wrongs(entry, cases[0]))
    if "variants" in entry:
        pairs = zip(cases, answers, strict=True)
        own["variants"] = Variants(
            cases=tuple(dict(case) | {"expected": answer} for case, answer in pairs),
            prompt=entry["prompt"],
            wrong=wrong,
        )
    question = Question(**kept, **own, expected=_answer_of(answers[0]), wrong=wrong)
    return question, _points(entry)


_NOT_OF_A_QUESTION = {"expected", "variants", "wrong", "points", "keys"}


def _answer_of(first: object):
    def expected(expected: object = first, **_: object) -> object:
        return expected

    return expected


def _expected(kind: str, value: object, entry: Mapping) -> object:
    """The JSON of an expected value as the question's kind wants it."""
    options = entry.get("options", {})
    if kind == "NUM":
        if type(value) not in (int, float):
            raise KitError('"expected" must be a number.')
        return value
    if kind == "MCQ":
        letters = list(value.values()) if isinstance(value, dict) else [value]
        if not letters or not all(letter in options for letter in letters if _is_text(letter)):
            raise KitError('"expected" must be a letter of "options".')
        if not all(map(_is_text, letters)):
            raise KitError('"expected" must be a letter of "options".')
        return value
    if kind in ("MSQ", "ORD"):
        if not isinstance(value, list) or not value or not all(map(_is_text, value)):
            raise KitError('"expected" must be a list of texts.')
        if kind == "MSQ" and not set(value) <= set(options):
            raise KitError('"expected" must be letters of "options".')
        return set(value) if kind == "MSQ" else tuple(value)
    if kind == "CLS":
        if not isinstance(value, dict) or not value or not set(value.values()) <= set(options):
            raise KitError('"expected" must give each item one of the "options".')
        return value
    if kind == "DF":
        rows = value if isinstance(value, list) else []
        keys = entry.get("keys") or []
        if not rows or not keys or not all(isinstance(row, dict) for row in rows):
            raise KitError('"expected" must be a list of rows, and "keys" must name their labels.')
        if not all(set(keys) < row.keys() == rows[0].keys() for row in rows):
            raise KitError("each row needs the same columns, those of “keys” among them.")
        return rows
    wanted = ("x", "y", "avoid", "mark", "unit")
    if not isinstance(value, dict) or not all(isinstance(value.get(one), list) for one in wanted):
        raise KitError(f'"expected" of a chart must hold lists: {listing(wanted)}.')
    return value


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _wrongs(entry: Mapping, case: Mapping):
    """The wrong answers of an own item; "{key}" stands for that value of the student's case."""
    for wrong in entry.get("wrong", []):
        if not isinstance(wrong, dict) or not _is_text(wrong.get("hint")) or "example" not in wrong:
            raise KitError('each of "wrong" needs an "example" and a "hint".')
        key = re.fullmatch(r"\{(\w+)\}", str(wrong["example"]))
        if key and key[1] not in case:
            raise KitError(f"a wrong answer names “{key[1]}”, which the variants do not hold.")
        example = _from_case(key[1], case[key[1]]) if key else wrong["example"]
        yield Wrong(example, wrong["hint"], str(wrong.get("code", "")))


def _from_case(key: str, first: object):
    def example(**case: object) -> object:
        return case.get(key, first)

    return example
