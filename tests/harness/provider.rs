//! A small imitation of a provider of single sign-on, for what a real one cannot be brought to say: tokens of any content, keys
//! that change, answers that fit nothing. It checks what a provider checks: its codes, and PKCE.

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::{CoreEdDsaPrivateSigningKey, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKeyId, PrivateSigningKey};
use rcgen::{KeyPair, PKCS_ED25519};
use reqwest::Url;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What it says, which a test changes.
#[derive(Debug, Clone, Default)]
pub struct Sayings {
    /// Put over the claims of the ID token; null takes one out.
    pub claims: Map<String, Value>,
    /// What userinfo answers; nothing where it has none.
    pub userinfo: Option<Value>,
    /// What it calls itself, where that is not where it is.
    pub issuer: Option<String>,
    /// The key that it signs with, and the one that it shows.
    pub signs_with: usize,
    pub shows: usize,
    /// Whether its tokens bear no signature, and say so.
    pub is_unsigned: bool,
    /// What its description is answered with in its place.
    pub refuses: Option<(u16, Value)>,
}

/// A provider that listens on this machine.
pub struct ImitatedProvider {
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

struct Shared {
    origin: String,
    sayings: Mutex<Sayings>,
    keys: Vec<CoreEdDsaPrivateSigningKey>,
    /// The nonce and the challenge of each code that was given.
    codes: Mutex<HashMap<String, (String, String)>>,
    key_readings: Mutex<usize>,
}

/// Where a browser was sent to be signed in.
#[derive(Debug, Clone)]
pub struct SignInRequest {
    pub url: Url,
}

impl SignInRequest {
    /// One of the parameters.
    pub fn parameter(&self, name: &str) -> String {
        let found = self.url.query_pairs().find(|(known, _)| known == name);
        found.map(|(_, value)| value.into_owned()).unwrap_or_default()
    }
}

impl ImitatedProvider {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let key = |number: usize| {
            let pair = KeyPair::generate_for(&PKCS_ED25519).expect("a key");
            let id = JsonWebKeyId::new(format!("key-{number}"));
            CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pair.serialize_pem(), Some(id)).expect("a key")
        };
        let shared = Arc::new(Shared {
            origin,
            sayings: Mutex::default(),
            keys: (0..2).map(key).collect(),
            codes: Mutex::default(),
            key_readings: Mutex::default(),
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(description))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .with_state(Arc::clone(&shared));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { shared, serving }
    }

    /// Where it is.
    pub fn origin(&self) -> &str {
        &self.shared.origin
    }

    /// Changes what it says.
    pub fn say(&self, change: impl FnOnce(&mut Sayings)) {
        change(&mut lock(&self.shared.sayings));
    }

    /// Says of whoever comes that they are this person.
    pub fn know(&self, subject: &str, claims: Value) {
        let Value::Object(mut claims) = claims else { panic!("claims are an object") };
        claims.insert("sub".to_owned(), json!(subject));
        self.say(|sayings| sayings.claims = claims);
    }

    /// The code for somebody who was sent here, whom it has signed in.
    pub fn code(&self, request: &SignInRequest) -> String {
        let mut codes = lock(&self.shared.codes);
        let code = format!("code-{}", codes.len());
        codes.insert(code.clone(), (request.parameter("nonce"), request.parameter("code_challenge")));
        code
    }

    /// How often it was asked for its keys.
    pub fn key_readings(&self) -> usize {
        *lock(&self.shared.key_readings)
    }

    /// Ends it: nothing answers at its address any more.
    pub async fn stop(&mut self) {
        self.serving.abort();
        // Whatever way it ended, it has.
        let _ = (&mut self.serving).await;
    }
}

impl Drop for ImitatedProvider {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("a lock")
}

impl Shared {
    fn issuer(&self) -> String {
        lock(&self.sayings).issuer.clone().unwrap_or_else(|| self.origin.clone())
    }

    /// A token with these claims, signed.
    fn signed(&self, claims: &Value) -> String {
        let Sayings { signs_with: number, is_unsigned, .. } = lock(&self.sayings).clone();
        if is_unsigned {
            let [header, claims] =
                [&json!({"alg": "none"}), claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
            return format!("{header}.{claims}.");
        }
        let header = json!({"alg": "EdDSA", "typ": "JWT", "kid": format!("key-{number}")});
        let [header, claims] = [&header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
        let message = format!("{header}.{claims}");
        let signature = self.keys[number].sign(&CoreJwsSigningAlgorithm::EdDsa, message.as_bytes()).expect("signed");
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

async fn description(State(shared): State<Arc<Shared>>) -> Response {
    if let Some((status, words)) = lock(&shared.sayings).refuses.clone() {
        return (StatusCode::from_u16(status).expect("a status"), Json(words)).into_response();
    }
    let origin = &shared.origin;
    let described = json!({
        "issuer": shared.issuer(),
        "authorization_endpoint": format!("{origin}/sign-in"),
        "token_endpoint": format!("{origin}/token"),
        "userinfo_endpoint": lock(&shared.sayings).userinfo.is_some().then(|| format!("{origin}/userinfo")),
        "jwks_uri": format!("{origin}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA", "none"],
    });
    Json(described).into_response()
}

async fn keys(State(shared): State<Arc<Shared>>) -> Json<Value> {
    *lock(&shared.key_readings) += 1;
    let shown = lock(&shared.sayings).shows;
    Json(json!({"keys": [shared.keys[shown].as_verification_key()]}))
}

async fn token(State(shared): State<Arc<Shared>>, Form(form): Form<HashMap<String, String>>) -> Response {
    let field = |name: &str| form.get(name).cloned().unwrap_or_default();
    let given = lock(&shared.codes).remove(&field("code"));
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(field("code_verifier")));
    let Some((nonce, _)) = given.filter(|(_, expected)| *expected == challenge) else {
        return (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"}))).into_response();
    };
    let now = server::clock::now().timestamp();
    let mut claims = json!({
        "iss": shared.issuer(), "aud": "debrief", "sub": "1", "nonce": nonce, "iat": now, "exp": now + 3600,
    });
    for (name, value) in lock(&shared.sayings).claims.clone() {
        claims[name] = value;
    }
    if let Value::Object(claims) = &mut claims {
        claims.retain(|_, value| !value.is_null());
    }
    let token = shared.signed(&claims);
    Json(json!({"access_token": "access", "token_type": "Bearer", "id_token": token})).into_response()
}

async fn userinfo(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(lock(&shared.sayings).userinfo.clone().unwrap_or_default())
}
