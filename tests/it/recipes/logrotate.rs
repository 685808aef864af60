//! The configuration of logrotate, with nginx as its Debian package configures it.

use super::RECIPES;
use super::contained::contained;
use crate::support::{World, block};

#[test]
fn logs_are_rotated_by_a_signal_to_nginx_and_no_other() {
    let world = World::new();
    let recipe = block(RECIPES, "", "/var/log/nginx");
    std::fs::write(world.path("logrotate.conf"), recipe).unwrap();
    let script = r#"
        mkdir /var/log/nginx
        nginx
        # A worker that is told to end before it has finished its start may not hear it.
        are_ready() {
            master=$(cat /run/nginx.pid)
            for worker in $(cat "/proc/$master/task/$master/children"); do
                grep -q '^State:.S' "/proc/$worker/status" || return 1
            done
        }
        until_true are_ready
        rotate() { logrotate --force --state state logrotate.conf; }
        echo 1 > /var/log/nginx/access.log
        status rotate
        has_new_log() {
            ls -l "/proc/$(cat /run/nginx.pid)/fd" | grep -q 'nginx/access.log$'
        }
        until_true has_new_log
        kill -QUIT "$(cat /run/nginx.pid)"
        until_true [ ! -e /run/nginx.pid ]
        status rotate

        sleep 1000 &
        echo $! > /run/nginx.pid
        echo 1 > /var/log/nginx/access.log
        status rotate
        kill -0 $! && echo spared
    "#;
    let Some(run) = contained(&world, &["logrotate", "nginx"], script) else {
        return;
    };
    assert_eq!(
        run.text(),
        "rotate: 0\nrotate: 0\nrotate: 1\nspared\n",
        "{run:?}"
    );
    assert!(
        run.stderr
            .contains("error running shared postrotate script"),
        "{run:?}"
    );
}
