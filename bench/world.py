#!/usr/bin/env python3
"""A workforce that does not exist, at four sizes: as a plan for Muster, and as arrays for hand-written kernels.

    bench/world.py --size s --out target/bench/worlds/s

Every number is invented. The same size and seed give the same files, byte for byte. What is written:

    plans/world/          the plan
    plans/world-ranges/   the same plan, where a later book adds ranges to the same values: work for draws
    books/world/          the book; books/ranges/ is the later one
    sources/invented.toml says that nothing here was measured
    arrays.npz            what Muster resolves the plan into, worked out here by itself
    multipliers.bin       with --draws: little-endian doubles, [draw][lever][profession], levers in the order of `LEVERS`
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Iterable, Sequence

import numpy as np

SIZES = {"xs": (5, 3), "s": (52, 7), "m": (52, 42), "l": (52, 210)}
YEARS = 15
BASELINE = 2021
AGES = range(16, 76)
CITIZEN_AGES = range(0, 91)
STAFF_BANDS = [(16, 19), *((age, age + 4) for age in range(20, 70, 5)), (70, 75)]
CITIZEN_BANDS = [*((age, age + 9) for age in range(0, 80, 10)), (80, 90)]
ENTRY_BANDS = [(18, 20), (21, 29), (30, 45)]
SETTINGS = ["acute", "community", "mental_health", "primary_care", "ambulance"]
GROUPS = ["nursing", "medical", "allied", "support"]
LEVERS = ["leaver", "intake", "demand", "wider_market"]
FIRST_INTAKE = 2012


@dataclass(frozen=True)
class World:
    """What the book says. Arrays with a last axis of two hold a value at the baseline and one fifteen years on."""

    professions: int
    areas: int
    group: np.ndarray
    setting: np.ndarray
    stock_fte: np.ndarray
    local_stock_fte: np.ndarray
    demand_fte: np.ndarray
    earnings_gbp: np.ndarray
    age_share: np.ndarray
    participation: np.ndarray
    leaver: np.ndarray
    joiner_share: np.ndarray
    wider_market: np.ndarray
    returner: np.ndarray
    international: np.ndarray
    temporary_fill: np.ndarray
    skill_mix: np.ndarray
    place_share: np.ndarray
    fills: np.ndarray
    length: np.ndarray
    intake: np.ndarray
    attrition: np.ndarray
    join_share: np.ndarray
    entry_share: np.ndarray
    moves: np.ndarray
    move_share: np.ndarray
    population: np.ndarray
    use_by_age: np.ndarray
    other_growth: np.ndarray
    setting_shift: np.ndarray
    productivity_growth: float = 0.008
    on_cost: float = 1.28
    real_pay_growth: float = 0.005
    temporary_premium: float = 1.25

    def local_profession(self, area: int) -> int:
        """The one profession whose stock an area states by itself, so that areas are not all the same in small."""
        return area % self.professions


def imagine(professions: int, areas: int, seed: int = 1) -> World:
    """Invents a world of this shape."""
    draw = np.random.default_rng([seed, professions, areas])
    per_profession = lambda low, high: draw.uniform(low, high, professions)
    group = np.arange(professions) % len(GROUPS)
    stock_fte = draw.lognormal(9.0, 1.0, professions)
    taught = np.flatnonzero(np.arange(professions) % 5 != 4)
    base_leaver = per_profession(0.05, 0.10)
    place_share = draw.uniform(0.5, 1.5, (areas, len(SETTINGS)))
    place_share /= place_share.sum(axis=0)
    # Everyone works in one setting, so that cells are professions × areas in Muster and in an exported model alike.
    setting = np.zeros(professions, dtype=np.int64)
    own = np.arange(areas) % professions
    intake = stock_fte[taught] * draw.uniform(0.03, 0.06, taught.size)
    # Every fifth profession is untaught and moves into the one before it; so do a few that are taught.
    movers = [p for p in range(1, professions) if p % 5 == 4 or p % 7 == 3]
    return World(
        professions=professions,
        areas=areas,
        group=group,
        setting=setting,
        stock_fte=stock_fte,
        local_stock_fte=stock_fte[own] * place_share[np.arange(areas), setting[own]] * draw.uniform(0.7, 1.3, areas),
        demand_fte=stock_fte * per_profession(1.02, 1.12),
        earnings_gbp=per_profession(24_000, 110_000),
        age_share=_shares(draw, len(GROUPS), [0.2, 1, 2, 2.4, 2.4, 2.3, 2.2, 2, 1.6, 0.8, 0.3, 0.1]),
        participation=draw.uniform(0.75, 0.98, (len(GROUPS), len(STAFF_BANDS), 1)) * np.array([1.0, 0.97]),
        leaver=base_leaver[:, None, None] * LEAVER_SHAPE[:, None] * draw.uniform(0.85, 1.1, (professions, 1, 2)),
        joiner_share=_shares(draw, len(GROUPS), [0.3, 2, 2.5, 2, 1.5, 1, 0.7, 0.5, 0.3, 0.1, 0, 0]),
        wider_market=per_profession(0.01, 0.04),
        returner=draw.uniform(0.005, 0.02, areas),
        international=stock_fte * per_profession(0.0, 0.02),
        temporary_fill=draw.uniform(0.3, 0.7, len(GROUPS)),
        skill_mix=np.stack([np.ones(professions), per_profession(0.95, 1.1)], axis=-1),
        place_share=place_share,
        fills=taught,
        length=draw.integers(3, 6, taught.size),
        intake=intake[:, None] * np.stack([np.ones(taught.size), draw.uniform(1.0, 1.8, taught.size)], axis=-1),
        attrition=draw.uniform(0.05, 0.25, taught.size),
        join_share=draw.uniform(0.7, 0.95, taught.size),
        entry_share=_shares(draw, taught.size, [6, 3, 1]),
        moves=np.array([(p, p - 1) for p in movers], dtype=np.int64).reshape(-1, 2),
        move_share=draw.uniform(0.01, 0.05, len(movers)),
        population=_population(draw),
        use_by_age=draw.uniform(0.7, 1.3, (len(SETTINGS), 1)) * np.array([0.9, 0.6, 0.7, 0.8, 0.9, 1.1, 1.5, 2.2, 3.1]),
        other_growth=draw.uniform(0.005, 0.02, len(SETTINGS)),
        setting_shift=np.stack([np.ones(len(SETTINGS)), draw.uniform(0.97, 1.05, len(SETTINGS))], axis=-1),
    )


LEAVER_SHAPE = np.array([1.6, 1.3, 1.1, 1.0, 0.9, 0.8, 0.8, 0.9, 1.8, 3.0, 3.5, 4.0])


def _shares(draw: np.random.Generator, rows: int, shape: Sequence[float]) -> np.ndarray:
    """Rows that add to 1, each near a shape."""
    rough = draw.uniform(0.8, 1.2, (rows, len(shape))) * np.array(shape)
    return rough / rough.sum(axis=1, keepdims=True)


def _population(draw: np.random.Generator) -> np.ndarray:
    """People of each age by band of ages, at the baseline and fifteen years on."""
    people = np.array([680, 660, 720, 740, 720, 740, 590, 470, 240]) * 1000.0
    growth = np.linspace(0.95, 1.35, len(CITIZEN_BANDS)) * draw.uniform(0.98, 1.02, len(CITIZEN_BANDS))
    return np.stack([people, people * growth], axis=-1)


# What the plan resolves into.


def resolve(world: World) -> dict[str, np.ndarray]:
    """The arrays a projection needs, as `crates/muster-book/src/resolve.rs` makes them: cells are [area, profession]."""
    staff = np.arange(YEARS + 1) / YEARS
    along = lambda pair: pair[..., :1] + (pair[..., 1:] - pair[..., :1]) * staff
    participation = _by_age(np.moveaxis(along(world.participation), -1, 1), STAFF_BANDS, AGES)[world.group]
    age_share = _by_age(world.age_share, STAFF_BANDS, AGES, spread=True)[world.group]
    share = world.place_share[:, world.setting]
    stock_fte = world.stock_fte * share
    areas = np.arange(world.areas)
    stock_fte[areas, areas % world.professions] = world.local_stock_fte
    headcount = stock_fte / (age_share * participation[:, 0]).sum(axis=1)
    years = np.arange(1, YEARS + 1)
    withdrawal = -np.expm1(np.log1p(-world.attrition) / world.length)
    return {
        "opening": headcount[..., None] * age_share,
        "leaver": _by_age(np.moveaxis(along(world.leaver)[..., 1:], -1, 1), STAFF_BANDS, AGES),
        "participation": participation,
        "joiner_ages": _by_age(world.joiner_share, STAFF_BANDS, AGES, spread=True)[world.group],
        "wider_market": world.wider_market,
        "returner": world.returner,
        "international": world.international * share,
        "students": _students(world, share[:, world.fills], withdrawal),
        "intake": share[:, world.fills, None] * _intake(world, BASELINE + years),
        "withdrawal": withdrawal,
        "join_share": world.join_share,
        "length": world.length,
        "fills": world.fills,
        "ages_at_completion": _ages_at_completion(world),
        "move_from": world.moves[:, 0],
        "move_to": world.moves[:, 1],
        "move_share": world.move_share,
        "demand_base": world.demand_fte * share,
        "setting": world.setting,
        "skill_mix": along(world.skill_mix),
        "population": _by_age(np.moveaxis(along(world.population), -1, 0), CITIZEN_BANDS, CITIZEN_AGES),
        "use_by_age": _by_age(world.use_by_age, CITIZEN_BANDS, CITIZEN_AGES),
        "other_growth": world.other_growth,
        "setting_shift": along(world.setting_shift),
        "productivity_growth": np.array(world.productivity_growth),
        "temporary_fill": world.temporary_fill[world.group],
        "earnings_gbp": world.earnings_gbp,
        "on_cost": np.array(world.on_cost),
        "real_pay_growth": np.array(world.real_pay_growth),
        "temporary_premium": np.array(world.temporary_premium),
    }


def _by_age(values: np.ndarray, bands: Sequence[tuple[int, int]], ages: range, spread: bool = False) -> np.ndarray:
    """Values by band as values by single age; a share of a band is spread evenly over it."""
    lengths = np.array([high - low + 1 for low, high in bands])
    which = np.repeat(np.arange(len(bands)), lengths)
    wide = (values / lengths if spread else values)[..., which]
    full = np.zeros((*wide.shape[:-1], len(ages)))
    start = bands[0][0] - ages[0]
    full[..., start : start + len(which)] = wide
    return full


def _intake(world: World, years: np.ndarray) -> np.ndarray:
    """England's starters by programme in financial years that begin in `years`."""
    along = (years - FIRST_INTAKE) / (BASELINE + YEARS - FIRST_INTAKE)
    return world.intake[:, :1] + (world.intake[:, 1:] - world.intake[:, :1]) * along


