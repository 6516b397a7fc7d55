//! What the tests of clients share: where the library is, and how to compile and run something with it.

use std::io::{Write, stderr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// The folder of this package.
pub(crate) fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder with `librstrtmgr.so` as it was built for the tests.
pub(crate) fn library() -> PathBuf {
    let test = std::env::current_exe().expect("a test has a file");
    test.parent().expect("a file is in a folder").to_path_buf()
}

/// The library itself.
pub(crate) fn library_file() -> PathBuf {
    let file =
        library().join(format!("{}rstrtmgr{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX));
    assert!(file.exists(), "there is no {}", file.display());
    file
}

/// Has a compiler look at a source, with warnings as errors.
pub(crate) fn compiles(compiler: &str, arguments: &[&str], source: &Path) {
    let mut command = Command::new(compiler);
    command.args(["-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-I"]).arg(package().join("include"));
    let output = command.args(arguments).arg(source).output().expect("the compiler runs");
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
}

/// An own folder for what a test makes.
pub(crate) fn scratch(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    folder
}

/// Whether a program is there. If not, a line says what is skipped, also where output is captured.
pub(crate) fn is_there(program: &str, arguments: &[&str], skipped: &str) -> bool {
    let there = Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success());
    if !there {
        let _ =
            writeln!(stderr(), "skipped: `{program} {}` does not work here: {skipped}", arguments.join(" "));
    }
    there
}

/// Compiles a client in C, with warnings as errors; `CLIENT_CFLAGS` are further arguments, for a sanitizer.
pub(crate) fn compile(source: &Path, into: &Path) {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let more = std::env::var("CLIENT_CFLAGS").unwrap_or_default();
    // Others may compile or run the same client just now.
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let made = into.with_extension(format!("{}-{number}", std::process::id()));
    let output = Command::new("gcc")
        .args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-pthread", "-g", "-I"])
        .arg(package().join("include"))
        .arg(source)
        .arg("-o")
        .arg(&made)
        .arg("-L")
        .arg(library())
        .arg("-lrstrtmgr")
        .arg(format!("-Wl,-rpath,{}", library().display()))
        .args(more.split_whitespace())
        .output()
        .expect("gcc runs");
    assert!(output.status.success(), "{}", text(&output.stderr));
    std::fs::rename(made, into).expect("a file can be renamed");
}

/// What a command printed, both streams, the second one only where it failed.
pub(crate) fn printed(command: &mut Command) -> String {
    let output = command.output().expect("the client runs");
    assert!(
        output.status.success(),
        "{:?}\n{}\n{}",
        output.status,
        text(&output.stdout),
        text(&output.stderr)
    );
    text(&output.stdout)
}

/// Bytes as text.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
