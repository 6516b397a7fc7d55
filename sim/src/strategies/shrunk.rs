//! Shrinking by candidates: a strategy whose values are made smaller by one function that says what could come next.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::vec::IntoIter;

use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::TestRunner;

type Smaller<T> = Arc<dyn Fn(&T) -> Vec<T> + Send + Sync>;

/// Draws from `strategy`, and shrinks by `smaller` instead of the strategy's own way: of a value that fails, the
/// candidates are tried in turn; one that fails too takes its place, until none of them does.
///
/// Each candidate has to be smaller in a sense that comes to an end, and valid; those that come first are tried
/// first. [`fewer`] and [`each`] make candidates of lists, `Setting::smaller` those of a setting:
///
/// ```
/// use proptest::prelude::*;
/// use rm_sim::strategies::{Setting, each, fewer, settings, shrinking};
///
/// /// A setting, and which of its files are registered, in this order.
/// #[derive(Clone, Debug, PartialEq)]
/// struct Case { setting: Setting, registered: Vec<u8> }
///
/// fn smaller(case: &Case) -> Vec<Case> {
///     let settings = case.setting.smaller().into_iter();
///     let settings = settings.map(|setting| Case { setting, ..case.clone() });
///     let registered = fewer(case, |case| &mut case.registered);
///     let plainer = each(case, |case| &mut case.registered, |file| (0..*file).collect());
///     settings.chain(registered).chain(plainer).collect()
/// }
///
/// let cases = (settings(&[r"C:\App\lib.dll"]), prop::collection::vec(0..3u8, 1..4))
///     .prop_map(|(setting, registered)| Case { setting, registered });
/// let cases = shrinking(cases, smaller);
/// # let _ = cases;
/// ```
pub fn shrinking<S: Strategy>(
    strategy: S,
    smaller: impl Fn(&S::Value) -> Vec<S::Value> + Send + Sync + 'static,
) -> Shrinking<S>
where
    S::Value: Clone,
{
    Shrinking { strategy, smaller: Arc::new(smaller) }
}

/// What [`shrinking`] gives.
#[derive(Clone)]
pub struct Shrinking<S: Strategy> {
    strategy: S,
    smaller: Smaller<S::Value>,
}

impl<S: Strategy> fmt::Debug for Shrinking<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Shrinking").field(&self.strategy).finish()
    }
}

impl<S: Strategy> Strategy for Shrinking<S>
where
    S::Value: Clone,
{
    type Tree = Shrunk<S::Value>;
    type Value = S::Value;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let fails = self.strategy.new_tree(runner)?.current();
        let smaller = Arc::clone(&self.smaller);
        Ok(Shrunk { fails, tried: None, left: None, at: 0, gained: false, smaller })
    }
}

/// A value that fails, as far as is known, and the one that is tried in its place.
pub struct Shrunk<T> {
    fails: T,
    tried: Option<T>,
    /// The candidates still to be tried in this round; before the first there are none yet.
    left: Option<IntoIter<T>>,
    /// How many candidates of this round were in vain.
    at: usize,
    /// Whether one of this round was not.
    gained: bool,
    smaller: Smaller<T>,
}

impl<T: fmt::Debug> fmt::Debug for Shrunk<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shrunk")
            .field("fails", &self.fails)
            .field("tried", &self.tried)
            .finish_non_exhaustive()
    }
}

impl<T: Clone> Shrunk<T> {
    /// Puts the next candidate to the test; whether there is one.
    fn next(&mut self) -> bool {
        loop {
            let left = self.left.get_or_insert_with(|| (self.smaller)(&self.fails).into_iter());
            self.tried = left.next();
            if self.tried.is_some() || !self.gained {
                return self.tried.is_some();
            }
            // What was in vain may be worth while now.
            (self.left, self.at, self.gained) = (None, 0, false);
        }
    }
}

impl<T: Clone + fmt::Debug> ValueTree for Shrunk<T> {
    type Value = T;

    fn current(&self) -> T {
        self.tried.as_ref().unwrap_or(&self.fails).clone()
    }

    fn simplify(&mut self) -> bool {
        if let Some(smaller) = self.tried.take() {
            self.fails = smaller;
            self.gained = true;
            // What was in vain for the one before mostly is for this one too.
            let mut left = (self.smaller)(&self.fails);
            left.drain(..self.at.min(left.len()));
            self.left = Some(left.into_iter());
        }
        self.next()
    }

    fn complicate(&mut self) -> bool {
        if self.tried.take().is_none() {
            return false;
        }
        self.at += 1;
        // Without a next one, the value that fails is back: whoever asks may have more than this to shrink.
        self.next();
        true
    }
}

/// A thing with some of a list left out, in every way that is worth a try: all of it, half of it and so on down
/// to a single one, from the back.
pub fn fewer<T: Clone, E>(thing: &T, list: impl Fn(&mut T) -> &mut Vec<E>) -> Vec<T> {
    let without = |range: Range<usize>| {
        let mut less = thing.clone();
        list(&mut less).drain(range);
        less
    };
    runs(list(&mut thing.clone()).len()).map(without).collect()
}

/// A thing with one of a list in the place of which there is a smaller one.
pub fn each<T: Clone, E>(
    thing: &T,
    list: impl Fn(&mut T) -> &mut Vec<E>,
    smaller: impl Fn(&E) -> Vec<E>,
) -> Vec<T> {
    let mut all = Vec::new();
    for (at, element) in list(&mut thing.clone()).iter().enumerate() {
        for element in smaller(element) {
            let mut less = thing.clone();
            if let Some(place) = list(&mut less).get_mut(at) {
                *place = element;
                all.push(less);
            }
        }
    }
    all
}

/// What can be left out of a list of this length.
pub(super) fn runs(length: usize) -> impl Iterator<Item = Range<usize>> {
    let sizes = std::iter::successors(Some(length), |size| Some(size / 2)).take_while(|size| *size > 0);
    sizes.flat_map(move |size| {
        (0..length.div_ceil(size)).map(move |from_back| {
            let end = length - from_back * size;
            end.saturating_sub(size)..end
        })
    })
}
