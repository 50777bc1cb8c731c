//! Latchkey's own chores: build the site's assets, run the server, and test everything.

mod assets;
mod bench;
mod browser;
mod build;
mod css;
mod lint;
mod npm;
mod postgres;
mod run;
mod shell;
mod site;
mod test;
mod tools;
mod wasm;
mod wasm_std;

use clap::{Parser, Subcommand};

/// Latchkey's own chores. Start with `cargo xtask run --demo`.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Build what the browser downloads, into target/site
    Build {
        /// Compile quickly and leave out what only makes files smaller
        #[arg(long)]
        debug: bool,
    },
    /// Build everything and start Latchkey, with its data in ./data
    Run {
        /// Fill ./data with an example organization first and print how to sign in
        #[arg(long)]
        demo: bool,
        /// Build the server without optimisation
        #[arg(long, conflicts_with = "release")]
        debug: bool,
        /// Build the server with optimisation (the default)
        #[arg(long)]
        release: bool,
    },
    /// Measure speed, size and memory on this machine, as ratios within one run, and say which targets are met
    Bench {
        /// What to measure; everything when nothing is named
        #[arg(value_enum, value_name = "PART")]
        parts: Vec<bench::Part>,
        /// How long each of the three runs of a measure lasts
        #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=60))]
        seconds: u32,
    },
    /// Run every check, or only the named parts
    Test {
        /// The parts to run, always in this order; all of them when none is named
        #[arg(value_enum, value_name = "PART")]
        parts: Vec<test::Part>,
    },
}

fn main() -> std::process::ExitCode {
    let arguments = Arguments::parse();
    let outcome = shell::prepare().and_then(|()| match arguments.chore {
        Chore::Build { debug } => build::site(build::Mode::from_debug(debug)),
        Chore::Run { demo, debug, .. } => run::run(demo, build::Mode::from_debug(debug)),
        Chore::Bench { parts, seconds } => bench::run(parts, seconds),
        Chore::Test { parts } => test::run(parts),
    });
    match outcome {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}
