#!/usr/bin/env python3
"""A worker that runs an exported model in PySD or Simlin, one run for each line it is given.

    bench/dynamics.py pysd MODEL.mdl RESULTS.npy PROFESSIONS AREAS

It prints one line of JSON when the model is ready and one for each run, with the seconds that each took. Results are left in RESULTS.npy
as [headcount, FTE, demand and gap][area, profession, year]. It is a process of its own, so that a model that is too large for an engine
ends the worker and nothing else.
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path
from typing import Callable

import numpy as np
import pandas

VARIABLES = ["headcount", "fte", "demand", "gap"]
COLUMN = re.compile(r"(\w+)\[profession_(\d+),area_(\d+)\]")

Run = Callable[[], pandas.DataFrame]


def pysd_model(path: Path) -> tuple[Run, str]:
    """Translates the model into Python, next to it, and loads that."""
    import pysd

    model = pysd.read_vensim(str(path))
    # PySD names columns as the model does; only these four are asked for.
    columns = ["headcount", "FTE", "demand", "gap"]
    return lambda: model.run(return_columns=columns), pysd.__version__


def simlin_model(path: Path) -> tuple[Run, str]:
    """Reads and compiles the model."""
    import simlin
    from importlib.metadata import version

    model = simlin.load(path)
    return lambda: model.run().results, version("pysimlin")


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
    run, version = {"pysd": pysd_model, "simlin": simlin_model}[engine](Path(model))
    sys.stdout = answers
    say(ready_s=time.perf_counter() - start, version=version)
    for _ in sys.stdin:
        start = time.perf_counter()
        sys.stdout = sys.stderr
        results = run()
        sys.stdout = answers
        took = time.perf_counter() - start
        np.save(out, cells(results, int(professions), int(areas)))
        say(run_s=took)


if __name__ == "__main__":
    main()
