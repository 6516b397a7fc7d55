//! What has to be seen in some of the cases, so that the drawing of them does not go deaf.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use harness::check::{CASES, each};
use harness::draw::{cases, cases_under_any_policy};
use harness::play::play;
use harness::played::Played;
use rm_core::rules::Latitude;
use rm_core::{AppStatus, Outcome, Output, RebootReasons};
use rm_sim::fault::Struck;
use rm_sim::transcript::Event;

/// What the table of each function has, but for what nothing leads to here: a join meets no limit (RM-JOIN-05),
/// a filter list takes nulls for what they ask (OQ-99), and what only the header or a catch-all names.
const CODES: [(&str, &[u32]); 11] = [
    ("RmStartSession", &[0, 14, 29, 121, 160, 353]),
    ("RmJoinSession", &[0, 14, 29, 121, 160, 1219]),
    ("RmRegisterResources", &[0, 6, 14, 29, 121, 160]),
    ("RmGetList", &[0, 5, 6, 14, 29, 121, 160, 234, 1219, 1223]),
    ("RmShutdown", &[0, 5, 6, 14, 29, 121, 350, 351, 1219, 1223]),
    ("RmRestart", &[0, 6, 14, 29, 121, 352, 776, 1219, 1223]),
    ("RmAddFilter", &[0, 6, 160, 1219]),
    ("RmRemoveFilter", &[0, 2, 6, 160, 1219]),
    ("RmGetFilterList", &[0, 6, 234, 1219]),
    ("RmCancelCurrentTask", &[0, 6, 14, 1219]),
    ("RmEndSession", &[0, 6, 14, 29, 121]),
];

/// How often each was seen in the cases.
#[derive(Default)]
struct Seen {
    codes: BTreeMap<(&'static str, u32), usize>,
    others: BTreeMap<String, usize>,
}

/// What is seen, whichever test asks first.
static SEEN: LazyLock<Seen> = LazyLock::new(|| {
    let Seen { mut codes, mut others } = Seen::default();
    each(4 * CASES, cases(), |case| {
        let Ok(played) = play(case, |_| Ok(())) else { return };
        for made in &played.made {
            if let Some(code) = made.code() {
                *codes.entry((made.call.function(), code)).or_default() += 1;
            }
        }
        look(&played, |what| *others.entry(what).or_default() += 1);
    });
    Seen { codes, others }
});

#[test]
fn every_documented_code_is_returned_in_some_case() {
    let seen = &SEEN.codes;
    let wanted = CODES.iter().flat_map(|(function, codes)| codes.iter().map(|code| (*function, *code)));
    let missing: Vec<_> = wanted.clone().filter(|pair| !seen.contains_key(pair)).collect();
    assert!(missing.is_empty(), "never returned: {missing:?}; returned: {seen:?}");
    let wanted: BTreeSet<_> = wanted.collect();
    let surplus: Vec<_> = seen.keys().filter(|pair| !wanted.contains(pair)).collect();
    assert!(surplus.is_empty(), "in no table: {surplus:?}");
}

/// Shows what can go one way or the other, as it went.
fn look(played: &Played, mut see: impl FnMut(String)) {
    for line in &played.transcript.lines {
        match &line.event {
            Event::Struck(Struck::Failed(effect, failure)) => {
                see(format!("{} {}", effect.name(), failure.name()));
            }
            Event::Struck(Struck::Before(_, incident)) => {
                let incident = format!("{incident:?}");
                see(incident.split('(').next().unwrap_or_default().into());
            }
            Event::Did(effect, outcome) => see(format!("{} {}", effect.name(), name(outcome))),
            Event::Replied(_, rm_core::Reply { output: Output::List(list), .. }) => {
                let bits = AppStatus::NAMES.iter();
                let shown = |bit: AppStatus| list.entries.iter().any(|entry| entry.status.contains(bit));
                bits.filter(|(bit, _)| shown(*bit)).for_each(|(_, name)| see((*name).into()));
                let reasons = RebootReasons::NAMES.iter();
                let given = reasons.filter(|(reason, _)| list.reasons.0 & reason.0 != 0);
                given.for_each(|(_, name)| see((*name).into()));
            }
            _ => {}
        }
    }
}

#[test]
fn everything_that_can_go_one_way_or_the_other_goes_both() {
    let seen = &SEEN.others;
    let failures = rm_core::Effect::NAMES.iter().flat_map(|effect| {
        rm_sim::fault::Failure::of(effect).iter().map(move |failure| format!("{effect} {}", failure.name()))
    });
    let incidents = ["Died", "Cancelled", "Exited", "Started", "Replaced"].map(String::from);
    let answers = [
        "Lock Held",
        "Lock Abandoned",
        "Send Agreed",
        "Send Refused",
        "Send NoAnswer",
        "Send Gone",
        "Send Died",
        "Send Interrupted",
        "ControlEvent Done",
        "ControlEvent Gone",
        "WaitAny Exited",
        "WaitAny DeadlinePassed",
        "WaitAny Interrupted",
        "Terminate Done",
        "Terminate Gone",
        "Users Directory",
        "Launch Launched",
        "StopService Done",
        "StopService Refused",
        "StopService Gone",
        "StartService Launched",
        "StartService RunsAlready",
        "StartService NoAnswer",
    ]
    .map(String::from);
    let bits = AppStatus::NAMES.map(|(_, name)| name.to_string());
    let reasons = RebootReasons::NAMES.map(|(_, name)| name.to_string());
    let wanted = failures.chain(incidents).chain(answers).chain(bits).chain(reasons);
    let missing: Vec<_> = wanted.filter(|what| !seen.contains_key(what)).collect();
    assert!(missing.is_empty(), "never seen: {missing:?}; seen: {seen:?}");
}

#[test]
fn every_question_that_the_model_asks_is_answered_in_every_way() {
    let mut asked: BTreeMap<Latitude, (u32, BTreeSet<u8>)> = BTreeMap::new();
    each(8 * CASES, cases_under_any_policy(), |case| {
        let Ok(played) = play(case, |_| Ok(())) else { return };
        for latitude in Latitude::all().filter(|latitude| played.rules.was_asked(*latitude)) {
            let (times, answers) = asked.entry(latitude).or_default();
            *times += 1;
            answers.extend(played.rules.policy.answers(latitude));
        }
    });
    assert!(asked.len() > 30, "only {} questions are asked", asked.len());
    let all = |latitude: &Latitude| latitude.row().answers().count();
    // What is asked in a handful of cases cannot be answered in every way.
    let rare = |latitude: &Latitude| 20 * u32::try_from(all(latitude)).unwrap_or(u32::MAX);
    let is_missing = |(latitude, (times, answers)): &(&Latitude, &(u32, BTreeSet<u8>))| {
        *times >= rare(latitude) && answers.len() < all(latitude)
    };
    let missing: Vec<_> = asked.iter().filter(is_missing).collect();
    assert!(missing.is_empty(), "never answered otherwise: {missing:?}");
}

/// The name of an outcome.
fn name(outcome: &Outcome) -> String {
    let shown = format!("{outcome:?}");
    shown.split(['(', ' ']).next().unwrap_or_default().into()
}
