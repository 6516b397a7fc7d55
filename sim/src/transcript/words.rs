//! How names, lists and types are written.

use rm_core::{AppType, Filter, FilterAction, FilterTarget, Name};

use super::Names;

pub(crate) fn quoted(name: &Name) -> String {
    // A text longer than any path is of interest for its length.
    let length = name.units().len();
    if length > 1000 {
        format!("'{}…' ({length} characters)", name.truncated(20))
    } else {
        format!("'{name}'")
    }
}

pub(crate) fn joined<T>(all: impl IntoIterator<Item = T>, show: impl Fn(T) -> String) -> String {
    let all: Vec<_> = all.into_iter().map(show).collect();
    if all.is_empty() { "nothing".into() } else { all.join(", ") }
}

/// An application type by the name scenarios use.
pub(crate) const fn app_type(app_type: AppType) -> &'static str {
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

/// A filter: its target and what it prevents.
pub(crate) fn filter(filter: &Filter, names: &Names) -> String {
    let action = match filter.action {
        FilterAction::NO_RESTART => "no-restart".into(),
        FilterAction::NO_SHUTDOWN => "no-shutdown".into(),
        FilterAction(other) => other.to_string(),
    };
    format!("{} {action}", filter_target(&filter.target, names))
}

/// To whom a filter applies.
pub(crate) fn filter_target(target: &FilterTarget, names: &Names) -> String {
    match target {
        FilterTarget::File(path) => format!("file {}", quoted(path)),
        FilterTarget::Process(process) => format!("process {}", names.of(*process)),
        FilterTarget::Service(name) => format!("service {}", quoted(name)),
    }
}
