"""The institution sandbox: who leads which task, six moves with a price, nine metrics.

A `Design` is never changed. A move takes one and returns another, or refuses with a `KitError`:
one sentence that says why. `start` makes the first design from the coded grid; `PRESETS` are the
reforms of 2005 to 2025 as lists of moves. The grid, the prices and the pairs in tension are our
coding: `stability` says how far a ranking depends on it.

A cell is "lead", "support", "none" or "not coded". A cell that is not coded holds nothing, and a
function without any coded cell is kept out of every metric, whatever the moves. A gap is thus a
function without a lead *that could be read*: `facts` counts the gaps that may be no gaps.

>>> merged = merge(EXAMPLE, "Alpha", "Beta", "Alphabet")
>>> compare(EXAMPLE, merged).set_index("metric").loc["contest", ["before", "after"]].tolist()
[0.25, 0.0]
>>> undo(merged) == EXAMPLE
True
"""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import permutations, zip_longest

import numpy as np
import pandas as pd

from migrationkit import __version__
from migrationkit.errors import KitError
from migrationkit.text import listing

FORMAT = 1  # of an exported design
BUDGET = 10  # points of political cost
LONGEST = 60  # characters of a name
VALUES = ("not coded", "none", "support", "lead")  # a cell of the grid is an index of this
NOT_CODED, NONE, SUPPORT, LEAD = range(4)
STEPS = np.array([[NOT_CODED] * 2, [SUPPORT] * 2, [NONE, LEAD], [SUPPORT] * 2])  # one step away

# Our coding: pairs of functions that pull one body in two directions, and why.
TENSIONS = {
    ("refugee-protection", "return"): (
        "it would protect those who cannot go back and help others to go back"
    ),
    ("human-rights", "borders"): "it would monitor rights at borders and help to run the borders",
    ("human-rights", "return"): "it would hear complaints about help to return and give that help",
    ("labour-standards", "labour-mobility"): "it would supervise recruiters and recruit",
}


@dataclass(frozen=True)
class Design:
    """One way to share the work. Made by `start` and by moves, never by hand."""

    bodies: tuple[str, ...]
    functions: tuple[str, ...]
    grid: tuple[tuple[int, ...], ...]  # one row a body, one column a function, index of VALUES
    un: frozenset[str]  # the bodies inside the UN system
    seats: float  # 0 to 1: UN member states with a seat in a standing forum
    facilities: tuple[tuple[str, frozenset[str]], ...] = ()  # name and bodies coordinated
    forums: tuple[str, ...] = ()  # each open to all states
    created: frozenset[str] = frozenset()  # bodies that the moves created
    moves: tuple[tuple, ...] = ()  # (name of the move, what it was given, ...)
    cost: int = 0
    budget: int | None = BUDGET  # None: no limit
    previous: Design | None = field(default=None, compare=False, repr=False)


def start(
    table: pd.DataFrame,
    *,
    seats: float,
    un: Iterable[str] = (),
    facilities: Mapping[str, Iterable[str]] | None = None,
    budget: int | None = BUDGET,
) -> Design:
    """The design before any move, from a table with a row a cell: `body`, `function`, `value`.

    A pair without a row is "not coded". `un` names the bodies inside the UN system, `seats` is
    the share (0 to 1) of UN member states with a seat in a standing forum on the issue. An empty
    table makes an empty design. Raises `KitError` for anything else that is not so.

    >>> EXAMPLE.bodies, EXAMPLE.functions[:2]
    (('Alpha', 'Beta', 'Gamma'), ('refugee-protection', 'return'))
    """
    missing = [name for name in ("body", "function", "value") if name not in table.columns]
    if missing:
        raise KitError(f"The table of mandates has no column {listing(missing)}.")
    if not 0 <= seats <= 1:
        raise KitError(f"The share of states with a seat is {seats}, not between 0 and 1.")
    cells: dict[tuple, int] = {}
    for body, function, value in zip(table["body"], table["function"], table["value"], strict=True):
        if str(value) not in VALUES:
            raise KitError(
                f"{body}, {function} is {value!r}, which is not one of {listing(VALUES)}."
            )
        if (body, function) in cells:
            raise KitError(f"{body}, {function} has two rows in the table of mandates.")
        cells[body, function] = VALUES.index(str(value))
    bodies = tuple(dict.fromkeys(body for body, _ in cells))
    functions = tuple(dict.fromkeys(function for _, function in cells))
    grid = tuple(tuple(cells.get((b, f), NOT_CODED) for f in functions) for b in bodies)
    un = frozenset(_known("body", name, bodies) for name in un)
    groups = tuple(
        (name, frozenset(_several("body", members, bodies)))
        for name, members in (facilities or {}).items()
    )
    return Design(bodies, functions, grid, un, float(seats), groups, budget=budget)


