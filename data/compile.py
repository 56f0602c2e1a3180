"""Write the kit's tables from a folder of published figures.

    python data/compile.py --from FOLDER

FOLDER holds the figures as their publishers gave them, tidied to one CSV each; `obtained_from`
in `datapackage.json` says where each came from. One function below makes one table. Then the
catalogue is stamped; what it says about a table is written by hand and stays.

The same figures give the same files, byte for byte. To see that the committed tables are what
this program makes:

    python data/compile.py --from FOLDER && git diff --exit-code data
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from migrationkit import data

WORLD = "WLD"
# Codes of the sources that are not ISO 3166. The UN counts Guernsey and Jersey together, as the
# Channel Islands; its own list of areas calls them CHI, the 2024 extract XCX.
RECODE = {"XCX": "CHI", "WORLD": WORLD}

# The first column of `migrant-stock`, oldest first.
PRINT, EDITIONS = "2006 print", ("2019", "2020", "2024")
# What was printed in 2006: the Secretary-General's report on international migration and
# development, presented on 6 June 2006, as reported by The Daily Star, 8 June 2006. Matsas
# (2006) repeats the 191 million.
PRINTED_IN_2006 = {1990: 155_000_000, 2005: 191_000_000}

ORIGIN_YEARS = [1990, 2005, 2010, 2020, 2024]
PLACES = ["COD", "MAR", "TUR"]  # the three origins outside the EU that Matsas (2006) counts

Read = Callable[[str], pd.DataFrame]


# ---- The world ---------------------------------------------------------------------------------


def countries(read: Read) -> pd.DataFrame:
    """The UN's 235 countries and areas, with a point to put a symbol on."""
    table = read("countries").rename(
        columns={"geographic_region": "region", "un_development_group": "development"}
    )
    table["least_developed"] = table["least_developed"].map({0: "false", 1: "true"})
    columns = "iso3 iso2 m49 name region subregion development least_developed lon lat"
    return table[columns.split()].sort_values("iso3")


def population(read: Read) -> pd.DataFrame:
    """Persons on 1 July, 1990 to 2025, each country and the world."""
    table = read("wpp2024_annual").replace({"iso3": RECODE})
    table = table[table["year"].between(1990, 2025) & (table["iso3"].str.len() == 3)]
    table = table[table["iso3"] != "LDC"]  # a group of countries, in spite of its three letters
    table["population"] = (table["pop_midyear_k"] * 1000).round().astype("int64")
    return table[["iso3", "year", "population"]].sort_values(["iso3", "year"])


def world_population_growth(read: Read) -> pd.DataFrame:
    """By how many people the world grew in each year, and the less developed regions of it."""
    table = read("wpp2024_annual").replace({"iso3": RECODE})
    table["growth"] = (table["popchange_k"] * 1000).round().astype("int64")
    groups = countries(read).set_index("iso3")["development"]
    less = table[table["iso3"].map(groups) == "less developed"]
    less = less.groupby("year")["growth"].sum().rename("growth_less_developed")
    world = table[table["iso3"] == WORLD].merge(less, on="year")
    world = world[world["year"] <= 2025]
    return world[["year", "growth", "growth_less_developed"]].sort_values("year")


def migrant_stock(read: Read) -> pd.DataFrame:
    """Migrants by edition, country and year: how the same year changes with the edition."""
    stock = {
        PRINT: _printed_in_2006(),
        "2019": _official_totals(read("ims2019_totals_official")),
        "2020": _official_totals(read("ims2020_totals_official")),
        "2024": _totals_2024(read("ims2024_totals_from_bilateral")),
    }
    table = pd.concat(stock, names=["edition"]).reset_index("edition")
    return table.sort_values(["edition", "iso3", "year"])


def _printed_in_2006() -> pd.DataFrame:
    return pd.DataFrame(
        [(WORLD, year, persons) for year, persons in PRINTED_IN_2006.items()],
        columns=["iso3", "year", "migrants"],
    )


def _official_totals(table: pd.DataFrame) -> pd.DataFrame:
    """Country rows and the UN's own world row; rows that the UN left empty are left out."""
    table = table.assign(iso3=table["iso3"].mask(table["m49"] == 900, WORLD))
    table = table.dropna(subset=["iso3", "total"])
    # Andorra has fractions of a person in the 2019 edition.
    return table.assign(migrants=table["total"].round().astype("int64"))[
        ["iso3", "year", "migrants"]
    ]


