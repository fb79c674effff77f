//! What the doctor found, and how it is told.

use super::remedy::Remedy;
use crate::store::rescue::Haul;
use postmortem::PostmortemId;
use std::fmt;

#[derive(Debug, Default)]
pub struct Report {
    /// What is wrong with the file as a whole, though SQLite can read it.
    pub problems: Vec<String>,
    /// `debrief backup` made it, and nobody has served it since: it is only read.
    pub is_backup: bool,
    /// What SQLite cannot read of it.
    pub damage: Vec<String>,
    /// What can be read all the same, table by table; nothing where there is no damage.
    pub hauls: Vec<Haul>,
    /// Rows that refer to missing ones. Everything else can be read and copied all the same.
    pub orphans: Vec<String>,
    pub documents: Vec<Document>,
    /// What is no damage, and good to know.
    pub notes: Vec<String>,
}

/// One document, as far as it can be read.
#[derive(Debug)]
pub struct Document {
    pub id: PostmortemId,
    pub title: String,
    pub health: Health,
    /// The versions that cannot be read.
    pub versions: Vec<u32>,
}

/// How a document is.
#[derive(Debug)]
pub enum Health {
    /// It decodes; some values may not read as meant.
    Readable { defects: usize },
    /// The server does not open it.
    Damaged { problem: String, remedy: Option<Remedy> },
}

impl Report {
    /// Whether nothing is wrong. Values that do not read as meant are no damage: the page shows what could be read.
    pub fn is_well(&self) -> bool {
        self.is_sound()
            && self.problems.is_empty()
            && self.orphans.is_empty()
            && self.damaged().next().is_none()
            && self.documents.iter().all(|document| document.versions.is_empty())
    }

    /// Whether SQLite can read all of the file. Writing to one that it cannot makes it worse.
    pub fn is_sound(&self) -> bool {
        self.damage.is_empty()
    }

    /// The documents that the server does not open.
    pub fn damaged(&self) -> impl Iterator<Item = (&Document, &str)> {
        self.documents.iter().filter_map(|document| match &document.health {
            Health::Damaged { problem, .. } => Some((document, problem.as_str())),
            Health::Readable { .. } => None,
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in self.problems.iter().chain(&self.damage).chain(&self.orphans) {
            writeln!(formatter, "database: {problem}")?;
        }
        for haul in &self.hauls {
            writeln!(formatter, "{haul}")?;
        }
        for Document { id, title, health, versions } in &self.documents {
            let title = title.escape_debug();
            match health {
                Health::Readable { defects: 0 } => {}
                Health::Readable { defects } => {
                    writeln!(formatter, "{id} ({title}): {defects} values do not read as meant")?
                }
                Health::Damaged { problem, remedy: Some(remedy) } if self.is_sound() => writeln!(
                    formatter,
                    "{id} ({title}): damaged, {problem}\n  last good state: {remedy}\n  bring it back with: debrief \
                     doctor --repair {id}"
                )?,
                Health::Damaged { problem, remedy: Some(remedy) } => writeln!(
                    formatter,
                    "{id} ({title}): damaged, {problem}\n  last good state: {remedy}\n  it is among what doctor --rescue \
                     writes"
                )?,
                Health::Damaged { problem, remedy: None } => writeln!(
                    formatter,
                    "{id} ({title}): damaged, {problem}\n  nothing readable is left of it here; restore a backup"
                )?,
            }
            for version in versions {
                writeln!(formatter, "{id} ({title}): version {version} cannot be read")?;
            }
        }
        for note in &self.notes {
            writeln!(formatter, "note: {note}")?;
        }
        let (count, damaged) = (self.documents.len(), self.damaged().count());
        if self.is_well() {
            return write!(formatter, "all well: {count} post-mortems, all readable");
        }
        write!(
            formatter,
            "{count} post-mortems, {damaged} damaged, {} problems of the database",
            self.problems.len() + self.damage.len() + self.orphans.len()
        )?;
        if self.is_sound() {
            return Ok(());
        }
        write!(
            formatter,
            "\nwrite what can be read into a fresh database with: debrief doctor --rescue FILE\nand put that in the place of \
             this one with: debrief restore FILE"
        )
    }
}

impl fmt::Display for Haul {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, rows, lost } = self;
        if lost.is_empty() {
            return write!(formatter, "table {table}: all {rows} rows can be read");
        }
        write!(formatter, "table {table}: {rows} rows can be read; not: {}", lost.join(", "))
    }
}
