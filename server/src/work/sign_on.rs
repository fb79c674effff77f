//! Who somebody is here whom a provider has signed in: by what the provider calls them, by a mail address that it has verified,
//! or somebody new where the rules let them in.

use super::entry_rules::{role_of_known, role_of_new};
use super::joining::{self, Joining, clean_mail};
use crate::access::{ATTEMPT_SECONDS, token_hash};
use crate::clock;
use crate::error::ApiError;
use crate::openid::{AttemptSecrets, ClaimedPerson};
use crate::store::accounts::{self, Account, ListedAccount};
use crate::store::audit::Deed;
use crate::store::providers::{self, KeptProvider};
use crate::store::sign_in_attempts::{self, BegunSignIn};
use crate::store::{Store, StoreError, links, passkeys, sessions};
use chrono::TimeDelta;
use postmortem::api::{SignInProblem, TeamSettings};
use postmortem::{AuditAction, TeamRole, UserId};
use sqlx::SqliteConnection;

/// Remembers that a browser has left for a provider, by hashes of what both will bring back.
///
/// # Errors
/// When the store failed.
pub async fn keep_attempt(store: &Store, secrets: &AttemptSecrets, begun: &BegunSignIn) -> Result<(), StoreError> {
    let ends_at = clock::now() + TimeDelta::seconds(ATTEMPT_SECONDS.into());
    let mut write = store.write().await?;
    let (state, browser) = (token_hash(&secrets.state), token_hash(&secrets.browser));
    sign_in_attempts::insert(&mut write, &state, &browser, begun, ends_at).await?;
    write.commit().await
}

/// Uses up what is remembered of them; nothing where there is none, or it took too long.
///
/// # Errors
/// When the store failed.
pub async fn take_attempt(store: &Store, secrets: &AttemptSecrets) -> Result<Option<BegunSignIn>, StoreError> {
    let mut write = store.write().await?;
    let (state, browser) = (token_hash(&secrets.state), token_hash(&secrets.browser));
    let begun = sign_in_attempts::take(&mut write, &state, &browser, clock::now()).await?;
    write.commit().await?;
    Ok(begun)
}

/// Somebody who may come in.
#[derive(Debug)]
pub struct SignedOn {
    pub account: Account,
    /// Whether what they may do, or by what they come in, is not what it was: open pages have to hear of it.
    pub has_changed: bool,
    /// What came of it beside the sign-in, for the audit log.
    pub deeds: Vec<Deed>,
}

/// Somebody who has an account.
struct Known {
    listed: ListedAccount,
    /// Whether they are now found by a mail address, and from then on by what the provider calls them.
    is_linked_now: bool,
}

/// Finds or makes the account of somebody whom the provider `asked` has signed in, in a write. Where it answers with a problem,
/// the write is to be given up.
///
/// # Errors
/// When the store failed.
pub async fn sign_on(
    write: &mut SqliteConnection,
    asked: &KeptProvider,
    person: &ClaimedPerson,
    team: &TeamSettings,
) -> Result<Result<SignedOn, SignInProblem>, ApiError> {
    let Some(provider) = current(write, asked).await? else { return Ok(Err(SignInProblem::Ended)) };
    let found = match find(write, &provider, person).await? {
        Ok(found) => found,
        Err(problem) => return Ok(Err(problem)),
    };
    let Some(Known { listed, is_linked_now }) = found else {
        return Ok(match make(write, &provider, person, team).await? {
            Ok(account) => {
                let how = format!("as {}, by {}", account.role.code(), provider.name);
                let deeds = vec![Deed::new(AuditAction::AccountMade).how(how)];
                Ok(SignedOn { account, has_changed: false, deeds })
            }
            Err(problem) => Err(problem),
        });
    };
    if listed.suspended_at.is_some() {
        return Ok(Err(SignInProblem::Suspended));
    }
    let is_proven_now = is_linked_now && !listed.is_mail_proven;
    if is_proven_now {
        hand_to_owner(write, &listed.account.person.id).await?;
    }
    let before = listed.account.role;
    let (account, has_other_role) = with_role(write, listed.account, &provider, person, team).await?;
    let mut deeds = Vec::new();
    if is_proven_now {
        deeds.push(Deed::new(AuditAction::MailProven).how(format!("by {}", provider.name)));
    }
    if has_other_role {
        let how = format!("{}, before {}, as {} says", account.role.label(), before.label(), provider.name);
        deeds.push(Deed::new(AuditAction::RoleChanged).to(&account.person.name).how(how));
    }
    Ok(Ok(SignedOn { account, has_changed: has_other_role || is_proven_now, deeds }))
}

