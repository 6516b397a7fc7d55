//! Behaviors that act a stated number of times.

use std::fmt;
use std::str::FromStr;

use super::NotUnderstood;

/// What is done the first time, the second time, and so on; the last of them stays. How often it acted
/// is state of the process or service, not of the program.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InTurn<T> {
    earlier: Vec<T>,
    last: T,
}

impl<T: Copy> InTurn<T> {
    /// What is done after it was done so many times.
    #[must_use]
    pub fn after(&self, times: u32) -> T {
        usize::try_from(times).ok().and_then(|times| self.earlier.get(times)).copied().unwrap_or(self.last)
    }

    /// How many times have to be told apart: whatever comes after them is the same for ever.
    #[must_use]
    pub fn bound(&self) -> u32 {
        u32::try_from(self.earlier.len()).unwrap_or(u32::MAX)
    }

    /// Everything that is done, in order.
    pub fn all(&self) -> impl Iterator<Item = T> {
        self.earlier.iter().chain([&self.last]).copied()
    }

    /// The same with each of them changed.
    #[must_use]
    pub fn map(&self, change: impl Fn(T) -> T) -> Self {
        Self { earlier: self.earlier.iter().copied().map(&change).collect(), last: change(self.last) }
    }
}

/// The same every time.
impl<T> From<T> for InTurn<T> {
    fn from(last: T) -> Self {
        Self { earlier: Vec::new(), last }
    }
}

impl<T: FromStr<Err = NotUnderstood>> FromStr for InTurn<T> {
    type Err = NotUnderstood;

    fn from_str(text: &str) -> Result<Self, NotUnderstood> {
        match text.rsplit_once(',') {
            None => Ok(text.parse::<T>()?.into()),
            Some((earlier, last)) => {
                let earlier = earlier.split(',').map(|one| one.trim().parse()).collect::<Result<_, _>>()?;
                Ok(Self { earlier, last: last.trim().parse()? })
            }
        }
    }
}

/// As it is read.
impl<T: Copy + fmt::Display> fmt::Display for InTurn<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.earlier.iter().try_for_each(|one| write!(f, "{one}, "))?;
        self.last.fmt(f)
    }
}

/// What is the same every time looks like what it is.
impl<T: fmt::Debug> fmt::Debug for InTurn<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.earlier.iter().try_for_each(|one| write!(f, "{one:?}, then "))?;
        self.last.fmt(f)
    }
}
