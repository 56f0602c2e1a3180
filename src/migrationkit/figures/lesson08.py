"""Figures of lesson 8: who runs migration?

Each view is written as a learner would write it in a notebook, because *Code* shows it to them.
`Moves` is the control of the sandbox, `Cell` that of figure 8.4; `cards` is the sandbox on paper.
"""

import html
import json
import re
from dataclasses import replace

import altair as alt
import ipywidgets as widgets
import traitlets
from IPython.display import HTML

import migrationkit as kit
from migrationkit.models import institutions

LANES = [
    "Bodies", "Coordination among bodies", "Commissions and reports",
    "Conferences and forums", "Treaties and resolutions", "Regional processes",
]  # fmt: skip
TASKS = {
    "refugee-protection": "Protect refugees",
    "labour-standards": "Set rules for work abroad",
    "human-rights": "Guard human rights",
    "return": "Help people return",
    "borders": "Support border control",
    "crime": "Fight trafficking and smuggling",
    "development": "Link migration and development",
    "remittances": "Ease remittances",
    "health": "Care for migrants' health",
    "integration": "Support integration",
    "data": "Count and study migration",
    "emergencies": "Act in emergencies",
    "labour-mobility": "Organise work abroad",
    "dialogue": "Bring states together to talk",
}
MEASURES = {
    "gap": "Tasks that nobody leads, share",
    "contest": "Tasks with two leads or more, share",
    "crowding": "Extra bodies for each task",
    "uncoordinated_pairs": "Pairs without a link, share",
    "house_tension": "Clashing roles in one house",
    "concentration": "Leads in few hands, index",
    "reach": "States in a standing forum for all, share",
    "upheaval": "Tasks in other hands, share",
    "cost": "Political cost, points",
}


def timeline_view(lane="all lanes", named="all events", search=""):
    """How migration came to be governed: events in lanes, or a list when few are left."""
    events = kit.load("timeline")
    marks = {"Note": "named or implied in the Note", "neither": "before, left out",
             "after 2006": "after the Note"}
    events["event"] = events.event.str.replace("GFMD", "Global Forum", regex=False)
    events["place"] = events.in_texts.map(marks)
    word, words = search.strip(), events.event + " " + events.actors
    fits = words.str.contains(word, case=False, regex=False)
    fits &= (events.lane == lane) | (lane == "all lanes")
    fits &= (events.place == named) | (named == "all events")
    none_fits = not fits.any()
    if not none_fits:
        events = events[fits]
    table = events[["date", "year", "event", "lane", "place", "actors"]].reset_index(drop=True)

    few = len(table) <= 18  # few enough to be read one by one: the Global Forum's are 16
    drawn = table[["year", "lane", "place"]].copy()
    drawn["nth"] = drawn.groupby(["lane", "year"]).cumcount()  # events of one year, side by side
    short = table.event.str.split(r"[;(]", regex=True).str[0].str.strip().str.wrap(46)
    if few:
        lines = short.str.split("\n").str[:2].str.join("|")
        drawn["label"] = table.year.astype(str) + " " + lines

    row = alt.Y("label:N" if few else "lane:N", title=None,
                sort=None if few else kit.figures.lesson08.LANES)
    row = row.axis(labelExpr="split(datum.label, '|')", labelLimit=340, grid=True)
    range_of = {"domain": list(marks.values())}
    signs = alt.Shape("place:N", title=None).scale(
        range=["circle", "square", "triangle-up"], **range_of)
    colours = alt.Color("place:N", title=None).scale(
        range=["#0072B2", "#8a8a8a", "#B36B00"], **range_of)
    legend = {"orient": "top", "columns": 2, "symbolSize": 110, "labelLimit": 260}
    chart = alt.Chart(drawn, height=60 + (36 * len(table) if few else 44 * drawn.lane.nunique()))
    chart = chart.mark_point(filled=True, size=110, opacity=1).encode(
        alt.X("year:Q", title="Year").scale(domain=[1915, 2030], nice=False)
        .axis(format="d", values=[1920, 1945, 1970, 1995, 2020] if few else
              [1920, 1940, 1960, 1980, 2000, 2020]),
        row, signs.legend(**legend), colours.legend(**legend),
    )
    if not few:
        chart = chart.encode(alt.YOffset("nth:O").scale(domain=[3, 1, 0, 2, 4]))
    chart = chart.properties(title="Bodies came first, and meetings multiplied")

    first, last = short.iloc[0], short.iloc[-1]
    first, last = (" ".join(one.split()) for one in (first, last))
    noted = (events.in_texts == "Note").sum()
    sentence = (f"{len(table)} events, {noted} of them named or implied in the Note. "
                f"The first is of {table.year.iloc[0]}: {first}. "
                f"The last is of {table.year.iloc[-1]}: {last}.")
    if len(table) == 1:
        sentence = (f"1 event, {noted} named or implied in the Note. "
                    f"It is of {table.year.iloc[0]}: {first}.")
    if none_fits:
        sentence = f"0 events hold “{word}” under these choices, so all are shown: {sentence}"
    return kit.View(chart, table, sentence)


