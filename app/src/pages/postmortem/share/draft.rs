//! Who may do what, as it would be after a change: plain values, before the server is asked.

use postmortem::api::{AccessChange, AccessShown, NamedRole, PostmortemMember, TeamMember};
use postmortem::{Openness, PostmortemRole, UserId};

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
    let mut after = without(shown, &member.person.id);
    after.members.push(PostmortemMember { person: member.person.clone(), role, team_role: member.role });
    after
}

pub fn with_role(shown: &AccessShown, person: &UserId, role: PostmortemRole) -> AccessShown {
    let mut after = shown.clone();
    after.members.iter_mut().filter(|member| member.person.id == *person).for_each(|member| member.role = role);
    after
}

pub fn without(shown: &AccessShown, person: &UserId) -> AccessShown {
    let mut after = shown.clone();
    after.members.retain(|member| member.person.id != *person);
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
    match after.members.iter().find(|member| member.person.id == *person) {
        None => Some(Lost::Reading),
        Some(member) if member.role == PostmortemRole::Owner || before.access == Openness::Private => None,
        Some(_) => Some(Lost::Deciding),
    }
}

/// What the server is asked for.
pub fn asked(after: &AccessShown) -> AccessChange {
    let named = |member: &PostmortemMember| NamedRole { person: member.person.id.clone(), role: member.role };
    AccessChange {
        access: after.access,
        members_are: after.members_are,
        members: after.members.iter().map(named).collect(),
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
        assert_eq!(lost(&without(&private, &id("mara")), "mara"), Some(Lost::Reading));
        assert_eq!(lost(&private, "mara"), Some(Lost::Deciding), "an admin who is named as less than the owner");
        assert_eq!((lost(&private, "hana"), lost(&shown(), "jonah")), (None, None));
    }

    #[test]
    fn somebody_is_named_once_and_the_server_is_asked_for_all() {
        let again = with_member(&shown(), &member("mara"), PostmortemRole::Editor);
        assert_eq!(roles(&again), [("hana", PostmortemRole::Owner), ("mara", PostmortemRole::Editor)]);
        assert_eq!(asked(&again).members.len(), 2);
    }
}
