//! Writes the corpus where `cargo fuzz` begins: `cargo run -p fuzz-targets --example seeds` makes `fuzz/corpus`.
#![expect(clippy::expect_used, reason = "without its files the fuzzer has nothing to begin with")]

use fuzz_targets::corpus;
use std::path::Path;

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus");
    for (target, inputs) in [
        ("check", corpus::updates()),
        ("ingest", corpus::updates()),
        ("frame", corpus::frames()),
        ("awareness", corpus::states()),
        ("sticky", corpus::positions()),
        ("incident", corpus::incidents()),
    ] {
        let folder = folder.join(target);
        std::fs::create_dir_all(&folder).expect("a folder");
        for (number, input) in inputs.iter().enumerate() {
            std::fs::write(folder.join(format!("seed-{number}")), input).expect("written");
        }
    }
}
