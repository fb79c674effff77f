//! How people come into the team: by one-time links, of which the secret is told once and only its hash is kept.

use crate::access::Grounds;
use crate::error::ApiError;
use crate::store::accounts::{self, Account};
use crate::store::audit::{self, Actor, Deed};
use crate::store::links::{self, OneTimeLink};
use crate::store::sessions::{self, StartedSession};
use crate::store::{Store, StoreError, people, team};
use crate::{clock, random};
use chrono::{DateTime, TimeDelta, Utc};
use postmortem::api::{LinkKind, TeamSettings};
use postmortem::{
    AuditAction, InvitationId, PageReaders, PasskeyId, Person, PostmortemRole, SessionId, TeamRole, UserId,
};
use sqlx::SqliteConnection;

/// For how long a link holds that is for one person who waits for it.
const A_DAY: TimeDelta = TimeDelta::hours(24);

/// What a link of an operator or an admin is for.
#[derive(Debug, Clone)]
pub struct LinkWanted {
    pub kind: LinkKind,
    pub role: TeamRole,
    pub mail: Option<String>,
    pub user: Option<UserId>,
    pub people: u32,
    pub made_by: Option<UserId>,
    pub holds: TimeDelta,
}

/// A link that was made, with its secret, which is kept nowhere.
#[derive(Debug)]
pub struct FreshLink {
    pub token: String,
    pub link: OneTimeLink,
}

impl FreshLink {
    /// The whole link, at a server that is reached there. The secret stands behind the #, which browsers send to nobody.
    pub fn url(&self, origin: &str) -> String {
        format!("{origin}/link#{}", self.token)
    }
}

/// Somebody who is to have an account.
#[derive(Debug, Clone)]
pub struct Joining {
    pub name: String,
    /// As [`clean_mail`] gives it.
    pub mail: String,
    /// Whether a link named it or a provider has verified it.
    pub is_mail_proven: bool,
    /// In PHC form; none of whoever signs in with a provider alone.
    pub password: Option<String>,
    pub role: TeamRole,
}

/// A session that begins: the secret for its cookie, and from where.
#[derive(Debug, Clone)]
pub struct SessionStart {
    pub token_hash: Vec<u8>,
    pub device: String,
    pub address: String,
    /// The passkey by which it begins.
    pub passkey: Option<PasskeyId>,
}

impl SessionStart {
    /// Whose session it is, for the audit log.
    pub fn actor(&self, user: &UserId) -> Actor {
        Actor::Person { user: user.clone(), device: self.device.clone(), address: self.address.clone() }
    }
}

/// What holds for a team of which nobody has said anything.
pub fn usual_team(name: String) -> TeamSettings {
    TeamSettings {
        name,
        members_are: PostmortemRole::Editor,
        pages_are_for: PageReaders::Link,
        idle_days: 30,
        session_days: 180,
        domains: Vec::new(),
        audit_days: Some(team::AUDIT_DAYS),
    }
}

/// A mail address in the form in which accounts have it.
///
/// # Errors
/// When it is none.
pub fn clean_mail(text: &str) -> Result<String, ApiError> {
    let mail = text.trim().to_lowercase();
    let is_plain =
        mail.len() <= 254 && !mail.chars().any(|character| character.is_whitespace() || character.is_control());
    match mail.rsplit_once('@') {
        Some((local, domain)) if is_plain && !local.is_empty() && !domain.is_empty() => Ok(mail),
        _ => Err(ApiError::Invalid("Write the whole mail address, such as mara@example.org.".into())),
    }
}

async fn make_link(write: &mut SqliteConnection, wanted: LinkWanted) -> Result<FreshLink, StoreError> {
    let now = clock::now();
    let LinkWanted { kind, role, mail, user, people, made_by, holds } = wanted;
    if kind == LinkKind::Setup {
        links::delete_kind(write, kind).await?;
    }
    let id = random::id(InvitationId::new);
    let link = OneTimeLink { id, kind, role, mail, user, people, joined: 0, made_by, ends_at: now + holds };
    let token = random::token();
    links::insert(write, &crate::access::token_hash(&token), &link, now).await?;
    Ok(FreshLink { token, link })
}

