//! The explorer, the format of transcripts and policy files, each by itself.

#[cfg(test)]
mod graphs;
#[cfg(test)]
mod policies;
#[cfg(test)]
mod prints;
#[cfg(test)]
mod replays;
#[cfg(test)]
mod versions;
