"""What the fused C kernel reaches at the shape of England's book, and Muster's own kernel beside it."""

from __future__ import annotations

import argparse
import json
import math
import shlex
from dataclasses import dataclass, field
from statistics import median
from typing import Callable

import kernels
import world as worlds
from peers import Skipped, Took, checked, seconds_said, timed
from tables import RATE, TIMES, Row, print_table, summary, times_of

# Cells in each place, and places.
ENGLAND = (145, 42)


@dataclass
class Rate:
    """A kernel at England's shape. `go` gives what once took, and how many cells × ages × years × draws that was a second."""

    name: str
    places: int
    threads: int
    go: Callable[[], tuple[Took, float]]
    times: list[Took] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)


def kernel_rates(args: argparse.Namespace, report: Row) -> list[Row]:
    """How much the fused C kernel works out in a second, and Muster's own beside it, where a command for that is given."""
    rates = [
        make(args, places, threads) for places in (1, ENGLAND[1]) for threads in args.threads for make in makers(args)
    ]
    for round_ in range(args.rounds + 1):
        for rate in list(rates):
            try:
                took, per_second = rate.go()
            except Skipped as reason:
                report["skipped"].append(f"kernel: {reason}")
                rates.remove(rate)
                continue
            if round_ > 0:
                rate.times.append(took)
                rate.rates.append(per_second)
    rows = [
        {"entrant": rate.name, "places": rate.places, "threads": rate.threads}
        | summary(rate.times)
        | {"per_second": median(rate.rates)}
        for rate in rates
    ]
    print_rates(rows, args)
    return rows


def makers(args: argparse.Namespace) -> list[Callable[[argparse.Namespace, int, int], Rate]]:
    """Who takes part."""
    return [c_rate, muster_rate] if args.muster_kernel else [c_rate]


def c_rate(args: argparse.Namespace, places: int, threads: int) -> Rate:
    """kernel.c, keeping England's FTE and gap of each draw and year."""
    cells = ENGLAND[0]
    multipliers = worlds.multipliers(cells, args.draws, args.seed)
    totals = kernels.c_totals(worlds.resolve(worlds.imagine(cells, places, args.seed)), args.worlds, threads)
    work = places * cells * len(worlds.AGES) * worlds.YEARS * args.draws

    def go() -> tuple[Took, float]:
        took = timed(lambda: totals(multipliers))
        return took, work / took.clock_s

    return Rate("C, fused by hand", places, threads, go)


def muster_rate(args: argparse.Namespace, places: int, threads: int) -> Rate:
    """A command of Muster's, which says how many elements it did in a second."""
    places_of = {"places": places, "draws": args.draws, "threads": threads}
    command = [part.format(**places_of) for part in shlex.split(args.muster_kernel)]

    def go() -> tuple[Took, float]:
        output = checked(command, args.limit)
        return seconds_said(output), float(json.loads(output.strip().splitlines()[-1])["elements_per_second"])

    return Rate("Muster", places, threads, go)


def print_rates(rows: list[Row], args: argparse.Namespace) -> None:
    """The table of kernels; each as a part of what C reaches with as many places and threads."""
    of_c = {(row["places"], row["threads"]): row["per_second"] for row in rows if row["entrant"] != "Muster"}
    part = lambda row: row["per_second"] / of_c.get((row["places"], row["threads"]), math.nan)
    ages, years = len(worlds.AGES), worlds.YEARS
    print(f"\n## Kernels: {ENGLAND[0]} cells in each place, {ages} ages, {years} years, {args.draws:,} draws\n")
    print_table(
        ["entrant", "places", "threads", *TIMES, RATE, "part of C"],
        (
            [
                row["entrant"],
                row["places"],
                row["threads"],
                *times_of(row),
                f"{row['per_second']:.3g}",
                f"{part(row):.0%}",
            ]
            for row in rows
        ),
    )
