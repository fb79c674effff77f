//! What can still be read of a damaged file, row by row: each table in the order of its key from both ends, past rows and
//! pages that cannot be read. Indexes are not used. What was read goes into a database of its own, whose tables this
//! release made.

use super::inspection::{self, Inspection};
use super::{MIGRATIONS, StoreError, options, pool};
use futures_util::TryStreamExt;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteRow};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row, Sqlite, SqliteConnection, TypeInfo, ValueRef};
use std::cmp::Ordering;
use std::collections::VecDeque;
use std::path::Path;

/// How often one table's gap is looked into for rows between two damaged pages.
const PROBES: usize = 512;

/// How many rows of one table are told of that cannot be read, and passed over one by one.
const LOSSES: usize = 10_000;

/// Behind the last row that could be read from the front, where nothing could be read from the end: as far as this is
/// looked.
const BEYOND: i64 = 1 << 16;

/// The table of which a migration has made the one row already.
const SECRETS: &str = "secrets";

/// Who stands for people whose row is lost.
const UNKNOWN: &str = "Unknown";

/// What was read of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Haul {
    pub table: String,
    pub rows: i64,
    /// Which rows could not be read, as sentences' ends; none where all could.
    pub lost: Vec<String>,
}

/// What was read of a file, in a database that is gone with this value unless it was given a file.
#[derive(Debug)]
pub struct Rescue {
    source: SqliteConnection,
    destination: SqliteConnection,
    pub hauls: Vec<Haul>,
}

impl Rescue {
    /// Reads everything into a temporary database.
    ///
    /// # Errors
    /// When not even the names of the tables can be read.
    pub async fn look(file: &Path) -> Result<Self, StoreError> {
        // A file without a name is SQLite's word for one that is its own and goes when it is closed.
        let mut rescue = Self::fill(file, Path::new("")).await?;
        rescue.remake_postmortems().await?;
        Ok(rescue)
    }

    /// Reads everything into a file that is there and empty, and makes it whole: what refers to rows that are lost gets
    /// others in their place, or goes, which the hauls then tell.
    ///
    /// # Errors
    /// When not even the names of the tables can be read, or the file cannot be written.
    pub async fn write(file: &Path, destination: &Path) -> Result<Vec<Haul>, StoreError> {
        let mut rescue = Self::fill(file, destination).await?;
        rescue.mend().await?;
        drop(rescue.source.close().await);
        inspection::end(rescue.destination).await?;
        let mut whole = made(options(destination), &MIGRATIONS).await?;
        count_comments(&mut whole).await?;
        find_heads(&mut whole).await?;
        inspection::end(whole).await?;
        Ok(rescue.hauls)
    }

    /// What was read, to be looked at.
    pub fn into_inspection(self) -> (Inspection, Vec<Haul>) {
        (Inspection::of(self.destination), self.hauls)
    }

    async fn fill(file: &Path, destination: &Path) -> Result<Self, StoreError> {
        let mut source = inspection::reading(file).await?.connect().await?;
        // The file is made where it is missing only under its temporary name; foreign keys are seen to at the end.
        let options = options(destination).create_if_missing(true).foreign_keys(false);
        let destination = made(options, &migrations_of(&mut source).await).await?;
        let mut rescue = Self { source, destination, hauls: Vec::new() };
        sqlx::query("begin").execute(&mut rescue.destination).await?;
        for table in rescue.tables().await? {
            // What a migration put there would stand in the way of what was read.
            if table.name == SECRETS {
                sqlx::query("delete from secrets").execute(&mut rescue.destination).await?;
            }
            rescue.haul(&table).await?;
            if table.name == SECRETS {
                let fresh = "insert or ignore into secrets (id, receipts) values (1, randomblob(32))";
                sqlx::query(fresh).execute(&mut rescue.destination).await?;
            }
        }
        sqlx::query("commit").execute(&mut rescue.destination).await?;
        Ok(rescue)
    }

