//! One file per subcommand: options to library to report.

mod inspect_manifest;
mod probe;
mod run;
mod spawn_self;

use run::load;
pub(crate) use run::run;
