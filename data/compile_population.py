"""The tables of the population model, wide and packed: one row an area, a period and a sex.

Beside `compile.py`, because these tables have a form of their own: `PACKED` and `TABLES` name one
function a table, as there, and `pack` writes one that is too large for a plain CSV. It writes into
a folder of its own, from where the files are copied here and stamped:

    python data/compile_population.py --from FOLDER --facts FOLDER --to FOLDER
"""

from __future__ import annotations

import argparse
import gzip
from collections.abc import Callable
from pathlib import Path

import pandas as pd

Read = Callable[[str], pd.DataFrame]

SEXES = {0: "male", 1: "female"}
# Areas of the 2024 edition that the UN's list of countries, `countries`, does not have.
NOT_LISTED = {412: "XKX", 831: "GGY", 832: "JEY"}

# The areas of the UN's "Replacement Migration" of which the 2008 edition is kept: four countries,
# the European Union of 1995 (Belgium is one of the fifteen), and the two countries that, with the
# United States, lend the model the ages of those who arrive.
FIFTEEN = [
    *("AUT", "BEL", "DEU", "DNK", "ESP", "FIN", "FRA", "GBR"),
    *("GRC", "IRL", "ITA", "LUX", "NLD", "PRT", "SWE"),
]
AREAS_2008 = sorted([*FIFTEEN, "AUS", "CAN", "JPN", "KOR", "RUS", "USA"])

# The report numbers its scenarios, and its two editions number them differently: aims have names.
AIMS = {
    "I": "medium-variant",
    "II": "zero-migration",
    "III": "constant-population",
    "IV": "constant-working-age",
    "V": "support-ratio-floor",
    "VI": "constant-support-ratio",
}


# ---- World Population Prospects 2024 -----------------------------------------------------------


def wpp2024_population(read: Read) -> pd.DataFrame:
    """Persons on 1 July by age and sex, 1995 to 2025."""
    table = _named(read, "wpp2024_sim_pop")
    table["pop"] = (table["pop"] * 1000).round().astype("int64")
    return _wide(table, ["iso3", "year", "sex"], "pop", "a")


def wpp2024_mortality(read: Read) -> pd.DataFrame:
    """Deaths per person and year by age and sex; the period is named by its first year."""
    table = _named(read, "wpp2024_sim_mx").rename(columns={"year": "period"})
    return _wide(table, ["iso3", "period", "sex"], "mx", "m")


def wpp2024_fertility(read: Read) -> pd.DataFrame:
    """Births per 1,000 women and year by age, and boys born for each girl."""
    table = _named(read, "wpp2024_sim_fert").rename(columns={"year": "period"})
    boys = _named(read, "wpp2024_sim_srb").rename(columns={"year": "period", "srb": "sex_ratio"})
    births = _wide(table, ["iso3", "period"], "asfr", "f")
    return births.merge(boys[["iso3", "period", "sex_ratio"]], on=["iso3", "period"])


def wpp2024_migration(read: Read) -> pd.DataFrame:
    """Net migrants of a five-year period by age and sex (persons), from 2020."""
    table = _named(read, "wpp2024_sim_mig").rename(columns={"year": "period"})
    table["mig"] = (table["mig"] * 1000).round().astype("int64")
    return _wide(table, ["iso3", "period", "sex"], "mig", "a")


def _named(read: Read, name: str) -> pd.DataFrame:
    """A table of the 2024 edition with ISO3 codes for M49 numbers, and words for the sexes."""
    listed = read("countries")
    codes = dict(zip(listed["m49"], listed["iso3"], strict=True)) | NOT_LISTED
    table = read(name)
    table["iso3"] = table["code"].map(codes)
    if "sex" in table:
        table["sex"] = table["sex"].map(SEXES)
    return table


# ---- World Population Prospects 2008 -----------------------------------------------------------


def wpp2008_population(read: Read) -> pd.DataFrame:
    table = _both_sexes(_kept(read, "wpp2008_pop_age_5y"), "male_k", "female_k")
    table = table[table["year"] >= 1995]
    table["value"] = (table["value"] * 1000).round().astype("int64")
    return _wide(table, ["iso3", "year", "sex"], "value", "a")


def wpp2008_mortality(read: Read) -> pd.DataFrame:
    table = _both_sexes(_kept(read, "wpp2008_mx_5y"), "mxM", "mxF")
    return _wide(table, ["iso3", "period", "sex"], "value", "m")


def wpp2008_fertility(read: Read) -> pd.DataFrame:
    """From the children per woman and the share of each age, as the 2024 edition gives it."""
    table = _kept(read, "wpp2008_fertility_e0_5y")
    for age in range(15, 50, 5):
        share = table[f"pasfr_{age}_{age + 4}"] / 100
        table[f"f{age}"] = (1000 * table["tfr"] * share / 5).round(3)
    columns = ["iso3", "period", *(f"f{age}" for age in range(15, 50, 5))]
    return table.assign(sex_ratio=table["srb"])[[*columns, "sex_ratio"]].sort_values(columns[:2])


def wpp2008_migration(read: Read) -> pd.DataFrame:
    table = _both_sexes(_kept(read, "wpp2008_netmig_age_5y"), "migM", "migF")
    table["value"] = (table["value"] * 1000).round().astype("int64")
    return _wide(table, ["iso3", "period", "sex"], "value", "a")


