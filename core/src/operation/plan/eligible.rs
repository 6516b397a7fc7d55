//! Whether an application can be started again: what a restart goes by, what `bRestartable` says, and
//! what `RmShutdownOnlyRegistered` looks at. Filters aside.

use crate::application::{Affected, AppType};
use crate::process::Identity;
use crate::rule;
use crate::rules::{Answer, Citation, Rules, latitude::answers};

answers! {
    /// Whether Explorer comes back without having registered.
    ExplorerComesBack = "OQ-64.restart" { Restarted, Left }
}
answers! {
    /// Whether an application that ran for less than 60 seconds is restarted.
    YoungComesBack = "OQ-73" { Restarted, PassedOver, Fails }
}
answers! {
    /// Whether an installer that runs as somebody else restarts what ran as the logged-on user.
    StrangerRestarts = "OQ-78" { Left, AsInstaller }
}
answers! {
    /// `bRestartable` with RESTART_NO_PATCH.
    ShownNoPatch = "OQ-43.nopatch" { Yes, No }
}
answers! {
    /// `bRestartable` of what runs elevated.
    ShownElevated = "OQ-43.elevated" { Yes, No }
}
answers! {
    /// `bRestartable` of what runs as another user.
    ShownUser = "OQ-43.user" { Yes, No }
}
answers! {
    /// `bRestartable` of what has run for less than 60 seconds.
    ShownYoung = "OQ-43.young" { Yes, No }
}
answers! {
    /// `bRestartable` of an Explorer that has not registered.
    ShownExplorer = "OQ-43.explorer" { Yes, No }
}
answers! {
    /// Whether RESTART_NO_PATCH blocks.
    BlocksNoPatch = "OQ-53.nopatch" { IfNotRestartable, Always, Never }
}
answers! {
    /// Whether what runs elevated blocks.
    BlocksElevated = "OQ-53.elevated" { IfNotRestartable, Always, Never }
}
answers! {
    /// Whether what runs as another user blocks.
    BlocksUser = "OQ-53.user" { IfNotRestartable, Always, Never }
}
answers! {
    /// Whether Explorer blocks.
    BlocksExplorer = "OQ-53.explorer" { IfNotRestartable, Always, Never }
}
answers! {
    /// Whether a registered application of unknown type blocks.
    BlocksUnknown = "OQ-53.unknown" { IfNotRestartable, Always, Never }
}

/// What may keep an application from being started again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::operation) enum Bar {
    /// It never registered for restart (RM-RST-28).
    Unregistered,
    /// It is Explorer and has not registered (OQ-64.restart).
    Explorer,
    /// It registered with `RESTART_NO_PATCH` (RM-RST-20).
    NoPatch,
    /// It runs elevated (RM-RST-13).
    Elevated,
    /// It does not run as the user who is logged on (RM-RST-14).
    OtherUser,
    /// It does, but the installer runs as somebody else (OQ-78).
    Stranger,
    /// It ran for less than 60 seconds (OQ-73).
    Young,
}

/// Everything that may keep an application from being started again. Nothing does a service
/// (RM-RST-04).
pub(in crate::operation) fn bars(one: &Affected, me: &Identity) -> impl Iterator<Item = Bar> {
    let about = &one.about;
    let all = [
        (
            one.restart.is_none(),
            if about.app_type == AppType::Explorer { Bar::Explorer } else { Bar::Unregistered },
        ),
        (one.restart.as_ref().is_some_and(|settings| !settings.allows_update()), Bar::NoPatch),
        (about.elevated, Bar::Elevated),
        (about.user != me.logged_on, Bar::OtherUser),
        (about.user == me.logged_on && about.user != me.user, Bar::Stranger),
        (one.young, Bar::Young),
    ];
    let is_service = one.is_service();
    all.into_iter().filter(move |(is_so, _)| *is_so && !is_service).map(|(_, bar)| bar)
}

impl Bar {
    /// Whether it does keep the application from being started again, and what says so.
    pub(in crate::operation) fn holds(self, rules: &Rules) -> (bool, Citation) {
        match self {
            Self::Unregistered => (true, Citation::Rule(rule!("RM-RST-28"))),
            Self::NoPatch => (true, Citation::Rule(rule!("RM-RST-20"))),
            Self::Elevated => (true, Citation::Rule(rule!("RM-RST-13"))),
            Self::OtherUser => (true, Citation::Rule(rule!("RM-RST-14"))),
            Self::Explorer => answered(rules.ask(), ExplorerComesBack::Left),
            Self::Stranger => answered(rules.ask(), StrangerRestarts::Left),
            Self::Young => {
                let answer = rules.ask::<YoungComesBack>();
                (answer != YoungComesBack::Restarted, Citation::answer(answer))
            }
        }
    }

