//! How far somebody has followed the feed, as they carry it: which run of the server told them, the sequence of the last
//! announcement, and how many had come and gone in rooms by then, which nothing keeps beyond the run.

use crate::random;
use std::fmt;
use std::str::FromStr;

/// A place in the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    run: String,
    pub sequence: i64,
    pub comings: u64,
}

impl Position {
    /// Where a run of the server begins.
    pub fn first(sequence: i64) -> Self {
        Self { run: random::slug(), sequence, comings: 0 }
    }

    /// Whether what was announced since is what this run would tell. A position of a run before may lie behind where this one
    /// begins, since a backup was put back in between: then what was announced is another history.
    pub fn leads_to(&self, begins: &Self, through: &Self) -> bool {
        let is_of_this_run = self.run == begins.run && self.sequence <= through.sequence;
        is_of_this_run || (self.run != begins.run && self.sequence <= begins.sequence)
    }

    /// Whether nobody has come or gone since.
    pub fn knows_who_came(&self, through: &Self) -> bool {
        self.run == through.run && self.comings == through.comings
    }
}

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}.{}", self.run, self.sequence, self.comings)
    }
}

impl FromStr for Position {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.split('.');
        let (Some(run), Some(sequence), Some(comings), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(());
        };
        let (sequence, comings) = (sequence.parse().map_err(|_| ())?, comings.parse().map_err(|_| ())?);
        Ok(Self { run: run.to_owned(), sequence, comings })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_of_a_run_before_leads_on_unless_that_run_knew_more() {
        let before = Position::first(10);
        let (begins, through) = (Position::first(10), Position { sequence: 20, ..Position::first(0) });
        let through = Position { run: begins.run.clone(), ..through };
        assert!(before.leads_to(&begins, &through));
        let ahead = Position { sequence: 11, ..before.clone() };
        assert!(!ahead.leads_to(&begins, &through), "a backup was put back");
        assert!(Position { sequence: 15, ..begins.clone() }.leads_to(&begins, &through));
        assert!(!Position { sequence: 21, ..begins.clone() }.leads_to(&begins, &through));
        assert!(begins.knows_who_came(&through) && !before.knows_who_came(&through));
        assert_eq!(through.to_string().parse(), Ok(through));
        assert_eq!(["", "a.b", "a.1.x", "a.1.2.3"].map(|text| text.parse::<Position>().is_ok()), [false; 4]);
    }
}