def timeline():
    """Figure 8.1: a century of bodies, meetings and texts, with a search box."""
    return kit.explore(
        timeline_view,
        figure="8.1",
        sources=["timeline"],
        lane=widgets.Dropdown(options=["all lanes", *LANES], description="Lane"),
        named=widgets.Dropdown(
            options=["all events", "named or implied in the Note", "before, left out",
                     "after the Note"],
            description="Which events?",
        ),
        search=widgets.Text(placeholder="forum", description="Search for a word"),
    )  # fmt: skip


def mandates_view(coding="value", body="all bodies", sort="most leads first"):
    """Nine bodies and fourteen tasks: who leads, who supports, and what is not coded."""
    mandates = kit.load("mandates")
    tasks = kit.figures.lesson08.TASKS  # short name → plain words
    table = mandates[["body", "function"]].copy()
    table["task"] = table.function.map(tasks)
    table["part"] = mandates[coding]
    same = mandates.first_coder == mandates.second_coder
    table["coders"] = same.map({True: "agree", False: "differ"})
    table.loc[same & (mandates.agreed == "no"), "coders"] = "could not read it"
    leads = table[table.part == "lead"].groupby("task").body.agg(list)
    parts = table.part.isin(["lead", "support"]).groupby(table.task).sum()
    order = sorted(tasks.values(), key=lambda task: (-len(leads.get(task, [])), -parts[task]))
    if sort == "fewest bodies first":
        order = parts.sort_values(kind="stable").index.tolist()

    drawn = table[["body", "task", "part"]].copy()
    drawn["doubt"] = table.coders.map({"agree": ""}).fillna("?")
    drawn["chosen"] = "yes"
    if body != "all bodies":
        drawn.loc[drawn.body != body, "chosen"] = "no"
    base = alt.Chart(drawn, height=430).encode(
        alt.X("body:N", title=None, sort=None).axis(orient="top", labelAngle=-90, grid=False),
        alt.Y("task:N", title=None, sort=order).axis(labelLimit=260, grid=True),
    )
    kinds = {"domain": ["lead", "support", "none", "not coded"]}
    legend = alt.Legend(orient="bottom", columns=4, symbolSize=160, symbolOpacity=1,
                        title=None)
    signs = base.mark_point(strokeWidth=2, opacity=1).encode(
        alt.Size("chosen:N", legend=None).scale(
            type="ordinal", domain=["no", "yes"], range=[80, 230]),
        alt.Shape("part:N", legend=legend).scale(
            range=["square", "circle", "stroke", "diamond"], **kinds),
        alt.Fill("part:N", legend=legend).scale(
            range=["#0072B2", "#3A9AD9", "transparent", "transparent"], **kinds),
        alt.Stroke("part:N", legend=legend).scale(
            range=["#0072B2", "#3A9AD9", "#8a8a8a", "#8a8a8a"], **kinds),
    )
    doubts = base.mark_text(fontWeight="bold").encode(text="doubt:N")
    chart = (signs + doubts).properties(title="Many hands support and few of them lead")

    names = {"value": "What both coders read", "first_coder": "The first coder",
             "second_coder": "The second coder"}
    twice = [f"“{task}” by {kit.text.listing(who)}" for task, who in leads.items() if len(who) > 1]
    sentence = (f"{names[coding]}: {len(leads)} of {len(tasks)} tasks have a lead, "
                f"{len(tasks) - len(leads)} have none. "
                f"Led more than once: {kit.text.listing(twice) or 'nothing'}. "
                f"The coders differ in {(table.coders == 'differ').sum()} of {len(table)} cells; "
                f"in {(table.coders == 'could not read it').sum()} neither could read the part.")
    if body != "all bodies":
        own = table[table.body == body].part.value_counts()
        sentence += f" {body} leads {own.get('lead', 0)} and supports {own.get('support', 0)}."
    return kit.View(chart, table.drop(columns="function"), sentence + " This is our coding.")


