package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/exchange"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

func TestImport_SQLite(t *testing.T) {
	t.Parallel()
	imported(t, "sqlite")
}

func TestImport_Mongo(t *testing.T) {
	t.Parallel()
	imported(t, "mongodb")
}

// imported takes the sample lists over as `sunday import` does: a dry run writes
// nothing, the second time changes nothing, and a changed row changes one
// person. On both stores.
func imported(t *testing.T, store string) {
	w := start(t, store, sunday)
	w.account("lan", "24829", "organizer")
	samples := filepath.Join("..", "..", "docs", "samples")
	villages := app.ImportList{File: filepath.Join(samples, "villages.csv"), Unit: "24829"}
	people := app.ImportList{File: filepath.Join(samples, "residents.csv"), Unit: "24829", As: "lan"}
	do := func(list app.ImportList, want exchange.Figures) app.ImportDone {
		t.Helper()
		take := w.app.ImportUnits
		if list.As != "" {
			take = w.app.ImportResidents
		}
		list.Progress = func(int64, int64) {}
		done, err := take(w.ctx, list)
		w.must(err)
		got := exchange.Figures{New: done.New, Changed: done.Changed, Unchanged: done.Unchanged, Refused: done.Refused}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("%s: %s%v", filepath.Base(list.File), d, done.Remarks)
		}
		return done
	}
	dry := func(list app.ImportList) app.ImportList {
		list.DryRun = true
		return list
	}

	do(dry(villages), exchange.Figures{New: 4})
	if found := w.villages(); len(found) != 0 {
		t.Fatalf("a dry run made %d villages", len(found))
	}
	do(villages, exchange.Figures{New: 4})
	laid := w.villages()
	do(villages, exchange.Figures{Unchanged: 4})
	if d := cmp.Diff(laid, w.villages()); len(laid) != 4 || d != "" {
		t.Errorf("%d villages, and the second time: %s", len(laid), d)
	}

	do(dry(people), exchange.Figures{New: 5})
	if found := w.kept(); len(found) != 0 {
		t.Fatalf("a dry run made %d residents", len(found))
	}
	if done := do(people, exchange.Figures{New: 5}); done.MayMessage[resident.ForReminders] != 3 {
		t.Errorf("reminders may go to %d, want 3", done.MayMessage[resident.ForReminders])
	}
	first := w.kept()
	do(people, exchange.Figures{Unchanged: 5})
	do(dry(people), exchange.Figures{Unchanged: 5})
	if d := cmp.Diff(first, w.kept()); len(first) != 5 || d != "" {
		t.Errorf("%d residents, and the second time: %s", len(first), d)
	}

	people.File = renamed(t, people.File)
	do(people, exchange.Figures{Changed: 1, Unchanged: 4, Refused: 1})
	changed := 0
	for i, r := range w.kept() {
		if r.Ver != first[i].Ver {
			changed++
		}
	}
	if changed != 1 {
		t.Errorf("%d records are of another version, want the one whose row changed", changed)
	}

	// Of many refused rows, what is wrong how often is said before anything else.
	many := people
	many.File, many.Lang, many.DryRun = filepath.Join(t.TempDir(), "many.csv"), "pl", true
	many.Report = filepath.Join(t.TempDir(), "report.csv")
	rows := "name,phone,village\n" + strings.Repeat("Lan,12,\n", 30) + strings.Repeat("Mai,0912345678,Thôn 99\n", 5) + "Cúc,12,Thôn 99\n"
	w.must(os.WriteFile(many.File, []byte(rows), 0o600))
	done := do(many, exchange.Figures{Refused: 36})
	said := strings.Join(done.Said, "\n")
	for _, line := range []string{"31 razy, najpierw: Wiersz 2, kolumna B (phone): ", "6 razy, najpierw: Wiersz 32, kolumna C (village): ", "razem 37 uwag; każda jest w "} {
		if !strings.Contains(said, line) {
			t.Errorf("%q is not said in\n%s", line, said)
		}
	}
	report, err := os.ReadFile(many.Report)
	w.must(err)
	if head := "wiersz,kolumna,pole,przyjęto,powód\n2,B,phone,nie,"; !strings.Contains(string(report), head) {
		t.Errorf("the report does not have %q:\n%.200s", head, report)
	}
	if len(done.Kinds) != 2 || len(done.Remarks)+done.More != 37 {
		t.Errorf("%d kinds, %d and %d remarks", len(done.Kinds), len(done.Remarks), done.More)
	}
}

// renamed is the list with another name in its first row, and a row more that
// cannot be taken.
func renamed(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	other := strings.Replace(string(text), "Nguyễn Thị Đào", "Nguyễn Thị Hoa Đào", 1) + "6,Lê Sai,12,,,,,,,,\n"
	file = filepath.Join(t.TempDir(), "changed.csv")
	if err := os.WriteFile(file, []byte(other), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func (w *world) villages() []unit.Unit {
	w.t.Helper()
	found, err := w.app.Store().Units.Page(w.ctx, unit.Filter{Parent: unit.StateID("24829"), Kind: unit.Village}, page.Request{Limit: page.MaxLimit})
	w.must(err)
	return found.Items
}

// kept are the residents of the commune, as they are stored.
func (w *world) kept() []resident.Resident {
	w.t.Helper()
	found, err := w.app.Store().Residents.Page(w.ctx, resident.Filter{Unit: unit.StateID("24829")}, page.Request{Limit: page.MaxLimit})
	w.must(err)
	return found.Items
}
