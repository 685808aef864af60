//! The crate's client, measured.

use std::path::Path;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use running_process::broker::backend_handle::BackendHandle;
use running_process::broker::manifest;

use super::measured_client::{Client, Measurement};

const TIMEOUT: Duration = Duration::from_secs(10);

pub const CLIENT: Client = Client {
    probe,
    again: probe,
    stop,
    registry,
};

fn probe(path: &Path) -> Measurement {
    let manifest = manifest::read_manifest(path)?;
    let start = Instant::now();
    let found = BackendHandle::try_from_manifest(&manifest);
    let took = start.elapsed();
    let came = match found {
        Ok(Some(_)) => "verified".to_owned(),
        Ok(None) => "it names no daemon".to_owned(),
        Err(refusal) => refusal.to_string(),
    };
    Ok((took, came))
}

fn stop(path: &Path) -> Measurement {
    let manifest = manifest::read_manifest(path)?;
    let handle = BackendHandle::try_from_manifest(&manifest)?.ok_or("it names no daemon")?;
    let start = Instant::now();
    // It waits for nothing but the process, and that blocking.
    let shutdown = pin!(handle.shutdown(TIMEOUT));
    match shutdown.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result?,
        Poll::Pending => return Err("the shutdown is not over".into()),
    }
    Ok((start.elapsed(), "stopped".to_owned()))
}

fn registry(directory: &Path) -> Measurement {
    let start = Instant::now();
    let manifests = manifest::enumerate_central(directory);
    let is_verified = |manifest| matches!(BackendHandle::try_from_manifest(manifest), Ok(Some(_)));
    let verified = manifests
        .iter()
        .filter(|manifest| is_verified(manifest))
        .count();
    let came = format!("{verified} of {} verified", manifests.len());
    Ok((start.elapsed(), came))
}
