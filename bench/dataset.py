#!/usr/bin/env python3
"""Five questions of the dataset, asked of Muster, DuckDB and Polars: equal answers, and how long each takes.

    python bench/dataset.py --muster target/release/muster --data data

Each question is asked in rounds, all engines in every round, so that a busy minute is everybody's. `cold` is a whole
process, from its start to the printed answer; `warm` is the question alone, in a process that is already running, with
the files in the system's cache and the list of places worked out before. The answers of the three are compared before any
time is printed.
"""

import argparse
import csv
import io
import json
import os
import statistics
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

QUESTIONS = Path(__file__).parent / "questions"
TITLES = {
    "nurses-by-month": "Nurses of England, FTE by month since 2019",
    "systems-and-shares": "Staff of every system, and their share of England",
    "growth-in-a-system": "Organisations of Devon, ranked by five years' growth",
    "nationality-of-nurses": "Nurses by nationality group, ten organisations",
    "survey-by-region": "Staff engagement by region, places joined",
}
EU = """Austrian Belgian Bulgarian Croatian Cypriot Czech Danish Dutch Estonian Finnish French German Greek Hungarian Irish
Italian Latvian Lithuanian Luxembourg Maltese Polish Portuguese Romanian Slovak Slovenian Spanish Swedish""".split()
UK = ["British", "English", "Northern Irish", "Scottish", "Welsh"]
DIMENSIONS = ["setting", "age", "sex", "ethnicity", "nationality", "grade", "detail"]


def stored(data, what):
    """The Parquet files that the catalogue names, with their publications."""
    catalogue = json.loads((data / "catalogue.json").read_text())
    found = ((name, publication.get(what)) for name, publication in catalogue["publications"].items())
    return [(name, str(data / entry["file"])) for name, entry in found if entry]


class DuckDB:
    """The same SQL as Muster's, over the same views, made by hand."""

    name = "DuckDB"

    def __init__(self, data, threads, warm=True):
        import duckdb

        self.connection = duckdb.connect()
        if threads:
            self.connection.execute(f"SET threads = {threads}")

        def files(what):
            named = ", ".join(f"'{path}'" for _, path in stored(data, what))
            # The name of a file is its publication and sixteen digits.
            publication = r"regexp_extract(filename, '([a-z0-9-]+)-[0-9a-f]{16}\.parquet$', 1)"
            return f"(SELECT {publication} AS publication, * FROM read_parquet([{named}], filename = true))"

        nothing = " AND ".join(f"{name} = ''" for name in DIMENSIONS)
        order = "ORDER BY seen_to DESC NULLS LAST, publication, name, parent"
        named = "ORDER BY name = upper(name), seen_to DESC NULLS LAST, publication, name, parent"
        self.connection.execute(f"""
            CREATE VIEW facts AS SELECT * FROM {files("facts")};
            CREATE VIEW place_names AS SELECT * FROM {files("places")};
            CREATE {"TABLE" if warm else "VIEW"} places AS
            WITH above AS (SELECT DISTINCT code, kind FROM place_names WHERE kind IN ('system', 'region')),
            once AS (SELECT n.code, first(n.kind {order}) AS kind, first(name {named}) FILTER (name <> '') AS name,
              first(parent {order}) FILTER (above.kind = 'system') AS system,
              first(parent {order}) FILTER (above.kind = 'region') AS region
              FROM place_names AS n LEFT JOIN above ON above.code = n.parent GROUP BY n.code)
            SELECT p.code, p.kind, p.name, CASE p.kind WHEN 'system' THEN p.code ELSE p.system END AS system,
              CASE p.kind WHEN 'region' THEN p.code ELSE coalesce(s.region, p.region) END AS region
            FROM once AS p LEFT JOIN once AS s ON s.code = p.system;
            CREATE VIEW stock AS SELECT publication, month_end, place, p.kind AS place_kind, p.name AS place_name, staff, fte
            FROM (SELECT publication, ends AS month_end, place, staff, max(value) FILTER (measure = 'fte') AS fte FROM facts
              WHERE measure IN ('fte', 'headcount') AND {nothing}
                AND date_trunc('month', starts) = date_trunc('month', ends)
              GROUP BY publication, ends, place, staff) AS month
            LEFT JOIN places AS p ON p.code = month.place;
        """)

    def ask(self, question):
        return self.connection.execute((QUESTIONS / f"{question}.sql").read_text()).fetchall()


