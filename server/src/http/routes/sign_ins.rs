//! Signing in with a provider: a browser leaves for it, and comes back. Whatever stands in the way is told on our own page, by
//! a code in its address that says nothing of whoever it is.

use super::sessions::{Former, fresh_session};
use crate::Debrief;
use crate::access::{Permit, ToEnter, attempt_cookies, attempt_secret, cookie, ended_attempt_cookie};
use crate::error::{ApiError, elsewhere};
use crate::http::request::{Query, own_origin};
use crate::openid::{AttemptSecrets, ClaimedPerson, ProviderAnswer, SignInFailure, for_log};
use crate::store::StoreError;
use crate::store::announcements::Announcement;
use crate::store::audit::Deed;
use crate::store::providers::KeptProvider;
use crate::store::sign_in_attempts::BegunSignIn;
use crate::work::joining;
use crate::work::sign_on::{self, sign_on};
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use postmortem::api::SignInProblem;
use postmortem::{AuditAction, ProviderId};
use serde::Deserialize;

/// The longest path that a sign-in leads to.
const LONGEST_DESTINATION: usize = 200;

/// Where somebody wants to go.
#[derive(Debug, Deserialize)]
pub struct WantedPage {
    #[serde(default)]
    to: String,
}

/// What a provider sends back.
#[derive(Debug, Default, Deserialize)]
pub struct ProviderReturn {
    #[serde(default)]
    state: String,
    code: Option<String>,
    iss: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

/// Where a sign-in ends.
struct Arrival {
    destination: String,
    provider: String,
}

/// Begins a sign-in: the browser is sent to the provider.
pub async fn create(
    permit: Permit<ToEnter>,
    State(debrief): State<Debrief>,
    Path(name): Path<String>,
    wanted: Result<Query<WantedPage>, ApiError>,
    headers: HeaderMap,
) -> Response {
    let destination = wanted.map_or_else(|_| own_path(""), |Query(WantedPage { to })| own_path(&to));
    let arrival = Arrival { destination, provider: name };
    match begin(&permit, &debrief, &arrival, &headers).await {
        Ok((url, cookies)) => elsewhere(&url, &cookies),
        Err(failure) => arrival.told(&failure, &[]),
    }
}

async fn begin(
    permit: &Permit<ToEnter>,
    debrief: &Debrief,
    arrival: &Arrival,
    headers: &HeaderMap,
) -> Result<(String, Vec<String>), SignInFailure> {
    debrief.access.quotas.take_entry(permit.from())?;
    let provider = find(debrief, &arrival.provider).await?;
    let secrets = AttemptSecrets::fresh();
    let url = debrief.openid.begin(&provider, &callback(debrief, &provider, headers), &secrets).await?;
    let begun = BegunSignIn { provider: provider.id, destination: arrival.destination.clone() };
    sign_on::keep_attempt(&debrief.store, &secrets, &begun).await?;
    Ok((url, attempt_cookies(&secrets.state, &secrets.browser, headers, debrief.public_url.as_ref())))
}

/// Finishes a sign-in: the provider has sent the browser back.
pub async fn update(
    permit: Permit<ToEnter>,
    State(debrief): State<Debrief>,
    Path(name): Path<String>,
    returned: Result<Query<ProviderReturn>, ApiError>,
    headers: HeaderMap,
) -> Response {
    // What cannot be read has no attempt.
    let returned = returned.map_or_else(|_| ProviderReturn::default(), |Query(returned)| returned);
    let mut arrival = Arrival { destination: "/".to_owned(), provider: name };
    let ended = ended_attempt_cookie(&returned.state, debrief.public_url.as_ref());
    match finish(&permit, &debrief, &mut arrival, returned, &headers).await {
        Ok(cookie) => elsewhere(&arrival.destination, &[cookie, ended]),
        Err(failure) => arrival.told(&failure, &[ended]),
    }
}

/// Gives the cookie of the session that begins.
async fn finish(
    permit: &Permit<ToEnter>,
    debrief: &Debrief,
    arrival: &mut Arrival,
    returned: ProviderReturn,
    headers: &HeaderMap,
) -> Result<String, SignInFailure> {
    debrief.access.quotas.take_entry(permit.from())?;
    let secrets = take(debrief, arrival, &returned.state, headers).await?;
    let provider = find(debrief, &arrival.provider).await?;
    let Some(code) = returned.code.filter(|_| returned.error.is_none()) else {
        let words = [returned.error, returned.error_description].into_iter().flatten().collect::<Vec<_>>().join(", ");
        return Err(SignInFailure::new(SignInProblem::Refused, words));
    };
    let answer = ProviderAnswer { code, issuer: returned.iss };
    let person = debrief.openid.finish(&provider, &callback(debrief, &provider, headers), &secrets, answer).await?;
    enter(permit, debrief, provider, person, headers).await
}

/// Uses up the attempt of this browser to which a provider answers, and says where it leads.
async fn take(
    debrief: &Debrief,
    arrival: &mut Arrival,
    state: &str,
    headers: &HeaderMap,
) -> Result<AttemptSecrets, SignInFailure> {
    let ended = |reason: &str| SignInFailure::new(SignInProblem::Ended, reason);
    let browser = attempt_secret(state, headers, debrief.public_url.as_ref());
    let browser = browser.ok_or_else(|| ended("this browser has begun none"))?;
    let secrets = AttemptSecrets { state: state.to_owned(), browser };
    let begun = sign_on::take_attempt(&debrief.store, &secrets).await?;
    let begun = begun.ok_or_else(|| ended("it was finished before, or took too long"))?;
    arrival.destination = begun.destination;
    if begun.provider.as_str() != arrival.provider {
        return Err(SignInFailure::new(SignInProblem::Untrusted, "it was begun with another provider"));
    }
    Ok(secrets)
}

/// Lets somebody in, as a password does: the session before in this browser ends.
async fn enter(
    permit: &Permit<ToEnter>,
    debrief: &Debrief,
    provider: KeptProvider,
    person: ClaimedPerson,
    headers: &HeaderMap,
) -> Result<String, SignInFailure> {
    let (token, start) = fresh_session(permit, headers);
    let former = Former::of(permit);
    let entering = debrief.announcer.write(async move |mut write| {
        let team = joining::settled_team(&mut write).await?;
        let signed_on = match sign_on(&mut write, &provider, &person, &team).await? {
            Ok(signed_on) => signed_on,
            Err(problem) => return Ok(Err(problem)),
        };
        let user = signed_on.account.person.id;
        if let Some(former) = &former {
            former.end(&mut write).await?;
        }
        joining::begin_session(&mut write, &user, &team, &start).await?;
        let signed_in = Deed::new(AuditAction::SignedIn).how(format!("with {}", provider.name));
        write.record_by(start.actor(&user), signed_in).await?;
        for deed in signed_on.deeds {
            write.record(deed).await?;
        }
        let changed = signed_on.has_changed.then_some(user);
        let announcements = changed.into_iter().chain(former.map(|former| former.user)).map(Announcement::Account);
        write.commit_all(announcements.collect()).await?;
        Ok(Ok(team))
    });
    let team = entering.await?.map_err(|problem| SignInFailure::new(problem, "nobody was let in"))?;
    Ok(cookie(&token, team.session_days, debrief.public_url.as_ref()))
}

async fn find(debrief: &Debrief, name: &str) -> Result<KeptProvider, SignInFailure> {
    let found = match name.parse::<ProviderId>() {
        Ok(id) => debrief.store.find_provider(&id).await?,
        Err(_) => None,
    };
    found.ok_or_else(|| SignInFailure::new(SignInProblem::NoProvider, "it was removed, or never was"))
}

/// The address to which a provider sends people back. Each has one of its own.
fn callback(debrief: &Debrief, provider: &KeptProvider, headers: &HeaderMap) -> String {
    format!("{}/sign-in/{}/callback", own_origin(debrief, headers), provider.id)
}

/// The path of a page of the client; that of the log in the place of anything else. It has nothing that a browser reads as
/// another server, and nothing behind it.
fn own_path(to: &str) -> String {
    let is_plain = to.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte));
    let is_page = matches!(to, "/" | "/settings") || to.starts_with("/settings/") || to.starts_with("/postmortems/");
    let leads_elsewhere = to.contains("//") || to.contains("..");
    if is_plain && is_page && !leads_elsewhere && to.len() <= LONGEST_DESTINATION {
        to.to_owned()
    } else {
        "/".to_owned()
    }
}

