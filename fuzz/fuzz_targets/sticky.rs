//! Fuzzes positions in texts.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    fuzz_targets::sticky(input);
});
