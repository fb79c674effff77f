//! Rebuilds the server when what it embeds has changed: the migrations, and in a release the built client with its hashed
//! names. A debug build reads the client where it lies, which may be built after it.

fn main() -> std::io::Result<()> {
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo::rerun-if-changed=../app/dist");
    }
    println!("cargo::rerun-if-changed=migrations");
    // A folder that is not there now would not be looked into later.
    std::fs::create_dir_all("../app/dist")
}
