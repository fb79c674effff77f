//! Action items as a table: priority, what and what for, who, by when.

use crate::reader::prose::Prose;
use crate::reader::time::day;
use leptos::prelude::*;
use postmortem::{ActionItem, ActionState};

/// The action items. `owner` names who does one, which the published page does by role.
#[component]
pub fn ActionTable(actions: Vec<ActionItem>) -> impl IntoView {
    let rows: Vec<_> = actions.into_iter().map(|action| view! { <ActionRow action=action/> }).collect();
    view! {
        <table class="acts">
            <thead>
                <tr>
                    <th scope="col">"Prio"</th>
                    <th scope="col">"Action"</th>
                    <th scope="col">"Owner"</th>
                    <th scope="col">"Due"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

#[component]
fn ActionRow(action: ActionItem) -> impl IntoView {
    let state = (action.state != ActionState::Open).then(|| view! { <span>{action.state.label()}</span> });
    let reason = (action.state == ActionState::Declined && !action.reason.trim().is_empty())
        .then(|| view! { <p class="why">"Declined: "{action.reason}</p> });
    let state = state.filter(|_| reason.is_none());
    let owner = if action.owner.trim().is_empty() {
        view! { <span class="q">"not assigned"</span> }.into_any()
    } else {
        view! { <span class="who">{action.owner}</span> }.into_any()
    };
    let due = match action.due {
        None => view! { <span class="q">"no date"</span> }.into_any(),
        Some(date) => view! { <time class="date" datetime=date.to_string()>{day(date)}</time> }.into_any(),
    };
    view! {
        <tr data-state=action.state.code()>
            <td class="prio-col">
                <span class="prio" data-prio=action.priority.code()>{action.priority.label()}</span>
            </td>
            <td class="do-col">
                <div class="do"><Prose text=action.text/></div>
                <div><span>{action.kind.label()}</span>{state}</div>
                {reason}
            </td>
            <td class="owner-col">{owner}</td>
            <td class="due-col">{due}</td>
        </tr>
    }
}
