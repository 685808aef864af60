module completions {

  def "nu-complete rpctl services" [] {
    ^rpctl complete services | lines
  }

  def "nu-complete rpctl records" [context: string] {
    let word = $context | split row ' ' | last
    let records = ^rpctl complete records | lines | where {|record| $record starts-with $word}
    if ($records | is-empty) { null } else { $records }
  }


  def "nu-complete rpctl output" [] {
    [ "table" "json" "ndjson" "junit" "nagios" "prometheus" "github" ]
  }

  def "nu-complete rpctl color" [] {
    [ "auto" "always" "never" ]
  }

  # Know which process you are talking to
  export extern rpctl [
    --output(-o): string@"nu-complete rpctl output" # Form of the report
    --json                    # Short for --output json
    --quiet(-q)               # Print nothing; the exit status says it all
    --wide                    # Show whole digests and paths, however wide the table gets
    --color: string@"nu-complete rpctl color" # When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE
    --help(-h)                # Print help (see more with '--help')
    --version(-V)             # Print version
  ]

  def "nu-complete rpctl probe exit_style" [] {
    [ "rpctl" "nagios" "lsb" "docker" ]
  }

  def "nu-complete rpctl probe output" [] {
    [ "table" "json" "ndjson" "junit" "nagios" "prometheus" "github" ]
  }

  def "nu-complete rpctl probe color" [] {
    [ "auto" "always" "never" ]
  }

  # Check whether the process behind a record is the one it claims to be
  export extern "rpctl probe" [
    --service: string@"nu-complete rpctl services"         # The record of a service in the registry
    --all                     # Every record of the registry; one that holds none is an error
    --timeout: string         # Time for connecting, challenging and reading the answer, together
    --wait: string            # Try again until all is verified or this time is over: for a daemon that is just being started, and may have no record yet
    --watch: string           # Probe again at this interval until interrupted: a live table, or one JSON document a line; an error is a round like any other
    --endpoint: path          # The endpoint that the record must name, else nothing is contacted
    --strict                  # Count warnings as "cannot tell" (exit status 4)
    --hash-timeout: string    # Time for hashing one executable
    --digest-cache            # Keep the digests of executables for the next run, until they change or the host is started anew
    --exit-style: string@"nu-complete rpctl probe exit_style" # Whose exit status to return [default: nagios with --output nagios, else rpctl]
    --output(-o): string@"nu-complete rpctl probe output" # Form of the report
    --json                    # Short for --output json
    --quiet(-q)               # Print nothing; the exit status says it all
    --wide                    # Show whole digests and paths, however wide the table gets
    --color: string@"nu-complete rpctl probe color" # When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE
    --help(-h)                # Print help (see more with '--help')
    --version(-V)             # Print version
    ...records: path@"nu-complete rpctl records"          # The records: manifests (.pb or JSON) or identity sidecars; - reads standard input [default: $RPCTL_RECORD, else the registry's only live record]
  ]

  def "nu-complete rpctl inspect-manifest convert" [] {
    [ "json" "protobuf" "sidecar" ]
  }

  def "nu-complete rpctl inspect-manifest digest" [] {
    [ "sha256" "blake3" ]
  }

  def "nu-complete rpctl inspect-manifest output" [] {
    [ "table" "json" ]
  }

  def "nu-complete rpctl inspect-manifest color" [] {
    [ "auto" "always" "never" ]
  }

  # Show and validate a record; touches no process and no socket
  export extern "rpctl inspect-manifest" [
    --service: string@"nu-complete rpctl services"         # The record of a service in the registry
    --convert: string@"nu-complete rpctl inspect-manifest convert" # Print the record alone, in another form
    --digest: string@"nu-complete rpctl inspect-manifest digest" # Which digest a protobuf record carries, where both are known
    --output(-o): string@"nu-complete rpctl inspect-manifest output" # Form of the report
    --json                    # Short for --output json
    --quiet(-q)               # Print nothing; the exit status says it all
    --wide                    # Show whole digests and paths, however wide the table gets
    --color: string@"nu-complete rpctl inspect-manifest color" # When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE
    --help(-h)                # Print help (see more with '--help')
    --version(-V)             # Print version
    record?: path@"nu-complete rpctl records"             # The record: a manifest (.pb or JSON) or an identity sidecar; - reads standard input [default: $RPCTL_RECORD, else the registry's only live record]
  ]

  def "nu-complete rpctl shutdown output" [] {
    [ "table" "json" ]
  }

  def "nu-complete rpctl shutdown color" [] {
    [ "auto" "always" "never" ]
  }

  # Verify the daemon, ask it to terminate, and wait for its exit
  export extern "rpctl shutdown" [
    --service: string@"nu-complete rpctl services"         # The record of a service in the registry
    --timeout: string         # Time for the daemon to exit, once signalled
    --probe-timeout: string   # Time for connecting, challenging and reading the answer, together
    --hash-timeout: string    # Time for hashing one executable
    --dry-run                 # Show what would happen, with the exit status it would have
    --require-running         # Exit with status 3 when the daemon is already gone
    --remove-record           # Remove the record afterwards, if it still names that daemon
    --trust-record            # Accept a record that others could have written
    --force                   # Kill it when it is still alive at the deadline
    --output(-o): string@"nu-complete rpctl shutdown output" # Form of the report
    --json                    # Short for --output json
    --quiet(-q)               # Print nothing; the exit status says it all
    --wide                    # Show whole digests and paths, however wide the table gets
    --color: string@"nu-complete rpctl shutdown color" # When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE
    --help(-h)                # Print help (see more with '--help')
    --version(-V)             # Print version
    record?: path@"nu-complete rpctl records"             # The record: a manifest (.pb or JSON) or an identity sidecar; - reads standard input [default: $RPCTL_RECORD, else the registry's only live record]
  ]

  def "nu-complete rpctl kill output" [] {
    [ "table" "json" ]
  }

  def "nu-complete rpctl kill color" [] {
    [ "auto" "always" "never" ]
  }

  # Verify the daemon, kill it, and wait for its exit
  export extern "rpctl kill" [
    --service: string@"nu-complete rpctl services"         # The record of a service in the registry
    --timeout: string         # Time for the daemon to exit, once signalled
    --probe-timeout: string   # Time for connecting, challenging and reading the answer, together
    --hash-timeout: string    # Time for hashing one executable
    --dry-run                 # Show what would happen, with the exit status it would have
    --require-running         # Exit with status 3 when the daemon is already gone
    --remove-record           # Remove the record afterwards, if it still names that daemon
    --trust-record            # Accept a record that others could have written
    --output(-o): string@"nu-complete rpctl kill output" # Form of the report
    --json                    # Short for --output json
    --quiet(-q)               # Print nothing; the exit status says it all
    --wide                    # Show whole digests and paths, however wide the table gets
    --color: string@"nu-complete rpctl kill color" # When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE
    --help(-h)                # Print help (see more with '--help')
    --version(-V)             # Print version
    record?: path@"nu-complete rpctl records"             # The record: a manifest (.pb or JSON) or an identity sidecar; - reads standard input [default: $RPCTL_RECORD, else the registry's only live record]
  ]

  def "nu-complete rpctl spawn-self digest" [] {
    [ "sha256" "blake3" ]
  }

  def "nu-complete rpctl spawn-self output" [] {
    [ "table" "json" ]
  }

  def "nu-complete rpctl spawn-self color" [] {
    [ "auto" "always" "never" ]
  }

  # Start rpctl itself as a small daemon that answers probes, and record it
  export extern "rpctl spawn-self" [
    --foreground              # Stay attached to the terminal
    --once                    # Test yourself: spawn, probe with the full report, stop, leave nothing
    --record: path            # Where to write the record: .pb gives protobuf, - standard output, anything else JSON [default: the registry]
    --sidecar: path           # Write an identity sidecar as well
    --endpoint: path          # The socket to listen on [default: in a private directory below XDG_RUNTIME_DIR or the temporary directory]
    --service: string         # Name of the service, of a-z, 0-9 and -
    --digest: string@"nu-complete rpctl spawn-self digest" # Which digest a protobuf record carries
    --idle-timeout: string    # End after this time without a probe
    --output(-o): string@"nu-complete rpctl spawn-self output" # Form of the report
    --json                    # Short for --output json
    --quiet(-q)               # Print nothing; the exit status says it all
    --wide                    # Show whole digests and paths, however wide the table gets
    --color: string@"nu-complete rpctl spawn-self color" # When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE
    --help(-h)                # Print help (see more with '--help')
    --version(-V)             # Print version
  ]

  def "nu-complete rpctl list exit_style" [] {
    [ "rpctl" "nagios" "lsb" "docker" ]
  }

  def "nu-complete rpctl list output" [] {
    [ "table" "json" "ndjson" "junit" "nagios" "prometheus" "github" ]
  }

  def "nu-complete rpctl list color" [] {
    [ "auto" "always" "never" ]
  }

  # Show every record of the registry with its verdict, a line each
  export extern "rpctl list" [
    --timeout: string         # Time for connecting, challenging and reading the answer, together
    --hash-timeout: string    # Time for hashing one executable
    --digest-cache            # Keep the digests of executables for the next run, until they change or the host is started anew
    --exit-style: string@"nu-complete rpctl list exit_style" # Whose exit status to return [default: nagios with --output nagios, else rpctl]
    --output(-o): string@"nu-complete rpctl list output" # Form of the report
    --json                    # Short for --output json
    --quiet(-q)               # Print nothing; the exit status says it all
    --wide                    # Show whole digests and paths, however wide the table gets
    --color: string@"nu-complete rpctl list color" # When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE
    --help(-h)                # Print help (see more with '--help')
    --version(-V)             # Print version
  ]

  def "nu-complete rpctl prune output" [] {
    [ "table" "json" ]
  }

  def "nu-complete rpctl prune color" [] {
    [ "auto" "always" "never" ]
  }

  # Remove the records of the registry whose daemons are provably gone
  export extern "rpctl prune" [
    --dry-run                 # Show what would be removed, with the exit status it would have
    --timeout: string         # Time for connecting, challenging and reading the answer, together
    --hash-timeout: string    # Time for hashing one executable
    --output(-o): string@"nu-complete rpctl prune output" # Form of the report
    --json                    # Short for --output json
    --quiet(-q)               # Print nothing; the exit status says it all
    --wide                    # Show whole digests and paths, however wide the table gets
    --color: string@"nu-complete rpctl prune color" # When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE
    --help(-h)                # Print help (see more with '--help')
    --version(-V)             # Print version
  ]

  def "nu-complete rpctl completions shell" [] {
    [ "bash" "zsh" "fish" "powershell" "elvish" "nushell" ]
  }

  def "nu-complete rpctl completions output" [] {
    [ "table" "json" ]
  }

  def "nu-complete rpctl completions color" [] {
    [ "auto" "always" "never" ]
  }

  # Print a script that completes the command line in a shell
  export extern "rpctl completions" [
    --output(-o): string@"nu-complete rpctl completions output" # Form of the report
    --json                    # Short for --output json
    --quiet(-q)               # Print nothing; the exit status says it all
    --wide                    # Show whole digests and paths, however wide the table gets
    --color: string@"nu-complete rpctl completions color" # When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE
    --help(-h)                # Print help (see more with '--help')
    --version(-V)             # Print version
    shell: string@"nu-complete rpctl completions shell" # The shell that is to load it
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "rpctl help" [
  ]

  # Check whether the process behind a record is the one it claims to be
  export extern "rpctl help probe" [
  ]

  # Show and validate a record; touches no process and no socket
  export extern "rpctl help inspect-manifest" [
  ]

  # Verify the daemon, ask it to terminate, and wait for its exit
  export extern "rpctl help shutdown" [
  ]

  # Verify the daemon, kill it, and wait for its exit
  export extern "rpctl help kill" [
  ]

  # Start rpctl itself as a small daemon that answers probes, and record it
  export extern "rpctl help spawn-self" [
  ]

  # Show every record of the registry with its verdict, a line each
  export extern "rpctl help list" [
  ]

  # Remove the records of the registry whose daemons are provably gone
  export extern "rpctl help prune" [
  ]

  # Print a script that completes the command line in a shell
  export extern "rpctl help completions" [
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "rpctl help help" [
  ]

}

export use completions *
