//! A person who publishes without pause. What was answered stands, under the same link; a revision is made once for each
//! time that it was asked for at most, answered or not.

use crate::recorder::Tally;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Process, Visitor};

/// The person and what was published.
#[derive(Debug)]
pub struct Publisher {
    visitor: Visitor,
    path: String,
    slug: Option<String>,
    /// How often it was asked for, the newest revision that was answered, and how many answers were counted.
    asked: u64,
    revision: u64,
    answered: usize,
}

impl Publisher {
    /// Somebody who publishes a post-mortem.
    pub fn new(visitor: Visitor, id: &str) -> Self {
        let path = format!("/api/postmortems/{id}/publications");
        Self { visitor, path, slug: None, asked: 0, revision: 0, answered: 0 }
    }

    /// The server is back.
    pub fn come_back(&mut self, process: &Process) {
        self.visitor = self.visitor.at(process.address());
    }

    /// Publishes until the server is gone; `made` hears of each.
    pub async fn write(&mut self, made: impl Fn()) {
        loop {
            self.asked += 1;
            made();
            let Ok(answer) = self.visitor.request(Method::POST, &self.path).json(&json!({})).send().await else {
                return;
            };
            assert_eq!(answer.status().as_u16(), 201, "a publication is refused");
            // An answer whose end was cut off says nothing.
            let Ok(published) = answer.json::<Value>().await else { return };
            self.revision = published["revision"].as_u64().expect("a number");
            let slug = published["slug"].as_str().expect("a slug").to_owned();
            assert_eq!(*self.slug.get_or_insert_with(|| slug.clone()), slug, "the link stays");
            self.answered += 1;
        }
    }

    /// Holds what was published against what the server now has.
    pub async fn count(&mut self) -> Tally {
        let standing = self.visitor.get(&self.path).await.expect(200);
        let revision = standing["publications"][0]["revision"].as_u64().unwrap_or_default();
        let mut lost = revision < self.revision;
        if let Some(slug) = &self.slug {
            lost |= self.visitor.get(&format!("/p/{slug}")).await.status != 200;
        } else {
            self.slug = standing["publications"][0]["slug"].as_str().map(str::to_owned);
        }
        Tally {
            acknowledged: std::mem::take(&mut self.answered),
            lost: usize::from(lost),
            doubled: usize::from(revision > self.asked),
            survived: usize::from(revision > self.revision),
            unsynced: 0,
        }
    }
}
