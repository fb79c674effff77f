//! The post-mortems that are open in this page, or are still saved for one that was left: a replica each.

pub mod open_replica;

use crate::browser::listener::Listener;
use crate::browser::storage;
use gloo_timers::callback::Timeout;
use leptos::prelude::{ArcRwSignal, GetUntracked, Set, window};
use open_replica::OpenReplica;
use postmortem::PostmortemId;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;

thread_local! {
    static REPLICAS: RefCell<HashMap<PostmortemId, Rc<OpenReplica>>> = RefCell::new(HashMap::new());
    static OPENED: RefCell<HashSet<PostmortemId>> = RefCell::new(HashSet::new());
    static UNSENT: ArcRwSignal<usize> = ArcRwSignal::new(0);
}

/// The replica of a post-mortem, fresh or the one that still saves for a page that was left. Who opens it again after nothing
/// was there may be somebody else.
pub fn open(id: &PostmortemId) -> Rc<OpenReplica> {
    let known = REPLICAS.with_borrow(|replicas| replicas.get(id).cloned());
    let known = known.filter(|replica| !(replica.is_over() && replica.is_idle()));
    OPENED.with_borrow_mut(|opened| opened.insert(id.clone()));
    known.unwrap_or_else(|| {
        let replica = OpenReplica::open(id, settled);
        REPLICAS.with_borrow_mut(|replicas| replicas.insert(id.clone(), replica.clone()));
        replica
    })
}

/// Whether a replica of it was opened since the page was loaded, and so has heard by itself what became of it.
pub fn was_opened(id: &PostmortemId) -> bool {
    OPENED.with_borrow(|opened| opened.contains(id))
}

fn all() -> Vec<Rc<OpenReplica>> {
    REPLICAS.with_borrow(|replicas| replicas.values().cloned().collect())
}

/// It was found out who this is, or that nobody knows.
pub fn person_found() {
    all().iter().for_each(|replica| replica.person_found());
}

/// How many changes and comments wait here to be sent, in all post-mortems.
pub fn unsent() -> ArcRwSignal<usize> {
    UNSENT.with(ArcRwSignal::clone)
}

/// Something has happened to a replica, and all that follows is done.
fn settled(replica: &OpenReplica) {
    let (unsent, count) = (unsent(), all().iter().map(|replica| replica.unsaved()).sum());
    if unsent.get_untracked() != count {
        unsent.set(count);
    }
    if replica.is_idle() {
        let id = replica.id().clone();
        // Not from inside of its own callback: dropping the replica drops the socket that called.
        Timeout::new(0, move || {
            REPLICAS.with_borrow_mut(|replicas| {
                if replicas.get(&id).is_some_and(|replica| replica.is_idle()) {
                    replicas.remove(&id);
                }
            });
        })
        .forget();
    }
}

/// Sends what an earlier page kept and could not send, of every post-mortem.
pub fn send_kept() {
    spawn_local(async {
        for visited in storage::visited().await {
            if visited.is_waiting {
                drop(open(&visited.id));
            }
        }
    });
}

/// Asks before the tab is closed while a change is neither on the server nor in the browser's storage, for as long as the
/// page lives.
pub fn warn_before_unload() {
    let listener = Listener::new(&window(), "beforeunload", |event| {
        let is_at_risk = all().iter().any(|replica| replica.is_at_risk());
        if is_at_risk && let Some(event) = event.dyn_ref::<web_sys::BeforeUnloadEvent>() {
            event.prevent_default();
            event.set_return_value("Changes are not saved yet.");
        }
    });
    std::mem::forget(listener);
}
