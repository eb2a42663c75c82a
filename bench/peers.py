"""Who takes part in `bench/run`: Muster, other people's engines on an exported model, and the hand-written kernels.

Each entrant says how long one run took, and gives what it found as [headcount, FTE, demand and gap][area, profession,
year]. One that cannot take part says why, by raising `Skipped`.
"""

from __future__ import annotations

import functools
import json
import resource
import select
import shlex
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Iterable, Iterator, NamedTuple, TypeVar

import numpy as np

import kernels
from kernels import Arrays, Kernel
from world import SIZES, YEARS, area_code, profession_id

HERE = Path(__file__).parent
# What every entrant is compared on; the kernels put these first.
COMPARED = ["headcount", "supply_fte", "demand_fte", "gap_fte"]


OTHERS = {"pysd": "PySD", "simlin": "Simlin"}
T = TypeVar("T")


class Skipped(Exception):
    """An entrant cannot take part, and why."""


class Took(NamedTuple):
    """Seconds by the clock, and of all processors together; the second is lengthened less by other work on the machine."""

    clock_s: float
    processor_s: float

    def scaled(self, factor: float) -> Took:
        """The same for more or less work."""
        return Took(self.clock_s * factor, self.processor_s * factor)


@dataclass
class Entrant:
    """One way to work out one run. `run` gives what it took; `table` gives what the last run found."""

    name: str
    threads: int
    run: Callable[[], Took]
    table: Callable[[], np.ndarray]
    ready_s: float | None = None
    whole_process: bool = False
    times: list[Took] = field(default_factory=list)
    close: Callable[[], None] = lambda: None


def each_ready(makers: Iterable[Callable[[], T]], size: str, report: dict[str, object]) -> Iterable[T]:
    """Those who could be made ready; the others are noted."""
    for make in makers:
        try:
            yield make()
        except Skipped as reason:
            report["skipped"].append(f"{size}: {reason}")


def timed(work: Callable[[], object]) -> Took:
    """What some work takes, in this process and in those that it starts and waits for."""
    clock, processor = time.perf_counter(), _processor_s()
    work()
    return Took(time.perf_counter() - clock, _processor_s() - processor)


def _processor_s() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def repeated(work: Callable[[], object], at_least_s: float = 0.2) -> Took:
    """What one go of something quick takes: the mean over as many goes as fill a fifth of a second."""
    once = timed(work)
    goes = int(at_least_s / max(once.clock_s, 1e-6))
    return once if goes < 2 else timed(lambda: [work() for _ in range(goes)]).scaled(1 / goes)


# Muster.


def muster_process(muster: str, world: Path, size: str, threads: int) -> Entrant:
    """`muster run`, from the files of the plan to the files of the run, as a process."""
    out = world / f"run-{threads}"
    command = [muster, "run", str(world / "plans/world"), "--scenario", "plan", "--places", "systems"]
    command += ["--threads", str(threads), "--out", str(out), "--quiet"]

    def run() -> Took:
        shutil.rmtree(out, ignore_errors=True)
        return timed(lambda: checked(command))

    table = lambda: workforce(out / "workforce.parquet", *SIZES[size])
    return Entrant("Muster, files to files", threads, run, table, whole_process=True)


def checked(command: list[str], limit_s: float = 600) -> str:
    """Runs a command; a failure is a reason to be skipped."""
    named = f"`{' '.join([Path(command[0]).name, *command[1:2]])}`"
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit_s)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Skipped(f"{named}: {error}") from error
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
        raise Skipped(f"{named} ended with {done.returncode}: {said[0][:200]}")
    return done.stdout


def workforce(path: Path, professions: int, areas: int) -> np.ndarray:
    """What a run folder says."""
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(path)
    shape = (areas, professions, YEARS + 1)
    expected = [area_code(r) for r in range(areas) for _ in range(professions * (YEARS + 1))]
    of_each = [profession_id(p) for _ in range(areas) for p in range(professions) for _ in range(YEARS + 1)]
    if table["place"].to_pylist() != expected or table["profession"].to_pylist() != of_each:
        raise ValueError(f"{path} does not hold the cells of this world in order")
    return np.stack([table[name].to_numpy().reshape(shape) for name in COMPARED])


def muster_in_memory(template: str, world: Path, threads: int) -> Entrant:
    """One projection of inputs in memory, as a program of Muster's says: `{"seconds": …}` on its last line."""
    command = [part.format(plan=world / "plans/world", world=world, threads=threads) for part in shlex.split(template)]
    run = lambda: seconds_said(checked(command))
    return Entrant("Muster, one projection", threads, run, lambda: np.empty(0))


