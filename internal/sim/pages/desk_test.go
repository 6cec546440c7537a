//go:build pages

package pages_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// planning are the pages where a Sunday is planned, judged, printed, counted
// and reported.
func (v *visitor) planning(t *testing.T) []stop {
	t.Helper()
	home := "/staff/units/" + v.Tour.Unit
	coming, past := "/staff/events/"+v.Tour.Coming, "/staff/events/"+v.Tour.Past
	e, err := v.App.Store().Events.Get(t.Context(), v.Tour.Coming)
	must(t, err)
	day := home + "/days/" + string(e.LocalStart)[:10]
	waiting, held := "/staff/events/"+v.submitted(t), "/staff/events/"+v.held(t)
	form := "main form .bar button[value=submit]"
	return []stop{
		{name: "plan-start", path: home + "/new", login: "organizer"},
		{name: "plan", path: home + "/new?type=volunteer", login: "organizer"},
		{name: "plan-again", path: home + "/new?from=" + v.Tour.Past, login: "organizer"},
		{name: "plan-refused", path: home + "/new?type=health", login: "organizer", then: func(t *testing.T, b *tab) {
			mouse{b}.press(t, form)
		}},
		{name: "day", path: day, login: "organizer"},
		{name: "event-staff", path: coming, login: "organizer"},
		{name: "event-edit", path: coming + "/edit", login: "organizer"},
		{name: "poster", path: coming + "/poster", login: "organizer"},
		{name: "loudspeaker", path: coming + "/loudspeaker", login: "organizer"},
		{name: "attendance-sheet", path: coming + "/attendance", login: "organizer"},
		{name: "count", path: past + "/count", login: "organizer"},
		{name: "count-refused", path: past + "/count", login: "organizer", then: func(t *testing.T, b *tab) {
			mouse{b}.press(t, "form.card button")
		}},
		{name: "count-early", path: coming + "/count", login: "organizer"},
		{name: "report", path: held + "/report", login: "organizer"},
		{name: "report-refused", path: held + "/report", login: "organizer", then: func(t *testing.T, b *tab) {
			mouse{b}.press(t, "form.card button")
		}},
		{name: "report-early", path: coming + "/report", login: "organizer"},
		{name: "report-filed", path: past + "/report", login: "organizer"},
		{name: "event-to-judge", path: waiting, login: "approver"},
	}
}

// submitted is an event that waits for its approval.
func (v *visitor) submitted(t *testing.T) string {
	t.Helper()
	made := v.draft(t, calendar.InZone(v.App.Now(), unit.DefaultZone).AddDate(0, 0, 20), 7, []event.Slot{{ID: "all", Name: "Tham gia", Capacity: 150}})
	v.do(t, "organizer", made, event.Submit, "")
	return made
}

// held is an event that is over, whose report nobody has filed.
func (v *visitor) held(t *testing.T) string {
	t.Helper()
	now := calendar.InZone(v.App.Now(), unit.DefaultZone)
	made := v.publishAt(t, now, now.Hour()-1, []event.Slot{{ID: "all", Name: "Tham gia", Capacity: 150}})
	v.do(t, "organizer", made, event.Close, "")
	return made
}

// plan takes a Sunday from the form to its publication, by the organizer and
// the approver.
func (f flow) plan(t *testing.T) {
	t.Helper()
	title := "Dọn suối cùng dân " + f.address
	f.enter(t, "organizer")
	f.visit(t, "/staff/units/"+f.Tour.Unit+"/new?type=volunteer")
	f.pick(t, "#venues input[name=village]")
	f.write(t, "#title", title)
	for range 2 { // what has to be thought of is shown once, and sent again
		if f.press(t, "main form .bar button[value=submit]"); strings.Contains(f.at(t), "/days/") {
			break
		}
	}
	day := f.at(t)
	id := f.titled(t, title, event.Submitted)
	f.enter(t, "approver")
	f.visit(t, "/staff/events/"+id)
	f.want(t, f.press(t, "button[name=act][value=approve]"), http.StatusOK)
	f.titled(t, title, event.Approved)
	f.enter(t, "organizer")
	f.visit(t, day)
	f.visit(t, "/staff/events/"+id)
	f.want(t, f.press(t, "button[name=act][value=publish]"), http.StatusOK)
	f.titled(t, title, event.Published)
}

// count enters what the paper list at the door says.
func (f flow) count(t *testing.T) {
	t.Helper()
	path := "/staff/events/" + f.Tour.Past + "/count"
	before := f.counted(t)
	f.visit(t, path)
	f.pick(t, "input[name=source][value=walkins]")
	f.write(t, "form.card .fields input[type=text]", "7")
	f.want(t, f.press(t, "form.card > button"), http.StatusOK)
	if got := f.counted(t); got != before+7 {
		t.Errorf("%d people are counted, want %d", got, before+7)
	}
}

func (f flow) counted(t *testing.T) int {
	t.Helper()
	total, err := f.App.Services.Attendance.Totals(t.Context(), f.actor(t, "organizer"), f.Tour.Past)
	must(t, err)
	return total.People
}

// titled is the id of the event with the title, which is in a state.
func (f flow) titled(t *testing.T, title string, state event.State) string {
	t.Helper()
	l, err := f.App.Store().Events.Page(t.Context(), event.Filter{Unit: f.Tour.Unit}, page.Request{Limit: 200})
	must(t, err)
	for _, e := range l.Items {
		if e.Title == title {
			if e.State != state {
				t.Fatalf("%s is %s, want %s", title, e.State, state)
			}
			return e.ID
		}
	}
	t.Fatalf("nobody planned %s", title)
	return ""
}
