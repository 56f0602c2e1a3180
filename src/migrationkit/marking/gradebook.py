"""The tables of a marked class: our own gradebook, and those that learning systems import.

*Moodle* (docs.moodle.org, "Grade import", and mod/assign/feedback/offline/importgradeslib.php): a
grading worksheet is recognised by its columns Identifier, Grade and "Last modified (grade)", and
takes "Feedback comments"; given as the roster it comes back with these filled. Otherwise the table
has the columns of Moodle's own grade export, to be mapped by "ID number" or "Email address". Grade
and feedback stand side by side, because feedback imported alone wipes grades.

*Canvas* (lib/gradebook_importer.rb): the header is Student, ID, SIS User ID, SIS Login ID, Section
and the assignment; the second row begins with "    Points Possible". Canvas's own export, given as
the roster, keeps its student columns, and the column of an assignment of the same title.

Whatever a student wrote is defused: a spreadsheet takes ``=``, ``+``, ``-`` and ``@`` at the start
of a cell for a formula (OWASP, "CSV Injection").
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..questions import Question
from ..roster import Student
from .judge import Mark

VERDICTS = {
    "●": "right",
    "△": "not yet",
    "○": "not attempted",
    "–": "not run",
    "?": "not judged",
}
NOTHING_HANDED_IN = "nothing was handed in"
LONGEST_CELL = 500  # signs


@dataclass(frozen=True)
class Row:
    """One question of one student, marked."""

    student: Student
    question: str
    mark: Mark
    points: float
    note: str = ""


@dataclass
class Marked:
    """A marked class: what every table and page is written from."""

    title: str
    students: Sequence[Student]
    questions: Sequence[Question]  # with the ids that students see
    points: Mapping[str, float]
    rows: Mapping[tuple[str, str], Row]  # student id, question id
    notes: Mapping[str, Sequence[str]] = field(default_factory=dict)  # student id -> remarks
    left: Sequence[tuple[str, str]] = ()  # files not read, with the reason
    files: Mapping[str, str] = field(default_factory=dict)  # student id -> file marked

    @property
    def possible(self) -> float:
        return sum(self.points[one.id] for one in self.questions)

    def of(self, student: Student) -> list[Row]:
        return [self.rows[student.id, question.id] for question in self.questions]

    def total(self, student: Student) -> float:
        return sum(row.points for row in self.of(student))


def defused(text: object) -> str:
    """A cell that no spreadsheet takes for a formula, on one line, of bounded length.

    >>> defused("=1+1"), defused("+A1"), defused(" @x"), defused("a\\nb"), defused(3)
    ("'=1+1", "'+A1", "' @x", 'a b', '3')
    """
    words = re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029]+", " ", str(text)[: 2 * LONGEST_CELL])
    words = words.encode("utf-8", "replace").decode("utf-8")[:LONGEST_CELL]
    formula = words.lstrip().startswith(tuple("=+-@\uff1d\uff0b\uff0d\uff20"))
    never = words.strip() == "-"  # as Moodle writes it
    return f"'{words}" if formula and not never else words


def number(points: float) -> str:
    """Points without needless zeros, a point before decimals.

    >>> number(2.0), number(1.5), number(0.1 + 0.2)
    ('2', '1.5', '0.3')
    """
    return f"{points:.2f}".rstrip("0").rstrip(".")


def table(rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([list(map(defused, row)) for row in rows])
    return text.getvalue()


def gradebook(marked: Marked) -> str:
    """One row for each student and question."""
    rows: list[Sequence[object]] = [
        ("student", "question", "verdict", "points", "misconception", "note")
    ]
    for student in marked.students:
        for row in marked.of(student):
            verdict = VERDICTS[row.mark.status]
            points, code = number(row.points), row.mark.misconception
            rows.append((student.id, row.question, verdict, points, code, row.note))
    return table(rows)


# --- learning systems -----------------------------------------------------------------------------

_WORKSHEET = ("Identifier", "Grade", "Last modified (grade)")


def feedback(marked: Marked, student: Student) -> str:
    """Verdicts in words on one line: "1.1 right; 1.2 not yet (…)"."""
    said = [f"{row.question} {VERDICTS[row.mark.status]}" for row in marked.of(student)]
    return "; ".join([*said, *marked.notes.get(student.id, ())])


def moodle(marked: Marked) -> str:
    """The grading worksheet filled, or a table for Moodle's grade import."""
    titles = list(marked.students[0].row) if marked.students else []
    if all(title in titles for title in _WORKSHEET):
        titles += [] if "Feedback comments" in titles else ["Feedback comments"]
        rows = []
        for student in marked.students:
            row = dict(student.row) | {
                "Grade": number(marked.total(student)),
                "Feedback comments": feedback(marked, student),
            }
            if "Maximum grade" in row:
                row["Maximum grade"] = row["Maximum grade"] or number(marked.possible)
            rows.append([row.get(title, "") for title in titles])
        return table([titles, *rows])
    titles = ["Full name", "ID number", "Email address"]
    titles += [f"{marked.title} (Real)", f"{marked.title} (Feedback)"]
    people = [(student.name, student.id, student.email) for student in marked.students]
    scores = [
        (number(marked.total(student)), feedback(marked, student)) for student in marked.students
    ]
    return table([titles, *([*one, *two] for one, two in zip(people, scores, strict=True))])


