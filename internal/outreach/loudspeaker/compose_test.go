package loudspeaker_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/outreach/loudspeaker"
)

func sunday(t *testing.T, change func(*event.Event)) event.Event {
	t.Helper()
	in := event.Input{
		Unit: "u", Type: event.Volunteer, Title: "Làm 500 m đường thôn", LocalStart: "2026-11-29T07:30", LocalEnd: "2026-11-29T11:00",
		Zone: "Asia/Ho_Chi_Minh", Place: event.Place{Name: "Nhà văn hóa Thôn 1, Quốc lộ 27", Link: "https://example.org/1"},
		About: "Cùng làm đường, xong trước 10h30.\n\nAi đến cũng được.", Bring: "Giày,\n2 đôi găng tay.", Host: "Chủ tịch UBND xã",
		Contact: "chị Lan 0912 345 678",
	}
	in, times, err := in.Check()
	if err != nil {
		t.Fatal(err)
	}
	e := event.Event{
		State: event.Published, Title: in.Title, About: in.About, Bring: in.Bring, Host: in.Host, Contact: in.Contact, Place: in.Place,
		Zone: in.Zone, StartAt: times.Start, EndAt: times.End,
	}
	if change != nil {
		change(&e)
	}
	return e
}

// TestCompose holds what is read aloud to golden files, in each language.
func TestCompose(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Open()
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*event.Event){
		"invite":    nil,
		"bare":      func(e *event.Event) { e.About, e.Bring, e.Host, e.Contact = "", "", "", "" },
		"two-days":  func(e *event.Event) { e.EndAt = e.StartAt.Add(20 * 3600 * 1e9) },
		"cancelled": func(e *event.Event) { e.State, e.StatusNote = event.Cancelled, "Bão số 9 đổ bộ ngày 28/11." },
		"postponed": func(e *event.Event) { e.State, e.StatusNote = event.Postponed, "Mưa lớn." },
	} {
		for _, lang := range texts.Languages() {
			names := loudspeaker.Names{Unit: "Xã Lạc Dương", Village: "Thôn 1"}
			if name == "bare" {
				names.Village = ""
			}
			said := loudspeaker.Compose(texts.For(lang), sunday(t, change), names)
			if again := loudspeaker.Compose(texts.For(lang), sunday(t, change), names); !slices.Equal(said, again) {
				t.Errorf("%s in %s is said in two ways", name, lang)
			}
			got := shown.Replace(strings.Join(said, "\n") + "\n")
			if strings.ContainsAny(got, "0123456789{}") || strings.Contains(got, "..") || strings.Contains(got, "https") {
				t.Errorf("%s in %s cannot be read aloud:\n%s", name, lang, got)
			}
			golden(t, filepath.Join("testdata", name+"."+lang+".txt"), got)
		}
	}
}

// shown lets one see in a file what is marked as typed by people.
var shown = strings.NewReplacer("\u2068", "‹", "\u2069", "›")

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
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s: %s", path, d)
	}
}
