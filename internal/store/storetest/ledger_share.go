package storetest

import (
	"reflect"
	"slices"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// testBind: rows that are sending with the batch take the Message-ID and the
// contact, others do not, and Sharing finds who has it.
func testBind(t *testing.T, set *store.Set) {
	ctx := t.Context()
	o := newOccurrence()
	rows := o.insert(t, set, 5, func(i int, r *notifications.Row) {
		if i == 4 {
			r.MessageID = "old" + o.id
		}
	})
	marked := o.mark(t, set, "b", 1, rows[:4]...)
	binds := []notifications.Bind{
		{ID: marked[0].ID, Batch: "b", MessageID: "one" + o.id},
		{ID: marked[1].ID, Batch: "b", MessageID: "two" + o.id, Contact: "moved" + o.id},
		{ID: marked[2].ID, Batch: "b", MessageID: "one" + o.id},
		{ID: marked[3].ID, Batch: "other", MessageID: "one" + o.id},
		{ID: rows[4].ID, Batch: "b", MessageID: "one" + o.id},
	}
	want := o.stored(t, set)
	for i, b := range binds[:3] {
		want[b.ID] = marked[i].Bound(b)
	}
	must(t, set.Ledger.Bind(ctx, o.part, binds))
	diff(t, "bound", o.stored(t, set), want)
	must(t, set.Ledger.Bind(ctx, o.part, nil))

	sharing := func(part int, ids ...string) []notifications.Row {
		t.Helper()
		return get[[]notifications.Row](t)(set.Ledger.Sharing(ctx, part, ids))
	}
	one := []notifications.Row{want[marked[0].ID], want[marked[2].ID]}
	slices.SortFunc(one, func(a, b notifications.Row) int { return compare(a.ID, b.ID) })
	diff(t, "who shares a mail", sharing(o.part, "one"+o.id, "none"), one)
	diff(t, "of no mail", sharing(o.part, ""), []notifications.Row(nil))
	diff(t, "of none", sharing(o.part), []notifications.Row(nil))
	diff(t, "in another part", sharing((o.part+1)%notifications.Parts, "one"+o.id), []notifications.Row(nil))
}

// testHanded: what counts for budgets, over parts, and nothing else.
func testHanded(t *testing.T, set *store.Set) {
	here, there := newOccurrence(), newOccurrence()
	mine, theirs := newHash(), newHash()
	var want []notifications.Handed
	insert := func(o occurrence, contact string) {
		o.insert(t, set, 11, func(i int, r *notifications.Row) {
			r.MainContact, r.Budget, r.EndedAt, r.Batch, r.MessageID = contact, true, now+1, "b", "m"
			counts := o.id == here.id
			switch i {
			case 0:
				r.State, r.EndedAt, counts = notifications.Sending, 0, true
			case 1:
				r.State, counts = notifications.Sent, true
			case 2:
				r.State, r.WasUnknown, counts = notifications.Unknown, true, true
			case 3:
				r.WasUnknown, counts = true, true // planned again
			case 4:
				r.State, r.EndedAt = notifications.Sent, now // too long ago, unless it is of the event
			case 5:
				r.State, r.Budget, counts = notifications.Sent, false, false
			case 6:
				r.State, counts = notifications.Dead, false
			case 7:
				r.State, counts = notifications.Suppressed, false
			case 8:
				r.State, r.MainContact, counts = notifications.Sent, newHash(), false
			case 9:
				r.State, r.EndedAt, counts = notifications.Printed, 0, true
			default:
				counts = false // planned
			}
			if counts {
				want = append(want, notifications.Handed{
					ID: r.ID, MainContact: contact, Occurrence: o.id, MessageID: "m",
					State: r.State, WasUnknown: r.WasUnknown, EndedAt: r.EndedAt,
				})
			}
		})
	}
	must(t, set.Contacts.Create(t.Context(), &contact.Contact{Head: record.Head{ID: mine}}))
	insert(here, mine)
	insert(there, mine)
	insert(newOccurrence(), theirs)
	must(t, set.Contacts.Create(t.Context(), &contact.Contact{Head: record.Head{ID: theirs}})) // what was before counts too
	slices.SortFunc(want, func(a, b notifications.Handed) int {
		if c := compare(a.MainContact, b.MainContact); c != 0 {
			return c
		}
		return compare(a.ID, b.ID)
	})
	q := notifications.HandedQuery{Contacts: []string{mine, theirs, newHash()}, Occurrences: []string{here.id, "none"}, Since: now}
	diff(t, "handed", get[[]notifications.Handed](t)(set.Ledger.Handed(t.Context(), q)), want)
	q.But = []string{want[0].ID, want[2].ID, "another"}
	diff(t, "handed, but for some", get[[]notifications.Handed](t)(set.Ledger.Handed(t.Context(), q)), slices.Concat(want[1:2], want[3:]))
	q.Contacts = nil
	diff(t, "handed to nobody", get[[]notifications.Handed](t)(set.Ledger.Handed(t.Context(), q)), []notifications.Handed(nil))
}

// testHandedMoves: a row counts for the contact that it has now, and for none once
// its person is erased.
func testHandedMoves(t *testing.T, set *store.Set) {
	moved := newOccurrence()
	q := notifications.HandedQuery{Contacts: []string{newHash()}, Since: now}
	row := moved.insert(t, set, 1, func(_ int, r *notifications.Row) {
		r.State, r.MainContact, r.Budget, r.EndedAt = notifications.Sent, newHash(), true, now+1
	})[0]
	row.MainContact = q.Contacts[0]
	get[[]bool](t)(set.Ledger.Change(t.Context(), []notifications.Change{{Row: row, SeenState: row.State, SeenGen: row.Gen}}))
	got := get[[]notifications.Handed](t)(set.Ledger.Handed(t.Context(), q))
	if len(got) != 1 || got[0].MainContact != q.Contacts[0] {
		t.Errorf("a row of another contact now: %v", got)
	}
	get[int](t)(set.Reports.Erase(t.Context(), row.Recipient, now))
	diff(t, "handed to the erased", get[[]notifications.Handed](t)(set.Ledger.Handed(t.Context(), q)), []notifications.Handed(nil))
}

// testInsertApart: rows of one insert that differ in one field, whichever it is,
// keep it, though a store may bind once what they share.
func testInsertApart(t *testing.T, set *store.Set) {
	o := newOccurrence()
	fields := leaves(reflect.TypeFor[notifications.Row](), nil)
	same := o.row(0)
	want := o.insert(t, set, len(fields)+1, func(i int, r *notifications.Row) {
		id, recipient := r.ID, r.Recipient
		*r = same
		r.ID, r.Recipient = id, recipient
		if i == len(fields) {
			return
		}
		switch f := reflect.ValueOf(r).Elem().FieldByIndex(fields[i]); f.Kind() {
		case reflect.String:
			f.SetString("apart" + id)
		case reflect.Bool:
			f.SetBool(!f.Bool())
		default:
			f.SetInt(f.Int() + 7)
		}
	})
	got := get[[]notifications.Row](t)(set.Ledger.BySubject(t.Context(), o.part, o.id, nil))
	byID := func(a, b notifications.Row) int { return compare(a.ID, b.ID) }
	slices.SortFunc(got, byID)
	slices.SortFunc(want, byID)
	diff(t, "rows that differ in a field", got, want)
}

// leaves are the fields that a row is made of, but for where it is looked for.
func leaves(of reflect.Type, at []int) [][]int {
	var all [][]int
	for i := range of.NumField() {
		f, here := of.Field(i), append(slices.Clone(at), i)
		switch {
		case f.Type.Kind() == reflect.Struct:
			all = append(all, leaves(f.Type, here)...)
		case f.Name != "Part" && f.Name != "Occurrence":
			all = append(all, here)
		}
	}
	return all
}
