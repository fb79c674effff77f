//! The head of a post-mortem: the incident on one line, the title, and the values that belong to the whole page.

mod key_times;
mod meeting;
mod services;
mod status_steps;
mod title;

use super::Dialogs;
use super::published::PublishedState;
use crate::controls::avatar::NameAvatar;
use crate::controls::choice::{Choice, options};
use crate::controls::edit_in_place::EditInPlace;
use crate::controls::link_field::LinkField;
use crate::reader::Facts;
use crate::state::postmortem::open::use_open;
use key_times::KeyTimes;
use leptos::prelude::*;
use meeting::Meeting;
use postmortem::{Command, Severity};
use services::Services;
use status_steps::StatusSteps;
use std::collections::BTreeSet;
use title::Title;

#[component]
pub fn Head(dialogs: Dialogs, is_title_open: RwSignal<bool>) -> impl IntoView {
    let open = use_open();
    let details = open.parts.details;
    let facts = Memo::new(move |_| details.get());
    let severity = Signal::derive(move || details.with(|details| details.severity.code().to_owned()));
    let set_severity = Callback::new(move |code: String| {
        if let Ok(severity) = code.parse() {
            open.edit(&Command::SetSeverity(severity));
        }
    });
    let recording = Signal::derive(move || details.with(|details| details.recording.clone()));
    view! {
        <div class="head">
            <div class="head-in">
                {move || view! { <Facts details=facts.get() /> }.into_any()}
                <Title is_open=is_title_open />
                <dl class="props">
                    <div>
                        <dt>"Status"</dt>
                        <dd>
                            <StatusSteps />
                        </dd>
                    </div>
                    <PublishedState dialogs />
                    <div>
                        <dt>"Severity"</dt>
                        <dd>
                            <Choice label="Severity" value=severity options=options!(Severity) chosen=set_severity />
                        </dd>
                    </div>
                    <div id="owner">
                        <dt>"Owner"</dt>
                        <dd>
                            <Owner />
                        </dd>
                    </div>
                    <div>
                        <dt>"Services"</dt>
                        <dd>
                            <Services />
                        </dd>
                    </div>
                    <div id="meeting">
                        <dt>"Review meeting"</dt>
                        <dd>
                            <Meeting />
                        </dd>
                    </div>
                    <div>
                        <dt>"Call recording"</dt>
                        <dd>
                            <LinkField
                                label="Call recording"
                                value=recording
                                placeholder="Add a link"
                                commit=Callback::new(move |link| open.try_edit(&Command::SetRecording(link)))
                            />
                        </dd>
                    </div>
                </dl>
                <KeyTimes />
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Owner() -> impl IntoView {
    let open = use_open();
    let owner = Memo::new(move |_| open.parts.details.with(|details| details.owner.clone()));
    let people = Signal::derive(move || open.presences.people());
    let commit = Callback::new(move |name: String| open.try_edit(&Command::SetOwner(name.trim().to_owned())));
    view! {
        {move || {
            let name = owner.get();
            (!name.trim().is_empty()).then(|| view! { <NameAvatar name people live=true small=true /> }.into_any())
        }}
        <EditInPlace
            label="Owner"
            shown=Signal::derive(move || Some(owner.get()).filter(|owner| !owner.trim().is_empty()))
            placeholder="Choose owner"
            typed=owner
            commit
            example="Name"
            list="names"
        />
        <datalist id="names">
            {move || {
                let mut names: BTreeSet<String> = people.get().into_iter().map(|person| person.name).collect();
                names.extend(open.parts.responders.get().into_iter().map(|responder| responder.name));
                names.into_iter().map(|name| view! { <option value=name></option> }.into_any()).collect_view()
            }}
        </datalist>
    }
    .into_any()
}
