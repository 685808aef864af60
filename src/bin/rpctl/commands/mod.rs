//! One file per subcommand: from options through the library to a report.

mod completions;
mod countdown;
mod diagnose;
mod digests;
mod grant;
mod inspect_manifest;
mod list;
mod load;
mod man;
mod places;
mod probe;
mod prune;
mod record;
mod run;
mod signal;
mod spawn_self;
mod stop;
mod wait;
mod watch;

pub(crate) use completions::answer as answer_completion;
pub(crate) use run::run;
