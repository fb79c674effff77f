//! Bodies on their way: one that must have arrived in time, and one that counts until it is sent.

use super::Outflow;
use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, Incoming, SizeHint};
use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Sleep, sleep};

/// A body did not arrive in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the body took too long to arrive")]
pub struct TooSlow;

/// Whether an error comes from a body that did not arrive in time.
pub fn is_too_slow(error: &(dyn Error + 'static)) -> bool {
    let mut error = Some(error);
    while let Some(cause) = error {
        if cause.is::<TooSlow>() {
            return true;
        }
        error = cause.source();
    }
    false
}

/// A request's body that has to arrive whole within a time, however it is dealt out.
pub struct Timely {
    body: Incoming,
    deadline: Pin<Box<Sleep>>,
}

impl Timely {
    pub fn new(body: Incoming, within: Duration) -> Self {
        Self { body, deadline: Box::pin(sleep(within)) }
    }
}

impl HttpBody for Timely {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        ready!(self.deadline.as_mut().poll(context));
        Poll::Ready(Some(Err(TooSlow.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The most bytes of an answer that are handed on at a time, and after how many a long one lets others have the thread: a
/// megabyte that is written at once keeps everyone waiting whose frames are written there.
const PIECE: usize = 64 << 10;
const TURN: usize = 4 * PIECE;

/// An answer's body that holds something until it has been handed on, and whose pieces count until they are written.
pub struct HeldBody<T> {
    body: Body,
    /// What is handed on next.
    rest: Bytes,
    /// What was since others had the thread.
    handed_on: usize,
    outflow: Arc<Outflow>,
    _held: T,
}

impl<T> HeldBody<T> {
    pub fn new(body: Body, outflow: Arc<Outflow>, held: T) -> Self {
        Self { body, rest: Bytes::new(), handed_on: 0, outflow, _held: held }
    }
}

impl<T: Unpin> HttpBody for HeldBody<T> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.handed_on >= TURN {
            self.handed_on = 0;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.rest.is_empty() {
            let frame = match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                Some(Ok(frame)) => frame,
                end => return Poll::Ready(end),
            };
            match frame.into_data() {
                Ok(bytes) => self.rest = self.outflow.hand_on(bytes),
                Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
            }
        }
        let length = self.rest.len().min(PIECE);
        self.handed_on += length;
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(length)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (own, rest) = (self.body.size_hint(), self.rest.len() as u64);
        let mut hint = SizeHint::new();
        if let Some(upper) = own.upper() {
            hint.set_upper(upper + rest);
        }
        hint.set_lower(own.lower() + rest);
        hint
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::callers::Caller;
    use crate::listener::ledger::Ledger;
    use std::future::poll_fn;

    #[tokio::test]
    async fn a_long_answer_is_handed_on_in_pieces_and_lets_others_have_the_thread() {
        let ledger = Ledger::new(usize::MAX);
        let outflow = Outflow::new(&ledger, Caller::Address([192, 0, 2, 1].into()));
        let whole: Vec<u8> = (0..TURN * 2 + 100).map(|at| at as u8).collect();
        let mut body = HeldBody::new(Body::from(whole.clone()), outflow, ());
        assert_eq!(body.size_hint().exact(), Some(whole.len() as u64));
        let (mut arrived, mut pauses) = (Vec::new(), 0);
        while !body.is_end_stream() {
            let polled = poll_fn(|context| Poll::Ready(Pin::new(&mut body).poll_frame(context))).await;
            match polled {
                Poll::Pending => pauses += 1,
                Poll::Ready(frame) => {
                    let bytes = frame.expect("a frame").expect("no error").into_data().expect("data");
                    assert!(bytes.len() <= PIECE);
                    arrived.extend_from_slice(&bytes);
                    assert_eq!(body.size_hint().exact(), Some((whole.len() - arrived.len()) as u64));
                }
            }
        }
        assert_eq!((arrived, pauses), (whole, 2));
        assert_eq!(ledger.total(), 0);
    }
}
