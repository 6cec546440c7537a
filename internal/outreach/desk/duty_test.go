package desk_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/outreach/desk"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
)

// People are to be called before they set out, also where a result would count
// until the event is over; once it has begun, that is until when.
func TestDuties_CallsBeforeTheStart(t *testing.T) {
	t.Parallel()
	line := paper.Line{Number: 1, Standing: paper.Waiting, Until: 900, Start: 500}
	w := desk.Work{
		Unit: "u", Due: []desk.Due{{Village: "a", Urgent: true, Paper: paper.Calls, Until: 900, Start: 500}},
		Sheets: []paper.Sheet{{ID: "s", Kind: paper.Calls, Class: notifications.Urgent, State: paper.Open, Until: 900, Lines: []paper.Line{
			line, {Number: 2, Standing: paper.Done, Until: 900, Start: 300}, {Number: 3, Standing: paper.Waiting, Until: 900},
		}}},
	}
	for now, want := range map[notifications.Millis]notifications.Millis{100: 500, 499: 500, 500: 900} {
		for _, d := range desk.Duties(w, now) {
			if d.Deadline != want {
				t.Errorf("%s at %d is due at %d, want %d", d.Kind, now, d.Deadline, want)
			}
		}
		if got := w.Sheets[0].Deadline(now); got != want {
			t.Errorf("the sheet at %d is due at %d, want %d", now, got, want)
		}
	}
	if got := (paper.Sheet{Until: 900, Lines: []paper.Line{{Standing: paper.Done, Until: 900, Start: 500}}}).Deadline(100); got != 900 {
		t.Errorf("a sheet that is worked off was due at %d, want 900", got)
	}
}

// TestDuties: what is to be printed counts by village, class and kind; a sheet
// counts its open lines that are still of use; people to find follow.
func TestDuties(t *testing.T) {
	t.Parallel()
	const now = 100
	w := desk.Work{
		Unit: "u",
		Due: []desk.Due{
			{Village: "a", Paper: paper.Calls, Until: 300},
			{Village: "a", Paper: paper.Calls, Until: 200},
			{Village: "b", Paper: paper.Letters, Until: 900},
			{Village: "b", Urgent: true, Paper: paper.Calls, Until: 800},
		},
		Sheets: []paper.Sheet{
			{ID: "s1", Village: "a", Kind: paper.Calls, Class: notifications.Normal, State: paper.Open, Lines: []paper.Line{
				{Number: 1, Standing: paper.Waiting, Until: 250}, {Number: 2, Standing: paper.Waiting, Until: now - 1},
			}},
			{ID: "s2", Village: "a", Kind: paper.Calls, State: paper.Open, Lines: []paper.Line{{Number: 1, Standing: paper.Waiting, Until: now - 1}}},
		},
		Lost: []desk.Lost{{Resident: "r2", Village: "b", Start: 700}, {Resident: "r1", Village: "b", Start: 400}},
	}
	want := []desk.Duty{
		{Kind: desk.PrintList, Unit: "u", Village: "b", Urgent: true, Paper: paper.Calls, Count: 1, Deadline: 800},
		{Kind: desk.PrintList, Unit: "u", Village: "a", Paper: paper.Calls, Count: 2, Deadline: 200},
		{Kind: desk.WorkOff, Unit: "u", Village: "a", Paper: paper.Calls, Sheet: "s1", Count: 1, Deadline: 250},
		{Kind: desk.FindContact, Unit: "u", Village: "b", Count: 2, Deadline: 400, Residents: []string{"r1", "r2"}},
		{Kind: desk.PrintList, Unit: "u", Village: "b", Paper: paper.Letters, Count: 1, Deadline: 900},
	}
	if diff := cmp.Diff(want, desk.Duties(w, now)); diff != "" {
		t.Errorf("Duties() (-want +got):\n%s", diff)
	}
	if got := desk.Duties(desk.Work{Unit: "u"}, now); len(got) != 0 {
		t.Errorf("Duties() of nothing = %v", got)
	}
}
