//! What a provider says of somebody.

use openidconnect::core::CoreGenderClaim;
use openidconnect::{
    AdditionalClaims, EndUserEmail, EndUserFamilyName, EndUserGivenName, EndUserName, IdTokenClaims, LocalizedClaim,
    UserInfoClaims,
};
use postmortem::api::EntryRules;
use postmortem::person::clean_name;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::ops::Deref;

/// Claims that are in no standard, by their names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherClaims {
    #[serde(flatten)]
    all: Map<String, Value>,
}

impl AdditionalClaims for OtherClaims {}

/// A mail address as a provider knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedMail {
    pub mail: String,
    /// Whether the provider has seen that it is theirs.
    pub is_verified: bool,
}

/// Somebody whom a provider has signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedPerson {
    /// By what the provider calls them, for ever.
    pub subject: String,
    pub mail: Option<ClaimedMail>,
    /// As others may see it.
    pub name: Option<String>,
    /// The values of the claim that gives roles.
    pub groups: Vec<String>,
}

/// What stands in an ID token, or is answered as userinfo.
#[derive(Debug, Clone, Default)]
pub struct Said {
    mail: Option<String>,
    is_verified: Option<bool>,
    name: Option<String>,
    others: OtherClaims,
}

/// The claims of a token and of userinfo that are read alike.
macro_rules! said {
    ($claims:expr) => {{
        let claims = $claims;
        let username = claims.preferred_username().map(|name| name.to_string());
        let parts = [plain::<EndUserGivenName>(claims.given_name()), plain::<EndUserFamilyName>(claims.family_name())];
        let both = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let names = [plain::<EndUserName>(claims.name()), Some(both), username];
        Said {
            mail: claims.email().map(|mail: &EndUserEmail| mail.to_string()),
            is_verified: claims.email_verified(),
            name: names.into_iter().flatten().find_map(|name| shown(&name)),
            others: claims.additional_claims().clone(),
        }
    }};
}

impl Said {
    pub fn of_token(claims: &IdTokenClaims<OtherClaims, CoreGenderClaim>) -> Self {
        said!(claims)
    }

    pub fn of_userinfo(claims: &UserInfoClaims<OtherClaims, CoreGenderClaim>) -> Self {
        said!(claims)
    }

    /// Whether there is a reason to ask for more.
    pub fn lacks_something(&self, rules: &EntryRules) -> bool {
        let lacks_claim = rules.claim.as_ref().is_some_and(|claim| self.others.find(&claim.name).is_none());
        self.mail.is_none() || self.is_verified.is_none() || self.name.is_none() || lacks_claim
    }

    /// With what else was said. A mail address and whether it is verified come from the same place.
    pub fn with(self, more: Self) -> Self {
        let is_whole = self.mail.is_some() && self.is_verified.is_some() || more.mail.is_none();
        let (mail, is_verified) = if is_whole { (self.mail, self.is_verified) } else { (more.mail, more.is_verified) };
        let mut others = more.others;
        others.all.extend(self.others.all);
        Self { mail, is_verified, name: self.name.or(more.name), others }
    }

    pub fn person(self, subject: &str, rules: &EntryRules) -> ClaimedPerson {
        let is_verified = self.is_verified == Some(true);
        let groups = rules.claim.as_ref().and_then(|claim| self.others.find(&claim.name)).map(texts);
        ClaimedPerson {
            subject: subject.to_owned(),
            mail: self.mail.map(|mail| ClaimedMail { mail, is_verified }),
            name: self.name,
            groups: groups.unwrap_or_default(),
        }
    }
}

impl OtherClaims {
    /// A claim of a name; of `realm_access.roles` also the part of one.
    fn find(&self, name: &str) -> Option<&Value> {
        let whole = self.all.get(name);
        whole.or_else(|| {
            let (first, rest) = name.split_once('.')?;
            rest.split('.').try_fold(self.all.get(first)?, |claim, part| claim.get(part))
        })
    }
}

/// The texts of a claim: it is one, or a list of them.
fn texts(claim: &Value) -> Vec<String> {
    match claim {
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect(),
        Value::Bool(value) => vec![value.to_string()],
        Value::Number(value) => vec![value.to_string()],
        Value::Null | Value::Object(_) => Vec::new(),
    }
}

/// A claim in no language, or in the only one that there is.
fn plain<Text: Deref<Target = String>>(claim: Option<&LocalizedClaim<Text>>) -> Option<String> {
    let claim = claim?;
    claim.get(None).or_else(|| claim.iter().next().map(|(_, text)| text)).map(|text| text.deref().clone())
}

/// A name as it is shown, shortened where it is too long; nothing where it is none.
fn shown(name: &str) -> Option<String> {
    let short: String = name.chars().take(postmortem::person::LONGEST_NAME).collect();
    clean_name(&short).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use postmortem::api::RoleClaim;
    use serde_json::json;

    fn said(mail: Option<&str>, is_verified: Option<bool>, others: Value) -> Said {
        let others = serde_json::from_value(others).expect("claims");
        Said { mail: mail.map(ToOwned::to_owned), is_verified, name: Some("Mara".into()), others }
    }

    fn rules(claim: &str) -> EntryRules {
        let claim = RoleClaim { name: claim.into(), roles: Vec::new(), at_each_sign_in: false };
        EntryRules { claim: Some(claim), ..EntryRules::default() }
    }

    #[test]
    fn whether_an_address_is_verified_is_said_where_the_address_is() {
        let none = || json!({});
        let token = || said(Some("boss@harbour.example"), None, none());
        let more = said(Some("mara@harbour.example"), Some(true), none());
        let person = token().with(more).person("1", &EntryRules::default());
        assert_eq!(person.mail, Some(ClaimedMail { mail: "mara@harbour.example".into(), is_verified: true }));
        // A word of userinfo about no address verifies none.
        let person = token().with(said(None, Some(true), none())).person("1", &EntryRules::default());
        assert_eq!(person.mail.map(|mail| mail.is_verified), Some(false));
    }

    #[test]
    fn what_is_missing_is_asked_for() {
        let whole = said(Some("mara@harbour.example"), Some(false), json!({"groups": []}));
        assert!(!whole.lacks_something(&rules("groups")));
        assert!(whole.lacks_something(&rules("roles")));
        assert!(said(None, None, json!({})).lacks_something(&EntryRules::default()));
    }

    #[test]
    fn a_claim_is_a_text_or_a_list_and_may_be_inside_of_another() {
        let claims = json!({"groups": ["ops", 3, "dev"], "role": "lead", "realm_access": {"roles": ["x"]}, "a.b": "c"});
        for (name, groups) in [
            ("groups", vec!["ops", "dev"]),
            ("role", vec!["lead"]),
            ("realm_access.roles", vec!["x"]),
            ("a.b", vec!["c"]),
            ("none", vec![]),
            ("role.none", vec![]),
        ] {
            assert_eq!(said(None, None, claims.clone()).person("1", &rules(name)).groups, groups, "{name}");
        }
    }
}
