//! A bystander takes the number of a verified daemon before the daemon is
//! stopped. The crate holds the process to see whether it lives, and signals the
//! number; so these rounds would reveal a client that hits the new process.

use tempfile::tempdir;

use crate::container::{can_contain, contained};
use crate::programs::Release;

for_both_releases! {
    it_signals_the_bystander_and_rpctl_does_not,
}

/// Both say that the daemon is stopped, every time.
fn it_signals_the_bystander_and_rpctl_does_not(release: &Release) {
    if !can_contain() {
        return;
    }
    let home = tempdir().unwrap();
    let output = contained(&release.command("reuse", &home), None).output();
    let output = output.expect("unshare can be run");
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stdout).expect("peers print text");
    assert_eq!(
        said,
        "established: of 6 reused 6, succeeded 6, signalled 6\n\
         rpctl: of 6 reused 6, succeeded 6, signalled 0\n"
    );
}
