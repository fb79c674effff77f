//! What a list under a field may offer, and where it comes from.

use crate::client::{RequestError, groups, people, services};
use postmortem::Person;
use postmortem::api::{Service, TeamGroup, TeamMember};

/// How many are listed; what is not among them is found by more letters.
pub const LISTED: usize = 6;

/// How many people are asked for: some of them may be left out.
const ASKED: u32 = 24;

/// How many groups or services are asked for.
const ASKED_NAMES: u32 = 8;

/// How many are asked for where one is meant by its whole name.
const EVERYBODY: u32 = 500;

/// Where suggestions come from. The server finds them: a team may be large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    People,
    PeopleAndGroups,
    Services,
}

/// Something to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suggestion {
    Person(TeamMember),
    Group(TeamGroup),
    Service(Service),
    /// A name that no service of the team has.
    NewService(String),
    /// What is typed, whatever is called similarly.
    AsTyped(String),
}

impl Source {
    /// What the team has for a text; at most [`LISTED`], without those whose id or name is among `without`.
    pub async fn find(self, text: &str, without: &[String]) -> Result<Vec<Suggestion>, RequestError> {
        Ok(offered(self.ask(text, ASKED, ASKED_NAMES).await?, without))
    }

    /// All that is called exactly so, or has this mail address, and can be chosen.
    pub async fn named(self, name: &str, without: &[String]) -> Result<Vec<Suggestion>, RequestError> {
        let found = self.ask(name.trim(), EVERYBODY, EVERYBODY).await?;
        Ok(called(found, name, without))
    }

    /// Groups first, of which there are few.
    async fn ask(self, text: &str, most_people: u32, most_names: u32) -> Result<Vec<Suggestion>, RequestError> {
        let mut found = Vec::new();
        match self {
            Self::People => {}
            Self::PeopleAndGroups => {
                found.extend(groups::list(text, most_names).await?.groups.into_iter().map(Suggestion::Group));
            }
            Self::Services => {
                let listed = services::list(text, most_names).await?;
                found.extend(listed.services.into_iter().map(Suggestion::Service));
            }
        }
        if self != Self::Services {
            found.extend(people::list(text, most_people).await?.people.into_iter().map(Suggestion::Person));
        }
        Ok(found)
    }

    /// What the list is called.
    pub fn label(self) -> &'static str {
        match self {
            Self::People => "People",
            Self::PeopleAndGroups => "People and groups",
            Self::Services => "Services of the team",
        }
    }

    /// What is said where nothing is found, and nothing else than what is listed can be taken.
    pub fn nothing(self) -> &'static str {
        match self {
            Self::People => "Nobody else in the team is called so.",
            Self::PeopleAndGroups => "Nobody in the team is called so, and no group.",
            Self::Services => "No service of the team is called so.",
        }
    }
}

impl Suggestion {
    /// What stands in the field once it is chosen.
    pub fn name(&self) -> &str {
        match self {
            Self::Person(member) => &member.person.name,
            Self::Group(group) => &group.name,
            Self::Service(service) => &service.name,
            Self::NewService(name) | Self::AsTyped(name) => name,
        }
    }

    /// Whether the team has it already.
    pub fn is_there(&self) -> bool {
        match self {
            Self::Person(_) | Self::Group(_) | Self::Service(_) => true,
            Self::NewService(_) | Self::AsTyped(_) => false,
        }
    }

    /// Whose disc stands in front of it.
    pub fn person(&self) -> Option<&Person> {
        match self {
            Self::Person(member) => Some(&member.person),
            Self::Group(_) | Self::Service(_) | Self::NewService(_) | Self::AsTyped(_) => None,
        }
    }

    /// What tells it from others of its name.
    pub fn remark(&self) -> Option<String> {
        match self {
            Self::Person(member) => member.mail.clone(),
            Self::Group(group) => Some(format!("Group · {}", size(group.size))),
            Self::Service(service) => Some(service.other_names.join(", ")).filter(|names| !names.is_empty()),
            Self::NewService(_) | Self::AsTyped(_) => None,
        }
    }

    fn is_among(&self, without: &[String]) -> bool {
        let id = match self {
            Self::Person(member) => member.person.id.as_str(),
            Self::Group(group) => group.id.as_str(),
            Self::Service(service) => service.id.as_str(),
            Self::NewService(_) | Self::AsTyped(_) => "",
        };
        without.iter().any(|other| other == id || other == self.name())
    }

    /// Whether this is its whole name, or its mail address, whatever the case.
    fn is_called(&self, name: &str) -> bool {
        let wanted = name.trim().to_lowercase();
        match self {
            Self::Person(member) => {
                let mail = member.mail.as_ref().is_some_and(|mail| mail.to_lowercase() == wanted);
                mail || member.person.name.to_lowercase() == wanted
            }
            Self::Group(group) => group.name.to_lowercase() == wanted,
            Self::Service(service) => service.is_called(name),
            Self::NewService(_) | Self::AsTyped(_) => false,
        }
    }

    /// Whether it can be chosen: who cannot come in cannot.
    fn is_open(&self) -> bool {
        match self {
            Self::Person(member) => member.suspended_at.is_none() && !member.is_program,
            Self::Group(_) | Self::Service(_) | Self::NewService(_) | Self::AsTyped(_) => true,
        }
    }
}

