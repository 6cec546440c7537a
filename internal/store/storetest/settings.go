package storetest

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/store"
)

func testSettings(t *testing.T, set *store.Set) {
	ctx := t.Context()
	value := func() string {
		t.Helper()
		return get[string](t)(set.Settings.Setting(ctx, "k"))
	}
	swap := func(seen, next string, want bool) {
		t.Helper()
		if got := get[bool](t)(set.Settings.SetSetting(ctx, "k", seen, next)); got != want {
			t.Errorf("SetSetting(%q, %q) = %v, want %v", seen, next, got, want)
		}
	}
	if got := value(); got != "" {
		t.Errorf("an absent setting is %q", got)
	}
	swap("x", "a", false)
	swap("", "a", true)
	swap("", "b", false)
	swap("a", "b", true)
	swap("a", "c", false)
	if got := value(); got != "b" {
		t.Errorf("setting = %q, want b", got)
	}
	t.Run("OneSetsIt", func(t *testing.T) {
		var did atomic.Int32
		var group sync.WaitGroup
		for range 10 {
			group.Go(func() {
				ok, err := set.Settings.SetSetting(ctx, "once", "", newHash())
				if err != nil {
					t.Errorf("SetSetting: %v", err)
				}
				if ok {
					did.Add(1)
				}
			})
		}
		group.Wait()
		if n := did.Load(); n != 1 {
			t.Errorf("%d callers set an absent setting", n)
		}
	})
}

func testHealth(t *testing.T, set *store.Set) {
	ctx := t.Context()
	must(t, set.Health.Ping(ctx))
	must(t, set.Health.Ping(ctx))
	a, b := get[string](t)(set.Health.Identity(ctx)), get[string](t)(set.Health.Identity(ctx))
	if a == "" || a != b {
		t.Errorf("Identity = %q, then %q", a, b)
	}
	in := get[store.Inspection](t)(set.Health.Inspect(ctx))
	if in.Engine == "" || in.Schema == 0 || in.Schema != in.Wants || len(in.Problems)+len(in.MissingIndexes) > 0 {
		t.Errorf("Inspect = %+v", in)
	}
}
