//! One-lever questions: how many adult-nursing places close the gap by 2036/37?

use muster_book::{Aim, Moves, Plan, Question, did_you_mean};
use muster_run::RunError;

/// The question with one lever alone: a lever of the question by its id, or one programme, profession or move. Where it is one thing, only the
/// targets of the profession that it fills are kept: nobody asks nursing places to close the gap of pharmacists.
pub fn only(plan: &Plan, mut question: Question, name: &str) -> Result<Question, RunError> {
    let taxonomy = &plan.shelf.taxonomy;
    question.substitutions.clear();
    if question.levers.iter().any(|lever| lever.id == name) {
        question.levers.retain(|lever| lever.id == name);
        question.levers.iter_mut().for_each(|lever| lever.whole = true);
        return Ok(question);
    }
    let (programme, profession, movement) =
        (taxonomy.programme(name), taxonomy.profession(name), taxonomy.movement(name));
    let of = |moves: Moves| match moves {
        Moves::Intake => programme,
        Moves::Posts => movement,
        _ => profession,
    };
    let levers: Vec<String> = question.levers.iter().map(|lever| lever.id.clone()).collect();
    question.levers.retain_mut(|lever| {
        lever.of.retain(|one| Some(*one) == of(lever.moves));
        !lever.of.is_empty()
    });
    if question.levers.is_empty() {
        let levers = levers.iter().map(String::as_str);
        let things = taxonomy.programmes.iter().map(|item| item.id.as_str());
        let things = things.chain(taxonomy.professions.iter().map(|item| item.id.as_str()));
        let things = things.chain(taxonomy.moves.iter().map(|item| item.id.as_str()));
        let hint = did_you_mean(name, levers.chain(things)).map_or_else(
            || "name a lever of the question, or a programme, profession or move that one of them moves".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        return Err(RunError::Request(format!("no lever moves `{name}`: {hint}")));
    }
    // Somebody who asks how many wants whole people.
    question.levers.iter_mut().for_each(|lever| lever.whole = true);
    let filled = [programme.map(|i| taxonomy.programmes[i].fills), profession, movement.map(|i| taxonomy.moves[i].to)];
    let Some(filled) = filled.into_iter().flatten().next() else { return Ok(question) };
    question.targets.retain_mut(|target| {
        target.professions.retain(|one| *one == filled);
        let kept =
            matches!(target.aim, Aim::GapFte | Aim::VacancyRate) && target.each && !target.professions.is_empty();
        kept || target.aim == Aim::SpendGbp
    });
    if question.targets.iter().all(|target| target.aim == Aim::SpendGbp) {
        let title = &taxonomy.professions[filled].title;
        let text = format!("no target of the question is about {title} by itself: add one with each = true");
        return Err(RunError::Request(text));
    }
    Ok(question)
}
