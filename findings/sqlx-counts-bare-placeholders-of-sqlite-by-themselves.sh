#!/usr/bin/env bash
# The guess: in a statement that mixes ? and ?2, sqlx binds what SQLite documents: a bare ? gets the number after the greatest one
# so far, so that "values (?, ?2, ?)" takes three values, in order.
#
# What happens: sqlx asks SQLite for the name of each parameter and counts those without a number by themselves. The bare ?
# behind ?2 is the second of its kind, and is bound the second value once more, while the third value that was given is
# bound to nothing. There is no error: a column holds the value of another. SQLite's own library, here through Python, does as
# its documentation says. Write all placeholders of a statement bare, or all with numbers.
#
# Seen 2026-12-01 with sqlx 0.9.0 (sqlx-sqlite, arguments.rs) beside SQLite's documentation, "Binding Values To Prepared
# Statements", and Python 3.11 with SQLite 3.40.
set -euo pipefail
for program in cargo cc python3; do
  command -v "$program" >/dev/null || { echo "this machine lacks $program" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/src"
cat >"$folder/Cargo.toml" <<'T'
[package]
name = "placeholders"
version = "0.1.0"
edition = "2021"
[dependencies]
sqlx = { version = "=0.9.0", default-features = false, features = ["runtime-tokio", "sqlite"] }
tokio = { version = "1", features = ["macros", "rt"] }
T
cat >"$folder/src/main.rs" <<'R'
use sqlx::{Connection, SqliteConnection};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut database = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    for statement in ["select ?, ?2, ?", "select ?1, ?2, ?3"] {
        let row: (String, String, Option<String>) =
            sqlx::query_as(statement).bind("one").bind("two").bind("three").fetch_one(&mut database).await.unwrap();
        println!("sqlx: {statement}: {} {} {}", row.0, row.1, row.2.unwrap_or("null".into()));
    }
}
R
seen=$(cd "$folder" && cargo run --quiet 2>"$folder/errors") || { cat "$folder/errors" >&2; exit 2; }
seen+=$'\n'$(python3 -W ignore - <<'P'
import sqlite3
row = sqlite3.connect(":memory:").execute("select ?, ?2, ?", ("one", "two", "three")).fetchone()
print("SQLite through Python: select ?, ?2, ?:", *row)
P
)
echo "$seen"
expected="sqlx: select ?, ?2, ?: one two two
sqlx: select ?1, ?2, ?3: one two three
SQLite through Python: select ?, ?2, ?: one two three"
[ "$seen" = "$expected" ] || { echo "it has changed" >&2; exit 1; }
