//! What the benchmark asks of a server before it opens sockets: sessions, and post-mortems to work on.

use crate::Outcome;
use reqwest::Client;
use reqwest::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use serde_json::{Value, json};

/// So many people's sessions, as cookies.
pub async fn sessions(origin: &str, count: usize) -> Outcome<Vec<String>> {
    let http = Client::new();
    let mut cookies = Vec::new();
    for number in 0..count {
        let body = json!({ "name": format!("Client {number}") });
        let answer = http.post(format!("{origin}/api/sessions")).json(&body).send().await?.error_for_status()?;
        let cookie = answer.headers().get(SET_COOKIE).ok_or("a session without a cookie")?.to_str()?;
        cookies.push(cookie.split(';').next().unwrap_or_default().to_owned());
    }
    Ok(cookies)
}

/// A new post-mortem of an incident; its id.
pub async fn import(origin: &str, cookies: &[String], incident: &str) -> Outcome<String> {
    let importing = Client::new().post(format!("{origin}/api/imports")).header(CONTENT_TYPE, "application/json");
    let importing = importing.header(COOKIE, cookies.first().map_or("", String::as_str)).body(incident.to_owned());
    let created: Value = importing.send().await?.error_for_status()?.json().await?;
    Ok(created.get("id").and_then(Value::as_str).ok_or("an import without an id")?.to_owned())
}
