//! What applications are told is judged, where it is told: what is left out, altered or exchanged is not allowed.

use std::collections::BTreeSet;

use rm_check::boundary::{Budget, Change, Contact, Event};
use rm_check::judge::Verdict;
use rm_check::{Boundary, judge};
use rm_core::{AppId, Message};

use super::sources::heard;

/// The lines that tell what applications are told.
fn told(boundary: &Boundary) -> Vec<(usize, AppId, Contact)> {
    let told = boundary.lines.iter().enumerate().filter_map(|(at, line)| match &line.event {
        Event::Changes(Change::Told(id, contact)) => Some((at, id.clone(), contact.clone())),
        _ => None,
    });
    told.collect()
}

fn is_rejected(boundary: &Boundary) -> bool {
    judge(boundary, &boundary.policy).verdict() == Verdict::Rejected
}

/// Where an application is asked and then told to end, one right after the other.
fn asked_and_ended(told: &[(usize, AppId, Contact)]) -> Option<(usize, usize)> {
    let (question, end) = (Contact::Message(Message::QueryEndSession), Contact::Message(Message::EndSession));
    let pair =
        told.windows(2).find(|pair| pair[0].1 == pair[1].1 && pair[0].2 == question && pair[1].2 == end);
    pair.map(|pair| (pair[0].0, pair[1].0))
}

#[test]
fn that_an_application_was_not_told_is_rejected_with_the_rule() {
    let (mut rules, mut unasked) = (BTreeSet::new(), 0);
    for (path, mut boundary) in heard() {
        let told = told(&boundary);
        let pair = asked_and_ended(&told);
        let Some(first) = pair.map(|pair| pair.0).or(told.first().map(|told| told.0)) else { continue };
        boundary.lines.remove(first);
        // A failure of the environment that nobody tells may be what kept it.
        boundary.faults = Budget::None;
        let report = judge(&boundary, &boundary.policy);
        // Who is told nothing else may have gone by himself.
        let is_rejected = report.verdict() == Verdict::Rejected;
        assert!(pair.is_none() || is_rejected, "{}: {}", path.display(), boundary.text());
        unasked += u32::from(pair.is_some());
        rules.extend(report.rejections.iter().flat_map(|one| &one.broken).map(ToString::to_string));
    }
    assert!(unasked > 20, "only {unasked} were not asked");
    for rule in ["RM-SHUT-27", "RM-SHUT-34", "RM-SHUT-38"] {
        assert!(rules.contains(rule), "{rule} is not among {rules:?}");
    }
}

#[test]
fn what_is_told_in_another_order_is_rejected() {
    let mut exchanged = 0;
    for (path, mut boundary) in heard() {
        let Some((first, second)) = asked_and_ended(&told(&boundary)) else { continue };
        let (one, other) = (boundary.lines[first].event.clone(), boundary.lines[second].event.clone());
        (boundary.lines[first].event, boundary.lines[second].event) = (other, one);
        assert!(is_rejected(&boundary), "{}: {}", path.display(), boundary.text());
        exchanged += 1;
    }
    assert!(exchanged > 20, "only {exchanged} were exchanged");
}

#[test]
fn other_arguments_than_the_registered_ones_are_rejected() {
    let mut altered = 0;
    for (path, mut boundary) in heard() {
        let given =
            told(&boundary).into_iter().find(|(.., contact)| matches!(contact, Contact::Arguments(_)));
        let Some((at, id, _)) = given else { continue };
        boundary.lines[at].event = Event::Changes(Change::Told(id, Contact::Arguments("/other".into())));
        assert!(is_rejected(&boundary), "{}: {}", path.display(), boundary.text());
        altered += 1;
    }
    assert!(altered > 20, "only {altered} were altered");
}
