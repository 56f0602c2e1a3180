"""The gates: what every lesson must hold before it is shown to anyone.

A gate is a small function that reads a lesson and yields what is wrong with it, one sentence each
with the cell and what to do. It runs no cell and changes nothing, so all gates over all lessons
take a second or two. A new lesson is picked up by its file name, `lessons/NN-slug.ipynb`; lesson 0,
the orientation, is exempt from the anatomy.

    python tests/lessons.py           every finding of today
    python tests/test_gates_bite.py   a poor copy of a lesson, and which gate catches what
"""

from __future__ import annotations

import ast
import csv
import importlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

from migrationkit import notebooks

if TYPE_CHECKING:
    from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[1]
TAG = notebooks.TAG

# ---- What holds for every lesson -----------------------------------------------------------------

OPENING = ["At a glance", "Recall", "The puzzle"]
CLOSING = [
    "What the data cannot say", "Claims ledger", "Vote and exit ticket", "Key points",
    "Practise and go on",
]  # fmt: skip
ROWS = ["Minutes", "Needs", "Data", "Passages"]  # of the table At a glance
SECTIONS = range(2, 5)
FIGURES = range(2, 5)
MORE_FIGURES = {1: 5}  # its own four, and the world map
GUESSES = range(1, 3)  # figures that ask for a prediction first
QUESTIONS = range(5, 10)
KINDS = 4
L3_ITEMS = 2
CLAIMS_OF_LEDGER = 2  # rows of the ledger that a lesson closes, at least
MOST_CELLS = 45
SITTING = 45  # minutes
MOST_WORDS = 120  # in the puzzle, and between two cells where the learner acts
LONGEST_SENTENCE = 35  # words
AVERAGE_SENTENCE = 18
SHORT_LINE = 12  # words: two sentences as short as this may share a line
SETUP_LINES = 5
LARGEST_IMAGE = 150_000  # bytes

# Verbs of Bloom's six levels that somebody else can see being done. "Understand" is not among them.
VERBS = """
    define identify label list locate match name recall recognise select state
    classify compare contrast describe distinguish estimate explain illustrate infer interpret
    outline paraphrase predict read summarise translate
    answer apply build calculate choose complete compute convert draw make measure place run save
    solve use
    analyse attribute break check decompose examine map order reconcile relate separate sort test
    trace
    argue assess critique defend evaluate judge justify rank recommend weigh
    compose design draft formulate hand negotiate plan produce propose revise write
"""

KNOWN_CAPITALS = {"CSV", "EU", "OK", "UK", "US"}
VAGUE_LINKS = {
    "click here", "here", "link", "more", "page", "read more", "see", "this", "this link",
    "this page", "website",
}  # fmt: skip
PAPERS = ("README.md", "INSTRUCTORS.md", "CONTRIBUTING.md")
GUIDE = [
    "Minute by minute",
    "What each figure must dislodge",
    "Questions that come",
    "Activity kit",
    "Answers",
    "Sensitive points",
    "If the network fails",
]  # parts of a lesson in INSTRUCTORS.md, by the first words of their headings
ADDRESSES = ("https://creativecommons.org/", "https://jupyter.org")  # beside the catalogue's own
FORBIDDEN = """
    aiohttp boto3 ftplib http httpx imaplib paramiko pooch pyodide requests smtplib socket ssl
    subprocess telnetlib urllib urllib3 webbrowser websockets xmlrpc
"""

# ---- The house as the gates see it ---------------------------------------------------------------


@dataclass(frozen=True)
class Finding:
    """One thing to mend, and where."""

    lesson: str
    cell: str
    what: str

    def __str__(self) -> str:
        return f"{self.lesson} · {self.cell}: {self.what}"


@dataclass
class Page:
    """A notebook of the course."""

    path: str
    number: int
    slug: str
    notebook: NotebookNode

    @property
    def name(self) -> str:
        return f"{self.number:02}-{self.slug}"

    @property
    def cells(self) -> list[NotebookNode]:
        return self.notebook.cells

    @property
    def code(self) -> list[NotebookNode]:
        return [cell for cell in self.cells if cell.cell_type == "code"]

    @property
    def markdown(self) -> list[NotebookNode]:
        return [cell for cell in self.cells if cell.cell_type == "markdown"]


@dataclass
class Figure:
    """What a figure module says of one figure."""

    id: str
    function: str
    guess: bool
    sources: frozenset[str]
    loads: frozenset[str]  # tables and maps that it reads, its view and their helpers included


@dataclass
class FigureFile:
    path: str
    figures: list[Figure] = field(default_factory=list)
    functions: dict[str, str] = field(default_factory=dict)  # name → its code, comments left out


@dataclass
class House:
    """Everything that the gates compare lessons with. Plain data, so a test may spoil a copy."""

    root: Path
    files: set[str]
    lessons: dict[int, Page]
    solutions: dict[int, Page]
    figures: dict[int, FigureFile]
    questions: dict[int, SimpleNamespace]  # path, title, questions, polls
    tables: set[str]
    addresses: set[str]
    ledger: dict[str, dict] | None  # claim → its row; None while there is no ledger
    numerals: list[dict]
    words: list[dict]
    exceptions: list[dict]
    papers: dict[str, str]  # README and the guides: name → Markdown
    texts: list[tuple[str, str, str]]  # file, place, text of what is read outside notebooks

    @classmethod
    def read(cls, root: Path = ROOT) -> House:
        folders = ["lessons", "exercises", "tests/solutions", "src/migrationkit/figures",
                   "src/migrationkit/questions"]  # fmt: skip
        files = {path.relative_to(root).as_posix()
                 for folder in folders for path in (root / folder).glob("*.*")}  # fmt: skip
        package = json.loads((root / "data/datapackage.json").read_text(encoding="utf-8"))
        papers = {name: (root / name).read_text(encoding="utf-8")
                  for name in PAPERS if (root / name).exists()}  # fmt: skip
        return cls(
            root=root,
            files=files,
            lessons=_pages(root, files, r"lessons/(\d\d)-([a-z0-9-]+)\.ipynb"),
            solutions=_pages(root, files, r"tests/solutions/ex(\d\d)-([a-z0-9-]+)\.ipynb"),
            figures=_figure_files(root, files),
            questions=_question_files(files),
            tables={entry["name"] for entry in package["resources"]},
            addresses={text for text in _strings_in(package) if re.match(r"https?://", text)},
            ledger=_ledger(root / "data/ledger.csv"),
            numerals=_rows(root / "tests/numerals-allowed.csv"),
            words=_rows(root / "tests/words.csv"),
            exceptions=_rows(root / "tests/words-exceptions.csv"),
            papers=papers,
            texts=[*_texts_of_modules(root, files), *_texts_of_papers(papers),
                   *_texts_of_catalogue(package)],
        )  # fmt: skip


def _pages(root: Path, files: set[str], pattern: str) -> dict[int, Page]:
    found = {}
    for path in sorted(files):
        if match := re.fullmatch(pattern, path):
            notebook = notebooks.read(root / path)
            found[int(match[1])] = Page(path, int(match[1]), match[2], notebook)
    return found


def _rows(path: Path) -> list[dict]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _ledger(path: Path) -> dict[str, dict] | None:
    return {row["id"]: row for row in _rows(path)} if path.exists() else None


def _question_files(files: set[str]) -> dict[int, SimpleNamespace]:
    found = {}
    for path in sorted(files):
        if match := re.fullmatch(r".*/questions/lesson(\d\d)\.py", path):
            module = importlib.import_module(f"migrationkit.questions.lesson{match[1]}")
            found[int(match[1])] = SimpleNamespace(
                path=path, title=getattr(module, "TITLE", ""),
                questions=tuple(getattr(module, "QUESTIONS", ())),
                polls=tuple(getattr(module, "POLLS", ())),
            )  # fmt: skip
    return found


def _figure_files(root: Path, files: set[str]) -> dict[int, FigureFile]:
    found = {}
    for path in sorted(files):
        if match := re.fullmatch(r".*/figures/lesson(\d\d)\.py", path):
            found[int(match[1])] = figure_file(path, (root / path).read_text(encoding="utf-8"))
    return found


