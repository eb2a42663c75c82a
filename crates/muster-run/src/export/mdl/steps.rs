//! A year in order: leave, move, train, join, age, close.

use muster_engine::How;

use super::inputs::Given;
use super::ranges::{finishing, grade, stage, stage_range, trainees};
use super::training;
use super::writer::{About, Sub, Writer};
use crate::export::world::Axis;

const PROFESSION: Sub<'_> = (Axis::Profession, "profession");
const ORDINARY: Sub<'_> = (Axis::Profession, "ordinary profession");
pub(super) const SETTING: Sub<'_> = (Axis::Setting, "setting");
pub(super) const AREA: Sub<'_> = (Axis::Area, "area");
pub(super) const AGE: Sub<'_> = (Axis::Age, "age");

pub(super) fn people(text: &str) -> About<'_> {
    About { units: "people", text }
}

pub(crate) fn write(writer: &mut Writer<'_>, given: &Given) {
    let steps = Steps { given, ordinary: (0..writer.world.len(Axis::Profession)).any(|i| writer.world.stages(i) == 1) };
    steps.leave(writer);
    steps.make_moves(writer);
    if let Some(training) = &given.training {
        training::write(writer, training);
    }
    steps.join(writer);
    steps.age_and_close(writer);
}

struct Steps<'g> {
    given: &'g Given,
    /// Whether there is any profession that is not a training grade.
    ordinary: bool,
}

