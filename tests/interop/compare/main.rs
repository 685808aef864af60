//! What rpctl costs, next to the crate `running-process` and to what the hardware
//! allows: real daemons, all clients by turns on the same one, in one run.
//!
//! ```sh
//! cargo run --locked --release --manifest-path tests/interop/compare/Cargo.toml
//! ```
//!
//! prints a table in Markdown; `-- --update-page` puts it into `docs/measurements.md` as well.
//! `-- --rounds N` measures everything at most N times, `-- --only WORDS` the rows with
//! these words in their name. `RPCTL` names the rpctl to
//! measure, as an absolute path; without it, the one of this checkout is built, as
//! are the clients in `tests/interop/peers`.
//!
//! A row of the table is an entry in `rows::ROWS`.

#[path = "../../../benches/bench/build.rs"]
mod build;
mod client_process;
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
mod process_records;
#[path = "../../../benches/bench/registries.rs"]
mod registries;
mod resident;
mod rows;
mod rpctl_client;
mod table;
mod times;

use std::ffi::OsString;

use daemons::Result;
use lexopt::prelude::*;

fn main() -> Result<()> {
    let mut rounds = usize::MAX;
    let mut updates_page = false;
    let mut only = String::new();
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("rounds") => rounds = arguments.value()?.parse()?,
            Long("update-page") => updates_page = true,
            Long("only") => only = arguments.value()?.string()?,
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
    let section = table::section(&rows::measure(rounds.max(1), &only)?)?;
    println!("{section}");
    if updates_page && only.is_empty() {
        page::update(&section)?;
    }
    Ok(())
}