/// Makes a link, in a write of its own: it is told to whoever asked for it alone.
///
/// # Errors
/// When the store failed.
pub async fn keep_link(store: &Store, grounds: Option<&Grounds>, wanted: LinkWanted) -> Result<FreshLink, ApiError> {
    let mut write = store.write().await?;
    if let Some(grounds) = grounds {
        grounds.hold(&mut write).await?;
    }
    let subject = wanted.mail.clone().unwrap_or_else(|| "whoever has the link".to_owned());
    let deed = match wanted.kind {
        LinkKind::Invitation => Deed::new(AuditAction::Invited).how(format!("as {}", wanted.role.code())),
        LinkKind::NewPassword => Deed::new(AuditAction::LinkMade).how("to choose a new password"),
        LinkKind::SignIn => Deed::new(AuditAction::LinkMade).how("to sign in"),
        LinkKind::Setup => Deed::new(AuditAction::LinkMade).how("to set the team up"),
    };
    let actor = grounds.map_or(Actor::Operator, Grounds::actor);
    audit::insert(&mut write, clock::now(), &actor, &deed.to(subject)).await?;
    let fresh = make_link(&mut write, wanted).await?;
    write.commit().await?;
    Ok(fresh)
}

/// Withdraws an invitation, which leads nowhere any more; whether there was one.
///
/// # Errors
/// When the store failed.
pub async fn withdraw(store: &Store, grounds: &Grounds, id: &InvitationId) -> Result<bool, ApiError> {
    let mut write = store.write().await?;
    grounds.hold(&mut write).await?;
    let was_there = links::delete_invitation(&mut write, id).await?;
    if was_there {
        let deed = Deed::new(AuditAction::InvitationWithdrawn);
        audit::insert(&mut write, clock::now(), &grounds.actor(), &deed).await?;
    }
    write.commit().await?;
    Ok(was_there)
}

/// The link by which the first account is made; nothing where somebody looks after the team already.
///
/// # Errors
/// When the store failed.
pub async fn first_link(store: &Store) -> Result<Option<FreshLink>, StoreError> {
    if store.is_set_up().await? {
        return Ok(None);
    }
    let mut write = store.write().await?;
    let first = make_link(&mut write, operator_link(LinkKind::Setup, TeamRole::Admin, None, None)).await?;
    write.commit().await?;
    Ok(Some(first))
}

/// The link that an operator asks for: the one for the first account as long as there is none; for the mail address of an
/// account one that signs in; otherwise an invitation.
///
/// # Errors
/// When the store failed, or the mail address is none.
pub async fn operators_link(store: &Store, role: TeamRole, mail: Option<String>) -> Result<FreshLink, ApiError> {
    if let Some(first) = first_link(store).await? {
        return Ok(first);
    }
    let mail = mail.map(|mail| clean_mail(&mail)).transpose()?;
    let known = match &mail {
        // Whoever signs in with a provider alone has no password.
        Some(mail) => store.find_account_by_mail(mail).await?.filter(|listed| listed.suspended_at.is_none()),
        None => None,
    };
    let wanted = match known {
        Some(listed) => {
            let Account { person, role, .. } = listed.account;
            operator_link(LinkKind::SignIn, role, mail, Some(person.id))
        }
        None => operator_link(LinkKind::Invitation, role, mail, None),
    };
    keep_link(store, None, wanted).await
}

fn operator_link(kind: LinkKind, role: TeamRole, mail: Option<String>, user: Option<UserId>) -> LinkWanted {
    LinkWanted { kind, role, mail, user, people: 1, made_by: None, holds: A_DAY }
}

/// The link by which somebody chooses a new password, made by an admin.
pub fn password_link(account: &Account, made_by: &UserId) -> LinkWanted {
    LinkWanted {
        kind: LinkKind::NewPassword,
        role: account.role,
        mail: account.mail.clone(),
        user: Some(account.person.id.clone()),
        people: 1,
        made_by: Some(made_by.clone()),
        holds: A_DAY,
    }
}

/// Makes an account.
///
/// # Errors
/// When the mail address has one, or the store failed.
pub async fn make_account(write: &mut SqliteConnection, joining: &Joining) -> Result<Account, ApiError> {
    let person = make_person(write, &joining.name).await?;
    let account = Account { person, mail: Some(joining.mail.clone()), role: joining.role };
    let (password, is_proven) = (joining.password.as_deref(), joining.is_mail_proven);
    let is_new = accounts::insert(write, &account, password, is_proven, clock::now()).await?;
    if is_new { Ok(account) } else { Err(ApiError::MailTaken) }
}

