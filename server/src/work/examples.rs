//! The incidents that a newcomer can open as an example: public ones, from what was written about them at the time, as
//! finished post-mortems.

#[derive(Debug, Clone, Copy)]
pub struct ExampleIncident {
    /// The name under which it is asked for.
    pub name: &'static str,
    pub json: &'static str,
}

/// All of them, the one with the fullest timeline first.
pub const EXAMPLES: [ExampleIncident; 5] = [
    ExampleIncident { name: "github-2018-10-21", json: include_str!("../../examples/github-2018-10-21.json") },
    ExampleIncident { name: "gitlab-2017-01-31", json: include_str!("../../examples/gitlab-2017-01-31.json") },
    ExampleIncident { name: "facebook-2021-10-04", json: include_str!("../../examples/facebook-2021-10-04.json") },
    ExampleIncident { name: "cloudflare-2019-07-02", json: include_str!("../../examples/cloudflare-2019-07-02.json") },
    ExampleIncident { name: "aws-s3-2017-02-28", json: include_str!("../../examples/aws-s3-2017-02-28.json") },
];

pub fn find_example(name: &str) -> Option<ExampleIncident> {
    EXAMPLES.into_iter().find(|example| example.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::work::creation::New;
    use crate::work::workshop::Wanted;
    use crate::{clock, random};
    use postmortem::create::create;
    use postmortem::deadline::Today;
    use postmortem::readiness::{self, Material, Thing};
    use postmortem::severity_time::{Basis, time_in};
    use postmortem::{ClientId, EntryKind, ItemId, Postmortem, Role, Severity, Status, Zone};
    use std::collections::BTreeSet;

    #[test]
    fn every_example_is_a_finished_post_mortem() {
        for example in EXAMPLES {
            let postmortem = whole(example);
            let name = example.name;
            assert_eq!(postmortem.details.status, Status::Closed, "{name}");
            assert_eq!(things(&postmortem), [], "{name}");
            assert!(postmortem.timeline.iter().any(|entry| entry.severity == Some(Severity::Sev1)), "{name}");
            let kinds: BTreeSet<EntryKind> = postmortem.timeline.iter().map(|entry| entry.kind).collect();
            assert!(kinds.len() >= 5, "{name} tells {kinds:?}");
            assert!(postmortem.responders.iter().any(|one| one.role == Role::IncidentCommander), "{name}");
            let told = time_in(Severity::Sev1, &postmortem.timeline, &postmortem.details);
            assert_eq!(told.map(|time| time.basis), Ok(Basis::Entries), "{name}");
        }
    }

    /// What is open in it.
    fn things(postmortem: &Postmortem) -> Vec<Thing> {
        readiness::things(Material::of(postmortem, 0, Today::at(clock::now(), Zone::UTC)))
    }

    /// What becomes of it.
    fn whole(example: ExampleIncident) -> Postmortem {
        let incident = postmortem::import::parse(example.json).expect("an incident");
        let replica = create(ClientId(1), incident.title(), incident.severity()).expect("made");
        for command in incident.commands(&mut || random::id(ItemId::new)) {
            replica.run(&command).expect("carried out");
        }
        replica.read().postmortem.with_head(&incident.head())
    }

    #[test]
    fn every_example_can_be_made() {
        let (wanted, _awaiting) = Wanted::new();
        for example in EXAMPLES {
            match postmortem::import::parse(example.json) {
                Ok(incident) => assert!(New::imported(&incident, &wanted).is_ok(), "{}", example.name),
                Err(error) => panic!("{}: {error}", example.name),
            }
        }
    }
}
