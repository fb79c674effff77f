//! Bodies of services: what the team runs, under the names that people call it by.

use crate::{GroupId, Person, ServiceId, UserId};
use serde::{Deserialize, Serialize};

/// A service of the team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    pub id: ServiceId,
    pub name: String,
    /// What else it is called, in the order in which it was written.
    #[serde(default)]
    pub other_names: Vec<String>,
    /// Who answers for it.
    #[serde(default)]
    pub owner: Option<ServiceOwner>,
}

/// Who answers for a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceOwner {
    Person(Person),
    Group { id: GroupId, name: String },
}

/// The services of the team, by name; one that is called exactly what was searched for stands first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Services {
    pub services: Vec<Service>,
    /// How many there are beyond those that are listed.
    #[serde(default)]
    pub more: u32,
}

/// A service as it is to be, when it is made and when it is changed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ServiceDraft {
    pub name: String,
    #[serde(default)]
    pub other_names: Vec<String>,
    #[serde(default)]
    pub owner: Option<ServiceOwnerId>,
}

/// Who is to answer for a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceOwnerId {
    Person(UserId),
    Group(GroupId),
}

impl Service {
    /// Whether it is called so, by its name or another one, whatever the case.
    pub fn is_called(&self, name: &str) -> bool {
        let wanted = name.trim().to_lowercase();
        std::iter::once(&self.name).chain(&self.other_names).any(|name| name.to_lowercase() == wanted)
    }
}

impl ServiceOwner {
    pub fn name(&self) -> &str {
        match self {
            Self::Person(person) => &person.name,
            Self::Group { name, .. } => name,
        }
    }

    pub fn id(&self) -> ServiceOwnerId {
        match self {
            Self::Person(person) => ServiceOwnerId::Person(person.id.clone()),
            Self::Group { id, .. } => ServiceOwnerId::Group(id.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_known_by_each_of_its_names() {
        let json = serde_json::json!({
            "id": "s1", "name": "Payments", "other_names": ["Kasse Süd"],
            "owner": {"group": {"id": "g1", "name": "Storage"}},
        });
        let service: Service = serde_json::from_value(json.clone()).expect("a service");
        assert!(service.is_called(" payments ") && service.is_called("KASSE SÜD"));
        assert!(!service.is_called("Kasse"));
        let owner = service.owner.as_ref().expect("an owner");
        assert_eq!((owner.name(), owner.id()), ("Storage", ServiceOwnerId::Group("g1".parse().expect("an id"))));
        assert_eq!(serde_json::to_value(service).expect("JSON"), json);
    }
}
