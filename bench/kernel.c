/* The yearly step of crates/muster-engine/src/step.rs, with demand.rs and cost.rs, fused by hand.
 *
 * What a good C programmer would write for one known world and nothing else: cell by cell, all years of a cell inside, the people of the
 * cell in the first-level cache. It is the yardstick for Muster's own speed, not a part of Muster.
 *
 * Two things make it quick. A year older is a pointer one place further down: nobody is copied. And moves lead from a profession to one
 * before it in the list, so going down the list meets everyone who moves before the profession they move to.
 *
 * Build:  cc -O3 -march=native -shared -fPIC -pthread -o kernel.so kernel.c
 * The arrays are those of arrays.npz, ages filled up to 64: with noughts, hours with those of the last age. */

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { AGES = 60, WIDTH = 64, CITIZENS = 91, SETTINGS = 5, STAGES = 5, MOST_YEARS = 32, MOST_THREADS = 64 };
enum { HEADCOUNT, FTE, DEMAND, GAP, TEMPORARY, PAY, TEMPORARY_PAY, FIELDS };
enum { LEAVER, INTAKE, DEMANDED, WIDER, LEVERS };

/* Doubles to a register, and how many registers of draws go side by side. */
#ifdef __AVX512F__
enum { REGISTER = 8, GROUPS = 2 };
#else
enum { REGISTER = 4, GROUPS = 2 };
#endif
enum { LANES = REGISTER * GROUPS };
typedef double vec __attribute__((vector_size(REGISTER * 8), aligned(8)));

/* Field order and shapes are those of `CWorld` in kernels.py. */
typedef struct {
  int64_t professions, areas, programmes, moves, years;
  const double *opening;             /* [area][profession][WIDTH] */
  const double *leaver;              /* [profession][year][WIDTH] */
  const double *participation;       /* [profession][1 + year][WIDTH] */
  const double *joiner_ages;         /* [profession][WIDTH] */
  const double *wider_market;        /* [profession] */
  const double *returner;            /* [area] */
  const double *international;       /* [area][profession] */
  const double *students;            /* [area][programme][STAGES] */
  const double *intake;              /* [area][programme][year] */
  const double *withdrawal;          /* [programme] */
  const double *join_share;          /* [programme] */
  const int64_t *length;             /* [programme] */
  const int64_t *programme_of;       /* [profession], -1 where nobody is taught */
  const double *ages_at_completion;  /* [programme][WIDTH] */
  const int64_t *move_from, *move_to; /* [move] */
  const double *move_share;          /* [move] */
  const double *demand_base;         /* [area][profession] */
  const int64_t *setting;            /* [profession] */
  const double *skill_mix;           /* [profession][1 + year] */
  const double *population;          /* [1 + year][CITIZENS] */
  const double *use_by_age;          /* [SETTINGS][CITIZENS] */
  const double *other_growth;        /* [SETTINGS] */
  const double *setting_shift;       /* [SETTINGS][1 + year] */
  const double *temporary_fill;      /* [profession] */
  const double *earnings_gbp;        /* [profession] */
  double productivity_growth, on_cost, real_pay_growth, temporary_premium;
} World;

/* What is worked out once for a run. */
typedef struct {
  double demand[SETTINGS][MOST_YEARS];
  double cost[MOST_YEARS];
} Index;

static void make_index(const World *w, Index *index) {
  double growth = 1.0, need_at_baseline[SETTINGS], other[SETTINGS];
  for (int64_t year = 0; year <= w->years; year++) {
    index->cost[year] = w->on_cost * growth;
    growth *= 1.0 + w->real_pay_growth;
    double needs[SETTINGS] = {0};
    for (int age = 0; age < CITIZENS; age++)
      for (int setting = 0; setting < SETTINGS; setting++)
        needs[setting] += w->population[year * CITIZENS + age] * w->use_by_age[setting * CITIZENS + age];
    for (int setting = 0; setting < SETTINGS; setting++) {
      const double need = needs[setting];
      const double *shift = w->setting_shift + setting * (w->years + 1);
      if (year == 0) {
        need_at_baseline[setting] = need;
        other[setting] = 1.0;
      } else {
        other[setting] *= (1.0 + w->other_growth[setting]) / (1.0 + w->productivity_growth);
      }
      index->demand[setting][year] = need / need_at_baseline[setting] * other[setting] * shift[year] / shift[0];
    }
  }
}

