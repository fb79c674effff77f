//! Sessions: signing in and out, who this browser is, and where somebody is signed in.

use crate::access::{
    Permit, SignInAnswer, ToEnter, ToVisit, Verdict, attempt_secret, check_password, cookie, device,
    ended_attempt_cookie, token_hash,
};
use crate::callers::Address;
use crate::error::{ApiError, created, done, with_cookies};
use crate::http::request::{Body, Path, relying_party};
use crate::store::accounts::{Account, PasswordLock};
use crate::store::announcements::Announcement;
use crate::store::audit::{Actor, Deed};
use crate::store::sessions::Credential;
use crate::store::{StoreError, accounts, head_rows, links, passkeys, providers, sessions};
use crate::work::joining::{self, SessionStart, clean_mail};
use crate::work::passkeys::{Recognised, let_in, recognise, refused};
use crate::{Debrief, clock, random};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use chrono::TimeDelta;
use chrono_tz::TZ_VARIANTS;
use postmortem::api::{self, Devices, LinkKind, NewSession, PasswordChange, ProfileChange, SignedIn, TeamSettings};
use postmortem::person::{clean_initials, clean_name};
use postmortem::{AuditAction, SessionId, UserId};
use sqlx::SqliteConnection;

/// Who is signed in in this browser; null before anybody is, which is no error.
pub async fn show(permit: Permit<ToEnter>, State(debrief): State<Debrief>) -> Result<Json<Option<SignedIn>>, ApiError> {
    let Some(visitor) = permit.visitor() else { return Ok(Json(None)) };
    Ok(Json(Some(signed_in(&debrief, &visitor.account, team_name(&debrief).await?).await?)))
}

/// Signs in, by mail address and password, by a one-time link or by a passkey.
pub async fn create(
    permit: Permit<ToEnter>,
    State(debrief): State<Debrief>,
    headers: HeaderMap,
    Body(new): Body<NewSession>,
) -> Result<Response, ApiError> {
    let entry = match new {
        NewSession::Password { mail, password } => by_password(&permit, &debrief, mail, password).await?,
        NewSession::Link { token, new_password } => by_link(&permit, &debrief, &token, new_password).await?,
        NewSession::Passkey { passkey, person } => {
            let answer = SignInAnswer::read(&passkey).map_err(|distrust| refused(&distrust))?;
            by_passkey(&permit, &debrief, &headers, &answer, person).await?
        }
    };
    let (cookie, mut start) = fresh_session(&permit, &headers);
    start.passkey = entry.recognised.as_ref().map(|recognised| recognised.passkey.clone());
    let over = entry.recognised.as_ref().map(|recognised| recognised.challenge.as_str());
    let over: Vec<_> =
        over.into_iter().map(|challenge| ended_attempt_cookie(challenge, debrief.public_url.as_ref())).collect();
    let (former, account) = (Former::of(&permit), entry.account.clone());
    let entering = debrief.announcer.write(async move |mut write| {
        let team = enter(&mut write, &entry, former.as_ref(), &start).await?;
        let how = match (&entry.recognised, &entry.link) {
            (Some(_), _) => "with a passkey",
            (None, Some(_)) => "with a one-time link",
            (None, None) => "with a password",
        };
        let actor = start.actor(&entry.account.person.id);
        write.record_by(actor, Deed::new(AuditAction::SignedIn).how(how)).await?;
        if entry.ends_others {
            write.record(Deed::new(AuditAction::PasswordChosen)).await?;
        }
        let ended = entry.ends_others.then_some(entry.account.person.id);
        let announcements = ended.into_iter().chain(former.map(|former| former.user)).map(Announcement::Account);
        write.commit_all(announcements.collect()).await?;
        Ok(team)
    });
    let team = entering.await?;
    let answer = created(signed_in(&debrief, &account, team.name.clone()).await?);
    Ok(with_cookies(&over, with_cookie(&debrief, &cookie, &team, answer)))
}

/// The session that this browser had until somebody came in anew.
pub(super) struct Former {
    pub user: UserId,
    session: SessionId,
}

impl Former {
    pub fn of(permit: &Permit<ToEnter>) -> Option<Self> {
        let visitor = permit.visitor()?;
        Some(Self { user: visitor.account.person.id.clone(), session: visitor.session.clone()? })
    }

    /// Ends it, in a write.
    pub async fn end(&self, write: &mut SqliteConnection) -> Result<(), StoreError> {
        sessions::delete(write, &self.user, &self.session).await.map(drop)
    }
}

