//! The bar of a post-mortem: where one is, whether it is saved, who is here, sharing and publishing.

use super::Dialogs;
use super::comments::{UnresolvedButton, go_to_unresolved};
use super::dialogs::carry::{CarryInput, CarryItems};
use super::here::People;
use super::saving::SaveState;
use crate::browser::theme::Theme;
use crate::client::publications;
use crate::controls::brand::Brand;
use crate::controls::menu::{Menu, MenuItem};
use crate::controls::notices::use_notices;
use crate::controls::theme_button::theme_icon;
use crate::pages::you::YouItems;
use crate::reader::icon::IconName;
use crate::state::postmortem::open::use_open;
use leptos::prelude::*;
use postmortem::Capability;

/// What the button says; a phone has no room for the last of them.
fn publishing(is_published: bool, is_changed: bool) -> &'static str {
    match (is_published, is_changed) {
        (false, _) => "Publish",
        (true, false) => "Published",
        (true, true) => "Published, changed since",
    }
}

/// The colour scheme, which the log's bar has as a button.
#[component]
fn ColoursItem() -> impl IntoView {
    let notices = use_notices();
    let theme = Theme::remembered();
    let next = theme.next();
    view! {
        <MenuItem
            label=format!("Colours: {}", theme.label())
            icon=theme_icon(theme)
            run=Callback::new(move |()| {
                next.apply();
                notices.toast(format!("Colours: {}", next.label()), None);
            })
        />
    }
    .into_any()
}

/// The way to publishing; for who may not publish, the way to what is published.
#[component]
fn PublishButton(dialogs: Dialogs) -> impl IntoView {
    let open = use_open();
    let is_changed = Memo::new(move |_| open.unpublished.with(|differences| !differences.is_empty()));
    let slug = Memo::new(move |_| open.publication.with(|publication| publication.slug.clone()));
    let is_published = Memo::new(move |_| slug.with(Option::is_some));
    let may_publish = Memo::new(move |_| open.capabilities.may(Capability::Publish));
    let page = move || {
        slug.get().map(|slug| {
            view! {
                <a class="btn hide-s" href=publications::link(&slug) target="_blank" rel="noopener">
                    "Published page"
                </a>
            }
            .into_any()
        })
    };
    view! {
        <Show when=move || may_publish.get() fallback=page>
            <button
                type="button"
                class="btn primary"
                aria-label=move || publishing(is_published.get(), is_changed.get())
                on:click=move |_| dialogs.publish.set(true)
            >
                <span class="hide-s">{move || publishing(is_published.get(), is_changed.get())}</span>
                <span class="only-s">{move || publishing(is_published.get(), false)}</span>
            </button>
        </Show>
    }
    .into_any()
}

#[component]
pub fn Bar(dialogs: Dialogs) -> impl IntoView {
    let open = use_open();
    let crumb = Memo::new(move |_| {
        open.parts.details.with(|details| {
            let day = details.started_at.map(|at| at.date_naive());
            day.map_or_else(|| details.title_or_placeholder().to_owned(), |day| details.severity.tag(day))
        })
    });
    let file = NodeRef::new();
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
            <button type="button" class="btn hide-s" on:click=move |_| dialogs.share.set(true)>
                "Share"
            </button>
            <PublishButton dialogs />
            <CarryInput input=file />
            <Menu label="More about this post-mortem" class="btn bare icon">
                <MenuItem
                    label="Share"
                    icon=IconName::People
                    class="only-s"
                    run=Callback::new(move |()| dialogs.share.set(true))
                />
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
                    label="History"
                    icon=IconName::Clock
                    run=Callback::new(move |()| dialogs.history.set(true))
                />
                <MenuItem
                    label="Keyboard shortcuts"
                    icon=IconName::More
                    run=Callback::new(move |()| dialogs.keys.set(true))
                />
                <ColoursItem />
                <hr />
                <YouItems />
                <hr />
                <CarryItems input=file />
                <hr />
                <MenuItem
                    label="Delete post-mortem"
                    icon=IconName::Delete
                    danger=true
                    lock=open.capabilities.lock(Capability::Administer)
                    run=Callback::new(move |()| dialogs.delete.set(true))
                />
            </Menu>
        </div>
    }
    .into_any()
}
