//! The cookie of a sign-in that is under way with a provider or a passkey, or of a passkey that is being made. Each has one of
//! its own, named by what will be brought back: of two tabs that begin at once, neither takes the other's.

use super::{PublicUrl, token_hash};
use crate::random;
use axum::http::{HeaderMap, header};
use axum_extra::extract::cookie::Cookie;

/// For how many seconds a sign-in may take.
pub const ATTEMPT_SECONDS: u32 = 600;

/// How the names of the cookies begin. Where every request is encrypted, browsers let only this very server set them.
const NAME: &str = "debrief_sign_in_";
const SECURE_NAME: &str = "__Host-debrief_sign_in_";

/// How many sign-ins a browser may have under way: more would make its requests too long.
const MOST: usize = 12;

fn prefix(public_url: Option<&PublicUrl>) -> &'static str {
    if public_url.is_some_and(PublicUrl::is_secure) { SECURE_NAME } else { NAME }
}

fn name(state: &str, public_url: Option<&PublicUrl>) -> String {
    let digest: String = token_hash(state).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{}{digest}", prefix(public_url))
}

fn set(name: &str, value: &str, seconds: u32, public_url: Option<&PublicUrl>) -> String {
    let secure = if public_url.is_some_and(PublicUrl::is_secure) { "; Secure" } else { "" };
    // The provider's page leads back to ours, which is a way from another site: Strict would keep it at home.
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

fn sent(headers: &HeaderMap) -> impl Iterator<Item = Cookie<'_>> {
    let sent = headers.get_all(header::COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
    sent.flat_map(Cookie::split_parse).filter_map(Result::ok)
}

/// The header values that begin a sign-in in a browser, and take away the oldest where it has too many.
pub fn attempt_cookies(state: &str, secret: &str, headers: &HeaderMap, public_url: Option<&PublicUrl>) -> Vec<String> {
    let all: Vec<String> = sent(headers)
        .filter(|cookie| cookie.name().starts_with(prefix(public_url)) && is_plain(cookie.name()))
        .map(|cookie| cookie.name().to_owned())
        .collect();
    // Browsers send first what they have had for longest.
    let beyond = (all.len() + 1).saturating_sub(MOST);
    let fresh = set(&name(state, public_url), secret, ATTEMPT_SECONDS, public_url);
    all.iter().take(beyond).map(|name| set(name, "", 0, public_url)).chain([fresh]).collect()
}

/// Whether a name can stand in a header of ours as it came.
fn is_plain(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// The secret of this browser for what was brought back.
pub fn attempt_secret(state: &str, headers: &HeaderMap, public_url: Option<&PublicUrl>) -> Option<String> {
    let name = name(state, public_url);
    let mut secrets = sent(headers).filter(|cookie| cookie.name() == name).map(|cookie| cookie.value().to_owned());
    secrets.find(|secret| random::is_token(secret))
}

/// The header value that ends a sign-in in a browser.
pub fn ended_attempt_cookie(state: &str, public_url: Option<&PublicUrl>) -> String {
    set(&name(state, public_url), "", 0, public_url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn bringing(cookies: &[String]) -> HeaderMap {
        let pairs: Vec<&str> = cookies.iter().filter_map(|cookie| cookie.split(';').next()).collect();
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(&pairs.join("; ")).expect("a header"))])
    }

    #[test]
    fn each_sign_in_has_a_cookie_of_its_own() {
        let [one, other] = [random::token(), random::token()];
        let [first, second] = [random::token(), random::token()];
        let none = HeaderMap::new();
        let cookies =
            [attempt_cookies(&one, &first, &none, None), attempt_cookies(&other, &second, &none, None)].concat();
        let headers = bringing(&cookies);
        assert_eq!(attempt_secret(&one, &headers, None), Some(first));
        assert_eq!(attempt_secret(&other, &headers, None), Some(second));
        assert_eq!(attempt_secret(&random::token(), &headers, None), None);
        for attribute in ["Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=600"] {
            assert!(cookies[0].split("; ").any(|part| part == attribute), "{}", cookies[0]);
        }
    }

    #[test]
    fn where_everything_is_encrypted_only_this_server_sets_it() {
        let public_url = "https://debrief.example.org".parse::<PublicUrl>().expect("a public URL");
        let (state, secret) = (random::token(), random::token());
        let cookies = attempt_cookies(&state, &secret, &HeaderMap::new(), Some(&public_url));
        assert!(cookies[0].starts_with("__Host-debrief_sign_in_") && cookies[0].ends_with("; Secure"), "{cookies:?}");
        assert_eq!(
            attempt_secret(&state, &bringing(&cookies), None),
            None,
            "a name that anybody can set counts nowhere"
        );
        assert!(ended_attempt_cookie(&state, Some(&public_url)).contains("; Max-Age=0;"));
    }

    #[test]
    fn of_too_many_the_oldest_goes() {
        let mut cookies = Vec::new();
        for _ in 0..MOST {
            let fresh = attempt_cookies(&random::token(), &random::token(), &bringing(&cookies), None);
            assert_eq!(fresh.len(), 1);
            cookies.extend(fresh);
        }
        let next = attempt_cookies(&random::token(), &random::token(), &bringing(&cookies), None);
        let oldest = cookies[0].split('=').next().expect("a name");
        assert!(next.len() == 2 && next[0].starts_with(&format!("{oldest}=; ")), "{next:?}");
    }
}
