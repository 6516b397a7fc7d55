//! Reads bytes of libFuzzer as a boundary transcript: nothing panics, and what is read reads again as it is
//! written.
#![no_main]

use rm_check::Boundary;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(read) = Boundary::parse(text) else { return };
    let written = read.text();
    match Boundary::parse(&written) {
        Ok(again) => assert!(again == read, "{text}\nreads again as\n{}", again.text()),
        Err(damaged) => panic!("{damaged}\n{written}"),
    }
});
