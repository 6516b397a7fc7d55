//! The calls of application recovery and restart as text.

use rm_core::UniqueProcess;
use rm_core::arr::{Ask, Told};

use super::Names;
use super::words::quoted;

/// A call and what came of it, in one line.
pub(super) fn declared(
    by: UniqueProcess,
    of: UniqueProcess,
    ask: &Ask,
    told: &Told,
    names: &Names,
) -> String {
    let another = if by == of { String::new() } else { format!(" of {}", names.of(of)) };
    let called = format!("{} {}{another}{}", names.of(by), ask.function(), arguments(ask));
    let came = match told.result {
        Some(result) => format!(" = {:#010x} {}", result.0, result.symbol()),
        None => String::new(),
    };
    let command_line = told.command_line.as_ref().map(|line| format!(" command-line={}", quoted(line)));
    let size = told.size.map(|size| format!(" size={size}"));
    let flags = told.flags.map(|flags| format!(" flags={flags:#x}"));
    let interval = told.interval.map(|interval| format!(" interval={interval}"));
    let given: String = [command_line, size, flags, interval].into_iter().flatten().collect();
    format!("{called}{came}{given} ({})", told.because)
}

fn arguments(ask: &Ask) -> String {
    match ask {
        Ask::RegisterRestart { command_line, flags } => {
            let command_line = command_line.as_ref().map_or_else(|| "null".into(), quoted);
            format!(" {command_line} flags={flags:#x}")
        }
        Ask::RestartSettings { buffer: true, size, .. } => format!(" buffer={size}"),
        Ask::RestartSettings { buffer: false, size, .. } => format!(" buffer=null size={size}"),
        Ask::RegisterRecovery { interval } => format!(" interval={interval}"),
        Ask::RecoveryInProgress { null: true } => " cancelled=null".into(),
        Ask::UnregisterRestart
        | Ask::UnregisterRecovery
        | Ask::RecoveryCallback
        | Ask::RecoveryInProgress { null: false }
        | Ask::RecoveryFinished => String::new(),
    }
}
