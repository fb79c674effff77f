//! What is read: values in, markup out, without signals. The published page is made of these components on the server,
//! and the editor uses the same ones around what it edits, so that one markup has one look.

pub mod actions;
pub mod colophon;
pub mod contents;
pub mod duration;
pub mod entry;
pub mod facts;
pub mod figures;
pub mod icon;
pub mod person;
pub mod prose;
pub mod rail;
pub mod severity;
pub mod status;
pub mod strip;
pub mod time;
pub mod timeline;

pub use actions::ActionTable;
pub use colophon::Colophon;
pub use duration::DurationBar;
pub use entry::{EntryFrame, KindIcon, Source, Turns, When};
pub use facts::Facts;
pub use figures::{Figure, Figures};
pub use person::{Avatar, crowded};
pub use prose::{Plain, Prose};
pub use rail::{DayRow, GapRow, Legend, Tick, rail_measures};
pub use severity::SeverityMark;
pub use status::StatusMark;
pub use strip::StripFigure;
pub use timeline::Timeline;