def figure_file(path: str, source: str) -> FigureFile:
    """A figure module read without running it."""
    body = ast.parse(source).body
    functions = {one.name: one for one in body if isinstance(one, ast.FunctionDef)}
    constants = {dotted(one.targets[0]): one.value for one in body if isinstance(one, ast.Assign)}
    figures = []
    for name, function in functions.items():
        for call in calls(function, "explore"):
            given = {keyword.arg: keyword.value for keyword in call.keywords}
            if "figure" in given:
                sources = given.get("sources")
                if isinstance(sources, ast.Name):
                    sources = constants.get(sources.id)
                figures.append(Figure(
                    id=constant(given["figure"]), function=name, guess="guess" in given,
                    sources=frozenset(constants_in(sources)),
                    loads=frozenset(_loads_of(name, functions)),
                ))  # fmt: skip
    return FigureFile(path, figures, {name: code_of(one) for name, one in functions.items()})


def _loads_of(name: str, functions: dict[str, ast.FunctionDef]) -> set[str]:
    """Tables and maps that a function reads, with those of the functions that it names."""
    seen, waiting, loads = set(), [name], set()
    while waiting:
        one = waiting.pop()
        if one in functions and one not in seen:
            seen.add(one)
            loads |= loaded(functions[one])
            waiting += [node.id for node in ast.walk(functions[one]) if isinstance(node, ast.Name)]
    return loads


def _strings_in(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for part in data.values() if isinstance(data, dict) else data:
            yield from _strings_in(part)


def _texts_of_modules(root: Path, files: set[str]) -> Iterator[tuple[str, str, str]]:
    for path in sorted(files):
        if path.endswith(".py"):
            for line, text in strings_of(ast.parse((root / path).read_text(encoding="utf-8"))):
                yield path, f"line {line}", text


def _texts_of_papers(papers: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    for name, source in papers.items():
        for line in prose(source):
            yield name, f"line {line.number}", line.text


def _texts_of_catalogue(package: dict) -> Iterator[tuple[str, str, str]]:
    said = ("title", "description", "caveat", "caveats", "breaks")  # what a source line shows
    for entry in package["resources"]:
        for text in _strings_in([entry.get(key, "") for key in said]):
            yield "data/datapackage.json", entry["name"], text


# ---- Reading code --------------------------------------------------------------------------------


@lru_cache(maxsize=1000)
def tree(source: str) -> ast.Module:
    """The code of a cell; empty when it is not plain Python, which the gate `code` reports."""
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.Module(body=[], type_ignores=[])


def dotted(node: ast.AST) -> str:
    """`kit.figures.lesson01.register`, as it is written."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def calls(node: ast.AST, *names: str) -> list[ast.Call]:
    """Calls in their order on the page; with names, those of `kit.<name>` or a plain `<name>`."""
    wanted = {*names, *(f"kit.{name}" for name in names)}
    found = [one for one in ast.walk(node) if isinstance(one, ast.Call)]
    found = [one for one in found if not names or dotted(one.func) in wanted]
    return sorted(found, key=lambda one: (one.lineno, one.col_offset))


def constant(node: ast.AST | None) -> str:
    """The text of a literal, else nothing."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def constants_in(node: ast.AST | None) -> list[str]:
    return [text for part in ast.walk(node) if (text := constant(part))] if node else []


def first_argument(call: ast.Call) -> str:
    return constant(call.args[0]) if call.args else ""


def loaded(node: ast.AST) -> set[str]:
    """Names of the tables and maps that code reads through the kit."""
    return {first_argument(call) for call in calls(node, "load", "shapes")} - {""}


def code_of(function: ast.FunctionDef) -> str:
    """A function's code without comments and layout."""
    return ast.unparse(function)


def strings_of(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Texts in code, with their lines; the parts of an f-string read as one text."""
    if isinstance(node, ast.JoinedStr):
        parts = [constant(part) or "…" for part in node.values]
        yield node.lineno, "".join(parts)
    elif constant(node):
        yield node.lineno, node.value
    else:
        for child in ast.iter_child_nodes(node):
            yield from strings_of(child)


def tagged(cell: NotebookNode) -> bool:
    return TAG in cell.metadata.get("tags", [])


def outputs(cell: NotebookNode) -> str:
    """The stored output as text."""
    parts = [output.get("text") or output.get("data", {}).get("text/plain", "")
             for output in cell.get("outputs", [])]  # fmt: skip
    return "\n".join("".join(part) for part in parts)


def asked(cell: NotebookNode) -> list[str]:
    """Ids that a cell asks: `kit.ask("1.vote")`."""
    return [first_argument(call) for call in calls(tree(cell.source), "ask")]


def claim_id(cell: NotebookNode) -> str:
    """The id that a claim cell prints first, or nothing."""
    printed = calls(tree(cell.source), "print")
    match = re.fullmatch(r"Claim (\S+)", first_argument(printed[0])) if printed else None
    return match[1] if match else ""


def is_claim(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and (cell.id.startswith("claim") or bool(claim_id(cell)))


def drawn(cell: NotebookNode, house: House) -> list[Figure]:
    """The figures that a code cell shows; one that is built in the cell has no function."""
    if cell.cell_type != "code":
        return []
    found = []
    for call in calls(tree(cell.source)):
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        name = dotted(call.func)
        if name == "kit.explore":
            sources = frozenset(constants_in(given.get("sources")))
            found.append(Figure(constant(given.get("figure")), "", "guess" in given, sources,
                                sources))  # fmt: skip
        elif match := re.fullmatch(r"kit\.figures\.lesson(\d\d)\.(\w+)", name):
            known = house.figures.get(int(match[1]), FigureFile("")).figures
            found += [one for one in known if one.function == match[2]] or [
                Figure("", match[2], False, frozenset(), frozenset())
            ]
    return found


# ---- Reading prose -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One line of Markdown: `text` as a reader sees it, `raw` as it is written."""

    number: int
    kind: str  # heading, text, item, table or fold (inside <details>)
    raw: str
    text: str


ITEM = re.compile(r"^\s*(?:[-+*]|\d+[.)])\s+")
LABEL = re.compile(r"\*{1,2}[^*]{1,60}?(?:[.:?]\*{1,2}|\*{1,2}[.:])\s*")
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)\s]*)(?:\s+\"[^\"]*\")?\)")
IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)[^)]*\)")
HTML_IMAGE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)


@lru_cache(maxsize=1000)
def prose(source: str) -> tuple[Line, ...]:
    """The lines of Markdown that a learner reads. Fenced code and comments are left out."""
    found, fenced, folded = [], False, False
    source = re.sub(r"<!--.*?-->", "", source, flags=re.DOTALL)
    for number, raw in enumerate(source.splitlines(), start=1):
        if raw.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
            continue
        folded = folded or "<details" in raw
        text = raw.strip()
        if text and not fenced:
            kind = ("fold" if folded else "heading" if re.match(r"#{1,6}\s", text)
                    else "table" if text.startswith("|") else "item" if ITEM.match(raw)
                    else "text")  # fmt: skip
            found.append(Line(number, kind, raw, bare(ITEM.sub("", raw, count=1))))
        folded = folded and "</details>" not in raw
    return tuple(found)


def bare(text: str) -> str:
    """Markdown as it is read: no marks, no addresses; code becomes the word "code".

    >>> bare("**See** [lesson 1](01.ipynb): `kit.save()`")
    'See lesson 1: code'
    """
    text = re.sub(r"``?[^`]+``?", "code", text)
    text = LINK.sub(r"\1", IMAGE.sub(r"\1", text))
    text = re.sub(r"</?\w[^>]*>", "", text)
    text = re.sub(r"^\s*#{1,6}\s+|^\s*>\s?", "", text)
    return re.sub(r"\*+|(?<!\w)_+(?=\w)|(?<=\w)_+(?!\w)", "", text).strip()


# What ends in a full stop without ending a sentence.
ABBREVIATIONS = {"approx", "art", "ca", "cf", "dr", "e.g", "etc", "fn", "i.e", "mr", "mrs", "ms",
                 "no", "p", "para", "pp", "st", "vs"}  # fmt: skip


def sentences(text: str) -> list[str]:
    """The sentences of a line.

    >>> sentences('They asked Dr. Ali. "Why?" he said. It rose to 3.7 %.')
    ['They asked Dr. Ali.', '"Why?" he said.', 'It rose to 3.7 %.']
    """
    found, start = [], 0
    for end in re.finditer(r"[.!?…][\"”’')\]]*\s+(?=[\"“‘(\[]*[A-Z0-9○△●])", text):
        before = text[start : end.start()].split()
        last = before[-1].strip("(\"“'").lower() if before else ""
        if last not in ABBREVIATIONS and not re.fullmatch(r"[a-z]", last):
            found.append(text[start : end.end()].strip())
            start = end.end()
    return [one for one in [*found, text[start:].strip()] if words_in(one)]