/// Lets somebody in, in a write; the session before in this browser ends.
async fn enter(
    write: &mut SqliteConnection,
    entry: &Entry,
    former: Option<&Former>,
    start: &SessionStart,
) -> Result<TeamSettings, ApiError> {
    let user = &entry.account.person.id;
    if let Some(secret) = &entry.link {
        // Of two who come with the same link at once, one is too late.
        let link = links::find(write, secret, clock::now()).await?.ok_or(ApiError::LinkEnded)?;
        links::mark_joined(write, &link.id).await?;
    }
    if let Some(verified) = &entry.verified {
        expect_password(write, user, verified).await?;
    }
    if let Some(recognised) = &entry.recognised {
        let_in(write, recognised).await?;
    }
    if let Some(password) = &entry.new_password {
        accounts::set_password(write, user, password).await?;
    }
    if entry.ends_others {
        sessions::delete_others(write, user, None).await?;
        links::delete_of(write, user).await?;
        // Somebody else may be who a provider knows as them. They are found again by an address that it has verified.
        providers::delete_identities_of(write, user).await?;
        // Nor is it known who has the devices that they came in by.
        passkeys::delete_of(write, user).await?;
    }
    if let Some(former) = former {
        former.end(write).await?;
    }
    let team = joining::settled_team(write).await?;
    joining::begin_session(write, user, &team, start).await?;
    Ok(team)
}

/// That a password is still the one that was held against another. That took a while, in which somebody may have changed it
/// or suspended the account, and ended every session for it.
async fn expect_password(write: &mut SqliteConnection, user: &UserId, verified: &str) -> Result<(), ApiError> {
    if accounts::has_password(write, user, verified).await? { Ok(()) } else { Err(ApiError::SignInFailed) }
}

/// How somebody came in.
struct Entry {
    account: Account,
    /// The hash of the password that they gave.
    verified: Option<String>,
    /// The passkey that they used.
    recognised: Option<Recognised>,
    /// The hash of the link that is used up.
    link: Option<Credential>,
    /// The hash that is to be kept of their password.
    new_password: Option<String>,
    /// Whether they leave everywhere else.
    ends_others: bool,
}

impl Entry {
    fn of(account: Account) -> Self {
        Self { account, verified: None, recognised: None, link: None, new_password: None, ends_others: false }
    }
}

async fn by_password(
    permit: &Permit<ToEnter>,
    debrief: &Debrief,
    mail: String,
    password: String,
) -> Result<Entry, ApiError> {
    let mail = clean_mail(&mail).map_err(|_| ApiError::SignInFailed)?;
    let address = permit.from();
    let is_at_home = debrief.store.is_signed_in_from(&mail, &address.ip().to_string()).await?;
    if let Err(refused) = debrief.access.quotas.take_sign_in(address, &mail, is_at_home) {
        note_refusal(debrief, address, mail).await?;
        return Err(refused);
    }
    let lock = debrief.store.find_lock(&mail).await?;
    let kept = lock.as_ref().map(|lock| lock.password.clone());
    let new_password = match debrief.access.passwords.verify(password, kept.clone()).await? {
        Verdict::Wrong => return Err(ApiError::SignInFailed),
        Verdict::Right => None,
        Verdict::RightAndOutdated(renewed) => Some(renewed),
    };
    let lock = lock.ok_or(ApiError::SignInFailed)?;
    if lock.is_suspended {
        return Err(ApiError::Suspended);
    }
    Ok(Entry { verified: kept, new_password, ..Entry::of(lock.account) })
}

async fn by_passkey(
    permit: &Permit<ToEnter>,
    debrief: &Debrief,
    headers: &HeaderMap,
    answer: &SignInAnswer,
    person: Option<UserId>,
) -> Result<Entry, ApiError> {
    debrief.access.quotas.take_entry(permit.from())?;
    let challenge = answer.challenge().map_err(|distrust| refused(&distrust))?;
    let browser = attempt_secret(&challenge, headers, debrief.public_url.as_ref());
    let recognised = recognise(&debrief.store, &relying_party(debrief, headers)?, answer, browser.as_deref()).await?;
    let account = recognised.account.clone();
    if person.is_some_and(|person| person != account.person.id) {
        return Err(ApiError::PasskeyOfAnother);
    }
    Ok(Entry { recognised: Some(recognised), ..Entry::of(account) })
}