def _totals_2024(table: pd.DataFrame) -> pd.DataFrame:
    """Country rows; the world is their sum, because this extract has no world row."""
    table = table.replace({"iso3": RECODE}).rename(columns={"total": "migrants"})
    world = table.groupby("year", as_index=False)["migrants"].sum().assign(iso3=WORLD)
    return pd.concat([table, world])[["iso3", "year", "migrants"]]


def migrant_stock_by_origin(read: Read) -> pd.DataFrame:
    """Migrants by destination and origin, 2024 edition, five years, both sexes."""
    table = _pairs(read("ims2024_bilateral"))
    table = table[table["year"].isin(ORIGIN_YEARS)]
    return table[["dest", "origin", "year", "persons"]].sort_values(["dest", "origin", "year"])


def _pairs(table: pd.DataFrame) -> pd.DataFrame:
    table = table.rename(columns={"dest_iso3": "dest", "orig_iso3": "origin"})
    table = table.replace({"dest": RECODE, "origin": RECODE})
    return table.assign(persons=table["male"] + table["female"])


# ---- Belgium -----------------------------------------------------------------------------------


def belgium_born_abroad(read: Read) -> pd.DataFrame:
    """Born in Morocco, Turkey or DR Congo and living in Belgium, in two editions."""
    pairs = {edition: _pairs(read(f"ims{edition}_bilateral")) for edition in ("2020", "2024")}
    table = pd.concat(pairs, names=["edition"]).reset_index("edition")
    table = table[(table["dest"] == "BEL") & table["origin"].isin(PLACES)]
    columns = ["edition", "origin", "year"]
    return table[[*columns, "persons"]].sort_values(columns)


COUNT_BASIS = {
    "administrative count (Interior/Office des etrangers; includes waiting register)": (
        "Interior ministry"
    ),
    "statistical count (INS/SPF Economie; excludes waiting register)": "statistical office",
    "Statbel non-Belgians": "statistical office, origin statistics",
}
NOTES = {
    "article says end of 2004; bladi06/07 date the same figure to 2004 (1 Jan series)": (
        "article says end of 2004; two later articles date the same total to 1 January 2004"
    ),
}


def belgium_foreigners(read: Read) -> pd.DataFrame:
    """Foreign citizens in Belgium as two offices counted them, each figure with its source."""
    table = read("belgium_foreign_population").rename(columns={"n": "persons"})
    table["count_basis"] = table["count_basis"].map(COUNT_BASIS)
    table["note"] = table["note"].replace(NOTES)
    key = ["date", "count_basis", "nationality"]
    return table[[*key, "persons", "source", "source_url", "note"]].sort_values([*key, "source"])


def belgium_register_2006(read: Read) -> pd.DataFrame:
    """What the count of foreigners gained and lost during 2006, in the order of the source."""
    table = read("belgium_foreigners_movement_2006")
    # "struck off by the commune (no longer found at …)": the first words name the line of a
    # figure, the rest explains it.
    words = table["component"].str.extract(r"^(?P<component>[^(]+?)(?: \((?P<more>.+)\))?$")
    table["component"] = words["component"]
    table["note"] = _joined(words["more"], table["note"])
    table["direction"] = table["direction"].where(
        table["direction"] != "stock",
        table["component"].map(lambda text: _kind_of_stock(text)),
    )
    # Our reading: a person struck off may have left, so one registered again may have come back,
    # and nobody knows what a statistical adjustment corrects.
    unknown = table["component"].str.startswith(("re-registered", "statistical adjustment"))
    table.loc[unknown, "moved_across_border"] = "unknown"
    table["line"] = range(1, len(table) + 1)
    columns = "line direction component persons moved_across_border note source source_url"
    return table[columns.split()]


def _kind_of_stock(component: str) -> str:
    if "waiting register" in component:
        return "not counted"
    return "start" if "2006-01-01" in component else "end"


def _joined(first: pd.Series, second: pd.Series) -> pd.Series:
    """Two columns of notes as one, with a semicolon where both have something to say."""
    both = first.notna() & second.notna()
    return first.fillna(second).mask(both, first + "; " + second)


SEEN_AT = {
    "publisher": "publisher's page",
    "secondary": "secondary source",
    "reported": "press",
}


