//! Whom to give up where there is no room for everybody.

use std::time::{Duration, Instant};

/// Time in which a client is spared if others are there: it has connected, and its
/// challenge is on the way.
pub(super) const GRACE: Duration = Duration::from_millis(50);

/// How long a client has been there, and how long it has gone without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Age {
    pub(super) admitted: Instant,
    /// When its last request was answered; before the first, when it came.
    pub(super) served: Instant,
}

impl Age {
    pub(super) fn of_newcomer(now: Instant) -> Self {
        Self {
            admitted: now,
            served: now,
        }
    }

    fn is_in_grace(self, now: Instant) -> bool {
        now.saturating_duration_since(self.admitted) < GRACE
    }
}

/// Which of the clients, in the order they came, has gone longest without an
/// answer. Those in their grace come after all others, and the last one is left
/// alone in it.
///
/// What they have sent does not count: a single byte is easily sent, and whoever
/// came last with nothing sent yet may be the only honest one.
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

    /// The choice among clients that came and were served so many ms ago.
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
    fn the_one_longest_without_an_answer_goes() {
        assert_eq!(choice(&[(900, 900), (800, 800), (700, 700)]), Some(0));
        assert_eq!(choice(&[(900, 10), (800, 800), (700, 700)]), Some(1));
        assert_eq!(choice(&[(900, 10), (800, 20), (700, 30)]), Some(2));
    }

    #[test]
    fn whoever_has_just_come_is_spared_as_long_as_others_are_there() {
        assert_eq!(choice(&[(900, 1), (40, 40), (30, 30)]), Some(0));
        assert_eq!(choice(&[(45, 5), (40, 40), (30, 30)]), Some(1));
    }

    #[test]
    fn the_last_one_is_left_alone_in_its_grace() {
        assert_eq!(choice(&[(45, 5), (40, 40)]), Some(0));
        assert_eq!(choice(&[(40, 40)]), None);
        assert_eq!(choice(&[(60, 60)]), Some(0));
        assert_eq!(choice(&[]), None);
    }
}
