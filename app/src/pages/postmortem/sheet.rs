//! The sheet: the parts of a post-mortem in reading order.

use super::actions::Actions;
use super::impact::Impact;
use super::outline::Part;
use super::section::Section;
use super::timeline::Timeline;
use crate::controls::list::{List, Row};
use crate::state::open::{OpenPostmortem, use_open};
use leptos::prelude::*;
use postmortem::SectionKey;
use std::sync::Arc;

/// A part counts as current once its heading is this near to the top, in pixels: under the bar with some air.
pub const HEADING_PASSED: f64 = 140.0;

/// Every part in reading order: impact and timeline follow what happened, the actions follow what went poorly.
pub fn parts_in_order(open: OpenPostmortem) -> Vec<Part> {
    // In reading order, without code for a sort: those that are known, then what a template added.
    let keys = open.parts.sections.with(|sections| {
        let mut keys: Vec<SectionKey> = SectionKey::known().filter(|key| sections.contains_key(key)).collect();
        let added = sections.keys().filter(|key| SectionKey::known().all(|known| known != **key)).cloned();
        keys.extend(added.collect::<Vec<_>>());
        keys
    });
    let mut parts = Vec::with_capacity(keys.len() + 3);
    for key in keys {
        let name = key.as_str().to_owned();
        parts.push(Part::Section(key));
        match name.as_str() {
            "what_happened" => parts.extend([Part::Impact, Part::Timeline]),
            "went_poorly" => parts.push(Part::Actions),
            _ => {}
        }
    }
    for part in [Part::Impact, Part::Timeline, Part::Actions] {
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    parts
}

/// The key of the row in which what went well and what did not stand beside each other.
const WENT: &str = "went_well went_poorly";

/// The rows of the sheet by the anchors of their parts.
fn rows(parts: &[Part]) -> Vec<String> {
    let anchors: Vec<String> = parts.iter().map(Part::anchor).collect();
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

/// The sheet.
#[component]
pub fn Sheet() -> impl IntoView {
    let open = use_open();
    let keys = Memo::new(move |_| rows(&parts_in_order(open)));
    let row: Row = Arc::new(|anchor| row(&anchor));
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
        let parts: Vec<Part> = ["resolution", "went_well", "went_poorly"]
            .into_iter()
            .map(|key| Part::Section(key.parse().expect("a key")))
            .chain([Part::Actions])
            .collect();
        assert_eq!(rows(&parts), ["resolution", WENT, "actions"]);
    }
}
