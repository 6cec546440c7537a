package exchange

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/text"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// Refusals of a cell.
var (
	ErrWord    = fault.New(fault.Invalid, "import.word")
	ErrPurpose = fault.New(fault.Invalid, "import.purpose")
	// ErrLists: texts, days and sources are one for all purposes, or one for each.
	ErrLists = fault.New(fault.Invalid, "import.lists")
)

// vocabulary is what a cell may say, by its squeezed words.
type vocabulary map[string]string

func words(of map[string][]string) vocabulary {
	v := vocabulary{}
	for meaning, ws := range of {
		v[Squeeze(meaning)] = meaning
		for _, w := range ws {
			v[Squeeze(w)] = meaning
		}
	}
	return v
}

var (
	purposeWords = words(map[string][]string{
		string(resident.ForRegistration): {"đăng ký", "rejestracja", "zgłoszenie"},
		string(resident.ForReminders):    {"reminder", "nhắc lịch", "nhắc nhở", "nhắc", "przypomnienia", "przypomnienie"},
		string(resident.ForNews):         {"tin tức", "tin", "thông báo", "aktualności", "wiadomości"},
		string(resident.ForSurveys):      {"survey", "khảo sát", "ankiety", "ankieta"},
		string(resident.ForAnswers):      {"answer", "trả lời", "odpowiedzi", "odpowiedź"},
		string(resident.ForPhotos):       {"photo", "ảnh", "chụp ảnh", "hình ảnh", "zdjęcia", "zdjęcie"},
	})
	sourceWords = words(map[string][]string{
		resident.FromPaper: {"giấy", "phiếu", "phiếu giấy", "papier", "na papierze"},
		resident.FromCall:  {"phone", "gọi điện", "điện thoại", "telefon", "rozmowa"},
		resident.FromSMS:   {"tin nhắn", "wiadomość"},
		resident.FromWeb:   {"trang web", "strona", "internet"},
		resident.FromStaff: {"cán bộ", "pracownik"},
	})
	kindWords = words(map[string][]string{
		string(resident.Person):       {"cá nhân", "người dân", "người", "osoba"},
		string(resident.Organisation): {"organization", "tổ chức", "doanh nghiệp", "organizacja", "firma"},
	})
	reachWords = words(map[string][]string{
		string(resident.Own):    {"tự nhận", "trực tiếp", "własny", "bezpośrednio"},
		string(resident.Helper): {"qua người giúp", "người giúp", "pomocnik", "przez pomocnika"},
		string(resident.None):   {"không", "không có", "brak"},
	})
	localeWords = words(map[string][]string{
		"vi": {"tiếng Việt", "Việt", "Vietnamese", "wietnamski"},
		"en": {"tiếng Anh", "English", "angielski"},
		"pl": {"tiếng Ba Lan", "Polish", "polski"},
	})
	unitKindWords = words(map[string][]string{
		string(unit.Province): {"tỉnh", "województwo", "prowincja"}, string(unit.City): {"thành phố", "miasto"},
		string(unit.Ward): {"phường", "dzielnica"}, string(unit.Commune): {"xã", "gmina"},
		string(unit.SpecialZone): {"đặc khu"}, string(unit.Department): {"sở", "wydział"},
		string(unit.MassOrganisation): {"đoàn thể"}, string(unit.ServiceCentre): {"trung tâm phục vụ hành chính công"},
		string(unit.Village): {"thôn", "buôn", "bon", "bản", "làng", "xóm", "ấp", "khóm", "tổ dân phố", "TDP", "khu phố", "wieś"},
	})
)

// meaning gives what a word stands for, or ErrWord.
func (v vocabulary) meaning(word string) (string, error) {
	if m, ok := v[Squeeze(word)]; ok {
		return m, nil
	}
	return "", ErrWord
}

// listed cuts a cell that may say several things.
func listed(cell string) []string {
	parts := strings.FieldsFunc(cell, func(r rune) bool { return r == ',' || r == ';' || r == '\n' })
	kept := parts[:0]
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			kept = append(kept, p)
		}
	}
	return kept
}

var textVersion = regexp.MustCompile(`^(?:([a-z]{2,3})[ /-]?)?(?:v|version |phien ban |wersja )?(\d{1,4})$`)

// consentText gives the id of the consent text that a cell names: the id itself,
// or a version with its language, as "vi-1" or "1"; without one it is the row's.
func consentText(cell string, p resident.Purpose, locale string) (string, error) {
	folded := text.Fold(cell)
	if id.Valid(folded) {
		return folded, nil
	}
	m := textVersion.FindStringSubmatch(folded)
	if m == nil {
		return "", resident.ErrText
	}
	if m[1] != "" {
		locale = m[1]
	}
	version, err := strconv.Atoi(m[2])
	if err != nil {
		return "", resident.ErrText
	}
	t, err := resident.TextOf(p, locale, version)
	return t.ID, err
}
