//! Passkeys of this browser, through its Web Authentication API: what it is asked and what it answers is the JSON that the
//! server writes and reads. It is looked up by name at run time, so that a browser without it only loses what needs it.

use crate::browser::script::{self, object};
use js_sys::{Function, JSON, Promise, Reflect};
use leptos::prelude::window;
use serde_json::Value;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Why a browser gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasskeyFailure {
    /// Its question was closed or not answered, or it has no passkey that fits. Browsers tell none from the other.
    Closed,
    /// The device has one already.
    AlreadyThere,
    /// It makes none for this page.
    NotHere,
    Failed,
}

/// Whether this browser can make and use passkeys in pages of an origin, and this is one of them.
pub fn are_usable_at(origin: Option<&str>) -> bool {
    let here = window().location().origin().ok();
    window().is_secure_context() && here.is_some() && here.as_deref() == origin && reads_and_writes_json()
}

fn reads_and_writes_json() -> bool {
    let has = |owner: &JsValue, name: &str| {
        Reflect::get(owner, &name.into()).is_ok_and(|method| method.is_instance_of::<Function>())
    };
    kind().is_some_and(|kind| {
        let prototype = Reflect::get(&kind, &"prototype".into()).unwrap_or_default();
        has(&kind, "parseCreationOptionsFromJSON")
            && has(&kind, "parseRequestOptionsFromJSON")
            && prototype.is_object()
            && has(&prototype, "toJSON")
    })
}

/// The class of passkeys.
fn kind() -> Option<JsValue> {
    Reflect::get(&js_sys::global(), &"PublicKeyCredential".into()).ok().filter(JsValue::is_function)
}

/// Makes one.
pub async fn create(options: &Value) -> Result<Value, PasskeyFailure> {
    ask("create", "parseCreationOptionsFromJSON", options).await
}

/// Signs with one that whoever is there chooses.
pub async fn get(options: &Value) -> Result<Value, PasskeyFailure> {
    ask("get", "parseRequestOptionsFromJSON", options).await
}

async fn ask(method: &str, parse: &str, options: &Value) -> Result<Value, PasskeyFailure> {
    let begin = || -> Option<Promise> {
        let options = JSON::parse(&options.to_string()).ok()?;
        let options = script::call(&kind()?, parse, &[options])?;
        let credentials = Reflect::get(&window().navigator(), &"credentials".into()).ok()?;
        script::call(&credentials, method, &[object([("publicKey", options)])])?.dyn_into().ok()
    };
    let asked = begin().ok_or(PasskeyFailure::Failed)?;
    let credential = JsFuture::from(asked).await.map_err(|error| failure(&error))?;
    let text = JSON::stringify(&credential).map_err(|_| PasskeyFailure::Failed)?;
    serde_json::from_str(&String::from(text)).map_err(|_| PasskeyFailure::Failed)
}

fn failure(error: &JsValue) -> PasskeyFailure {
    let name = Reflect::get(error, &"name".into()).ok().and_then(|name| name.as_string());
    match name.as_deref() {
        Some("NotAllowedError" | "AbortError") => PasskeyFailure::Closed,
        Some("InvalidStateError") => PasskeyFailure::AlreadyThere,
        Some("SecurityError" | "NotSupportedError") => PasskeyFailure::NotHere,
        _ => PasskeyFailure::Failed,
    }
}
