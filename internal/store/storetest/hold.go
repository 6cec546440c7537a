package storetest

import (
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/notifications"
)

func testHolds(t *testing.T, set *store.Set) {
	ctx := t.Context()
	system := notifications.Hold{Reason: "restored", By: "account:1", At: now}
	unit := notifications.Hold{Unit: "u1", Reason: "Đang kiểm tra", By: "account:2", At: now + 1}
	must(t, set.Holds.Hold(ctx, unit))
	must(t, set.Holds.Hold(ctx, system))
	again := unit
	again.Reason = "other"
	must(t, set.Holds.Hold(ctx, again))
	diff(t, "by unit, the first kept", get[[]notifications.Hold](t)(set.Holds.List(ctx)), []notifications.Hold{system, unit})

	for _, want := range []bool{true, false} {
		if got := get[bool](t)(set.Holds.Release(ctx, "")); got != want {
			t.Errorf("Release of the system's hold = %v, want %v", got, want)
		}
	}
	diff(t, "after the release", get[[]notifications.Hold](t)(set.Holds.List(ctx)), []notifications.Hold{unit})
}
