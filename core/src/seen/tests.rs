//! One answer is changed at a time: the difference is found in its point, and nothing else is.

use alloc::vec;
use alloc::vec::Vec;

use super::*;
use crate::call::Call;
use crate::filter::Filter;
use crate::refusal::{Fault, Refusal};
use crate::reply::{FilterList, Grounds, List};
use crate::rule;
use crate::rules::{Citation, Rules};

const CALL: Call = Call::Shutdown { session: SessionHandle(0), flags: FLAGS, callback: true };
const FLAGS: crate::call::ShutdownFlags = crate::call::ShutdownFlags(0);

fn name(text: &str) -> Name {
    Name::from(text)
}

fn process(id: u32) -> UniqueProcess {
    UniqueProcess { id, start_time: 7 }
}

fn entry(id: u32) -> Entry {
    let because = Citation::Rule(rule!("RM-LIST-01"));
    Entry {
        process: process(id),
        app_name: name("editor"),
        service: name(""),
        app_type: AppType::MainWindow,
        status: AppStatus::STOPPED,
        ts_session: 1,
        restartable: true,
        grounds: Grounds { listed: because, critical: None, restartable: because },
    }
}

fn list(entries: Vec<Entry>) -> Reply {
    let count = u32::try_from(entries.len()).unwrap_or_default();
    let reasons = RebootReasons::PERMISSION_DENIED.with(RebootReasons::SESSION_MISMATCH);
    Reply::success(Output::List(List { needed: count, count, reasons, entries }))
}

/// The points in which the list is not what it was, when this has been done to what was seen of it.
fn of_list(reply: &Reply, change: impl FnOnce(&mut SeenList)) -> Vec<Point> {
    let mut seen = Seen::from(reply);
    if let SeenOutput::List(list) = &mut seen.output {
        change(list);
    }
    points(reply, &seen)
}

fn of_entry(entry: Entry, change: impl FnOnce(&mut SeenEntry)) -> Vec<Point> {
    of_list(&list(vec![entry]), |list| change(list.entries.first_mut().expect("there is one")))
}

fn points(reply: &Reply, seen: &Seen) -> Vec<Point> {
    let found = reply.differences(seen, &CALL);
    assert_eq!(reply.admits(seen, &CALL), found.is_empty());
    found.into_iter().map(|difference| difference.point).collect()
}

#[test]
fn what_a_reply_shows_is_no_difference() {
    let filter =
        Filter { target: FilterTarget::File(name("a")), action: FilterAction::NO_RESTART, names: Vec::new() };
    for output in [
        Output::Nothing,
        Output::Started(SessionHandle(1), SessionKey(2), true),
        Output::Joined(SessionHandle(1)),
        Output::FilterList(FilterList { needed: 16, filters: vec![filter] }),
    ] {
        let reply = Reply::success(output);
        assert_eq!(points(&reply, &Seen::from(&reply)), []);
        assert_eq!(
            points(&reply, &Seen { code: ErrorCode::SUCCESS, output: other(&reply) }),
            [Point::Outputs]
        );
    }
    assert_eq!(of_list(&list(vec![entry(1), entry(2)]), |_| {}), []);
}

/// Outputs that no call with these has.
fn other(reply: &Reply) -> SeenOutput {
    match reply.output {
        Output::Joined(_) => SeenOutput::Nothing,
        _ => SeenOutput::Joined(SessionHandle(1)),
    }
}

#[test]
fn a_handle_a_key_and_its_end_are_told_apart() {
    const KEY: SessionKey = SessionKey(0xfedc_ba98_7654_3210_0123_4567_89ab_cdef);
    let reply = Reply::success(Output::Started(SessionHandle(1), KEY, true));
    let seen = |output| points(&reply, &Seen { code: ErrorCode::SUCCESS, output });
    assert_eq!(seen(SeenOutput::Started(SessionHandle(3), KEY, true)), [Point::Handle]);
    assert_eq!(seen(SeenOutput::Started(SessionHandle(1), SessionKey(3), true)), [Point::Key]);
    assert_eq!(seen(SeenOutput::Started(SessionHandle(1), KEY, false)), [Point::Terminator]);
    let text = KEY.text();
    assert_eq!(seen(SeenOutput::started(SessionHandle(1), &text, true)), []);
    assert_eq!(seen(SeenOutput::started(SessionHandle(1), &name("another"), true)), [Point::Key]);
    let joined = Reply::success(Output::Joined(SessionHandle(1)));
    let seen = Seen { code: ErrorCode::SUCCESS, output: SeenOutput::Joined(SessionHandle(2)) };
    assert_eq!(points(&joined, &seen), [Point::Handle]);
}

