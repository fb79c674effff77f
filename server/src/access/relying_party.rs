//! For which server a passkey is made: browsers keep one for a name, and show it to pages of one origin. There is one for each
//! server, that of its public URL; without one it is the name that whoever asks came by, which can only be this machine's own.

use super::PublicUrl;
use super::names::Host;
use axum::http::{HeaderMap, header};

/// A server as authenticators know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelyingParty {
    /// The name for which passkeys are made.
    pub name: String,
    /// Where the pages are that may use them.
    pub origin: String,
}

/// Why no passkey can be made for a server, in a sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoRelyingParty {
    #[error(
        "A passkey belongs to a name, and this page was asked for by an address in digits. Open Debrief at {0} instead."
    )]
    LoopbackDigits(String),
    #[error(
        "A passkey belongs to a name, and this server is reached by an address in digits. Whoever runs it can give it a name \
         with https, and start it with --public-url."
    )]
    Digits,
    #[error(
        "Browsers keep passkeys for pages over https alone, and this server is reached at {0}. Whoever runs it can put it behind \
         https, and start it with that --public-url."
    )]
    NotEncrypted(String),
}

impl RelyingParty {
    /// As whoever makes a request with these headers reaches it.
    ///
    /// # Errors
    /// When browsers would make no passkey there.
    pub fn of(public_url: Option<&PublicUrl>, headers: &HeaderMap) -> Result<Self, NoRelyingParty> {
        let (origin, is_secure) = match public_url {
            Some(url) => (url.origin().to_owned(), url.is_secure()),
            None => {
                let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
                (format!("http://{}", host.to_ascii_lowercase()), false)
            }
        };
        let authority = origin.split_once("://").map_or("", |(_, authority)| authority);
        let is_for_loopback = Host::parse(authority).is_some_and(|host| host.is_loopback());
        match Host::parse(authority) {
            Some(Host::Name(name)) if is_secure || is_for_loopback => Ok(Self { name, origin }),
            Some(Host::Name(_)) => Err(NoRelyingParty::NotEncrypted(origin)),
            Some(Host::Digits(_)) if is_for_loopback && public_url.is_none() => {
                let port = authority.rsplit_once(':').map(|(_, port)| port);
                let port = port.filter(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
                let named = port.map_or("http://localhost".to_owned(), |port| format!("http://localhost:{port}"));
                Err(NoRelyingParty::LoopbackDigits(named))
            }
            Some(Host::Digits(_)) | None => Err(NoRelyingParty::Digits),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn party(public_url: Option<&str>, host: &str) -> Result<RelyingParty, NoRelyingParty> {
        let public_url = public_url.map(|url| url.parse().expect("a public URL"));
        let headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_str(host).expect("a host"))]);
        RelyingParty::of(public_url.as_ref(), &headers)
    }

    fn found(name: &str, origin: &str) -> Result<RelyingParty, NoRelyingParty> {
        Ok(RelyingParty { name: name.to_owned(), origin: origin.to_owned() })
    }

    #[test]
    fn the_public_url_alone_says_for_which_name_passkeys_are() {
        let own = Some("https://Debrief.example.org:8443");
        for host in ["debrief.example.org:8443", "127.0.0.1:8080", "localhost"] {
            assert_eq!(party(own, host), found("debrief.example.org", "https://debrief.example.org:8443"));
        }
        assert_eq!(party(Some("http://localhost:8080"), "x"), found("localhost", "http://localhost:8080"));
        assert_eq!(party(Some("https://192.0.2.1"), "192.0.2.1"), Err(NoRelyingParty::Digits));
        assert_eq!(party(Some("http://127.0.0.1:80"), "x"), Err(NoRelyingParty::Digits));
        let plain = "http://debrief.example.org";
        assert_eq!(party(Some(plain), "x"), Err(NoRelyingParty::NotEncrypted(plain.to_owned())));
    }

    #[test]
    fn without_one_they_are_for_the_names_of_this_machine() {
        assert_eq!(party(None, "LOCALHOST:8080"), found("localhost", "http://localhost:8080"));
        assert_eq!(party(None, "debrief.localhost"), found("debrief.localhost", "http://debrief.localhost"));
        for (host, named) in [
            ("127.0.0.1:8080", "http://localhost:8080"),
            ("[::1]:8080", "http://localhost:8080"),
            ("[::1]", "http://localhost"),
            ("127.0.0.1", "http://localhost"),
        ] {
            assert_eq!(party(None, host), Err(NoRelyingParty::LoopbackDigits(named.to_owned())), "{host}");
        }
        assert_eq!(party(None, "192.0.2.1:8080"), Err(NoRelyingParty::Digits));
        assert_eq!(party(None, ""), Err(NoRelyingParty::Digits));
    }
}
