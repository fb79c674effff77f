//! Rebuilds the server when what it embeds has changed: the migrations, and in a release the built client with its hashed
//! names. A debug build reads the client where it lies.

fn main() {
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo::rerun-if-changed=../app/dist");
    }
    println!("cargo::rerun-if-changed=migrations");
}
