//! What a server at least costs: every frame goes to every other connection as it came, nothing is looked at or kept.

use crate::Outcome;
use futures_util::{SinkExt, StreamExt};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_tungstenite::accept_async;
use tokio_tungstenite::tungstenite::Message;

type Everyone = Arc<Mutex<HashMap<u64, mpsc::UnboundedSender<Message>>>>;

/// Serves until the process is ended.
pub fn serve() -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        eprintln!("listening on http://{}", listener.local_addr()?);
        let everyone = Everyone::default();
        for number in 0.. {
            let (stream, _) = listener.accept().await?;
            let everyone = everyone.clone();
            tokio::spawn(async move {
                if let Err(error) = relay(stream, number, &everyone).await {
                    eprintln!("a connection ended: {error}");
                }
                everyone.lock().unwrap_or_else(PoisonError::into_inner).remove(&number);
            });
        }
        Ok(())
    })
}

async fn relay(stream: TcpStream, number: u64, everyone: &Everyone) -> Outcome<()> {
    stream.set_nodelay(true)?;
    let (mut sink, mut frames) = accept_async(stream).await?.split();
    let (queue, mut waiting) = mpsc::unbounded_channel();
    everyone.lock().unwrap_or_else(PoisonError::into_inner).insert(number, queue);
    loop {
        tokio::select! {
            frame = frames.next() => match frame {
                Some(frame) => {
                    let frame = frame?;
                    let others = everyone.lock().unwrap_or_else(PoisonError::into_inner);
                    for (_, queue) in others.iter().filter(|(other, _)| **other != number) {
                        // Whoever just left takes the queue along.
                        drop(queue.send(frame.clone()));
                    }
                }
                None => return Ok(()),
            },
            Some(frame) = waiting.recv() => sink.send(frame).await?,
        }
    }
}
