//! The transcripts that are measured: sessions of about twenty calls, made by the simulator.

use std::fmt::Write;

use rm_check::Boundary;
use rm_sim::Scenario;

/// What a transcript is of.
#[derive(Clone, Copy)]
pub(crate) struct Session {
    /// How many applications hold what is registered.
    pub(crate) applications: usize,
    /// Whether it was not seen what they answered.
    pub(crate) hidden: bool,
    /// How many lists are under way at once.
    pub(crate) overlap: usize,
}

impl Session {
    /// One call after the other, and everything was seen.
    pub(crate) const fn of(applications: usize) -> Self {
        Self { applications, hidden: false, overlap: 1 }
    }

    /// The transcript. Without overlap it has twenty calls.
    pub(crate) fn transcript(self) -> Boundary {
        let scenario = Scenario::parse(&self.scenario()).expect("it is a scenario");
        let run = scenario.run().expect("it runs");
        let seen = Boundary::of_run(&scenario, &run).expect("it has a stage").text();
        let choose =
            "kind = \"main-window\"\nquery = \"choose\"\nend-session = \"choose\"\nclose = \"choose\"";
        let seen = if self.hidden { seen.replace("kind = \"main-window\"", choose) } else { seen };
        Boundary::parse(&seen).expect("it reads as it was written")
    }

    fn scenario(self) -> String {
        let mut text = String::from("why = \"A session of twenty calls.\"\n[installer.setup]\n");
        for n in 0..self.applications {
            let _ = writeln!(text, "[program.app{n}]\nkind = \"main-window\"\nuses = ['C:\\App\\core.dll']");
        }
        text.push_str("[[step]]\nstart = {}\n");
        for n in 0..6 {
            let files = format!("['C:\\App\\file{n}.dll', 'C:\\App\\core.dll']");
            let _ = writeln!(text, "[[step]]\nregister = {{ files = {files} }}");
        }
        if self.overlap > 1 {
            for n in 0..self.overlap {
                let _ = writeln!(
                    text,
                    "[[step]]\nby = \"setup/t{n}\"\nlist = {{}}\nleave = {{ before = \"reply\" }}"
                );
            }
            for n in 0..self.overlap {
                let _ = writeln!(text, "[[step]]\nby = \"setup/t{n}\"\nfinish = {{}}");
            }
        } else {
            text.push_str("[[step]]\nlist = {}\ntimes = 5\n");
        }
        text.push_str("[[step]]\nshutdown = {}\n[[step]]\nlist = {}\ntimes = 3\n");
        text.push_str("[[step]]\nrestart = {}\n[[step]]\nlist = {}\ntimes = 2\n[[step]]\nend = {}\n");
        text
    }
}
