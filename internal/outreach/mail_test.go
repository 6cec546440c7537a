package outreach_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/mailcatch"
	"github.com/sunday-with-the-people/sunday/notifications/smtp"
)

// toldBefore makes the person one who was told what the scene says.
func toldBefore(p *outreach.Person, f outreach.Facts) {
	p.Registration.Shown = shownAs(f)
}

// kinds is one scene for every wording.
var kinds = []struct {
	name, rule string
	set        func(*outreach.Facts, *outreach.Person)
}{
	{"pending", outreach.RulePending, func(_ *outreach.Facts, p *outreach.Person) { p.Registration.State = registration.Pending }},
	{"again", outreach.RuleAgain, nil},
	{"again_pending", outreach.RuleAgain, func(_ *outreach.Facts, p *outreach.Person) {
		p.Registration.State, p.Registration.Confirmed = registration.Pending, false
	}},
	{"registered", outreach.RuleConfirmation, nil},
	{"waitlisted", outreach.RuleConfirmation, func(_ *outreach.Facts, p *outreach.Person) { p.Registration.State = registration.Waitlisted }},
	{"offered", outreach.RuleChange, func(f *outreach.Facts, p *outreach.Person) {
		toldBefore(p, *f)
		p.Registration.Shown.Seat = outreach.SeatWaitlisted
		p.Registration.State, p.Registration.HoldUntil = registration.Offered, before(9*time.Hour)
	}},
	{"offer_over", outreach.RuleChange, func(f *outreach.Facts, p *outreach.Person) {
		toldBefore(p, *f)
		p.Registration.Shown.Seat, p.Registration.Shown.OfferUntil = outreach.SeatOffered, before(9*time.Hour)
		p.Registration.State = registration.Waitlisted
	}},
	{"reminder", "rule", nil},
	{"reminder_answered", "rule", func(_ *outreach.Facts, p *outreach.Person) { p.Registration.Answer = registration.Coming }},
	{"moved", outreach.RuleChange, func(f *outreach.Facts, p *outreach.Person) {
		toldBefore(p, *f)
		f.Event.StartAt, f.Event.EndAt = f.Event.StartAt.Add(24*time.Hour), f.Event.EndAt.Add(24*time.Hour)
		f.Event.Place.Name, f.Event.Revision, f.Event.LastEditAt = "Sân trường", 1, before(48*time.Hour)
	}},
	{"cancelled", outreach.RuleChange, func(f *outreach.Facts, p *outreach.Person) {
		toldBefore(p, *f)
		f.Event.State, f.Event.StatusNote, f.Event.Revision = event.Cancelled, "Bão số 12", 1
	}},
	{"postponed", outreach.RuleChange, func(f *outreach.Facts, p *outreach.Person) {
		toldBefore(p, *f)
		f.Event.State, f.Event.StatusNote = event.Postponed, "Mưa lớn"
	}},
	{"new_date", outreach.RuleChange, func(f *outreach.Facts, p *outreach.Person) {
		toldBefore(p, *f)
		f.Event.State, p.Registration.Shown.Status = event.Postponed, string(event.Postponed)
		f.Event.StartAt, f.Event.EndAt = f.Event.StartAt.Add(168*time.Hour), f.Event.EndAt.Add(168*time.Hour)
		f.Event.Revision, f.Event.LastEditAt = 2, before(48*time.Hour)
	}},
	{"resumed", outreach.RuleChange, func(f *outreach.Facts, p *outreach.Person) {
		toldBefore(p, *f)
		p.Registration.Shown.Status = string(event.Postponed)
	}},
	{"promoted", outreach.RuleChange, func(f *outreach.Facts, p *outreach.Person) {
		toldBefore(p, *f)
		p.Registration.Shown.Seat = outreach.SeatWaitlisted
	}},
	{"seat_cancelled", outreach.RuleChange, func(f *outreach.Facts, p *outreach.Person) {
		toldBefore(p, *f)
		p.Registration.State, p.Registration.Turns = registration.Cancelled, 1
	}},
	{"survey", outreach.RuleSurvey, nil},
	{"reminder_waitlisted", "rule", func(_ *outreach.Facts, p *outreach.Person) { p.Registration.State = registration.Waitlisted }},
	{"afterwards", "rule", func(f *outreach.Facts, p *outreach.Person) {
		f.Event.State, p.Registration.State = event.Done, registration.Attended
	}},
	{"news", "rule", stranger},
	{"news_moved", outreach.RuleChange, func(f *outreach.Facts, p *outreach.Person) {
		announcedBefore(f, p)
		f.Event.StartAt, f.Event.EndAt, f.Event.Place.Name = f.Event.StartAt.Add(24*time.Hour), f.Event.EndAt.Add(24*time.Hour), "Sân trường"
	}},
	{"news_cancelled", outreach.RuleChange, func(f *outreach.Facts, p *outreach.Person) {
		announcedBefore(f, p)
		f.Event.State, f.Event.StatusNote = event.Cancelled, "Bão số 12"
	}},
	{"news_postponed", outreach.RuleChange, func(f *outreach.Facts, p *outreach.Person) {
		announcedBefore(f, p)
		f.Event.State, f.Event.StatusNote = event.Postponed, "Mưa lớn"
	}},
	{"news_resumed", outreach.RuleChange, func(f *outreach.Facts, p *outreach.Person) {
		f.Event.State = event.Postponed
		announcedBefore(f, p)
		f.Event.State = event.Published
	}},
}

// stranger takes the registration away from the person.
func stranger(f *outreach.Facts, p *outreach.Person) {
	p.Registration = registration.Registration{}
	f.Event.About = "Cùng nhau đổ bê tông 200 m đường vào thôn."
}

