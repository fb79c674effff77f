//! The rest of a request's body that nobody read, because the answer was clear before: too large, or of nobody who may.
//! Whoever is still sending when the connection is closed loses the answer, and a proxy in between makes an error of its own
//! of it. So the rest is heard out first, and thrown away.

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::StreamExt;
use hyper::body::{Frame, SizeHint};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

/// How much of it: eight times the largest import, which is a wrong file rather than a large one. Beyond that the
/// connection is closed all the same.
const MOST: usize = 16 << 20;

/// Answers when the body has arrived, read or not.
pub async fn hear_out(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let awaits_word = request.headers().contains_key(header::EXPECT);
    let rest = Rest::default();
    let request =
        request.map(|body| Body::new(Partly { body: Some(body), has_begun: !awaits_word, rest: rest.clone() }));
    let response = next.run(request).await;
    let unread = rest.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(unread) = unread {
        discard(unread).await;
    }
    response
}

async fn discard(body: Body) {
    let mut chunks = body.into_data_stream();
    let mut discarded = 0;
    while let Some(Ok(chunk)) = chunks.next().await {
        discarded += chunk.len();
        if discarded > MOST {
            return;
        }
    }
}

/// Where a body comes to lie that was not read to its end.
type Rest = Arc<Mutex<Option<Body>>>;

/// A body that is kept when whoever reads it stops.
struct Partly {
    /// Nothing once it has ended.
    body: Option<Body>,
    /// Whether anything is under way. A client that asks first sends nothing before somebody reads.
    has_begun: bool,
    rest: Rest,
}

impl HttpBody for Partly {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.has_begun = true;
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        let polled = Pin::new(body).poll_frame(context);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.body = None;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}

impl Drop for Partly {
    fn drop(&mut self) {
        if self.has_begun && !self.is_end_stream() {
            *self.rest.lock().unwrap_or_else(PoisonError::into_inner) = self.body.take();
        }
    }
}
