//! All there is to say about one entry of the catalogue.

use rm_sim::spec::{About, Article, find};

fn about(id: &str) -> About {
    Article::new(find(id).expect(id)[0], None).about
}

#[test]
fn a_rule_and_its_latitudes_name_each_other() {
    let About::Rule { latitudes, .. } = about("RM-RST-02") else { panic!("it is a rule") };
    assert!(latitudes.iter().any(|related| related.id.id() == "OQ-70.empty"));
    let About::Latitude { rules, .. } = about("OQ-70.empty") else { panic!("it is a latitude") };
    assert!(rules.iter().any(|related| related.id.id() == "RM-RST-02"));
}

#[test]
fn an_answer_tells_who_takes_it_and_where_it_was_seen() {
    let About::Latitude { answers, .. } = about("OQ-27.null") else { panic!("it is a latitude") };
    let taken: Vec<_> = answers.iter().map(|one| (one.letter, one.policies.clone())).collect();
    assert_eq!(taken, [('a', vec!["documented"]), ('b', vec!["default"])]);
    assert_eq!(answers.iter().map(|one| one.seen.len()).collect::<Vec<_>>(), [0, 1]);
}
