//! What browsers are asked of passkeys, and what of their answers is believed: the library holds an answer against what was
//! asked, and what it makes is kept as bytes. A passkey is found by its device without a name being typed, its person is
//! verified there, and who made the device is not asked.

mod answers;

use super::RelyingParty;
use crate::store::accounts::Account;
use crate::store::passkeys::KeptPasskey;
use postmortem::UserId;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt::Display;
use webauthn_rp::bin::{Decode, Encode};
use webauthn_rp::request::auth::AuthenticationVerificationOptions;
use webauthn_rp::request::register::{
    CredProtect, Nickname, PublicKeyCredentialUserEntity, RegistrationVerificationOptions, UserHandle, Username,
};
use webauthn_rp::request::{AsciiDomain, ExtensionInfo, PublicKeyCredentialDescriptor, RpId, TimedCeremony};
use webauthn_rp::response::auth::error::AuthCeremonyErr;
use webauthn_rp::response::register::{CompressedPubKey, DynamicState, StaticState};
use webauthn_rp::response::{AuthTransports, CredentialId};
use webauthn_rp::{
    AuthenticatedCredential, DiscoverableAuthentication, DiscoverableAuthenticationServerState,
    DiscoverableCredentialRequestOptions, PublicKeyCredentialCreationOptions, Registration, RegistrationServerState,
};

/// For how many seconds an answer is taken: the library's own five minutes.
pub const CEREMONY_SECONDS: u32 = 300;

/// Bytes of what devices are told for somebody in the place of their id.
const HANDLE: usize = 32;

type KeptKey = StaticState<CompressedPubKey<[u8; 32], [u8; 32], [u8; 48], Vec<u8>>>;

/// What a browser is asked, and what its answer is held against.
#[derive(Debug)]
pub struct Ceremony {
    /// For the browser, in JSON.
    pub options: Value,
    /// By which the answer is found again.
    pub challenge: String,
    pub state: Vec<u8>,
}

/// Why an answer is not believed. Its text is for the log: it says more than whoever asks may hear.
#[derive(Debug, thiserror::Error)]
pub enum Distrust {
    #[error("{0}")]
    Answer(String),
    /// The device counts its answers, and has given this one, or a later one, before: there may be two of it.
    #[error("its counter did not go up: there may be a copy of the device")]
    Counter,
    #[error("it is kept in a form that is not known: {0}")]
    Kept(String),
}

fn answer(error: impl Display) -> Distrust {
    Distrust::Answer(error.to_string())
}

fn kept(error: impl Display) -> Distrust {
    Distrust::Kept(error.to_string())
}

/// What devices keep of a person: it tells nothing of them, and is the same each time.
fn handle(user: &UserId) -> UserHandle<HANDLE> {
    let digest = Sha256::digest(format!("passkeys of {user}"));
    let Ok(handle) = UserHandle::decode(digest.into());
    handle
}

fn name(party: &RelyingParty) -> Result<RpId, Distrust> {
    AsciiDomain::try_from(party.name.clone()).map(RpId::Domain).map_err(answer)
}

/// Asks for a passkey of a person who has these already.
///
/// # Errors
/// When the server's name cannot be one of a passkey, or what is kept cannot be read.
pub fn ask_to_register(party: &RelyingParty, account: &Account, known: &[KeptPasskey]) -> Result<Ceremony, Distrust> {
    let (name, handle) = (name(party)?, handle(&account.person.id));
    // Some addresses and names are none by the rules of the standard; they are only shown by the device.
    let called = account.mail.as_deref().and_then(|mail| Username::try_from(mail).ok());
    let called = called.map_or_else(|| Username::try_from(account.person.id.as_str()), Ok).map_err(answer)?;
    let display_name = Nickname::try_from(account.person.name.as_str()).ok();
    let user = PublicKeyCredentialUserEntity { name: called, id: &handle, display_name };
    let known = known.iter().map(|passkey| {
        let id = CredentialId::<Vec<u8>>::decode(passkey.credential.clone()).map_err(kept)?;
        Ok(PublicKeyCredentialDescriptor { id, transports: AuthTransports::decode(passkey.transports).map_err(kept)? })
    });
    let mut options = PublicKeyCredentialCreationOptions::passkey(&name, user, known.collect::<Result<_, Distrust>>()?);
    // Most devices cannot promise it, and browsers pass over them where it is enforced. Each sign-in asks for its person anyway.
    options.extensions.cred_protect = CredProtect::UserVerificationRequired(ExtensionInfo::AllowDontEnforceValue);
    let (server, client) = options.start_ceremony().map_err(answer)?;
    Ok(Ceremony {
        options: serde_json::to_value(&client).map_err(answer)?,
        challenge: challenge(server.sent_challenge().0),
        state: server.encode().map_err(answer)?,
    })
}

