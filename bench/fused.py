"""The same loops as kernel.c, compiled by Numba: functions in plain Python, each compiled with threads and without."""

from __future__ import annotations

import numba
import numpy as np

from kernels import FIELDS, Arrays, Kernel

# Draws side by side in the innermost loop.
LANES = 32
FIELD_COUNT = len(FIELDS)

quick = numba.njit(fastmath=True, error_model="numpy")


@quick
def _qualified(students, intake, withdrawal, join_share, length):
    """People who join from each programme, [year, area, programme]."""
    areas, programmes, years = intake.shape
    joined = np.empty((years, areas, programmes))
    for area in range(areas):
        for programme in range(programmes):
            stages = students[area, programme].copy()
            staying = 1.0 - withdrawal[programme]
            last = length[programme] - 1
            for year in range(years):
                joined[year, area, programme] = stages[last] * staying * join_share[programme]
                for stage in range(last, 0, -1):
                    stages[stage] = stages[stage - 1] * staying
                stages[0] = intake[area, programme, year]
    return joined


@quick
def _demand_index(population, use_by_age, other_growth, productivity_growth, setting_shift):
    """Demand by setting and year as a multiple of the baseline, before skill mix."""
    years, settings = population.shape[0], use_by_age.shape[0]
    index = np.empty((settings, years))
    for setting in range(settings):
        growth, at_baseline = 1.0, 1.0
        for year in range(years):
            need = 0.0
            for age in range(population.shape[1]):
                need += population[year, age] * use_by_age[setting, age]
            if year == 0:
                at_baseline = need
            shift = setting_shift[setting, year] / setting_shift[setting, 0]
            index[setting, year] = need / at_baseline * growth * shift
            growth *= (1.0 + other_growth[setting]) / (1.0 + productivity_growth)
    return index


@quick
def _write(out, area, p, year, heads, fte, demand, fill, cost, premium):
    """Every field of one cell and year."""
    gap = demand - fte
    temporary = fill * max(gap, 0.0)
    values = (heads, fte, demand, gap, temporary, fte * cost, temporary * cost * premium)
    for field in range(FIELD_COUNT):
        out[field, area, p, year] = values[field]


def _one_run(
    opening,
    leaver,
    participation,
    joiner_ages,
    wider_market,
    returner,
    international,
    qualified,
    programme_of,
    ages_at_completion,
    move_to,
    move_share,
    demand_base,
    index,
    setting,
    skill_mix,
    fill,
    earnings,
    money,
):
    """Every field, [field, area, profession, year]; `money` is on-cost, pay growth and the premium of temporary staff."""
    areas, professions, ages = opening.shape
    years = leaver.shape[1]
    on_cost, pay_growth, premium = money
    out = np.empty((FIELD_COUNT, areas, professions, years + 1))
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
            cost = earnings[p] * on_cost
            base = demand_base[area, p] / skill_mix[p, 0]
            _write(out, area, p, 0, heads, fte, base * index[setting[p], 0] * skill_mix[p, 0], fill[p], cost, premium)
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
                    people[age] += (
                        incoming[p, year, age] + new * ages_at_completion[p, age] + joining * joiner_ages[p, age]
                    )
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
                cost *= 1.0 + pay_growth
                demand = base * index[setting[p], year + 1] * skill_mix[p, year + 1]
                _write(out, area, p, year + 1, heads, fte, demand, fill[p], cost, premium)
    return out


def _many_draws(
    multipliers,
    opening,
    leaver,
    participation,
    joiner_ages,
    wider_market,
    returner,
    international,
    qualified,
    programme_of,
    length,
    ages_at_completion,
    move_to,
    move_share,
    fte_out,
):
    """FTE of every draw into `fte_out`, [area, profession, year, draw].

    `multipliers` is [lever, profession, draw], and draws come in whole blocks.
    """
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
    professions = world["setting"].size
    programme_of = np.full(professions, -1, dtype=np.int64)
    programme_of[world["fills"]] = np.arange(world["fills"].size)
    at_completion = np.zeros((professions, world["opening"].shape[-1]))
    at_completion[world["fills"]] = world["ages_at_completion"]
    move_to, move_share = np.zeros(professions, dtype=np.int64), np.zeros(professions)
    move_to[world["move_from"]], move_share[world["move_from"]] = world["move_to"], world["move_share"]
    common = [world[name] for name in ("opening", "leaver", "participation", "joiner_ages", "wider_market", "returner")]
    common.append(world["international"])
    of = lambda *names: [np.ascontiguousarray(world[name]) for name in names]
    students = of("students", "intake", "withdrawal", "join_share", "length")
    drivers = of("population", "use_by_age", "other_growth")
    drivers += [world["productivity_growth"].item(), *of("setting_shift")]
    moves = [at_completion, move_to, move_share]
    cells = of("setting", "skill_mix", "temporary_fill", "earnings_gbp")
    money = tuple(world[name].item() for name in ("on_cost", "real_pay_growth", "temporary_premium"))
    years = world["leaver"].shape[1]
    kept: dict[tuple[int, ...], np.ndarray] = {}

    def project() -> np.ndarray:
        numba.set_num_threads(threads)
        index = _demand_index(*drivers)
        run = _one_run_on[threads > 1]
        return run(*common, _qualified(*students), programme_of, *moves, *of("demand_base"), index, *cells, money)

    def draws(multipliers: np.ndarray) -> np.ndarray:
        numba.set_num_threads(threads)
        count = -(-len(multipliers) // LANES) * LANES
        filled = np.ones((*multipliers.shape[1:], count))
        filled[..., : len(multipliers)] = np.moveaxis(multipliers, 0, -1)
        shape = (*world["opening"].shape[:2], years + 1, count)
        fte = kept.setdefault(shape, np.zeros(shape))
        run = _many_draws_on[threads > 1]
        run(filled, *common, _qualified(*students), programme_of, world["length"], *moves, fte)
        return fte[..., : len(multipliers)]

    as_cells = lambda fte: fte.reshape(-1, *fte.shape[2:]).transpose(2, 0, 1)
    return Kernel("Numba, fused by hand", threads, project, draws, as_cells)
