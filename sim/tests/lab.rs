//! The lab does what its users rely on.

use std::time::Duration;

use rm_core::{ErrorCode, Output, ShutdownFlags};

use rm_sim::lab::{Error, Lab, Refused};
use rm_sim::schedule::{Happening, Meanwhile, Schedule};
use rm_sim::transcript::View;
use rm_sim::{Scenario, Transcript};

const FILE: &str = r"C:\App\core.dll";
const TWO: &str = r#"
    why = "An editor that comes back, and a tool that does not."
    [installer.setup]
    [installer.helper]
    [program.editor]
    kind    = "main-window"
    uses    = ['C:\App\core.dll']
    restart = "/restore"
    [program.tool]
    kind    = "console"
    uses    = ['C:\App\core.dll']
"#;

fn with(more: &str) -> Lab {
    Lab::of(&format!("{TWO}{more}")).expect("a scenario")
}

/// The scenario replays to the same transcript, but for the sentence that begins it.
#[track_caller]
fn replays(lab: &Lab) {
    let text = lab.scenario("It is done again.");
    let run = Scenario::parse(&text).and_then(|scenario| scenario.run()).expect(&text);
    assert!(run.unmet.is_empty(), "{text}\n{:?}", run.unmet);
    let said =
        |transcript: &Transcript| transcript.text(View::Full).lines().skip(2).collect::<Vec<_>>().join("\n");
    assert_eq!(said(&run.transcript), said(&lab.transcript()), "{text}");
}

#[test]
fn what_was_done_is_written_as_a_scenario_that_replays_it() -> Result<(), Error> {
    let lab = with("");
    let session = lab.installer("setup")?.start_session()?;
    session.register_files(&[FILE])?;
    let joined = lab.installer("helper")?.join_session(&session.key().expect("it was started"))?;
    joined.end()?;
    assert_eq!(session.list()?.entries.len(), 2);
    let mut shutdown = session.begin_shutdown(ShutdownFlags::default())?;
    shutdown.reach("Send")?;
    lab.exit("tool")?;
    shutdown.finish()?;
    lab.pass(Duration::from_secs(3));
    lab.files_free(&[FILE])?;
    lab.start("tool")?;
    session.restart()?;
    session.end()?;
    lab.no_session_left()?;
    lab.all_back()?;
    replays(&lab);
    Ok(())
}

#[test]
fn a_callback_may_call_back_in() -> Result<(), Error> {
    let lab = with("");
    let session = lab.installer("setup")?.start_session()?;
    session.register_files(&[FILE])?;
    let mut seen = Vec::new();
    let cancelled = session.shutdown_with(ShutdownFlags::default(), |percent| {
        seen.push((percent, session.cancel().is_ok()));
    });
    assert_eq!(cancelled.map_err(|error| error.code()), Err(Some(ErrorCode::CANCELLED)));
    assert_eq!(seen.first(), Some(&(0, true)));
    replays(&lab);
    Ok(())
}

#[test]
fn a_thread_makes_one_call_at_a_time() -> Result<(), Error> {
    let lab = with("");
    let session = lab.installer("setup")?.start_session()?;
    let begun = session.begin_shutdown(ShutdownFlags::default())?;
    let busy = session.restart().unwrap_err();
    assert_eq!(busy.to_string(), "setup is in RmShutdown: finish that first, or use another thread");
    begun.finish()?;
    replays(&lab);
    Ok(())
}

#[test]
fn a_list_without_room_says_how_much_is_needed() -> Result<(), Error> {
    let lab = with("");
    let session = lab.installer("setup")?.start_session()?;
    session.register_files(&[FILE])?;
    let refused = session.get_list(1).unwrap_err();
    assert_eq!(refused.code(), Some(ErrorCode::MORE_DATA));
    let Some(Output::List(list)) = refused.refused().map(Refused::output) else {
        panic!("a list is given all the same");
    };
    assert_eq!(list.needed, 2);
    Ok(())
}

#[test]
fn an_installer_that_dies_says_so_and_can_call_no_more() -> Result<(), Error> {
    let lab = with("");
    let session = lab.installer("setup")?.start_session()?;
    let mut shutdown = session.begin_shutdown(ShutdownFlags::default())?;
    lab.exit("setup")?;
    assert_eq!(shutdown.step().unwrap_err().to_string(), "setup died in RmShutdown");
    assert_eq!(session.end().unwrap_err().to_string(), "setup died in RmEndSession");
    let unknown = lab.installer("setup").unwrap_err().to_string();
    assert_eq!(unknown, "there is no installer `setup`; expected one of `helper`");
    assert!(lab.no_session_left().is_err());
    Ok(())
}

