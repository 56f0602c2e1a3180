"""Whose file is it? Names that learning systems give to downloads, and the roster.

Moodle (mod/assign/classes/downloader.php, "Download all submissions"): a folder or a file
``Full Name_12345_assignsubmission_file…``; 12345 is the number of the column Identifier in its
grading worksheet. Where names are hidden, the name is that column's word ("Participant"); where
groups hand in, name and number are the group's, so the number counts only beside a fitting name.
Canvas (lib/content_zipper.rb): a file ``lastfirst_LATE_userid_fileid_name`` with "LATE_" for late
ones; userid is the column ID of its gradebook, and the name is left out where names are hidden.
Else the student's id, login, address or name stands somewhere in the path.

The path is what the learning system or the instructor says. What a paper says of itself is the
student's own word: it counts only where the path says nothing, and never against it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..roster import Student, is_of_canvas
from .collect import File, Handed, shown

_MOODLE = re.compile(r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_file(_.*)?", re.DOTALL)
_CANVAS = re.compile(
    r"(?:(?P<name>(?!(?:LATE_)?anon_).+?)_)?(?P<late>LATE_)?(?P<id>\d+|anon_[A-Za-z0-9]+)_\d+_.+",
    re.DOTALL,
)

BY_ITS_OWN_WORD = "known only by what the paper says of itself"
OTHERS_PAPER = "this is another student's paper, marked by the questions of this student's own"


@dataclass(frozen=True)
class Sign:
    """What a path says of the student: the system, a number, a name."""

    system: str  # "moodle", "canvas" or "path"
    id: str = ""
    name: str = ""


def sign(file: File) -> Sign:
    """What the path of a file says.

    >>> from pathlib import Path
    >>> sign(File(Path("x"), ("Ana Diaz_812_assignsubmission_file_", "ex01.ipynb")))
    Sign(system='moodle', id='812', name='Ana Diaz')
    >>> sign(File(Path("x"), ("diazana_LATE_77_1203_ex01-1.ipynb",)))
    Sign(system='canvas', id='77', name='diazana')
    """
    for part in file.parts:  # outermost first: what is inside may be named by the student
        found = _MOODLE.fullmatch(part)
        if found:
            return Sign("moodle", found["id"], found["name"])
    found = _CANVAS.fullmatch(file.parts[-1])
    if found:
        return Sign("canvas", found["id"], found["name"] or "")
    return Sign("path")


def words(text: str) -> tuple[str, ...]:
    """The words of a name, without case, accents and punctuation.

    >>> words("  Díaz, Ana-María ")
    ('diaz', 'ana', 'maria')
    """
    bare = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(one for one in bare if not unicodedata.combining(one))
    return tuple(re.findall(r"[^\W_]+", bare))


class Owners:
    """Finds the student of each file; with a roster only its students, else as the paths say."""

    def __init__(self, roster: Sequence[Student] | None):
        self.roster = roster
        self._by_id = {student.id: student for student in roster or ()}
        self._participants: dict[str, list[Student]] = defaultdict(list)
        self._canvas_users: dict[str, list[Student]] = defaultdict(list)
        self._by_name: dict[tuple[str, ...], list[Student]] = defaultdict(list)
        self._by_squeezed: dict[str, list[Student]] = defaultdict(list)
        self._keys: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for student in roster or ():
            self._participants[_participant(student)].append(student)
            if is_of_canvas(student.row):
                self._canvas_users[student.row["ID"]].append(student)
            name = words(student.name)
            if name:
                self._by_name[tuple(sorted(name))].append(student)
                for turn in range(len(name)):
                    self._by_squeezed["".join(name[turn:] + name[:turn])].append(student)
            for text in (student.id, student.login, student.email, student.name):
                if words(text):
                    self._keys[words(text)].add(student.id)
        self._longest = max(map(len, self._keys), default=0)

    def of(self, file: File, handed: Handed | None) -> tuple[Student | None, str]:
        """The student of a file and a note; None when nobody is found."""
        said = sign(file)
        if not self.roster:
            return self._without_roster(file, said), ""
        student = None
        if said.system != "moodle":
            # A folder is named by the instructor, a file inside may be named by the student.
            student = self._in(file.parts[:-1], folders=True)
        if student is None and said.system != "path":
            student = self._by_sign(said)
        elif student is None:
            student = self._in(file.parts[-1:])
        if student is not None:
            return student, self._dispute(student, handed)
        if handed is not None and handed.claim in self._by_id:
            return self._by_id[handed.claim], BY_ITS_OWN_WORD
        return None, ""

    def _by_sign(self, said: Sign) -> Student | None:
        """By the system's own number, else by a name that only one student has."""
        name = words(said.name)
        by_squeezed = self._by_squeezed["".join(name)]  # systems leave out spaces, apostrophes
        if said.system == "moodle":
            by_number = [one for one in self._participants[said.id] if _fits(name, one)]
            by_name = self._by_name[tuple(sorted(name))] or by_squeezed
        else:
            by_number = self._canvas_users[said.id]
            by_name = by_squeezed
        found = _only(by_number) or _only(by_name)
        # "paper_s001_2026_11_22" has the form of a download too, and names its student before it.
        return found or (self._in([said.name]) if said.system == "canvas" else None)

    def _in(self, parts: Sequence[str], folders: bool = False) -> Student | None:
        """The student whose id, login, address or name stands in a path; the longest wins.

        In a folder's name a bare number among other words is that of an exercise or of a group.
        """
        for part in parts:
            text = words(part.removesuffix(".ipynb"))
            if folders and len(text) > 1:
                text = tuple(word if not word.isdecimal() else "" for word in text)
            for many in range(min(self._longest, len(text)), 0, -1):
                there = {text[at : at + many] for at in range(len(text) - many + 1)}
                ids = set().union(*(self._keys[one] for one in there & self._keys.keys()))
                if ids:
                    return self._by_id[ids.pop()] if len(ids) == 1 else None
        return None

    def _without_roster(self, file: File, said: Sign) -> Student:
        name = shown(said.name, 80)
        if said.system == "canvas" and "_" not in said.name:
            row = {"Student": name or said.id, "ID": said.id, "Section": ""}
            return Student(said.id, name, row=row)
        if said.system == "moodle":
            # The columns by which Moodle knows a grading worksheet; "-" is its sign for "never".
            row = {"Identifier": f"Participant {said.id}", "Full name": name, "Grade": ""}
            return Student(said.id, name, row=row | {"Last modified (grade)": "-"})
        part = file.parts[-2] if len(file.parts) > 1 else file.parts[-1].removesuffix(".ipynb")
        return Student(shown(part, 60))

    def _dispute(self, student: Student, handed: Handed | None) -> str:
        if handed is None or not handed.claim or handed.claim == student.id:
            return ""
        return OTHERS_PAPER


def _participant(student: Student) -> str:
    """The number in Moodle's column Identifier ("Participant 812"), or nothing."""
    found = re.search(r"(\d+)\s*$", student.row.get("Identifier", ""))
    return found[1] if found else ""


def _fits(name: tuple[str, ...], student: Student) -> bool:
    """Whether a download's name can be the student's: it is, or stands for a hidden one."""
    hidden = words(re.sub(r"\d+\s*$", "", student.row.get("Identifier", "")))
    own = words(student.name)
    same = sorted(name) == sorted(own) or "".join(name) == "".join(own)
    return same or not own or name == hidden


def _only(found: Iterable[Student]) -> Student | None:
    one = list(dict.fromkeys(found))
    return one[0] if len(one) == 1 else None
