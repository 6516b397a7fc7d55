//! Turns the faults of a scenario into a plan.

use rm_core::Effect;
use toml::Spanned;

use super::Problem;
use super::format::{At, Fault, File};
use crate::fault::{Failure, Place, Planned, Strike, Within};
use crate::machine::Machine;
use crate::transcript::Names;
use crate::world::ProgramId;

/// The functions, by the names of the steps that call them.
pub(super) const FUNCTIONS: [(&str, &str); 11] = [
    ("start", "RmStartSession"),
    ("join", "RmJoinSession"),
    ("register", "RmRegisterResources"),
    ("list", "RmGetList"),
    ("shutdown", "RmShutdown"),
    ("restart", "RmRestart"),
    ("add-filter", "RmAddFilter"),
    ("remove-filter", "RmRemoveFilter"),
    ("filter-list", "RmGetFilterList"),
    ("cancel", "RmCancelCurrentTask"),
    ("end", "RmEndSession"),
];

/// Adds the faults to the machine's plan: the number of each is its place in the file.
pub(super) fn plan(file: &File, machine: &mut Machine, names: &mut Names) -> Result<(), Problem> {
    for fault in &file.fault {
        let planned = planned(fault, file, machine, names).map_err(|problem| problem.or_at(fault.span()))?;
        machine.faults.add(planned);
    }
    Ok(())
}

/// The faults that never struck.
pub(super) fn never_struck<'a>(file: &'a File, machine: &'a Machine) -> impl Iterator<Item = Problem> + 'a {
    machine.faults.left().filter_map(|(number, _)| {
        let fault = file.fault.get(usize::try_from(number).ok()?)?;
        Some(Problem::new(fault.span(), "this fault never struck"))
    })
}

fn planned(
    fault: &Spanned<Fault>,
    file: &File,
    machine: &Machine,
    names: &mut Names,
) -> Result<Planned, Problem> {
    let Fault { by, at, .. } = fault.get_ref();
    let strike = strike(fault.get_ref(), machine)?;
    let (_, by) = super::caller::caller(file, by.as_ref(), machine, names)?;
    let effect = at.effect.as_ref().map(|name| effect(name, strike)).transpose()?;
    let nth = at.nth.as_ref().map(counted).transpose()?.unwrap_or(1);
    Ok(Planned { at: Place { by, effect, nth, within: within(at)? }, strike })
}

fn within(at: &At) -> Result<Option<Within>, Problem> {
    let call = at.call.as_ref().map(counted).transpose()?;
    match (&at.within, &at.call) {
        (Some(step), _) => {
            let known = FUNCTIONS.iter().find(|(name, _)| name == step.get_ref());
            let function = known.map(|(_, function)| *function).ok_or_else(|| {
                let all = FUNCTIONS.map(|(name, _)| name).join("`, `");
                Problem::new(
                    step.span(),
                    format!("no step is called `{}`; expected one of `{all}`", step.get_ref()),
                )
            })?;
            Ok(Some(Within { function, call }))
        }
        (None, Some(call)) => Err(Problem::new(call.span(), "`call` goes with `in`")),
        (None, None) => Ok(None),
    }
}

fn counted(number: &Spanned<u32>) -> Result<u32, Problem> {
    match *number.get_ref() {
        0 => Err(Problem::new(number.span(), "counting begins with 1")),
        number => Ok(number),
    }
}

/// An effect by its name; if it is to fail, it has to be one that may fail so.
fn effect(name: &Spanned<String>, strike: Strike) -> Result<&'static str, Problem> {
    let Some(effect) = Effect::NAMES.iter().find(|known| *known == name.get_ref()) else {
        return Err(super::steps::no_such_effect(name));
    };
    let failures = Failure::of(effect);
    match strike {
        Strike::Fails(failure) if !failures.contains(&failure) => {
            let may = failures.iter().map(|failure| failure.name()).collect::<Vec<_>>().join("` or `");
            let may = if may.is_empty() {
                "does not fail at all".into()
            } else {
                format!("fails only with `{may}`")
            };
            Err(Problem::new(
                name.span(),
                format!("`{effect}` never fails with `{}`: it {may}", failure.name()),
            ))
        }
        _ => Ok(effect),
    }
}

fn strike(fault: &Fault, machine: &Machine) -> Result<Strike, Problem> {
    let Fault { fails, dies, cancel, exit, spawn, replace, with, .. } = fault;
    let given = [
        ("fails", fails.is_some()),
        ("dies", *dies),
        ("cancel", *cancel),
        ("exit", exit.is_some()),
        ("spawn", spawn.is_some()),
        ("replace", replace.is_some()),
    ];
    if given.iter().filter(|(_, given)| *given).count() != 1 {
        let all = given.map(|(name, _)| name).join("`, `");
        return Err(Problem::new(0..0, format!("a fault is exactly one of `{all}`")));
    }
    if let (Some(with), None) = (with, replace) {
        return Err(Problem::new(with.span(), "`with` goes with `replace`"));
    }
    let program = |name: &Spanned<String>| program(name, machine);
    Ok(if let Some(name) = fails {
        Strike::Fails(failure(name)?)
    } else if let Some(name) = exit {
        Strike::Exit(program(name)?)
    } else if let Some(name) = spawn {
        Strike::Spawn(program(name)?)
    } else if let Some(name) = replace {
        Strike::Replace(program(name)?, program(with.as_ref().unwrap_or(name))?)
    } else if *dies {
        Strike::Dies
    } else {
        Strike::Cancel
    })
}

fn failure(name: &Spanned<String>) -> Result<Failure, Problem> {
    let known = Failure::ALL.iter().find(|(_, known)| known == name.get_ref());
    known.map(|(failure, _)| *failure).ok_or_else(|| {
        let all = Failure::ALL.map(|(_, name)| name).join("`, `");
        Problem::new(name.span(), format!("nothing fails with `{}`; expected one of `{all}`", name.get_ref()))
    })
}

fn program(name: &Spanned<String>, machine: &Machine) -> Result<ProgramId, Problem> {
    let missing = || Problem::new(name.span(), format!("there is no program `{}`", name.get_ref()));
    machine.world.cast().find(name.get_ref()).ok_or_else(missing)
}
