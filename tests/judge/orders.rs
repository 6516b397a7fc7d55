//! Calls under way at once are followed in one order where others come to the same: nothing is lost by it.

use std::cell::Cell;

use harness::check::{check_one_of, each};
use harness::draw::cases_under_any_policy;
use rm_check::judge::{Report, judge_in_every_order};
use rm_check::{Boundary, judge};
use rm_core::Policy;
use rm_core::rules::Citation;
use rm_sim::Scenario;

use super::alter::{Dice, altered};
use super::sources::{fixtures, of_case};

/// What is told of a transcript: the verdict, where it is rejected and for what, and what was learned.
fn told(report: &Report) -> (String, Vec<(usize, &[Citation])>) {
    let rejections = report.rejections.iter().map(|one| (one.line, &*one.broken)).collect();
    let Report { forgiven, faults, learned, .. } = report;
    (format!("{:?} {forgiven:?} {faults:?} {learned:?}", report.verdict()), rejections)
}

/// Whether every order comes to the same, if that can be told: there may be too many orders.
fn is_alike(boundary: &Boundary, policy: &Policy) -> Option<bool> {
    let all = judge_in_every_order(boundary, policy);
    if all.too_many || all.unlearned || all.presumed {
        return None;
    }
    let some = judge(boundary, policy);
    Some(told(&some) == told(&all))
}

#[test]
fn every_fixture_is_judged_as_if_every_order_were_followed() {
    let mut compared = 0;
    for (path, boundary) in fixtures() {
        let alike = is_alike(&boundary, &boundary.policy);
        assert_ne!(alike, Some(false), "{}\n{}", path.display(), boundary.text());
        compared += usize::from(alike.is_some());
    }
    assert!(compared > 400, "{compared}");
}

#[test]
fn random_runs_are_judged_as_if_every_order_were_followed() {
    let (all, compared) = (Cell::new(0), Cell::new(0));
    let name = "random_runs_are_judged_as_if_every_order_were_followed";
    check_one_of(32, name, cases_under_any_policy(), |case| {
        let boundary = of_case(case)?;
        let alike = is_alike(&boundary, &boundary.policy);
        all.set(all.get() + 1);
        compared.set(compared.get() + u32::from(alike.is_some()));
        if alike == Some(false) { Err(boundary.text().into()) } else { Ok(()) }
    });
    assert!(compared.get() * 2 > all.get(), "{} of {}", compared.get(), all.get());
}

#[test]
fn altered_answers_are_rejected_as_if_every_order_were_followed() {
    let mut number = 0;
    each(16, cases_under_any_policy(), |case| {
        number += 1;
        // Every order of much is too much.
        let mut case = case.clone();
        case.acts.truncate(6);
        let Ok(boundary) = of_case(&case) else { return };
        let Some(one) = altered(&boundary, &mut Dice::new(number)) else { return };
        let alike = is_alike(&one.boundary, &boundary.policy);
        assert_ne!(alike, Some(false), "{}\n{}", one.what, boundary.text());
    });
}

/// So many lists under way at once, in a session of one program.
fn lists_at_once(lists: usize) -> Boundary {
    let at_once =
        |n| format!("[[step]]\nby = \"setup/t{n}\"\nlist = {{}}\nleave = {{ before = \"reply\" }}\n");
    let finish = |n| format!("[[step]]\nby = \"setup/t{n}\"\nfinish = {{}}\n");
    let scenario = format!(
        "why = \"Lists.\"\n[installer.setup]\n[program.editor]\nkind = \"main-window\"\nuses = ['C:\\App\\core.dll']\n\
         [[step]]\nstart = {{}}\n[[step]]\nregister = {{ files = ['C:\\App\\core.dll'] }}\n{}{}",
        (0..lists).map(at_once).collect::<String>(),
        (0..lists).map(finish).collect::<String>(),
    );
    let scenario = Scenario::parse(&scenario).expect("it is a scenario");
    let run = scenario.run().expect("it runs");
    Boundary::of_run(&scenario, &run).expect("it has a stage")
}

#[test]
fn lists_under_way_at_once_have_one_explanation() {
    let boundary = lists_at_once(3);
    assert_eq!(is_alike(&boundary, &boundary.policy), Some(true));
    assert!(judge_in_every_order(&boundary, &boundary.policy).explanations > 50);
    for lists in [3, 8] {
        let boundary = lists_at_once(lists);
        assert_eq!(judge(&boundary, &boundary.policy).explanations, 1, "{lists}");
    }
}
