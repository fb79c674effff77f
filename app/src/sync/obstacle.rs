//! What keeps a page from being in step, found out by requests, and the sentence for each case.

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
            Self::SignedOut => "Sign in, and what you write is sent.".into(),
            Self::Missing => {
                "The address may be mistyped, a backup was put back that is older, or it is one that you may not read."
                    .into()
            }
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
                "The server does not have this post-mortem for you: a backup may have been put back that is older, or you \
                 may not read it any more. This browser keeps its copy; download it to open the file in the incident log."
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

    #[test]
    fn every_obstacle_has_its_sentence() {
        assert_eq!(Obstacle::Refusal("Wait a minute.".into()).sentence(), "Wait a minute.");
        assert!(Obstacle::Ended(1013).sentence().ends_with("close code 1013."));
        assert_eq!(Obstacle::Silence.aside(), None, "being offline says all");
    }
}
