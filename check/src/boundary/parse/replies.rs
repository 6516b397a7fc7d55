//! Reads what calls come back with.

use rm_core::{
    AppStatus, Caller, ErrorCode, FilterAction, FilterTarget, Name, RebootReasons, Seen, SeenEntry,
    SeenFilters, SeenList, SeenOutput, SessionHandle, SessionKey,
};

use super::super::print::TYPES;
use super::{Damaged, Event, Reader, Scan};

/// The functions of the API.
const FUNCTIONS: [&str; 11] = [
    "RmStartSession",
    "RmJoinSession",
    "RmRegisterResources",
    "RmGetList",
    "RmShutdown",
    "RmRestart",
    "RmAddFilter",
    "RmRemoveFilter",
    "RmGetFilterList",
    "RmCancelCurrentTask",
    "RmEndSession",
];

impl Reader {
    /// `RmGetList = 0 needed=2 count=2 reasons=none`, and so on.
    pub(super) fn replied(&self, scan: &mut Scan<'_>, who: Caller) -> Result<Event, Damaged> {
        let place = scan.wrong("expected the name of a function of Restart Manager");
        let function = scan.word("the name of a function")?;
        let function = FUNCTIONS.into_iter().find(|one| *one == function).ok_or(place)?;
        self.answers(scan, who, function)?;
        scan.expect(" = ")?;
        let code = ErrorCode(scan.number("an error code")?);
        let output = match function {
            "RmStartSession" if scan.take(" handle=") => {
                let handle = SessionHandle(scan.number("a session handle")?);
                scan.expect(" key=")?;
                let key = key(scan)?;
                SeenOutput::started(handle, &key, !scan.take(" unterminated"))
            }
            "RmJoinSession" if scan.take(" handle=") => {
                SeenOutput::Joined(SessionHandle(scan.number("a session handle")?))
            }
            "RmGetList" if scan.take(" needed=") => {
                let needed = scan.number("a number of entries")?;
                scan.expect(" count=")?;
                let count = scan.number("a number of entries")?;
                scan.expect(" reasons=")?;
                let names = RebootReasons::NAMES.map(|(bit, name)| (bit.0, name));
                let reasons = RebootReasons(bits(scan, &names, "none")?);
                SeenOutput::List(SeenList { needed, count, reasons, entries: Vec::new() })
            }
            "RmGetFilterList" if scan.take(" needed=") => {
                SeenOutput::FilterList(SeenFilters { needed: scan.number("a size")?, filters: Vec::new() })
            }
            _ => SeenOutput::Nothing,
        };
        Ok(Event::Replied(who, function, Seen { code, output }))
    }

    /// Whether a reply answers a call that is under way.
    fn answers(&self, scan: &Scan<'_>, who: Caller, function: &str) -> Result<(), Damaged> {
        match self.under_way(who) {
            Some(called) if called == function => Ok(()),
            Some(called) => Err(scan.wrong(format!("expected the reply of `{called}`, which is under way"))),
            None => Err(scan.wrong("expected the beginning of a call: none is under way here")),
        }
    }

    /// The function that a thread is in.
    pub(super) fn under_way(&self, who: Caller) -> Option<&'static str> {
        let last = self.lines.iter().rev().find_map(|line| match &line.event {
            Event::Begins(one, call, _) if *one == who => Some(Some(call.function())),
            Event::Replied(one, ..) if *one == who => Some(None),
            _ => None,
        });
        last.flatten()
    }

    /// A further line of a reply: an entry of the list, or a filter.
    pub(super) fn entry(&mut self, scan: &mut Scan<'_>, who: Caller) -> Result<(), Damaged> {
        let is_list = match self.lines.last().map(|line| &line.event) {
            Some(Event::Replied(one, _, Seen { output: SeenOutput::List(_), .. })) if *one == who => true,
            Some(Event::Replied(one, _, Seen { output: SeenOutput::FilterList(_), .. })) if *one == who => {
                false
            }
            _ => return Err(scan.wrong("expected a list right before its entries")),
        };
        let listed = if is_list { Ok(self.listed(scan)?) } else { Err(self.filter(scan)?) };
        if let Some(Event::Replied(_, _, seen)) = self.lines.last_mut().map(|line| &mut line.event) {
            match (&mut seen.output, listed) {
                (SeenOutput::List(list), Ok(entry)) => list.entries.push(entry),
                (SeenOutput::FilterList(list), Err(filter)) => list.filters.push(filter),
                _ => {}
            }
        }
        Ok(())
    }

    fn listed(&self, scan: &mut Scan<'_>) -> Result<SeenEntry, Damaged> {
        let service = if scan.take("service ") {
            let name = scan.name("the short name of a service")?;
            scan.expect(" in ")?;
            name
        } else {
            Name::from("")
        };
        let process = self.process(scan)?;
        scan.expect(" ")?;
        let app_name = scan.name("the name of an application")?;
        scan.expect(" ")?;
        let place = scan.wrong("expected a type of application, as `main-window`, or its number");
        let word = scan.word("a type of application")?;
        let named = TYPES.iter().find(|(_, name)| *name == word).map(|(one, _)| *one as u32);
        let app_type = named.or_else(|| word.parse().ok()).ok_or(place)?;
        scan.expect(" ")?;
        let names = AppStatus::NAMES.map(|(bit, name)| (bit.0, name));
        let status = AppStatus(bits(scan, &names, "unknown")?);
        scan.expect(" session=")?;
        let ts_session = scan.number("a terminal session")?;
        let restartable = scan.take(" restartable");
        Ok(SeenEntry { process, app_name, service, app_type, status, ts_session, restartable })
    }

    fn filter(&self, scan: &mut Scan<'_>) -> Result<(FilterTarget, FilterAction), Damaged> {
        let target = if scan.take("file ") {
            FilterTarget::File(scan.name("a path")?)
        } else if scan.take("process ") {
            FilterTarget::Process(self.process(scan)?)
        } else if scan.take("service ") {
            FilterTarget::Service(scan.name("the short name of a service")?)
        } else {
            return Err(scan.wrong("expected `file`, `process` or `service`"));
        };
        scan.expect(" ")?;
        Ok((target, FilterAction(scan.number("a filter action")?)))
    }
}

/// A session key: digits as they are, and whatever else it may be in quotes.
fn key(scan: &mut Scan<'_>) -> Result<Name, Damaged> {
    if scan.starts_with_quote() {
        return scan.name("a session key");
    }
    let place = scan.wrong("expected 32 hexadecimal digits in lower case, or another session key in quotes");
    let key = Name::from(scan.word("a session key")?.as_str());
    if SessionKey::written(&key).is_some() { Ok(key) } else { Err(place) }
}

/// Names of bits joined by `+`, and one number for those that have no name.
fn bits(scan: &mut Scan<'_>, names: &[(u32, &str)], none: &str) -> Result<u32, Damaged> {
    if scan.take(none) {
        return Ok(0);
    }
    let mut value = 0;
    loop {
        let known = names.iter().rev().find(|(_, name)| scan.starts_with_word(name));
        if let Some((bit, name)) = known {
            scan.take(name);
            value |= bit;
        } else {
            let all: Vec<_> = names.iter().map(|(_, name)| *name).collect();
            value |= scan.number(&format!("`{none}`, `{}` or a number", all.join("`, `")))?;
        }
        if !scan.take("+") {
            return Ok(value);
        }
    }
}
