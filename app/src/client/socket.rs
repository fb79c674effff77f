//! One WebSocket to the server, from opening to closing. It knows nothing of what the frames say.

use js_sys::{ArrayBuffer, Uint8Array};
use postmortem::wire::SUBPROTOCOL;
use std::cell::Cell;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{BinaryType, CloseEvent, Event, MessageEvent, WebSocket};

/// What a socket tells its owner.
pub struct SocketEvents {
    /// Frames can be sent now.
    pub opened: Box<dyn FnMut()>,
    /// A binary frame came.
    pub received: Box<dyn FnMut(Vec<u8>)>,
    /// It is over, with the close code.
    pub closed: Box<dyn FnMut(u16)>,
}

/// An open or opening socket; dropping it closes it without a further event.
pub struct Socket {
    socket: WebSocket,
    /// Whether it closes itself as soon as it is open.
    is_left: Cell<bool>,
    _opened: Closure<dyn FnMut(Event)>,
    _received: Closure<dyn FnMut(MessageEvent)>,
    _closed: Closure<dyn FnMut(CloseEvent)>,
}

impl Socket {
    /// Starts to open a socket at a path of this page's server; `None` when the browser refuses the address.
    pub fn open(path: &str, events: SocketEvents) -> Option<Self> {
        let SocketEvents { mut opened, mut received, mut closed } = events;
        let socket = WebSocket::new_with_str(&address(path), SUBPROTOCOL).ok()?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let opened = Closure::<dyn FnMut(Event)>::new(move |_| opened());
        let received = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Ok(buffer) = event.data().dyn_into::<ArrayBuffer>() {
                received(Uint8Array::new(&buffer).to_vec());
            }
        });
        let closed = Closure::<dyn FnMut(CloseEvent)>::new(move |event: CloseEvent| closed(event.code()));
        socket.set_onopen(Some(opened.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(received.as_ref().unchecked_ref()));
        socket.set_onclose(Some(closed.as_ref().unchecked_ref()));
        Some(Self { socket, is_left: Cell::new(false), _opened: opened, _received: received, _closed: closed })
    }

    /// Sends a frame; what cannot be sent is sent again by the protocol after the next connection.
    pub fn send(&self, frame: &[u8]) {
        if self.socket.ready_state() == WebSocket::OPEN {
            let _ = self.socket.send_with_u8_array(frame);
        }
    }

    /// Lets it close as soon as it is open, where it is still opening: browsers complain in the console of a socket that is
    /// closed before.
    pub fn close_once_open(&self) {
        if self.socket.ready_state() == WebSocket::CONNECTING {
            let socket = self.socket.clone();
            let close = Closure::once_into_js(move || drop(socket.close()));
            self.socket.set_onmessage(None);
            self.socket.set_onclose(None);
            self.socket.set_onopen(Some(close.unchecked_ref()));
            self.is_left.set(true);
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.is_left.get() {
            return;
        }
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        let _ = self.socket.close();
    }
}

fn address(path: &str) -> String {
    let location = web_sys::window().map(|window| window.location());
    let host = location.as_ref().and_then(|location| location.host().ok()).unwrap_or_default();
    let is_secure = location.and_then(|location| location.protocol().ok()).is_some_and(|protocol| protocol == "https:");
    format!("{}://{host}{path}", if is_secure { "wss" } else { "ws" })
}
