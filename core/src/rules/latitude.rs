//! Latitudes: what the documents leave open, with the answers that are allowed.
#![expect(clippy::panic, reason = "runs while compiling: a panic is a compile error")]

use core::fmt;

use super::reader::{Reader, byte, count, same, starts_with, word};
use super::rule::Rule;

const TEXT: &str = concat!(
    include_str!("../../latitudes/arguments.txt"),
    include_str!("../../latitudes/sessions.txt"),
    include_str!("../../latitudes/register.txt"),
    include_str!("../../latitudes/list.txt"),
    include_str!("../../latitudes/shutdown.txt"),
    include_str!("../../latitudes/restart.txt"),
    include_str!("../../latitudes/cancel.txt"),
    include_str!("../../latitudes/filters.txt"),
    include_str!("../../latitudes/environment.txt"),
    include_str!("../../latitudes/met.txt"),
);
const EVIDENCE: &str = include_str!("../../latitudes/evidence.txt");

/// How many latitudes the catalogue has.
pub(crate) const COUNT: usize = count(TEXT);
static CATALOGUE: [Row; COUNT] = read();
static SEEN: [Seen; count(EVIDENCE)] = read_evidence();

/// An open question. The answers that code can act on are types that implement [`Answer`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Latitude(u16);

/// What the catalogue says of a latitude.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The id, as `OQ-56.code`.
    pub id: &'static str,
    /// How answers to it behave.
    pub kind: Kind,
    /// The question.
    pub question: &'static str,
    /// The answer to assume where nothing was seen.
    pub default: Option<u8>,
    answers: [Option<&'static str>; 8],
    /// Ids of the rules it touches, separated by blanks; `-` for none.
    pub rules: &'static str,
}

/// How answers to a latitude behave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// One answer per implementation; learnable.
    Switch,
    /// May differ each time; never learned.
    Occasion,
    /// A relation over the reply; compared, never enumerated.
    Free,
    /// Deadlock or undefined.
    OutOfScope,
}

/// An answer that was seen on real Windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    id: &'static str,
    /// The answer, counted from 0.
    pub answer: u8,
    /// What was seen.
    pub what: &'static str,
    /// Where, and of what quality.
    pub place: &'static str,
}

impl Row {
    /// The allowed answers in order; the first is `a`.
    pub fn answers(&self) -> impl Iterator<Item = &'static str> {
        self.answers.iter().map_while(|answer| *answer)
    }

    /// The rules it touches.
    pub fn touches(&self) -> impl Iterator<Item = Rule> {
        self.rules.split(' ').filter_map(Rule::find)
    }
}

impl Latitude {
    /// Every latitude, in the order of the catalogue.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..).zip(&CATALOGUE).map(|(at, _)| Self(at))
    }

    /// What the catalogue says of it.
    #[must_use]
    pub fn row(self) -> &'static Row {
        CATALOGUE.get(usize::from(self.0)).unwrap_or(const { &BLANK })
    }

    /// What was seen of it on real Windows.
    pub fn seen(self) -> impl Iterator<Item = &'static Seen> {
        SEEN.iter().filter(move |seen| seen.id == self.row().id)
    }

    /// The latitude with this id, if there is one.
    #[must_use]
    pub fn find(id: &str) -> Option<Self> {
        Self::all().find(|latitude| latitude.row().id.eq_ignore_ascii_case(id))
    }

    /// Its place in the catalogue.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// The latitude with this id, while compiling; it must have as many answers as `answers`.
    ///
    /// # Panics
    /// When there is none, or its answers are others; used in a constant that is a compile error.
    #[doc(hidden)]
    #[must_use]
    pub const fn named(id: &str, answers: usize) -> Self {
        let (mut rest, mut at): (&[Row], u16) = (&CATALOGUE, 0);
        while let [row, more @ ..] = rest {
            if same(row.id, id) {
                assert!(answered(&row.answers) == answers, "the latitude has other answers");
                return Self(at);
            }
            (rest, at) = (more, at + 1);
        }
        panic!("no latitude has this id")
    }
}

/// The answers to one latitude as a type that code can match on.
pub trait Answer: Copy + Sized + 'static {
    /// The question.
    const LATITUDE: Latitude;
    /// Every answer, in the order of the catalogue.
    const ALL: &'static [Self];
}

