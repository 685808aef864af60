// Reads each document that is named, and compares what was read with the text.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"example/report"
)

type document interface{ Marshal() ([]byte, error) }

// One reader for each branch of the schema.
var readers = map[string]func([]byte) (document, error){
	"ErrorDocument": func(text []byte) (document, error) {
		read, err := report.UnmarshalErrorDocument(text)
		return &read, err
	},
	"InspectManifestDocument": func(text []byte) (document, error) {
		read, err := report.UnmarshalInspectManifestDocument(text)
		return &read, err
	},
	"KillDocument": func(text []byte) (document, error) {
		read, err := report.UnmarshalKillDocument(text)
		expect(*read.Action.ExitStatus.Signal == "SIGKILL", "signal")
		return &read, err
	},
	"ListDocument": func(text []byte) (document, error) {
		read, err := report.UnmarshalListDocument(text)
		return &read, err
	},
	"ListReportDocument": func(text []byte) (document, error) {
		read, err := report.UnmarshalListReportDocument(text)
		return &read, err
	},
	"ProbeDocument": func(text []byte) (document, error) {
		read, err := report.UnmarshalProbeDocument(text)
		if read.Verdict == report.Verified {
			expect(!read.Process.StartedAt.After(read.Time), "start")
			expect(*read.Target.ServiceName == "cache", "service")
		}
		return &read, err
	},
	"ProbeReportsDocument": func(text []byte) (document, error) {
		read, err := report.UnmarshalProbeReportsDocument(text)
		return &read, err
	},
	"PruneDocument": func(text []byte) (document, error) {
		read, err := report.UnmarshalPruneDocument(text)
		return &read, err
	},
	"RecordDocument": func(text []byte) (document, error) {
		read, err := report.UnmarshalRecordDocument(text)
		return &read, err
	},
	"ShutdownDocument": func(text []byte) (document, error) {
		read, err := report.UnmarshalShutdownDocument(text)
		return &read, err
	},
	"SignalDocument": func(text []byte) (document, error) {
		read, err := report.UnmarshalSignalDocument(text)
		return &read, err
	},
	"SpawnSelfDocument": func(text []byte) (document, error) {
		read, err := report.UnmarshalSpawnSelfDocument(text)
		return &read, err
	},
	"SpawnSelfReportDocument": func(text []byte) (document, error) {
		read, err := report.UnmarshalSpawnSelfReportDocument(text)
		return &read, err
	},
}

func main() {
	for _, path := range os.Args[1:] {
		text, err := os.ReadFile(path)
		expect(err == nil, path)
		branch, _, _ := strings.Cut(filepath.Base(path), ".")
		read, err := readers[branch](text)
		expect(err == nil, path)
		again, err := read.Marshal()
		expect(err == nil && reflect.DeepEqual(timeless(again), timeless(text)), path)
		fmt.Println(path)
	}
}

// timeless parses a document, and leaves out the times, which have several forms.
func timeless(text []byte) any {
	var value any
	expect(json.Unmarshal(text, &value) == nil, string(text))
	return without(value)
}

func without(value any) any {
	switch value := value.(type) {
	case map[string]any:
		delete(value, "time")
		delete(value, "started_at")
		for _, one := range value {
			without(one)
		}
	case []any:
		for _, one := range value {
			without(one)
		}
	}
	return value
}

func expect(condition bool, what string) {
	if !condition {
		fmt.Fprintln(os.Stderr, "not as expected:", what)
		os.Exit(1)
	}
}
