
use builtin;
use str;

set edit:completion:arg-completer[rpctl] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'rpctl'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'rpctl'= {
            cand -o 'Form of the report'
            cand --output 'Form of the report'
            cand --color 'When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE'
            cand --json 'Short for --output json'
            cand -q 'Print nothing; the exit status says it all'
            cand --quiet 'Print nothing; the exit status says it all'
            cand --wide 'Show whole digests and paths, however wide the table gets'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand probe 'Check whether the process behind a record is the one it claims to be'
            cand inspect-manifest 'Show and validate a record; touches no process and no socket'
            cand shutdown 'Verify the daemon, ask it to terminate, and wait for its exit'
            cand kill 'Verify the daemon, kill it, and wait for its exit'
            cand spawn-self 'Start rpctl itself as a small daemon that answers probes, and record it'
            cand list 'Show every record of the registry with its verdict, a line each'
            cand prune 'Remove the records of the registry whose daemons are provably gone'
            cand completions 'Print a script that completes the command line in a shell'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'rpctl;probe'= {
            cand --service 'The record of a service in the registry'
            cand --timeout 'Time for connecting, challenging and reading the answer, together'
            cand --wait 'Try again until all is verified or this time is over: for a daemon that is just being started, and may have no record yet'
            cand --watch 'Probe again at this interval until interrupted: a live table, or one JSON document a line; an error is a round like any other'
            cand --endpoint 'The endpoint that the record must name, else nothing is contacted'
            cand --hash-timeout 'Time for hashing one executable'
            cand --exit-style 'Whose exit status to return [default: nagios with --output nagios, else rpctl]'
            cand -o 'Form of the report'
            cand --output 'Form of the report'
            cand --color 'When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE'
            cand --all 'Every record of the registry; one that holds none is an error'
            cand --strict 'Count warnings as "cannot tell" (exit status 4)'
            cand --digest-cache 'Keep the digests of executables for the next run, until they change or the host is started anew'
            cand --json 'Short for --output json'
            cand -q 'Print nothing; the exit status says it all'
            cand --quiet 'Print nothing; the exit status says it all'
            cand --wide 'Show whole digests and paths, however wide the table gets'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'rpctl;inspect-manifest'= {
            cand --service 'The record of a service in the registry'
            cand --convert 'Print the record alone, in another form'
            cand --digest 'Which digest a protobuf record carries, where both are known'
            cand -o 'Form of the report'
            cand --output 'Form of the report'
            cand --color 'When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE'
            cand --json 'Short for --output json'
            cand -q 'Print nothing; the exit status says it all'
            cand --quiet 'Print nothing; the exit status says it all'
            cand --wide 'Show whole digests and paths, however wide the table gets'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'rpctl;shutdown'= {
            cand --service 'The record of a service in the registry'
            cand --timeout 'Time for the daemon to exit, once signalled'
            cand --probe-timeout 'Time for connecting, challenging and reading the answer, together'
            cand --hash-timeout 'Time for hashing one executable'
            cand -o 'Form of the report'
            cand --output 'Form of the report'
            cand --color 'When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE'
            cand --dry-run 'Show what would happen, with the exit status it would have'
            cand --require-running 'Exit with status 3 when the daemon is already gone'
            cand --remove-record 'Remove the record afterwards, if it still names that daemon'
            cand --trust-record 'Accept a record that others could have written'
            cand --force 'Kill it when it is still alive at the deadline'
            cand --json 'Short for --output json'
            cand -q 'Print nothing; the exit status says it all'
            cand --quiet 'Print nothing; the exit status says it all'
            cand --wide 'Show whole digests and paths, however wide the table gets'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'rpctl;kill'= {
            cand --service 'The record of a service in the registry'
            cand --timeout 'Time for the daemon to exit, once signalled'
            cand --probe-timeout 'Time for connecting, challenging and reading the answer, together'
            cand --hash-timeout 'Time for hashing one executable'
            cand -o 'Form of the report'
            cand --output 'Form of the report'
            cand --color 'When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE'
            cand --dry-run 'Show what would happen, with the exit status it would have'
            cand --require-running 'Exit with status 3 when the daemon is already gone'
            cand --remove-record 'Remove the record afterwards, if it still names that daemon'
            cand --trust-record 'Accept a record that others could have written'
            cand --json 'Short for --output json'
            cand -q 'Print nothing; the exit status says it all'
            cand --quiet 'Print nothing; the exit status says it all'
            cand --wide 'Show whole digests and paths, however wide the table gets'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'rpctl;spawn-self'= {
            cand --record 'Where to write the record: .pb gives protobuf, - standard output, anything else JSON [default: the registry]'
            cand --sidecar 'Write an identity sidecar as well'
            cand --endpoint 'The socket to listen on [default: in a private directory below XDG_RUNTIME_DIR or the temporary directory]'
            cand --service 'Name of the service, of a-z, 0-9 and -'
            cand --digest 'Which digest a protobuf record carries'
            cand --idle-timeout 'End after this time without a probe'
            cand -o 'Form of the report'
            cand --output 'Form of the report'
            cand --color 'When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE'
            cand --foreground 'Stay attached to the terminal'
            cand --once 'Test yourself: spawn, probe with the full report, stop, leave nothing'
            cand --json 'Short for --output json'
            cand -q 'Print nothing; the exit status says it all'
            cand --quiet 'Print nothing; the exit status says it all'
            cand --wide 'Show whole digests and paths, however wide the table gets'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'rpctl;list'= {
            cand --timeout 'Time for connecting, challenging and reading the answer, together'
            cand --hash-timeout 'Time for hashing one executable'
            cand --exit-style 'Whose exit status to return [default: nagios with --output nagios, else rpctl]'
            cand -o 'Form of the report'
            cand --output 'Form of the report'
            cand --color 'When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE'
            cand --digest-cache 'Keep the digests of executables for the next run, until they change or the host is started anew'
            cand --json 'Short for --output json'
            cand -q 'Print nothing; the exit status says it all'
            cand --quiet 'Print nothing; the exit status says it all'
            cand --wide 'Show whole digests and paths, however wide the table gets'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'rpctl;prune'= {
            cand --timeout 'Time for connecting, challenging and reading the answer, together'
            cand --hash-timeout 'Time for hashing one executable'
            cand -o 'Form of the report'
            cand --output 'Form of the report'
            cand --color 'When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE'
            cand --dry-run 'Show what would be removed, with the exit status it would have'
            cand --json 'Short for --output json'
            cand -q 'Print nothing; the exit status says it all'
            cand --quiet 'Print nothing; the exit status says it all'
            cand --wide 'Show whole digests and paths, however wide the table gets'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'rpctl;completions'= {
            cand -o 'Form of the report'
            cand --output 'Form of the report'
            cand --color 'When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE'
            cand --json 'Short for --output json'
            cand -q 'Print nothing; the exit status says it all'
            cand --quiet 'Print nothing; the exit status says it all'
            cand --wide 'Show whole digests and paths, however wide the table gets'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'rpctl;help'= {
            cand probe 'Check whether the process behind a record is the one it claims to be'
            cand inspect-manifest 'Show and validate a record; touches no process and no socket'
            cand shutdown 'Verify the daemon, ask it to terminate, and wait for its exit'
            cand kill 'Verify the daemon, kill it, and wait for its exit'
            cand spawn-self 'Start rpctl itself as a small daemon that answers probes, and record it'
            cand list 'Show every record of the registry with its verdict, a line each'
            cand prune 'Remove the records of the registry whose daemons are provably gone'
            cand completions 'Print a script that completes the command line in a shell'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'rpctl;help;probe'= {
        }
        &'rpctl;help;inspect-manifest'= {
        }
        &'rpctl;help;shutdown'= {
        }
        &'rpctl;help;kill'= {
        }
        &'rpctl;help;spawn-self'= {
        }
        &'rpctl;help;list'= {
        }
        &'rpctl;help;prune'= {
        }
        &'rpctl;help;completions'= {
        }
        &'rpctl;help;help'= {
        }
    ]
    var names = {|kind| e:rpctl complete $kind 2>/dev/null | from-lines }
    if (not (has-value ['rpctl;probe' 'rpctl;inspect-manifest' 'rpctl;shutdown' 'rpctl;kill'] $command)) {
        $completions[$command]
    } elif (==s $words[-2] --service) {
        $names services
    } else {
        $completions[$command]
        $names records
        edit:complete-filename $words[-1]
    }
}
