//! Who somebody is here whom a provider has signed in: by what the provider calls them, by a mail address that it has verified,
//! or somebody new where the rules let them in.

use super::entry_rules::{role_of_known, role_of_new};
use super::joining::{self, Joining, clean_mail};
use crate::access::{ATTEMPT_SECONDS, token_hash};
use crate::clock;
use crate::error::ApiError;
use crate::openid::{AttemptSecrets, ClaimedPerson};
use crate::store::accounts::{self, Account, ListedAccount};
use crate::store::providers::{self, KeptProvider};
use crate::store::sign_in_attempts::{self, BegunSignIn};
use crate::store::{Store, StoreError, links};
use chrono::TimeDelta;
use postmortem::TeamRole;
use postmortem::api::{EntryRules, SignInProblem, TeamSettings};
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
    /// Whether what they may do is not what it was: their open pages have to hear of it.
    pub has_other_role: bool,
}

/// Finds or makes the account of somebody, in a write. Where it answers with a problem, the write is to be given up.
///
/// # Errors
/// When the store failed.
pub async fn sign_on(
    write: &mut SqliteConnection,
    provider: &KeptProvider,
    person: &ClaimedPerson,
    team: &TeamSettings,
) -> Result<Result<SignedOn, SignInProblem>, ApiError> {
    let found = match find(write, provider, person).await? {
        Ok(found) => found,
        Err(problem) => return Ok(Err(problem)),
    };
    let Some(known) = found else {
        return Ok(match make(write, provider, person, team).await? {
            Ok(account) => Ok(SignedOn { account, has_other_role: false }),
            Err(problem) => Err(problem),
        });
    };
    if known.suspended_at.is_some() {
        return Ok(Err(SignInProblem::Suspended));
    }
    let (account, has_other_role) = with_role(write, known.account, &provider.rules, &person.groups).await?;
    Ok(Ok(SignedOn { account, has_other_role }))
}

/// The account of somebody who was here before, or who has one by the address that the provider has verified: it is theirs at
/// the provider as well from then on. An address that is not verified is what anybody can write into their profile.
async fn find(
    write: &mut SqliteConnection,
    provider: &KeptProvider,
    person: &ClaimedPerson,
) -> Result<Result<Option<ListedAccount>, SignInProblem>, ApiError> {
    if let Some(user) = providers::find_user(write, &provider.id, &person.subject).await? {
        return Ok(Ok(accounts::find(write, &user).await?));
    }
    let verified = person.mail.as_ref().filter(|mail| mail.is_verified).and_then(|mail| clean_mail(&mail.mail).ok());
    let Some(mail) = verified else { return Ok(Err(SignInProblem::Unverified)) };
    let known = accounts::find_by_mail(write, &mail).await?;
    if let Some(known) = &known {
        let user = &known.account.person.id;
        providers::insert_identity(write, &provider.id, &person.subject, user, clock::now()).await?;
    }
    Ok(Ok(known))
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
    let account = joining::make_account(write, &Joining { name, mail, password: None, role }).await?;
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
    rules: &EntryRules,
    groups: &[String],
) -> Result<(Account, bool), ApiError> {
    let user = account.person.id.clone();
    let Some(role) = role_of_known(rules, groups).filter(|role| *role != account.role) else {
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
