"""Figures of lesson 3: can immigration keep a country young?

Each view is written as a learner would write it in a notebook, because *Code* shows it to them.
A chart with several panels is one chart: its panels share the width of the page, and each has a
range of heights of its own, in pixels from the top.
"""

import math
from functools import lru_cache

import altair as alt
import ipywidgets as widgets
import pandas as pd

import migrationkit as kit
from migrationkit.models import population
from migrationkit.models.replacement import solve

# aim of the model: how it is called here
AIMS = {
    "zero-migration": "no migration",
    "constant-population": "as many people",
    "constant-working-age": "as many people of working age",
    "support-ratio-floor": "a support ratio of 3 or more",
    "constant-support-ratio": "the support ratio of the first year",
}
# what a menu says: edition of the population tables, first year
STARTS = {
    "2008, from 1995": ("2008", 1995),
    "2024, from 1995": ("2024", 1995),
    "2024, from 2025": ("2024", 2025),
}
ARRIVALS = {
    "mixed ages": "settlement",
    "all 20 to 24": 22,
    "all 25 to 29": 27,
    "all 30 to 34": 32,
    "all 35 to 39": 37,
    "all 40 to 44": 42,
}
REPORT = ["EU15", "FRA", "DEU", "ITA", "JPN"]  # the areas whose printed results the kit holds
# Written out, because the source line of a figure is checked without running it. The ages of those
# who come are from the edition of 2008 in every figure.
TABLES = [
    "wpp2024-population", "wpp2024-mortality", "wpp2024-fertility", "wpp2024-migration",
    "wpp2008-population", "wpp2008-mortality", "wpp2008-fertility", "wpp2008-migration",
]  # fmt: skip
PRINTED_AND_TABLES = [
    "replacement-published",
    "wpp2024-population", "wpp2024-mortality", "wpp2024-fertility", "wpp2024-migration",
    "wpp2008-population", "wpp2008-mortality", "wpp2008-fertility", "wpp2008-migration",
]  # fmt: skip
TABLES_AND_PARTICIPATION = [
    "wpp2024-population", "wpp2024-mortality", "wpp2024-fertility", "wpp2024-migration",
    "wpp2008-population", "wpp2008-mortality", "wpp2008-fertility", "wpp2008-migration",
    "participation",
]  # fmt: skip


def panel(parts, top, bottom, title, **scale):
    """The base of one panel: the rows of these parts, between two heights in pixels."""
    return alt.Chart().transform_filter(alt.FieldOneOfPredicate("part", parts)).encode(
        alt.X("x:Q", title="Year").axis(orient="bottom", format="d", tickCount=6).scale(
            nice=False, padding=8),
        alt.Y("y:Q", title=title).scale(range=[bottom, top], **scale).axis(
            orient="left", grid=True, titleY=top - 14, tickCount=4),
    )  # fmt: skip


def as_read(drawn, base):
    """The rows of figure 3.1 as a table: what, age group or year or period, and how many."""
    what = {
        "here": "people of 2050 who were there at the start, or descend from them (million)",
        "came": "people of 2050 who came since, or descend from those who came (million)",
        "before": f"people of {base} (million)",
        "ratio": "people of working age for each older person",
        "need": "net migrants a year (thousand)",
        "printed": "net migrants a year, as the UN printed it (thousand)",
    }
    rows = []
    for part, x, x2, y in drawn[drawn.part.isin(list(what))].itertuples(index=False):
        if part in ("here", "came", "before"):
            ages = "100 and over" if y > 100 else f"{y - 2.5:.0f} to {y + 1.5:.0f}"
            who = ("men " if x2 < 0 else "women ") + ages
            rows.append((what[part], who, abs(x2) if part == "before" else abs(x2) - abs(x)))
        elif part == "ratio":
            rows.append((what[part], f"{x:.0f}", y))
        else:
            rows.append((what[part], f"{x:.0f} to {x2:.0f}", y))
    return pd.DataFrame(rows, columns=["what", "who or when", "number"])


