//! As whose this page asks. Every request and every socket says so, and the server takes nothing from a page whose person
//! has no session any more: what somebody meant to write under their name never stands there as a guest's.

use postmortem::UserId;
use std::cell::RefCell;
use std::rc::Rc;

/// The header that says so in a request.
pub const HEADER: &str = "debrief-person";

thread_local! {
    static PERSON: RefCell<Option<UserId>> = const { RefCell::new(None) };
    static DOUBT: RefCell<Option<Rc<dyn Fn()>>> = const { RefCell::new(None) };
}

/// From now on this page asks as this person's; without one, it opens no sockets.
pub fn set(person: Option<UserId>) {
    PERSON.replace(person);
}

/// As whose it asks.
pub fn current() -> Option<UserId> {
    PERSON.with_borrow(Clone::clone)
}

/// The server does not know the person of this page.
pub fn doubt() {
    let react = DOUBT.with_borrow(Clone::clone);
    if let Some(react) = react {
        react();
    }
}

/// What is done about a doubt.
pub fn on_doubt(react: impl Fn() + 'static) {
    DOUBT.replace(Some(Rc::new(react)));
}
