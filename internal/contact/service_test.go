package contact_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/secret"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
)

const (
	oldSecret = "an old secret that is long enough to be one"
	newSecret = "a newer secret that is long enough to be one"
	noon      = calendar.Instant(1_795_000_000_000)
	day       = calendar.Instant(24 * 60 * 60 * 1000)
)

type bundle struct {
	*contact.Service
	store  contact.Store
	folder string
}

func setup(t *testing.T) bundle {
	t.Helper()
	folder := t.TempDir()
	s, err := sqlitestore.Open(t.Context(), sqlitestore.Options{Path: filepath.Join(folder, "sunday.db"), Sync: "OFF"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	b := bundle{store: s.Set().Contacts, folder: folder}
	b.Service = b.with(t, oldSecret)
	return b
}

// with is the service of a process with other secrets.
func (b bundle) with(t *testing.T, current string, older ...string) *contact.Service {
	t.Helper()
	keys, err := secret.Open(current, older...)
	if err != nil {
		t.Fatal(err)
	}
	return contact.NewService(b.store, nobody{}, keys, func() calendar.Instant { return noon })
}

// nobody holds a contact.
type nobody struct{}

func (nobody) TouchHolders(context.Context, string) error { return nil }

func (b bundle) mustEnsure(t *testing.T, kind contact.Kind, value string) contact.Contact {
	t.Helper()
	c, err := b.Ensure(t.Context(), kind, value)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func same(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got error %v, want %v", err, want)
	}
}

func TestService_Ensure(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.mustEnsure(t, contact.Phone, "0912 345 678")
	for _, written := range []string{"+84912345678", "(091) 2345678"} {
		if again := b.mustEnsure(t, contact.Phone, written); again.ID != first.ID || again.Ver != first.Ver {
			t.Errorf("%d bytes: another contact, or a write: got %s v%d, want %s v%d",
				len(written), again.ID, again.Ver, first.ID, first.Ver)
		}
	}
	plain, err := b.Plain(t.Context(), first)
	if err != nil || plain != "+84912345678" {
		t.Errorf("got %q, %v", plain, err)
	}
	mixed := b.mustEnsure(t, contact.Email, "Lan.Anh@Example.org")
	if again := b.mustEnsure(t, contact.Email, "lan.ANH@example.org"); again.ID != mixed.ID || again.Ver != mixed.Ver {
		t.Error("one address in other letters is another contact, or a write")
	}
	if plain, err := b.Plain(t.Context(), mixed); err != nil || plain != "Lan.Anh@example.org" {
		t.Errorf("the address is written to as %q, %v", plain, err)
	}
	for kind, value := range map[contact.Kind]string{
		contact.Email: "an@example.org\r\nBcc: x@example.org", contact.Phone: "12", "fax": "+84912345678",
	} {
		if _, err := b.Ensure(t.Context(), kind, value); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: got %v, want an invalid one", kind, err)
		}
	}
}

func TestService_Plain_boundToID(t *testing.T) {
	t.Parallel()
	b := setup(t)
	one, other := b.mustEnsure(t, contact.Email, "an@example.org"), b.mustEnsure(t, contact.Email, "bo@example.org")
	one.Sealed = other.Sealed
	_, err := b.Plain(t.Context(), one)
	same(t, err, secret.ErrSeal)
}

func TestService_Ensure_olderKey(t *testing.T) {
	t.Parallel()
	b := setup(t)
	before := b.mustEnsure(t, contact.Email, "an@example.org")
	link, err := b.OptOutLink(t.Context(), before)
	same(t, err, nil)

	rotated := b.with(t, newSecret, oldSecret)
	after, err := rotated.Ensure(t.Context(), contact.Email, "an@example.org")
	same(t, err, nil)
	if after.ID != before.ID {
		t.Error("a contact of an older key was made again")
	}
	plain, err := rotated.Plain(t.Context(), after)
	if err != nil || plain != "an@example.org" {
		t.Errorf("got %v under an older key", err)
	}
	if again, err := rotated.OptOutLink(t.Context(), after); err != nil || again != link {
		t.Errorf("the link changed with the key (%v)", err)
	}

	// The old key is gone: the link is made anew, and the record follows.
	without := b.with(t, newSecret)
	fresh, err := without.OptOutLink(t.Context(), after)
	same(t, err, nil)
	found, err := without.ByOptOut(t.Context(), fresh)
	if err != nil || found.ID != before.ID {
		t.Errorf("got %v for the new link", err)
	}
	_, err = without.ByOptOut(t.Context(), link)
	same(t, err, contact.ErrLink)
}

func TestService_ByOptOut(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.mustEnsure(t, contact.Email, "an@example.org")
	token, err := b.OptOutLink(t.Context(), c)
	same(t, err, nil)
	for i := range token {
		for _, bit := range []byte{1, 2, 32} {
			altered := []byte(token)
			altered[i] ^= bit
			if found, err := b.ByOptOut(t.Context(), string(altered)); !contact.ErrLink.Is(err) {
				t.Errorf("byte %d altered: got %s, %v", i, found.ID, err)
			}
		}
	}
	keys, err := secret.Open(oldSecret)
	same(t, err, nil)
	_, err = b.ByOptOut(t.Context(), keys.Link(secret.LinkOwn, c.ID, 0))
	same(t, err, contact.ErrLink)
}

func TestService_OptOut(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.mustEnsure(t, contact.Email, "an@example.org")
	c, err := b.OptOut(t.Context(), actor.Resident(), c.ID)
	if err != nil || !c.OptedOut() {
		t.Fatalf("got %v", err)
	}
	again, err := b.OptOut(t.Context(), actor.Resident(), c.ID)
	if err != nil || again.Ver != c.Ver {
		t.Errorf("opting out twice wrote twice (%v)", err)
	}
	for _, act := range []actor.Actor{actor.Staff("a", nil, actor.AllScopes), actor.System("x"), actor.Anonymous()} {
		_, err := b.OptIn(t.Context(), act, c.ID)
		same(t, err, contact.ErrOnlyPerson)
	}
	if _, err := b.Forget(t.Context(), actor.System("x"), c.ID); err != nil {
		t.Fatal(err)
	}
	if back := b.mustEnsure(t, contact.Email, "an@example.org"); !back.OptedOut() || len(back.Sealed) == 0 {
		t.Error("an erasure undid the opt-out, or the value did not come back")
	}
	c, err = b.OptIn(t.Context(), actor.Resident(), c.ID)
	if err != nil || c.OptedOut() {
		t.Errorf("the person could not opt in (%v)", err)
	}
	if len(c.Outbox) != 3 || c.Outbox[0].Actor != "resident" || c.Outbox[0].Act != "contact.opt_out" {
		t.Errorf("got entries %+v", c.Outbox)
	}
}

func TestService_Refused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	system, person := actor.System("dispatch"), actor.Resident()
	c := b.mustEnsure(t, contact.Email, "an@example.org")
	for n := 1; n <= contact.BlockedAfter; n++ {
		for range 2 { // the second time is the same refusal
			var err error
			c, err = b.Refused(t.Context(), system, c.ID)
			same(t, err, nil)
		}
		if c.Failures != n || c.Usable() {
			t.Errorf("refusal %d: got %d failures, usable %v", n, c.Failures, c.Usable())
		}
		if want := n == contact.BlockedAfter; (c.State == contact.Blocked) != want {
			t.Errorf("refusal %d: got state %s", n, c.State)
		}
		if n == contact.BlockedAfter {
			break
		}
		var err error
		c, err = b.Lift(t.Context(), person, c.ID)
		same(t, err, nil)
	}
	_, err := b.MarkVerified(t.Context(), person, c.ID)
	same(t, err, contact.ErrState)
	_, err = b.Lift(t.Context(), system, c.ID)
	same(t, err, contact.ErrState)
	c, err = b.Lift(t.Context(), person, c.ID)
	if err != nil || c.State != contact.Unverified || !c.Usable() {
		t.Errorf("got %s, %v after a lift", c.State, err)
	}
	c, err = b.Accepted(t.Context(), system, c.ID)
	if err != nil || c.Failures != 0 {
		t.Errorf("got %d failures, %v after a message was accepted", c.Failures, err)
	}
	_, err = b.Refused(t.Context(), system, "absent")
	same(t, err, record.ErrAbsent)
}

