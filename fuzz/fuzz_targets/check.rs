//! Fuzzes the check of an update.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    fuzz_targets::check(input);
});
