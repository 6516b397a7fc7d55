//! A machine with many processes of ten open files each, and an installer that has registered a
//! hundred files, of which ten are held by ten of them.

use std::cell::RefCell;

use rm_core::{
    AppType, Array, Call, Description, Identity, Installer, Name, Out, Output, Reply, Rules, SessionHandle,
    Thread, run,
};
use rm_sim::choice::NoChoice;
use rm_sim::world::{Cast, Program};
use rm_sim::{SimBackend, World};

/// The machine, the installer and what it goes by.
pub(crate) struct Crowd {
    world: World,
    installer: RefCell<Installer>,
    session: SessionHandle,
    rules: Rules,
}

impl Crowd {
    /// A machine with this many processes. Every hundredth of the first thousand holds a file that is
    /// registered.
    pub(crate) fn new(processes: usize) -> Self {
        let mut cast = Cast::default();
        for at in 0..processes {
            let name = format!("app{at}");
            let about = Description::new(name.as_str(), "app.exe", AppType::MainWindow);
            let mut uses: Vec<Name> =
                (0..9).map(|file| format!(r"C:\Apps\{name}\module{file}.dll").as_str().into()).collect();
            let registered = at < 1000 && at % 100 == 0;
            let tenth = if registered { shared(at / 100) } else { format!(r"C:\Apps\{name}\own.dll") };
            uses.push(tenth.as_str().into());
            cast.add(Program { uses, ..Program::new(&name, about) });
        }
        let setup =
            cast.add(Program::new("setup", Description::new("setup", "setup.exe", AppType::MainWindow)));
        let programs: Vec<_> = cast.programs().map(|(id, _)| id).filter(|id| *id != setup).collect();
        let mut world = World::new(cast);
        let me = Identity::new(world.spawn(setup, None));
        for program in programs {
            world.spawn(program, None);
        }
        let (installer, rules) = (RefCell::new(Installer::new(me)), Rules::default());
        let mut crowd = Self { world, installer, session: SessionHandle(0), rules };
        let started = crowd.call(Call::Start { handle: Out::Given, flags: 0, key: Out::Given });
        if let Output::Started(session, ..) = started.output {
            crowd.session = session;
        }
        let files = (0..100).map(|file| Some(shared(file).as_str().into())).collect();
        let (processes, services) = (Array::default(), Array::default());
        crowd.call(Call::Register { session: crowd.session, files, processes, services });
        crowd
    }

    /// `RmGetList`.
    pub(crate) fn list(&mut self) -> Reply {
        self.call(Call::GetList {
            session: self.session,
            needed: Out::Given,
            capacity: Some(100),
            entries: Out::Given,
            reasons: Out::Given,
        })
    }

    fn call(&mut self, call: Call) -> Reply {
        let mut backend = SimBackend { world: &mut self.world, choose: NoChoice };
        run(&self.installer, Thread(0), call, &self.rules, &mut backend)
    }
}

fn shared(at: usize) -> String {
    format!(r"C:\Program Files\App\module{at}.dll")
}
