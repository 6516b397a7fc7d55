//! Feeds bytes of libFuzzer to the driver that the random test of the boundary has.
#![no_main]

#[path = "../../tests/drive.rs"]
mod drive;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| drive::drive(bytes));
