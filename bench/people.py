#!/usr/bin/env python3
"""1.5 million people for 15 years: each simulated by themselves, in NumPy and in Numba, and Muster's cohorts of whole people.

    cargo build --release -p muster-engine --example people
    python bench/people.py --muster target/release/examples/people

All have the same model: one workforce by single year of age. In a year each person leaves with the chance of their age;
a Poisson number of people, in proportion to the headcount when the year opened, and a stated number of recruits join at
ages with stated shares; everyone turns a year older, and 75 means 75 and over. Nobody who joins in a year leaves in it.

The simulations keep a list of people; Muster keeps how many there are of each age and draws how many leave. The
headcount at the horizon must have the same mean and standard deviation, and Muster also works these out exactly, without
drawing. The script stops with an error where a sample is too far from the exact figures to be chance.

All take part in every round, on one thread each, so that a busy minute is everybody's. Compiling, in Numba, is not counted.
"""

import argparse
import math
import statistics
import subprocess
import sys
import time

import numba
import numpy as np

YOUNGEST, OLDEST = 16, 75
AGES = np.arange(YOUNGEST, OLDEST + 1)
JOINERS_PER_HEAD = 0.08
# Standard errors that are too many to be chance.
TOO_FAR = 5


def model(people):
    """People, chance of leaving and joiners' shares by age. The shape is like the NHS; the numbers are invented."""
    working = (AGES >= 21) & (AGES <= 67)
    weights = np.where(working, 1.0 + 0.5 * np.sin((AGES - 21) / 46 * math.pi), 0.0)
    opening = np.floor(people * weights / weights.sum())
    opening[AGES == 40] += people - opening.sum()
    young, old = 0.10 * np.exp(-(AGES - 16) / 12), 0.25 / (1 + np.exp(-(AGES - 62) / 2.5))
    leaver = 0.05 + young + old
    shares = np.where(working, np.exp(-(AGES - 21) / 15), 0.0)
    return opening.astype(np.int64), leaver, shares / shares.sum()


def numpy_run(rng, opening, leaver, shares, recruits, years):
    """One future, a vector of everybody at a time."""
    people = np.repeat(np.arange(len(opening), dtype=np.int8), opening)
    cumulated = np.cumsum(shares)
    lived = 0
    for _ in range(years):
        headcount = len(people)
        lived += headcount
        people = people[rng.random(headcount) >= leaver[people]]
        joiners = rng.poisson(JOINERS_PER_HEAD * headcount) + recruits
        at = np.searchsorted(cumulated, rng.random(joiners), side="right")
        joined = np.minimum(at, len(shares) - 1).astype(np.int8)
        people = np.minimum(np.concatenate([people, joined]) + np.int8(1), np.int8(len(opening) - 1))
    return len(people), lived


@numba.njit
def numba_run(rng, opening, leaver, shares, recruits, years):
    """One future, a loop over people, compiled."""
    room = int(opening.sum() * (1 + 0.1 * years)) + 2 * recruits * years + 1000
    people = np.empty(room, dtype=np.int8)
    cumulated = np.cumsum(shares)
    headcount = 0
    for age in range(len(opening)):
        people[headcount : headcount + opening[age]] = age
        headcount += opening[age]
    last = len(opening) - 1
    lived = 0
    for _ in range(years):
        lived += headcount
        joiners = rng.poisson(JOINERS_PER_HEAD * headcount) + recruits
        staying = 0
        for i in range(headcount):
            age = people[i]
            if rng.random() >= leaver[age]:
                people[staying] = min(age + 1, last)
                staying += 1
        for _ in range(joiners):
            at = min(np.searchsorted(cumulated, rng.random(), side="right"), last)
            people[staying] = min(at + 1, last)
            staying += 1
        headcount = staying
    return headcount, lived


def muster_run(program, of_model, recruits, years, draws, first_draw):
    """Runs the example; returns its lines by name, and the rows as numbers."""
    text = "\n".join(",".join(map(repr, row)) for row in zip(*(part.tolist() for part in (AGES, *of_model))))
    arguments = [years, JOINERS_PER_HEAD, recruits, draws, first_draw]
    done = subprocess.run([program, *map(str, arguments)], input=text, capture_output=True, text=True, check=True)
    lines = (line.split(",") for line in done.stdout.splitlines())
    return {name: [float(number) for number in numbers] for name, *numbers in lines}


