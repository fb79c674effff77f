//! Comments wherever the page has something to discuss: a count beside it, one open panel in the margin on the line it is
//! about, the other threads as one quiet line each, and the words that threads are about underlined.

mod composer;
mod margin;
mod message;
mod orphans;
mod panel;
mod selection;
mod thread_block;
mod threads;
mod tour;

pub use margin::SectionThreads;
pub use orphans::Orphans;
pub use selection::{SelectionButton, comment_on_selection};
pub use threads::{CommentBubble, Threads};
pub use tour::{UnresolvedButton, go_to_unresolved};

use leptos::prelude::*;
use postmortem::Subject;

/// What can be commented on, as the parts beside it need it.
#[derive(Clone, Copy)]
pub struct Commented {
    pub subject: StoredValue<Subject>,
    /// Its name in sentences, such as "23:07" or "Overview".
    pub name: Signal<String>,
    /// Puts the focus back on it, when its panel closes.
    pub refocus: Callback<()>,
}
