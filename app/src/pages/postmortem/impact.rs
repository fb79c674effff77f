//! The impact in figures, edited in place.

mod figure;
use super::here::HereNote;
use crate::browser::clock;
use crate::controls::focus::go_to;
use crate::controls::list::{List, by_id};
use crate::controls::lock::use_lock;
use crate::controls::notices::use_notices;
use crate::reader::Figure;
use crate::reader::figures::time_in_severity;
use crate::reader::icon::{Icon, IconName};
use crate::state::postmortem::open::use_open;
use figure::FigureCell;
use leptos::prelude::*;
use postmortem::severity_time::{TIMED_SEVERITIES, known_figures};
use postmortem::{Command, FigureDraft, ImpactFigure, ItemId, Severity};

/// What is typed in the line that adds a figure, for what is said of it.
const NEW: &str = "new-figure";

/// The figures: those that the timeline tells first, then those that people found out.
#[component]
pub fn Impact() -> impl IntoView {
    let open = use_open();
    let figures = open.parts.figures;
    let ids = Memo::new(move |_| {
        figures.with(|figures| figures.iter().map(|figure| figure.id.to_string()).collect::<Vec<_>>())
    });
    let note = Memo::new(move |_| {
        let (known, all) = known_figures(&figures.read(), &open.parts.timeline.read(), &open.parts.details.read());
        format!("{known} of {all} figures known")
    });
    let named = RwSignal::new(None::<ItemId>);
    view! {
        <section class="sec" id="impact" data-section="impact" tabindex="-1" aria-labelledby="impact-heading">
            <header>
                <h2 id="impact-heading">"Impact"</h2>
                <span class="note">{note}</span>
                <span class="grow"></span>
                <HereNote place="impact" />
            </header>
            <dl class="figs">
                {TIMED_SEVERITIES.into_iter().map(|severity| view! { <TimeIn severity /> }.into_any()).collect_view()}
                <List keys=ids row=by_id(move |id| view! { <FigureOf id named /> }.into_any()) />
            </dl>
            <AddFigure named />
        </section>
    }
    .into_any()
}

/// The time at a severity, which the timeline tells; while it does not, the way there.
#[component]
fn TimeIn(severity: Severity) -> impl IntoView {
    let open = use_open();
    let reading =
        Memo::new(move |_| time_in_severity(severity, &open.parts.timeline.read(), &open.parts.details.read()));
    view! {
        {move || {
            let reading = reading.get();
            if reading.value.is_some() {
                return view! { <Figure reading /> }.into_any();
            }
            let go = move |event: web_sys::MouseEvent| {
                event.prevent_default();
                go_to("timeline");
            };
            view! {
                <div>
                    <dt>{reading.label}</dt>
                    <dd class="v">
                        <a class="todo" href="#timeline" on:click=go>
                            "Not known yet"
                        </a>
                    </dd>
                    <dd class="n">{reading.note}</dd>
                </div>
            }
                .into_any()
        }}
    }
    .into_any()
}

#[component]
fn FigureOf(id: ItemId, named: RwSignal<Option<ItemId>>) -> impl IntoView {
    let open = use_open();
    let begins_open = named.with_untracked(|named| *named == Some(id.clone()));
    let wanted = id.clone();
    let figure = Memo::new(move |_| {
        let found = open.parts.figures.with(|figures| figures.iter().find(|figure| figure.id == wanted).cloned());
        found.unwrap_or_else(|| ImpactFigure {
            id: wanted.clone(),
            label: String::new(),
            value: None,
            note: String::new(),
            checked_by: None,
            checker: None,
        })
    });
    view! { <FigureCell id figure begins_open /> }.into_any()
}

/// The line that adds a figure by what it counts; its value is written next.
#[component]
fn AddFigure(
    /// The figure that was named last.
    named: RwSignal<Option<ItemId>>,
) -> impl IntoView {
    let open = use_open();
    let lock = use_lock();
    let notices = use_notices();
    let label = RwSignal::new(String::new());
    let add = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let text = label.get_untracked().trim().to_owned();
        if text.is_empty() {
            return;
        }
        let draft = FigureDraft { label: text, ..FigureDraft::default() };
        let id = clock::new_item_id();
        named.set(Some(id.clone()));
        match open.run(&Command::AddFigure(id, draft)) {
            Ok(()) => {
                label.set(String::new());
                notices.taken_at(NEW);
            }
            Err(error) => notices.refuse_at(NEW, &error.to_string(), label.get_untracked()),
        }
    };
    view! {
        <div class="addline">
            <Icon name=IconName::Plus small=true />
            <form on:submit=add>
                <input
                    aria-label="New figure: what is counted"
                    disabled=move || lock.is_closed()
                    title=move || lock.reason()
                    placeholder="Count something else: “Invoices sent late”"
                    autocomplete="off"
                    prop:value=move || label.get()
                    on:input=move |event| label.set(event_target_value(&event))
                />
            </form>
        </div>
    }
    .into_any()
}
