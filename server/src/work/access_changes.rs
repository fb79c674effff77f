//! What a change of a post-mortem's access comes to, for the audit log: who came, who went, and what is another than before.

use crate::store::rights::{self, Named, PostmortemAccess};
use crate::store::{StoreError, named_groups};
use postmortem::{Openness, PostmortemId, PostmortemRole, UserId};
use sqlx::SqliteConnection;
use std::collections::BTreeMap;

/// Who may do what at a moment, by the names of that moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessStand {
    openness: Openness,
    members_are: PostmortemRole,
    people: BTreeMap<UserId, (String, PostmortemRole)>,
    groups: BTreeMap<String, PostmortemRole>,
}

impl AccessStand {
    /// How it stands in a write.
    ///
    /// # Errors
    /// When the store failed.
    pub async fn of(read: &mut SqliteConnection, id: &PostmortemId) -> Result<Option<Self>, StoreError> {
        let Some(PostmortemAccess { openness, members_are, usually }) = rights::find_access(read, id).await? else {
            return Ok(None);
        };
        let people = rights::list_people(read, id).await?;
        let people = people.into_iter().map(|Named { account, role }| (account.person.id, (account.person.name, role)));
        Ok(Some(Self {
            openness,
            members_are: members_are.unwrap_or(usually),
            people: people.collect(),
            groups: named_groups::list_names(read, id).await?.into_iter().collect(),
        }))
    }

    /// Who owns it, with the name of that moment.
    pub fn owner(&self) -> Option<(&UserId, &str)> {
        let owner = self.people.iter().find(|(_, (_, role))| *role == PostmortemRole::Owner);
        owner.map(|(user, (name, _))| (user, name.as_str()))
    }

    /// What is another than before: `Private, before Open to the team`, `with Jonah Adeyemi as editor`, `without the group
    /// Storage`. Nothing of the owner, which is told by itself.
    pub fn changes_since(&self, before: &Self) -> Vec<String> {
        let mut words = Vec::new();
        if self.openness != before.openness {
            words.push(format!("{}, before {}", self.openness.label(), before.openness.label()));
        }
        if self.members_are != before.members_are {
            words.push(format!("members as {}, before {}", self.members_are.code(), before.members_are.code()));
        }
        words.extend(differences(&before.named(), &self.named()));
        let groups = |stand: &Self| {
            let named = stand.groups.iter().map(|(name, role)| (name.clone(), (format!("the group {name}"), *role)));
            named.collect::<BTreeMap<_, _>>()
        };
        words.extend(differences(&groups(before), &groups(self)));
        words
    }

    fn named(&self) -> BTreeMap<String, (String, PostmortemRole)> {
        let named = self.people.iter().filter(|(_, (_, role))| *role != PostmortemRole::Owner);
        named.map(|(user, named)| (user.to_string(), named.clone())).collect()
    }
}

type NamedRoles = BTreeMap<String, (String, PostmortemRole)>;

fn differences(before: &NamedRoles, now: &NamedRoles) -> Vec<String> {
    let came = now.iter().filter_map(|(key, (name, role))| match before.get(key) {
        None => Some(format!("with {name} as {}", role.code())),
        Some((_, was)) if was != role => Some(format!("{name} as {}, before {}", role.code(), was.code())),
        Some(_) => None,
    });
    let went = before.iter().filter(|(key, _)| !now.contains_key(*key)).map(|(_, (name, _))| format!("without {name}"));
    came.chain(went).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_who_came_or_went_is_named_and_nobody_who_stayed() {
        use PostmortemRole::{Commenter, Editor, Owner, Viewer};
        let stand = |openness, members_are, people: &[(&str, PostmortemRole)], groups: &[(&str, PostmortemRole)]| {
            let person = |(name, role): &(&str, PostmortemRole)| {
                (name.to_lowercase().parse().expect("an id"), ((*name).to_owned(), *role))
            };
            AccessStand {
                openness,
                members_are,
                people: people.iter().map(person).collect(),
                groups: groups.iter().map(|(name, role)| ((*name).to_owned(), *role)).collect(),
            }
        };
        let before =
            stand(Openness::Team, Editor, &[("Mara", Owner), ("Hana", Viewer), ("Ines", Editor)], &[("Web", Viewer)]);
        let now = stand(
            Openness::Private,
            Viewer,
            &[("Mara", Owner), ("Hana", Commenter), ("Jonah", Editor)],
            &[("Storage", Editor)],
        );
        let expected = [
            "Private, before Open to the team",
            "members as viewer, before editor",
            "Hana as commenter, before viewer",
            "with Jonah as editor",
            "without Ines",
            "with the group Storage as editor",
            "without the group Web",
        ];
        assert_eq!(now.changes_since(&before), expected);
        assert_eq!(now.changes_since(&now), Vec::<String>::new());
        assert_eq!(now.owner().map(|(_, name)| name), Some("Mara"));
    }
}
