//! `rpctl signal`.

use anyhow::Result;
use rpctl::control::{Denial, Grant, SendOutcome};

use super::grant::Request;
use crate::args::SignalArgs;
use crate::exit_code::ExitCode;
use crate::hints;
use crate::output::Output;
use crate::render::{Action, ActionReport, Diagnosis};

pub(super) fn run(args: &SignalArgs, output: &Output) -> Result<ExitCode> {
    let request = Request {
        command: &format!("signal {}", args.signal.name()),
        signal: args.signal,
        args: &args.grant,
        missing_ok: false,
    };
    let (diagnosis, action) = act(&request, output)?;
    Ok(output.print(&ActionReport {
        command: "signal",
        diagnosis: &diagnosis,
        action: &action,
    }))
}

fn act(request: &Request<'_>, output: &Output) -> Result<(Diagnosis, Action)> {
    let (path, digests) = match request.select()? {
        Ok(selected) => selected,
        Err(refused) => return Ok(refused),
    };
    let (report, owner) = match request.probe(&path, &digests)? {
        Ok(probed) => {
            let (report, (_, owner)) = probed.into_parts();
            (report, owner)
        }
        Err(refused) => return Ok(refused),
    };
    Ok(match report.into_grant(request.signal, request.trust()) {
        Ok(grant) => send(request, grant, output),
        Err(refused) if refused.denial == Denial::AlreadyGone => {
            let action = Action::not_running(refused.report.report());
            (request.diagnosis(refused.report.into_report()), action)
        }
        Err(refused) => request.refuse(*refused, owner),
    })
}

fn send(request: &Request<'_>, grant: Grant, output: &Output) -> (Diagnosis, Action) {
    let (signal, report) = (request.signal, grant.report());
    let action = if request.args.dry_run {
        Action::dry_run(signal, report)
    } else {
        let standstill = grant.standstill();
        match grant.send() {
            Ok(SendOutcome::Delivered) => {
                if let Some(warning) =
                    hints::of_standstill(signal, report, standstill.as_ref(), request.asked())
                {
                    output.warn_of(&warning.sentence, &warning.next);
                }
                Action::sent(signal, report, standstill)
            }
            Ok(SendOutcome::AlreadyGone) => Action::not_running(report),
            Err(error) => Action::not_sent(
                signal,
                &error,
                report,
                hints::for_unsent(&error, report, request.asked()),
            ),
        }
    };
    (request.diagnosis(grant.into_report()), action)
}
