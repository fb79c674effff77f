//! Passwords: what is kept of them, and which are refused. Hashing one takes a processor for tens of milliseconds on purpose;
//! it is done on the threads that stand back, few at a time, so that whoever tries thousands of them slows nobody who types.

use crate::error::ApiError;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Argon2, Params};
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

/// How many are hashed at a time.
const AT_ONCE: usize = 2;

/// How many more may wait for their turn: seconds of it.
const WAITING: usize = 60;

/// The shortest that is taken, in characters.
const SHORTEST: usize = 12;

/// The longest, in bytes: more is no better, and would only be work.
const LONGEST: usize = 1_000;

/// How hard a password has to be to guess, from 0 to 4 as zxcvbn counts: below it are those that lists of leaked ones begin
/// with, names, dates and keys in a row.
const WEAKEST: zxcvbn::Score = zxcvbn::Score::Two;

/// Hashes passwords, and holds them against hashes.
#[derive(Debug)]
pub struct Passwords {
    threads: Handle,
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
}

/// What came of holding a password against a hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Wrong,
    Right,
    /// Right, and the hash was made with other parameters than today's: this one is to be kept in its place.
    RightAndOutdated(String),
}

impl Passwords {
    /// Hashes on these threads.
    pub fn new(threads: Handle) -> Self {
        let semaphore = |permits| Arc::new(Semaphore::new(permits));
        Self { threads, places: semaphore(AT_ONCE + WAITING), turns: semaphore(AT_ONCE) }
    }

    /// What is kept of a password, in PHC form.
    ///
    /// # Errors
    /// When too many are waiting.
    pub async fn hash(&self, password: String) -> Result<String, ApiError> {
        self.work(move || hash(&password)).await?
    }

    /// Holds a password against what is kept of one. Where nothing is kept it takes as long, and is wrong.
    ///
    /// # Errors
    /// When too many are waiting.
    pub async fn verify(&self, password: String, kept: Option<String>) -> Result<Verdict, ApiError> {
        self.work(move || verify(&password, kept.as_deref())).await?
    }

    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
        let what = "sign-ins are under way";
        let _place = self.places.clone().try_acquire_owned().map_err(|_| ApiError::TooOften { what, seconds: 5 })?;
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| ApiError::Stopping)?;
        let done = self.threads.spawn_blocking(move || {
            // Also when nobody waits for it any more, the processor is taken until it is done.
            let _turn = turn;
            work()
        });
        done.await.map_err(|error| ApiError::failed_inside(&error))
    }
}

fn hash(password: &str) -> Result<String, ApiError> {
    let salt = SaltString::encode_b64(&crate::random::salt()).map_err(|error| failed(&error))?;
    let hashed = Argon2::default().hash_password(password.as_bytes(), &salt);
    hashed.map(|hash| hash.to_string()).map_err(|error| failed(&error))
}

fn verify(password: &str, kept: Option<&str>) -> Result<Verdict, ApiError> {
    let Some(kept) = kept else {
        hash(password)?;
        return Ok(Verdict::Wrong);
    };
    let parsed = PasswordHash::new(kept).map_err(|error| failed(&error))?;
    if Argon2::default().verify_password(password.as_bytes(), &parsed).is_err() {
        return Ok(Verdict::Wrong);
    }
    let is_of_today = parsed.algorithm == argon2::ARGON2ID_IDENT
        && Params::try_from(&parsed).is_ok_and(|made_with| is_same_work(&made_with, &Params::default()));
    if is_of_today { Ok(Verdict::Right) } else { hash(password).map(Verdict::RightAndOutdated) }
}

fn is_same_work(one: &Params, other: &Params) -> bool {
    (one.m_cost(), one.t_cost(), one.p_cost()) == (other.m_cost(), other.t_cost(), other.p_cost())
}

fn failed(error: &argon2::password_hash::Error) -> ApiError {
    tracing::error!(%error, "a password could not be hashed");
    ApiError::Internal
}

/// Whether a password is taken; `known` is what anybody would try first, such as the name, whole and in parts.
///
/// # Errors
/// When it is too short, too long, or one of the first that are guessed.
pub fn check_password(password: &str, known: &[&str]) -> Result<(), ApiError> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(ApiError::WeakPassword(format!(
            "This one is too short. Write at least {SHORTEST} characters; four words are good."
        )));
    }
    if password.len() > LONGEST {
        return Err(ApiError::WeakPassword(format!("This one is too long: {LONGEST} characters are enough.")));
    }
    let parts: Vec<String> = known.iter().flat_map(|known| guessed(known)).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    if zxcvbn::zxcvbn(password, &parts).score() < WEAKEST {
        return Err(ApiError::WeakPassword(
            "This one is among the first that are guessed. Four words that do not belong together are good.".into(),
        ));
    }
    Ok(())
}

/// What is made of a name or an address at once: it, each of its words, and those in a row.
fn guessed(known: &str) -> Vec<String> {
    let words = || known.split(|character: char| !character.is_alphanumeric()).filter(|word| word.len() > 2);
    words().map(ToOwned::to_owned).chain([known.to_owned(), words().collect()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_common_passwords_are_refused_with_a_sentence() {
        let refused = |password: &str| check_password(password, &["Mara Lindqvist", "mara@harbour.example"]).err();
        for (password, word) in [
            ("harbour-9", "too short"),
            ("passwordpassword", "first that are guessed"),
            ("123456789012", "first that are guessed"),
            ("qwertyuiopas", "first that are guessed"),
            ("MaraLindqvist", "first that are guessed"),
            ("MaraLindqvist1", "first that are guessed"),
        ] {
            let sentence = refused(password).map(|error| error.to_string()).unwrap_or_default();
            assert!(sentence.contains(word), "{password}: {sentence}");
        }
        assert!(refused(&"long".repeat(400)).is_some());
        for password in ["lamp gravel seven otters", "tU7-kelp-ledger", "Blåbärssylt på måndag"] {
            assert!(refused(password).is_none(), "{password}");
        }
    }

    #[test]
    fn a_hash_of_other_parameters_is_right_and_replaced() {
        let params = Params::new(8 * 1024, 1, 1, None).expect("parameters");
        let weaker = Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
        let salt = SaltString::encode_b64(b"a salt of 16 byt").expect("a salt");
        let kept = weaker.hash_password(b"lamp gravel seven otters", &salt).expect("hashed").to_string();
        let Ok(Verdict::RightAndOutdated(renewed)) = verify("lamp gravel seven otters", Some(&kept)) else {
            panic!("outdated")
        };
        assert!(matches!(verify("lamp gravel seven otters", Some(&renewed)), Ok(Verdict::Right)));
        assert!(matches!(verify("lamp gravel eight otters", Some(&renewed)), Ok(Verdict::Wrong)));
        assert!(matches!(verify("anything", None), Ok(Verdict::Wrong)));
    }
}
