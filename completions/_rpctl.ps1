
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'rpctl' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'rpctl'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'rpctl' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the report')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the report')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Short for --output json')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing; the exit status says it all')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing; the exit status says it all')
            [CompletionResult]::new('--wide', '--wide', [CompletionResultType]::ParameterName, 'Show whole digests and paths, however wide the table gets')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('probe', 'probe', [CompletionResultType]::ParameterValue, 'Check whether the process behind a record is the one it claims to be')
            [CompletionResult]::new('inspect-manifest', 'inspect-manifest', [CompletionResultType]::ParameterValue, 'Show and validate a record; touches no process and no socket')
            [CompletionResult]::new('shutdown', 'shutdown', [CompletionResultType]::ParameterValue, 'Verify the daemon, ask it to terminate, and wait for its exit')
            [CompletionResult]::new('kill', 'kill', [CompletionResultType]::ParameterValue, 'Verify the daemon, kill it, and wait for its exit')
            [CompletionResult]::new('spawn-self', 'spawn-self', [CompletionResultType]::ParameterValue, 'Start rpctl itself as a small daemon that answers probes, and record it')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Show every record of the registry with its verdict, a line each')
            [CompletionResult]::new('prune', 'prune', [CompletionResultType]::ParameterValue, 'Remove the records of the registry whose daemons are provably gone')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a script that completes the command line in a shell')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'rpctl;probe' {
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'The record of a service in the registry')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time for connecting, challenging and reading the answer, together')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Try again until all is verified or this time is over: for a daemon that is just being started, and may have no record yet')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Probe again at this interval until interrupted: a live table, or one JSON document a line; an error is a round like any other')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'The endpoint that the record must name, else nothing is contacted')
            [CompletionResult]::new('--hash-timeout', '--hash-timeout', [CompletionResultType]::ParameterName, 'Time for hashing one executable')
            [CompletionResult]::new('--exit-style', '--exit-style', [CompletionResultType]::ParameterName, 'Whose exit status to return [default: nagios with --output nagios, else rpctl]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the report')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the report')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every record of the registry; one that holds none is an error')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Count warnings as "cannot tell" (exit status 4)')
            [CompletionResult]::new('--digest-cache', '--digest-cache', [CompletionResultType]::ParameterName, 'Keep the digests of executables for the next run, until they change or the host is started anew')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Short for --output json')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing; the exit status says it all')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing; the exit status says it all')
            [CompletionResult]::new('--wide', '--wide', [CompletionResultType]::ParameterName, 'Show whole digests and paths, however wide the table gets')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'rpctl;inspect-manifest' {
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'The record of a service in the registry')
            [CompletionResult]::new('--convert', '--convert', [CompletionResultType]::ParameterName, 'Print the record alone, in another form')
            [CompletionResult]::new('--digest', '--digest', [CompletionResultType]::ParameterName, 'Which digest a protobuf record carries, where both are known')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the report')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the report')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Short for --output json')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing; the exit status says it all')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing; the exit status says it all')
            [CompletionResult]::new('--wide', '--wide', [CompletionResultType]::ParameterName, 'Show whole digests and paths, however wide the table gets')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'rpctl;shutdown' {
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'The record of a service in the registry')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time for the daemon to exit, once signalled')
            [CompletionResult]::new('--probe-timeout', '--probe-timeout', [CompletionResultType]::ParameterName, 'Time for connecting, challenging and reading the answer, together')
            [CompletionResult]::new('--hash-timeout', '--hash-timeout', [CompletionResultType]::ParameterName, 'Time for hashing one executable')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the report')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the report')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would happen, with the exit status it would have')
            [CompletionResult]::new('--require-running', '--require-running', [CompletionResultType]::ParameterName, 'Exit with status 3 when the daemon is already gone')
            [CompletionResult]::new('--remove-record', '--remove-record', [CompletionResultType]::ParameterName, 'Remove the record afterwards, if it still names that daemon')
            [CompletionResult]::new('--trust-record', '--trust-record', [CompletionResultType]::ParameterName, 'Accept a record that others could have written')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Kill it when it is still alive at the deadline')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Short for --output json')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing; the exit status says it all')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing; the exit status says it all')
            [CompletionResult]::new('--wide', '--wide', [CompletionResultType]::ParameterName, 'Show whole digests and paths, however wide the table gets')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'rpctl;kill' {
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'The record of a service in the registry')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time for the daemon to exit, once signalled')
            [CompletionResult]::new('--probe-timeout', '--probe-timeout', [CompletionResultType]::ParameterName, 'Time for connecting, challenging and reading the answer, together')
            [CompletionResult]::new('--hash-timeout', '--hash-timeout', [CompletionResultType]::ParameterName, 'Time for hashing one executable')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the report')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the report')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would happen, with the exit status it would have')
            [CompletionResult]::new('--require-running', '--require-running', [CompletionResultType]::ParameterName, 'Exit with status 3 when the daemon is already gone')
            [CompletionResult]::new('--remove-record', '--remove-record', [CompletionResultType]::ParameterName, 'Remove the record afterwards, if it still names that daemon')
            [CompletionResult]::new('--trust-record', '--trust-record', [CompletionResultType]::ParameterName, 'Accept a record that others could have written')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Short for --output json')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing; the exit status says it all')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing; the exit status says it all')
            [CompletionResult]::new('--wide', '--wide', [CompletionResultType]::ParameterName, 'Show whole digests and paths, however wide the table gets')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'rpctl;spawn-self' {
            [CompletionResult]::new('--record', '--record', [CompletionResultType]::ParameterName, 'Where to write the record: .pb gives protobuf, - standard output, anything else JSON [default: the registry]')
            [CompletionResult]::new('--sidecar', '--sidecar', [CompletionResultType]::ParameterName, 'Write an identity sidecar as well')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'The socket to listen on [default: in a private directory below XDG_RUNTIME_DIR or the temporary directory]')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'Name of the service, of a-z, 0-9 and -')
            [CompletionResult]::new('--digest', '--digest', [CompletionResultType]::ParameterName, 'Which digest a protobuf record carries')
            [CompletionResult]::new('--idle-timeout', '--idle-timeout', [CompletionResultType]::ParameterName, 'End after this time without a probe')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the report')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the report')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE')
            [CompletionResult]::new('--foreground', '--foreground', [CompletionResultType]::ParameterName, 'Stay attached to the terminal')
            [CompletionResult]::new('--once', '--once', [CompletionResultType]::ParameterName, 'Test yourself: spawn, probe with the full report, stop, leave nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Short for --output json')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing; the exit status says it all')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing; the exit status says it all')
            [CompletionResult]::new('--wide', '--wide', [CompletionResultType]::ParameterName, 'Show whole digests and paths, however wide the table gets')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'rpctl;list' {
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time for connecting, challenging and reading the answer, together')
            [CompletionResult]::new('--hash-timeout', '--hash-timeout', [CompletionResultType]::ParameterName, 'Time for hashing one executable')
            [CompletionResult]::new('--exit-style', '--exit-style', [CompletionResultType]::ParameterName, 'Whose exit status to return [default: nagios with --output nagios, else rpctl]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the report')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the report')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE')
            [CompletionResult]::new('--digest-cache', '--digest-cache', [CompletionResultType]::ParameterName, 'Keep the digests of executables for the next run, until they change or the host is started anew')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Short for --output json')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing; the exit status says it all')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing; the exit status says it all')
            [CompletionResult]::new('--wide', '--wide', [CompletionResultType]::ParameterName, 'Show whole digests and paths, however wide the table gets')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'rpctl;prune' {
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time for connecting, challenging and reading the answer, together')
            [CompletionResult]::new('--hash-timeout', '--hash-timeout', [CompletionResultType]::ParameterName, 'Time for hashing one executable')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the report')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the report')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be removed, with the exit status it would have')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Short for --output json')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing; the exit status says it all')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing; the exit status says it all')
            [CompletionResult]::new('--wide', '--wide', [CompletionResultType]::ParameterName, 'Show whole digests and paths, however wide the table gets')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'rpctl;completions' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the report')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the report')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Short for --output json')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing; the exit status says it all')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing; the exit status says it all')
            [CompletionResult]::new('--wide', '--wide', [CompletionResultType]::ParameterName, 'Show whole digests and paths, however wide the table gets')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'rpctl;help' {
            [CompletionResult]::new('probe', 'probe', [CompletionResultType]::ParameterValue, 'Check whether the process behind a record is the one it claims to be')
            [CompletionResult]::new('inspect-manifest', 'inspect-manifest', [CompletionResultType]::ParameterValue, 'Show and validate a record; touches no process and no socket')
            [CompletionResult]::new('shutdown', 'shutdown', [CompletionResultType]::ParameterValue, 'Verify the daemon, ask it to terminate, and wait for its exit')
            [CompletionResult]::new('kill', 'kill', [CompletionResultType]::ParameterValue, 'Verify the daemon, kill it, and wait for its exit')
            [CompletionResult]::new('spawn-self', 'spawn-self', [CompletionResultType]::ParameterValue, 'Start rpctl itself as a small daemon that answers probes, and record it')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Show every record of the registry with its verdict, a line each')
            [CompletionResult]::new('prune', 'prune', [CompletionResultType]::ParameterValue, 'Remove the records of the registry whose daemons are provably gone')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a script that completes the command line in a shell')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'rpctl;help;probe' {
            break
        }
        'rpctl;help;inspect-manifest' {
            break
        }
        'rpctl;help;shutdown' {
            break
        }
        'rpctl;help;kill' {
            break
        }
        'rpctl;help;spawn-self' {
            break
        }
        'rpctl;help;list' {
            break
        }
        'rpctl;help;prune' {
            break
        }
        'rpctl;help;completions' {
            break
        }
        'rpctl;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
