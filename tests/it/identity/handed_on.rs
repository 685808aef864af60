//! Connections that one process accepts and hands on to the recorded one.

use std::io::{BufRead, BufReader, IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::Stdio;

use rpctl::DaemonProcess;
use rpctl::responder::ProbeResponder;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};

use crate::support::{KillOnDrop, Role, World, before_start_ms, check, role};

/// Keeps every descriptor that comes on standard input, answers each with a byte, and reads
/// nothing from them.
pub(crate) fn keep_descriptors() {
    let mut stream = UnixStream::from(std::io::stdin().as_fd().try_clone_to_owned().unwrap());
    let mut kept: Vec<OwnedFd> = Vec::new();
    loop {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let mut byte = [0];
        let mut parts = [IoSliceMut::new(&mut byte)];
        let received = recvmsg(&stream, &mut parts, &mut control, RecvFlags::CMSG_CLOEXEC);
        if received.unwrap().bytes == 0 {
            return;
        }
        for message in control.drain() {
            if let RecvAncillaryMessage::ScmRights(files) = message {
                kept.extend(files);
            }
        }
        stream.write_all(&[0]).unwrap();
    }
}

/// Sends a descriptor, and waits until it was received.
fn hand_on(connection: &UnixStream, to: &mut UnixStream) {
    let files = [connection.as_fd()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    assert!(control.push(SendAncillaryMessage::ScmRights(&files)));
    sendmsg(
        &*to,
        &[IoSlice::new(&[0])],
        &mut control,
        SendFlags::empty(),
    )
    .unwrap();
    to.read_exact(&mut [0]).unwrap();
}

/// The recorded process holds each connection, but its giver has accepted it and answers.
/// The record may be as old as the process, or older: the number was reused then.
#[test]
fn an_answer_on_a_connection_that_was_handed_on_proves_nothing() {
    for is_late in [false, true] {
        let world = World::new();
        let path = world.path("s");
        let listener = UnixListener::bind(&path).unwrap();
        let (mut giver, taker) = UnixStream::pair().unwrap();
        let mut child = role(Role::KeepDescriptors, [&path])
            .stdin(OwnedFd::from(taker))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let _child = KillOnDrop(child);
        let mut identity: DaemonProcess = lines
            .find_map(|line| serde_json::from_str(&line.unwrap()).ok())
            .unwrap();
        if is_late {
            identity.started_at_unix_ms = before_start_ms(identity.pid);
        }
        let responder = ProbeResponder::new(identity.clone());
        std::thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                hand_on(&stream, &mut giver);
                let _ = responder.serve(&stream);
            }
        });
        let record = world.sidecar("s.json", &identity);
        let document =
            world
                .probe(&record)
                .assert_verdict(4, "indeterminate", Some("peer_unresolved"));
        assert_eq!(check(&document, "nonce")["outcome"], "pass");
        assert_eq!(check(&document, "peer")["outcome"], "unknown");
        let kill = world.rpctl(["kill", "--dry-run", "-q", record.to_str().unwrap()]);
        // Without the answer, a process as old as its record is proven all the same.
        let expected = if is_late { 4 } else { 0 };
        assert_eq!(kill.code, Some(expected), "{kill:?}");
    }
}
