//! Who may do what, as it would be after a change: plain values, before the server is asked.

use postmortem::api::{
    AccessChange, AccessShown, NamedGroupRole, NamedRole, PostmortemGroup, PostmortemMember, TeamGroup, TeamMember,
};
use postmortem::{GroupId, Openness, PostmortemRole, UserId};

/// Who has a role by being named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grantee {
    Person(UserId),
    Group(GroupId),
}

/// What everybody of the team has who is not named, in order of trust; the last finds nothing.
pub const REST: [Option<PostmortemRole>; 4] =
    [Some(PostmortemRole::Editor), Some(PostmortemRole::Commenter), Some(PostmortemRole::Viewer), None];

/// The roles that can be given to somebody who is named; there is one owner, who is made by handing over.
pub const GIVEN: [PostmortemRole; 3] = [PostmortemRole::Editor, PostmortemRole::Commenter, PostmortemRole::Viewer];

/// What the rest of the team has now.
pub fn rest(shown: &AccessShown) -> Option<PostmortemRole> {
    match shown.access {
        Openness::Team => Some(shown.members_are.unwrap_or(shown.usually)),
        Openness::Private => None,
    }
}

/// What one choice for the rest of the team says.
pub fn words(rest: Option<PostmortemRole>) -> &'static str {
    match rest {
        Some(PostmortemRole::Owner | PostmortemRole::Editor) => "Edits",
        Some(PostmortemRole::Commenter) => "Comments",
        Some(PostmortemRole::Viewer) => "Reads",
        None => "Finds nothing: private",
    }
}

/// What follows from a choice.
pub fn consequence(rest: Option<PostmortemRole>, usually: PostmortemRole) -> String {
    let follows = match rest {
        Some(PostmortemRole::Owner | PostmortemRole::Editor) => "Writes in it and publishes it.",
        Some(PostmortemRole::Commenter) => "Reads it, and says something beside the text.",
        Some(PostmortemRole::Viewer) => "Reads it with what is said beside it.",
        None => "No trace in the log and in counts; the link leads nowhere.",
    };
    if rest == Some(usually) { format!("{follows} The team’s default.") } else { follows.to_owned() }
}

/// With another choice for the rest of the team. Its default is followed, also when it becomes another one later.
pub fn with_rest(shown: &AccessShown, rest: Option<PostmortemRole>) -> AccessShown {
    let access = if rest.is_some() { Openness::Team } else { Openness::Private };
    AccessShown { access, members_are: rest.filter(|role| *role != shown.usually), ..shown.clone() }
}

/// With somebody in this role, who may be named already.
pub fn with_member(shown: &AccessShown, member: &TeamMember, role: PostmortemRole) -> AccessShown {
    let mut after = without(shown, &Grantee::Person(member.person.id.clone()));
    let (person, mail) = (member.person.clone(), None);
    after.members.push(PostmortemMember { person, role, team_role: member.role, mail });
    after
}

/// With a group in this role, which may be named already.
pub fn with_group(shown: &AccessShown, group: &TeamGroup, role: PostmortemRole) -> AccessShown {
    let mut after = without(shown, &Grantee::Group(group.id.clone()));
    let TeamGroup { id, name, size, .. } = group.clone();
    // Whether its writer is in it, the answer says.
    after.groups.push(PostmortemGroup { id, name, size, role, includes_you: false });
    after
}

pub fn with_role(shown: &AccessShown, grantee: &Grantee, role: PostmortemRole) -> AccessShown {
    let mut after = shown.clone();
    match grantee {
        Grantee::Person(id) => {
            after.members.iter_mut().filter(|one| one.person.id == *id).for_each(|one| one.role = role)
        }
        Grantee::Group(id) => after.groups.iter_mut().filter(|one| one.id == *id).for_each(|one| one.role = role),
    }
    after
}

