//! Fuzzes the reader of messages and all that a frame may bring.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    fuzz_targets::frame(input);
});
