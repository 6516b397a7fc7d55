//! Filters: changes to what is stopped and restarted, and to whom they apply.

use crate::app_status::AppStatus;
use crate::application::Affected;
use crate::name::Name;
use crate::process::UniqueProcess;
use crate::rules::{Rules, latitude::answers};

answers! {
    /// Which filter counts when filters of different kinds hit one application.
    Precedence = "OQ-90" { Stricter, MostSpecific, Newest }
}
answers! {
    /// Which mask bits `RmNoShutdown` sets.
    NoShutdownBits = "OQ-89.bits" { ShutdownMasked, Both }
}
answers! {
    /// Whether a file filter also hits what the executable started.
    Children = "OQ-100.children" { NotHit, Hit }
}

/// `RM_FILTER_ACTION` (RM-TYPE-10).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct FilterAction(pub u32);

impl FilterAction {
    /// `RmNoRestart`: stopped, and not restarted (RM-FILT-08).
    pub const NO_RESTART: Self = Self(1);
    /// `RmNoShutdown`: neither stopped nor restarted (RM-FILT-09).
    pub const NO_SHUTDOWN: Self = Self(2);

    /// Whether the action is one that means something.
    #[must_use]
    pub const fn is_known(self) -> bool {
        matches!(self, Self::NO_RESTART | Self::NO_SHUTDOWN)
    }

    /// The bits that show in `AppStatus` (RM-FILT-33).
    pub(crate) fn masks(self, rules: &Rules) -> AppStatus {
        match self {
            Self::NO_RESTART => AppStatus::RESTART_MASKED,
            Self::NO_SHUTDOWN => match rules.ask::<NoShutdownBits>() {
                NoShutdownBits::ShutdownMasked => AppStatus::SHUTDOWN_MASKED,
                NoShutdownBits::Both => AppStatus::SHUTDOWN_MASKED.with(AppStatus::RESTART_MASKED),
            },
            _ => AppStatus::UNKNOWN,
        }
    }
}

/// To whom a filter applies (RM-FILT-04).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum FilterTarget {
    /// Every process with this executable (RM-FILT-28, RM-FILT-29).
    File(Name),
    /// One process.
    Process(UniqueProcess),
    /// A service, by short name.
    Service(Name),
}

impl FilterTarget {
    /// Whether both name the same target, so that one filter replaces the other (RM-FILT-11).
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::File(a), Self::File(b)) | (Self::Service(a), Self::Service(b)) => a.same(b),
            (Self::Process(a), Self::Process(b)) => a == b,
            _ => false,
        }
    }

    /// Whether the target means this application, under any of these names of its file.
    fn hits(&self, application: &Affected, names: &[Name], rules: &Rules) -> bool {
        match self {
            Self::File(path) => {
                let about = &application.about;
                let is_it = |image: &Name| path.same(image) || names.iter().any(|name| name.same(image));
                is_it(&about.image)
                    || (about.ancestors.iter().any(is_it) && rules.ask::<Children>() == Children::Hit)
            }
            Self::Process(process) => *process == application.process,
            Self::Service(name) => application.about.is_called(name),
        }
    }

    /// How narrow the target is: a process is one, a service is one by name, a file may be many.
    const fn narrowness(&self) -> u8 {
        match self {
            Self::File(_) => 0,
            Self::Service(_) => 1,
            Self::Process(_) => 2,
        }
    }
}

/// A filter in force.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Filter {
    /// To whom.
    pub target: FilterTarget,
    /// What.
    pub action: FilterAction,
    /// Other names of the file that is its target, where they count too (OQ-100.path).
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "alloc::vec::Vec::is_empty"))]
    pub names: alloc::vec::Vec<Name>,
}

impl Filter {
    /// The size of an `RM_FILTER_INFO` on a 64-bit system (RM-TYPE-13).
    pub const RECORD_SIZE: u32 = 32;

    /// Whether the filter applies to an application.
    #[must_use]
    pub fn hits(&self, application: &Affected, rules: &Rules) -> bool {
        self.target.hits(application, &self.names, rules)
    }

    /// The bytes that the filter takes in the buffer of `RmGetFilterList`: the record, and the
    /// string it points at (OQ-98.layout).
    #[must_use]
    pub fn size(&self) -> u32 {
        let string = match &self.target {
            FilterTarget::File(name) | FilterTarget::Service(name) => 2 * (name.units().len() + 1),
            FilterTarget::Process(_) => 0,
        };
        Self::RECORD_SIZE.saturating_add(u32::try_from(string).unwrap_or(u32::MAX))
    }
}

/// The filters of a session, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Filters(alloc::vec::Vec<Filter>);

impl Filters {
    /// The filters, the oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Filter> {
        self.0.iter()
    }

    /// Whether this target has a filter.
    #[must_use]
    pub fn has(&self, target: &FilterTarget) -> bool {
        self.0.iter().any(|filter| filter.target.same(target))
    }

    /// Keeps a filter; it takes the place of an earlier one for the same target (RM-FILT-11).
    pub(crate) fn keep(&mut self, filter: Filter) {
        self.remove(&filter.target);
        self.0.push(filter);
    }

    pub(crate) fn remove(&mut self, target: &FilterTarget) {
        self.0.retain(|filter| !filter.target.same(target));
    }

    /// The action in force for an application.
    pub(crate) fn action(&self, application: &Affected, rules: &Rules) -> Option<FilterAction> {
        let mut hits = self.0.iter().filter(|filter| filter.hits(application, rules));
        let (first, more) = (hits.clone().next()?, hits.clone().nth(1));
        if more.is_none() {
            return Some(first.action);
        }
        let counts = match rules.ask::<Precedence>() {
            Precedence::Stricter => hits.max_by_key(|filter| filter.action),
            Precedence::MostSpecific => hits.max_by_key(|filter| filter.target.narrowness()),
            Precedence::Newest => hits.next_back(),
        };
        counts.map(|filter| filter.action)
    }
}
