package exchange_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/exchange"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/table"
)

const heading = "Họ và tên;SĐT;Email;Thôn;Đồng ý;Văn bản đồng ý;Ngày đồng ý;Nguồn đồng ý;Ghi chú\n"

const good = heading +
	"Nguyễn Thị Đào;0912 345 678;;Thôn 1;nhắc lịch, tin tức;vi-1;01/11/2026;giấy;x\n" +
	"Nguyễn Văn Bình;0912345678;;thon 2;;;;;\n" + // shares the phone of the first
	"K'Ho Brin;;brin@example.org;Buôn 2;khảo sát;1;2026-10-05;cán bộ;\n" +
	"Trần Lan;;lan@example.org;;nhắc lịch;;2026-10-05;giấy;\n" // no text

func TestResidents(t *testing.T) {
	t.Parallel()
	b := setup(t)
	want := exchange.Figures{
		Format: table.CSV, Rows: 4, New: 4, NoProof: 1, Silent: 2, Unread: []string{"I"},
		MayMessage: map[resident.Purpose]int{"registration": 0, "reminders": 1, "news": 1, "surveys": 1, "answers": 0, "photos": 0},
	}
	remarks := []string{"5 5 consent invalid: import.no_proof"}
	for _, dry := range []bool{true, true, false} {
		f, r := b.run(t, []byte(good), dry)
		if diff := cmp.Diff(want, f) + cmp.Diff(remarks, r); diff != "" {
			t.Fatalf("dry %v: %s", dry, diff)
		}
		if there := len(b.all(t)); dry && there != 0 {
			t.Fatalf("a dry run wrote %d residents", there)
		}
	}
	before := b.all(t)
	want.New, want.Unchanged = 0, 4
	if f, _ := b.run(t, []byte(good), false); !cmp.Equal(want, f) {
		t.Errorf("again: %s", cmp.Diff(want, f))
	}
	if diff := cmp.Diff(before, b.all(t)); diff != "" {
		t.Errorf("importing twice changed: %s", diff)
	}
	dao := before[slices.IndexFunc(before, func(r resident.Resident) bool { return r.Name == "Nguyễn Thị Đào" })]
	binh := before[slices.IndexFunc(before, func(r resident.Resident) bool { return r.Name == "Nguyễn Văn Bình" })]
	if dao.Contact != binh.Contact || dao.Village == "" || binh.Household != "" || dao.Reach != resident.Own {
		t.Errorf("got %+v and %+v", dao, binh)
	}
	log := dao.Consents
	day := must(exchange.Day(table.Cell{Text: "2026-11-01"}, false, zone))
	if len(log) != 2 || log[0].Source != resident.FromPaper || log[0].By != "account:s1" || log[0].At != day || !dao.News || !dao.Dirty {
		t.Errorf("got %+v", log)
	}
	if len(dao.Outbox) != 1 || dao.Outbox[0].Act != "resident.import" || dao.Outbox[0].Actor != "account:s1" {
		t.Errorf("the log has %+v", dao.Outbox)
	}
}

