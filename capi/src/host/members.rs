//! Who the callers are: real processes, each of which is an installer of the scenario.

use std::time::Duration;

use rm_core::{Identity, Installer};
use rm_sim::transcript::Names;
use rm_sim::world::ProgramId;
use rm_sim::{Machine, Scenario};

use super::{Host, State};
use crate::asked::Process;
use crate::failure::Failure;

/// An installer of the scenario.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) name: String,
    program: ProgramId,
    /// Who its processes are; of them, the one that began last.
    identity: Identity,
    /// Whether a real process says to be that one.
    claimed: bool,
}

/// The installers, in the order of the scenario.
pub(super) fn of(scenario: &Scenario, machine: &Machine, names: &Names) -> Result<Vec<Member>, Failure> {
    let member = |name: &str| {
        let process = names.find(name)?;
        let identity = machine.installer(process)?.me.clone();
        let program = machine.world.process(process)?.program;
        Some(Member { name: name.into(), program, identity: identity.into_inner(), claimed: false })
    };
    let members: Option<Vec<_>> = scenario.installers().into_iter().map(member).collect();
    match members {
        Some(members) if !members.is_empty() => Ok(members),
        _ => Err(Failure::parameter("the scenario has no installer that could make calls")),
    }
}

impl State {
    fn member(&mut self, name: Option<&str>) -> Result<&mut Member, Failure> {
        let known: Vec<_> = self.members.iter().map(|member| member.name.clone()).collect();
        let wanted = |member: &&mut Member| name.is_none_or(|name| member.name == name);
        let unknown = || {
            let name = name.unwrap_or_default();
            Failure::parameter(format!("there is no installer `{name}`; there are: {}", known.join(", ")))
        };
        self.members.iter_mut().find(wanted).ok_or_else(unknown)
    }
}

impl Host {
    /// Has a real process be an installer. The first one is the process that the scenario begins with;
    /// each further one is a new process of the same program, as if it were run again.
    pub(crate) fn claim(&self, name: Option<&str>) -> Result<Process, Failure> {
        let mut state = self.lock();
        let member = state.member(name)?.clone();
        let mut process = member.identity.process;
        if member.claimed || !state.machine().world.is_alive(process) {
            process = state.simulation.spawn(member.program);
            state.simulation.machine.add(Installer::new(Identity { process, ..member.identity }));
            self.moved.notify_all();
        }
        let member = state.member(name)?;
        (member.identity.process, member.claimed) = (process, true);
        Ok(process.into())
    }

    /// A real process uses the machine from now on.
    #[cfg(unix)]
    pub(crate) fn entered(&self) {
        self.lock().present += 1;
    }

    /// It has ended: so does its process on the machine, in the midst of whatever it did.
    #[cfg(unix)]
    pub(crate) fn left(&self, process: Process) {
        let mut state = self.lock();
        state.present = state.present.saturating_sub(1);
        state.simulation.end(process.into());
        self.moved.notify_all();
    }

    /// Waits until all of them have ended, for at most this long.
    pub(crate) fn await_left(&self, patience: Duration) {
        let someone = |state: &mut State| state.present > 0;
        let _ = self.moved.wait_timeout_while(self.lock(), patience, someone);
    }
}
