//! The programs of the small world.

use std::sync::Arc;

use rm_core::{AppType, Description, RestartSettings};
use rm_sim::world::{Behavior, Cast, Program, ProgramId};

/// The files that both applications use.
pub(crate) const FILES: [&str; 2] = [r"C:\App\spelling.dll", r"C:\App\index.dll"];

/// An editor, an indexer, a setup and a helper.
pub(crate) fn programs(cast: &mut Cast, any: &Behavior) -> [ProgramId; 4] {
    let calm = Behavior::default();
    [
        cast.add(program("editor", AppType::MainWindow, &FILES[..1], any)),
        cast.add(program("indexer", AppType::Console, &FILES, any)),
        cast.add(program("setup", AppType::MainWindow, &[], &calm)),
        cast.add(program("helper", AppType::MainWindow, &[], &calm)),
    ]
}

fn program(name: &str, app_type: AppType, uses: &[&str], behavior: &Behavior) -> Program {
    Program {
        name: name.into(),
        about: Arc::new(Description {
            app_name: name.into(),
            image: format!("{name}.exe").as_str().into(),
            app_type,
            ts_session: 1,
            restart: Some(RestartSettings { command_line: "/again".into(), flags: 0 }),
            service: None,
            ancestors: Vec::new(),
        }),
        uses: uses.iter().map(|file| (*file).into()).collect(),
        behavior: behavior.clone(),
        permitted: true,
        launchable: true,
    }
}