# ---- Moves -------------------------------------------------------------------------------------


def transfer(
    design: Design, function: str, source: str, target: str, level: str = ""
) -> Design:
    """`source` hands its part in a function over to `target`, as "lead" or "support". Costs 1.

    To a body that the moves created it costs 2. Without `level` it hands over what it has, and
    with it no more and no less: else a lead could be made, or lost on the way. The source keeps
    nothing; the target keeps what it has when that is more. Refused when the source has no part in
    the function, or another part than `level`.

    >>> crowding(EXAMPLE), crowding(transfer(EXAMPLE, "data", "Beta", "Gamma"))
    (0.75, 0.5)
    """
    column = design.functions.index(_known("function", function, design.functions))
    giver = design.bodies.index(_known("body", source, design.bodies))
    taker = design.bodies.index(_known("body", target, design.bodies))
    own = design.grid[giver][column]
    level = _known("level", level or VALUES[max(own, SUPPORT)], VALUES[SUPPORT:])
    if giver == taker:
        raise KitError(f"{source} cannot hand {function} over to itself.")
    if design.grid[giver][column] == NOT_CODED:
        raise KitError(f"The part of {source} in {function} is not coded, so it cannot be moved.")
    if design.grid[giver][column] == NONE:
        raise KitError(f"{source} has no part in {function}, so there is nothing to hand over.")
    if VALUES.index(level) > own:
        raise KitError(f"{source} has no lead to give in {function}: it only supports it.")
    if VALUES.index(level) < own:
        raise KitError(
            f"{source} leads, so it cannot hand {function} over as support: a lead would be lost."
        )
    rows = [list(row) for row in design.grid]
    rows[giver][column] = NONE
    rows[taker][column] = max(rows[taker][column], VALUES.index(level))
    move = ("transfer", function, source, target, level)
    return _made(design, 2 if target in design.created else 1, move, grid=_frozen(rows))


def open_forum(design: Design, name: str) -> Design:
    """Opens a forum where every state has a seat. Costs 1; only `reach` and `cost` change.

    >>> reach(EXAMPLE), reach(open_forum(EXAMPLE, "Forum"))
    (0.5, 1.0)
    """
    name = _new(design, name)
    return _made(design, 1, ("open_forum", name), forums=(*design.forums, name))


def create_facility(design: Design, name: str, members: Iterable[str]) -> Design:
    """Links two or more bodies, whose grid stays as it is. Costs 2.

    Refused when one facility links them all already.

    >>> uncoordinated_pairs(create_facility(EXAMPLE, "Facility", EXAMPLE.bodies))
    0.0
    """
    name = _new(design, name)
    members = _several("body", members, design.bodies)
    if len(members) < 2:
        raise KitError("A facility links at least two bodies.")
    for other, linked in design.facilities:
        if linked.issuperset(members):
            raise KitError(f"{other} links {listing(members)} already.")
    facilities = (*design.facilities, (name, frozenset(members)))
    return _made(design, 2, ("create_facility", name, members), facilities=facilities)


