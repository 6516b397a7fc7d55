//! Refusals: why a call does not return 0. One variant per reason, one table to the codes of Windows.

use core::fmt;

use crate::reboot::RebootReasons;
use crate::rule;
use crate::rules::{Answer, Citation, Rule, Rules, latitude::answers};

/// A Win32 error code, as the functions return it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ErrorCode(pub u32);

/// Names every code once; the constants and their names come from the same row.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $symbol:literal;)+) => {
        impl ErrorCode {
            $($(#[$doc])* pub const $name: Self = Self($number);)+

            /// The symbol of `winerror.h`; `None` for a code that this API does not document.
            #[must_use]
            pub const fn symbol(self) -> Option<&'static str> {
                match self.0 { $($number => Some($symbol),)+ _ => None }
            }
        }
    };
}

codes! {
    /// It worked.
    SUCCESS = 0, "ERROR_SUCCESS";
    /// What a page prints where it means 2 (RM-FILT-15).
    INVALID_FUNCTION = 1, "ERROR_INVALID_FUNCTION";
    /// No such filter.
    FILE_NOT_FOUND = 2, "ERROR_FILE_NOT_FOUND";
    /// A directory was registered.
    ACCESS_DENIED = 5, "ERROR_ACCESS_DENIED";
    /// No session has this handle.
    INVALID_HANDLE = 6, "ERROR_INVALID_HANDLE";
    /// Not enough memory.
    OUTOFMEMORY = 14, "ERROR_OUTOFMEMORY";
    /// The registry could not be read or written.
    WRITE_FAULT = 29, "ERROR_WRITE_FAULT";
    /// The registry write mutex was not free in time.
    SEM_TIMEOUT = 121, "ERROR_SEM_TIMEOUT";
    /// Null or 0 where something is needed.
    BAD_ARGUMENTS = 160, "ERROR_BAD_ARGUMENTS";
    /// The buffer is too small.
    MORE_DATA = 234, "ERROR_MORE_DATA";
    /// Nothing was done: a system restart is needed.
    FAIL_NOACTION_REBOOT = 350, "ERROR_FAIL_NOACTION_REBOOT";
    /// Some application was not stopped.
    FAIL_SHUTDOWN = 351, "ERROR_FAIL_SHUTDOWN";
    /// Some application was not restarted.
    FAIL_RESTART = 352, "ERROR_FAIL_RESTART";
    /// All places for sessions are taken.
    MAX_SESSIONS_REACHED = 353, "ERROR_MAX_SESSIONS_REACHED";
    /// A registered path is a directory (OQ-108.list).
    DIRECTORY = 267, "ERROR_DIRECTORY";
    /// Restart before shutdown.
    REQUEST_OUT_OF_SEQUENCE = 776, "ERROR_REQUEST_OUT_OF_SEQUENCE";
    /// A wrong key, or a call only the primary installer may make.
    SESSION_CREDENTIAL_CONFLICT = 1219, "ERROR_SESSION_CREDENTIAL_CONFLICT";
    /// The operation was cancelled.
    CANCELLED = 1223, "ERROR_CANCELLED";
    /// What the model returns where an answer to an open question allows any code but 0.
    UNSPECIFIED = 1359, "ERROR_INTERNAL_ERROR";
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// What went wrong in the machine while an effect was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Fault {
    /// Something of the machine may not be touched.
    AccessDenied,
    /// Not enough memory.
    OutOfMemory,
    /// The registry could not be read or written.
    WriteFault,
}

answers! {
    /// The code when only registered applications were to be stopped and some is not.
    OnlyRegisteredCode = "OQ-51" { NoActionReboot, FailShutdown, Other }
}
answers! {
    /// What becomes of a call on a session whose key is damaged.
    DamagedCode = "OQ-109.use" { WriteFault, CredentialConflict, InvalidHandle, GoesOn }
}
answers! {
    /// The code when the target has no filter.
    MissingFilterCode = "OQ-97.missing" { FileNotFound, AsPrinted }
}
answers! {
    /// The code when a filter function gets a handle of no session.
    FilterHandleCode = "OQ-97.handle" { InvalidHandle, BadArguments, CredentialConflict }
}
answers! {
    /// The code when an application refuses.
    VetoCode = "OQ-56.code" { FailShutdown, Cancelled, NoActionReboot }
}

