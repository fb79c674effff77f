//! The providers of single sign-on: set up, listed, changed and removed by whoever looks after the team.

use crate::Debrief;
use crate::access::{Permit, ToManage};
use crate::error::{ApiError, created, done};
use crate::http::request::{Body, Path, own_origin};
use crate::openid::check_issuer;
use crate::store::providers::KeptProvider;
use crate::work::provider_setup;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use postmortem::api::{EntryRules, NewProvider, Provider, ProviderDraft, Providers, RoleClaim};
use postmortem::mail_domain::clean_domains;
use postmortem::{ProviderId, TeamRole};

/// How long what an admin writes may be, in characters.
const LONGEST_NAME: usize = 40;
const LONGEST_ID: usize = 40;
const LONGEST_VALUE: usize = 200;
const LONGEST_SECRET: usize = 1_000;

/// How many values of a claim may give roles.
const MOST_ROLES: usize = 50;

pub async fn list(
    _: Permit<ToManage>,
    State(debrief): State<Debrief>,
    headers: HeaderMap,
) -> Result<Json<Providers>, ApiError> {
    let providers = debrief.store.list_providers().await?.into_iter().map(shown).collect();
    let team_domains = debrief.store.find_team().await?.map(|team| team.domains).unwrap_or_default();
    Ok(Json(Providers { providers, team_domains, origin: own_origin(&debrief, &headers) }))
}

pub async fn create(
    permit: Permit<ToManage>,
    State(debrief): State<Debrief>,
    Body(NewProvider { id, draft }): Body<NewProvider>,
) -> Result<Response, ApiError> {
    let provider = checked(check_id(id)?, draft)?;
    provider_setup::add(&debrief.store, &permit.grounds(), &provider).await?;
    Ok(created(shown(provider)))
}

/// Changes one, or puts another in its place.
pub async fn update(
    permit: Permit<ToManage>,
    State(debrief): State<Debrief>,
    Path(id): Path<ProviderId>,
    Body(draft): Body<ProviderDraft>,
) -> Result<Json<Provider>, ApiError> {
    let keeps_secret = draft.client_secret.is_none();
    let provider = checked(id, draft)?;
    let changed = provider_setup::change(&debrief.store, &permit.grounds(), provider, keeps_secret).await?;
    Ok(Json(shown(changed)))
}

/// Removes one. Who signed in with it keeps their account, and is known by their mail address if it comes back.
pub async fn delete(
    permit: Permit<ToManage>,
    State(debrief): State<Debrief>,
    Path(id): Path<ProviderId>,
) -> Result<Response, ApiError> {
    provider_setup::remove(&debrief.store, &permit.grounds(), &id).await?;
    Ok(done())
}

fn shown(provider: KeptProvider) -> Provider {
    let KeptProvider { id, name, issuer, client_id, client_secret, rules } = provider;
    Provider { id, name, issuer, client_id, has_secret: client_secret.is_some(), rules }
}

fn invalid(sentence: impl Into<String>) -> ApiError {
    ApiError::Invalid(sentence.into())
}

/// An id as it can stand in an address that people copy.
fn check_id(id: ProviderId) -> Result<ProviderId, ApiError> {
    let text = id.as_str();
    let is_plain = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if is_plain && text.len() <= LONGEST_ID {
        Ok(id)
    } else {
        Err(invalid(format!("Its part of the address has small letters, digits and -, at most {LONGEST_ID}.")))
    }
}

fn checked(id: ProviderId, draft: ProviderDraft) -> Result<KeptProvider, ApiError> {
    let ProviderDraft { name, issuer, client_id, client_secret, rules } = draft;
    let name = text(&name, LONGEST_NAME, "Write what stands on the button, such as Harbour ID")?;
    let issuer = check_issuer(&issuer).map_err(ApiError::Invalid)?;
    let client_id = text(&client_id, LONGEST_VALUE, "Write the client id that the provider gives to Debrief")?;
    let client_secret = match client_secret.filter(|secret| !secret.trim().is_empty()) {
        Some(secret) => Some(text(&secret, LONGEST_SECRET, "Write the client secret of the provider")?),
        None => None,
    };
    Ok(KeptProvider { id, name, issuer, client_id, client_secret, rules: checked_rules(rules)? })
}

fn checked_rules(rules: EntryRules) -> Result<EntryRules, ApiError> {
    if rules.otherwise == Some(TeamRole::Admin) {
        return Err(invalid("Nobody is an admin without a claim that says so: choose member or outsider."));
    }
    let claim = rules.claim.map(checked_claim).transpose()?;
    let domains = clean_domains(&rules.domains).map_err(|error| invalid(error.to_string()))?;
    Ok(EntryRules { domains, claim, otherwise: rules.otherwise })
}

fn checked_claim(claim: RoleClaim) -> Result<RoleClaim, ApiError> {
    if claim.roles.is_empty() || claim.roles.len() > MOST_ROLES {
        return Err(invalid(format!("Write 1 to {MOST_ROLES} values of the claim, each with its role.")));
    }
    let mut roles = claim.roles;
    for rule in &mut roles {
        rule.value = text(&rule.value, LONGEST_VALUE, "Write the value of the claim that gives the role")?;
    }
    let name = text(&claim.name, LONGEST_VALUE, "Write the name of the claim, such as groups")?;
    Ok(RoleClaim { name, roles, at_each_sign_in: claim.at_each_sign_in })
}

/// What an admin wrote in one line; where there is nothing, what to write.
fn text(written: &str, longest: usize, what: &str) -> Result<String, ApiError> {
    let text = written.trim();
    let is_plain = !text.chars().any(char::is_control);
    match text.chars().count() {
        0 => Err(invalid(format!("{what}."))),
        length if length > longest || !is_plain => {
            Err(invalid(format!("{what}, in one line of at most {longest} characters.")))
        }
        _ => Ok(text.to_owned()),
    }
}
