"""The tables of a marked class: our own gradebook, and those that learning systems import.

*Moodle* (docs.moodle.org, "Grade import", and mod/assign/feedback/offline/importgradeslib.php): a
grading worksheet is recognised by its columns Identifier, Grade and "Last modified (grade)", and
takes "Feedback comments"; given as the roster it comes back with these filled. Otherwise it is a
table for the grade import, to be mapped by "ID number" or "Email address".

*Canvas* (lib/gradebook_importer.rb): the header is Student, ID, SIS User ID, SIS Login ID, Section
and the assignment; the second row begins with "    Points Possible". Canvas's own export, given as
the roster, keeps its student columns, and the column of an assignment of the same title.

Who handed in nothing keeps the grade that stood there, or none, and so does who is excused ("EX").
`misfits` says what the two systems would pass over without a word.

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
from ..roster import Student, is_of_canvas
from .judge import Mark

VERDICTS = {
    "●": "right",
    "△": "not yet",
    "○": "not attempted",
    "–": "not run",
    "?": "not judged",
}
NOTHING_HANDED_IN = "nothing was handed in"
LONGEST_CELL, LONGEST_FEEDBACK = 500, 20_000  # signs


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
    whose: Mapping[str, str] = field(default_factory=dict)  # student id -> that of its paper

    @property
    def possible(self) -> float:
        return sum(self.points[one.id] for one in self.questions)

    def of(self, student: Student) -> list[Row]:
        return [self.rows[student.id, question.id] for question in self.questions]

    def total(self, student: Student) -> float:
        return sum(row.points for row in self.of(student))


def defused(text: object, longest: int = LONGEST_CELL) -> str:
    """A cell that no spreadsheet takes for a formula, on one line, of bounded length.

    >>> defused("=1+1"), defused("+A1"), defused(" @x"), defused("a\\nb"), defused(3)
    ("'=1+1", "'+A1", "' @x", 'a b', '3')
    """
    words = re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029]+", " ", str(text)[: 2 * longest])
    words = words.encode("utf-8", "replace").decode("utf-8")[:longest]
    formula = words.lstrip().startswith(tuple("=+-@\uff1d\uff0b\uff0d\uff20"))
    never = words.strip() == "-"  # as Moodle writes it
    return f"'{words}" if formula and not never else words


def number(points: float) -> str:
    """Points without needless zeros, a point before decimals.

    >>> number(2.0), number(1.5), number(0.1 + 0.2)
    ('2', '1.5', '0.3')
    """
    return f"{points:.2f}".rstrip("0").rstrip(".")


def in_points(points: float) -> str:
    """Points in words.

    >>> in_points(1), in_points(1.5), in_points(0)
    ('1 point', '1.5 points', '0 points')
    """
    return f"{number(points)} point{'' if points == 1 else 's'}"


def table(rows: Sequence[Sequence[object]], longest: int = LONGEST_CELL) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([[defused(cell, longest) for cell in row] for row in rows])
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


def _score(marked: Marked, student: Student, before: str = "") -> str:
    """The points as a learning system takes them; what stood there when nothing was handed in."""
    excused = before.strip().casefold() in ("ex", "excused")
    return before if excused or student.id not in marked.files else number(marked.total(student))


def misfits(marked: Marked) -> list[str]:
    """What Moodle or Canvas would do to these marks without a word, a sentence each."""
    first = marked.students[0].row if marked.students else {}
    possible, said = number(marked.possible), []
    if all(title in first for title in _WORKSHEET):
        if "Scale" in first:
            said.append("Moodle grades this assignment by a scale and would take no points.")
        for most in sorted({student.row.get("Maximum grade", "") for student in marked.students}):
            if most.strip() and not _is_number(most, marked.possible):
                said.append(
                    f"In Moodle this assignment has {defused(most, 20)} points, here {possible}: "
                    "marks above its maximum are not imported. Set it to the same first."
                )
    if _RESERVED.search(marked.title):
        said.append("Canvas ignores a column with such a title: give the paper another one.")
    return said


def _is_number(text: str, value: float) -> bool:
    try:
        return float(text.replace(",", ".")) == value
    except ValueError:
        return False


def moodle(marked: Marked) -> str:
    """The grading worksheet filled, or a table for Moodle's grade import."""
    titles = list(marked.students[0].row) if marked.students else []
    if all(title in titles for title in _WORKSHEET):
        titles += [] if "Feedback comments" in titles else ["Feedback comments"]
        rows = []
        for student in marked.students:
            row = dict(student.row) | {
                "Grade": _score(marked, student, student.row["Grade"]),
                "Feedback comments": feedback(marked, student),
            }
            if "Maximum grade" in row:
                row["Maximum grade"] = row["Maximum grade"] or number(marked.possible)
            rows.append([row.get(title, "") for title in titles])
        return table([titles, *rows], LONGEST_FEEDBACK)
    titles = ["Full name", "ID number", "Email address"]
    titles += [f"{marked.title} (Real)", f"{marked.title} (Feedback)"]
    people = [(student.name, student.id, student.email) for student in marked.students]
    scores = [
        (_score(marked, student), feedback(marked, student)) for student in marked.students
    ]
    rows = [[*one, *two] for one, two in zip(people, scores, strict=True)]
    return table([titles, *rows], LONGEST_FEEDBACK)


_OF_STUDENTS = (
    "Student", "LastName", "FirstName", "ID", "SIS User ID", "SIS Login ID", "Integration ID",
    "Root Account", "Section",
)  # fmt: skip
# Canvas takes a column whose title holds one of these for its own, and a number in brackets at the
# end for that of an assignment.
_RESERVED = re.compile(r"(Current|Final) (Points|Score|Grade)")
_NUMBERED = re.compile(r"\s*\((\d+)\)$")


def canvas(marked: Marked) -> str:
    """A table for Canvas's gradebook import."""
    titles = list(marked.students[0].row) if marked.students else []
    exported = is_of_canvas(titles)
    kept = [title for title in titles if title in _OF_STUDENTS]
    if not exported:
        kept = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    name = next(
        (title for title in titles if re.fullmatch(rf"{re.escape(marked.title)} \(\d+\)", title)),
        _NUMBERED.sub(r" \1", marked.title),
    )
    possible = ["    Points Possible", *[""] * (len(kept) - 1), number(marked.possible)]
    rows = []
    for student in marked.students:
        own = {
            "Student": student.name or student.id,
            "SIS User ID": student.id,
            "SIS Login ID": student.login,
        }
        cells = [(student.row if exported else own).get(title, "") for title in kept]
        rows.append([*cells, _score(marked, student, student.row.get(name, ""))])
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
