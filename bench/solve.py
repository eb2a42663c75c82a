#!/usr/bin/env python3
"""W3: what would it take to close every profession's gap by 2036/37 at least cost? Muster beside a full linear program.

    cargo build --release -p muster-solve --example w3
    bench/solve.py --muster target/release/examples/w3

Muster asks its engine what one more starter or recruit changes, and solves a small program over those responses. Here
the equations of `docs/model.md` are written out instead: every stock of every area, profession, age and year is a
variable, every year of study too, and every step of the year is an equation. HiGHS solves that whole. Both must cost the
same, and Muster's answer, put into the NumPy kernel, must close the gaps.

The question: national intakes may be raised above those of the book, by at most 15% from one year to the next; each
year every profession may recruit more people at home and abroad, up to a ceiling each; and all students together may
cost at most a ceiling in any year.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

import world as worlds
from kernels import Arrays, demand_fte, load, numpy_stocks

# All invented; costs are pounds of the book's year, and ceilings shares of the people in post at the baseline.
GROWTH = 0.15
TRAINING_GBP = (4_000.0, 12_000.0)
HOME_GBP = 14_000.0
ABROAD_GBP = 10_500.0
# A profession with a course, and one without, which has nothing but recruits to live on.
HOME_SHARE = (0.035, 0.12)
ABROAD_SHARE = (0.03, 0.10)
# What all students may cost in a year, as a multiple of what those of the book cost in their dearest year.
TRAINING_CEILING = 1.04


@dataclass(frozen=True)
class Question:
    """Prices by student and year of study, and by recruit; ceilings in people a year, and in pounds of training."""

    growth: float
    training_gbp: np.ndarray
    home_gbp: float
    abroad_gbp: float
    home_most: np.ndarray
    abroad_most: np.ndarray
    training_most_gbp: float

    def json(self) -> dict[str, object]:
        plain = lambda value: value.tolist() if isinstance(value, np.ndarray) else value
        return {name: plain(value) for name, value in vars(self).items()}


def ask(arrays: Arrays, seed: int) -> Question:
    """The question for a world. Prices of programmes are drawn; ceilings follow the size of professions."""
    draw = np.random.default_rng([seed, 3])
    people = arrays["opening"].sum(axis=(0, 2))
    price = draw.uniform(*TRAINING_GBP, arrays["fills"].size).round(-2)
    taught = np.isin(np.arange(people.size), arrays["fills"])
    most = lambda shares: np.ceil(people * np.where(taught, *shares))
    return Question(
        growth=GROWTH,
        training_gbp=price,
        home_gbp=HOME_GBP,
        abroad_gbp=ABROAD_GBP,
        home_most=most(HOME_SHARE),
        abroad_most=most(ABROAD_SHARE),
        training_most_gbp=float(np.ceil(TRAINING_CEILING * (students(arrays).sum(axis=(1, 3)) @ price).max())),
    )


def students(arrays: Arrays) -> np.ndarray:
    """Students at the close of each year with the intakes of the book: [year, area, programme, year of study]."""
    now, staying = arrays["students"].copy(), (1 - arrays["withdrawal"])[:, None]
    longest = now.shape[-1]
    closing = []
    for year in range(arrays["intake"].shape[-1]):
        now = now * staying
        now[..., 1:] = now[..., :-1].copy()
        now[..., 0] = arrays["intake"][..., year]
        now[:, np.arange(longest)[None, :] >= arrays["length"][:, None]] = 0.0
        closing.append(now)
    return np.stack(closing)


# The full program.


class Program:
    """Columns and rows in blocks, then as HiGHS wants them."""

    def __init__(self) -> None:
        self.low, self.high, self.cost = [], [], []
        self.entries: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        self.row_low, self.row_high = [], []
        self.columns = self.rows = 0

    def variables(self, shape: tuple[int, ...], low=0.0, high=np.inf, cost=0.0) -> np.ndarray:
        """A block of variables, as their numbers."""
        size = int(np.prod(shape))
        for kept, value in ((self.low, low), (self.high, high), (self.cost, cost)):
            kept.append(np.broadcast_to(np.asarray(value, dtype=float), shape).ravel())
        self.columns += size
        return np.arange(self.columns - size, self.columns).reshape(shape)

    def equations(self, shape: tuple[int, ...], low=0.0, high=0.0) -> np.ndarray:
        """A block of rows, as their numbers: low ≤ sum ≤ high."""
        size = int(np.prod(shape))
        for kept, value in ((self.row_low, low), (self.row_high, high)):
            kept.append(np.broadcast_to(np.asarray(value, dtype=float), shape).ravel())
        self.rows += size
        return np.arange(self.rows - size, self.rows).reshape(shape)

    def add(self, rows: np.ndarray, columns: np.ndarray, factors) -> None:
        """Factors of variables in rows; the three are broadcast together."""
        row, column, factor = np.broadcast_arrays(rows, columns, np.asarray(factors, dtype=float))
        self.entries.append((row.ravel(), column.ravel(), factor.ravel()))

    def solve(self, threads: int) -> tuple[float, np.ndarray, float]:
        """Cost, values and seconds."""
        import highspy
        from scipy.sparse import coo_array

        rows, columns, factors = (np.concatenate(part) for part in zip(*self.entries))
        matrix = coo_array((factors, (rows, columns)), shape=(self.rows, self.columns)).tocsc()
        matrix.sum_duplicates()
        matrix.eliminate_zeros()
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = self.columns, self.rows
        model.col_cost_, model.col_lower_ = np.concatenate(self.cost), np.concatenate(self.low)
        model.col_upper_ = np.concatenate(self.high)
        model.row_lower_, model.row_upper_ = np.concatenate(self.row_low), np.concatenate(self.row_high)
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr, matrix.indices
        model.a_matrix_.value_ = matrix.data
        print(f"full program: {self.columns:,} variables, {self.rows:,} rows, {matrix.nnz:,} factors", file=sys.stderr)
        highs = highspy.Highs()
        highs.setOptionValue("output_flag", False)
        highs.setOptionValue("threads", threads)
        highs.setOptionValue("solver", "ipm")
        highs.setOptionValue("run_crossover", "off")
        highs.setOptionValue("ipm_optimality_tolerance", 1e-10)
        highs.setOptionValue("primal_feasibility_tolerance", 1e-9)
        highs.setOptionValue("dual_feasibility_tolerance", 1e-9)
        highs.passModel(model)
        begun = time.perf_counter()
        highs.run()
        seconds = time.perf_counter() - begun
        status = highs.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            raise SystemExit(f"HiGHS found no optimum of the full program: {highs.modelStatusToString(status)}")
        return highs.getObjectiveValue(), np.array(highs.getSolution().col_value), seconds


def full_program(world: Arrays, asked: Question) -> tuple[Program, dict[str, np.ndarray]]:
    """Every stock by area, profession, age and year; every student by area, programme, year of study and year."""
    program = Program()
    areas, professions, ages = world["opening"].shape
    years = world["leaver"].shape[1]
    length, fills = world["length"], world["fills"]
    programmes = fills.size
    share = world["demand_base"] / world["demand_base"].sum(axis=0)
    staying, leave = 1 - world["withdrawal"], world["leaver"]
    national = world["intake"].sum(axis=0)
    before = starters_before(world)

    intake = program.variables((programmes, years), low=national)
    home = program.variables((professions, years), high=asked.home_most[:, None], cost=asked.home_gbp)
    abroad = program.variables((professions, years), high=asked.abroad_most[:, None], cost=asked.abroad_gbp)
    # Stocks at the baseline are variables like the others, fixed.
    stock = program.variables((years + 1, areas, professions, ages))
    heads = program.variables((years + 1, areas, professions))
    longest = world["students"].shape[-1]
    student = program.variables((years + 1, areas, programmes, longest), cost=0.0)
    bill = program.variables((years,), high=asked.training_most_gbp, cost=1.0)

    # At the baseline.
    rows = program.equations(stock[0].shape, world["opening"], world["opening"])
    program.add(rows, stock[0], 1.0)
    rows = program.equations(student[0].shape, world["students"], world["students"])
    program.add(rows, student[0], 1.0)
    # Heads are the sum over ages.
    rows = program.equations(heads.shape)
    program.add(rows, heads, -1.0)
    program.add(rows[..., None], stock, 1.0)

    # Students: each year some give up, the rest are a year further on, and a new intake starts.
    taught = share[:, fills]
    for year in range(years):
        for g in range(programmes):
            rows = program.equations((areas, longest))
            program.add(rows, student[year + 1, :, g], 1.0)
            program.add(rows[:, 0], intake[g, year], -taught[:, g])
            program.add(rows[:, 1 : length[g]], student[year, :, g, : length[g] - 1], -staying[g])
    # Growth of intakes, from those of the baseline year on.
    rows = program.equations((programmes,), -np.inf, (1 + asked.growth) * before)
    program.add(rows, intake[:, 0], 1.0)
    rows = program.equations((programmes, years - 1), -np.inf, 0.0)
    program.add(rows, intake[:, 1:], 1.0)
    program.add(rows, intake[:, :-1], -(1 + asked.growth))
    # What students cost: each at the close of a year, at the price of the programme.
    rows = program.equations((years,))
    program.add(rows, bill, -1.0)
    program.add(rows[:, None, None, None], student[1:], asked.training_gbp[:, None])

    # Staff. One year's opening stock, by age, becomes the next year's, a year older.
    source = dict(zip(world["move_from"], zip(world["move_to"], world["move_share"])))
    older = np.minimum(np.arange(ages) + 1, ages - 1)
    join_rate = world["returner"][:, None] + world["wider_market"]
    programme_of = {profession: g for g, profession in enumerate(fills)}
    constant = world["international"][..., None] * world["joiner_ages"]
    for year in range(years):
        aged = np.zeros((areas, professions, ages))
        np.add.at(aged, (slice(None), slice(None), older), constant)
        rows = program.equations(aged.shape, aged, aged)
        program.add(rows, stock[year + 1], 1.0)
        for p in range(professions):
            to = rows[:, p, older]
            kept = 1 - leave[p, year]
            target, moving = source.get(p, (None, 0.0))
            program.add(to, stock[year, :, p], -kept * (1 - moving))
            if target is not None:
                program.add(rows[:, target, older], stock[year, :, p], -kept * moving)
            program.add(to, heads[year, :, p, None], -join_rate[:, p, None] * world["joiner_ages"][p])
            for recruits in (home, abroad):
                program.add(to, recruits[p, year], -share[:, p, None] * world["joiner_ages"][p])
            if p in programme_of:
                g = programme_of[p]
                last = student[year, :, g, length[g] - 1, None]
                program.add(to, last, -staying[g] * world["join_share"][g] * world["ages_at_completion"][g])

    # The gap of each profession is closed at the horizon.
    need = demand_fte(world)[..., -1].sum(axis=0)
    rows = program.equations((professions,), need, np.inf)
    program.add(rows[None, :, None], stock[-1], world["participation"][None, :, -1])
    return program, {"intake": intake, "home": home, "abroad": abroad}


def starters_before(world: Arrays) -> np.ndarray:
    """Those who started in the baseline year, in England: in their first year of study now, nobody has given up yet."""
    return world["students"][..., 0].sum(axis=0)


# Muster.


def muster(command: Path, folder: Path, asked: Question) -> dict[str, object]:
    """Muster's answer, as it prints it."""
    question = folder / "w3.json"
    question.write_text(json.dumps(asked.json(), indent=1) + "\n", encoding="utf-8")
    done = subprocess.run([command, folder / "plans/world", question], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"Muster failed:\n{done.stderr}")
    return json.loads(done.stdout)


