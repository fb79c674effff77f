//! Signing in with a provider of single sign-on: what the door says of them, and why it came to nothing.

use crate::ProviderId;
use crate::named::named;
use serde::{Deserialize, Serialize};

/// A provider, as it is shown to whoever comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderDoor {
    pub id: ProviderId,
    pub name: String,
}

named! {
    /// Why nobody was signed in by a provider. The code stands in the address of the page that says so, behind `sign-in=`; the
    /// words are those of the log.
    SignInProblem, "a problem of a sign-in" {
        /// It did not answer in time, or not as a provider does.
        Unreachable = "unreachable", "the provider cannot be reached";
        /// The team has no such provider any more.
        NoProvider = "no_provider", "there is no such provider";
        /// The attempt was used, took too long, or was begun in another browser.
        Ended = "ended", "there is no such attempt in this browser";
        /// The provider itself said no.
        Refused = "refused", "the provider refused";
        /// What it answered does not hold.
        Untrusted = "untrusted", "what the provider answered does not hold";
        /// Its clock and the server's are too far apart.
        Clock = "clock", "the clocks are too far apart";
        /// It does not say that the mail address is verified, and knows nobody by it.
        Unverified = "unverified", "the provider has not verified the mail address";
        /// The rules make no account for them.
        NotInvited = "not_invited", "the rules make no account for them";
        Suspended = "suspended", "the account is suspended";
        TooOften = "too_often", "there were too many attempts from the address";
        /// The server could not do it.
        Failed = "failed", "it failed inside";
    }
}