def belgium_nationality(read: Read) -> pd.DataFrame:
    """How the counts of a nationality move: who holds it, and who left it by becoming Belgian."""
    parts = [_citizens(read), _moroccans(read), _became_belgian(read), _with_new_belgians(read)]
    key = ["measure", "citizenship", "year", "first_year"]
    columns = [*key, "when", "persons", "reading", "seen_at", "source", "source_url", "note"]
    return pd.concat(parts)[columns].sort_values(key)


def _citizens(read: Read) -> pd.DataFrame:
    """Eurostat's citizens on 1 January; its FOREIGN is our TOTAL (all foreign citizens)."""
    table = read("eurostat_population_by_citizenship_belgium")
    table = table[table["citizenship"].isin(["FOREIGN", "ROU", "SYR", *PLACES])]
    return table.replace({"citizenship": {"FOREIGN": "TOTAL"}}).assign(
        measure="citizens",
        first_year=table["year"],
        when="1 January",
        persons=table["persons_1_jan"],
        reading="exact",
        seen_at="publisher's data",
        source="Eurostat migr_pop1ctz",
        source_url="https://doi.org/10.2908/MIGR_POP1CTZ",
        note=None,
    )


def _moroccans(read: Read) -> pd.DataFrame:
    """The longer, patchy series of one nationality: citizens, and who became Belgian, by period.

    Its single years are left to the other parts, which hold them with their own source.
    """
    table = read("belgium_morocco_corridor")
    nationals = (table["series"] == "nationals") & ~table["source"].str.startswith("Eurostat")
    by_period = (table["series"] == "became Belgian") & table["period"].str.contains("-")
    table = _with_figures_of_note(table[nationals | by_period].assign(citizenship="MAR"))
    years = table["period"].str.split("-")
    reported = table["source"].str.contains("as reported")
    return table.assign(
        measure=table["series"].replace({"nationals": "citizens"}),
        first_year=years.str[0].astype(int),
        year=years.str[-1].astype(int),
        when=table["when"]
        .replace({"end": "31 December"})
        .fillna("not stated")
        .mask(years.str.len() > 1, "during the period"),
        persons=table["value"].astype("int64"),
        reading=table["unit"].map({"persons": "exact", "persons, lower bound": "more than"}),
        seen_at=reported.map({True: "press", False: "secondary source"}),
    )


# One note of the series holds two more figures of the same source and period.
FIGURES_OF_NOTE = {
    "all nationalities: 547,181; Turks 104,807": {"TOTAL": 547_181, "TUR": 104_807},
}


def _with_figures_of_note(table: pd.DataFrame) -> pd.DataFrame:
    noted = table[table["note"].isin(FIGURES_OF_NOTE)].assign(note=None)
    [figures] = FIGURES_OF_NOTE.values()
    more = [noted.assign(citizenship=place, value=float(n)) for place, n in figures.items()]
    return pd.concat([table[~table["note"].isin(FIGURES_OF_NOTE)], noted, *more])


def _became_belgian(read: Read) -> pd.DataFrame:
    """People who became Belgian in a year, all routes, by the citizenship they had before."""
    table = read("belgium_acquisitions_of_nationality")
    bound = table["note"].str.extract(r"^more than ([\d,]+)$")[0].str.replace(",", "")
    reading = pd.Series("exact", table.index).mask(table["note"] == "rounded", "rounded")
    # The rows of 2015 to 2018 say "as 2014": the source of the row for 2014.
    [of_2014] = table.loc[table["year"] == 2014, "source"]
    return table.assign(
        measure="became Belgian",
        citizenship=table["former_citizenship"],
        first_year=table["year"],
        when="during the year",
        persons=table["became_belgian"].fillna(bound.astype("float64")).astype("int64"),
        reading=reading.mask(bound.notna(), "more than"),
        seen_at=table["seen_at"].map(SEEN_AT),
        source=table["source"].replace({"as 2014": of_2014}),
        note=table["note"].mask(bound.notna() | (table["note"] == "rounded")),
    )


def _with_new_belgians(read: Read) -> pd.DataFrame:
    """Foreign citizens together with those of them who had become Belgian, 1 January 2004."""
    table = read("belgium_population_of_foreign_origin_2004")
    return table.assign(
        measure="citizens and new Belgians",
        citizenship=table["origin"],
        year=table["date"].str[:4].astype(int),
        first_year=table["date"].str[:4].astype(int),
        when="1 January",
        persons=table["foreigners_plus_new_belgians"],
        reading="exact",
        seen_at="press",
        source=table["source"].str.partition("; ")[0],
        note=table["source"].str.partition("; ")[2],
    )


