//! Those who can come in: a row a person, whose role is changed where it stands.

use super::directory::{Directory, PeopleRow};
use super::link_once::{LinkOnce, OnceDialog};
use super::suspend::SuspendDialog;
use super::words;
use crate::browser::clock;
use crate::client::people;
use crate::controls::choice::{Choice, options};
use crate::controls::field::ErrorLine;
use crate::controls::list::{List, by_id};
use crate::controls::menu::{Menu, MenuItem};
use crate::controls::notices::use_notices;
use crate::pages::settings::about::About;
use crate::reader::Avatar;
use crate::reader::icon::IconName;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::api::{TeamMember, TeamMemberChange};
use postmortem::{TeamRole, UserId};

/// What the menu of a row opens.
#[derive(Clone, Copy)]
struct Asked {
    /// Who is to be suspended.
    suspend: About<TeamMember>,
    /// A link that was made.
    link: About<LinkOnce>,
}

#[component]
pub fn Members(directory: Directory) -> impl IntoView {
    let asked = Asked { suspend: About::nothing(), link: About::nothing() };
    let ids =
        Memo::new(move |_| directory.members().iter().map(|member| member.person.id.to_string()).collect::<Vec<_>>());
    let row = by_id(move |id: UserId| view! { <Row directory asked id /> }.into_any());
    view! {
        <h2 class="vh">"Members"</h2>
        <Show
            when=move || ids.with(|ids| !ids.is_empty())
            fallback=|| view! { <p class="nil q">"Nobody here is called so, or has this role."</p> }
        >
            <table class="t">
                <thead>
                    <tr>
                        <th scope="col">"Person"</th>
                        <th scope="col">"Role"</th>
                        <th scope="col">"Last seen"</th>
                        <th scope="col" class="num">
                            "Owns"
                        </th>
                        <th scope="col">
                            <span class="vh">"More"</span>
                        </th>
                    </tr>
                </thead>
                <tbody>
                    <List keys=ids row=row.clone() />
                </tbody>
            </table>
        </Show>
        <Show when=move || directory.more() != 0>
            <button type="button" class="btn bare small" on:click=move |_| directory.show_more()>
                {move || format!("Show more of {}", directory.more())}
            </button>
        </Show>
        <SuspendDialog directory who=asked.suspend />
        <OnceDialog link=asked.link />
    }
    .into_any()
}

#[component]
fn Row(directory: Directory, asked: Asked, id: UserId) -> impl IntoView {
    let (wanted, place) = (id.clone(), PeopleRow::Person(id));
    let member = Memo::new(move |before: Option<&Option<TeamMember>>| {
        let found = directory.members().into_iter().find(|member| member.person.id == wanted);
        found.or_else(|| before.cloned().flatten())
    });
    let owned = move || member.with(|member| member.as_ref().map_or(0, |member| member.owned));
    let seen = move || {
        let at = member.with(|member| member.as_ref().and_then(|member| member.seen_at));
        words::seen(at, clock::now())
    };
    view! {
        <tr>
            <td>
                {move || member.get().map(|member| view! { <Who directory member /> }.into_any())}
                {move || directory.error_at(&place).map(|sentence| view! { <ErrorLine sentence /> }.into_any())}
            </td>
            <td>
                <RoleCell directory member />
            </td>
            <td class="s">{seen}</td>
            <td class="num" class:zero=move || owned() == 0>
                {owned}
                <span class="only-s">"\u{a0}owned"</span>
            </td>
            <td class="m">{move || member.get().map(|member| view! { <RowMenu directory asked member /> }.into_any())}</td>
        </tr>
    }
    .into_any()
}

/// Somebody with their mail address, where that is told.
#[component]
pub fn Who(directory: Directory, member: TeamMember) -> impl IntoView {
    let TeamMember { person, mail, is_program, .. } = member;
    let is_me = directory.is_me(&person.id);
    view! {
        <span class="who two-lines">
            <span aria-hidden="true">
                <Avatar person=person.clone() />
            </span>
            <span>
                <b>{person.name}</b>
                {is_me.then(|| view! { <span class="q">" you"</span> })}
                {is_program.then(|| view! { <span class="q">" a program"</span> })}
                {mail.map(|mail| view! { <small>{mail}</small> }.into_any())}
            </span>
        </span>
    }
    .into_any()
}

/// The role: a choice for who may change it, a word for everybody else and of the last admin.
#[component]
fn RoleCell(directory: Directory, member: Memo<Option<TeamMember>>) -> impl IntoView {
    let role =
        move || member.with(|member| member.as_ref().map_or(TeamRole::Member, |member| directory.role_of(member)));
    let is_last = Memo::new(move |_| {
        member.with(|member| {
            member.as_ref().is_some_and(|member| {
                directory.with_everybody(|everybody| words::is_last_admin(everybody, &member.person.id))
            })
        })
    });
    let known = move || member.get_untracked().map(|member| member.person);
    let chosen = Callback::new(move |code: String| {
        if let (Ok(role), Some(person)) = (code.parse::<TeamRole>(), known()) {
            let change = TeamMemberChange { role: Some(role), is_suspended: None };
            directory.change(&person.id, change, format!("{}: {}", person.name, role.label()));
        }
    });
    view! {
        {move || match (directory.may_manage(), is_last.get()) {
            (false, _) => role().label().into_any(),
            (true, true) => {
                view! {
                    {role().label()}
                    <small>"the only one, who stays"</small>
                }
                    .into_any()
            }
            (true, false) => {
                let name = known().map(|person| person.name).unwrap_or_default();
                let value = Signal::derive(move || role().code().to_owned());
                view! { <Choice label=format!("Role of {name}") value options=options!(TeamRole) chosen /> }.into_any()
            }
        }}
    }
    .into_any()
}

/// What can be done about somebody beside their role; nothing about oneself but a link.
#[component]
fn RowMenu(directory: Directory, asked: Asked, member: TeamMember) -> impl IntoView {
    let notices = use_notices();
    let lock = directory.lock();
    let (name, is_me, is_program) = (member.person.name.clone(), directory.is_me(&member.person.id), member.is_program);
    let member = StoredValue::new(member);
    let make_link = Callback::new(move |()| {
        let person = member.with_value(|member| member.person.clone());
        spawn_local(async move {
            match people::link_for_password(&person.id).await {
                Ok(made) => asked.link.ask(LinkOnce::for_password(&person, made)),
                Err(problem) => notices.toast(problem.to_string(), None),
            }
        });
    });
    let suspend = Callback::new(move |()| asked.suspend.ask(member.get_value()));
    view! {
        <Show when=move || directory.may_manage() && !(is_me && is_program)>
            <Menu label=format!("More for {name}") class="btn bare icon small">
                {(!is_program)
                    .then(|| {
                        view! { <MenuItem label="Link for a new password" icon=IconName::Link lock run=make_link /> }.into_any()
                    })}
                {(!is_me)
                    .then(|| {
                        view! { <MenuItem label="Suspend" icon=IconName::Hidden danger=true lock run=suspend /> }.into_any()
                    })}
            </Menu>
        </Show>
    }
    .into_any()
}
