//! The passkeys of whoever asks: by what devices they sign in beside a password.

use crate::access::{Permit, RegistrationAnswer, RelyingParty, ToVisit, attempt_secret, device, ended_attempt_cookie};
use crate::error::{ApiError, created, done, with_cookies};
use crate::http::request::{Body, Path, relying_party};
use crate::store::announcements::Announcement;
use crate::store::audit::Deed;
use crate::store::passkeys::{self, KeptPasskey};
use crate::store::sessions;
use crate::work::passkeys::{add, examine, unfit};
use crate::{Debrief, clock, random};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use chrono::TimeDelta;
use postmortem::api::{NewPasskey, Passkey, PasskeyChange, PasskeyProof, Passkeys};
use postmortem::{AuditAction, PasskeyId, limits};

/// For how many minutes after signing in nothing more is asked: enough to find the settings, and too few for whoever comes upon
/// a page that stands open.
const FRESH_MINUTES: i64 = 10;

pub async fn list(
    permit: Permit<ToVisit>,
    State(debrief): State<Debrief>,
    headers: HeaderMap,
) -> Result<Json<Passkeys>, ApiError> {
    let party = RelyingParty::of(debrief.public_url.as_ref(), &headers);
    let name = party.as_ref().ok().map(|party| party.name.clone());
    let listed = debrief.store.list_passkeys(&permit.person().id).await?;
    Ok(Json(Passkeys {
        passkeys: listed.into_iter().map(|passkey| shown(passkey, name.as_deref())).collect(),
        proof: proof(&permit, &debrief).await?,
        suggested_name: device(&headers),
        at: party.as_ref().ok().map(|party| party.origin.clone()),
        obstacle: party.err().map(|obstacle| obstacle.to_string()),
    }))
}

/// What is asked of somebody before they add a passkey: it lets in whoever has it, as a password does.
pub(super) async fn proof(permit: &Permit<ToVisit>, debrief: &Debrief) -> Result<PasskeyProof, ApiError> {
    let began = match permit.session() {
        Some(session) => debrief.store.find_session_start(session).await?,
        None => None,
    };
    if began.is_some_and(|began| clock::now() - began < TimeDelta::minutes(FRESH_MINUTES)) {
        return Ok(PasskeyProof::Nothing);
    }
    let has_password = debrief.store.find_lock_of(&permit.person().id).await?.is_some();
    Ok(if has_password { PasskeyProof::Password } else { PasskeyProof::NewSession })
}

/// Adds a passkey that this browser has made.
pub async fn create(
    permit: Permit<ToVisit>,
    State(debrief): State<Debrief>,
    headers: HeaderMap,
    Body(NewPasskey { name, credential }): Body<NewPasskey>,
) -> Result<Response, ApiError> {
    let name = clean_name(&name)?;
    let public_url = debrief.public_url.as_ref();
    let party = relying_party(&debrief, &headers)?;
    let answer = RegistrationAnswer::read(&credential).map_err(|distrust| unfit(&distrust))?;
    let challenge = answer.challenge().map_err(|distrust| unfit(&distrust))?;
    let browser = attempt_secret(&challenge, &headers, public_url);
    let user = permit.person().id.clone();
    let fresh = examine(&debrief.store, &party, &answer, browser.as_deref(), &user).await?;
    let passkey = KeptPasskey {
        id: random::id(PasskeyId::new),
        credential: fresh.id,
        user,
        name,
        made_for: party.name.clone(),
        public_key: fresh.public_key,
        state: fresh.state,
        transports: fresh.transports,
        created_at: clock::now(),
        used_at: None,
    };
    let adding = debrief.announcer.write_by(permit.grounds(), async move |mut write| {
        add(&mut write, &passkey).await?;
        write.record(Deed::new(AuditAction::PasskeyAdded).to(&passkey.name)).await?;
        write.commit_all(Vec::new()).await?;
        Ok(passkey)
    });
    let answer = created(shown(adding.await?, Some(&party.name)));
    Ok(with_cookies(&[ended_attempt_cookie(&challenge, public_url)], answer))
}

/// Gives a passkey another name.
pub async fn update(
    permit: Permit<ToVisit>,
    State(debrief): State<Debrief>,
    Path(id): Path<PasskeyId>,
    Body(PasskeyChange { name }): Body<PasskeyChange>,
) -> Result<Response, ApiError> {
    let (name, user) = (clean_name(&name)?, permit.person().id.clone());
    let changing = debrief.announcer.write_by(permit.grounds(), async move |mut write| {
        if !passkeys::set_name(&mut write, &user, &id, &name).await? {
            return Err(ApiError::NotFound("passkey"));
        }
        write.commit_all(Vec::new()).await
    });
    changing.await?;
    Ok(done())
}

/// Removes a passkey; every other browser that came in by it is signed out.
pub async fn delete(
    permit: Permit<ToVisit>,
    State(debrief): State<Debrief>,
    Path(id): Path<PasskeyId>,
) -> Result<Response, ApiError> {
    let (user, kept) = (permit.person().id.clone(), permit.session().cloned());
    let removing = debrief.announcer.write_by(permit.grounds(), async move |mut write| {
        sessions::delete_of_passkey(&mut write, &user, &id, kept.as_ref()).await?;
        let name = passkeys::delete(&mut write, &user, &id).await?.ok_or(ApiError::NotFound("passkey"))?;
        write.record(Deed::new(AuditAction::PasskeyRemoved).to(name)).await?;
        write.commit(Announcement::Account(user)).await
    });
    removing.await?;
    Ok(done())
}

/// A name as it is kept.
fn clean_name(name: &str) -> Result<String, ApiError> {
    let (name, most) = (name.split_whitespace().collect::<Vec<_>>().join(" "), limits::PASSKEY_NAME);
    match name.chars().count() {
        0 => Err(ApiError::Invalid("Give the passkey a name, by which you will tell it from others.".into())),
        length if length > most => {
            Err(ApiError::Invalid(format!("The name of a passkey has at most {most} characters.")))
        }
        _ => Ok(name),
    }
}

/// A passkey as its person sees it, at a server of this name.
fn shown(passkey: KeptPasskey, server: Option<&str>) -> Passkey {
    let KeptPasskey { id, name, created_at, used_at, made_for, .. } = passkey;
    Passkey { id, name, created_at, used_at, made_for: Some(made_for).filter(|name| server != Some(name.as_str())) }
}