// announcedBefore makes the person a stranger who had an announcement.
func announcedBefore(f *outreach.Facts, p *outreach.Person) {
	stranger(f, p)
	p.Rows = []notifications.Row{{
		Key: notifications.Key{Rule: "rule"}, State: notifications.Sent, Told: outreach.Told(f.Event, p.Registration),
	}}
}

// TestWriter_Golden sends each wording in each language through a real SMTP
// connection and compares what a mail program reads.
func TestWriter_Golden(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.writer()
	channel, catcher := b.mailServer()
	for _, k := range kinds {
		for _, locale := range []string{"vi", "en", "pl"} {
			m := b.write(w, k.rule, locale, k.set)
			got := b.deliver(channel, catcher, m)
			golden(t, filepath.Join("testdata", "mail", k.name+"."+locale+".txt"), got)
		}
	}
}

// TestWriter_GoldenHousehold does so with the mails of three people of a
// household, one of whom gave no name.
func TestWriter_GoldenHousehold(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.writer()
	channel, catcher := b.mailServer()
	for _, k := range kinds {
		if k.rule == outreach.RulePending || k.rule == outreach.RuleAgain || k.name == "offered" {
			continue // one person's own
		}
		for _, locale := range []string{"vi", "en", "pl"} {
			m := b.writeShared(w, k.rule, locale, k.set)
			got := b.deliver(channel, catcher, m)
			golden(t, filepath.Join("testdata", "mail", "household."+k.name+"."+locale+".txt"), got)
		}
	}
}

func (b *bench) writeShared(w *outreach.Writer, rule, locale string, set func(*outreach.Facts, *outreach.Person)) notifications.Message {
	b.t.Helper()
	var facts outreach.Facts
	var members []outreach.Member
	for i, name := range []string{"Đỗ Thị Lan", "", "Bình <b>"} {
		f, p := scene()
		p.Resident.Locale, p.Resident.Name, p.Registration.Party = locale, name, i+1
		p.Registration.ID, p.Recipient = fmt.Sprint("reg", i), fmt.Sprint("resident:", i)
		if set != nil {
			set(&f, &p)
		}
		row, links := rowAndLinks(w, f, p, rule)
		links.Survey = w.SurveyLink(f.Event.ID, fmt.Sprint("survey-code-", i))
		facts, members = f, append(members, outreach.Member{Person: p, Row: row, Links: links})
	}
	m, err := w.WriteShared(b.ctx, facts, members, millis(before(30*time.Hour)))
	b.must(err)
	m.To = "resident@example.org"
	return m
}

func (b *bench) write(w *outreach.Writer, rule, locale string, set func(*outreach.Facts, *outreach.Person)) notifications.Message {
	b.t.Helper()
	f, p := scene()
	p.Resident.Locale, p.Registration.Party = locale, 2
	if set != nil {
		set(&f, &p)
	}
	f.Event.Ver = int64(len(rule)) + int64(len(locale))
	row, links := rowAndLinks(w, f, p, rule)
	links.Survey = w.SurveyLink(f.Event.ID, "survey-code")
	m, err := w.Write(b.ctx, f, p, row, links, millis(before(30*time.Hour)))
	b.must(err)
	m.To = "resident@example.org"
	return m
}

// rowAndLinks are a row as it would be planned, and the links in its mail.
func rowAndLinks(w *outreach.Writer, f outreach.Facts, p outreach.Person, rule string) (notifications.Row, outreach.Links) {
	row := notifications.Row{Key: notifications.Key{Rule: rule, Occurrence: f.Event.ID, Recipient: p.Recipient}}
	row.ID = row.Key.ID()
	row.Told, row.Wish = outreach.Told(f.Event, p.Registration), millis(before(12*time.Hour))
	if f.Event.State == event.Done {
		row.Wish = row.Told.End
	}
	if p.Registration.ID == "" {
		return row, outreach.Links{OptOut: w.OptOutLink("optout-token")}
	}
	return row, w.Links(p.Registration, "optout-token")
}

// mailServer starts one that keeps what it takes, and gives a channel to it.
func (b *bench) mailServer() (*smtp.Channel, *mailcatch.Catcher) {
	b.t.Helper()
	catcher, err := mailcatch.Start()
	b.must(err)
	b.t.Cleanup(func() { b.must(catcher.Close()) })
	channel, err := smtp.New(smtp.Options{Host: "127.0.0.1", Port: catcher.Port(), TLS: smtp.NoTLS})
	b.must(err)
	b.t.Cleanup(func() { b.must(channel.Close()) })
	return channel, catcher
}

// deliver hands the mail over and renders what was received.
func (b *bench) deliver(channel notifications.Channel, catcher *mailcatch.Catcher, m notifications.Message) string {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 10*time.Second)
	defer cancel()
	conn, err := channel.Open(ctx)
	b.must(err)
	b.must(conn.Send(ctx, m))
	b.must(conn.Close())
	mails, err := catcher.Wait(ctx, catcher.Received())
	b.must(err)
	got := newestMail(mails)
	var out strings.Builder
	for _, name := range []string{"From", "To", "Subject", "Date", "Message-Id", "Content-Language", "Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post"} {
		fmt.Fprintf(&out, "%s: %s\n", name, got.Get(name))
	}
	fmt.Fprintf(&out, "\n--- text\n%s\n--- html\n%s\n--- calendar %s\n%s", got.Text, got.HTML, got.Method, got.Calendar)
	return strings.ReplaceAll(out.String(), "\r\n", "\n")
}

// newestMail is the one that was received last.
func newestMail(mails []mailcatch.Mail) mailcatch.Mail {
	newest := mails[0]
	for _, m := range mails {
		if m.Number > newest.Number {
			newest = m
		}
	}
	return newest
}

// golden compares with a file, or writes it where UPDATE_GOLDEN is set.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}
