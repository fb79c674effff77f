//! A whole run: pages, the server and everything between them, moved on step by step. Nothing in it reads a clock or
//! throws dice that the plan does not hold.

use crate::edits::{self, Items};
use crate::fault::Fault;
use crate::ledger::{Fate, Ledger};
use crate::page::{EditId, Page, begin_lives, section};
use crate::plan::{Dialect, Plan, Step};
use crate::server::Server;
use crate::{Checked, Violation, advance, clock, person};
use postmortem::{ClientId, Command, ConnectionId, Severity, TextChange, UserId, create};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// How long each end of a silent connection waits before it gives up, in milliseconds.
const PAGE_PATIENCE: u64 = 45_000;
const SERVER_PATIENCE: u64 = 50_000;

/// The pages, the server and what is known of both.
pub struct World {
    pub pages: Vec<Page>,
    pub server: Server,
    pub ledger: Ledger,
    pub items: Items,
    fault: Option<Fault>,
}

/// Carries a plan out and holds what comes of it against every promise.
pub fn run(plan: &Plan, fault: Option<Fault>) -> Checked {
    let mut world = World::new(&plan.pages, fault)?;
    for step in &plan.steps {
        world.step(*step)?;
    }
    world.rest()
}

impl World {
    /// Pages that all have the same new post-mortem open.
    pub fn new(dialects: &[Dialect], fault: Option<Fault>) -> Result<Self, Violation> {
        let first =
            create::create(ClientId(1), "A link was lost", Severity::Sev1).expect("made").diff(&[0]).expect("encoded");
        begin_lives();
        let mut world = Self {
            pages: dialects
                .iter()
                .enumerate()
                .map(|(page, dialect)| Page::new(person(page).id, *dialect, fault))
                .collect(),
            server: Server::new(dialects.to_vec(), first, fault),
            ledger: Ledger::default(),
            items: Items::default(),
            fault,
        };
        world.rest()?;
        Ok(world)
    }

    /// Whether an edit has to be in the document when all is at rest.
    pub fn fate(&self, (life, number): EditId) -> Fate {
        match self.pages.iter().find_map(|page| page.ended.get(&life)) {
            Some(kept) if number >= *kept => Fate::Open,
            _ => Fate::Kept,
        }
    }

    /// Whose page a life is one of.
    pub fn person(&self, life: ClientId) -> Option<UserId> {
        self.pages.iter().position(|page| page.has_lived(life)).map(|page| person(page).id)
    }

    pub fn step(&mut self, step: Step) -> Checked {
        advance(200);
        let count = self.pages.len();
        match step {
            Step::Edit { page, edit, dice } => {
                let replica = &self.pages[page % count].replica;
                if replica.is_empty() {
                    return Ok(());
                }
                match edits::command(edit, dice, replica, &mut self.ledger, &mut self.items) {
                    Some(command) => self.edit(page % count, &command),
                    None => Ok(()),
                }
            }
            Step::Undo { page, dice } => self.undo(page % count, dice, false),
            Step::Redo { page, dice } => self.undo(page % count, dice, true),
            Step::Flow { moves, dice } => self.flow(moves, dice),
            Step::Deliver => self.deliver_all().map(drop),
            Step::Connect { page } => self.connect(page % count),
            Step::Cut { page, up, down } => self.cut(page % count, up, down),
            Step::Freeze { page } => {
                if let Some(link) = self.pages[page % count].link.and_then(|link| self.server.links.get_mut(&link)) {
                    link.silent_since.get_or_insert(clock());
                }
                Ok(())
            }
            Step::Abandon { page } => {
                self.let_go(page % count);
                Ok(())
            }
            Step::Spoil { page } => self.spoil(page % count),
            Step::Linger { dice } => self.linger(dice),
            Step::Stall { page, turns } => {
                self.pages[page % count].stalled = turns;
                Ok(())
            }
            Step::Repeat { page, dice } => {
                let page = &self.pages[page % count];
                if let Some((link, frame)) = page.link.zip(page.sent_before(dice))
                    && let Some(link) = self.server.links.get_mut(&link)
                {
                    link.up.push_back(frame);
                }
                Ok(())
            }
            Step::Up { page } => {
                self.up(page % count)?;
                self.server.settle()
            }
            Step::Down { page } => self.down(page % count).map(drop),
            Step::Settle => self.server.settle(),
            Step::Commit { most } => self.server.commit(most).map(drop),
            Step::Report => self.server.report().map(drop),
            Step::Fail { attempts, written } => {
                self.server.disk.fail(attempts, written);
                Ok(())
            }
            Step::Bring { page } => self.bring(page % count),
            Step::Refuse { page } => self.refuse(page % count),
            Step::Crash { arriving } => self.server.crash(arriving),
            Step::CrashAfter { writes } => {
                self.server.die_after(Some(writes));
                Ok(())
            }
            Step::CrashPage { page, unwritten } => self.crash_page(page % count, unwritten),
            Step::Wait { seconds } => self.wait(seconds),
            Step::Fold => self.server.fold().map(drop),
        }
    }