def muster_from_file(times: Path, size: str) -> Entrant:
    """Seconds of one projection on one thread, measured before: {"xs": …, "s": …}."""
    seconds = json.loads(times.read_text()).get(size)
    if seconds is None:
        raise Skipped(f"{times} does not say how long size {size} takes")
    took = Took(float(seconds), float(seconds))
    return Entrant(f"Muster, one projection (from {times.name})", 1, lambda: took, lambda: np.empty(0))


def seconds_said(output: str) -> Took:
    """What the last line of a program says it took."""
    try:
        said = json.loads(output.strip().splitlines()[-1])
        return Took(float(said["seconds"]), float(said.get("processor_seconds", said["seconds"])))
    except (IndexError, ValueError, KeyError, TypeError) as error:
        raise Skipped('the command did not end with {"seconds": …}') from error


# Hand-written kernels.


def numpy_process(world: Path) -> Entrant:
    """NumPy from the file of arrays to a file of results, as a process: Python and its imports too."""
    out = world / "numpy.npy"
    command = [sys.executable, str(HERE / "kernels.py"), str(world), str(out)]
    return Entrant(
        "NumPy, file to file", 1, lambda: timed(lambda: checked(command)), lambda: np.load(out)[: len(COMPARED)]
    )


def hand_written(world: Arrays, library: Path, threads: list[int], without: set[str]) -> Iterator[Callable[[], Kernel]]:
    """NumPy, Numba and C, each to be made when it is wanted."""
    if "numpy" not in without:
        yield lambda: kernels.numpy_kernel(world)
    for count in threads:
        if "numba" not in without:
            yield lambda count=count: _numba(world, count)
    for count in threads:
        if "c" not in without:
            yield lambda count=count: _c(world, library, count)


def _numba(world: Arrays, threads: int) -> Kernel:
    try:
        import fused
    except ImportError as error:
        raise Skipped(f"Numba: {error}") from error
    return fused.numba_kernel(world, threads)


def _c(world: Arrays, library: Path, threads: int) -> Kernel:
    try:
        return kernels.c_kernel(world, library, threads)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Skipped(f"C: no compiler that works: {error}") from error


def of_kernel(kernel: Kernel) -> Entrant:
    """A kernel as an entrant; its first run, which may compile it, is counted as getting ready."""
    last: list[np.ndarray] = []
    ready_s = timed(kernel.project).clock_s

    def run() -> Took:
        last[:] = [kernel.project()]
        return repeated(kernel.project)

    return Entrant(kernel.name, kernel.threads, run, lambda: last[0][: len(COMPARED)], ready_s)


# Other engines, on the exported model.


@functools.cache
def exported(muster: str, world: Path) -> Path:
    """The plan as a Vensim model, which `muster export` writes."""
    model = world / "model" / "world.mdl"
    model.parent.mkdir(exist_ok=True)
    checked([muster, "export", str(world / "plans/world"), "--places", "systems", "--out", str(model)])
    return model


def dynamics(engine: str, title: str, model: Path, size: str, limit_s: float) -> Entrant:
    """PySD or Simlin, in a process that is kept from run to run."""
    professions, areas = SIZES[size]
    found = model.with_name(f"{engine}.npy")
    command = [sys.executable, str(HERE / "dynamics.py"), engine, str(model), str(found), str(professions), str(areas)]
    errors = (model.with_name(f"{engine}.log")).open("w+")
    worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True)

    def answer() -> dict[str, float]:
        if not select.select([worker.stdout], [], [], limit_s)[0]:
            worker.kill()
            raise Skipped(f"{title}: no answer within {limit_s:.0f} s")
        line = worker.stdout.readline()
        if not line:
            worker.wait()
            errors.seek(0)
            said = errors.read().strip().splitlines() or ["no reason given"]
            raise Skipped(f"{title}: ended with {worker.returncode}: {said[-1][:200]}")
        return json.loads(line)

    def run() -> Took:
        worker.stdin.write("run\n")
        worker.stdin.flush()
        said = answer()
        return Took(said["run_s"], said["processor_s"])

    def close() -> None:
        worker.kill()
        worker.wait()
        errors.close()

    try:
        ready_s = answer()["ready_s"]
    except Skipped:
        close()
        raise
    return Entrant(title, 1, run, lambda: np.load(found), ready_s, close=close)
