//! Why a post-mortem is not there for a page, for good.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    /// Somebody deleted it, for everyone.
    Deleted,
    /// The person may not read it any more.
    ClosedToYou,
    /// The server knows of none, and nothing of one is here: a mistyped address, or one that was never for this person.
    NotHere,
}

impl Gone {
    /// Why what was not sent yet goes to its person as a file.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Deleted => "This post-mortem was deleted before it had your changes.",
            Self::ClosedToYou => "You lost the right to read it before it had your changes.",
            Self::NotHere => "The server does not know this post-mortem.",
        }
    }
}
