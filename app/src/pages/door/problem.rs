//! Why a sign-in with a provider came to nothing: told by the address to which the server led back, and said in words here.

use crate::browser::route;
use leptos::prelude::*;
use postmortem::ProviderId;
use postmortem::api::{Door, SignInProblem};

/// What the address said when the page was opened, until somebody tries again.
#[derive(Debug, Clone, Copy)]
pub struct Returned(RwSignal<Option<Problem>>);

/// Why somebody was not signed in, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub problem: SignInProblem,
    pub by: Option<ProviderId>,
}

impl Returned {
    /// Takes it out of the address: who reloads the page or passes it on says nothing of it.
    pub fn take() -> Self {
        let said = route::query();
        let code = said("sign-in");
        if code.is_some() {
            route::put_query(&[]);
        }
        let problem = code.and_then(|code| code.parse().ok());
        Self(RwSignal::new(problem.map(|problem| Problem { problem, by: said("by").and_then(|id| id.parse().ok()) })))
    }

    /// In a sentence, with the provider's name where the door has it.
    pub fn sentence(self, door: Option<&Door>) -> Option<String> {
        let Problem { problem, by } = self.0.get()?;
        let providers = door.map(|door| door.providers.as_slice()).unwrap_or_default();
        let name =
            providers.iter().find(|provider| Some(&provider.id) == by.as_ref()).map(|provider| provider.name.as_str());
        Some(sentence(problem, name.unwrap_or("The provider")))
    }

    /// It is not true any more: somebody tries again.
    pub fn forget(self) {
        self.0.set(None);
    }
}

/// What the address said, from any component.
pub fn use_returned() -> Returned {
    use_context().unwrap_or(Returned(RwSignal::new(None)))
}

fn sentence(problem: SignInProblem, provider: &str) -> String {
    let in_log = "whoever runs the server finds the reason in its log";
    match problem {
        SignInProblem::Unreachable => format!(
            "{provider} cannot be reached. Sign in with your password, or ask whoever runs the server for a one-time link."
        ),
        SignInProblem::NoProvider => "This way to sign in is not there any more. Choose another one.".to_owned(),
        SignInProblem::Ended => {
            "This sign-in is over. It took longer than ten minutes, was finished before, or was begun in \
                                 another browser. Start it again."
                .to_owned()
        }
        SignInProblem::Refused => {
            format!("{provider} did not sign you in. Try again, or ask whoever looks after it; {in_log}.")
        }
        SignInProblem::Untrusted => {
            format!("What {provider} answered does not hold. Nobody was signed in. Try again; {in_log}.")
        }
        SignInProblem::Clock => format!(
            "The clocks of {provider} and of this server differ by more than two minutes. Whoever runs the server sets it \
             right; sign in with your password meanwhile."
        ),
        SignInProblem::Unverified => format!(
            "{provider} does not say that your mail address is yours. Ask whoever looks after it to verify the address, or an \
             admin of the team for an invitation."
        ),
        SignInProblem::NotInvited => "You have no account here. Ask an admin of the team for an invitation.".to_owned(),
        SignInProblem::Suspended => {
            "Your account is suspended. An admin of your team can let you in again; what you wrote stays yours."
                .to_owned()
        }
        SignInProblem::TooOften => {
            "Too many attempts to sign in came from this address. Wait a minute and try again.".to_owned()
        }
        SignInProblem::Failed => format!("The server could not sign you in. Try again in a moment; {in_log}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_says_what_to_do_behind_what_is_wrong() {
        for problem in SignInProblem::ALL {
            let sentence = sentence(*problem, "Harbour ID");
            let (_, advice) = sentence.split_once(". ").expect("two sentences");
            assert!(advice.ends_with('.'), "{sentence}");
        }
    }
}
