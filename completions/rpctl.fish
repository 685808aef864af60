# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_rpctl_global_optspecs
    string join \n o/output= json q/quiet wide color= h/help V/version
end

function __fish_rpctl_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_rpctl_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_rpctl_using_subcommand
    set -l cmd (__fish_rpctl_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c rpctl -n "__fish_rpctl_needs_command" -s o -l output -d 'Form of the report' -r -f -a "table\t'For people'
json\t'For programs; a stable interface'
ndjson\t'The same, a line for each record (probe, list)'
junit\t'Test results, for CI systems (probe, list)'
nagios\t'A plugin for Nagios, Icinga and their kin (probe, list)'
prometheus\t'Metrics, for the textfile collector of node_exporter (probe, list)'
github\t'Annotations in the log of a GitHub Actions job (probe, list)'"
complete -c rpctl -n "__fish_rpctl_needs_command" -l color -d 'When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c rpctl -n "__fish_rpctl_needs_command" -l json -d 'Short for --output json'
complete -c rpctl -n "__fish_rpctl_needs_command" -s q -l quiet -d 'Print nothing; the exit status says it all'
complete -c rpctl -n "__fish_rpctl_needs_command" -l wide -d 'Show whole digests and paths, however wide the table gets'
complete -c rpctl -n "__fish_rpctl_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rpctl -n "__fish_rpctl_needs_command" -s V -l version -d 'Print version'
complete -c rpctl -n "__fish_rpctl_needs_command" -f -a "probe" -d 'Check whether the process behind a record is the one it claims to be'
complete -c rpctl -n "__fish_rpctl_needs_command" -f -a "inspect-manifest" -d 'Show and validate a record; touches no process and no socket'
complete -c rpctl -n "__fish_rpctl_needs_command" -f -a "shutdown" -d 'Verify the daemon, ask it to terminate, and wait for its exit'
complete -c rpctl -n "__fish_rpctl_needs_command" -f -a "kill" -d 'Verify the daemon, kill it, and wait for its exit'
complete -c rpctl -n "__fish_rpctl_needs_command" -f -a "spawn-self" -d 'Start rpctl itself as a small daemon that answers probes, and record it'
complete -c rpctl -n "__fish_rpctl_needs_command" -f -a "list" -d 'Show every record of the registry with its verdict, a line each'
complete -c rpctl -n "__fish_rpctl_needs_command" -f -a "prune" -d 'Remove the records of the registry whose daemons are provably gone'
complete -c rpctl -n "__fish_rpctl_needs_command" -f -a "completions" -d 'Print a script that completes the command line in a shell'
complete -c rpctl -n "__fish_rpctl_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c rpctl -n "__fish_rpctl_using_subcommand probe" -l service -d 'The record of a service in the registry' -r -f -a "(command rpctl complete services 2>/dev/null)"
complete -c rpctl -n "__fish_rpctl_using_subcommand probe" -l timeout -d 'Time for connecting, challenging and reading the answer, together' -r
complete -c rpctl -n "__fish_rpctl_using_subcommand probe" -l wait -d 'Try again until all is verified or this time is over: for a daemon that is just being started, and may have no record yet' -r
complete -c rpctl -n "__fish_rpctl_using_subcommand probe" -l watch -d 'Probe again at this interval until interrupted: a live table, or one JSON document a line; an error is a round like any other' -r
complete -c rpctl -n "__fish_rpctl_using_subcommand probe" -l endpoint -d 'The endpoint that the record must name, else nothing is contacted' -r -F
complete -c rpctl -n "__fish_rpctl_using_subcommand probe" -l hash-timeout -d 'Time for hashing one executable' -r
complete -c rpctl -n "__fish_rpctl_using_subcommand probe" -l exit-style -d 'Whose exit status to return [default: nagios with --output nagios, else rpctl]' -r -f -a "rpctl\t'A number for each state'
nagios\t'A monitoring plugin: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN'
lsb\t'The status of an init script: 0 running, 3 not running, 4 unknown'
docker\t'A container\'s health check: 0 healthy, 1 unhealthy'"
complete -c rpctl -n "__fish_rpctl_using_subcommand probe" -s o -l output -d 'Form of the report' -r -f -a "table\t'For people'
json\t'For programs; a stable interface'
ndjson\t'The same, a line for each record (probe, list)'
junit\t'Test results, for CI systems (probe, list)'
nagios\t'A plugin for Nagios, Icinga and their kin (probe, list)'
prometheus\t'Metrics, for the textfile collector of node_exporter (probe, list)'
github\t'Annotations in the log of a GitHub Actions job (probe, list)'"
complete -c rpctl -n "__fish_rpctl_using_subcommand probe" -l color -d 'When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c rpctl -n "__fish_rpctl_using_subcommand probe" -l all -d 'Every record of the registry; one that holds none is an error'
complete -c rpctl -n "__fish_rpctl_using_subcommand probe" -l strict -d 'Count warnings as "cannot tell" (exit status 4)'
complete -c rpctl -n "__fish_rpctl_using_subcommand probe" -l digest-cache -d 'Keep the digests of executables for the next run, until they change or the host is started anew'
complete -c rpctl -n "__fish_rpctl_using_subcommand probe" -l json -d 'Short for --output json'
complete -c rpctl -n "__fish_rpctl_using_subcommand probe" -s q -l quiet -d 'Print nothing; the exit status says it all'
complete -c rpctl -n "__fish_rpctl_using_subcommand probe" -l wide -d 'Show whole digests and paths, however wide the table gets'
complete -c rpctl -n "__fish_rpctl_using_subcommand probe" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rpctl -n "__fish_rpctl_using_subcommand probe" -s V -l version -d 'Print version'
complete -c rpctl -n "__fish_rpctl_using_subcommand inspect-manifest" -l service -d 'The record of a service in the registry' -r -f -a "(command rpctl complete services 2>/dev/null)"
complete -c rpctl -n "__fish_rpctl_using_subcommand inspect-manifest" -l convert -d 'Print the record alone, in another form' -r -f -a "json\t'Readable text with every field'
protobuf\t'The form daemons keep in the registry'
sidecar\t'The identity alone, as JSON'"
complete -c rpctl -n "__fish_rpctl_using_subcommand inspect-manifest" -l digest -d 'Which digest a protobuf record carries, where both are known' -r -f -a "sha256\t''
blake3\t''"
complete -c rpctl -n "__fish_rpctl_using_subcommand inspect-manifest" -s o -l output -d 'Form of the report' -r -f -a "table\t'For people'
json\t'For programs; a stable interface'"
complete -c rpctl -n "__fish_rpctl_using_subcommand inspect-manifest" -l color -d 'When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c rpctl -n "__fish_rpctl_using_subcommand inspect-manifest" -l json -d 'Short for --output json'
complete -c rpctl -n "__fish_rpctl_using_subcommand inspect-manifest" -s q -l quiet -d 'Print nothing; the exit status says it all'
complete -c rpctl -n "__fish_rpctl_using_subcommand inspect-manifest" -l wide -d 'Show whole digests and paths, however wide the table gets'
complete -c rpctl -n "__fish_rpctl_using_subcommand inspect-manifest" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rpctl -n "__fish_rpctl_using_subcommand inspect-manifest" -s V -l version -d 'Print version'
complete -c rpctl -n "__fish_rpctl_using_subcommand shutdown" -l service -d 'The record of a service in the registry' -r -f -a "(command rpctl complete services 2>/dev/null)"
complete -c rpctl -n "__fish_rpctl_using_subcommand shutdown" -l timeout -d 'Time for the daemon to exit, once signalled' -r
complete -c rpctl -n "__fish_rpctl_using_subcommand shutdown" -l probe-timeout -d 'Time for connecting, challenging and reading the answer, together' -r
complete -c rpctl -n "__fish_rpctl_using_subcommand shutdown" -l hash-timeout -d 'Time for hashing one executable' -r
complete -c rpctl -n "__fish_rpctl_using_subcommand shutdown" -s o -l output -d 'Form of the report' -r -f -a "table\t'For people'
json\t'For programs; a stable interface'"
complete -c rpctl -n "__fish_rpctl_using_subcommand shutdown" -l color -d 'When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c rpctl -n "__fish_rpctl_using_subcommand shutdown" -l dry-run -d 'Show what would happen, with the exit status it would have'
complete -c rpctl -n "__fish_rpctl_using_subcommand shutdown" -l require-running -d 'Exit with status 3 when the daemon is already gone'
complete -c rpctl -n "__fish_rpctl_using_subcommand shutdown" -l remove-record -d 'Remove the record afterwards, if it still names that daemon'
complete -c rpctl -n "__fish_rpctl_using_subcommand shutdown" -l trust-record -d 'Accept a record that others could have written'
complete -c rpctl -n "__fish_rpctl_using_subcommand shutdown" -l force -d 'Kill it when it is still alive at the deadline'
complete -c rpctl -n "__fish_rpctl_using_subcommand shutdown" -l json -d 'Short for --output json'
complete -c rpctl -n "__fish_rpctl_using_subcommand shutdown" -s q -l quiet -d 'Print nothing; the exit status says it all'
complete -c rpctl -n "__fish_rpctl_using_subcommand shutdown" -l wide -d 'Show whole digests and paths, however wide the table gets'
complete -c rpctl -n "__fish_rpctl_using_subcommand shutdown" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rpctl -n "__fish_rpctl_using_subcommand shutdown" -s V -l version -d 'Print version'
complete -c rpctl -n "__fish_rpctl_using_subcommand kill" -l service -d 'The record of a service in the registry' -r -f -a "(command rpctl complete services 2>/dev/null)"
complete -c rpctl -n "__fish_rpctl_using_subcommand kill" -l timeout -d 'Time for the daemon to exit, once signalled' -r
complete -c rpctl -n "__fish_rpctl_using_subcommand kill" -l probe-timeout -d 'Time for connecting, challenging and reading the answer, together' -r
complete -c rpctl -n "__fish_rpctl_using_subcommand kill" -l hash-timeout -d 'Time for hashing one executable' -r
complete -c rpctl -n "__fish_rpctl_using_subcommand kill" -s o -l output -d 'Form of the report' -r -f -a "table\t'For people'
json\t'For programs; a stable interface'"
complete -c rpctl -n "__fish_rpctl_using_subcommand kill" -l color -d 'When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c rpctl -n "__fish_rpctl_using_subcommand kill" -l dry-run -d 'Show what would happen, with the exit status it would have'
complete -c rpctl -n "__fish_rpctl_using_subcommand kill" -l require-running -d 'Exit with status 3 when the daemon is already gone'
complete -c rpctl -n "__fish_rpctl_using_subcommand kill" -l remove-record -d 'Remove the record afterwards, if it still names that daemon'
complete -c rpctl -n "__fish_rpctl_using_subcommand kill" -l trust-record -d 'Accept a record that others could have written'
complete -c rpctl -n "__fish_rpctl_using_subcommand kill" -l json -d 'Short for --output json'
complete -c rpctl -n "__fish_rpctl_using_subcommand kill" -s q -l quiet -d 'Print nothing; the exit status says it all'
complete -c rpctl -n "__fish_rpctl_using_subcommand kill" -l wide -d 'Show whole digests and paths, however wide the table gets'
complete -c rpctl -n "__fish_rpctl_using_subcommand kill" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rpctl -n "__fish_rpctl_using_subcommand kill" -s V -l version -d 'Print version'
complete -c rpctl -n "__fish_rpctl_using_subcommand spawn-self" -l record -d 'Where to write the record: .pb gives protobuf, - standard output, anything else JSON [default: the registry]' -r -F
complete -c rpctl -n "__fish_rpctl_using_subcommand spawn-self" -l sidecar -d 'Write an identity sidecar as well' -r -F
complete -c rpctl -n "__fish_rpctl_using_subcommand spawn-self" -l endpoint -d 'The socket to listen on [default: in a private directory below XDG_RUNTIME_DIR or the temporary directory]' -r -F
complete -c rpctl -n "__fish_rpctl_using_subcommand spawn-self" -l service -d 'Name of the service, of a-z, 0-9 and -' -r
complete -c rpctl -n "__fish_rpctl_using_subcommand spawn-self" -l digest -d 'Which digest a protobuf record carries' -r -f -a "sha256\t''
blake3\t''"
complete -c rpctl -n "__fish_rpctl_using_subcommand spawn-self" -l idle-timeout -d 'End after this time without a probe' -r
complete -c rpctl -n "__fish_rpctl_using_subcommand spawn-self" -s o -l output -d 'Form of the report' -r -f -a "table\t'For people'
json\t'For programs; a stable interface'"
complete -c rpctl -n "__fish_rpctl_using_subcommand spawn-self" -l color -d 'When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c rpctl -n "__fish_rpctl_using_subcommand spawn-self" -l foreground -d 'Stay attached to the terminal'
complete -c rpctl -n "__fish_rpctl_using_subcommand spawn-self" -l once -d 'Test yourself: spawn, probe with the full report, stop, leave nothing'
complete -c rpctl -n "__fish_rpctl_using_subcommand spawn-self" -l json -d 'Short for --output json'
complete -c rpctl -n "__fish_rpctl_using_subcommand spawn-self" -s q -l quiet -d 'Print nothing; the exit status says it all'
complete -c rpctl -n "__fish_rpctl_using_subcommand spawn-self" -l wide -d 'Show whole digests and paths, however wide the table gets'
complete -c rpctl -n "__fish_rpctl_using_subcommand spawn-self" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rpctl -n "__fish_rpctl_using_subcommand spawn-self" -s V -l version -d 'Print version'
complete -c rpctl -n "__fish_rpctl_using_subcommand list" -l timeout -d 'Time for connecting, challenging and reading the answer, together' -r
complete -c rpctl -n "__fish_rpctl_using_subcommand list" -l hash-timeout -d 'Time for hashing one executable' -r
complete -c rpctl -n "__fish_rpctl_using_subcommand list" -l exit-style -d 'Whose exit status to return [default: nagios with --output nagios, else rpctl]' -r -f -a "rpctl\t'A number for each state'
nagios\t'A monitoring plugin: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN'
lsb\t'The status of an init script: 0 running, 3 not running, 4 unknown'
docker\t'A container\'s health check: 0 healthy, 1 unhealthy'"
complete -c rpctl -n "__fish_rpctl_using_subcommand list" -s o -l output -d 'Form of the report' -r -f -a "table\t'For people'
json\t'For programs; a stable interface'
ndjson\t'The same, a line for each record (probe, list)'
junit\t'Test results, for CI systems (probe, list)'
nagios\t'A plugin for Nagios, Icinga and their kin (probe, list)'
prometheus\t'Metrics, for the textfile collector of node_exporter (probe, list)'
github\t'Annotations in the log of a GitHub Actions job (probe, list)'"
complete -c rpctl -n "__fish_rpctl_using_subcommand list" -l color -d 'When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c rpctl -n "__fish_rpctl_using_subcommand list" -l digest-cache -d 'Keep the digests of executables for the next run, until they change or the host is started anew'
complete -c rpctl -n "__fish_rpctl_using_subcommand list" -l json -d 'Short for --output json'
complete -c rpctl -n "__fish_rpctl_using_subcommand list" -s q -l quiet -d 'Print nothing; the exit status says it all'
complete -c rpctl -n "__fish_rpctl_using_subcommand list" -l wide -d 'Show whole digests and paths, however wide the table gets'
complete -c rpctl -n "__fish_rpctl_using_subcommand list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rpctl -n "__fish_rpctl_using_subcommand list" -s V -l version -d 'Print version'
complete -c rpctl -n "__fish_rpctl_using_subcommand prune" -l timeout -d 'Time for connecting, challenging and reading the answer, together' -r
complete -c rpctl -n "__fish_rpctl_using_subcommand prune" -l hash-timeout -d 'Time for hashing one executable' -r
complete -c rpctl -n "__fish_rpctl_using_subcommand prune" -s o -l output -d 'Form of the report' -r -f -a "table\t'For people'
json\t'For programs; a stable interface'"
complete -c rpctl -n "__fish_rpctl_using_subcommand prune" -l color -d 'When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c rpctl -n "__fish_rpctl_using_subcommand prune" -l dry-run -d 'Show what would be removed, with the exit status it would have'
complete -c rpctl -n "__fish_rpctl_using_subcommand prune" -l json -d 'Short for --output json'
complete -c rpctl -n "__fish_rpctl_using_subcommand prune" -s q -l quiet -d 'Print nothing; the exit status says it all'
complete -c rpctl -n "__fish_rpctl_using_subcommand prune" -l wide -d 'Show whole digests and paths, however wide the table gets'
complete -c rpctl -n "__fish_rpctl_using_subcommand prune" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rpctl -n "__fish_rpctl_using_subcommand prune" -s V -l version -d 'Print version'
complete -c rpctl -n "__fish_rpctl_using_subcommand completions" -s o -l output -d 'Form of the report' -r -f -a "table\t'For people'
json\t'For programs; a stable interface'"
complete -c rpctl -n "__fish_rpctl_using_subcommand completions" -l color -d 'When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c rpctl -n "__fish_rpctl_using_subcommand completions" -l json -d 'Short for --output json'
complete -c rpctl -n "__fish_rpctl_using_subcommand completions" -s q -l quiet -d 'Print nothing; the exit status says it all'
complete -c rpctl -n "__fish_rpctl_using_subcommand completions" -l wide -d 'Show whole digests and paths, however wide the table gets'
complete -c rpctl -n "__fish_rpctl_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rpctl -n "__fish_rpctl_using_subcommand completions" -s V -l version -d 'Print version'
complete -c rpctl -n "__fish_rpctl_using_subcommand help; and not __fish_seen_subcommand_from probe inspect-manifest shutdown kill spawn-self list prune completions help" -f -a "probe" -d 'Check whether the process behind a record is the one it claims to be'
complete -c rpctl -n "__fish_rpctl_using_subcommand help; and not __fish_seen_subcommand_from probe inspect-manifest shutdown kill spawn-self list prune completions help" -f -a "inspect-manifest" -d 'Show and validate a record; touches no process and no socket'
complete -c rpctl -n "__fish_rpctl_using_subcommand help; and not __fish_seen_subcommand_from probe inspect-manifest shutdown kill spawn-self list prune completions help" -f -a "shutdown" -d 'Verify the daemon, ask it to terminate, and wait for its exit'
complete -c rpctl -n "__fish_rpctl_using_subcommand help; and not __fish_seen_subcommand_from probe inspect-manifest shutdown kill spawn-self list prune completions help" -f -a "kill" -d 'Verify the daemon, kill it, and wait for its exit'
complete -c rpctl -n "__fish_rpctl_using_subcommand help; and not __fish_seen_subcommand_from probe inspect-manifest shutdown kill spawn-self list prune completions help" -f -a "spawn-self" -d 'Start rpctl itself as a small daemon that answers probes, and record it'
complete -c rpctl -n "__fish_rpctl_using_subcommand help; and not __fish_seen_subcommand_from probe inspect-manifest shutdown kill spawn-self list prune completions help" -f -a "list" -d 'Show every record of the registry with its verdict, a line each'
complete -c rpctl -n "__fish_rpctl_using_subcommand help; and not __fish_seen_subcommand_from probe inspect-manifest shutdown kill spawn-self list prune completions help" -f -a "prune" -d 'Remove the records of the registry whose daemons are provably gone'
complete -c rpctl -n "__fish_rpctl_using_subcommand help; and not __fish_seen_subcommand_from probe inspect-manifest shutdown kill spawn-self list prune completions help" -f -a "completions" -d 'Print a script that completes the command line in a shell'
complete -c rpctl -n "__fish_rpctl_using_subcommand help; and not __fish_seen_subcommand_from probe inspect-manifest shutdown kill spawn-self list prune completions help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c rpctl -n "__fish_rpctl_using_subcommand probe" -a "(command rpctl complete records 2>/dev/null)"
complete -c rpctl -n "__fish_rpctl_using_subcommand inspect-manifest" -a "(command rpctl complete records 2>/dev/null)"
complete -c rpctl -n "__fish_rpctl_using_subcommand shutdown" -a "(command rpctl complete records 2>/dev/null)"
complete -c rpctl -n "__fish_rpctl_using_subcommand kill" -a "(command rpctl complete records 2>/dev/null)"
