//! Requests to the JSON API, with errors that can be shown to a person as they are.

use super::person;
use gloo_net::http::{Request, RequestBuilder, Response};
use postmortem::api::{ErrorBody, ErrorCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use web_sys::AbortSignal;

/// How long an answer may take that a person waits for without seeing anything.
const PATIENCE_MILLISECONDS: u32 = 10_000;

/// How long any other answer may take: a large post-mortem on a slow phone. A server that hangs would let a page wait for
/// ever, and all that follows on the answer with it.
const LONGEST_MILLISECONDS: u32 = 60_000;

/// What a line that is just good enough carries. A request gets as much more time as its body takes at this rate: two
/// minutes for the largest file.
const BYTES_A_SECOND: usize = 16 * 1024;

/// Why a request brought no answer. Its text is a sentence for the person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// Nothing came back: no network, or no server.
    #[error("The server does not answer. Check the connection and try again.")]
    Unreachable,
    /// The server said no, and why.
    #[error("{message}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What it is about, for the page.
        code: ErrorCode,
        /// The server's sentence.
        message: String,
    },
    /// An answer that this version of the page does not understand.
    #[error("The server's answer could not be read. Reload the page; it may be older than the server.")]
    Unreadable,
}

impl RequestError {
    /// Whether asking again later would bring the same answer: signing in again, or a server that was down, would not.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Refused { status, .. } if (400..500).contains(status) && ![401, 408, 429].contains(status))
    }

    /// What it was refused for.
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Refused { code, .. } => Some(*code),
            Self::Unreachable | Self::Unreadable => None,
        }
    }

    /// Whether what was asked for is there, and cannot be read before somebody repairs it.
    pub fn is_damaged(&self) -> bool {
        matches!(self, Self::Refused { code: ErrorCode::Damaged, .. })
    }

    /// Whether the server has no session of the person as whose it was asked.
    pub fn is_signed_out(&self) -> bool {
        matches!(self, Self::Refused { code: ErrorCode::NoSession, .. })
    }

    /// Whether somebody deleted what was asked for. Of what is missing for another reason, a copy may be the last.
    pub fn is_deleted(&self) -> bool {
        matches!(self, Self::Refused { code: ErrorCode::Deleted, .. })
    }

    /// Whether this page's person may not read any more what was asked for.
    pub fn is_closed(&self) -> bool {
        matches!(self, Self::Refused { code: ErrorCode::ClosedToYou, .. })
    }
}

/// What is said when a proxy takes less than the server behind it.
const TOO_LARGE: &str = "Something between this page and Debrief refused this for its size. Whoever runs Debrief can let \
                         more through its proxy; docs/self-hosting.md says how.";

/// Asks for a value.
pub async fn get<T: DeserializeOwned>(path: &str) -> Result<T, RequestError> {
    read(send(Request::get(path), None, LONGEST_MILLISECONDS).await?).await
}

/// Asks for a value that hangs on no person, or that says who this is.
pub async fn get_as_anyone<T: DeserializeOwned>(path: &str) -> Result<T, RequestError> {
    read(exchange(Request::get(path), None, LONGEST_MILLISECONDS).await?).await
}

/// Creates something as nobody in particular: what says who this is, and what is asked before anybody has said so.
pub async fn post_as_anyone<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Result<T, RequestError> {
    read(exchange(Request::post(path), Some(write(body)?), LONGEST_MILLISECONDS).await?).await
}

/// Changes something and reads what it is from then on.
pub async fn patch<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Result<T, RequestError> {
    read(send(Request::patch(path), Some(write(body)?), LONGEST_MILLISECONDS).await?).await
}

/// Asks for a value, and takes a server that lets it wait for one that does not answer.
pub async fn get_soon<T: DeserializeOwned>(path: &str) -> Result<T, RequestError> {
    read(send(Request::get(path), None, PATIENCE_MILLISECONDS).await?).await
}

/// The same with a header beside those of every request.
pub async fn get_soon_with<T: DeserializeOwned>(path: &str, header: (&str, &str)) -> Result<T, RequestError> {
    let (name, value) = header;
    read(send(Request::get(path).header(name, value), None, PATIENCE_MILLISECONDS).await?).await
}

/// Creates something and reads what the server says about it.
pub async fn post<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Result<T, RequestError> {
    post_text(path, write(body)?).await
}

/// Creates something from JSON that is already text, such as a file.
pub async fn post_text<T: DeserializeOwned>(path: &str, body: String) -> Result<T, RequestError> {
    let limit = longest(body.len());
    read(send(Request::post(path), Some(body), limit).await?).await
}

/// Replaces something and reads what it is from then on.
pub async fn put<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Result<T, RequestError> {
    read(send(Request::put(path), Some(write(body)?), LONGEST_MILLISECONDS).await?).await
}