/// Declares the [`Answer`]s to a latitude: one variant per answer, in the order of the catalogue.
macro_rules! answers {
    ($(#[$doc:meta])* $name:ident = $id:literal { $($(#[$said:meta])* $answer:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $name { $($(#[$said])* $answer),+ }

        impl $crate::rules::Answer for $name {
            const LATITUDE: $crate::rules::Latitude =
                $crate::rules::Latitude::named($id, [$(stringify!($answer)),+].len());
            const ALL: &'static [Self] = &[$(Self::$answer),+];
        }
    };
}
pub(crate) use answers;

const BLANK: Row =
    Row { id: "", kind: Kind::OutOfScope, question: "", default: None, answers: [None; 8], rules: "" };

const fn read() -> [Row; COUNT] {
    let mut rows = [BLANK; COUNT];
    let mut reader = Reader::new(TEXT);
    let mut rest: &mut [Row] = &mut rows;
    while let Some(header) = reader.header() {
        let Some((row, more)) = rest.split_first_mut() else { panic!("more latitudes than were counted") };
        row.id = word(header, 0);
        row.kind = kind(word(header, 1));
        row.default = letter(word(header, 2));
        row.question = reader.expect();
        let mut answers: &mut [Option<&'static str>] = &mut row.answers;
        let mut next = reader.expect();
        while !starts_with(next, "rules: ") {
            assert!(matches!(byte(next, 1), Some(b':')), "an answer begins with its letter and a colon");
            let Some((answer, others)) = answers.split_first_mut() else { panic!("more than eight answers") };
            *answer = Some(next.split_at(3).1);
            answers = others;
            next = reader.expect();
        }
        row.rules = next.split_at("rules: ".len()).1;
        rest = more;
    }
    rows
}

const fn read_evidence() -> [Seen; count(EVIDENCE)] {
    let mut all = [Seen { id: "", answer: 0, what: "", place: "" }; count(EVIDENCE)];
    let mut reader = Reader::new(EVIDENCE);
    let mut rest: &mut [Seen] = &mut all;
    while let Some(header) = reader.header() {
        let Some((seen, more)) = rest.split_first_mut() else { panic!("more was seen than was counted") };
        let Some(answer) = letter(word(header, 1)) else { panic!("what was seen answers a latitude") };
        *seen = Seen { id: word(header, 0), answer, what: reader.expect(), place: reader.labelled("seen: ") };
        rest = more;
    }
    all
}

const fn kind(word: &str) -> Kind {
    match Kind::named(word) {
        Some(kind) => kind,
        None => panic!("the second word of a latitude is its kind"),
    }
}

const fn letter(word: &str) -> Option<u8> {
    match word.as_bytes() {
        b"-" => None,
        [letter @ b'a'..=b'h'] => Some(*letter - b'a'),
        _ => panic!("an answer is named by a letter from a to h"),
    }
}

const fn answered(answers: &[Option<&'static str>; 8]) -> usize {
    let (mut rest, mut count): (&[Option<&'static str>], usize) = (answers, 0);
    while let [Some(_), more @ ..] = rest {
        (rest, count) = (more, count + 1);
    }
    count
}

impl fmt::Display for Latitude {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.row().id)
    }
}

impl fmt::Debug for Latitude {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;

    #[test]
    fn every_latitude_is_there_once_with_a_default_it_allows() {
        let ids: BTreeSet<_> = Latitude::all().map(|latitude| latitude.row().id).collect();
        assert_eq!(ids.len(), COUNT);
        for latitude in Latitude::all() {
            let row = latitude.row();
            assert_eq!(alloc::format!("{latitude:?}"), row.id);
            let open = matches!(row.kind, Kind::Switch | Kind::Occasion);
            assert_eq!(row.default.is_some(), open, "{latitude}");
            assert!(
                row.default.is_none_or(|answer| usize::from(answer) < row.answers().count()),
                "{latitude}"
            );
        }
    }

    #[test]
    fn what_was_seen_answers_a_latitude_that_exists() {
        for seen in &SEEN {
            let row = Latitude::find(seen.id).expect(seen.id).row();
            assert!(usize::from(seen.answer) < row.answers().count(), "{}", seen.id);
        }
    }

    #[test]
    fn every_rule_a_latitude_names_exists() {
        for latitude in Latitude::all() {
            for id in latitude.row().rules.split(' ').filter(|id| *id != "-") {
                assert!(Rule::find(id).is_some(), "{latitude} names {id}");
            }
        }
    }
}
