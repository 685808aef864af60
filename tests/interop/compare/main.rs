//! What rpctl costs, next to the crate `running-process` and to what the hardware
//! allows: real daemons, all clients by turns on the same one, in one run.
//!
//! ```sh
//! cargo run --locked --release --manifest-path tests/interop/compare/Cargo.toml
//! ```
//!
//! prints the tables in Markdown, and whether each row reaches its goal. Its options, after
//! `--`, are:
//!
//! - `--update-pages` puts the tables into `docs/performance.md`, and a summary into the
//!   README.
//! - `--static PROGRAM` measures the static program, too; see `docs/install.md`.
//! - `--rounds N` measures everything at most N times.
//! - `--only WORDS` measures the rows with these words in their name.
//!
//! `RPCTL` names the rpctl to measure, as an absolute path; without it, the one of this
//! checkout is built, as are the clients in `tests/interop/peers`.
//!
//! A row of a table is an entry in `rows::ROWS` or `command_rows::ROWS`.

#[path = "../../../benches/bench/build.rs"]
mod build;
mod client_process;
mod command_rows;
mod commands;
#[path = "../../../benches/bench/daemons.rs"]
mod daemons;
mod fixture;
mod floor;
mod line;
mod machine;
#[path = "../peers/measured_client.rs"]
mod measured_client;
mod open_sockets;
mod page;
#[path = "../../../benches/bench/registries.rs"]
mod registries;
mod resident;
mod rows;
mod rpctl_client;
mod summary;
mod table;
mod times;

use std::ffi::OsString;
use std::path::PathBuf;

use daemons::Result;
use fixture::Fixture;
use lexopt::prelude::*;

/// What to measure, and where to write it.
struct Options {
    rounds: usize,
    updates_pages: bool,
    only: String,
    static_rpctl: Option<PathBuf>,
}

fn main() -> Result<()> {
    let mut options = Options {
        rounds: usize::MAX,
        updates_pages: false,
        only: String::new(),
        static_rpctl: None,
    };
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("rounds") => options.rounds = arguments.value()?.parse()?,
            Long("update-pages") => options.updates_pages = true,
            Long("only") => options.only = arguments.value()?.string()?,
            Long("static") => {
                let program = PathBuf::from(arguments.value()?);
                options.static_rpctl = Some(program.canonicalize()?);
            }
            // The modes in which this program starts itself.
            Value(role) if role == "serve" => {
                measured_client::serve(&rpctl_client::CLIENT)?;
                return Ok(());
            }
            Value(role) if role == "hold-sockets" => return open_sockets::hold(),
            Value(role) if role == "resident" => {
                let command: Vec<OsString> = arguments.raw_args()?.collect();
                return resident::tell(&command);
            }
            _ => return Err(argument.unexpected().into()),
        }
    }
    measure(options)
}

fn measure(options: Options) -> Result<()> {
    let mut fixture = Fixture::new(options.rounds.max(1), options.static_rpctl)?;
    let machine = machine::describe()?;
    let lines = rows::measure(&mut fixture, &options.only)?;
    let commands = commands::measure(&fixture, &options.only)?;
    let tables = table::section(&lines, &commands, &machine);
    println!("{tables}");
    if options.only.is_empty() {
        let summary = summary::section(&lines, &commands, &machine).ok_or("a row is missing")?;
        println!("\n{summary}");
        if options.updates_pages {
            page::update(page::TABLES, &tables)?;
            page::update(page::SUMMARY, &summary)?;
        }
    }
    Ok(())
}
