//! How a session is kept in the registry: keys, values and hashes. No I/O.
//!
//! Below `Software\Microsoft\RestartManager` each session has a key `SessionNNNN` with an owner, a
//! sequence number, groups of registered resources and hashes that guard them. The session key is
//! not among the values: whoever joins hashes it with each slot's owner and looks for the slot
//! whose `SessionHash` agrees.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use crate::name::Name;
use crate::process::UniqueProcess;
use crate::session::Slot;

/// The three kinds of resource (RM-REG-02).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum ResourceKind {
    /// Full paths of files.
    Files,
    /// Running processes.
    Processes,
    /// Short names of services.
    Services,
}

impl ResourceKind {
    /// All three, in the order of the arguments of `RmRegisterResources`.
    pub const ALL: [Self; 3] = [Self::Files, Self::Processes, Self::Services];

    const fn prefix(self) -> &'static str {
        match self {
            Self::Files => "RegFiles",
            Self::Processes => "RegProcs",
            Self::Services => "RegSvcs",
        }
    }
}

/// The name of a value in a session's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ValueName {
    /// `Owner`: the process that started the session.
    Owner,
    /// `Sequence`: counts the registrations.
    Sequence,
    /// `SessionHash`: over session key and owner.
    SessionHash,
    /// `RegFilesNNNN` and its like: what one call registered.
    Group(ResourceKind, u16),
    /// `RegFilesHash` and its like: over all groups of the kind.
    GroupsHash(ResourceKind),
    /// `Phase`: how far the session's installer is. Kept only where an answer needs it (OQ-19,
    /// OQ-25).
    Phase,
    /// `Joined`: the processes that have joined, one line for each handle. Kept only where an
    /// answer needs it (OQ-12, OQ-20).
    Joined,
    /// `Volatile`: the key vanishes with its owner. Kept only where an answer needs it (OQ-23).
    Volatile,
}

impl fmt::Display for ValueName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Owner => f.write_str("Owner"),
            Self::Sequence => f.write_str("Sequence"),
            Self::SessionHash => f.write_str("SessionHash"),
            Self::Group(kind, number) => write!(f, "{}{number:04}", kind.prefix()),
            Self::GroupsHash(kind) => write!(f, "{}Hash", kind.prefix()),
            Self::Phase => f.write_str("Phase"),
            Self::Joined => f.write_str("Joined"),
            Self::Volatile => f.write_str("Volatile"),
        }
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for ValueName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What a value holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Data {
    /// `REG_BINARY`, twelve bytes: a process.
    Process(UniqueProcess),
    /// `REG_DWORD`.
    Number(u32),
    /// `REG_BINARY`: a hash.
    Hash(u64),
    /// `REG_MULTI_SZ`.
    Strings(Arc<[Name]>),
}

/// One session's key with its values, as read in bulk.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Record {
    /// The values by name; whoever reads a key shares them.
    pub values: Arc<BTreeMap<ValueName, Data>>,
}

impl Record {
    /// The values, to be changed.
    pub fn values_mut(&mut self) -> &mut BTreeMap<ValueName, Data> {
        Arc::make_mut(&mut self.values)
    }

    /// Who started the session.
    #[must_use]
    pub fn owner(&self) -> Option<UniqueProcess> {
        match self.values.get(&ValueName::Owner) {
            Some(Data::Process(owner)) => Some(*owner),
            _ => None,
        }
    }

    /// The hash over session key and owner.
    #[must_use]
    pub fn session_hash(&self) -> Option<u64> {
        match self.values.get(&ValueName::SessionHash) {
            Some(Data::Hash(hash)) => Some(*hash),
            _ => None,
        }
    }

    /// How many registrations the session has seen.
    #[must_use]
    pub fn sequence(&self) -> u32 {
        match self.values.get(&ValueName::Sequence) {
            Some(Data::Number(number)) => *number,
            _ => 0,
        }
    }

    /// How far the session's installer is.
    #[must_use]
    pub fn phase(&self) -> Phase {
        match self.values.get(&ValueName::Phase) {
            Some(Data::Number(1)) => Phase::Operation,
            Some(Data::Number(2)) => Phase::ShutDown,
            Some(Data::Number(3)) => Phase::Restarted,
            _ => Phase::Open,
        }
    }

