//! What exercises a rule or a latitude.

use rm_sim::Scenario;
use rm_sim::spec::{Entry, Exercise, How, find};

fn entry(id: &str) -> Entry {
    find(id).expect(id)[0]
}

#[test]
fn a_scenario_exercises_what_it_names_what_it_cites_and_what_it_asks() {
    let scenario = Scenario::parse(
        r#"
        why = "Out of sequence."
        rules = ["RM-LIFE-01"]
        [installer.setup]
        [program.editor]
        kind = "main-window"
        uses = ['C:\a.dll']
        [program.elsewhere]
        kind = "console"
        uses = ['C:\b.dll']
        ts-session = 2
        [[step]]
        start = {}
        [[step]]
        restart = {}
        expect = { code = 776 }
        [[step]]
        register = { files = ['C:\a.dll'] }
        [[step]]
        list = {}
        [[step]]
        shutdown = {}
        [[step]]
        register = { files = ['C:\b.dll'] }
        [[step]]
        list = {}
        "#,
    )
    .expect("it is sound");
    let mut exercise = Exercise::default();
    exercise.add_scenario("a", &scenario, &scenario.run().expect("it runs"));
    let how = |id| exercise.of(entry(id)).fixtures.get("a").map(|how| how.iter().copied().collect());
    assert_eq!(how("RM-LIFE-01"), Some(vec![How::Named]));
    assert_eq!(how("RM-RST-02"), Some(vec![How::Cited]), "by the reply");
    assert_eq!(how("RM-SHUT-02"), Some(vec![How::Cited]), "by the decision");
    assert_eq!(how("RM-SHUT-44"), Some(vec![How::Cited]), "by the settlement");
    assert_eq!(how("ARR-29"), Some(vec![How::Cited]), "by an entry of the list");
    assert_eq!(how("RM-TYPE-21"), Some(vec![How::Cited]), "by who gives cause for a reboot reason");
    assert_eq!(how("OQ-02.issued"), Some(vec![How::Asked]));
    assert_eq!(how("RM-RST-03"), None);
}

#[test]
fn an_invariant_exercises_what_its_documentation_names() {
    let source = "
        /// RM-RST-02, OQ-56.code: as the area RM-SHUT wants it.
        /// And RM-RST-03.
        #[must_use]
        pub fn holds(machine: &Machine) {}

        /// RM-RST-04: not of a function that is public.
        fn helps() {}

        /// RM-RST-05: not of a function at all.
        pub struct Made;
        pub fn says_nothing() {}";
    let mut exercise = Exercise::default();
    exercise.add_invariants("a.rs", source);
    let named: Vec<_> = Entry::all().filter(|entry| !exercise.of(*entry).is_empty()).map(Entry::id).collect();
    assert_eq!(named, ["RM-RST-02", "RM-RST-03", "OQ-56.code"]);
    assert_eq!(exercise.of(entry("RM-RST-03")).example(), Some("a.rs"));
    assert!(exercise.of(entry("RM-RST-04")).is_empty());
}
