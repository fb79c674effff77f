//! The binary `debrief`: reads the command line and hands over.

use clap::Parser;
use server::cli::command;
use server::cli::config::CommandLine;
use server::work::background::STACK;
use std::process::ExitCode;

fn main() -> ExitCode {
    let command_line = CommandLine::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK).build();
    match runtime {
        // The main thread's stack is the system's; the workers' are ours.
        Ok(runtime) => {
            let task = async { tokio::spawn(command::run(command_line)).await.unwrap_or(ExitCode::FAILURE) };
            let code = runtime.block_on(task);
            // Everything is saved. What a thread is still at, nobody waits for any more.
            runtime.shutdown_background();
            code
        }
        Err(error) => {
            eprintln!("error: no threads could be started: {error}");
            ExitCode::FAILURE
        }
    }
}
