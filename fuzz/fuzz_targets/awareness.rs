//! Fuzzes awareness states.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    fuzz_targets::awareness(input);
});
