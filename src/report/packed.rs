//! Reports in little memory: a registry can have thousands of records, and a list shows the
//! reports on all of them.

use std::time::Duration;

use super::{Check, CheckId, LiveProcess, Outcome, Reason, Report, Target, Verdict};
use crate::identity::Endpoint;
use crate::standstill::Standstill;

/// A report whose texts are in one place, one after the other. It takes about a fifth of the
/// memory, because most checks of most reports have no text.
#[derive(Clone, Debug)]
pub struct PackedReport {
    verdict: Verdict,
    reason: Option<Reason>,
    is_recorded_instance: bool,
    pid: Option<u32>,
    format: Option<&'static str>,
    elapsed: Duration,
    // Few processes are alive.
    process: Option<Box<LiveProcess>>,
    standstill: Option<Box<Standstill>>,
    /// The texts of the target, the summary, and the checks.
    texts: Box<[u8]>,
}

impl PackedReport {
    /// Packs a report.
    #[must_use]
    pub fn new(report: Report) -> Self {
        let mut packer = Packer(Vec::with_capacity(1024));
        packer.target(&report.target);
        packer.text(Some(&report.summary));
        packer.number(report.checks.len() as u64);
        report.checks.iter().for_each(|check| packer.check(check));
        Self {
            verdict: report.verdict,
            reason: report.reason,
            is_recorded_instance: report.is_recorded_instance,
            pid: report.target.pid,
            format: report.target.format,
            elapsed: report.elapsed,
            process: report.process.map(Box::new),
            standstill: report.standstill.map(Box::new),
            texts: packer.0.into(),
        }
    }

    /// Returns the report.
    #[must_use]
    pub fn unpack(&self) -> Report {
        let mut texts = Unpacker(&self.texts);
        Report {
            verdict: self.verdict,
            reason: self.reason,
            target: self.read_target(&mut texts),
            summary: texts.owned().unwrap_or_default(),
            process: self.process.as_deref().cloned(),
            checks: (0..texts.number()).filter_map(|_| texts.check()).collect(),
            is_recorded_instance: self.is_recorded_instance,
            standstill: self.standstill.as_deref().cloned(),
            elapsed: self.elapsed,
        }
    }

    /// Returns the record that the report is about.
    #[must_use]
    pub fn target(&self) -> Target {
        self.read_target(&mut Unpacker(&self.texts))
    }

    /// Returns the name of the record, as [`Target::record`].
    #[must_use]
    pub fn record(&self) -> Option<&str> {
        Unpacker(&self.texts).text()
    }

    /// Returns the format of the record, as [`Target::format`].
    #[must_use]
    pub fn format(&self) -> Option<&'static str> {
        self.format
    }

    /// Returns the recorded process ID.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.pid
    }

    /// Returns the verdict of the report.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Returns the reason for the verdict, as [`Report::reason`].
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        self.reason
    }

    /// Returns the time that the whole probe took.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    fn read_target(&self, texts: &mut Unpacker<'_>) -> Target {
        Target {
            record: texts.owned(),
            format: self.format,
            identity_file: texts.owned(),
            service_name: texts.owned(),
            service_version: texts.owned(),
            pid: self.pid,
            endpoint: texts.owned().map(|path| Endpoint {
                path,
                namespace_id: texts.owned().unwrap_or_default(),
            }),
            listeners: (0..texts.number()).filter_map(|_| texts.owned()).collect(),
        }
    }
}

/// The bytes of a packed report: numbers have seven bits in each byte, the lowest first, and a
/// text is preceded by its length and one more; 0 is no text.
struct Packer(Vec<u8>);

impl Packer {
    fn target(&mut self, target: &Target) {
        let texts = [
            &target.record,
            &target.identity_file,
            &target.service_name,
            &target.service_version,
        ];
        for text in texts {
            self.text(text.as_deref());
        }
        let endpoint = target.endpoint.as_ref();
        self.text(endpoint.map(|endpoint| &*endpoint.path));
        if let Some(endpoint) = endpoint {
            self.text(Some(&endpoint.namespace_id));
        }
        self.number(target.listeners.len() as u64);
        target.listeners.iter().for_each(|it| self.text(Some(it)));
    }

