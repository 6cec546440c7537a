package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/sim/load"
)

// lines prints one figure a line.
type lines struct {
	out io.Writer
	err error
}

func newLines(out io.Writer) *lines { return &lines{out: out} }

func (l *lines) linef(name, format string, values ...any) {
	if l.err == nil {
		_, l.err = fmt.Fprintf(l.out, "%-10s %s\n", name, fmt.Sprintf(format, values...))
	}
}

func (l *lines) usage(u load.Usage, micros float64) {
	const mega = 1 << 20
	l.linef("", "%.1f s of processor time, %.0f µs each; at most %d MB resident, %d MB of objects",
		u.CPUSeconds, micros, u.PeakBytes/mega, u.PeakHeapBytes/mega)
}

// bar shows progress on a terminal, and nothing elsewhere.
type bar struct {
	out      io.Writer
	what     string
	permille int
}

const barWidth = 40

func newBar(out io.Writer) *bar {
	f, ok := out.(*os.File)
	if !ok {
		return &bar{}
	}
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return &bar{}
	}
	return &bar{out: out}
}

// show draws the bar where it looks different than before.
func (b *bar) show(what string, done, of int) {
	permille := done * 1000 / max(of, 1)
	if b.out == nil || what == b.what && permille == b.permille {
		return
	}
	if b.what != "" && what != b.what {
		_, _ = fmt.Fprintln(b.out)
	}
	b.what, b.permille = what, permille
	full := barWidth * permille / 1000
	_, _ = fmt.Fprintf(b.out, "\r%-10s [%s%s] %5.1f %%", what, strings.Repeat("#", full), strings.Repeat(" ", barWidth-full), float64(permille)/10)
	if permille == 1000 {
		_, _ = fmt.Fprintln(b.out)
		b.what = ""
	}
}
