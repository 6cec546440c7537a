//go:build pages

package pages_test

import (
	"context"
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// events are ids of events in states that the demo need not have.
type events struct {
	open, full, slots, postponed, cancelled string
	villageWithout                          string
}

// events makes them, by the services and as the demo's own staff.
func (v *visitor) events(t *testing.T) events {
	t.Helper()
	one := []event.Slot{{ID: "all", Name: "Tham gia", Capacity: 150}}
	e := events{open: v.publish(t, one), postponed: v.publish(t, one), cancelled: v.publish(t, one)}
	e.full = v.publish(t, []event.Slot{{ID: "all", Name: "Tham gia", Capacity: 1}})
	v.join(t, e.full, "1")
	e.slots = v.publish(t, []event.Slot{
		{ID: "early", Name: "Buổi sáng: dọn suối", Capacity: 40}, {ID: "late", Name: "Buổi chiều: hướng dẫn dịch vụ công trực tuyến", Capacity: 12},
	})
	v.do(t, "organizer", e.postponed, event.Postpone, "Mưa lớn, hẹn bà con hôm khác.")
	v.do(t, "organizer", e.cancelled, event.Cancel, "Mưa lớn, suối dâng cao.")
	made, err := v.App.Services.Units.Create(t.Context(), v.actor(t, "admin"), unit.Draft{
		Kind: unit.Village, Parent: v.Tour.Unit, Names: map[string]string{"vi": "Thôn chưa có Chủ nhật nào"},
	})
	must(t, err)
	e.villageWithout = made.ID
	return e
}

// publish plans an event on the Sunday after next and brings it to its page.
func (v *visitor) publish(t *testing.T, slots []event.Slot) string {
	t.Helper()
	day := calendar.InZone(v.App.Now(), unit.DefaultZone)
	return v.publishAt(t, day.AddDate(0, 0, 14-int(day.Weekday())), 7, slots)
}

// publishAt does it for another day and hour.
func (v *visitor) publishAt(t *testing.T, day time.Time, hour int, slots []event.Slot) string {
	t.Helper()
	id := v.draft(t, day, hour, slots)
	v.do(t, "organizer", id, event.Submit, "")
	v.do(t, "approver", id, event.Approve, "")
	v.do(t, "organizer", id, event.Publish, "")
	return id
}

// draft plans an event of four hours.
func (v *visitor) draft(t *testing.T, day time.Time, hour int, slots []event.Slot) string {
	t.Helper()
	at := func(hour int) calendar.Local {
		return calendar.LocalOf(calendar.FromTime(time.Date(day.Year(), day.Month(), day.Day(), hour, 0, 0, 0, day.Location())), unit.DefaultZone)
	}
	made, err := v.App.Services.Events.Create(t.Context(), v.actor(t, "organizer"), "", event.Input{
		Unit: v.Tour.Unit, Type: event.Volunteer, Title: "Chủ nhật cùng dân: dọn suối, hướng dẫn dịch vụ công và khám sức khỏe miễn phí",
		Place: event.Place{Name: "Nhà văn hóa thôn Păng Tiêng, cạnh trường tiểu học"},
		About: "Cùng dọn suối, rồi gặp lãnh đạo xã để hỏi và kiến nghị.\n\nNước uống có sẵn.", Bring: "Giày, găng tay.",
		Host: "Chủ tịch UBND xã", LocalStart: at(hour), LocalEnd: at(hour + 4),
		Slots: slots, NoticeDays: 3,
	})
	must(t, err)
	return made.ID
}

func (v *visitor) do(t *testing.T, login, id string, act event.Act, note string) {
	t.Helper()
	_, err := v.App.Services.Events.Do(t.Context(), v.actor(t, login), id, 0, act, note)
	must(t, err)
}

func (w *world) token(t *testing.T, login string) string {
	t.Helper()
	for _, one := range w.Tour.Tokens {
		if one.Login == login {
			return one.Token
		}
	}
	t.Fatalf("the demo has no %s", login)
	return ""
}

// actor is one of the demo's staff.
func (w *world) actor(t *testing.T, login string) actor.Actor {
	t.Helper()
	act, err := w.App.Services.Accounts.Authenticate(t.Context(), w.token(t, login))
	must(t, err)
	return act
}

// optOutLink is the path of the page where the address stops its mails.
func (w *world) optOutLink(t *testing.T, address string) string {
	t.Helper()
	c, err := w.App.Services.Contacts.Ensure(context.Background(), contact.Email, address)
	must(t, err)
	token, err := w.App.Services.Contacts.OptOutLink(context.Background(), c)
	must(t, err)
	return outreach.OptOutPath + token
}

// surveyLinks are paths of forms of the survey about the Sunday that was.
func (w *world) surveyLinks(t *testing.T, number int) []string {
	t.Helper()
	codes, err := w.App.Services.Surveys.InviteMany(t.Context(), w.Tour.Past, number)
	must(t, err)
	var links []string
	for _, code := range codes {
		links = append(links, outreach.SurveyPath+w.Tour.Past+"/"+code)
	}
	return links
}