def simulate(world: Arrays, levers: dict[str, np.ndarray]) -> np.ndarray:
    """FTE of England by profession and year, baseline first, when these levers are pulled, by the NumPy kernel."""
    share = world["demand_base"] / world["demand_base"].sum(axis=0)
    changed = dict(world)
    changed["intake"] = levers["intake"][None] * share[:, world["fills"], None]
    extra = (levers["home"] + levers["abroad"])[None] * share[..., None]
    # The kernel has one number of recruits for all years, and is linear: those of each year are followed by themselves.
    total = numpy_stocks(changed)[1]
    nothing = {**changed, "opening": np.zeros_like(world["opening"]), "students": np.zeros_like(world["students"])}
    nothing["intake"] = np.zeros_like(changed["intake"])
    for year in range(extra.shape[-1]):
        total[1:] += followed(nothing, extra[..., year], year)[1:]
    return total.sum(axis=1).T


def followed(nothing: Arrays, recruits: np.ndarray, year: int) -> np.ndarray:
    """FTE of people who join in one year alone."""
    joined = recruits[..., None] * nothing["joiner_ages"]
    aged = np.roll(joined, 1, axis=-1)
    aged[..., -1] += aged[..., 0]
    aged[..., 0] = 0.0
    years = nothing["leaver"].shape[1]
    fte = np.zeros((years + 1, *recruits.shape))
    later = {**nothing, "international": np.zeros_like(recruits), "opening": aged}
    later["leaver"], later["participation"] = nothing["leaver"][:, year + 1 :], nothing["participation"][:, year + 1 :]
    later["intake"] = nothing["intake"][..., year + 1 :]
    fte[year + 1 :] = numpy_stocks(later)[1]
    return fte


