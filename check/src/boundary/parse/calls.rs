//! Reads calls and their arguments.

use rm_core::{
    Array, Call, Caller, FilterAction, Name, Out, SessionHandle, ShutdownFlags, Target, UniqueProcess,
};

use super::{Damaged, Event, Reader, Scan};

impl Reader {
    /// `RmStartSession flags=0`, and so on.
    pub(super) fn begins(&self, scan: &mut Scan<'_>, who: Caller) -> Result<Event, Damaged> {
        if let Some(called) = self.under_way(who) {
            return Err(scan.wrong(format!(
                "expected the reply of `{called}` first, which is under way on this thread"
            )));
        }
        let function = scan.word("the name of a function")?;
        let call = match function.as_str() {
            "RmStartSession" => {
                scan.expect(" flags=")?;
                let flags = scan.number("flags")?;
                Call::Start { handle: null(scan, " handle=null"), flags, key: null(scan, " key=null") }
            }
            "RmJoinSession" => {
                scan.expect(" key=")?;
                let key = optional(scan, "a session key")?;
                Call::Join { key, handle: null(scan, " handle=null") }
            }
            "RmRegisterResources" => self.register(scan)?,
            "RmGetList" => {
                let session = session(scan)?;
                scan.expect(" capacity=")?;
                let capacity =
                    if scan.take("null") { None } else { Some(scan.number("a capacity, or `null`")?) };
                Call::GetList {
                    session,
                    capacity,
                    needed: null(scan, " needed=null"),
                    entries: null(scan, " entries=null"),
                    reasons: null(scan, " reasons=null"),
                }
            }
            "RmShutdown" => {
                let session = session(scan)?;
                scan.expect(" flags=")?;
                let flags = ShutdownFlags(scan.number("flags")?);
                Call::Shutdown { session, flags, callback: scan.take(" callback") }
            }
            "RmRestart" => {
                let session = session(scan)?;
                scan.expect(" flags=")?;
                let flags = scan.number("flags")?;
                Call::Restart { session, flags, callback: scan.take(" callback") }
            }
            "RmAddFilter" => {
                let (session, target) = (session(scan)?, self.target(scan)?);
                scan.expect(" action=")?;
                Call::AddFilter { session, target, action: FilterAction(scan.number("a filter action")?) }
            }
            "RmRemoveFilter" => Call::RemoveFilter { session: session(scan)?, target: self.target(scan)? },
            "RmGetFilterList" => {
                let session = session(scan)?;
                scan.expect(" size=")?;
                let size = scan.number("a size in bytes")?;
                let (buffer, needed) = (null(scan, " buffer=null"), null(scan, " needed=null"));
                Call::GetFilterList { session, buffer, size, needed }
            }
            "RmCancelCurrentTask" => Call::Cancel { session: session(scan)? },
            "RmEndSession" => Call::End { session: session(scan)? },
            other => return Err(scan.wrong(format!("`{other}` is no function of Restart Manager"))),
        };
        let inside = scan.take(" inside");
        Ok(Event::Begins(who, call, inside))
    }

    fn register(&self, scan: &mut Scan<'_>) -> Result<Call, Damaged> {
        let session = session(scan)?;
        scan.expect(" files=")?;
        let files = array(scan, |scan| optional(scan, "a path"))?;
        scan.expect(" processes=")?;
        let processes: Array<UniqueProcess> = array(scan, |scan| self.process(scan))?;
        scan.expect(" services=")?;
        let services = array(scan, |scan| optional(scan, "the short name of a service"))?;
        Ok(Call::Register { session, files, processes, services })
    }

    fn target(&self, scan: &mut Scan<'_>) -> Result<Target, Damaged> {
        let module = scan.take(" module=").then(|| scan.name("a path")).transpose()?;
        let process = scan.take(" process=").then(|| self.process(scan)).transpose()?;
        let service = scan.take(" service=").then(|| scan.name("the short name of a service")).transpose()?;
        Ok(Target { module, process, service })
    }
}

fn session(scan: &mut Scan<'_>) -> Result<SessionHandle, Damaged> {
    scan.expect(" handle=")?;
    Ok(SessionHandle(scan.number("a session handle")?))
}

fn null(scan: &mut Scan<'_>, text: &str) -> Out {
    if scan.take(text) { Out::Null } else { Out::Given }
}

/// A name in quotes, or `null`.
fn optional(scan: &mut Scan<'_>, what: &str) -> Result<Option<Name>, Damaged> {
    if scan.take("null") { Ok(None) } else { scan.name(&format!("`null`, or {what}")).map(Some) }
}

/// `[…, …]`, or `[null x 3]`; nothing between the brackets is a null pointer and a count of 0.
fn array<T>(
    scan: &mut Scan<'_>,
    mut element: impl FnMut(&mut Scan<'_>) -> Result<T, Damaged>,
) -> Result<Array<T>, Damaged> {
    scan.expect("[")?;
    if scan.take("]") {
        return Ok(Array::Null(0));
    }
    if scan.take("null x ") {
        let count = scan.number("a count")?;
        scan.expect("]")?;
        return Ok(Array::Null(count));
    }
    let mut elements = vec![element(scan)?];
    while scan.take(", ") {
        elements.push(element(scan)?);
    }
    scan.expect("]")?;
    Ok(elements.into_iter().collect())
}
