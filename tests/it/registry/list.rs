//! `rpctl list`.

use super::fixture::{daemon, dead, elsewhere, place, record, verdicts};
use crate::support::World;

#[test]
fn every_record_is_listed_with_its_verdict() {
    let world = World::new();
    let _live = daemon(&world, "live");
    let _dead = dead(&world, "dead");
    // Alive, and nothing can be asked of it.
    let lost = daemon(&world, "lost");
    std::fs::remove_file(lost.socket()).unwrap();
    record(&world, "foreign", |manifest| {
        manifest.host = Some(elsewhere());
    });
    std::fs::write(place(&world, "garbage.pb"), "no record").unwrap();
    std::fs::create_dir(place(&world, "directory.pb")).unwrap();

    let run = world.rpctl(["list", "--json"]);
    let document = run.json();
    assert_eq!((run.code, &document["exit_code"]), (Some(0), &0.into()));
    let version = env!("CARGO_PKG_VERSION");
    let expected = [
        (format!("dead-{version}.pb"), "not_running"),
        ("directory.pb".to_owned(), "invalid_record"),
        ("foreign.pb".to_owned(), "indeterminate"),
        ("garbage.pb".to_owned(), "invalid_record"),
        (format!("live-{version}.pb"), "verified"),
        (format!("lost-{version}.pb"), "unresponsive"),
    ];
    let found = verdicts(&document);
    assert!(
        found
            .iter()
            .map(|(file, verdict)| (file.clone(), verdict.as_str()))
            .eq(expected),
        "{found:?}"
    );
    let codes = document["reports"].as_array().unwrap().iter();
    let codes: Vec<_> = codes.map(|report| report["exit_code"].as_u64()).collect();
    assert_eq!(codes, [3, 8, 4, 8, 0, 6].map(Some));
    assert_eq!(document["reports"][1]["error"]["kind"], "not_regular");

    let run = world.rpctl(["list"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let lines: Vec<&str> = run.text().lines().collect();
    let counts = "6 records in DIR: 1 verified, 1 not_running, 1 indeterminate, 1 unresponsive, 2 \
                  invalid_record";
    let heading = lines.iter().take_while(|line| !line.is_empty());
    let heading: Vec<&str> = heading.map(|line| line.trim()).collect();
    assert_eq!(heading.join(" "), counts.replace("DIR", "~/registry"));
    let wide = world.rpctl(["list", "--wide"]);
    let lines: Vec<&str> = wide.text().lines().collect();
    let line = |start: &str| lines.iter().find(|line| line.starts_with(start)).unwrap();
    let words = |line: &str| {
        line.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let path = |name: &str| place(&world, name).display().to_string();
    let found = words(line("! unresponsive"));
    let (service, pid) = (format!("lost@{version}"), lost.pid().to_string());
    assert_eq!(found[..4], ["!", "unresponsive", &service, &pid]);
    // Between them are the user and the age.
    let end = ["endpoint_missing", &path(&format!("lost-{version}.pb"))];
    assert_eq!(found[found.len() - 2..], end);
    assert_eq!(
        words(line("✗ invalid_record  garbage")),
        [
            "✗",
            "invalid_record",
            "garbage.pb",
            "record_invalid",
            &path("garbage.pb")
        ]
    );
    assert!(
        run.text().contains("next: rpctl prune --dry-run"),
        "{run:?}"
    );
}

#[test]
fn a_listing_is_a_list_also_of_one_record_and_of_none() {
    let world = World::new();
    let run = world.rpctl(["list", "--json"]);
    assert_eq!((run.code, verdicts(&run.json())), (Some(0), Vec::new()));
    assert!(run.stderr.contains("registry holds no records"), "{run:?}");
    let run = world.rpctl(["list"]);
    assert_eq!((run.code, run.text()), (Some(0), ""));
    assert!(run.stderr.contains("registry holds no records"), "{run:?}");

    record(&world, "only", |_| {});
    let run = world.rpctl(["list", "--json"]);
    let only = ("only.pb".to_owned(), "unresponsive".to_owned());
    assert_eq!((run.code, verdicts(&run.json())), (Some(0), vec![only]));
}

#[test]
fn in_the_style_of_a_health_check_the_worst_verdict_counts() {
    let world = World::new();
    let _dead = dead(&world, "dead");
    let run = world.rpctl(["list", "--json", "--exit-style", "docker"]);
    assert_eq!((run.code, &run.json()["exit_code"]), (Some(1), &1.into()));
    let run = world.rpctl(["list", "--output", "nagios"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.text().starts_with("dead CRITICAL"), "{run:?}");
    let run = world.rpctl(["list", "--output", "ndjson"]);
    assert_eq!((run.code, run.text().lines().count()), (Some(0), 1));
}

#[test]
fn a_registry_without_records_is_no_healthy_one() {
    let world = World::new();
    // Without a directory, and with an empty one.
    for _ in 0..2 {
        for (style, code) in [("nagios", 3), ("lsb", 4), ("docker", 1)] {
            let run = world.rpctl(["list", "--json", "--exit-style", style]);
            let document = run.json();
            assert_eq!(
                (run.code, &document["exit_code"]),
                (Some(code), &code.into())
            );
            assert_eq!(document["error"]["kind"], "no_target");
        }
        let said = format!(
            "RPCTL UNKNOWN - {} holds no records\n",
            world.path("registry").display()
        );
        for (style, code) in [(&[][..], 3), (&["--exit-style", "rpctl"], 2)] {
            let run = world.rpctl([&["list", "--output", "nagios"], style].concat());
            assert_eq!((run.code, run.stderr.as_str()), (Some(code), ""));
            assert!(run.text().starts_with(&said), "{run:?}");
        }
        let run = world.rpctl(["list", "--output", "prometheus"]);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(run.text().contains("\nrpctl_up 0.0\n"), "{run:?}");
        let _ = std::fs::create_dir(world.path("registry"));
    }
}

#[test]
fn a_line_fits_80_columns_and_wide_shows_all() {
    let world = World::new();
    let name = "a".repeat(64);
    record(&world, &name, |manifest| {
        manifest.service_name.clone_from(&name);
    });
    record(&world, "x", |_| {});
    let run = world.rpctl(["list"]);
    let (_, table) = run.text().split_once("\n\n").unwrap();
    for line in table.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    assert!(table.contains("! unresponsive  test@1.2.3"), "{table}");
    assert!(table.contains('…'), "{table}");
    let run = world.rpctl(["list", "--wide"]);
    let path = place(&world, &format!("{name}.pb"));
    assert!(run.text().contains(path.to_str().unwrap()), "{run:?}");
    assert!(run.text().contains(&format!("{name}@1.2.3")), "{run:?}");
}

#[test]
fn a_records_name_cannot_pass_for_a_verdict() {
    let world = World::new();
    record(&world, "hostile", |manifest| {
        manifest.service_name = "\u{1b}[2J✓ verified\u{202e}".to_owned();
    });
    let run = world.rpctl(["list", "--color", "always", "--wide"]);
    let hostile = run.text().lines().find(|line| line.contains("2J")).unwrap();
    assert!(
        !hostile.contains("\u{1b}[2J") && !hostile.contains('\u{202e}'),
        "{hostile}"
    );
    let verdict = hostile.find("✗ invalid_record").unwrap();
    assert!(verdict < hostile.find("✓ verified").unwrap(), "{hostile}");
}

#[test]
fn a_registry_that_cannot_be_read_is_an_internal_error() {
    let world = World::new();
    let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
    command
        .env("RUNNING_PROCESS_MANIFEST_DIR", world.path("file"))
        .args(["list", "--json"]);
    std::fs::write(world.path("file"), "").unwrap();
    let run = crate::support::Run::of(&mut command);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.stderr.contains("cannot read the registry in "),
        "{run:?}"
    );
}

#[test]
fn a_file_in_place_of_the_process_records_is_one_line() {
    let world = World::new();
    let _live = daemon(&world, "live");
    std::fs::create_dir_all(world.path("run/rpctl")).unwrap();
    std::fs::write(world.path("run/rpctl/records"), "no directory").unwrap();
    let run = world.rpctl(["list", "--json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let found = verdicts(&run.json());
    let verdicts: Vec<&str> = found.iter().map(|(_, verdict)| verdict.as_str()).collect();
    assert_eq!(verdicts, ["verified", "invalid_record"]);
    let run = world.rpctl(["probe", "live"]);
    assert_eq!(run.code, Some(0), "{run:?}");
}
