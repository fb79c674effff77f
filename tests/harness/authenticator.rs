//! A device that makes passkeys and signs with them, and the browser in front of it: as the standard has it, and otherwise where
//! a test says so.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A device with its passkeys, in a browser whose page is of an origin.
#[derive(Debug, Clone)]
pub struct Authenticator {
    pub origin: String,
    /// The server's name that it signs for, in the place of the one that it is asked for.
    pub other_name: Option<String>,
    /// Whether it has found that its person is there.
    pub is_verified: bool,
    /// Whether it counts what it signs.
    pub counts: bool,
    pub passkeys: Vec<MadePasskey>,
}

/// A passkey on a device.
#[derive(Debug, Clone)]
pub struct MadePasskey {
    pub id: Vec<u8>,
    pub counter: u32,
    user: String,
    key: SigningKey,
}

const IS_PRESENT: u8 = 0x01;
const IS_VERIFIED: u8 = 0x04;
const HAS_CREDENTIAL: u8 = 0x40;

impl Authenticator {
    /// One without passkeys, whose person is verified.
    pub fn new(origin: &str) -> Self {
        Self { origin: origin.to_owned(), other_name: None, is_verified: true, counts: false, passkeys: Vec::new() }
    }

    /// Makes the passkey that the options of a registration ask for.
    pub fn make(&mut self, options: &Value) -> Value {
        let key = SigningKey::from_slice(&rand::random::<[u8; 32]>()).expect("a key");
        let id = rand::random::<[u8; 16]>().to_vec();
        let point = key.verifying_key().to_encoded_point(false);
        let mut credential = vec![0; 16];
        credential.extend(u16::try_from(id.len()).expect("short").to_be_bytes());
        credential.extend(&id);
        // A map of five: the kind of key, the algorithm, the curve, and both coordinates.
        credential.extend([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32]);
        credential.extend(point.x().expect("a coordinate"));
        credential.extend([0x22, 0x58, 32]);
        credential.extend(point.y().expect("a coordinate"));
        let counter = u32::from(self.counts);
        let mut data = self.data(&options["rp"]["id"], HAS_CREDENTIAL, counter);
        data.extend(credential);
        let user = options["user"]["id"].as_str().expect("a user").to_owned();
        self.passkeys.push(MadePasskey { id: id.clone(), counter, user, key });
        let mut object = vec![0xa3];
        object.extend(b"\x63fmt\x64none\x67attStmt\xa0\x68authData\x58");
        object.push(u8::try_from(data.len()).expect("short"));
        object.extend(data);
        json!({
            "id": encode(&id),
            "rawId": encode(&id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": encode(self.client_data("webauthn.create", options).as_bytes()),
                "attestationObject": encode(&object),
                "transports": ["internal"],
            },
        })
    }

    /// Signs with the passkey that was made last, as the options of a sign-in ask for.
    pub fn sign(&mut self, options: &Value) -> Value {
        if self.counts {
            self.passkeys.last_mut().expect("a passkey").counter += 1;
        }
        let MadePasskey { id, counter, user, key } = self.passkeys.last().expect("a passkey").clone();
        let data = self.data(&options["rpId"], 0, counter);
        let client_data = self.client_data("webauthn.get", options);
        let signed = [data.as_slice(), &Sha256::digest(client_data.as_bytes())].concat();
        let signature: Signature = key.sign(&signed);
        json!({
            "id": encode(&id),
            "rawId": encode(&id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": encode(client_data.as_bytes()),
                "authenticatorData": encode(&data),
                "signature": encode(signature.to_der().as_bytes()),
                "userHandle": user,
            },
        })
    }

    fn data(&self, name: &Value, flags: u8, counter: u32) -> Vec<u8> {
        let name = self.other_name.as_deref().or(name.as_str()).expect("a name");
        let verified = if self.is_verified { IS_VERIFIED } else { 0 };
        let mut data = Sha256::digest(name.as_bytes()).to_vec();
        data.push(flags | IS_PRESENT | verified);
        data.extend(counter.to_be_bytes());
        data
    }

    fn client_data(&self, kind: &str, options: &Value) -> String {
        json!({"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false})
            .to_string()
    }
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
