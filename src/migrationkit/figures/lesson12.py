"""Figures of lesson 12: what came of the proposals of 2006?

Each view is written as a learner would write it in a notebook, because *Code* shows it to them.
"""

import html

import altair as alt
import ipywidgets as widgets
import pandas as pd
from IPython.display import HTML

import migrationkit as kit

OUTCOMES = ["done", "done differently", "partly", "not", "coders differ", "not coded"]
SIGNS = ["circle", "diamond", "triangle-up", "cross", "square", "stroke"]  # one an outcome
COLOURS = ["#0072B2", "#3A9AD9", "#B36B00", "#8a8a8a", "#009E73", "#8a8a8a"]


def tracker_view(coding="value", outcome="all outcomes", proposal="all proposals"):
    """Ten proposals of 2005 and 2006: the steps of each, and what had come of it by 2026."""
    lesson = kit.figures.lesson12
    proposals = kit.load("proposals-2006")
    proposals["outcome"] = proposals[coding]
    counts = proposals.outcome.value_counts()
    fits = (proposals.outcome == outcome) | (outcome == "all outcomes")
    one = proposals[proposals.proposal == proposal]
    shown = one if len(one) else proposals[fits] if fits.any() else proposals
    shown = shown.sort_values("outcome", kind="stable",
                              key=lambda column: column.map(lesson.OUTCOMES.index))

    # A row for the proposal, one for each step, and one for the outcome so far, in lanes.
    begun = shown.assign(kind="proposed", what=shown.words)
    steps = kit.load("proposal-steps").rename(columns={"step": "what"})
    steps = steps.merge(shown[["id", "proposal"]], on="id").assign(kind="step")
    # The outcome stands at the year when it came, or at the end where nothing came.
    so_far = shown.came.notna().map({True: "outcome: ", False: "outcome so far: "})
    year = shown.came.fillna(2026).astype(int)
    now = shown.assign(kind=shown.outcome, what=so_far + shown.outcome, year=year)
    rows = pd.concat([begun, steps, now], ignore_index=True)
    rows["lane"] = rows.id.map({name: nth for nth, name in enumerate(shown.id)})
    rows["last"] = rows.kind.isin(lesson.OUTCOMES)
    rows = rows.sort_values(["lane", "last", "year"], kind="stable", ignore_index=True)
    table = rows[["proposal", "year", "kind", "what"]]

    drawn = table[["year", "kind"]].copy()
    drawn["label"] = table.proposal
    drawn["kind"] = drawn.kind.where(rows["last"], "step")
    done = counts.get("done", 0) + counts.get("done differently", 0)
    title = f"Of {len(proposals)} proposals, {done} are done or done differently"
    high = 36
    if len(one):  # its steps stand one under the other, in words
        lines = (table.year.astype(str) + " " + table.what).str.wrap(32)
        drawn["label"] = lines.str.replace("\n", "|")
        high = 16 * (2 + lines.str.count("\n").max())
        title = f"{proposal}: {one.outcome.iloc[0]}"
    else:  # each line goes on to the present year
        drawn = pd.concat([drawn, drawn[rows["last"]].assign(year=2026, kind="today")])
        if fits.any() and outcome != "all outcomes":
            title = f"{outcome.capitalize()}: {len(shown)} of {len(proposals)} proposals"
    places = [lesson.OUTCOMES.index(kind) for kind in lesson.OUTCOMES if kind in counts]
    scale = {"domain": [lesson.OUTCOMES[place] for place in places]}
    signs = alt.Shape("kind:N", title=None).scale(
        range=[lesson.SIGNS[place] for place in places], **scale)
    colours = alt.Color("kind:N", title=None).scale(
        range=[lesson.COLOURS[place] for place in places], **scale)
    legend = {"orient": "top", "columns": 3, "symbolSize": 160}
    base = alt.Chart(drawn, height=high * drawn.label.nunique()).encode(
        alt.X("year:Q", title="Year").scale(domain=[2004, 2027], nice=False)
        .axis(format="d", values=[2006, 2010, 2014, 2018, 2022, 2026]),
        alt.Y("label:N", title=None, sort=None).axis(
            labelExpr="split(datum.label, '|')", labelLimit=250, grid=True),
    )
    lane = base.mark_line(color="#8a8a8a", strokeWidth=2).encode(alt.Detail("label:N"))
    step = base.mark_point(filled=True, size=50, color="#8a8a8a", opacity=1)
    end = base.mark_point(filled=True, size=230, opacity=1).encode(
        signs.legend(**legend), colours.legend(**legend))
    chart = lane + step.transform_filter("datum.kind == 'step'")
    chart += end.transform_filter("indexof(['step', 'today'], datum.kind) < 0")
    chart = chart.properties(title=title)

    names = {"value": "Outcomes so far", "first_coder": "The first coder",
             "second_coder": "The second coder"}
    found = [f"{counts[kind]} {kind}" for kind in lesson.OUTCOMES if kind in counts]
    found = [words.replace("coders differ", "on which the coders differ") for words in found]
    sentence = f"{names[coding]}, of {len(proposals)} proposals: {kit.text.listing(found)}. "
    if len(one):
        it = one.iloc[0]
        sentence += f"{proposal}: {it.outcome}, in {len(table) - 2} steps. "
        if coding != "second_coder":
            sentence += f"First coder, {it.first_coder}: {it.first_reason} "
        if coding != "first_coder":
            sentence += f"Second coder, {it.second_coder}: {it.second_reason} "
    elif outcome != "all outcomes":
        chosen = kit.text.listing(shown.proposal) if fits.any() else "none, so all are shown"
        sentence += f"“{outcome}”: {chosen}. "
    return kit.View(chart, table, sentence + "This is our coding.")


