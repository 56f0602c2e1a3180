"""Figures of lesson 1: how many migrants are there, and who decides?

Each view is written as a learner would write it in a notebook, because *Code* shows it to them.
"""

import altair as alt
import ipywidgets as widgets
import pandas as pd

import migrationkit as kit

EDITIONS = ["all editions", "2024", "2020", "2019", "2006 print"]
YEARS = [1990, 1995, 2000, 2005, 2010, 2015, 2020, 2024]


def count_or_share_view(measure="count", edition="all editions"):
    """Migrants of the world by year: their count, their share, or what editions differ by."""
    stock = kit.load("migrant-stock")
    people = kit.load("population")
    world = stock[stock.iso3 == "WLD"].merge(people, on=["iso3", "year"])
    world["share"] = 100 * world.migrants / world.population
    today = world[world.edition == "2024"].set_index("year").migrants
    world["difference"] = world.migrants - world.year.map(today)
    if edition != "all editions":
        world = world[world.edition == edition]
    if measure == "difference":
        world = world.dropna(subset="difference")  # years that the edition of 2024 leaves out
    world = world.sort_values(["edition", "year"], ascending=[False, True], ignore_index=True)
    columns = ["edition", "year", "migrants", "share"]
    table = world[columns + ["difference"] * (measure == "difference")]

    # What is drawn: one value a row. Labelled are the years that the sentence names.
    unit, digits, word = {
        "count": ("million migrants", 0, "million"),
        "share": ("% of the world's people", 1, "%"),
        "difference": ("million migrants more or less than in the edition of 2024", 1, "million"),
    }[measure]
    drawn = table[["edition", "year"]].copy()
    drawn["value"] = world.share if measure == "share" else (
        world["migrants" if measure == "count" else "difference"] / 1e6)
    label = drawn.edition + ": " + drawn.value.round(digits).map(kit.text.number)
    label += "" if measure == "difference" else f" {word}"
    last = ~drawn.duplicated("edition", keep="last")
    drawn["label"] = label.where(drawn.year == 2005 if measure == "difference" else last, "")

    finer = 2 if measure == "share" else 1  # decimals that tell the editions apart
    in_2005 = kit.text.listing(
        f"{kit.text.number(round(row.value, finer))} {word} ({row.edition})"
        for row in drawn[drawn.year == 2005].itertuples())
    if measure == "difference":
        title = "Each edition counts the same years anew"
        sentence = (f"For 2005, more or less than in the edition of 2024: {in_2005}. "
                    "What was printed in 2006 stands in whole millions.")
    else:
        main = drawn[drawn.edition == drawn.edition.iloc[0]]  # the newest that is shown
        first, final = main.iloc[0], main.iloc[-1]
        ends = f"{first.value:.{digits}f} to {final.value:.{digits}f} {unit}"
        title = f"From {ends}"
        change = 100 * (final.value / first.value - 1)
        growth = f"{kit.text.percent(change)} more" if change >= 1 else "hardly any change"
        sentence = f"Edition {final.edition}: from {ends}, {first.year} to {final.year}; {growth}."
        if edition == "all editions":
            sentence += f" For 2005 the editions say {in_2005}."

    editions = ["2024", "2020", "2019", "2006 print"]
    colours = alt.Scale(domain=editions, range=["#0072B2", "#009E73", "#808080", "#B36B00"])
    dashes = alt.Scale(domain=editions, range=[[1, 0], [8, 4], [2, 3], [1, 0]])
    signs = alt.Scale(domain=editions, range=["circle", "square", "triangle-up", "diamond"])
    chart = alt.Chart(drawn, title=title, height=320).encode(
        alt.X("year:Q", title="Year").axis(format="d", values=[1990, 2000, 2010, 2020])
        .scale(domain=[1988, 2036], nice=False),
        alt.Y("value:Q", title=unit),
        alt.Color("edition:N", scale=colours, legend=None),
    )
    lines = chart.mark_line().encode(alt.StrokeDash("edition:N", scale=dashes, legend=None))
    lines = lines.transform_filter("datum.edition != '2006 print'")  # two points are not a line
    points = chart.mark_point(size=80, opacity=1).encode(
        alt.Shape("edition:N", scale=signs, legend=None))
    # Labels keep clear of the lines: (2024, 2020, the others) in pixels below their points.
    newest, left_one, others = (-12, 13, 9) if measure == "difference" else (0, -9, 15)
    left = "datum.edition == '2020'"  # its label stands left of its point, the others right
    labels = chart.mark_text(
        align=alt.expr(f"{left} ? 'right' : 'left'"),
        dx=alt.expr(f"{left} ? -8 : 9"),
        dy=alt.expr(f"datum.edition == '2024' ? {newest} : {left} ? {left_one} : {others}"),
    ).encode(alt.Text("label:N"), color=alt.value("currentColor"))
    return kit.View(lines + points + labels, table, sentence)


