//go:build pages

package pages_test

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/outreach"
)

// least are the scores that residents' pages have to reach.
var least = [3]int{95, 100, 100}

// measured are the stops that Lighthouse measures: each of residents' pages once.
var measured = []string{"coming", "units", "data", "finished", "event", "own", "confirm", "wishes", "opt-out", "survey"}

// notMeasured begin the pages of staff, of the demo's mails, and the one that
// says that a code is not known: Lighthouse measures what is found.
var notMeasured = []string{"/staff", "/dev/", outreach.ShortPath}

// reading is the median of a page: performance, accessibility, best practices.
type reading struct {
	Scores   [3]int   `json:"scores"`
	Lost     []string `json:"lost"`
	Requests int      `json:"requests"`
	Bytes    int      `json:"bytes"`
}

// TestLighthouse measures residents' pages three times each, as on a phone of
// the middle class on a slow connection.
func TestLighthouse(t *testing.T) {
	w := open(t)
	v := w.visitor("vi")
	var names, args, all []string
	for _, s := range v.residents(t) {
		if slices.Contains(measured, s.name) {
			names, args, all = append(names, s.name), append(args, w.base+s.path), append(all, s.path)
		}
	}
	if len(names) < len(measured) {
		t.Errorf("only %v are among the stops, want %v", names, measured)
	}
	everyRoute(t, all, "Lighthouse does not measure %s: add its stop to the measured ones", notMeasured...)
	tools := os.Getenv(toolsEnv)
	command := exec.CommandContext(t.Context(), "node", append([]string{filepath.Join(tools, "measure.mjs")}, args...)...)
	command.Env = append(os.Environ(), "CHROME_PATH=/usr/bin/chromium")
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	must(t, err)
	must(t, command.Start())
	lines := bufio.NewScanner(out)
	for _, name := range names {
		var r reading
		if !lines.Scan() {
			t.Errorf("%s: Lighthouse measured nothing: %v", name, lines.Err())
			break
		}
		must(t, json.Unmarshal(lines.Bytes(), &r))
		t.Logf("%-10s performance %d, accessibility %d, best practices %d; %d requests, %d bytes; %v",
			name, r.Scores[0], r.Scores[1], r.Scores[2], r.Requests, r.Bytes, r.Lost)
		for i, score := range r.Scores {
			if score < least[i] {
				t.Errorf("%s has %v, want at least %v: %v", name, r.Scores, least, r.Lost)
				break
			}
		}
	}
	must(t, command.Wait())
}
