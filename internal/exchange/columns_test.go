package exchange_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/sunday-with-the-people/sunday/internal/exchange"
	"github.com/sunday-with-the-people/sunday/internal/table"
)

func TestForbidden(t *testing.T) {
	t.Parallel()
	for heading, want := range map[string]string{
		"Tôn giáo": "religion", "TON_GIAO": "religion", "tongiao": "religion", "Religion": "religion", "Wyznanie": "religion",
		"Tín ngưỡng, tôn giáo": "religion", norm.NFD.String("Tôn giáo"): "religion", "religious_affiliation": "religion",
		"Dân tộc": "ethnicity", "dan toc": "ethnicity", "Ethnic group": "ethnicity", "Narodowość": "ethnicity", "pochodzenie etniczne": "ethnicity", "DTTS": "ethnicity",
		"Đảng viên": "party", "la_dang_vien": "party", "Party": "party", "party member": "party", "Partia": "party", "Przynależność partyjna": "party",
		"Hộ nghèo": "poverty", "can_ngheo": "poverty", "Nghèo": "poverty", "poor household": "poverty", "Poverty": "poverty", "Ubóstwo": "poverty",
		"Họ và tên": "", "Đăng ký": "", "Ngày đăng ký": "", "Đào tạo": "", "Quốc tịch": "", "party size": "", "party_size": "",
		"(Tôn giáo)": "religion", "Ghi chú [dân tộc]": "ethnicity", "Khác (hộ nghèo, cận nghèo)": "poverty", "Party (if any)": "party",
		"Đạo": "religion", "Theo đạo": "religion", "Tin lành": "religion", norm.NFD.String("Công giáo"): "religion", "Wiara": "religion", "Parafia": "religion",
		"D.tộc": "ethnicity", "Người thiểu số": "ethnicity", "Mniejszość": "ethnicity", "Minority group": "ethnicity", "Indigenous": "ethnicity", "indigent": "poverty",
		"Đảng": "party", "SINH HOẠT ĐẢNG": "party", "Chi bộ": "party", "CPV": "party", "PartyName": "party",
		"Low-income household": "poverty", "Rodzina uboga": "poverty", "Ubodzy": "poverty", "Hoàn cảnh khó khăn": "poverty",
		"Lãnh đạo": "", "Dạng": "", "Đang ở": "", "Đơn vị giao xử lý": "", "Thiếu số điện thoại": "", "Chi bổ sung": "", "Ngày công giao": "", "Tỉnh lãnh đạo": "",
		"Nghề nghiệp": "", "Số điện thoại": "", "department": "", "Đơn vị": "", "": "",
	} {
		if got := exchange.Forbidden(heading); got != want {
			t.Errorf("%q: got %q, want %q", heading, got, want)
		}
	}
}

// TestColumns_NoWordTwice: a heading means one thing.
func TestColumns_NoWordTwice(t *testing.T) {
	t.Parallel()
	for _, columns := range []exchange.Columns{exchange.ResidentColumns(), exchange.UnitColumns()} {
		seen := map[string]exchange.Field{}
		for field, words := range columns {
			for _, w := range words {
				squeezed := exchange.Squeeze(w)
				if other, ok := seen[squeezed]; ok {
					t.Errorf("%q is %s and %s", w, field, other)
				}
				if subject := exchange.Forbidden(w); subject != "" {
					t.Errorf("%q of %s is refused as %s", w, field, subject)
				}
				seen[squeezed] = field
			}
		}
	}
}

func open(tb testing.TB, list string) (*exchange.Sheet, error) {
	tb.Helper()
	t, err := table.Open(strings.NewReader(list), int64(len(list)), table.Bounds())
	if err != nil {
		tb.Fatal(err)
	}
	return exchange.OpenSheet(t, exchange.ResidentColumns())
}