class Polars:
    """The same questions as lazy frames."""

    name = "Polars"

    def __init__(self, data, threads, warm=True):
        if threads:
            os.environ["POLARS_MAX_THREADS"] = str(threads)
        import polars

        self.pl, self.data, self.kept = polars, data, None
        if warm:
            self.kept = self.places().collect()

    def scan(self, what, publication=None):
        pl = self.pl
        frames = [
            pl.scan_parquet(path).with_columns(publication=pl.lit(name))
            for name, path in stored(self.data, what)
            if publication in (None, name)
        ]
        frame = pl.concat(frames)
        texts = [name for name, kind in frame.collect_schema().items() if kind == pl.Categorical]
        return frame.with_columns(pl.col(texts).cast(pl.String))

    def facts(self, publication, measure):
        return self.scan("facts", publication).filter(self.pl.col("measure") == measure)

    def places(self):
        pl = self.pl
        if self.kept is not None:
            return self.kept.lazy()
        said = self.scan("places")
        above = said.filter(pl.col("kind").is_in(["system", "region"])).select("code", above="kind").unique()
        said = said.join(above, left_on="parent", right_on="code", how="left").sort(
            ["seen_to", "publication", "name", "parent"], descending=[True, False, False, False], nulls_last=True
        )
        name, parent, small = pl.col("name"), pl.col("parent"), pl.col("name") != pl.col("name").str.to_uppercase()
        once = said.group_by("code", maintain_order=True).agg(
            pl.col("kind").first(),
            pl.coalesce(name.filter(small).first(), name.filter(name != "").first()).alias("name"),
            parent.filter(pl.col("above") == "system").first().alias("system"),
            parent.filter(pl.col("above") == "region").first().alias("region"),
        )
        systems = once.select(system="code", of_system="region")
        kind = pl.col("kind")
        return once.join(systems, on="system", how="left").select(
            "code",
            "kind",
            "name",
            system=pl.when(kind == "system").then("code").otherwise("system"),
            region=pl.when(kind == "region").then("code").otherwise(pl.coalesce("of_system", "region")),
        )

    def stock(self):
        pl = self.pl
        whole = pl.all_horizontal([pl.col(name) == "" for name in DIMENSIONS])
        month = pl.col("starts").dt.truncate("1mo") == pl.col("ends").dt.truncate("1mo")
        return self.facts("hchs-staff", "fte").filter(whole & month).select("place", "staff", month_end="ends", fte="value")

    def ask(self, question):
        return getattr(self, question.replace("-", "_"))().collect().rows()

    def nurses_by_month(self):
        pl = self.pl
        wanted = (pl.col("place") == "ENG") & (pl.col("staff") == "nurses") & (pl.col("month_end") >= pl.date(2019, 1, 1))
        return self.stock().filter(wanted).select("month_end", "fte").sort("month_end")

    def systems_and_shares(self):
        pl = self.pl
        stock = self.stock().filter((pl.col("staff") == "all") & (pl.col("month_end") == pl.date(2021, 3, 31)))
        england = stock.filter(pl.col("place") == "ENG").select(england="fte")
        systems = self.places().filter(pl.col("kind") == "system")
        fte = pl.col("fte").cast(pl.Float64)
        return (
            stock.join(systems, left_on="place", right_on="code")
            .join(england, how="cross")
            .select("place", "name", fte, percent=(100 * fte / pl.col("england").cast(pl.Float64)).round(2))
            .sort(["fte", "place"], descending=[True, False])
        )

    def growth_in_a_system(self):
        pl = self.pl
        stock = self.stock().filter(pl.col("staff") == "all").with_columns(pl.col("fte").cast(pl.Float64))
        before = stock.filter(pl.col("month_end") == pl.date(2016, 3, 31)).select("place", before="fte")
        after = stock.filter(pl.col("month_end") == pl.date(2021, 3, 31)).select("place", after="fte")
        devon = self.places().filter((pl.col("kind") == "organisation") & (pl.col("system") == "QJK"))
        growth = pl.col("after") / pl.col("before")
        return (
            before.join(after, on="place")
            .join(devon, left_on="place", right_on="code")
            .select(
                growth.rank("min", descending=True).alias("rank"),
                "place",
                "name",
                "before",
                "after",
                (100 * (growth - 1)).round(1).alias("percent"),
            )
            .sort("rank", "place")
        )

    def nationality_of_nurses(self):
        pl = self.pl
        nationality, fte = pl.col("nationality"), pl.col("value").cast(pl.Float64)
        wanted = (pl.col("staff") == "nurses") & (pl.col("period") == "2018-06")
        known = ~nationality.is_in(["Unknown", "Unknown_RoW"])
        share = lambda condition: 100 * fte.filter(condition).sum() / fte.sum()
        british, eu = nationality.is_in(UK), nationality.is_in(EU)
        return (
            self.facts("nationality", "fte")
            .filter(wanted & known)
            .group_by("place")
            .agg(fte=fte.sum(), british=share(british), rest_of_eu=share(eu), elsewhere=share(~british & ~eu))
            .filter(pl.col("fte") >= 500)
            .join(self.places(), left_on="place", right_on="code")
            .sort("british", "place")
            .head(10)
            .select("place", "name", "fte", *(pl.col(group).round(1) for group in ["british", "rest_of_eu", "elsewhere"]))
        )

    def survey_by_region(self):
        pl = self.pl
        detail = pl.col("detail") == "Staff Engagement"
        scores = self.facts("staff-survey-2024", "staff_survey_score").filter(detail).select("place", "period", score="value")
        counts = self.facts("staff-survey-2024", "survey_responses").filter(detail).select("place", "period", n="value")
        places = self.places()
        score, n = pl.col("score").cast(pl.Float64), pl.col("n").cast(pl.Float64)
        return (
            scores.join(counts, on=["place", "period"])
            .drop_nulls(["score", "n"])
            .join(places.select("code", "region"), left_on="place", right_on="code")
            .join(places.select("code", "name"), left_on="region", right_on="code")
            .group_by("region", "name")
            .agg(pl.len(), n.sum(), mean=((score * n).sum() / n.sum()).round(3))
            .sort(["mean", "region"], descending=[True, False])
            .select("region", "name", "len", "n", "mean")
        )


