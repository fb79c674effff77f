//! A second copy of a document on a page where something was undone. The CRDT remembers there, and only there, which of
//! the words that it brought back were which, and moves positions to them; on other pages, and after a reload, they stay
//! where the deleted words were. What everybody should find at the same place is looked up in the copy.

use super::{Shared, blank};
use crate::schema::Roots;
use std::sync::PoisonError;
use yrs::updates::decoder::Decode;
use yrs::{Doc, Origin, ReadTxn, StateVector, Transact, Update};

/// The copy, from the first time that it is looked at.
#[derive(Default)]
pub(super) struct Twin {
    copy: Option<(Doc, Roots)>,
    news: Shared<Vec<Vec<u8>>>,
}

impl Twin {
    /// The copy as the document is now; `None` when it cannot be made.
    pub fn follow(&mut self, doc: &Doc) -> Option<&(Doc, Roots)> {
        let news = std::mem::take(&mut *self.news.lock().unwrap_or_else(PoisonError::into_inner));
        let copy = match self.copy.take() {
            Some((copy, roots)) => news.iter().try_for_each(|update| apply_to(&copy, update)).map(|()| (copy, roots)),
            None => self.copied(doc),
        };
        self.copy = copy;
        self.copy.as_ref()
    }

    fn copied(&self, doc: &Doc) -> Option<(Doc, Roots)> {
        let news = self.news.clone();
        let told = doc.observe_update_v1(observer(), move |_, event| {
            news.lock().unwrap_or_else(PoisonError::into_inner).push(event.update.clone());
        });
        told.ok()?;
        let copy = blank(doc.client_id());
        let roots = Roots::of(&copy);
        apply_to(&copy, &doc.transact().encode_diff_v1(&StateVector::default()))?;
        Some((copy, roots))
    }
}

fn apply_to(copy: &Doc, update: &[u8]) -> Option<()> {
    let update = Update::decode_v1(update).ok()?;
    copy.transact_mut().apply_update(update).ok()
}

/// The twin's name among the document's observers.
fn observer() -> Origin {
    Origin::from("twin")
}
