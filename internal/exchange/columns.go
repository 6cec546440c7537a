package exchange

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/sunday-with-the-people/sunday/internal/text"
)

// Field is what a column says.
type Field string

// Fields of lists of residents and of units.
const (
	FieldID            Field = "id"
	FieldKey           Field = "key"
	FieldUnit          Field = "unit"
	FieldVillage       Field = "village"
	FieldName          Field = "name"
	FieldPhone         Field = "phone"
	FieldEmail         Field = "email"
	FieldLocale        Field = "locale"
	FieldHousehold     Field = "household"
	FieldKind          Field = "kind"
	FieldReach         Field = "reach"
	FieldConsent       Field = "consent"
	FieldConsentText   Field = "consent_text"
	FieldConsentDate   Field = "consent_date"
	FieldConsentSource Field = "consent_source"

	FieldCode       Field = "code"
	FieldParent     Field = "parent"
	FieldCluster    Field = "cluster"
	FieldLine       Field = "line"
	FieldZone       Field = "zone"
	FieldValidFrom  Field = "valid_from"
	FieldValidUntil Field = "valid_until"
)

// Columns are the fields of one kind of list, each with the words by which its
// column is known; accents, spaces, underscores and case do not count.
type Columns map[Field][]string

// ResidentColumns are those of a list of residents.
func ResidentColumns() Columns {
	return Columns{
		FieldID:            {"id", "sunday id", "mã Sunday", "identyfikator Sunday"},
		FieldKey:           {"key", "external id", "mã số", "mã nhân khẩu", "mã dân cư", "mã công dân", "mã hồ sơ", "klucz", "numer ewidencyjny", "nr ewidencyjny"},
		FieldUnit:          {"unit", "unit code", "đơn vị", "mã đơn vị", "mã xã", "mã phường", "jednostka", "kod jednostki"},
		FieldVillage:       {"village", "thôn", "buôn", "bon", "xóm", "ấp", "thôn buôn", "thôn xóm", "khu phố", "tổ dân phố", "thôn/tổ dân phố", "wieś", "osiedle"},
		FieldName:          {"name", "full name", "tên", "họ tên", "họ và tên", "imię i nazwisko", "nazwisko i imię"},
		FieldPhone:         {"phone", "phone number", "mobile", "telephone", "điện thoại", "số điện thoại", "SĐT", "số ĐT", "di động", "telefon", "numer telefonu", "nr telefonu"},
		FieldEmail:         {"email", "email address", "thư điện tử", "địa chỉ email", "adres e-mail"},
		FieldLocale:        {"locale", "language", "ngôn ngữ", "tiếng", "język"},
		FieldHousehold:     {"household", "hộ gia đình", "mã hộ", "số hộ", "gospodarstwo", "gospodarstwo domowe"},
		FieldKind:          {"kind", "type", "loại", "loại đối tượng", "rodzaj", "typ"},
		FieldReach:         {"reach", "cách liên hệ", "cách liên lạc", "sposób kontaktu"},
		FieldConsent:       {"consent", "consents", "consent purposes", "đồng ý", "mục đích đồng ý", "zgoda", "zgody", "cele zgody"},
		FieldConsentText:   {"consent text", "consent version", "văn bản đồng ý", "phiên bản đồng ý", "tekst zgody", "wersja zgody"},
		FieldConsentDate:   {"consent date", "ngày đồng ý", "data zgody"},
		FieldConsentSource: {"consent source", "nguồn đồng ý", "hình thức đồng ý", "źródło zgody"},
	}
}

// UnitColumns are those of a list of units or villages. A column "name_LOCALE"
// has the names in one more language.
func UnitColumns() Columns {
	return Columns{
		FieldID:         {"id", "sunday id", "mã Sunday", "identyfikator Sunday"},
		FieldCode:       {"code", "unit code", "mã", "mã số", "mã đơn vị", "kod"},
		FieldName:       {"name", "name vi", "tên", "tên đơn vị", "tên thôn", "nazwa"},
		FieldKind:       {"kind", "type", "loại", "cấp", "loại đơn vị", "rodzaj", "typ"},
		FieldParent:     {"parent", "parent code", "mã cấp trên", "đơn vị cấp trên", "mã tỉnh", "mã xã", "trực thuộc", "jednostka nadrzędna"},
		FieldCluster:    {"cluster", "cụm", "cụm thi đua", "grupa"},
		FieldLine:       {"line", "ngành", "pion"},
		FieldZone:       {"zone", "time zone", "múi giờ", "strefa czasowa"},
		FieldValidFrom:  {"valid from", "hiệu lực từ", "ngày hiệu lực", "ważne od"},
		FieldValidUntil: {"valid until", "hiệu lực đến", "ważne do"},
	}
}

// aside is what stands in brackets behind a heading, or marks it as required.
var aside = regexp.MustCompile(`\([^)]*\)|\[[^\]]*\]|\*`)

// Squeeze gives a heading or a word as it is compared: folded, letters and
// digits only, without what stands in brackets. "Họ_và  TÊN *" is "hovaten".
func Squeeze(heading string) string { return squeeze(aside.ReplaceAllString(heading, " ")) }

func squeeze(heading string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return r
		}
		return -1
	}, text.Fold(heading))
}

// field gives what a heading stands for, "" for anything unknown. Names in more
// languages are fields of their own.
func (c Columns) field(heading string) Field {
	squeezed := Squeeze(heading)
	if squeezed == "" {
		return ""
	}
	for field, words := range c {
		if slices.ContainsFunc(words, func(w string) bool { return Squeeze(w) == squeezed }) {
			return field
		}
	}
	if _, units := c[FieldParent]; units {
		if _, tag, ok := strings.Cut(strings.ToLower(text.Clean(heading)), "name_"); ok && len(tag) >= 2 && len(tag) <= 12 {
			return FieldName + "." + Field(tag)
		}
	}
	return ""
}
