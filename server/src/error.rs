//! What an answer's status is: the only file that chooses one. A person gets a stable code and a sentence that says what
//! to do; what went wrong inside stays in the log.

use crate::random;
use crate::store::{Store, StoreError};
use crate::sync::{OpenError, PlacementError, RestoreError};
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use postmortem::api::{ErrorBody, ErrorCode, ErrorDetail};
use postmortem::{Capability, PostmortemId, limits};
use serde::Serialize;
use tokio::task::JoinError;

/// Over how many seconds those are spread who are to try again.
const RETRY_SECONDS: u32 = 10;

/// Why a request was not carried out.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ApiError {
    #[error("Sign in first.")]
    NoSession,
    #[error(
        "Mail and password do not fit together. Nothing is locked. An admin can send you a link to choose a new password."
    )]
    SignInFailed,
    #[error(
        "There is nothing here for you: this link was used, has ended, or never was. Ask whoever gave it to you for another."
    )]
    LinkEnded,
    #[error(
        "This passkey signs nobody in here. It may have been removed: sign in in another way, and look in the settings, under \
         Profile."
    )]
    PasskeyRefused,
    #[error("This passkey is somebody else's. Use one of your own, or sign in as somebody else.")]
    PasskeyOfAnother,
    #[error("This took longer than five minutes, was finished before, or was begun in another browser. Try again.")]
    AttemptEnded,
    #[error("{0}")]
    ProofNeeded(&'static str),
    #[error("Your account is suspended. An admin of your team can let you in again; what you wrote stays yours.")]
    Suspended,
    #[error("{0}")]
    WeakPassword(String),
    #[error("This mail address has an account already. Sign in with it.")]
    MailTaken,
    #[error("{0}")]
    ForeignOrigin(String),
    #[error("{0}")]
    ForeignHost(String),
    #[error("Too many {what} in a short time. Wait {seconds} s and try again.")]
    TooOften { what: &'static str, seconds: u64 },
    #[error("Measurements are read on the machine itself, or with the token of --metrics-token.")]
    MetricsClosed,
    #[error("Only the author of a comment can change it.")]
    NotYours,
    #[error("You may not {}. Ask who runs Debrief, or who owns the post-mortem.", .0.label())]
    NotAllowed(Capability),
    #[error("There is no such {0}. It may have been deleted.")]
    NotFound(&'static str),
    #[error("This {0} was deleted since, and is not added again.")]
    Gone(&'static str),
    #[error("This post-mortem was deleted.")]
    Deleted,
    #[error("You can no longer read this post-mortem. Its owner can let you in again.")]
    ClosedToYou,
    #[error("Nothing is at this address. The API is described in the documentation.")]
    NoRoute,
    #[error("This address does not answer that method.")]
    WrongMethod,
    #[error("Only WebSockets connect here: use a Yjs client.")]
    NotWebSocket,
    #[error("Send JSON, with the content type application/json.")]
    NotJson,
    #[error("This is too large: {} KiB is the limit here.", .limit / 1024)]
    TooLarge { limit: usize },
    #[error("This took too long to arrive. Send it again, over a better line or in smaller parts.")]
    TooSlow,
    #[error("{0}")]
    Malformed(String),
    #[error("{0}")]
    Invalid(String),
    #[error(
        "This thread is full: it has at most {} comments and {} MiB. Resolve it, and say this in a new one.",
        limits::THREAD_COMMENTS,
        limits::THREAD_BYTES >> 20
    )]
    ThreadFull,
    #[error(
        "This post-mortem has as many comments as it may: {}, or {} MiB. Delete some that are settled, or write this into \
         the text.",
        limits::COMMENTS,
        limits::COMMENT_BYTES >> 20
    )]
    CommentsFull,
    #[error("The server is restarting. Try again in a moment.")]
    Stopping,
    #[error("Too many people are connected. Try again in a moment; what you typed stays in your browser.")]
    TooMany,
    #[error("The server is busy with what others asked for. Nothing was kept of this; try again in a moment.")]
    Busy,
    #[error("Much of what you asked for is still under way. Nothing was kept of this; try again when it is done.")]
    TooMuchAtOnce,
    #[error("The server cannot save at the moment. Keep what you wrote and try again in a moment.")]
    CannotSave,
    #[error(
        "This {0} cannot be read from the disk. It is kept as it is. Whoever runs Debrief can bring its last readable \
         state back with `debrief doctor`."
    )]
    Damaged(&'static str),
    #[error("This could not be done, and the reason is in the server's log. Try again in a moment.")]
    Internal,
}

