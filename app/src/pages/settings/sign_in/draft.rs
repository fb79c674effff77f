//! A provider while it is filled in.

use super::super::domains::domains;
use super::rules::{parse_roles, roles_as_text};
use crate::controls::focus::focus_id;
use leptos::prelude::*;
use postmortem::api::{EntryRules, Provider, ProviderDraft, RoleClaim};
use postmortem::mail_domain::clean_domains;
use postmortem::{ProviderId, TeamRole};

/// The fields of the form, from above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderField {
    Name,
    Id,
    Issuer,
    ClientId,
    Domains,
    Roles,
    /// The form as a whole.
    Form,
}

#[derive(Clone, Copy)]
pub struct ProviderForm {
    pub name: RwSignal<String>,
    /// What was typed for its part of the address; what follows from the name as long as that is nothing.
    pub id: RwSignal<String>,
    pub issuer: RwSignal<String>,
    pub client_id: RwSignal<String>,
    /// Never what is kept, which the server tells nobody.
    pub secret: RwSignal<String>,
    pub has_no_secret: RwSignal<bool>,
    pub domains: RwSignal<String>,
    pub claim: RwSignal<String>,
    pub roles: RwSignal<String>,
    pub at_each_sign_in: RwSignal<bool>,
    pub otherwise: RwSignal<Option<TeamRole>>,
    pub errors: ProviderErrors,
    pub is_busy: RwSignal<bool>,
    /// An address at which nobody answered: it is kept only by who presses once more.
    pub doubtful: RwSignal<Option<String>>,
}

/// A sentence, or none, for every field.
#[derive(Clone, Copy, Default)]
pub struct ProviderErrors {
    pub name: RwSignal<Option<String>>,
    pub id: RwSignal<Option<String>>,
    pub issuer: RwSignal<Option<String>>,
    pub client_id: RwSignal<Option<String>>,
    pub domains: RwSignal<Option<String>>,
    pub roles: RwSignal<Option<String>>,
    pub form: RwSignal<Option<String>>,
}

impl ProviderErrors {
    pub fn clear(self) {
        let Self { name, id, issuer, client_id, domains, roles, form } = self;
        for error in [name, id, issuer, client_id, domains, roles, form] {
            error.set(None);
        }
    }

    /// Says what is wrong at its place, and takes the keyboard there.
    pub fn tell(self, field: ProviderField, sentence: String) {
        let (error, id) = match field {
            ProviderField::Name => (self.name, "provider-name"),
            ProviderField::Id => (self.id, "provider-id"),
            ProviderField::Issuer => (self.issuer, "provider-issuer"),
            ProviderField::ClientId => (self.client_id, "provider-client"),
            ProviderField::Domains => (self.domains, "provider-domains"),
            ProviderField::Roles => (self.roles, "provider-roles"),
            ProviderField::Form => (self.form, "provider-save"),
        };
        let _ = error.try_set(Some(sentence));
        focus_id(id);
    }
}

impl ProviderForm {
    /// Of a provider that is there; empty for another one.
    pub fn of(provider: Option<&Provider>) -> Self {
        let text = |of: fn(&Provider) -> String| RwSignal::new(provider.map(of).unwrap_or_default());
        let claim = provider.and_then(|provider| provider.rules.claim.as_ref());
        Self {
            name: text(|provider| provider.name.clone()),
            id: text(|provider| provider.id.to_string()),
            issuer: text(|provider| provider.issuer.clone()),
            client_id: text(|provider| provider.client_id.clone()),
            secret: RwSignal::new(String::new()),
            has_no_secret: RwSignal::new(provider.is_some_and(|provider| !provider.has_secret)),
            domains: text(|provider| provider.rules.domains.join(", ")),
            claim: RwSignal::new(claim.map(|claim| claim.name.clone()).unwrap_or_default()),
            roles: RwSignal::new(claim.map(|claim| roles_as_text(&claim.roles)).unwrap_or_default()),
            at_each_sign_in: RwSignal::new(claim.is_some_and(|claim| claim.at_each_sign_in)),
            otherwise: RwSignal::new(provider.and_then(|provider| provider.rules.otherwise)),
            errors: ProviderErrors::default(),
            is_busy: RwSignal::new(false),
            doubtful: RwSignal::new(None),
        }
    }

    /// Whether the address that is typed is one at which nobody answered.
    pub fn is_doubtful(self) -> bool {
        self.doubtful.with(|doubtful| doubtful.as_deref() == Some(self.issuer.read().trim()))
    }

    /// Its part of the address, as it is or will be.
    pub fn own_id(self) -> String {
        let typed = self.id.get();
        if typed.is_empty() { part_of_address(&self.name.read()) } else { typed }
    }

    /// The provider as it is typed.
    ///
    /// # Errors
    /// Where something is missing, and what.
    pub fn draft(self) -> Result<ProviderDraft, (ProviderField, String)> {
        let required = |value: RwSignal<String>, field, sentence: &str| match value.get_untracked().trim() {
            "" => Err((field, sentence.to_owned())),
            text => Ok(text.to_owned()),
        };
        let name = required(self.name, ProviderField::Name, "Write what stands on the button.")?;
        let issuer = required(self.issuer, ProviderField::Issuer, "Write the address of the provider, with https://.")?;
        let client_id =
            required(self.client_id, ProviderField::ClientId, "Write the client id that the provider gave.")?;
        let secret = self.secret.get_untracked();
        let client_secret = if self.has_no_secret.get_untracked() {
            Some(String::new())
        } else {
            Some(secret).filter(|secret| !secret.trim().is_empty())
        };
        Ok(ProviderDraft { name, issuer, client_id, client_secret, rules: self.rules()? })
    }

    fn rules(self) -> Result<EntryRules, (ProviderField, String)> {
        let roles = parse_roles(&self.roles.read_untracked()).map_err(|sentence| (ProviderField::Roles, sentence))?;
        let name = self.claim.get_untracked().trim().to_owned();
        let claim = match (name.is_empty(), roles.is_empty()) {
            (true, true) => None,
            (false, false) => Some(RoleClaim { name, roles, at_each_sign_in: self.at_each_sign_in.get_untracked() }),
            (true, false) => {
                return Err((ProviderField::Roles, "Write which claim has these values, such as groups.".into()));
            }
            (false, true) => {
                return Err((ProviderField::Roles, "Write which values of the claim give which role.".into()));
            }
        };
        let domains = clean_domains(&domains(&self.domains.read_untracked()));
        Ok(EntryRules {
            domains: domains.map_err(|error| (ProviderField::Domains, error.to_string()))?,
            claim,
            otherwise: self.otherwise.get_untracked(),
        })
    }

    /// The id of a new one.
    ///
    /// # Errors
    /// Where it cannot stand in an address.
    pub fn new_id(self) -> Result<ProviderId, (ProviderField, String)> {
        let sentence = "Write its part of the address with small letters, digits and -.";
        untrack(|| self.own_id()).parse().map_err(|_| (ProviderField::Id, sentence.to_owned()))
    }
}

/// What stands for a name in an address: `Harbour ID` is `harbour-id`.
pub fn part_of_address(name: &str) -> String {
    let words = name.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let joined = words.map(str::to_lowercase).collect::<Vec<_>>().join("-");
    joined.chars().take(40).collect::<String>().trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_gives_its_part_of_the_address() {
        assert_eq!(part_of_address(" Harbour ID (staff) "), "harbour-id-staff");
        assert_eq!(part_of_address("Überfahrt"), "berfahrt");
        assert_eq!(part_of_address("!"), "");
    }
}