func TestService_AllowFixed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.mustEnsure(t, contact.Email, "an@example.org")
	midnight := noon - noon%day
	var got []bool
	for _, ask := range []struct {
		row string
		now bool
		at  calendar.Instant
	}{
		{"one", false, midnight},           // the day's place
		{"one", false, midnight + day - 1}, // again for the same row
		{"two", false, midnight + day - 1}, // the place is taken
		{"two", false, midnight + day},     // the next UTC day
		{"one", false, midnight + day},     // and now that one is taken
		{"one", false, midnight},           // a clock that went back frees nothing
		{"two", false, midnight},           // but keeps the place of the row that has it
		{"three", true, midnight + day},    // one that cannot wait goes beside it
		{"three", false, midnight + day},   // again for the same row
		{"four", true, midnight + day},     // the third
		{"five", true, midnight + day},     // and no more
		{"five", true, midnight + 2*day},   // but on the next day
		{"four", true, midnight + 2*day},   // beside which there is room again
	} {
		ok, err := b.AllowFixed(t.Context(), c.ID, ask.row, ask.now, ask.at)
		same(t, err, nil)
		got = append(got, ok)
	}
	if diff := cmp.Diff([]bool{true, true, false, true, false, false, true, true, true, true, false, true, true}, got); diff != "" {
		t.Error(diff)
	}
	_, err := b.AllowFixed(t.Context(), c.ID, "", false, noon)
	same(t, err, contact.ErrRow)
}

func TestService_keepsNoPlainValue(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.mustEnsure(t, contact.Email, "planted.address@example.org")
	if _, err := b.Refused(t.Context(), actor.System("x"), c.ID); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(b.folder, "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files (%v)", err)
	}
	found := false
	for _, f := range files {
		content, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		found = found || bytes.Contains(content, []byte(c.ID))
		if strings.Contains(string(content), "planted.address") {
			t.Errorf("%s holds the address", filepath.Base(f))
		}
	}
	if !found {
		t.Error("the scan does not see the record at all")
	}
}

func FuzzNormal(f *testing.F) {
	for _, seed := range []string{"an@example.org", "0912 345 678", "+84912345678", "a@b\r\nBcc: c@d", "AN@Ví-dụ.vn"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, kind := range []contact.Kind{contact.Email, contact.Phone} {
			once, err := contact.Normal(kind, s)
			if err != nil {
				continue
			}
			twice, err := contact.Normal(kind, once)
			if err != nil || twice != once {
				t.Errorf("%s: the normal form is not stable", kind)
			}
			if strings.ContainsAny(once, "\r\n\x00 ") {
				t.Errorf("%s: the normal form holds a control or blank", kind)
			}
		}
	})
}