/// Asks for any passkey that the device has for this server.
///
/// # Errors
/// When the server's name cannot be one of a passkey.
pub fn ask_to_sign_in(party: &RelyingParty) -> Result<Ceremony, Distrust> {
    let name = name(party)?;
    let (server, client) = DiscoverableCredentialRequestOptions::passkey(&name).start_ceremony().map_err(answer)?;
    Ok(Ceremony {
        options: serde_json::to_value(&client).map_err(answer)?,
        challenge: challenge(server.sent_challenge().0),
        state: server.encode().map_err(answer)?,
    })
}

fn challenge(number: u128) -> String {
    format!("{number:032x}")
}

/// A passkey that a device has made.
#[derive(Debug)]
pub struct RegistrationAnswer(Registration);

/// What is kept of a passkey.
#[derive(Debug)]
pub struct FreshCredential {
    pub id: Vec<u8>,
    pub public_key: Vec<u8>,
    pub state: Vec<u8>,
    pub transports: u8,
}

impl RegistrationAnswer {
    /// What a browser answered, which may be anything.
    ///
    /// # Errors
    /// When it is no answer.
    pub fn read(given: &Value) -> Result<Self, Distrust> {
        answers::registration(given).map(Self)
    }

    /// To what it says that it is the answer.
    ///
    /// # Errors
    /// When it does not say so.
    pub fn challenge(&self) -> Result<String, Distrust> {
        self.0.challenge_relaxed().map(|sent| challenge(sent.0)).map_err(answer)
    }

    /// Holds it against what was asked.
    ///
    /// # Errors
    /// When it does not hold.
    pub fn verify(&self, party: &RelyingParty, state: &[u8]) -> Result<FreshCredential, Distrust> {
        let asked = RegistrationServerState::<HANDLE>::decode(state).map_err(kept)?;
        let options = RegistrationVerificationOptions::<&str, &str> {
            allowed_origins: &[party.origin.as_str()],
            // Browsers and their extensions add what nobody asked for, and none of it is read.
            error_on_unsolicited_extensions: false,
            ..RegistrationVerificationOptions::default()
        };
        let made = asked.verify(&name(party)?, &self.0, &options).map_err(answer)?;
        let Ok(public_key) = made.static_state().encode();
        let Ok(state) = made.dynamic_state().encode();
        let Ok(transports) = made.transports().encode();
        let id = made.id();
        let Ok(id) = id.encode();
        Ok(FreshCredential { id: id.to_vec(), public_key, state: state.to_vec(), transports })
    }
}

/// That somebody has a passkey, as its device signs it.
#[derive(Debug)]
pub struct SignInAnswer(DiscoverableAuthentication<HANDLE>);

impl SignInAnswer {
    /// What a browser answered, which may be anything.
    ///
    /// # Errors
    /// When it is no answer.
    pub fn read(given: &Value) -> Result<Self, Distrust> {
        answers::authentication(given).map(Self)
    }

    /// To what it says that it is the answer.
    ///
    /// # Errors
    /// When it does not say so.
    pub fn challenge(&self) -> Result<String, Distrust> {
        self.0.challenge_relaxed().map(|sent| challenge(sent.0)).map_err(answer)
    }

    /// How the device calls the passkey.
    pub fn credential(&self) -> &[u8] {
        let id = self.0.raw_id();
        id.into_inner()
    }

    /// Holds it against what was asked and the passkey that is kept; what changes with each use is as it is given then.
    ///
    /// # Errors
    /// When it does not hold.
    pub fn verify(&self, party: &RelyingParty, state: &[u8], passkey: &KeptPasskey) -> Result<Vec<u8>, Distrust> {
        let asked = DiscoverableAuthenticationServerState::decode(state).map_err(kept)?;
        let public_key = KeptKey::decode(&passkey.public_key).map_err(kept)?;
        let state: [u8; 7] = passkey.state.as_slice().try_into().map_err(kept)?;
        let state = DynamicState::decode(state).map_err(kept)?;
        let handle = handle(&passkey.user);
        let mut known = AuthenticatedCredential::new(self.0.raw_id(), &handle, public_key, state).map_err(kept)?;
        let options = AuthenticationVerificationOptions::<&str, &str> {
            allowed_origins: &[party.origin.as_str()],
            error_on_unsolicited_extensions: false,
            ..AuthenticationVerificationOptions::default()
        };
        match asked.verify(&name(party)?, &self.0, &mut known, &options) {
            Ok(_) => {}
            Err(AuthCeremonyErr::SignatureCounter) => return Err(Distrust::Counter),
            Err(error) => return Err(answer(error)),
        }
        let Ok(state) = known.dynamic_state().encode();
        Ok(state.to_vec())
    }
}