/* How many join from a programme in each year. */
static void joined_by_year(const World *w, int64_t area, int64_t programme, double *joined) {
  double students[STAGES];
  const int64_t length = w->length[programme];
  memcpy(students, w->students + (area * w->programmes + programme) * STAGES, sizeof students);
  const double *intake = w->intake + (area * w->programmes + programme) * w->years;
  const double staying = 1.0 - w->withdrawal[programme];
  for (int64_t year = 0; year < w->years; year++) {
    joined[year] = students[length - 1] * staying * w->join_share[programme];
    for (int64_t stage = length - 1; stage > 0; stage--) students[stage] = students[stage - 1] * staying;
    students[0] = intake[year];
  }
}

/* Who moves. People on their way to a profession wait in a place of its own until it is its turn, then others may wait there: few places
 * are in use at once, and they stay in the cache. */
typedef struct {
  double *share_out;  /* [profession] */
  int64_t *waiting;   /* [profession]: its waiting place, -1 where nobody moves in */
  uint8_t *is_first;  /* [move]: nobody waits there before this move */
  int64_t places;
} Moves;

static Moves make_moves(const World *w) {
  const size_t professions = (size_t)w->professions, most = (size_t)w->moves + 1;
  Moves moves = {calloc(professions, sizeof(double)), malloc(professions * sizeof(int64_t)), calloc(most, 1), 0};
  uint8_t *is_used = calloc(most, 1);
  for (int64_t p = 0; p < w->professions; p++) moves.waiting[p] = -1;
  for (int64_t p = w->professions - 1; p >= 0; p--) {
    if (moves.waiting[p] >= 0) is_used[moves.waiting[p]] = 0;
    for (int64_t move = 0; move < w->moves; move++) {
      if (w->move_from[move] != p) continue;
      moves.share_out[p] += w->move_share[move];
      int64_t *place = &moves.waiting[w->move_to[move]];
      if (*place >= 0) continue;
      /* Not the place of `p` itself, from which people are still read while others are sent. */
      for (*place = 0; is_used[*place] || *place == moves.waiting[p]; ++*place) continue;
      is_used[*place] = moves.is_first[move] = 1;
      if (*place >= moves.places) moves.places = *place + 1;
    }
  }
  free(is_used);
  return moves;
}

static void free_moves(Moves moves) {
  free(moves.share_out);
  free(moves.waiting);
  free(moves.is_first);
}

/* ------------------------------------------------------------------------------------------------ one run: vectors across ages */

static const double NOBODY[WIDTH];

static inline double sum(vec v) {
  double total = 0.0;
  for (int i = 0; i < REGISTER; i++) total += v[i];
  return total;
}

/* Leavers go, movers go, others come. */
static inline void one_year(double *people, const double *leaver, double staying, const double *incoming,
                            double qualified, const double *ages, double joining, const double *joiner_ages) {
  for (int i = 0; i < WIDTH; i += REGISTER) {
    vec n = *(vec *)(people + i), l = *(const vec *)(leaver + i);
    n = (n - n * l) * staying + *(const vec *)(incoming + i) + qualified * *(const vec *)(ages + i) +
        joining * *(const vec *)(joiner_ages + i);
    *(vec *)(people + i) = n;
  }
}

static inline void count(const double *people, const double *participation, double *headcount, double *fte) {
  vec heads[2] = {{0}, {0}}, work[2] = {{0}, {0}};
  for (int i = 0; i < WIDTH; i += 2 * REGISTER)
    for (int k = 0; k < 2; k++) {
      vec n = *(const vec *)(people + i + k * REGISTER);
      heads[k] += n;
      work[k] += n * *(const vec *)(participation + i + k * REGISTER);
    }
  *headcount = sum(heads[0] + heads[1]);
  *fte = sum(work[0] + work[1]);
}

static void send_movers(const World *w, const Moves *moves, int64_t profession, int64_t year, const double *people,
                        const double *leaver, double *incoming) {
  for (int64_t move = 0; move < w->moves; move++) {
    if (w->move_from[move] != profession) continue;
    double *to = incoming + (moves->waiting[w->move_to[move]] * w->years + year) * WIDTH;
    for (int i = 0; i < WIDTH; i++) {
      const double moving = (people[i] - people[i] * leaver[i]) * w->move_share[move];
      to[i] = moves->is_first[move] ? moving : to[i] + moving;
    }
  }
}

