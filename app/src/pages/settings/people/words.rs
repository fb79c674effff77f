//! The words of the list of people: when somebody was here, how long a link holds, how many there are.

use chrono::{DateTime, Datelike, Utc};
use postmortem::api::{Invitation, NameWithoutAccount, People, TeamMember};
use postmortem::{TeamRole, UserId};

/// The server knows to ten minutes when somebody was here; who has a page open is never further away than this.
const NOW_MINUTES: i64 = 15;

/// When somebody was here last: `now`, `40 min ago`, `3 h ago`, `yesterday`, `Fri 19 Oct`.
pub fn seen(at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> String {
    let Some(at) = at else { return "never".to_owned() };
    let ago = now - at;
    if ago.num_minutes() < NOW_MINUTES {
        return "now".to_owned();
    }
    match (now.date_naive() - at.date_naive()).num_days() {
        0 if ago.num_minutes() < 60 => format!("{} min ago", ago.num_minutes()),
        0 => format!("{} h ago", ago.num_hours()),
        1 => "yesterday".to_owned(),
        _ => day(at, now),
    }
}

/// `Fri 19 Oct`, with the year where it is another one.
pub fn day(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    at.format(if at.year() == now.year() { "%a %-d %b" } else { "%a %-d %b %Y" }).to_string()
}

/// How long something still holds: `in 2 days`.
pub fn ahead(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    match (at.date_naive() - now.date_naive()).num_days() {
        i64::MIN..=0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        days => format!("in {days} days"),
    }
}

/// What became of an invitation until now.
pub fn used(invitation: &Invitation) -> String {
    match (invitation.people, invitation.joined) {
        (1, _) => "a link for one person, not used yet".to_owned(),
        (people, 0) => format!("for up to {people} people, nobody has joined yet"),
        (people, 1) => format!("for up to {people} people, 1 has joined"),
        (people, joined) => format!("for up to {people} people, {joined} have joined"),
    }
}

/// `1 post-mortem needs an owner`.
pub fn owned(count: u32) -> String {
    match count {
        0 => String::new(),
        1 => "1 post-mortem needs an owner".to_owned(),
        count => format!("{count} post-mortems need an owner"),
    }
}

/// Where a name from before there were accounts stands.
pub fn written(name: &NameWithoutAccount) -> String {
    match name.postmortems {
        1 => "wrote in 1 post-mortem".to_owned(),
        count => format!("wrote in {count} post-mortems"),
    }
}

/// The list in a sentence: how many there are, how many of them a search or a role leaves. A program is no person.
pub fn sentence(people: &People, shown: usize, is_narrowed: bool, invitations: usize) -> String {
    let (programs, persons): (Vec<_>, Vec<_>) = people.people.iter().partition(|member| member.is_program);
    let members = persons.iter().filter(|member| member.suspended_at.is_none()).count() + people.more as usize;
    let suspended = persons.len() + people.more as usize - members;
    let programs = programs.iter().filter(|program| program.suspended_at.is_none()).count();
    let first = match (is_narrowed, shown, members) {
        (true, 0, _) => "Nobody is shown.".to_owned(),
        (true, 1, _) => "1 is shown.".to_owned(),
        (true, shown, _) => format!("{shown} are shown."),
        (false, _, 1) => "1 person.".to_owned(),
        (false, _, members) => format!("{members} people."),
    };
    let programs = counted(programs, "program has a token", "programs have a token").filter(|_| !is_narrowed);
    let invitations = counted(invitations, "invitation is open", "invitations are open");
    let suspended = counted(suspended, "person is suspended", "people are suspended");
    let rest: Vec<String> = [programs, invitations, suspended].into_iter().flatten().collect();
    if rest.is_empty() { first } else { format!("{first} {}.", rest.join(", ")) }
}

fn counted(count: usize, one: &str, many: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {many}")),
    }
}