impl Arrival {
    /// Our own page, which says what stands in the way.
    fn told(&self, failure: &SignInFailure, cookies: &[String]) -> Response {
        let SignInFailure { problem, reason } = failure;
        let provider = for_log(&self.provider);
        match problem {
            SignInProblem::Ended | SignInProblem::NoProvider | SignInProblem::TooOften | SignInProblem::Failed => {
                tracing::debug!(provider, reason, "nobody was signed in: {}", problem.label());
            }
            _ => tracing::warn!(provider, reason, "nobody was signed in: {}", problem.label()),
        }
        let by = self.provider.parse::<ProviderId>().map(|id| format!("&by={id}")).unwrap_or_default();
        elsewhere(&format!("{}?sign-in={}{by}", self.destination, problem.code()), cookies)
    }
}

impl From<ApiError> for SignInFailure {
    fn from(error: ApiError) -> Self {
        let problem = match error {
            ApiError::TooOften { .. } => SignInProblem::TooOften,
            _ => SignInProblem::Failed,
        };
        Self::new(problem, error)
    }
}

impl From<StoreError> for SignInFailure {
    fn from(error: StoreError) -> Self {
        ApiError::from(error).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_leads_to_a_page_of_ours_and_nowhere_else() {
        for to in ["/", "/postmortems/0199-a", "/settings", "/settings/people"] {
            assert_eq!(own_path(to), to);
        }
        for to in [
            "",
            "https://elsewhere.example",
            "//elsewhere.example",
            "/\\elsewhere.example",
            "\\/elsewhere.example",
            "/.//elsewhere.example",
            "/../elsewhere",
            "/%2f%2felsewhere.example",
            "/\t/elsewhere.example",
            "javascript:void",
            "/sign-in/harbour",
            "/api/postmortems",
            "/metrics",
            "/p/0f",
            "/settingsx",
            "/settings//elsewhere.example",
            "/postmortems/../api/session",
            "/postmortems",
            "/settings?y",
            "/x?y",
            "/x\r\nx: y",
            &format!("/postmortems/{}", "x".repeat(300)),
        ] {
            assert_eq!(own_path(to), "/", "{to:?}");
        }
    }
}
