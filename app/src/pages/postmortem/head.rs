//! The head of a post-mortem: the incident on one line, the title, and the values that belong to the whole page.

mod key_times;
mod meeting;
mod owner;
mod services;
mod status_steps;
mod title;

use super::Dialogs;
use super::published::PublishedState;
use crate::controls::choice::{Choice, options};
use crate::controls::link_field::LinkField;
use crate::reader::Facts;
use crate::state::postmortem::open::use_open;
use key_times::KeyTimes;
use leptos::prelude::*;
use meeting::Meeting;
use owner::Owner;
use postmortem::{Command, Severity};
use services::Services;
use status_steps::StatusSteps;
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
