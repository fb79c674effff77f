//! The bar of a post-mortem: where one is, whether it is saved, who is here, and publishing.

use super::Dialogs;
use super::comments::{UnresolvedButton, go_to_unresolved};
use super::here::People;
use super::save_state::SaveState;
use crate::controls::brand::Brand;
use crate::controls::icon::IconName;
use crate::controls::menu::{Menu, MenuItem};
use crate::state::open::use_open;
use crate::state::session::use_session;
use leptos::prelude::*;

/// The bar.
#[component]
pub fn Bar(dialogs: Dialogs) -> impl IntoView {
    let open = use_open();
    let session = use_session();
    let crumb = Memo::new(move |_| {
        open.parts.details.with(|details| {
            let day = details.started_at.map(|at| at.date_naive());
            day.map_or_else(|| details.title_or_placeholder().to_owned(), |day| details.severity.tag(day))
        })
    });
    let is_published = Memo::new(move |_| open.publication.with(|publication| publication.slug.is_some()));
    view! {
        <div class="bar">
            <Brand short=true />
            <span class="sep hide-s"></span>
            <div class="crumb">
                <a href="/" class="hide-s">
                    "Incident log"
                </a>
                <span class="hide-s">"/"</span>
                <b>{crumb}</b>
            </div>
            <span class="grow"></span>
            <SaveState />
            <span class="sep hide-s"></span>
            <UnresolvedButton />
            <People />
            <span class="sep hide-s"></span>
            <button type="button" class="btn primary" on:click=move |_| dialogs.publish.set(true)>
                {move || if is_published.get() { "Published" } else { "Publish" }}
            </button>
            <Menu label="More about this post-mortem" class="btn bare icon">
                <MenuItem
                    label="Find"
                    icon=IconName::Search
                    run=Callback::new(move |()| dialogs.find.set(true))
                />
                <MenuItem
                    label="Next unresolved thread"
                    icon=IconName::Comment
                    run=Callback::new(move |()| {
                        go_to_unresolved(open, 1);
                    })
                />
                <MenuItem
                    label="Keyboard shortcuts"
                    icon=IconName::More
                    run=Callback::new(move |()| dialogs.keys.set(true))
                />
                <MenuItem
                    label="Change your name"
                    icon=IconName::Edit
                    run=Callback::new(move |()| session.is_renaming.set(true))
                />
                <hr />
                <MenuItem
                    label="Delete post-mortem"
                    icon=IconName::Delete
                    danger=true
                    run=Callback::new(move |()| dialogs.delete.set(true))
                />
            </Menu>
        </div>
    }
    .into_any()
}
