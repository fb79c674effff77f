//! The status as four steps; pressing one sets it.

use crate::controls::icon::{Icon, IconName};
use crate::state::open::use_open;
use leptos::prelude::*;
use postmortem::{Command, Status};

/// The steps from draft to closed.
#[component]
pub fn StatusSteps() -> impl IntoView {
    let open = use_open();
    let current = Memo::new(move |_| open.parts.details.with(|details| details.status));
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
                        on:click=move |_| open.edit(&Command::SetStatus(status))
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
    view! { <ol class="steps" aria-label="Status">{steps}</ol> }.into_any()
}
