//! Signing in with a provider of single sign-on (OpenID Connect): what is asked of providers, and what of their answers is
//! believed. Who somebody is here, and what they may do, is decided elsewhere.

mod claims;
mod client;
mod discovery;
mod secrets;
mod web;

pub use claims::{ClaimedMail, ClaimedPerson, OtherClaims};
pub use discovery::check_issuer;
pub use secrets::AttemptSecrets;

use crate::clock;
use crate::store::providers::KeptProvider;
use chrono::{DateTime, TimeDelta, Utc};
use claims::Said;
use client::{ProviderClient, provider_client};
use discovery::Descriptions;
use openidconnect::core::{CoreAuthenticationFlow, CoreProviderMetadata};
use openidconnect::{
    AccessToken, AuthorizationCode, ClaimsVerificationError, CsrfToken, OAuth2TokenResponse, PkceCodeChallenge,
    RequestTokenError, Scope, SignatureVerificationError, TokenResponse, UserInfoClaims, UserInfoError,
};
use postmortem::api::{ProviderFound, SignInProblem};
use std::time::Duration;
use tokio::time::timeout;
use web::Web;

/// By how much the clock of a provider may differ from ours.
const CLOCKS: TimeDelta = TimeDelta::minutes(2);

/// How long a browser waits for a provider at most, before it leaves for it and after it has come back.
const BEGINNING: Duration = Duration::from_secs(8);
const FINISHING: Duration = Duration::from_secs(20);

/// The most characters that are repeated of what a provider said.
const LONGEST_REASON: usize = 300;

/// Why nobody is signed in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {reason}", .problem.label())]
pub struct SignInFailure {
    /// What is told to whoever signs in.
    pub problem: SignInProblem,
    /// What is told to the operator. It holds no secret.
    pub reason: String,
}

impl SignInFailure {
    pub fn new(problem: SignInProblem, reason: impl ToString) -> Self {
        Self { problem, reason: for_log(&reason.to_string()) }
    }
}

/// A text that a provider or a browser brought, as it can stand in the log and on a page: short, in one line, and plain.
pub fn for_log(text: &str) -> String {
    let plain = |character: char| if character.is_control() { ' ' } else { character };
    text.chars().take(LONGEST_REASON).map(plain).collect()
}

/// What a provider sends back with somebody whom it has signed in.
#[derive(Debug)]
pub struct ProviderAnswer {
    pub code: String,
    /// The provider that gave it, where that one says so.
    pub issuer: Option<String>,
}

/// Asks providers.
#[derive(Debug, Default)]
pub struct OpenId {
    web: Web,
    descriptions: Descriptions,
}

impl OpenId {
    /// What a provider says of itself.
    ///
    /// # Errors
    /// In a sentence, with the provider's own words where it gave some.
    pub async fn look(&self, issuer: &str) -> Result<ProviderFound, String> {
        let asked = timeout(BEGINNING, discovery::describe(&self.web, issuer)).await;
        let described = asked.map_err(|_| "It did not answer in time.".to_owned())??;
        Ok(ProviderFound {
            issuer: described.issuer().to_string(),
            signs_in_at: described.authorization_endpoint().to_string(),
            keys: u32::try_from(described.jwks().keys().len()).unwrap_or(u32::MAX),
            tells_more: described.userinfo_endpoint().is_some(),
        })
    }

