package exchange_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/exchange"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/table"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

func (b bundle) runUnits(t testing.TB, act actor.Actor, list, parent string, dry bool) (exchange.Figures, []string) {
	t.Helper()
	f, remarks, err := b.tryUnits(t, act, list, parent, dry)
	if err != nil {
		t.Fatal(err)
	}
	return f, remarks
}

// tryUnits is runUnits of what may be no list.
func (b bundle) tryUnits(t testing.TB, act actor.Actor, list, parent string, dry bool) (f exchange.Figures, remarks []string, err error) {
	t.Helper()
	r, err := table.Open(bytes.NewReader([]byte(list)), int64(len(list)), table.Bounds())
	if err != nil {
		return f, nil, err
	}
	f, err = exchange.Units{
		Table: r, Parent: parent, Zone: zone, Progress: func(int64, int64) {},
		Take: func(ctx context.Context, rows []unit.ImportRow) ([]unit.Imported, error) {
			return b.units.Import(ctx, act, rows, dry)
		},
		Tell: func(m exchange.Remark) error {
			remarks = append(remarks, fmt.Sprint(m.Line, " ", m.Column, " ", m.Field, " ", m.Err))
			return nil
		},
	}.Run(t.Context())
	return f, remarks, err
}

// TestUnits_state: the state's own list, of which one province is there.
func TestUnits_state(t *testing.T) {
	t.Parallel()
	b := setup(t)
	list, err := os.ReadFile("../unit/units.csv")
	if err != nil {
		t.Fatal(err)
	}
	want := exchange.Figures{Format: table.CSV, Rows: 3355, New: 3230, Unchanged: 125}
	for _, dry := range []bool{true, false} {
		if f, r := b.runUnits(t, system, string(list), "", dry); !cmp.Equal(want, f) {
			t.Fatalf("dry %v: %s %v", dry, cmp.Diff(want, f), r[:min(len(r), 3)])
		}
	}
	want.New, want.Unchanged = 0, 3355
	if f, _ := b.runUnits(t, system, string(list), "", false); !cmp.Equal(want, f) {
		t.Errorf("again: %s", cmp.Diff(want, f))
	}
	u, err := b.set.Units.ByCode(t.Context(), "00004")
	if err != nil || u.ID != unit.StateID("00004") || u.Parent != unit.StateID("01") || u.Kind != unit.Ward || u.Zone != unit.DefaultZone {
		t.Errorf("got %+v, %v", u, err)
	}
}

func TestUnits_villages(t *testing.T) {
	t.Parallel()
	b := setup(t)
	admin := actor.Staff("s2", []actor.Grant{{Role: actor.Admin, Unit: unit.StateID("68")}}, actor.AllScopes)
	list := "Tên thôn;Loại;name_en;Hiệu lực từ;Cụm\nThôn 1;thôn;Village 1;1/7/2025;\nBon Đăng;bon;;;\nThôn 3;thôn;;;cum 2\nthon 3;thôn;;;\n;thôn;;;\nX;thôn;;31/2/2025;\n"
	for _, dry := range []bool{true, false} {
		f, remarks := b.runUnits(t, admin, list, "24829", dry)
		want := []string{"5 0  conflict: import.unit_twice", "6 1 name invalid: required", "7 4 valid_from invalid: import.day"}
		if diff := cmp.Diff(want, remarks); diff != "" || f.New != 2 || f.Changed != 1 || f.Refused != 3 {
			t.Fatalf("%+v %s", f, diff)
		}
	}
	if f, _ := b.runUnits(t, admin, list, "24829", false); f.New != 0 || f.Changed != 0 || f.Unchanged != 3 {
		t.Errorf("again: %+v", f)
	}
	id, err := exchange.NewPlaces(b.set.Units).Village(t.Context(), blao, "village 1")
	u, err2 := b.set.Units.Get(t.Context(), id)
	if err != nil || err2 != nil || u.ValidFrom == 0 || len(u.Outbox) != 2 || u.Outbox[1].Act != "unit.import" {
		t.Errorf("got %+v, %v, %v", u, err, err2)
	}
	if _, remarks := b.runUnits(t, clerk, list, "24829", true); len(remarks) != 6 {
		t.Errorf("an organizer may: %v", remarks)
	}
	moves := "code,name,kind,parent\n24829,Phường B'Lao,ward,24934\nXX,Xã,commune,68999\n"
	_, remarks := b.runUnits(t, system, moves, "", true)
	if diff := cmp.Diff([]string{"2 0  conflict: import.unit_moves", "3 4 parent invalid: import.parent"}, remarks); diff != "" {
		t.Error(diff)
	}
}

// FuzzUnits: whatever stands in the cells of a row, it is counted once, and a row
// that is refused has its reason.
func FuzzUnits(f *testing.F) {
	b := setup(f)
	f.Add("24830", "Xã Mới", "commune", "68", "1", "", "Asia/Ho_Chi_Minh", "2026-01-01")
	f.Add("", "thôn 9", "thôn", "24829", "", "", "", "")
	f.Add("24829", "\u202e", "king", "x", "-1", "\x00", "../..", "31/02/2026")
	f.Add("00004", "a\nb", "Village", "00004", "", "police", "UTC", "=1")
	f.Fuzz(func(t *testing.T, code, name, kind, parent, cluster, line, zone, from string) {
		var list bytes.Buffer
		out := csv.NewWriter(&list)
		for _, row := range [][]string{
			{"code", "name", "kind", "parent", "cluster", "line", "zone", "valid_from"}, {code, name, kind, parent, cluster, line, zone, from},
		} {
			must(0, out.Write(row))
		}
		out.Flush()
		figures, remarks, err := b.tryUnits(t, system, list.String(), blao, true)
		if err != nil {
			if fault.KindOf(err) == fault.Internal {
				t.Errorf("%q: %v", list.String(), err)
			}
			return
		}
		if figures.Rows > 1 || figures.New+figures.Changed+figures.Unchanged+figures.Refused != figures.Rows || figures.Refused > 0 && len(remarks) == 0 {
			t.Errorf("%q: %+v, %q", list.String(), figures, remarks)
		}
	})
}