/// Puts into the audit log that too many attempts were made to sign in as somebody, whoever that is: once a day for each
/// address and account, and of one address only the first accounts.
async fn note_refusal(debrief: &Debrief, address: Address, mail: String) -> Result<(), ApiError> {
    let (address, now) = (address.ip().to_string(), clock::now());
    let told = debrief.store.list_refusals(&address, now - TimeDelta::days(1)).await?;
    if told.len() >= MOST_REFUSALS || told.contains(&mail) {
        return Ok(());
    }
    let is_last = told.len() + 1 == MOST_REFUSALS;
    let how = if is_last { "too many attempts; no others of this address are told today" } else { "too many attempts" };
    let deed = Deed::new(AuditAction::SignInRefused).to(mail).how(how);
    Ok(debrief.store.record(now, &Actor::Debrief { address }, &deed).await?)
}

async fn by_link(
    permit: &Permit<ToEnter>,
    debrief: &Debrief,
    token: &str,
    new_password: Option<String>,
) -> Result<Entry, ApiError> {
    debrief.access.quotas.take_entry(permit.from())?;
    let secret = token_hash(token);
    let link = debrief.store.find_link(&secret, clock::now()).await?.ok_or(ApiError::LinkEnded)?;
    let found = match &link.user {
        Some(user) => debrief.store.find_account(user).await?,
        None => None,
    };
    let account = found.filter(|listed| listed.suspended_at.is_none()).ok_or(ApiError::LinkEnded)?.account;
    match (link.kind, new_password) {
        (LinkKind::SignIn, None) => Ok(Entry { link: Some(secret), ..Entry::of(account) }),
        (LinkKind::NewPassword, Some(password)) => {
            check_password(&password, &[&account.person.name, account.mail.as_deref().unwrap_or_default()])?;
            let hash = debrief.access.passwords.hash(password).await?;
            Ok(Entry { link: Some(secret), new_password: Some(hash), ends_others: true, ..Entry::of(account) })
        }
        (LinkKind::NewPassword, None) => Err(ApiError::Invalid("Choose the new password.".into())),
        (LinkKind::SignIn, Some(_)) => Err(ApiError::Invalid("This link signs in, and changes no password.".into())),
        (LinkKind::Setup | LinkKind::Invitation, _) => Err(ApiError::LinkEnded),
    }
}

/// As how many people an address is told to have been refused in a day.
const MOST_REFUSALS: usize = 5;

/// Of how many post-mortems that somebody owns the log is told at once that they have another name; whoever opens the log later
/// reads it anyway.
const MOST_OWNED: u32 = 200;

/// Changes how one is shown, everywhere.
pub async fn update(
    permit: Permit<ToVisit>,
    State(debrief): State<Debrief>,
    Body(change): Body<ProfileChange>,
) -> Result<Json<SignedIn>, ApiError> {
    let mut account = permit.account().clone();
    if let Some(name) = change.name {
        account.person.name = clean_name(&name).map_err(|error| ApiError::Invalid(error.to_string()))?;
    }
    account.person.color = change.color.unwrap_or(account.person.color);
    if let Some(initials) = change.initials {
        account.person.initials = clean_initials(&initials).map_err(|error| ApiError::Invalid(error.to_string()))?;
    }
    let time_zone = change.time_zone.as_deref().map(clean_zone).transpose()?;
    let (person, before) = (account.person.clone(), permit.person().clone());
    let changing = debrief.announcer.write_by(permit.grounds(), async move |mut write| {
        accounts::set_shown(&mut write, &person).await?;
        if person.name != before.name {
            write.record(Deed::new(AuditAction::Renamed).set(&person.name, &before.name)).await?;
        }
        if let Some(zone) = time_zone {
            accounts::set_time_zone(&mut write, &person.id, zone).await?;
        }
        if person == before {
            return write.commit_all(Vec::new()).await;
        }
        // The log names them as the owner, also where nobody is.
        let most = if person.name == before.name { 0 } else { MOST_OWNED };
        let owned = head_rows::list_owned(&mut write, &person.id, most).await?;
        let heads = owned.into_iter().map(Announcement::Head);
        write.commit_all(std::iter::once(Announcement::Renamed(person.id)).chain(heads).collect()).await
    });
    changing.await?;
    Ok(Json(signed_in(&debrief, &account, team_name(&debrief).await?).await?))
}

