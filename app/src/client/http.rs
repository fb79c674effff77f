//! Requests to the JSON API, with errors that can be shown to a person as they are.

use gloo_net::http::{Request, RequestBuilder, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

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
        /// The stable code.
        code: String,
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

    /// Whether what was asked for is there, and cannot be read before somebody repairs it.
    pub fn is_damaged(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if code == "damaged")
    }

    /// Whether what was asked for does not exist.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Refused { status: 404 | 410, .. })
    }
}

#[derive(Deserialize)]
struct ErrorBody {
    error: ErrorDetail,
}

#[derive(Deserialize)]
struct ErrorDetail {
    code: String,
    message: String,
}

/// Asks for a value.
pub async fn get<T: DeserializeOwned>(path: &str) -> Result<T, RequestError> {
    read(send(Request::get(path), None).await?).await
}

/// Asks only whether something is there.
pub async fn check(path: &str) -> Result<(), RequestError> {
    send(Request::get(path), None).await.map(drop)
}

/// Creates something and reads what the server says about it.
pub async fn post<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Result<T, RequestError> {
    read(send(Request::post(path), Some(write(body)?)).await?).await
}

/// Creates something from JSON that is already text, such as a file.
pub async fn post_text<T: DeserializeOwned>(path: &str, body: String) -> Result<T, RequestError> {
    read(send(Request::post(path), Some(body)).await?).await
}

/// Creates or changes something whose answer holds nothing that the page needs.
pub async fn submit(method: Method, path: &str, body: &impl Serialize) -> Result<(), RequestError> {
    let request = match method {
        Method::Post => Request::post(path),
        Method::Put => Request::put(path),
        Method::Patch => Request::patch(path),
    };
    send(request, Some(write(body)?)).await.map(drop)
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
    send(Request::delete(path), None).await.map(drop)
}

fn write(body: &impl Serialize) -> Result<String, RequestError> {
    serde_json::to_string(body).map_err(|_| RequestError::Unreadable)
}

async fn send(request: RequestBuilder, body: Option<String>) -> Result<Response, RequestError> {
    let request = match body {
        Some(body) => request.header("content-type", "application/json").body(body),
        None => request.build(),
    };
    let response =
        request.map_err(|_| RequestError::Unreachable)?.send().await.map_err(|_| RequestError::Unreachable)?;
    if response.ok() {
        return Ok(response);
    }
    let status = response.status();
    let body: Option<ErrorBody> = response.text().await.ok().and_then(|text| serde_json::from_str(&text).ok());
    Err(match body {
        Some(ErrorBody { error }) => RequestError::Refused { status, code: error.code, message: error.message },
        // A proxy answers in HTML while the server behind it is down.
        None if status >= 500 => RequestError::Unreachable,
        None => RequestError::Unreadable,
    })
}

async fn read<T: DeserializeOwned>(response: Response) -> Result<T, RequestError> {
    let text = response.text().await.map_err(|_| RequestError::Unreachable)?;
    serde_json::from_str(&text).map_err(|_| RequestError::Unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_change_by_itself_is_asked_again() {
        let refused = |status| RequestError::Refused { status, code: String::new(), message: String::new() };
        assert!([403, 404, 410, 422].map(refused).iter().all(RequestError::is_final));
        assert!(![401, 408, 429, 500, 503].map(refused).iter().any(RequestError::is_final));
        assert!(!RequestError::Unreachable.is_final());
    }
}
