//! The ways in which a list of times may be read, and what is asked where there is more than one.

/// Why a list may be read in more than one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// The times neither grow nor run newest first, or do both.
    Order,
    /// An hour comes twice on that day.
    Twice,
    /// Its dates may begin with the day, the month or the year.
    Dates,
    /// Some of its times say am or pm, and others do not.
    Halves,
}

impl Doubt {
    /// What is asked, with the first line that it is about.
    pub fn question(self, line: &str) -> String {
        match self {
            Self::Order => {
                format!("These times can be read in more than one way, first “{line}”. Which day is meant?")
            }
            Self::Twice => {
                format!("The clocks were set back here, and an hour comes twice, first “{line}”. Which one is meant?")
            }
            Self::Dates => {
                format!("These dates can be read in more than one order, first “{line}”. Which one is meant?")
            }
            Self::Halves => {
                format!("Some of these times say am or pm and others do not, first “{line}”. Which one is meant?")
            }
        }
    }

    /// What is wrong with a single line, where nothing is taken before it is written for certain.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Order | Self::Twice => {
                "This time may be meant in two ways. Write the date in front of it and the distance from UTC behind it, as in 2018-10-21 23:07 UTC+2."
            }
            Self::Dates => "This date may be meant in two ways. Write it as 2018-10-21.",
            Self::Halves => {
                "Other lines say am or pm, and this one does not. Write it behind the time, as in 11:07 pm."
            }
        }
    }
}

/// One way to read a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// In order, over midnight.
    Onward,
    /// The newest first.
    Backward,
    /// On one day, in any order.
    OneDay,
    /// The days above its lines in order.
    DaysOnward,
    /// The newest day first.
    DaysBackward,
    /// In the earlier of two equal hours.
    Earlier,
    /// In the later of two equal hours.
    Later,
    /// Dates of numbers begin with the day.
    Day,
    /// Dates of numbers begin with the month.
    Month,
    /// Dates of numbers begin with the year.
    Year,
    /// Times without am or pm are next to the line before them.
    Nearest,
    /// The same in a list that runs newest first.
    NearestBackward,
    /// Times without am or pm are those of a clock of 24 hours.
    TwentyFour,
}

impl Way {
    /// The words of the choice.
    pub fn label(self) -> &'static str {
        match self {
            Self::Onward => "In order, over midnight",
            Self::Backward => "Newest first",
            Self::OneDay => "All on the same day",
            Self::DaysOnward => "The days in order",
            Self::DaysBackward => "The newest day first",
            Self::Earlier => "Before the clocks were set back",
            Self::Later => "After the clocks were set back",
            Self::Day => "The day stands first",
            Self::Month => "The month stands first",
            Self::Year => "The year stands first",
            Self::Nearest => "am or pm so that each line follows the one above",
            Self::NearestBackward => "am or pm so that each line comes before the one above",
            Self::TwentyFour => "Without am or pm, a clock of 24 hours",
        }
    }
}
