//! Any number of diagnoses in little memory.

use std::sync::Arc;
use std::time::Duration;

use rpctl::__private::PackedReport;

use super::results::{Diagnosis, RecordFault};

/// A diagnosis that takes little memory until it is shown.
#[derive(Clone, Debug)]
pub(crate) struct PackedDiagnosis {
    report: PackedReport,
    hints: Box<[Box<str>]>,
    error: Option<Box<RecordFault>>,
    waited: Option<Duration>,
}

impl PackedDiagnosis {
    /// Returns the diagnosis.
    pub(crate) fn unpack(&self) -> Diagnosis {
        Diagnosis {
            report: self.report.unpack(),
            hints: self.hints.iter().map(ToString::to_string).collect(),
            error: self.error.as_deref().cloned(),
            waited: self.waited,
        }
    }

    pub(crate) fn report(&self) -> &PackedReport {
        &self.report
    }

    /// Returns why the record could not be read.
    pub(crate) fn error(&self) -> Option<&RecordFault> {
        self.error.as_deref()
    }
}

impl From<Diagnosis> for PackedDiagnosis {
    fn from(diagnosis: Diagnosis) -> Self {
        Self {
            report: PackedReport::new(diagnosis.report),
            hints: diagnosis.hints.into_iter().map(Into::into).collect(),
            error: diagnosis.error.map(Box::new),
            waited: diagnosis.waited,
        }
    }
}

/// The diagnoses of one round. Each is unpacked when its turn comes, so that the text about
/// thousands of records takes no more memory than that about one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Diagnoses(Arc<Vec<PackedDiagnosis>>);

impl Diagnoses {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns each diagnosis, in order.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = Diagnosis> {
        self.0.iter().map(PackedDiagnosis::unpack)
    }

    /// Returns the diagnosis if there is just one.
    pub(crate) fn only(&self) -> Option<Diagnosis> {
        match self.0.as_slice() {
            [one] => Some(one.unpack()),
            _ => None,
        }
    }

    /// Returns what is known of each report without unpacking it.
    pub(crate) fn reports(&self) -> impl ExactSizeIterator<Item = &PackedReport> {
        self.0.iter().map(PackedDiagnosis::report)
    }

    /// Sets how long the command waited for its daemons, if it had to.
    pub(crate) fn with_waited(self, waited: Option<Duration>) -> Self {
        let mut diagnoses = Arc::unwrap_or_clone(self.0);
        for one in &mut diagnoses {
            one.waited = waited;
        }
        Self(Arc::new(diagnoses))
    }

    pub(crate) fn packed(&self) -> &[PackedDiagnosis] {
        &self.0
    }
}

impl FromIterator<PackedDiagnosis> for Diagnoses {
    fn from_iter<I: IntoIterator<Item = PackedDiagnosis>>(diagnoses: I) -> Self {
        Self(Arc::new(diagnoses.into_iter().collect()))
    }
}

impl FromIterator<Diagnosis> for Diagnoses {
    fn from_iter<I: IntoIterator<Item = Diagnosis>>(diagnoses: I) -> Self {
        diagnoses.into_iter().map(PackedDiagnosis::from).collect()
    }
}
