//! A keyed list of rows. One list for all of them, by keys that are text: a list of its own for every type of row would
//! be the largest part of the client.

use leptos::prelude::*;
use std::str::FromStr;
use std::sync::Arc;

/// Draws the row of a key.
pub type Row = Arc<dyn Fn(String) -> AnyView + Send + Sync>;

/// The rows of these keys, each kept for as long as its key is among them.
#[component]
pub fn List(
    /// The keys, in order; none stands twice.
    #[prop(into)]
    keys: Signal<Vec<String>>,
    /// Draws one row.
    row: Row,
) -> impl IntoView {
    view! { <For each=move || keys.get() key=String::clone children=move |key| row(key) /> }.into_any()
}

/// Draws rows whose keys are ids.
pub fn by_id<Id: FromStr>(draw: impl Fn(Id) -> AnyView + Send + Sync + 'static) -> Row {
    Arc::new(move |key| key.parse().map_or_else(|_| ().into_any(), &draw))
}