/// The provider as it is by now: asking takes a while, in which an admin may have changed it. None where what was asked holds
/// for it no more, or another claim than was read gives roles.
async fn current(write: &mut SqliteConnection, asked: &KeptProvider) -> Result<Option<KeptProvider>, StoreError> {
    let claim = |provider: &KeptProvider| provider.rules.claim.as_ref().map(|claim| claim.name.clone());
    let now = providers::find(write, &asked.id).await?;
    Ok(now.filter(|now| !now.ends_sign_ins_of(asked) && (now.rules.claim.is_none() || claim(now) == claim(asked))))
}

/// Ends every way into an account by which somebody may come who only typed its mail address. What they wrote stays.
async fn hand_to_owner(write: &mut SqliteConnection, user: &UserId) -> Result<(), StoreError> {
    accounts::set_mail_proven(write, user).await?;
    sessions::delete_others(write, user, None).await?;
    sessions::delete_tokens(write, user).await?;
    passkeys::delete_of(write, user).await?;
    links::delete_of(write, user).await?;
    links::delete_made_by(write, user).await
}

/// The address of somebody that the provider has verified. Any other is what anybody can write into their profile.
fn verified_mail(person: &ClaimedPerson) -> Option<String> {
    person.mail.as_ref().filter(|mail| mail.is_verified).and_then(|mail| clean_mail(&mail.mail).ok())
}

/// The account of somebody who was here before, or who has one by the address that the provider has verified: it is theirs at
/// the provider as well from then on.
async fn find(
    write: &mut SqliteConnection,
    provider: &KeptProvider,
    person: &ClaimedPerson,
) -> Result<Result<Option<Known>, SignInProblem>, ApiError> {
    if let Some(user) = providers::find_user(write, &provider.id, &person.subject).await? {
        let known = accounts::find(write, &user).await?;
        return Ok(Ok(known.map(|listed| Known { listed, is_linked_now: false })));
    }
    let Some(mail) = verified_mail(person) else { return Ok(Err(SignInProblem::Unverified)) };
    let known = accounts::find_by_mail(write, &mail).await?;
    if let Some(known) = &known {
        let user = &known.account.person.id;
        providers::insert_identity(write, &provider.id, &person.subject, user, clock::now()).await?;
    }
    Ok(Ok(known.map(|listed| Known { listed, is_linked_now: true })))
}

/// An account for somebody new, whose address is verified.
async fn make(
    write: &mut SqliteConnection,
    provider: &KeptProvider,
    person: &ClaimedPerson,
    team: &TeamSettings,
) -> Result<Result<Account, SignInProblem>, ApiError> {
    let mail = clean_mail(person.mail.as_ref().map(|mail| mail.mail.as_str()).unwrap_or_default())?;
    let Some(role) = role_of_new(&provider.rules, &team.domains, &mail, &person.groups) else {
        return Ok(Err(SignInProblem::NotInvited));
    };
    let local = mail.split('@').next().unwrap_or(&mail);
    let name = person.name.clone().unwrap_or_else(|| local.chars().take(LONGEST_LOCAL).collect());
    let joining = Joining { name, mail, is_mail_proven: true, password: None, role };
    let account = joining::make_account(write, &joining).await?;
    providers::insert_identity(write, &provider.id, &person.subject, &account.person.id, clock::now()).await?;
    Ok(Ok(account))
}

