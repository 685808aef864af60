"""Reads each document that is named, and compares what was read with the text."""

import json
import pathlib
import sys

from report import RpctlDocument, Verdict


def timeless(value):
    """Leaves out times, which have several forms."""
    if isinstance(value, dict):
        times = ("time", "started_at")
        return {key: timeless(one) for key, one in value.items() if key not in times}
    return [timeless(one) for one in value] if isinstance(value, list) else value


for path in map(pathlib.Path, sys.argv[1:]):
    text = path.read_text()
    document = RpctlDocument.model_validate_json(text).root
    branch = path.name.split(".")[0]
    assert type(document).__name__ == branch, (path, type(document))
    again = document.model_dump(mode="json", exclude_unset=True)
    assert timeless(again) == timeless(json.loads(text)), path
    if branch == "ProbeDocument" and document.verdict is Verdict.verified:
        assert document.process.started_at <= document.time, path
        assert document.target.service_name == "cache", path
    if branch == "KillDocument":
        assert document.action.exit_status.signal == "SIGKILL", path
    print(path, document.exit_code)
