//! Links that people write: only http and https may ever be followed from a page of ours.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The longest link kept, in bytes: longer ones break mail programs and are mostly tracking parameters.
pub const LONGEST_LINK: usize = 2_000;

/// An absolute http or https URL without spaces or control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Link(String);

/// A link that is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Another scheme, or none.
    #[error("A link starts with https:// or http://.")]
    Scheme,
    /// No host behind the scheme, or a character that no URL has.
    #[error("This is not a complete link. Copy it from the address bar.")]
    Malformed,
    /// More than [`LONGEST_LINK`] bytes.
    #[error("A link has at most {LONGEST_LINK} characters.")]
    TooLong,
}

impl Link {
    /// The link as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host without `www.`, which is how a source is named beside its entry.
    pub fn host(&self) -> &str {
        let rest = self.0.split_once("://").map_or("", |(_, rest)| rest);
        let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
        let host = authority.rsplit('@').next().unwrap_or("");
        let name = if host.starts_with('[') { host } else { host.split(':').next().unwrap_or("") };
        name.strip_prefix("www.").unwrap_or(name)
    }
}

impl FromStr for Link {
    type Err = LinkError;

    fn from_str(text: &str) -> Result<Self, LinkError> {
        let text = text.trim();
        if text.len() > LONGEST_LINK {
            return Err(LinkError::TooLong);
        }
        let scheme = text.split_once("://").map_or("", |(scheme, _)| scheme);
        if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
            return Err(LinkError::Scheme);
        }
        let link = Self(text.to_owned());
        let unusable = |character: char| {
            character.is_whitespace() || character.is_control() || matches!(character, '<' | '>' | '"' | '`' | '\\')
        };
        if link.host().is_empty() || text.contains(unusable) {
            return Err(LinkError::Malformed);
        }
        Ok(link)
    }
}

impl TryFrom<String> for Link {
    type Error = LinkError;

    fn try_from(text: String) -> Result<Self, LinkError> {
        text.parse()
    }
}

impl From<Link> for String {
    fn from(link: Link) -> Self {
        link.0
    }
}

impl fmt::Display for Link {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_named_by_its_host() {
        let host = |text: &str| text.parse::<Link>().map(|link| link.host().to_owned());
        assert_eq!(host("https://www.github.blog/a?b"), Ok("github.blog".into()));
        assert_eq!(host("HTTP://user:secret@grafana.example:3000/d/1"), Ok("grafana.example".into()));
        assert_eq!(host("http://[::1]:80/"), Ok("[::1]:80".into()));
    }

    #[test]
    fn a_link_that_could_run_or_mislead_is_refused() {
        for text in [
            "javascript:alert(1)",
            "java\tscript:alert(1)",
            "JaVaScRiPt://x%0aalert(1)",
            "data:text/html,x",
            "vbscript:x",
            "//evil.example",
            "\u{1}javascript:alert(1)",
            "ftp://x",
            "example.com",
            "",
        ] {
            assert_eq!(text.parse::<Link>(), Err(LinkError::Scheme), "{text:?}");
        }
        for text in ["https://", "https:///path", "https://a b", "https://a\"onclick=x", "https://a\\b"] {
            assert_eq!(text.parse::<Link>(), Err(LinkError::Malformed), "{text:?}");
        }
        assert_eq!(format!("https://{}", "a".repeat(LONGEST_LINK)).parse::<Link>(), Err(LinkError::TooLong));
    }
}
