#!/usr/bin/env python3
"""A worker that runs an exported model in PySD or Simlin, one run for each line it is given.

    bench/dynamics.py pysd MODEL.mdl RESULTS.npy PROFESSIONS AREAS

It prints one line of JSON when the model is ready and one for each run, with the seconds that each took. Results are left
in RESULTS.npy as [headcount, FTE, demand and gap][area, profession, year]. It is a process of its own, so that a model that
is too large for an engine ends the worker and nothing else.
"""

from __future__ import annotations

import json
import re
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Callable

import numpy as np
import pandas

VARIABLES = ["headcount", "fte", "demand", "gap"]
COLUMN = re.compile(r"(\w+)\[profession_(\d+),area_(\d+)\]")

# A run, and what it found as columns by name.
Engine = tuple[Callable[[], object], Callable[[], pandas.DataFrame], str]


def pysd_model(path: Path) -> Engine:
    """Translates the model into Python, next to it, and loads that; a run returns the four variables alone."""
    import pysd

    # PySD writes tables into its translation as NumPy prints them: eight digits, unless it is told to write all.
    np.set_printoptions(precision=17, floatmode="unique", threshold=sys.maxsize)
    model = pysd.read_vensim(str(path))
    kept: list[pandas.DataFrame] = []

    def run() -> None:
        kept[:] = [model.run(return_columns=["headcount", "FTE", "demand", "gap"])]

    return run, lambda: kept[0], pysd.__version__


def simlin_model(path: Path) -> Engine:
    """Reads and compiles the model once; a run starts it again, and its results are read afterwards, untimed."""
    import simlin

    simulation = simlin.load(path).simulate()
    # A model that is too large is refused here, with the reason.
    simulation.run_to_end()
    names = [name for name in simulation.get_var_names() if name.split("[")[0] in VARIABLES]

    def run() -> None:
        simulation.reset()
        simulation.run_to_end()

    return run, lambda: pandas.DataFrame({name: simulation.get_series(name) for name in names}), version("pysimlin")


def cells(results: pandas.DataFrame, professions: int, areas: int) -> np.ndarray:
    """The columns of a run as [variable, area, profession, year]."""
    table = np.full((len(VARIABLES), areas, professions, len(results)), np.nan)
    for column in results.columns:
        found = COLUMN.fullmatch(column.lower().replace(", ", ",").replace(" ", "_"))
        if found and found[1] in VARIABLES:
            table[VARIABLES.index(found[1]), int(found[3]) - 1, int(found[2]) - 1] = results[column]
    if np.isnan(table).any():
        raise ValueError(f"the results lack some of {', '.join(VARIABLES)}: {list(results.columns)[:5]}")
    return table


def say(**what: object) -> None:
    """One line to whoever started this."""
    print(json.dumps(what), flush=True)


def main() -> None:
    """Loads the model, then runs it once for each line of input."""
    engine, model, out, professions, areas = sys.argv[1:]
    # What the engines print must not be taken for an answer.
    answers, sys.stdout = sys.stdout, sys.stderr
    start = time.perf_counter()
    run, found, number = {"pysd": pysd_model, "simlin": simlin_model}[engine](Path(model))
    sys.stdout = answers
    say(ready_s=time.perf_counter() - start, version=number)
    for _ in sys.stdin:
        sys.stdout = sys.stderr
        start, processor = time.perf_counter(), time.process_time()
        run()
        took = {"run_s": time.perf_counter() - start, "processor_s": time.process_time() - processor}
        sys.stdout = answers
        np.save(out, cells(found(), int(professions), int(areas)))
        say(**took)


if __name__ == "__main__":
    main()
