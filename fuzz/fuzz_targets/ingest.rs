//! Fuzzes the whole way of an update into a room.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    fuzz_targets::ingest(input);
});
