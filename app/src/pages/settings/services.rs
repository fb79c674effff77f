//! The services of the team: a row a service with its other names and its owner, which everybody of the team keeps.

mod editing;

use super::about::About;
use super::list_head::{HeadWords, ListHead};
use super::listing::{DeleteDialog, ListFrame, ListWords, Listing};
use crate::client::services;
use crate::controls::focus::focus_id_later;
use crate::controls::list::{List, by_id};
use crate::controls::menu::{Menu, MenuItem};
use crate::reader::Avatar;
use crate::reader::icon::{Icon, IconName};
use crate::state::capabilities::use_server_capabilities;
use editing::ServiceDialog;
use leptos::prelude::*;
use postmortem::api::{Service, ServiceOwner};
use postmortem::{Capability, ServiceId};

const WORDS: ListWords = ListWords {
    search: "Search services",
    placeholder: "Any name of a service",
    empty: "There are no services yet. Those that are listed here are offered where a post-mortem names its services.",
    nothing: "No service is called so.",
};

/// The id of the button that makes one.
const NEW: &str = "new-service";

const HEAD: HeadWords = HeadWords {
    title: "Services",
    kept_by: "Members of the team keep them.",
    needs: Capability::Curate,
    new: "New service",
    new_id: NEW,
};

/// What the rows open.
#[derive(Clone, Copy)]
struct Asked {
    /// The service that is changed; nothing for a new one.
    edit: About<Option<Service>>,
    delete: About<Service>,
}

#[component]
pub fn ServicesPart() -> impl IntoView {
    let listing = Listing::open(|search, limit| {
        Box::pin(async move {
            let listed = services::list(&search, limit).await?;
            Ok((listed.services, listed.more))
        })
    });
    let asked = Asked { edit: About::nothing(), delete: About::nothing() };
    let count = Signal::derive(move || listing.page.with(Option::is_some).then(|| listing.count()));
    let delete = Callback::new(move |()| {
        let service = untrack(|| asked.delete.get());
        let deleting = async move {
            let Some(service) = service else { return Ok(()) };
            services::delete(&service.id).await.map_err(|problem| problem.to_string())?;
            listing.tell(format!("{} is deleted.", service.name));
            // Its row goes away with the button that asked.
            focus_id_later(NEW.to_owned());
            Ok(())
        };
        Box::pin(deleting) as _
    });
    let title = move || asked.delete.get().map(|service| format!("Delete {}?", service.name)).unwrap_or_default();
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
        <ServiceDialog open=asked.edit.open what=asked.edit listing />
        <DeleteDialog
            open=asked.delete.open
            title=Signal::derive(title)
            consequence="It is not offered any more. Post-mortems that name it keep the name."
            delete
        />
    }
    .into_any()
}

/// How many there are, in a sentence.
fn sentence(count: Option<usize>) -> String {
    match count {
        Some(1) => "1 service, offered where a post-mortem names its services.".to_owned(),
        Some(count) if count > 1 => format!("{count} services, offered where a post-mortem names its services."),
        _ => "What the team runs, under the names that people call it by.".to_owned(),
    }
}

#[component]
fn Rows(listing: Listing<Service>, asked: Asked) -> impl IntoView {
    let ids = Memo::new(move |_| listing.lines().iter().map(|service| service.id.to_string()).collect::<Vec<_>>());
    let row = by_id(move |id: ServiceId| view! { <Row listing asked id /> }.into_any());
    view! {
        <table class="t">
            <thead>
                <tr>
                    <th scope="col">"Service"</th>
                    <th scope="col">"Also called"</th>
                    <th scope="col">"Owner"</th>
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
fn Row(listing: Listing<Service>, asked: Asked, id: ServiceId) -> impl IntoView {
    let capabilities = use_server_capabilities();
    let service = Memo::new(move |before: Option<&Option<Service>>| {
        // One that is on its way out says what it said last.
        let found = listing.lines().into_iter().find(|service| service.id == id);
        found.or_else(|| before.cloned().flatten())
    });
    let name = move || service.with(|service| service.as_ref().map(|service| service.name.clone()).unwrap_or_default());
    let others = move || service.with(|service| service.as_ref().map(|service| service.other_names.join(", ")));
    let edit = Callback::new(move |()| asked.edit.ask(service.get_untracked()));
    let delete = Callback::new(move |()| {
        if let Some(service) = service.get_untracked() {
            asked.delete.ask(service);
        }
    });
    view! {
        <tr>
            <td>
                <b>{name}</b>
            </td>
            <td class="s">{others}</td>
            <td>{move || service.get().map(|service| view! { <Owner owner=service.owner /> }.into_any())}</td>
            <td class="m">
                <Show when=move || capabilities.may(Capability::Curate)>
                    <Menu label=Signal::derive(move || format!("More for {}", name())) class="btn bare icon small">
                        <MenuItem label="Change" icon=IconName::Edit run=edit />
                        <MenuItem label="Delete" icon=IconName::Delete danger=true run=delete />
                    </Menu>
                </Show>
            </td>
        </tr>
    }
    .into_any()
}

#[component]
fn Owner(owner: Option<ServiceOwner>) -> impl IntoView {
    match owner {
        None => view! { <span class="q">"Nobody"</span> }.into_any(),
        Some(ServiceOwner::Person(person)) => {
            let name = person.name.clone();
            view! {
                <span class="who">
                    <span aria-hidden="true">
                        <Avatar person small=true />
                    </span>
                    <span>{name}</span>
                </span>
            }
            .into_any()
        }
        Some(ServiceOwner::Group { name, .. }) => view! {
            <span class="who">
                <Icon name=IconName::People small=true />
                <span>{name}</span>
            </span>
        }
        .into_any(),
    }
}
