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
        uses: uses.iter().map(|file| (*file).into()).collect(),
        restart: Some(Arc::new(RestartSettings { command_line: "/again".into(), flags: 0 })),
        behavior: behavior.clone(),
        ..Program::new(name, Description::new(name, format!("{name}.exe").as_str(), app_type))
    }
}
