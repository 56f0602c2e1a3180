"""What people read: the class page, the picture of misconceptions, a marked copy for each student.

The page holds no script and loads nothing. All that students wrote is escaped: as text in HTML, as
an indented block in Markdown, in which neither HTML nor Markdown means anything.
"""

from __future__ import annotations

import hashlib
import json
import re
import textwrap
from collections.abc import Sequence
from html import escape

from .. import notebooks
from ..roster import Student
from .collect import Handed, shown
from .gradebook import VERDICTS, Marked, Misconception, Row, in_points, misconceptions, number

MOST_BARS = 12
MOST_CELLS = 300  # of a copy
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem;
  color: #1b1b1b; background: #ffffff; }
table { border-collapse: collapse; } th, td { padding: .2rem .5rem; text-align: left; }
thead th { border-bottom: 2px solid #595959; }
tbody th, td { border-bottom: 1px solid #c8c8c8; }
td.sign { text-align: center; } .scroll { overflow-x: auto; }
"""


def _safe(text: object) -> str:
    return escape(shown(str(text), 300))


# --- the class ------------------------------------------------------------------------------------


def page(marked: Marked) -> str:
    """The report for the class, one HTML file that stands alone."""
    head = "".join(f"<th scope='col'>{_safe(one.id)}</th>" for one in marked.questions)
    rows = "".join(_student_row(marked, student) for student in marked.students)
    asked = "".join(_question_row(marked, question.id) for question in marked.questions)
    signs = " · ".join(f"{sign} {words}" for sign, words in VERDICTS.items())
    left = "".join(f"<li><bdi>{_safe(name)}</bdi>: {_safe(why)}.</li>" for name, why in marked.left)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>{_safe(marked.title)}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>{_safe(marked.title)}</h1>
<p>{len(marked.students)} students, {len(marked.questions)} questions,
{number(marked.possible)} points. {signs}.</p>
<h2>Questions</h2>
<div class="scroll"><table>
<thead><tr><th scope="col">question</th><th scope="col">points</th>
{"".join(f'<th scope="col">{words}</th>' for words in VERDICTS.values())}</tr></thead>
<tbody>{asked}</tbody></table></div>
<h2>Misconceptions</h2>
{picture(marked)}
<h2>Students</h2>
<div class="scroll"><table>
<thead><tr><th scope="col">student</th>{head}<th scope="col">points</th>
<th scope="col">remarks</th></tr></thead>
<tbody>{rows}</tbody></table></div>
<h2>Files that were not read</h2>
{f"<ul>{left}</ul>" if left else "<p>None.</p>"}
</body>
</html>
"""


def _student_row(marked: Marked, student: Student) -> str:
    signs = "".join(
        f'<td class="sign" title="{VERDICTS[row.mark.status]}">{row.mark.status}</td>'
        for row in marked.of(student)
    )
    remarks = "; ".join(marked.notes.get(student.id, ()))
    if student.id in marked.whose:
        remarks += f" (it says that it is the paper of {marked.whose[student.id]})"
    name = f"<bdi>{_safe(student.shown)}</bdi>"
    if student.name:
        name += f" (<bdi>{_safe(student.id)}</bdi>)"
    return (
        f"<tr><th scope='row'>{name}</th>{signs}<td>{number(marked.total(student))}</td>"
        f"<td>{_safe(remarks)}</td></tr>\n"
    )


def _question_row(marked: Marked, id: str) -> str:
    signs = [marked.rows[student.id, id].mark.status for student in marked.students]
    counts = "".join(f"<td>{signs.count(sign)}</td>" for sign in VERDICTS)
    return f"<tr><th scope='row'>{_safe(id)}</th><td>{number(marked.points[id])}</td>{counts}</tr>"


# --- the picture ----------------------------------------------------------------------------------

_WIDTH, _LINE, _LEFT = 900, 18, 60


def picture(marked: Marked) -> str:
    """The most frequent misconceptions as bars, an SVG; each bar says what it stands for."""
    found = misconceptions(marked)[:MOST_BARS]
    many = len(marked.students)
    if not found:
        title = "No wrong answer was recognised as a known misconception"
    else:
        most = found[0].students
        title = f"The most frequent wrong answer was given by {most} of {many} students"
    parts, y = [], 56
    for one in found:
        bar, y = _bar(one, y, found[0].students)
        parts.append(bar)
    words = "; ".join(f"{one.question}: {one.students}" for one in found)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {y}" role="img"
 font-family="system-ui, sans-serif" font-size="14">
<title>{_safe(title)}</title><desc>{_safe(words)}</desc>
<rect width="{_WIDTH}" height="{y}" fill="#ffffff"/>
<text x="8" y="28" font-size="18" fill="#1b1b1b">{_safe(title)}</text>
{"".join(parts)}</svg>
"""


def _bar(one: Misconception, y: int, most: int) -> tuple[str, int]:
    code = f" ({one.code})" if one.code else ""
    lines = textwrap.wrap(shown(f"{one.hint}{code}", 260), 105) or [one.code]
    width = round((_WIDTH - _LEFT - 60) * one.students / most)
    text = "".join(
        f'<text x="{_LEFT}" y="{y + 34 + place * _LINE}" fill="#1b1b1b">{_safe(line)}</text>'
        for place, line in enumerate(lines)
    )
    bar = (
        f'<text x="8" y="{y + 14}" fill="#1b1b1b">{_safe(one.question)}</text>'
        f'<rect x="{_LEFT}" y="{y}" width="{width}" height="18" fill="#0072b2"/>'
        f'<text x="{_LEFT + width + 6}" y="{y + 14}" fill="#1b1b1b">{one.students}</text>{text}\n'
    )
    return bar, y + 46 + len(lines) * _LINE


# --- a student's copy -----------------------------------------------------------------------------


def copy_name(id: str) -> str:
    """A file name that every system takes, and that no two ids share.

    >>> copy_name("s001"), copy_name("../a b")
    ('marked-s001.ipynb', 'marked-a-b-2c2c791a.ipynb')
    """
    bare = re.sub(r"[^a-z0-9]+", "-", id.casefold()).strip("-")[:60]
    if bare != id:
        bare += f"-{hashlib.sha256(id.encode('utf-8', 'replace')).hexdigest()[:8]}"
    return f"marked-{bare}.ipynb"


def marked_copy(marked: Marked, student: Student, handed: Handed) -> str:
    """The student's notebook without outputs, with the verdict under each answer."""
    rows = {row.question: row for row in marked.of(student)}
    cells = [cell for cell in handed.cells if cell["source"].strip()]
    last = {_question_of(cell): place for place, cell in enumerate(cells[:MOST_CELLS])}
    made = [_markdown(_summary(marked, student, [id for id in rows if id not in last]))]
    for place, cell in enumerate(cells[:MOST_CELLS]):
        made.append({"cell_type": cell["cell_type"], "metadata": {}, "source": cell["source"]})
        id = _question_of(cell)
        if id in rows and last[id] == place:
            made.append(_markdown(_said(rows[id])))
    if len(cells) > MOST_CELLS:
        made.append(_markdown(f"{len(cells) - MOST_CELLS} more cells are left out of this copy."))
    for place, cell in enumerate(made):
        cell["id"] = f"cell-{place}"
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    whole = {"cells": made, "metadata": notebooks.METADATA, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _question_of(cell: dict) -> str:
    """The question whose answer or check a cell is."""
    id = cell["metadata"].get("migrationkit", {}).get("question", "")
    if cell["cell_type"] == "code" and not id:
        found = notebooks.MARKER.findall(cell["source"])
        found += notebooks.CHECKED.findall(cell["source"])
        id = found[-1] if found else ""
    return id if cell["cell_type"] == "code" else ""


def _markdown(source: str) -> dict:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def _indented(text: str) -> str:
    """Text as a block that Markdown shows as it stands."""
    lines = [shown(line, 400) for line in text.splitlines()]
    return "\n".join(f"    {line}" for line in lines)


def _said(row: Row) -> str:
    words = f"**Marked: {VERDICTS[row.mark.status]}, {in_points(row.points)}.**\n\n"
    note = f"\n\n{_indented(row.note)}" if row.note else ""
    return f"{words}{_indented(row.mark.line)}{note}"


def _summary(marked: Marked, student: Student, missing: Sequence[str]) -> str:
    total = f"{number(marked.total(student))} of {number(marked.possible)} points"
    said = [f"# Marked: {total}", _indented(f"{marked.title} · {student.shown}")]
    remarks = list(marked.notes.get(student.id, ()))
    if missing:
        remarks.append(f"No answer cell was found for {', '.join(missing)}.")
    if remarks:
        said.append(_indented("\n".join(remarks)))
    return "\n\n".join(said)
