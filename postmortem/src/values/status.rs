//! Where a post-mortem stands between the first line and the last.

use crate::named::named;

named! {
    /// Where a post-mortem stands (G1).
    Status, "a status" {
        /// Being written.
        Draft = "draft", "Draft";
        /// Written; its responders read and comment.
        InReview = "in_review", "In review";
        /// The review meeting was held.
        Reviewed = "reviewed", "Reviewed";
        /// Nothing is left to do, the external message included.
        Closed = "closed", "Closed";
    }
}