def _students(world: World, share: np.ndarray, withdrawal: np.ndarray) -> np.ndarray:
    """Students at the baseline, [area, programme, year of study]; years of study beyond the course are empty."""
    ago = np.arange(world.length.max())
    national = _intake(world, BASELINE - ago) * (1 - withdrawal[:, None]) ** ago
    national[ago >= world.length[:, None]] = 0.0
    return share[..., None] * national


def _ages_at_completion(world: World) -> np.ndarray:
    """Ages at entry, moved up by the length of the course."""
    ages = _by_age(world.entry_share, ENTRY_BANDS, AGES, spread=True)
    return np.stack([np.roll(row, years) for row, years in zip(ages, world.length)])


# The plan as files.

PASSPORT = 'kind = "derived"\nsource = "invented"\nwhere = "bench/world.py"\nwhy = "Invented for the benchmark."\n'
FROM = f"{BASELINE}-04-01"
TO = f"{BASELINE + YEARS}-04-01"
UNITS = {
    "stock_fte": "FTE",
    "setting_share": "share of the profession",
    "age_share": "share of headcount",
    "participation": "FTE per head",
    "leaver_rate": "share of opening headcount, per year",
    "returner_rate": "joiners per opening head, per year",
    "wider_market_rate": "joiners per opening head, per year",
    "international_headcount": "people per year",
    "joiner_age_share": "share of joiners",
    "training_intake": "people per year",
    "course_attrition": "share of starters, whole course",
    "training_join_share": "share of those who complete",
    "entry_age_share": "share of starters",
    "move_share": "share per year",
    "demand_fte": "FTE",
    "population": "people",
    "use_by_age": "relative use per person",
    "other_growth": "growth per year",
    "setting_shift": "multiplier",
    "productivity_growth": "growth per year",
    "skill_mix": "multiplier",
    "temporary_fill": "share of gap",
    "earnings_gbp": "GBP per FTE per year",
    "on_cost": "multiplier",
    "real_pay_growth": "growth per year",
    "temporary_premium": "multiplier",
    "place_share": "share of England",
}
FOLDERS = {
    "supply": ["stock_fte", "setting_share", "age_share", "participation", "leaver_rate", "returner_rate"]
    + ["wider_market_rate", "international_headcount", "joiner_age_share", "move_share"],
    "training": ["training_intake", "course_attrition", "training_join_share", "entry_age_share"],
    "demand": ["demand_fte", "population", "use_by_age", "other_growth", "setting_shift", "productivity_growth"]
    + ["skill_mix", "temporary_fill"],
    "money": ["earnings_gbp", "on_cost", "real_pay_growth", "temporary_premium"],
    "places": ["place_share"],
}
# What the later book gives a range to, and how wide: this share to either side.
RANGES = {"leaver_rate": 0.1, "training_intake": 0.15, "demand_fte": 0.04, "wider_market_rate": 0.3}