pub fn without(shown: &AccessShown, grantee: &Grantee) -> AccessShown {
    let mut after = shown.clone();
    match grantee {
        Grantee::Person(id) => after.members.retain(|member| member.person.id != *id),
        Grantee::Group(id) => after.groups.retain(|group| group.id != *id),
    }
    after
}

/// With another owner; who was it before stays an editor.
pub fn handed_over(shown: &AccessShown, to: &TeamMember) -> AccessShown {
    let mut after = with_member(shown, to, PostmortemRole::Owner);
    let new = after.members.pop();
    after.members.iter_mut().filter(|member| member.role == PostmortemRole::Owner).for_each(|member| {
        member.role = PostmortemRole::Editor;
    });
    after.members.splice(0..0, new);
    after
}

pub fn owner(shown: &AccessShown) -> Option<&PostmortemMember> {
    shown.members.iter().find(|member| member.role == PostmortemRole::Owner)
}

/// What somebody takes from themselves by a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// They would not read it any more.
    Reading,
    /// They would not decide on it any more: what is private is its owner's to decide, also beside an admin.
    Deciding,
}

/// What somebody who decides on it now would lose.
pub fn lost(before: &AccessShown, after: &AccessShown, person: &UserId) -> Option<Lost> {
    if after.access != Openness::Private {
        return None;
    }
    let named = after.members.iter().find(|member| member.person.id == *person).map(|member| member.role);
    let by_group = after.groups.iter().filter(|group| group.includes_you).map(|group| group.role);
    match named.into_iter().chain(by_group).max() {
        None => Some(Lost::Reading),
        Some(PostmortemRole::Owner) => None,
        Some(_) if before.access == Openness::Private => None,
        Some(_) => Some(Lost::Deciding),
    }
}

/// What the server is asked for.
pub fn asked(after: &AccessShown) -> AccessChange {
    let named = |member: &PostmortemMember| NamedRole { person: member.person.id.clone(), role: member.role };
    let group = |group: &PostmortemGroup| NamedGroupRole { group: group.id.clone(), role: group.role };
    AccessChange {
        access: after.access,
        members_are: after.members_are,
        members: after.members.iter().map(named).collect(),
        groups: Some(after.groups.iter().map(group).collect()),
    }
}

/// How many can read it, and that this is all.
pub fn readers(shown: &AccessShown) -> String {
    match shown.readers {
        1 => "1 person can read this".to_owned(),
        count => format!("{count} people can read this"),
    }
}

