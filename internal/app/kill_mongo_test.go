//go:build unix

package app_test

import (
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
	if ownScript("available").Run() != nil && os.Getenv("CI") == "" {
		t.Skip("MONGODB_URI names a server that is not ours to stop, and there is no other")
	}
	s.script(t, "start")
	t.Cleanup(func() { s.script(t, "stop", s.pid) })
	return s
}

// restart stops the server and starts it again on its port, with its data.
func (s *mongoServer) restart(t *testing.T) {
	t.Helper()
	s.script(t, "restart", s.pid)
}

// ownScript asks for a server of its own, whatever server the environment names.
func ownScript(args ...string) *exec.Cmd {
	//nolint:noctx // its end is waited for, in a clean-up too
	script := exec.Command("../../scripts/mongo-for-tests", args...)
	script.Env = append(os.Environ(), "MONGODB_URI=")
	return script
}

func (s *mongoServer) script(t *testing.T, args ...string) {
	t.Helper()
	script := ownScript(args...)
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
