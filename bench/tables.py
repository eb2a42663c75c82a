"""How times are summed up and printed, as tables in Markdown."""

from __future__ import annotations

import statistics
from typing import Iterable

from peers import Took

AGREE = 1e-9
TIMES = ["time", "fastest to slowest", "processor time"]
RATE = "cells × ages × years × draws a second"
UNITS = [(1.0, "s"), (1e3, "ms"), (1e6, "µs")]

Row = dict[str, object]


def summary(times: list[Took]) -> Row:
    """The middle of the rounds, and how far they spread."""
    clock = [took.clock_s for took in times]
    return {
        "median_s": statistics.median(clock),
        "fastest_s": min(clock),
        "slowest_s": max(clock),
        "processor_s": statistics.median(took.processor_s for took in times),
        "runs": len(times),
    }


def times_of(row: Row) -> list[str]:
    """The cells under `TIMES`."""
    return [
        shown(row["median_s"]),
        f"{shown(row['fastest_s'])} to {shown(row['slowest_s'])}",
        shown(row["processor_s"]),
    ]


def print_table(head: list[str], rows: Iterable[list[object]]) -> None:
    """A table in Markdown."""
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(map(str, row)) + " |")


def shown(seconds: float | None) -> str:
    """A time in a unit that suits it."""
    if seconds is None:
        return ""
    value, unit = next((seconds * scale, unit) for scale, unit in UNITS if seconds * scale >= 0.9995 or unit == "µs")
    return f"{value:.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"


def ratio(row: Row) -> str:
    """How many times Muster's time."""
    return "" if row.get("ratio") is None else f"{row['ratio']:.3g}"


def agreement(difference: float | None) -> str:
    """A largest difference; one that is too large is called so."""
    if difference is None:
        return ""
    return f"{difference:.1e}" + ("" if difference <= AGREE else " **DIFFERS**")
