//! Whether a reply of the model lets pass what was seen, and in which points it does not.
//!
//! Where the documents leave a relation open (the order of entries, the layout of filter records, the
//! code of a failure that no text has, the values of progress), it is compared here and never enumerated.

use alloc::vec::Vec;

use super::{Seen, SeenEntry, SeenFilters, SeenList, SeenOutput};
use crate::app_status::AppStatus;
use crate::application::{AppId, AppType};
use crate::call::Call;
use crate::operation::Least;
use crate::refusal::{ErrorCode, Refusal};
use crate::reply::{Entry, FilterList, List, Output, Reply};
use crate::rule;
use crate::rules::{Citation, Evidence, Rule, RuleKind, Rules};

/// A point in which what was seen differs from a reply.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Difference {
    /// Which.
    pub point: Point,
    /// What makes the reply as it is there.
    pub because: Citation,
}

/// What can differ.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Point {
    /// The return value.
    Code,
    /// Whether the output parameters are those of the function.
    Outputs,
    /// The session handle.
    Handle,
    /// The session key.
    Key,
    /// The NUL behind the key.
    Terminator,
    /// How much is needed.
    Needed,
    /// How many entries there are.
    Count,
    /// The reboot reasons.
    Reasons,
    /// An application is not listed.
    Missing(AppId),
    /// An application is listed.
    Listed(AppId),
    /// The name of an application.
    AppName(AppId),
    /// The type of an application.
    Type(AppId),
    /// The status of an application.
    Status(AppId),
    /// The terminal session of an application.
    TsSession(AppId),
    /// Whether an application can be restarted.
    Restartable(AppId),
    /// The filters.
    Filters,
    /// What the status callback was told.
    Progress,
}

impl Difference {
    fn new(point: Point, because: Rule) -> Self {
        Self { point, because: Citation::Rule(because) }
    }

    /// Whether the documents forgive it: what makes the reply so is a permit, or one of two texts that
    /// disagree.
    #[must_use]
    pub fn is_forgiven(&self) -> bool {
        match self.because {
            Citation::Rule(rule) => {
                let row = rule.row();
                row.kind == RuleKind::Permit || row.evidence == Evidence::Contradictory
            }
            Citation::Latitude(..) => false,
        }
    }
}

impl Reply {
    /// Whether a caller who sees this sees an answer that the reply allows.
    #[must_use]
    pub fn admits(&self, seen: &Seen, call: &Call) -> bool {
        self.differences(seen, call).is_empty()
    }

    /// The points in which what was seen is not what the reply allows.
    #[must_use]
    pub fn differences(&self, seen: &Seen, call: &Call) -> Vec<Difference> {
        let mut found = Vec::new();
        if !self.admits_code(seen.code) {
            let because = self.because.unwrap_or(Citation::Rule(succeeds(call)));
            found.push(Difference { point: Point::Code, because });
            return found;
        }
        let mut differs = |point, rule| found.push(Difference::new(point, rule));
        match (&self.output, &seen.output) {
            (Output::Nothing, SeenOutput::Nothing) => {}
            // What a failed call leaves in the caller's memory says nothing (OQ-08, OQ-36).
            (Output::Nothing, _) if self.code != ErrorCode::SUCCESS => {}
            (Output::Started(handle, key, terminated), SeenOutput::Started(other, others, also)) => {
                if handle != other {
                    differs(Point::Handle, rule!("RM-START-15"));
                }
                if key != others {
                    differs(Point::Key, rule!("RM-START-07"));
                }
                if terminated != also {
                    differs(Point::Terminator, rule!("RM-START-05"));
                }
            }
            // Whoever takes over a key that can be one (OQ-09) has given it another spelling by now.
            (Output::Started(..), SeenOutput::StartedAs(..)) => differs(Point::Key, rule!("RM-START-07")),
            (Output::Joined(handle), SeenOutput::Joined(other)) => {
                if handle != other {
                    differs(Point::Handle, rule!("RM-JOIN-01"));
                }
            }
            (Output::List(list), SeenOutput::List(seen)) => list.compare(seen, &mut found),
            (Output::FilterList(list), SeenOutput::FilterList(seen)) => list.compare(seen, &mut found),
            _ => differs(Point::Outputs, succeeds(call)),
        }
        found
    }

    /// OQ-06: where no text has the code of a failure, any will do; and where an answer is *any code*.
    fn admits_code(&self, seen: ErrorCode) -> bool {
        let any = match self.refusal {
            Some(Refusal::Machine(_, rule)) => rule == rule!("RM-LIFE-04"),
            _ => self.code == ErrorCode::UNSPECIFIED,
        };
        self.code == seen || (any && seen != ErrorCode::SUCCESS)
    }
}

/// What says that a call of this function succeeds.
const fn succeeds(call: &Call) -> Rule {
    match call {
        Call::Start { .. } => rule!("RM-START-01"),
        Call::Join { .. } => rule!("RM-JOIN-01"),
        Call::Register { .. } => rule!("RM-REG-01"),
        Call::GetList { .. } => rule!("RM-LIST-01"),
        Call::Shutdown { .. } => rule!("RM-SHUT-05"),
        Call::Restart { .. } => rule!("RM-RST-03"),
        Call::AddFilter { .. } => rule!("RM-FILT-01"),
        Call::RemoveFilter { .. } => rule!("RM-FILT-13"),
        Call::GetFilterList { .. } => rule!("RM-FILT-16"),
        Call::Cancel { .. } => rule!("RM-CANCEL-03"),
        Call::End { .. } => rule!("RM-END-01"),
    }
}

