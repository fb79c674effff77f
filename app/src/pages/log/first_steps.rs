//! The empty log: the first steps hang on a grey rail, and the first line can be typed there.

use super::import::ImportFlow;
use super::start::use_start;
use crate::browser::clipboard::pasted_lines;
use crate::browser::clock;
use crate::controls::field::ErrorLine;
use crate::controls::focus::focus_if_free;
use crate::pages::becomes::preview;
use crate::pages::doubtful_list::DoubtfulList;
use crate::reader::icon::{Icon, IconName};
use leptos::html;
use leptos::prelude::*;
use postmortem::quick_lines::{self, List, QuickLines};
use postmortem::{Command, KeyTime, Near, Openness, Zone, quick_entry};
use std::sync::Arc;

/// The empty log of somebody who begins nothing: they see what names them.
#[component]
pub fn NothingYet() -> impl IntoView {
    view! {
        <main class="first">
            <h1>"Nothing names you yet"</h1>
            <p>"You see the post-mortems that somebody lets you into. They stand here as soon as there is one."</p>
        </main>
    }
    .into_any()
}

#[component]
pub fn FirstSteps(import: ImportFlow, is_starting: RwSignal<bool>) -> impl IntoView {
    let start = use_start();
    view! {
        <main class="first">
            <h1>"No incidents yet. Here is how the first one goes."</h1>
            <p>"A post-mortem in Debrief starts as one line with a time in front. The rest follows from it."</p>
            <div class="grid">
                <ol class="tl ghost plain">
                    <Step when="now" from="none" to="plain" mark=StepMark::Start title="Start with the first line you remember">
                        <p>"A time, what happened, and a link if you have one. Times are UTC."</p>
                        <FirstLine />
                    </Step>
                    <Wait minutes=60 />
                    <Step when="during" from="plain" to="plain" title="Write it together">
                        <p>"Send the link of the page. Whoever of the team opens it writes in the same page at once; others are invited under Settings, People."</p>
                    </Step>
                    <Wait minutes=150 />
                    <Step when="day 2" from="plain" to="plain" title="Comment, then meet">
                        <p>"Questions stand beside the entry they are about, and go away when they are settled."</p>
                    </Step>
                    <Wait minutes=150 />
                    <Step when="day 3" from="plain" to="none" mark=StepMark::End title="Publish one page">
                        <p>"A read-only page with a link for the internal email. What happened stays in this log."</p>
                    </Step>
                </ol>
                <aside>
                    <div class="panel">
                        <h2>"Or begin with something"</h2>
                    </div>
                    <ul class="aside-list">
                        <li>
                            <button
                                type="button"
                                disabled=move || start.is_busy.get() || start.lock.is_closed()
                                title=move || start.lock.reason()
                                on:click=move |_| start.example()
                            >
                                <b>"Open an example"</b>
                                <small>"GitHub, 21 October 2018: 19 entries, finished"</small>
                            </button>
                        </li>
                        <li>
                            <button
                                type="button"
                                disabled=move || start.lock.is_closed()
                                title=move || start.lock.reason()
                                on:click=move |_| import.choose(Openness::Team)
                            >
                                <b>"Import a file"</b>
                                <small>"JSON, one incident each"</small>
                            </button>
                        </li>
                        <li>
                            <button
                                type="button"
                                disabled=move || start.lock.is_closed()
                                title=move || start.lock.reason()
                                on:click=move |_| is_starting.set(true)
                            >
                                <b>"Blank post-mortem"</b>
                                <small>"All sections, nothing filled in"</small>
                            </button>
                        </li>
                    </ul>
                    {move || start.error.get().map(|sentence| view! { <ErrorLine sentence /> }.into_any())}
                </aside>
            </div>
        </main>
    }.into_any()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum StepMark {
    None,
    Start,
    End,
}

#[component]
fn Step(
    when: &'static str,
    from: &'static str,
    to: &'static str,
    #[prop(default = StepMark::None)] mark: StepMark,
    title: &'static str,
    children: Children,
) -> impl IntoView {
    let mark = match mark {
        StepMark::None => None,
        StepMark::Start => Some(("mark start", IconName::Start)),
        StepMark::End => Some(("mark end", IconName::Check)),
    };
    view! {
        <li class="ev" data-from=from data-to=to>
            <div class="line">
                <div class="when">{when}</div>
                <div class="rail">
                    <span class="tick"></span>
                    {mark
                        .map(|(class, name)| {
                            view! {
                                <span class=class>
                                    <Icon name />
                                </span>
                            }.into_any()
                        })}
                </div>
                <div class="what">
                    <h2 class="step">{title}</h2>
                    {children()}
                </div>
            </div>
        </li>
    }
    .into_any()
}

#[component]
fn Wait(minutes: u32) -> impl IntoView {
    view! {
        <li class="gap" data-from="plain" style:--m=minutes.to_string() aria-hidden="true">
            <div class="rail">{(minutes > 60).then(|| view! { <i></i> }.into_any())}</div>
        </li>
    }
    .into_any()
}

/// The line that starts the first post-mortem; several pasted lines start it with several entries.
#[component]
fn FirstLine() -> impl IntoView {
    let start = use_start();
    let line = RwSignal::new(String::new());
    let error = RwSignal::new(None::<String>);
    let node = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(input) = node.get() {
            focus_if_free(&input);
        }
    });
    let doubtful = RwSignal::new(None::<Arc<List>>);
    let take = move |list: &List, way: usize| {
        let QuickLines { mut commands, first_at, .. } = list.take(way, &mut clock::new_item_id);
        if let Some(at) = first_at {
            commands.push(Command::SetKeyTime(KeyTime::Started, Some(at)));
        }
        start.with_commands(first_at.unwrap_or_else(clock::now), commands);
    };
    let begin = move |text: String| {
        let near = Near::now(clock::now(), Zone::UTC);
        let is_one = text.trim().lines().count() <= 1;
        // A line that is typed is put right in the field; of pasted ones none holds the others up.
        if is_one && let Err(problem) = quick_entry::parse(&text, &near) {
            error.set(Some(problem.to_string()));
            return;
        }
        let list = quick_lines::read(&text, &near);
        if list.doubt().is_some() {
            doubtful.set(Some(Arc::new(list)));
        } else {
            take(&list, 0);
        }
    };
    view! {
        <form
            on:submit=move |event: leptos::ev::SubmitEvent| {
                event.prevent_default();
                begin(line.get_untracked());
            }
        >
            <div class="act">
                <div class="field" class:bad=move || error.with(Option::is_some)>
                    <input
                        id="first-line"
                        disabled=move || start.lock.is_closed()
                        title=move || start.lock.reason()
                        aria-label="First entry"
                        aria-describedby="first-becomes"
                        node_ref=node
                        autocomplete="off"
                        placeholder="22:52 link to the data center lost https://…"
                        aria-invalid=move || error.with(|error| error.is_some().then_some("true"))
                        prop:value=move || line.get()
                        on:input=move |event| {
                            error.set(None);
                            line.set(event_target_value(&event));
                        }
                        on:paste=move |event: web_sys::ClipboardEvent| {
                            if let Some(text) = pasted_lines(&event) {
                                event.prevent_default();
                                if text.trim().lines().count() == 1 {
                                    line.update(|line| line.push_str(text.trim()));
                                } else {
                                    begin(text);
                                }
                            }
                        }
                    />
                    <kbd>"↵"</kbd>
                </div>
            </div>
            {move || error.get().or_else(|| start.error.get()).map(|sentence| view! { <ErrorLine sentence /> }.into_any())}
            <p class="hint" id="first-becomes">
                {move || {
                    let becomes = line.with(|line| preview(line, &Near::now(clock::now(), Zone::UTC)));
                    becomes.unwrap_or_else(|| "Or paste several lines. Every line with a time becomes an entry.".to_owned())
                }}
            </p>
        </form>
        <DoubtfulList
            list=doubtful
            zone=Zone::UTC
            take=Callback::new(move |(list, way): (Arc<List>, usize)| take(&list, way))
        />
    }.into_any()
}
