//! Why a request was not carried out: a stable code for programs, and a sentence for the person.

use serde::{Deserialize, Serialize};

/// The body of every answer that is no success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    pub error: ErrorDetail,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorDetail {
    pub code: ErrorCode,
    /// What to do, in a sentence.
    pub message: String,
}

/// A stable code. The sentence beside it may change from release to release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    NoSession,
    /// Mail address and password do not fit together.
    SignInFailed,
    /// A passkey that lets nobody in, or not whom it was asked for.
    PasskeyRefused,
    /// What was begun in a browser took too long, was finished before, or was begun in another one.
    AttemptEnded,
    /// The password is to be written again, or the person is to sign in anew, before this is done.
    ProofNeeded,
    /// The password or the passkey is right, and the account may not come in.
    Suspended,
    /// A one-time link that was used, has ended or never was.
    LinkEnded,
    /// A password that is too easy to guess, with what is wrong.
    WeakPassword,
    /// The mail address has an account.
    MailTaken,
    ForeignOrigin,
    ForeignHost,
    TooOften,
    NotYours,
    /// The person may not do this here.
    NotAllowed,
    MetricsClosed,
    /// It was never there, or nobody can say what became of it: a client keeps its copy.
    NotFound,
    /// What was to be added was deleted since.
    Gone,
    /// Somebody deleted the post-mortem: a client gives its copy up.
    Deleted,
    /// The person may not read the post-mortem any more, of which they named the receipt: a client gives its copy up.
    ClosedToYou,
    WrongMethod,
    #[serde(rename = "not_websocket")]
    NotWebSocket,
    NotJson,
    TooLarge,
    TooSlow,
    Malformed,
    Invalid,
    ThreadFull,
    CommentsFull,
    Stopping,
    TooMany,
    Busy,
    TooMuchAtOnce,
    CannotSave,
    /// It is there, and cannot be read before somebody repairs it.
    Damaged,
    Internal,
    /// One of a newer server.
    #[serde(other)]
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_that_is_newer_than_the_client_is_no_reason_to_miss_the_sentence() {
        let text = r#"{"error": {"code": "out_of_coffee", "message": "Brew some.", "since": "noon"}}"#;
        let ErrorBody { error } = serde_json::from_str(text).expect("a body");
        assert_eq!((error.code, error.message.as_str()), (ErrorCode::Unknown, "Brew some."));
        let code = |code| serde_json::to_value(code).expect("JSON");
        assert_eq!(code(ErrorCode::NotWebSocket), "not_websocket");
        assert_eq!(code(ErrorCode::TooMuchAtOnce), "too_much_at_once");
    }
}