def admit(design: Design, body: str) -> Design:
    """Brings a body into the UN system. Costs 2; a change of status, which no metric measures.

    >>> facts(EXAMPLE)["leads_outside_un"], facts(admit(EXAMPLE, "Beta"))["leads_outside_un"]
    (2, 0)
    """
    if _known("body", body, design.bodies) in design.un:
        raise KitError(f"{body} is in the UN system already.")
    return _made(design, 2, ("admit", body), un=design.un | {body})


def create_body(
    design: Design, name: str, functions: Iterable[str] = (), others: str = "hand over"
) -> Design:
    """A new body of the UN system, which leads `functions`. Costs 4, and more for each function.

    Others who lead them "hand over" (2 a function; they keep nothing) or "keep" their lead (1 a
    function). Refused for a function that is kept out because no cell of it is coded.

    >>> beside = create_body(EXAMPLE, "Agency", ["return"], "keep")
    >>> contest(EXAMPLE), contest(beside), contest(create_body(EXAMPLE, "Agency", ["data"]))
    (0.25, 0.5, 0.0)
    """
    name = _new(design, name)
    given = _several("function", functions, design.functions)
    others = _known("way", others, ("hand over", "keep"))
    counted = dict(zip(design.functions, _counted(design), strict=True))
    for function in given:
        if not counted[function]:
            raise KitError(f"No part in {function} is coded, so it is kept out of the sandbox.")
    leaves = given if others == "hand over" else ()
    rows = [
        [NONE if f in leaves and v == LEAD else v for f, v in zip(counted, row, strict=True)]
        for row in design.grid
    ]
    rows.append([LEAD if f in given else NONE if counted[f] else NOT_CODED for f in counted])
    return _made(
        design,
        4 + len(given) * (2 if others == "hand over" else 1),
        ("create_body", name, given, others),
        bodies=(*design.bodies, name),
        grid=_frozen(rows),
        un=design.un | {name},
        created=design.created | {name},
    )


def merge(design: Design, first: str, second: str, name: str) -> Design:
    """Makes one body of two. Costs 5.

    In each function it has the higher of the two values ("not coded" is the lowest); it is in
    the UN system and in a facility when one of the two was. `name` may be one of their names.

    >>> merge(EXAMPLE, "Alpha", "Gamma", "Alpha").bodies
    ('Alpha', 'Beta')
    """
    pair = [_known("body", body, design.bodies) for body in (first, second)]
    if first == second:
        raise KitError(f"A merger takes two bodies, and {first} is one.")
    name = _new(design, name, free=pair)

    def renamed(names):
        return frozenset(name if other in pair else other for other in names)

    rows = dict(zip(design.bodies, design.grid, strict=True))
    rows[first] = tuple(map(max, rows[first], rows[second]))
    kept = [body for body in design.bodies if body != second]
    return _made(
        design,
        5,
        ("merge", first, second, name),
        bodies=tuple(name if body == first else body for body in kept),
        grid=tuple(rows[body] for body in kept),
        un=renamed(design.un),
        facilities=tuple((group, renamed(members)) for group, members in design.facilities),
        created=design.created - set(pair),
    )


MOVES = {f.__name__: f for f in (transfer, open_forum, create_facility, admit, create_body, merge)}


def undo(design: Design) -> Design:
    """The design before the last move. Raises `KitError` when there is none."""
    if design.previous is None:
        raise KitError("There is no move to undo.")
    return design.previous


def undo_all(design: Design) -> Design:
    """The design before the first move."""
    while design.previous is not None:
        design = design.previous
    return design