Row = dict[str, object]


def profession_id(index: int) -> str:
    """The name of a profession in books, columns and models."""
    return f"p{index + 1:02d}"


def programme_id(world: World, index: int) -> str:
    """The name of the programme that fills a profession."""
    return f"{profession_id(world.fills[index])}-course"


def area_code(index: int) -> str:
    """A place code; codes sort in the order of areas, which is the order of results."""
    return f"A{index + 1:03d}"


def _band(ages: tuple[int, int]) -> str:
    return f"{ages[0]}-{ages[1]}"


def _dated(row: Row, pair: np.ndarray) -> Iterable[Row]:
    """A value at the baseline and one at the horizon, with a straight line between."""
    yield {**row, "from": FROM, "value": pair[0]}
    yield {**row, "from": TO, "value": pair[1]}


def _tables(world: World) -> dict[str, list[Row]]:
    """The rows of every measure."""
    professions = [profession_id(p) for p in range(world.professions)]
    programmes = [programme_id(world, g) for g in range(world.fills.size)]
    of = lambda column, names, values: [{column: name, "value": value} for name, value in zip(names, values)]
    by_band = lambda column, names, bands, values: [
        {column: name, "age": _band(band), "value": values[i, b]}
        for i, name in enumerate(names)
        for b, band in enumerate(bands)
        if values[i, b] > 0
    ]
    dated = lambda column, names, values: [
        row for name, pair in zip(names, values) for row in _dated({column: name}, pair)
    ]
    dated_by_band = lambda column, names, bands, values: [
        row
        for i, name in enumerate(names)
        for b, band in enumerate(bands)
        for row in _dated({column: name, "age": _band(band)}, values[i, b])
    ]
    one = lambda value: [{"value": value}]
    start, end = f"{FIRST_INTAKE}-09-01", f"{BASELINE + YEARS}-09-01"
    return {
        "stock_fte": of("profession", professions, world.stock_fte)
        + [
            {"profession": professions[world.local_profession(r)], "place": area_code(r), "value": stock}
            for r, stock in enumerate(world.local_stock_fte)
        ],
        "setting_share": [
            {"profession": name, "setting": SETTINGS[setting], "value": 1.0}
            for name, setting in zip(professions, world.setting)
        ],
        "age_share": by_band("group", GROUPS, STAFF_BANDS, world.age_share),
        "participation": dated_by_band("group", GROUPS, STAFF_BANDS, world.participation),
        "leaver_rate": dated_by_band("profession", professions, STAFF_BANDS, world.leaver),
        "returner_rate": one(0.01) + of("place", map(area_code, range(world.areas)), world.returner),
        "wider_market_rate": of("profession", professions, world.wider_market),
        "international_headcount": of("profession", professions, world.international),
        "joiner_age_share": by_band("group", GROUPS, STAFF_BANDS, world.joiner_share),
        "training_intake": [
            {"programme": name, "from": date, "value": value}
            for name, pair in zip(programmes, world.intake)
            for date, value in zip((start, end), pair)
        ],
        "course_attrition": of("programme", programmes, world.attrition),
        "training_join_share": of("programme", programmes, world.join_share),
        "entry_age_share": by_band("programme", programmes, ENTRY_BANDS, world.entry_share),
        "move_share": of("move", map(_move_id, world.moves), world.move_share),
        "demand_fte": of("profession", professions, world.demand_fte),
        "population": [
            row for band, pair in zip(CITIZEN_BANDS, world.population) for row in _dated({"age": _band(band)}, pair)
        ],
        "use_by_age": by_band("setting", SETTINGS, CITIZEN_BANDS, world.use_by_age),
        "other_growth": of("setting", SETTINGS, world.other_growth),
        "setting_shift": dated("setting", SETTINGS, world.setting_shift),
        "productivity_growth": one(world.productivity_growth),
        "skill_mix": dated("profession", professions, world.skill_mix),
        "temporary_fill": of("group", GROUPS, world.temporary_fill),
        "earnings_gbp": of("profession", professions, world.earnings_gbp),
        "on_cost": one(world.on_cost),
        "real_pay_growth": one(world.real_pay_growth),
        "temporary_premium": one(world.temporary_premium),
        "place_share": [
            {"place": area_code(r), "setting": setting, "value": world.place_share[r, s]}
            for r in range(world.areas)
            for s, setting in enumerate(SETTINGS)
        ],
    }


