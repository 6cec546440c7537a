package storetest

import (
	"maps"
	"slices"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// testDoubt: of a restored ledger, what is planned or sending and due becomes
// unknown, page by page and once; the sweep then does what the rule says.
func testDoubt(t *testing.T, set *store.Set) {
	o := newOccurrence()
	mail, urgent := notifications.Lane{Class: notifications.Normal, Channel: "doubt"}, notifications.Lane{Class: notifications.Urgent, Channel: "doubt"}
	rows := o.insert(t, set, 9, func(i int, r *notifications.Row) {
		r.Lane, r.Resend = mail, i%2 == 0
		r.Due = notifications.Millis(now - 10*i)
		switch i {
		case 0:
			r.Due = now + 1 // not due yet
		case 1:
			r.Lane = urgent
		case 2:
			r.State = notifications.Suppressed
		}
	})
	o.mark(t, set, "before the backup", 1, rows[7], rows[8])
	want := o.stored(t, set)
	d := notifications.Doubt{Lane: mail, Until: now, Now: now + 5, Limit: 2}
	for _, id := range slices.Sorted(maps.Keys(want)) {
		if want[id].IsDoubted(d) {
			want[id] = want[id].Doubted(d)
		}
	}
	pages := []int{}
	for {
		n := get[int](t)(set.Reports.Doubt(t.Context(), o.part, d))
		if n == 0 {
			break
		}
		pages = append(pages, n)
	}
	diff(t, "pages", pages, []int{2, 2, 2})
	diff(t, "in doubt", o.stored(t, set), want)

	d.Limit = 0
	diff(t, "a page of none", get[int](t)(set.Reports.Doubt(t.Context(), o.part, d)), 0)
	s := notifications.Sweep{Now: now + 9, RetryAfter: 60, MaxUnknowns: notifications.MaxResends, Limit: 99}
	for id, r := range want {
		if r.IsSwept(s) {
			want[id] = r.Swept(s)
		}
	}
	diff(t, "swept", get[int](t)(set.Ledger.Sweep(t.Context(), o.part, s)), 6)
	diff(t, "as the rules say", o.stored(t, set), want)
	d.Limit = 99
	diff(t, "doubted again", get[int](t)(set.Reports.Doubt(t.Context(), o.part, d)), 0)
	diff(t, "once", o.stored(t, set), want)
}