    /// What makes `bRestartable` FALSE because of it, if anything does (RM-LIST-25, OQ-43).
    fn shows(self, rules: &Rules) -> Option<Citation> {
        match self {
            Self::Unregistered => Some(Citation::Rule(rule!("ARR-29"))),
            Self::Explorer => when(rules.ask(), ShownExplorer::No),
            Self::NoPatch => when(rules.ask(), ShownNoPatch::No),
            Self::Elevated => when(rules.ask(), ShownElevated::No),
            Self::OtherUser | Self::Stranger => when(rules.ask(), ShownUser::No),
            Self::Young => when(rules.ask(), ShownYoung::No),
        }
    }

    /// What keeps `RmShutdownOnlyRegistered` from stopping anything because of it, if anything does
    /// (OQ-53).
    fn blocks(self, rules: &Rules) -> Option<Citation> {
        let by_itself = match self {
            Self::Unregistered | Self::Young => None,
            Self::Explorer => decided(rules.ask(), BlocksExplorer::Always, BlocksExplorer::Never),
            Self::NoPatch => decided(rules.ask(), BlocksNoPatch::Always, BlocksNoPatch::Never),
            Self::Elevated => decided(rules.ask(), BlocksElevated::Always, BlocksElevated::Never),
            Self::OtherUser | Self::Stranger => decided(rules.ask(), BlocksUser::Always, BlocksUser::Never),
        };
        by_itself.unwrap_or_else(|| self.shows(rules))
    }
}

/// The answer, if it is this one.
fn when<A: Answer + PartialEq>(answer: A, this: A) -> Option<Citation> {
    (answer == this).then(|| Citation::answer(answer))
}

/// What an answer says by itself: that it blocks or that nothing does; `None` if `bRestartable` decides.
fn decided<A: Answer + PartialEq>(answer: A, always: A, never: A) -> Option<Option<Citation>> {
    if answer == never { Some(None) } else { (answer == always).then(|| Some(Citation::answer(answer))) }
}

/// Whether an answer is the one that keeps the application from being started again.
fn answered<A: Answer + PartialEq>(answer: A, bars: A) -> (bool, Citation) {
    (answer == bars, Citation::answer(answer))
}

/// Whether an application that was stopped may be started again, and what says so.
pub(in crate::operation) fn may_start(one: &Affected, me: &Identity, rules: &Rules) -> (bool, Citation) {
    let mut because = Citation::Rule(if one.is_service() { rule!("RM-RST-04") } else { rule!("RM-RST-03") });
    for bar in bars(one, me) {
        let (holds, cited) = bar.holds(rules);
        if holds {
            return (false, cited);
        }
        because = cited;
    }
    (true, because)
}

/// `bRestartable` of what is listed as this type, filters aside, and why (RM-LIST-25).
pub(in crate::operation) fn restartable(
    one: &Affected,
    listed_as: AppType,
    me: &Identity,
    rules: &Rules,
) -> (bool, Citation) {
    if listed_as == AppType::Critical {
        return (false, Citation::Rule(rule!("RM-LIST-27")));
    }
    let yes = if one.is_service() { rule!("RM-LIST-26") } else { rule!("RM-LIST-25") };
    let no = bars(one, me).find_map(|bar| bar.shows(rules));
    no.map_or((true, Citation::Rule(yes)), |because| (false, because))
}

/// What makes an application keep `RmShutdownOnlyRegistered` from stopping anything, if anything
/// does (RM-SHUT-17).
pub(in crate::operation) fn blocks(one: &Affected, me: &Identity, rules: &Rules) -> Option<Citation> {
    if one.about.app_type == AppType::Critical {
        return Some(Citation::Rule(rule!("RM-LIST-27")));
    }
    if one.restart.is_some() && one.about.app_type == AppType::Unknown {
        let answer = decided(rules.ask(), BlocksUnknown::Always, BlocksUnknown::Never);
        if let Some(decided) = answer {
            return decided;
        }
    }
    bars(one, me).find_map(|bar| bar.blocks(rules))
}
