//go:build unix

package app_test

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// mongoServer is a MongoDB server of a test's own, which may be stopped.
type mongoServer struct{ uri, pid string }

func startMongo(t *testing.T) *mongoServer {
	t.Helper()
	s := &mongoServer{}
	s.script(t, "start")
	t.Cleanup(func() { s.script(t, "stop", s.pid) })
	return s
}

// restart stops the server and starts it again on its port, with its data.
func (s *mongoServer) restart(t *testing.T) {
	t.Helper()
	s.script(t, "restart", s.pid)
}

// script asks for a server of its own, whatever server the environment names.
func (s *mongoServer) script(t *testing.T, args ...string) {
	t.Helper()
	script := exec.CommandContext(context.WithoutCancel(t.Context()), "../../scripts/mongo-for-tests", args...)
	script.Env = append(os.Environ(), "MONGODB_URI=")
	script.Stderr = os.Stderr
	said, err := script.Output()
	if err != nil {
		t.Fatalf("mongo-for-tests %v: %v", args, err)
	}
	for line := range strings.Lines(string(said)) {
		switch name, value, _ := strings.Cut(strings.TrimSpace(line), "="); name {
		case "uri":
			s.uri = value
		case "pid":
			s.pid = value
		}
	}
}
