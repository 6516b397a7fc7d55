//! Plays the calls that applications make of application recovery and restart.

use rm_core::Name;
use rm_core::arr::{Ask, Told};
use toml::Spanned;

use super::format::{App, Expect, Step};
use super::{Act, Problem, expect};
use crate::choice::Choose;
use crate::simulation::Simulation;
use crate::transcript::{Event, Names};

/// Makes the call of a step, and tells what of it is otherwise than expected.
pub(super) fn play<C: Choose>(
    step: &Step,
    app: &Spanned<App>,
    simulation: &mut Simulation<C>,
) -> Result<Vec<Problem>, Problem> {
    only_what_goes_with_it(step)?;
    let (place, app) = (app.span(), app.get_ref());
    let ask = asked(app).map_err(|problem| problem.or_at(place.clone()))?;
    let given = |name: &Spanned<String>, simulation: &Simulation<C>| {
        let process = super::calls::process(name, &simulation.transcript.names)?;
        let gone = || Problem::new(name.span(), format!("`{}` runs no more", name.get_ref()));
        simulation.machine.world.is_alive(process).then_some(process).ok_or_else(gone)
    };
    let missing = || Problem::new(place.clone(), "`app` takes `of`: the process that makes the call");
    let of = given(app.of.as_ref().ok_or_else(missing)?, simulation)?;
    let by = app.by.as_ref().map_or(Ok(of), |by| given(by, simulation))?;
    let told = match (app.fails, ask.fails()) {
        (true, Some(told)) => Some(told),
        (true, None) => {
            let message = format!("{} has no result for something that fails inside", ask.function());
            return Err(Problem::new(place, message));
        }
        (false, _) => simulation.machine.world.declare(by, of, &ask, &simulation.rules),
    };
    let Some(told) = told else { return Ok(Vec::new()) };
    let finished = ask == Ask::RecoveryFinished;
    simulation.transcript.add(None, Event::Declared(by, of, ask, told.clone()));
    if finished {
        simulation.end(of); // ARR-26
    }
    compared(step, place, &told)
}

/// What the call of a step means for Restart Manager, if anything: a process registers for restart, takes
/// that back, or is gone.
pub(super) fn declares(app: &App, names: &Names) -> Result<Option<Act>, Problem> {
    let Some(of) = &app.of else { return Ok(None) };
    Ok(match asked(app)? {
        Ask::RecoveryFinished => Some(Act::Exit(of.get_ref().clone())),
        ask @ (Ask::RegisterRestart { .. } | Ask::UnregisterRestart) if !app.fails => {
            Some(Act::Declare(super::calls::process(of, names)?, ask))
        }
        _ => None,
    })
}

fn compared(step: &Step, place: std::ops::Range<usize>, told: &Told) -> Result<Vec<Problem>, Problem> {
    let (place, expected) = match &step.expect {
        Some(expected) => (expected.span(), expected.get_ref()),
        None => (place, &Expect::default()),
    };
    if expected.speaks_of_an_installer() {
        let message = "a call of an application has an `hresult`, and nothing that only installers are given";
        return Err(Problem::new(place, message));
    }
    Ok(expect::told(expected, place, told))
}

fn only_what_goes_with_it(step: &Step) -> Result<(), Problem> {
    let given = [
        ("by", step.by.as_ref().map(Spanned::span)),
        ("times", (step.times != 1).then_some(0..0)),
        ("leave", step.leave.as_ref().map(Spanned::span)),
        ("choices", (!step.choices.is_empty()).then_some(0..0)),
    ];
    let Some((name, span)) = given.into_iter().find_map(|(name, span)| Some((name, span?))) else {
        return Ok(());
    };
    let message = format!("`{name}` goes with the call of an installer, and an application makes this one");
    Err(Problem::new(span, message))
}

/// The one call that is asked for.
fn asked(app: &App) -> Result<Ask, Problem> {
    let register = app.register_restart.as_deref().map(|text| Ask::RegisterRestart {
        command_line: (!app.null).then(|| filled(text, app.long)),
        flags: app.flags.unwrap_or_default(),
    });
    let settings = app.restart_settings.map(|settings| Ask::RestartSettings {
        of_another: app.by.is_some(),
        buffer: settings.buffer.is_some(),
        size: settings.buffer.or(settings.size).unwrap_or_default(),
    });
    let when = |is_so: bool, ask: Ask| is_so.then_some(ask);
    let asks = [
        register,
        when(app.unregister_restart, Ask::UnregisterRestart),
        settings,
        app.register_recovery.map(|interval| Ask::RegisterRecovery { interval }),
        when(app.unregister_recovery, Ask::UnregisterRecovery),
        when(app.recovery_callback, Ask::RecoveryCallback),
        when(app.recovery_in_progress, Ask::RecoveryInProgress { null: app.null }),
        when(app.recovery_finished, Ask::RecoveryFinished),
    ];
    let mut asks = asks.into_iter().flatten();
    let (Some(ask), None) = (asks.next(), asks.next()) else {
        let calls = "register-restart`, `unregister-restart`, `restart-settings`, `register-recovery`, \
                     `unregister-recovery`, `recovery-callback`, `recovery-in-progress`, `recovery-finished";
        return Err(Problem::new(
            0..0,
            format!("an application makes one call at a time; expected one of `{calls}`"),
        ));
    };
    let registers = matches!(ask, Ask::RegisterRestart { .. });
    let asks_settings = matches!(ask, Ask::RestartSettings { .. });
    let may_be_null = registers || matches!(ask, Ask::RecoveryInProgress { .. });
    let two_sizes = app.restart_settings.is_some_and(|one| one.buffer.is_some() && one.size.is_some());
    let without_text = app.null
        && (app.long.is_some() || app.register_restart.as_deref().is_some_and(|text| !text.is_empty()));
    let misplaced = [
        (app.flags.is_some() && !registers, "`flags` goes with `register-restart`"),
        (app.long.is_some() && !registers, "`long` goes with `register-restart`"),
        (app.null && !may_be_null, "`null` goes with `register-restart` and `recovery-in-progress`"),
        (without_text, "a command line that is null has no text and no length: `register-restart = \"\"`"),
        (
            app.by.is_some() && !asks_settings,
            "`by` goes with `restart-settings`: every other call is its own",
        ),
        (two_sizes, "`buffer` and `size` exclude each other"),
    ];
    match misplaced.into_iter().find(|(is_so, _)| *is_so) {
        Some((_, message)) => Err(Problem::new(0..0, message)),
        None => Ok(ask),
    }
}

fn filled(text: &str, long: Option<u16>) -> Name {
    Name::from(format!("{text:a<0$}", long.map_or(0, usize::from)).as_str())
}
