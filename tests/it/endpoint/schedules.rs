//! Whatever a peer does and whenever it does it, no client waits for it beyond the
//! budget and 50 ms.

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use rpctl::control::{SendOutcome, Signal, Trust};
use rpctl::protocol::ProbeRequest;
use rpctl::responder::Limits;
use rpctl::{DaemonProcess, Probe, Verdict};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::case::probe;
use crate::support::{
    Client, PATIENCE, Script, TestServer, World, assert_on_time, large_request, read_request,
    this_process,
};

const BUDGET: Duration = Duration::from_millis(60);

/// One step of a peer. Times are milliseconds.
#[derive(Clone, Debug)]
enum Act {
    Wait(u64),
    /// So many more bytes of what it should say.
    Say(usize),
    Noise(u8),
    Hear(usize),
    StopSaying,
    StopHearing,
    Leave,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0..70_u64).prop_map(Act::Wait),
        3 => (0..400_usize).prop_map(Act::Say),
        1 => (0..40_000_usize).prop_map(Act::Say),
        1 => any::<u8>().prop_map(Act::Noise),
        1 => (0..100_usize).prop_map(Act::Hear),
        1 => Just(Act::StopSaying),
        1 => Just(Act::StopHearing),
        1 => Just(Act::Leave),
    ]
}

fn schedule() -> impl Strategy<Value = Vec<Act>> {
    prop::collection::vec(act(), 0..8)
}

/// Follow a schedule, then stay until the other side leaves. Errors are the
/// other side's leaving.
fn act_on(schedule: &[Act], mut stream: &UnixStream, mut words: &[u8]) -> io::Result<()> {
    for act in schedule {
        match *act {
            Act::Wait(length) => {
                // An end that is noticed cuts the wait short.
                let timeout = Timespec::try_from(Duration::from_millis(length)).unwrap();
                poll(&mut [PollFd::new(stream, PollFlags::RDHUP)], Some(&timeout))?;
            }
            Act::Say(length) => {
                let (now, later) = words.split_at(length.min(words.len()));
                stream.write_all(now)?;
                words = later;
            }
            Act::Noise(byte) => stream.write_all(&[byte])?,
            Act::Hear(length) => {
                let mut heard = vec![0; length];
                stream.set_nonblocking(true)?;
                let _ = stream.read(&mut heard);
                stream.set_nonblocking(false)?;
            }
            Act::StopSaying => stream.shutdown(Shutdown::Write)?,
            Act::StopHearing => stream.shutdown(Shutdown::Read)?,
            Act::Leave => return Ok(()),
        }
    }
    poll(&mut [PollFd::new(stream, PollFlags::RDHUP)], None)?;
    Ok(())
}

/// Serve one client, unless none comes in time.
fn serve(
    listener: &UnixListener,
    late: u64,
    schedule: &[Act],
    identity: &DaemonProcess,
) -> io::Result<()> {
    let timeout = |length| Timespec::try_from(length).ok();
    poll(&mut [], timeout(Duration::from_millis(late)).as_ref())?;
    let mut waiting = [PollFd::new(listener, PollFlags::IN)];
    if poll(&mut waiting, timeout(10 * BUDGET).as_ref())? == 0 {
        return Ok(());
    }
    let (stream, _) = listener.accept()?;
    let answer = match read_request(&stream) {
        Ok(request) => ProbeRequest::from_body(&request).unwrap().answer(identity),
        Err(_) => return Ok(()),
    };
    act_on(schedule, &stream, &answer)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn no_probe_takes_longer_than_its_budget_whatever_its_peer_does(
        late in prop_oneof![3 => Just(0), 1 => 0..90_u64],
        schedule in schedule(),
    ) {
        let world = World::new();
        let identity = this_process(&world.endpoint("s"));
        let listener = UnixListener::bind(&identity.ipc_endpoint.path).unwrap();
        assert_on_time((late, &schedule), BUDGET, || {
            std::thread::scope(|scope| {
                // What goes wrong for it is the client's leaving.
                scope.spawn(|| serve(&listener, late, &schedule, &identity));
                let started = Instant::now();
                let report = probe(&identity, BUDGET);
                let elapsed = started.elapsed();
                let is_told = matches!(report.verdict, Verdict::Verified | Verdict::Unresponsive);
                assert!(is_told, "{schedule:?}: {report:#?}");
                elapsed
            })
        });
    }

    #[test]
    fn no_client_is_served_longer_than_its_time_whatever_it_does(
        schedule in schedule(),
        is_greedy: bool,
    ) {
        let world = World::new();
        let identity = this_process(&world.endpoint("s"));
        let limits = Limits {
            connection_lifetime: BUDGET,
            ..Limits::default()
        };
        let _served = TestServer::within(limits, &identity.ipc_endpoint, identity.clone());
        let socket = &identity.ipc_endpoint.path;
        assert_on_time(&schedule, BUDGET, || {
            let started = Instant::now();
            let client = Client::connect(socket);
            let request = if is_greedy {
                large_request(&client).repeat(20)
            } else {
                client.request()
            };
            // What goes wrong for it is the server's leaving.
            let _ = act_on(&schedule, &client.stream, &request);
            started.elapsed()
        });
    }

    #[test]
    fn no_wait_for_an_exit_takes_longer_than_its_timeout(
        ends_after in prop_oneof![Just(None), (0..120_u32).prop_map(Some)],
    ) {
        let end = match ends_after {
            Some(length) => format!("sleep 0.{length:03}; exit"),
            None => ":".to_owned(),
        };
        let world = World::new();
        let script = format!("trap '{end}' TERM; echo up; while :; do sleep 0.01; done");
        let daemon = Script::start(&world, &script);
        let report = Probe::new(&daemon.identity).timeout(PATIENCE).run();
        let grant = report.into_grant(Signal::Term, Trust::Waived).unwrap();
        prop_assert_eq!(grant.send().unwrap(), SendOutcome::Delivered);
        assert_on_time(ends_after, BUDGET, || {
            let started = Instant::now();
            grant.wait_exit(BUDGET).unwrap();
            started.elapsed()
        });
    }
}