#[test]
fn another_code_is_a_difference_unless_any_will_do() {
    let rules = Rules::default();
    let code = |reply: &Reply, code| points(reply, &Seen { code, output: SeenOutput::Nothing });
    let (other, usual) = (ErrorCode(5), ErrorCode::SUCCESS);
    assert_eq!(code(&Reply::success(Output::Nothing), other), [Point::Code]);
    let refused = |refusal| Reply::refused(refusal, &rules);
    let wrong = refused(Refusal::BadArgument("flags", rule!("RM-SHUT-04")));
    assert_eq!(code(&wrong, other), [Point::Code]);
    assert_eq!(code(&wrong, wrong.code), []);
    // What a failed call leaves behind says nothing.
    let left = Seen { code: wrong.code, output: SeenOutput::Joined(SessionHandle(9)) };
    assert_eq!(points(&wrong, &left), []);
    let no_text = refused(Refusal::Machine(Fault::WriteFault, rule!("RM-LIFE-04")));
    assert_eq!((code(&no_text, other), code(&no_text, usual)), (vec![], vec![Point::Code]));
    let with_text = refused(Refusal::Machine(Fault::WriteFault, rule!("RM-REG-21")));
    assert_eq!(code(&with_text, other), [Point::Code]);
    let any = Reply { code: ErrorCode::UNSPECIFIED, refusal: None, ..Reply::success(Output::Nothing) };
    assert_eq!((code(&any, other), code(&any, usual)), (vec![], vec![Point::Code]));
}

#[test]
fn a_list_is_compared_number_by_number() {
    let two = list(vec![entry(1), entry(2)]);
    assert_eq!(of_list(&two, |list| list.needed += 1), [Point::Needed]);
    assert_eq!(of_list(&two, |list| list.count += 1), [Point::Count]);
    assert_eq!(of_list(&two, |list| list.reasons = RebootReasons::CRITICAL_PROCESS), [Point::Reasons]);
    assert_eq!(of_list(&two, |list| list.entries.reverse()), []);
    assert_eq!(of_list(&two, |list| drop(list.entries.pop())), [Point::Missing(process(2).into())]);
    assert_eq!(
        of_list(&two, |list| list.entries.push(SeenEntry::from(&entry(3)))),
        [Point::Listed(process(3).into())]
    );
}

#[test]
fn of_several_reasons_one_may_be_told() {
    let because = |reasons| {
        let reply = list(vec![]);
        let mut seen = Seen::from(&reply);
        if let SeenOutput::List(list) = &mut seen.output {
            list.reasons = reasons;
        }
        reply.differences(&seen, &CALL).into_iter().map(|one| one.because).collect::<Vec<_>>()
    };
    assert_eq!(because(RebootReasons::PERMISSION_DENIED), [Citation::Rule(rule!("RM-LIST-12"))]);
    assert_eq!(because(RebootReasons::NONE), [Citation::Rule(rule!("RM-LIST-11"))]);
    assert_eq!(because(RebootReasons::DETECTED_SELF), [Citation::Rule(rule!("RM-LIST-11"))]);
}

#[test]
fn an_entry_is_compared_field_by_field() {
    let id = AppId::from(process(1));
    let of = |change: fn(&mut SeenEntry)| of_entry(entry(1), change);
    assert_eq!(of(|seen| seen.app_name = name("other")), [Point::AppName(id.clone())]);
    assert_eq!(of(|seen| seen.app_type = 2), [Point::Type(id.clone())]);
    assert_eq!(of(|seen| seen.status = AppStatus::RUNNING), [Point::Status(id.clone())]);
    assert_eq!(of(|seen| seen.ts_session = 2), [Point::TsSession(id.clone())]);
    assert_eq!(of(|seen| seen.restartable = false), [Point::Restartable(id)]);
}

#[test]
fn the_same_process_twice_is_matched_by_what_is_shown() {
    let other = Entry { app_name: name("viewer"), ..entry(1) };
    let both = list(vec![entry(1), other]);
    assert_eq!(of_list(&both, |list| list.entries.reverse()), []);
}