    /// Who has joined, once for each handle.
    #[must_use]
    pub fn joined(&self) -> Vec<UniqueProcess> {
        match self.values.get(&ValueName::Joined) {
            Some(Data::Strings(lines)) => lines.iter().filter_map(process_of_line).collect(),
            _ => Vec::new(),
        }
    }

    /// The groups of one kind, in the order they were registered.
    pub fn groups(&self, kind: ResourceKind) -> impl Iterator<Item = &Arc<[Name]>> {
        let all = ValueName::Group(kind, 0)..=ValueName::Group(kind, u16::MAX);
        self.values.range(all).filter_map(|(_, data)| match data {
            Data::Strings(strings) => Some(strings),
            _ => None,
        })
    }

    /// Every registered string of one kind.
    pub fn strings(&self, kind: ResourceKind) -> impl Iterator<Item = &Name> {
        self.groups(kind).flat_map(|group| group.iter())
    }

    /// The registered processes; a line that is none cannot match one and is left out.
    #[must_use]
    pub fn processes(&self) -> Vec<UniqueProcess> {
        self.strings(ResourceKind::Processes).filter_map(process_of_line).collect()
    }

    /// Whether every hash agrees with what it guards. A write cut short leaves a key that is not.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        ResourceKind::ALL.iter().all(|kind| self.is_sound(*kind))
    }

    /// Whether the hash over the groups of one kind agrees with them.
    #[must_use]
    pub fn is_sound(&self, kind: ResourceKind) -> bool {
        match self.values.get(&ValueName::GroupsHash(kind)) {
            None => self.groups(kind).next().is_none(),
            Some(data) => *data == Data::Hash(groups_hash(self.groups(kind))),
        }
    }

    /// The record without the groups whose hash does not agree with them.
    #[must_use]
    pub fn sound(mut self) -> Self {
        for kind in ResourceKind::ALL.into_iter().filter(|kind| !self.is_sound(*kind)).collect::<Vec<_>>() {
            self.values_mut().retain(|name, _| match name {
                ValueName::Group(of, _) | ValueName::GroupsHash(of) => *of != kind,
                _ => true,
            });
        }
        self
    }
}

/// How far a session's installer is, as its key says where an answer needs it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Phase {
    /// It has begun no operation.
    #[default]
    Open,
    /// It is inside `RmShutdown` or `RmRestart`.
    Operation,
    /// Its last operation was `RmShutdown`.
    ShutDown,
    /// Its last operation was `RmRestart`.
    Restarted,
}

impl Phase {
    /// What the value `Phase` holds for it.
    #[must_use]
    pub const fn data(self) -> Data {
        Data::Number(match self {
            Self::Open => 0,
            Self::Operation => 1,
            Self::ShutDown => 2,
            Self::Restarted => 3,
        })
    }
}

/// What a look at the root says of one slot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SlotEntry {
    /// Which slot.
    pub slot: Slot,
    /// Its owner, if that was written.
    pub owner: Option<UniqueProcess>,
    /// Its session hash, if that was written.
    pub hash: Option<u64>,
    /// Whether its hashes agree with what they guard.
    pub whole: bool,
    /// Whether it belongs to another user than the one who looks.
    pub foreign: bool,
    /// Whether it lies outside the user session of the one who looks, and takes no place there.
    pub elsewhere: bool,
    /// How far its installer is.
    pub phase: Phase,
    /// Who has joined, once for each handle.
    pub joined: Vec<UniqueProcess>,
}

/// The line that stands for a process in `RegProcsNNNN`: three hexadecimal numbers.
#[must_use]
pub fn process_line(process: UniqueProcess) -> Name {
    let (high, low) = (process.start_time >> 32, process.start_time & 0xffff_ffff);
    Name::from(alloc::format!("{:x}:{low:x}:{high:x}", process.id).as_str())
}