def mandates():
    """Figure 8.2: the grid of mandates, as agreed and as each of two coders read it."""
    agreed = kit.load("mandates").query("first_coder == 'lead' and second_coder == 'lead'")
    return kit.explore(
        mandates_view,
        figure="8.2",
        sources=["mandates"],
        guess=kit.guess(
            "number",
            "How many of the 14 tasks have a body that both coders read as lead?",
            truth=agreed.function.nunique(),
            unit="tasks",
            by="our coding says",
            least=1,
            most=14,
        ),
        coding=widgets.ToggleButtons(
            options=[("agreed", "value"), ("first coder", "first_coder"),
                     ("second coder", "second_coder")],
            description="Whose reading?",
        ),
        body=widgets.Dropdown(
            options=["all bodies", *kit.load("mandates").body.unique()], description="Body"
        ),
        sort=widgets.Dropdown(
            options=["most leads first", "fewest bodies first"], description="Sort tasks by"
        ),
    )  # fmt: skip


# ---- The sandbox -------------------------------------------------------------------------------


def begin(moves="[]", budget=None, mandates=None):
    """The design of early 2006 after some moves: JSON text, or a list as in `PRESETS`.

    `mandates` is the grid, by default our coding. Raises KitError for text that is no list of
    moves and for a move outside the rules.
    """
    if mandates is None:
        mandates = kit.load("mandates")
    # Our coding: in early 2006 no standing forum was open to all states, IOM alone was outside,
    # and the Geneva Migration Group of 2003 linked six of the nine. The Global Migration Group
    # took its place on 9 May 2006.
    start = institutions.start(
        mandates,
        seats=0.0,
        un=[body for body in mandates.body.unique() if body != "IOM"],
        facilities={"Geneva Migration Group": institutions.SIX},
    )
    try:
        made = json.loads(moves) if isinstance(moves, str) else moves
        design = institutions.replay(replace(start, budget=None), made)
    except (ValueError, TypeError):
        raise kit.KitError("The moves are no list of moves. Press Reset.") from None
    return replace(design, budget=budget)