static void results_of(const World *w, const Index *index, int64_t area, int64_t profession, int64_t year, double headcount,
                       double fte, double *out) {
  const int64_t cells = w->areas * w->professions, cell = area * w->professions + profession;
  const double demand = w->demand_base[cell] * index->demand[w->setting[profession]][year] *
                        w->skill_mix[profession * (w->years + 1) + year] / w->skill_mix[profession * (w->years + 1)];
  const double gap = demand - fte, cost = w->earnings_gbp[profession] * index->cost[year];
  const double temporary = w->temporary_fill[profession] * (gap > 0.0 ? gap : 0.0);
  const double values[FIELDS] = {headcount, fte, demand, gap, temporary, fte * cost, temporary * cost * w->temporary_premium};
  for (int field = 0; field < FIELDS; field++) out[(field * cells + cell) * (w->years + 1) + year] = values[field];
}

static void project_area(const World *w, const Index *index, const Moves *moves, int64_t area, double *incoming, double *out) {
  const int64_t years = w->years;
  double room[MOST_YEARS + WIDTH + 8], joined[MOST_YEARS] = {0};
  for (int64_t p = w->professions - 1; p >= 0; p--) {
    const int64_t cell = area * w->professions + p, programme = w->programme_of[p], waiting = moves->waiting[p];
    const double *participation = w->participation + p * (years + 1) * WIDTH, *joiner_ages = w->joiner_ages + p * WIDTH;
    const double *ages = programme < 0 ? NOBODY : w->ages_at_completion + programme * WIDTH;
    if (programme >= 0) joined_by_year(w, area, programme, joined);
    double *people = room + years, headcount, fte;
    memset(room, 0, sizeof room);
    memcpy(people, w->opening + cell * WIDTH, WIDTH * sizeof(double));
    count(people, participation, &headcount, &fte);
    results_of(w, index, area, p, 0, headcount, fte, out);
    for (int64_t year = 0; year < years; year++) {
      const double *leaver = w->leaver + (p * years + year) * WIDTH;
      const double joining = (w->returner[area] + w->wider_market[p]) * headcount + w->international[cell];
      if (moves->share_out[p] > 0.0) send_movers(w, moves, p, year, people, leaver, incoming);
      one_year(people, leaver, 1.0 - moves->share_out[p],
               waiting < 0 ? NOBODY : incoming + (waiting * years + year) * WIDTH, programme < 0 ? 0.0 : joined[year], ages,
               joining, joiner_ages);
      people--; /* everyone turns a year older */
      people[0] = 0.0;
      people[AGES - 1] += people[AGES];
      people[AGES] = 0.0;
      count(people, participation + (year + 1) * WIDTH, &headcount, &fte);
      results_of(w, index, area, p, year + 1, headcount, fte, out);
    }
  }
}

/* ------------------------------------------------------------------------------------------------ many draws: vectors across draws */

/* One number for each draw of a block. */
typedef struct {
  vec of[GROUPS];
} Lanes;

#define EACH for (int g = 0; g < GROUPS; g++)

static inline Lanes all(double value) {
  Lanes lanes;
  EACH lanes.of[g] = value - (vec){0};
  return lanes;
}

/* The multipliers of a block of draws, and people on their way between its cells. */
typedef struct {
  Lanes *multipliers;   /* [lever][profession] */
  Lanes *incoming;      /* [waiting place][year][AGES] */
  int64_t first, count; /* of the draws */
} Block;

/* Somewhere to put what is worked out; either may be null. */
typedef struct {
  double *fte;    /* [area][profession][1 + year][draw] */
  double *totals; /* [FTE, then gap][1 + year][draw]: all cells together */
  int64_t draws;
} Sink;

static inline void put(double *row, const Block *b, const Lanes *value, int add) {
  double *at = row + b->first;
  if (b->count == LANES) {
    EACH *(vec *)(at + g * REGISTER) = add ? *(vec *)(at + g * REGISTER) + value->of[g] : value->of[g];
  } else {
    for (int64_t lane = 0; lane < b->count; lane++)
      at[lane] = (add ? at[lane] : 0.0) + value->of[lane / REGISTER][lane % REGISTER];
  }
}

