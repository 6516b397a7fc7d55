//! Reads a boundary transcript. What is damaged is told with line, column and what was expected.

mod calls;
mod replies;
mod scan;

use rm_core::arr::Ask;
use rm_core::{AppId, Caller, UniqueProcess};
use rm_sim::transcript::Names;
use rm_sim::{Machine, Scenario, Simulation};

use super::{Boundary, Budget, Change, Contact, Event, Known, Line, RULE, version};
use scan::Scan;

/// A transcript that cannot be read: where, and what was expected there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {message}")]
pub struct Damaged {
    /// The line, counted from 1.
    pub line: usize,
    /// The column, counted from 1 in characters.
    pub column: usize,
    /// What is wrong, and what was expected.
    pub message: String,
}

impl Damaged {
    pub(super) fn at(line: usize, message: impl Into<String>) -> Self {
        Self { line, column: 1, message: message.into() }
    }
}

/// Everything before the lines.
struct Head {
    faults: Budget,
    world: Known,
    messages: bool,
    text: String,
    /// How many lines of the text it takes.
    lines: usize,
}

impl Boundary {
    /// Reads a transcript.
    ///
    /// # Errors
    /// When it is damaged: with the place, and what was expected there.
    pub fn parse(text: &str) -> Result<Self, Damaged> {
        let text = &*version::current(text)?;
        let head = Head::read(text)?;
        let Simulation { machine, rules, transcript, .. } = head.stage()?;
        let lines: Vec<_> =
            text.lines().enumerate().skip(head.lines).map(|(at, line)| (at + 1, line)).collect();
        let mut reader = Reader::new(machine, transcript.names, head.messages);
        for (number, line) in &lines {
            reader.newcomer(*number, line)?;
        }
        for (number, line) in &lines {
            reader.line(*number, line)?;
        }
        let Reader { machine, names, newcomers, lines, .. } = reader;
        let Head { faults, world, messages, text: head, .. } = head;
        Ok(Self { faults, world, messages, head, lines, machine, policy: rules.policy, names, newcomers })
    }
}

impl Head {
    fn read(text: &str) -> Result<Self, Damaged> {
        let mut lines = text.lines().enumerate().map(|(at, line)| (at + 1, line));
        lines.next();
        let (mut faults, mut world, mut messages) = (Budget::Unstated, Known::Whole, false);
        // Blank lines keep the numbers of those that follow, for whoever reports a place in them.
        let mut head = String::from("\n");
        let mut said = true;
        for (number, line) in lines {
            match line.trim_end() {
                "faults: none" if said => faults = Budget::None,
                "world: partly known" if said => world = Known::Partly,
                "messages: told" if said => messages = true,
                RULE => {
                    return Ok(Self { faults, world, messages, text: head.trim().into(), lines: number });
                }
                other
                    if said
                        && ["faults:", "world:", "messages:"].iter().any(|word| other.starts_with(word)) =>
                {
                    let message =
                        "expected `faults: none`, `world: partly known` or `messages: told`, or no such line";
                    return Err(Damaged::at(number, message));
                }
                _ => {
                    said &= line.trim().is_empty();
                    head.push_str(line);
                }
            }
            head.push('\n');
        }
        let last = text.lines().count().max(1);
        Err(Damaged::at(last, format!("the transcript ends before `{RULE}`, which ends the world")))
    }

    /// The machine that the head describes.
    fn stage(&self) -> Result<Simulation<rm_sim::choice::Script>, Damaged> {
        Scenario::parse(&self.text).and_then(|scenario| scenario.stage()).map_err(|problem| {
            let before = self.text.get(..problem.span.start).unwrap_or_default();
            let own = self.text.lines().count();
            let line = before.matches('\n').count();
            let column = before.chars().rev().take_while(|letter| *letter != '\n').count() + 1;
            // The rule ends the head, and blank lines stand before it only.
            Damaged { line: (self.lines + line).saturating_sub(own), column, message: problem.message }
        })
    }
}