def replay(design: Design, moves: Iterable[Iterable]) -> Design:
    """Makes moves one after the other, each a name of `MOVES` and what that function takes.

    >>> replay(EXAMPLE, [("open_forum", "Forum"), ("admit", "Beta")]).cost
    3
    """
    for move in moves:
        name, *given = move if isinstance(move, (list, tuple)) and move else [move]
        function = MOVES[_known("move", name, tuple(MOVES))]
        try:
            inspect.signature(function).bind(design, *given)
        except TypeError:
            needs = list(inspect.signature(function).parameters)[1:]
            raise KitError(f"The move {name} takes {listing(needs)}.") from None
        design = function(design, *given)
    return design


def _made(design: Design, price: int, move: tuple, **changes) -> Design:
    cost = design.cost + price
    if design.budget is not None and cost > design.budget:
        left = design.budget - design.cost
        raise KitError(f"This move costs {price} and your budget has {left} left.")
    return replace(design, moves=(*design.moves, move), cost=cost, previous=design, **changes)


def _known(kind: str, name, names: tuple[str, ...]) -> str:
    if isinstance(name, str) and name in names:
        return name
    raise KitError(f"There is no {kind} {name!r} here, only {listing(names) or 'an empty grid'}.")


def _several(kind: str, chosen, names: tuple[str, ...]) -> tuple[str, ...]:
    """The chosen names, each once, in the order of `names`."""
    if isinstance(chosen, str) or not isinstance(chosen, Iterable):
        chosen = [chosen]
    chosen = [_known(kind, name, names) for name in chosen]
    return tuple(name for name in names if name in chosen)


def _new(design: Design, name, free: Iterable[str] = ()) -> str:
    """A name that nothing else has."""
    tidy = " ".join(name.split()) if isinstance(name, str) else ""
    if not (0 < len(tidy) <= LONGEST and tidy.isprintable()):
        raise KitError(f"A name has 1 to {LONGEST} letters or signs that can be printed.")
    taken = [*design.bodies, *design.forums, *dict(design.facilities)]
    if tidy.casefold() in {other.casefold() for other in taken if other not in free}:
        raise KitError(f"The name {tidy} is taken.")
    return tidy


def _frozen(rows) -> tuple[tuple[int, ...], ...]:
    return tuple(map(tuple, rows))


# ---- Metrics: lower is better, but for reach ---------------------------------------------------
# F: the functions with a coded cell; B: the bodies; leads(f), holders(f): the bodies that lead f,
# that lead or support it. A share of nothing is 0.


def gap(design: Design) -> float:
    """Share of functions without a lead: |{f: leads(f) = 0}| / |F|, from 0 to 1.

    >>> gap(EXAMPLE)  # nobody leads dialogue, one of four
    0.25
    """
    return _share(_leads(design).sum(axis=0) == 0)


def contest(design: Design) -> float:
    """Share of functions with two leads or more: |{f: leads(f) ≥ 2}| / |F|, from 0 to 1.

    >>> contest(EXAMPLE)  # Alpha and Beta both lead data
    0.25
    """
    return _share(_leads(design).sum(axis=0) >= 2)


def crowding(design: Design) -> float:
    """Mean number of extra bodies: Σ_f max(0, holders(f) − 1) / |F|, bodies per function.

    >>> crowding(EXAMPLE)  # one extra for refugee-protection and two for data, over four
    0.75
    """
    return _share(np.maximum(_holds(design).sum(axis=0) - 1, 0))


def uncoordinated_pairs(design: Design) -> float:
    """Of the pairs of bodies that hold a function both, the share in no common facility, 0 to 1.

    >>> uncoordinated_pairs(EXAMPLE)  # all three pairs meet in data, and no facility links them
    1.0
    """
    holds = _holds(design).astype(int)
    linked = np.zeros((len(design.bodies),) * 2, dtype=bool)
    for _, members in design.facilities:
        inside = np.array([body in members for body in design.bodies])
        linked |= np.outer(inside, inside)
    meet = np.triu(holds @ holds.T > 0, k=1)
    return _share(~linked[meet])


