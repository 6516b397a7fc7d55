//! What is smaller than a setting, and than what is in it: less of it first, then what is more usual.

use std::ops::Range;

use rm_core::Millis;

use super::{
    DrawnInstaller, DrawnProgram, DrawnService, Happening, Meanwhile, Mishap, Schedule, Setting, SharedHost,
    Wrong, each, fewer, shrunk,
};
use crate::world::Behavior;

impl Setting {
    /// Every setting that is the next smaller one in some way, those that leave most out first. All are valid.
    #[must_use]
    pub fn smaller(&self) -> Vec<Self> {
        let mut all: Vec<_> =
            self.meanwhile.less().map(|meanwhile| Self { meanwhile, ..self.clone() }).collect();
        all.extend(fewer(self, |setting| &mut setting.mishaps));
        all.extend(fewer(self, |setting| &mut setting.answers));
        all.extend(shrunk::runs(self.programs.len()).map(|gone| self.without_programs(gone)));
        all.extend(shrunk::runs(self.services.len()).map(|gone| self.without_services(gone)));
        all.extend(each(self, |setting| &mut setting.programs, DrawnProgram::smaller));
        all.extend(each(self, |setting| &mut setting.services, DrawnService::smaller));
        if self.host != SharedHost::default() {
            all.push(Self { host: SharedHost::default(), ..self.clone() });
        }
        let usual = |installer: &DrawnInstaller| DrawnInstaller::called(&installer.name);
        all.extend(each(
            self,
            |setting| &mut setting.installers,
            |installer| Vec::from_iter(Some(usual(installer)).filter(|_| !installer.is_usual())),
        ));
        all.extend(each(self, |setting| &mut setting.mishaps, Mishap::smaller));
        all.extend(each(self, |setting| &mut setting.meanwhile.left, Meanwhile::smaller));
        all
    }

    /// Without these programs; whatever else is started, ends or is replaced is the same one as before.
    fn without_programs(&self, gone: Range<usize>) -> Self {
        let mut less = self.clone();
        less.programs.drain(gone.clone());
        let moved = |pick: &mut u8| {
            let at = usize::from(*pick).checked_rem(self.programs.len()).unwrap_or_default();
            let many = if at < gone.end { 0 } else { gone.len() };
            *pick = u8::try_from(at - many).unwrap_or_default();
        };
        for meanwhile in &mut less.meanwhile.left {
            if let Happening::Spawn(pick) = &mut meanwhile.what {
                moved(pick);
            }
        }
        for mishap in &mut less.mishaps {
            match &mut mishap.what {
                Wrong::Spawn(pick) => moved(pick),
                Wrong::Replace(old, new) => [old, new].into_iter().for_each(moved),
                Wrong::Fails(_) | Wrong::Dies | Wrong::Cancel | Wrong::Exit(_) => {}
            }
        }
        less
    }

    /// Without these services; the others need what they needed of those that are left.
    fn without_services(&self, gone: Range<usize>) -> Self {
        let mut less = self.clone();
        less.services.drain(gone.clone());
        for service in &mut less.services {
            let needs = service.needs.iter().filter(|needed| !gone.contains(&usize::from(**needed)));
            let moved = |needed: u8| {
                let many = if usize::from(needed) < gone.end { 0 } else { gone.len() };
                needed.saturating_sub(u8::try_from(many).unwrap_or(u8::MAX))
            };
            service.needs = needs.copied().map(moved).collect();
        }
        less
    }
}

/// What makes a thing as usual, trait by trait.
type Calm<T> = &'static [fn(&mut T, T)];

fn calmer<T: Clone + PartialEq + Default>(thing: &T, calm: Calm<T>) -> Vec<T> {
    let calmer = calm.iter().map(|calm| {
        let mut calmer = thing.clone();
        calm(&mut calmer, T::default());
        calmer
    });
    calmer.filter(|calmer| calmer != thing).collect()
}

const CALM_BEHAVIOR: Calm<Behavior> = &[
    |behavior, usual| *behavior = usual,
    |behavior, usual| behavior.windows = usual.windows,
    |behavior, usual| behavior.query = usual.query,
    |behavior, usual| behavior.end_session = usual.end_session,
    |behavior, usual| behavior.close = usual.close,
    |behavior, usual| behavior.control = usual.control,
];

