//! The names that the server answers to. Whoever owns a name can let it lead to this machine, and a page under it then
//! passes for one of ours, `Origin` and all (DNS rebinding). What such a page cannot have is a name in `Host` that is ours.

use super::PublicUrl;
use crate::Debrief;
use crate::error::{Absence, ApiError, absent};
use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::{IpAddr, SocketAddr};

/// What answers under any name: probes name the machine as they like and learn one word, and who may read the
/// measurements is decided by a rule of their own.
const FOR_ANY_NAME: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// What is answered by a program to a program.
const FOR_PROGRAMS: [&str; 2] = ["/api/", "/sync/"];

/// Longer than a name can be.
const LONGEST_HOST: usize = 300;

/// The names of a server.
#[derive(Debug, Clone)]
pub struct Names {
    listening: SocketAddr,
    public_url: Option<PublicUrl>,
}

impl Names {
    pub fn new(listening: SocketAddr, public_url: Option<PublicUrl>) -> Self {
        Self { listening, public_url }
    }

    /// Whether a request for this host, as in the header of that name, is for this server: loopback names always are,
    /// addresses in digits where it listens to more than its own machine (no page of somebody else's has one), and the
    /// host of the public URL. The port says nothing: proxies and tunnels change it.
    fn include(&self, host: &str) -> bool {
        let Some(host) = Host::parse(host) else {
            return false;
        };
        let is_public = |url: &PublicUrl| Host::parse(url.authority()).is_some_and(|public| public == host);
        host.is_loopback()
            || (host.is_digits() && !self.listening.ip().to_canonical().is_loopback())
            || self.public_url.as_ref().is_some_and(is_public)
    }

    /// What to say to somebody who asked for another host.
    fn refusal(&self, asked: &str, is_secure: bool) -> String {
        let scheme = if is_secure { "https" } else { "http" };
        let is_plain =
            !asked.is_empty() && asked.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte));
        let (asked, url) = match is_plain {
            true => (asked, format!("{scheme}://{asked}")),
            false => ("another name", "URL".to_owned()),
        };
        let listening = self.listening;
        match &self.public_url {
            Some(public_url) => format!(
                "This server is {} (its --public-url), and was asked for as {asked}. Open it under its own address. A \
                 proxy in front of it has to pass on the Host that it was asked for; if people use {asked}, start the \
                 server with `debrief serve --listen {listening} --public-url {url}`.",
                public_url.origin(),
            ),
            None => {
                let known = match listening.ip().to_canonical().is_loopback() {
                    true => "localhost and 127.0.0.1",
                    false => "addresses in digits and localhost",
                };
                format!(
                    "This server answers to {known}, and was asked for as {asked}. If people use that name for it, start \
                     it with `debrief serve --listen {listening} --public-url {url}`."
                )
            }
        }
    }
}

/// A host without its port.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Host {
    Digits(IpAddr),
    /// In lower case, without the dot that ends a full name.
    Name(String),
}

impl Host {
    pub(super) fn parse(text: &str) -> Option<Self> {
        // What stands before an @ belongs in no Host.
        let authority: Authority = text.parse().ok().filter(|_| !text.contains('@'))?;
        let host = authority.host();
        // The library takes `[::1].example.org` for the host `[::1]`.
        let port = authority.as_str().strip_prefix(host)?;
        if !port.is_empty() && !port.strip_prefix(':')?.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
            Some(digits) => {
                digits.parse().ok().map(|ip: std::net::Ipv6Addr| Self::Digits(IpAddr::V6(ip).to_canonical()))
            }
            None => match host.parse::<std::net::Ipv4Addr>() {
                Ok(ip) => Some(Self::Digits(ip.into())),
                Err(_) => Some(Self::Name(host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase())),
            },
        }
    }

    fn is_digits(&self) -> bool {
        matches!(self, Self::Digits(_))
    }

    /// Browsers ask nobody where `localhost` and names below it are.
    pub(super) fn is_loopback(&self) -> bool {
        match self {
            Self::Digits(ip) => ip.is_loopback(),
            Self::Name(name) => name == "localhost" || name.ends_with(".localhost"),
        }
    }
}

/// Whether a request was made for this machine by a name that leads nowhere else.
pub(super) fn is_for_loopback(headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    match (hosts.next().and_then(|host| host.to_str().ok()), hosts.next()) {
        (Some(host), None) => Host::parse(host).is_some_and(|host| host.is_loopback()),
        _ => false,
    }
}