    /// A person edits; the frame goes onto the socket, where there is one.
    pub fn edit(&mut self, page: usize, command: &Command) -> Checked {
        let editing = &mut self.pages[page];
        let id = (editing.life(), editing.shown.edits.len());
        let touched = edits::touched(command);
        let text = |page: &Page| touched.as_ref().and_then(|text| page.replica.text(text)).unwrap_or_default();
        if let Command::EditText(text, _) = command {
            editing.track_undo(text);
        }
        let before = text(editing);
        editing.run(command).map_err(|error| Violation(format!("{command:?}: {error}")))?;
        let after = text(editing);
        if let Command::AddEntry(entry, _) = command {
            self.ledger.note_entry(entry, id.0);
        }
        if let Some(text) = &touched {
            self.ledger.note(id, text, &before, &after);
        }
        self.send(page);
        Ok(())
    }

    /// A page opens a file of what another page of the same person holds.
    fn bring(&mut self, page: usize) -> Checked {
        let others = |other: &usize| *other != page && person(*other) == person(page);
        let Some(other) = (0..self.pages.len()).find(others) else { return Ok(()) };
        if [page, other].iter().any(|page| self.pages[*page].replica.is_empty()) {
            return Ok(());
        }
        if let Some(file) = self.pages[other].carried() {
            self.pages[page].carry(file);
            self.send(page);
        }
        Ok(())
    }

    /// The server refuses something of a page, which then begins again with a copy of the server's own.
    fn refuse(&mut self, page: usize) -> Checked {
        if self.pages[page].link.is_some() {
            self.pages[page].refuse();
            self.follow(page);
        }
        Ok(())
    }

    fn undo(&mut self, page: usize, dice: u64, again: bool) -> Checked {
        let editing = &mut self.pages[page];
        let id = (editing.life(), editing.shown.edits.len());
        let texts = editing.tracked();
        let Some(at) = dice.checked_rem(texts.len() as u64) else { return Ok(()) };
        let text = &texts[at as usize];
        let before = editing.replica.text(text).unwrap_or_default();
        if self.fault == Some(Fault::UndoesOthers) {
            let length = before.encode_utf16().count() as u32;
            let last = TextChange { from: length.saturating_sub(1), to: length, insert: String::new() };
            editing.run(&Command::EditText(text.clone(), vec![last])).expect("carried out");
        } else {
            editing.undo(text, again);
        }
        let after = editing.replica.text(text).unwrap_or_default();
        self.ledger.note_undo(id, text, &before, &after)?;
        self.send(page);
        Ok(())
    }

    /// What a page sends goes onto its socket, where there is one.
    fn send(&mut self, page: usize) {
        let frames = self.pages[page].take_frames();
        if let Some(link) = self.pages[page].link.and_then(|link| self.server.links.get_mut(&link)) {
            link.up.extend(frames);
        }
    }

    /// The same, and a page that wants another socket ends the one it has.
    fn follow(&mut self, page: usize) {
        self.send(page);
        if self.pages[page].gives_up() {
            self.let_go(page);
        }
    }

    /// Opens a socket, unless the page has one.
    pub fn connect(&mut self, page: usize) -> Checked {
        if self.pages[page].link.is_some() {
            return Ok(());
        }
        self.pages[page].connected();
        let first = self.pages[page].take_frames();
        let connection = self.server.join(page, person(page), first)?;
        self.pages[page].link = Some(connection);
        Ok(())
    }

    /// Ends a socket at both ends; of what was on its way some still arrives.
    pub fn cut(&mut self, page: usize, up: usize, down: usize) -> Checked {
        let Some(link) = self.pages[page].link else { return Ok(()) };
        for _ in 0..up {
            self.server.read(link)?;
        }
        for _ in 0..down {
            self.down(page)?;
        }
        self.let_go(page);
        self.server.leave(link)?;
        self.server.links.retain(|_, link| !link.is_gone());
        Ok(())
    }

    /// The page drops its end of the socket.
    fn let_go(&mut self, page: usize) {
        if let Some(link) = self.pages[page].link {
            self.pages[page].disconnected();
            self.server.let_go(link);
        }
    }

