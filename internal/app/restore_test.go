package app_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/journal"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// The people of the restore: what each does after the backup was made.
const (
	hoa  = "hoa@example.org"  // opts out
	minh = "minh@example.org" // is erased
	tam  = "tam@example.org"  // takes the consent to reminders back
	new1 = "moi@example.org"  // is entered after the backup, and opts out
	gap  = "gap@example.org"  // is told while the backup is made
)

// restoreStory is an event with five people who are reminded the evening before.
func restoreStory(t *testing.T, store string, more ...string) *story {
	t.Helper()
	s := &story{world: startLogged(t, store, sunday.AddDate(0, 0, -14), nil, more...), residents: map[string]string{}, regs: map[string]string{}}
	s.account("organizer", "24848", "organizer", "checkin")
	s.account("approver", "68", "approver")
	s.account("stranger", "24787", "organizer")
	s.unit = s.call("organizer", "GET", "/units/by-code/24848", nil, 200).str("id")
	s.event = s.plan("Làm đường thôn", 60)
	for _, email := range []string{lan, zosia, hoa, minh, tam} {
		s.residents[email] = s.resident(email[:3], "vi", email)
		s.enter(s.residents[email], 1, "registered")
	}
	s.at(s.clock.Now())
	s.mails()
	return s
}

// reminders are the rows of the event's reminders by recipient.
func (w *world) reminders(event string) map[string]notifications.Row {
	w.t.Helper()
	rows, err := w.app.Store().Reports.Rows(w.ctx, notifications.Filter{Part: id.Part(event), Occurrence: event}, "", 1000)
	w.must(err)
	out := map[string]notifications.Row{}
	for _, r := range rows {
		if r.Told.Status == "published" && len(r.Rule) == 32 || strings.HasPrefix(r.Rule, "0") {
			out[r.Recipient] = r
		}
	}
	return out
}

// messageIDs are those of the mails whose subject has the word, by recipient.
func messageIDs(w *world, word string) map[string]string {
	out := map[string]string{}
	for to, mails := range w.mails() {
		for _, m := range mails {
			if strings.Contains(m.Subject, word) {
				out[to] += m.Get("Message-Id")
			} else if to != gap { // whose confirmation may go out again: it was sent during the backup
				w.t.Errorf("%s got %q", to, m.Subject)
			}
		}
	}
	return out
}

// lastActs is what people do after the backup: each may be forgotten by the
// restored database, and by nobody else.
func (s *story) lastActs() {
	s.t.Helper()
	ctx, self := s.ctx, actor.Resident()
	person := func(email string) resident.Resident {
		r, err := s.app.Store().Residents.Get(ctx, s.residents[email])
		s.must(err)
		return r
	}
	_, err := s.app.Services.Contacts.OptOut(ctx, self, person(hoa).Contact)
	s.must(err)
	_, err = s.app.Services.Residents.Erase(ctx, self, person(minh).ID)
	s.must(err)
	given := person(tam).Consents
	for _, c := range given {
		if c.Purpose == resident.ForReminders {
			_, err = s.app.Services.Residents.Consent(ctx, self, person(tam).ID, resident.Choice{Purpose: c.Purpose, Text: c.Text, Source: resident.FromWeb})
			s.must(err)
		}
	}
	s.residents[new1] = s.resident("Mới", "vi", new1)
	_, err = s.app.Services.Contacts.OptOut(ctx, self, person(new1).Contact)
	s.must(err)
}

// TestRestore_SQLite: a backup made while a worker sends is restored on another
// machine. Nothing goes out before the release; then those who refused get
// nothing, and what was sent in the lost days goes out under the same
// Message-ID, and is counted as unknown.
func TestRestore_SQLite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, log := filepath.Join(dir, "backup"), filepath.Join(dir, "journal")
	s := restoreStory(t, "sqlite", "SUNDAY_JOURNAL="+log)

	s.clock.Set(sunday.Add(-13 * time.Hour))
	s.enter(s.resident("Gấp", "vi", gap), 1, "registered")
	backup := s.backUp(file)
	s.mails()
	s.at(sunday.Add(-12 * time.Hour))
	sent := messageIDs(s.world, "Nhắc bạn")
	if len(sent) < 5 {
		t.Fatalf("%d were reminded, want five at least", len(sent))
	}
	s.lastActs()

	if _, err := app.RestoreBackup(s.ctx, s.config, file, false); err == nil || !strings.Contains(err.Error(), "--force") {
		t.Errorf("restored over a database that is there: %v", err)
	}
	if _, err := app.RestoreBackup(s.ctx, s.config, file, true); !errors.Is(err, sqlitestore.ErrOpen) {
		t.Errorf("restored under a running program: %v", err)
	}
	r := s.restored(file, log, backup)
	checkReleased(t, r, s, log, sent)
}