def count_or_share():
    """Figure 1.1: the same people as a count and as a share, and what four editions differ by."""
    start, end = (count_or_share_view(edition="2024").table.iloc[row] for row in (0, -1))
    count, share = "Million migrants in 2024", "% of the world's people in 2024"
    return kit.explore(
        count_or_share_view,
        figure="1.1",
        sources=["migrant-stock", "population"],
        guess=kit.guess(
            "ends",
            "The boxes hold the numbers of 1990. Change both: where did the world stand in 2024?",
            start={count: start.migrants / 1e6, share: start["share"]},
            truth={count: end.migrants / 1e6, share: end["share"]},
            least=0,
            most=8_000,
        ),
        measure=widgets.ToggleButtons(
            options=[("Count", "count"), ("Share", "share"), ("Difference", "difference")],
            description="Show",
        ),
        edition=widgets.Dropdown(options=EDITIONS, description="Edition"),
    )


def where_view(measure="count", edition="2024", year=2024, country="BEL"):
    """Where the world's migrants live: circles for counts, shades for shares."""
    stock = kit.load("migrant-stock")
    stock = stock[(stock.edition == edition) & (stock.iso3 != "WLD")]
    known = stock.year[stock.year <= year].max()  # each edition has years of its own
    people = kit.load("population")
    people = people[people.year == known]
    places = (
        kit.load("countries")[["iso3", "m49", "name", "lon", "lat"]]
        .merge(stock[stock.year == known][["iso3", "migrants"]], on="iso3", how="left")
        .merge(people[["iso3", "population"]], on="iso3", how="left")
    )
    places["share"] = 100 * places.migrants / places.population
    places["mine"] = (places.iso3 == country).astype(int)
    table = places.dropna(subset=["migrants", "population"])
    mine = table[table.mine == 1]

    world = alt.Chart(kit.shapes("world-110m"), height=320).project("equalEarth")
    land = world.mark_geoshape(fill="currentColor", fillOpacity=0.08, stroke="currentColor",
                               strokeOpacity=0.25)
    if measure == "count":
        drawn = places[places.lon.notna()][["lon", "lat", "migrants", "mine"]]
        drawn["million"] = drawn.pop("migrants").fillna(0) / 1e6  # no figure, no circle
        size = alt.Size("million:Q", title="Million migrants").scale(
            domain=[0, 50], range=[0, 1800]).legend(values=[1, 10, 50])
        marks = alt.Chart(drawn).encode(alt.Longitude("lon:Q"), alt.Latitude("lat:Q"), size)
        circles = marks.mark_circle(color="#0072B2", opacity=0.75, stroke="currentColor",
                                    strokeWidth=0.5)
        ring = marks.mark_circle(color="#B36B00", opacity=1, stroke="currentColor",
                                 strokeWidth=1.5).transform_filter("datum.mine == 1")
        layers = land + circles + ring
    else:
        bands = ["under 1 %", "1 to 5 %", "5 to 10 %", "10 to 20 %", "20 to 50 %", "over 50 %",
                 "blank: no figure"]
        # Shades of the page's own text colour: the largest share stands out on either theme.
        shades = [0.1, 0.25, 0.42, 0.6, 0.8, 1, 0]
        drawn = places[places.lon.notna()][["m49", "lon", "lat", "mine"]]
        band = pd.cut(places.share[drawn.index], [0, 1, 5, 10, 20, 50, 1000], labels=bands[:-1])
        drawn["band"] = band.cat.add_categories(bands[-1:]).fillna(bands[-1]).astype(str)
        shade = alt.Opacity("band:O", title="Share of residents").scale(
            type="ordinal", domain=bands, range=shades).legend(columns=4, symbolType="square")
        shaded = world.mark_geoshape(fill="currentColor").encode(shade).transform_lookup(
            "id", alt.LookupData(drawn, "m49", ["band"])).transform_filter("isValid(datum.band)")
        outlines = world.mark_geoshape(filled=False, stroke="currentColor", strokeWidth=0.5)
        ring = alt.Chart(drawn).transform_filter("datum.mine == 1").mark_point(
            filled=False, size=500, stroke="#B36B00", strokeWidth=3, opacity=1
        ).encode(alt.Longitude("lon:Q"), alt.Latitude("lat:Q"))  # around it, not over it
        layers = shaded + outlines + ring
    title = {"count": "A few countries are home to many of the world's migrants",
             "share": "A large count need not be a large share"}[measure]
    chart = layers.properties(title=title)

    large = table[table.population >= 1_000_000]  # a share of a very small state says little
    if measure == "count":
        top = [f"{row['name']} ({kit.text.people(row.migrants)})"
               for _, row in large.nlargest(3, "migrants").iterrows()]
    else:
        top = [f"{row['name']} ({kit.text.percent(row.share)})"
               for _, row in large.nlargest(3, "share").iterrows()]
    sentence = (f"{known}, edition {edition}. Of places with a million people or more, "
                f"{kit.text.listing(top)} lead.")
    if len(mine):
        own = mine.iloc[0]
        sentence += (f" {own['name']}: {kit.text.people(own.migrants)} migrants, "
                     f"{kit.text.percent(own.share)} of its residents.")
        if own.share > 100:
            sentence += " That is more than all residents: the two tables differ in date."
    else:
        sentence += f" The edition has no figure for {country}."
    if known != year:
        sentence += f" This edition has no figure for {year}; {known} is shown."
    return kit.View(chart, table[["iso3", "name", "migrants", "population", "share"]], sentence)


