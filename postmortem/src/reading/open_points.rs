//! What is open when a post-mortem is published, which its readers are not told: they take what they read as final.

use crate::Postmortem;
use crate::deadline::Today;
use crate::readiness::{self, Material, Thing};

/// What is open, in reading order: threads that nobody resolved, and what is to be done before a review.
pub fn open_points(postmortem: &Postmortem, open_threads: usize, today: Today) -> Vec<Thing> {
    let mut points = Vec::new();
    let mut add = |anchor: &str, verb: String, note: &str| {
        points.push(Thing { anchor: anchor.to_owned(), verb, note: note.to_owned(), is_late: false });
    };
    match open_threads {
        0 => {}
        1 => add("timeline", "Resolve 1 thread".into(), "What it asks is not answered on the page"),
        count => add("timeline", format!("Resolve {count} threads"), "What they ask is not answered on the page"),
    }
    // Threads are counted above, with what it means for readers.
    points.extend(readiness::things(Material::of(postmortem, 0, today)));
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Status, Zone};

    #[test]
    fn what_is_open_is_told_whatever_the_status_says() {
        let mut postmortem = Postmortem::default();
        postmortem.details.started_at = "2018-10-21T22:52:00Z".parse().ok();
        postmortem.details.resolved_at = "2018-10-21T21:52:00Z".parse().ok();
        let today = Today::at("2018-10-22T12:00:00Z".parse().expect("a time"), Zone::UTC);
        let verbs = |postmortem: &Postmortem, threads| -> Vec<String> {
            open_points(postmortem, threads, today).into_iter().map(|point| point.verb).collect()
        };
        let draft = verbs(&postmortem, 2);
        assert_eq!(draft[0], "Resolve 2 threads");
        for verb in [
            "Correct 1 time that cannot be true",
            "Choose an owner",
            "Set the review meeting",
            "Write the overview",
            "List the action items",
        ] {
            assert!(draft.iter().any(|known| known == verb), "{verb}: {draft:?}");
        }
        postmortem.details.status = Status::Closed;
        let closed = verbs(&postmortem, 0);
        assert!(!closed.iter().any(|verb| verb == "Set the review meeting"), "{closed:?}");
        assert_eq!(closed.len(), draft.len() - 2, "{closed:?}");
    }
}