// backUp writes a backup while a worker sends.
func (s *story) backUp(file string) app.Backup {
	s.t.Helper()
	made := make(chan error, 1)
	var backup app.Backup
	go func() {
		var err error
		backup, err = app.WriteBackup(s.ctx, s.config, file, nil)
		made <- err
	}()
	for {
		_, err := s.app.Step(s.ctx)
		s.must(err)
		select {
		case err := <-made:
			s.must(err)
			if _, err := app.WriteBackup(s.ctx, s.config, file, nil); !errors.Is(err, sqlitestore.ErrThere) {
				s.t.Errorf("a backup was overwritten: %v", err)
			}
			return backup
		default:
		}
	}
}

// restored opens the backup on another machine, to which only the secret was
// brought, and sees that nothing goes out.
func (s *story) restored(file, log string, b app.Backup) *world {
	t := s.t
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	c := s.config
	c.DataDir = data
	if _, err := app.RestoreBackup(s.ctx, c, file, false); err == nil || !strings.Contains(err.Error(), "secret") {
		t.Errorf("restored without the secret: %v", err)
	}
	text, err := os.ReadFile(filepath.Join(s.config.DataDir, "secret"))
	s.must(err)
	s.must(os.WriteFile(filepath.Join(data, "secret"), text, 0o600))
	got, err := app.RestoreBackup(s.ctx, c, file, false)
	s.must(err)
	if want := (app.Restored{File: file, At: b.At, Path: filepath.Join(data, "sunday.db")}); got != want {
		t.Errorf("restored %+v, want %+v", got, want)
	}
	w := startLogged(t, "sqlite", sunday.Add(-12*time.Hour), onlyWell(t), "SUNDAY_DATA="+data, "SUNDAY_JOURNAL="+log)
	w.at(sunday.Add(-12 * time.Hour))
	if mails := w.mails(); len(mails) != 0 {
		t.Errorf("while it is held %d people got mails", len(mails))
	}
	holds, err := w.app.Holds(w.ctx)
	w.must(err)
	if len(holds) != 1 || holds[0].Unit != "" || !strings.Contains(holds[0].Reason, b.At.Format(time.RFC3339)) {
		t.Errorf("held: %+v", holds)
	}
	if _, err := w.app.Release(w.ctx, ""); !errors.Is(err, app.ErrAskJournal) {
		t.Errorf("released without a word on the journal: %v", err)
	}
	checkEmptyJournal(t, w)
	return w
}

// onlyWell is a log in which no error may stand.
func onlyWell(t *testing.T) *slog.Logger {
	t.Helper()
	return slog.New(slog.NewTextHandler(complaint{t}, &slog.HandlerOptions{Level: slog.LevelError}))
}

type complaint struct{ t *testing.T }

func (c complaint) Write(line []byte) (int, error) {
	c.t.Errorf("it is logged as an error: %s", line)
	return len(line), nil
}

// checkEmptyJournal: a journal that was begun anew is no word that there is none.
func checkEmptyJournal(t *testing.T, w *world) {
	t.Helper()
	fresh := filepath.Join(t.TempDir(), "journal")
	w.must(os.WriteFile(fresh, nil, 0o600))
	if _, err := w.app.ReleaseWith(w.ctx, app.Release{Journals: []string{fresh}}); !errors.Is(err, app.ErrEmptyJournal) {
		t.Errorf("released by an empty journal: %v", err)
	}
	if holds, err := w.app.Holds(w.ctx); err != nil || len(holds) != 1 {
		t.Errorf("held after that: %+v, %v", holds, err)
	}
}

func checkReleased(t *testing.T, r *world, s *story, log string, sent map[string]string) {
	t.Helper()
	done, err := r.app.ReleaseWith(r.ctx, app.Release{Journals: []string{log}})
	r.must(err)
	want := app.Replayed{Lines: 4, Things: 4, Refused: 3, Erased: 1}
	done.Replayed.Lines, want.Lines = 0, 0 // an erasure writes more than once
	if diff := cmp.Diff(want, done.Replayed); diff != "" || !done.Was {
		t.Errorf("released %v, replayed (-want +got):\n%s", done.Was, diff)
	}
	if done.Doubted < 3 {
		t.Errorf("%d messages in doubt, want those of Lan, Zosia and whoever is new", done.Doubted)
	}
	r.at(sunday.Add(-11 * time.Hour))
	got := messageIDs(r, "Nhắc bạn")
	for _, to := range []string{hoa, minh, tam, new1} {
		if got[to] != "" {
			t.Errorf("%s refused after the backup, and got a mail", to)
		}
		delete(sent, to)
	}
	delete(got, gap)
	delete(sent, gap)
	if diff := cmp.Diff(sent, got); diff != "" {
		t.Errorf("Message-IDs of the reminders (-before +after the release):\n%s", diff)
	}
	for to, email := range map[string]string{"resident:" + s.residents[lan]: lan, "resident:" + s.residents[zosia]: zosia} {
		row := r.reminders(s.event)[to]
		if row.State != notifications.Sent || !row.WasUnknown || row.Unknowns != 1 {
			t.Errorf("the reminder of %s is %s, unknown %d times; want sent after once", email, row.State, row.Unknowns)
		}
	}
	again, err := r.app.ReleaseWith(r.ctx, app.Release{Journals: []string{log}})
	r.must(err)
	if again.Was || again.RestoredFrom != nil || again.Doubted != 0 {
		t.Errorf("released again: %+v", again)
	}
}