func TestResidents_refused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f, remarks := b.run(t, []byte(heading+
		"Lan;12;;Thôn 1;;;;;\n"+
		"Lan;0912345678;not an address;Thôn 9;;;;;\n"+
		"=A1;0912345678;;;;;;;\n"+
		"Mai;0912345679;;2;;;;;\n"+ // Thôn 2 or Buôn 2
		";;;Thôn 1;;;;;\n"+
		"Mai;0912345679;;;tin,ảnh;1;2027-01-01;giấy;\n"+
		"Mai;0912345679;;;yes;1;2026-01-01;giấy;\n"+
		"Mai;0912345679;;;tin;99;2026-01-01;rumour;\n"+
		"Mai;0912345679;;;tin,ảnh;1;1/1/2026,2/1/2026,3/1/2026;giấy;\n"+
		"Mai;0912345679;;;;;;;\n"+
		"MAI;+84 912 345 679;;;;;;;\n"+
		"\"Mai\"x;0912345679\n"+
		"Mai;12;;=A1;;;;;\n"), false)
	want := []string{
		"2 2 phone invalid: text.phone",
		"3 3 email invalid: text.email",
		"3 4 village invalid: import.village",
		"4 1 name invalid: import.formula",
		"5 4 village invalid: import.villages",
		"6 1 name invalid: import.nobody",
		"7 7 consent_date invalid: import.consent_date",
		"8 5 consent invalid: import.purpose",
		"9 6 consent_text invalid: resident.consent_text",
		"9 8 consent_source invalid: resident.consent_source",
		"10 7 consent_date invalid: import.lists",
		"12 0  conflict: import.twice",
		"13 0  invalid: table.quote",
		"14 2 phone invalid: text.phone",
		"14 4 village invalid: import.formula",
	}
	if diff := cmp.Diff(want, remarks); diff != "" {
		t.Error(diff)
	}
	if f.Rows != 13 || f.New != 1 || f.Refused != 12 || len(b.all(t)) != 1 {
		t.Errorf("got %+v", f)
	}
	for _, r := range remarks {
		if strings.Contains(r, "Mai") || strings.Contains(r, "912") {
			t.Errorf("%q repeats what stands in the list", r)
		}
	}
}

// TestResidents_keys: two of one name and one phone are two where their keys
// say so, a key finds its record under another name and phone, and whoever
// registered by a form is found by name and contact.
func TestResidents_keys(t *testing.T) {
	t.Parallel()
	b := setup(t)
	web, _, err := b.people.EnsurePublic(t.Context(), resident.PublicInput{Unit: blao, Name: "Trần Lan", Email: "lan@example.org"})
	if err != nil {
		t.Fatal(err)
	}
	list := "key,name,phone,email\n7,Lê An,0912345678,\n8,Lê An,0912345678,\n9,tran lan,,LAN@example.org\n"
	if f, r := b.run(t, []byte(list), false); f.New != 2 || f.Changed != 1 || len(r) != 0 {
		t.Fatalf("got %+v %v", f, r)
	}
	if f, r := b.run(t, []byte(list), false); f.Unchanged != 3 || len(r) != 0 {
		t.Errorf("again: %+v %v", f, r)
	}
	next := "key,name,phone\n8,Lê Ân,0912345679\n"
	if f, _ := b.run(t, []byte(next), false); f.Changed != 1 {
		t.Errorf("got %+v", f)
	}
	all := b.all(t)
	if len(all) != 3 || !slices.ContainsFunc(all, func(r resident.Resident) bool { return r.ID == web.ID && r.Name == "tran lan" }) {
		t.Errorf("got %d residents", len(all))
	}
	for _, r := range all {
		if r.Name == "Lê Ân" && len(r.Contacts) != 1 {
			t.Errorf("the old phone is still there: %v", r.Contacts)
		}
	}
}

