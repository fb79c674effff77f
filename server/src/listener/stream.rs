//! A connection's bytes: read and written as they are. What is read is counted, and a peer that takes nothing of what is
//! written is given up.

use super::Inflow;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::time::{Sleep, sleep, timeout};

/// How long what still comes from a peer that was cut off is read and thrown away: closing before would reset the
/// connection, and the reason with it.
const FAREWELL: Duration = Duration::from_secs(2);

/// How much of it is read at once, and how long it rests then: ten megabytes a second.
const GULP: usize = 32 << 10;
const PAUSE: Duration = Duration::from_millis(3);

pub(super) struct Stream {
    /// Absent only once it is dropped.
    tcp: Option<TcpStream>,
    inflow: Arc<Inflow>,
    /// How long the peer may take nothing while something waits for it, and when that is over: absent while nothing waits.
    unread: Duration,
    deadline: Option<Pin<Box<Sleep>>>,
}

impl Stream {
    pub fn new(tcp: TcpStream, inflow: Arc<Inflow>, unread: Duration) -> Self {
        Self { tcp: Some(tcp), inflow, unread, deadline: None }
    }

    /// What came of a write; each that takes some puts the deadline off.
    fn written(&mut self, context: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.deadline = None;
            return written;
        }
        let unread = self.unread;
        ready!(self.deadline.get_or_insert_with(|| Box::pin(sleep(unread))).as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn tcp(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        self.tcp.as_mut().map(Pin::new).ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.inflow.is_cut_off() {
            // Whoever reads is told of it in another way.
            return Poll::Pending;
        }
        let before = buffer.filled().len();
        ready!(self.tcp()?.poll_read(context, buffer))?;
        self.inflow.arrived(buffer.filled().len() - before);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = self.tcp()?.poll_write(context, bytes);
        self.written(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = self.tcp()?.poll_write_vectored(context, bytes);
        self.written(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.tcp.as_ref().is_some_and(TcpStream::is_write_vectored)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.tcp()?.poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.tcp()?.poll_shutdown(context)
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let Some(mut tcp) = self.tcp.take().filter(|_| self.inflow.is_cut_off()) else { return };
        // Everything that was kept of it is gone by now; only the socket stays a little longer.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(timeout(FAREWELL, async move {
                let mut thrown_away = vec![0; GULP];
                tcp.shutdown().await?;
                while tcp.read(&mut thrown_away).await? > 0 {
                    // A flood costs its sender the time, and not us.
                    sleep(PAUSE).await;
                }
                io::Result::Ok(())
            }));
        }
    }
}
