//! A FUSE server by hand, on `/dev/fuse`: what a file system of the network looks like
//! when it is well, and when it is gone.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::AsRawFd;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use nix::mount::{MsFlags, mount};

/// The longest life of a server: a test that fails must not leave processes that wait for
/// its answers.
const LIFETIME_SECS: u32 = 300;

const LOOKUP: u32 = 1;
const FORGET: u32 = 2;
const GETATTR: u32 = 3;
const OPEN: u32 = 14;
const READ: u32 = 15;
const STATFS: u32 = 17;
/// The requests that change a directory: MKNOD to RENAME, CREATE and RENAME2.
const CHANGES: [u32; 7] = [8, 9, 10, 11, 12, 35, 45];
const RELEASE: u32 = 18;
const FLUSH: u32 = 25;
const INIT: u32 = 26;
const OPENDIR: u32 = 27;
const READDIR: u32 = 28;
const RELEASEDIR: u32 = 29;
const INTERRUPT: u32 = 36;
const BATCH_FORGET: u32 = 42;

/// The length of the header of a request.
const HEADER: usize = 40;

/// The node of the root directory; those of its files follow.
const ROOT: u64 = 1;

/// When a server stops to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Silence {
    /// It reads no request, so that the kernel keeps all of them.
    Unread,
    /// It reads every request.
    Unanswered,
    /// It answers all requests but those for the content of files.
    Content,
    /// It answers all requests but those that change a directory.
    Changes,
    /// It answers all requests but those that open a directory, to lock it or to read it.
    Directories,
    /// It answers all requests, those for the content of files with an error.
    Faulty,
}

/// The work of the role: mounts a file system of the user in the second argument at the
/// first, with a copy of each file that the others name, and prints a line. Falls silent as each line of standard
/// input says, and prints a line when it is.
pub(crate) fn serve(arguments: &[String]) {
    let (point, user) = (Path::new(&arguments[0]), &arguments[1]);
    let mut server = Server::mount(point, user, &arguments[2..]);
    server.knows_itself = user != "0";
    std::thread::scope(|scope| {
        let server = &server;
        scope.spawn(move || server.run());
        println!("\nmounted");
        for line in BufReader::new(std::io::stdin()).lines() {
            let line = line.unwrap();
            let mut all = Silence::ALL.into_iter();
            server.fall(all.find(|it| format!("{it:?}") == line).unwrap());
            println!("\nsilent");
        }
        // The kernel answers every request with an error when the device is closed.
        std::process::exit(0);
    });
}

/// Lives on an overlay of this user namespace, over a FUSE file system that this process
/// serves: its root directory is the overlay, and its server is silent from then on. The
/// arguments are the directories of the FUSE file system, of an empty one and of the
/// overlay, and a file to serve.
pub(crate) fn live_over_fuse(arguments: &[String]) {
    let [lower, other, point, file] = arguments else {
        panic!("{arguments:?}");
    };
    let mut server = Server::mount(Path::new(lower), "0", std::slice::from_ref(file));
    server.knows_itself = true;
    let server: &Server = Box::leak(Box::new(server));
    std::thread::spawn(|| server.run());
    let options = format!("lowerdir={lower}:{other},userxattr");
    let flags = MsFlags::empty();
    mount(
        Some("test"),
        Path::new(point),
        Some("overlay"),
        flags,
        Some(&*options),
    )
    .unwrap();
    std::os::unix::fs::chroot(point).unwrap();
    std::env::set_current_dir("/").unwrap();
    server.fall(Silence::Unanswered);
}

impl Silence {
    pub(super) const ALL: [Self; 6] = [
        Self::Unread,
        Self::Unanswered,
        Self::Content,
        Self::Changes,
        Self::Directories,
        Self::Faulty,
    ];

    /// Returns whether a silent server does not answer an operation.
    fn mutes(self, operation: u32) -> bool {
        match self {
            Self::Unread | Self::Unanswered => true,
            Self::Content => matches!(operation, READ | FLUSH),
            Self::Changes => CHANGES.contains(&operation),
            Self::Directories => operation == OPENDIR,
            Self::Faulty => false,
        }
    }
}

struct Server {
    device: Arc<File>,
    files: Vec<(String, Vec<u8>)>,
    /// Whether it describes the file system: an overlay needs that, and some servers
    /// cannot.
    knows_itself: bool,
    mutes: [AtomicBool; 6],
}

impl Server {
    /// Mounts a file system of a user with a copy of each file, which it shows as root's.
    fn mount(point: &Path, user: &str, files: &[String]) -> Self {
        nix::unistd::alarm::set(LIFETIME_SECS);
        let mut device = File::options();
        let device = device.read(true).write(true).open("/dev/fuse").unwrap();
        let options = format!(
            "fd={},rootmode=40000,user_id={user},group_id={user},allow_other",
            device.as_raw_fd()
        );
        let flags = MsFlags::empty();
        mount(Some("test"), point, Some("fuse"), flags, Some(&*options)).unwrap();
        let files = files.iter().map(|path| {
            let name = Path::new(path).file_name().unwrap().to_str().unwrap();
            (name.to_owned(), std::fs::read(path).unwrap())
        });
        Self {
            device: Arc::new(device),
            files: files.collect(),
            knows_itself: false,
            mutes: [false; 6].map(AtomicBool::new),
        }
    }

