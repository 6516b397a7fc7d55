//! The schemas in `docs/schemas` fit what is read and written, and do not fit what is broken.

use std::fs;
use std::path::{Path, PathBuf};

use boon::{Compiler, SchemaIndex, Schemas};
use rm_check::boundary::Told;
use rm_check::{Boundary, judge};
use rm_core::Policy;
use rm_sim::Scenario;
use serde_json::{Value, json};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A schema, ready to be held against values.
struct Schema(Schemas, SchemaIndex);

impl Schema {
    fn named(name: &str) -> Self {
        let path = root().join("docs/schemas").join(name).with_extension("json");
        let text = fs::read_to_string(&path).expect("the schema is there");
        let value = serde_json::from_str(&text).expect("it is JSON");
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        let place = format!("http://schemas/{name}.json");
        compiler.add_resource(&place, value).expect("it is there once");
        let index = compiler.compile(&place, &mut schemas).expect("it is a schema");
        Self(schemas, index)
    }

    fn fits(&self, value: &Value) -> bool {
        self.0.validate(value, self.1).is_ok()
    }

    fn demand(&self, value: &Value, of: &Path) {
        let found = self.0.validate(value, self.1).map_err(|error| format!("{error:#}"));
        assert_eq!(found, Ok(()), "{}", of.display());
    }
}

/// Every scenario of the fixtures, with its path.
fn scenarios() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut left: Vec<_> = ["scenarios", "clients"].map(|folder| root().join("fixtures").join(folder)).into();
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                left.push(path);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                let text = fs::read_to_string(&path).expect("a fixture");
                found.push((path, text));
            }
        }
    }
    assert!(found.len() > 100, "only {} scenarios", found.len());
    found
}

#[test]
fn every_scenario_fits_its_schema() {
    let schema = Schema::named("scenario");
    for (path, text) in scenarios() {
        let value: Value = toml::from_str(&text).expect("it is TOML");
        schema.demand(&value, &path);
    }
}

#[test]
fn what_is_no_scenario_does_not_fit() {
    let schema = Schema::named("scenario");
    let sound = json!({ "why": "x", "installer": { "setup": {} }, "step": [{ "start": {} }] });
    assert!(schema.fits(&sound));
    for (at, value) in [
        ("/why", json!(1)),
        ("/installer", json!([])),
        ("/installer/setup", json!({ "nonsense": true })),
        ("/step/0", json!({ "shutdwon": {} })),
        ("/step/0/start", json!({ "flags": -1 })),
    ] {
        let mut broken = sound.clone();
        *broken.pointer_mut(at).expect("it is there") = value;
        assert!(!schema.fits(&broken), "{broken}");
        assert!(Scenario::parse(&toml::to_string(&broken).expect("TOML")).is_err(), "{broken}");
    }
}

#[test]
fn every_transcript_and_every_report_fits_its_schema() {
    let (transcripts, reports) = (Schema::named("transcript"), Schema::named("report"));
    for (path, text) in scenarios() {
        let scenario = Scenario::parse(&text).expect("it is sound");
        let run = scenario.run().expect("it runs");
        let seen = Boundary::of_run(&scenario, &run).expect("it has a stage");
        let told = serde_json::to_value(seen.told()).expect("plain data");
        transcripts.demand(&told, &path);
        let read: Told = serde_json::from_value(told).expect("it reads as it was written");
        assert_eq!(read.text(), seen.text());
        let report = judge(&seen, &seen.policy);
        reports.demand(&as_printed(&report), &path);
    }
}

#[test]
fn rejections_and_what_is_learned_fit_the_schema_of_reports() {
    let schema = Schema::named("report");
    let folder = root().join("fixtures/transcripts");
    let mut many = 0;
    for path in
        fs::read_dir(folder.join("planted")).expect("a folder").map(|entry| entry.expect("an entry").path())
    {
        let seen = Boundary::parse(&fs::read_to_string(&path).expect("a fixture")).expect("it reads");
        let report = judge(&seen, &seen.policy);
        many += report.rejections.len();
        schema.demand(&as_printed(&report), &path);
    }
    assert!(many >= 5, "only {many} rejections");
    let path = folder.join("refused.seen");
    let seen = Boundary::parse(&fs::read_to_string(&path).expect("a fixture")).expect("it reads");
    let report = judge(&seen, &Policy::open());
    assert!(!report.learned.is_empty());
    schema.demand(&as_printed(&report), &path);
    let mut broken = as_printed(&report);
    *broken.pointer_mut("/learned/0/remaining").expect("it is there") = json!("z");
    assert!(!schema.fits(&broken));
}

#[test]
fn what_is_no_transcript_does_not_fit() {
    let schema = Schema::named("transcript");
    let begins = json!({ "at": 0, "who": "setup", "mark": ">", "what": "RmStartSession flags=0" });
    let sound = json!({ "version": 1, "faults": "none", "world": "whole", "head": "", "lines": [begins] });
    assert!(schema.fits(&sound));
    for (at, value) in [
        ("/version", json!(2)),
        ("/faults", json!("many")),
        ("/lines/0/mark", json!("!")),
        ("/lines/0/at", json!("now")),
        ("/lines/0/what", json!("RmNothing")),
        ("/lines/0/who", json!(null)),
    ] {
        let mut broken = sound.clone();
        *broken.pointer_mut(at).expect("it is there") = value;
        assert!(!schema.fits(&broken), "{broken}");
    }
}

/// A report as `rmsim judge --format json` prints it.
fn as_printed(report: &judge::Report) -> Value {
    let mut value = serde_json::to_value(report).expect("plain data");
    let object = value.as_object_mut().expect("an object");
    object.insert("transcript".into(), json!("a.seen"));
    object.insert("verdict".into(), serde_json::to_value(report.verdict()).expect("plain data"));
    value
}