func TestOpenSheet(t *testing.T) {
	t.Parallel()
	for _, list := range []string{
		"Họ và tên,Số điện thoại (nếu có),Ghi chú,Thôn *\n",
		"DANH SÁCH\n,Ngày 1/11\n\nHO_VA_TEN;so dien thoai;?;Thon\n",
		"Imię i nazwisko\tTelefon\tUwagi\tWieś\n",
		"NAME,PHONE,x,VILLAGE\n",
	} {
		s, err := open(t, list)
		if err != nil {
			t.Errorf("%q: %v", list, err)
			continue
		}
		for field, at := range map[exchange.Field]int{exchange.FieldName: 0, exchange.FieldPhone: 1, exchange.FieldVillage: 3} {
			if got, ok := s.Columns[field]; !ok || got != at {
				t.Errorf("%q: %s is in column %d, %v", list, field, got, ok)
			}
		}
		if len(s.Unread) != 1 || s.Unread[0] != 2 {
			t.Errorf("%q: unread are %v", list, s.Unread)
		}
	}
}

func TestOpenSheet_Refused(t *testing.T) {
	t.Parallel()
	for list, want := range map[string]error{
		"a,b\n1,2\n":                     exchange.ErrNoHeader,
		"Lan,0912345678\n":               exchange.ErrNoHeader,
		"name,religion\n":                exchange.ErrForbidden,
		"Họ tên;SĐT;Ton_Giao\n":          exchange.ErrForbidden,
		"name,phone,SĐT\n":               exchange.ErrTwoColumns,
		strings.Repeat("x,y\n", 30):      exchange.ErrNoHeader,
		"DANH SÁCH HỘ NGHÈO\nhọ tên,x\n": exchange.ErrNoHeader,
		"họ tên,SĐT,(Đảng)\n":            exchange.ErrForbidden,
	} {
		if _, err := open(t, list); !errors.Is(err, want) {
			t.Errorf("%q: got %v, want %v", list, err, want)
		}
	}
}

// TestOpenSheet_SecondRow: a heading over several columns has the columns' own
// below it; a row that says who somebody is has none.
func TestOpenSheet_SecondRow(t *testing.T) {
	t.Parallel()
	for list, want := range map[string]error{
		"họ tên,SĐT,khác,\n,,Dân tộc,Tôn giáo\nLan,0912345678,x,y\n": exchange.ErrForbidden,
		"họ tên,SĐT,khác\n,,tuổi\nLan,0912345678,20\n":               nil,
		"họ tên,SĐT,ghi chú\nLan,0912345678,hộ nghèo\n":              nil,
		"họ tên,SĐT,ghi chú\nLan,0912345678,x\n,,hộ nghèo\n":         nil,
	} {
		s, err := open(t, list)
		for err == nil {
			_, err = s.Next()
		}
		if errors.Is(err, io.EOF) {
			err = nil
		}
		if !errors.Is(err, want) {
			t.Errorf("%q: got %v, want %v", list, err, want)
		}
	}
}

func TestLetters(t *testing.T) {
	t.Parallel()
	for column, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 27: "AB", 51: "AZ", 52: "BA", 701: "ZZ", 702: "AAA"} {
		if got := exchange.Letters(column); got != want {
			t.Errorf("%d: got %s, want %s", column, got, want)
		}
	}
}

// FuzzOpenSheet: no heading makes the reader fall, and what is refused by name
// is refused with and without its accents.
func FuzzOpenSheet(f *testing.F) {
	f.Add("Họ và tên", "Tôn giáo")
	f.Add("name_kpm", "PARTY  size")
	f.Add("*(x)", "ho_ngheo")
	f.Fuzz(func(t *testing.T, a, b string) {
		if exchange.Forbidden(a) != "" && exchange.Forbidden(norm.NFD.String(strings.ToUpper(a))) == "" {
			t.Errorf("%q is refused in small letters only", a)
		}
		var list bytes.Buffer
		w, err := table.NewWriter(&list, table.CSV, false)
		if err == nil {
			err = errors.Join(w.Write([]string{a, b, "name", "phone"}), w.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
		r, err := table.Open(bytes.NewReader(list.Bytes()), int64(list.Len()), table.Bounds())
		if err != nil {
			return
		}
		if s, err := exchange.OpenSheet(r, exchange.ResidentColumns()); err == nil {
			for field, at := range s.Columns {
				if at < 0 || at > 3 || field == "" {
					t.Errorf("%q is in column %d", field, at)
				}
			}
		}
	})
}
