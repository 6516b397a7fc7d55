//! Alters one answer of a transcript.

use rm_check::Boundary;
use rm_check::boundary::Event;
use rm_core::{
    AppStatus, AppType, ErrorCode, FilterAction, Name, RebootReasons, Seen, SeenEntry, SeenOutput,
    SessionHandle,
};

/// Codes that functions of Restart Manager return.
const CODES: [u32; 15] = [0, 5, 6, 14, 29, 121, 160, 234, 350, 351, 352, 353, 776, 1219, 1223];

/// Numbers that look random and are the same each time.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below this one.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound.max(1) as u64).unwrap_or_default()
    }
}

/// A transcript of which one answer is another, and what was altered.
pub(crate) struct Altered {
    pub(crate) boundary: Boundary,
    pub(crate) what: String,
}

/// Alters one answer, and more than the documents leave free: not the number of a new handle (OQ-02.value),
/// one failure into another where any will do, or what a field holds that is not used (OQ-44.unused).
pub(crate) fn altered(boundary: &Boundary, dice: &mut Dice) -> Option<Altered> {
    let is_reply = |at: &usize| matches!(boundary.lines[*at].event, Event::Replied(..));
    let replies: Vec<_> = (0..boundary.lines.len()).filter(is_reply).collect();
    let at = *replies.get(dice.below(replies.len()))?;
    let mut boundary = boundary.clone();
    let line = &mut boundary.lines[at];
    let Event::Replied(_, function, seen) = &mut line.event else { return None };
    let before = seen.clone();
    alter(seen, dice);
    let what = format!("reply {at} of {function}: {before:?} became {seen:?}");
    (*seen != before).then_some(Altered { boundary, what })
}

fn alter(seen: &mut Seen, dice: &mut Dice) {
    if seen.output == SeenOutput::Nothing || dice.below(4) == 0 {
        let any = seen.code == ErrorCode::UNSPECIFIED;
        let is_other = |code: &u32| *code != seen.code.0 && (!any || *code == 0);
        let others: Vec<_> = CODES.into_iter().filter(is_other).collect();
        seen.code = ErrorCode(others[dice.below(others.len())]);
        return;
    }
    match &mut seen.output {
        SeenOutput::Nothing => {}
        SeenOutput::Started(_, _, terminated) | SeenOutput::StartedAs(_, _, terminated) => {
            *terminated = !*terminated;
        }
        SeenOutput::Joined(handle) => *handle = SessionHandle(u32::MAX),
        SeenOutput::List(list) => match dice.below(if list.entries.is_empty() { 3 } else { 6 }) {
            0 => list.needed += 1,
            1 => list.count += 1,
            2 => list.reasons = RebootReasons(list.reasons.0 ^ 1 << dice.below(5)),
            3 => drop(list.entries.remove(dice.below(list.entries.len()))),
            _ => {
                let at = dice.below(list.entries.len());
                entry(&mut list.entries[at], dice);
            }
        },
        SeenOutput::FilterList(list) if list.filters.is_empty() => list.needed += 8,
        SeenOutput::FilterList(list) => {
            let at = dice.below(list.filters.len());
            if dice.below(2) == 0 {
                list.filters.remove(at);
            } else {
                list.filters[at].1 = FilterAction(3 - list.filters[at].1.0.min(2));
            }
        }
    }
}

fn entry(entry: &mut SeenEntry, dice: &mut Dice) {
    let is_used = entry.service.is_empty() && entry.app_type != AppType::Critical as u32;
    match dice.below(if is_used { 5 } else { 4 }) {
        0 => entry.status = AppStatus(entry.status.0 ^ 1 << dice.below(8)),
        1 => entry.app_type = (entry.app_type + 1) % 6,
        2 => entry.restartable = !entry.restartable,
        3 => entry.app_name = Name::from(format!("{}!", entry.app_name).as_str()),
        _ => entry.ts_session += 1,
    }
}
