//! Eviction policy: which connection to close if the server is full.

use std::time::{Duration, Instant};

/// Time for which a new client is spared if there are older ones, because its challenge
/// may be on the way.
pub(super) const GRACE: Duration = Duration::from_millis(50);

/// The times that decide when a connection is evicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Age {
    /// Time of the connection.
    pub(super) admitted: Instant,
    /// Time of the last answer; before the first answer, of the connection.
    pub(super) served: Instant,
}

impl Age {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            admitted: now,
            served: now,
        }
    }

    fn is_in_grace(self, now: Instant) -> bool {
        now.saturating_duration_since(self.admitted) < GRACE
    }
}

/// Returns the index of the connection that has been without an answer for the longest
/// time. The connections are in the order in which they were made. Those in their grace
/// come after all others, and the last one is not evicted in it.
///
/// Received bytes do not count: a single byte is easily sent, and the newest client,
/// which has sent nothing yet, may be the only honest one.
pub(super) fn longest_unserved(ages: &[Age], now: Instant) -> Option<usize> {
    let candidates = match ages {
        [others @ .., last] if last.is_in_grace(now) => others,
        all => all,
    };
    let in_turn = candidates.iter().enumerate();
    in_turn
        .min_by_key(|(_, age)| (age.is_in_grace(now), age.served))
        .map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// Returns the choice among clients by the milliseconds since they were admitted and
    /// served.
    fn choice(clients: &[(u32, u32)]) -> Option<usize> {
        let start = Instant::now();
        let at = |ago: u32| start + (1000 - ago) * MS;
        let ages: Vec<Age> = clients
            .iter()
            .map(|(admitted, served)| Age {
                admitted: at(*admitted),
                served: at(*served),
            })
            .collect();
        longest_unserved(&ages, at(0))
    }

    #[test]
    fn the_connection_longest_without_an_answer_is_evicted() {
        assert_eq!(choice(&[(900, 900), (800, 800), (700, 700)]), Some(0));
        assert_eq!(choice(&[(900, 10), (800, 800), (700, 700)]), Some(1));
        assert_eq!(choice(&[(900, 10), (800, 20), (700, 30)]), Some(2));
    }

    #[test]
    fn a_new_connection_is_spared_if_there_are_older_ones() {
        assert_eq!(choice(&[(900, 1), (40, 40), (30, 30)]), Some(0));
        assert_eq!(choice(&[(45, 5), (40, 40), (30, 30)]), Some(1));
    }

    #[test]
    fn the_last_connection_is_not_evicted_in_its_grace() {
        assert_eq!(choice(&[(45, 5), (40, 40)]), Some(0));
        assert_eq!(choice(&[(40, 40)]), None);
        assert_eq!(choice(&[(60, 60)]), Some(0));
        assert_eq!(choice(&[]), None);
    }
}