// TestResidents_refusalsStay: what a person refused, no list undoes.
func TestResidents_refusalsStay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	list := heading + "Lan;;lan@example.org;;tin, nhắc lịch;1;1/11/2026;giấy;\nMai;;mai@example.org;;tin;1;1/11/2026;giấy;\nCúc;;cuc@example.org;;tin;1;1/11/2026;giấy;\n"
	b.run(t, []byte(list), false)
	who := func(name string) resident.Resident {
		t.Helper()
		all := b.all(t)
		i := slices.IndexFunc(all, func(r resident.Resident) bool { return r.Name == name })
		if i < 0 {
			t.Fatalf("there is no %s", name)
		}
		return all[i]
	}
	text := must(resident.TextFor(resident.ForNews, "vi"))
	_, err := b.people.Consent(t.Context(), actor.Resident(), who("Lan").ID, resident.Choice{Purpose: resident.ForNews, Text: text.ID, Source: resident.FromWeb})
	_, err2 := b.contacts.OptOut(t.Context(), actor.Resident(), who("Mai").Contact)
	_, err3 := b.people.Erase(t.Context(), actor.Resident(), who("Cúc").ID)
	if err := errors.Join(err, err2, err3); err != nil {
		t.Fatal(err)
	}
	lan, mai := who("Lan"), who("Mai")
	later := strings.ReplaceAll(list, "1/11/2026", "20/11/2026")
	f, remarks := b.run(t, []byte(later), false)
	if f.Kept != 1 || f.Refused != 1 || f.Unchanged != 2 || f.MayMessage[resident.ForReminders] != 1 || f.MayMessage[resident.ForNews] != 0 || f.Silent != 1 {
		t.Errorf("got %+v %v", f, remarks)
	}
	if diff := cmp.Diff([]string{"4 0  gone: resident.erased"}, remarks); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(lan, who("Lan")); diff != "" {
		t.Error(diff)
	}
	// Another address for who opted out of the one that is known.
	// What else the row says is taken.
	f, _ = b.run(t, []byte("id,name,email,village\n"+mai.ID+",Mai,other@example.org,\n"), false)
	if f.Kept != 1 || f.Unchanged != 1 {
		t.Errorf("got %+v", f)
	}
	before := mai
	f, _ = b.run(t, []byte("id,name,email,locale\n"+mai.ID+",Mai,other@example.org,pl\n"), false)
	if mai = who("Mai"); f.Kept != 1 || f.Changed != 1 || mai.Locale != "pl" || !slices.Equal(mai.Contacts, before.Contacts) {
		t.Errorf("got %+v, %+v", f, mai)
	}
	other, err := b.contacts.Look(t.Context(), []contact.Value{{Kind: contact.Email, Value: "other@example.org"}})
	if err != nil || other[0].Ver != 0 {
		t.Errorf("the other address is kept: %+v, %v", other, err)
	}
	c, err := b.contacts.Ensure(t.Context(), contact.Email, "mai@example.org")
	if diff := cmp.Diff(mai, who("Mai")); diff != "" || err != nil || !c.OptedOut() {
		t.Errorf("%v %v %s", err, c.OptedOut(), diff)
	}
}

func TestResidents_needsRole(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f, remarks := b.run(t, []byte("name,phone,unit\nLan,0912345678,24934\nMai,0912345678,4934x\nCúc,0912345678,24829\n"), false)
	want := []string{"2 3 unit invalid: import.unit_role", "3 3 unit invalid: import.unit"}
	if diff := cmp.Diff(want, remarks); diff != "" || f.New != 1 {
		t.Errorf("%+v %s", f, diff)
	}
}

// broken fails at the second batch, as a store that goes away.
type broken struct {
	exchange.Taker
	calls *int
}

func (b broken) Take(ctx context.Context, rows []resident.ImportRow) ([]resident.Imported, error) {
	if *b.calls++; *b.calls > 1 {
		return nil, record.ErrAway
	}
	return b.Taker.Take(ctx, rows)
}

// TestResidents_interrupted: what was taken before stays, and the same list again
// does the rest.
func TestResidents_interrupted(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var list strings.Builder
	list.WriteString("key,name,phone\n")
	for i := range 2500 {
		fmt.Fprintf(&list, "%d,Người %d,09123%05d\n", i, i, i)
	}
	file := []byte(list.String())
	r, err := table.Open(bytes.NewReader(file), int64(len(file)), table.Bounds())
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	f, err := exchange.Residents{
		Table: r, Into: broken{resident.NewImport(b.people, b.contacts, b.keys, clerk, false), &calls}, Units: exchange.NewPlaces(b.set.Units),
		Unit: blao, Zone: zone, Progress: func(int64, int64) {}, Tell: func(exchange.Remark) error { return nil },
	}.Run(t.Context())
	if !errors.Is(err, record.ErrAway) || f.New != 2000 {
		t.Fatalf("got %+v, %v", f, err)
	}
	if f, remarks := b.run(t, file, false); f.New != 500 || f.Unchanged != 2000 || len(remarks) != 0 {
		t.Errorf("again: %+v %v", f, remarks)
	}
}

