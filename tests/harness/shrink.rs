//! Makes a case that fails as small as it gets: what proptest leaves in, because it looks at each thing
//! once, goes here.

use crate::case::{Act, Case, Drawn, DrawnService};

/// The smallest case found that still fails: acts go from the back, then whatever else can be spared.
pub fn smallest(mut case: Case, fails: impl Fn(&Case) -> bool) -> Case {
    loop {
        let before = case.clone();
        // Half of the acts at first, then less and less, down to single ones.
        let mut many = case.acts.len();
        while many > 0 {
            for from in (0..case.acts.len()).rev() {
                let mut less = case.clone();
                less.acts.drain(from..less.acts.len().min(from + many));
                replace_if(&mut case, less, &fails);
            }
            many /= 2;
        }
        without_each(&mut case, |case| &mut case.mishaps, &fails);
        without_each(&mut case, |case| &mut case.answers, &fails);
        without_each(&mut case, |case| &mut case.programs, &fails);
        without_each(&mut case, |case| &mut case.services, &fails);
        calmer(&mut case, |case| &mut case.programs, CALM_PROGRAM, &fails);
        calmer(&mut case, |case| &mut case.services, CALM_SERVICE, &fails);
        plainer_machine(&mut case, &fails);
        plainer_acts(&mut case, &fails);
        if case == before {
            return case;
        }
    }
}

fn replace_if(case: &mut Case, with: Case, fails: &impl Fn(&Case) -> bool) {
    if with != *case && fails(&with) {
        *case = with;
    }
}

fn without_each<T>(
    case: &mut Case,
    things: impl Fn(&mut Case) -> &mut Vec<T>,
    fails: &impl Fn(&Case) -> bool,
) {
    for at in (0..things(case).len()).rev() {
        let mut less = case.clone();
        things(&mut less).remove(at);
        replace_if(case, less, fails);
    }
}

/// Each trait of a thing that is not usual and not needed goes.
fn calmer<T: Default>(
    case: &mut Case,
    things: impl Fn(&mut Case) -> &mut Vec<T>,
    usual: &[fn(&mut T, T)],
    fails: &impl Fn(&Case) -> bool,
) {
    for at in 0..things(case).len() {
        for calm in usual {
            let mut less = case.clone();
            calm(&mut things(&mut less)[at], T::default());
            replace_if(case, less, fails);
        }
    }
}

/// What makes a program as usual, trait by trait.
const CALM_PROGRAM: &[fn(&mut Drawn, Drawn)] = &[
    |drawn, usual| drawn.behavior = usual.behavior,
    |drawn, usual| drawn.behavior.windows = usual.behavior.windows,
    |drawn, usual| drawn.behavior.query = usual.behavior.query,
    |drawn, usual| drawn.behavior.end_session = usual.behavior.end_session,
    |drawn, usual| drawn.behavior.close = usual.behavior.close,
    |drawn, usual| drawn.behavior.control = usual.behavior.control,
    |drawn, usual| drawn.registered = usual.registered,
    |drawn, usual| drawn.app_type = usual.app_type,
    |drawn, usual| drawn.permitted = usual.permitted,
    |drawn, usual| drawn.launchable = usual.launchable,
    |drawn, usual| drawn.ts_session = usual.ts_session,
    |drawn, usual| drawn.of_other_user = usual.of_other_user,
    |drawn, usual| drawn.elevated = usual.elevated,
    |drawn, usual| drawn.on_shared_console = usual.on_shared_console,
    |drawn, usual| drawn.respawn = usual.respawn,
    |drawn, usual| drawn.running = usual.running,
    |drawn, usual| drawn.uses.truncate(1.max(usual.uses.len())),
];

/// The same of a service.
const CALM_SERVICE: &[fn(&mut DrawnService, DrawnService)] = &[
    |drawn, usual| drawn.stop = usual.stop,
    |drawn, usual| drawn.start = usual.start,
    |drawn, usual| drawn.respawn = usual.respawn,
    |drawn, usual| drawn.needs = usual.needs,
    |drawn, usual| drawn.uses = usual.uses,
    |drawn, usual| drawn.critical = usual.critical,
    |drawn, usual| drawn.accepts_stop = usual.accepts_stop,
    |drawn, usual| drawn.permitted = usual.permitted,
    |drawn, usual| drawn.shares_host = usual.shares_host,
    |drawn, usual| drawn.running = usual.running,
];

/// What a case says of the host and the installers, if it need not.
fn plainer_machine(case: &mut Case, fails: &impl Fn(&Case) -> bool) {
    let plain = Case { host: Case::default().host, ..case.clone() };
    replace_if(case, plain, fails);
    for at in 0..case.setups.len() {
        let mut plain = case.clone();
        plain.setups[at] = Case::default().setups[at];
        replace_if(case, plain, fails);
    }
}

/// A call that is made in one piece is easier to read than one that is begun and finished.
fn plainer_acts(case: &mut Case, fails: &impl Fn(&Case) -> bool) {
    for at in 0..case.acts.len() {
        let plainer = match case.acts[at] {
            Act::Begin(who, ask) => Act::Make(who, ask),
            Act::Step(pick) => Act::Finish(pick),
            Act::Crowd(installer, many) if many > 1 => Act::Crowd(installer, many - 1),
            _ => continue,
        };
        let mut less = case.clone();
        less.acts[at] = plainer;
        replace_if(case, less, fails);
    }
}