static inline void store(const World *w, const Index *index, const Block *b, const Sink *sink, int64_t area, int64_t p, int64_t year,
                         const Lanes *fte) {
  const int64_t cell = area * w->professions + p, years = w->years + 1;
  if (sink->fte) put(sink->fte + (cell * years + year) * sink->draws, b, fte, 0);
  if (!sink->totals) return;
  const double demand = w->demand_base[cell] * index->demand[w->setting[p]][year] * w->skill_mix[p * years + year] /
                        w->skill_mix[p * years];
  Lanes gap;
  EACH gap.of[g] = demand * b->multipliers[DEMANDED * w->professions + p].of[g] - fte->of[g];
  put(sink->totals + year * sink->draws, b, fte, 1);
  put(sink->totals + (years + year) * sink->draws, b, &gap, 1);
}

/* What one year of a cell is worked out from. */
typedef struct {
  const double *leaver, *ages, *joiner_ages, *hours;
  const Lanes *incoming;
  Lanes leave, qualified, joining;
  double staying;
} Year;

/* One year of a cell. The three flags are constants where this is called, so each kind of cell has a loop of its own. */
static inline __attribute__((always_inline)) void one_year_of_draws(Lanes *people, const Year *in, int moves, int entered, int taught,
                                                                    Lanes *headcount, Lanes *fte) {
  const Lanes leave = in->leave, qualified = in->qualified, joining = in->joining;
  Lanes heads = all(0.0), work = all(0.0);
  for (int age = 0; age < AGES; age++) {
    const double leaver = in->leaver[age], ages = in->ages[age], joiner_ages = in->joiner_ages[age];
    /* Counted a year older; `hours` repeats its last age. */
    const double hours = in->hours[age + 1];
    EACH {
      vec n = people[age].of[g];
      n -= n * (leaver * leave.of[g]);
      if (moves) n *= in->staying;
      if (entered) n += in->incoming[age].of[g];
      if (taught) n += qualified.of[g] * ages;
      n += joining.of[g] * joiner_ages;
      people[age].of[g] = n;
      heads.of[g] += n;
      work.of[g] += n * hours;
    }
  }
  EACH people[AGES - 2].of[g] += people[AGES - 1].of[g]; /* 75 and over stay there */
  *headcount = heads;
  *fte = work;
}

static void send_draws(const World *w, const Moves *moves, const Block *b, int64_t p, int64_t year, const Lanes *people,
                       const double *leaver, Lanes leave) {
  for (int64_t move = 0; move < w->moves; move++) {
    if (w->move_from[move] != p) continue;
    const double share = w->move_share[move];
    Lanes *to = b->incoming + (moves->waiting[w->move_to[move]] * w->years + year) * AGES;
    for (int age = 0; age < AGES; age++) EACH {
      const vec moving = (people[age].of[g] - people[age].of[g] * (leaver[age] * leave.of[g])) * share;
      to[age].of[g] = moves->is_first[move] ? moving : to[age].of[g] + moving;
    }
  }
}

static void draws_of_cell(const World *w, const Index *index, const Moves *moves, const Block *b, const Sink *sink, int64_t area,
                          int64_t p) {
  const int64_t years = w->years, cell = area * w->professions + p, programme = w->programme_of[p];
  const double *participation = w->participation + p * (years + 1) * WIDTH, *opening = w->opening + cell * WIDTH;
  const Lanes intake = b->multipliers[INTAKE * w->professions + p], wider = b->multipliers[WIDER * w->professions + p];
  const double share_out = moves->share_out[p];
  const int64_t waiting = moves->waiting[p];
  double joined[MOST_YEARS];
  if (programme >= 0) joined_by_year(w, area, programme, joined);
  Lanes room[MOST_YEARS + AGES], *people = room + years, headcount = all(0.0), fte = all(0.0);
  for (int age = 0; age < AGES; age++) {
    people[age] = all(opening[age]);
    EACH headcount.of[g] += opening[age];
    EACH fte.of[g] += opening[age] * participation[age];
  }
  store(w, index, b, sink, area, p, 0, &fte);
  Year in = {.ages = programme < 0 ? NOBODY : w->ages_at_completion + programme * WIDTH,
             .joiner_ages = w->joiner_ages + p * WIDTH,
             .leave = b->multipliers[LEAVER * w->professions + p],
             .qualified = all(0.0),
             .staying = 1.0 - share_out};
  for (int64_t year = 0; year < years; year++) {
    in.leaver = w->leaver + (p * years + year) * WIDTH;
    in.hours = participation + (year + 1) * WIDTH;
    if (waiting >= 0) in.incoming = b->incoming + (waiting * years + year) * AGES;
    EACH in.joining.of[g] =
        (w->returner[area] + w->wider_market[p] * wider.of[g]) * headcount.of[g] + w->international[cell];
    /* Those who started after the baseline come out of the course once its length has passed. */
    if (programme >= 0) {
      in.qualified = all(joined[year]);
      if (year >= w->length[programme]) EACH in.qualified.of[g] *= intake.of[g];
    }
    if (share_out > 0.0) {
      send_draws(w, moves, b, p, year, people, in.leaver, in.leave);
      if (waiting < 0)
        one_year_of_draws(people, &in, 1, 0, 1, &headcount, &fte);
      else
        one_year_of_draws(people, &in, 1, 1, 1, &headcount, &fte);
    } else if (waiting >= 0) {
      one_year_of_draws(people, &in, 0, 1, 1, &headcount, &fte);
    } else if (programme >= 0) {
      one_year_of_draws(people, &in, 0, 0, 1, &headcount, &fte);
    } else {
      one_year_of_draws(people, &in, 0, 0, 0, &headcount, &fte);
    }
    people--; /* everyone turns a year older */
    people[0] = all(0.0);
    store(w, index, b, sink, area, p, year + 1, &fte);
  }
}

