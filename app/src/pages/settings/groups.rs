//! Groups of people: a row a group, which whoever looks after the team makes, changes and deletes.

mod editing;

use super::about::About;
use super::list_head::{HeadWords, ListHead};
use super::listing::{DeleteDialog, ListFrame, ListWords, Listing};
use crate::client::groups;
use crate::controls::completion::size;
use crate::controls::focus::focus_id_later;
use crate::controls::list::{List, by_id};
use crate::controls::menu::{Menu, MenuItem};
use crate::reader::Avatar;
use crate::reader::icon::IconName;
use crate::state::capabilities::use_server_capabilities;
use editing::GroupDialog;
use leptos::prelude::*;
use postmortem::api::TeamGroup;
use postmortem::{Capability, GroupId, limits};

const WORDS: ListWords = ListWords {
    search: "Search groups",
    placeholder: "Name of a group",
    empty: "There are no groups yet. One is worth it for whoever answers for something together: a team, a shift.",
    nothing: "No group is called so.",
};

/// The id of the button that makes one.
const NEW: &str = "new-group";

const HEAD: HeadWords = HeadWords {
    title: "Groups",
    kept_by: "Admins make and change them.",
    needs: Capability::Manage,
    new: "New group",
    new_id: NEW,
};

/// What the rows open.
#[derive(Clone, Copy)]
struct Asked {
    /// The group that is changed; nothing for a new one.
    edit: About<Option<TeamGroup>>,
    delete: About<TeamGroup>,
}

#[component]
pub fn GroupsPart() -> impl IntoView {
    let listing = Listing::open(|search, limit| {
        Box::pin(async move {
            let listed = groups::list(&search, limit.min(limits::GROUPS)).await?;
            Ok((listed.groups, listed.more))
        })
    });
    let asked = Asked { edit: About::nothing(), delete: About::nothing() };
    let count = Signal::derive(move || listing.page.with(Option::is_some).then(|| listing.count()));
    let delete = Callback::new(move |()| {
        let group = untrack(|| asked.delete.get());
        let deleting = async move {
            let Some(group) = group else { return Ok(()) };
            groups::delete(&group.id).await.map_err(|problem| problem.to_string())?;
            listing.tell(format!("{} is deleted.", group.name));
            // Its row goes away with the button that asked.
            focus_id_later(NEW.to_owned());
            Ok(())
        };
        Box::pin(deleting) as _
    });
    let title = move || asked.delete.get().map(|group| format!("Delete {}?", group.name)).unwrap_or_default();
    view! {
        <ListHead
            words=HEAD
            sentence=Signal::derive(move || sentence(count.get()))
            make=Callback::new(move |()| asked.edit.ask(None))
        />
        <ListFrame
            words=WORDS
            search=listing.search
            search_for=Callback::new(move |text| listing.search_for(text))
            failure=listing.failure
            ask=Callback::new(move |()| listing.ask())
            count
        >
            <Rows listing asked />
        </ListFrame>
        <GroupDialog open=asked.edit.open what=asked.edit listing />
        <DeleteDialog
            open=asked.delete.open
            title=Signal::derive(title)
            consequence="Its people stay in the team. What the group answers for is nobody’s then, and where a post-mortem names \
             it they lose what they had by it."
            delete
        />
    }
    .into_any()
}

/// How many there are, in a sentence.
fn sentence(count: Option<usize>) -> String {
    match count {
        Some(1) => "1 group of people of the team.".to_owned(),
        Some(count) if count > 1 => format!("{count} groups of people of the team."),
        _ => "People of the team under one name.".to_owned(),
    }
}

#[component]
fn Rows(listing: Listing<TeamGroup>, asked: Asked) -> impl IntoView {
    let ids = Memo::new(move |_| listing.lines().iter().map(|group| group.id.to_string()).collect::<Vec<_>>());
    let row = by_id(move |id: GroupId| view! { <Row listing asked id /> }.into_any());
    view! {
        <table class="t">
            <thead>
                <tr>
                    <th scope="col">"Group"</th>
                    <th scope="col">"People"</th>
                    <th scope="col">
                        <span class="vh">"More"</span>
                    </th>
                </tr>
            </thead>
            <tbody>
                <List keys=ids row=row />
            </tbody>
        </table>
        <Show when=move || listing.more() != 0>
            <button type="button" class="btn bare small" on:click=move |_| listing.show_more()>
                {move || format!("Show more of {}", listing.more())}
            </button>
        </Show>
    }
    .into_any()
}

#[component]
fn Row(listing: Listing<TeamGroup>, asked: Asked, id: GroupId) -> impl IntoView {
    let capabilities = use_server_capabilities();
    let group = Memo::new(move |before: Option<&Option<TeamGroup>>| {
        // One that is on its way out says what it said last.
        let found = listing.lines().into_iter().find(|group| group.id == id);
        found.or_else(|| before.cloned().flatten())
    });
    let name = move || group.with(|group| group.as_ref().map(|group| group.name.clone()).unwrap_or_default());
    let edit = Callback::new(move |()| asked.edit.ask(group.get_untracked()));
    let delete = Callback::new(move |()| {
        if let Some(group) = group.get_untracked() {
            asked.delete.ask(group);
        }
    });
    view! {
        <tr>
            <td>
                <b>{name}</b>
            </td>
            <td>{move || group.get().map(|group| view! { <Crowd group /> }.into_any())}</td>
            <td class="m">
                <Show when=move || capabilities.may(Capability::Manage)>
                    <Menu label=Signal::derive(move || format!("More for {}", name())) class="btn bare icon small">
                        <MenuItem label="Change name and people" icon=IconName::Edit run=edit />
                        <MenuItem label="Delete" icon=IconName::Delete danger=true run=delete />
                    </Menu>
                </Show>
            </td>
        </tr>
    }
    .into_any()
}

/// The first people of a group as discs, and how many it has.
#[component]
fn Crowd(group: TeamGroup) -> impl IntoView {
    let more = (group.size as usize).saturating_sub(group.people.len());
    view! {
        <span class="avs crowd">
            {group.people.into_iter().map(|person| view! { <Avatar person small=true /> }.into_any()).collect_view()}
            {(more > 0).then(|| view! { <span class="q" aria-hidden="true">{format!("+{more}")}</span> }.into_any())}
            <span class="q">{size(group.size)}</span>
        </span>
    }
    .into_any()
}
