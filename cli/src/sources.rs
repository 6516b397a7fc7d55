//! Finds the files that the command line names; a folder means every file in it.

use std::fs;
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
/// A sentence that names the path and says what is wrong with it.
pub(crate) fn read(paths: &[PathBuf], ending: &str) -> Result<Vec<Source>, String> {
    let mut found = Vec::new();
    for path in paths {
        let before = found.len();
        collect(path, ending, &mut found)?;
        if found.len() == before {
            return Err(format!("{}: no file in this folder ends in `.{ending}`", path.display()));
        }
    }
    let read = |path: PathBuf| match fs::read_to_string(&path) {
        Ok(text) => Ok(Source { path, text }),
        Err(error) => Err(format!("{}: {error}", path.display())),
    };
    found.into_iter().map(read).collect()
}

fn collect(path: &Path, ending: &str, found: &mut Vec<PathBuf>) -> Result<(), String> {
    if !path.is_dir() {
        found.push(path.to_path_buf());
        return Ok(());
    }
    let entries = fs::read_dir(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let entries = entries.map_err(|error| format!("{}: {error}", path.display()))?;
    let mut inside: Vec<_> = entries.iter().map(fs::DirEntry::path).collect();
    inside.sort();
    for path in inside {
        if path.is_dir() || path.extension().is_some_and(|extension| extension == ending) {
            collect(&path, ending, found)?;
        }
    }
    Ok(())
}