def house_tension(design: Design) -> int:
    """Number of times that one body leads both functions of a pair of `TENSIONS`.

    Σ_b |{(f, g) in TENSIONS: b leads f and g}|, a whole number from 0 to |TENSIONS| · |B|.

    >>> house_tension(EXAMPLE), house_tension(merge(EXAMPLE, "Alpha", "Beta", "One"))
    (0, 1)
    """
    led = [
        {f for f, value in zip(design.functions, row, strict=True) if value == LEAD}
        for row in design.grid
    ]
    return sum(led_here.issuperset(pair) for led_here in led for pair in TENSIONS)


def concentration(design: Design) -> float:
    """Herfindahl-Hirschman index of leads: Σ_b (leads of b)² / (all leads)², from 0 to 1.

    1 when one body has every lead, 1/n when n bodies have as many each, 0 without a lead.

    >>> concentration(EXAMPLE)  # two bodies with two leads each
    0.5
    """
    leads = _leads(design).sum(axis=1)
    return float((leads**2).sum() / leads.sum() ** 2) if leads.any() else 0.0


def reach(design: Design) -> float:
    """Share of UN member states with a seat in a standing forum, 0 to 1: more is better.

    1 when there is a forum, which is open to all; else the `seats` that `start` was given. It
    does not ask who leads on dialogue: a body can bring states together without such a forum.

    >>> reach(EXAMPLE)
    0.5
    """
    return 1.0 if design.forums else design.seats


def upheaval(design: Design) -> float:
    """Share of functions whose leads or supporters are not those of the start, from 0 to 1.

    |{f: leads(f) or holders(f) differ from the start}| / |F|. A body that the moves made, or
    merged, is another body than those of the start, whatever its name. So who mends a gap, a
    contest, a crowd, a tension or a concentration pays here: none of them moves without it.

    >>> upheaval(EXAMPLE), upheaval(transfer(EXAMPLE, "data", "Beta", "Gamma"))
    (0.0, 0.25)
    """
    begin, counted = undo_all(design), _counted(design)
    new = {move[1] for move in design.moves if move[0] == "create_body"}
    new |= {name for move in design.moves if move[0] == "merge" for name in move[1:]}
    before = dict(zip(begin.bodies, np.maximum(_array(begin), NONE), strict=True))
    after = dict(zip(design.bodies, np.maximum(_array(design), NONE), strict=True))
    nothing = np.full(len(design.functions), NONE)
    changed = np.zeros(len(design.functions), dtype=bool)
    for body in before.keys() | after.keys():
        if body in new:  # what it holds now, or held before the moves, is in other hands
            changed |= before.get(body, nothing) > NONE
            changed |= after.get(body, nothing) > NONE
        else:
            changed |= before[body] != after[body]
    return _share(changed[counted])


def cost(design: Design) -> int:
    """Political cost of the moves made so far, in points.

    >>> cost(merge(EXAMPLE, "Alpha", "Beta", "One"))
    5
    """
    return design.cost


METRICS = {
    f.__name__: f
    for f in (
        gap,
        contest,
        crowding,
        uncoordinated_pairs,
        house_tension,
        concentration,
        reach,
        upheaval,
        cost,
    )
}
HIGHER_IS_BETTER = frozenset({"reach"})


def metrics(design: Design) -> dict[str, float]:
    """Every metric by name.

    >>> metrics(EXAMPLE)["crowding"]
    0.75
    """
    return {name: measure(design) for name, measure in METRICS.items()}