@lru_cache(maxsize=1)
def three_panels():
    """The chart of figure 3.1 without its rows: it is the same in every state, so made once."""
    kinds = ["here", "came"]
    words = ("datum.label == 'here' ? 'there at the start, and descendants' : "
             "'came since, and descendants'")
    sides = "Million people in 2050: men left, women right (small marks: first year)"
    sides = alt.X("x:Q", title=sides).axis(
        orient="bottom", offset=-330, tickCount=5, domain=False,
        labelExpr="replace(datum.label, '−', '')"
    ).scale(nice=False)  # fmt: skip
    colours = alt.Scale(domain=kinds, range=["#0072B2", "#009E73"])
    age = (20, 220, "Age in years")
    who = panel(kinds, *age, domain=[0, 105]).encode(
        sides, alt.X2("x2:Q"),
        alt.Fill("part:N", title=None, scale=colours).legend(
            labelExpr=words, symbolType="square", labelLimit=300),
        alt.Stroke("part:N", scale=colours),
        alt.StrokeDash("part:N").scale(domain=kinds, range=[[1, 0], [3, 2]]),
        alt.FillOpacity("part:N").scale(type="ordinal", domain=kinds, range=[0.85, 0.3]),
    ).mark_bar(orient="horizontal", size=8, strokeWidth=1.2)  # fmt: skip
    before = panel(["before"], *age).encode(sides).mark_tick(
        orient="vertical", size=9, thickness=2, color="currentColor")  # fmt: skip
    frame = panel(["frame"], *age).encode(sides, alt.X2("x2:Q"))
    people = alt.layer(who, before, frame.mark_rule(opacity=0))

    ratio = "People of working age for each older person (dashed: the aim)"
    line = panel(["ratio"], 310, 400, ratio).mark_line(point=True, color="#0072B2")
    aim = panel(["aim"], 310, 400, ratio).mark_rule(
        strokeDash=[6, 4], color="currentColor", strokeWidth=2).encode(alt.X2("x2:Q"))  # fmt: skip
    ratios = alt.layer(line, aim)
    yearly = "Thousand net migrants a year (diamonds: as the UN printed it)"
    # Rows hold whole years, because numbers travel at four digits: parts of a year are added here.
    need = panel(["need"], 460, 550, yearly).transform_calculate(
        x="datum.x + 0.3", x2="datum.x2 - 0.3"
    ).mark_bar(color="#009E73").encode(alt.X2("x2:Q"), alt.Y2(datum=0))
    printed = panel(["printed"], 460, 550, yearly).transform_calculate(
        x="(datum.x + datum.x2) / 2"
    ).mark_point(
        shape="diamond", size=90, filled=False, strokeWidth=2, stroke="currentColor")  # fmt: skip
    by_year = alt.layer(ratios, alt.layer(need, printed)).resolve_scale(y="independent")
    return alt.layer(
        people, by_year, title="What one aim would take until 2050", height=550
    ).resolve_scale(x="independent", y="independent")


