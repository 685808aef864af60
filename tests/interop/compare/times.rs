//! Times of work done by turns.

use std::fmt;
use std::time::Duration;

use crate::daemons::Result;

/// Times of the same work.
#[derive(Clone, Debug, Default)]
pub struct Times(Vec<Duration>);

impl Times {
    pub fn median(&self) -> Duration {
        let mut times = self.0.clone();
        times.sort();
        times.get(times.len() / 2).copied().unwrap_or_default()
    }

    pub fn best(&self) -> Duration {
        self.0.iter().min().copied().unwrap_or_default()
    }
}

/// Three significant digits of a median and the best, in milliseconds.
impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (median, best) = (milliseconds(self.median()), milliseconds(self.best()));
        if self.0.len() < 2 {
            write!(f, "{median} ms")
        } else {
            write!(f, "{median} ms ({best})")
        }
    }
}

/// Returns three significant digits of a time.
pub fn milliseconds(time: Duration) -> String {
    let milliseconds = time.as_secs_f64() * 1e3;
    let decimals = match milliseconds {
        0.0..10.0 => 2,
        10.0..100.0 => 1,
        _ => 0,
    };
    format!("{milliseconds:.decimals$}")
}

/// A function that does the work once and returns the time it took.
pub type Turn<'a> = &'a mut dyn FnMut() -> Result<Duration>;

/// Has all do the work by turns, each once before it counts: what comes after a
/// client that only waited would pay for waking the machine, and what comes after
/// one that read much for filling its caches again.
pub fn by_turns<const N: usize>(rounds: usize, turns: [Turn<'_>; N]) -> Result<[Times; N]> {
    let times = take_turns(rounds, turns.into())?;
    times.try_into().map_err(|_| "a turn was left out".into())
}

/// As [`by_turns`], of any number.
pub fn take_turns(rounds: usize, mut turns: Vec<Turn<'_>>) -> Result<Vec<Times>> {
    let mut times = vec![Times::default(); turns.len()];
    for _ in 0..rounds {
        for (turn, times) in turns.iter_mut().zip(&mut times) {
            turn()?;
            times.0.push(turn()?);
        }
    }
    Ok(times)
}
