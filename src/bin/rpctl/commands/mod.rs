//! One file per subcommand: options to library to report.

mod complete;
mod completions;
mod countdown;
mod digests;
mod inspect_manifest;
mod man;
mod probe;
mod run;
mod spawn_self;
mod stop;

use run::load;
pub(crate) use run::run;