def facts(design: Design) -> dict[str, int]:
    """Counts beside the metrics. None of them is better high or low.

    `gaps_unsure` are functions without a lead that have a cell not coded: reading more could
    show a lead there. `functions_kept_out` have no coded cell at all.

    >>> facts(EXAMPLE)
    {'bodies': 3, 'leads_outside_un': 2, 'not_coded': 1, 'gaps_unsure': 0, 'functions_kept_out': 0}
    """
    grid, counted = _array(design), _counted(design)
    outside = np.array([body not in design.un for body in design.bodies], dtype=bool)
    gaps = counted & ~(grid == LEAD).any(axis=0)
    return {
        "bodies": len(design.bodies),
        "leads_outside_un": int((grid[outside] == LEAD).sum()),
        "not_coded": int((grid == NOT_CODED).sum()),
        "gaps_unsure": int((gaps & (grid == NOT_CODED).any(axis=0)).sum()),
        "functions_kept_out": int((~counted).sum()),
    }


def table(design: Design) -> pd.DataFrame:
    """The grid as `start` takes it: a row a cell, with `body`, `function` and `value` (text).

    >>> len(table(EXAMPLE))
    12
    """
    cells = [
        (body, function, VALUES[value])
        for body, row in zip(design.bodies, design.grid, strict=True)
        for function, value in zip(design.functions, row, strict=True)
    ]
    return pd.DataFrame(cells, columns=["body", "function", "value"], dtype="str")


def _array(design: Design) -> np.ndarray:
    return np.array(design.grid, dtype=int).reshape(len(design.bodies), len(design.functions))


def _counted(design: Design) -> np.ndarray:
    """For each function: does it count, because a cell of it is coded? No move changes that."""
    return (_array(design) != NOT_CODED).any(axis=0)


def _leads(design: Design) -> np.ndarray:
    return _array(design)[:, _counted(design)] == LEAD


def _holds(design: Design) -> np.ndarray:
    return _array(design)[:, _counted(design)] >= SUPPORT


def _share(values: np.ndarray) -> float:
    return float(values.mean()) if values.size else 0.0


# ---- Designs beside each other -----------------------------------------------------------------


def compare(a: Design, b: Design) -> pd.DataFrame:
    """One row a metric: `metric`, `before` (of a), `after` (of b), `change`, `verdict` on b.

    >>> compare(EXAMPLE, open_forum(EXAMPLE, "Forum")).query("verdict == 'better'").metric.tolist()
    ['reach']
    """
    rows = []
    for name, measure in METRICS.items():
        before, after = measure(a), measure(b)
        gain = _loss(name, a) - _loss(name, b)
        verdict = "better" if gain > 0 else "worse" if gain < 0 else "same"
        rows.append((name, before, after, after - before, verdict))
    return pd.DataFrame(rows, columns=["metric", "before", "after", "change", "verdict"])


def dominated(designs: Mapping[str, Design]) -> pd.DataFrame:
    """Which design is no better than another on any metric, cost included, and worse on one.

    One row a pair: `design`, `by` (the one that dominates it), `why` (a sentence).

    >>> twice = replay(EXAMPLE, [("open_forum", "One"), ("open_forum", "Two")])
    >>> dominated({"once": undo(twice), "twice": twice}).why[0]
    'once is better than twice on cost and the same on all else.'
    """
    losses = {name: np.array([_loss(m, d) for m in METRICS]) for name, d in designs.items()}
    rows = []
    for worse, best in permutations(losses, 2):
        gains = losses[worse] - losses[best]
        if (gains >= 0).all() and (gains > 0).any():
            better = listing(name for name, gain in zip(METRICS, gains, strict=True) if gain > 0)
            why = f"{best} is better than {worse} on {better} and the same on all else."
            rows.append((worse, best, why))
    return pd.DataFrame(rows, columns=["design", "by", "why"], dtype="str")