def tracker():
    """Figure 12.1: ten proposals of 2005 and 2006, and what came of each by 2026."""
    proposals = kit.load("proposals-2006")
    return kit.explore(
        tracker_view,
        figure="12.1",
        sources=["proposals-2006", "proposal-steps"],
        coding=widgets.ToggleButtons(
            options=[("agreed", "value"), ("first coder", "first_coder"),
                     ("second coder", "second_coder")],
            description="Whose reading?",
        ),
        outcome=widgets.Dropdown(
            options=["all outcomes", *OUTCOMES[:5]], description="Outcome"
        ),
        proposal=widgets.Dropdown(
            options=["all proposals", *proposals.proposal], description="One proposal"
        ),
    )  # fmt: skip


def vote_view(share="members", region="all", position="all", convention="all", country="BEL"):
    """The vote of 19 December 2018: a sign for each member state, grouped by its vote."""
    everyone = kit.load("compact-vote")
    chosen = {"region": region, "position": position, "convention": convention}
    states = everyone
    for column, wanted in chosen.items():
        states = states[(states[column] == wanted) | (wanted == "all")]
    none_fits = states.empty
    if none_fits:
        states = everyone
    votes = ["yes", "no", "abstained", "did not vote"]
    counts = states.vote.value_counts().reindex(votes, fill_value=0)
    counted = {"members": votes, "votes cast": votes[:3], "yes and no": votes[:2]}[share]
    whole = counts[counted].sum()
    percent = {vote: f", {100 * counts[vote] / whole:.1f} % of {share}" if vote in counted and whole
               else "" for vote in votes}

    # Twenty signs a line, each at its place, counted from the top; a label above each group.
    rows, line = [], 0
    for vote in votes:
        group = states.iso3[states.vote == vote]
        rows.append((20 * line, f"{vote}: {counts[vote]}{percent[vote]}"))
        rows += [(20 * (line + 1) + nth, vote) for nth in range(len(group))]
        rows += [(20 * (line + 1) + nth, "mine") for nth, iso3 in enumerate(group)
                 if iso3 == country]
        line += 1 + -(-len(group) // 20)
    drawn = pd.DataFrame(rows, columns=["place", "sign"])

    base = alt.Chart(drawn, height=28 * line).encode(
        alt.X("column:Q", axis=None).scale(domain=[-0.6, 19.6], nice=False),
        alt.Y("line:Q", axis=None).scale(domain=[line - 0.4, -0.5], nice=False),
    ).transform_calculate(column="datum.place % 20", line="floor(datum.place / 20)")
    kinds = {"domain": votes}
    signs = base.mark_point(size=260, strokeWidth=2, opacity=1).encode(
        alt.Shape("sign:N", legend=None).scale(
            range=["square", "diamond", "circle", "square"], **kinds),
        alt.Fill("sign:N", legend=None).scale(
            range=["#0072B2", "#B36B00", "#8a8a8a", "transparent"], **kinds),
        alt.Stroke("sign:N", legend=None).scale(
            range=["#0072B2", "#B36B00", "#8a8a8a", "#8a8a8a"], **kinds),
    ).transform_filter(alt.FieldOneOfPredicate("sign", votes))
    ring = base.mark_point(size=620, shape="circle", filled=False, strokeWidth=3, opacity=1,
                           stroke="currentColor").transform_filter("datum.sign == 'mine'")
    heads = base.mark_text(align="left", dx=-9, fontSize=14).encode(text="sign:N")
    heads = heads.transform_filter("indexof(datum.sign, ':') > 0")
    chart = (signs + ring + heads).properties(
        title="How states voted on the Compact, 19 December 2018")

    told = "no state fits these choices, so all are shown: " if none_fits else ""
    sentence = (f"{told}{counts['yes']} of {len(states)} states voted yes{percent['yes']}; "
                f"{counts['no']} no, {counts['abstained']} abstained, "
                f"{counts['did not vote']} did not vote. ")
    own = everyone[everyone.iso3 == country]
    if own.empty:
        return kit.View(chart, states, f"{sentence}{country} is no member state and has no vote.")
    own = own.iloc[0]
    joined = "had joined" if own.convention == "party" else "had not joined"
    sentence += (f"{own['name']}: {own.vote}. It has {own.position} ({own.migrants:,} to "
                 f"{own.emigrants:,}, in 2020, edition of 2024) and {joined} "
                 "the Convention of 1990. ")
    for row in kit.load("vote-reasons").query("iso3 == @country").itertuples():
        sentence += f"{row.said_by[0].upper()}{row.said_by[1:]}: {row.reason} "
    return kit.View(chart, states, sentence[0].upper() + sentence[1:].strip())


def vote():
    """Figure 12.2: who voted how on the Compact, and of what one takes the share."""
    states = kit.load("compact-vote")
    places = kit.load("countries").sort_values("name")
    return kit.explore(
        vote_view,
        figure="12.2",
        sources=["compact-vote", "vote-reasons", "countries"],
        guess=kit.guess(
            "number",
            "Of the 193 member states, how many voted yes on 19 December 2018?",
            truth=int((states.vote == "yes").sum()),
            unit="states",
            least=1,
            most=193,
        ),
        share=widgets.ToggleButtons(
            options=["members", "votes cast", "yes and no"], description="Share of what?"
        ),
        region=widgets.Dropdown(
            options=["all", *sorted(states.region.unique())], description="Region"
        ),
        position=widgets.Dropdown(
            options=["all", *states.position.unique()],
            description="Migrants or emigrants?", layout={"width": "max-content"},
        ),
        convention=widgets.Dropdown(
            options=["all", "party", "no party"], description="Convention of 1990"
        ),
        country=widgets.Dropdown(
            options=list(zip(places.name, places.iso3, strict=True)),
            value=kit.record.country(), description="Country",
        ),
    )  # fmt: skip


def cards():
    """The activity on paper: ten proposals with their words, and the steps of each to cut out."""
    proposals = kit.load("proposals-2006")
    steps = kit.load("proposal-steps")
    found = []
    for row in proposals.itertuples():
        own = steps[steps.id == row.id]
        # In the order of the alphabet and without years: to put them in order is the task.
        slips = "".join(f"<li>{html.escape(one)}</li>" for one in sorted(own.step))
        found.append(
            f"<h3>{html.escape(row.proposal)} ({row.year})</h3><p>{html.escape(row.words)}. "
            f"The Note, {html.escape(row.section)}, {row.place}.</p><ul>{slips}</ul>"
        )
    kinds = ", ".join(f"<b>{outcome}</b>" for outcome in OUTCOMES[:4])
    return HTML(
        f'<div class="kit-cards" style="font-size:13px"><p>Outcomes to choose from: {kinds}.</p>'
        f"{''.join(found)}</div>"
    )


# ---- The claims of both texts ------------------------------------------------------------------


def claims_view(text="both texts", lesson="all lessons", kind="all kinds", edition="2024",
                row="no row"):
    """Claims of the two texts by verdict; a chosen row shows how its verdict is reached."""
    from migrationkit.models import ledger

    kinds = kit.load("ledger").set_index("id").kind
    claims = ledger.evaluate(edition).fillna({"verdict": ledger.NOT_FACTUAL})
    fits = ((claims.text == text) | (text == "both texts")) & (
        (claims.lesson.astype(str) == lesson) | (lesson == "all lessons")
    ) & (claims.id.map(kinds).eq(kind) | (kind == "all kinds"))
    told = "" if fits.any() else "No claim fits these choices, so all are shown. "
    shown = claims[fits] if fits.any() else claims

    # One bar a verdict, in the order of the rule, empty ones too.
    order = [*ledger.VERDICTS, ledger.NOT_FACTUAL]
    counts = shown.verdict.value_counts().reindex(order, fill_value=0)
    drawn = counts.rename_axis("verdict").reset_index(name="claims")
    one = claims[claims.id == row]
    mine = one.verdict.iloc[0] if len(one) else ""
    drawn["chosen"] = drawn.verdict.eq(mine).map({True: "chosen row", False: "other rows"})
    drawn["label"] = drawn.claims.astype(str) + drawn.verdict.eq(mine).map(
        {True: f", {row} among them" if row in set(shown.id) else f", without {row}", False: ""})

    base = alt.Chart(drawn, height=300).encode(
        alt.Y("verdict:N", title=None, sort=None).axis(grid=False, labelLimit=200),
        alt.X("claims:Q", title="Number of claims").axis(tickMinStep=1, tickCount=8)
        .scale(domain=[0, 1.3 * max(counts.max(), 4)], nice=False),
    )
    colours = alt.Color("chosen:N", legend=None).scale(
        domain=["other rows", "chosen row"], range=["#0072B2", "#B36B00"])
    bars = base.mark_bar(stroke="currentColor").encode(colours)
    labels = base.mark_text(align="left", dx=6).encode(alt.Text("label:N"))
    checked = counts[ledger.VERDICTS[:-1]].sum()
    held = counts["held up"]
    title = (f"Of {checked} claims that can be checked, {held} held up" if checked
             else "None of these claims can be checked")
    chart = (bars + labels).properties(title=title)

    if len(one):
        table = ledger.steps(row, edition)
        says = table.set_index("step").what
        sentence = (f"{told}{row}: {says['Claim']}. Then: {says['Value then']}. "
                    f"Now: {says['Value now']}. Verdict: {says['Verdict']}. {says['Why']} "
                    f"Tables that answer it: {says['Tables']}.")
        return kit.View(chart, table, sentence)
    table = shown[["id", "text", "lesson", "claim", "value_then", "verdict"]].fillna("no figure")
    share = f", {kit.text.percent(100 * held / checked, 0)}" if checked else ""
    sentence = (f"{told}{len(shown)} statements, tables of edition {edition}: {held} of the "
                f"{checked} that can be checked held up{share}. {counts['cannot be checked']} "
                f"cannot be checked, {counts[ledger.NOT_FACTUAL]} are no factual claims.")
    return kit.View(chart, table, sentence)


def claims():
    """Figure 12.4: the claims of both texts by verdict, and how each verdict is reached."""
    from migrationkit.models import ledger

    rows = ledger.load()
    verdicts = ledger.evaluate().verdict
    checked = verdicts.notna() & (verdicts != "cannot be checked")
    menu = [(f"{row.id} {row.claim[:60]}", row.id) for row in rows.itertuples()]
    lessons = sorted(rows.lesson.unique())
    return kit.explore(
        claims_view,
        figure="12.4",
        sources=["ledger", "migrant-stock"],
        guess=kit.guess(
            "number",
            "Of the claims of both texts that can be checked, what share held up, in per cent?",
            truth=100 * (verdicts == "held up").sum() / checked.sum(),
            unit="%",
            least=1,
            most=100,
        ),
        text=widgets.Dropdown(options=["both texts", "Note", "Essay"], description="Text"),
        lesson=widgets.Dropdown(
            options=["all lessons", *map(str, lessons)], description="Lesson"
        ),
        kind=widgets.Dropdown(
            options=["all kinds", *rows.kind.unique()], description="Kind of claim"
        ),
        edition=widgets.Dropdown(
            options=ledger.editions()[::-1], value="2024", description="Edition of the migrants"
        ),
        row=widgets.Dropdown(
            options=[("no row", "no row"), *menu], description="Show how a row is reached",
            layout={"width": "98%", "max_width": "600px"},
        ),
    )  # fmt: skip
