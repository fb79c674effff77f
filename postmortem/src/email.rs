//! The internal email that announces a published post-mortem: a short paragraph and the link (R87, R93). Debrief
//! drafts it; a person sends it.

use crate::{Postmortem, markdown};

/// A mail ready to be copied or opened in a mail program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    /// The subject, on one line.
    pub subject: String,
    /// The body as plain text.
    pub body: String,
}

/// Drafts the mail. What responders wrote in the section "Internal email" stands before what Debrief would write from
/// the overview.
pub fn draft(postmortem: &Postmortem, url: &str) -> Email {
    let details = &postmortem.details;
    let day = details.started_at.map(|at| at.format(", %-d %b %Y").to_string()).unwrap_or_default();
    let title = details.title_or_placeholder().split_whitespace().collect::<Vec<_>>().join(" ");
    let subject = format!("Post-mortem: {title} ({}{day})", details.severity.label());
    let written = postmortem.section("internal_email").trim();
    let mut paragraphs = Vec::new();
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
    paragraphs.push(format!("Full report: {url}"));
    Email { subject, body: paragraphs.join("\n\n") }
}

impl Email {
    /// A link that opens the mail in the person's mail program, without a recipient.
    pub fn mailto(&self) -> String {
        let body = self.body.replace('\n', "\r\n");
        format!("mailto:?subject={}&body={}", percent_encoded(&self.subject), percent_encoded(&body))
    }
}

fn percent_encoded(text: &str) -> String {
    use std::fmt::Write;
    let mut encoded = String::with_capacity(text.len() * 3 / 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r87_the_mail_has_a_short_paragraph_and_the_link() {
        let mut postmortem = Postmortem::default();
        postmortem.details.title = "A  link\nwas lost".into();
        postmortem.details.started_at = "2018-10-21T22:52:00Z".parse().ok();
        postmortem.sections.insert("overview".parse().expect("a key"), "The *link* was lost.".into());
        let email = draft(&postmortem, "https://debrief.example/p/x");
        assert_eq!(email.subject, "Post-mortem: A link was lost (SEV-2, 21 Oct 2018)");
        assert_eq!(email.body, "The link was lost.\n\nFull report: https://debrief.example/p/x");
        assert!(email.mailto().starts_with("mailto:?subject=Post-mortem%3A%20A%20link%20was%20lost%20%28SEV-2"));
        assert!(email.mailto().contains("lost.%0D%0A%0D%0AFull"));
    }

    #[test]
    fn what_responders_wrote_comes_first() {
        let mut postmortem = Postmortem::default();
        postmortem.sections.insert("overview".parse().expect("a key"), "Long.".into());
        postmortem.sections.insert("internal_email".parse().expect("a key"), "Ours.\n\nTwo.\n".into());
        assert_eq!(draft(&postmortem, "u").body, "Ours.\n\nTwo.\n\nFull report: u");
    }
}