def country_picker():
    """A menu of countries that starts at the learner's own."""
    places = kit.load("countries").sort_values("name")
    return widgets.Dropdown(
        options=list(zip(places.name, places.iso3, strict=True)),
        value=kit.record.country(), description="Country",
    )  # fmt: skip


def where_do_they_live():
    """Figure 1.5: a world map of migrants, as counts or as shares, by edition and year."""
    return kit.explore(
        where_view,
        figure="1.5",
        sources=["migrant-stock", "population", "countries", "world-110m"],
        measure=widgets.ToggleButtons(
            options=[("Count", "count"), ("Share", "share")], description="Count or share?"
        ),
        edition=widgets.Dropdown(options=["2024", "2020", "2019"], description="Edition"),
        year=widgets.SelectionSlider(options=YEARS, value=2024, description="Year"),
        country=country_picker(),
    )


DEFINITIONS = [
    ("Born abroad (UN practice)", "born_abroad"),
    ("No Belgian passport", "foreign_passport_only"),
    ("Non-Belgian or foreign background", "foreign_background"),
    ("Moved here in 2024 (a flow)", "moved_in_2024"),
]


def who_is_counted_view(definition="born_abroad", sort="name"):
    """Eight invented people under four definitions; the chosen one decides who counts."""
    names = {
        "born_abroad": "Born abroad",
        "foreign_passport_only": "No Belgian passport",
        "foreign_background": "Non-Belgian or foreign background",
        "moved_in_2024": "Moved here in 2024",
    }
    cards = kit.load("person-cards")
    cards["card"] = cards.person + ", born in " + cards.born_in + "|passport: " + cards.passports
    by = {"name": ["person"], "birth": ["born_abroad", "person"],
          "passport": ["foreign_passport_only", "person"]}[sort]
    order = cards.sort_values(by).card.tolist()
    grid = cards.melt(["card"], list(names), var_name="rule", value_name="counted")
    grid["sign"] = grid.counted.map({"yes": "counted", "no": "not counted"})
    grid["chosen"] = grid.rule.eq(definition).astype(int)
    grid["rule"] = grid.rule.map(names)

    base = alt.Chart(grid[["card", "rule", "sign", "chosen"]], height=340).encode(
        alt.X("rule:N", title=None, sort=list(names.values())).axis(
            labelAngle=0, labelExpr="split(datum.label, ' ')", domain=False, ticks=False),
        alt.Y("card:N", title=None, sort=order).axis(
            labelLimit=420, grid=False, domain=False, ticks=False, labelBaseline="line-bottom",
            labelExpr="split(datum.label, '|')"),
    )
    signs = ["counted", "not counted"]
    shapes = ["circle", "M-0.7,-0.7L0.7,0.7M-0.7,0.7L0.7,-0.7"]  # a dot and a cross
    marks = base.mark_point(strokeWidth=2, opacity=1).encode(
        alt.Shape("sign:N", title=None).scale(domain=signs, range=shapes),
        alt.Fill("sign:N", title=None).scale(domain=signs, range=["#0072B2", "transparent"]),
        alt.Stroke("sign:N", title=None).scale(domain=signs, range=["#0072B2", "#808080"]),
        alt.Size("chosen:O", legend=None).scale(type="ordinal", domain=[0, 1], range=[60, 260]),
    )
    column = base.mark_rect(fill="currentColor", fillOpacity=0.06).transform_filter(
        "datum.chosen == 1")
    chart = (column + marks).properties(title="Each definition counts other people")

    counted = cards[cards[definition] == "yes"].person.tolist()
    left_out = cards[cards[definition] == "no"].person.tolist()
    sentence = (f"{names[definition]}: {len(counted)} of {len(cards)} people are counted, "
                f"{kit.text.listing(counted)}. {kit.text.listing(left_out)} are not.")
    table = cards[["person", "work", "born_in", "parents", "passports", *names]]
    return kit.View(chart, table, sentence)