/// Who may change what is shown to somebody who may not.
pub fn who_may(shown: &AccessShown) -> String {
    match owner(shown) {
        Some(owner) => format!("{} may change this.", owner.person.name),
        None => "An admin of the team may change this.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use postmortem::person::PersonColor;
    use postmortem::{Capabilities, Person, TeamRole};

    fn member(name: &str) -> TeamMember {
        TeamMember {
            person: Person {
                id: name.parse().expect("an id"),
                name: name.into(),
                color: PersonColor::Teal,
                initials: None,
            },
            mail: None,
            role: TeamRole::Member,
            seen_at: None,
            suspended_at: None,
            owned: 0,
            is_program: false,
        }
    }

    fn shown() -> AccessShown {
        let empty = AccessShown {
            access: Openness::Team,
            members_are: None,
            usually: PostmortemRole::Commenter,
            members: Vec::new(),
            groups: Vec::new(),
            readers: 11,
            capabilities: Capabilities::of_owner(),
        };
        with_member(
            &with_member(&empty, &member("hana"), PostmortemRole::Owner),
            &member("mara"),
            PostmortemRole::Viewer,
        )
    }

    fn roles(shown: &AccessShown) -> Vec<(&str, PostmortemRole)> {
        shown.members.iter().map(|member| (member.person.id.as_str(), member.role)).collect()
    }

    #[test]
    fn the_default_of_the_team_is_followed_and_every_other_choice_is_said() {
        assert_eq!(rest(&shown()), Some(PostmortemRole::Commenter));
        for choice in REST {
            let after = with_rest(&shown(), choice);
            assert_eq!(rest(&after), choice);
            assert_eq!(after.members_are.is_none(), choice.is_none_or(|role| role == PostmortemRole::Commenter));
        }
        assert!(consequence(Some(PostmortemRole::Commenter), PostmortemRole::Commenter).ends_with("default."));
        assert!(!consequence(Some(PostmortemRole::Viewer), PostmortemRole::Commenter).contains("default"));
    }

    #[test]
    fn who_hands_over_stays_an_editor_and_there_is_one_owner() {
        let owners = [("mara", PostmortemRole::Owner), ("hana", PostmortemRole::Editor)];
        assert_eq!(roles(&handed_over(&shown(), &member("mara"))), owners);
        let with_third = handed_over(&shown(), &member("jonah"));
        assert_eq!(roles(&with_third)[0], ("jonah", PostmortemRole::Owner));
        assert_eq!(owner(&with_third).map(|owner| owner.person.name.as_str()), Some("jonah"));
    }

    #[test]
    fn whoever_is_not_named_in_a_private_one_loses_it() {
        let private = with_rest(&shown(), None);
        let id = |name: &str| name.parse::<UserId>().expect("an id");
        let lost = |after: &AccessShown, name: &str| lost(&shown(), after, &id(name));
        assert_eq!(lost(&private, "jonah"), Some(Lost::Reading));
        assert_eq!(lost(&without(&private, &Grantee::Person(id("mara"))), "mara"), Some(Lost::Reading));
        assert_eq!(lost(&private, "mara"), Some(Lost::Deciding), "an admin who is named as less than the owner");
        assert_eq!((lost(&private, "hana"), lost(&shown(), "jonah")), (None, None));
    }

    #[test]
    fn somebody_is_named_once_and_the_server_is_asked_for_all() {
        let again = with_member(&shown(), &member("mara"), PostmortemRole::Editor);
        assert_eq!(roles(&again), [("hana", PostmortemRole::Owner), ("mara", PostmortemRole::Editor)]);
        assert_eq!(asked(&again).members.len(), 2);
    }

    #[test]
    fn a_group_is_named_once_has_a_role_and_goes() {
        let group =
            TeamGroup { id: "g1".parse().expect("an id"), name: "Storage".to_owned(), size: 5, people: Vec::new() };
        let (of_group, grantee) = (group.id.clone(), Grantee::Group(group.id.clone()));
        let roles = |shown: &AccessShown| {
            asked(shown).groups.into_iter().flatten().map(|named| (named.group, named.role)).collect::<Vec<_>>()
        };
        let named = with_group(&with_group(&shown(), &group, PostmortemRole::Viewer), &group, PostmortemRole::Editor);
        assert_eq!(roles(&named), [(of_group.clone(), PostmortemRole::Editor)]);
        let changed = with_role(&named, &grantee, PostmortemRole::Commenter);
        assert_eq!(roles(&changed), [(of_group, PostmortemRole::Commenter)]);
        assert_eq!(changed.members, shown().members);
        assert_eq!(roles(&without(&changed, &grantee)), []);
        assert_eq!(asked(&shown()).groups, Some(Vec::new()), "the last one can be taken away");
    }

    #[test]
    fn whoever_is_in_a_named_group_does_not_lose_what_is_private() {
        let group = TeamGroup { id: "g1".parse().expect("an id"), name: "All".to_owned(), size: 2, people: Vec::new() };
        let mut private = with_rest(&with_group(&shown(), &group, PostmortemRole::Viewer), None);
        let jonah = "jonah".parse().expect("an id");
        assert_eq!(lost(&shown(), &private, &jonah), Some(Lost::Reading));
        private.groups.iter_mut().for_each(|group| group.includes_you = true);
        assert_eq!(lost(&shown(), &private, &jonah), Some(Lost::Deciding));
    }
}
