//! What a synced replica asks to be done, done with the browser.

use super::{OpenReplica, with};
use crate::browser::{clock, release, storage};
use crate::client::{Connection, comments, person};
use crate::sync::{
    CommentAnswer, ConnectionEvent, ConnectionOrder, Effect, KeptFile, PendingComment, StorageOrder, SyncedReplica,
};
use gloo_timers::callback::Timeout;
use postmortem::api::LogRow;
use postmortem::{Generation, Openness};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

/// Presence is sent at most this often: carets move with every key, and everyone in the room gets each of them.
const PLACE_MILLISECONDS: u32 = 100;

impl OpenReplica {
    pub(super) fn carry_out(self: &Rc<Self>, effect: Effect) {
        match effect {
            Effect::Send(frame) => {
                if let Some(connection) = self.connection.borrow().as_ref() {
                    connection.send(&frame);
                }
            }
            Effect::Connection(order) => self.order(order),
            Effect::Storage(order) => self.store(order),
            Effect::PostComment(comment) => self.post(comment),
            Effect::FindCaret(text) => {
                let selection = self.editor(&text).map(|editor| editor.selection());
                self.act(|synced| synced.caret_found(&text, selection));
            }
            Effect::FindCaretSoon => {
                let replica = Rc::downgrade(self);
                Timeout::new(PLACE_MILLISECONDS, move || {
                    with(&replica, |replica| replica.act(SyncedReplica::caret_due));
                })
                .forget();
            }
        }
    }

    fn order(self: &Rc<Self>, order: ConnectionOrder) {
        if let ConnectionOrder::Open(generation) = order {
            return self.connect(generation);
        }
        let connection = self.connection.borrow();
        let Some(connection) = connection.as_ref() else { return };
        match order {
            ConnectionOrder::Open(_) => {}
            ConnectionOrder::NameGeneration(generation) => connection.name_generation(generation),
            ConnectionOrder::InStep => connection.in_step(),
            ConnectionOrder::ComeBackAfter(milliseconds) => connection.come_back_after(milliseconds),
            ConnectionOrder::Renew => self.end_socket_soon(Connection::renew),
            ConnectionOrder::GiveUp => self.end_socket_soon(Connection::give_up),
            ConnectionOrder::GoOn => connection.go_on(),
            ConnectionOrder::ChangePerson => connection.change_person(),
            ConnectionOrder::End => self.end_socket_soon(Connection::end),
        }
    }

    fn connect(self: &Rc<Self>, generation: Option<Generation>) {
        let (received, told, read) = (Rc::downgrade(self), Rc::downgrade(self), Rc::downgrade(self));
        let connection = Connection::new(
            &self.id,
            generation,
            move |frame| with(&received, |replica| replica.act(|synced| synced.received(&frame))),
            move |event| with(&told, |replica| replica.connection_told(event)),
            move || read.upgrade().and_then(|replica| replica.synced.borrow().receipt()),
        );
        self.connection.replace(Some(connection));
    }

    fn connection_told(self: &Rc<Self>, event: ConnectionEvent) {
        match event {
            ConnectionEvent::Opened => {
                // A server that was away may have come back as a newer one.
                release::check();
                self.act(SyncedReplica::connected);
            }
            ConnectionEvent::Closed => self.act(SyncedReplica::disconnected),
            ConnectionEvent::Outdated => self.act(SyncedReplica::outdated),
            ConnectionEvent::Damaged(sentence) => self.act(|synced| synced.damaged(sentence)),
            ConnectionEvent::Obstructed(obstacle, value) => self.act(|synced| synced.obstructed(obstacle, value)),
            ConnectionEvent::SignedOut => {
                self.act(SyncedReplica::signed_out);
                person::doubt();
            }
            ConnectionEvent::Gone(gone) => self.act(|synced| synced.gone(gone)),
        }
    }

    /// Not from inside of an event of the socket that ends with it.
    fn end_socket_soon(self: &Rc<Self>, end: fn(&Connection)) {
        let replica = Rc::downgrade(self);
        Timeout::new(0, move || {
            with(&replica, |replica| {
                if let Some(connection) = replica.connection.borrow().as_ref() {
                    end(connection);
                }
            });
        })
        .forget();
    }

    fn store(self: &Rc<Self>, order: StorageOrder) {
        match order {
            StorageOrder::Append(row) => self.with_storage(|storage| storage.append(&row)),
            StorageOrder::Hold(row) => self.with_storage(|storage| storage.hold(&row)),
            StorageOrder::Fold(fold) => {
                let line = self.line_of_the_log();
                self.with_storage(|storage| storage.fold(&fold, &line));
            }
            StorageOrder::StartAfresh(afresh) => {
                let replica = Rc::downgrade(self);
                let file = afresh.file.clone();
                self.with_storage(|storage| {
                    storage.start_afresh(&afresh, move |key| {
                        let file = file.map(|file| KeptFile { key, ..file });
                        with(&replica, |replica| replica.act(|synced| synced.afresh_started(file)));
                    });
                });
            }
            StorageOrder::ForgetFile(key) => self.with_storage(|storage| storage.forget_file(key)),
            StorageOrder::KeepFile(file, content) => {
                let replica = self.clone();
                spawn_local(async move {
                    let file = storage::keep_file(&replica.id, file).await;
                    replica.act(|synced| synced.file_kept(file, content));
                });
            }
            StorageOrder::KeepComment(comment) => {
                let replica = self.clone();
                spawn_local(async move {
                    let is_kept = storage::keep_comment(&replica.id, &comment).await;
                    replica.act(|synced| synced.comment_kept(&comment.id, is_kept));
                });
            }
            StorageOrder::DropComment(id) => spawn_local(async move { storage::drop_comment(&id).await }),
        }
    }

    fn with_storage(&self, work: impl FnOnce(&storage::StoredCopy)) {
        if let Some(storage) = self.storage.borrow().as_ref() {
            work(storage);
        }
    }

    /// The line of the incident log for as long as the server is away, as JSON.
    fn line_of_the_log(&self) -> String {
        let synced = self.synced.borrow();
        let rows = synced.rows();
        let row = LogRow::of_copy(&self.id, &synced.replica(), rows.head(), rows.threads(), clock::now());
        let row = match rows.audience() {
            Some((access, named)) => LogRow { access, named: (access == Openness::Private).then_some(named), ..row },
            None => row,
        };
        serde_json::to_string(&row).unwrap_or_default()
    }

    fn post(self: &Rc<Self>, comment: PendingComment) {
        let replica = self.clone();
        spawn_local(async move {
            let answer = match comments::create(&replica.id, &comment).await {
                Ok(thread) => CommentAnswer::Taken(Box::new(thread)),
                Err(error) if error.is_final() => CommentAnswer::Refused(error.to_string()),
                Err(_) => CommentAnswer::Later,
            };
            replica.act(|synced| synced.comment_answered(&comment, answer));
        });
    }
}
