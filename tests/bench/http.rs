//! What the benchmark asks of a server before it opens sockets: sessions, and post-mortems to work on.

use crate::Outcome;
use crate::child::Child;
use futures_util::{StreamExt, stream};
use postmortem::TeamRole;
use reqwest::Client;
use reqwest::header::{CONTENT_TYPE, COOKIE};
use serde_json::Value;
use tests::{MOST_PEOPLE, Visitor};

/// How many people come in at a time: a server makes few accounts at once.
const AT_ONCE: usize = 8;

/// So many people's sessions, as cookies.
pub async fn sessions(server: &Child, count: usize) -> Outcome<Vec<String>> {
    let stranger = Visitor::stranger(server.origin.trim_start_matches("http://").parse()?);
    let mut cookies = Vec::new();
    while cookies.len() < count {
        let entrance = server.entrance()?;
        let crowd = 0..MOST_PEOPLE.min(count - cookies.len());
        let joining = crowd.map(|number| {
            let (entrance, stranger, name) = (&entrance, &stranger, format!("Client {number}"));
            async move { entrance.join(stranger, &name, TeamRole::Member).await }
        });
        let people: Vec<Visitor> = stream::iter(joining).buffered(AT_ONCE).collect().await;
        cookies.extend(people.iter().filter_map(Visitor::cookie).map(str::to_owned));
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
