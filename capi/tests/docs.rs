//! The pages for people who write installers work as they are written.
//!
//! A code block whose first line names a file is written to that file; the commands of a `console` block
//! are run. Building the library is left out: the one that the tests were built with is put where the
//! page's would be. What a page shows of the output has to come.

use std::fs;
use std::io::{Write, stderr};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::tools::{is_there, library_file, package, scratch, text};

/// A page's blocks: what stands behind the three backticks, and the lines.
fn blocks(page: &str) -> Vec<(String, String)> {
    let path = package().join("../docs").join(page).with_extension("md");
    let text = fs::read_to_string(&path).expect("there is such a page");
    let mut blocks: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        match line.strip_prefix("```") {
            Some(info) => {
                inside = !inside;
                if inside {
                    blocks.push((info.into(), String::new()));
                }
            }
            None if inside => {
                if let Some((_, block)) = blocks.last_mut() {
                    block.push_str(line);
                    block.push('\n');
                }
            }
            None => {}
        }
    }
    blocks
}

/// A folder like a clone in which the library was built.
fn clone(page: &str) -> PathBuf {
    let folder = scratch("docs").join(page);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("target")).expect("a folder can be made");
    symlink(package(), folder.join("capi")).expect("a link can be made");
    let release = folder.join("target/release");
    fs::create_dir(&release).expect("a folder can be made");
    let name = "librstrtmgr.so";
    symlink(library_file(), release.join(name)).expect("a link can be made");
    let machine = env!("CARGO_BIN_EXE_rstrtmgr-machine");
    symlink(machine, release.join("rstrtmgr-machine")).expect("a link can be made");
    folder
}

/// A folder that holds a clone, with the versions of other packages that are here already.
fn beside_a_clone(page: &str) -> PathBuf {
    let folder = scratch("docs").join(page);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("my-updater")).expect("a folder can be made");
    let root = package().join("..");
    symlink(&root, folder.join("restart-manager")).expect("a link can be made");
    fs::copy(root.join("Cargo.lock"), folder.join("my-updater/Cargo.lock")).expect("there is a lock file");
    folder
}

/// Follows a page from its beginning in a folder; `skips` are commands that cannot be run here. Tells how many
/// were run.
fn follow(page: &str, folder: &Path, skips: &dyn Fn(&str) -> bool) -> usize {
    let (mut script, mut commands) = (String::from("set -e\n"), 0);
    let mut shown = Vec::new();
    for (info, block) in blocks(page) {
        if let Some((_, file)) = info.split_once(' ') {
            let file = folder.join(file);
            fs::create_dir_all(file.parent().unwrap_or(folder)).expect("a folder can be made");
            fs::write(file, &block).expect("a file can be written");
        } else if info == "console" {
            for line in block.lines() {
                match line.strip_prefix("$ ") {
                    Some(command) if command.starts_with("cargo build ") || skips(command) => {}
                    Some(command) => {
                        script.push_str(command);
                        script.push('\n');
                        commands += 1;
                    }
                    None => shown.push(line.to_string()),
                }
            }
        }
    }
    let printed = run(&script, folder);
    if !shown.is_empty() {
        assert_eq!(printed.lines().collect::<Vec<_>>(), shown, "the page shows something else");
    }
    commands
}

/// Whether the pages can be followed here: they say `librstrtmgr.so`.
fn is_as_the_pages_say() -> bool {
    let linux = cfg!(target_os = "linux");
    if !linux {
        let _ = writeln!(stderr(), "skipped: the pages are written for Linux");
    }
    linux
}

fn run(script: &str, folder: &Path) -> String {
    let mut shell = Command::new("sh");
    shell.args(["-c", script]).current_dir(folder).env_remove("RSTRTMGR_SCENARIO");
    // What a page builds is built once, and from what is here.
    shell.env("CARGO_NET_OFFLINE", "true").env("CARGO_TARGET_DIR", scratch("docs").join("target"));
    shell.env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_INCREMENTAL", "0");
    let output = shell.output().expect("there is a shell");
    let printed = text(&output.stdout) + &text(&output.stderr);
    assert!(output.status.success(), "{script}\n{printed}");
    printed
}

#[test]
fn the_page_for_python_works_as_it_is_written() {
    if !is_as_the_pages_say() || !is_there("python3", &["--version"], "the page for Python") {
        return;
    }
    let pytest = is_there("python3", &["-m", "pytest", "--version"], "the tests in Python that need pytest");
    let commands = follow("test-my-updater-in-python", &clone("test-my-updater-in-python"), &|command| {
        !pytest && command.contains("pytest")
    });
    assert_eq!(commands, if pytest { 4 } else { 3 });
}

#[test]
fn the_page_for_c_works_as_it_is_written() {
    if is_as_the_pages_say() && is_there("gcc", &["--version"], "the page for C") {
        assert_eq!(follow("test-my-updater-in-c", &clone("test-my-updater-in-c"), &|_| false), 6);
    }
}

/// Whoever follows this page builds the simulator again, which takes as long as all other tests of the boundary:
/// `make pages` does, and so does `make check`.
#[test]
fn the_page_for_rust_works_as_it_is_written() {
    if std::env::var_os("RM_PAGES").is_none() {
        let _ = writeln!(stderr(), "skipped: the page for Rust; `make pages` follows it");
        return;
    }
    let page = "test-my-updater-in-rust";
    assert_eq!(follow(page, &beside_a_clone(page), &|_| false), 3);
}