def pooled(means, variances, sizes):
    """Mean and variance of several samples taken as one."""
    n = sum(sizes)
    mean = sum(m * size for m, size in zip(means, sizes)) / n
    within = sum(v * (size - 1) for v, size in zip(variances, sizes))
    between = sum(size * (m - mean) ** 2 for m, size in zip(means, sizes))
    return mean, (within + between) / (n - 1), n


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--muster", required=True, help="the built example, target/release/examples/people")
    parser.add_argument("--people", type=int, default=1_500_000)
    parser.add_argument("--years", type=int, default=15)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--replicates", type=int, default=4, help="futures of each simulation in a round")
    parser.add_argument("--draws", type=int, default=200, help="futures of Muster in a round")
    parser.add_argument("--seed", type=int, default=2022)
    options = parser.parse_args()
    if options.replicates < 2 or options.draws < 2:
        parser.error("a spread needs two futures or more in a round")

    of_model = model(options.people)
    recruits = options.people // 75
    runs = {"NumPy, person by person": numpy_run, "Numba, person by person": numba_run}
    small = model(1000)
    numba_run(np.random.default_rng(0), *small, 10, 1)

    # Futures of each engine: seconds of one, in each round; people-years a second; samples to pool.
    seconds, rates, samples = {}, {}, {}
    for number in range(options.rounds):
        for name, run in runs.items():
            seeds = np.random.SeedSequence([options.seed, number]).spawn(options.replicates)
            start = time.perf_counter()
            futures = [run(np.random.default_rng(seed), *of_model, recruits, options.years) for seed in seeds]
            took = time.perf_counter() - start
            heads = [head for head, _ in futures]
            seconds.setdefault(name, []).append(took / options.replicates)
            rates.setdefault(name, []).append(sum(lived for _, lived in futures) / took)
            samples.setdefault(name, []).append((statistics.mean(heads), statistics.variance(heads), len(heads)))
        rows = muster_run(
            options.muster, of_model, recruits, options.years, options.draws, options.seed + number * options.draws
        )
        draws, took, lived, mean, variance = rows["whole people"]
        name = "Muster, whole people by age"
        seconds.setdefault(name, []).append(took / draws)
        rates.setdefault(name, []).append(lived / took)
        samples.setdefault(name, []).append((mean, variance, int(draws)))
        seconds.setdefault("Muster, exact mean and variance", []).append(rows["exact moments"][1])
        seconds.setdefault("Muster, expected numbers", []).append(rows["expected numbers"][1])
        exact_mean, exact_variance = rows["exact moments"][3:]
        expected = rows["expected numbers"][3]

    print(f"{options.people:,} people, {options.years} years, one thread each; medians of {options.rounds} rounds.\n")
    print("| | futures | seconds a future | people-years a second | times NumPy | mean headcount | standard deviation |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    base = statistics.median(seconds["NumPy, person by person"])
    faults = []
    for name, taken in seconds.items():
        took = statistics.median(taken)
        if name in samples:
            mean, variance, n = pooled(*zip(*samples[name]))
            shown = [f"{n}", f"{took:.3g}", f"{statistics.median(rates[name]):.3g}"]
            error = math.sqrt(exact_variance / n)
            if abs(mean - exact_mean) > TOO_FAR * error:
                faults.append(f"{name}: a mean of {mean:,.1f} for {exact_mean:,.1f}, standard error {error:.1f}")
            # A headcount this large is nearly normal, so the variance of n futures is out by sqrt(2 / (n - 1)) of itself.
            if abs(variance / exact_variance - 1) > TOO_FAR * math.sqrt(2 / (n - 1)):
                faults.append(f"{name}: a variance of {variance:,.1f} for {exact_variance:,.1f} from {n} futures")
            spread = f"{math.sqrt(variance):,.0f} ± {math.sqrt(variance / (2 * (n - 1))):,.0f}"
            shown += [f"{base / took:.3g}", f"{mean:,.0f} ± {math.sqrt(variance / n):,.0f}", spread]
        else:
            exact = name.endswith("variance")
            shown = ["", f"{took:.3g}", "", f"{base / took:.3g}", f"{exact_mean if exact else expected:,.1f}"]
            shown.append(f"{math.sqrt(exact_variance):,.1f}" if exact else "")
        print(f"| {name} | {' | '.join(shown)} |")
    if abs(expected / exact_mean - 1) > 1e-12:
        faults.append(f"the expected headcount is {expected:,.3f} and the exact mean {exact_mean:,.3f}")
    if faults:
        sys.exit("\n".join(faults))


if __name__ == "__main__":
    main()