def beside(table, title, note):
    """A line for each measure, from 0 to the worst that is drawn: `before`, `after`, `verdict`."""
    whole = table.measure.str.contains("Clashing|cost")
    say = [f"{b:.0f} → {a:.0f}" if w else f"{b:.2f} → {a:.2f}"
           for b, a, w in zip(table.before, table.after, whole, strict=True)]
    drawn = table[["verdict"]].copy()
    drawn["label"] = table.measure + "|" + say + ", " + table.verdict
    # From 0, the best, to 1, the worst that is drawn: extra bodies 8, roles 4, points 10.
    limits = {"Extra bodies for each task": 8.0, "Clashing roles in one house": 4.0,
              "Political cost, points": 10.0}
    worst = table.measure.map(limits).fillna(1.0)
    worst = worst.combine(table[["before", "after"]].max(axis=1), max)
    for column in ["before", "after"]:
        drawn[column] = (table[column] / worst).where(
            ~table.measure.str.startswith("States"), 1 - table[column])

    base = alt.Chart().encode(
        alt.Y("label:N", title=None, sort=None).axis(
            labelExpr="split(datum.label, '|')", labelLimit=300, grid=True, ticks=False,
            domain=False, labelBaseline="line-bottom"),
    )
    x = {"scale": alt.Scale(domain=[-0.05, 1.05], nice=False), "axis": None}
    line = base.mark_rule(color="#8a8a8a", strokeWidth=2).encode(
        alt.X("before:Q", **x), alt.X2("after:Q"))
    circle = base.mark_point(size=150, filled=False, strokeWidth=2, stroke="currentColor",
                             shape="circle").encode(alt.X("before:Q", **x))
    kinds = {"domain": ["better", "lower", "same", "worse", "higher"]}
    left, right, blue, orange = "triangle-left", "triangle-right", "#0072B2", "#B36B00"
    mark = base.mark_point(size=150, filled=True, opacity=1).encode(
        alt.X("after:Q", **x),
        alt.Shape("verdict:N", legend=None).scale(
            range=[left, left, "circle", right, right], **kinds),
        alt.Color("verdict:N", legend=None).scale(
            range=[blue, blue, "#8a8a8a", orange, orange], **kinds),
    )
    title = alt.Title(title, subtitle=note, subtitleFontSize=13, subtitleColor="currentColor")
    return say, alt.layer(line, mark, circle, data=drawn, title=title, height=45 * len(table))


def sandbox_view(moves="[]", against="Status quo (early 2006)"):
    """Your design beside another one: nine measures, each on a scale of its own."""
    from migrationkit.models import institutions

    mine = kit.figures.lesson08.begin(moves)
    other = kit.figures.lesson08.begin(institutions.PRESETS[against])
    table = institutions.compare(other, mine)
    table["measure"] = table.metric.map(kit.figures.lesson08.MEASURES)
    table = table[["measure", "before", "after", "verdict"]]
    say, chart = kit.figures.lesson08.beside(
        table, "What your design makes better and worse",
        "Hollow: before. Filled: your design. Further left is better.")

    found = {verdict: [f"{name.split(',')[0].lower()} ({words})" for name, words in
                       zip(rows.measure, [say[i] for i in rows.index], strict=True)]
             for verdict, rows in table.groupby("verdict")}
    facts = institutions.facts(mine)
    count = f"{len(mine.moves)} move" + ("" if len(mine.moves) == 1 else "s")
    sentence = f"{count} for {mine.cost} points, compared with {against}. "
    for verdict in ["better", "worse"]:
        sentence += f"{verdict.capitalize()}: {kit.text.listing(found.get(verdict, ['nothing']))}. "
    sentence += (f"{facts['bodies']} bodies now share the work. Of the tasks that nobody leads, "
                 f"{facts['gaps_unsure']} have a cell that is not coded. This is our coding.")
    return kit.View(chart, table, sentence)


# What a learner chooses from before the sandbox opens: plain words → preset.
REFORMS = {
    "A merger of IOM and UNHCR": "IOM-UNHCR merger",
    "A facility that links the nine bodies": "Inter-agency Facility (GCIM 2005)",
    "A Group and a Forum": "Group and Forum (UNSG 2006)",
    "An agency for economic migration": "Economic-migration agency, others hand over",
    "One organisation for everything": "One organisation",
}


def verdicts(name):
    """How many of the eight measures a preset makes better and worse, and its cost in points.

    >>> verdicts("Inter-agency Facility (GCIM 2005)")
    (1, 0, 2)
    """
    designs = institutions.presets(begin())
    changed = institutions.compare(designs["Status quo (early 2006)"], designs[name])
    measures = changed[changed.metric != "cost"].verdict
    return (
        int((measures == "better").sum()), int((measures == "worse").sum()), designs[name].cost
    )  # fmt: skip


def most_better(reforms=None):
    """Which reform makes the most measures better, cost aside, by our coding."""
    reforms = reforms or REFORMS
    return max(reforms, key=lambda words: verdicts(reforms[words])[0])