def stability(designs: Iterable[Design], metric: str, draws: int = 1000, seed: int = 2006) -> float:
    """Share of recodings, 0 to 1, under which two or more designs keep their order on a metric.

    Each draw moves a tenth of the coded cells of the start by one step (none, support, lead; one
    cell at least), makes the moves again and ranks the designs; a tie must stay a tie. A draw in
    which a move can no longer be made counts against. Raises `KitError` when the designs do not
    have the same start or there is no such metric.

    >>> stability([EXAMPLE, open_forum(EXAMPLE, "Forum")], "reach", draws=20)
    1.0
    """
    designs = list(designs)
    measure = METRICS[_known("metric", metric, tuple(METRICS))]
    begin = {replace(undo_all(design), budget=None) for design in designs}
    if len(designs) < 2 or len(begin) > 1 or draws < 1:
        raise KitError("A ranking needs two designs with the same start, and one draw at least.")
    begin = begin.pop()
    random = np.random.default_rng(seed)

    held, expected = 0, [measure(design) for design in designs]
    for _ in range(draws):
        other = _recoded(begin, random)
        try:
            found = [measure(replay(other, design.moves)) for design in designs]
            held += same_order(expected, found)
        except KitError:
            continue
    return held / draws


def same_order(one: Iterable[float], other: Iterable[float]) -> bool:
    """Whether two lists of values rank their places alike; a tie must be a tie in both.

    >>> same_order([0.1, 0.2, 0.2], [3, 5, 5]), same_order([0.1, 0.2], [3, 3])
    (True, False)
    """

    def ranks(values):
        return np.unique([round(value, 12) for value in values], return_inverse=True)[1].tolist()

    return ranks(one) == ranks(other)


def _recoded(design: Design, random: np.random.Generator) -> Design:
    grid = _array(design)
    coded = np.flatnonzero(grid != NOT_CODED)
    chosen = random.choice(coded, min(len(coded), max(1, round(len(coded) / 10))), replace=False)
    grid.flat[chosen] = STEPS[grid.flat[chosen], random.integers(2, size=len(chosen))]
    return replace(design, grid=_frozen(grid.tolist()))


def _loss(metric: str, design: Design) -> float:
    """The metric so that less is better, without the noise of the last digits."""
    value = round(METRICS[metric](design), 12)
    return -value if metric in HIGHER_IS_BETTER else value


# ---- Export and import -------------------------------------------------------------------------


def export(design: Design) -> str:
    """The moves as JSON, one on a line, each after a mark made of all that stands above it.

    The marks find slips and edits by hand. They are no protection against forgery.

    >>> load_design(export(admit(EXAMPLE, "Beta")), EXAMPLE).moves
    (('admit', 'Beta'),)
    """
    start = undo_all(design)
    groups = sorted((name, sorted(members)) for name, members in start.facilities)
    begin = [start.bodies, start.functions, start.grid, sorted(start.un), start.seats, groups]
    mark, rows = _mark(begin), []
    head = [f'"format": {FORMAT},', f'"release": "{__version__}",', f'"grid": "{mark}",']
    for move in design.moves:
        mark = _mark([mark, move])
        rows.append(json.dumps([mark, *move], ensure_ascii=False))
    moves = ['"moves": [', *[f"{row}," for row in rows[:-1]], *rows[-1:], "],"]
    return "\n".join(["{", *head, *moves, f'"checksum": "{mark}"', "}", ""])


def load_design(text: str, start: Design) -> Design:
    """The design that `export` wrote, made again from `start` (or from where `start` began).

    Raises `KitError`, naming the line, for text of another format, release or grid, cut short
    or changed by hand, and for a move that is outside the rules.
    """
    start = undo_all(start)
    lines = [line.strip() for line in str(text).lstrip("\ufeff").strip().split("\n")]
    for number, ours in enumerate(export(start).split("\n")[:5], 1):
        if lines[number - 1 : number] != [ours]:
            found = lines[number - 1] if number <= len(lines) else ""
            raise KitError(
                f"Line {number} reads “{_cut(found)}” and should read “{ours}”: paste all that "
                "“Keep or load” gave, of this release and this grid and not changed by hand."
            )
    if "}" not in lines:
        raise KitError(f"Line {len(lines)} is the last one, so the design was cut short.")
    design = start
    for number, line in enumerate(lines[5:], 6):
        if line == "],":
            break
        row = line.removesuffix(",")
        try:
            design = replay(design, [json.loads(row)[1:]])
        except (ValueError, TypeError, KeyError, RecursionError):
            raise KitError(f"Line {number} is no move, so it was changed by hand.") from None
        except KitError as problem:
            raise KitError(f"Line {number} holds a move that is refused: {problem}") from None
        if export(design).split("\n")[number - 1] != row:
            raise KitError(f"Line {number} was changed by hand, as its mark shows.")
    for number, (found, ours) in enumerate(zip_longest(lines, export(design).split("\n")[:-1]), 1):
        if found != ours:
            raise KitError(f"Line {number} is not as the kit wrote it.")
    return design


