//! The image that a process runs, compared with the recorded one.

use std::path::Path;

use super::subject::Subject;
use crate::platform::PinnedProcess;
use crate::probe::conversation::Conversation;
use crate::probe::evidence::DigestEvidence;
use crate::probe::hashing::{DigestWork, converse_and_hash};
use crate::probe::image_digests::ImageDigests;
use crate::probe::observed_evidence::ObservedImage;
use crate::probe::running_image::RunningImage;
use crate::probe::timed::Timed;
use crate::process::{ExpectedImage, ImageAgreement, RecordedExe};

/// Compares the image of `process`. A file that is known to be unchanged is not hashed.
pub(super) fn examine(
    process: &PinnedProcess,
    subject: &Subject<'_>,
    digests: &ImageDigests,
) -> (Timed<ObservedImage>, Timed<DigestEvidence>) {
    let Some(exe) = subject.exe else {
        let nothing = Timed::instantly(DigestEvidence::NotExamined);
        return (Timed::instantly(ObservedImage::Unrecorded), nothing);
    };
    let Timed { value, elapsed } = Timed::of(|| untouched(process, exe, subject.made_at));
    match value {
        Some(value) => {
            let nothing = Timed::instantly(DigestEvidence::NotExamined);
            (Timed { value, elapsed }, nothing)
        }
        None => compare(process, exe, subject.made_at, digests),
    }
}

/// Returns the image if it is the recorded file with the recorded attributes, and a digest
/// would not tell more.
fn untouched(process: &PinnedProcess, exe: &RecordedExe, made_at: u64) -> Option<ObservedImage> {
    let recorded = ExpectedImage::new(exe.file?, made_at);
    let now = process.image_file().ok()??;
    let is_proven = match recorded.compare(&now.stat, &now.file) {
        ImageAgreement::Unchanged => true,
        ImageAgreement::PerhapsUnchanged => false,
        ImageAgreement::Changed => return None,
    };
    let path = now.path;
    (is_proven || exe.digests().preferred().is_none())
        .then_some(ObservedImage::Untouched { path, is_proven })
}

fn compare(
    process: &PinnedProcess,
    exe: &RecordedExe,
    made_at: u64,
    digests: &ImageDigests,
) -> (Timed<ObservedImage>, Timed<DigestEvidence>) {
    let image = Timed::of(|| RunningImage::of_process(process));
    let work = DigestWork::new(image.value.as_ref(), exe.digests(), digests);
    let (_, digest) = converse_and_hash(Conversation::none(), work);
    let recorded = exe.path.as_deref();
    let image = image.map(|image| {
        let expected = exe.file.map(|file| ExpectedImage::new(file, made_at));
        let stat = image.as_ref().ok().map(|running| running.image.stat);
        ObservedImage::Examined {
            recorded: recorded.map(Path::to_path_buf),
            has_content: expected
                .zip(stat)
                .map(|(file, stat)| file.has_content(&stat)),
            image: match image {
                // Without a recorded path, that of the image has nothing to differ from.
                Ok(running) => {
                    let path = recorded.or(running.image.link.as_deref());
                    running.examine(path.unwrap_or(Path::new("/")), digests, &digest.value)
                }
                Err(evidence) => evidence,
            },
        }
    });
    (image, digest)
}