def who_is_counted():
    """Figure 1.2: eight person cards and four definitions."""
    options = ["Amina, born in Brussels, who has a Moroccan passport only",
               "Jeroen, born in Lubumbashi to Belgian parents, who has a Belgian passport",
               "both of them", "neither of them"]
    return kit.explore(
        who_is_counted_view,
        figure="1.2",
        sources=["person-cards"],
        guess=kit.guess(
            "choice",
            "The United Nations counts people born in another country. Who of these two "
            "residents of Brussels is in its number?",
            truth=options[1],
            options=options,
        ),
        definition=widgets.Dropdown(options=DEFINITIONS, description="Definition"),
        sort=widgets.ToggleButtons(
            options=[("name", "name"), ("place of birth", "birth"), ("passport", "passport")],
            description="Sort people by",
        ),
    )  # fmt: skip


def missing_view(show="the gap alone"):
    """What lies between two official counts of the foreigners in Belgium in 2006."""
    register = kit.load("belgium-register-2006").set_index("line").persons
    totals = kit.load("belgium-foreigners")
    april = (totals.date == "2006-04") & (totals.nationality == "TOTAL")
    ministry = int(totals[april].persons.iloc[0])
    office, waiting = int(register[1]), int(register[2])
    rest = ministry - office - waiting
    table = pd.DataFrame(
        {
            "step": ["Statistical office, 1 January 2006", "Waiting register, 1 January 2006",
                     "The rest: other registers, later date", "Interior ministry, April 2006"],
            "persons": [office, waiting, rest, ministry],
            "start": [0, office, office + waiting, 0],
            "end": [office, office + waiting, ministry, ministry],
            "kind": ["total", "difference", "difference", "total"],
        }
    )  # fmt: skip
    drawn = table.copy()
    if show == "the gap alone":
        drawn = drawn[drawn.kind == "difference"]
        drawn[["start", "end"]] -= office
    drawn["label"] = drawn.persons.map(kit.text.number)

    base = alt.Chart(drawn, height=70 + 42 * len(drawn)).encode(
        alt.Y("step:N", title=None, sort=None).axis(labelLimit=260, grid=False),
        alt.X("start:Q", title="Persons").scale(domainMax=drawn.end.max() * 1.16, zero=True),
        alt.X2("end:Q"),
    )
    kinds = alt.Color("kind:N", legend=None).scale(
        domain=["total", "difference"], range=["#0072B2", "#B36B00"])
    bars = base.mark_bar(stroke="currentColor").encode(kinds)
    labels = alt.Chart(drawn).mark_text(align="left", dx=6).encode(
        alt.Y("step:N", sort=None), alt.X("end:Q"), alt.Text("label:N"))
    chart = (bars + labels).properties(title="Most of the gap may be one register")
    whole = (
        f"Statistical office {kit.text.number(office)}, ministry {kit.text.number(ministry)}. "
        if show == "whole totals"
        else ""
    )
    sentence = (
        f"{whole}The two counts differ by {kit.text.number(ministry - office)} persons: "
        f"{kit.text.number(waiting)} stood in the waiting register "
        f"({kit.text.percent(100 * waiting / (ministry - office), 0)}), "
        f"and {kit.text.number(rest)} cannot be split further here. The Note dates the ministry's "
        "total to April 2006, npdata to August 2006."
    )
    return kit.View(chart, table[["step", "persons", "kind"]], sentence)


