//! The browsers in which one is signed in, and the way to sign each out.

use super::PartHead;
use crate::browser::clock;
use crate::browser::route::SettingsPart;
use crate::client::{RequestError, sessions};
use crate::controls::field::ErrorLine;
use crate::controls::notices::{Notices, use_notices};
use crate::controls::question::{Press, Question, press_once};
use crate::pages::sign_out::use_sign_out;
use crate::reader::time;
use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::SessionId;
use postmortem::api::Device;

/// The server remembers the last use to so many minutes.
const USE_MINUTES: i64 = 10;

#[derive(Clone, Copy)]
struct OwnDevices {
    listed: RwSignal<Option<Result<Vec<Device>, RequestError>>>,
    notices: Notices,
}

impl OwnDevices {
    fn open() -> Self {
        let own = Self { listed: RwSignal::new(None), notices: use_notices() };
        own.ask();
        own
    }

    fn ask(self) {
        spawn_local(async move {
            let told = sessions::list().await;
            self.listed.try_set(Some(told));
        });
    }

    fn sign_out(self, id: SessionId) {
        spawn_local(async move {
            match sessions::delete(&id).await {
                Ok(()) => self.notices.toast("Signed out there.", None),
                Err(error) => self.notices.refuse_sentence(&error.to_string(), None),
            }
            self.ask();
        });
    }
}

#[component]
pub fn DevicesPart() -> impl IntoView {
    let own = OwnDevices::open();
    let count = Signal::derive(move || own.listed.with(|listed| sentence(listed.as_ref())));
    view! {
        <PartHead part=SettingsPart::Devices sentence=count />
        <section aria-label="Browsers">
            {move || match own.listed.get() {
                None => {
                    view! {
                        <div class="skels" role="img" aria-label="The devices are looked up">
                            <div class="skel"></div>
                            <div class="skel"></div>
                        </div>
                    }
                        .into_any()
                }
                Some(Ok(devices)) => {
                    let rows = devices.into_iter().map(|device| view! { <DeviceRow device own /> }.into_any());
                    view! { <ul class="devices">{rows.collect_view()}</ul> }.into_any()
                }
                Some(Err(error)) => {
                    view! {
                        <ErrorLine sentence=error.to_string() />
                        <div class="end">
                            <button type="button" class="btn" on:click=move |_| own.ask()>
                                "Try again"
                            </button>
                        </div>
                    }
                        .into_any()
                }
            }}
        </section>
    }
    .into_any()
}

#[component]
fn DeviceRow(device: Device, own: OwnDevices) -> impl IntoView {
    let times = times(&device, clock::now());
    let (label, id) = (device.label, device.id);
    let key = id.to_string();
    view! {
        <li data-device=key>
            <div class="grow">
                <b>{label.clone()}</b>
                {device.is_this.then(|| view! { <span class="q">" this browser"</span> }.into_any())}
                <small>{times}</small>
            </div>
            {if device.is_this {
                view! { <OwnButton /> }.into_any()
            } else {
                view! { <OtherButton label id own /> }.into_any()
            }}
        </li>
    }
    .into_any()
}

#[component]
fn OwnButton() -> impl IntoView {
    let sign_out = use_sign_out();
    view! {
        <button type="button" class="btn" on:click=move |_| sign_out.press()>
            "Sign out"
            <span class="vh">" here"</span>
        </button>
    }
    .into_any()
}

/// Signs another browser out; the first press asks.
#[component]
fn OtherButton(label: String, id: SessionId, own: OwnDevices) -> impl IntoView {
    let question = Question::default();
    let press = move |_| {
        if question.press() == Press::Answers {
            question.end();
            own.sign_out(id.clone());
        }
    };
    view! {
        <button
            type="button"
            class="btn"
            class:danger=move || question.is_asked()
            aria-disabled=move || question.is_deaf()
            on:click=press
            on:keydown=press_once
            on:blur=move |_| question.end()
        >
            {move || if question.is_asked() { "Sign out there?" } else { "Sign out" }}
            <span class="vh">" " {label}</span>
        </button>
    }
    .into_any()
}

/// What stands under the heading.
fn sentence(listed: Option<&Result<Vec<Device>, RequestError>>) -> String {
    match listed.map(|listed| listed.as_ref().map(Vec::len)) {
        Some(Ok(1)) => "You are signed in in this browser alone.".to_owned(),
        Some(Ok(count)) => format!(
            "You are signed in in {count} browsers. Sign out where you do not know one, and change your password."
        ),
        None | Some(Err(_)) => "The browsers in which you are signed in.".to_owned(),
    }
}

/// `Used now. Signed in since Mon 22 Oct 09:12 UTC, until Wed 21 Nov 2018.`
fn times(device: &Device, now: DateTime<Utc>) -> String {
    let used = if device.is_this || now - device.used_at < TimeDelta::minutes(USE_MINUTES) {
        "now".to_owned()
    } else {
        format!("last {}", time::since_in_words(device.used_at, now))
    };
    let (since, end) = (time::since_in_words(device.signed_in_at, now), time::day(device.ends_at.date_naive()));
    format!("Used {used}. Signed in since {since}, until {end} at the latest.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    fn at(day: u32, hour: u32, minute: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2018, 10, day, hour, minute, 0).single().unwrap()
    }

    fn device() -> Device {
        Device {
            id: "s1".parse().unwrap(),
            label: "Firefox on Linux".to_owned(),
            signed_in_at: at(22, 9, 12),
            used_at: at(23, 11, 40),
            ends_at: at(30, 9, 12),
            is_this: false,
        }
    }

    #[test]
    fn a_device_says_when_it_was_used_last() {
        let words = times(&device(), at(23, 12, 0));
        assert_eq!(
            words,
            "Used last 11:40 UTC. Signed in since yesterday 09:12 UTC, until Tue 30 Oct 2018 at the latest."
        );
        assert!(times(&device(), at(23, 11, 45)).starts_with("Used now."));
        assert!(times(&Device { is_this: true, ..device() }, at(24, 0, 0)).starts_with("Used now."));
    }

    #[test]
    fn one_browser_is_told_from_many() {
        assert!(sentence(Some(&Ok(vec![device()]))).contains("this browser alone"));
        assert!(sentence(Some(&Ok(vec![device(), device()]))).contains("2 browsers"));
        assert!(!sentence(Some(&Err(RequestError::Unreachable))).contains("alone"));
    }
}