impl Steps<'_> {
    fn leave(&self, writer: &mut Writer<'_>) {
        writer
            .group("Step 1: leave", &["Everyone is exposed to the chance of leaving the NHS at their age.".to_owned()]);
        let mut in_post = Vec::new();
        let mut could_move = Vec::new();
        if self.ordinary {
            let who = [ORDINARY, SETTING, AREA, AGE];
            let staff = writer.at("Staff", &who);
            in_post.push((writer.at("people in post", &who), staff.clone()));
            could_move.push((writer.at("could move", &who), format!("{staff} - {}", writer.at("leavers", &who))));
        }
        for stages in writer.world.grades() {
            let (name, grade, all) = (trainees(stages), grade(stages), format!("{}!", stage_range(stages)));
            let who = [(Axis::Profession, grade.as_str()), SETTING, AREA, AGE];
            let in_stage = |stage: &str| {
                let subs: Vec<Sub<'_>> = [(Axis::StudyYear(stages), stage)].into_iter().chain(who).collect();
                writer.at(&name, &subs)
            };
            in_post.push((writer.at("people in post", &who), format!("SUM({})", in_stage(&all))));
            let last = in_stage(&stage(stages, stages));
            could_move.push((
                writer.at("could move", &who),
                format!("{last} * (1 - {})", self.given.leaver_rate.at(writer, &who)),
            ));
        }
        writer.equations(&in_post, people("People in post at the close, by age."));
        let who = [PROFESSION, SETTING, AREA, AGE];
        let left = writer.at("leavers", &who);
        let right = format!("{} * {}", writer.at("people in post", &who), self.given.leaver_rate.at(writer, &who));
        writer.equation(&left, &right, people("People who leave the NHS in the coming year."));
        let about = "Those who are still there and could move: everyone, or in a training grade those at the end of its last year.";
        writer.equations(&could_move, people(about));
    }

    /// Moves are worked out from the same people for all, then made at once.
    fn make_moves(&self, writer: &mut Writer<'_>) {
        let Some(amount) = &self.given.move_amount else { return };
        let world = writer.world;
        let words = "Moves are worked out from the same people for all and then made at once. Where they ask for more people than there are, \
                     each gets the same part of what it asked for.";
        writer.group("Step 2: move", &[words.to_owned()]);
        let cell = [PROFESSION, SETTING, AREA];
        let all = writer.at("could move", &[PROFESSION, SETTING, AREA, (Axis::Age, "age!")]);
        let left = writer.at("could move in all", &cell);
        writer.equation(&left, &format!("SUM({all})"), people("Of all ages."));

        let (leaving, entering) = ("no move out", "no move in");
        let mut asked = Vec::new();
        let mut fraction_out = Vec::new();
        let mut moved_in = Vec::new();
        let (mut stays, mut unentered) = (Vec::new(), Vec::new());
        for profession in 0..world.len(Axis::Profession) {
            let name = writer.element(Axis::Profession, profession).to_owned();
            let leaves = world.routes.iter().any(|route| route.from.0 == profession);
            let entered = world.routes.iter().any(|route| route.to.is_some_and(|to| to.0 == profession));
            if !leaves {
                stays.push(name.clone());
            }
            if !entered {
                unentered.push(name.clone());
            }
            for setting in 0..world.len(Axis::Setting) {
                let place = writer.element(Axis::Setting, setting).to_owned();
                let who = [(Axis::Profession, name.as_str()), (Axis::Setting, place.as_str()), AREA];
                let of = |how: fn(How) -> bool, name: &str, by_age: bool| -> Vec<String> {
                    let routes = (0..world.routes.len()).filter(|i| {
                        let route = &world.routes[*i];
                        let end = if by_age { route.to } else { Some(route.from) };
                        end == Some((profession, setting)) && how(route.how)
                    });
                    routes
                        .map(|i| {
                            let route = (Axis::Route, writer.element(Axis::Route, i));
                            match name {
                                "" => amount.at(writer, &[route, AREA]),
                                _ if by_age => writer.at(name, &[route, AREA, AGE]),
                                _ => writer.at(name, &[route, AREA]),
                            }
                        })
                        .collect()
                };
                if leaves {
                    let shares = of(|how| how != How::Posts, "", false);
                    let posts = of(|how| how == How::Posts, "", false);
                    let mut terms = Vec::new();
                    if !shares.is_empty() {
                        terms.push(format!("{} * ({})", writer.at("could move in all", &who), shares.join(" + ")));
                    }
                    terms.extend(posts);
                    asked.push((writer.at("asked for", &who), sum(&terms)));
                    fraction_out
                        .push((writer.at("fraction moving out", &who), sum(&of(|_| true, "fraction moving", false))));
                }
                if entered {
                    let who = [who[0], who[1], AREA, AGE];
                    moved_in.push((writer.at("moved in", &who), sum(&of(|_| true, "people moving", true))));
                }
            }
        }
        for (range, list, about) in [
            (leaving, &stays, "Professions that nobody leaves by a move."),
            (entering, &unentered, "Professions that nobody enters by a move."),
        ] {
            if !list.is_empty() {
                writer.range(range, list, about);
            }
        }
        if !stays.is_empty() {
            let who = [(Axis::Profession, leaving), SETTING, AREA];
            asked.push((writer.at("asked for", &who), "0".to_owned()));
            fraction_out.push((writer.at("fraction moving out", &who), "0".to_owned()));
        }
        if !unentered.is_empty() {
            moved_in.push((writer.at("moved in", &[(Axis::Profession, entering), SETTING, AREA, AGE]), "0".to_owned()));
        }
        writer.equations(&asked, people("People whom the moves ask for: shares of those who could move, and posts."));
        let (there, wanted) = (writer.at("could move in all", &cell), writer.at("asked for", &cell));
        let left = writer.at("granted", &cell);
        let about = About { units: "Dmnl", text: "The part of what the moves ask for that each gets." };
        writer.equation(&left, &format!("IF THEN ELSE({wanted} > {there}, {there} / {wanted}, 1)"), about);
        self.each_route(writer);
        let about = About { units: "Dmnl", text: "The share of those who could move who do." };
        writer.equations(&fraction_out, about);
        let who = [PROFESSION, SETTING, AREA, AGE];
        let right = format!("{} * MIN(1, {})", writer.at("could move", &who), writer.at("fraction moving out", &cell));
        let left = writer.at("moved out", &who);
        writer.equation(&left, &right, people("People who move out."));
        writer.equations(&moved_in, people("People who move in; they enter the first year of a training grade."));
    }

    fn each_route(&self, writer: &mut Writer<'_>) {
        let Some(amount) = &self.given.move_amount else { return };
        let world = writer.world;
        let mut fractions = Vec::new();
        let mut moving = Vec::new();
        for (i, route) in world.routes.iter().enumerate() {
            let name = (Axis::Route, writer.element(Axis::Route, i));
            let from = [
                (Axis::Profession, writer.element(Axis::Profession, route.from.0)),
                (Axis::Setting, writer.element(Axis::Setting, route.from.1)),
                AREA,
            ];
            let taken = format!("{} * {}", amount.at(writer, &[name, AREA]), writer.at("granted", &from));
            let right = if route.how == How::Posts {
                let there = writer.at("could move in all", &from);
                format!("IF THEN ELSE({there} > 0, {taken} / {there}, 0)")
            } else {
                taken
            };
            fractions.push((writer.at("fraction moving", &[name, AREA]), right));
            let all = writer.at("could move", &[from[0], from[1], AREA, AGE]);
            let share = writer.at("fraction moving", &[name, AREA]);
            moving.push((writer.at("people moving", &[name, AREA, AGE]), format!("{all} * {share}")));
        }
        writer.equations(
            &fractions,
            About { units: "Dmnl", text: "The share of those who could move who make the move." },
        );
        writer.equations(&moving, people("People who make the move, by age."));
        let left = writer.at("people making the move", &[(Axis::Route, "move"), AREA]);
        let all = writer.at("people moving", &[(Axis::Route, "move"), AREA, (Axis::Age, "age!")]);
        writer.equation(&left, &format!("SUM({all})"), people("People who make the move."));
        if world.routes.iter().any(|route| route.how == How::Posts) {
            let who = [(Axis::Route, "move by posts"), AREA];
            let right = format!("{} - {}", amount.at(writer, &who), writer.at("people making the move", &who));
            let left = writer.at("posts left empty", &who);
            writer.equation(&left, &right, people("Posts for which there was nobody."));
        }
    }

    fn join(&self, writer: &mut Writer<'_>) {
        let words = "Returners and the wider labour market in proportion to those in post at the start of the year; then people from abroad.";
        writer.group("Step 4: join", &[words.to_owned()]);
        let given = self.given;
        let (cell, who) = ([PROFESSION, SETTING, AREA], [PROFESSION, SETTING, AREA, AGE]);
        let right = format!(
            "({} + {}) * {} + {}",
            given.returner_rate.at(writer, &cell),
            given.wider_rate.at(writer, &cell),
            writer.at("headcount", &cell),
            given.international.at(writer, &cell)
        );
        let left = writer.at("other joiners", &cell);
        writer.equation(&left, &right, people("People who join other than from a programme."));
        let right = format!("{} * {}", writer.at("other joiners", &cell), given.joiner_ages.at(writer, &who));
        let left = writer.at("joiners by age", &who);
        writer.equation(&left, &right, people("The same by age."));
        let mut parts = vec![writer.at("joiners by age", &who)];
        if given.training.is_some() {
            parts.insert(0, writer.at("newly qualified", &who));
        }
        if given.move_amount.is_some() {
            parts.insert(0, writer.at("moved in", &who));
        }
        let left = writer.at("arrivals", &who);
        writer.equation(&left, &parts.join(" + "), people("Everyone who arrives, by whatever way."));
    }

    fn age_and_close(&self, writer: &mut Writer<'_>) {
        writer.group(
            "Step 5: age and close",
            &["Everyone turns a year older; the oldest age keeps its people. Then the year closes.".to_owned()],
        );
        let given = self.given;
        let moves = given.move_amount.is_some();
        if self.ordinary {
            let who = [ORDINARY, SETTING, AREA, AGE];
            let gone = if moves { format!(" - {}", writer.at("moved out", &who)) } else { String::new() };
            let right = format!("{}{gone} + {}", writer.at("could move", &who), writer.at("arrivals", &who));
            let left = writer.at("before birthdays", &who);
            writer.equation(
                &left,
                &right,
                people("People in post at the end of the year, at the age they had at its start."),
            );
            birthdays(writer, "before birthdays", "at close", &[ORDINARY, SETTING, AREA]);
            let opening = self.opening(writer, "ordinary profession", 1);
            let (stock, close) = (writer.at("Staff", &who), writer.at("at close", &who));
            writer.equation(
                &stock,
                &format!("INTEG(({close} - {stock}) / one year, {opening})"),
                people("People in post who are not in a training grade. In a year the stock becomes what it is at the close."),
            );
        }
        for stages in writer.world.grades() {
            self.close_grade(writer, stages, moves);
        }
    }

    /// People at the start of a profession or a stage of a training grade.
    fn opening(&self, writer: &Writer<'_>, who: &str, stages: usize) -> String {
        let subs = [(Axis::Profession, who), SETTING, AREA, AGE];
        let people = self.given.people_at_start.at(writer, &subs);
        let ages = self.given.ages_at_start.at(writer, &subs);
        if stages == 1 { format!("{people} * {ages}") } else { format!("{people} / {stages} * {ages}") }
    }

    fn close_grade(&self, writer: &mut Writer<'_>, stages: usize, moves: bool) {
        let (name, grade, range) = (trainees(stages), grade(stages), stage_range(stages));
        let who = [(Axis::Profession, grade.as_str()), SETTING, AREA, AGE];
        let (before, close) = (format!("{name} before birthdays"), format!("{name} at close"));
        if moves {
            let right = format!("{} - {}", writer.at("could move", &who), writer.at("moved out", &who));
            let left = writer.at(&finishing(stages), &who);
            writer.equation(
                &left,
                &right,
                people("People who complete the training grade and make no move: they leave the NHS."),
            );
        }
        let mut steps = Vec::new();
        for at in 1..=stages {
            let here = stage(at, stages);
            let right = if at == 1 {
                writer.at("arrivals", &who)
            } else {
                let previous = stage(at - 1, stages);
                format!(
                    "{} * (1 - {})",
                    writer.at(&name, &in_year(stages, &previous, &who)),
                    self.given.leaver_rate.at(writer, &who)
                )
            };
            steps.push((writer.at(&before, &in_year(stages, &here, &who)), right));
        }
        writer.equations(&steps, people("Those who stay go up a year; those who arrive are in the first."));
        birthdays(writer, &before, &close, &in_year(stages, &range, &who)[..4]);
        let (stock, closing) =
            (writer.at(&name, &in_year(stages, &range, &who)), writer.at(&close, &in_year(stages, &range, &who)));
        let opening = self.opening(writer, &grade, stages);
        let about =
            format!("People in training grades of {stages} years, by year of training; at the start as many in each.");
        writer.equation(&stock, &format!("INTEG(({closing} - {stock}) / one year, {opening})"), people(&about));
    }
}

/// People of training grades in one of its years, or in all.
fn in_year<'s>(stages: usize, year: &'s str, who: &[Sub<'s>]) -> Vec<Sub<'s>> {
    [(Axis::StudyYear(stages), year)].into_iter().chain(who.iter().copied()).collect()
}

/// Everyone a year older.
fn birthdays(writer: &mut Writer<'_>, before: &str, close: &str, who: &[Sub<'_>]) {
    let ages: Vec<String> = [0, 58, 59].iter().map(|i| writer.element(Axis::Age, *i).to_owned()).collect();
    let with = |name: &str, age: &str| {
        let subs: Vec<Sub<'_>> = who.iter().copied().chain([(Axis::Age, age)]).collect();
        writer.at(name, &subs)
    };
    let list = [
        (with(close, &ages[0]), "0".to_owned()),
        (with(close, "older"), with(before, "younger")),
        (with(close, &ages[2]), format!("{} + {}", with(before, &ages[1]), with(before, &ages[2]))),
    ];
    writer.equations(&list, people("The same people at the close, a year older."));
}

fn sum(terms: &[String]) -> String {
    if terms.is_empty() { "0".to_owned() } else { terms.join(" + ") }
}