/// What can be chosen of that which was found, in lines for everybody: groups take half of them at most.
fn offered(found: Vec<Suggestion>, without: &[String]) -> Vec<Suggestion> {
    let mut groups = 0;
    let is_offered = |suggestion: &Suggestion| {
        groups += usize::from(matches!(suggestion, Suggestion::Group(_)));
        groups <= LISTED / 2 || !matches!(suggestion, Suggestion::Group(_))
    };
    open(found, without).filter(is_offered).take(LISTED).collect()
}

fn called(found: Vec<Suggestion>, name: &str, without: &[String]) -> Vec<Suggestion> {
    open(found, without).filter(|suggestion| suggestion.is_called(name)).collect()
}

fn open(found: Vec<Suggestion>, without: &[String]) -> impl Iterator<Item = Suggestion> {
    found.into_iter().filter(|suggestion| suggestion.is_open() && !suggestion.is_among(without))
}

/// How many people are in a group.
pub fn size(people: u32) -> String {
    if people == 1 { "1 person".to_owned() } else { format!("{people} people") }
}

/// Adds a line for a name that no service has, behind those that are found. `None` where one is called so, or nothing is
/// typed.
pub fn new_service(typed: &str, found: &[Suggestion]) -> Option<Suggestion> {
    let name = typed.trim();
    let is_known = found.iter().any(|suggestion| suggestion.is_called(name));
    (!name.is_empty() && !is_known).then(|| Suggestion::NewService(name.to_owned()))
}

/// The line that keeps what is typed beside what is called similarly. `None` where nothing is, or something is called so.
pub fn as_typed(typed: &str, found: &[Suggestion]) -> Option<Suggestion> {
    let is_known = found.is_empty() || found.iter().any(|suggestion| suggestion.is_called(typed));
    (!is_known).then(|| Suggestion::AsTyped(typed.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use postmortem::TeamRole;
    use postmortem::person::PersonColor;

    fn member(name: &str) -> TeamMember {
        TeamMember {
            person: Person {
                id: name.parse().expect("an id"),
                name: name.into(),
                color: PersonColor::Rose,
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

    #[test]
    fn nobody_is_offered_who_cannot_come_in_or_is_there_already() {
        let found = vec![
            member("hana"),
            TeamMember { suspended_at: Some(Default::default()), ..member("daan") },
            TeamMember { is_program: true, ..member("robot") },
            member("mara"),
        ];
        let found = found.into_iter().map(Suggestion::Person).collect();
        let names: Vec<String> =
            offered(found, &["hana".to_owned()]).iter().map(|found| found.name().to_owned()).collect();
        assert_eq!(names, ["mara"]);
    }

    fn group(name: &str) -> Suggestion {
        let id = format!("g-{name}").parse().expect("an id");
        Suggestion::Group(TeamGroup { id, name: name.to_owned(), size: 2, people: Vec::new() })
    }

    #[test]
    fn groups_stand_before_people_and_leave_them_half_of_the_lines() {
        let groups = ["a", "b", "c", "d"].map(group);
        let people = ["hana", "mara", "jonah", "tom"].map(|name| Suggestion::Person(member(name)));
        let found: Vec<Suggestion> = groups.into_iter().chain(people).collect();
        let names = |without: &[String]| {
            offered(found.clone(), without).iter().map(|found| found.name().to_owned()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(names(&[]), "a b c hana mara jonah");
        assert_eq!(names(&["g-a".to_owned()]), "b c d hana mara jonah", "one that is left out takes no line");
        assert_eq!(group("a").remark().as_deref(), Some("Group · 2 people"));
    }

    #[test]
    fn a_whole_name_or_mail_address_means_whoever_has_it() {
        let with_mail = |id: &str, name: &str| {
            let person = Person { name: name.into(), ..member(id).person };
            Suggestion::Person(TeamMember { person, mail: Some(format!("{id}@harbour.example")), ..member(id) })
        };
        let found = vec![group("Tomasz"), with_mail("mara", "Mara Roth"), with_mail("m2", "Mara Roth")];
        let meant = |typed: &str, without: &[String]| {
            called(found.clone(), typed, without).iter().map(|found| found.name().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(meant(" tomasz", &[]), ["Tomasz"]);
        assert_eq!(meant("M2@harbour.example", &[]), ["Mara Roth"]);
        assert_eq!(meant("mara roth", &[]).len(), 2);
        assert_eq!(meant("mara roth", &["mara".to_owned()]).len(), 1);
        assert_eq!(meant("Mara", &[]), [""; 0], "letters of a name may mean anybody");
    }

    #[test]
    fn what_is_typed_can_be_kept_beside_what_is_called_similarly() {
        let found = [Suggestion::Person(member("Anabel"))];
        assert_eq!(as_typed("Ana ", &found), Some(Suggestion::AsTyped("Ana".to_owned())));
        assert_eq!(as_typed("anabel", &found), None, "it is her name");
        assert_eq!(as_typed("Kim", &[]), None, "nothing else could be taken");
        assert!(!Suggestion::AsTyped("Ana".to_owned()).is_there() && found[0].is_there());
    }

    #[test]
    fn only_a_name_that_no_service_has_is_offered_as_a_new_one() {
        let found = [Suggestion::Service(Service {
            id: "s1".parse().expect("an id"),
            name: "Payments".to_owned(),
            other_names: vec!["Kasse".to_owned()],
            owner: None,
        })];
        assert_eq!(new_service(" pay ", &found), Some(Suggestion::NewService("pay".to_owned())));
        for known in ["payments", "KASSE", " "] {
            assert_eq!(new_service(known, &found), None, "{known}");
        }
    }
}
