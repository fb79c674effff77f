//! Who is named in the post-mortem, people and groups, each with their role.

use super::draft::Grantee;
use super::owner::use_outside;
use super::sharing::{ShareSpot, Sharing};
use super::{ErrorAt, LossAt, draft};
use crate::controls::choice::Choice;
use crate::controls::completion::size;
use crate::controls::focus::focus_id_later;
use crate::controls::list::{List, by_id};
use crate::reader::Avatar;
use crate::reader::icon::{Icon, IconName};
use crate::state::postmortem::open::use_open;
use leptos::prelude::*;
use postmortem::api::{AccessShown, PostmortemGroup, PostmortemMember};
use postmortem::{GroupId, PostmortemRole, TeamRole, UserId};

#[component]
pub fn Named(sharing: Sharing) -> impl IntoView {
    let people = Memo::new(move |_| {
        let of = |member: &PostmortemMember| member.person.id.to_string();
        sharing.seen.with(|seen| seen.iter().flat_map(|seen| seen.members.iter().map(of)).collect::<Vec<_>>())
    });
    let groups = Memo::new(move |_| {
        let of = |group: &PostmortemGroup| group.id.to_string();
        sharing.seen.with(|seen| seen.iter().flat_map(|seen| seen.groups.iter().map(of)).collect::<Vec<_>>())
    });
    let is_empty = move || people.with(Vec::is_empty) && groups.with(Vec::is_empty);
    view! {
        <ul class="named">
            <List keys=people row=by_id(move |id: UserId| view! { <PersonRow sharing id /> }.into_any()) />
            <List keys=groups row=by_id(move |id: GroupId| view! { <GroupRow sharing id /> }.into_any()) />
        </ul>
        {move || is_empty().then(|| view! { <p class="q">"Nobody is named."</p> }.into_any())}
        <Show when=move || groups.with(|groups| !groups.is_empty())>
            <p class="hint">"Who is in a group is decided by the team’s admins, and holds here at once."</p>
        </Show>
    }
    .into_any()
}

#[component]
fn PersonRow(sharing: Sharing, id: UserId) -> impl IntoView {
    let wanted = id.clone();
    let member = Memo::new(move |before: Option<&Option<PostmortemMember>>| {
        let find = |seen: &Option<AccessShown>| {
            seen.as_ref()?.members.iter().find(|member| member.person.id == wanted).cloned()
        };
        // One that is on its way out says what it said last.
        sharing.seen.with(find).or_else(|| before.cloned().flatten())
    });
    let name = Signal::derive(move || {
        member.with(|member| member.as_ref().map(|member| member.person.name.clone()).unwrap_or_default())
    });
    let role = Signal::derive(move || member.with(|member| member.as_ref().map(|member| member.role)));
    view! {
        <li>
            {move || member.get().map(|member| view! { <Who sharing member /> }.into_any())}
            <GivenRole sharing grantee=Grantee::Person(id) name role />
        </li>
    }
    .into_any()
}

#[component]
fn GroupRow(sharing: Sharing, id: GroupId) -> impl IntoView {
    let wanted = id.clone();
    let group = Memo::new(move |before: Option<&Option<PostmortemGroup>>| {
        let find = |seen: &Option<AccessShown>| seen.as_ref()?.groups.iter().find(|group| group.id == wanted).cloned();
        sharing.seen.with(find).or_else(|| before.cloned().flatten())
    });
    let name =
        Signal::derive(move || group.with(|group| group.as_ref().map(|group| group.name.clone()).unwrap_or_default()));
    let role = Signal::derive(move || group.with(|group| group.as_ref().map(|group| group.role)));
    view! {
        <li>
            <span class="disc" aria-hidden="true">
                <Icon name=IconName::People />
            </span>
            <span>
                <b>{move || name.get()}</b>
                <small>{move || group.with(|group| group.as_ref().map(of_group))}</small>
            </span>
            <GivenRole sharing grantee=Grantee::Group(id) name role />
        </li>
    }
    .into_any()
}

/// What is worth knowing of a group beside its name and role.
fn of_group(group: &PostmortemGroup) -> String {
    let people = size(group.size);
    if group.includes_you { format!("Group · {people}, you among them") } else { format!("Group · {people}") }
}