def _cut(line: str, most: int = 40) -> str:
    """The beginning of a line, fit to be shown."""
    plain = "".join(sign if sign.isprintable() else " " for sign in line[: most + 1])
    return f"{plain[:most]}…" if len(line) > most else plain


def _mark(content) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:8]


# ---- Designs to begin with ---------------------------------------------------------------------

# Invented: three bodies and four functions for the examples above.
EXAMPLE = start(
    pd.DataFrame(
        {
            "Alpha": ["lead", "none", "lead", "none"],
            "Beta": ["none", "lead", "lead", "none"],
            "Gamma": ["support", "not coded", "support", "none"],
        },
        index=pd.Index(["refugee-protection", "return", "data", "dialogue"], name="function"),
    )
    .melt(var_name="body", ignore_index=False)
    .reset_index(),
    seats=0.5,
    un=["Alpha"],
)

NINE = ("ILO", "IOM", "OHCHR", "UNCTAD", "UNDP", "UNFPA", "UNHCR", "UNODC", "World Bank")
_ONE = "World Migration Organization"
_NETWORK = (
    ("create_facility", "UN Network on Migration", NINE),
    ("open_forum", "Review Forum"),
    ("admit", "IOM"),
)
_LABOUR = ("labour-standards", "labour-mobility")
# The six of the Geneva Migration Group, which met from April 2003 to early 2006.
SIX = ("ILO", "IOM", "OHCHR", "UNCTAD", "UNHCR", "UNODC")
# The reforms that were proposed or made, as moves from the nine bodies of early 2006. The Network
# links the nine of the Note only: the one of 2018 had more members, and IOM as its coordinator.
PRESETS: dict[str, tuple[tuple, ...]] = {
    "Status quo (early 2006)": (),
    "IOM-UNHCR merger": (("merge", "IOM", "UNHCR", "IOM-UNHCR"),),
    "Inter-agency Facility (GCIM 2005)": (("create_facility", "Global Migration Facility", NINE),),
    "Group and Forum (UNSG 2006)": (
        ("create_facility", "Global Migration Group", NINE),
        ("open_forum", "Global Forum"),
    ),
    "Economic-migration agency, others keep": (
        ("create_body", "Economic-migration agency", _LABOUR, "keep"),
    ),
    "Economic-migration agency, others hand over": (
        ("create_body", "Economic-migration agency", _LABOUR, "hand over"),
    ),
    "Data hub": (("create_body", "Data hub", ("data",), "hand over"),),
    "Network (2018)": _NETWORK,
    "One organisation": tuple(  # 40 points: far beyond the budget
        ("merge", first, second, _ONE)
        for first, second in zip((NINE[0], *[_ONE] * 7), NINE[1:], strict=True)
    ),
    "UN80 idea (2025)": (*_NETWORK, ("merge", "IOM", "UNHCR", "IOM-UNHCR")),
}


def presets(start: Design) -> dict[str, Design]:
    """Every preset by name, made from `start` without a limit of cost.

    Raises `KitError` when the grid lacks a body or a function that a preset names, or when no
    cell of such a function is coded.
    """
    begin = replace(start, budget=None)
    return {name: replay(begin, moves) for name, moves in PRESETS.items()}