// FuzzResidents: whatever stands in the cells of a row, it is counted once, a row
// that is refused has its reason, and nothing that stands there is repeated.
func FuzzResidents(f *testing.F) {
	b := setup(f)
	f.Add("Nguyễn Thị Đào", "0912 345 678", "dao@example.org", "Thôn 1", "nhắc lịch, tin tức", "vi-1", "01/11/2026", "giấy")
	f.Add("", "+84", "@", "2", "reminders;news", "1, 2", "45962", "paper, call")
	f.Add("'=A1", "8.4912E+10", "a@b", "thon  1", "ảnh,,", "phien ban 0", "29 tháng 2, năm 2026", "web")
	f.Add("Tổng số: 12 người", "12", "", "", "", "", "", "")
	f.Add("\u202e", "sdt", "", "\x00", "yes", "pl-99999", "2026-13-40", "\"")
	f.Fuzz(func(t *testing.T, name, phone, email, village, consent, words, day, source string) {
		var list bytes.Buffer
		out := csv.NewWriter(&list)
		for _, line := range [][]string{
			{"name", "phone", "email", "village", "consent", "consent_text", "consent_date", "consent_source"},
			{name, phone, email, village, consent, words, day, source},
		} {
			must(0, out.Write(line))
		}
		out.Flush()
		figures, remarks, err := b.try(t, list.Bytes(), true)
		if err != nil {
			if fault.KindOf(err) == fault.Internal {
				t.Errorf("%q: %v", list.String(), err)
			}
			return
		}
		if figures.Rows > 1 || figures.New+figures.Changed+figures.Unchanged+figures.Refused != figures.Rows {
			t.Errorf("%q: %+v", list.String(), figures)
		}
		if figures.Refused > 0 && len(remarks) == 0 {
			t.Errorf("%q is refused without a reason", list.String())
		}
		const rare = 12 // signs, which no remark has of its own
		for _, typed := range []string{name, phone, email, village, consent, words, day, source} {
			if len(typed) > rare && strings.Contains(strings.Join(remarks, "\n"), typed) {
				t.Errorf("%q comes back in %q", typed, remarks)
			}
		}
	})
}

// TestResidents_Light: of a list that is known already little is kept of each row
// while it goes on. It runs alone, as it looks at the memory of the process.
func TestResidents_Light(t *testing.T) {
	b := setup(t)
	const rows, most = 3000, 300 // bytes of each row
	var list bytes.Buffer
	list.WriteString(heading)
	for n := range rows {
		fmt.Fprintf(&list, "Nguyễn Thị Đào %d;09%08d;;Thôn 1;nhắc lịch, tin tức;vi-1;01/11/2026;giấy;\n", n, 10000000+n)
	}
	if f, _ := b.run(t, list.Bytes(), false); f.New != rows {
		t.Fatalf("%+v", f)
	}
	into := resident.NewImport(b.people, b.contacts, b.keys, clerk, false)
	r, err := table.Open(bytes.NewReader(list.Bytes()), int64(list.Len()), table.Bounds())
	if err != nil {
		t.Fatal(err)
	}
	held := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC() // what has finalizers goes with the second
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := held()
	f, err := exchange.Residents{
		Table: r, Into: into, Units: exchange.NewPlaces(b.set.Units), Unit: blao, Zone: zone,
		Progress: func(int64, int64) {}, Tell: func(exchange.Remark) error { return nil },
	}.Run(t.Context())
	if err != nil || f.Unchanged != rows {
		t.Fatalf("%+v, %v", f, err)
	}
	after := held()
	runtime.KeepAlive(into)
	if after > before+rows*most {
		t.Errorf("%d bytes are kept of each row, want at most %d", (after-before)/rows, most)
	}
}

// Offices keep a sheet for each village: who imports one is told of the others.
func TestResidents_OtherSheets(t *testing.T) {
	t.Parallel()
	b := setup(t)
	file := excelize.NewFile()
	for _, sheet := range []string{"Sheet1", "Thôn 2", "Thôn 3"} {
		if _, err := file.NewSheet(sheet); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(file.SetSheetRow(sheet, "A1", &[]any{"Họ và tên", "SĐT"}), file.SetSheetRow(sheet, "A2", &[]any{sheet, "0912345678"})); err != nil {
			t.Fatal(err)
		}
	}
	list, err := file.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	if f, _ := b.run(t, list.Bytes(), true); f.Rows != 1 || f.Others != 2 {
		t.Errorf("%d rows and %d other sheets, want 1 and 2", f.Rows, f.Others)
	}
}
