//! The sheet: the parts of a post-mortem in reading order.

use super::actions::Actions;
use super::impact::Impact;
use super::outline::Part;
use super::section::Section;
use super::timeline::Timeline;
use crate::state::open::{OpenPostmortem, use_open};
use leptos::prelude::*;
use postmortem::SectionKey;

/// A part counts as current once its heading is this near to the top, in pixels: under the bar with some air.
pub const HEADING_PASSED: f64 = 140.0;

/// Every part in reading order: impact and timeline follow what happened, the actions follow what went poorly.
pub fn parts_in_order(open: OpenPostmortem) -> Vec<Part> {
    let mut keys: Vec<SectionKey> = open.parts.sections.with(|sections| sections.keys().cloned().collect());
    keys.sort_by_key(|key| (key.order(), key.clone()));
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

/// What stands beside each other in a row of the sheet.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Block {
    One(Part),
    WentWell(SectionKey, SectionKey),
}

fn blocks(parts: Vec<Part>) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::with_capacity(parts.len());
    for part in parts {
        match (blocks.last(), &part) {
            (Some(Block::One(Part::Section(well))), Part::Section(poorly))
                if well.as_str() == "went_well" && poorly.as_str() == "went_poorly" =>
            {
                let pair = Block::WentWell(well.clone(), poorly.clone());
                blocks.pop();
                blocks.push(pair);
            }
            _ => blocks.push(Block::One(part)),
        }
    }
    blocks
}

/// The sheet.
#[component]
pub fn Sheet() -> impl IntoView {
    let open = use_open();
    let blocks = Memo::new(move |_| blocks(parts_in_order(open)));
    view! {
        <main class="sheet">
            <For each=move || blocks.get() key=Block::clone let:block>
                {match block {
                    Block::One(Part::Section(section)) => view! { <Section section /> }.into_any(),
                    Block::One(Part::Impact) => view! { <Impact /> }.into_any(),
                    Block::One(Part::Timeline) => view! { <Timeline /> }.into_any(),
                    Block::One(Part::Actions) => view! { <Actions /> }.into_any(),
                    Block::WentWell(well, poorly) => {
                        view! {
                            <div class="two">
                                <Section section=well />
                                <Section section=poorly />
                            </div>
                        }
                            .into_any()
                    }
                }}
            </For>
        </main>
    }
    .into_any()
}
