//! `rmsim zoo`: whether the suite catches every broken implementation that is kept.

use std::io::{self, Write};

use clap::Args;
use rm_check::conform::{Model, Outcome, Suite};
use rm_check::zoo::{Caught, ENOUGH, Hunt, Member, each, policies};
use rm_core::Policy;
use serde::Serialize;

use crate::paint::{BAD, DIM, GOOD};
use crate::{Exit, Format, json};

/// What `rmsim zoo` takes.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// Only these members; all if none are named.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Show every case that catches a member, not just the two shortest.
    #[arg(long)]
    all: bool,
    /// How to print what is found.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// A member and what catches it, for programs.
#[derive(Serialize)]
struct Shown<'a> {
    member: &'static str,
    story: &'static str,
    happened: &'static str,
    caught: &'a [Caught],
}

/// Lets the members loose on the suite.
pub(crate) fn run(arguments: &Arguments) -> io::Result<Exit> {
    let mut members = Vec::new();
    for name in &arguments.names {
        let Some(member) = Member::find(name) else {
            anstream::eprintln!("error: there is no member `{name}` of the zoo; `rmsim zoo` lists them");
            return Ok(Exit::BadInput);
        };
        members.push(member);
    }
    if members.is_empty() {
        members = Member::all().collect();
    }
    let enough = if arguments.all { usize::MAX } else { ENOUGH };
    let hunt = Hunt::new();
    let caught = each(&members, |member| hunt.catch(member, enough));
    let escaped = caught.iter().filter(|cases| cases.is_empty()).count();
    let blamed = if arguments.names.is_empty() { innocent() } else { Vec::new() };
    let mut out = anstream::stdout().lock();
    for (member, caught) in members.iter().zip(&caught) {
        match arguments.format {
            Format::Text => print_member(&mut out, member, caught)?,
            Format::Json => json::print(&Shown {
                member: member.name,
                story: member.story,
                happened: member.happened,
                caught,
            })?,
        }
    }
    if arguments.format == Format::Text {
        writeln!(out, "\n{} of {} caught", members.len() - escaped, members.len())?;
        if arguments.names.is_empty() {
            let many = policies().len();
            match blamed.first() {
                None => writeln!(out, "the model is blamed for nothing, under {many} policies")?,
                Some(_) => {
                    for (policy, case) in &blamed {
                        writeln!(
                            out,
                            "{BAD}the model is blamed{BAD:#} in {case}, under the policy {policy}"
                        )?;
                    }
                }
            }
        }
    }
    Ok(if escaped == 0 && blamed.is_empty() { Exit::AsExpected } else { Exit::Unmet })
}

/// Where the sound model is blamed: the policy and the case.
fn innocent() -> Vec<(String, String)> {
    let blamed = each(&policies(), |(name, policy): &(String, Policy)| {
        let suite = Suite { policy: Some(*policy), ..Suite::default() };
        let results = suite.cases().map(|case| suite.play(case, &mut Model::new(Some(*policy))));
        let failed = results.filter(|result| matches!(result.outcome, Outcome::Failed(_)));
        failed.map(|result| (name.clone(), result.case.name.clone())).collect::<Vec<_>>()
    });
    blamed.into_iter().flatten().collect()
}

fn print_member(out: &mut impl Write, member: &Member, caught: &[Caught]) -> io::Result<()> {
    let (paint, word) = match caught.len() {
        0 => (BAD, "escaped"),
        _ => (GOOD, "caught "),
    };
    writeln!(out, "{paint}{word}{paint:#} {}", member.name)?;
    writeln!(out, "        {DIM}{}{DIM:#}", member.story)?;
    for one in caught {
        let rules: Vec<_> = one.rules.iter().map(ToString::to_string).collect();
        writeln!(out, "        by {} ({})", one.case, rules.join(", "))?;
    }
    Ok(())
}