static void draws_of_block(const World *w, const Index *index, const Moves *moves, const Block *b, const Sink *sink) {
  for (int64_t area = 0; area < w->areas; area++)
    for (int64_t p = w->professions - 1; p >= 0; p--) draws_of_cell(w, index, moves, b, sink, area, p);
}

/* ------------------------------------------------------------------------------------------------ threads */

typedef struct {
  const World *world;
  Index index;
  Moves moves;
  atomic_long next;
  double *out;               /* of one run */
  const double *multipliers; /* of many draws: [draw][lever][profession] */
  Sink sink;
} Job;

static void *run_areas(void *argument) {
  Job *job = argument;
  const World *w = job->world;
  double *incoming = malloc((size_t)(job->moves.places * w->years * WIDTH + 1) * sizeof(double));
  for (int64_t area; (area = atomic_fetch_add(&job->next, 1)) < w->areas;)
    project_area(w, &job->index, &job->moves, area, incoming, job->out);
  free(incoming);
  return NULL;
}

static void *run_blocks(void *argument) {
  Job *job = argument;
  const World *w = job->world;
  Block b = {.multipliers = aligned_alloc(64, (size_t)(LEVERS * w->professions) * sizeof(Lanes)),
             .incoming = aligned_alloc(64, (size_t)(job->moves.places * w->years * AGES + 1) * sizeof(Lanes))};
  for (int64_t block; (block = atomic_fetch_add(&job->next, 1)) * LANES < job->sink.draws;) {
    const int64_t left = job->sink.draws - block * LANES;
    b.first = block * LANES;
    b.count = left < LANES ? left : LANES;
    for (int64_t i = 0; i < LEVERS * w->professions; i++)
      for (int64_t lane = 0; lane < LANES; lane++) {
        const int64_t draw = b.first + (lane < b.count ? lane : 0);
        b.multipliers[i].of[lane / REGISTER][lane % REGISTER] = job->multipliers[draw * LEVERS * w->professions + i];
      }
    draws_of_block(w, &job->index, &job->moves, &b, &job->sink);
  }
  free(b.multipliers);
  free(b.incoming);
  return NULL;
}

static void on_threads(Job *job, int threads, void *(*work)(void *)) {
  pthread_t others[MOST_THREADS];
  make_index(job->world, &job->index);
  job->moves = make_moves(job->world);
  if (threads > MOST_THREADS) threads = MOST_THREADS;
  int started = 0;
  while (started < threads - 1 && pthread_create(&others[started], NULL, work, job) == 0) started++;
  work(job);
  for (int i = 0; i < started; i++) pthread_join(others[i], NULL);
  free_moves(job->moves);
}

/* One run. `out` is [field][area][profession][1 + year]. */
void kernel_project(const World *world, int threads, double *out) {
  Job job = {.world = world, .out = out};
  on_threads(&job, threads, run_areas);
}

/* Many draws. `multipliers` is [draw][lever][profession]; `totals`, where given, must hold noughts. */
void kernel_draws(const World *world, int threads, const double *multipliers, int64_t draws, double *fte, double *totals) {
  Job job = {.world = world, .multipliers = multipliers, .sink = {fte, totals, draws}};
  on_threads(&job, threads, run_blocks);
}