async fn make_person(write: &mut SqliteConnection, name: &str) -> Result<Person, StoreError> {
    let color = people::next_color(write).await?;
    let person = Person { id: random::id(UserId::new), name: name.to_owned(), color, initials: None };
    people::insert_user(write, &person, clock::now()).await?;
    Ok(person)
}

/// The team's settings; those of a team of which nobody has said anything where there are none yet, which are kept then.
///
/// # Errors
/// When the store failed.
pub async fn settled_team(write: &mut SqliteConnection) -> Result<TeamSettings, StoreError> {
    match team::find(write).await? {
        Some(team) => Ok(team),
        None => {
            let usual = usual_team("Debrief".into());
            team::set(write, &usual).await?;
            Ok(usual)
        }
    }
}

/// Begins a session.
///
/// # Errors
/// When the store failed.
pub async fn begin_session(
    write: &mut SqliteConnection,
    user: &UserId,
    team: &TeamSettings,
    start: &SessionStart,
) -> Result<(), StoreError> {
    let now = clock::now();
    let id = random::id(SessionId::new);
    let started = StartedSession {
        token_hash: &start.token_hash,
        id: &id,
        user,
        device: &start.device,
        address: &start.address,
        passkey: start.passkey.as_ref(),
        created_at: now,
        ends_at: later(now, team.session_days),
    };
    sessions::insert(write, &started).await
}

fn later(now: DateTime<Utc>, days: u32) -> DateTime<Utc> {
    now.checked_add_signed(TimeDelta::days(days.into())).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// A token for a program of this name, which has an account of its own; another token where there is one already. The first
/// of an admin sets the team up.
///
/// # Errors
/// When the name is none, or the store failed.
pub async fn make_token(store: &Store, name: &str, role: TeamRole) -> Result<String, ApiError> {
    let name = postmortem::person::clean_name(name).map_err(|error| ApiError::Invalid(error.to_string()))?;
    let mut write = store.write().await?;
    settled_team(&mut write).await?;
    let account = match accounts::find_program(&mut write, &name, role).await? {
        Some(account) => account,
        None => {
            let account = Account { person: make_person(&mut write, &name).await?, mail: None, role };
            accounts::insert(&mut write, &account, None, false, clock::now()).await?;
            account
        }
    };
    let token = random::token();
    sessions::insert_token(&mut write, &crate::access::token_hash(&token), &account.person.id, clock::now()).await?;
    if role == TeamRole::Admin {
        links::delete_kind(&mut write, LinkKind::Setup).await?;
    }
    let deed = Deed::new(AuditAction::TokenMade).to(name).how(format!("as {}", role.code()));
    audit::insert(&mut write, clock::now(), &Actor::Operator, &deed).await?;
    write.commit().await?;
    Ok(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_address_is_kept_in_one_form() {
        assert_eq!(clean_mail(" Mara@Harbour.Example ").ok().as_deref(), Some("mara@harbour.example"));
        for text in
            ["", "mara", "@harbour.example", "mara@", "ma ra@harbour.example", &format!("{}@x", "a".repeat(300))]
        {
            assert!(clean_mail(text).is_err(), "{text}");
        }
    }

    #[tokio::test]
    async fn the_link_for_the_first_account_is_one_at_a_time_and_ends_with_the_first_admin() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("debrief.db")).await.expect("a store");
        let find =
            async |token: &str| store.find_link(&crate::access::token_hash(token), clock::now()).await.expect("read");
        let first = first_link(&store).await.expect("made").expect("nobody is there");
        let second = operators_link(&store, TeamRole::Member, None).await.expect("made");
        assert_eq!(second.link.kind, LinkKind::Setup, "whatever is asked for, the first is an admin");
        assert!(find(&first.token).await.is_none() && find(&second.token).await.is_some());
        make_token(&store, "Reader", TeamRole::Member).await.expect("made");
        assert!(find(&second.token).await.is_some(), "a program that is no admin looks after nobody");
        make_token(&store, "Deploys", TeamRole::Admin).await.expect("made");
        assert!(find(&second.token).await.is_none());
        assert!(first_link(&store).await.expect("read").is_none());
        let invitation = operators_link(&store, TeamRole::Member, Some("Mara@x.example".into())).await.expect("made");
        assert_eq!(
            (invitation.link.kind, invitation.link.mail.as_deref()),
            (LinkKind::Invitation, Some("mara@x.example"))
        );
    }
}
