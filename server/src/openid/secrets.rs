//! The secrets of one sign-in: what the provider brings back, and what only the browser has. Everything else that has to be the
//! same before and after follows from both, so that the database keeps nothing but hashes.

use crate::random;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::{Nonce, PkceCodeVerifier};
use sha2::{Digest, Sha256};

#[derive(Clone)]
pub struct AttemptSecrets {
    /// What the provider is given, and brings back.
    pub state: String,
    /// What the browser keeps in a cookie, and shows nobody but us.
    pub browser: String,
}

impl AttemptSecrets {
    pub fn fresh() -> Self {
        Self { state: random::token(), browser: random::token() }
    }

    /// What shows the provider that whoever brings its code is who asked for it. It is of 43 characters, as PKCE wants.
    pub(super) fn verifier(&self) -> PkceCodeVerifier {
        PkceCodeVerifier::new(self.derived("verifier"))
    }

    /// What the ID token has to repeat.
    pub(super) fn nonce(&self) -> Nonce {
        Nonce::new(self.derived("nonce"))
    }

    fn derived(&self, purpose: &str) -> String {
        let digest = Sha256::digest(format!("{purpose} {} {}", self.browser, self.state));
        URL_SAFE_NO_PAD.encode(digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verifier_and_nonce_follow_from_both_secrets_and_from_nothing_less() {
        let secrets = AttemptSecrets::fresh();
        let all = |secrets: &AttemptSecrets| [secrets.verifier().secret().clone(), secrets.nonce().secret().clone()];
        let [verifier, nonce] = all(&secrets);
        assert_eq!(all(&secrets.clone()), [verifier.clone(), nonce.clone()]);
        assert!(verifier != nonce && verifier.len() == 43, "{verifier}");
        for other in [
            AttemptSecrets { state: random::token(), ..secrets.clone() },
            AttemptSecrets { browser: random::token(), ..secrets.clone() },
        ] {
            assert!(all(&other)[0] != verifier && all(&other)[1] != nonce);
        }
    }
}
