complete --keep-order --exclusive --command rpctl --arguments "(RPCTL_COMPLETE=fish rpctl -- (commandline --current-process --tokenize --cut-at-cursor) (commandline --current-token))"
