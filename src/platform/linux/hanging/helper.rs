//! A process of its own for work that may hang.
//!
//! It is made by fork(2), does its work on a copy of the memory, and sends the result over
//! a socket. If it is late, it is killed and left behind: the kernel ends it as soon as
//! its file system answers or is gone. It then holds no pipe, socket or lock of this
//! process, so it delays no reader and no daemon.

use std::io;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::event::PollFlags;
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SocketFlags, SocketType,
    recvmsg, socketpair,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::child::{BEAT, Child, END};
use super::mode;
use crate::deadline::Deadline;
use crate::platform::linux::wait::wait_for;
use crate::platform::types::{FileSystemHangs, Mount};

/// The bytes that are received at once.
const PART: usize = 64 << 10;

/// Work in a helper, and its result.
#[derive(Debug)]
pub(crate) struct Helper<T> {
    mount: Mount,
    socket: OwnedFd,
    /// `None` when it has ended.
    child: Option<Child>,
    received: Vec<u8>,
    file: Option<OwnedFd>,
    patience: Duration,
    deadline: Deadline,
    result: PhantomData<fn() -> T>,
}

impl<T: Serialize + DeserializeOwned> Helper<T> {
    /// Starts `work`, which can send a descriptor beside its result.
    ///
    /// # Errors
    ///
    /// The error of the system if there is no room for another process.
    /// [`FileSystemHangs`] if an earlier helper still waits for this mount.
    pub(crate) fn start(
        mount: Mount,
        work: impl FnOnce() -> (T, Option<OwnedFd>),
    ) -> io::Result<Self> {
        if Child::is_any_left_at(&mount) {
            return Err(FileSystemHangs(mount).into());
        }
        let (socket, of_child) = socketpair(
            AddressFamily::UNIX,
            SocketType::STREAM,
            SocketFlags::CLOEXEC,
            None,
        )?;
        let child = Child::fork(&of_child, work)?;
        let patience = mode::patience();
        Ok(Self {
            mount,
            socket,
            child: Some(child),
            received: Vec::new(),
            file: None,
            patience,
            deadline: Deadline::after(patience),
            result: PhantomData,
        })
    }

    /// Waits for the result.
    ///
    /// # Errors
    ///
    /// As for [`Self::poll`].
    pub(crate) fn finish(mut self) -> io::Result<(T, Option<OwnedFd>)> {
        loop {
            if let Some(result) = self.poll(self.patience)? {
                return Ok(result);
            }
        }
    }

    /// Waits for the result for at most `timeout`. Returns `None` if there is none yet.
    ///
    /// # Errors
    ///
    /// [`FileSystemHangs`] if the helper has sent nothing for the time granted.
    pub(crate) fn poll(&mut self, timeout: Duration) -> io::Result<Option<(T, Option<OwnedFd>)>> {
        let timeout = timeout.min(self.deadline.remaining());
        if !wait_for(self.socket.as_fd(), PollFlags::IN, timeout)? {
            if self.deadline.has_passed() {
                return Err(FileSystemHangs(self.mount.clone()).into());
            }
            return Ok(None);
        }
        self.receive()?;
        self.deadline = Deadline::after(self.patience);
        let Some((&END, message)) = self.received.split_last() else {
            return Ok(None);
        };
        let begin = message.iter().take_while(|&&byte| byte == BEAT).count();
        let result = serde_json::from_slice(&message[begin..]).map_err(|_| failed())?;
        if let Some(child) = self.child.take() {
            child.reap(&self.mount);
        }
        Ok(Some((result, self.file.take())))
    }

    /// Receives the bytes and the descriptor that have been sent.
    fn receive(&mut self) -> io::Result<()> {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let len = self.received.len();
        self.received.resize(len + PART, 0);
        let mut parts = [io::IoSliceMut::new(&mut self.received[len..])];
        let flags = RecvFlags::CMSG_CLOEXEC | RecvFlags::DONTWAIT;
        let received = match recvmsg(&self.socket, &mut parts, &mut control, flags) {
            Ok(message) => message.bytes,
            Err(Errno::INTR | Errno::AGAIN) => {
                self.received.truncate(len);
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        self.received.truncate(len + received);
        for message in control.drain() {
            if let RecvAncillaryMessage::ScmRights(files) = message {
                self.file = files.last();
            }
        }
        if received == 0 {
            return Err(failed());
        }
        Ok(())
    }
}

fn failed() -> io::Error {
    io::Error::other("a helper process ended without a result")
}

impl<T> Drop for Helper<T> {
    fn drop(&mut self) {
        if let Some(child) = self.child.take() {
            child.abandon(&self.mount);
        }
    }
}