/// What is known while lines are read.
struct Reader {
    machine: Machine,
    names: Names,
    newcomers: Vec<(UniqueProcess, String)>,
    lines: Vec<Line>,
    last: u64,
    /// Whether it tells what applications are told.
    messages: bool,
}

/// What stands before the mark of a line.
struct Prefix {
    since: Option<u64>,
    at: u64,
    who: Option<(String, String)>,
    mark: char,
}

impl Reader {
    const fn new(machine: Machine, names: Names, messages: bool) -> Self {
        Self { machine, names, newcomers: Vec::new(), lines: Vec::new(), last: 0, messages }
    }

    /// Takes note of a process that comes later: it may be spoken of before it was seen to come.
    fn newcomer(&mut self, number: usize, line: &str) -> Result<(), Damaged> {
        let mut scan = Scan::new(number, line);
        if line.trim().is_empty() {
            return Ok(());
        }
        let prefix = prefix(&mut scan)?;
        if prefix.mark != '*' || !line.contains(" starts pid=") {
            return Ok(());
        }
        let name = scan.word("the name of a process")?;
        scan.expect(" of ")?;
        let program = scan.word("the name of its program")?;
        if self.machine.world.cast().find(&program).is_none() {
            return Err(scan.wrong(format!("there is no program `{program}`")));
        }
        scan.expect(" starts pid=")?;
        let id = scan.number("a process id")?;
        scan.expect(" start=")?;
        let start_time = scan.number_64("a creation time")?;
        let process = UniqueProcess { id, start_time };
        let is_taken = self.names.find(&name).is_some() || self.names.named(process).is_some();
        self.names.add(process, &program);
        if is_taken || self.names.named(process) != Some(name.as_str()) {
            let expected = self.names.named(process).unwrap_or_default();
            let message = format!(
                "`{name}` is no name for the next process of `{program}`; expected `{expected}`, and an id and creation time that no other process has"
            );
            return Err(scan.wrong(message));
        }
        self.newcomers.push((process, program));
        scan.end()
    }

    fn line(&mut self, number: usize, line: &str) -> Result<(), Damaged> {
        if line.trim().is_empty() {
            return Ok(());
        }
        let scan = &mut Scan::new(number, line);
        let Prefix { since, at, who, mark } = prefix(scan)?;
        if at < self.last {
            return Err(Damaged::at(
                number,
                "the lines are in the order in which they were seen, and this one is earlier than the last",
            ));
        }
        self.last = at;
        let who = who.map(|(process, thread)| self.caller(scan, &process, &thread)).transpose()?;
        let event = match (mark, who) {
            ('>', Some(who)) => self.begins(scan, who)?,
            ('<', Some(who)) => self.replied(scan, who)?,
            ('%', Some(who)) => Event::Progress(who, scan.number("a percentage")?),
            (':', Some(who)) => {
                self.entry(scan, who)?;
                return scan.end();
            }
            ('*', None) => Event::Changes(self.change(scan)?),
            _ => return Err(scan.wrong("expected `>`, `<`, `:` or `%` behind a caller, or `*` behind `-`")),
        };
        scan.end()?;
        if !self.messages && matches!(event, Event::Changes(Change::Told(..))) {
            let message =
                "what applications are told is told only behind a `messages: told` before the world";
            return Err(Damaged::at(number, message));
        }
        if since.is_some() && !matches!(event, Event::Changes(_)) {
            return Err(Damaged::at(
                number,
                "only a change of the world may have happened earlier than it was seen",
            ));
        }
        self.lines.push(Line { number, since, at, event });
        Ok(())
    }

    fn caller(&mut self, scan: &Scan<'_>, process: &str, thread: &str) -> Result<Caller, Damaged> {
        let found = self.names.find(process).filter(|process| self.machine.installer(*process).is_some());
        let process = found.ok_or_else(|| scan.wrong(format!("there is no installer `{process}`")))?;
        self.names.thread(process, "");
        Ok(Caller { process, thread: self.names.thread(process, thread) })
    }