def sandbox():
    """Figure 8.3: the institution sandbox, with six moves and ten points to spend."""
    most = most_better()
    better, worse, points = verdicts(REFORMS[most])
    return kit.explore(
        sandbox_view,
        figure="8.3",
        sources=["mandates"],
        guess=kit.guess(
            "choice",
            "By our coding, which reform makes the most of eight measures better, cost aside?",
            truth=most,
            options=list(REFORMS),
            by="our coding says",
            after=f"{most} makes {better} of 8 measures better and {worse} worse, for {points} "
            f"points: your budget is {institutions.BUDGET}. The figure opens beside it. There your "
            "design, still the status quo, is compared with it: better and worse change places.",
            opens={"against": REFORMS[most]},
        ),
        against=widgets.Dropdown(
            options=list(institutions.PRESETS), description="Compare with"
        ),
        moves=Moves(),
    )  # fmt: skip


KINDS = [
    ("Hand a task over (1 point; 2 to a new body)", "transfer"),
    ("Open a forum for all states (1 point)", "open_forum"),
    ("Link bodies in a facility (2 points)", "create_facility"),
    ("Admit a body to the United Nations (2 points)", "admit"),
    ("Create a body (4 points, and 1 or 2 a task)", "create_body"),
    ("Merge two bodies (5 points)", "merge"),
]
OTHERS = [("hand their lead over (2 a task)", "hand over"), ("keep their lead (1 a task)", "keep")]
WRAP = {"flex_flow": "row wrap"}
NAMES = {"open_forum": "Open forum", "create_facility": "Facility", "create_body": "New agency"}


def in_words(move):
    """A move as a reader says it.

    >>> in_words(("merge", "IOM", "UNHCR", "One"))
    'Merge IOM and UNHCR into One'
    """
    kind, *given = move
    if kind == "transfer":
        task, source, target, level = given
        return f"{source} hands “{TASKS[task]}” to {target}, as {level}"
    if kind == "create_facility":
        return f"Facility “{given[0]}” links {kit.text.listing(list(given[1]))}"
    if kind == "create_body":
        led = kit.text.listing([TASKS[task] for task in given[1]])
        return f"New body “{given[0]}”" + (f" leads {led}; others {given[2]}" if led else "")
    if kind == "merge":
        return f"Merge {given[0]} and {given[1]} into {given[2]}"
    return f"Open the forum “{given[0]}”" if kind == "open_forum" else f"Admit {given[0]} to the UN"


def _plain(match):
    return f"{match[1]} “{TASKS[match[2]]}”"


class _Ticks(widgets.VBox):
    """A box to tick for each option: several at once, by keyboard too."""

    def __init__(self, words):
        self._shown, self._made = [], {}  # a box is made once, so that little travels
        self._boxes = widgets.HBox(layout=WRAP)
        super().__init__([widgets.Label(words), self._boxes])

    def offer(self, options):
        """Show these (words, value) pairs; what is ticked stays so."""
        values = [value for _, value in options]
        if values != self._shown:
            for words, value in options:
                self._made[value] = self._made.get(value) or widgets.Checkbox(
                    description=words, indent=False, layout={"width": "auto"}
                )
            self._shown = values
            self._boxes.children = [self._made[value] for value in values]

    @property
    def value(self):
        return [value for value in self._shown if self._made[value].value]

    def clear(self):
        for box in self._made.values():
            box.value = False


