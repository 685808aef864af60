//! The record of a systemd service. systemd itself is not started: nginx has a PID file,
//! whose content a function prints in the place of systemctl.

use super::RECIPES;
use super::contained::contained;
use crate::support::{World, block};

#[test]
fn the_main_process_of_a_service_is_recorded() {
    let recipe = block(RECIPES, "sh", "systemctl show");
    let script = format!(
        r#"
        mkdir /var/log/nginx
        nginx
        systemctl() {{
            [ "$*" = "show -P MainPID nginx" ] && cat /run/nginx.pid
        }}
        {recipe}
        "#
    );
    let Some(run) = contained(&World::new(), &["nginx"], &script) else {
        return;
    };
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.text().contains("✓ verified: "), "{run:?}");
}
