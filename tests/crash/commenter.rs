//! A person who comments without pause: comments are rows, answered by HTTP and not by an acknowledgement.

use crate::recorder::Tally;
use reqwest::Method;
use serde_json::json;
use tests::Visitor;

/// What was commented, and whether the server answered that it is kept.
#[derive(Debug, Default)]
pub struct Commenter {
    comments: Vec<(String, bool)>,
    counted: usize,
}

impl Commenter {
    /// Comments on an entry until the server is gone; `made` hears of each.
    pub async fn write(&mut self, visitor: &Visitor, id: &str, entry: &str, made: impl Fn()) {
        loop {
            let text = format!("<comment.{}>", self.comments.len());
            self.comments.push((text.clone(), false));
            let request = visitor.request(Method::POST, &format!("/api/postmortems/{id}/comments"));
            made();
            let Ok(answer) = request.json(&json!({ "entry": entry, "text": text })).send().await else { return };
            assert_eq!(answer.status().as_u16(), 201, "a comment is refused");
            self.comments.last_mut().expect("just made").1 = true;
        }
    }

    /// Holds every comment since the last count against what the server now has.
    pub fn count(&mut self, there: &str) -> Tally {
        let mut tally = Tally::default();
        for (number, (text, is_answered)) in self.comments.iter().enumerate() {
            let found = there.matches(text.as_str()).count();
            let is_new = number >= self.counted;
            tally.doubled += usize::from(found > 1);
            tally.acknowledged += usize::from(is_new && *is_answered);
            tally.lost += usize::from(*is_answered && found == 0);
            tally.survived += usize::from(is_new && !is_answered && found > 0);
        }
        self.counted = self.comments.len();
        tally
    }
}
