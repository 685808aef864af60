//! The deployment with rpctl in an image of its own.

use super::PAGE;
use crate::support::{World, assert_accepted, block, strings, yaml};

#[test]
fn kubernetes_accepts_the_deployment() {
    let world = World::new();
    let text = block(PAGE, "yaml", "kind: Deployment");
    let Some(deployment) = yaml(&world, "deployment.yml", text) else {
        return;
    };
    assert_accepted(
        &world,
        "kubernetes-validate",
        &["--strict", "deployment.yml"],
    );
    let pod = &deployment["spec"]["template"]["spec"];
    let container = &pod["containers"][0];
    let mount = &container["volumeMounts"][0];
    assert_eq!(mount["name"], pod["volumes"][0]["name"]);
    let program = format!("{}/rpctl", mount["mountPath"].as_str().unwrap());
    for probe in ["startupProbe", "livenessProbe"] {
        let command = strings(&container[probe]["exec"]["command"]);
        let expected = [&program, "probe", "/run/cached/cached.json"];
        assert_eq!(command, expected, "{probe}");
        // Their own default is one second, and a late probe has no reason.
        assert_eq!(container[probe]["timeoutSeconds"], 3);
    }
}
