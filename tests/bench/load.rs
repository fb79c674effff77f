//! One run of the load: connect, warm up, measure, wait until everything has arrived.

use crate::Outcome;
use crate::child::Child;
use crate::client::{Editor, Phase, Run, connect, read, sync};
use crate::figures::Latencies;
use crate::http;
use postmortem::create::create;
use postmortem::{ClientId, Command, Replica, Severity, TextChange, TextId};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// How long what was sent last may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// More clients than this share sessions: people have several pages open, and each session is a commit.
const MOST_SESSIONS: usize = 200;

/// Who does how much for how long.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    pub clients: usize,
    pub editors: usize,
    /// Between two edits of one editor.
    pub pause: Duration,
    pub warm_up: Duration,
    pub length: Duration,
}

/// What a run gave.
#[derive(Debug)]
pub struct Measured {
    /// From an editor's send to everybody else's receipt.
    pub delivery: Latencies,
    /// From an editor's send to the word that it is on disk.
    pub acknowledge: Latencies,
    /// Deliveries of the whole run, and how many there should have been.
    pub deliveries: u64,
    pub expected: u64,
    /// Of the server, from the end of the warm-up on.
    pub processor: Duration,
    /// That each connection takes of the server, in bytes, once everybody is there.
    pub memory_of_a_connection: f64,
}

impl Measured {
    /// For 100,000 deliveries.
    pub fn processor_seconds(&self) -> f64 {
        self.processor.as_secs_f64() / self.delivery.0.len() as f64 * 100_000.0
    }
}

impl Load {
    /// Runs against a server, on a new post-mortem of this incident.
    pub async fn on_server(&self, server: &Child, incident: &str) -> Outcome<Measured> {
        let cookies = http::sessions(server, self.clients.min(MOST_SESSIONS)).await?;
        let id = http::import(&server.origin, &cookies, incident).await?;
        self.on_postmortem(server, &cookies, &id).await
    }

    /// Runs against a server, on a post-mortem that is there, with these people's sessions.
    pub async fn on_postmortem(&self, server: &Child, cookies: &[String], id: &str) -> Outcome<Measured> {
        let origin = &server.origin;
        let path = format!("/sync/{id}");

        let (run, phase) = self.prepare();
        let mut clients = JoinSet::new();
        // The room is open before memory is counted.
        drop(sync(&mut connect(origin, &path, cookies.first().map(String::as_str)).await?, &[0]).await?);
        let before = server.memory()?;
        for (number, cookie) in cookies.iter().cycle().take(self.clients).enumerate() {
            let mut socket = connect(origin, &path, Some(cookie)).await?;
            let run = run.clone();
            if number < self.editors {
                let editor = self.editor(number);
                editor.replica.apply(&sync(&mut socket, &editor.replica.state_vector()).await?)?;
                clients.spawn_local(async move { editor.edit(socket, &run).await });
            } else {
                // A reader keeps nothing; an empty state vector is a count of zero.
                sync(&mut socket, &[0]).await?;
                clients.spawn_local(async move { read(socket, &run).await });
            }
        }
        self.run(server, before, &run, &phase, clients).await
    }

    /// Runs against the bare relay, which knows no document: everyone begins with the same.
    pub async fn on_relay(&self, relay: &Child) -> Outcome<Measured> {
        let original = create(ClientId(1), "Bare relay", Severity::Sev1)?;
        let overview = TextId::Section("overview".parse()?);
        let change = TextChange { from: 0, to: 0, insert: "A sentence as long as others are. ".repeat(10) };
        original.run(&Command::EditText(overview, vec![change]))?;
        let everything = original.diff(&[0])?;

        let (run, phase) = self.prepare();
        let mut clients = JoinSet::new();
        let before = relay.memory()?;
        for number in 0..self.clients {
            let socket = connect(&relay.origin, "/", None).await?;
            let run = run.clone();
            if number < self.editors {
                let editor = self.editor(number);
                editor.replica.apply(&everything)?;
                clients.spawn_local(async move { editor.edit(socket, &run).await });
            } else {
                clients.spawn_local(async move { read(socket, &run).await });
            }
        }
        self.run(relay, before, &run, &phase, clients).await
    }

    fn editor(&self, number: usize) -> Editor {
        let replica = Replica::new(ClientId(1_000 + number as u64));
        Editor { number, replica, pause: self.pause, caret: None }
    }

    fn prepare(&self) -> (Rc<Run>, watch::Sender<Phase>) {
        let (sender, phase) = watch::channel(Phase::Gathering);
        // Twice what is to be sent, for editors that are a little early.
        let time = self.warm_up + self.length + Duration::from_secs(10);
        let most = 2 * self.editors * (time.as_secs_f64() / self.pause.as_secs_f64()).ceil() as usize;
        let run = Run {
            editors: self.editors,
            sent: RefCell::new(vec![None; most]),
            measured_from: Cell::new(None),
            delivery: RefCell::default(),
            acknowledge: RefCell::default(),
            deliveries: Cell::new(0),
            phase,
        };
        (Rc::new(run), sender)
    }

    async fn run(
        &self,
        child: &Child,
        memory_before: u64,
        run: &Run,
        phase: &watch::Sender<Phase>,
        mut clients: JoinSet<Outcome<()>>,
    ) -> Outcome<Measured> {
        let memory = child.memory()?.saturating_sub(memory_before);
        phase.send_replace(Phase::Editing);
        self.pass(self.warm_up, &mut clients).await?;
        let before = child.processor()?;
        run.measured_from.set(Some(Instant::now()));
        self.pass(self.length, &mut clients).await?;
        phase.send_replace(Phase::Arriving);
        let deadline = Instant::now() + PATIENCE;
        let expected = || run.sent.borrow().iter().flatten().count() as u64 * (self.clients as u64 - 1);
        while run.deliveries.get() < expected() && Instant::now() < deadline {
            self.pass(Duration::from_millis(20), &mut clients).await?;
        }
        let processor = child.processor()? - before;
        phase.send_replace(Phase::Over);
        while let Some(ended) = clients.join_next().await {
            ended??;
        }
        Ok(Measured {
            delivery: run.delivery.take(),
            acknowledge: run.acknowledge.take(),
            deliveries: run.deliveries.get(),
            expected: expected(),
            processor,
            memory_of_a_connection: memory as f64 / self.clients as f64,
        })
    }

    /// Lets time pass; a client that ends meanwhile fails the run.
    async fn pass(&self, time: Duration, clients: &mut JoinSet<Outcome<()>>) -> Outcome<()> {
        tokio::select! {
            () = sleep(time) => Ok(()),
            Some(ended) = clients.join_next() => {
                ended??;
                Err("a client ended before the run was over".into())
            }
        }
    }
}
