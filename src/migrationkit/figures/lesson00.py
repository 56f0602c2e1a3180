"""The figure of the orientation notebook: in which region do the world's migrants live?"""

import altair as alt
import ipywidgets as widgets

import migrationkit as kit

YEARS = [1990, 1995, 2000, 2005, 2010, 2015, 2020, 2024]


def regions_view(year=2024):
    """Migrants by the region in which they live, largest first."""
    stock = kit.load("migrant-stock").query("edition == '2024' and year == @year")
    places = kit.load("countries")[["iso3", "region"]]
    table = stock.merge(places, on="iso3").groupby("region", as_index=False).migrants.sum()
    table = table.sort_values("migrants", ascending=False, ignore_index=True)
    drawn = table.assign(million=table.migrants / 1e6, label=table.migrants.map(kit.text.people))
    base = alt.Chart(drawn).encode(
        y=alt.Y("region:N", title=None, sort=None, axis=alt.Axis(labelLimit=260, grid=False)),
        x=alt.X("million:Q", title="Million migrants", scale=alt.Scale(domain=[0, 120]),
                axis=alt.Axis(values=[0, 20, 40, 60, 80, 100])),
    )
    bars = base.mark_bar(color="#0072B2")
    labels = base.mark_text(align="left", dx=5).encode(alt.Text("label:N"))
    title = "Europe and Asia are home to the most migrants"
    chart = (bars + labels).properties(title=title, height=220)
    first, second = table.iloc[0], table.iloc[1]
    sentence = (
        f"In {year}, {first.region} was home to {kit.text.people(first.migrants)} migrants "
        f"and {second.region} to {kit.text.people(second.migrants)}."
    )
    return kit.View(chart, table, sentence)


def regions():
    """Figure 0.1: migrants by region of residence, 1990 to 2024."""
    table = regions_view(2024).table
    return kit.explore(
        regions_view,
        figure="0.1",
        sources=["migrant-stock", "countries"],
        guess=kit.guess(
            "choice",
            "Which region was home to the most migrants in 2024?",
            truth=table.region[0],
            options=sorted(table.region),
        ),
        year=widgets.SelectionSlider(options=YEARS, value=2024, description="Year"),
    )
