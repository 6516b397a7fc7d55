//! The catalogue of rules: what must hold, with evidence and source.
#![expect(clippy::panic, reason = "runs while compiling: a panic is a compile error")]

use core::fmt;

use super::reader::{Reader, count, same, word};

const TEXT: &str = concat!(
    include_str!("../../rules/start.txt"),
    include_str!("../../rules/join.txt"),
    include_str!("../../rules/end.txt"),
    include_str!("../../rules/register.txt"),
    include_str!("../../rules/list.txt"),
    include_str!("../../rules/shutdown.txt"),
    include_str!("../../rules/restart.txt"),
    include_str!("../../rules/cancel.txt"),
    include_str!("../../rules/filter.txt"),
    include_str!("../../rules/callback.txt"),
    include_str!("../../rules/type.txt"),
    include_str!("../../rules/life.txt"),
    include_str!("../../rules/arr.txt"),
    include_str!("../../rules/msi.txt"),
);

const COUNT: usize = count(TEXT);
static CATALOGUE: [Row; COUNT] = read();

/// A rule of the catalogue. In code it is written `rule!("RM-RST-02")`, which fails to compile when
/// there is no such rule.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rule(u16);

/// What the catalogue says of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The id, as `RM-RST-02`.
    pub id: &'static str,
    /// What sort of statement it is.
    pub kind: Kind,
    /// How sure it is.
    pub evidence: Evidence,
    /// Whether it shows through the API; else only inside or on the machine.
    pub observable: bool,
    /// The rule itself.
    pub statement: &'static str,
    /// Where it comes from.
    pub source: &'static str,
}

/// What sort of statement a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Something must hold.
    Demand,
    /// Either of several behaviours is allowed.
    Permit,
    /// Numbers and structures.
    Layout,
    /// The application's side: kernel32.
    Application,
    /// A misprint we record.
    Defect,
    /// Conduct of callers.
    Client,
}

/// How sure a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Evidence {
    /// A page or the SDK header says it.
    Documented,
    /// Seen on real Windows.
    Observed,
    /// Follows from several statements or a sample.
    Inferred,
    /// Two texts disagree.
    Contradictory,
}

impl Rule {
    /// Every rule, in the order of the catalogue.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..).zip(&CATALOGUE).map(|(at, _)| Self(at))
    }

    /// What the catalogue says of it.
    #[must_use]
    pub fn row(self) -> &'static Row {
        CATALOGUE.get(usize::from(self.0)).unwrap_or(const { &BLANK })
    }

    /// The rule with this id, if there is one.
    #[must_use]
    pub fn find(id: &str) -> Option<Self> {
        Self::all().find(|rule| rule.row().id.eq_ignore_ascii_case(id))
    }

    /// The rule with this id, while compiling.
    ///
    /// # Panics
    /// When there is none; used in a constant that is a compile error.
    #[doc(hidden)]
    #[must_use]
    pub const fn named(id: &str) -> Self {
        let (mut rest, mut at): (&[Row], u16) = (&CATALOGUE, 0);
        while let [row, more @ ..] = rest {
            if same(row.id, id) {
                return Self(at);
            }
            (rest, at) = (more, at + 1);
        }
        panic!("no rule has this id")
    }
}

const fn read() -> [Row; COUNT] {
    let mut rows = [BLANK; COUNT];
    let mut reader = Reader::new(TEXT);
    let mut rest: &mut [Row] = &mut rows;
    while let Some(header) = reader.header() {
        let Some((row, more)) = rest.split_first_mut() else { panic!("more rules than were counted") };
        *row = Row {
            id: word(header, 0),
            kind: kind(word(header, 1)),
            evidence: evidence(word(header, 2)),
            observable: same(word(header, 3), "observable"),
            statement: reader.expect(),
            source: reader.labelled("source: "),
        };
        rest = more;
    }
    rows
}

/// What a row is before it is read.
const BLANK: Row = Row {
    id: "",
    kind: Kind::Defect,
    evidence: Evidence::Inferred,
    observable: false,
    statement: "",
    source: "",
};

const fn kind(word: &str) -> Kind {
    match Kind::named(word) {
        Some(kind) => kind,
        None => panic!("the second word of a rule is its kind"),
    }
}

const fn evidence(word: &str) -> Evidence {
    match Evidence::named(word) {
        Some(evidence) => evidence,
        None => panic!("the third word of a rule is its evidence"),
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.row().id)
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Rule {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The rule with this id; an unknown id does not compile.
#[macro_export]
macro_rules! rule {
    ($id:literal) => {
        const { $crate::Rule::named($id) }
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;

    #[test]
    fn every_rule_is_there_once_and_can_be_found() {
        let ids: BTreeSet<_> = Rule::all().map(|rule| rule.row().id).collect();
        assert_eq!(ids.len(), Rule::all().count());
        assert!(ids.len() >= 340);
        assert_eq!(Rule::find("rm-rst-02"), Some(rule!("RM-RST-02")));
        assert_eq!(Rule::find("RM-RST-99"), None);
        assert!(rule!("RM-RST-02").row().statement.contains("776"));
        assert_eq!(rule!("RM-RST-02").row().source, "nf-restartmanager-rmrestart.md");
        assert_eq!(alloc::format!("{:?}", rule!("RM-RST-02")), "RM-RST-02");
    }
}
