//! What was done to an application and what it answered.

use rm_core::{AppId, Effect, Fault, Message, Name, Outcome};

use super::facts::Facts;
use super::made::{Made, registered};
use super::named;
use super::reasons::registered_with;

/// What was done to an application and what it answered, each behind an `it`.
pub(super) fn happened(facts: &Facts<'_>, made: &Made<'_>, id: &AppId) -> Vec<String> {
    let process = made.affected(id).map(|one| one.process);
    let happened = made.effects.iter().filter_map(|(at, _, effect, outcome)| match effect {
        Effect::Send(to, message, _) if id.process() == Some(*to) => Some(sent(*message, outcome).into()),
        Effect::Registrations(_) => {
            let settings = registered(outcome, id.process()?)?;
            Some(format!("was {} then", registered_with(settings.as_deref())))
        }
        Effect::ControlEvent(to, _) if id.process() == Some(*to) => Some(match outcome {
            Outcome::Gone => "was gone before CTRL_C_EVENT reached it".into(),
            _ => "was sent CTRL_C_EVENT".into(),
        }),
        Effect::StopService(name) if *id == AppId::Service(name.clone()) => {
            Some(told_to_stop(facts, name, *at, outcome))
        }
        Effect::Terminate(it) if process == Some(*it) => Some(ended(facts, id, *it, outcome)),
        Effect::WaitAny(those) if those.contains(id) => match outcome {
            Outcome::Exited(exited) if exited.contains(id) => Some(own(id, "exited", "stopped").into()),
            Outcome::DeadlinePassed => {
                let text = own(
                    id,
                    "was still there when its time was over",
                    "had not stopped when its time was over",
                );
                Some(text.into())
            }
            _ => None,
        },
        Effect::AreAlive(those) if those.contains(id) => match outcome {
            Outcome::Alive(alive) if !alive.contains(id) => {
                Some(own(id, "was gone then", "had stopped then").into())
            }
            _ => None,
        },
        _ => None,
    });
    happened.collect()
}

/// Of two wordings the one for a process, or the one for a service.
pub(super) const fn own(id: &AppId, process: &'static str, service: &'static str) -> &'static str {
    match id {
        AppId::Process(_) => process,
        AppId::Service(_) => service,
    }
}

/// What the service control manager said to a stop control.
fn told_to_stop(facts: &Facts<'_>, name: &Name, at: usize, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Done => "was told to stop by the service control manager".into(),
        Outcome::Gone => "had stopped before the service control manager was asked to stop it".into(),
        _ => {
            let why = no_stop(facts, name, at, outcome);
            format!("was not stopped by the service control manager: {why}")
        }
    }
}

/// Why the service control manager did not stop a service, if it did not.
pub(super) fn declined(facts: &Facts<'_>, made: &Made<'_>, id: &AppId) -> Option<String> {
    made.effects.iter().find_map(|(at, _, effect, outcome)| match (effect, outcome) {
        (Effect::StopService(name), Outcome::Refused | Outcome::Failed(_))
            if *id == AppId::Service(name.clone()) =>
        {
            Some(no_stop(facts, name, *at, outcome))
        }
        _ => None,
    })
}

fn no_stop(facts: &Facts<'_>, name: &Name, at: usize, outcome: &Outcome) -> String {
    if let Outcome::Failed(fault) = outcome {
        return failure(*fault).into();
    }
    let about = facts.service(name).and_then(|service| service.about.service.as_ref());
    let needing = facts.needing(name, at);
    match (about, needing.as_slice()) {
        (Some(about), _) if !about.accepts_stop => "it does not accept being stopped".into(),
        (_, []) => "it took no control at that moment".into(),
        (_, [one]) => format!("{} needs it and runs", facts.name(one)),
        (_, several) => format!("{} need it and run", named(facts, several)),
    }
}

fn ended(facts: &Facts<'_>, id: &AppId, process: rm_core::UniqueProcess, outcome: &Outcome) -> String {
    let host = || facts.process_name(process);
    match (id, outcome) {
        (AppId::Process(_), Outcome::Gone) => "was gone before it could be ended by force".into(),
        (AppId::Service(_), Outcome::Gone) => {
            format!("was gone before its process {} could be ended by force", host())
        }
        (AppId::Process(_), Outcome::Failed(fault)) => {
            format!("could not be ended by force ({})", failure(*fault))
        }
        (AppId::Service(_), Outcome::Failed(fault)) => {
            format!("lives in {}, which could not be ended by force ({})", host(), failure(*fault))
        }
        (AppId::Process(_), _) => "was ended by force".into(),
        (AppId::Service(_), _) => format!("was ended by force with its process {}", host()),
    }
}

const fn sent(message: Message, outcome: &Outcome) -> &'static str {
    match (message, outcome) {
        (Message::QueryEndSession, Outcome::Agreed) => "was asked by WM_QUERYENDSESSION and said yes",
        (Message::QueryEndSession, Outcome::Refused) => "was asked by WM_QUERYENDSESSION and said no",
        (Message::QueryEndSession, Outcome::NoAnswer) => {
            "was asked by WM_QUERYENDSESSION and did not answer in time"
        }
        (Message::QueryEndSession, Outcome::Died) => "was asked by WM_QUERYENDSESSION and exited instead",
        (Message::QueryEndSession, Outcome::Gone) => "was gone before WM_QUERYENDSESSION reached it",
        (Message::QueryEndSession, _) => "was being asked by WM_QUERYENDSESSION when the cancel came",
        (Message::EndSession, Outcome::NoAnswer) => {
            "was told to end by WM_ENDSESSION and did not answer in time"
        }
        (Message::EndSession, Outcome::Died) => "was told to end by WM_ENDSESSION and exited",
        (Message::EndSession, Outcome::Gone) => "was gone before WM_ENDSESSION reached it",
        (Message::EndSession, _) => "was told to end by WM_ENDSESSION",
        (Message::StaySession, Outcome::Gone | Outcome::Died) => "exited although it was told to stay",
        (Message::StaySession, _) => "was told to stay (WM_ENDSESSION with FALSE)",
        (Message::Close, Outcome::Gone) => "was gone before WM_CLOSE reached it",
        (Message::Close, _) => "was sent WM_CLOSE",
    }
}

/// What went wrong in the machine, in words.
pub(super) const fn failure(fault: Fault) -> &'static str {
    match fault {
        Fault::AccessDenied => "access denied",
        Fault::OutOfMemory => "not enough memory",
        Fault::WriteFault => "the registry failed",
    }
}
