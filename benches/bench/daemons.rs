//! Daemons to measure against: real processes of a program of any size.

use std::error::Error;
use std::fs::{self, OpenOptions, Permissions};
use std::io::{BufRead, BufReader, PipeReader, PipeWriter, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rpctl::record::{
    self, CacheManifest, Content, DigestChoice, Format, MEDIA_TYPE, SCHEMA_VERSION,
};
use rpctl::{DaemonProcess, Endpoint, HostIdentity};

pub(crate) type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The size of an executable that most measurements ask for.
pub(crate) const MEGABYTE: usize = 1_000_000;

/// Copy a program, and pad the copy to a size with what it consists of.
pub(crate) fn padded(program: &Path, copy: &Path, size: usize) -> Result<()> {
    let content = fs::read(program)?;
    // A debug build is larger, and its times do not matter.
    let size = if cfg!(debug_assertions) {
        size.max(content.len())
    } else {
        size
    };
    if content.len() > size {
        let (is, path) = (content.len(), program.display());
        return Err(format!("{path} has {is} bytes, more than {size}").into());
    }
    let mut file = OpenOptions::new();
    let mut file = file.write(true).create_new(true).mode(0o755).open(copy)?;
    let mut left = size;
    while left > 0 {
        let part = content.len().min(left);
        file.write_all(&content[..part])?;
        left -= part;
    }
    file.set_permissions(Permissions::from_mode(0o755))?;
    Ok(())
}

/// The end of every daemon started with it: when this is dropped, whatever
/// becomes of the process that measures.
#[derive(Debug)]
pub(crate) struct Lifeline {
    reader: PipeReader,
    _writer: PipeWriter,
}

impl Lifeline {
    pub(crate) fn new() -> Result<Self> {
        let (reader, writer) = std::io::pipe()?;
        Ok(Self {
            reader,
            _writer: writer,
        })
    }
}

/// A daemon that is ready; killed on drop.
#[derive(Debug)]
pub(crate) struct Daemon {
    child: Child,
    /// What it says of itself.
    pub(crate) identity: DaemonProcess,
}

impl Daemon {
    /// Start a program as a daemon of a kind (see `bench_daemon.rs`), with its
    /// files in `home`, which is made.
    pub(crate) fn start(
        program: &Path,
        kind: &str,
        home: &Path,
        lifeline: &Lifeline,
    ) -> Result<Self> {
        fs::create_dir_all(home)?;
        let mut child = command(program, kind, home, lifeline)?
            .stdout(Stdio::piped())
            .spawn()?;
        let said = child.stdout.take().map(BufReader::new);
        let said = said.and_then(|said| said.lines().next()).transpose()?;
        if said.as_deref() != Some("ready") {
            return Err(format!("the daemon is not ready: {said:?}").into());
        }
        let record = record::load(&home.join("sidecar.json"))?;
        let identity = record.daemon().ok_or("the sidecar names no daemon")?;
        Ok(Self { child, identity })
    }

    /// Starts another process of the same program, which does not listen.
    pub(crate) fn idle(program: &Path, like: &DaemonProcess, lifeline: &Lifeline) -> Result<Self> {
        let nowhere = Path::new("/nonexistent");
        let child = command(program, "idles", nowhere, lifeline)?.spawn()?;
        let identity = recorded(like, child.id(), nowhere);
        Ok(Self { child, identity })
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(program: &Path, kind: &str, home: &Path, lifeline: &Lifeline) -> Result<Command> {
    let mut command = Command::new(program);
    command.arg(kind).arg(home);
    command.stdin(lifeline.reader.try_clone()?);
    Ok(command)
}

/// The record of a daemon of the same program that had this number and listened
/// in `home`.
pub(crate) fn recorded(like: &DaemonProcess, pid: u32, home: &Path) -> DaemonProcess {
    DaemonProcess {
        pid,
        ipc_endpoint: Endpoint {
            path: home.join("socket").display().to_string(),
            ..like.ipc_endpoint.clone()
        },
        ..like.clone()
    }
}

/// Write the manifest of a service with one digest, as the registry keeps it.
pub(crate) fn write_manifest(
    path: &Path,
    service: &str,
    identity: &DaemonProcess,
    digest: DigestChoice,
) -> Result<()> {
    let directory = path.parent().unwrap_or(path);
    let content = CacheManifest {
        manifest_schema_version: SCHEMA_VERSION,
        media_type: MEDIA_TYPE.to_owned(),
        service_name: service.to_owned(),
        service_version: "1.0.0".to_owned(),
        broker_envelope_version: "v1".to_owned(),
        created_at_unix_ms: identity.started_at_unix_ms,
        last_active_unix_ms: identity.started_at_unix_ms,
        current_daemon: Some(identity.to_proto()),
        cleanup_policy: Some(record::CleanupPolicy::default()),
        host: Some((&HostIdentity::current(directory)).into()),
        ..CacheManifest::default()
    };
    let content = Content::Manifest(Box::new(content));
    // Thousands of them: not one by one to the disk.
    fs::write(
        path,
        record::encode(&content, Format::ManifestProtobuf, digest)?,
    )?;
    fs::set_permissions(path, Permissions::from_mode(0o600))?;
    Ok(())
}
