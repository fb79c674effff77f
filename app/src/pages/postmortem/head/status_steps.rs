//! The status as four steps; pressing one sets it, and asks first where that skips what is open.

use crate::client::postmortems;
use crate::controls::dialog::Dialog;
use crate::controls::lock::{Lock, use_lock};
use crate::controls::notices::{Notices, use_notices};
use crate::pages::postmortem::readiness::{Line, ask_material};
use crate::reader::icon::{Icon, IconName};
use crate::state::postmortem::open::{OpenPostmortem, use_open};
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::Status;
use postmortem::readiness::{self, Thing};

/// A status that would skip what is open.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Skip {
    to: Status,
    things: Vec<Thing>,
}

/// The way to the server, which writes the status.
#[derive(Clone, Copy)]
struct Setting {
    open: OpenPostmortem,
    notices: Notices,
    is_busy: RwSignal<bool>,
}

impl Setting {
    fn new(open: OpenPostmortem) -> Self {
        Self { open, notices: use_notices(), is_busy: RwSignal::new(false) }
    }

    fn set(self, to: Status) {
        let Some(id) = self.open.id.try_get_value() else { return };
        if self.is_busy.get_untracked() || self.open.parts.details.with_untracked(|details| details.status == to) {
            return;
        }
        self.is_busy.set(true);
        spawn_local(async move {
            match postmortems::set_status(&id, to).await {
                Ok(head) => self.open.parts.set_head(head),
                Err(problem) => self.notices.refuse_sentence(&problem.to_string(), None),
            }
            self.is_busy.try_set(false);
        });
    }
}

/// The steps from draft to closed.
#[component]
pub fn StatusSteps() -> impl IntoView {
    let open = use_open();
    let lock = {
        let edit = use_lock();
        Lock::new(Signal::derive(move || edit.reason().or_else(|| open.saving.needs_server())))
    };
    let setting = Setting::new(open);
    let current = Memo::new(move |_| open.parts.details.with(|details| details.status));
    let skip = RwSignal::new(None::<Skip>);
    let is_asking = RwSignal::new(false);
    let set = move |to: Status| {
        let things = untrack(|| ask_material(open, |material| readiness::skipped(material, to)));
        if things.is_empty() {
            setting.set(to);
        } else {
            skip.set(Some(Skip { to, things }));
            is_asking.set(true);
        }
    };
    let steps = Status::ALL
        .iter()
        .enumerate()
        .map(|(index, status)| {
            let status = *status;
            let place = move || Status::ALL.iter().position(|known| *known == current.get()).unwrap_or(0);
            view! {
                <li aria-current=move || (current.get() == status).then_some("step")>
                    <button
                        type="button"
                        aria-label=status.label()
                        aria-pressed=move || (current.get() == status).to_string()
                        disabled=move || lock.is_closed()
                        title=move || lock.reason()
                        on:click=move |_| set(status)
                    >
                        {move || {
                            let name = match index.cmp(&place()) {
                                std::cmp::Ordering::Less => IconName::Full,
                                std::cmp::Ordering::Equal => IconName::Half,
                                std::cmp::Ordering::Greater => IconName::Empty,
                            };
                            view! { <Icon name /> }.into_any()
                        }}
                        <span class="nm">{status.label()}</span>
                    </button>
                </li>
            }
            .into_any()
        })
        .collect_view();
    let title = Signal::derive(move || skip.with(|skip| skip.as_ref().map(question).unwrap_or_default()));
    view! {
        <ol class="steps" aria-label="Status">{steps}</ol>
        <Dialog open=is_asking title>
            {move || skip.get().map(|skip| view! { <Skipped skip is_asking setting /> }.into_any())}
        </Dialog>
    }
    .into_any()
}

/// `Closed, with 3 things open?`
fn question(skip: &Skip) -> String {
    let things = if skip.things.len() == 1 { "1 thing".to_owned() } else { format!("{} things", skip.things.len()) };
    format!("{}, with {things} open?", skip.to.label())
}

/// What is open, with the way to each, and the answer.
#[component]
fn Skipped(skip: Skip, is_asking: RwSignal<bool>, setting: Setting) -> impl IntoView {
    let open = use_open();
    let Skip { to, things } = skip;
    let leave = Callback::new(move |()| is_asking.set(false));
    let kept = untrack(|| open.parts.details.with(|details| details.status.label()));
    view! {
        <div class="body">
            <p>"These stay in sight beside the text, whatever the status is."</p>
            <ul class="ready">
                {things.into_iter().map(|thing| view! { <Line thing leave /> }.into_any()).collect_view()}
            </ul>
        </div>
        <footer>
            <span class="grow"></span>
            <button type="button" class="btn bare" on:click=move |_| is_asking.set(false)>
                {format!("Keep {kept}")}
            </button>
            <button
                type="button"
                class="btn primary"
                on:click=move |_| {
                    setting.set(to);
                    is_asking.set(false);
                }
            >
                {format!("Set to {}", to.label())}
            </button>
        </footer>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_counts_what_is_open() {
        let thing = Thing { anchor: String::new(), verb: String::new(), note: String::new(), is_late: false };
        let skip = |count| Skip { to: Status::Closed, things: vec![thing.clone(); count] };
        assert_eq!(question(&skip(1)), "Closed, with 1 thing open?");
        assert_eq!(question(&skip(3)), "Closed, with 3 things open?");
    }
}