def _kept(read: Read, name: str) -> pd.DataFrame:
    """The rows of our areas; "1995-2000" becomes 1995. Nothing is kept from before 1995."""
    table = read(name)
    table = table[table["iso3"].isin(AREAS_2008)].copy()
    if "period" in table:
        table["period"] = table["period"].str[:4].astype(int)
        table = table[table["period"] >= 1995]
    return table


def _both_sexes(table: pd.DataFrame, male: str, female: str) -> pd.DataFrame:
    """Two columns, men and women, as two rows."""
    table = table.rename(columns={male: "male", female: "female"})
    keys = [column for column in table if column not in ("male", "female")]
    return table.melt(keys, ["male", "female"], "sex")


def _wide(table: pd.DataFrame, keys: list[str], value: str, letter: str) -> pd.DataFrame:
    """One column an age: `letter` and the first year of the age group. Male before female."""
    if "sex" in keys:
        table = table.assign(sex=pd.Categorical(table["sex"], list(SEXES.values())))
    wide = table.pivot(index=keys, columns="age", values=value)
    wide.columns = [f"{letter}{age}" for age in wide.columns]
    return wide.reset_index()


# ---- Who works or looks for work ---------------------------------------------------------------


def participation(read: Read) -> pd.DataFrame:
    """Share of people who work or look for work, per cent, in the years that the model knows."""
    table = read("worldbank_country_year")
    table = table[table["year"].isin(range(1990, 2026, 5))]
    columns = {"lfpr_15plus": "rate_15_plus", "lfpr_15_64": "rate_15_64"}
    table = table.rename(columns=columns)[["iso3", "year", *columns.values()]]
    return table.dropna(subset=list(columns.values())).sort_values(["iso3", "year"])


# ---- What the report of 2000 printed -----------------------------------------------------------


def replacement_published(read: Read) -> pd.DataFrame:
    """Net migrants a year by area, aim and five-year period, and the total that stands below."""
    table = _printed(read, "replacement_migration_periods")
    table["period"] = table["period"].str[:4].astype(int)
    table["migrants"] = _persons(table["avg_annual_net_migration_thousand"])
    totals = _printed(read, "replacement_migration_published").set_index(["area", "aim"])
    totals = _persons(totals["net_migrants_1995_2050_thousand"]).rename("total")
    table = table.join(totals, on=["area", "aim"])
    columns = ["area", "aim", "period", "migrants", "total", "source", "source_url"]
    return table[columns].sort_values(columns[:3])


def replacement_published_population(read: Read) -> pd.DataFrame:
    """People by area, aim and year: all, those of 15 to 64, and the ratio where it is printed."""
    table = _printed(read, "replacement_migration_population")
    table["population"] = _persons(table["total_population_thousand"])
    table["population_15_64"] = _persons(table["population_15_64_thousand"])
    table = table.rename(columns={"psr": "support_ratio"})
    columns = ["area", "aim", "year", "population", "population_15_64", "support_ratio"]
    return table[[*columns, "source", "source_url"]].sort_values(columns[:3])


def _printed(read: Read, name: str) -> pd.DataFrame:
    """Only rows that were seen in the annex; the place in it and the address of the copy apart."""
    table = read(name)
    table = table[table["confidence"] == "verified"].copy()
    table["area"] = table["code"]
    table["aim"] = table["scenario"].map(AIMS)
    place = table["source"].str.extract(r"^(?P<where>.+) \((?P<address>.+)\)$")
    table["source"] = place["where"].str.replace(" annex", ", annex")
    table["source_url"] = "https://" + place["address"]
    return table


def _persons(thousands: pd.Series) -> pd.Series:
    return (thousands * 1000).round().astype("Int64")


# ---- Writing -----------------------------------------------------------------------------------

PACKED = {
    "wpp2024-population": wpp2024_population,
    "wpp2024-mortality": wpp2024_mortality,
    "wpp2024-fertility": wpp2024_fertility,
    "wpp2024-migration": wpp2024_migration,
    "wpp2008-population": wpp2008_population,
    "wpp2008-mortality": wpp2008_mortality,
    "wpp2008-fertility": wpp2008_fertility,
    "wpp2008-migration": wpp2008_migration,
}
TABLES = {
    "participation": participation,
    "replacement-published": replacement_published,
    "replacement-published-population": replacement_published_population,
}


def pack(table: pd.DataFrame, path: Path) -> None:
    """Writes a .csv.gz that is the same, byte for byte, whenever it is written."""
    text = table.to_csv(index=False, lineterminator="\n")
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
        packed.write(text.encode("utf-8"))


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the tables of the population model.")
    parser.add_argument("--from", dest="source", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--facts", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--to", dest="target", type=Path, required=True, metavar="FOLDER")
    folders = parser.parse_args()

    def read(name: str) -> pd.DataFrame:
        folder = folders.facts if name.startswith("replacement") else folders.source
        return pd.read_csv(folder / f"{name}.csv", keep_default_na=False, na_values=[""])

    for name, table in PACKED.items():
        pack(table(read), folders.target / f"{name}.csv.gz")
    for name, table in TABLES.items():
        table(read).to_csv(folders.target / f"{name}.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
