//! Who may do what: the session behind a request, whether a request came from our own pages and was made for this server,
//! and how much anybody may make.

mod asked_from;
mod metrics;
mod names;
mod origin;
mod permit;
mod public_url;
mod quotas;
mod request_pace;
mod session;
mod told;
mod uses;

pub use names::{Names, refuse_foreign_names};
pub use origin::{check_origin, refuse_forgery};
pub use permit::{Permit, Public, ToAdminister, ToComment, ToCreate, ToEdit, ToMeasure, ToPublish, ToRead, ToVisit};
pub use public_url::{NoPublicUrl, PublicUrl};
pub use quotas::{Growth, Quotas, Rate};
pub use request_pace::{A_SECOND, RequestPace, keep_pace};
use session::Visitor;
pub use session::{cookie, token_hash};
pub use told::ToldOnce;
pub use uses::{Uses, end_idle_sessions};

use crate::store::Store;
use postmortem::person::{GUEST, PersonColor};
use postmortem::{Person, UserId};

/// What is known of whoever asks, beside the database.
#[derive(Debug)]
pub struct Access {
    pub names: Names,
    pub told: ToldOnce,
    pub quotas: Quotas,
    pub pace: RequestPace,
    pub uses: Uses,
}

/// Looks after sessions and quotas for as long as the server runs.
pub async fn tend(access: &Access, store: &Store, growth: &Growth) {
    let mut turns = tokio::time::interval(growth.tended);
    loop {
        turns.tick().await;
        access.quotas.tidy();
        access.pace.tidy(tokio::time::Instant::now());
        let ended = match access.uses.write_down(store).await {
            Ok(()) => end_idle_sessions(store, growth).await,
            failed => failed,
        };
        if let Err(error) = ended {
            tracing::warn!(%error, "sessions could not be looked after; it is tried again");
        }
    }
}

/// The person behind a connection without a session. Its row is made by the first migration.
fn guest() -> Option<Person> {
    let id: UserId = GUEST.parse().ok()?;
    Some(Person { id, name: "Guest".into(), color: PersonColor::Umber })
}