#[test]
fn what_a_field_is_not_used_for_says_nothing() {
    let service = Entry { service: name("spooler"), ..entry(1) };
    let critical = Entry { app_type: AppType::Critical, ..entry(1) };
    for unused in [service.clone(), critical] {
        assert_eq!(of_entry(unused, |seen| seen.ts_session = 9), []);
    }
    // Another service is another application; what is no service may have anything there.
    let [missing, listed] = of_entry(service, |seen| seen.service = name("scanner")).try_into().expect("two");
    assert!(matches!((missing, listed), (Point::Missing(_), Point::Listed(_))));
    assert_eq!(of_entry(entry(1), |seen| seen.service = name("rubbish")), []);
}

#[test]
fn a_name_that_is_too_long_may_be_cut_anywhere_and_no_other_may() {
    let long = |units| name(&"x".repeat(units));
    let of = |own: usize, seen: usize| {
        of_entry(Entry { app_name: long(own), ..entry(1) }, |entry| entry.app_name = long(seen)).is_empty()
    };
    assert!(of(300, 255) && of(300, 3) && of(255, 254));
    assert!(!of(254, 253) && !of(300, 256) && !of(3, 300));
    let other = Entry { app_name: long(300), ..entry(1) };
    assert!(!of_entry(other, |entry| entry.app_name = name("y")).is_empty());
}

#[test]
fn filters_are_compared_as_a_set_and_their_room_as_a_least() {
    let one =
        |target: &str, action| Filter { target: FilterTarget::File(name(target)), action, names: vec![] };
    let filters = vec![one("a", FilterAction::NO_RESTART), one("b", FilterAction::NO_SHUTDOWN)];
    let reply = Reply::success(Output::FilterList(FilterList { needed: 32, filters }));
    let of = |reply: &Reply, change: fn(&mut SeenFilters)| {
        let mut seen = Seen::from(reply);
        if let SeenOutput::FilterList(list) = &mut seen.output {
            change(list);
        }
        points(reply, &seen)
    };
    assert_eq!(of(&reply, |list| list.filters.reverse()), []);
    assert_eq!(of(&reply, |list| list.needed += 8), []);
    assert_eq!(of(&reply, |list| list.needed -= 1), [Point::Needed]);
    assert_eq!(of(&reply, |list| drop(list.filters.pop())), [Point::Filters]);
    assert_eq!(of(&reply, |list| list.filters.extend_from_within(..1)), [Point::Filters]);
    let none = Reply::success(Output::FilterList(FilterList { needed: 8, filters: vec![] }));
    assert_eq!(of(&none, |list| list.needed += 8), [Point::Needed]);
}

#[test]
fn progress_grows_to_100_and_goes_to_a_callback() {
    let breaks = |call: &Call, seen: &[u32], reported| {
        breaks_progress(call, seen, reported, &Rules::default()).map(|broken| broken.because)
    };
    let rule = |rule| Some(Citation::Rule(rule));
    let silent = Call::Restart { session: SessionHandle(0), flags: 0, callback: false };
    assert_eq!(breaks(&CALL, &[0, 50, 100], true), None);
    assert_eq!(breaks(&CALL, &[0, 101], true), rule(rule!("RM-CB-02")));
    assert_eq!(breaks(&CALL, &[0, 50, 50], true), rule(rule!("RM-CB-03")));
    assert_eq!(breaks(&CALL, &[50, 0], true), rule(rule!("RM-CB-03")));
    assert_eq!(breaks(&silent, &[0], true), rule(rule!("RM-CB-06")));
    assert_eq!(breaks(&silent, &[], false), None);
    assert_eq!(breaks(&CALL, &[], false), None);
    assert!(breaks(&CALL, &[], true).is_some());
}

#[test]
fn what_is_permitted_or_said_in_two_ways_is_forgiven_and_no_demand_is() {
    let forgiven = |because| Difference { point: Point::Code, because }.is_forgiven();
    for rule in crate::rules::Rule::all() {
        let row = rule.row();
        let is_demand = row.kind != crate::rules::RuleKind::Permit
            && row.evidence != crate::rules::Evidence::Contradictory;
        assert_eq!(forgiven(Citation::Rule(rule)), !is_demand, "{rule}");
    }
    let latitude = crate::rules::Latitude::all().next().expect("there are questions");
    assert!(!forgiven(Citation::Latitude(latitude, 0)));
}

#[test]
fn every_type_has_its_number_and_no_other_has_one() {
    for number in 0..=1001 {
        let known = AppType::numbered(number);
        assert!(known.is_none_or(|known| known as u32 == number), "{number}");
        assert_eq!(known.is_some(), matches!(number, 0..=5 | 1000), "{number}");
    }
}
