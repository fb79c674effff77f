//! How providers are asked: encrypted, by the certificates that this machine trusts, without following them elsewhere, and
//! with an end to how long an answer takes and how large it is.

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::redirect::Policy;
use std::error::Error;
use std::io;
use std::pin::Pin;
use std::sync::OnceLock;
use std::time::Duration;

/// How long a connection, and a whole answer, may take.
const CONNECTING: Duration = Duration::from_secs(3);
const ANSWERING: Duration = Duration::from_secs(5);

/// The most bytes of an answer: sets of keys are of a few thousand.
const LARGEST: usize = 256 * 1024;

/// Why a provider gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebError {
    #[error("it did not answer within {} s", ANSWERING.as_secs())]
    Slow,
    #[error("{0}")]
    Unreachable(String),
    #[error("it answered more than {} KiB", LARGEST / 1024)]
    TooLarge,
    #[error("{0} is not encrypted: only https is asked, and http on this machine itself")]
    Plain(String),
}

/// Made when it is first used: it reads the certificates of the machine.
#[derive(Debug, Default)]
pub struct Web(OnceLock<Result<reqwest::Client, String>>);

impl Web {
    fn client(&self) -> Result<&reqwest::Client, WebError> {
        let build = || {
            let client =
                reqwest::Client::builder().redirect(Policy::none()).connect_timeout(CONNECTING).timeout(ANSWERING);
            client.user_agent("Debrief").build().map_err(|error| in_words(&error))
        };
        self.0.get_or_init(build).as_ref().map_err(|reason| WebError::Unreachable(reason.clone()))
    }

    async fn fetch(&self, request: HttpRequest) -> Result<HttpResponse, WebError> {
        if !is_guarded(request.uri().scheme_str(), request.uri().host()) {
            return Err(WebError::Plain(format!(
                "{}://{}",
                request.uri().scheme_str().unwrap_or_default(),
                host(&request)
            )));
        }
        let request = request.try_into().map_err(failure)?;
        let mut answer = self.client()?.execute(request).await.map_err(failure)?;
        let mut response = HttpResponse::new(Vec::new());
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        while let Some(bytes) = answer.chunk().await.map_err(failure)? {
            if response.body().len() + bytes.len() > LARGEST {
                return Err(WebError::TooLarge);
            }
            response.body_mut().extend_from_slice(&bytes);
        }
        Ok(response)
    }
}

fn host(request: &HttpRequest) -> &str {
    request.uri().host().unwrap_or_default()
}

/// Whether nobody on the way reads what is sent there.
pub fn is_guarded(scheme: Option<&str>, host: Option<&str>) -> bool {
    match (scheme, host) {
        (Some("https"), Some(_)) => true,
        (Some("http"), Some(host)) => ["localhost", "127.0.0.1", "[::1]"].contains(&host),
        _ => false,
    }
}

/// Without the address that was asked, of which the log has the provider.
fn failure(error: reqwest::Error) -> WebError {
    if error.is_timeout() { WebError::Slow } else { WebError::Unreachable(in_words(&error.without_url())) }
}

/// The cause of all, in words for who wrote the address: what stands around it says only that something failed.
fn in_words(error: &(dyn Error + 'static)) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    let kind = cause.downcast_ref::<io::Error>().map(io::Error::kind);
    match kind {
        Some(io::ErrorKind::ConnectionRefused) => "nothing answers there under this port".to_owned(),
        Some(io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::UnexpectedEof) => {
            "it ended the connection".to_owned()
        }
        Some(io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable) => {
            "no way leads there from the server's machine".to_owned()
        }
        Some(_) | None => match cause.to_string() {
            words if words.contains("lookup address") => "no machine of this name is known".to_owned(),
            words => words,
        },
    }
}

impl<'c> AsyncHttpClient<'c> for Web {
    type Error = WebError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, WebError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.fetch(request))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_nothing_came_of_it_is_said_in_words() {
        let words = |kind: io::ErrorKind| in_words(&io::Error::from(kind));
        assert_eq!(words(io::ErrorKind::ConnectionRefused), "nothing answers there under this port");
        let unknown = io::Error::other("failed to lookup address information: Name or service not known");
        assert_eq!(in_words(&unknown), "no machine of this name is known");
        assert_eq!(
            in_words(&WebError::Plain("http://a.example".into())),
            WebError::Plain("http://a.example".into()).to_string()
        );
    }

    #[test]
    fn only_this_machine_is_asked_in_the_clear() {
        for (scheme, host) in [("https", "id.harbour.example"), ("http", "127.0.0.1"), ("http", "[::1]")] {
            assert!(is_guarded(Some(scheme), Some(host)), "{scheme}://{host}");
        }
        for (scheme, host) in [("http", "id.harbour.example"), ("http", "127.0.0.1.example"), ("ftp", "localhost")] {
            assert!(!is_guarded(Some(scheme), Some(host)), "{scheme}://{host}");
        }
    }
}