/// Refuses what was asked of another server.
pub async fn refuse_foreign_names(State(debrief): State<Debrief>, request: Request, next: Next) -> Response {
    if FOR_ANY_NAME.contains(&request.uri().path()) {
        return next.run(request).await;
    }
    let names = &debrief.access.names;
    let asked = hosts(request.uri(), request.headers());
    let foreign = match asked.as_slice() {
        [] => Some(""),
        // Each of them is what some proxy or browser went by.
        asked => asked.iter().copied().find(|host| !names.include(host)),
    };
    match foreign {
        None => next.run(request).await,
        Some(host) => refuse(&debrief, host.get(..LONGEST_HOST).unwrap_or(host), &request),
    }
}

/// Every host that a request names; one that is no text counts as one without a name.
fn hosts<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Vec<&'a str> {
    let named = headers.get_all(header::HOST).iter().map(|host| host.to_str().unwrap_or_default());
    uri.authority().map(Authority::as_str).into_iter().chain(named).collect()
}

fn refuse(debrief: &Debrief, host: &str, request: &Request) -> Response {
    let headers = request.headers();
    let is_secure = headers.get("x-forwarded-proto").is_some_and(|scheme| scheme.as_bytes() == b"https");
    let sentence = debrief.access.names.refusal(host, is_secure);
    if debrief.access.told.is_new("host", host) {
        tracing::warn!(host, "refused, and said no more of this host: {sentence}");
    }
    let path = request.uri().path();
    let is_for_program = FOR_PROGRAMS.iter().any(|start| path.starts_with(start)) || request.method() != Method::GET;
    match is_for_program {
        true => ApiError::ForeignHost(sentence).into_response(),
        false => absent(Absence::Elsewhere, "This server has another name", &sentence),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(listening: &str, public_url: Option<&str>) -> Names {
        let public_url = public_url.map(|url| url.parse().expect("a public URL"));
        Names::new(listening.parse().expect("an address"), public_url)
    }

    #[test]
    fn a_server_for_its_own_machine_answers_to_loopback_names() {
        let names = names("127.0.0.1:8080", None);
        let ours = [
            "localhost",
            "LOCALHOST:8080",
            "localhost.",
            "debrief.localhost:1",
            "127.0.0.1:8080",
            "127.9.9.9",
            "[::1]:80",
        ];
        for host in ours {
            assert!(names.include(host), "{host}");
        }
        let others = [
            "",
            "evil.example",
            "evil.example:8080",
            "localhost.evil.example",
            "evil-localhost",
            "127.0.0.1.evil.example",
            "192.0.2.1:8080",
            "[2001:db8::1]:8080",
            "0.0.0.0:8080",
            "127.0.0.1@evil.example",
            "evil.example@127.0.0.1",
            "127.0.0.1:8080:80",
            "[::1",
            "[::1].evil.example",
            "127.1",
            "127.0.0.1..",
            "..localhost..",
            "127.0.0.1 evil.example",
        ];
        for host in others {
            assert!(!names.include(host), "{host}");
        }
    }

    #[test]
    fn a_server_for_a_network_answers_to_digits_and_no_name_that_nobody_gave_it() {
        let names = names("0.0.0.0:8080", None);
        for host in ["localhost:8080", "127.0.0.1:8080", "192.0.2.1:8080", "192.0.2.1", "[2001:db8::1]:8080"] {
            assert!(names.include(host), "{host}");
        }
        for host in ["myhost:8080", "evil.example", "192.0.2.1.evil.example"] {
            assert!(!names.include(host), "{host}");
        }
        let refusal = names.refusal("myhost:8080", false);
        let command = "`debrief serve --listen 0.0.0.0:8080 --public-url http://myhost:8080`";
        assert!(refusal.contains(command), "{refusal}");
    }

    #[test]
    fn the_host_of_the_public_url_is_ours_on_any_port() {
        let names = names("127.0.0.1:8080", Some("https://Debrief.example.org:8443"));
        for host in ["debrief.example.org", "DEBRIEF.example.org:443", "debrief.example.org.", "127.0.0.1:8080"] {
            assert!(names.include(host), "{host}");
        }
        for host in ["example.org", "x.debrief.example.org", "192.0.2.1", "evil.example"] {
            assert!(!names.include(host), "{host}");
        }
        let refusal = names.refusal("evil.example", true);
        assert!(refusal.contains("https://debrief.example.org:8443 (its --public-url)"), "{refusal}");
        assert!(refusal.contains("--public-url https://evil.example`"), "{refusal}");
    }

    #[test]
    fn a_refusal_repeats_nothing_that_is_no_name() {
        for host in ["<b>", "\u{1b}[31m", "a b", "`x`", ""] {
            let refusal = names("127.0.0.1:8080", None).refusal(host, false);
            assert!(
                refusal.contains("asked for as another name") && refusal.contains("--public-url URL`"),
                "{refusal}"
            );
        }
    }
}
