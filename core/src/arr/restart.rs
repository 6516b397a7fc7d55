//! Registering for restart, and what a registration says.

use alloc::sync::Arc;

use super::{
    Declared, HResult, LongestLine, OtherProcess, SettingsWithout, SizeWithoutBuffer, Told, UnknownFlags,
    WithoutArguments,
};
use crate::application::RestartSettings;
use crate::name::Name;
use crate::rule;
use crate::rules::{Citation, Rules};

/// `RESTART_MAX_CMD_LINE`: the most characters of a command line.
const MAX_COMMAND_LINE: usize = 1024;
/// The flags there are (ARR-06).
const KNOWN_FLAGS: u32 = 0xf;

impl Declared {
    pub(super) fn register_restart(
        &self,
        command_line: Option<&Name>,
        flags: u32,
        rules: &Rules,
    ) -> (Self, Told) {
        let length = command_line.map_or(0, |line| line.units().len());
        if length > MAX_COMMAND_LINE {
            return (self.clone(), Told::by(HResult::E_INVALIDARG, rule!("ARR-02")));
        }
        let mut because = Citation::Rule(rule!("ARR-01"));
        if length == MAX_COMMAND_LINE {
            let answer = rules.ask::<LongestLine>();
            because = Citation::answer(answer);
            if answer == LongestLine::TooLong {
                return (self.clone(), Told::new(HResult::E_INVALIDARG, because));
            }
        }
        if flags & !KNOWN_FLAGS != 0 {
            let answer = rules.ask::<UnknownFlags>();
            because = Citation::answer(answer);
            if answer == UnknownFlags::Refused {
                return (self.clone(), Told::new(HResult::E_INVALIDARG, because));
            }
        }
        let mut cleared = None;
        if length == 0 {
            let answer = rules.ask::<WithoutArguments>();
            because = Citation::answer(answer);
            cleared = (answer == WithoutArguments::NotAnyMore).then_some(flags);
        }
        // ARR-09: whatever was registered before is replaced.
        let command_line = command_line.cloned().unwrap_or_else(|| "".into());
        let restart = cleared.is_none().then(|| Arc::new(RestartSettings { command_line, flags }));
        (Self { restart, cleared, ..self.clone() }, Told::new(HResult::S_OK, because))
    }

    pub(super) fn restart_settings(&self, of_another: bool, buffer: bool, size: u32, rules: &Rules) -> Told {
        if of_another && rules.ask::<OtherProcess>() == OtherProcess::Fails {
            return Told::new(HResult::E_FAIL, Citation::answer(OtherProcess::Fails));
        }
        let empty = || "".into();
        let (command_line, flags) = match (&self.restart, self.cleared) {
            (Some(settings), _) => (settings.command_line.clone(), settings.flags),
            (None, Some(flags)) => (empty(), flags),
            (None, None) => return Told::by(HResult::NOT_FOUND, rule!("ARR-17")),
        };
        let mut because = Citation::Rule(rule!("ARR-16"));
        if command_line.is_empty() {
            let answer = rules.ask::<SettingsWithout>();
            because = Citation::answer(answer);
            if answer == SettingsWithout::NotFound {
                return Told::new(HResult::NOT_FOUND, because);
            }
        }
        let needed = u32::try_from(command_line.units().len()).unwrap_or(u32::MAX).saturating_add(1);
        if buffer {
            return if size < needed {
                let small = Told::by(HResult::INSUFFICIENT_BUFFER, rule!("ARR-18"));
                Told { size: Some(needed), ..small }
            } else {
                let given = Told::new(HResult::S_OK, because);
                Told { command_line: Some(command_line), flags: Some(flags), ..given }
            };
        }
        let mut because = Citation::Rule(rule!("ARR-19"));
        if size != 0 {
            let answer = rules.ask::<SizeWithoutBuffer>();
            because = Citation::answer(answer);
            if answer == SizeWithoutBuffer::Refused {
                return Told::new(HResult::E_INVALIDARG, because);
            }
        }
        Told { size: Some(needed), flags: Some(flags), ..Told::new(HResult::S_OK, because) }
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::super::Ask;
    use super::*;

    fn register(command_line: &str) -> Ask {
        Ask::RegisterRestart { command_line: Some(command_line.into()), flags: 0 }
    }

    #[test]
    fn a_command_line_may_have_1024_characters_and_not_one_more() {
        let rules = Rules::default();
        let of = |length| Declared::default().ask(&register(&"a".repeat(length)), &rules);
        assert_eq!(of(1023).1.result, Some(HResult::S_OK));
        assert_eq!(of(1024).1.because.to_string(), "OQ-102 a");
        let (declared, told) = of(1025);
        assert_eq!((told.result, told.because.to_string()), (Some(HResult::E_INVALIDARG), "ARR-02".into()));
        assert_eq!(declared, Declared::default(), "nothing was registered");
    }

    #[test]
    fn a_call_that_is_refused_leaves_the_registration_as_it_was() {
        let rules = Rules::default();
        let (before, _) = Declared::default().ask(&register("/restore"), &rules);
        let (after, told) = before.ask(&register(&"a".repeat(2000)), &rules);
        assert_eq!((told.result, after), (Some(HResult::E_INVALIDARG), before));
    }

    #[test]
    fn the_size_counts_the_terminator() {
        let rules = Rules::default();
        let (declared, _) = Declared::default().ask(&register("/restore"), &rules);
        let ask = |buffer, size| {
            let told = declared.ask(&Ask::RestartSettings { of_another: false, buffer, size }, &rules).1;
            (told.result, told.size)
        };
        assert_eq!(ask(false, 0), (Some(HResult::S_OK), Some(9)));
        assert_eq!(ask(true, 8), (Some(HResult::INSUFFICIENT_BUFFER), Some(9)));
        assert_eq!(ask(true, 9), (Some(HResult::S_OK), None));
    }
}