/// Who looks after the team, for whoever may not: `Mara Lindqvist and Tomasz Wilk look after the team.`
pub fn who_may(people: &[TeamMember]) -> Option<String> {
    // A program answers no questions.
    let is_admin =
        |member: &&TeamMember| member.role == TeamRole::Admin && member.suspended_at.is_none() && !member.is_program;
    let names: Vec<&str> = people.iter().filter(is_admin).map(|member| member.person.name.as_str()).collect();
    match names.as_slice() {
        [] => None,
        [one] => Some(format!("{one} looks after the team.")),
        [first @ .., last] => Some(format!("{} and {last} look after the team.", first.join(", "))),
    }
}

/// Whether somebody is the only admin, whose role nobody can take.
pub fn is_last_admin(people: &[TeamMember], person: &UserId) -> bool {
    let is_admin = |member: &&TeamMember| member.role == TeamRole::Admin && member.suspended_at.is_none();
    let mut admins = people.iter().filter(is_admin);
    admins.next().is_some_and(|first| first.person.id == *person) && admins.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use postmortem::Person;
    use postmortem::person::PersonColor;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    fn member(name: &str, role: TeamRole) -> TeamMember {
        TeamMember {
            person: Person {
                id: name.parse().expect("an id"),
                name: name.into(),
                color: PersonColor::Blue,
                initials: None,
            },
            mail: None,
            role,
            seen_at: None,
            suspended_at: None,
            owned: 0,
            is_program: false,
        }
    }

    #[test]
    fn when_somebody_was_here_is_told_as_roughly_as_it_is_known() {
        let now = at("2018-10-23T12:00:00Z");
        let told = |text| seen(Some(at(text)), now);
        assert_eq!(seen(None, now), "never");
        assert_eq!(told("2018-10-23T11:50:00Z"), "now");
        assert_eq!(told("2018-10-23T11:20:00Z"), "40 min ago");
        assert_eq!(told("2018-10-23T08:50:00Z"), "3 h ago");
        assert_eq!(told("2018-10-22T23:50:00Z"), "yesterday");
        assert_eq!(told("2018-10-19T08:00:00Z"), "Fri 19 Oct");
        assert_eq!(told("2017-10-19T08:00:00Z"), "Thu 19 Oct 2017");
    }

    #[test]
    fn a_link_says_how_long_it_holds() {
        let now = at("2018-10-23T12:00:00Z");
        let told = |text| ahead(at(text), now);
        let said = ["2018-10-23T23:00:00Z", "2018-10-24T01:00:00Z", "2018-10-30T12:00:00Z"].map(told);
        assert_eq!(said, ["today", "tomorrow", "in 7 days"]);
    }

    #[test]
    fn the_only_admin_is_known_and_a_suspended_one_counts_for_nothing() {
        let suspended = TeamMember { suspended_at: Some(DateTime::default()), ..member("daan", TeamRole::Admin) };
        let people = [member("mara", TeamRole::Admin), suspended, member("hana", TeamRole::Member)];
        assert!(is_last_admin(&people, &people[0].person.id));
        assert!(!is_last_admin(&people, &people[2].person.id));
        assert_eq!(who_may(&people).as_deref(), Some("mara looks after the team."));
        let two = [member("mara", TeamRole::Admin), member("tomasz", TeamRole::Admin)];
        assert!(!is_last_admin(&two, &two[0].person.id));
        assert_eq!(who_may(&two).as_deref(), Some("mara and tomasz look after the team."));
    }

    #[test]
    fn the_list_is_told_in_a_sentence() {
        let suspended = TeamMember { suspended_at: Some(DateTime::default()), ..member("daan", TeamRole::Member) };
        let program = TeamMember { is_program: true, ..member("robot", TeamRole::Member) };
        let alone = vec![member("mara", TeamRole::Admin), suspended];
        let with_program = alone.iter().cloned().chain([program]).collect();
        let with_program = People { people: with_program, names: Vec::new(), more: 0 };
        assert_eq!(sentence(&with_program, 2, false, 0), "1 person. 1 program has a token, 1 person is suspended.");
        let people = People { people: alone, names: Vec::new(), more: 0 };
        assert_eq!(sentence(&people, 1, false, 0), "1 person. 1 person is suspended.");
        assert_eq!(sentence(&people, 0, true, 2), "Nobody is shown. 2 invitations are open, 1 person is suspended.");
    }
}