const CALM_PROGRAM: Calm<DrawnProgram> = &[
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
];

const CALM_SERVICE: Calm<DrawnService> = &[
    |drawn, usual| drawn.stop = usual.stop,
    |drawn, usual| drawn.start = usual.start,
    |drawn, usual| drawn.respawn = usual.respawn,
    |drawn, usual| drawn.critical = usual.critical,
    |drawn, usual| drawn.accepts_stop = usual.accepts_stop,
    |drawn, usual| drawn.permitted = usual.permitted,
    |drawn, usual| drawn.shares_host = usual.shares_host,
    |drawn, usual| drawn.running = usual.running,
];

impl DrawnProgram {
    /// Every program that is more usual in one way, or uses less.
    #[must_use]
    pub fn smaller(&self) -> Vec<Self> {
        let behaviors = calmer(&self.behavior, CALM_BEHAVIOR).into_iter();
        let mut all: Vec<_> = behaviors.map(|behavior| Self { behavior, ..self.clone() }).collect();
        let sooner =
            [self.with_delays(|_| Millis(0)), self.with_delays(|after| Millis(after.0 / 1000 * 1000))];
        all.extend(sooner.into_iter().filter(|sooner| sooner != self));
        all.extend(calmer(self, CALM_PROGRAM));
        all.extend(fewer(self, |drawn| &mut drawn.uses));
        all
    }
}

impl DrawnService {
    /// Every service that is more usual in one way, or uses or needs less.
    #[must_use]
    pub fn smaller(&self) -> Vec<Self> {
        let mut all = calmer(self, CALM_SERVICE);
        all.extend(fewer(self, |drawn| &mut drawn.needs));
        all.extend(fewer(self, |drawn| &mut drawn.uses));
        all
    }
}

impl Schedule {
    /// Every schedule in which less happens, or sooner.
    #[must_use]
    pub fn smaller(&self) -> Vec<Self> {
        let mut all: Vec<_> = self.less().collect();
        all.extend(each(self, |schedule| &mut schedule.left, Meanwhile::smaller));
        all
    }

    /// Every schedule in which less happens; what comes after one thing that goes comes sooner, or just when
    /// it did.
    fn less(&self) -> impl Iterator<Item = Self> {
        let just_when = (1..self.left.len()).map(|at| {
            let mut less = self.clone();
            let gone = less.left.remove(at - 1);
            if let Some(next) = less.left.get_mut(at - 1) {
                next.after = next.after.saturating_add(gone.after);
            }
            less
        });
        fewer(self, |schedule| &mut schedule.left).into_iter().chain(just_when)
    }
}

impl Meanwhile {
    /// The same, but sooner, or to one of the first.
    #[must_use]
    pub fn smaller(&self) -> Vec<Self> {
        let sooner = |after| Self { after, ..*self };
        let sooner = [0, self.after / 2, self.after.saturating_sub(1)].map(sooner);
        let to_another = self.what.smaller().into_iter().map(|what| Self { what, ..*self });
        sooner.into_iter().filter(|sooner| sooner != self).chain(to_another).collect()
    }
}

impl Happening {
    /// The same to those that come before.
    fn smaller(self) -> Vec<Self> {
        let (to, pick): (fn(u8) -> Self, u8) = match self {
            Self::Pass => return Vec::new(),
            Self::Exit(pick) => (Self::Exit, pick),
            Self::Spawn(pick) => (Self::Spawn, pick),
            Self::Stop(pick) => (Self::Stop, pick),
            Self::Serve(pick) => (Self::Serve, pick),
            Self::Die(pick) => (Self::Die, pick),
            Self::Cancel(pick) => (Self::Cancel, pick),
        };
        let mut before: Vec<_> = [0, pick / 2, pick.saturating_sub(1)].into();
        before.dedup();
        before.into_iter().filter(|other| *other < pick).map(to).collect()
    }
}

impl Mishap {
    /// Every mishap that comes sooner, or takes less to say.
    #[must_use]
    pub fn smaller(&self) -> Vec<Self> {
        let mut sooner = *self;
        sooner.nth = 1;
        let mut any_call = *self;
        any_call.within = self.within.map(|within| crate::fault::Within { call: None, ..within });
        [sooner, any_call].into_iter().filter(|smaller| smaller != self).collect()
    }
}
