//! Who may do what: the session or token behind a request, what its person may do, whether a request came from our own pages
//! and was made for this server, and how much anybody may make.

mod asked_from;
mod attempt_cookie;
mod grounds;
mod metrics;
mod names;
mod origin;
mod passwords;
mod permit;
mod public_url;
mod quotas;
mod relying_party;
mod request_pace;
mod session;
mod told;
mod uses;
mod webauthn;

pub use attempt_cookie::{ATTEMPT_SECONDS, attempt_cookies, attempt_secret, ended_attempt_cookie};
pub use grounds::{Grounds, Needed};
pub use names::{Names, refuse_foreign_names};
pub use origin::{check_origin, refuse_forgery};
pub use passwords::{Passwords, Verdict, check_password};
pub use permit::{
    Permit, Public, ToAdminister, ToComment, ToCreate, ToCurate, ToEdit, ToEnter, ToManage, ToMeasure, ToPublish,
    ToRead, ToVisit,
};
pub use public_url::{NoPublicUrl, PublicUrl};
pub use quotas::{Growth, Quotas, Rate};
pub use relying_party::{NoRelyingParty, RelyingParty};
pub use request_pace::{A_SECOND, RequestPace, keep_pace};
pub use session::{Visitor, cookie, device, token_hash};
pub use told::ToldOnce;
pub use uses::{Uses, end_idle_sessions, forget_ended_attempts, forget_old_audit_entries};
pub use webauthn::{
    CEREMONY_SECONDS, Ceremony, Distrust, FreshCredential, RegistrationAnswer, SignInAnswer, ask_to_register,
    ask_to_sign_in,
};

use crate::store::{Store, StoreError};

/// What is known of whoever asks, beside the database.
#[derive(Debug)]
pub struct Access {
    pub names: Names,
    pub told: ToldOnce,
    pub quotas: Quotas,
    pub pace: RequestPace,
    pub uses: Uses,
    pub passwords: Passwords,
}

/// Looks after sessions and quotas for as long as the server runs.
pub async fn tend(access: &Access, store: &Store, growth: &Growth) {
    let mut turns = tokio::time::interval(growth.tended);
    loop {
        turns.tick().await;
        access.quotas.tidy();
        access.pace.tidy(tokio::time::Instant::now());
        if let Err(error) = write_and_forget(access, store).await {
            tracing::warn!(%error, "sessions could not be looked after; it is tried again");
        }
    }
}

/// Writes down what was used, and forgets what is over.
async fn write_and_forget(access: &Access, store: &Store) -> Result<(), StoreError> {
    access.uses.write_down(store).await?;
    end_idle_sessions(store).await?;
    forget_ended_attempts(store).await?;
    forget_old_audit_entries(store).await
}
