//! Mail domains: what stands behind the @ of addresses, and where anybody gets one.

use crate::limits;

/// Where anybody gets an address: nobody's team is told by one of them.
const PUBLIC: [&str; 62] = [
    "126.com",
    "163.com",
    "aol.com",
    "bluewin.ch",
    "btinternet.com",
    "comcast.net",
    "fastmail.com",
    "free.fr",
    "freenet.de",
    "gmail.com",
    "gmx.at",
    "gmx.ch",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hey.com",
    "hotmail.co.uk",
    "hotmail.com",
    "hotmail.de",
    "hotmail.fr",
    "hotmail.it",
    "icloud.com",
    "inbox.ru",
    "interia.pl",
    "laposte.net",
    "libero.it",
    "live.co.uk",
    "live.com",
    "live.fr",
    "live.nl",
    "mac.com",
    "mail.com",
    "mail.ru",
    "mailbox.org",
    "me.com",
    "msn.com",
    "naver.com",
    "o2.pl",
    "orange.fr",
    "outlook.com",
    "outlook.de",
    "outlook.fr",
    "pm.me",
    "posteo.de",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "seznam.cz",
    "t-online.de",
    "tuta.com",
    "tutanota.com",
    "verizon.net",
    "wanadoo.fr",
    "web.de",
    "wp.pl",
    "yahoo.co.uk",
    "yahoo.com",
    "yahoo.de",
    "yahoo.fr",
    "yandex.ru",
    "zoho.com",
];

/// Why a list of mail domains is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailDomainError {
    #[error("“{0}” is no mail domain. Write each as it stands behind the @, such as harbour.example.")]
    NoDomain(String),
    #[error(
        "Anybody gets an address at {0}, and would join by it. Invite who has one, and leave the domain away here."
    )]
    Public(String),
    #[error("There are at most {} mail domains.", limits::MAIL_DOMAINS)]
    TooMany,
}

/// The domains of a list in lower case, each once.
///
/// # Errors
/// When one is none, or there are too many.
pub fn clean_domains(written: &[String]) -> Result<Vec<String>, MailDomainError> {
    let mut domains = Vec::new();
    for wanted in written {
        let domain = wanted.trim().trim_start_matches('@').to_lowercase();
        if domain.is_empty() || domains.contains(&domain) {
            continue;
        }
        let is_plain = domain.len() <= 253
            && domain.chars().all(|character| character.is_alphanumeric() || "-.".contains(character));
        if !is_plain || !domain.contains('.') || domain.starts_with('.') || domain.ends_with('.') {
            return Err(MailDomainError::NoDomain(wanted.trim().to_owned()));
        }
        domains.push(domain);
    }
    if domains.len() > limits::MAIL_DOMAINS { Err(MailDomainError::TooMany) } else { Ok(domains) }
}

/// The same of domains whose people join by themselves.
///
/// # Errors
/// As [`clean_domains`], and when anybody gets an address at one.
pub fn clean_own_domains(written: &[String]) -> Result<Vec<String>, MailDomainError> {
    let domains = clean_domains(written)?;
    match domains.iter().find(|domain| PUBLIC.contains(&domain.as_str())) {
        Some(public) => Err(MailDomainError::Public(public.clone())),
        None => Ok(domains),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(written: &[&str]) -> Vec<String> {
        written.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn a_domain_is_kept_in_one_form() {
        let clean = clean_domains(&list(&[" @Harbour.Example ", "", "harbour.example"]));
        assert_eq!(clean, Ok(vec!["harbour.example".to_owned()]));
        for wrong in
            ["harbour", "mara@harbour.example", "har bour.example", ".example", "*.example", "a.example,b.example"]
        {
            assert_eq!(clean_domains(&list(&[wrong])), Err(MailDomainError::NoDomain(wrong.to_owned())));
        }
        let many: Vec<String> = (0..=limits::MAIL_DOMAINS).map(|number| format!("d{number}.example")).collect();
        assert_eq!(clean_domains(&many), Err(MailDomainError::TooMany));
    }

    #[test]
    fn nobody_joins_by_an_address_that_anybody_gets() {
        assert_eq!(clean_own_domains(&list(&["gmail.example"])), Ok(list(&["gmail.example"])));
        let public = clean_own_domains(&list(&["harbour.example", "@GMail.com"]));
        assert_eq!(public, Err(MailDomainError::Public("gmail.com".to_owned())));
        assert_eq!(clean_domains(&list(&["gmail.com"])), Ok(list(&["gmail.com"])), "who signs in may have one");
    }
}
