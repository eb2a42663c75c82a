"""The yearly step of Muster's engine, written by hand for one known world: NumPy, Numba and, in kernel.c, C.

Each kernel reads what `world.resolve` worked out and returns the fields below for every cell and year, or the FTE of many
draws. They are what a modeller would write for one model and one question. They are here to be compared with, in answers
and in time.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import numpy as np

FIELDS = ["headcount", "fte", "demand_fte", "gap_fte", "temporary_fte", "pay_gbp", "temporary_gbp"]
HERE = Path(__file__).parent
WIDTH = 64

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Kernel:
    """A way to run the equations.

    `project` gives [field, area, profession, year]. `draws` gives FTE in whatever order suits the kernel, which `as_cells`
    turns into [draw, cell, year].
    """

    name: str
    threads: int
    project: Callable[[], np.ndarray]
    draws: Callable[[np.ndarray], np.ndarray]
    as_cells: Callable[[np.ndarray], np.ndarray]


def load(folder: Path) -> Arrays:
    """The arrays of a world."""
    with np.load(folder / "arrays.npz") as stored:
        return {name: stored[name] for name in stored.files}


def difference(ours: np.ndarray, theirs: np.ndarray) -> float:
    """The largest difference, relative to the larger of the value and one (person, FTE or pound)."""
    return float(np.max(np.abs(ours - theirs) / np.maximum(np.abs(ours), 1.0)))


# NumPy.


def demand_index(world: Arrays) -> np.ndarray:
    """Demand by setting and year as a multiple of the baseline, before skill mix, as demand.rs has it."""
    need = world["use_by_age"] @ world["population"].T
    shift = world["setting_shift"]
    years = np.arange(need.shape[1])
    growth = ((1 + world["other_growth"]) / (1 + world["productivity_growth"]))[:, None] ** years
    return need / need[:, :1] * growth * shift / shift[:, :1]


def demand_fte(world: Arrays) -> np.ndarray:
    """[area, profession, year]."""
    mix = world["skill_mix"] / world["skill_mix"][:, :1]
    return world["demand_base"][..., None] * (demand_index(world)[world["setting"]] * mix)


def joined(world: Arrays, years: int) -> np.ndarray:
    """People who join from each programme, [year, area, programme]."""
    students = world["students"].copy()
    staying = 1 - world["withdrawal"]
    programmes = np.arange(staying.size)
    result = np.empty((years, *students.shape[:2]))
    for year in range(years):
        students *= staying[:, None]
        result[year] = students[:, programmes, world["length"] - 1] * world["join_share"]
        students[..., 1:] = students[..., :-1].copy()
        students[..., 0] = world["intake"][..., year]
    return result


def numpy_stocks(world: Arrays, multipliers: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Headcount and FTE, [year, area, profession]; [year, draw, area, profession] where there are multipliers."""
    years = world["leaver"].shape[1]
    leave = intake = wider = np.ones(())
    stock = world["opening"].copy()
    if multipliers is not None:
        stock = np.repeat(stock[None], multipliers.shape[0], axis=0)
        leave, wider = multipliers[:, None, 0, :, None], multipliers[:, None, 3, :]
        intake = multipliers[:, None, 1, :][..., world["fills"]]
    qualified, participation = joined(world, years), world["participation"]
    # No profession has more than one move out or one move in, so plain indexing adds each once.
    source, target, moving = world["move_from"], world["move_to"], world["move_share"][:, None]
    join_rate = world["returner"][:, None] + world["wider_market"] * wider
    headcount, fte = np.empty((2, years + 1, *stock.shape[:-1]))
    headcount[0], fte[0] = stock.sum(axis=-1), np.einsum("...pa,pa->...p", stock, participation[:, 0])
    for year in range(years):
        stock -= stock * (world["leaver"][:, year] * leave)
        moved = stock[..., source, :] * moving
        stock[..., source, :] -= moved
        stock[..., target, :] += moved
        new = qualified[year] * np.where(year >= world["length"], intake, 1.0)
        stock[..., world["fills"], :] += new[..., None] * world["ages_at_completion"]
        joining = join_rate * headcount[year] + world["international"]
        stock += joining[..., None] * world["joiner_ages"]
        oldest = stock[..., -1].copy()
        stock[..., 1:] = stock[..., :-1].copy()
        stock[..., 0] = 0.0
        stock[..., -1] += oldest
        headcount[year + 1] = stock.sum(axis=-1)
        fte[year + 1] = np.einsum("...pa,pa->...p", stock, participation[:, year + 1])
    return headcount, fte


def results(world: Arrays, headcount: np.ndarray, fte: np.ndarray) -> np.ndarray:
    """Every field, from stocks by [area, profession, year]."""
    demand = demand_fte(world)
    gap = demand - fte
    years = np.arange(fte.shape[-1])
    cost = world["earnings_gbp"][:, None] * (world["on_cost"] * (1 + world["real_pay_growth"]) ** years)
    temporary = world["temporary_fill"][:, None] * np.maximum(gap, 0.0)
    return np.stack([headcount, fte, demand, gap, temporary, fte * cost, temporary * cost * world["temporary_premium"]])


