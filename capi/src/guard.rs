//! Nothing unwinds into a caller: a panic becomes 1359 (`ERROR_INTERNAL_ERROR`) and a line of the log.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::ffi::{CString, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};

use windows_sys::Win32::Foundation::ERROR_INTERNAL_ERROR;

use crate::failure::Failure;
use crate::log;

thread_local! {
    /// Why the last call of this thread failed for a reason that is not the API's.
    static LAST: RefCell<CString> = RefCell::default();
    /// The text that this thread was given last.
    static KEPT: RefCell<CString> = RefCell::default();
    static CAUGHT: Cell<u64> = const { Cell::new(0) };
    static PLANTED: RefCell<Option<Planted>> = const { RefCell::new(None) };
}

/// How many panics were kept from unwinding into callers on this thread: for the tests of this crate.
pub fn caught() -> u64 {
    CAUGHT.get()
}

/// Where a test has a call panic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planted {
    /// Whether it is in the midst of a call, while the machine is locked; else where an export begins.
    pub inside: bool,
    /// How many such places are passed before.
    pub after: usize,
}

/// Has a call of this thread panic: for the tests of this crate.
pub fn plant(panic: Option<Planted>) {
    PLANTED.set(panic);
}

/// Panics if that is what a test wants here.
#[expect(clippy::panic, reason = "this is what a test asked for")]
pub(crate) fn planted(inside: bool) {
    let here = PLANTED.with_borrow_mut(|planted| match planted {
        Some(planted) if planted.inside == inside && planted.after > 0 => {
            planted.after -= 1;
            false
        }
        Some(planted) => planted.inside == inside,
        None => false,
    });
    if here {
        PLANTED.set(None);
        panic!("a panic that a test has planted");
    }
}

/// Does the work of an export: its code, whatever happens.
pub(crate) fn answer(function: &str, work: impl FnOnce() -> Result<u32, Failure>) -> u32 {
    let caught = catch_unwind(AssertUnwindSafe(|| {
        planted(false);
        work()
    }));
    match caught {
        Ok(Ok(code)) => code,
        Ok(Err(failure)) => {
            tell(format!("{function}: {failure} ({})", failure.code));
            failure.code
        }
        Err(panic) => {
            CAUGHT.set(CAUGHT.get() + 1);
            tell(format!("{function}: internal error: {} ({ERROR_INTERNAL_ERROR})", said(&*panic)));
            ERROR_INTERNAL_ERROR
        }
    }
}

fn tell(message: String) {
    log::line(&message);
    // A thread that ends may have lost it already.
    let _ = LAST.try_with(|last| last.replace(CString::new(message.replace('\0', " ")).unwrap_or_default()));
}

/// A text that this thread keeps until it is given another; null for none.
pub(crate) fn kept(text: Option<String>) -> *const c_char {
    let Some(text) = text else { return std::ptr::null() };
    let text = CString::new(text.replace('\0', " ")).unwrap_or_default();
    let keep = |kept: &RefCell<CString>| {
        kept.replace(text);
        kept.borrow().as_ptr()
    };
    KEPT.try_with(keep).unwrap_or(std::ptr::null())
}

/// Why the last call of this thread failed that did so for a reason that is not the API's; empty if none
/// has. It stays until the next one fails so.
pub(crate) fn message() -> *const c_char {
    LAST.try_with(|last| last.borrow().as_ptr()).unwrap_or(c"".as_ptr())
}

fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("a panic without words")
}