def belgium_origin_groups(read: Read) -> pd.DataFrame:
    """The population of Belgium by origin: the three groups that Statbel publishes."""
    table = read("belgium_population_by_origin_group").rename(columns={"n": "persons"})
    table["persons"] = table["persons"].astype("Int64")
    table = table.rename(columns={"pct": "percent"})
    columns = ["date", "group", "persons", "percent", "source", "source_url"]
    return table[columns].sort_values(["date", "group"])


# ---- The claims of the ledger ------------------------------------------------------------------

BEFORE_AFTER = [2005, 2006, 2023]  # the Note's years, and the last with most countries


def national_income(read: Read) -> pd.DataFrame:
    """Population and gross domestic product at market rates, each country, three years."""
    table = read("worldbank_country_year").rename(columns={"pop": "population"})
    table = table[table["year"].isin(BEFORE_AFTER)].dropna(subset=["population", "gdp_usd"])
    for column in ("population", "gdp_usd"):
        table[column] = table[column].round().astype("int64")
    return table[["iso3", "year", "population", "gdp_usd"]].sort_values(["iso3", "year"])


def remittances_to_exports(read: Read) -> pd.DataFrame:
    """Money sent home to Turkey and Morocco as a share of exports, with two denominators."""
    table = read("remittances_long_series").query("iso3 in ['MAR', 'TUR']")
    goods = [
        read("morocco_remittances_vs_merchandise_exports").assign(
            of_goods=lambda rows: rows["remit_pct_merch_exports"]
        ),
        read("worldbank_country_year")
        .query("iso3 == 'TUR'")
        .assign(of_goods=lambda rows: rows["remit_in_pct_merch_exports"].round(2)),
    ]
    goods = pd.concat(goods)[["iso3", "year", "of_goods"]]
    table = table.merge(goods, on=["iso3", "year"], how="left").rename(
        columns={
            "remittances_received_usd_million": "million_usd",
            "remittances_pct_exports_gs": "of_goods_and_services",
        }
    )
    columns = ["iso3", "year", "million_usd", "of_goods", "of_goods_and_services"]
    return table[columns].sort_values(["iso3", "year"])


GROUPS = {
    "NATIONALS": "Belgian citizens",
    "NON_EU27_CITIZENS": "citizens of countries outside the EU",
    "NATIVE_BORN": "born in Belgium",
    "EU_FOREIGN_BORN_EU27": "born in another EU country",
    "BORN_NON_EU27": "born outside the EU",
    "FOREIGN_BORN": "born abroad",
}


def belgium_unemployment(read: Read) -> pd.DataFrame:
    """Unemployment in Belgium: Eurostat's groups, and all residents as the ILO models them."""
    groups = read("eurostat_unemployment_by_birth_citizenship").query("iso3 == 'BEL'")
    groups = groups[groups["group"].isin(GROUPS)].assign(
        group=lambda rows: rows["group"].map(GROUPS),
        percent=lambda rows: rows["unemployment_rate_15_74_pct"],
        source=lambda rows: "Eurostat " + rows["eurostat_dataset"],
    )
    everyone = read("worldbank_country_year").query("iso3 == 'BEL' and year <= 2024")
    everyone = everyone.dropna(subset=["unemployment_pct"]).assign(
        group="all residents",
        percent=lambda rows: rows["unemployment_pct"].round(1),
        source="World Bank WDI (ILO estimate)",
    )
    columns = ["group", "year", "percent", "source"]
    return pd.concat([groups, everyone])[columns].sort_values(["group", "year"])


def orders_and_returns(read: Read) -> pd.DataFrame:
    """Orders to leave and returns of a year; a return may follow an order of the year before."""
    table = read("eurostat_orders_returns_belgium_eu").replace({"area": {"EU27_2020": "EU"}})
    table = table.rename(columns={"returned_all_destinations": "returned"})
    return table[["area", "year", "ordered_to_leave", "returned"]].sort_values(["area", "year"])


def border_detections(read: Read) -> pd.DataFrame:
    """Crossings detected at the EU's outer borders, all routes, whole years."""
    table = read("frontex_detections").groupby("year", as_index=False)["n"].sum()
    return table.rename(columns={"n": "detections"}).query("year <= 2024")