#[test]
fn who_would_have_come_back_is_forgotten_and_who_would_not_is_not() -> Result<(), Error> {
    let lab = with("");
    let session = lab.installer("setup")?.start_session()?;
    session.register_files(&[FILE])?;
    lab.nobody_forgotten()?;
    session.shutdown(ShutdownFlags::default())?;
    let still_open = lab.nobody_forgotten().unwrap_err();
    session.end()?;
    let ended = lab.nobody_forgotten().unwrap_err();
    for error in [still_open, ended] {
        let what = error.broken().map(|broken| broken.what.as_str()).unwrap_or_default();
        assert!(
            what.starts_with("left stopped, although RmRestart would have brought it back: editor ("),
            "{what}"
        );
    }
    // Somebody else brought it back.
    lab.start("editor")?;
    lab.nobody_forgotten()?;
    let missing = lab.all_back().unwrap_err();
    assert!(missing.to_string().starts_with("ran in the beginning, and not now: tool"), "{missing}");
    Ok(())
}

#[test]
fn who_is_killed_by_id_is_whoever_has_it_now() -> Result<(), Error> {
    let lab = with("reuses-pid = true\n[program.other]\nkind = \"console\"\nrunning = false\n");
    let setup = lab.installer("setup")?;
    let tool = lab.process("tool")?;
    assert_eq!(setup.start_time(tool.id), Some(tool.start_time));
    lab.exit("tool")?;
    lab.start("other")?;
    assert_ne!(setup.start_time(tool.id), Some(tool.start_time));
    assert!(setup.terminate(tool.id));
    lab.gone("other")?;
    let killed = lab.killed_only_users(&[FILE]).unwrap_err().to_string();
    assert!(killed.starts_with("ended by force without using any of the files: other"), "{killed}");
    assert!(lab.nobody_killed().is_err());
    assert!(lab.only_stopped(&["tool"]).is_ok());
    assert!(!setup.terminate(tool.id));
    replays(&lab);
    Ok(())
}

#[test]
fn choices_are_made_in_the_order_they_are_given_and_written_down() -> Result<(), Error> {
    let lab = with("control = \"choose\"\n");
    let session = lab.installer("setup")?.start_session()?;
    session.register_files(&[FILE])?;
    let open = session.shutdown(ShutdownFlags::default()).unwrap_err().to_string();
    assert!(open.starts_with("RmShutdown of setup cannot go on: nobody chooses how tool answers"), "{open}");
    let lab = with("control = \"choose\"\n");
    let session = lab.installer("setup")?.start_session()?;
    session.register_files(&[FILE])?;
    lab.choose(&["stays"]);
    assert_eq!(
        session.shutdown(ShutdownFlags::default()).unwrap_err().code(),
        Some(ErrorCode::FAIL_SHUTDOWN)
    );
    lab.choose(&["exits"]);
    session.shutdown(ShutdownFlags::default())?;
    replays(&lab);
    Ok(())
}

#[test]
fn a_file_in_use_cannot_be_replaced() -> Result<(), Error> {
    let lab = with("");
    let refused = lab.installer("setup")?.replace(FILE).unwrap_err();
    assert_eq!(refused.to_string(), r"`C:\App\core.dll` is in use by editor, tool");
    Ok(())
}

#[test]
fn what_else_happens_is_part_of_what_was_done() -> Result<(), Error> {
    let lab = with("");
    let session = lab.installer("setup")?.start_session()?;
    session.register_files(&[FILE])?;
    let when = |after, what| Meanwhile { after, what };
    // The editor goes before it is asked, another one comes, and there is an end to the shutdown.
    let left = vec![when(2, Happening::Exit(0)), when(1, Happening::Spawn(0)), when(3, Happening::Cancel(0))];
    lab.meanwhile(Schedule { left });
    let cancelled = session.shutdown(ShutdownFlags::default());
    assert_eq!(cancelled.map_err(|error| error.code()), Err(Some(ErrorCode::CANCELLED)));
    lab.only_stopped(&["editor"])?;
    assert_eq!(lab.users(FILE), ["editor.2", "tool"]);
    replays(&lab);
    Ok(())
}