// TestRestored_Mongo: a database that other tools restored is held by hand, and
// released with a journal likewise.
func TestRestored_Mongo(t *testing.T) {
	t.Parallel()
	s := restoreStory(t, "mongodb")
	log := filepath.Join(t.TempDir(), "journal")
	writeRefusals(s, log)
	s.must(s.app.HoldRestored(s.ctx, s.clock.Now()))
	s.at(sunday.Add(-12 * time.Hour))
	if mails := s.mails(); len(mails) != 0 {
		t.Errorf("while it is held %d people got mails", len(mails))
	}
	if _, err := s.app.Release(s.ctx, ""); !errors.Is(err, app.ErrAskJournal) {
		t.Errorf("released without a word on the journal: %v", err)
	}
	checkEmptyJournal(t, s.world)
	done, err := s.app.ReleaseWith(s.ctx, app.Release{Journals: []string{log}})
	s.must(err)
	want := app.Replayed{Lines: 3, Things: 3, Refused: 1, Erased: 1, Absent: 1}
	if diff := cmp.Diff(want, done.Replayed); diff != "" || !done.Was || done.Doubted != 3 {
		t.Errorf("released %v with %d in doubt, want 3; replayed (-want +got):\n%s", done.Was, done.Doubted, diff)
	}
	s.at(sunday.Add(-11 * time.Hour))
	got := messageIDs(s.world, "Nhắc bạn")
	if len(got) != 3 || got[hoa]+got[minh] != "" {
		t.Errorf("reminded: %v, want all but %s and %s", got, hoa, minh)
	}
	for _, r := range s.reminders(s.event) {
		if r.State == notifications.Sent && !r.WasUnknown {
			t.Errorf("the reminder of %s does not say that it was unknown", r.Recipient)
		}
	}
}

// writeRefusals writes a journal of another life of the database: Hoa opted
// out, Minh was erased, and so was one whom this life does not know.
func writeRefusals(s *story, path string) {
	s.t.Helper()
	j, err := journal.Open(path, func() int64 { return s.clock.Now().UnixMilli() })
	s.must(err)
	person, err := s.app.Store().Residents.Get(s.ctx, s.residents[hoa])
	s.must(err)
	add := func(thing string, state any) {
		text, err := json.Marshal(state)
		s.must(err)
		s.must(j.Append(journal.Note{Thing: thing, State: text}))
	}
	add("contact:"+person.Contact, contact.Refusal{ID: person.Contact, Kind: contact.Email, OptedOutAt: 1})
	for _, id := range []string{s.residents[minh], "0192aaaa-0000-7000-8000-000000000000"} {
		add("resident:"+id, resident.Refusal{ID: id, ErasedAt: 1})
	}
	s.must(j.Close())
}

// TestJournal_Broken: a journal that cannot be written costs nobody the wish:
// it stays in the database and gets into the journal once it is mended.
func TestJournal_Broken(t *testing.T) {
	t.Parallel()
	log := filepath.Join(t.TempDir(), "journal")
	s := restoreStory(t, "sqlite", "SUNDAY_JOURNAL="+log)
	person, err := s.app.Store().Residents.Get(s.ctx, s.residents[hoa])
	s.must(err)
	before, err := os.ReadFile(log)
	s.must(err)
	s.must(os.WriteFile(log, append([]byte("broken\n"), before...), 0o600))
	c, err := s.app.Services.Contacts.OptOut(s.ctx, actor.Resident(), person.Contact)
	s.must(err)
	if !c.OptedOut() {
		t.Error("the opt-out is lost")
	}
	if err := s.app.RunJob(s.ctx, "audit-relay"); err == nil {
		t.Error("the relay went on without the journal")
	}
	if words := s.unready()["journal"]; !strings.Contains(words, "cannot be written") {
		t.Errorf("/readyz says of the journal: %q", words)
	}

	s.must(os.WriteFile(log, before, 0o600))
	s.must(s.app.RunJob(s.ctx, "audit-relay"))
	after, err := os.ReadFile(log)
	s.must(err)
	if !bytes.HasPrefix(after, before) || strings.Count(string(after), person.Contact) != 2 {
		t.Errorf("the mended journal does not have the opt-out once:\n%s", after)
	}
}

// unready is what /readyz says is not well.
func (w *world) unready() map[string]string {
	w.t.Helper()
	res, err := http.Get(w.app.BaseURL() + "/readyz")
	w.must(err)
	var report struct {
		Checks []struct {
			Name  string `json:"name"`
			Words string `json:"words"`
			OK    bool   `json:"ok"`
		} `json:"checks"`
	}
	w.must(errors.Join(json.NewDecoder(res.Body).Decode(&report), res.Body.Close()))
	out := map[string]string{}
	for _, c := range report.Checks {
		if !c.OK {
			out[c.Name] = c.Words
		}
	}
	return out
}
