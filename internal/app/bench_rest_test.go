package app_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// What a process at rest is looked at for, once its start is behind it.
const (
	restAfter = 65 * time.Second // the first seals of the audit among it
	restFor   = 20 * time.Second
)

// BenchmarkAtRest builds the program, runs it over a new folder with a mail
// server that is set and away, and reports the memory that it keeps and the
// share of a core that it takes while nobody asks for anything. It reads /proc.
func BenchmarkAtRest(b *testing.B) {
	dir := b.TempDir()
	program := filepath.Join(dir, "sunday")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-o", program, "../../cmd/sunday").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	for b.Loop() {
		p := runProgram(b, program, dir)
		<-time.After(restAfter)
		before := p.ticks()
		<-time.After(restFor)
		const ticksPerSecond = 100 // USER_HZ, the same on every Linux
		b.ReportMetric(float64(p.ticks()-before)/ticksPerSecond/restFor.Seconds()*100, "%core")
		b.ReportMetric(p.residentMB(), "MB")
		p.end()
	}
}

// process is a running program.
type process struct {
	b   *testing.B
	cmd *exec.Cmd
}

func runProgram(b *testing.B, program, dir string) *process {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), program, "run")
	cmd.Env = []string{
		"SUNDAY_ADDR=127.0.0.1:0", "SUNDAY_DATA=" + filepath.Join(dir, "data"), "SUNDAY_MAIL_FROM=sunday@example.org",
		"SUNDAY_SMTP_URL=smtp://127.0.0.1:9?tls=none",
	}
	benchMust(b, cmd.Start())
	return &process{b, cmd}
}

func (p *process) end() {
	benchMust(p.b, p.cmd.Process.Signal(os.Interrupt))
	benchMust(p.b, p.cmd.Wait())
}

func (p *process) read(name string) string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", p.cmd.Process.Pid, name))
	benchMust(p.b, err)
	return string(text)
}

// ticks is the time in user and system mode.
func (p *process) ticks() int {
	_, fields, _ := strings.Cut(p.read("stat"), ") ") // the name before may hold spaces
	total := 0
	for _, field := range strings.Fields(fields)[11:13] {
		n, err := strconv.Atoi(field)
		benchMust(p.b, err)
		total += n
	}
	return total
}

// residentMB is the memory that is not given back, with the pages of the
// program itself.
func (p *process) residentMB() float64 {
	_, rest, _ := strings.Cut(p.read("status"), "VmRSS:")
	kb, err := strconv.Atoi(strings.Fields(rest)[0])
	benchMust(p.b, err)
	return float64(kb) * 1024 / 1e6
}