_OF_STUDENTS = (
    "Student", "ID", "SIS User ID", "SIS Login ID", "Integration ID", "Root Account", "Section",
)  # fmt: skip


def canvas(marked: Marked) -> str:
    """A table for Canvas's gradebook import."""
    titles = list(marked.students[0].row) if marked.students else []
    exported = titles[:2] == ["Student", "ID"] and "Section" in titles
    kept = [title for title in titles if title in _OF_STUDENTS]
    if not exported:
        kept = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    name = next(
        (title for title in titles if re.fullmatch(rf"{re.escape(marked.title)} \(\d+\)", title)),
        marked.title,
    )
    possible = ["    Points Possible", *[""] * (len(kept) - 1), number(marked.possible)]
    rows = []
    for student in marked.students:
        known = student.row.get("ID", "")  # Canvas's own number, from a download's name
        own = {
            "Student": student.name or student.id,
            "ID": known,
            "SIS User ID": "" if known else student.id,
            "SIS Login ID": student.login,
            "Section": "",
        }
        cells = [(student.row if exported else own).get(title, "") for title in kept]
        rows.append([*cells, number(marked.total(student))])
    return table([[*kept, name], possible, *rows])


# --- misconceptions -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Misconception:
    """A wrong answer that was recognised, and how many gave it."""

    question: str
    code: str
    hint: str
    students: int


def misconceptions(marked: Marked) -> list[Misconception]:
    """Recognised wrong answers, the most frequent first."""
    found: Counter[tuple[str, str, str]] = Counter()
    order = {question.id: place for place, question in enumerate(marked.questions)}
    for row in marked.rows.values():
        if row.mark.status == "△":
            hint = _hint(row, marked)
            if hint or row.mark.misconception:
                found[row.question, row.mark.misconception, hint] += 1
    listed = sorted(found.items(), key=lambda one: (-one[1], order[one[0][0]], one[0]))
    return [Misconception(*key, many) for key, many in listed]


def _hint(row: Row, marked: Marked) -> str:
    """The hint that a verdict's line gave, when it is one that the question's author wrote."""
    said = " ".join(row.mark.line.split()).partition(": not yet. ")[2]
    question = next(one for one in marked.questions if one.id == row.question)
    hints = {" ".join(wrong.hint.split()) for wrong in question.wrong}
    return said if said in hints else ""


def misconception_table(marked: Marked) -> str:
    rows = [
        (one.question, one.code, one.hint, one.students, len(marked.students))
        for one in misconceptions(marked)
    ]
    return table([("question", "misconception", "hint", "students", "of"), *rows])
