//! The internal email that announces a published post-mortem: a short paragraph and the link (R87, R93). Debrief
//! drafts it; a person sends it.

use crate::{Postmortem, markdown, names};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but what RFC 3986 calls unreserved.
const OUTSIDE_OF_UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The longest link to a mail, in bytes. Windows hands programs at most 2,048, and mail programs take about as much.
const LONGEST_MAILTO: usize = 1_900;

/// Letters of a word that is not cut.
const LONGEST_WORD: usize = 30;

/// What stands where a mail was cut.
const CUT: &str = "\u{2026}";

/// A mail ready to be copied or opened in a mail program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    /// The subject, on one line.
    pub subject: String,
    /// The body as plain text.
    pub body: String,
}

/// Drafts the mail. What responders wrote in the section "Internal email" stands before what Debrief would write from
/// the overview. Names are as on the page that it leads to.
pub fn draft(postmortem: &Postmortem, url: &str) -> Email {
    let postmortem = names::for_readers(postmortem);
    let details = &postmortem.details;
    let day = details.started_at.map(|at| at.format(", %-d %b %Y").to_string()).unwrap_or_default();
    let title = details.title_or_placeholder().split_whitespace().collect::<Vec<_>>().join(" ");
    let subject = format!("Post-mortem: {title} ({}{day})", details.severity.label());
    let written = postmortem.section("internal_email").trim();
    // The link comes first: mail programs cut what follows, and it is what the mail is for.
    let mut paragraphs = vec![format!("Full report: {url}")];
    if written.is_empty() {
        let overview = markdown::to_text(postmortem.section("overview"));
        if !overview.is_empty() {
            paragraphs.push(overview);
        }
        let open = postmortem.actions.iter().filter(|action| action.state == crate::ActionState::Open).count();
        match open {
            0 => {}
            1 => paragraphs.push("One action item follows.".to_owned()),
            count => paragraphs.push(format!("{count} action items follow.")),
        }
    } else {
        paragraphs.push(written.to_owned());
    }
    Email { subject, body: paragraphs.join("\n\n") }
}

impl Email {
    /// A link that opens the mail in the person's mail program, without a recipient. Its text is cut between two words
    /// where mail programs and systems would cut it anywhere, or open nothing; all of it is there to copy.
    pub fn mailto(&self) -> String {
        let mut link = format!("mailto:?subject={}&body=", percent_encoded(&self.subject));
        let body = self.body.replace('\n', "\r\n");
        let whole = percent_encoded(&body);
        if link.len() + whole.len() <= LONGEST_MAILTO {
            return link + &whole;
        }
        let rest = percent_encoded(CUT);
        let (mut word_at, mut letters) = (link.len(), 0);
        for character in body.chars() {
            let encoded = percent_encoded(character.encode_utf8(&mut [0; 4]));
            if link.len() + encoded.len() + rest.len() > LONGEST_MAILTO {
                break;
            }
            link.push_str(&encoded);
            letters += 1;
            if character.is_whitespace() {
                (word_at, letters) = (link.len(), 0);
            }
        }
        // Scripts without spaces, and what is no word, are cut where they have to be.
        if letters <= LONGEST_WORD {
            link.truncate(word_at);
        }
        link + &rest
    }
}

fn percent_encoded(text: &str) -> String {
    utf8_percent_encode(text, OUTSIDE_OF_UNRESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Responder, Role};

    #[test]
    fn r92_a_responder_is_named_by_role_as_on_the_page() {
        let olga =
            Responder { id: "r".parse().expect("an id"), name: "Olga Petrova".into(), role: Role::IncidentCommander };
        let mut postmortem = Postmortem { responders: vec![olga], ..Postmortem::default() };
        for key in ["overview", "internal_email"] {
            postmortem.sections = [(key.parse().expect("a key"), "@Olga Petrova drained the node.".into())].into();
            let Email { body, .. } = draft(&postmortem, "https://d.example/p/1");
            assert!(body.ends_with("he incident commander drained the node.") && !body.contains("Petrova"), "{body}");
        }
    }

    #[test]
    fn r87_the_mail_has_a_short_paragraph_and_the_link() {
        let mut postmortem = Postmortem::default();
        postmortem.details.title = "A  link\nwas lost".into();
        postmortem.details.started_at = "2018-10-21T22:52:00Z".parse().ok();
        postmortem.sections.insert("overview".parse().expect("a key"), "The *link* was lost.".into());
        let email = draft(&postmortem, "https://debrief.example/p/x");
        assert_eq!(email.subject, "Post-mortem: A link was lost (SEV-2, 21 Oct 2018)");
        assert_eq!(email.body, "Full report: https://debrief.example/p/x\n\nThe link was lost.");
        assert!(email.mailto().starts_with("mailto:?subject=Post-mortem%3A%20A%20link%20was%20lost%20%28SEV-2"));
        assert!(email.mailto().contains("p%2Fx%0D%0A%0D%0AThe%20link"));
    }

    #[test]
    fn what_responders_wrote_comes_first() {
        let mut postmortem = Postmortem::default();
        postmortem.sections.insert("overview".parse().expect("a key"), "Long.".into());
        postmortem.sections.insert("internal_email".parse().expect("a key"), "Ours.\n\nTwo.\n".into());
        assert_eq!(draft(&postmortem, "u").body, "Full report: u\n\nOurs.\n\nTwo.");
    }

    #[test]
    fn the_link_survives_an_overview_of_any_length() {
        for letter in ["word ", "Größe ", "日本語 ", "x"] {
            let mut postmortem = Postmortem::default();
            postmortem.sections.insert("overview".parse().expect("a key"), letter.repeat(5_000));
            let mailto = draft(&postmortem, "https://debrief.example/p/x").mailto();
            assert!(mailto.len() <= LONGEST_MAILTO, "{}", mailto.len());
            assert!(
                mailto.contains("https%3A%2F%2Fdebrief.example%2Fp%2Fx") && mailto.ends_with("%E2%80%A6"),
                "{mailto}"
            );
        }
    }
}