    fn check(&mut self, check: &Check) {
        self.0.extend([check.check as u8, check.outcome as u8]);
        let texts = [&check.expected, &check.actual, &check.detail];
        for text in texts {
            self.text(text.as_deref());
        }
        let elapsed = check.elapsed.as_nanos();
        self.number(u64::try_from(elapsed).unwrap_or(u64::MAX));
    }

    fn text(&mut self, text: Option<&str>) {
        self.number(text.map_or(0, |text| text.len() as u64 + 1));
        self.0.extend(text.unwrap_or_default().as_bytes());
    }

    fn number(&mut self, mut number: u64) {
        loop {
            let low = (number & 0x7f) as u8;
            number >>= 7;
            self.0.push(if number == 0 { low } else { low | 0x80 });
            if number == 0 {
                break;
            }
        }
    }
}

/// What is left to read.
struct Unpacker<'a>(&'a [u8]);

impl<'a> Unpacker<'a> {
    fn check(&mut self) -> Option<Check> {
        let (check, outcome) = (self.byte(), self.byte());
        Some(Check {
            check: *CheckId::ALL.get(usize::from(check))?,
            outcome: *Outcome::ALL.get(usize::from(outcome))?,
            expected: self.owned(),
            actual: self.owned(),
            detail: self.owned(),
            elapsed: Duration::from_nanos(self.number()),
        })
    }

    fn owned(&mut self) -> Option<String> {
        self.text().map(str::to_owned)
    }

    fn text(&mut self) -> Option<&'a str> {
        let len = usize::try_from(self.number()).ok()?.checked_sub(1)?;
        let (text, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        str::from_utf8(text).ok()
    }

    fn number(&mut self) -> u64 {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte();
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        number
    }

    fn byte(&mut self) -> u8 {
        let Some((&byte, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        byte
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(check: CheckId, outcome: Outcome) -> Check {
        Check {
            check,
            outcome,
            expected: Some("é\0".to_owned()),
            actual: None,
            detail: Some("d".repeat(200)),
            elapsed: Duration::from_nanos(u64::MAX),
        }
    }

    #[test]
    fn a_packed_report_is_unpacked_as_it_was() {
        let outcomes = Outcome::ALL.iter().cycle();
        let checks = CheckId::ALL.iter().zip(outcomes);
        let endpoint = Endpoint {
            namespace_id: String::new(),
            path: "/s".to_owned(),
        };
        let full = Report {
            verdict: Verdict::Mismatch,
            reason: Some(Reason::Squatted),
            summary: "s".to_owned(),
            target: Target {
                record: Some("/r".to_owned()),
                format: Some("sidecar-json"),
                identity_file: None,
                service_name: Some(String::new()),
                service_version: Some("1".to_owned()),
                pid: Some(7),
                endpoint: Some(endpoint),
                listeners: vec!["/a".to_owned(), "[::]:1".to_owned()],
            },
            process: Some(LiveProcess {
                pid: 7,
                user: None,
                started_at_unix_ms: Some(1),
                exe: Some("/e".into()),
                arguments: Some("a".to_owned()),
            }),
            checks: checks.map(|(&id, &outcome)| check(id, outcome)).collect(),
            is_recorded_instance: true,
            standstill: Some(Standstill::Stopped),
            elapsed: Duration::from_nanos(1),
        };
        let empty = Report {
            reason: None,
            summary: String::new(),
            target: Target::default(),
            process: None,
            checks: Vec::new(),
            standstill: None,
            ..full.clone()
        };
        for report in [full, empty] {
            let packed = PackedReport::new(report.clone());
            assert_eq!(packed.target(), report.target);
            assert_eq!(packed.record(), report.target.record.as_deref());
            assert_eq!(packed.unpack(), report);
        }
    }
}
