//! The caller's memory, seen through pointers that were looked at: neither null nor misaligned.
//!
//! A null pointer is a fact about a call that the model judges. A misaligned one cannot be said to it,
//! and is refused here with 998, `ERROR_NOACCESS`: the code Windows makes of a misaligned access
//! (`STATUS_DATATYPE_MISALIGNMENT`), which no function of this API uses for anything else.
#![expect(unsafe_code, reason = "this is the module that reads and writes the memory of callers")]

use std::ffi::c_char;
use std::ptr::NonNull;

use windows_sys::Win32::Foundation::{ERROR_NOACCESS, ERROR_WRITE_FAULT};
use windows_sys::core::PCWSTR;

use crate::asked::{Elements, Units};
use crate::failure::Failure;

/// The most units of a text that are read: a path with its NUL has 32 767 (RM-REG-22), so that a longer
/// one is seen to be too long, and a text without end ends.
pub(crate) const LONGEST: usize = 32_768;

/// The most elements of an array that are read. Far fewer fill the registry: 100 000 paths were seen to
/// give 29, which is what more than this give as well.
const MOST: u32 = 1 << 20;

/// Memory that a caller gave to read from: so many elements.
pub(crate) struct Input<T> {
    pointer: NonNull<T>,
    count: usize,
}

/// Memory that a caller gave to write to: so many elements.
pub(crate) struct Output<T> {
    pointer: NonNull<T>,
    count: usize,
}

/// A pointer that can be used; `None` for null.
fn usable<T>(pointer: *mut T, name: &str) -> Result<Option<NonNull<T>>, Failure> {
    let pointer = NonNull::new(pointer);
    if pointer.is_some_and(|pointer| !pointer.is_aligned()) {
        return Err(Failure::new(ERROR_NOACCESS, format!("the pointer `{name}` is misaligned")));
    }
    Ok(pointer)
}

impl<T: Copy> Input<T> {
    /// # Safety
    /// The pointer is null or misaligned, or valid for reads of every element that is read, for as long
    /// as this lives. Any bytes are a `T`.
    pub(crate) unsafe fn new(pointer: *const T, count: usize, name: &str) -> Result<Option<Self>, Failure> {
        Ok(usable(pointer.cast_mut(), name)?.map(|pointer| Self { pointer, count }))
    }

    /// An element; `None` behind the last.
    pub(crate) fn get(&self, at: usize) -> Option<T> {
        // SAFETY: `new` was promised that elements can be read, and this is one of them.
        (at < self.count).then(|| unsafe { self.pointer.as_ptr().add(at).read() })
    }
}

impl<T: Copy> Output<T> {
    /// # Safety
    /// The pointer is null or misaligned, or valid for reads and writes of every element that is
    /// touched, for as long as this lives. Any bytes are a `T`.
    pub(crate) unsafe fn new(pointer: *mut T, count: usize, name: &str) -> Result<Option<Self>, Failure> {
        Ok(usable(pointer, name)?.map(|pointer| Self { pointer, count }))
    }

    /// The first element, as the caller left it.
    pub(crate) fn get(&self) -> Option<T> {
        // SAFETY: `new` was promised that elements can be read, and this is one of them.
        (0 < self.count).then(|| unsafe { self.pointer.as_ptr().read() })
    }

    /// Writes an element. Nothing is written behind the last.
    pub(crate) fn set(&self, at: usize, value: T) {
        if at < self.count {
            // SAFETY: `new` was promised that elements can be written, and this is one of them.
            unsafe { self.pointer.as_ptr().add(at).write(value) };
        }
    }
}

impl Output<u8> {
    /// Writes a value at an offset, whatever its alignment. Nothing is written that has not room.
    pub(crate) fn put<T: Copy>(&self, offset: usize, value: T) {
        let fits = offset.checked_add(size_of::<T>()).is_some_and(|end| end <= self.count);
        if fits {
            // SAFETY: `new` was promised that bytes can be written, and these are some of them;
            // `write_unaligned` asks for no alignment.
            unsafe { self.pointer.as_ptr().add(offset).cast::<T>().write_unaligned(value) };
        }
    }

    /// The address of the byte at an offset, for structures that point into their own buffer.
    pub(crate) fn address<T>(&self, offset: usize) -> *mut T {
        self.pointer.as_ptr().wrapping_add(offset).cast()
    }
}

/// A text, up to its NUL or to `longest` units; `None` for null.
///
/// # Safety
/// The pointer is null or misaligned, or valid for reads up to a NUL or for `longest` units.
pub(crate) unsafe fn text(pointer: PCWSTR, longest: usize, name: &str) -> Result<Option<Units>, Failure> {
    // SAFETY: as promised; nothing is read behind the first NUL.
    let input = unsafe { Input::new(pointer, longest, name) }?;
    let units =
        |input: Input<u16>| (0..longest).map_while(|at| input.get(at).filter(|unit| *unit != 0)).collect();
    Ok(input.map(units))
}

/// A text in UTF-8 up to its NUL; `None` for null.
///
/// # Safety
/// The pointer is null, or valid for reads up to a NUL, or for 16 MiB.
pub(crate) unsafe fn utf8(pointer: *const c_char, name: &str) -> Result<Option<String>, Failure> {
    let longest = 1 << 24;
    // SAFETY: as promised; nothing is read behind the first NUL.
    let Some(input) = (unsafe { Input::new(pointer.cast::<u8>(), longest, name) })? else {
        return Ok(None);
    };
    let bytes = (0..longest).map_while(|at| input.get(at).filter(|byte| *byte != 0)).collect();
    let text = String::from_utf8(bytes);
    text.map(Some).map_err(|_| Failure::parameter(format!("`{name}` is not UTF-8")))
}

/// A counted array, element by element. Of an array of none nothing is looked at.
///
/// # Safety
/// The pointer is null or misaligned, or valid for reads of `count` elements; `element` is safe to call
/// on each.
pub(crate) unsafe fn array<T: Copy, U>(
    pointer: *const T,
    count: u32,
    name: &str,
    element: impl Fn(T) -> Result<U, Failure>,
) -> Result<Elements<U>, Failure> {
    if pointer.is_null() {
        return Ok(Elements::Null(count));
    }
    if count == 0 {
        return Ok(Elements::Given(Vec::new()));
    }
    if count > MOST {
        return Err(Failure::new(ERROR_WRITE_FAULT, format!("`{name}` has more elements than any registry")));
    }
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    // SAFETY: as promised.
    let Some(input) = (unsafe { Input::new(pointer, count, name) })? else {
        return Ok(Elements::Null(0));
    };
    Ok(Elements::Given((0..count).map_while(|at| input.get(at)).map(element).collect::<Result<_, _>>()?))
}