    /// A process by its name; `id:start-time` names one that may not exist.
    fn process(&self, scan: &mut Scan<'_>) -> Result<UniqueProcess, Damaged> {
        let place = scan.wrong("");
        let name = scan.word("the name of a process, or `id:start-time`")?;
        if scan.take(":") {
            let id = name.parse().map_err(|_| scan.wrong("expected a process id before `:`"))?;
            return Ok(UniqueProcess { id, start_time: scan.number_64("a creation time")? });
        }
        let message =
            format!("there is no process `{name}`; one that nobody has seen is written `id:start-time`");
        self.names.find(&name).ok_or(Damaged { message, ..place })
    }

    fn change(&self, scan: &mut Scan<'_>) -> Result<Change, Damaged> {
        if scan.take("service ") {
            let service = scan.name("the short name of a service")?;
            if scan.take(" has stopped") {
                return Ok(Change::Stopped(service));
            }
            if scan.take(" starts in ") {
                return Ok(Change::Serves(service, self.process(scan)?));
            }
            if let Some(contact) = contact(scan)? {
                return Ok(Change::Told(AppId::Service(service), contact));
            }
            return Err(scan.wrong("expected `starts in` and a process, `has stopped`, or what it is told"));
        }
        if scan.take("path ") {
            let path = scan.name("a path")?;
            if scan.take(" is deleted") {
                return Ok(Change::Deleted(path));
            }
            scan.expect(" is made a directory")?;
            return Ok(Change::Directory(path));
        }
        let process = self.process(scan)?;
        if scan.take(" is gone") {
            return Ok(Change::Gone(process));
        }
        if scan.take(" unregisters") {
            return Ok(Change::Declares(process, Ask::UnregisterRestart));
        }
        if scan.take(" registers ") {
            let command_line =
                if scan.take("null") { None } else { Some(scan.name("the arguments, or `null`")?) };
            scan.expect(" flags=")?;
            let flags = scan.number("flags")?;
            return Ok(Change::Declares(process, Ask::RegisterRestart { command_line, flags }));
        }
        if scan.take(" of ") {
            scan.rest();
            return Ok(Change::Starts(process));
        }
        if let Some(contact) = contact(scan)? {
            return Ok(Change::Told(process.into(), contact));
        }
        Err(scan.wrong("expected `is gone`, `of … starts`, `registers`, `unregisters`, or what it is told"))
    }
}

/// What an application is told.
fn contact(scan: &mut Scan<'_>) -> Result<Option<Contact>, Damaged> {
    if scan.take(" is given ") {
        return Ok(Some(Contact::Arguments(scan.name("the arguments")?)));
    }
    let mut known = Contact::WORDS.iter();
    Ok(known.find(|(words, _)| scan.take(&format!(" {words}"))).map(|(_, contact)| contact.clone()))
}

/// Time, caller and mark.
fn prefix(scan: &mut Scan<'_>) -> Result<Prefix, Damaged> {
    scan.blanks();
    let mut at = scan.moment()?;
    let mut since = None;
    if scan.take("..") {
        let until = scan.moment()?;
        if until < at {
            return Err(scan.wrong("expected a later time than the first"));
        }
        (since, at) = (Some(at), until);
    }
    scan.expect(" ")?;
    scan.blanks();
    let who = if scan.take("- ") {
        None
    } else {
        let process = scan.word("an installer, or `-`")?;
        let thread = if scan.take("/") { scan.word("the name of a thread")? } else { String::new() };
        scan.expect(" ")?;
        Some((process, thread))
    };
    scan.blanks();
    let mark = scan.mark()?;
    scan.expect(" ")?;
    Ok(Prefix { since, at, who, mark })
}