def numpy_kernel(world: Arrays) -> Kernel:
    """Arrays of all cells and ages, a loop over years; many draws in blocks that stay in the cache."""
    block = max(1, (1 << 20) // world["opening"].nbytes)

    def project() -> np.ndarray:
        headcount, fte = (np.moveaxis(stock, 0, -1) for stock in numpy_stocks(world))
        return results(world, headcount, fte)

    def draws(multipliers: np.ndarray) -> np.ndarray:
        blocks = (numpy_stocks(world, multipliers[i : i + block])[1] for i in range(0, len(multipliers), block))
        return np.concatenate(list(blocks), axis=1)

    # From [year, draw, area, profession].
    as_cells = lambda fte: fte.reshape(*fte.shape[:2], -1).transpose(1, 2, 0)
    return Kernel("NumPy", 1, project, draws, as_cells)


# C.


def padded(world: Arrays) -> Arrays:
    """The arrays as kernel.c wants them: contiguous, ages filled up, and with the programme that fills each profession."""
    wide = {"opening", "leaver", "participation", "joiner_ages", "ages_at_completion"}
    ready = {}
    for name, array in world.items():
        if name in wide:
            mode = "edge" if name == "participation" else "constant"
            array = np.pad(array, [(0, 0)] * (array.ndim - 1) + [(0, WIDTH - array.shape[-1])], mode=mode)
        elif name == "students":
            array = np.pad(array, [(0, 0), (0, 0), (0, 5 - array.shape[-1])])
        whole = np.issubdtype(array.dtype, np.integer)
        ready[name] = np.ascontiguousarray(array, dtype=np.int64 if whole else np.float64)
    programme_of = np.full(world["setting"].size, -1, dtype=np.int64)
    programme_of[world["fills"]] = np.arange(world["fills"].size)
    return {**ready, "programme_of": programme_of}


class CWorld(ctypes.Structure):
    """`World` in kernel.c, field by field."""

    SIZES = ["professions", "areas", "programmes", "moves", "years"]
    POINTERS = [
        *["opening", "leaver", "participation", "joiner_ages", "wider_market", "returner", "international"],
        *["students", "intake", "withdrawal", "join_share", "length", "programme_of", "ages_at_completion"],
        *["move_from", "move_to", "move_share", "demand_base", "setting", "skill_mix", "population", "use_by_age"],
        *["other_growth", "setting_shift", "temporary_fill", "earnings_gbp"],
    ]
    SCALARS = ["productivity_growth", "on_cost", "real_pay_growth", "temporary_premium"]
    _fields_ = [
        *((name, ctypes.c_int64) for name in SIZES),
        *((name, ctypes.c_void_p) for name in POINTERS),
        *((name, ctypes.c_double) for name in SCALARS),
    ]

    @classmethod
    def of(cls, ready: Arrays) -> "CWorld":
        """A view of padded arrays, which must outlive it."""
        areas, professions = ready["opening"].shape[:2]
        sizes = [professions, areas, ready["fills"].size, ready["move_from"].size, ready["leaver"].shape[1]]
        scalars = [ready[name].item() for name in cls.SCALARS]
        return cls(*sizes, *(ready[name].ctypes.data for name in cls.POINTERS), *scalars)


def compiled(folder: Path) -> ctypes.CDLL:
    """kernel.c, built for this machine with the system's C compiler, once for each version of the text."""
    source = HERE / "kernel.c"
    flags = ["-O3", "-march=native", "-Wno-psabi", "-shared", "-fPIC", "-pthread"]
    library = folder / f"kernel-{hashlib.sha256(source.read_bytes()).hexdigest()[:16]}.so"
    if not library.exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run([os.environ.get("CC", "cc"), *flags, "-o", str(library), str(source)], check=True)
    return ctypes.CDLL(str(library))


def c_kernel(world: Arrays, folder: Path, threads: int) -> Kernel:
    """kernel.c with this many threads."""
    library, ready = compiled(folder), padded(world)
    c_world = CWorld.of(ready)
    areas, professions = world["opening"].shape[:2]
    years = c_world.years + 1
    pointer = lambda array: None if array is None else ctypes.c_void_p(array.ctypes.data)
    # The same room for every run, as a program that is asked again and again would keep it.
    out = np.zeros((len(FIELDS), areas, professions, years))
    kept: dict[tuple[int, ...], np.ndarray] = {}

    def project(_: Arrays = ready) -> np.ndarray:
        library.kernel_project(ctypes.byref(c_world), threads, pointer(out))
        return out

    def draws(multipliers: np.ndarray) -> np.ndarray:
        shape = (areas * professions, years, len(multipliers))
        fte = kept.setdefault(shape, np.zeros(shape))
        count = ctypes.c_int64(len(multipliers))
        library.kernel_draws(ctypes.byref(c_world), threads, pointer(multipliers), count, pointer(fte), None)
        return fte

    return Kernel("C, fused by hand", threads, project, draws, lambda fte: fte.transpose(2, 0, 1))


def c_totals(world: Arrays, folder: Path, threads: int) -> Callable[[np.ndarray], np.ndarray]:
    """kernel.c, keeping only England's FTE and gap of each draw: [FTE and gap, year, draw]."""
    library, ready = compiled(folder), padded(world)
    c_world = CWorld.of(ready)

    def totals(multipliers: np.ndarray, _: Arrays = ready) -> np.ndarray:
        kept = np.zeros((2, c_world.years + 1, len(multipliers)))
        at = lambda array: ctypes.c_void_p(array.ctypes.data)
        count = ctypes.c_int64(len(multipliers))
        library.kernel_draws(ctypes.byref(c_world), threads, at(multipliers), count, None, at(kept))
        return kept

    return totals


if __name__ == "__main__":
    # As a process of its own: the arrays of a world in, every field of every cell and year out.
    np.save(sys.argv[2], numpy_kernel(load(Path(sys.argv[1]))).project())