def _move_id(pair: np.ndarray) -> str:
    return f"{profession_id(pair[0])}-to-{profession_id(pair[1])}"


def write_plan(world: World, folder: Path) -> None:
    """Writes the plan, its books and their source; shares of places only where there is more than England."""
    tables = _tables(world)
    _write(folder / "sources/invented.toml", INVENTED)
    book = folder / "books/world"
    _write(book / "book.toml", _book_toml("world", "A workforce that does not exist"))
    _write(book / "professions.toml", _professions_toml(world))
    _write(book / "programmes.toml", _programmes_toml(world))
    _write(book / "moves.toml", _moves_toml(world))
    _write(book / "places.csv", _places_csv(world))
    for name, measures in FOLDERS.items():
        for measure in measures:
            _write_measure(book / name, measure, tables[measure])
    later = folder / "books/ranges"
    _write(later / "book.toml", _book_toml("ranges", "Ranges for the same values"))
    for measure, width in RANGES.items():
        _write_measure(later, measure, [_with_range(row, width) for row in tables[measure]])
    _write(folder / "plans/world/plan.toml", _plan_toml("world", ["world"]))
    _write(folder / "plans/world-ranges/plan.toml", _plan_toml("world-ranges", ["world", "ranges"]))


INVENTED = """title     = "Invented numbers for a benchmark"
publisher = "bench/world.py"
licence   = "own work"
grade     = "J"
about     = "Every number was drawn at random, to time programs with. None was measured; none is about real staff or places."
"""


