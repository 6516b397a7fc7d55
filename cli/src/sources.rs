//! Finds the files that the command line names; a folder means every file in it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A file with its text.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

/// Reads every named file, and every file with this ending below every named folder, in order of
/// their paths.
///
/// # Errors
/// When a path is not there, is no text, or is a folder without such a file; the error names it.
pub(crate) fn read(paths: &[PathBuf], ending: &str) -> io::Result<Vec<Source>> {
    let mut found = Vec::new();
    for path in paths {
        let before = found.len();
        collect(path, ending, &mut found)?;
        if found.len() == before {
            let message = format!("no file in this folder ends in `.{ending}`");
            return Err(at(path)(io::Error::new(io::ErrorKind::NotFound, message)));
        }
    }
    found.into_iter().map(one).collect()
}

/// Reads one file.
///
/// # Errors
/// When it is not there or is no text; the error names it.
pub(crate) fn one(path: PathBuf) -> io::Result<Source> {
    Ok(Source { text: fs::read_to_string(&path).map_err(at(&path))?, path })
}

/// Adds the path to an error that lacks it.
pub(crate) fn at(path: &Path) -> impl Fn(io::Error) -> io::Error {
    move |error| io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

fn collect(path: &Path, ending: &str, found: &mut Vec<PathBuf>) -> io::Result<()> {
    if !path.is_dir() {
        found.push(path.to_path_buf());
        return Ok(());
    }
    let mut inside: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(path).map_err(at(path))? {
        inside.push(entry.map_err(at(path))?.path());
    }
    inside.sort();
    for path in inside {
        if path.is_dir() || path.extension().is_some_and(|extension| extension == ending) {
            collect(&path, ending, found)?;
        }
    }
    Ok(())
}