def simulator_view(
    place="EU15",
    aim="constant-support-ratio",
    start="2008, from 1995",
    working_until=65,
    arrivals="settlement",
):
    """What one aim would take in one place until 2050: people by age, ratio and migrants."""
    from migrationkit.models import population, replacement

    edition, base = kit.figures.lesson03.STARTS[start]
    begin = population.scenario(place, 2050, base=base, edition=edition, migration=0)
    # The aim is that of ages 15 to 64, whenever working age ends in these sums.
    held = {}
    if working_until != 65 and aim in ("constant-working-age", "constant-support-ratio"):
        held = {aim: replacement.find(begin, [aim]).targets[-1, 0]}
    found = replacement.find(begin, [aim], targets=held, schedule=arrivals,
                             working_age=(15, working_until))
    people = found.of(aim)
    years, yearly = found.start.years, found.migrants[:, 0] / 5
    ratio = population.support_ratio(people, (15, working_until))
    printed = kit.load("replacement-published").query("area == @place and aim == @aim")
    if base != 1995:
        printed = printed.head(0)  # the report begins in 1995

    # One row a mark: `part` says which, x, x2 and y where it stands.
    rows = []
    for sex, side in [(0, -1), (1, 1)]:
        parts = {"here": (0 * people[-1, sex], found.alone[-1, sex]),
                 "came": (found.alone[-1, sex], people[-1, sex]),
                 "before": (people[0, sex], people[0, sex])}
        rows += [(part, side * low / 1e6, side * high / 1e6, age + 2.5)
                 for part, (inner, outer) in parts.items()
                 for age, low, high in zip(population.AGES, inner, outer, strict=True)]
    widest = max(abs(x2) for _, _, x2, _ in rows)
    rows += [("frame", -widest, widest, 0)]  # puts zero in the middle
    rows += [("ratio", year, year, value) for year, value in zip(years, ratio, strict=True)]
    rows += [("need", year, year + 5, number / 1e3)
             for year, number in zip(years[:-1], yearly, strict=True) if number == number]
    rows += [("printed", row.period, row.period + 5, row.migrants / 1e3)
             for row in printed.itertuples()]
    if aim in replacement.RATIOS:
        rows += [("aim", years[0], years[-1], found.targets[-1, 0])]
    drawn = pd.DataFrame(rows, columns=["part", "x", "x2", "y"])
    chart = kit.figures.lesson03.three_panels().copy(deep=False)
    chart.data = drawn

    total = 5 * yearly[yearly == yearly].sum()
    until = years[(yearly == yearly).sum()]  # 2050, or the year from which on it cannot be held
    note = replacement.note(found, aim) if aim in replacement.TARGETS else ""
    note = "" if note == "It is held in every period." else note
    name = {"EU15": "The European Union of 1995"}.get(place) or population.names(edition)[place]
    sentence = (f"{name}, aim: {kit.figures.lesson03.AIMS[aim]}, edition of {start}. ")
    if until < 2050:
        sentence += note + " "
    if until > base:
        a_year = kit.text.people(float(f"{total / (until - base):.3g}"))
        sentence += (f"{kit.text.people(total)} net migrants until {until}, "
                     f"{a_year} a year on average. ")
    if len(printed) and aim != "zero-migration":
        sentence += (f"The UN printed {kit.text.people(printed.total.iloc[0])} in all, with "
                     "working age up to 64. ")
    alone = f", if nobody comes from {until} on" if until < 2050 else ""
    sentence += (f"In 2050{alone}: {kit.text.people(people[-1].sum())} people, "
                 f"{kit.text.number(ratio[-1], 2)} of 15 to {working_until - 1} for each older "
                 f"one ({kit.text.number(ratio[0], 2)} in {base}).")
    if held and aim == "constant-support-ratio":
        sentence += (f" The aim stays {kit.text.number(held[aim], 2)}, the ratio of 15 to 64 in "
                     f"{base}.")
    elif held:
        sentence += (f" The aim stays {kit.text.people(held[aim])}, the most of 15 to 64 that "
                     "there would be without migration.")
    if note and until == 2050:
        sentence += " " + note
    return kit.View(chart, kit.figures.lesson03.as_read(drawn, base), sentence)


def simulator():
    """Figure 3.1: what one aim would take in one place, beside the UN's printed results."""
    printed = kit.load("replacement-published")
    printed = printed[(printed.area == "EU15") & (printed.aim == "constant-support-ratio")]
    names = population.names("2008") | {"EU15": "The European Union of 1995"}
    places = [*REPORT, *sorted(set(names) - set(REPORT), key=names.get)]
    return kit.explore(
        simulator_view,
        figure="3.1",
        sources=PRINTED_AND_TABLES,
        guess=kit.guess(
            "number",
            "In 1995 the fifteen states of the European Union had more than four people of 15 to "
            "64 for each older one. How many million migrants would keep that ratio until 2050, by "
            "the sums that the United Nations printed?",
            truth=printed.total.iloc[0] / 1e6,
            unit="million",
            by="the United Nations' sums say",
            least=0,
            most=10_000,
        ),
        place=widgets.Dropdown(
            options=[(names[area], area) for area in places], description="Place"
        ),
        start=widgets.Dropdown(options=list(STARTS), description="Edition and first year"),
        aim=widgets.Dropdown(
            options=[(words, aim) for aim, words in AIMS.items()],
            value="constant-support-ratio", description="Aim",
        ),
        working_until=widgets.IntSlider(
            value=65, min=60, max=75, description="Working age ends at"
        ),
        arrivals=widgets.Dropdown(options=list(ARRIVALS.items()), description="Age on arrival"),
    )  # fmt: skip