    fn fall(&self, silence: Silence) {
        self.mutes[silence as usize].store(true, Ordering::SeqCst);
    }

    fn is(&self, silence: Silence) -> bool {
        self.mutes[silence as usize].load(Ordering::SeqCst)
    }

    fn run(&self) {
        let mut buffer = vec![0; 1 << 20];
        loop {
            let Ok(len) = (&*self.device).read(&mut buffer) else {
                return;
            };
            let request = &buffer[..len];
            let operation = u32_at(request, 4);
            // One request may be on its way when it falls silent.
            if self.is(Silence::Unread) {
                std::thread::park();
            }
            let is_mute = |silence: Silence| self.is(silence) && silence.mutes(operation);
            if Silence::ALL.into_iter().any(is_mute)
                || matches!(operation, FORGET | BATCH_FORGET | INTERRUPT)
            {
                continue;
            }
            let answer = self.answer(operation, u64_at(request, 16), &request[HEADER..]);
            let (error, body) = answer.map_or_else(|error| (-error, Vec::new()), |body| (0, body));
            let mut reply = Vec::new();
            reply.extend(u32::try_from(16 + body.len()).unwrap().to_ne_bytes());
            reply.extend(error.to_ne_bytes());
            reply.extend(&request[8..16]);
            reply.extend(body);
            // The request may have been interrupted.
            let _ = (&*self.device).write(&reply);
        }
    }

    fn answer(&self, operation: u32, node: u64, body: &[u8]) -> Result<Vec<u8>, i32> {
        match operation {
            INIT => Ok(init()),
            GETATTR => Ok([&[0; 16][..], &self.attributes(node)].concat()),
            LOOKUP => {
                let name = body.split(|&byte| byte == 0).next().unwrap();
                let mut names = self.files.iter().map(|(name, _)| name.as_bytes());
                let index = names
                    .position(|known| known == name)
                    .ok_or(nix::libc::ENOENT)?;
                let node = ROOT + 1 + index as u64;
                let entry = [&node.to_ne_bytes()[..], &[0; 32]].concat();
                Ok([entry, self.attributes(node)].concat())
            }
            OPEN | OPENDIR => Ok(vec![0; 16]),
            RELEASE | RELEASEDIR | FLUSH => Ok(Vec::new()),
            READ if self.is(Silence::Faulty) => Err(nix::libc::EIO),
            READ => {
                let (_, content) = &self.files[usize::try_from(node - ROOT - 1).unwrap()];
                let begin = content.len().min(usize::try_from(u64_at(body, 8)).unwrap());
                let end = content.len().min(begin + u32_at(body, 16) as usize);
                Ok(content[begin..end].to_vec())
            }
            STATFS if self.knows_itself => Ok(statfs()),
            READDIR => Ok(self.entries(usize::try_from(u64_at(body, 8)).unwrap())),
            _ => Err(nix::libc::ENOSYS),
        }
    }

    fn attributes(&self, node: u64) -> Vec<u8> {
        let len = match node {
            ROOT => 0,
            file => self.files[usize::try_from(file - ROOT - 1).unwrap()]
                .1
                .len() as u64,
        };
        let mode: u32 = if node == ROOT { 0o40755 } else { 0o100_755 };
        let long = [node, len, 0, 0, 0, 0];
        let short = [0, 0, 0, mode, 1, 0, 0, 0, 4096, 0];
        let long = long.into_iter().flat_map(u64::to_ne_bytes);
        long.chain(short.into_iter().flat_map(u32::to_ne_bytes))
            .collect()
    }

    fn entries(&self, offset: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (index, (name, _)) in self.files.iter().enumerate().skip(offset) {
            bytes.extend((ROOT + 1 + index as u64).to_ne_bytes());
            bytes.extend((index as u64 + 1).to_ne_bytes());
            bytes.extend(u32::try_from(name.len()).unwrap().to_ne_bytes());
            bytes.extend(8_u32.to_ne_bytes());
            bytes.extend(name.as_bytes());
            bytes.resize(bytes.len().next_multiple_of(8), 0);
        }
        bytes
    }
}

/// The answer to the first request: version 7.31, reads of 128 KiB.
fn init() -> Vec<u8> {
    let fields = [7, 31, 128 << 10, 0, 12 << 16 | 16, 128 << 10, 1];
    let mut answer: Vec<u8> = fields.into_iter().flat_map(u32::to_ne_bytes).collect();
    answer.resize(64, 0);
    answer
}

/// An empty file system with blocks of 4 KiB and names of 255 bytes.
fn statfs() -> Vec<u8> {
    let fields = [4096, 255, 4096].into_iter().flat_map(u32::to_ne_bytes);
    let mut answer: Vec<u8> = std::iter::repeat_n(0, 40).chain(fields).collect();
    answer.resize(80, 0);
    answer
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_ne_bytes(bytes[at..at + 4].try_into().unwrap())
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_ne_bytes(bytes[at..at + 8].try_into().unwrap())
}
