//! A person who imports incidents without pause, each of a title of its own. One that was answered is there and can be read;
//! none is there twice, and none without its text.

use crate::recorder::Tally;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Process, Visitor};

#[derive(Debug)]
struct Imported {
    title: String,
    /// Where it stands; absent while the server has not said so.
    id: Option<String>,
}

/// The person and what was imported since the last count.
#[derive(Debug)]
pub struct Importer {
    visitor: Visitor,
    made: usize,
    imported: Vec<Imported>,
}

impl Importer {
    pub fn new(visitor: Visitor) -> Self {
        Self { visitor, made: 0, imported: Vec::new() }
    }

    /// The server is back.
    pub fn come_back(&mut self, process: &Process) {
        self.visitor = self.visitor.at(process.address());
    }

    /// Imports until the server is gone; `made` hears of each.
    pub async fn write(&mut self, made: impl Fn()) {
        loop {
            self.made += 1;
            let title = format!("<import.{}.{}>", self.visitor.person["id"].as_str().expect("an id"), self.made);
            let incident = json!({ "title": title, "severity": "SEV-2", "summary": text(&title) });
            self.imported.push(Imported { title, id: None });
            made();
            let request = self.visitor.request(Method::POST, "/api/imports");
            let Ok(answer) = request.json(&incident).send().await else { return };
            assert_eq!(answer.status().as_u16(), 201, "an import is refused");
            // An answer whose end was cut off says nothing.
            let Ok(created) = answer.json::<Value>().await else { return };
            let id = created["id"].as_str().expect("an id").to_owned();
            self.imported.last_mut().expect("just imported").id = Some(id);
        }
    }

    /// Holds what was imported since the last count against what the server now has.
    pub async fn count(&mut self) -> Tally {
        let listed = self.visitor.get("/api/postmortems").await.expect(200);
        let listed = listed["postmortems"].as_array().expect("a list");
        let mut tally = Tally::default();
        for Imported { title, id } in self.imported.drain(..) {
            let found: Vec<&str> =
                listed.iter().filter(|one| one["title"] == title).filter_map(|one| one["id"].as_str()).collect();
            tally.acknowledged += usize::from(id.is_some());
            tally.doubled += usize::from(found.len() > 1);
            tally.survived += usize::from(id.is_none() && !found.is_empty());
            let is_whole = match id.as_deref().or(found.first().copied()) {
                Some(id) => {
                    let answer = self.visitor.get(&format!("/api/postmortems/{id}")).await;
                    answer.status == 200 && answer.json()["sections"]["overview"] == text(&title)
                }
                None => true,
            };
            tally.lost += usize::from(!is_whole);
        }
        tally
    }
}

fn text(title: &str) -> String {
    format!("What happened in {title}")
}