impl ApiError {
    /// Some work of a request panicked, or was cut off.
    pub fn failed_inside(error: &JoinError) -> Self {
        tracing::error!(%error, "a request failed inside");
        Self::Internal
    }

    /// That a post-mortem is there.
    ///
    /// # Errors
    /// When it is not, with why.
    pub async fn expect_postmortem(store: &Store, id: &PostmortemId) -> Result<(), Self> {
        if store.has_postmortem(id).await? { Ok(()) } else { Err(Self::no_postmortem(store, id).await) }
    }

    /// Why there is no such post-mortem. Not while a write is open: it would wait for who reads.
    pub async fn no_postmortem(store: &Store, id: &PostmortemId) -> Self {
        match store.was_deleted(id).await {
            Ok(true) => Self::Deleted,
            Ok(false) => Self::NotFound("post-mortem"),
            Err(error) => error.into(),
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NoSession | Self::SignInFailed | Self::PasskeyRefused | Self::PasskeyOfAnother => {
                StatusCode::UNAUTHORIZED
            }
            Self::MailTaken => StatusCode::CONFLICT,
            Self::Suspended | Self::AttemptEnded | Self::ProofNeeded(_) => StatusCode::FORBIDDEN,
            Self::ForeignHost(_) => StatusCode::MISDIRECTED_REQUEST,
            Self::TooOften { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::ForeignOrigin(_) | Self::NotYours | Self::NotAllowed(_) | Self::MetricsClosed => {
                StatusCode::FORBIDDEN
            }
            Self::NotFound(_) | Self::Deleted | Self::ClosedToYou | Self::NoRoute | Self::LinkEnded => {
                StatusCode::NOT_FOUND
            }
            Self::Gone(_) => StatusCode::GONE,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotWebSocket => StatusCode::UPGRADE_REQUIRED,
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::Invalid(_) | Self::WeakPassword(_) | Self::ThreadFull | Self::CommentsFull => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::TooMuchAtOnce => StatusCode::TOO_MANY_REQUESTS,
            Self::Stopping | Self::TooMany | Self::Busy | Self::CannotSave => StatusCode::SERVICE_UNAVAILABLE,
            Self::Damaged(_) | Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::NoSession => ErrorCode::NoSession,
            Self::SignInFailed => ErrorCode::SignInFailed,
            Self::PasskeyRefused | Self::PasskeyOfAnother => ErrorCode::PasskeyRefused,
            Self::AttemptEnded => ErrorCode::AttemptEnded,
            Self::ProofNeeded(_) => ErrorCode::ProofNeeded,
            Self::Suspended => ErrorCode::Suspended,
            Self::LinkEnded => ErrorCode::LinkEnded,
            Self::WeakPassword(_) => ErrorCode::WeakPassword,
            Self::MailTaken => ErrorCode::MailTaken,
            Self::ForeignOrigin(_) => ErrorCode::ForeignOrigin,
            Self::ForeignHost(_) => ErrorCode::ForeignHost,
            Self::TooOften { .. } => ErrorCode::TooOften,
            Self::NotYours => ErrorCode::NotYours,
            Self::NotAllowed(_) => ErrorCode::NotAllowed,
            Self::MetricsClosed => ErrorCode::MetricsClosed,
            Self::NotFound(_) | Self::NoRoute => ErrorCode::NotFound,
            Self::Gone(_) => ErrorCode::Gone,
            Self::Deleted => ErrorCode::Deleted,
            Self::ClosedToYou => ErrorCode::ClosedToYou,
            Self::WrongMethod => ErrorCode::WrongMethod,
            Self::NotWebSocket => ErrorCode::NotWebSocket,
            Self::NotJson => ErrorCode::NotJson,
            Self::TooLarge { .. } => ErrorCode::TooLarge,
            Self::TooSlow => ErrorCode::TooSlow,
            Self::Malformed(_) => ErrorCode::Malformed,
            Self::Invalid(_) => ErrorCode::Invalid,
            Self::ThreadFull => ErrorCode::ThreadFull,
            Self::CommentsFull => ErrorCode::CommentsFull,
            Self::Stopping => ErrorCode::Stopping,
            Self::TooMany => ErrorCode::TooMany,
            Self::Busy => ErrorCode::Busy,
            Self::TooMuchAtOnce => ErrorCode::TooMuchAtOnce,
            Self::CannotSave => ErrorCode::CannotSave,
            Self::Damaged(_) => ErrorCode::Damaged,
            Self::Internal => ErrorCode::Internal,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = ErrorBody { error: ErrorDetail { code: self.code(), message: self.to_string() } };
        let mut response = (self.status(), Json(body)).into_response();
        if matches!(response.status(), StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
            // Not the same for everyone, or everyone would be back at once.
            response.headers_mut().insert(header::RETRY_AFTER, (1 + random::below(RETRY_SECONDS)).into());
        }
        if let Self::TooOften { seconds, .. } = self {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store did not answer");
        match error {
            error if error.is_late() => Self::Busy,
            error if error.may_pass() => Self::CannotSave,
            error if error.is_damage() => Self::Damaged("part of the database"),
            _ => Self::Internal,
        }
    }
}

impl From<OpenError> for ApiError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Missing => Self::NotFound("post-mortem"),
            OpenError::Deleted => Self::Deleted,
            OpenError::Stopping => Self::Stopping,
            OpenError::Damaged => Self::Damaged("post-mortem"),
            OpenError::CannotSave => Self::CannotSave,
            OpenError::Failed => Self::Internal,
        }
    }
}

