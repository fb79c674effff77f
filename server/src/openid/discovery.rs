//! What providers say of themselves: read when somebody first signs in, and again after a while or when it does not fit any
//! more.

use super::web::{Web, WebError, is_guarded};
use super::{SignInFailure, for_log};
use crate::store::providers::KeptProvider;
use axum::http::Request;
use openidconnect::core::CoreProviderMetadata;
use openidconnect::url::Url;
use openidconnect::{AsyncHttpClient, DiscoveryError, IssuerUrl};
use postmortem::ProviderId;
use postmortem::api::SignInProblem;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// For how long a description is believed. Keys that are not in it are looked for at once.
const BELIEVED: Duration = Duration::from_secs(60 * 60);

/// The longest address of a provider, in bytes.
const LONGEST_ISSUER: usize = 500;

/// What is known of each provider.
#[derive(Debug, Default)]
pub struct Descriptions(Mutex<HashMap<ProviderId, Known>>);

#[derive(Debug)]
struct Known {
    /// Of what it was asked: an admin may have written another address since.
    issuer: String,
    described: Arc<CoreProviderMetadata>,
    until: Instant,
}

impl Descriptions {
    /// What a provider says of itself, as far as it was asked not long ago.
    pub async fn of(&self, web: &Web, provider: &KeptProvider) -> Result<Arc<CoreProviderMetadata>, SignInFailure> {
        match self.known(provider) {
            Some(described) => Ok(described),
            None => self.anew(web, provider).await,
        }
    }

    fn known(&self, provider: &KeptProvider) -> Option<Arc<CoreProviderMetadata>> {
        let (known, now) = (self.lock(), Instant::now());
        let known = known.get(&provider.id)?;
        (known.issuer == provider.issuer && known.until > now).then(|| known.described.clone())
    }

    /// The same of a provider that answers at this moment: a browser that is sent to one that is down comes back with nothing.
    pub async fn of_alive(
        &self,
        web: &Web,
        provider: &KeptProvider,
    ) -> Result<Arc<CoreProviderMetadata>, SignInFailure> {
        match self.known(provider) {
            Some(described) => {
                let alive = answers(web, described.issuer()).await;
                alive.map(|()| described).map_err(|words| SignInFailure::new(SignInProblem::Unreachable, words))
            }
            None => self.anew(web, provider).await,
        }
    }

    /// What it says now.
    pub async fn anew(&self, web: &Web, provider: &KeptProvider) -> Result<Arc<CoreProviderMetadata>, SignInFailure> {
        let described = describe(web, &provider.issuer).await;
        let described = Arc::new(described.map_err(|words| SignInFailure::new(SignInProblem::Unreachable, words))?);
        let known =
            Known { issuer: provider.issuer.clone(), described: described.clone(), until: Instant::now() + BELIEVED };
        self.lock().insert(provider.id.clone(), known);
        Ok(described)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ProviderId, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An address under which a provider can be asked.
///
/// # Errors
/// In a sentence that says what to write.
pub fn check_issuer(text: &str) -> Result<String, String> {
    let text = text.trim();
    let fits = |url: &Url| {
        is_guarded(Some(url.scheme()), url.host_str())
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
    };
    let is_plain = text.len() <= LONGEST_ISSUER && !text.chars().any(|character| character.is_whitespace());
    match Url::parse(text) {
        // As it was written: it has to be what the provider calls itself, to the letter.
        Ok(url) if is_plain && fits(&url) => Ok(text.strip_suffix(WELL_KNOWN).unwrap_or(text).to_owned()),
        Ok(_) | Err(_) => Err(
            "Write the address of the provider, such as https://login.example.org. It is encrypted (https), and has \
             nothing behind a ? or #."
                .to_owned(),
        ),
    }
}

/// Where descriptions are; some providers show the whole address of theirs.
const WELL_KNOWN: &str = "/.well-known/openid-configuration";

/// Asks a provider. Whether its name ends in a slash is for it to say; the description is at the same address.
pub async fn describe(web: &Web, issuer: &str) -> Result<CoreProviderMetadata, String> {
    let other = match issuer.strip_suffix('/') {
        Some(without) => without.to_owned(),
        None => format!("{issuer}/"),
    };
    match describe_exactly(web, issuer).await {
        Err(DiscoveryError::Validation(reason)) => match describe_exactly(web, &other).await {
            Err(DiscoveryError::Validation(_)) => {
                Err(format!("It calls itself otherwise: {}. Write the address that it gives.", for_log(&reason)))
            }
            described => described.map_err(sentence),
        },
        described => described.map_err(sentence),
    }
}

/// That a provider still describes itself, whatever it says.
async fn answers(web: &Web, issuer: &IssuerUrl) -> Result<(), String> {
    let address = format!("{}{WELL_KNOWN}", issuer.as_str().trim_end_matches('/'));
    let request = Request::get(address).body(Vec::new()).map_err(|error| error.to_string())?;
    let answer = web.call(request).await.map_err(|error| error.to_string())?;
    if answer.status().is_success() { Ok(()) } else { Err(format!("It answered {}.", answer.status())) }
}

async fn describe_exactly(web: &Web, issuer: &str) -> Result<CoreProviderMetadata, DiscoveryError<WebError>> {
    CoreProviderMetadata::discover_async(IssuerUrl::new(issuer.to_owned()).map_err(DiscoveryError::UrlParse)?, web)
        .await
}

fn sentence(error: DiscoveryError<WebError>) -> String {
    let sentence = match error {
        DiscoveryError::Request(error) => format!("It cannot be reached: {error}."),
        DiscoveryError::Response(status, body, _) => match own_words(&body) {
            Some(words) => format!("It answered {status}: {words}"),
            None => format!("It answered {status}, where a provider describes itself."),
        },
        DiscoveryError::Parse(error) => format!("What it answered describes no provider: {error}."),
        error => format!("What it answered describes no provider: {error}."),
    };
    for_log(&sentence)
}

/// What an answer says in words, where it is an error as providers write them. What else stands there is not repeated: it may
/// be of another server that is reached from this machine.
fn own_words(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Said {
        error: Option<String>,
        error_description: Option<String>,
        message: Option<String>,
    }
    let Said { error, error_description, message } = serde_json::from_slice(body).ok()?;
    let words: Vec<String> = [error, error_description, message].into_iter().flatten().collect();
    (!words.is_empty()).then(|| words.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_kept_to_the_letter_without_what_belongs_to_the_description() {
        for (written, kept) in [
            (" https://login.example.org ", "https://login.example.org"),
            ("https://login.example.org/tenant/", "https://login.example.org/tenant/"),
            ("https://login.example.org/.well-known/openid-configuration", "https://login.example.org"),
            ("http://127.0.0.1:9000", "http://127.0.0.1:9000"),
        ] {
            assert_eq!(check_issuer(written), Ok(kept.to_owned()));
        }
        for written in [
            "",
            "login.example.org",
            "http://login.example.org",
            "https://a@b.example",
            "https://a.example/?b",
            "ftp://x",
        ] {
            assert!(check_issuer(written).is_err(), "{written}");
        }
    }

    #[test]
    fn only_the_words_of_an_error_are_repeated() {
        let said = own_words(br#"{"error":"invalid_request","error_description":"no such tenant","secret":"x"}"#);
        assert_eq!(said.as_deref(), Some("invalid_request, no such tenant"));
        assert_eq!(own_words(b"<html>intranet</html>"), None);
    }
}