def echo_view(arrivals="settlement", place="BEL"):
    """Net migrants a year that three aims would take until 2100: a panel for each aim."""
    from migrationkit.models import population, replacement

    aims = {"constant-population": "as many people",
            "constant-working-age": "as many people of 15 to 64",
            "constant-support-ratio": "as many of 15 to 64 for each older person"}
    table = replacement.compare(place, 2100, schedule=arrivals)
    table = table[table.aim.isin(aims)].reset_index(drop=True)

    drawn = table.dropna()[["aim", "year"]].copy()
    drawn["thousand"] = table.migrants / 1000
    panels, sentences = [], []
    for row, (aim, words) in enumerate(aims.items()):
        top = 20 + 150 * row  # pixels: each panel has a height, and a scale, of its own
        panels.append(
            alt.Chart().mark_bar(color="#0072B2").transform_filter(f"datum.aim == '{aim}'").encode(
                alt.X("year:O", title="First year of a period of five").axis(
                    labelAngle=0, orient="bottom", values=[2025, 2040, 2055, 2070, 2085]),
                alt.Y("thousand:Q", title=f"Thousand net migrants a year: {words}").axis(
                    orient="left", grid=True, tickCount=3, titleY=top - 14
                ).scale(range=[top + 100, top]),
            )
        )
        need = table[table.aim == aim].set_index("year").migrants
        held, words = need.dropna(), words[0].upper() + words[1:]
        if not held.any():
            sentences.append(f"{words}: {'nobody is called for' if len(held) else 'no number'}.")
        else:
            first, most, least = (kit.text.people(float(f"{number:.3g}"))
                                  for number in (held.iloc[0], held.max(), held.min()))
            peak, low = held.idxmax(), held.idxmin()
            sentences.append(f"{words}: {first} migrants a year at first, most in {peak} to "
                             f"{peak + 5} ({most}), fewest in {low} to {low + 5} ({least}).")
        if need.isna().any():
            sentences.append(f"From {need.index[need.isna()][0]} on it cannot be held.")
    chart = alt.layer(*panels, data=drawn, height=420, title="What three aims would take to 2100",
                      resolve=alt.Resolve(scale=alt.ScaleResolveMap(y="independent")))
    name = population.names()[place]
    sentence = f"{name[0].upper() + name[1:]}, edition of 2024, from 2025. {' '.join(sentences)}"
    read = table.replace({"aim": aims}).rename(
        columns={"year": "five years from", "migrants": "net migrants a year"})
    return kit.View(chart, read, sentence)


COURSES = [
    "it stays much the same",
    "it falls from period to period",
    "it rises from period to period",
    "it rises and falls, and more than once",
]


def course(place="BEL", aim="constant-working-age", until=2100, **options):
    """Which of `COURSES` the need for migrants takes; changes below a tenth of the mean are none.

    >>> course("BEL") in COURSES
    True
    """
    need = solve(place, aim, until, **options)["migrants"]
    turns, last = [], need.iloc[0]
    for number in need:
        if abs(number - last) > need.mean() / 10:
            turns.append(number > last)
            last = number
    if not turns:
        return COURSES[0]
    if len(set(turns)) == 1:
        return COURSES[2] if turns[0] else COURSES[1]
    return COURSES[3]


def echo():
    """Figure 3.2: the need for migrants by period until 2100, which comes back."""
    return kit.explore(
        echo_view,
        figure="3.2",
        sources=TABLES,
        guess=kit.guess(
            "choice",
            "Suppose that Belgium keeps as many people of 15 to 64 until 2100 by migration alone. "
            "How does the number of migrants that this takes a year change?",
            truth=course("BEL"),
            options=COURSES,
            by="our sums say",
            opens={"place": "BEL"},
        ),
        arrivals=widgets.Dropdown(options=list(ARRIVALS.items()), description="Age on arrival"),
        place=place_picker(),
    )


def place_picker():
    """A menu of the places with 100,000 people or more, which starts at the learner's own."""
    tables, names = population.tables("2024"), population.names()
    people = dict(zip(tables.areas, tables.people[:, -1].sum(axis=(1, 2)), strict=True))
    large = {names[area]: area for area, number in people.items() if number >= 100_000}
    own = kit.record.country()
    return widgets.Dropdown(
        options=sorted(large.items()), value=own if own in large.values() else "BEL",
        description="Place",
    )  # fmt: skip


