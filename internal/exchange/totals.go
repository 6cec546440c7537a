package exchange

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/text"
)

// ErrTotal: the row adds up those above it and is nobody.
var ErrTotal = fault.New(fault.Invalid, "import.total")

// totals are the words of a line that adds up: the first are nobody's name, the
// second might be one and need a number (Tống Công in a list without accents,
// the names Sum and Suma). Behind them may stand
// what was counted. The longer of two goes first.
var totals = regexp.MustCompile(`^(?:(?:tổng cộng|tổng số người|tổng số hộ|tổng số|tổng|cộng|grand total|in total|totals?|sub ?total|razem|ogółem|ogolem|łącznie|lacznie)` +
	`|(tong cong|tong so|tong|cong|sum|suma))` +
	`((?: (?:người dân|người|nguoi|nhân khẩu|nhan khau|khẩu|hộ gia đình|hộ dân|hộ|people|persons?|residents?|households?|osoby|osób|osob|osoba|mieszkańców|mieszkancow|mieszkańcy|gospodarstwa?))*)$`)

// isTotal reports whether a name is none but certainly begins a line that adds
// up: "Cộng: 5", "Total", "Razem 12 osób". Any other word makes it a name.
func isTotal(name string) bool {
	name = strings.ToLower(text.Clean(name))
	if first := strings.IndexFunc(name, letterOrNumber); first < 0 || strings.IndexFunc(name[first:], unicode.IsLetter) != 0 {
		return false
	}
	m := totals.FindStringSubmatch(strings.Join(strings.FieldsFunc(name, notLetter), " "))
	if m == nil {
		return false
	}
	needsNumber := m[1] != "" || m[2] != ""
	return !needsNumber || strings.ContainsFunc(name, unicode.IsNumber)
}

func letterOrNumber(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

func notLetter(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }

// total reports whether the row adds up those above it: nothing in it says that
// somebody is meant, be it a contact, a number of their own or that it is an
// organisation.
func (r *reading) total() bool {
	if !isTotal(r.seen(FieldName).Text) || r.seen(FieldID).Text != "" || r.seen(FieldKey).Text != "" {
		return false
	}
	if kind, err := kindWords.meaning(r.seen(FieldKind).Text); err == nil && kind == string(resident.Organisation) {
		return false
	}
	for kind, f := range map[contact.Kind]Field{contact.Phone: FieldPhone, contact.Email: FieldEmail} {
		// what is no address may be the sum itself
		if _, err := contact.Normal(kind, r.seen(f).Text); err == nil {
			return false
		}
	}
	return true
}