/// Changes one's password; every other browser is signed out.
pub async fn update_password(
    permit: Permit<ToVisit>,
    State(debrief): State<Debrief>,
    Body(PasswordChange { old, new }): Body<PasswordChange>,
) -> Result<Response, ApiError> {
    let (address, user) = (permit.address(), permit.person().id.clone());
    let nothing =
        || ApiError::Invalid("You sign in without a password. An admin can send you a link to choose one.".into());
    let PasswordLock { account, password, .. } = debrief.store.find_lock_of(&user).await?.ok_or_else(nothing)?;
    let mail = account.mail.unwrap_or_default();
    debrief.access.quotas.take_sign_in(address, &mail, true)?;
    if debrief.access.passwords.verify(old, Some(password.clone())).await? == Verdict::Wrong {
        return Err(ApiError::SignInFailed);
    }
    check_password(&new, &[&account.person.name, &mail])?;
    let hash = debrief.access.passwords.hash(new).await?;
    let kept = permit.session().cloned();
    let changing = debrief.announcer.write_by(permit.grounds(), async move |mut write| {
        expect_password(&mut write, &user, &password).await?;
        accounts::set_password(&mut write, &user, &hash).await?;
        write.record(Deed::new(AuditAction::PasswordChosen)).await?;
        sessions::delete_others(&mut write, &user, kept.as_ref()).await?;
        links::delete_of(&mut write, &user).await?;
        write.commit(Announcement::Account(user)).await
    });
    changing.await?;
    Ok(done())
}

/// Where one is signed in.
pub async fn list(permit: Permit<ToVisit>, State(debrief): State<Debrief>) -> Result<Json<Devices>, ApiError> {
    let rows = debrief.store.list_sessions(&permit.person().id).await?;
    let devices = rows.into_iter().map(|row| api::Device {
        is_this: permit.session() == Some(&row.id),
        id: row.id,
        label: row.device,
        signed_in_at: row.created_at,
        used_at: row.used_at,
        ends_at: row.ends_at,
    });
    Ok(Json(Devices { devices: devices.collect() }))
}

/// Signs one of one's browsers out.
pub async fn delete(
    permit: Permit<ToVisit>,
    State(debrief): State<Debrief>,
    Path(session): Path<SessionId>,
) -> Result<Response, ApiError> {
    let user = permit.person().id.clone();
    let ending = debrief.announcer.write_by(permit.grounds(), async move |mut write| {
        let device = sessions::find_device(&mut write, &user, &session).await?.ok_or(ApiError::NotFound("device"))?;
        // Before it is gone: it may be the one that asks.
        write.record(Deed::new(AuditAction::SignedOut).to(device)).await?;
        sessions::delete(&mut write, &user, &session).await?;
        write.commit(Announcement::Account(user)).await
    });
    ending.await?;
    Ok(done())
}

/// The secret of a session that is about to begin, and what is kept of it.
pub(super) fn fresh_session(permit: &Permit<ToEnter>, headers: &HeaderMap) -> (String, SessionStart) {
    let token = random::token();
    let address = permit.from().ip().to_string();
    let start = SessionStart { token_hash: token_hash(&token), device: device(headers), address, passkey: None };
    (token, start)
}

/// An answer with the cookie of a session that has begun.
pub(super) fn with_cookie(debrief: &Debrief, token: &str, team: &TeamSettings, answer: Response) -> Response {
    with_cookies(&[cookie(token, team.session_days, debrief.public_url.as_ref())], answer)
}

/// The zone that somebody typed, as the zone database writes it; none where they typed nothing.
fn clean_zone(text: &str) -> Result<Option<&'static str>, ApiError> {
    let name = text.trim();
    if name.is_empty() {
        return Ok(None);
    }
    let known = TZ_VARIANTS.iter().map(|zone| zone.name()).find(|known| known.eq_ignore_ascii_case(name));
    known.map(Some).ok_or_else(|| {
        ApiError::Invalid(
            "There is no such time zone here. Choose one from the list, such as Europe/Berlin, or leave it empty."
                .into(),
        )
    })
}

/// Somebody who is signed in, and what only they are told of themselves.
pub(super) async fn signed_in(debrief: &Debrief, account: &Account, team: String) -> Result<SignedIn, ApiError> {
    Ok(SignedIn {
        person: account.person.clone(),
        mail: account.mail.clone(),
        role: account.role,
        capabilities: account.role.capabilities(),
        team,
        time_zone: debrief.store.find_time_zone(&account.person.id).await?,
        has_password: debrief.store.find_lock_of(&account.person.id).await?.is_some(),
    })
}

async fn team_name(debrief: &Debrief) -> Result<String, ApiError> {
    Ok(debrief.store.find_team().await?.map(|team| team.name).unwrap_or_default())
}
