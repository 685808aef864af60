//! The commands that are measured, and what each is compared with.

use std::ffi::OsString;
use std::path::Path;

use crate::commands::Subject;
use crate::line::Goal;

/// A program and its arguments.
pub type Words = Vec<OsString>;

/// A command that is measured as a whole process.
pub struct Row {
    /// The command, as the table has it.
    pub command: &'static str,
    /// What its success proves.
    pub proves: &'static str,
    pub basis: Option<Basis>,
    pub goal: Option<Goal>,
    /// Returns the command, or why it is not run.
    pub words: fn(&Subject) -> Result<Words, &'static str>,
}

/// The command that another one is compared with.
#[derive(Clone, Copy, Debug)]
pub struct Basis {
    pub command: &'static str,
    /// Its name in a ratio.
    pub name: &'static str,
}

const START_STOP_DAEMON: Basis = Basis {
    command: "`start-stop-daemon --status --pidfile FILE`",
    name: "`start-stop-daemon`",
};

const CHALLENGE: Basis = Basis {
    command: "`rpctl probe MANIFEST`",
    name: "`rpctl probe MANIFEST`",
};

const EMPTY: Basis = Basis {
    command: "`true`",
    name: "`true`",
};

/// The command of the summary.
pub const PID_FILE: &str = "`rpctl probe --exe PROGRAM FILE`";

/// The basis of [`PID_FILE`].
pub const PID_FILE_BASIS: &str = START_STOP_DAEMON.command;

/// A process record beside many sockets, which are open in its own turns alone.
pub const SOCKETS: Row = Row {
    command: "`rpctl probe RECORD` beside 20,000 open sockets",
    proves: "as without them",
    basis: Some(Basis {
        command: "`rpctl probe RECORD`",
        name: "without them, by turns",
    }),
    goal: Some(Goal::OverFloor(5000)),
    words: |_| Err("it is measured apart"),
};

const ANY_PROCESS: &str = "a process has the number";
const EVIDENCE: &str = "the number, the program, times, locks, user and writers of the file fit";

pub const ROWS: [Row; 14] = [
    Row {
        command: "`kill -0 $(cat FILE)` in a shell",
        proves: ANY_PROCESS,
        basis: Some(START_STOP_DAEMON),
        goal: None,
        words: |on| {
            let script = ["sh", "-c", "kill -0 $(cat \"$0\")"];
            Ok(words(&script, &[&on.pid_file]))
        },
    },
    Row {
        command: "`pgrep -F FILE`",
        proves: ANY_PROCESS,
        basis: Some(START_STOP_DAEMON),
        goal: None,
        words: |on| Ok(words(&[installed("pgrep")?, "-F"], &[&on.pid_file])),
    },
    Row {
        command: START_STOP_DAEMON.command,
        proves: ANY_PROCESS,
        basis: None,
        goal: None,
        words: |on| {
            let program = installed("start-stop-daemon")?;
            Ok(words(&[program, "--status", "--pidfile"], &[&on.pid_file]))
        },
    },
    Row {
        command: "`start-stop-daemon --status --pidfile FILE --exec PROGRAM`",
        proves: "the number and the program fit",
        basis: Some(START_STOP_DAEMON),
        goal: None,
        words: |on| {
            let program = installed("start-stop-daemon")?;
            let mut words = words(&[program, "--status", "--pidfile"], &[&on.pid_file]);
            words.extend(["--exec".into(), on.exe().into()]);
            Ok(words)
        },
    },
    Row {
        command: "`systemctl is-active UNIT`",
        proves: "a process that systemd itself has started is there",
        basis: Some(START_STOP_DAEMON),
        goal: None,
        words: |_| {
            // How libsystemd tells it, too: sd_booted(3).
            if !Path::new("/run/systemd/system").exists() {
                return Err("systemd does not run here");
            }
            Ok(words(&["systemctl", "is-active", "init.scope"], &[]))
        },
    },
    Row {
        command: PID_FILE,
        proves: EVIDENCE,
        basis: Some(START_STOP_DAEMON),
        goal: Some(Goal::OfFloor(2.0)),
        words: |on| Ok(pid_file(on, &on.rpctl)),
    },
    Row {
        command: "`rpctl probe --exe PROGRAM FILE`, static program",
        proves: EVIDENCE,
        basis: Some(START_STOP_DAEMON),
        goal: Some(Goal::OfFloor(2.0)),
        words: |on| Ok(pid_file(on, static_program(on)?)),
    },
    Row {
        command: CHALLENGE.command,
        proves: "every check of a daemon that answers",
        basis: None,
        goal: None,
        words: |on| Ok(on.probe_words(&on.rpctl, &on.manifest)),
    },
    Row {
        command: "`rpctl probe MANIFEST`, static program",
        proves: "every check of a daemon that answers",
        basis: Some(CHALLENGE),
        goal: None,
        words: |on| Ok(on.probe_words(static_program(on)?, &on.manifest)),
    },
    Row {
        command: "`rpctl probe RECORD`",
        proves: "the recorded process, by its exact start, still has its sockets",
        basis: Some(CHALLENGE),
        goal: Some(Goal::OfFloor(1.1)),
        words: |on| Ok(on.probe_words(&on.rpctl, &on.record)),
    },
    Row {
        command: "`rpctl record --pid PID`",
        proves: "the process is recorded, with both digests",
        basis: Some(CHALLENGE),
        goal: Some(Goal::OfFloor(2.0)),
        words: |on| Ok(on.record_words()),
    },
    Row {
        command: EMPTY.command,
        proves: "nothing: the start of an empty program",
        basis: None,
        goal: None,
        words: |_| Ok(words(&["/bin/true"], &[])),
    },
    Row {
        command: "`rpctl --version`",
        proves: "nothing: the start of the program",
        basis: Some(EMPTY),
        goal: None,
        words: |on| Ok(vec![on.rpctl.clone().into(), "--version".into()]),
    },
    Row {
        command: "`rpctl --version`, static program",
        proves: "nothing: the start of the program",
        basis: Some(EMPTY),
        goal: None,
        words: |on| Ok(vec![static_program(on)?.into(), "--version".into()]),
    },
];

fn words(words: &[&str], paths: &[&Path]) -> Words {
    let words = words.iter().map(OsString::from);
    words.chain(paths.iter().map(OsString::from)).collect()
}

fn pid_file(on: &Subject, rpctl: &Path) -> Words {
    let mut words = vec![rpctl.into(), "probe".into(), "--quiet".into()];
    words.extend(["--exe".into(), on.exe().into()]);
    words.push(on.pid_file.clone().into());
    words
}

fn static_program(on: &Subject) -> Result<&Path, &'static str> {
    on.static_rpctl.as_deref().ok_or("no `--static PROGRAM`")
}

/// Returns the program, if a directory of `$PATH` has it.
fn installed(program: &str) -> Result<&str, &'static str> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let has = |directory: std::path::PathBuf| directory.join(program).exists();
    if std::env::split_paths(&path).any(has) {
        Ok(program)
    } else {
        Err("not installed")
    }
}