def step_for(people):
    """A round number of migrants, near to one of 1,200 residents: a step of figure 3.3.

    >>> step_for(11_758_400), step_for(400_000)
    (10000, 500)
    """
    steps = [lead * 10**power for power in range(1, 9) for lead in (1, 2, 5)]
    return min(steps, key=lambda step: abs(math.log(step / (people / 1200))))


def levers_view(place="BEL", participation=0, fertility=0.0, target=3.0):
    """The support ratio of 2050 for eleven retirement ages and eleven numbers of migrants."""
    from migrationkit.models import levers, population

    now = population.project(place, 2030).query("year == 2025").population.sum()
    step = kit.figures.lesson03.step_for(now)
    rates = kit.load("participation").query("iso3 == @place and year == 2025")
    rate = rates.rate_15_64.sum()  # of 100 people of 15 to 64: at work, or looking for work
    table = levers.board(place, 2050, migration=[step * n for n in range(11)],
                         tfr_shift=fertility)
    table["ratio"] = table.support_ratio * ((rate + participation) / rate if rate else 1)
    reached = table.ratio >= target

    drawn = pd.DataFrame({
        "age": table.retirement_age, "thousand": table.migrants / 1000, "ratio": table.ratio,
        "aim": reached.map({True: "reached", False: "missed"}),
    })  # fmt: skip
    cells = alt.Chart(drawn, height=360, title="What moves the support ratio of 2050").encode(
        alt.X("age:O", title="Working age ends at (years)").axis(labelAngle=0),
        alt.Y("thousand:O", title="Net migrants a year (thousand)", sort="descending").axis(
            grid=False),
    )
    shades = cells.mark_rect(fill="#0072B2", stroke="currentColor", strokeWidth=2).encode(
        alt.FillOpacity("ratio:Q", legend=None).scale(range=[0.05, 0.65]),
        alt.StrokeOpacity("aim:N", legend=None).scale(
            type="ordinal", domain=["missed", "reached"], range=[0.08, 1]),
    )
    numbers = cells.mark_text().encode(alt.Text("ratio:Q", format=".2f"))

    at = table.set_index(["retirement_age", "migrants"]).ratio
    name, count = population.names()[place], reached.sum()
    sentence = (
        f"{name[0].upper() + name[1:]} in 2050: {at[65, 0]:.2f} people of working age for each "
        f"older one if working age ends at 65 and nobody comes. One year of working age more adds "
        f"{at[66, 0] - at[65, 0]:.2f}; {kit.text.number(step)} migrants a year add "
        f"{at[65, step] - at[65, 0]:.2f}. {count} of {len(at)} cells "
        f"{'reaches' if count == 1 else 'reach'} {target:.1f} (outlined)."
    )
    if participation and not rate:
        sentence += " How many people work or look for work is not known here."
    elif participation:
        sentence += (f" Counted as {rate + participation:.0f} at work or looking for work "
                     f"of 100, not {rate:.0f} as in 2025.")
    if fertility:
        sentence += f" Children per woman: {fertility:+.1f} compared with what the UN expects."
    read = pd.DataFrame({
        "working age ends at": table.retirement_age, "net migrants a year": table.migrants,
        "ratio without the participation slider": table.support_ratio,
        "ratio shown": table.ratio,
    })  # fmt: skip
    return kit.View(shades + numbers, read, sentence.replace(" -", " \u2212"))


def lever_board():
    """Figure 3.3: retirement age, migration, participation and fertility, side by side."""
    wide = {"width": "340px"}
    return kit.explore(
        levers_view,
        figure="3.3",
        sources=TABLES_AND_PARTICIPATION,
        place=place_picker(),
        participation=widgets.IntSlider(
            value=0, min=0, max=10, description="More at work or looking, of 100",
            layout={"width": "400px"},
        ),
        fertility=widgets.FloatSlider(
            value=0.0, min=-0.3, max=0.5, step=0.1, readout_format="+.1f",
            description="Children more per woman", layout=wide,
        ),
        target=widgets.FloatSlider(
            value=3.0, min=2.0, max=4.0, step=0.1, readout_format=".1f",
            description="Aim for the ratio", layout=wide,
        ),
    )  # fmt: skip