    /// The tables of the destination, with the columns that both know. Post-mortems come first: others are looked up by
    /// them.
    async fn tables(&mut self) -> Result<Vec<Table>, StoreError> {
        let names: Vec<(String, bool)> = sqlx::query_as(
            "select name, wr from pragma_table_list
             where schema = 'main' and type = 'table' and name not glob 'sqlite_*' and name <> '_sqlx_migrations'
             order by name <> 'postmortems', name",
        )
        .fetch_all(&mut self.destination)
        .await?;
        let mut tables = Vec::new();
        for (name, is_without_rowid) in names {
            let known = "select name from pragma_table_info(?) order by cid";
            let there: Vec<String> = sqlx::query_scalar(known).bind(&name).fetch_all(&mut self.source).await?;
            let columns: Vec<String> = sqlx::query_scalar(known).bind(&name).fetch_all(&mut self.destination).await?;
            let key = if is_without_rowid {
                sqlx::query_scalar("select name from pragma_table_info(?) where pk > 0 order by pk")
                    .bind(&name)
                    .fetch_all(&mut self.destination)
                    .await?
            } else {
                vec!["rowid".to_owned()]
            };
            let columns: Vec<String> = columns.into_iter().filter(|column| there.contains(column)).collect();
            if !columns.is_empty() {
                tables.push(Table { name, columns, key, is_without_rowid });
            }
        }
        Ok(tables)
    }

    async fn haul(&mut self, table: &Table) -> Result<(), StoreError> {
        let mut lost = Losses::default();
        if let Some((before, behind)) = self.take_from_both_ends(table, &Bounds::default(), &mut lost).await? {
            if table.is_without_rowid {
                self.by_postmortem(table, before, behind, &mut lost).await?;
            } else {
                self.between(table, before, behind, &mut lost).await?;
            }
        }
        let count = AssertSqlSafe(format!("select count(*) from \"{}\"", table.name));
        let rows = sqlx::query_scalar(count).fetch_one(&mut self.destination).await?;
        self.hauls.push(Haul { table: table.name.clone(), rows, lost: lost.told() });
        Ok(())
    }

    /// Takes what can be reached from the front and from the end; the keys between which something cannot.
    async fn take_from_both_ends(
        &mut self,
        table: &Table,
        bounds: &Bounds,
        lost: &mut Losses,
    ) -> Result<Option<(Option<Key>, Option<Key>)>, StoreError> {
        let Passed::Broke(before) = self.pass(table, bounds.clone(), Direction::Forward, lost).await? else {
            return Ok(None);
        };
        let rest = Bounds { after: before.clone().or(bounds.after.clone()), ..bounds.clone() };
        match self.pass(table, rest, Direction::Backward, lost).await? {
            // It could be read after all: the damage was in the way and not in a row.
            Passed::Through => Ok(None),
            Passed::Broke(behind) => Ok(Some((before, behind))),
        }
    }

    /// Takes what can be reached from the front and from the end of each post-mortem's rows.
    async fn by_postmortem(
        &mut self,
        table: &Table,
        before: Option<Key>,
        behind: Option<Key>,
        lost: &mut Losses,
    ) -> Result<(), StoreError> {
        let ids: Vec<String> =
            sqlx::query_scalar("select id from postmortems order by id").fetch_all(&mut self.destination).await?;
        if ids.is_empty() || table.key.first().is_none_or(|column| column != "postmortem_id") {
            lost.add(between(before.as_ref(), behind.as_ref()));
            return Ok(());
        }
        for id in ids {
            let bounds = Bounds { postmortem: Some(id.clone()), ..Bounds::default() };
            if let Some((before, behind)) = self.take_from_both_ends(table, &bounds, lost).await? {
                lost.add(format!("of {id}, {}", between(before.as_ref(), behind.as_ref())));
            }
        }
        Ok(())
    }

