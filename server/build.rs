//! Rebuilds the server when what it embeds has changed: the built client with its hashed names, and the migrations.

fn main() {
    println!("cargo::rerun-if-changed=../app/dist");
    println!("cargo::rerun-if-changed=migrations");
}