def migrant_workers_convention(read: Read) -> pd.DataFrame:
    """Parties to the convention of 1990 with the day, or only the year, on which they joined."""
    table = read("../facts/ratifications").query("treaty == 'ICRMW' and status != 'signed'")
    table = table.assign(source=table["source"].str.replace("via github ", "via "))
    return table[["iso3", "date", "source"]].sort_values(["date", "iso3"])


def eu_members(read: Read) -> pd.DataFrame:
    """Member states of the European Union with the day of joining and of leaving."""
    return read("eu_membership_dates")[["iso3", "joined", "left"]].sort_values(["joined", "iso3"])


def migrants_by_birthplace(read: Read) -> pd.DataFrame:
    """Migrants of the whole world by country of origin, in two editions."""
    found = {}
    for edition in ("2020", "2024"):
        pairs = _pairs(read(f"ims{edition}_bilateral"))
        pairs = pairs[pairs["year"].isin([2000, 2005, 2010, 2020])]
        found[edition] = pairs.groupby(["origin", "year"])["persons"].sum()
    table = pd.concat(found, names=["edition"]).reset_index()
    return table.sort_values(["edition", "origin", "year"])


def migrants_by_sex(read: Read) -> pd.DataFrame:
    """Women and men among the migrants of the world, in two editions."""
    found = {
        edition: read(f"ims{edition}_bilateral").groupby("year")[["female", "male"]].sum()
        for edition in ("2020", "2024")
    }
    table = pd.concat(found, names=["edition"]).reset_index()
    return table.rename(columns={"female": "women", "male": "men"})


def goods_and_people(read: Read) -> pd.DataFrame:
    """What borders ask of goods and of people: the world's tariff, and who must have a visa."""
    tariff = read("worldbank_tariff_rate").query("iso3 == 'WLD'").assign(
        measure="tariff, weighted mean of the world",
        percent=lambda rows: rows["tariff_weighted_mean_pct"],
        source="World Bank WDI, edition 2021",
    )
    visa = read("visa_requirements_world").query("requirement == 'visa required'").assign(
        year=lambda rows: rows["date"].astype(str).str[:4].astype(int),
        measure="pairs of countries where a visa is required",
        percent=lambda rows: rows["pct"],
        source="Passport Index (repackaged)",
    )
    columns = ["measure", "year", "percent", "source"]
    return pd.concat([tariff, visa])[columns].sort_values(["measure", "year"])


def belgium_first_permits(read: Read) -> pd.DataFrame:
    """First residence permits of Belgium by reason; citizens of the EU need none."""
    table = read("eurostat_first_permits_by_reason").query("area == 'BEL'")
    return table[["year", "reason", "first_permits"]].sort_values(["year", "reason"])


def belgium_net_migration(read: Read) -> pd.DataFrame:
    """People who came to Belgium less people who left, by year, as the UN estimates them."""
    table = read("wpp2024_annual").query("iso3 == 'BEL' and year >= 1960 and year <= 2023")
    table = table.assign(net=(table["netmig_k"] * 1000).round().astype("int64"))
    return table[["year", "net"]]


# ---- The Compact and what led to it ------------------------------------------------------------


def compact_vote(read: Read) -> pd.DataFrame:
    """The vote of 19 December 2018, each member state with what a reader may group it by."""
    places = read("countries").rename(columns={"geographic_region": "region"})
    table = read("../facts/gcm_vote").merge(places[["iso3", "name", "region"]], on="iso3")
    table["vote"] = table["vote"].replace({"not_voting": "did not vote", "abstain": "abstained"})
    more = {True: "more migrants than emigrants", False: "more emigrants than migrants"}
    for edition, last in (("2024", ""), ("2020", "_2020_edition")):
        pairs = _pairs(read(f"ims{edition}_bilateral"))
        pairs = pairs[pairs["year"] == 2020]  # the year of the table nearest to the vote
        migrants = table["iso3"].map(pairs.groupby("dest")["persons"].sum())
        emigrants = table["iso3"].map(pairs.groupby("origin")["persons"].sum())
        table["migrants" + last], table["emigrants" + last] = migrants, emigrants
        table["position" + last] = (migrants > emigrants).map(more)
    joined = read("../facts/ratifications").query("treaty == 'ICRMW' and status != 'signed'")
    since = joined.set_index("iso3")["date"]
    since = since[since.str[:4].astype(int) <= 2018]  # some are known by their year alone
    table["convention_since"] = table["iso3"].map(since)
    table["convention"] = table["convention_since"].notna().map({True: "party", False: "no party"})
    table = table.rename(columns={"eu_member_dec_2018": "eu_member"})
    columns = "iso3 name vote region eu_member migrants emigrants position convention"
    columns += " convention_since migrants_2020_edition emigrants_2020_edition"
    return table[[*columns.split(), "position_2020_edition"]].sort_values("iso3")


