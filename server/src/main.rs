//! The binary `debrief`: reads the command line and hands over.

use clap::Parser;
use server::command;
use server::config::CommandLine;
use std::process::ExitCode;

/// Documents nest as deep as what people bring; the CRDT's recursion over them must never run out of stack.
const STACK: usize = 16 << 20;

fn main() -> ExitCode {
    let command_line = CommandLine::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK).build();
    match runtime {
        // The main thread's stack is the system's; the workers' are ours.
        Ok(runtime) => {
            runtime.block_on(async { tokio::spawn(command::run(command_line)).await.unwrap_or(ExitCode::FAILURE) })
        }
        Err(error) => {
            eprintln!("error: no threads could be started: {error}");
            ExitCode::FAILURE
        }
    }
}
