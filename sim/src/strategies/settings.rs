//! The strategies, and what can be said of the settings to draw.

use proptest::collection::{SizeRange, vec};
use proptest::prelude::*;
use proptest::strategy::NewTree;
use proptest::test_runner::TestRunner;
use rm_core::Name;
use rm_core::rules::Latitude;

use super::{
    DrawnProgram, DrawnService, Happening, Mishap, Schedule, Setting, Shrunk, draw, each, fewer, shrinking,
};
use crate::world::Behavior;

/// Settings about these files: programs and services that use them or do not, an installer called `setup`, and
/// in half of them something goes wrong.
#[must_use]
pub fn settings(files: &[&str]) -> Settings {
    Settings {
        files: names(files),
        directories: Vec::new(),
        installers: vec!["setup".into()],
        programs: (1..=4).into(),
        services: (0..=4).into(),
        faults: true,
        any_policy: false,
        meanwhile: false,
    }
}

/// Which settings to draw; a strategy. Begins with [`settings`].
#[derive(Clone, Debug)]
pub struct Settings {
    files: Vec<Name>,
    directories: Vec<Name>,
    installers: Vec<String>,
    programs: SizeRange,
    services: SizeRange,
    faults: bool,
    any_policy: bool,
    meanwhile: bool,
}

impl Settings {
    /// These installers. No program or service is called so: those are `app0`, `svc0` and so on.
    #[must_use]
    pub fn installers(mut self, names: &[&str]) -> Self {
        self.installers = names.iter().map(|name| (*name).into()).collect();
        self
    }

    /// So many programs. No setting shrinks to fewer.
    #[must_use]
    pub fn programs(mut self, many: impl Into<SizeRange>) -> Self {
        self.programs = many.into();
        self
    }

    /// So many services. If there may be none, half of the settings have none; and none shrinks to fewer.
    #[must_use]
    pub fn services(mut self, many: impl Into<SizeRange>) -> Self {
        self.services = many.into();
        self
    }

    /// Whether anything goes wrong beside what programs and services do.
    #[must_use]
    pub const fn faults(mut self, faults: bool) -> Self {
        self.faults = faults;
        self
    }

    /// Mostly a policy of their own, instead of the default one: whatever the documents leave open.
    #[must_use]
    pub const fn any_policy(mut self) -> Self {
        self.any_policy = true;
        self
    }

    /// A [`Schedule`] as well: something happens while the installers work.
    #[must_use]
    pub const fn meanwhile(mut self) -> Self {
        self.meanwhile = true;
        self
    }

    /// These directories as well. Nobody uses them.
    #[must_use]
    pub fn directories(mut self, paths: &[&str]) -> Self {
        self.directories = names(paths);
        self
    }

    fn drawn(&self) -> impl Strategy<Value = Setting> + use<> {
        let most = u8::try_from(self.services.end_incl()).unwrap_or(u8::MAX);
        let service = || draw::service(&self.files, most);
        let services = match self.services.start() {
            0 if most == 0 => Just(Vec::new()).boxed(),
            0 => prop_oneof![1 => Just(Vec::new()), 1 => vec(service(), 1..=usize::from(most))].boxed(),
            _ => vec(service(), self.services.clone()).boxed(),
        };
        let installers: Vec<_> = self.installers.iter().cloned().map(draw::installer).collect();
        let programs = vec(draw::program(&self.files), self.programs.clone());
        let machine = (programs, services, draw::host(&self.files), installers);
        let mishaps = if self.faults { mishaps().boxed() } else { Just(Vec::new()).boxed() };
        let some = || prop_oneof![1 => Just(Vec::new()), 3 => draw::answers()].boxed();
        let answers = if self.any_policy { some() } else { Just(Vec::new()).boxed() };
        let nothing = Just(Schedule::default()).boxed();
        let meanwhile = if self.meanwhile { draw::schedule().boxed() } else { nothing };
        let directories = self.directories.clone();
        (machine, mishaps, answers, meanwhile).prop_map(
            move |((programs, services, host, installers), mishaps, answers, meanwhile)| {
                let directories = directories.clone();
                Setting { programs, services, host, installers, directories, mishaps, answers, meanwhile }
                    .tidy()
            },
        )
    }
}

impl Strategy for Settings {
    type Tree = Shrunk<Setting>;
    type Value = Setting;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let (programs, services) = (self.programs.start(), self.services.start());
        let enough = move |it: &Setting| it.programs.len() >= programs && it.services.len() >= services;
        let smaller = move |setting: &Setting| {
            let smaller = setting.smaller().into_iter();
            smaller.filter(enough).collect()
        };
        shrinking(self.drawn(), smaller).new_tree(runner)
    }
}

impl Setting {
    /// Without what says nothing: services that one cannot need.
    fn tidy(mut self) -> Self {
        for (at, service) in self.services.iter_mut().enumerate() {
            service.needs.retain(|needed| usize::from(*needed) < at);
        }
        self
    }
}

fn names(paths: &[&str]) -> Vec<Name> {
    paths.iter().copied().map(Name::from).collect()
}

/// A program of any kind that uses up to two of these files.
pub fn program(files: &[&str]) -> impl Strategy<Value = DrawnProgram> + use<> {
    shrinking(draw::program(&names(files)), DrawnProgram::smaller)
}

/// How a program answers.
pub fn behavior() -> impl Strategy<Value = Behavior> {
    let with = |behavior| DrawnProgram { behavior, ..DrawnProgram::default() };
    shrinking(draw::behavior(), move |behavior| {
        let smaller = with(behavior.clone()).smaller().into_iter();
        smaller.map(|drawn| drawn.behavior).collect()
    })
}

/// A service that uses up to two of these files, and may need some of the first four.
pub fn service(files: &[&str]) -> impl Strategy<Value = DrawnService> + use<> {
    shrinking(draw::service(&names(files), 4), DrawnService::smaller)
}

/// What goes wrong, in half of the cases: failures of every effect that can fail, deaths, cancels, and programs
/// that come and go.
pub fn fault_plan() -> impl Strategy<Value = Vec<Mishap>> {
    shrinking(mishaps(), |mishaps| {
        let mut all = fewer(mishaps, |mishaps| mishaps);
        all.extend(each(mishaps, |mishaps| mishaps, Mishap::smaller));
        all
    })
}

fn mishaps() -> impl Strategy<Value = Vec<Mishap>> {
    let mishaps = prop_oneof![Just(Vec::new()), vec(draw::mishap(), 1..=6)];
    mishaps.prop_map(|mishaps| mishaps.concat())
}

/// Answers to any of the open questions, from none of them to all.
pub fn answers() -> impl Strategy<Value = Vec<(Latitude, u8)>> {
    shrinking(draw::answers(), |answers| fewer(answers, |answers| answers))
}

/// What else happens while the installers work: programs and services come and go, a cancel comes, one of them dies.
pub fn schedule() -> impl Strategy<Value = Schedule> {
    shrinking(draw::schedule(), Schedule::smaller)
}

/// One of the things that happen beside the calls.
pub fn happening() -> impl Strategy<Value = Happening> {
    draw::happening()
}
