//! The sheet: the parts of a post-mortem, one below the other.

use super::actions::Actions;
use super::impact::Impact;
use super::part::{SheetPart, parts_in_order};
use super::section::Section;
use super::timeline::Timeline;
use crate::controls::list::{DrawRow, List};
use crate::state::postmortem::open::use_open;
use leptos::prelude::*;
use std::sync::Arc;

/// The key of the row in which what went well and what did not stand beside each other.
const WENT: &str = "went_well went_poorly";

/// The rows of the sheet by the anchors of their parts.
fn rows(parts: &[SheetPart]) -> Vec<String> {
    let anchors: Vec<String> = parts.iter().map(SheetPart::anchor).collect();
    let stands_beside =
        |index: usize| index > 0 && anchors[index - 1] == "went_well" && anchors[index] == "went_poorly";
    (0..anchors.len())
        .filter(|index| !stands_beside(*index))
        .map(|index| {
            let leads = index + 1 < anchors.len() && stands_beside(index + 1);
            if leads { WENT.to_owned() } else { anchors[index].clone() }
        })
        .collect()
}

fn row(anchor: &str) -> AnyView {
    let section = |key: &str| key.parse().ok().map(|section| view! { <Section section /> }.into_any());
    match anchor {
        "impact" => view! { <Impact /> }.into_any(),
        "timeline" => view! { <Timeline /> }.into_any(),
        "actions" => view! { <Actions /> }.into_any(),
        WENT => view! { <div class="two">{section("went_well")} {section("went_poorly")}</div> }.into_any(),
        key => section(key).into_any(),
    }
}

#[component]
pub fn Sheet() -> impl IntoView {
    let open = use_open();
    let keys = Memo::new(move |_| rows(&parts_in_order(open)));
    let row: DrawRow = Arc::new(|anchor| row(&anchor));
    view! {
        <main class="sheet">
            <List keys row />
        </main>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_well_stands_beside_what_did_not() {
        let parts: Vec<SheetPart> = ["resolution", "went_well", "went_poorly"]
            .into_iter()
            .map(|key| SheetPart::Section(key.parse().expect("a key")))
            .chain([SheetPart::Actions])
            .collect();
        assert_eq!(rows(&parts), ["resolution", WENT, "actions"]);
    }
}