def compare(size: str, args: argparse.Namespace) -> dict[str, object]:
    """Both answers to the question of one world."""
    folder = args.worlds / size
    if not (folder / "arrays.npz").exists():
        worlds.write(size, folder, args.seed, 0)
    world = load(folder)
    asked = ask(world, args.seed)
    program, levers = full_program(world, asked)
    cost, values, seconds = program.solve(args.threads)
    print(f"full program: {cost:,.2f} GBP in {seconds:.1f} s")
    report: dict[str, object] = {"size": size, "full_gbp": cost, "full_seconds": seconds}
    need = demand_fte(world)[..., -1].sum(axis=0)
    own = simulate(world, {name: values[at] for name, at in levers.items()})
    report["full_short"] = float(np.max((need - own[:, -1]) / need))
    print(f"its answer in the NumPy kernel: largest gap {report['full_short']:.1e} of demand")
    if args.muster:
        answer = muster(args.muster, folder, asked)
        ours = {name: np.array(answer[name]) for name in ("intake", "home", "abroad")}
        fte = simulate(world, ours)
        report |= {
            "muster_gbp": answer["cost_gbp"],
            "muster_seconds": answer["seconds"],
            "difference": abs(answer["cost_gbp"] - cost) / abs(cost),
            "muster_short": float(np.max((need - fte[:, -1]) / need)),
            "engine_short": answer["largest_gap_share"],
        }
        print(f"Muster: {answer['cost_gbp']:,.2f} GBP in {answer['seconds']:.1f} s, {report['difference']:.1e} away")
        print(f"its answer in the NumPy kernel: largest gap {report['muster_short']:.1e} of demand")
        print(f"its answer in the engine: largest gap {report['engine_short']:.1e} of demand")
        if report["difference"] > 1e-6 or max(report["muster_short"], report["engine_short"]) > 1e-3:
            raise SystemExit("the two do not agree")
    return report


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", choices=worlds.SIZES, default=["s"], help="worlds, see world.py")
    parser.add_argument("--muster", type=Path, help="the example w3 of muster-solve; without it the full program alone")
    parser.add_argument("--worlds", type=Path, default=Path("target/bench/worlds"), metavar="FOLDER")
    parser.add_argument("--out", type=Path, default=Path("target/bench/solve.json"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    report = [compare(size, args) for size in args.sizes]
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