#[component]
fn Who(sharing: Sharing, member: PostmortemMember) -> impl IntoView {
    let open = use_open();
    let PostmortemMember { person, team_role, mail, .. } = member;
    let id = person.id.clone();
    let remark = move || {
        let is_here = open.presences.people().iter().any(|other| other.id == id);
        let remark = remark(sharing.is_me(&id), is_here, team_role);
        // Of two who are called the same the address says who it is.
        mail.iter().map(String::as_str).chain((!remark.is_empty()).then_some(remark)).collect::<Vec<_>>().join(", ")
    };
    view! {
        <span aria-hidden="true">
            <Avatar person=person.clone() />
        </span>
        <span>
            <b>{person.name}</b>
            <small>{remark}</small>
        </span>
    }
    .into_any()
}

/// What is worth knowing of somebody beside their role.
fn remark(is_me: bool, is_here: bool, team_role: TeamRole) -> &'static str {
    match (is_me, is_here, team_role) {
        (true, ..) => "you",
        (false, true, TeamRole::Outsider) => "here now, outside the team",
        (false, true, _) => "here now",
        (false, false, TeamRole::Outsider) => "outside the team",
        (false, false, TeamRole::Admin | TeamRole::Member) => "",
    }
}

/// The role of somebody who is named, as a choice where its reader may change it.
#[component]
fn GivenRole(
    sharing: Sharing,
    grantee: Grantee,
    name: Signal<String>,
    role: Signal<Option<PostmortemRole>>,
) -> impl IntoView {
    let is_fixed = Memo::new(move |_| {
        !sharing.may_change() || role.with(|role| role.is_none_or(|role| role == PostmortemRole::Owner))
    });
    let outside = use_outside();
    let words = move || match role.get() {
        // Whom the head calls the owner is somebody outside.
        Some(PostmortemRole::Owner) if outside.with(Option::is_some) => Some("Decides here"),
        role => role.map(PostmortemRole::label),
    };
    let place = ShareSpot::Row(grantee.clone());
    view! {
        {move || match is_fixed.get() {
            true => view! { <span class="fix">{words}</span> }.into_any(),
            false => view! { <RoleChoice sharing grantee=grantee.clone() name role /> }.into_any(),
        }}
        <div class="below">
            <LossAt sharing place=place.clone() />
            <ErrorAt sharing place />
        </div>
    }
    .into_any()
}

#[component]
fn RoleChoice(
    sharing: Sharing,
    grantee: Grantee,
    name: Signal<String>,
    role: Signal<Option<PostmortemRole>>,
) -> impl IntoView {
    let value = Signal::derive(move || role.get().map(|role| role.code().to_owned()).unwrap_or_default());
    let options = draft::GIVEN.map(|role| (role.code().to_owned(), role.label().to_owned())).to_vec();
    let label = untrack(|| name.get());
    let place = ShareSpot::Row(grantee.clone());
    let (named, at) = (grantee.clone(), place.clone());
    let chosen = Callback::new(move |code: String| {
        if let Ok(role) = code.parse::<PostmortemRole>() {
            let done = format!("{}: {}", name.get_untracked(), role.label());
            sharing.change(at.clone(), |shown| draft::with_role(shown, &named, role), done);
        }
    });
    let remove = move |_| {
        let done = format!("{} is not named any more", name.get_untracked());
        sharing.change(place.clone(), |shown| draft::without(shown, &grantee), done);
        // Its button goes away with the row.
        focus_id_later("letting-in".to_owned());
    };
    view! {
        <span class="fix">
            <Choice label=format!("Role of {label}") value options chosen />
            <button type="button" class="btn bare icon small" aria-label=format!("Remove {label}") on:click=remove>
                <Icon name=IconName::Close small=true />
            </button>
        </span>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_from_outside_is_said_also_while_they_are_here() {
        assert_eq!(remark(true, true, TeamRole::Member), "you");
        assert_eq!(remark(false, false, TeamRole::Member), "");
        assert!(remark(false, true, TeamRole::Outsider).contains("outside"));
        assert!(remark(false, false, TeamRole::Outsider).contains("outside"));
    }
}
