package exchange_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
)

// A line that adds up the others is nobody, whatever else it counts.
func TestResidents_totals(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, name := range []string{
		"Cộng", "Cộng: 5", "Cộng:5", "CỘNG", "Tổng", "Tổng cộng", "TỔNG CỘNG: ", "* Tổng cộng: 1.234 *", "Tổng số: 12 người", "Tổng số người: 12",
		"Tổng số hộ", "Tổng cộng 12 người, 5 hộ", "Tổng cộng: 12 nhân khẩu", "Tong cong: 5", "TONG SO 12 nguoi", "Cong: 5",
		"Total", "TOTAL: 5", "Grand total", "Subtotal 3", "Total (12 people)", "Sum: 5", "Razem", "razem 12 osób", "Ogółem: 5", "Łącznie", "Suma: 12",
	} {
		for form, typed := range map[string]string{"NFC": norm.NFC.String(name), "NFD": norm.NFD.String(name)} {
			for _, rest := range []string{";;", ";12;", ";;5", ";=SUM(B2:B9);;"} {
				f, remarks := b.run(t, []byte("họ tên;SĐT;email\n\""+typed+"\""+rest+"\n"), true)
				if d := cmp.Diff([]string{"2 1 name invalid: import.total"}, remarks); d != "" || f.Refused != 1 || f.Rows != 1 {
					t.Errorf("%q in %s, %q: %+v %s", name, form, rest, f, d)
				}
			}
		}
	}
}

// Whoever has such a word in the name stays, and so does all that is said of
// somebody.
func TestResidents_notTotals(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, name := range []string{
		"Tổng Văn An", "Total Nguyen", "Nguyễn Văn Cộng", "Công", "Tống Công", "Tong Cong", "Tong So", "Cong", "Tong Ho 2", "Suma", "Sum", "Sum Bin",
		"Razemski", "Cộng hòa", "Tổng 5 Lan", "Tổng người", "5 Total", "Totals An", "Tổngcộng",
	} {
		if f, remarks := b.run(t, []byte("họ tên;SĐT\n"+name+";\n"), true); f.New != 1 || len(remarks) != 0 {
			t.Errorf("%q: %+v %v", name, f, remarks)
		}
	}
	for _, row := range []string{"Tổng;0912345678;;;", "Total;;total@example.org;;", "Cộng;;;7;", "Total;;;;doanh nghiệp"} {
		if f, remarks := b.run(t, []byte("họ tên;SĐT;email;mã số;loại\n"+row+"\n"), true); f.New != 1 || len(remarks) != 0 {
			t.Errorf("%q: %+v %v", row, f, remarks)
		}
	}
}
