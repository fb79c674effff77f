//! Who is named in the post-mortem, each with their role.

use super::sharing::{ShareSpot, Sharing};
use super::{ErrorAt, LossAt, draft};
use crate::controls::choice::Choice;
use crate::controls::focus::focus_id_later;
use crate::controls::list::{List, by_id};
use crate::reader::Avatar;
use crate::reader::icon::{Icon, IconName};
use crate::state::postmortem::open::use_open;
use leptos::prelude::*;
use postmortem::api::PostmortemMember;
use postmortem::{PostmortemRole, TeamRole, UserId};

#[component]
pub fn Named(sharing: Sharing) -> impl IntoView {
    let ids = Memo::new(move |_| {
        let of = |member: &PostmortemMember| member.person.id.to_string();
        sharing.seen.with(|seen| seen.iter().flat_map(|seen| seen.members.iter().map(of)).collect::<Vec<_>>())
    });
    view! {
        <ul class="named">
            <List keys=ids row=by_id(move |id: UserId| view! { <Row sharing id /> }.into_any()) />
        </ul>
        {move || ids.with(Vec::is_empty).then(|| view! { <p class="q">"Nobody is named."</p> }.into_any())}
    }
    .into_any()
}

#[component]
fn Row(sharing: Sharing, id: UserId) -> impl IntoView {
    let (wanted, place) = (id.clone(), ShareSpot::Row(id));
    let member = Memo::new(move |before: Option<&Option<PostmortemMember>>| {
        let find = |seen: &Option<postmortem::api::AccessShown>| {
            seen.as_ref()?.members.iter().find(|member| member.person.id == wanted).cloned()
        };
        // One that is on its way out says what it said last.
        sharing.seen.with(find).or_else(|| before.cloned().flatten())
    });
    let is_fixed = Memo::new(move |_| {
        !sharing.may_change()
            || member.with(|member| member.as_ref().is_none_or(|member| member.role == PostmortemRole::Owner))
    });
    view! {
        <li>
            {move || member.get().map(|member| view! { <Who sharing member /> }.into_any())}
            {move || match is_fixed.get() {
                true => {
                    let role = member.with(|member| member.as_ref().map(|member| member.role.label()));
                    view! { <span class="fix">{role}</span> }.into_any()
                }
                false => view! { <RoleChoice sharing member /> }.into_any(),
            }}
            <div class="below">
                <LossAt sharing place=place.clone() />
                <ErrorAt sharing place />
            </div>
        </li>
    }
    .into_any()
}

#[component]
fn Who(sharing: Sharing, member: PostmortemMember) -> impl IntoView {
    let open = use_open();
    let PostmortemMember { person, team_role, .. } = member;
    let id = person.id.clone();
    let remark = move || {
        let is_here = open.presences.people().iter().any(|other| other.id == id);
        remark(sharing.is_me(&id), is_here, team_role)
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

#[component]
fn RoleChoice(sharing: Sharing, member: Memo<Option<PostmortemMember>>) -> impl IntoView {
    let value = Signal::derive(move || {
        member.with(|member| member.as_ref().map(|member| member.role.code().to_owned()).unwrap_or_default())
    });
    let known = move || member.get_untracked().map(|member| member.person);
    let name = untrack(known).map(|person| person.name).unwrap_or_default();
    let options = draft::GIVEN.map(|role| (role.code().to_owned(), role.label().to_owned())).to_vec();
    let chosen = Callback::new(move |code: String| {
        if let (Ok(role), Some(person)) = (code.parse::<PostmortemRole>(), known()) {
            let done = format!("{}: {}", person.name, role.label());
            sharing.change(ShareSpot::Row(person.id.clone()), |shown| draft::with_role(shown, &person.id, role), done);
        }
    });
    let remove = move |_| {
        if let Some(person) = known() {
            let done = format!("{} is not named any more", person.name);
            sharing.change(ShareSpot::Row(person.id.clone()), |shown| draft::without(shown, &person.id), done);
            // Its button goes away with the row.
            focus_id_later("letting-in".to_owned());
        }
    };
    view! {
        <span class="fix">
            <Choice label=format!("Role of {name}") value options chosen />
            <button type="button" class="btn bare icon small" aria-label=format!("Remove {name}") on:click=remove>
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