/// Why a call does not return 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Refusal {
    /// A null pointer or a 0 where something is needed, or a value that means nothing.
    #[error("argument `{0}` cannot be taken")]
    BadArgument(&'static str, Rule),
    /// The handle designates no session of this process.
    #[error("no session has this handle")]
    UnknownSession(Rule),
    /// A call that only the installer that started the session may make.
    #[error("only the primary installer may make this call")]
    SecondaryInstaller(Rule),
    /// All places for sessions are taken.
    #[error("64 sessions are open already")]
    TooManySessions,
    /// The registry write mutex was not free in time.
    #[error("the registry mutex was not free in time")]
    RegistryBusy(Rule),
    /// The hashes in the session's key do not agree with what they guard.
    #[error("the session's registry key is damaged")]
    RegistryDamaged,
    /// The machine failed while the call was carried out.
    #[error("the machine failed: {0:?}")]
    Machine(Fault, Rule),
    /// A registered file is a directory.
    #[error("a registered path is a directory")]
    DirectoryRegistered,
    /// The array or buffer is too small for all there is.
    #[error("there is not room for everything")]
    MoreData(Rule),
    /// The target has no filter.
    #[error("the target has no filter")]
    NoSuchFilter,
    /// A filter function got a handle that designates no session of this process.
    #[error("no session has this handle")]
    UnknownSessionOfFilters,
    /// Stopping applications would not free everything.
    #[error("a system restart is needed: {0}")]
    RebootNeeded(RebootReasons),
    /// Only registered applications were to be stopped, and some affected one is not.
    #[error("an affected application is not registered for restart")]
    NotRegistered,
    /// An application refused, and force was not asked for.
    #[error("an application refused to be closed")]
    Vetoed,
    /// Some application was not stopped.
    #[error("not everything could be stopped")]
    NotStopped,
    /// Some application was not restarted.
    #[error("not everything could be restarted")]
    NotRestarted,
    /// Restart before any shutdown.
    #[error("nothing was shut down yet")]
    RestartBeforeShutdown,
    /// A second restart with no shutdown in between.
    #[error("everything was restarted already")]
    RestartAgain,
    /// Somebody asked for the operation to be cancelled.
    #[error("the operation was cancelled")]
    Cancelled(Rule),
    /// What an answer to an open question refuses: why, the code it gives, and the answer. The
    /// codes stand beside the questions.
    #[error("{0}")]
    Answered(&'static str, ErrorCode, Citation),
}

impl Refusal {
    /// What an answer to an open question refuses, and with which code.
    pub(crate) fn answered<A: Answer + PartialEq>(why: &'static str, code: ErrorCode, answer: A) -> Self {
        Self::Answered(why, code, Citation::answer(answer))
    }

    /// Whether it refuses the call, or only says what an answer lets pass (OQ-109.use).
    pub(crate) fn stands(self, rules: &Rules) -> bool {
        self != Self::RegistryDamaged || rules.ask::<DamagedCode>() != DamagedCode::GoesOn
    }

    /// The code Windows gives for it: the one table.
    #[must_use]
    pub fn code(self, rules: &Rules) -> ErrorCode {
        match self {
            Self::BadArgument(..) => ErrorCode::BAD_ARGUMENTS,
            Self::UnknownSession(_) => ErrorCode::INVALID_HANDLE,
            Self::SecondaryInstaller(_) => ErrorCode::SESSION_CREDENTIAL_CONFLICT,
            Self::TooManySessions => ErrorCode::MAX_SESSIONS_REACHED,
            Self::RegistryBusy(_) => ErrorCode::SEM_TIMEOUT,
            Self::Machine(Fault::WriteFault, _) => ErrorCode::WRITE_FAULT,
            Self::RegistryDamaged => match rules.ask::<DamagedCode>() {
                DamagedCode::WriteFault | DamagedCode::GoesOn => ErrorCode::WRITE_FAULT,
                DamagedCode::CredentialConflict => ErrorCode::SESSION_CREDENTIAL_CONFLICT,
                DamagedCode::InvalidHandle => ErrorCode::INVALID_HANDLE,
            },
            Self::Machine(Fault::OutOfMemory, _) => ErrorCode::OUTOFMEMORY,
            Self::DirectoryRegistered | Self::Machine(Fault::AccessDenied, _) => ErrorCode::ACCESS_DENIED,
            Self::MoreData(_) => ErrorCode::MORE_DATA,
            Self::NoSuchFilter => match rules.ask::<MissingFilterCode>() {
                MissingFilterCode::FileNotFound => ErrorCode::FILE_NOT_FOUND,
                MissingFilterCode::AsPrinted => ErrorCode::INVALID_FUNCTION,
            },
            Self::UnknownSessionOfFilters => match rules.ask::<FilterHandleCode>() {
                FilterHandleCode::InvalidHandle => ErrorCode::INVALID_HANDLE,
                FilterHandleCode::BadArguments => ErrorCode::BAD_ARGUMENTS,
                FilterHandleCode::CredentialConflict => ErrorCode::SESSION_CREDENTIAL_CONFLICT,
            },
            Self::RebootNeeded(_) => ErrorCode::FAIL_NOACTION_REBOOT,
            Self::NotStopped => ErrorCode::FAIL_SHUTDOWN,
            Self::NotRegistered => match rules.ask::<OnlyRegisteredCode>() {
                OnlyRegisteredCode::NoActionReboot => ErrorCode::FAIL_NOACTION_REBOOT,
                OnlyRegisteredCode::FailShutdown => ErrorCode::FAIL_SHUTDOWN,
                OnlyRegisteredCode::Other => ErrorCode::UNSPECIFIED,
            },
            Self::Vetoed => match rules.ask::<VetoCode>() {
                VetoCode::FailShutdown => ErrorCode::FAIL_SHUTDOWN,
                VetoCode::Cancelled => ErrorCode::CANCELLED,
                VetoCode::NoActionReboot => ErrorCode::FAIL_NOACTION_REBOOT,
            },
            Self::NotRestarted => ErrorCode::FAIL_RESTART,
            Self::RestartBeforeShutdown | Self::RestartAgain => ErrorCode::REQUEST_OUT_OF_SEQUENCE,
            Self::Cancelled(_) => ErrorCode::CANCELLED,
            Self::Answered(_, code, _) => code,
        }
    }

    /// The rule that demands it, or the latitude that allows it.
    #[must_use]
    pub fn citation(self, rules: &Rules) -> Citation {
        Citation::Rule(match self {
            Self::RegistryDamaged => return Citation::answer(rules.ask::<DamagedCode>()),
            Self::Answered(_, _, because) => return because,
            Self::BadArgument(_, rule)
            | Self::UnknownSession(rule)
            | Self::SecondaryInstaller(rule)
            | Self::RegistryBusy(rule)
            | Self::MoreData(rule)
            | Self::Machine(_, rule)
            | Self::Cancelled(rule) => rule,
            Self::TooManySessions => rule!("RM-START-10"),
            Self::DirectoryRegistered => rule!("RM-LIST-14"),
            Self::NoSuchFilter => rule!("RM-FILT-14"),
            Self::UnknownSessionOfFilters => rule!("RM-FILT-25"),
            Self::RebootNeeded(_) => rule!("RM-SHUT-06"),
            Self::NotRegistered => rule!("RM-SHUT-17"),
            Self::Vetoed => rule!("RM-SHUT-29"),
            Self::NotStopped => rule!("RM-SHUT-07"),
            Self::NotRestarted => rule!("RM-RST-07"),
            Self::RestartBeforeShutdown | Self::RestartAgain => rule!("RM-RST-02"),
        })
    }
}
