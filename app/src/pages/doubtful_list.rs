//! A pasted list that may be read in more than one way: what each way makes of it is shown before it is taken.

use crate::controls::dialog::Dialog;
use crate::reader::time;
use leptos::prelude::*;
use postmortem::Zone;
use postmortem::quick_lines::List;
use std::sync::Arc;

/// How many entries are shown: the first ones tell the ways apart, and a list may have thousands.
const SHOWN: usize = 50;

/// Asks which way is meant, while there is such a list.
#[component]
pub fn DoubtfulList(
    /// The list; none while nothing is asked.
    list: RwSignal<Option<Arc<List>>>,
    /// In which zone its times are shown.
    #[prop(into)]
    zone: Signal<Zone>,
    /// Takes the list in the way that was chosen.
    take: Callback<(Arc<List>, usize)>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let way = RwSignal::new(0_usize);
    Effect::new(move |_| {
        if list.with(Option::is_some) {
            way.set(0);
            open.set(true);
        }
    });
    // Closed without an answer, nothing is taken.
    Effect::new(move |_| {
        if !open.get() && list.with_untracked(Option::is_some) {
            list.set(None);
        }
    });
    let question = move || list.with(|list| list.as_ref().and_then(|list| list.question()));
    let answer = move |_| {
        if let Some(found) = list.get_untracked() {
            list.set(None);
            open.set(false);
            take.run((found, way.get_untracked()));
        }
    };
    view! {
        <Dialog open title="How is this list meant?">
            <div class="body doubt">
                <p>{question}</p>
                <fieldset class="ways">
                    <legend class="vh">"How the list is read"</legend>
                    {move || {
                        let ways = list.with(|list| list.as_ref().map(|list| list.ways()).unwrap_or_default());
                        ways.into_iter()
                            .enumerate()
                            .map(|(index, name)| {
                                view! {
                                    <label>
                                        <input
                                            type="radio"
                                            name="way"
                                            checked=index == 0
                                            on:change=move |_| way.set(index)
                                        />
                                        {name}
                                    </label>
                                }
                                .into_any()
                            })
                            .collect_view()
                    }}
                </fieldset>
                <ol class="rows plain" tabindex="0" aria-label="The entries in this way">
                    {move || rows(list, way.get(), zone.get())}
                </ol>
            </div>
            <footer>
                <span class="grow"></span>
                <button type="button" class="btn bare" on:click=move |_| open.set(false)>
                    "Take nothing"
                </button>
                <button type="button" class="btn primary" on:click=answer>
                    "Take it so"
                </button>
            </footer>
        </Dialog>
    }
    .into_any()
}

fn rows(list: RwSignal<Option<Arc<List>>>, way: usize, zone: Zone) -> Vec<AnyView> {
    let (rows, count) = list.with(|list| list.as_ref().map(|list| (list.rows(way), list.len())).unwrap_or_default());
    let more = count.saturating_sub(SHOWN);
    let shown = rows.into_iter().take(SHOWN).map(|row| {
        let at = row.at.map_or_else(|| "no time".to_owned(), |at| time::day_and_clock(at, None, zone));
        view! {
            <li>
                <span class="mono" class:doubtful=row.is_doubtful>{at}</span>
                " "
                {row.text}
            </li>
        }
        .into_any()
    });
    let rest = (more > 0).then(|| view! { <li class="q">{format!("and {more} more")}</li> }.into_any());
    shown.chain(rest).collect()
}
