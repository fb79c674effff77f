//! The published page from values alone: what it shows, what it keeps in the house, and that no text becomes markup.

#![expect(clippy::unwrap_used, reason = "a test may end at what it did not expect")]

mod hostile;
mod lists;
mod published;

use app::published::{PublishedPage, PublishedRevision, page};
use postmortem::{ClientId, ItemId, Postmortem, create, import};

/// An incident as the import makes it.
fn imported(json: &str) -> Postmortem {
    let incident = import::parse(json).unwrap();
    let replica = create::create(ClientId(1), incident.title(), incident.severity()).unwrap();
    let mut made = 0;
    let mut new_id = || {
        made += 1;
        ItemId::new(made, [0; 10])
    };
    for command in incident.commands(&mut new_id) {
        replica.run(&command).unwrap();
    }
    replica.read().postmortem
}

fn github() -> Postmortem {
    imported(include_str!("../incidents/github-2018-10-21-mysql-failover.json"))
}

fn publish(postmortem: &Postmortem) -> PublishedPage {
    page(&PublishedRevision {
        postmortem,
        revision: 2,
        published_at: "2018-10-25T15:48:00Z".parse().unwrap(),
        published_by: "Mara Lindqvist",
    })
}

/// What readers see, a line an element so that a snapshot can be compared; the head and its style are left out.
fn body(page: &PublishedPage) -> String {
    let (_, body) = page.html.split_once("<body>").unwrap();
    body.replace("><", ">\n<")
}