def _with_range(row: Row, width: float) -> Row:
    value = float(row["value"])
    return {**row, "low": value * (1 - width), "high": value * (1 + width)}


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def _write_measure(folder: Path, measure: str, rows: list[Row]) -> None:
    """A measure's file, and the table beside it."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    written = lambda value: repr(float(value)) if isinstance(value, (float, np.floating)) else str(value)
    lines = [",".join(columns)]
    lines += [",".join(written(row.get(column, "")) for column in columns) for row in rows]
    _write(folder / f"{measure}.csv", "\n".join(lines) + "\n")
    price_year = 'price_year = "2021/22"\n' if measure == "earnings_gbp" else ""
    _write(
        folder / f"{measure}.toml",
        f'measure = "{measure}"\nabout = "Invented."\nunit = "{UNITS[measure]}"\n{price_year}interpolation = "linear"\n'
        f'checked = 2026-11-23\n\n[table]\nfile = "{measure}.csv"\nfrom = {FROM}\n{PASSPORT}',
    )


def _book_toml(name: str, title: str) -> str:
    return f'id = "{name}"\ntitle = "{title}"\nplace = "ENG"\nbaseline = {BASELINE + 1}-03-31\n'


def _plan_toml(name: str, books: list[str]) -> str:
    paths = ", ".join(f'"../../books/{book}"' for book in books)
    first, last = BASELINE, BASELINE + YEARS
    years = f'from = "{first}/{(first + 1) % 100}"\nto = "{last}/{(last + 1) % 100}"\n'
    about = "Invented numbers, to time programs with. Nothing here is about any real staff or place."
    return (
        f'id = "{name}"\ntitle = "A workforce that does not exist"\nplace = "ENG"\n{years}'
        f'books = [{paths}]\nsources = "../../sources"\nabout = "{about}"\n'
    )


def _professions_toml(world: World) -> str:
    groups = "".join(f'[[group]]\nid = "{name}"\ntitle = "{name.title()}"\n\n' for name in GROUPS)
    return groups + "".join(
        f'[[profession]]\nid = "{profession_id(p)}"\ntitle = "Profession {p + 1}"\ngroup = "{GROUPS[world.group[p]]}"\n'
        f'settings = ["{SETTINGS[world.setting[p]]}"]\n\n'
        for p in range(world.professions)
    )


def _programmes_toml(world: World) -> str:
    return "".join(
        f'[[programme]]\nid = "{programme_id(world, g)}"\ntitle = "Course of profession {profession + 1}"\n'
        f'fills = "{profession_id(profession)}"\nlength_years = {world.length[g]}\n\n'
        for g, profession in enumerate(world.fills)
    )


def _moves_toml(world: World) -> str:
    return "".join(
        f'[[move]]\nid = "{_move_id(pair)}"\ntitle = "From profession {pair[0] + 1} to {pair[1] + 1}"\n'
        f'from = "{profession_id(pair[0])}"\nto = "{profession_id(pair[1])}"\nhow = "rate"\n\n'
        for pair in world.moves
    )


def _places_csv(world: World) -> str:
    regions = [f"Y{region + 1:02d}" for region in range(min(7, world.areas))]
    lines = ["code,name,kind,parent,from,to,successor,source", "ENG,England,country,,,,,invented"]
    lines += [f"{code},Region {i + 1},region,ENG,,,,invented" for i, code in enumerate(regions)]
    lines += [f"{area_code(r)},Area {r + 1},system,{regions[r % len(regions)]},,,,invented" for r in range(world.areas)]
    return "\n".join(lines) + "\n"


# Multipliers for many draws.


def multipliers(professions: int, draws: int, seed: int = 1) -> np.ndarray:
    """Multipliers by draw, lever and profession, between 0.8 and 1.25, of which the middle is 1."""
    draw = np.random.default_rng([seed, professions, draws, len(LEVERS)])
    return np.exp(draw.normal(0.0, 0.07, (draws, len(LEVERS), professions)).clip(-0.22, 0.22))


def write(size: str, folder: Path, seed: int = 1, draws: int = 0) -> None:
    """Writes a world of one of the four sizes: plan, arrays and, where draws are wanted, multipliers."""
    world = imagine(*SIZES[size], seed)
    write_plan(world, folder)
    np.savez(folder / "arrays.npz", **resolve(world))
    if draws:
        multipliers(world.professions, draws, seed).astype("<f8").tofile(folder / "multipliers.bin")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", choices=SIZES, default="s", help="professions × areas: " + str(SIZES))
    parser.add_argument("--out", type=Path, required=True, help="the folder to write to")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--draws", type=int, default=0, help="how many draws of multipliers to write; none without it")
    args = parser.parse_args()
    write(args.size, args.out, args.seed, args.draws)


if __name__ == "__main__":
    main()
