"""The same loops as kernel.c, as Numba compiles them: plain Python functions, so that each can be compiled with and without threads."""

from __future__ import annotations

import numba
import numpy as np

from kernels import Arrays, Kernel, results

# Draws side by side in the innermost loop.
LANES = 32


def _one_run(opening, leaver, participation, joiner_ages, wider_market, returner, international, qualified, programme_of,
             ages_at_completion, move_to, move_share):
    """Headcount and FTE, [2, area, profession, year]."""
    areas, professions, ages = opening.shape
    years = leaver.shape[1]
    out = np.empty((2, areas, professions, years + 1))
    for area in numba.prange(areas):
        incoming = np.zeros((professions, years, ages))
        for p in range(professions - 1, -1, -1):
            people = opening[area, p].copy()
            programme = programme_of[p]
            heads = 0.0
            fte = 0.0
            for age in range(ages):
                heads += people[age]
                fte += people[age] * participation[p, 0, age]
            out[0, area, p, 0] = heads
            out[1, area, p, 0] = fte
            for year in range(years):
                joining = (returner[area] + wider_market[p]) * heads + international[area, p]
                new = qualified[year, area, programme] if programme >= 0 else 0.0
                moving = move_share[p]
                for age in range(ages):
                    people[age] -= people[age] * leaver[p, year, age]
                if moving > 0.0:
                    for age in range(ages):
                        incoming[move_to[p], year, age] += people[age] * moving
                        people[age] -= people[age] * moving
                for age in range(ages):
                    people[age] += incoming[p, year, age] + new * ages_at_completion[p, age] + joining * joiner_ages[p, age]
                oldest = people[ages - 1]
                for age in range(ages - 1, 0, -1):
                    people[age] = people[age - 1]
                people[0] = 0.0
                people[ages - 1] += oldest
                heads = 0.0
                fte = 0.0
                for age in range(ages):
                    heads += people[age]
                    fte += people[age] * participation[p, year + 1, age]
                out[0, area, p, year + 1] = heads
                out[1, area, p, year + 1] = fte
    return out


def _many_draws(multipliers, opening, leaver, participation, joiner_ages, wider_market, returner, international, qualified,
                programme_of, length, ages_at_completion, move_to, move_share, fte_out):
    """FTE of every draw into `fte_out`, [area, profession, year, draw]; `multipliers` is [lever, profession, draw], whole blocks."""
    areas, professions, ages = opening.shape
    years = leaver.shape[1]
    for block in numba.prange(multipliers.shape[2] // LANES):
        first = block * LANES
        people = np.empty((years + ages, LANES))
        incoming = np.empty((professions, years, ages, LANES))
        heads = np.empty(LANES)
        work = np.empty(LANES)
        joining = np.empty(LANES)
        new = np.empty(LANES)
        for area in range(areas):
            incoming[:] = 0.0
            for p in range(professions - 1, -1, -1):
                programme = programme_of[p]
                top = years
                for lane in range(LANES):
                    heads[lane] = 0.0
                    work[lane] = 0.0
                for age in range(ages):
                    for lane in range(LANES):
                        people[top + age, lane] = opening[area, p, age]
                        heads[lane] += opening[area, p, age]
                        work[lane] += opening[area, p, age] * participation[p, 0, age]
                for lane in range(LANES):
                    fte_out[area, p, 0, first + lane] = work[lane]
                leave = multipliers[0, p, first : first + LANES]
                moving = move_share[p]
                for year in range(years):
                    for lane in range(LANES):
                        rate = returner[area] + wider_market[p] * multipliers[3, p, first + lane]
                        joining[lane] = rate * heads[lane] + international[area, p]
                        new[lane] = 0.0
                        if programme >= 0:
                            changed = multipliers[1, p, first + lane] if year >= length[programme] else 1.0
                            new[lane] = qualified[year, area, programme] * changed
                        heads[lane] = 0.0
                        work[lane] = 0.0
                    if moving > 0.0:
                        to = incoming[move_to[p], year]
                        for age in range(ages):
                            for lane in range(LANES):
                                staying = people[top + age, lane] * (1.0 - leaver[p, year, age] * leave[lane])
                                to[age, lane] += staying * moving
                    came = incoming[p, year]
                    for age in range(ages):
                        gone, done, joins = leaver[p, year, age], ages_at_completion[p, age], joiner_ages[p, age]
                        hours = participation[p, year + 1, min(age + 1, ages - 1)]
                        for lane in range(LANES):
                            n = people[top + age, lane] * (1.0 - gone * leave[lane]) * (1.0 - moving)
                            n += came[age, lane] + new[lane] * done + joining[lane] * joins
                            people[top + age, lane] = n
                            heads[lane] += n
                            work[lane] += n * hours
                    # A year older: everyone is one place further down, and those of the oldest age stay there.
                    for lane in range(LANES):
                        people[top + ages - 2, lane] += people[top + ages - 1, lane]
                    top -= 1
                    for lane in range(LANES):
                        people[top, lane] = 0.0
                        fte_out[area, p, year + 1, first + lane] = work[lane]


def _compile(function, threads: int):
    return numba.njit(fastmath=True, parallel=threads > 1, error_model="numpy")(function)


_one_run_on = {False: _compile(_one_run, 1), True: _compile(_one_run, 2)}
_many_draws_on = {False: _compile(_many_draws, 1), True: _compile(_many_draws, 2)}


def numba_kernel(world: Arrays, threads: int) -> Kernel:
    """Fused loops, on this many threads."""
    from kernels import joined

    professions = world["setting"].size
    programme_of = np.full(professions, -1, dtype=np.int64)
    programme_of[world["fills"]] = np.arange(world["fills"].size)
    at_completion = np.zeros((professions, world["opening"].shape[-1]))
    at_completion[world["fills"]] = world["ages_at_completion"]
    move_to, move_share = np.zeros(professions, dtype=np.int64), np.zeros(professions)
    move_to[world["move_from"]], move_share[world["move_from"]] = world["move_to"], world["move_share"]
    common = [world[name] for name in ("opening", "leaver", "participation", "joiner_ages", "wider_market", "returner")]
    common.append(world["international"])
    years = world["leaver"].shape[1]
    kept: dict[tuple[int, ...], np.ndarray] = {}

    def project() -> np.ndarray:
        numba.set_num_threads(threads)
        qualified = joined(world, years)
        stocks = _one_run_on[threads > 1](*common, qualified, programme_of, at_completion, move_to, move_share)
        return results(world, stocks[0], stocks[1])

    def draws(multipliers: np.ndarray) -> np.ndarray:
        numba.set_num_threads(threads)
        qualified = joined(world, years)
        count = -(-len(multipliers) // LANES) * LANES
        filled = np.ones((*multipliers.shape[1:], count))
        filled[..., : len(multipliers)] = np.moveaxis(multipliers, 0, -1)
        shape = (*world["opening"].shape[:2], years + 1, count)
        fte = kept.setdefault(shape, np.zeros(shape))
        _many_draws_on[threads > 1](filled, *common, qualified, programme_of, world["length"], at_completion, move_to, move_share, fte)
        return fte[..., : len(multipliers)]

    as_cells = lambda fte: fte.reshape(-1, *fte.shape[2:]).transpose(2, 0, 1)
    return Kernel("Numba, fused by hand", threads, project, draws, as_cells)