impl List {
    fn compare(&self, seen: &SeenList, found: &mut Vec<Difference>) {
        if self.needed != seen.needed {
            found.push(Difference::new(Point::Needed, rule!("RM-LIST-02")));
        }
        if self.count != seen.count {
            found.push(Difference::new(Point::Count, rule!("RM-LIST-03")));
        }
        if self.reasons != seen.reasons {
            // Whether several reasons are told at once is open (RM-LIST-12).
            let some = seen.reasons.any() && self.reasons.with(seen.reasons) == self.reasons;
            let because = if some { rule!("RM-LIST-12") } else { rule!("RM-LIST-11") };
            found.push(Difference::new(Point::Reasons, because));
        }
        // The order of entries is not specified (RM-LIST-36).
        let mut left: Vec<_> = seen.entries.iter().collect();
        for entry in &self.entries {
            let same = left.iter().position(|seen| entry.is_shown_as(seen));
            let alike = || left.iter().position(|seen| entry.is_about(seen));
            match same.or_else(alike) {
                Some(at) => entry.compare(left.remove(at), found),
                None => {
                    let because = entry.grounds.listed;
                    found.push(Difference { point: Point::Missing(entry.id()), because });
                }
            }
        }
        let unexpected = left.into_iter().map(|seen| Point::Listed(seen.id()));
        found.extend(unexpected.map(|point| Difference::new(point, rule!("RM-LIST-01"))));
    }
}

impl Entry {
    /// Whether what was seen is an entry for the same application: what is no service may have
    /// anything where a service has its name (OQ-44.unused).
    fn is_about(&self, seen: &SeenEntry) -> bool {
        self.process == seen.process
            && (self.service.is_empty() || is_cut(&self.service, &seen.service, Self::MAX_SERVICE_NAME))
    }

    fn is_shown_as(&self, seen: &SeenEntry) -> bool {
        let mut found = Vec::new();
        self.is_about(seen) && {
            self.compare(seen, &mut found);
            found.is_empty()
        }
    }

    fn compare(&self, seen: &SeenEntry, found: &mut Vec<Difference>) {
        let id = || self.id();
        if !is_cut(&self.app_name, &seen.app_name, Self::MAX_APP_NAME) {
            found.push(Difference::new(Point::AppName(id()), rule!("RM-LIST-20")));
        }
        if self.app_type as u32 != seen.app_type {
            let because = self.grounds.critical.unwrap_or(Citation::Rule(rule!("RM-TYPE-04")));
            found.push(Difference { point: Point::Type(id()), because });
        }
        if self.status != seen.status {
            let because = if self.status.contains(AppStatus::STOPPED_OTHER) {
                rule!("RM-TYPE-05")
            } else {
                rule!("RM-TYPE-06")
            };
            found.push(Difference::new(Point::Status(id()), because));
        }
        // It is not used for services and for what is critical (RM-LIST-23, OQ-44.unused).
        let is_unused = !self.service.is_empty() || self.app_type == AppType::Critical;
        if self.ts_session != seen.ts_session && !is_unused {
            found.push(Difference::new(Point::TsSession(id()), rule!("RM-LIST-23")));
        }
        if self.restartable != seen.restartable {
            found.push(Difference { point: Point::Restartable(id()), because: self.grounds.restartable });
        }
    }
}

/// Whether a name is that of a field of so many units: how a longer one is cut is open (OQ-44.long).
fn is_cut(own: &crate::name::Name, seen: &crate::name::Name, max: usize) -> bool {
    let (own, seen) = (own.units(), seen.units());
    own == seen || (own.len() >= max && seen.len() <= max && own.starts_with(seen))
}

impl FilterList {
    /// The order and the layout of the records are open (OQ-98.layout): how much they need is at least
    /// what they need without any padding.
    fn compare(&self, seen: &SeenFilters, found: &mut Vec<Difference>) {
        if seen.needed < self.needed || (self.filters.is_empty() && seen.needed != self.needed) {
            found.push(Difference::new(Point::Needed, rule!("RM-FILT-20")));
        }
        let mut left: Vec<_> = seen.filters.iter().collect();
        for own in &self.filters {
            match left.iter().position(|(target, action)| (target, action) == (&own.target, &own.action)) {
                Some(at) => drop(left.remove(at)),
                None => return found.push(Difference::new(Point::Filters, rule!("RM-FILT-16"))),
            }
        }
        if !left.is_empty() {
            found.push(Difference::new(Point::Filters, rule!("RM-FILT-16")));
        }
    }
}

/// The rule that what the status callback of a call was told breaks, if it breaks one. `reported` says
/// whether the model had something to report. The values themselves are open (OQ-85.values).
#[must_use]
pub fn breaks_progress(call: &Call, seen: &[u32], reported: bool, rules: &Rules) -> Option<Difference> {
    let callback = match call {
        Call::Shutdown { callback, .. } | Call::Restart { callback, .. } => *callback,
        _ => false,
    };
    let increases = seen.iter().zip(seen.iter().skip(1)).all(|(one, next)| one < next);
    let broken = if !callback && !seen.is_empty() {
        Citation::Rule(rule!("RM-CB-06"))
    } else if seen.iter().any(|percent| *percent > 100) {
        Citation::Rule(rule!("RM-CB-02"))
    } else if !increases {
        Citation::Rule(rule!("RM-CB-03"))
    } else if reported && seen.is_empty() && rules.ask::<Least>() == Least::Once {
        Citation::answer(Least::Once)
    } else {
        return None;
    };
    Some(Difference { point: Point::Progress, because: broken })
}
