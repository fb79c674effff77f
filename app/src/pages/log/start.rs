//! The ways into a new post-mortem, and what is to be done on its page as soon as it is there.

use crate::browser::clock;
use crate::browser::route::{Route, Router, use_router};
use crate::client::RequestError;
use crate::client::postmortems;
use crate::controls::lock::Lock;
use crate::controls::notices::{Notices, use_notices};
use crate::state::capabilities::use_server_capabilities;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::api::NewPostmortem;
use postmortem::carried::Carried;
use postmortem::{Capability, Command, Openness, PostmortemId, Severity};
use std::cell::RefCell;

thread_local! {
    static BEGINNING: RefCell<Option<(PostmortemId, FirstVisit)>> = const { RefCell::new(None) };
}

/// What a new post-mortem's page does first.
#[derive(Debug, Clone, Default)]
pub struct FirstVisit {
    /// Edits that belong to the start, such as the first line that was typed in the empty log.
    pub commands: Vec<Command>,
    /// Whether the title waits to be written.
    pub focuses_title: bool,
    /// Changes that were carried here as a file.
    pub carried: Option<Carried>,
}

/// What the page of this post-mortem does first; once.
pub fn take_beginning(id: &PostmortemId) -> FirstVisit {
    BEGINNING.with_borrow_mut(|waiting| match waiting.take() {
        Some((for_id, beginning)) if for_id == *id => beginning,
        other => {
            *waiting = other;
            FirstVisit::default()
        }
    })
}

/// Starts post-mortems and goes to their pages.
#[derive(Clone, Copy)]
pub struct Start {
    router: Router,
    notices: Notices,
    pub is_busy: RwSignal<bool>,
    pub error: RwSignal<Option<String>>,
    /// What may stand in the way of it.
    pub lock: Lock,
}

/// The ways into a new post-mortem for a component.
pub fn use_start() -> Start {
    Start {
        router: use_router(),
        notices: use_notices(),
        is_busy: RwSignal::new(false),
        error: RwSignal::new(None),
        lock: use_server_capabilities().lock(Capability::Create),
    }
}

impl Start {
    /// Starts a post-mortem with a title; without one, its page begins with the title.
    pub fn blank(self, beginning: NewPostmortem) {
        let focuses_title = beginning.title.is_empty();
        let title = if focuses_title { placeholder_title(clock::now()) } else { beginning.title };
        let first_visit = FirstVisit { focuses_title, ..FirstVisit::default() };
        self.begin(NewPostmortem { title, ..beginning }, first_visit);
    }

    /// Starts one from the first lines of its timeline.
    pub fn with_commands(self, at: chrono::DateTime<chrono::Utc>, commands: Vec<Command>) {
        let first_visit = FirstVisit { commands, focuses_title: true, carried: None };
        let (title, severity, access) = (placeholder_title(at), Severity::Sev2, Openness::Team);
        self.begin(NewPostmortem { title, severity, access }, first_visit);
    }

    pub fn example(self) {
        self.run(postmortems::open_example(), FirstVisit::default());
    }

    /// Goes to a post-mortem that is there already.
    pub fn open(self, id: PostmortemId) {
        self.go(id, FirstVisit::default());
    }

    /// Goes to the post-mortem that changes in a file are of.
    pub fn carry(self, carried: Carried) {
        self.go(carried.postmortem.clone(), FirstVisit { carried: Some(carried), ..FirstVisit::default() });
    }

    fn go(self, id: PostmortemId, beginning: FirstVisit) {
        BEGINNING.with_borrow_mut(|waiting| *waiting = Some((id.clone(), beginning)));
        self.router.go(Route::Postmortem(id));
    }

    fn begin(self, beginning: NewPostmortem, first_visit: FirstVisit) {
        self.run(async move { postmortems::create(&beginning).await }, first_visit);
    }

    fn run(self, create: impl Future<Output = Result<PostmortemId, RequestError>> + 'static, beginning: FirstVisit) {
        self.is_busy.set(true);
        self.error.set(None);
        spawn_local(async move {
            let created = create.await;
            self.is_busy.set(false);
            match created {
                Ok(id) => self.go(id, beginning),
                Err(error) => {
                    self.notices.speak(error.to_string());
                    self.error.set(Some(error.to_string()));
                }
            }
        });
    }
}

fn placeholder_title(at: chrono::DateTime<chrono::Utc>) -> String {
    format!("Incident of {}", at.format("%-d %B %Y"))
}
