//! The address under which people know this server.

use std::str::FromStr;

/// An address that is not an origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A public URL is a scheme and a host, such as https://debrief.example.org, without a path.")]
pub struct NoPublicUrl;

/// The address under which browsers reach the server, as they write it in `Origin`: lower case, no default port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// The origin, without a slash at its end.
    pub fn origin(&self) -> &str {
        &self.0
    }

    /// The host, with its port unless that is the scheme's own.
    pub fn authority(&self) -> &str {
        self.0.split_once("://").map_or("", |(_, authority)| authority)
    }

    /// Whether browsers come over TLS, so that the cookie may demand it.
    pub fn is_secure(&self) -> bool {
        self.0.starts_with("https://")
    }
}

impl FromStr for PublicUrl {
    type Err = NoPublicUrl;

    fn from_str(text: &str) -> Result<Self, NoPublicUrl> {
        let lower = text.trim().to_ascii_lowercase();
        let (scheme, rest) = lower.split_once("://").ok_or(NoPublicUrl)?;
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        let default_port = match scheme {
            "http" => ":80",
            "https" => ":443",
            _ => return Err(NoPublicUrl),
        };
        let host = authority.strip_suffix(default_port).unwrap_or(authority);
        let fits = !host.is_empty()
            && host
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']'));
        if fits { Ok(Self(format!("{scheme}://{host}"))) } else { Err(NoPublicUrl) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_kept_as_browsers_write_an_origin() {
        assert_eq!("HTTPS://Debrief.example.org:443/".parse(), Ok(PublicUrl("https://debrief.example.org".into())));
        assert_eq!("http://[::1]:8080".parse(), Ok(PublicUrl("http://[::1]:8080".into())));
        for text in ["debrief.example.org", "ftp://x", "https://x/path", "https://user@x", "https://"] {
            assert_eq!(text.parse::<PublicUrl>(), Err(NoPublicUrl), "{text}");
        }
    }
}