class Moves(widgets.VBox):
    """The moves of a design, as a control: `value` is their JSON text.

    A move that is refused changes nothing and is answered in one sentence. Everything is made of
    ordinary controls, in the order in which they are used.
    """

    value = traitlets.Unicode("[]")
    description = "Moves of your design"

    def __init__(self):
        self._design = begin(budget=institutions.BUDGET)
        self._preset = self._menu("Begin from", list(institutions.PRESETS))
        self._kind = self._menu("Your move", KINDS)
        self._task = self._menu("Task", [(words, name) for name, words in TASKS.items()])
        self._first, self._second = self._menu("From", []), self._menu("To", [])
        self._task.value = "labour-standards"  # the first body leads it: a move that can be made
        self._others = self._menu("Bodies that lead it now", OTHERS)
        self._name = widgets.Text(description="Name", layout={"width": "320px"})
        self._bodies, self._tasks = _Ticks("Bodies to link:"), _Ticks("Tasks that it leads:")
        self._form = widgets.VBox([])
        self._refusal, self._state = widgets.HTML(), widgets.HTML()
        self._text = widgets.Textarea(
            tooltip="Your design as text", layout={"width": "calc(100% - 8px)", "height": "140px"}
        )
        load = widgets.HBox([self._button("Import", self._import)])
        self._file = widgets.VBox([self._text, load])
        self._keep = widgets.ToggleButton(description="Keep or load", layout={"width": "auto"})
        self._keep.observe(lambda _: self._show_file(), "value")
        self._kind.observe(lambda _: self._fill_form(), "value")
        super().__init__(
            [
                widgets.HBox([self._preset, self._button("Begin", self._begin)], layout=WRAP),
                self._kind,
                self._form,
                widgets.HBox(
                    [
                        self._button("Make this move", self._make, "primary"),
                        self._button("Undo", self._undo),
                        self._keep,
                    ],
                    layout=WRAP,
                ),
                self._refusal,
                self._state,
                self._file,
            ],
            layout={"width": "100%"},
        )
        self.add_class("kit-moves")
        self.observe(lambda _: self._follow(), "value")
        self._show_file()
        self._follow()
        self._fill_form()

    @staticmethod
    def _menu(words, options):
        return widgets.Dropdown(
            options=options, description=words, style={"description_width": "initial"},
            layout={"width": "max-content", "max_width": "100%"},
        )  # fmt: skip

    @staticmethod
    def _button(words, action, style=""):
        button = widgets.Button(
            description=words, button_style=style, layout={"width": "auto"}, tooltip=words
        )
        button.on_click(lambda _: action())
        return button

    # what is shown -------------------------------------------------------------------------------

    def _fill_form(self):
        kind = self._kind.value
        labels = {"merge": ("First body", "Second body"), "admit": ("Body", "")}
        self._first.description, self._second.description = labels.get(kind, ("From", "To"))
        self._name.value = NAMES.get(kind, "")
        self._name.placeholder = "a name joined of both" if kind == "merge" else ""
        self._form.children = {
            "transfer": [self._task, self._first, self._second],
            "open_forum": [self._name],
            "create_facility": [self._name, self._bodies],
            "admit": [self._first],
            "create_body": [self._name, self._tasks, self._others],
            "merge": [self._first, self._second, self._name],
        }[kind]

    def _follow(self):
        """Show the design that `value` says."""
        try:
            self._design = begin(self.value, institutions.BUDGET)
        except kit.KitError as problem:
            return self._refuse(problem)
        self._refuse("")
        design = self._design
        for menu, place in ((self._first, 0), (self._second, 1)):
            if list(menu.options) != list(design.bodies):
                kept = menu.value
                menu.options = list(design.bodies)
                ends = design.bodies[min(place, len(design.bodies) - 1)]
                menu.value = kept if kept in design.bodies else ends
        self._bodies.offer([(body, body) for body in design.bodies])
        self._tasks.offer([(words, name) for name, words in TASKS.items()])
        self._state.value = self._list_of_moves()
        if self._file.layout.display == "":
            self._text.value = institutions.export(design)

    def _list_of_moves(self):
        steps, design = [], self._design
        while design.previous is not None:
            price = design.cost - design.previous.cost
            steps.insert(0, f"<li>{html.escape(in_words(design.moves[-1]))} ({price})</li>")
            design = design.previous
        left = institutions.BUDGET - self._design.cost
        words = (f"{left} of {institutions.BUDGET} points left" if left >= 0
                 else f"{-left} points over your budget of {institutions.BUDGET}")  # fmt: skip
        made = f"Moves made:<ol>{''.join(steps)}</ol>" if steps else "No move yet."
        return f"<b>{words}.</b> {made}"

    def _refuse(self, words):
        tasks = "|".join(TASKS)  # by their short names in the model's sentences
        words = re.sub(rf"\b(in|hand) ({tasks})\b", _plain, str(words))
        said = f"<b>Not done.</b> {html.escape(words)}" if words else ""
        self._refusal.value = f'<div role="alert">{said}</div>' if said else ""

    def _show_file(self):
        self._file.layout.display = "" if self._keep.value else "none"
        self._text.value = institutions.export(self._design)

    # what is done --------------------------------------------------------------------------------

    def _asked(self):
        """The move that the form asks for."""
        first, second, name = self._first.value, self._second.value, self._name.value
        return {
            "transfer": ("transfer", self._task.value, first, second),
            "open_forum": ("open_forum", name),
            "create_facility": ("create_facility", name, self._bodies.value),
            "admit": ("admit", first),
            "create_body": ("create_body", name, self._tasks.value, self._others.value),
            "merge": ("merge", first, second, name.strip() or f"{first}-{second}"),
        }[self._kind.value]

    def _set(self, moves):
        self._refuse("")
        self.value = json.dumps(moves, ensure_ascii=False)

    def _make(self):
        over = self._design.cost - institutions.BUDGET
        if over > 0:
            return self._refuse(f"This design is {over} points over your budget: undo first.")
        try:
            made = institutions.replay(self._design, [self._asked()])
        except kit.KitError as problem:
            return self._refuse(problem)
        self._set(made.moves)
        self._bodies.clear()
        self._tasks.clear()

    def _undo(self):
        try:
            self._set(institutions.undo(self._design).moves)
        except kit.KitError as problem:
            self._refuse(problem)

    def _begin(self):
        self._set(institutions.PRESETS[self._preset.value])

    def _import(self):
        try:
            made = institutions.load_design(self._text.value, begin())
        except kit.KitError as problem:
            return self._refuse(problem)
        self._set(made.moves)


