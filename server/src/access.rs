//! Who may do what: the session behind a request, and whether a request came from our own pages. Roles will stand here.

mod metrics;
mod origin;
mod session;

pub use metrics::check_metrics_reader;
pub use origin::{check_origin, refuse_forgery};
pub use session::{Visitor, cookie, token_hash};

use postmortem::person::{GUEST, PersonColor};
use postmortem::{Person, UserId};

/// The person behind a connection without a session. Its row is made by the first migration.
pub fn guest() -> Option<Person> {
    let id: UserId = GUEST.parse().ok()?;
    Some(Person { id, name: "Guest".into(), color: PersonColor::Umber })
}
