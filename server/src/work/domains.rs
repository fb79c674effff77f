//! Mail domains as they are kept.

use crate::error::ApiError;

/// How many there may be.
const MOST: usize = 50;

/// The domains of a list in lower case, each once.
///
/// # Errors
/// When one is none, or there are too many.
pub fn clean_domains(written: &[String]) -> Result<Vec<String>, ApiError> {
    let mut domains = Vec::new();
    for domain in written {
        let domain = domain.trim().trim_start_matches('@').to_lowercase();
        if domain.is_empty() || domains.contains(&domain) {
            continue;
        }
        let is_plain = domain.len() <= 253
            && domain.chars().all(|character| character.is_alphanumeric() || "-.".contains(character));
        if !is_plain || !domain.contains('.') || domain.starts_with('.') || domain.ends_with('.') {
            return Err(ApiError::Invalid(
                "Write each mail domain as it stands behind the @, such as harbour.example.".into(),
            ));
        }
        domains.push(domain);
    }
    if domains.len() > MOST {
        return Err(ApiError::Invalid(format!("There are at most {MOST} mail domains.")));
    }
    Ok(domains)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_kept_in_one_form() {
        let clean =
            |written: &[&str]| clean_domains(&written.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        assert_eq!(
            clean(&[" @Harbour.Example ", "", "harbour.example"]).ok(),
            Some(vec!["harbour.example".to_owned()])
        );
        for wrong in
            ["harbour", "mara@harbour.example", "har bour.example", ".example", "*.example", "a.example,b.example"]
        {
            assert!(clean(&[wrong]).is_err(), "{wrong}");
        }
    }
}