# ---- Contest a cell ----------------------------------------------------------------------------


def contest_view(cell="IOM|return", reading="as coded"):
    """One cell read otherwise: which measures of early 2006 move, and which rankings."""
    from migrationkit.models import institutions

    lesson, mandates = kit.figures.lesson08, kit.load("mandates")
    body, task = cell.split("|")
    here = (mandates.body == body) & (mandates.function == task)
    if not here.any():
        raise kit.KitError(f"The grid has no cell for {body} and {task}. Press Reset.")
    coded = mandates.value[here].item()
    yours = coded if reading == "as coded" else reading
    grids = mandates, mandates.assign(value=mandates.value.mask(here, yours))
    ours, mine = [institutions.presets(lesson.begin(mandates=grid)) for grid in grids]

    start = "Status quo (early 2006)"
    table = institutions.compare(ours[start], mine[start]).head(6)  # the rest hangs on no cell
    moved = (table.after - table.before).round(9)
    table["verdict"] = moved.map(lambda by: "higher" if by > 0 else "lower" if by else "same")

    def ranks(designs, metric):
        return [institutions.METRICS[metric](one) for one in designs.values()]

    table["order"] = [
        "kept" if institutions.same_order(ranks(ours, m), ranks(mine, m)) else "changes"
        for m in table.metric]
    table["measure"] = table.metric.map(lesson.MEASURES)
    table = table[["measure", "before", "after", "verdict", "order"]]
    say, chart = lesson.beside(table, "What one cell can move",
                               "Hollow: our coding. Filled: your reading.")

    name = f"{body} on “{lesson.TASKS[task]}”"
    short = [measure.split(",")[0].lower() for measure in table.measure]
    effect = [f"{one} from {words.replace(' →', ' to')}"
              for one, words, way in zip(short, say, table.verdict, strict=True) if way != "same"]
    orders = [one for one, order in zip(short, table.order, strict=True) if order == "changes"]
    if reading == coded:
        sentence = (f"{name}: we coded “{coded}”, and so do you. "
                    f"The {len(ours)} designs stay as they are.")
    elif reading == "as coded":
        sentence = (f"{name}: we coded “{coded}”, and the {len(ours)} designs rest on it. "
                    "Choose another reading to contest it.")
    else:
        sentence = f"{name}: we coded “{coded}”, you read “{yours}”. "
        sentence += (f"Your reading changes {kit.text.listing(effect)}. " if effect else
                     "Your reading changes no measure of early 2006. ")
        sentence += (f"The {len(ours)} designs change their order on {kit.text.listing(orders)}."
                     if orders else f"The {len(ours)} designs keep their order on every measure.")
    return kit.View(chart, table, sentence)


