//! Why the server refuses an update: a stable code for programs, and a sentence for the person.

use crate::limits;

/// Why an update is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IngestError {
    /// The bytes are no update.
    #[error("This change could not be read. Reload the page; your text is kept until you do.")]
    Malformed,
    /// More blocks, clients or ranges than an update may have.
    #[error("This change is too large to take at once.")]
    TooLarge,
    /// A kind of content that the document does not use.
    #[error("This change holds a kind of content that a post-mortem does not use.")]
    ForeignContent,
    /// A place that the document does not have.
    #[error("This change is for a place that a post-mortem does not have.")]
    ForeignPlace,
    /// A value that does not read as what stands there.
    #[error("This change sets a value that cannot be read there, such as a time that is none.")]
    ForeignValue,
    /// Changes that it builds on are missing.
    #[error("This change builds on others that have not arrived. Reload the page.")]
    Gap,
    /// It changes something, and whoever sends it may not.
    #[error("You may read this post-mortem, and not write in it. Ask who owns it.")]
    NotAllowed,
    /// It sets the status or the owner, which the server writes from the session.
    #[error("Status and owner are not changed in the document. Reload the page, and set them there.")]
    RowOfServer,
    /// It continues the history of a page that another person has open.
    #[error("This change claims to come from another person's open page.")]
    OtherPerson,
    /// The CRDT did not take it.
    #[error("This change does not fit the document. Reload the page.")]
    Misfit,
    /// A section, an item or its text would be gone.
    #[error("This change removes a section or an item for good. Mark an item as deleted instead.")]
    LostPart,
    /// A root map would hold more than [`limits::ITEMS`].
    #[error("A post-mortem holds at most {} of one kind, deleted ones included.", limits::ITEMS)]
    TooMany,
    /// Too many changes of this person were rejected, or this connection asked too often.
    #[error("This is more than the server does at once. Keep the page open: it goes on by itself in half a minute.")]
    TooOften,
    /// A text would become too long.
    #[error("This change makes a text too long to save. Shorten it or move the log to a source.")]
    TooLong,
    /// The document with its history would be larger than [`limits::DOCUMENT`].
    #[error(
        "This post-mortem is full: with all that was written and deleted it holds {} MiB, and there is room for no more. \
         Keep what you wrote, and begin another post-mortem for what is still to come.",
        limits::DOCUMENT >> 20
    )]
    Full,
}

impl IngestError {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::TooLarge => "too_large",
            Self::ForeignContent => "foreign_content",
            Self::ForeignPlace => "foreign_place",
            Self::ForeignValue => "foreign_value",
            Self::Gap => "gap",
            Self::NotAllowed => "not_allowed",
            Self::RowOfServer => "row_of_server",
            Self::OtherPerson => "other_person",
            Self::Misfit => "misfit",
            Self::LostPart => "lost_part",
            Self::TooMany => "too_many",
            Self::TooOften => "too_often",
            Self::TooLong | Self::Full => "too_long",
        }
    }

    /// Code and sentence, for a close frame and for clients that show no more than a text.
    pub fn reason(self) -> String {
        format!("{}: {self}", self.code())
    }
}
