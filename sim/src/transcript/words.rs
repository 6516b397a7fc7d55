//! How names, lists and types are written.

use rm_core::{AppType, Name};

pub(super) fn quoted(name: &Name) -> String {
    format!("'{name}'")
}

pub(super) fn joined<T>(all: impl IntoIterator<Item = T>, show: impl Fn(T) -> String) -> String {
    let all: Vec<_> = all.into_iter().map(show).collect();
    if all.is_empty() { "nothing".into() } else { all.join(", ") }
}

/// An application type by the name scenarios use.
pub(super) const fn app_type(app_type: AppType) -> &'static str {
    match app_type {
        AppType::Unknown => "unknown",
        AppType::MainWindow => "main-window",
        AppType::OtherWindow => "other-window",
        AppType::Service => "service",
        AppType::Explorer => "explorer",
        AppType::Console => "console",
        AppType::Critical => "critical",
    }
}