def assembly_votes(read: Read) -> pd.DataFrame:
    """Votes of the General Assembly on migration, one row each, with Belgium's and Morocco's."""
    votes = read("../facts/unga_migration_votes").rename(columns={"true_date": "date"})
    compact = read("../facts/gcm_vote").assign(
        resolution="A/RES/73/195", date="2018-12-19", title="Global Compact for Migration, endorsed"
    )
    votes = pd.concat([votes[votes["resolution"] != "A/RES/73/195"], compact])
    titles = {"International migration and development (preparing the 2013 HLD)":
              "International migration and development, preparing the second Dialogue"}  # fmt: skip
    votes["title"] = votes["title"].replace(titles)
    key = ["date", "resolution", "title"]
    table = votes.groupby([*key, "vote"]).size().unstack(fill_value=0).reset_index()
    table = table.rename(columns={"abstain": "abstained"})
    for iso3, column in (("BEL", "belgium"), ("MAR", "morocco")):
        own = votes[votes["iso3"] == iso3].set_index("resolution")["vote"]
        table[column] = table["resolution"].map(own).replace({"abstain": "abstained"})
    table[["belgium", "morocco"]] = table[["belgium", "morocco"]].fillna("not recorded")
    return table[[*key, "yes", "no", "abstained", "belgium", "morocco"]].sort_values("date")


def forum_summits(read: Read) -> pd.DataFrame:
    """Summits of the Global Forum: number, days, place and chair; states where a page counts."""
    table = read("../facts/timeline").query("type == 'GFMD' and confidence == 'verified'")
    pattern = r"^GFMD (?P<number>\d+), (?P<city>[^(]+?) \((?P<chair>.+)\)$"
    found = table["event"].str.extract(pattern)
    told = (table["actors"] + "; " + table["significance"]).str.extract(
        r"(\d+)(?: or \d+)? (?:countries|states|governments)"
    )[0]
    table = table.assign(
        number=found["number"].astype(int),
        city=found["city"],
        chair=found["chair"].str.replace(", concluding debate", "").str.replace(", online", ""),
        year=table["date"].str[:4].astype(int),
        states=told.astype("Int64"),
    )
    columns = ["number", "date", "year", "city", "chair", "states", "source"]
    return table[columns].sort_values("number")


def compact_objectives(read: Read) -> pd.DataFrame:
    """The 23 objectives of the Compact, in our words."""
    table = read("../facts/gcm_objectives").query("confidence == 'verified'")
    table = table.rename(columns={"no": "number", "paraphrase": "objective", "policy_area": "area"})
    return table[["number", "objective", "area", "source"]].sort_values("number")


def review_forum(read: Read) -> pd.DataFrame:
    """What is known of how the Compact is followed up, and what is not confirmed here."""
    table = read("../facts/gcm_review").query("confidence != 'recalled'")
    follow_up = ["guiding principles", "follow-up A/RES/73/326", "IMRF 1",
                 "IMRF 1 co-facilitators", "IMRF 1 pledges", "Migration Multi-Partner Trust Fund",
                 "IMRF 2"]  # fmt: skip
    table = table[table["item"].isin(follow_up)].copy()
    table["item"] = table["item"].str.replace("IMRF 1", "first Review Forum").str.replace(
        "IMRF 2", "second Review Forum"
    )
    table["what"] = table["value"].str.replace("GCM", "Compact")
    table["confirmed"] = (table["confidence"] == "verified").map(
        {True: "seen in a source", False: "not confirmed here"}
    )
    return table[["item", "what", "confirmed", "source"]]


def belgium_governance(read: Read) -> pd.DataFrame:
    """Who does what on migration in Belgium, and its dated changes; only rows seen in a source."""
    rows = read("../facts/belgium_governance").query("confidence == 'verified'")
    judged = r"Goldman|momentum|EU level"  # verdicts on proposals: see proposals-2006
    rows = rows[~rows["field_or_item"].str.contains(judged)]
    rows = rows.rename(
        columns={"row_type": "kind", "field_or_item": "item", "who_does_what": "what"}
    ).assign(date=None)
    events = read("../facts/timeline").query("confidence == 'verified'")
    belgian = (events["type"] == "national") | events["event"].str.startswith("Belgium-")
    events = events[belgian].assign(
        kind="event", level="federal", item=events["event"], what=events["significance"],
        bodies=events["actors"],
    )  # fmt: skip
    columns = ["kind", "level", "date", "item", "what", "bodies", "source"]
    return pd.concat([rows, events])[columns]


