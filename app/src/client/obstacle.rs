//! What keeps a page from being in step, found out by requests, and the sentence for each case.

use super::http::RequestError;

/// What stands between the page and the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// Nothing answers.
    Silence,
    /// Requests are answered, and no socket opens.
    NoSockets,
    /// What answers is not this release of Debrief.
    Stranger,
    /// The server does not know who this is.
    SignedOut,
    /// The server does not have the post-mortem, and nobody deleted it there.
    Missing,
    /// The server says no, in a sentence.
    Refusal(String),
    /// The server ends each connection, with this close code.
    Ended(u16),
}

impl Obstacle {
    /// What a failed request says.
    pub fn of(error: &RequestError) -> Self {
        match error {
            RequestError::Unreachable => Self::Silence,
            RequestError::Unreadable => Self::Stranger,
            RequestError::Refused { status: 401, .. } => Self::SignedOut,
            RequestError::Refused { status: 404, .. } => Self::Missing,
            RequestError::Refused { message, .. } => Self::Refusal(message.clone()),
        }
    }

    /// What is the case, as a heading.
    pub fn title(&self) -> &'static str {
        match self {
            Self::Silence => "The server does not answer",
            Self::NoSockets => "Only reading works here",
            Self::Stranger => "Something else answers in place of Debrief",
            Self::SignedOut => "Your session has ended",
            Self::Missing => "This post-mortem is not here",
            Self::Refusal(_) => "The server does not open this post-mortem",
            Self::Ended(_) => "The server ends the connection again and again",
        }
    }

    /// Why, and what to do.
    pub fn sentence(&self) -> String {
        match self {
            Self::Silence => "Check the network; the page tries again by itself.".into(),
            Self::NoSockets => {
                "Something between this browser and Debrief does not let WebSockets through. Ask whoever \
                 runs the network or the proxy; docs/self-hosting.md says what to set."
                    .into()
            }
            Self::Stranger => {
                "It may be the sign-in page of a network or a proxy, or a server that is newer than this \
                               page. Sign in there, or reload."
                    .into()
            }
            Self::SignedOut => "Say who you are, and what you write is sent under that name.".into(),
            Self::Missing => "The address may be mistyped, or a backup was put back that is older.".into(),
            Self::Refusal(message) => message.clone(),
            Self::Ended(code) => {
                format!("The page tries again in a few minutes. Tell whoever runs the server: close code {code}.")
            }
        }
    }

    /// What a person is told who has a copy to write in; nothing where being offline says all.
    pub fn aside(&self) -> Option<String> {
        match self {
            Self::Silence => None,
            Self::NoSockets => Some(self.sentence()),
            Self::Missing => Some(
                "The server does not have this post-mortem; a backup may have been put back that is older. This browser \
                 keeps its copy: download it, and open the file in the incident log."
                    .into(),
            ),
            Self::Stranger | Self::SignedOut | Self::Refusal(_) | Self::Ended(_) => {
                Some(format!("{}. {}", self.title(), self.sentence()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use postmortem::api::ErrorCode;

    #[test]
    fn every_answer_has_its_sentence() {
        let refused =
            |status| RequestError::Refused { status, code: ErrorCode::Unknown, message: "Wait a minute.".into() };
        assert_eq!(Obstacle::of(&RequestError::Unreachable), Obstacle::Silence);
        assert_eq!(Obstacle::of(&RequestError::Unreadable), Obstacle::Stranger);
        assert_eq!(Obstacle::of(&refused(401)), Obstacle::SignedOut);
        assert_eq!(Obstacle::of(&refused(404)), Obstacle::Missing);
        assert_eq!(Obstacle::of(&refused(503)).sentence(), "Wait a minute.");
        assert!(Obstacle::Ended(1013).sentence().ends_with("close code 1013."));
    }
}