/// The most characters of a mail address that stand in for a name.
const LONGEST_LOCAL: usize = postmortem::person::LONGEST_NAME;

/// Somebody with the role that they are to have from now on, and whether it is another one. The last admin stays one, whatever
/// a provider says: nobody could make another.
async fn with_role(
    write: &mut SqliteConnection,
    account: Account,
    provider: &KeptProvider,
    person: &ClaimedPerson,
    team: &TeamSettings,
) -> Result<(Account, bool), ApiError> {
    let user = account.person.id.clone();
    let role = role_of_known(&provider.rules, &team.domains, verified_mail(person).as_deref(), &person.groups);
    let Some(role) = role.filter(|role| *role != account.role) else {
        return Ok((account, false));
    };
    if account.role == TeamRole::Admin {
        if !accounts::has_other_admin(write, &user).await? {
            tracing::warn!(%user, "a provider would take the role of the last admin, who keeps it");
            return Ok((account, false));
        }
        // Nobody comes in any more by what they made.
        links::delete_made_by(write, &user).await?;
    }
    accounts::set_role(write, &user, role).await?;
    Ok((Account { role, ..account }, true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openid::ClaimedMail;
    use postmortem::ProviderId;
    use postmortem::api::{ClaimRole, EntryRules, RoleClaim};

    fn provider() -> KeptProvider {
        KeptProvider {
            id: "harbour".parse::<ProviderId>().expect("an id"),
            name: "Harbour ID".into(),
            issuer: "https://id.harbour.example".into(),
            client_id: "debrief".into(),
            client_secret: None,
            rules: EntryRules { otherwise: Some(TeamRole::Member), ..EntryRules::default() },
        }
    }

    fn claim(name: &str) -> Option<RoleClaim> {
        let roles = vec![ClaimRole { value: "leads".into(), role: TeamRole::Admin }];
        Some(RoleClaim { name: name.into(), roles, at_each_sign_in: true })
    }

    #[tokio::test]
    async fn a_provider_that_is_another_one_by_now_ends_the_sign_in_and_its_rules_of_now_hold() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("debrief.db")).await.expect("a store");
        let mut write = store.write().await.expect("a write");
        let team = joining::settled_team(&mut write).await.expect("settled");
        let person = ClaimedPerson {
            subject: "1".into(),
            mail: Some(ClaimedMail { mail: "mara@harbour.example".into(), is_verified: true }),
            name: None,
            groups: vec!["leads".into()],
        };
        let gone = sign_on(&mut write, &provider(), &person, &team).await.expect("read");
        assert_eq!(gone.err(), Some(SignInProblem::Ended));
        let rules = EntryRules { otherwise: Some(TeamRole::Outsider), claim: claim("groups"), ..EntryRules::default() };
        let kept = KeptProvider { rules, ..provider() };
        assert!(providers::insert(&mut write, &kept, clock::now()).await.expect("written"));
        let other_claim = EntryRules { claim: claim("roles"), ..kept.rules.clone() };
        for asked in [
            KeptProvider { issuer: "https://id.pier.example".into(), ..kept.clone() },
            KeptProvider { client_id: "another".into(), ..kept.clone() },
            KeptProvider { rules: other_claim, ..kept.clone() },
            provider(),
        ] {
            let ended = sign_on(&mut write, &asked, &person, &team).await.expect("read");
            assert_eq!(ended.err(), Some(SignInProblem::Ended), "{asked:?}");
        }
        // It let nobody new in when it was asked, and is written with a slash since.
        let before = EntryRules { otherwise: None, domains: vec!["pier.example".into()], ..kept.rules.clone() };
        let asked = KeptProvider { issuer: format!("{}/", kept.issuer), rules: before, ..kept };
        let signed_on = sign_on(&mut write, &asked, &person, &team).await.expect("read").expect("let in");
        assert_eq!(signed_on.account.role, TeamRole::Admin);
    }
}
