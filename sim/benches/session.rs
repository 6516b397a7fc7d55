//! What one session costs: start, ten files, list, shutdown of five applications, restart, end.

use std::cell::RefCell;
use std::sync::Arc;

use rm_core::{
    AppType, Array, Call, Description, Identity, Installer, Name, Out, Output, RestartSettings, Rules,
    ShutdownFlags, Thread, run,
};
use rm_sim::choice::NoChoice;
use rm_sim::world::{Cast, Program, ProgramId};
use rm_sim::{SimBackend, World};

fn main() {
    divan::main();
}

/// Five applications, each with two of ten files, and an installer.
fn machine() -> (World, Identity, Array<Option<Name>>) {
    let files: Vec<Name> =
        (0..10).map(|n| format!(r"C:\Program Files\App\module{n}.dll").as_str().into()).collect();
    let mut cast = Cast::default();
    let program = |name: &str, app_type, uses: &[Name]| Program {
        uses: uses.to_vec(),
        restart: Some(Arc::new(RestartSettings { command_line: "/restart".into(), flags: 0 })),
        ..Program::new(
            name,
            Description::new(name, format!(r"C:\Program Files\App\{name}.exe").as_str(), app_type),
        )
    };
    for (at, uses) in files.chunks(2).enumerate() {
        let app_type = if at < 3 { AppType::MainWindow } else { AppType::Console };
        cast.add(program(&format!("app{at}"), app_type, uses));
    }
    let setup = cast.add(program("setup", AppType::MainWindow, &[]));
    let mut world = World::new(cast);
    let me = Identity::new(world.spawn(setup, None));
    for at in 0..5 {
        world.spawn(ProgramId(at), None);
    }
    (world, me, files.into_iter().map(Some).collect())
}

#[divan::bench]
fn one_session(bencher: divan::Bencher<'_, '_>) {
    let rules = Rules::default();
    let (world, me, files) = machine();
    bencher.with_inputs(|| world.clone()).bench_local_values(|mut world| {
        let installer = RefCell::new(Installer::new(me.clone()));
        let mut backend = SimBackend { world: &mut world, choose: NoChoice };
        let mut call = |call| run(&installer, Thread(0), call, &rules, &mut backend);
        let reply = call(Call::Start { handle: Out::Given, flags: 0, key: Out::Given });
        let Output::Started(session, ..) = reply.output else { unreachable!("the session starts") };
        let (processes, services) = (Array::default(), Array::default());
        let replies = [
            call(Call::Register { session, files: files.clone(), processes, services }),
            call(Call::GetList {
                session,
                needed: Out::Given,
                capacity: Some(10),
                entries: Out::Given,
                reasons: Out::Given,
            }),
            call(Call::Shutdown { session, flags: ShutdownFlags::default(), callback: true }),
            call(Call::Restart { session, flags: 0, callback: true }),
            call(Call::End { session }),
        ];
        assert!(replies.iter().all(|reply| reply.code.0 == 0), "{replies:?}");
        (world, installer)
    });
}
