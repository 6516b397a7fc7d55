//! The catalogue as something to look up.

mod articles;
mod coverage;
mod exercise;

use rm_sim::spec::{Entry, area, find, title};

fn found(id: &str) -> Vec<&'static str> {
    find(id).expect(id).into_iter().map(Entry::id).collect()
}

#[test]
fn an_id_stands_for_itself_or_for_all_it_begins() {
    assert_eq!(found("rm-rst-02"), ["RM-RST-02"]);
    assert_eq!(found("oq-56"), ["OQ-56.code", "OQ-56.others", "OQ-56.agreeing"]);
    assert!(found("RM-RST").len() > 20);
    assert!(find("OQ-5").is_err(), "a number is not cut");
}

#[test]
fn an_unknown_id_is_answered_with_the_nearest() {
    let nearest = |id| find(id).expect_err(id).nearest;
    assert_eq!(nearest("RST-02").first(), Some(&"RM-RST-02"));
    assert_eq!(nearest("OQ-56.cod").first(), Some(&"OQ-56.code"));
    assert_eq!(nearest("OQ56").first(), Some(&"OQ-56"));
    assert_eq!(nearest("something else"), <[&str; 0]>::default());
    assert_eq!(nearest(""), <[&str; 0]>::default());
    assert_eq!(area("rm-shuts").expect_err("no area").nearest.first(), Some(&"RM-SHUT"));
}

#[test]
fn every_entry_is_of_an_area_that_has_a_title() {
    for entry in Entry::all() {
        assert!(!title(entry.area()).is_empty(), "{entry} is of {}", entry.area());
    }
}

#[test]
fn a_latitude_concerns_the_areas_of_the_rules_it_touches() {
    let of = |area: &str| Entry::all().filter(|entry| entry.concerns(area)).count();
    assert!(of("rm-end") > 12);
    assert_eq!(found("OQ-70.empty").len(), 1);
    assert!(find("OQ-70.empty").expect("it is there").iter().all(|entry| entry.concerns("RM-SHUT")));
}