fn process_of_line(line: &Name) -> Option<UniqueProcess> {
    let mut numbers = line.units().split(|unit| *unit == 0x3a).map(hexadecimal);
    let (id, low, high) = (numbers.next()??, numbers.next()??, numbers.next()??);
    let start_time = u64::from(high) << 32 | u64::from(low);
    numbers.next().is_none().then_some(UniqueProcess { id, start_time })
}

fn hexadecimal(units: &[u16]) -> Option<u32> {
    let digit = |unit: &u16| char::from_u32(u32::from(*unit))?.to_digit(16);
    if units.is_empty() || units.len() > 8 {
        return None;
    }
    units.iter().try_fold(0, |number, unit| Some(number << 4 | digit(unit)?))
}

/// The hash that ties a session to the key that was handed out for it.
#[must_use]
pub fn session_hash(key: &Name, owner: UniqueProcess) -> u64 {
    Hash::new().units(key.units()).number(u64::from(owner.id)).number(owner.start_time).0
}

/// The hash over all groups of one kind.
pub fn groups_hash<'a>(groups: impl Iterator<Item = &'a Arc<[Name]>>) -> u64 {
    groups
        .fold(Hash::new(), |hash, group| {
            group.iter().fold(hash, |hash, name| hash.units(name.units())).number(u64::MAX)
        })
        .0
}

/// FNV-1a over whole words. Which function Windows uses is not documented and nothing the API shows depends on
/// it; the core has no dependencies, and this one is four lines.
struct Hash(u64);

impl Hash {
    const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    const fn number(self, number: u64) -> Self {
        Self((self.0 ^ number).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(29))
    }

    fn units(self, units: &[u16]) -> Self {
        let hash = units.iter().fold(self, |hash, unit| hash.number(u64::from(*unit)));
        hash.number(1 << 16) // a terminator no unit can be
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Scope;

    const EDITOR: UniqueProcess = UniqueProcess { id: 0x1a4, start_time: 0x0000_0007_8000_0001 };

    #[test]
    fn a_process_line_is_three_hexadecimal_numbers_and_reads_back() {
        let line = process_line(EDITOR);
        assert_eq!(line, Name::from("1a4:80000001:7"));
        assert_eq!(process_of_line(&line), Some(EDITOR));
        for bad in ["", "1:2", "1:2:3:4", "1::3", "x:2:3", "123456789:1:1"] {
            assert_eq!(process_of_line(&Name::from(bad)), None, "{bad}");
        }
    }

    #[test]
    fn a_group_without_its_hash_is_noticed() {
        let group: Arc<[Name]> = Arc::from([Name::from("a.dll")]);
        let mut record = Record::default();
        assert!(record.is_whole());
        record.values_mut().insert(ValueName::Group(ResourceKind::Files, 0), Data::Strings(group.clone()));
        assert!(!record.is_whole());
        let hash = Data::Hash(groups_hash([&group].into_iter()));
        record.values_mut().insert(ValueName::GroupsHash(ResourceKind::Files), hash);
        assert!(record.is_whole());
        record.values_mut().remove(&ValueName::Group(ResourceKind::Files, 0));
        assert!(!record.is_whole());
    }

    #[test]
    fn hashes_tell_keys_owners_and_the_borders_of_names_apart() {
        let key = Name::from("00ff");
        let other = UniqueProcess { start_time: 1, ..EDITOR };
        assert_ne!(session_hash(&key, EDITOR), session_hash(&key, other));
        assert_ne!(session_hash(&key, EDITOR), session_hash(&Name::from("00fe"), EDITOR));
        let one: Arc<[Name]> = Arc::from([Name::from("ab"), Name::from("c")]);
        let two: Arc<[Name]> = Arc::from([Name::from("a"), Name::from("bc")]);
        assert_ne!(groups_hash([&one].into_iter()), groups_hash([&two].into_iter()));
    }

    #[test]
    fn values_carry_the_names_windows_uses() {
        use alloc::string::ToString;
        assert_eq!(ValueName::Group(ResourceKind::Files, 0).to_string(), "RegFiles0000");
        assert_eq!(ValueName::GroupsHash(ResourceKind::Services).to_string(), "RegSvcsHash");
        assert_eq!(Slot { scope: Scope::User, number: 7 }.to_string(), "Session0007");
    }
}
