//! Visitors: people with a browser, as far as HTTP goes, and programs. They carry their session's cookie, or a token, and
//! behind a proxy the origin of their page.

use crate::front::Way;
use reqwest::header::{AUTHORIZATION, COOKIE, HeaderName, HeaderValue};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::net::{IpAddr, SocketAddr};

/// A person, a program, or a stranger without either's secret.
#[derive(Debug, Clone)]
pub struct Visitor {
    address: SocketAddr,
    /// Through a proxy, where there is one.
    way: Option<Way>,
    client: reqwest::Client,
    credential: Option<Credential>,
    /// Who the server said that they are when they came in.
    pub person: Value,
}

/// What a visitor brings.
#[derive(Debug, Clone)]
enum Credential {
    /// A browser's, with its name.
    Cookie(String),
    Bearer(String),
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: reqwest::header::HeaderMap,
    /// The body as it came.
    pub text: String,
}

impl Answer {
    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// A header's value, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The code of the error.
    pub fn code(&self) -> String {
        self.json().pointer("/error/code").and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// The sentence of the error.
    pub fn message(&self) -> String {
        self.json().pointer("/error/message").and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// The JSON body of an answer that has to have this status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.json()
    }
}

impl Visitor {
    /// Without a session.
    pub fn stranger(address: SocketAddr) -> Self {
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        Self { address, way: None, client, credential: None, person: Value::Null }
    }

    /// The same through a proxy.
    pub(crate) fn stranger_through(way: &Way) -> Self {
        let (address, client) = (way.address, way.client().build().expect("a client"));
        Self { address, way: Some(way.clone()), client, credential: None, person: Value::Null }
    }

    /// With a session that was made before.
    pub fn with_cookie(address: SocketAddr, cookie: &str) -> Self {
        Self { credential: Some(Credential::Cookie(cookie.to_owned())), ..Self::stranger(address) }
    }

    /// The same browser, once it is signed in by what it was answered.
    #[track_caller]
    pub fn signed_in(&self, answer: &Answer) -> Self {
        let person = answer.expect(201);
        let cookie = answer.header("set-cookie").split(';').next().unwrap_or_default();
        Self { credential: Some(Credential::Cookie(cookie.to_owned())), person, ..self.clone() }
    }

    /// A program in the same place, with a token.
    pub fn bearing(&self, token: &str) -> Self {
        Self { credential: Some(Credential::Bearer(format!("Bearer {token}"))), ..self.clone() }
    }

    /// The same at another address of this machine.
    pub fn coming_from(&self, address: IpAddr) -> Self {
        let client = match &self.way {
            Some(way) => way.client(),
            None => reqwest::Client::builder().no_proxy(),
        };
        Self { client: client.local_address(address).build().expect("a client"), ..self.clone() }
    }

    /// The cookie as the browser would send it.
    pub fn cookie(&self) -> Option<&str> {
        match self.credential.as_ref()? {
            Credential::Cookie(cookie) => Some(cookie),
            Credential::Bearer(_) => None,
        }
    }

    /// The token of a program.
    pub fn token(&self) -> Option<&str> {
        match self.credential.as_ref()? {
            Credential::Bearer(bearer) => bearer.strip_prefix("Bearer "),
            Credential::Cookie(_) => None,
        }
    }

    /// The header by which whoever answers knows who asks.
    pub(crate) fn credential(&self) -> Option<(HeaderName, HeaderValue)> {
        let (name, value) = match self.credential.as_ref()? {
            Credential::Cookie(cookie) => (COOKIE, cookie),
            Credential::Bearer(token) => (AUTHORIZATION, token),
        };
        Some((name, HeaderValue::from_str(value).expect("a header")))
    }

    /// The same person at a server that was started anew.
    pub fn at(&self, address: SocketAddr) -> Self {
        Self { address, ..self.clone() }
    }

    /// The person as others are shown them.
    pub fn shown(&self) -> Value {
        json!({ "id": self.person["id"], "name": self.person["name"], "color": self.person["color"] })
    }

    /// The proxy that the visitor goes through, if any.
    pub(crate) fn way(&self) -> Option<&Way> {
        self.way.as_ref()
    }

    /// Where the server listens, or the proxy.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A request to be changed before it is sent.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = match &self.way {
            // A browser names the page's origin with whatever is no GET.
            Some(way) if method != Method::GET => {
                self.client.request(method, way.origin() + path).header("origin", way.origin())
            }
            Some(way) => self.client.request(method, way.origin() + path),
            None => self.client.request(method, format!("http://{}{path}", self.address)),
        };
        match self.credential() {
            Some((name, value)) => request.header(name, value),
            None => request,
        }
    }

    /// Sends a request.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, text: response.text().await.expect("a body") }
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// POST with a JSON body.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::POST, path).json(&body)).await
    }

    /// PATCH with a JSON body.
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::PATCH, path).json(&body)).await
    }

    /// PUT without a body.
    pub async fn put(&self, path: &str) -> Answer {
        self.send(self.request(Method::PUT, path)).await
    }

    /// PUT with a JSON body.
    pub async fn set(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::PUT, path).json(&body)).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// Starts a post-mortem and gives its id.
    pub async fn start_postmortem(&self, title: &str) -> String {
        let made = self.post("/api/postmortems", json!({ "title": title })).await.expect(201);
        id_of(&made)
    }

    /// Imports an incident file and gives the id.
    pub async fn import(&self, incident: &str) -> String {
        let request = self.request(Method::POST, "/api/imports").header("content-type", "application/json");
        let made = self.send(request.body(incident.to_owned())).await.expect(201);
        id_of(&made)
    }
}

fn id_of(made: &Value) -> String {
    made.get("id").and_then(Value::as_str).expect("an id").to_owned()
}
