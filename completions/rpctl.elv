
set edit:completion:arg-completer[rpctl] = { |@words|
    var index = (count $words)
    set index = (- $index 1)

    put (env _CLAP_IFS="\n" _CLAP_COMPLETE_INDEX=(to-string $index) RPCTL_COMPLETE="elvish" rpctl -- $@words) | to-lines
}

