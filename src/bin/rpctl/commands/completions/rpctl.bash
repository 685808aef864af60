# Completes rpctl in bash: the program names the candidates.
_rpctl() {
    local words=("${COMP_WORDS[@]}") candidate
    words[COMP_CWORD]=$2
    COMPREPLY=()
    while IFS= read -r candidate || [[ -n $candidate ]]; do
        COMPREPLY+=("$candidate")
        # Let bash quote the names of files, and put no space after a directory.
        if [[ -e $candidate ]]; then
            compopt -o filenames 2> /dev/null
        fi
    done < <(
        RPCTL_COMPLETE=bash _CLAP_IFS=$'\n' _CLAP_COMPLETE_INDEX=$COMP_CWORD \
            rpctl -- "${words[@]}" 2> /dev/null
    )
}
# Before bash 4.4 there is no option to keep the order.
complete -o nosort -F _rpctl rpctl 2> /dev/null || complete -F _rpctl rpctl