    /// The server takes in a page's next frame; whether there was one.
    pub fn up(&mut self, page: usize) -> Result<bool, Violation> {
        match self.pages[page].link {
            Some(link) => self.server.read(link),
            None => Ok(false),
        }
    }

    /// A page takes in its next frame, or learns that the socket was closed; whether there was anything.
    pub fn down(&mut self, page: usize) -> Result<bool, Violation> {
        let reader = &mut self.pages[page];
        if reader.stalled > 0 {
            reader.stalled -= 1;
            return Ok(false);
        }
        let Some(id) = reader.link else { return Ok(false) };
        let Some(link) = self.server.links.get_mut(&id).filter(|link| link.silent_since.is_none()) else {
            return Ok(false);
        };
        let Some(frame) = link.down.pop_front() else {
            let is_over = !link.is_served();
            if is_over {
                self.let_go(page);
            }
            return Ok(is_over);
        };
        let disk = &self.server.disk;
        reader.received(&frame, |update| disk.holds(update))?;
        reader.check_saved(|update| disk.holds(update))?;
        self.follow(page);
        self.server.write_to(id)?;
        Ok(true)
    }

    /// What a page sent last arrives cut short when it has come back already: nobody may hear of that.
    fn spoil(&mut self, page: usize) -> Checked {
        let Some(link) = self.pages[page].link.and_then(|id| self.server.links.get_mut(&id)) else { return Ok(()) };
        link.up = [postmortem::wire::update(&[1])].into();
        self.let_go(page);
        self.connect(page)
    }

    /// An abandoned socket's next frame arrives, or the server learns that it is gone.
    fn linger(&mut self, dice: u64) -> Checked {
        let abandoned: Vec<ConnectionId> =
            self.server.links.iter().filter(|(_, link)| !link.is_held).map(|(id, _)| *id).collect();
        let Some(at) = dice.checked_rem(abandoned.len() as u64) else { return Ok(()) };
        let link = abandoned[at as usize];
        if !self.server.read(link)? {
            self.server.leave(link)?;
            self.server.let_go(link);
        }
        Ok(())
    }

    fn flow(&mut self, moves: usize, dice: u64) -> Checked {
        let mut random = StdRng::seed_from_u64(dice);
        for _ in 0..moves {
            let page = random.random_range(0..self.pages.len());
            match random.random_range(0..16) {
                0..5 => drop(self.up(page)?),
                5..10 => drop(self.down(page)?),
                10..12 => self.server.settle()?,
                12..14 => drop(self.server.commit(random.random_range(1..4))?),
                _ => drop(self.server.report()?),
            }
        }
        Ok(())
    }

    fn crash_page(&mut self, page: usize, unwritten: usize) -> Checked {
        let Some(link) = self.pages[page].link else {
            self.reopen(page, unwritten);
            return Ok(());
        };
        self.let_go(page);
        // The socket of a process that died is closed for it, after what it had sent.
        while self.server.read(link)? {}
        self.server.leave(link)?;
        self.server.let_go(link);
        self.reopen(page, unwritten);
        Ok(())
    }

    fn reopen(&mut self, page: usize, unwritten: usize) {
        let reopened = &mut self.pages[page];
        reopened.reopen(unwritten);
        if self.fault == Some(Fault::TypesAgain) {
            let text = section();
            let insert = reopened.replica.text(&text).unwrap_or_default();
            let change = TextChange { from: 0, to: 0, insert };
            // Where nothing was stored there is no such text.
            let _ = reopened.run(&Command::EditText(text, vec![change]));
        }
    }

    /// Time passes: what is due happens, and connections that were silent for too long are given up.
    pub fn wait(&mut self, seconds: u64) -> Checked {
        for _ in 0..seconds {
            advance(1_000);
            self.server.tick()?;
        }
        for page in 0..self.pages.len() {
            self.pages[page].rest_hands();
            self.follow(page);
        }
        let silent = |link: &crate::link::Link, patience| {
            link.silent_since.is_some_and(|since| clock().saturating_sub(since) >= patience)
        };
        for page in 0..self.pages.len() {
            let link = self.pages[page].link.and_then(|id| self.server.links.get(&id));
            if link.is_some_and(|link| silent(link, PAGE_PATIENCE)) {
                self.let_go(page);
            }
        }
        let lost = self.server.links.iter().filter(|(_, link)| silent(link, SERVER_PATIENCE));
        for connection in lost.map(|(id, _)| *id).collect::<Vec<ConnectionId>>() {
            self.server.leave(connection)?;
        }
        self.server.links.retain(|_, link| !link.is_gone());
        Ok(())
    }
}