impl From<RestoreError> for ApiError {
    fn from(error: RestoreError) -> Self {
        match error {
            RestoreError::Open(error) => error.into(),
            RestoreError::Misfit(_) => {
                tracing::error!(%error, "a version was not brought back");
                Self::Invalid("This version does not fit what the post-mortem has become; nothing was changed.".into())
            }
        }
    }
}

impl From<PlacementError> for ApiError {
    fn from(error: PlacementError) -> Self {
        match error {
            PlacementError::Missing(noun) => Self::NotFound(noun),
            PlacementError::Passage(error) => Self::Invalid(error.to_string()),
        }
    }
}

/// Something was made.
pub fn created<T: Serialize>(value: T) -> Response {
    (StatusCode::CREATED, Json(value)).into_response()
}

/// An answer with cookies.
pub fn with_cookies(cookies: &[String], mut answer: Response) -> Response {
    for cookie in cookies {
        match HeaderValue::from_str(cookie) {
            Ok(cookie) => answer.headers_mut().append(header::SET_COOKIE, cookie),
            // Hexadecimal and numbers are always a header.
            Err(_) => return ApiError::Internal.into_response(),
        };
    }
    answer
}

/// It was done and there is nothing to tell.
pub fn done() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// What the browser has is still right.
pub fn unchanged() -> Response {
    StatusCode::NOT_MODIFIED.into_response()
}

/// The browser goes there, with cookies. The address that it comes from stays with us, since it may hold a secret.
pub fn elsewhere(address: &str, cookies: &[String]) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let value = |text: &str| HeaderValue::from_str(text);
    let (Ok(location), Ok(cookies)) =
        (value(address), cookies.iter().map(|cookie| value(cookie)).collect::<Result<Vec<_>, _>>())
    else {
        return ApiError::Internal.into_response();
    };
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, location);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    for cookie in cookies {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}

/// The server cannot do its work, and a sentence says what is wrong.
pub fn not_ready(sentence: &'static str) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, sentence).into_response()
}

/// A page for people in the place of what they looked for.
pub fn absent(absence: Absence, title: &str, sentence: &str) -> Response {
    let status = absence.status();
    let html = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title></head>\
         <body><main><h1>{title}</h1><p>{sentence}</p></main></body></html>\n"
    );
    let policy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (status, headers, html).into_response()
}

/// Why a page is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// It never was.
    Never,
    /// It was taken back.
    Gone,
    /// It is for people who are signed in.
    SignedOut,
    /// It is for the members of the team.
    NotForYou,
    /// It was asked of another server.
    Elsewhere,
    /// This binary was built without it.
    NotBuilt,
}

/// A finished page of ours that says that something is not there.
pub fn absent_page(absence: Absence, mut page: Response) -> Response {
    *page.status_mut() = absence.status();
    page
}

impl Absence {
    fn status(self) -> StatusCode {
        match self {
            Self::Never => StatusCode::NOT_FOUND,
            Self::Gone => StatusCode::GONE,
            Self::SignedOut => StatusCode::UNAUTHORIZED,
            Self::NotForYou => StatusCode::FORBIDDEN,
            Self::Elsewhere => StatusCode::MISDIRECTED_REQUEST,
            Self::NotBuilt => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_only_waited_for_the_database_is_not_told_that_it_cannot_save() {
        let answer = ApiError::from(StoreError::from(sqlx::Error::PoolTimedOut));
        assert_eq!((answer.status(), answer.code()), (StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Busy));
    }
}
