//! Fuzzes the import of incident files.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    fuzz_targets::incident(input);
});
