"""W1, one run: every entrant works out the same world, round by round."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Callable, Iterable

import kernels
import world as worlds
from peers import (
    OTHERS,
    Entrant,
    Skipped,
    dynamics,
    each_ready,
    exported,
    hand_written,
    muster_from_file,
    muster_in_memory,
    muster_process,
    numpy_process,
    of_kernel,
)
from tables import TIMES, Row, agreement, print_table, ratio, shown, summary, times_of


def one_run(size: str, args: argparse.Namespace, report: Row) -> list[Row]:
    """W1: each entrant works out one world; a row for each."""
    folder = args.worlds / size
    worlds.write(size, folder, args.seed, args.draws)
    entrants = list(each_ready(one_run_entrants(size, folder, args, report), size, report))
    try:
        interleave(entrants, args, size, report)
        rows = compared(entrants, size)
    finally:
        for entrant in entrants:
            entrant.close()
    print_one(size, rows)
    return rows


def one_run_entrants(size: str, folder: Path, args: argparse.Namespace, report: Row) -> Iterable[Callable[[], Entrant]]:
    """Everyone who may take part in single runs, each to be made when it is its turn."""
    arrays = kernels.load(folder)
    if "muster" not in args.without:
        if args.muster_times:
            yield lambda: muster_from_file(args.muster_times, size)
        for threads in args.threads:
            if args.muster_one:
                yield lambda threads=threads: muster_in_memory(args.muster_one, folder, threads)
        for threads in args.threads:
            yield lambda threads=threads: muster_process(args.muster, folder, size, threads)
    if "numpy" not in args.without:
        yield lambda: numpy_process(folder)
    for make in hand_written(arrays, args.worlds, args.threads, set(args.without)):
        yield lambda make=make: of_kernel(make())
    for engine, title in OTHERS.items():
        if engine not in args.without:
            yield lambda engine=engine, title=title: other_engine(engine, title, size, folder, args, report["gave_up"])


def other_engine(
    engine: str, title: str, size: str, folder: Path, args: argparse.Namespace, gave_up: dict[str, str]
) -> Entrant:
    """PySD or Simlin, unless a smaller world was already too much for it."""
    if title in gave_up:
        raise Skipped(f"{title}: `{gave_up[title]}`, which is smaller, was too much for it")
    model = exported(args.muster, folder)
    try:
        return dynamics(engine, title, model, size, args.limit)
    except Skipped:
        gave_up[title] = size
        raise


def interleave(entrants: list[Entrant], args: argparse.Namespace, size: str, report: Row) -> None:
    """Every entrant in every round; one that is very slow only in the first, and one that fails in no more."""
    for round_ in range(args.rounds + 1):
        for entrant in list(entrants):
            if entrant.times and entrant.times[0].clock_s > args.patience:
                continue
            try:
                took = entrant.run()
            except Skipped as reason:
                report["skipped"].append(f"{size}: {reason}")
                report["gave_up"][entrant.name] = size
                entrant.close()
                entrants.remove(entrant)
                continue
            # The first round warms everyone up, and counts only for those who are too slow for another.
            if round_ > 0 or took.clock_s > args.patience:
                entrant.times.append(took)


def compared(entrants: list[Entrant], size: str) -> list[Row]:
    """A row for each entrant, with how far its answers are from Muster's, or from the first entrant's without Muster."""
    found = [(entrant, entrant.table()) for entrant in entrants]
    tables = [(entrant, table) for entrant, table in found if table.size]
    judge = next((pair for pair in tables if pair[0].whole_process), tables[0] if tables else None)
    base = next((entrant for entrant in entrants if entrant.name.startswith("Muster, one")), None)
    base = base or next((entrant for entrant in entrants if entrant.whole_process), None)
    rows = []
    for entrant, table in found:
        row = row_of(entrant, base) | {"size": size, "judge": judge[0].name if judge else None}
        if table.size and judge and entrant is not judge[0]:
            row["difference"] = max(kernels.difference(ours, theirs) for ours, theirs in zip(judge[1], table))
        rows.append(row)
    return rows


def row_of(entrant: Entrant, base: Entrant | None) -> Row:
    """Times of an entrant, and as a ratio to those of Muster."""
    row = {"entrant": entrant.name, "threads": entrant.threads, "ready_s": entrant.ready_s, **summary(entrant.times)}
    if base:
        row |= {"base": base.name, "ratio": row["median_s"] / summary(base.times)["median_s"]}
    return row


def print_one(size: str, rows: list[Row]) -> None:
    """The table of single runs."""
    professions, areas = worlds.SIZES[size]
    ages, years = len(worlds.AGES), worlds.YEARS
    print(f"\n## One run of `{size}`: {professions} professions × {areas} areas, {ages} ages, {years} years\n")
    if rows:
        ratios = f"ratios are to “{rows[0]['base']}”" if "base" in rows[0] else "there is no Muster to be a ratio to"
        print(f"Times are medians; {ratios}; differences are from “{rows[0]['judge']}”.\n")
    head = ["entrant", "threads", "getting ready", *TIMES, "runs", "× Muster", "largest difference"]
    print_table(
        head,
        (
            [row["entrant"], row["threads"], shown(row["ready_s"]), *times_of(row), row["runs"], ratio(row)]
            + [agreement(row.get("difference"))]
            for row in rows
        ),
    )
