//! Clients that take their time, or all there is.

use std::time::Duration;

use rpctl::responder::Limits;

use super::{Bounded, crowd};
use crate::support::{Client, TestServer, World, ask, large_request, this_process};

/// A challenge may come byte by byte; the connection has time for it.
#[test]
fn a_challenge_that_comes_byte_by_byte_delays_no_one() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    let limits = Limits {
        connection_lifetime: Duration::MAX,
        ..Limits::default()
    };
    let _served = TestServer::within(limits, &identity.ipc_endpoint, identity.clone());
    let socket = &identity.ipc_endpoint.path;
    let mut slow: Vec<Client> = (0..20).map(|_| Client::connect(socket)).collect();
    let longest = slow.iter().map(|client| client.request().len()).max();
    for at in 0..longest.unwrap() {
        for client in &mut slow {
            if let Some(&byte) = client.request().get(at) {
                client.send(&[byte]);
            }
        }
        assert_eq!(ask(socket), identity, "after {at} bytes");
    }
    for client in &mut slow {
        // Read byte by byte, too.
        assert_eq!(client.answer(), identity);
    }
}

#[test]
fn half_a_challenge_delays_no_other_client() {
    let world = World::new();
    let daemon = Bounded::start(&world);
    let mut halves = crowd(&daemon, 200);
    for (length, client) in halves.iter_mut().enumerate() {
        let request = client.request();
        // The daemon may have hung up when its time was over.
        client.send_if_open(&request[..length % request.len()]);
    }
    daemon.assert_sound();
}

/// As much as is accepted, of which every byte is kept, and answered by as much
/// again.
#[test]
fn clients_that_take_no_answers_cannot_fill_the_memory() {
    let world = World::new();
    let daemon = Bounded::start(&world);
    let mut greedy: Vec<(Client, Vec<u8>, usize)> = crowd(&daemon, 600)
        .into_iter()
        .map(|client| {
            let request = large_request(&client);
            (client, request, 0)
        })
        .collect();
    for _ in 0..40 {
        for (client, request, sent) in &mut greedy {
            client.stuff(request, sent);
        }
        daemon.assert_sound();
    }
}

#[test]
fn clients_that_announce_much_and_send_little_are_not_believed() {
    let world = World::new();
    let daemon = Bounded::start(&world);
    let mut boasting = crowd(&daemon, 400);
    for client in &mut boasting {
        client.send_if_open(&[1, 0, 0, 1, 0, 8]);
    }
    daemon.assert_sound();
}
