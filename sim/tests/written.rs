//! Runs with choices, written down. Random ones without are tried by the suite of the invariants.

use rm_core::{
    AppType, Array, Call, Caller, Description, Identity, Installer, Out, Rules, SessionHandle, ShutdownFlags,
    Thread,
};

use rm_sim::choice::Script;
use rm_sim::scenario::{head, written};
use rm_sim::transcript::{Event, Names, Transcript, View};
use rm_sim::world::{Answer, Behavior, Cast, Program, Reaction, World};
use rm_sim::{Machine, Move, Scenario, Simulation};

fn program(name: &str, image: &str, uses: &[&str], query: Answer) -> Program {
    Program {
        uses: uses.iter().map(|file| (*file).into()).collect(),
        behavior: Behavior {
            query: query.into(),
            end_session: Reaction::Choose.into(),
            ..Behavior::default()
        },
        ..Program::new(name, Description::new(format!("It's {name}").as_str(), image, AppType::MainWindow))
    }
}

/// A setup and an editor that chooses what it answers; both have ids that nobody would make up.
fn stage(choices: &[&str]) -> (Simulation<Script>, Caller) {
    let mut cast = Cast::default();
    let editor = cast.add(program("editor", r"D:\editor.exe", &[r"C:\a.dll"], Answer::Choose));
    let about = Description {
        elevated: true,
        ..Description::new("setup", r"C:\Installers\setup.exe", AppType::MainWindow)
    };
    let setup = Program::new("setup", about);
    let setup = cast.add(setup);
    let mut machine = Machine::new(World::new(cast));
    let mut transcript = Transcript::default();
    let process = machine.world.spawn(setup, Some(7));
    transcript.names.add(process, "setup");
    transcript.names.thread(process, "");
    machine.add(Installer::new(Identity::new(process)));
    let running = machine.world.spawn(editor, Some(9));
    transcript.names.add(running, "editor");
    let choose = Script { left: choices.iter().map(|choice| (*choice).into()).collect() };
    let simulation = Simulation { machine, rules: Rules::default(), choose, transcript };
    (simulation, Caller { process, thread: Thread(0) })
}

#[test]
fn choices_are_written_with_the_step_that_meets_them() {
    let (mut simulation, who) = stage(&["no", "yes", "exits"]);
    let session = SessionHandle(0);
    let shutdown = || Call::Shutdown { session, flags: ShutdownFlags::default(), callback: true };
    let files = [Some(r"C:\a.dll".into())].into_iter().collect();
    let calls = [
        Call::Start { handle: Out::Given, flags: 0, key: Out::Given },
        Call::Register { session, files, processes: Array::default(), services: Array::default() },
        shutdown(),
        shutdown(),
        // A handle that stands for nothing.
        Call::End { session: SessionHandle(5) },
    ];
    let moves: Vec<_> =
        calls.into_iter().flat_map(|call| [Move::Begin(who, call), Move::Finish(who)]).collect();
    let text = written(stage(&["no", "yes", "exits"]).0, &moves, "It chooses.");
    for made in &moves {
        simulation.make(made).expect("it goes on");
    }
    for line in [
        r#"choices = ["no"]"#,
        r#"choices = ["yes", "exits"]"#,
        "pid = 9",
        r#"query = "choose""#,
        "end = { handle = 5 }",
        "expect = { code = 6 }",
        r"image = 'D:\editor.exe'",
        r#"title = "It's editor""#,
    ] {
        assert!(text.lines().any(|written| written == line), "`{line}` is not in {text}");
    }
    let run = Scenario::parse(&text).and_then(|scenario| scenario.run()).expect(&text);
    assert_eq!(run.unmet, []);
    let bytes = |transcript: &Transcript| {
        let mut transcript = transcript.clone();
        transcript.lines.retain(|line| !matches!(line.event, Event::Note(_) | Event::Runs(..)));
        transcript.text(View::Full)
    };
    assert_eq!(bytes(&run.transcript), bytes(&simulation.transcript));
}

#[test]
fn what_is_quoted_reads_as_it_was() {
    for text in ["", "setup/other", r"C:\App\a.dll", "it's", "\"", "a\\'b", "line\nbreak", "ä", "\u{1}'"] {
        let written = head(&Machine::default(), &Rules::default(), &Names::default(), text);
        let read: toml::Table = toml::from_str(&written).expect("it is TOML");
        assert_eq!(read.get("why").and_then(toml::Value::as_str), Some(text));
    }
}
