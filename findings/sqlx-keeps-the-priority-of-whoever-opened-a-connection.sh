#!/usr/bin/env bash
# The guess: a connection of a pool is as good as another. Whoever takes it next from a sqlx pool of SQLite is served by it with
# the priority of their own thread.
#
# What happens: the SQLite driver of sqlx gives each connection a thread of its own, a pool opens connections when somebody first
# needs one more, and on Linux a thread begins with the nice value and the processors of the thread that starts it. So one that
# was opened for work in the background stays slow for everybody who gets it afterwards: here a connection that a thread with nice
# 15 opened is given back, taken by a thread with nice 0, and still runs with 15. Whoever has work of two priorities needs a pool
# for each, or opens all connections at the start (min_connections).
#
# Seen 2026-11-30 with sqlx 0.9.0 on Linux 6.18; sqlx-sqlite starts the thread in connection/worker.rs.
set -euo pipefail
for program in cargo cc; do
  command -v "$program" >/dev/null || { echo "this machine lacks $program" >&2; exit 2; }
done
[ "$(uname)" = Linux ] || { echo "this machine lacks Linux" >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/src"
cat >"$folder/Cargo.toml" <<'T'
[package]
name = "pool"
version = "0.1.0"
edition = "2021"
[dependencies]
rustix = { version = "=1.1.6", features = ["process"] }
sqlx = { version = "=0.9.0", default-features = false, features = ["runtime-tokio", "sqlite"] }
tokio = { version = "1", features = ["rt", "time"] }
T
cat >"$folder/src/main.rs" <<'R'
use rustix::process::{getpriority_process, setpriority_process};
use sqlx::sqlite::{SqlitePool, SqlitePoolOptions};
use std::fs;

/// The nice values of the threads that serve connections.
fn serving() -> Vec<i64> {
    let tasks = fs::read_dir("/proc/self/task").unwrap().flatten();
    let named = tasks.filter(|task| fs::read_to_string(task.path().join("comm")).unwrap().starts_with("sqlx-sqlite"));
    named
        .map(|task| {
            let stat = fs::read_to_string(task.path().join("stat")).unwrap();
            stat.rsplit(')').next().unwrap().split_whitespace().nth(16).unwrap().parse().unwrap()
        })
        .collect()
}

fn on_a_thread_with(nice: i32, pool: SqlitePool) {
    std::thread::spawn(move || {
        setpriority_process(None, nice).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            sqlx::query("select 1").execute(&pool).await.unwrap();
            // Giving it back is a task of its own.
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        });
        println!("asked by a thread with nice {}: served with {:?}", getpriority_process(None).unwrap(), serving());
    })
    .join()
    .unwrap();
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let _inside = runtime.enter();
    let pool = SqlitePoolOptions::new().max_connections(1).connect_lazy("sqlite::memory:").unwrap();
    on_a_thread_with(15, pool.clone());
    on_a_thread_with(0, pool);
}
R
seen=$(cd "$folder" && cargo run --quiet 2>/dev/null)
echo "$seen"
expected="asked by a thread with nice 15: served with [15]
asked by a thread with nice 0: served with [15]"
[ "$seen" = "$expected" ] || { echo "it has changed" >&2; exit 1; }