    /// Looks for rows between two damaged pages, in ever smaller halves.
    async fn between(
        &mut self,
        table: &Table,
        before: Option<Key>,
        behind: Option<Key>,
        lost: &mut Losses,
    ) -> Result<(), StoreError> {
        let low = number(before.as_ref()).unwrap_or(0);
        let high = number(behind.as_ref()).unwrap_or(low + BEYOND);
        let mut gaps = VecDeque::from([(low, high)]);
        let mut unread = Vec::new();
        let mut probes = 0;
        while let Some((low, high)) = gaps.pop_front() {
            if high - low <= 1 {
                continue;
            }
            if probes == PROBES || high - low == 2 && probes > 0 && self.is_lost(table, low + 1).await {
                unread.push((low + 1, high - 1));
                continue;
            }
            probes += 1;
            let middle = low + (high - low) / 2;
            let bounds = Bounds { after: Some(key(middle - 1)), before: Some(key(high)), postmortem: None };
            match self.pass(table, bounds, Direction::Forward, lost).await? {
                Passed::Through => gaps.push_back((low, middle)),
                Passed::Broke(last) => {
                    gaps.push_back((low, middle));
                    gaps.push_back((number(last.as_ref()).unwrap_or(middle), high));
                    if last.is_none() {
                        unread.push((middle, middle));
                    }
                }
            }
        }
        unread.sort_unstable();
        let mut merged: Vec<(i64, i64)> = Vec::new();
        for (from, to) in unread {
            match merged.last_mut() {
                Some(last) if from <= last.1 + 1 => last.1 = last.1.max(to),
                _ => merged.push((from, to)),
            }
        }
        for (from, to) in merged {
            lost.add(if from == to { format!("row {from}") } else { format!("what there was of rows {from} to {to}") });
        }
        Ok(())
    }

    async fn is_lost(&mut self, table: &Table, row: i64) -> bool {
        let look = AssertSqlSafe(format!("select 1 from \"{}\" not indexed where rowid = ?", table.name));
        sqlx::query(look).bind(row).fetch_optional(&mut self.source).await.is_err()
    }

    /// Takes row after row, past those of which only the key can be read, until there are no more or a page is in the way.
    async fn pass(
        &mut self,
        table: &Table,
        mut bounds: Bounds,
        direction: Direction,
        lost: &mut Losses,
    ) -> Result<Passed, StoreError> {
        let mut last = None;
        loop {
            if self.stream(table, &bounds, direction, &mut last, lost).await? {
                return Ok(Passed::Through);
            }
            bounds.narrow(direction, last.as_ref());
            match self.next_key(table, &bounds, direction).await {
                Some(key) if lost.count < LOSSES && advances(last.as_ref(), &key, direction) => {
                    lost.row(table, &key);
                    bounds.narrow(direction, Some(&key));
                    last = Some(key);
                }
                _ => return Ok(Passed::Broke(last)),
            }
        }
    }

