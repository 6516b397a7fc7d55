//! What makes a step a sound one, and how far it carries its call.

use toml::Spanned;

use super::Problem;
use super::format::Step;
use crate::simulation::Until;
use crate::world::parse_millis;

pub(super) fn until(step: &Step) -> Result<Until, Problem> {
    let Some(leave) = &step.leave else { return Ok(Until::End) };
    if step.expect.is_some() {
        return Err(Problem::new(leave.span(), "a call that is left unfinished has no result to expect"));
    }
    match (&leave.get_ref().before, &leave.get_ref().after) {
        (Some(name), None)
            if name.get_ref() == Until::REPLY
                || rm_core::Effect::NAMES.contains(&name.get_ref().as_str()) =>
        {
            Ok(Until::Before(name.get_ref().clone(), leave.get_ref().nth))
        }
        (Some(name), None) => Err(no_such_effect(name)),
        (None, Some(time)) => match parse_millis(time.get_ref()) {
            Ok(time) => Ok(Until::Passed(time)),
            Err(error) => Err(Problem::new(time.span(), error.to_string())),
        },
        _ => Err(Problem::new(leave.span(), "`leave` takes `before` (an effect) or `after` (a time)")),
    }
}

pub(super) fn no_such_effect(name: &Spanned<String>) -> Problem {
    let known = rm_core::Effect::NAMES.join("`, `");
    Problem::new(name.span(), format!("there is no effect `{}`; expected one of `{known}`", name.get_ref()))
}

/// What only a call has makes no sense where none is made.
pub(super) fn only_for_calls(step: &Step) -> Result<(), Problem> {
    let given = [
        ("by", step.by.as_ref().map(Spanned::span)),
        ("expect", step.expect.as_ref().map(Spanned::span)),
        ("in-callback", step.in_callback.then_some(0..0)),
        ("times", (step.times != 1).then_some(0..0)),
        ("leave", step.leave.as_ref().map(Spanned::span)),
        ("choices", (!step.choices.is_empty()).then_some(0..0)),
    ];
    match given.into_iter().find_map(|(name, span)| Some((name, span?))) {
        Some((name, span)) => {
            Err(Problem::new(span, format!("`{name}` goes with a call, and this step makes none")))
        }
        None => Ok(()),
    }
}

pub(super) fn only_one_action(step: &Step) -> Result<(), Problem> {
    let actions = [
        ("start", step.start.is_some()),
        ("join", step.join.is_some()),
        ("register", step.register.is_some()),
        ("list", step.list.is_some()),
        ("shutdown", step.shutdown.is_some()),
        ("restart", step.restart.is_some()),
        ("add-filter", step.add_filter.is_some()),
        ("remove-filter", step.remove_filter.is_some()),
        ("filter-list", step.filter_list.is_some()),
        ("cancel", step.cancel.is_some()),
        ("end", step.end.is_some()),
        ("finish", step.finish.is_some()),
        ("app", step.app.is_some()),
        ("exit", step.exit.is_some()),
        ("spawn", step.spawn.is_some()),
        ("delete", step.delete.is_some()),
        ("make-directory", step.make_directory.is_some()),
        ("wait", step.wait.is_some()),
        ("check", step.check.is_some()),
    ];
    let given: Vec<_> = actions.iter().filter(|(_, given)| *given).map(|(name, _)| *name).collect();
    if given.len() == 1 {
        return Ok(());
    }
    let found = if given.is_empty() { "none".into() } else { format!("`{}`", given.join("`, `")) };
    let all = actions.map(|(name, _)| name).join("`, `");
    Err(Problem::new(
        0..0,
        format!("a step does one thing, and this one has {found}; expected one of `{all}`"),
    ))
}
