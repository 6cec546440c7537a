package demo_test

import (
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/internal/sim/demo"
)

// monday is when most tests begin: two Sundays are to come, and nobody has
// registered for the second.
var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// mustOpen opens a small demo in a folder.
func mustOpen(t *testing.T, dir string, at time.Time, seed uint64) *demo.Demo {
	t.Helper()
	c := must(config.Load([]string{"SUNDAY_DATA=" + dir, "SUNDAY_SECRET=a secret that all demos of the tests share", "SUNDAY_ADDR=127.0.0.1:0"}))(t)
	l := must(app.Listen(t.Context(), c))(t)
	d := must(demo.Open(t.Context(), demo.Options{Config: c, Listeners: l, Now: at, Speed: 1, Seed: seed, Units: 3, Residents: 60}))(t)
	t.Cleanup(func() { check(t, d.Close()) })
	return d
}

func TestDemo(t *testing.T) {
	t.Parallel()
	d := mustOpen(t, t.TempDir(), monday, 1)
	var told []int
	check(t, d.Make(t.Context(), func(made int) { told = append(told, made) }))
	t.Log(told)
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		check(t, err)
		return v
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