    /// Takes rows until one cannot be read; whether there was none such.
    async fn stream(
        &mut self,
        table: &Table,
        bounds: &Bounds,
        direction: Direction,
        last: &mut Option<Key>,
        lost: &mut Losses,
    ) -> Result<bool, StoreError> {
        let (query, arguments) = table.query(&table.columns, bounds, direction, "")?;
        let insertion = table.insertion();
        let mut rows = sqlx::query_with(AssertSqlSafe(query), arguments).fetch(&mut self.source);
        loop {
            let row = match rows.try_next().await {
                Ok(Some(row)) => row,
                Ok(None) => return Ok(true),
                // Whatever reading it comes to is what is damaged.
                Err(_) => return Ok(false),
            };
            let Some(cells) = cells(&row) else { return Ok(false) };
            let (key, columns) = cells.split_at(table.key.len());
            // In a damaged tree rows may come again, and would for ever.
            if !advances(last.as_ref(), key, direction) {
                return Ok(false);
            }
            *last = Some(key.to_vec());
            let mut insert = sqlx::query(AssertSqlSafe(insertion.clone()));
            for cell in columns {
                insert = cell.bind(insert);
            }
            match insert.execute(&mut self.destination).await {
                Ok(_) => {}
                // A value of another kind than its column's is no value of ours.
                Err(sqlx::Error::Database(error))
                    if error.kind() != sqlx::error::ErrorKind::Other || is_mismatch(&*error) =>
                {
                    lost.row(table, key);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The key of the next row, which may be readable where the row is not.
    async fn next_key(&mut self, table: &Table, bounds: &Bounds, direction: Direction) -> Option<Key> {
        let (query, arguments) = table.query(&[], bounds, direction, " limit 1").ok()?;
        let row = sqlx::query_with(AssertSqlSafe(query), arguments).fetch_optional(&mut self.source).await;
        cells(&row.ok()??)
    }

    /// Sees to everything that refers to a row which is lost.
    async fn mend(&mut self) -> Result<(), StoreError> {
        sqlx::query("begin").execute(&mut self.destination).await?;
        self.remake_postmortems().await?;
        let references: Vec<(String, String, String, String, String)> = sqlx::query_as(
            "select tables.name, keys.\"from\", keys.\"table\", coalesce(keys.\"to\", 'id'), keys.on_delete
             from pragma_table_list as tables join pragma_foreign_key_list(tables.name) as keys
             where tables.schema = 'main' and tables.type = 'table'",
        )
        .fetch_all(&mut self.destination)
        .await?;
        // What belongs to what goes, goes as well.
        for _ in 0..references.len() {
            let mut gone = 0;
            for (table, column, parent, parent_column, on_delete) in &references {
                let is_orphan = format!(
                    "\"{column}\" is not null and \"{column}\" not in (select \"{parent_column}\" from \"{parent}\")"
                );
                let statement = match (on_delete.as_str(), parent.as_str()) {
                    ("CASCADE", _) => format!("delete from \"{table}\" where {is_orphan}"),
                    (_, "users") => format!(
                        "insert into users (id, name, color, created_at)
                         select distinct \"{column}\", '{UNKNOWN}', 'umber', '1970-01-01T00:00:00+00:00'
                         from \"{table}\" where {is_orphan}"
                    ),
                    _ => format!("update \"{table}\" set \"{column}\" = null where {is_orphan}"),
                };
                let done = sqlx::query(AssertSqlSafe(statement)).execute(&mut self.destination).await?.rows_affected();
                if done > 0 && on_delete == "CASCADE" {
                    gone += done;
                    self.tell(table, format!("{done} rows that belong to a row of {parent} that is lost"));
                }
            }
            if gone == 0 {
                break;
            }
        }
        sqlx::query("commit").execute(&mut self.destination).await?;
        Ok(())
    }

    /// A post-mortem whose row is lost is still in its log, from which the rest of the row is made again.
    async fn remake_postmortems(&mut self) -> Result<(), StoreError> {
        let made = sqlx::query(
            "insert into postmortems (id, created_at, updated_at, title, severity, status, owner, services, entries,
                                      actions_open, actions_total, access, owner_id)
             select distinct postmortem_id, '1970-01-01T00:00:00+00:00', '1970-01-01T00:00:00+00:00', '', 'SEV-2', 'draft',
                    '', '[]', 0, 0, 0, case when admins.first is null then 'team' else 'private' end, admins.first
             from (select postmortem_id from updates union select postmortem_id from snapshots
                   union select postmortem_id from versions),
                  -- Who could find it is lost with the row: it is the first admin's to decide.
                  (select (select user_id from accounts where role = 'admin' and suspended_at is null
                           order by created_at limit 1) as first) as admins
             where postmortem_id not in (select id from postmortems)",
        )
        .execute(&mut self.destination)
        .await?
        .rows_affected();
        if made > 0 {
            self.tell(
                "postmortems",
                format!(
                    "{made} rows, which are made again from their logs; who may see them is for the first admin to say"
                ),
            );
        }
        Ok(())
    }

    fn tell(&mut self, table: &str, lost: String) {
        match self.hauls.iter_mut().find(|haul| haul.table == table) {
            Some(haul) => haul.lost.push(lost),
            None => self.hauls.push(Haul { table: table.to_owned(), rows: 0, lost: vec![lost] }),
        }
    }
}

/// How far a post-mortem was and whose, where its row is lost: as its newest version says.
async fn find_heads(database: &mut SqliteConnection) -> Result<(), StoreError> {
    sqlx::query(
        "update postmortems set status = newest.status, owner = newest.owner, head_at = newest.made_at
         from (select postmortem_id, status, owner, made_at, max(number) from versions
               where status is not null group by postmortem_id) as newest
         where newest.postmortem_id = postmortems.id and postmortems.head_at is null",
    )
    .execute(database)
    .await?;
    Ok(())
}

/// The tables as they were when the file was last opened by a server: a file of an older release is brought up when it has
/// been read.
async fn migrations_of(source: &mut SqliteConnection) -> Migrator {
    let applied: Result<Vec<i64>, _> =
        sqlx::query_scalar("select version from _sqlx_migrations").fetch_all(source).await;
    // Where they cannot be read, the file is most likely of this release.
    let is_applied = |version: i64| applied.as_ref().map_or(true, |applied| applied.contains(&version));
    let known = MIGRATIONS.iter().filter(|migration| is_applied(migration.version));
    Migrator::with_migrations(known.cloned().collect())
}

/// Opens a database and makes its tables.
async fn made(options: SqliteConnectOptions, migrations: &Migrator) -> Result<SqliteConnection, StoreError> {
    // Of a temporary database each connection has one of its own: the first is kept.
    let pool = pool(1).connect_with(options).await?;
    migrations.run(&pool).await?;
    Ok(pool.acquire().await?.detach())
}

fn is_mismatch(error: &dyn sqlx::error::DatabaseError) -> bool {
    // A constraint or a mismatch of types, in the lowest byte.
    error.code().and_then(|code| code.parse::<u32>().ok()).is_some_and(|code| matches!(code & 0xff, 19 | 20))
}

/// What is counted of comments, by those that are there. A thread is nothing without one.
async fn count_comments(database: &mut SqliteConnection) -> Result<(), StoreError> {
    for statement in [
        "delete from threads where id not in (select thread_id from comments)",
        "update threads set
             comments = (select count(*) from comments where thread_id = threads.id),
             bytes = (select sum(octet_length(text)) from comments where thread_id = threads.id)",
        "update postmortems set
             comments = (select coalesce(sum(comments), 0) from threads where postmortem_id = postmortems.id),
             comment_bytes = (select coalesce(sum(bytes + coalesce(octet_length(quote), 0)), 0)
                              from threads where postmortem_id = postmortems.id)",
    ] {
        sqlx::query(statement).execute(&mut *database).await?;
    }
    Ok(())
}

/// A table by the order of its key.
#[derive(Debug)]
struct Table {
    name: String,
    columns: Vec<String>,
    key: Vec<String>,
    is_without_rowid: bool,
}

impl Table {
    /// Reads the key and some columns within bounds.
    fn query(
        &self,
        columns: &[String],
        bounds: &Bounds,
        direction: Direction,
        limit: &str,
    ) -> Result<(String, SqliteArguments), StoreError> {
        let quoted = |names: &[String]| names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
        // A column of that name there is in no table of ours.
        let key = if self.is_without_rowid { quoted(&self.key) } else { "rowid".to_owned() };
        let places = vec!["?"; self.key.len()].join(", ");
        let mut arguments = SqliteArguments::default();
        let mut conditions = Vec::new();
        if let Some(postmortem) = &bounds.postmortem {
            conditions.push("postmortem_id = ?".to_owned());
            Cell::Text(postmortem.clone()).add_to(&mut arguments)?;
        }
        for (sign, bound) in [(">", &bounds.after), ("<", &bounds.before)] {
            for cell in bound.iter().flatten() {
                cell.add_to(&mut arguments)?;
            }
            if bound.is_some() {
                conditions.push(format!("({key}) {sign} ({places})"));
            }
        }
        let selected = [key.clone(), quoted(columns)].into_iter().filter(|names| !names.is_empty());
        let order = match direction {
            Direction::Forward => key.clone(),
            Direction::Backward => {
                let names = self
                    .key
                    .iter()
                    .map(|name| if self.is_without_rowid { format!("\"{name}\"") } else { name.clone() });
                names.map(|name| format!("{name} desc")).collect::<Vec<_>>().join(", ")
            }
        };
        let query = format!(
            "select {} from \"{}\"{}{} order by {order}{limit}",
            selected.collect::<Vec<_>>().join(", "),
            self.name,
            if self.is_without_rowid { "" } else { " not indexed" },
            if conditions.is_empty() { String::new() } else { format!(" where {}", conditions.join(" and ")) },
        );
        Ok((query, arguments))
    }

    fn insertion(&self) -> String {
        let columns: Vec<String> = self.columns.iter().map(|column| format!("\"{column}\"")).collect();
        let places = vec!["?"; columns.len()].join(", ");
        format!("insert or ignore into \"{}\" ({}) values ({places})", self.name, columns.join(", "))
    }
}

type Key = Vec<Cell>;

/// Which rows are asked for.
#[derive(Debug, Clone, Default)]
struct Bounds {
    postmortem: Option<String>,
    after: Option<Key>,
    before: Option<Key>,
}

impl Bounds {
    /// Leaves out what was passed.
    fn narrow(&mut self, direction: Direction, passed: Option<&Key>) {
        let Some(passed) = passed else { return };
        match direction {
            Direction::Forward => self.after = Some(passed.clone()),
            Direction::Backward => self.before = Some(passed.clone()),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Forward,
    Backward,
}

/// How far a pass came.
enum Passed {
    /// To the other end.
    Through,
    /// To something that cannot be read, behind this key.
    Broke(Option<Key>),
}

fn advances(last: Option<&Key>, key: &[Cell], direction: Direction) -> bool {
    let order = last.map_or(Some(Ordering::Greater), |last| key.partial_cmp(last.as_slice()));
    match direction {
        Direction::Forward => order == Some(Ordering::Greater),
        Direction::Backward => last.is_none() || order == Some(Ordering::Less),
    }
}

fn key(row: i64) -> Key {
    vec![Cell::Integer(row)]
}

fn number(key: Option<&Key>) -> Option<i64> {
    match key?.first()? {
        Cell::Integer(number) => Some(*number),
        Cell::Null | Cell::Real(_) | Cell::Text(_) | Cell::Blob(_) => None,
    }
}

fn between(before: Option<&Key>, behind: Option<&Key>) -> String {
    match (before, behind) {
        (None, None) => "everything".to_owned(),
        (Some(before), None) => format!("what follows {}", told(before)),
        (None, Some(behind)) => format!("what stands before {}", told(behind)),
        (Some(before), Some(behind)) => format!("what stands between {} and {}", told(before), told(behind)),
    }
}

/// A key as it is told: keys are ids, numbers and hashes.
fn told(key: &[Cell]) -> String {
    let cell = |cell: &Cell| match cell {
        Cell::Null => "nothing".to_owned(),
        Cell::Integer(number) => number.to_string(),
        Cell::Real(number) => number.to_string(),
        Cell::Text(text) => text.escape_debug().to_string(),
        Cell::Blob(bytes) => format!("{} bytes", bytes.len()),
    };
    key.iter().map(cell).collect::<Vec<_>>().join(" ")
}

/// What cannot be read of a table.
#[derive(Debug, Default)]
struct Losses {
    count: usize,
    told: Vec<String>,
}

impl Losses {
    fn row(&mut self, table: &Table, key: &[Cell]) {
        self.count += 1;
        let noun = if table.is_without_rowid { "" } else { "row " };
        self.add(format!("{noun}{}", told(key)));
    }

    fn add(&mut self, lost: String) {
        if !self.told.contains(&lost) {
            self.told.push(lost);
        }
    }

    fn told(self) -> Vec<String> {
        self.told
    }
}

/// A value as SQLite keeps it.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
enum Cell {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

impl Cell {
    fn bind(self: &Cell, query: Query<'static>) -> Query<'static> {
        match self {
            Self::Null => query.bind(None::<i64>),
            Self::Integer(number) => query.bind(*number),
            Self::Real(number) => query.bind(*number),
            Self::Text(text) => query.bind(text.clone()),
            Self::Blob(bytes) => query.bind(bytes.clone()),
        }
    }

    fn add_to(&self, arguments: &mut SqliteArguments) -> Result<(), StoreError> {
        use sqlx::Arguments;
        let added = match self {
            Self::Null => arguments.add(None::<i64>),
            Self::Integer(number) => arguments.add(*number),
            Self::Real(number) => arguments.add(*number),
            Self::Text(text) => arguments.add(text.clone()),
            Self::Blob(bytes) => arguments.add(bytes.clone()),
        };
        added.map_err(|error| StoreError::Database(sqlx::Error::Encode(error)))
    }
}

type Query<'q> = sqlx::query::Query<'q, Sqlite, SqliteArguments>;

/// The values of a row; nothing where one is none, such as a text that is no text.
fn cells(row: &SqliteRow) -> Option<Vec<Cell>> {
    let cell = |index: usize| {
        let value = row.try_get_raw(index).ok()?;
        if value.is_null() {
            return Some(Cell::Null);
        }
        Some(match value.type_info().name() {
            "INTEGER" => Cell::Integer(row.try_get_unchecked(index).ok()?),
            "REAL" => Cell::Real(row.try_get_unchecked(index).ok()?),
            "TEXT" => Cell::Text(row.try_get_unchecked(index).ok()?),
            "BLOB" => Cell::Blob(row.try_get_unchecked(index).ok()?),
            _ => return None,
        })
    };
    (0..row.len()).map(cell).collect()
}