ENGINES = {"duckdb": DuckDB, "polars": Polars}


def muster(args, *more):
    command = [args.muster, "data", "--data", str(args.data), "--quiet", "--format", "csv", *more]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def cells(row):
    """A row in one form, whoever gave it: numbers to six significant figures."""

    def plain(cell):
        try:
            number = Decimal(str(cell))
            return f"{float(number):.6g}" if number.is_finite() else str(cell)
        except ArithmeticError:
            return str(cell)

    return tuple("" if cell is None else plain(cell) for cell in row)


def timed(work):
    start = time.perf_counter()
    result = work()
    return (time.perf_counter() - start) * 1_000, result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--muster", default="target/release/muster", help="a muster built with --features sql")
    parser.add_argument("--data", type=Path, default=Path("data"), help="the folder of the dataset")
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--threads", type=int, help="threads of DuckDB and Polars; without it, as many as they like")
    parser.add_argument(
        "--command",
        action="append",
        default=[],
        metavar="WORDS",
        help="another command of muster to time as a process, such as 'data show fte'; may be given again",
    )
    parser.add_argument("--one", nargs=2, metavar=("ENGINE", "QUESTION"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    args.muster = str(Path(args.muster).resolve())
    if args.one:
        engine, question = args.one
        csv.writer(sys.stdout).writerows(ENGINES[engine](args.data, args.threads, warm=False).ask(question))
        return

    engines = {name: engine(args.data, args.threads) for name, engine in ENGINES.items()}
    warm, cold = {}, {}
    for question in TITLES:
        path = str(QUESTIONS / f"{question}.sql")
        answer = [cells(row) for row in csv.reader(io.StringIO(muster(args, "sql", "--file", path)))][1:]
        for name, engine in engines.items():
            other = [cells(row) for row in engine.ask(question)]
            if other != answer:
                sys.exit(f"{question}: {engine.name} answers\n{other}\nand Muster\n{answer}")
    for _ in range(args.rounds):
        for question in TITLES:
            path = str(QUESTIONS / f"{question}.sql")
            for name, engine in engines.items():
                warm.setdefault((question, name), []).append(timed(lambda: engine.ask(question))[0])
                one = [sys.executable, __file__, "--data", str(args.data), "--one", name, question]
                if args.threads:
                    one += ["--threads", str(args.threads)]
                process = lambda: subprocess.run(one, check=True, capture_output=True)
                cold.setdefault((question, name), []).append(timed(process)[0])
            took, _ = timed(lambda: muster(args, "sql", "--file", path))
            cold.setdefault((question, "muster"), []).append(took)
            line = next(csv.DictReader(io.StringIO(muster(args, "sql", "--file", path, "--repeat", "5"))))
            warm.setdefault((question, "muster"), []).append(float(line["Median, ms"]))
        for words in args.command:
            cold.setdefault((words, "command"), []).append(timed(lambda: muster(args, *words.split()[1:]))[0])

    print("Milliseconds, medians of", args.rounds, "rounds; the answers are equal.")
    for title, table in ("Warm: the question alone", warm), ("Cold: the whole process", cold):
        print(f"\n{title}\n")
        print("| question | Muster | DuckDB | Polars | Muster / DuckDB | Muster / Polars |\n|---|---|---|---|---|---|")
        for question, about in TITLES.items():
            mine, duck, polar = (statistics.median(table[question, name]) for name in ["muster", "duckdb", "polars"])
            print(f"| {about} | {mine:.0f} | {duck:.0f} | {polar:.0f} | {mine / duck:.2f} | {mine / polar:.2f} |")
    if args.command:
        print("\n| command | median, ms | fastest to slowest, ms |\n|---|---|---|")
        for words in args.command:
            times = cold[words, "command"]
            print(f"| `muster {words}` | {statistics.median(times):.0f} | {min(times):.0f} to {max(times):.0f} |")


if __name__ == "__main__":
    main()
