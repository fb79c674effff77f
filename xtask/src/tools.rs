//! The Rust side of the toolbox: the wasm target, a C compiler for the bundled SQLite, Trunk and wasm-bindgen.

use crate::process::{self, Failure};
use crate::progress::Progress;
use crate::project::Project;
use std::fs;
use std::path::Path;
use std::process::Command;

/// How many steps `install` counts.
pub const STEPS: usize = 3;

/// What the client is compiled for.
const WASM: &str = "wasm32-unknown-unknown";

/// 0.22 needs a newer compiler than the workspace does.
const TRUNK: &str = "0.21.14";

/// Installs what is missing.
pub fn install(project: &Project, progress: &mut Progress) -> Result<(), Failure> {
    require_c_compiler()?;
    wasm_target(project, progress)?;
    let bindgen = locked_version(project, "wasm-bindgen")?;
    let builds = project.tools().join("target");

    // The lock file of Trunk builds as it is; that of the wasm-bindgen tool names a crate that is not to be had everywhere.
    let trunk = ["trunk", "--version", TRUNK, "--locked", "--no-default-features", "--features", "rustls"];
    let installed_trunk = crate_tool(project, progress, "trunk", TRUNK, "about 5 minutes", &trunk, &builds)?;
    let wasm_bindgen = ["wasm-bindgen-cli", "--version", &bindgen, "--bin", "wasm-bindgen"];
    let installed_bindgen =
        crate_tool(project, progress, "wasm-bindgen", &bindgen, "about 2 minutes", &wasm_bindgen, &builds)?;

    if installed_trunk || installed_bindgen {
        fs::remove_dir_all(&builds)
            .map_err(|error| Failure(format!("{} could not be removed: {error}.", builds.display())))?;
    }
    Ok(())
}

/// Adds what the checks need beside the compiler: the lints, and the target that the client is checked for.
pub fn require_lints(project: &Project) -> Result<(), Failure> {
    for component in ["clippy", "rustfmt"] {
        let program = if component == "clippy" { "clippy" } else { "fmt" };
        if process::output(project.cargo().args([program, "--version"])).is_none() {
            rustup(project, &["component", "add", component])?;
        }
    }
    if !has_wasm_target(project)? {
        add_wasm_target(project)?;
    }
    Ok(())
}

fn require_c_compiler() -> Result<(), Failure> {
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    match process::output(Command::new(&compiler).arg("--version")) {
        Some(_) => Ok(()),
        None => Err(Failure(format!(
            "A C compiler is needed for SQLite and `{compiler}` does not run. Install one (Debian: `apt-get install gcc libc6-dev`, \
             macOS: `xcode-select --install`) and try again."
        ))),
    }
}

fn wasm_target(project: &Project, progress: &mut Progress) -> Result<(), Failure> {
    if has_wasm_target(project)? {
        progress.step("The compiler knows WebAssembly");
        return Ok(());
    }
    progress.step("Adding WebAssembly to the compiler (seconds, once)");
    add_wasm_target(project)
}

fn has_wasm_target(project: &Project) -> Result<bool, Failure> {
    let sysroot = process::output(project.command("rustc").args(["--print", "sysroot"])).ok_or_else(|| {
        Failure("`rustc` does not run. Install Rust with rustup (https://rustup.rs) and try again.".to_owned())
    })?;
    Ok(Path::new(&sysroot).join("lib/rustlib").join(WASM).join("lib").exists())
}

fn add_wasm_target(project: &Project) -> Result<(), Failure> {
    rustup(project, &["target", "add", WASM])
}

fn rustup(project: &Project, arguments: &[&str]) -> Result<(), Failure> {
    if process::output(project.command("rustup").arg("--version")).is_none() {
        return Err(Failure(format!(
            "`rustup {}` is needed and rustup is not installed. Get it from https://rustup.rs and try again.",
            arguments.join(" ")
        )));
    }
    process::run(project.command("rustup").args(arguments))
}

/// Installs one tool unless this version of it is there; tells whether it had to.
fn crate_tool(
    project: &Project,
    progress: &mut Progress,
    name: &str,
    version: &str,
    duration: &str,
    arguments: &[&str],
    builds: &Path,
) -> Result<bool, Failure> {
    let present = process::output(Command::new(project.tool(name)).arg("--version"));
    if present.is_some_and(|line| line.split(' ').nth(1) == Some(version)) {
        progress.step(&format!("{name} {version} is there"));
        return Ok(false);
    }
    progress.step(&format!("Installing {name} {version} ({duration}, once)"));
    let mut install = project.cargo();
    install
        .args(["install", "--root"])
        .arg(project.tools())
        .arg("--target-dir")
        .arg(builds)
        .args(["--debug", "--force"])
        .args(arguments)
        // The dev profile builds in half the time; nobody debugs the tools, and nobody builds them twice.
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_INCREMENTAL", "0");
    process::run(&mut install)?;
    Ok(true)
}

/// The version of a crate in the lock file: wasm-bindgen's tool must be the library's exactly.
fn locked_version(project: &Project, package: &str) -> Result<String, Failure> {
    let lock = fs::read_to_string(project.path("Cargo.lock"))
        .map_err(|error| Failure(format!("Cargo.lock could not be read: {error}.")))?;
    let name = format!("name = \"{package}\"");
    lock.lines()
        .skip_while(|line| *line != name)
        .find_map(|line| line.strip_prefix("version = "))
        .map(|version| version.trim_matches('"').to_owned())
        .ok_or_else(|| Failure(format!("Cargo.lock does not name {package}.")))
}