class Cell(widgets.VBox):
    """A cell of the grid, with what each coder read there, why, and in which text.

    `value` is the body and the task, with a line between them.
    """

    value = traitlets.Unicode("IOM|return")
    description = "Cell to contest"

    def __init__(self):
        self._grid = kit.load("mandates").set_index(["body", "function"])
        self._body = Moves._menu("Body", list(self._grid.index.unique("body")))
        self._task = Moves._menu("Task", [(words, name) for name, words in TASKS.items()])
        self._why = widgets.HTML()
        menus = widgets.HBox([self._body, self._task], layout=WRAP)
        super().__init__([menus, self._why], layout={"width": "100%"})
        self.add_class("kit-cell")
        self.observe(lambda _: self._follow(), "value")
        self._follow()
        for menu in (self._body, self._task):
            menu.observe(lambda _: self._choose(), "value")

    def _choose(self):
        self.value = f"{self._body.value}|{self._task.value}"

    def _follow(self):
        body, _, task = self.value.partition("|")
        if (body, task) in self._grid.index:
            self._body.value, self._task.value = body, task
            self._why.value = _both_coders(self._grid.loc[(body, task)])


def _both_coders(cell):
    """What the two coders read, as a list for the page."""
    lines = [
        f"<li><b>{which.capitalize()} coder: {cell[f'{which}_coder']}.</b> "
        f"{html.escape(cell[f'{which}_reason'])} "
        f"<i>Read:</i> {html.escape(cell[f'{which}_source'])}</li>"
        for which in ("first", "second")
    ]
    said = "both agree" if cell["agreed"] == "yes" else "they do not agree on a value"
    return (
        f"Our coding: <b>{cell['value']}</b> ({said})."
        f'<ul style="overflow-wrap:anywhere;line-height:1.4;margin:4px 0">{"".join(lines)}</ul>'
    )


def contest():
    """Figure 8.4: choose a cell, read both coders, read it otherwise, and see what moves."""
    return kit.explore(
        contest_view,
        figure="8.4",
        sources=["mandates"],
        cell=Cell(),
        reading=widgets.ToggleButtons(
            options=["as coded", "none", "support", "lead"], description="Your reading"
        ),
    )  # fmt: skip


def cards():
    """The sandbox on paper: who does what, what a move costs, and which roles clash."""
    grid = kit.load("mandates").pivot(index="function", columns="body", values="value")
    grid = grid.loc[list(TASKS)].rename(index=TASKS).replace({"none": "–", "not coded": "?"})
    grid = grid.rename_axis(index=None, columns=None)
    prices = "".join(f"<li>{html.escape(words)}</li>" for words, _ in KINDS)
    clashes = "".join(
        f"<li>{TASKS[one]} and {TASKS[other]}: {html.escape(why)}.</li>"
        for (one, other), why in institutions.TENSIONS.items()
    )
    return HTML(
        '<div class="kit-cards" style="font-size:13px">'
        f"<h3>Who does what, early 2006 (our coding)</h3>"
        '<div tabindex="0" role="region" aria-label="Who does what" style="overflow-x:auto">'
        f"{grid.to_html(border=1)}</div>"
        "<p>lead: its own task · support: it contributes · –: not named in its mandate · "
        "?: the coders differ</p>"
        "<p>Linked at the start by the Geneva Migration Group: "
        f"{kit.text.listing(list(institutions.SIX))}.</p>"
        f"<h3>Moves, {institutions.BUDGET} points to spend</h3><ul>{prices}</ul>"
        "<p>Who leads a task hands it over as lead, so that no lead is lost on the way.</p>"
        f"<h3>Roles that clash in one house (our coding)</h3><ul>{clashes}</ul></div>"
    )
