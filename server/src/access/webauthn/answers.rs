//! The answers of browsers, as their `toJSON()` gives them: what we read of one, and nothing else.

use super::{Distrust, HANDLE, answer};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;
use webauthn_rp::bin::Decode;
use webauthn_rp::request::register::UserHandle;
use webauthn_rp::response::auth::AuthenticatorAssertion;
use webauthn_rp::response::register::{AuthenticatorAttestation, ClientExtensionsOutputs};
use webauthn_rp::response::{AuthTransports, AuthenticatorAttachment, AuthenticatorTransport, CredentialId};
use webauthn_rp::{DiscoverableAuthentication, Registration};

struct Bytes(Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        URL_SAFE_NO_PAD.decode(text).map(Self).map_err(de::Error::custom)
    }
}

#[derive(Deserialize)]
struct Answer<Response> {
    id: Bytes,
    response: Response,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attestation {
    #[serde(rename = "clientDataJSON")]
    client_data: Bytes,
    attestation_object: Bytes,
    #[serde(default)]
    transports: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Assertion {
    #[serde(rename = "clientDataJSON")]
    client_data: Bytes,
    authenticator_data: Bytes,
    signature: Bytes,
    user_handle: Bytes,
}

/// A passkey that was made.
pub(super) fn registration(given: &Value) -> Result<Registration, Distrust> {
    let Answer { response, .. } = Answer::<Attestation>::deserialize(given).map_err(answer)?;
    let Attestation { client_data: Bytes(client_data), attestation_object: Bytes(object), transports } = response;
    let made = AuthenticatorAttestation::new(client_data, object, known(&transports));
    let asked_for_none = ClientExtensionsOutputs { cred_props: None, prf: None };
    Ok(Registration::new(made, AuthenticatorAttachment::None, asked_for_none))
}

/// A passkey that was used.
pub(super) fn authentication(given: &Value) -> Result<DiscoverableAuthentication<HANDLE>, Distrust> {
    let Answer { id: Bytes(id), response } = Answer::<Assertion>::deserialize(given).map_err(answer)?;
    let id = CredentialId::<Vec<u8>>::decode(id).map_err(answer)?;
    let handle: [u8; HANDLE] =
        response.user_handle.0.try_into().map_err(|_| answer("its user handle is none of ours"))?;
    let Ok(handle) = UserHandle::decode(handle);
    let (client_data, data, signature) = (response.client_data.0, response.authenticator_data.0, response.signature.0);
    let signed = AuthenticatorAssertion::new(client_data, data, signature, handle);
    Ok(DiscoverableAuthentication::new(id, signed, AuthenticatorAttachment::None))
}

/// Those ways to a device that browsers can be told of again.
fn known(names: &[String]) -> AuthTransports {
    names.iter().fold(AuthTransports::NONE, |known, name| {
        known.add(match name.as_str() {
            "ble" => AuthenticatorTransport::Ble,
            "hybrid" => AuthenticatorTransport::Hybrid,
            "internal" => AuthenticatorTransport::Internal,
            "nfc" => AuthenticatorTransport::Nfc,
            "smart-card" => AuthenticatorTransport::SmartCard,
            "usb" => AuthenticatorTransport::Usb,
            _ => return known,
        })
    })
}
