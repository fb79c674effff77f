//! Counting tests by the closing lines of their runners.

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: usize,
    pub failed: usize,
}

impl Tally {
    pub fn add(&mut self, passed: usize, failed: usize) {
        self.passed += passed;
        self.failed += failed;
    }
}

/// `test result: ok. 12 passed; 0 failed; 0 ignored; ...`, one for each binary.
pub fn cargo(line: &str, tally: &mut Tally) {
    let Some((_, counts)) = line.split_once("test result: ") else {
        return;
    };
    let count = |what: &str| {
        let (before, _) = counts.split_once(what)?;
        before.rsplit([' ', '.', ';']).find(|word| !word.is_empty())?.parse::<usize>().ok()
    };
    tally.add(count(" passed").unwrap_or(0), count(" failed").unwrap_or(0));
}

/// `ℹ pass 12` and `ℹ fail 0`, once at the end; a cancelled test did not pass.
pub fn node(line: &str, tally: &mut Tally) {
    let count = |what: &str| line.strip_prefix(what).and_then(|number| number.trim().parse::<usize>().ok());
    tally.passed += count("ℹ pass ").unwrap_or(0);
    tally.failed += count("ℹ fail ").unwrap_or(0) + count("ℹ cancelled ").unwrap_or(0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counts_of_all_runners_add_up() {
        let mut tally = Tally::default();
        for line in ["running 3 tests", "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured"] {
            cargo(line, &mut tally);
        }
        cargo("test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured", &mut tally);
        for line in ["✔ pass 99", "ℹ tests 9", "ℹ pass 7", "ℹ fail 1", "ℹ cancelled 1"] {
            node(line, &mut tally);
        }
        assert_eq!(tally, Tally { passed: 22, failed: 4 });
    }
}