def sentences_of(line: Line) -> list[str]:
    """The sentences of a line after its label, such as *Try.* or **Discuss.**"""
    content = ITEM.sub("", line.raw, count=1).strip()
    label = LABEL.match(content)
    return sentences(bare(content[label.end() :] if label else content))


def words_in(text: str) -> int:
    return sum(1 for token in text.split() if re.search(r"\w", token))


def has_label(cell: NotebookNode, label: str) -> bool:
    return bool(re.search(rf"^\s*(?:[-+]\s+)?\*{{1,2}}{label}", cell.source, re.MULTILINE))


def headings_of(cell: NotebookNode) -> list[tuple[int, str, NotebookNode, bool]]:
    """Level, words, cell, and whether the heading opens its cell."""
    if cell.cell_type != "markdown":
        return []
    return [(line.raw.split()[0].count("#"), line.text, cell, place == 0)
            for place, line in enumerate(prose(cell.source)) if line.kind == "heading"]  # fmt: skip


def headings(page: Page) -> list[tuple[int, str, NotebookNode, bool]]:
    return [heading for cell in page.cells for heading in headings_of(cell)]


def section(page: Page, title: str) -> list[NotebookNode]:
    """The cells from the heading `## title` to the next of its level; empty without it."""
    cells, inside = [], False
    for cell in page.cells:
        for level, words, _, _ in headings_of(cell):
            if level <= 2:
                inside = words == title
        if inside:
            cells.append(cell)
    return cells


def numbered_sections(page: Page) -> list[str]:
    return [words for level, words, _, _ in headings(page)
            if level == 2 and re.match(r"\d+\. ", words)]  # fmt: skip


def numbered_items(cells: Iterable[NotebookNode]) -> list[str]:
    """The items of the ordered list of a section, as they are written."""
    source = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return re.findall(r"^\d+\.\s+(.+)$", source, re.MULTILINE)


def objectives(page: Page) -> list[str]:
    return numbered_items(section(page, "At a glance"))


def named_ids(text: str, word: str) -> list[str]:
    """Ids that a text names after a word.

    >>> named_ids("a share (figure 1.1; questions 1.1, 1.2 and 1.7)", "question")
    ['1.1', '1.2', '1.7']
    """
    found = []
    for ids in re.findall(rf"\b{word}s?\s+((?:\d+\.\d+(?:,?\s+and\s+|,\s*)?)+)", text, re.I):
        found += re.findall(r"\d+\.\d+", ids)
    return found


# ---- Numerals ------------------------------------------------------------------------------------

SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9}
UNIT = r"(?:%|per cent|thousand|million|billion)"
_SPACE = "\u00a0\u202f\u2009 "
NUMBER = re.compile(
    rf"(?<![\w.])(\d{{1,3}}(?:[,{_SPACE}]\d{{3}})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"(?:[{_SPACE}]*(%|per cent\b|thousand\b|million\b|billion\b))?"
)
_ID = rf"\d+(?:\.\d+)*\b(?![.,]?\d)(?!\s*{UNIT})"
_MONTH = (
    r"(?-i:January|February|March|April|May|June|July"
    r"|August|September|October|November|December)"
)
# Numerals that measure nothing: ids, places in a text, days of a month, minutes, short years.
NOT_NUMBERS = re.compile(
    rf"\b(?:figures?|questions?|claims?|exercises?|lessons?|sections?|footnotes?|fn|chapters?"
    rf"|paragraphs?|articles?|pages?)\s+{_ID}(?:(?:,\s*|,?\s+and\s+|\s+to\s+|\s*[–-]\s*){_ID})*"
    rf"|§+\s*\d+|\b[A-Z]+(?:/\w+)+|\b\d+/\d+\b"
    rf"|\b\d{{1,2}}(?:[–-]\d{{1,2}})?\s+{_MONTH}\b"
    rf"|\b\d+(?:[–-]\d+)?[\s-]minutes?\b"
    rf"|(?<=\d{{4}}[–-])\d\d\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Numeral:
    """A number as it is written: what is shown, its decimals, and the million or % after it."""

    shown: float
    decimals: int
    unit: str
    written: str

    @property
    def scale(self) -> float:
        return SCALES.get(self.unit, 1.0)

    @property
    def percent(self) -> bool:
        return self.unit in ("%", "per cent")

    def same(self, other: Numeral) -> bool:
        return (self.shown, self.unit) == (other.shown, other.unit)

    def agrees(self, other: Numeral, line: list[Numeral]) -> bool:
        """Whether this is `other` or a rounding of it.

        A unit may stand once for several: "from 153.9 to 304.0 million". So the other numerals of
        the line may lend theirs.
        """
        scales = {one.scale for one in line} - {1.0}
        percent = self.percent or (self.unit == "" and any(one.percent for one in line))
        if (other.percent and not percent) or (self.percent and other.scale != 1):
            return False
        half = 0.5 * 10**-self.decimals * (1 + 1e-9) + 1e-9
        comparable = self.scale == other.scale or 1 in (self.scale, other.scale)
        if comparable and abs(other.shown - self.shown) <= half:
            return True
        candidates = {self.scale} if self.scale != 1 else {1, *scales}
        true = other.shown * other.scale
        return any(abs(true / scale - self.shown) <= half for scale in candidates)


def numerals(text: str) -> list[Numeral]:
    """The numerals of two or more digits in a text, ids, dates and years left out.

    >>> [one.written for one in numerals("In 2005 figure 1.1 shows 191.4 million, or 2.93 %.")]
    ['191.4 million', '2.93 %']
    """
    found = []
    for match in NUMBER.finditer(NOT_NUMBERS.sub(lambda one: "·" * len(one[0]), text)):
        digits = re.sub(rf"[,{_SPACE}]", "", match[1])
        is_year = re.fullmatch(r"\d{4}", match[1]) and 1800 <= int(digits) <= 2100
        if len(digits.replace(".", "")) >= 2 and not (is_year and not match[2]):
            decimals = len(digits.partition(".")[2])
            found.append(Numeral(float(digits), decimals, match[2] or "", match[0].strip()))
    return found


# ---- Words ---------------------------------------------------------------------------------------


@lru_cache(maxsize=500)
def pattern_of(avoid: str) -> re.Pattern:
    """A row of words.csv as a pattern: `*` stands for any ending, `!` for an exclamation mark."""
    if avoid == "!":
        return re.compile(r"(?<=\w)!(?=[\s\"'”’)*_]|$)")
    words = [re.escape(word).replace(r"\*", r"[\w-]*") for word in avoid.split()]
    return re.compile(r"(?<![\w-])" + r"\s+".join(words) + r"(?!\w)", re.IGNORECASE)


def avoided(file: str, text: str, house: House) -> Iterator[tuple[str, dict, list[dict]]]:
    """Words to avoid in a text: the word found, its row, and the exceptions that excuse it."""
    for row in house.words:
        for hit in pattern_of(row["avoid"]).finditer(text):
            excuses = [
                one for one in house.exceptions
                if one["file"] in (file, "*") and any(
                    where.start() <= hit.start() and hit.end() <= where.end()
                    for where in re.finditer(re.escape(one["phrase"]), text, re.IGNORECASE)
                )
            ]  # fmt: skip
            yield hit[0], row, excuses


def texts_of(page: Page) -> Iterator[tuple[str, str, str]]:
    """What a notebook says: its prose, and the texts in its code."""
    for cell in page.cells:
        if cell.cell_type == "markdown":
            yield from ((page.path, cell.id, line.text) for line in prose(cell.source))
        else:
            yield from ((page.path, cell.id, text) for _, text in strings_of(tree(cell.source)))


# ---- Gates ---------------------------------------------------------------------------------------

Found = Iterator[tuple[str, str]]


@dataclass(frozen=True)
class Gate:
    """A gate over each lesson, or over the whole house (`of_house`)."""

    name: str
    why: str
    look: Callable
    anatomy: bool
    of_house: bool

    def lessons(self, house: House) -> list[int]:
        """The lessons that it looks at."""
        return [number for number in house.lessons if number or not self.anatomy]

    def findings(self, house: House, number: int | None = None) -> list[Finding]:
        """What it finds in one lesson, or in all."""
        if self.of_house:
            return [Finding("course", where, what) for where, what in self.look(house)]
        pages = [house.lessons[one] for one in self.lessons(house) if number in (None, one)]
        return [Finding(page.name, cell, what) for page in pages
                for cell, what in self.look(page, house)]  # fmt: skip


GATES: dict[str, Gate] = {}


def gate(anatomy: bool = False, of_house: bool = False) -> Callable:
    """Registers a gate. `anatomy`: lesson 0 is exempt."""

    def register(look: Callable) -> Callable:
        why = (look.__doc__ or "").strip()
        GATES[look.__name__] = Gate(look.__name__, why, look, anatomy, of_house)
        return look

    return register


# ---- Gates: anatomy ------------------------------------------------------------------------------


@gate()
def title(page: Page, house: House) -> Found:
    """A lesson is a question and one sentence of promise: it can be answered at the end."""
    first = page.cells[0]
    tops = [(words, cell) for level, words, cell, _ in headings(page) if level == 1]
    if len(tops) != 1 or tops[0][1] is not first:
        yield first.id, f"has {len(tops)} first-level headings: write one, in the first cell."
    if not tops or not tops[0][0].endswith("?"):
        yield first.id, "the title does not end in a question mark: ask the lesson's question."
    promise = [one for line in prose(first.source) if line.kind == "text"
               for one in sentences_of(line)]  # fmt: skip
    if len(promise) != 1:
        yield first.id, f"{len(promise)} sentences under the title: promise one thing."


@gate()
def heading_levels(page: Page, house: House) -> Found:
    """A screen reader moves by headings, so no level may be skipped on the way down."""
    before = 0
    for level, words, cell, _ in headings(page):
        if level > before + 1:
            yield cell.id, f"“{words}” is a heading of level {level} under level {before}."
        before = level


@gate(anatomy=True)
def anatomy(page: Page, house: House) -> Found:
    """Every lesson has the same parts in the same order, so that nobody searches for them."""
    found = [(words, cell, opens) for level, words, cell, opens in headings(page) if level == 2]
    titles = [words for words, _, _ in found]
    numbered = numbered_sections(page)
    expected = OPENING + numbered + CLOSING
    for words in expected:
        if words not in titles:
            yield page.cells[0].id, f"the heading “## {words}” is missing: add that part."
    for words, cell, opens in found:
        if words not in expected:
            yield cell.id, f"“## {words}” belongs to no part: number it or make it level 3."
        elif not opens:
            yield cell.id, f"“## {words}” stands inside a cell: begin a cell with it."
    known = [words for words in titles if words in expected]
    if sorted(known) == sorted(expected) and known != expected:
        where = next(i for i, words in enumerate(known) if words != expected[i])
        yield found[where][1].id, f"“{known[where]}” stands where “{expected[where]}” belongs."
    if len(numbered) not in SECTIONS:
        yield page.cells[0].id, f"{len(numbered)} numbered sections: have two to four."
    if [words.partition(".")[0] for words in numbered] != list("123456789")[: len(numbered)]:
        yield page.cells[0].id, f"sections are numbered {', '.join(numbered)}: count from 1."


@gate()
def length(page: Page, house: House) -> Found:
    """A sitting of 45 minutes has room for 45 cells."""
    if len(page.cells) > MOST_CELLS:
        yield page.cells[-1].id, f"{len(page.cells)} cells: have at most {MOST_CELLS}."


@gate(anatomy=True)
def at_a_glance(page: Page, house: House) -> Found:
    """Minutes, needs, data and passages tell a reader in ten seconds whether this is the lesson."""
    cells = section(page, "At a glance")
    if not cells:
        return
    source = cells[0].source
    rows = dict(re.findall(r"^\|\s*(\w[\w ]*?)\s*\|\s*(.+?)\s*\|\s*$", source, re.MULTILINE))
    for label in ROWS:
        if label not in rows:
            yield cells[0].id, f"has no row “{label}”: add it to the table."
    if "Minutes" in rows:
        minutes = [int(one) for one in re.findall(r"\d+", bare(rows["Minutes"]))]
        if not minutes or not 20 <= minutes[0] <= SITTING:
            yield cells[0].id, f"Minutes: give the sitting first, 20 to {SITTING}."
    if "Passages" in rows and not re.search(r"Note|Essay", rows["Passages"]):
        yield cells[0].id, "Passages names neither the Note nor the Essay: say what is covered."
    if "Run All Cells" not in source:
        yield cells[0].id, "does not say what to do after reopening (Run All Cells)."


@gate(anatomy=True)
def objective_verbs(page: Page, house: House) -> Found:
    """An objective that nobody can see being done cannot be practised or checked."""
    cells = section(page, "At a glance")
    if cells and not objectives(page):
        yield cells[0].id, "lists no objectives: number them, each with its verb in italics."
    for place, text in enumerate(objectives(page), start=1):
        verb = re.match(r"\*(\w+)\*", text)
        if not verb:
            yield cells[0].id, f"objective {place} does not begin with a verb in italics."
        elif verb[1].lower() not in VERBS.split():
            yield cells[0].id, f"objective {place}: “{verb[1]}” cannot be seen done: use another."


@gate(anatomy=True)
def objectives_practised(page: Page, house: House) -> Found:
    """What is promised is seen in a figure and practised in a question, and nothing else is asked.

    Each objective ends with its own: `(figure 1.1; questions 1.1, 1.2)`.
    """
    where = (section(page, "At a glance") or page.cells)[0].id
    asked_here = house.questions.get(page.number)
    known = [one.id for one in asked_here.questions] if asked_here else []
    shown = {figure.id for cell in page.cells for figure in drawn(cell, house)}
    practised = []
    for place, text in enumerate(objectives(page), start=1):
        figures, questions = named_ids(text, "figure"), named_ids(text, "question")
        practised += questions
        if not figures or not questions:
            example = f"(figure {page.number}.1; questions {page.number}.1, {page.number}.2)"
            yield where, f"objective {place} names no figure or no question: end it with {example}."
        for id in figures:
            if id not in shown:
                yield where, f"objective {place} names figure {id}, which the lesson does not show."
        for id in questions:
            if id not in known:
                yield where, f"objective {place} names question {id}, which does not exist."
    for id in known if practised else ():
        if id not in practised:
            yield where, f"question {id} practises no objective: name it beside one."


def stems(text: str) -> set[str]:
    """The long words of a text, cut so that edition and editions are one."""
    common = {"after", "between", "every", "given", "question", "where", "which", "figur"}
    return {word[:5] for word in re.findall(r"[a-z]{4,}", bare(text).lower())} - common


@gate(anatomy=True)
def key_points(page: Page, house: House) -> Found:
    """One key point for each objective, in the same order: the end answers the beginning."""
    aims, points = objectives(page), numbered_items(section(page, "Key points"))
    where = (section(page, "Key points") or page.cells)[0].id
    if len(aims) != len(points):
        yield where, f"{len(points)} key points for {len(aims)} objectives: one for each."
        return
    for place, (aim, point) in enumerate(zip(aims, points, strict=True), start=1):
        if not stems(aim) & stems(point):
            yield where, f"key point {place} shares no word with objective {place}: same order?"


@gate()
def setup_cell(page: Page, house: House) -> Found:
    """One setup cell, the same everywhere: a learner recognises it and nothing hides in it."""
    setups = [cell for cell in page.code if calls(tree(cell.source), "setup")]
    if len(setups) != 1:
        yield page.cells[0].id, f"{len(setups)} cells call kit.setup(): have one setup cell."
        return
    source = setups[0].source.strip()
    others = [cell.source.strip() for other in house.lessons.values() for cell in other.code
              if calls(tree(cell.source), "setup")]  # fmt: skip
    usual = Counter(others).most_common(1)[0][0]
    if source != usual:
        yield setups[0].id, "differs from the setup cell of the other lessons: copy theirs."
    if len(source.splitlines()) > SETUP_LINES:
        yield setups[0].id, f"has more than {SETUP_LINES} lines: move the rest to where it is used."
    if source.splitlines()[0] != "import migrationkit as kit":
        yield setups[0].id, "does not begin with `import migrationkit as kit`."
    if page.code[0] is not setups[0]:
        yield page.code[0].id, "a code cell stands before the setup cell."


def reading(cells: Iterable[NotebookNode]) -> int:
    """Words to read, tables, headings and folded parts left out."""
    return sum(words_in(line.text) for cell in cells if cell.cell_type == "markdown"
               for line in prose(cell.source) if line.kind in ("text", "item"))  # fmt: skip


@gate(anatomy=True)
def puzzle(page: Page, house: House) -> Found:
    """A puzzle is one human case, and a case that takes longer than a minute is a lecture."""
    cells = section(page, "The puzzle")
    count = reading(cells)
    if cells and not 20 <= count <= MOST_WORDS:
        yield cells[0].id, f"the puzzle has {count} words: tell one case in 20 to {MOST_WORDS}."


@gate(anatomy=True)
def reading_runs(page: Page, house: House) -> Found:
    """Who reads for long without acting stops reading: at most 120 words between two actions.

    A code cell is an action, and so is what *Try.* (at a figure) or *Do.* (on paper) asks for.
    The front matter before the setup cell and the key points at the end are for looking up, and
    do not count.
    """
    closing = section(page, "Key points") + section(page, "Practise and go on")
    counting, count, since = False, 0, ""
    for cell in page.cells:
        if any(cell is one for one in closing):
            break
        if cell.cell_type == "code":
            if count > MOST_WORDS:
                yield since, f"{count} words before {cell.id}: cut, or give the learner an action."
            counting = counting or bool(calls(tree(cell.source), "setup"))
            count, since = 0, ""
            continue
        for line in prose(cell.source) if counting else ():
            if line.raw.lstrip().startswith(("*Try", "*Do")):
                if count > MOST_WORDS:
                    yield since, f"{count} words before the next action: let learners act sooner."
                count, since = 0, ""
            elif line.kind in ("text", "item"):
                since = since or cell.id
                count += words_in(line.text)


@gate(anatomy=True)
def section_pattern(page: Page, house: House) -> Found:
    """Idea, figure, *Try* and *Look*, claim, so what: seeing comes before being told."""
    for words in numbered_sections(page):
        cells = section(page, words)
        parts = []
        for cell in cells:
            if drawn(cell, house):
                parts.append(("figure", cell.id))
            elif is_claim(cell):
                parts.append(("claim", cell.id))
            elif cell.cell_type == "markdown" and has_label(cell, "Try"):
                parts.append(("try", cell.id))
                if not has_label(cell, "Look"):
                    yield cell.id, "has *Try.* without *Look.*: say what to look for."
        kinds = [kind for kind, _ in parts]
        if not reading(cells[:1]):
            yield cells[0].id, f"“{words}” begins without an idea: say in words what it is about."
        if "claim" not in kinds:
            yield cells[0].id, f"“{words}” has no claim cell: print the numbers that it uses."
        if "try" not in kinds:
            yield cells[0].id, f"“{words}” has no *Try.* and *Look.*: let the learner act."
        for place, (kind, id) in enumerate(parts):
            after = [*kinds[place + 1 :], "end", "end"]
            if kind == "figure" and after[:2] != ["try", "claim"]:
                yield id, "is not followed by *Try.* and *Look.* and then a claim cell."
        last = cells[-1]
        if last.cell_type != "markdown" or not has_label(last, r"So what\b"):
            yield last.id, f"“{words}” does not end with **So what for governance?**"


@gate(anatomy=True)
def closing_parts(page: Page, house: House) -> Found:
    """Recall, limits, vote, exit ticket, practice and discussion: each part does its job."""
    number = page.number
    for words, id in (("Recall", f"{number}.recall"), ("Vote and exit ticket", f"{number}.vote"),
                      ("Vote and exit ticket", f"{number}.exit")):  # fmt: skip
        cells = section(page, words)
        if cells and not any(cell.cell_type == "code" and id in asked(cell) for cell in cells):
            yield cells[0].id, f'asks nothing: add a cell with kit.ask("{id}").'
    limits = section(page, "What the data cannot say")
    if limits and sum(line.kind == "item" for line in prose(limits[0].source)) < 2:
        yield limits[0].id, "names fewer than two limits: list what the data leave open."
    go_on = section(page, "Practise and go on")
    for label in ("Practise", "Discuss", "Activity", "Read further", "Sources") if go_on else ():
        if not any(has_label(cell, label) for cell in go_on if cell.cell_type == "markdown"):
            yield go_on[0].id, f"has no paragraph “**{label}…**”."
    link = f"exercises/ex{number:02}-{page.slug}.ipynb"
    if go_on and not any(link in cell.source for cell in go_on):
        yield go_on[0].id, f"does not link to {link}."


def closed_here(page: Page, house: House) -> dict[str, dict]:
    """The rows of the ledger that belong to a lesson."""
    rows = house.ledger or {}
    return {id: row for id, row in rows.items() if row.get("lesson") == str(page.number)}


def shows_ledger(cell: NotebookNode) -> list[ast.Call]:
    return [call for call in calls(tree(cell.source)) if dotted(call.func).endswith(".for_lesson")]


@gate(anatomy=True)
def ledger(page: Page, house: House) -> Found:
    """Each lesson closes claims of the founding texts, and a claim that is named exists.

    The section names claims (`C02`), or shows them with `ledger.for_lesson(N)`. What exists is
    compared as soon as there is a `data/ledger.csv`.
    """
    cells = section(page, "Claims ledger")
    if not cells:
        return
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    named = set(re.findall(r"\bC\d\d\b", text))
    shown = [call for cell in cells if cell.cell_type == "code" for call in shows_ledger(cell)]
    for call in shown:
        if not call.args or getattr(call.args[0], "value", None) != page.number:
            yield cells[0].id, f"shows the claims of another lesson: ask for_lesson({page.number})."
    if house.ledger is not None:
        for id in sorted(named - set(house.ledger)):
            yield cells[0].id, f"names claim {id}, which data/ledger.csv does not have."
        if shown:
            named |= set(closed_here(page, house))
    if len(named) < CLAIMS_OF_LEDGER and not (shown and house.ledger is None):
        yield cells[0].id, f"closes {len(named)} claims: close at least {CLAIMS_OF_LEDGER}."


# ---- Gates: figures, claims, what is stored ------------------------------------------------------


@gate()
def figures(page: Page, house: House) -> Found:
    """Two to four figures a lesson, one or two with a guess: more is a gallery, fewer a lecture."""
    shown = [(figure, cell) for cell in page.cells for figure in drawn(cell, house)]
    for figure, cell in shown:
        if not figure.id:
            yield cell.id, f"shows {figure.function or 'a figure'}, which has no id: see figures/."
        elif figure.id.partition(".")[0] != str(page.number):
            yield cell.id, f"shows figure {figure.id}, which belongs to another lesson."
        elif cell.id != f"figure-{figure.id.replace('.', '-')}":
            yield cell.id, f"shows figure {figure.id}: give the cell the id of its figure."
        if not tagged(cell):
            yield cell.id, f"shows a figure and is not tagged: add the tag {TAG}."
        if len(drawn(cell, house)) > 1:
            yield cell.id, "shows two figures: one cell, one figure."
    for id, count in Counter(figure.id for figure, _ in shown).items():
        if count > 1:
            yield f"figure-{id.replace('.', '-')}", f"figure {id} is shown {count} times: once."
    if page.number == 0:
        if not shown:
            yield page.cells[0].id, "shows no figure: the orientation needs one."
        return
    most = MORE_FIGURES.get(page.number, FIGURES[-1])
    if not FIGURES[0] <= len(shown) <= most:
        yield page.cells[0].id, f"shows {len(shown)} figures: show {FIGURES[0]} to {most}."
    guesses = sum(figure.guess for figure, _ in shown)
    if guesses not in GUESSES:
        yield page.cells[0].id, f"{guesses} figures ask for a guess: have one or two do so."


@gate(anatomy=True)
def open_figure(page: Page, house: House) -> Found:
    """One figure is built before the learner's eyes, and it is the figure that the kit tests.

    So the view in the cell is the same function as in the figure module, and its cell uses
    ipywidgets: that is how a learner meets them.
    """
    built = [(cell, call) for cell in page.code for call in calls(tree(cell.source), "explore")]
    if not built:
        yield page.cells[0].id, "builds no figure in the open: show one view and its kit.explore."
    module = house.figures.get(page.number, FigureFile(""))
    defined = {
        one.name: (cell, code_of(one))
        for cell in page.code
        for one in tree(cell.source).body
        if isinstance(one, ast.FunctionDef)
    }
    for cell, call in built:
        view = dotted(call.args[0]).rpartition(".")[2] if call.args else ""
        if view not in defined:
            yield cell.id, "does not use a view that a cell above defines."
        elif view not in module.functions:
            yield cell.id, f"{view} is not in figures/lesson{page.number:02}.py: it goes untested."
        elif module.functions[view] != defined[view][1]:
            yield defined[view][0].id, f"{view} differs from {module.path}: copy it from there."
        if not re.search(r"\bwidgets\.\w+\(", cell.source):
            yield cell.id, "has no ipywidgets control: a learner meets them here."


@gate()
def guesses_are_computed(page: Page, house: House) -> Found:
    """A truth that is written in the cell gives the answer away, and grows old."""
    for cell in page.code:
        for call in calls(tree(cell.source), "guess"):
            for keyword in call.keywords:
                parts = list(ast.walk(keyword.value)) if keyword.arg == "truth" else []
                computed = any(isinstance(part, ast.Name | ast.Call) for part in parts)
                if parts and not computed:
                    yield cell.id, "the truth of the guess is written down: compute it."


@gate()
def claims(page: Page, house: House) -> Found:
    """A claim cell prints the numbers of the prose, under a first line that tells nothing."""
    cells = [cell for cell in page.code if is_claim(cell)]
    if not cells:
        yield page.cells[0].id, "has no claim cell: print the numbers of the text in one."
    ids = []
    for cell in cells:
        id = claim_id(cell)
        ids.append(id)
        if not re.fullmatch(rf"{page.number}\.\d+", id):
            yield cell.id, f'begin its output with print("Claim {page.number}.N") alone.'
        elif cell.id != f"claim-{id.replace('.', '-')}":
            yield cell.id, f"prints Claim {id}: give the cell that id."
        if not tagged(cell):
            yield cell.id, f"is a claim and is not tagged: add the tag {TAG}."
    expected = [f"{page.number}.{place}" for place in range(1, len(ids) + 1)]
    if cells and ids != expected:
        yield cells[0].id, f"claims are numbered {', '.join(map(str, ids))}: count from the top."


@gate()
def something_is_compared(page: Page, house: House) -> Found:
    """nbval passes a notebook without a tagged cell in silence: nothing would be checked."""
    if not any(tagged(cell) for cell in page.code):
        yield page.cells[0].id, f"no cell is tagged {TAG}: nbval would compare nothing."
    for cell in page.code:
        marks = {"nbval-skip", "raises-exception", "nbval-ignore-output"} & set(
            cell.metadata.get("tags", []))  # fmt: skip
        if marks or "NBVAL_" in cell.source:
            yield cell.id, "carries a mark that makes nbval look away: remove it."


@gate()
def stored_outputs(page: Page, house: House) -> Found:
    """nbval compares what is stored, and only in tagged cells; the rest is one run's memory."""
    for cell in page.code:
        if tagged(cell):
            if not cell.outputs:
                yield cell.id, "is tagged and holds no output: run the lesson, then normalise."
            if cell.execution_count != 1:
                yield cell.id, f"has execution count {cell.execution_count}: normalise makes it 1."
        elif cell.outputs or cell.execution_count is not None:
            yield cell.id, "holds an output that nothing compares: normalise drops it."
        if any(output.output_type == "error" for output in cell.outputs):
            yield cell.id, "holds an error as its output: mend the cell and run it again."


@gate()
def nothing_given_away(page: Page, house: House) -> Found:
    """A lesson opens with outputs folded and neutral, so that a guess is a guess."""
    for cell in page.code:
        if not tagged(cell):
            continue
        if cell.metadata.get("jupyter", {}).get("outputs_hidden") is not True:
            yield cell.id, "its output is not folded: set jupyter.outputs_hidden."
        neutral = [f"Figure {figure.id}" for figure in drawn(cell, house)] or [
            f"Claim {claim_id(cell)}"]  # fmt: skip
        first = outputs(cell).partition("\n")[0]
        if cell.outputs and first not in neutral:
            yield cell.id, f"its output begins “{first[:40]}”: begin with {neutral[0]} alone."
        if not drawn(cell, house) and not is_claim(cell):
            yield cell.id, "is tagged, but is neither a figure nor a claim."


@gate()
def no_widget_state(page: Page, house: House) -> Found:
    """Saved widgets are large, private and dead when the notebook is opened again."""
    if "widgets" in page.notebook.metadata:
        yield page.cells[0].id, "the notebook holds widget state: normalise drops it."
    for cell in page.code:
        for output in cell.outputs:
            if any("widget" in kind for kind in output.get("data", {})):
                yield cell.id, "its output holds a widget: normalise drops it."


@gate(anatomy=True)
def sources_named(page: Page, house: House) -> Found:
    """Whoever shows a table says where it is from, at the end of the same lesson."""
    cited = [(cell, {one for call in calls(tree(cell.source), "sources")
                     for argument in call.args for one in constants_in(argument)})
             for cell in section(page, "Practise and go on") if cell.cell_type == "code"
             and calls(tree(cell.source), "sources")]  # fmt: skip
    if not cited:
        yield page.cells[-1].id, 'there is no sources cell: end with kit.sources("…").'
        return
    cell, names = cited[0]
    used = set()
    for other in page.code:
        used |= loaded(tree(other.source))
        for figure in drawn(other, house):
            used |= figure.sources | figure.loads
        for row in closed_here(page, house).values() if shows_ledger(other) else ():
            used |= set((row.get("tables") or "").split())
    for name in sorted(used - names):
        yield cell.id, f"does not name {name!r}, which the lesson shows: add it."
    for name in sorted(names - used):
        yield cell.id, f"names {name!r}, which the lesson does not show: take it out."
    for name in sorted((used | names) - house.tables):
        yield cell.id, f"{name!r} is not in the catalogue."


@gate()
def code(page: Page, house: House) -> Found:
    """A cell runs offline, on anybody's machine, and reads data through the catalogue alone."""
    pages = [page, *([house.solutions[page.number]] if page.number in house.solutions else [])]
    for notebook in pages:
        for cell in notebook.code:
            for what in unsafe(cell.source):
                yield cell.id, what


def unsafe(source: str) -> Iterator[str]:
    """What makes a cell depend on a network, a machine or an installer."""
    if not tree(source).body and re.search(r"^\s*[^\s#]", source, re.MULTILINE):
        yield "is not plain Python (!pip, a magic, an error): learners install nothing in a cell."
    if re.search(r"(?:https?|ftp|wss?|s3|gs)://|\bwww\.", source):
        yield "holds an address: nothing in a cell goes online; link it in the text."
    for node in ast.walk(tree(source)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            if name.partition(".")[0] in FORBIDDEN.split():
                yield f"imports {name}, which leaves the notebook: use kit.load."
        if re.match(r"/\w|~[/\\]|[A-Za-z]:[\\/]|\\\\\w", constant(node)):
            yield f"holds the absolute path {constant(node)!r}: nobody else has it."
        called = dotted(node.func) if isinstance(node, ast.Call) else ""
        if re.fullmatch(r"open|(?:pd|pandas)\.read_\w+|os\.system|get_ipython", called):
            yield f"calls {called}: a cell reads its tables with kit.load and runs nothing else."


# ---- Gates: words --------------------------------------------------------------------------------


@gate()
def one_sentence_a_line(page: Page, house: House) -> Found:
    """One sentence a line: a change of words is a change of one line, easy to review."""
    for cell in page.markdown:
        for line in prose(cell.source):
            found = sentences_of(line)
            most = {"text": 1, "item": 2}.get(line.kind, 99)
            if len(found) > most and words_in(line.text) > SHORT_LINE:
                what = f"holds {len(found)} sentences: “{line.text[:60]}…”."
                yield cell.id, f"line {line.number} {what}"


def all_sentences(page: Page) -> list[tuple[str, str]]:
    return [(cell.id, one) for cell in page.markdown for line in prose(cell.source)
            if line.kind in ("text", "item", "fold") for one in sentences_of(line)]  # fmt: skip


@gate()
def sentence_length(page: Page, house: House) -> Found:
    """Many learners read in a second language: 18 words on average, never more than 35."""
    lengths = [(cell, words_in(one), one) for cell, one in all_sentences(page)]
    for cell, count, one in lengths:
        if count > LONGEST_SENTENCE:
            yield cell, f"a sentence of {count} words, cut it: “{one[:60]}…”."
    average = sum(count for _, count, _ in lengths) / max(len(lengths), 1)
    if average > AVERAGE_SENTENCE:
        yield page.cells[0].id, f"{average:.1f} words a sentence: at most {AVERAGE_SENTENCE}."


@gate()
def words(page: Page, house: House) -> Found:
    """Words can demean or mislead; the list of words.csv is kept in notebooks too."""
    pages = [page, *([house.solutions[page.number]] if page.number in house.solutions else [])]
    for notebook in pages:
        for file, cell, text in texts_of(notebook):
            for word, row, excuses in avoided(file, text, house):
                if not excuses:
                    yield cell, f"“{word}” in “{text[:50]}…”: {row['use']}."


@gate(of_house=True)
def words_elsewhere(house: House) -> Found:
    """Titles, hints, meanings, source lines and guides speak to learners and keep the same list."""
    for file, where, text in house.texts:
        for word, row, excuses in avoided(file, text, house):
            if not excuses:
                yield f"{file} {where}", f"“{word}”: {row['use']}."


@gate(of_house=True)
def word_exceptions(house: House) -> Found:
    """An exception has a reason and is still needed; else the list slowly swallows the rule."""
    pages = [*house.lessons.values(), *house.solutions.values()]
    texts = [*house.texts, *(one for page in pages for one in texts_of(page))]
    used = {id(one) for file, _, text in texts for _, _, excuses in avoided(file, text, house)
            for one in excuses}  # fmt: skip
    for row in house.exceptions:
        where = f"tests/words-exceptions.csv “{row['phrase']}”"
        if len((row["reason"] or "").split()) < 3:
            yield where, "gives no reason: say why the word may stand."
        if row["file"] != "*" and id(row) not in used:
            yield where, f"excuses nothing in {row['file']} any more: take it out."


@gate()
def acronyms(page: Page, house: House) -> Found:
    """Capitals shut people out until they are spelled once, where they first appear."""
    said = [(cell.id, line.text) for cell in page.markdown for line in prose(cell.source)]
    seen = set(KNOWN_CAPITALS)
    for cell, text in said:
        for match in re.finditer(r"(?<![\w/])[A-Z]{2,}(?:-[A-Z]+)*(?![\w/])", text):
            name = match[0]
            if name in seen or re.fullmatch(r"[IVXLC]+", name):
                continue
            seen.add(name)
            around = text[: match.start()][-1:] == "(" or text[match.end() :].startswith(" (")
            if not around:
                yield cell, f"{name} is not spelled out: write the name in full, then ({name})."


UNSOURCED = "print it in a claim cell, or give its source in tests/numerals-allowed.csv"


@gate()
def prose_numerals(page: Page, house: House) -> Found:
    """A number in the text is one that a claim cell computed, or one with a source of its own."""
    known = [one for cell in page.code if is_claim(cell) for one in numerals(outputs(cell))]
    rows = [row for row in house.numerals if row["lesson"] == str(page.number)]
    allowed = [(row, one) for row in rows for one in numerals(row["numeral"])]
    used = set()
    for cell in page.markdown:
        for line in prose(cell.source):
            if re.match(r"\s*\|\s*Minutes\b", line.raw):
                continue
            found = numerals(line.text)
            for one in found:
                if any(one.agrees(other, found) for other in known):
                    continue
                excuse = [row for row, other in allowed if one.same(other)]
                used |= {id(row) for row in excuse}
                if not excuse:
                    yield cell.id, f"{one.written} is in no claim output: {UNSOURCED}."
    for row in rows:
        where = f"tests/numerals-allowed.csv {row['numeral']}"
        if len((row["source"] or "").split()) < 2:
            yield where, "has no source: say where the number stands."
        if id(row) not in used:
            yield where, "is not needed: the text does not use it, or a claim prints it."


@gate()
def links(page: Page, house: House) -> Found:
    """A link leads somewhere that exists and says where, also when it is read aloud alone."""
    pages = [page, *([house.solutions[page.number]] if page.number in house.solutions else [])]
    for notebook in pages:
        # An exercise is read in exercises/, wherever its solution is kept.
        folder = "exercises" if notebook.path.startswith("tests/") else Path(notebook.path).parent
        for cell in notebook.markdown:
            source = re.sub(r"`[^`]*`", "", cell.source)
            for words_of_link, target in LINK.findall(source):
                yield from ((cell.id, what) for what in
                            link_problems(words_of_link, target, folder, house))  # fmt: skip
            if re.search(r"(?:https?://|\bwww\.)", LINK.sub("", IMAGE.sub("", source))):
                yield cell.id, "shows a bare address: make it a link that says where it leads."


def link_problems(
    text: str, target: str, folder: str | Path, house: House, short: int = 4
) -> Iterator[str]:
    """What is wrong with one link; its text has at least `short` letters or digits."""
    said = bare(text).strip(" .").lower()
    if said in VAGUE_LINKS or said.startswith("http") or len(re.findall(r"\w", said)) < short:
        yield f"the link “{text}” does not say where it leads: name the page."
    if re.match(r"\w+:", target):
        if target not in house.addresses and not target.startswith(ADDRESSES):
            yield f"{target} is not an address of the data catalogue: cite it there, or drop it."
    elif not target.startswith("#"):
        path = (house.root / folder / target.partition("#")[0]).resolve()
        if not path.is_relative_to(house.root) or not path.exists():
            yield f"the link “{text}” leads to {target}, which does not exist."


@gate(of_house=True)
def links_of_papers(house: House) -> Found:
    """README and the guides are where many begin: none of their links and pictures is dead."""
    for name, source in house.papers.items():
        source = re.sub(r"^(```|~~~).*?^\1|`[^`\n]*`", "", source, flags=re.DOTALL | re.MULTILINE)
        for text, target in LINK.findall(source):
            if not re.match(r"\w+:", target):
                problems = link_problems(text, target, "", house, short=1)
                yield from ((name, what) for what in problems)
        for alt, target in IMAGE.findall(source):
            if words_in(alt) < 3 or not (house.root / target).is_file():
                yield name, f"the picture {target} does not exist, or has no words."


@gate()
def images(page: Page, house: House) -> Found:
    """A picture without words is nothing to a reader who does not see it."""
    for cell in page.markdown:
        found = IMAGE.findall(cell.source)
        for tag in HTML_IMAGE.findall(cell.source):
            given = dict(re.findall(r"(\w+)\s*=\s*[\"']([^\"']*)[\"']", tag))
            found.append((given.get("alt", ""), given.get("src", "")))
        for alt, target in found:
            if words_in(alt) < 3 or re.search(r"\.\w{3,4}$", alt):
                yield cell.id, f"the picture {target} has no words: say what it shows."
            path = house.root / Path(page.path).parent / target
            if not target.startswith("images/") or not path.is_file():
                yield cell.id, f"the picture {target} is not in lessons/images."
            elif path.stat().st_size > LARGEST_IMAGE:
                yield cell.id, f"the picture {target} is larger than {LARGEST_IMAGE // 1000} kB."


# ---- Gates: exercises and the rest of the house --------------------------------------------------


@gate(anatomy=True)
def exercise_kinds(page: Page, house: House) -> Found:
    """Five to nine questions of four kinds: one kind alone tests how well one guesses it."""
    found = house.questions.get(page.number)
    if not found:
        yield "exercise", f"there is no questions/lesson{page.number:02}.py: ask something."
        return
    kinds = {one.kind for one in found.questions}
    if len(found.questions) not in QUESTIONS:
        yield "exercise", f"{len(found.questions)} questions: ask {QUESTIONS[0]}-{QUESTIONS[-1]}."
    if len(kinds) < KINDS:
        yield "exercise", f"only the kinds {', '.join(sorted(kinds))}: use at least {KINDS}."
    for one in found.questions:
        if not re.fullmatch(rf"{page.number}\.\d+", one.id):
            yield f"question {one.id}", "does not belong to this lesson: number it N.M."


@gate(anatomy=True)
def wrong_answers(page: Page, house: House) -> Found:
    """A wrong answer names a misconception: each question knows two, each with its own hint."""
    found = house.questions.get(page.number)
    for one in found.questions if found else ():
        hints = [wrong.hint for wrong in one.wrong]
        if len(hints) < 2:
            yield f"question {one.id}", f"{len(hints)} wrong answers: list two that learners give."
        if len(set(hints)) < len(hints):
            yield f"question {one.id}", "two wrong answers share a hint: tell each its own."
        for part in ("title", "prompt", "form", "meaning", "pointer", "parallel"):
            if not getattr(one, part):
                yield f"question {one.id}", f"has no {part}."


@gate(anatomy=True)
def polls(page: Page, house: House) -> Found:
    """Three recall questions, each option answered; a vote with its reasoning; an exit ticket."""
    found = house.questions.get(page.number)
    by_id = {one.id: one for one in found.polls} if found else {}
    recall = [one for id, one in by_id.items() if id.startswith(f"{page.number}.recall")]
    if len(recall) != 3:
        yield "recall", f"{len(recall)} recall questions: ask three."
    for one in recall:
        if not 2 <= len(one.options) == len(one.replies):
            yield one.id, "has options without a reply: answer each."
    vote, ticket = by_id.get(f"{page.number}.vote"), by_id.get(f"{page.number}.exit")
    if not vote or vote.kind != "vote" or len(vote.options) < 3 or not vote.reasoning:
        yield "vote", "needs three options or more, and a reasoning to show after the discussion."
    if not ticket or ticket.kind != "text":
        yield "exit", "needs a poll of kind text: the lesson ends in the learner's own words."


def answer_cells(page: Page) -> dict[str, NotebookNode]:
    """Question → its answer cell, by the kit's metadata or the line `# Q1.1`."""
    found = {}
    for cell in page.code:
        noted = cell.metadata.get("migrationkit", {})
        mark = re.match(r"#\s*Q(\d+\.\d+)\b", cell.source)
        if noted.get("role") == "answer" or (not noted and mark):
            found[noted.get("question") or mark[1]] = cell
    return found


def checked(page: Page) -> list[str]:
    found = [call for cell in page.code for call in calls(tree(cell.source), "check")]
    return [first_argument(call) for call in found]


@gate(of_house=True)
def every_question_is_asked(house: House) -> Found:
    """A question that no notebook asks goes untested; a check without one is a dead end."""
    for number, found in house.questions.items():
        page = house.solutions.get(number) or house.lessons.get(number)
        for one in found.questions if page else ():
            if one.id not in answer_cells(page):
                yield page.path, f"has no answer cell for question {one.id} (# Q{one.id})."
            if one.id not in checked(page):
                yield page.path, f'has no kit.check("{one.id}", {one.name}).'
    known = {one.id for found in house.questions.values() for one in found.questions}
    for page in (*house.lessons.values(), *house.solutions.values()):
        for id in checked(page):
            if id not in known:
                yield page.path, f"checks question {id}, which no question module has."
    for page in house.solutions.values():
        for cell in page.code:
            if calls(tree(cell.source), "check") and not (tagged(cell) and cell.outputs):
                yield f"{page.path} {cell.id}", "its verdict is not compared: tag it and store it."


@gate(of_house=True)
def every_figure_is_shown(house: House) -> Found:
    """A figure that no notebook shows is not looked at by anyone, and breaks in silence."""
    pages = [*house.lessons.values(), *house.solutions.values()]
    shown = {(figure.id, figure.function) for page in pages for cell in page.cells
             for figure in drawn(cell, house)}  # fmt: skip
    for number, module in house.figures.items():
        for figure in module.figures:
            if (figure.id, figure.function) not in shown:
                yield module.path, f"{figure.function}, figure {figure.id}, is in no notebook."
            if figure.id.partition(".")[0] != str(number):
                yield module.path, f"{figure.function} has id {figure.id}: begin it with {number}."
        for id, count in Counter(one.id for one in module.figures).items():
            if count > 1:
                yield module.path, f"figure {id} exists {count} times."


@gate(of_house=True)
def every_figure_has_its_sources(house: House) -> Found:
    """The source line under a figure names every table that it reads, helpers included."""
    for module in house.figures.values():
        for figure in module.figures:
            for name in sorted(figure.loads - figure.sources):
                yield module.path, f"{figure.function} reads {name!r}: name it among its sources."
            for name in sorted(figure.sources - house.tables):
                yield module.path, f"{figure.function} cites {name!r}: not in the catalogue."


@gate(of_house=True)
def figures_named_are_at_hand(house: House) -> Found:
    """A prompt that sends to a figure shows it; a hint sends to one that the learner has met."""
    for number, page in house.solutions.items():
        here = {figure.id for cell in page.cells for figure in drawn(cell, house)}
        for cell in page.markdown:
            for id in named_ids(cell.source, "figure"):
                if id not in here:
                    yield f"{page.path} {cell.id}", f"sends to figure {id}: show it here."
        lesson = house.lessons.get(number)
        met = here | {figure.id for cell in (lesson.cells if lesson else ())
                      for figure in drawn(cell, house)}  # fmt: skip
        for one in house.questions[number].questions if number in house.questions else ():
            hints = " ".join([one.pointer, one.parallel, *(wrong.hint for wrong in one.wrong)])
            for id in named_ids(hints, "figure"):
                if id not in met:
                    yield f"question {one.id}", f"a hint sends to figure {id}, which is not shown."


@gate(of_house=True)
def no_code_twins(house: House) -> Found:
    """No code is needed to learn the subject: what asks for several lines has a twin without any.

    An item is L3 when its solution has two statements or more. Its twin: the start offers "?" to
    replace, and the prompt says how, after the words "Without code".
    """
    for page in house.solutions.values():
        steps = 0
        for id, cell in answer_cells(page).items():
            start, _, rest = cell.source.partition("### BEGIN SOLUTION")
            solution = rest.partition("### END SOLUTION")[0]
            if len(tree(solution).body) < 2:
                continue
            steps += 1
            place = page.cells.index(cell)
            prompt = page.cells[place - 1].source if place else ""
            if "?" not in [text for _, text in strings_of(tree(start))]:
                yield f"{page.path} {cell.id}", f"{id} asks for code: offer “?” to replace."
            if "without code" not in prompt.lower():
                yield f"{page.path} {cell.id}", f"{id}: say how to answer “Without code”."
        if steps > L3_ITEMS:
            yield page.path, f"{steps} questions ask for several lines of code: at most {L3_ITEMS}."


@gate(of_house=True)
def same_name_everywhere(house: House) -> Found:
    """Number and slug are the same in every room: who knows one file knows all five."""
    for path in sorted(house.files):
        if re.fullmatch(r"lessons/(?!\d\d-[a-z0-9-]+\.ipynb$).*\.ipynb", path):
            yield path, "is not named NN-slug.ipynb, so that no gate looks at it."
    for number, page in house.lessons.items():
        rooms = [f"src/migrationkit/figures/lesson{number:02}.py",
                 f"src/migrationkit/questions/lesson{number:02}.py"]  # fmt: skip
        if number:
            rooms += [f"exercises/ex{page.name}.ipynb", f"tests/solutions/ex{page.name}.ipynb"]
        elif not checked(page):
            rooms.pop()
        for path in rooms:
            if path not in house.files:
                yield page.name, f"has no {path}."
        found = house.questions.get(number)
        heading = next((text for level, text, _, _ in headings(page) if level == 1), "")
        if found and number and found.title != heading:
            yield page.name, f"the question module calls it “{found.title}”."
    names = {page.name for page in house.lessons.values()}
    for path in sorted(house.files):
        match = re.search(r"/(?:ex(\d\d)-([a-z0-9-]+)\.ipynb|lesson(\d\d)\.py)$", path)
        if match and match[1] and f"{match[1]}-{match[2]}" not in names:
            yield path, "belongs to no lesson of that number and slug."
        if match and match[3] and int(match[3]) not in house.lessons:
            yield path, "belongs to no lesson of that number."


@gate(of_house=True)
def guide(house: House) -> Found:
    """An instructor prepares in 20 minutes when every lesson has the same parts in the guide."""
    parts = re.split(r"^## ", house.papers.get("INSTRUCTORS.md", ""), flags=re.MULTILINE)
    for number, page in house.lessons.items():
        if number == 0:
            continue
        about = next((part for part in parts if re.match(rf"Lesson {number}\b", part)), "")
        if not about:
            yield "INSTRUCTORS.md", f"has no section “## Lesson {number} · …”."
            continue
        for words in GUIDE:
            if not re.search(rf"^### {words}", about, re.MULTILINE):
                yield "INSTRUCTORS.md", f"lesson {number} has no part “### {words}”."
        for figure in {one.id for cell in page.cells for one in drawn(cell, house)}:
            if not re.search(rf"(?<![\d.]){re.escape(figure)}(?![\d.]\d)", about):
                yield "INSTRUCTORS.md", f"lesson {number} does not say what figure {figure} is for."


def all_findings(house: House) -> list[tuple[Gate, Finding]]:
    return [(one, found) for one in GATES.values() for found in one.findings(house)]


if __name__ == "__main__":
    todo = all_findings(House.read())
    for one, found in todo:
        print(f"[{one.name}] {found}")
    print(f"{len(GATES)} gates, {len(todo)} findings")
