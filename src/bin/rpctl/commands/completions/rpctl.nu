# Completes rpctl in nushell: the program names the candidates.
module completions {
  def "nu-complete rpctl" [words: list<string>] {
    with-env { RPCTL_COMPLETE: fish } { ^rpctl -- ...$words e> /dev/null }
    | lines
    | split column "\t" value description
    | update value {|row| if $row.value =~ '^[\w@%+=:,./-]+$' { $row.value } else { $row.value | to nuon } }
  }

  # Know which process you are talking to
  @complete "nu-complete rpctl"
  export extern rpctl [...words: string]
}

export use completions *
