//! The program and the user that the caller expects.

use std::io;
use std::path::Path;

use anyhow::Result;
use rpctl::__private;
use rpctl::process::{ProcessRecord, ProgramMatch, VerifiedProcess};

use super::failures::unreadable_program;
use crate::args::RecordArgs;
use crate::exit_code::ExitCode;
use crate::failure::Failure;

/// What the process must be, so that it is recorded.
pub(super) struct Expected<'a> {
    exe: Option<&'a Path>,
    /// The number of a user, and as the caller wrote it.
    user: Option<(u32, &'a str)>,
}

impl<'a> Expected<'a> {
    pub(super) fn new(args: &'a RecordArgs) -> Result<Self> {
        let user = args.user.as_deref().map(|user| Ok((number(user)?, user)));
        Ok(Self {
            exe: args.exe.as_deref(),
            user: user.transpose().map_err(|failure: Failure| failure)?,
        })
    }

    /// Returns whether the caller expects something of a process, and the one with this number is
    /// that, or cannot be compared: the number is then not proven to have been reused.
    pub(super) fn is_met_by(&self, pid: u32) -> bool {
        let is_missing = |exe| __private::attributes(exe).is_err();
        let has_expectation = self.exe.is_some() || self.user.is_some();
        let is_other = || {
            let record = ProcessRecord::from_pid(pid).ok()?;
            let compared = self.compare(&record, &record.verify().ok()?);
            let is_known = !self.exe.is_some_and(is_missing);
            let failure = compared.err()?.downcast::<Failure>().ok()?;
            Some(is_known && failure.code == ExitCode::Mismatch)
        };
        has_expectation && is_other() != Some(true)
    }

    /// Refuses a process that is another one. Returns remarks on it.
    pub(super) fn compare(
        &self,
        record: &ProcessRecord,
        process: &VerifiedProcess,
    ) -> Result<Vec<String>> {
        self.require_user(record)?;
        let Some(exe) = self.exe else {
            return Ok(Vec::new());
        };
        let pid = process.pid();
        match process.runs(exe) {
            Ok(ProgramMatch::Same) => Ok(Vec::new()),
            Ok(ProgramMatch::Outdated) => Ok(vec![format!(
                "PID {pid} runs an older {}, which was replaced since",
                exe.display()
            )]),
            Ok(_) => Err(other_program(record, exe).into()),
            Err(error) => Err(unreadable_program(pid, exe, &error).into()),
        }
    }

    /// Refuses a process that runs as another user, or that another user could have started
    /// by a setuid program.
    fn require_user(&self, record: &ProcessRecord) -> Result<()> {
        let (Some((expected, named)), Some(ids)) = (self.user, record.process.users) else {
            return Ok(());
        };
        let others = [ids.real, ids.saved, ids.file_system];
        let is_allowed = |id: u32| id == expected || id == 0;
        if ids.effective == expected && others.into_iter().all(is_allowed) {
            return Ok(());
        }
        let pid = record.process.pid;
        let name = |id| __private::user_name(id).unwrap_or_else(|| id.to_string());
        let found = match ids.real {
            real if real == ids.effective => format!("as user {}", name(real)),
            real => format!("as user {}, started by {}", name(ids.effective), name(real)),
        };
        Err(mismatch(
            "user_mismatch",
            &format!("PID {pid} runs {found}, not as {named}"),
            pid,
        )
        .into())
    }
}

/// Returns the number of a user.
fn number(user: &str) -> Result<u32, Failure> {
    user.parse()
        .ok()
        .or_else(|| __private::user_named(user))
        .ok_or_else(|| {
            let message = format!("there is no user {user}");
            Failure::new(ExitCode::Usage, "no_such_user", message)
                .hint("getent passwd lists the users; a number is a user, too")
        })
}

fn other_program(record: &ProcessRecord, exe: &Path) -> Failure {
    let pid = record.process.pid;
    let found = record
        .process
        .exe
        .as_ref()
        .and_then(|exe| exe.path.as_ref());
    let found = found.map_or_else(|| "another program".into(), |path| path.to_string_lossy());
    let reason = match __private::attributes(exe) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => ", which does not exist",
        _ if found == exe.to_string_lossy() => ", but another file of that name",
        _ => "",
    };
    mismatch(
        "exe_mismatch",
        &format!("PID {pid} runs {found}, not {}{reason}", exe.display()),
        pid,
    )
}

fn mismatch(kind: &'static str, message: &str, pid: u32) -> Failure {
    let message = format!("{message}; nothing was recorded");
    Failure::new(ExitCode::Mismatch, kind, message).hint(format!(
        "ps -o pid,ppid,user,stat,lstart,args -p {pid} shows that process"
    ))
}