/// Creates or changes something whose answer holds nothing that the page needs.
pub async fn submit(method: Method, path: &str, body: &impl Serialize) -> Result<(), RequestError> {
    let request = match method {
        Method::Post => Request::post(path),
        Method::Put => Request::put(path),
        Method::Patch => Request::patch(path),
    };
    let body = write(body)?;
    let limit = longest(body.len());
    send(request, Some(body), limit).await.map(drop)
}

/// How [`submit`] sends its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Create.
    Post,
    /// Replace.
    Put,
    /// Change.
    Patch,
}

/// Deletes something.
pub async fn delete(path: &str) -> Result<(), RequestError> {
    send(Request::delete(path), None, LONGEST_MILLISECONDS).await.map(drop)
}

fn write(body: &impl Serialize) -> Result<String, RequestError> {
    serde_json::to_string(body).map_err(|_| RequestError::Unreadable)
}

/// How many milliseconds a request with a body of so many bytes may take.
fn longest(bytes: usize) -> u32 {
    let underway = u32::try_from(bytes / BYTES_A_SECOND).unwrap_or(u32::MAX).saturating_mul(1_000);
    LONGEST_MILLISECONDS.saturating_add(underway)
}

/// Sends a request as this page's person.
async fn send(request: RequestBuilder, body: Option<String>, milliseconds: u32) -> Result<Response, RequestError> {
    let request = match person::current() {
        Some(person) => request.header(person::HEADER, person.as_str()),
        None => request,
    };
    let answer = exchange(request, body, milliseconds).await;
    if answer.as_ref().is_err_and(RequestError::is_signed_out) {
        person::doubt();
    }
    answer
}

/// Sends a request, and gives it up after so many milliseconds, though its answer may have begun.
async fn exchange(request: RequestBuilder, body: Option<String>, milliseconds: u32) -> Result<Response, RequestError> {
    let limit = AbortSignal::timeout_with_u32(milliseconds);
    let request = request.abort_signal(Some(&limit));
    let request = match body {
        Some(body) => request.header("content-type", "application/json").body(body),
        None => request.build(),
    };
    let response =
        request.map_err(|_| RequestError::Unreachable)?.send().await.map_err(|_| RequestError::Unreachable)?;
    if response.ok() {
        return Ok(response);
    }
    Err(refusal(response.status(), &response.text().await.unwrap_or_default()))
}

/// What an answer says that brings nothing. One that is not of our kind was made on the way, by a proxy.
fn refusal(status: u16, text: &str) -> RequestError {
    match serde_json::from_str(text) {
        Ok(ErrorBody { error }) => RequestError::Refused { status, code: error.code, message: error.message },
        Err(_) if status == 413 => {
            RequestError::Refused { status, code: ErrorCode::TooLarge, message: TOO_LARGE.into() }
        }
        // It answers in HTML while the server behind it is down.
        Err(_) if status >= 500 => RequestError::Unreachable,
        Err(_) => RequestError::Unreadable,
    }
}

async fn read<T: DeserializeOwned>(response: Response) -> Result<T, RequestError> {
    let text = response.text().await.map_err(|_| RequestError::Unreachable)?;
    serde_json::from_str(&text).map_err(|_| RequestError::Unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_for_the_size_is_told_whoever_made_it() {
        let ours = r#"{"error": {"code": "too_large", "message": "This is too large: 2048 KiB is the limit here."}}"#;
        assert!(refusal(413, ours).to_string().starts_with("This is too large"));
        let page = "<html><head><title>413 Request Entity Too Large</title></head></html>";
        for text in [page, "", "{}"] {
            let refused = refusal(413, text);
            assert!(refused.to_string().starts_with("Something between this page and Debrief"), "{refused}");
            assert!(refused.is_final(), "the same again would be refused again");
        }
        assert_eq!(refusal(502, page), RequestError::Unreachable);
        assert_eq!(refusal(404, page), RequestError::Unreadable);
    }

    #[test]
    fn a_request_gets_the_time_that_its_body_needs_and_no_more() {
        assert_eq!([0, 100].map(longest), [LONGEST_MILLISECONDS; 2]);
        assert_eq!(longest(2 << 20), LONGEST_MILLISECONDS + 128_000);
        assert_eq!(longest(usize::MAX), u32::MAX);
    }

    #[test]
    fn only_what_may_change_by_itself_is_asked_again() {
        let refused = |status| RequestError::Refused { status, code: ErrorCode::Unknown, message: String::new() };
        assert!([403, 404, 410, 422].map(refused).iter().all(RequestError::is_final));
        assert!(![401, 408, 429, 500, 503].map(refused).iter().any(RequestError::is_final));
        assert!(!RequestError::Unreachable.is_final());
    }
}
