//! Reboot reasons: why stopping applications cannot free a resource.

use core::fmt;

use crate::application::{Affected, AppType};
use crate::process::Identity;
use crate::rule;
use crate::rules::{Rule, Rules, latitude::answers};

/// `RM_REBOOT_REASON` as the set of bits it is (RM-LIST-12, RM-TYPE-08).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct RebootReasons(pub u32);

impl RebootReasons {
    /// No system restart is needed.
    pub const NONE: Self = Self(0);
    /// The caller may not stop some process.
    pub const PERMISSION_DENIED: Self = Self(0x1);
    /// Some process runs in another terminal session.
    pub const SESSION_MISMATCH: Self = Self(0x2);
    /// Some process is critical.
    pub const CRITICAL_PROCESS: Self = Self(0x4);
    /// Some service is critical.
    pub const CRITICAL_SERVICE: Self = Self(0x8);
    /// The caller itself would have to be stopped; 0x10, not the 0x9 a page suggests (RM-TYPE-09).
    pub const DETECTED_SELF: Self = Self(0x10);

    /// The reasons that another installer, with other rights or in another place, could overcome.
    pub const OVERCOME_ELSEWHERE: Self = Self(0x3);

    /// Each bit with the name a reader knows it by.
    pub const NAMES: [(Self, &'static str); 5] = [
        (Self::PERMISSION_DENIED, "permission-denied"),
        (Self::SESSION_MISMATCH, "session-mismatch"),
        (Self::CRITICAL_PROCESS, "critical-process"),
        (Self::CRITICAL_SERVICE, "critical-service"),
        (Self::DETECTED_SELF, "detected-self"),
    ];

    /// Each bit with the rule that has it given.
    pub const RULES: [(Self, Rule); 5] = [
        (Self::PERMISSION_DENIED, rule!("RM-TYPE-20")),
        (Self::SESSION_MISMATCH, rule!("RM-TYPE-21")),
        (Self::CRITICAL_PROCESS, rule!("RM-TYPE-22")),
        (Self::CRITICAL_SERVICE, rule!("RM-TYPE-22")),
        (Self::DETECTED_SELF, rule!("RM-TYPE-19")),
    ];

    /// Whether any reason is given.
    #[must_use]
    pub const fn any(self) -> bool {
        self.0 != 0
    }

    /// Both sets together.
    #[must_use]
    pub const fn with(self, more: Self) -> Self {
        Self(self.0 | more.0)
    }

    /// The set without these.
    #[must_use]
    pub const fn without(self, less: Self) -> Self {
        Self(self.0 & !less.0)
    }

    /// The reasons that one affected application gives the installer `me`.
    #[must_use]
    pub fn of_one(one: &Affected, me: &Identity, rules: &Rules) -> Self {
        if one.process == me.process {
            return Self::DETECTED_SELF; // RM-TYPE-19
        }
        let mut reasons = Self::of_class(one, rules);
        let out_of_reach = |one: &Affected| {
            one.about.user != me.user && rules.ask::<RunAs>() == RunAs::OutOfReach // RM-SHUT-24
        };
        if !one.permitted {
            reasons = reasons.with(Self::PERMISSION_DENIED); // RM-TYPE-20
        }
        if one.is_service() {
            return reasons; // Services belong to no terminal session (RM-LIST-23).
        }
        if one.about.ts_session != me.ts_session {
            reasons = reasons.with(Self::SESSION_MISMATCH); // RM-TYPE-21
        } else if one.permitted && out_of_reach(one) {
            reasons = reasons.with(Self::PERMISSION_DENIED);
        }
        reasons
    }

    /// RM-TYPE-22; and a service that cannot be told to stop, if that makes it critical.
    fn of_class(one: &Affected, rules: &Rules) -> Self {
        let is_critical = one.about.app_type == AppType::Critical;
        match &one.about.service {
            None if is_critical => Self::CRITICAL_PROCESS,
            Some(_) if is_critical => Self::CRITICAL_SERVICE,
            Some(service) if !service.accepts_stop && rules.ask::<Unstoppable>() == Unstoppable::Critical => {
                Self::CRITICAL_SERVICE
            }
            _ => Self::NONE,
        }
    }
}

answers! {
    /// What an affected service is that does not accept being stopped.
    Unstoppable = "OQ-63" { FailsToStop, Critical }
}
answers! {
    /// Whether an application of another user in the caller's own terminal session can be stopped.
    RunAs = "OQ-130" { Stopped, OutOfReach }
}

/// The names of the bits, joined by `+`; `none` for none.
impl fmt::Display for RebootReasons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.any() {
            return f.write_str("none");
        }
        let mut separator = "";
        for (bit, name) in Self::NAMES {
            if self.0 & bit.0 != 0 {
                write!(f, "{separator}{name}")?;
                separator = "+";
            }
        }
        Ok(())
    }
}
