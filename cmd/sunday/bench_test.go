package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/sim/load"
	"github.com/sunday-with-the-people/sunday/notifications/mailcatch"
)

// TestRun_BenchSendElsewhere measures against a server that the command does
// not start.
func TestRun_BenchSendElsewhere(t *testing.T) {
	t.Parallel()
	catcher, err := mailcatch.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer catcher.Close()
	var out, errOut bytes.Buffer
	args := []string{"bench", "send", "--messages", "30", "--connections", "3", "--json", "--smtp", fmt.Sprintf("smtp://%s?tls=none", catcher.Addr())}
	if code := run(t.Context(), args, nil, &out, &errOut); code != 0 {
		t.Fatalf("exit code %d: %s", code, errOut.String())
	}
	var r load.SendReport
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	if r.Messages != 30 || r.PerSecond <= 0 || r.Raw == nil {
		t.Errorf("report = %+v", r)
	}
	if got := catcher.Received(); got != 60 {
		t.Errorf("the server took %d mails, want 30 of the program and 30 of the bare loop", got)
	}
}
