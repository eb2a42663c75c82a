"""W2, many draws: every entrant works out the same draws of one world, from one file of multipliers."""

from __future__ import annotations

import argparse
import shlex
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

import kernels
import world as worlds
from peers import OTHERS, Skipped, Took, checked, each_ready, hand_written, seconds_said, timed
from tables import RATE, TIMES, Row, agreement, print_table, ratio, shown, summary, times_of


def many_draws(size: str, args: argparse.Namespace, report: Row) -> list[Row]:
    """W2: the same draws by everyone, from one file of multipliers; a row for each entrant."""
    folder = args.worlds / size
    worlds.write(size, folder, args.seed, args.draws)
    professions, areas = worlds.SIZES[size]
    multipliers = np.fromfile(folder / "multipliers.bin", dtype="<f8").reshape(
        args.draws, len(worlds.LEVERS), professions
    )
    own = each_ready(hand_written(kernels.load(folder), args.worlds, args.threads, set(args.without)), size, report)
    entrants = [Draws(kernel, draws_in_time(kernel, multipliers, args.patience)) for kernel in own]
    muster = [MusterDraws(threads) for threads in args.threads] if args.muster_many else []
    (folder / "draws.bin").unlink(missing_ok=True)
    for _ in range(args.rounds):
        for entrant in entrants:
            part = multipliers[: entrant.count]
            entrant.times.append(timed(lambda: entrant.kernel.draws(part)).scaled(args.draws / len(part)))
        for entrant in list(muster):
            try:
                entrant.run(args, folder)
            except Skipped as reason:
                report["skipped"].append(f"{size}, draws: {reason}")
                muster.remove(entrant)
    judge, differences = compare_draws(entrants, multipliers, folder / "draws.bin" if muster else None)
    rows = [row for entrant in muster for row in entrant.rows(args.draws)]
    for entrant, difference in zip(entrants, differences):
        kernel = entrant.kernel
        rows.append(many_row(kernel.name, kernel.threads, entrant.times, entrant.count) | {"difference": difference})
    rows += estimated(size, args, report)
    for row in rows:
        row |= {"size": size, "judge": judge, "ratio": row["median_s"] / rows[0]["median_s"] if muster else None}
        row["per_second"] = areas * professions * len(worlds.AGES) * worlds.YEARS * args.draws / row["median_s"]
    print_many(size, areas * professions, rows, args)
    return rows


@dataclass
class Draws:
    """A kernel, how many draws it can do in the time there is, and what all draws took or would have taken."""

    kernel: kernels.Kernel
    count: int
    times: list[Took] = field(default_factory=list)


@dataclass
class MusterDraws:
    """Muster's command for draws on some threads: what it says of itself, and the whole process with its files."""

    threads: int
    said: list[Took] = field(default_factory=list)
    whole: list[Took] = field(default_factory=list)

    def run(self, args: argparse.Namespace, folder: Path) -> None:
        """Runs the command once."""
        places = {"world": folder, "plan": folder / "plans/world", "multipliers": folder / "multipliers.bin"}
        places |= {"out": folder / "draws.bin", "draws": args.draws, "threads": self.threads}
        command = [part.format(**places) for part in shlex.split(args.muster_many)]
        output: list[str] = []
        self.whole.append(timed(lambda: output.append(checked(command, args.limit))))
        try:
            self.said.append(seconds_said(output[0]))
        except Skipped:
            pass

    def rows(self, draws: int) -> list[Row]:
        """One row for what it says, if it says anything, and one for the process."""
        named = [("Muster", self.said), ("Muster, file to file", self.whole)]
        return [many_row(name, self.threads, times, draws) for name, times in named if times]


def draws_in_time(kernel: kernels.Kernel, multipliers: np.ndarray, patience_s: float) -> int:
    """How many draws a kernel can do in the time there is; also compiles it and warms it up."""
    few = multipliers[:16]
    kernel.draws(few)
    each_s = timed(lambda: kernel.draws(few)).clock_s / len(few)
    return int(np.clip(patience_s / each_s, len(few), len(multipliers)))


def many_row(name: str, threads: int, times: list[Took], draws: int) -> Row:
    """Seconds for all draws; `draws` says how many were worked out to know it."""
    return {"entrant": name, "threads": threads, "draws": draws, **summary(times)}


def estimated(size: str, args: argparse.Namespace, report: Row) -> list[Row]:
    """PySD and Simlin: single runs of this invocation, times the draws. Setting new values is left out, in their favour."""
    times = ("median_s", "fastest_s", "slowest_s", "processor_s")
    return [
        {"entrant": row["entrant"], "threads": 1, "draws": 0, **{name: row[name] * args.draws for name in times}}
        for row in report.get("one", [])
        if row["size"] == size and row["entrant"] in OTHERS.values()
    ]


def compare_draws(
    entrants: list[Draws], multipliers: np.ndarray, muster: Path | None
) -> tuple[str | None, list[float | None]]:
    """How far each kernel's FTE is from Muster's; without Muster, from the last kernel's, which is C's if it is there."""
    if not entrants:
        return None, []
    draws_of = lambda entrant: entrant.kernel.as_cells(entrant.kernel.draws(multipliers[: entrant.count]))
    if muster:
        name, judge = "Muster", np.fromfile(muster, dtype="<f8").reshape(len(multipliers), -1, worlds.YEARS + 1)
    else:
        name, judge = entrants[-1].kernel.name, draws_of(entrants[-1])
    differences: list[float | None] = []
    for entrant in entrants:
        if not muster and entrant is entrants[-1]:
            differences.append(None)
            continue
        differences.append(max(map(kernels.difference, judge, draws_of(entrant))))
    return name, differences


def print_many(size: str, cells: int, rows: list[Row], args: argparse.Namespace) -> None:
    """The table of draws."""
    print(f"\n## {args.draws:,} draws of `{size}`: FTE of {cells:,} cells, every draw and year kept\n")
    if rows:
        print(f"Times are medians for all draws; differences are from “{rows[0]['judge']}”.\n")
    worked_out = {args.draws: f"{args.draws:,}", 0: "one run, times the draws"}
    head = ["entrant", "threads", *TIMES, "draws worked out", RATE, "× Muster", "largest difference"]
    print_table(
        head,
        (
            [row["entrant"], row["threads"], *times_of(row)]
            + [worked_out.get(row["draws"], f"{row['draws']}, scaled up"), f"{row['per_second']:.3g}", ratio(row)]
            + [agreement(row.get("difference"))]
            for row in rows
        ),
    )