def missing():
    """Figure 1.3: the 103,598 people between two official totals."""
    return kit.explore(
        missing_view,
        figure="1.3",
        sources=["belgium-register-2006", "belgium-foreigners"],
        show=widgets.ToggleButtons(
            options=["the gap alone", "whole totals"], description="Show"
        ),
    )


def register_view(struck_off_left=False):
    """Who entered and who left the register of foreigners of Belgium in 2006."""
    register = kit.load("belgium-register-2006")
    table = register[register.direction.isin(["in", "out"])][
        ["direction", "component", "persons", "moved_across_border"]
    ].copy()
    shorter = {
        "asylum applicants entered in the foreigners' register after a decision":
            "asylum applicants, after a decision",
        "re-registered after having been struck off": "registered again",
    }  # fmt: skip
    table["component"] = table.component.str.replace(r" \(.*\)", "", regex=True).replace(shorter)
    if struck_off_left:
        struck = table.component.str.startswith("struck off")
        emigration = table.component == "emigration"
        table.loc[emigration, "persons"] += table.persons[struck].iloc[0]
        table.loc[emigration, "component"] = "emigration, with people struck off"
        table = table[~struck]
    table = table.sort_values("persons", ascending=False, ignore_index=True)
    drawn = table.copy()
    drawn["signed"] = drawn.persons.where(drawn.direction == "in", -drawn.persons)
    drawn["moved"] = drawn.pop("moved_across_border").map(
        {"yes": "crossed a border", "no": "nobody moved", "unknown": "not known"})
    drawn["label"] = drawn.persons.map(kit.text.number)
    drawn = drawn.sort_values("signed", ascending=False)

    limit = 1.4 * drawn.persons.max()
    moved = ["crossed a border", "nobody moved", "not known"]
    shown = drawn[["component", "direction", "signed", "moved", "label"]]
    base = alt.Chart(shown, height=330).encode(
        alt.Y("component:N", title=None, sort=None).axis(labelLimit=290, grid=False),
        alt.X("signed:Q", title="Persons: left of zero out, right of zero in").axis(
            format=",d", labelExpr="replace(datum.label, '\u2212', '')", tickCount=5
        ).scale(domain=[-limit, limit]),
    )
    ways = alt.Scale(domain=["in", "out"], range=["#0072B2", "#CC79A7"])
    dashes = alt.Scale(domain=moved, range=[[1, 0], [5, 3], [1, 3]])
    bars = base.mark_bar(strokeWidth=2).encode(
        alt.Fill("direction:N", scale=ways, legend=None),
        alt.Stroke("direction:N", scale=ways, legend=None),
        alt.FillOpacity("moved:O", legend=None).scale(
            type="ordinal", domain=moved, range=[1, 0.15, 0.5]),
        alt.StrokeDash("moved:N", scale=dashes, legend=None),
    )
    labels = base.mark_text(align=alt.expr("datum.signed < 0 ? 'right' : 'left'"),
                            dx=alt.expr("datum.signed < 0 ? -5 : 5")).encode(alt.Text("label:N"))
    title = alt.Title("A register changes when nobody moves",
                      subtitle="Dashed and pale: nobody crossed a border. Dotted: not known.")
    chart = (bars + labels).properties(title=title)

    out = table[table.direction == "out"]
    came, left = table.persons[table.direction == "in"].sum(), out.persons.sum()
    largest = out.loc[out.persons.idxmax()]
    sentence = (
        f"In 2006, {kit.text.number(came)} entries and {kit.text.number(left)} exits: the register "
        f"grew by {kit.text.number(came - left)}. The largest exit is "
        f"“{largest.component}” with {kit.text.number(largest.persons)}."
    )
    return kit.View(chart, table, sentence)


def register():
    """Figure 1.4: entries to and exits from the register of foreigners in 2006."""
    return kit.explore(
        register_view,
        figure="1.4",
        sources=["belgium-register-2006"],
        struck_off_left=widgets.Checkbox(
            value=False, description="Count people struck off as having left", indent=False
        ),
    )