    /// Where a browser is sent to be signed in by a provider, which sends it back to `callback`.
    ///
    /// # Errors
    /// When the provider cannot be reached.
    pub async fn begin(
        &self,
        provider: &KeptProvider,
        callback: &str,
        secrets: &AttemptSecrets,
    ) -> Result<String, SignInFailure> {
        let late = |_| SignInFailure::new(SignInProblem::Unreachable, "it did not answer in time");
        let described = timeout(BEGINNING, self.descriptions.of_alive(&self.web, provider)).await.map_err(late)??;
        let client = provider_client(&described, provider, callback)?;
        let (state, nonce) = (CsrfToken::new(secrets.state.clone()), secrets.nonce());
        let mut request = client.authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || state, move || nonce);
        for scope in scopes(&described, provider) {
            request = request.add_scope(Scope::new(scope));
        }
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&secrets.verifier());
        let (url, ..) = request.set_pkce_challenge(challenge).url();
        Ok(url.into())
    }

    /// Who it is that a provider has signed in and sent back.
    ///
    /// # Errors
    /// When it cannot be reached, or what it says does not hold.
    pub async fn finish(
        &self,
        provider: &KeptProvider,
        callback: &str,
        secrets: &AttemptSecrets,
        answer: ProviderAnswer,
    ) -> Result<ClaimedPerson, SignInFailure> {
        let late = |_| SignInFailure::new(SignInProblem::Unreachable, "it did not answer in time");
        timeout(FINISHING, self.ask(provider, callback, secrets, answer)).await.map_err(late)?
    }

    async fn ask(
        &self,
        provider: &KeptProvider,
        callback: &str,
        secrets: &AttemptSecrets,
        answer: ProviderAnswer,
    ) -> Result<ClaimedPerson, SignInFailure> {
        let described = self.descriptions.of(&self.web, provider).await?;
        // Before the code is shown to anybody: it may be of another provider, whom an attacker confused with this one.
        if answer.issuer.is_some_and(|issuer| issuer != described.issuer().as_str()) {
            return Err(untrusted("another provider says that it gave the code"));
        }
        let client = provider_client(&described, provider, callback)?;
        let request = client.exchange_code(AuthorizationCode::new(answer.code)).map_err(untrusted)?;
        let tokens = request.set_pkce_verifier(secrets.verifier()).request_async(&self.web).await.map_err(refused)?;
        let token = tokens.id_token().ok_or_else(|| untrusted("there is no ID token"))?;
        let nonce = secrets.nonce();
        let now = clock::now();
        let claims = match token.claims(&verifier(&client, &described, now), &nonce) {
            // It may sign with keys that it did not have when it was asked last.
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey | SignatureVerificationError::CryptoError(_),
            )) => {
                let described = self.descriptions.anew(&self.web, provider).await?;
                let client = provider_client(&described, provider, callback)?;
                token.claims(&verifier(&client, &described, now), &nonce).cloned().map_err(unverified)?
            }
            checked => checked.cloned().map_err(unverified)?,
        };
        tell_clock(provider, now, claims.issue_time(), claims.expiration());
        let mut said = Said::of_token(&claims);
        if said.lacks_something(&provider.rules) {
            let more = self.ask_more(&client, tokens.access_token(), claims.subject()).await?;
            said = more.map_or(said.clone(), |more| said.with(Said::of_userinfo(&more)));
        }
        Ok(said.person(claims.subject().as_str(), &provider.rules))
    }

    /// What a provider says of somebody beyond their ID token; nothing where it cannot be asked.
    async fn ask_more(
        &self,
        client: &ProviderClient,
        access: &AccessToken,
        subject: &openidconnect::SubjectIdentifier,
    ) -> Result<Option<UserInfoClaims<OtherClaims, openidconnect::core::CoreGenderClaim>>, SignInFailure> {
        // The library takes any other for one, and panics.
        let is_header = access.secret().bytes().all(|byte| byte.is_ascii_graphic());
        let asked = client.user_info(access.clone(), Some(subject.clone())).ok().filter(|_| is_header);
        let Some(request) = asked else { return Ok(None) };
        request.request_async(&self.web).await.map(Some).map_err(|error| match error {
            UserInfoError::Request(error) => SignInFailure::new(SignInProblem::Unreachable, error),
            UserInfoError::Parse(error) => untrusted(format!("userinfo cannot be read at {}", error.path())),
            UserInfoError::Response(status, ..) => untrusted(format!("userinfo answered {status}")),
            error => untrusted(format!("userinfo: {error}")),
        })
    }
}

/// What is asked for: a claim of roles most often has to be asked for under its own name.
fn scopes(described: &CoreProviderMetadata, provider: &KeptProvider) -> Vec<String> {
    let offered = described.scopes_supported();
    let claim = provider.rules.claim.iter().map(|claim| claim.name.clone());
    let own = claim.filter(|name| offered.is_some_and(|offered| offered.iter().any(|scope| scope.as_str() == name)));
    ["email", "profile"].map(ToOwned::to_owned).into_iter().chain(own).collect()
}

fn verifier<'a>(
    client: &'a ProviderClient,
    described: &CoreProviderMetadata,
    now: DateTime<Utc>,
) -> client::TokenVerifier<'a> {
    client::token_verifier(client, described).set_time_fn(move || now - CLOCKS).set_issue_time_verifier_fn(
        move |issued| match issued > now + CLOCKS {
            true => Err(format!("ID token of {issued}, which is ahead of {now}")),
            false => Ok(()),
        },
    )
}

/// A clock that differs is forgiven for a while, and gets worse.
fn tell_clock(provider: &KeptProvider, now: DateTime<Utc>, issued: DateTime<Utc>, ends: DateTime<Utc>) {
    let seconds = (issued - now).num_seconds().max((now - ends).num_seconds());
    if seconds > 0 {
        tracing::warn!(provider = %provider.id, seconds, "its clock differs from ours; beyond two minutes nobody is let in");
    }
}

fn untrusted(reason: impl ToString) -> SignInFailure {
    SignInFailure::new(SignInProblem::Untrusted, reason)
}

fn unverified(error: ClaimsVerificationError) -> SignInFailure {
    match error {
        ClaimsVerificationError::Expired(reason) => SignInFailure::new(SignInProblem::Clock, reason),
        ClaimsVerificationError::SignatureVerification(error) => untrusted(format!("ID token: {error}")),
        error => untrusted(format!("ID token: {error}")),
    }
}

fn refused<Answer: openidconnect::ErrorResponse>(error: RequestTokenError<web::WebError, Answer>) -> SignInFailure {
    match error {
        RequestTokenError::Request(error) => SignInFailure::new(SignInProblem::Unreachable, error),
        RequestTokenError::ServerResponse(answer) => SignInFailure::new(SignInProblem::Refused, format!("{answer:?}")),
        // What is wrong with a token may repeat it.
        RequestTokenError::Parse(error, _) => untrusted(format!("its tokens cannot be read at {}", error.path())),
        RequestTokenError::Other(reason) => untrusted(reason),
    }
}