# ---- The map -----------------------------------------------------------------------------------


def world_map(topology: dict) -> dict:
    """Countries with the M49 number as `id`; the arcs that are left are as published.

    Antarctica goes: nobody is counted there, and it would take a fifth of the picture. So does
    the layer "land", which no figure draws.
    """
    shapes = topology["objects"]["countries"]["geometries"]
    kept = [
        shape | {"id": int(shape["id"])} for shape in shapes if shape["properties"]["a3"] != "ATA"
    ]
    used = sorted({_forward(arc) for shape in kept for arc in _flat(shape["arcs"])})
    place = {old: new for new, old in enumerate(used)}
    kept = [shape | {"arcs": _moved(shape["arcs"], place)} for shape in kept]
    return {
        "type": "Topology",
        "transform": topology["transform"],
        "objects": {"countries": {"type": "GeometryCollection", "geometries": kept}},
        "arcs": [topology["arcs"][old] for old in used],
    }


def _forward(arc: int) -> int:
    """TopoJSON writes an arc that is drawn backwards as its complement: ~arc."""
    return ~arc if arc < 0 else arc


def _flat(arcs) -> list[int]:
    return [arcs] if isinstance(arcs, int) else [arc for part in arcs for arc in _flat(part)]


def _moved(arcs, place: dict[int, int]):
    if isinstance(arcs, int):
        return ~place[~arcs] if arcs < 0 else place[arcs]
    return [_moved(part, place) for part in arcs]


# ---- Writing -----------------------------------------------------------------------------------

TABLES = {
    "countries": countries,
    "population": population,
    "world-population-growth": world_population_growth,
    "migrant-stock": migrant_stock,
    "migrant-stock-by-origin": migrant_stock_by_origin,
    "belgium-born-abroad": belgium_born_abroad,
    "belgium-foreigners": belgium_foreigners,
    "belgium-register-2006": belgium_register_2006,
    "belgium-nationality": belgium_nationality,
    "belgium-origin-groups": belgium_origin_groups,
    "national-income": national_income,
    "remittances-to-exports": remittances_to_exports,
    "belgium-unemployment": belgium_unemployment,
    "orders-and-returns": orders_and_returns,
    "border-detections": border_detections,
    "migrant-workers-convention": migrant_workers_convention,
    "eu-members": eu_members,
    "migrants-by-birthplace": migrants_by_birthplace,
    "migrants-by-sex": migrants_by_sex,
    "goods-and-people": goods_and_people,
    "belgium-first-permits": belgium_first_permits,
    "belgium-net-migration": belgium_net_migration,
    "compact-vote": compact_vote,
    "assembly-votes": assembly_votes,
    "forum-summits": forum_summits,
    "compact-objectives": compact_objectives,
    "review-forum": review_forum,
    "belgium-governance": belgium_governance,
}


def write(source: Path, target: Path) -> None:
    """All tables and the map, from the folder `source` into the folder `target`."""

    def read(name: str) -> pd.DataFrame:
        # Only an empty cell is missing: NA is the ISO2 code of Namibia.
        return pd.read_csv(source / f"{name}.csv", keep_default_na=False, na_values=[""])

    for name, table in TABLES.items():
        table(read).to_csv(target / f"{name}.csv", index=False, lineterminator="\n")
    topology = json.loads((source / "world_110m.topojson").read_text(encoding="utf-8"))
    text = json.dumps(world_map(topology), separators=(",", ":"), ensure_ascii=False) + "\n"
    (target / "maps").mkdir(exist_ok=True)
    (target / "maps" / "world-110m.topojson").write_text(text, encoding="utf-8", newline="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the kit's tables from published figures.")
    parser.add_argument("--from", dest="source", type=Path, required=True, metavar="FOLDER")
    source, target = parser.parse_args().source, data.data_folder()
    write(source, target)
    changed = data.stamp(target)
    print(f"Changed: {', '.join(changed)}." if changed else "Nothing changed.")


if __name__ == "__main__":
    main()
