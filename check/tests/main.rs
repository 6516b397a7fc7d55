//! The explorer, the format of transcripts and policy files, each by itself.

// The sets of answers that the judge keeps: their tests stand beside them, and nothing else of the crate's has any.
#[cfg(test)]
#[path = "../src/judge/answers.rs"]
#[expect(dead_code, reason = "the judge needs more of it than its tests do")]
mod answers;
#[cfg(test)]
mod graphs;
#[cfg(test)]
mod places;
#[cfg(test)]
mod policies;
#[cfg(test)]
mod prints;
#[cfg(test)]
mod replays;
#[cfg(test)]
mod versions;
