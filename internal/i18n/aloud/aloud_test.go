package aloud_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/sunday-with-the-people/sunday/internal/i18n/aloud"
)

func TestVoice_Number(t *testing.T) {
	t.Parallel()
	for n, want := range map[int][3]string{
		0:           {"không", "zero", "zero"},
		4:           {"bốn", "four", "cztery"},
		10:          {"mười", "ten", "dziesięć"},
		15:          {"mười lăm", "fifteen", "piętnaście"},
		21:          {"hai mươi mốt", "twenty-one", "dwadzieścia jeden"},
		25:          {"hai mươi lăm", "twenty-five", "dwadzieścia pięć"},
		30:          {"ba mươi", "thirty", "trzydzieści"},
		105:         {"một trăm lẻ năm", "one hundred and five", "sto pięć"},
		111:         {"một trăm mười một", "one hundred and eleven", "sto jedenaście"},
		150:         {"một trăm năm mươi", "one hundred and fifty", "sto pięćdziesiąt"},
		1000:        {"một nghìn", "one thousand", "tysiąc"},
		2026:        {"hai nghìn không trăm hai mươi sáu", "two thousand and twenty-six", "dwa tysiące dwadzieścia sześć"},
		12_500:      {"mười hai nghìn năm trăm", "twelve thousand five hundred", "dwanaście tysięcy pięćset"},
		22_000:      {"hai mươi hai nghìn", "twenty-two thousand", "dwadzieścia dwa tysiące"},
		1_000_001:   {"một triệu không trăm lẻ một", "one million and one", "milion jeden"},
		5_000_000:   {"năm triệu", "five million", "pięć milionów"},
		999_999_999: {"chín trăm chín mươi chín triệu chín trăm chín mươi chín nghìn chín trăm chín mươi chín", "nine hundred and ninety-nine million nine hundred and ninety-nine thousand nine hundred and ninety-nine", "dziewięćset dziewięćdziesiąt dziewięć milionów dziewięćset dziewięćdziesiąt dziewięć tysięcy dziewięćset dziewięćdziesiąt dziewięć"},
		-7:          {"bảy", "seven", "siedem"},
	} {
		for i, lang := range []string{"vi", "en", "pl"} {
			if got := aloud.In(lang).Number(n); got != want[i] {
				t.Errorf("%d in %s: %q, want %q", n, lang, got, want[i])
			}
		}
	}
}

func TestVoice_Clock(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		hour, minute int
		want         [3]string
	}{
		{7, 0, [3]string{"bảy giờ sáng", "seven in the morning", "siódmej"}},
		{7, 30, [3]string{"bảy giờ ba mươi phút sáng", "seven thirty in the morning", "siódmej trzydzieści"}},
		{8, 5, [3]string{"tám giờ năm phút sáng", "eight oh five in the morning", "ósmej zero pięć"}},
		{11, 0, [3]string{"mười một giờ trưa", "eleven in the morning", "jedenastej"}},
		{12, 0, [3]string{"mười hai giờ trưa", "twelve noon", "dwunastej"}},
		{13, 45, [3]string{"một giờ bốn mươi lăm phút chiều", "one forty-five in the afternoon", "trzynastej czterdzieści pięć"}},
		{19, 0, [3]string{"bảy giờ tối", "seven in the evening", "dziewiętnastej"}},
		{22, 15, [3]string{"mười giờ mười lăm phút đêm", "ten fifteen at night", "dwudziestej drugiej piętnaście"}},
		{0, 0, [3]string{"không giờ đêm", "midnight", "zerowej"}},
		{2, 0, [3]string{"hai giờ sáng", "two in the morning", "drugiej"}},
	} {
		for i, lang := range []string{"vi", "en", "pl"} {
			if got := aloud.In(lang).Clock(tt.hour, tt.minute); got != tt.want[i] {
				t.Errorf("%d:%02d in %s: %q, want %q", tt.hour, tt.minute, lang, got, tt.want[i])
			}
		}
	}
}

func TestVoice_Day(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		day, month int
		want       [3]string
	}{
		{29, 11, [3]string{"hai mươi chín tháng mười một", "twenty-ninth of November", "dwudziestego dziewiątego listopada"}},
		{1, 4, [3]string{"mùng một tháng tư", "first of April", "pierwszego kwietnia"}},
		{2, 1, [3]string{"mùng hai tháng một", "second of January", "drugiego stycznia"}},
		{3, 5, [3]string{"mùng ba tháng năm", "third of May", "trzeciego maja"}},
		{12, 12, [3]string{"mười hai tháng mười hai", "twelfth of December", "dwunastego grudnia"}},
		{20, 2, [3]string{"hai mươi tháng hai", "twentieth of February", "dwudziestego lutego"}},
		{31, 8, [3]string{"ba mươi mốt tháng tám", "thirty-first of August", "trzydziestego pierwszego sierpnia"}},
	} {
		for i, lang := range []string{"vi", "en", "pl"} {
			if got := aloud.In(lang).Day(tt.day, tt.month); got != tt.want[i] {
				t.Errorf("%d/%d in %s: %q, want %q", tt.day, tt.month, lang, got, tt.want[i])
			}
		}
	}
}

func TestLunar(t *testing.T) {
	t.Parallel()
	for want, in := range map[string]struct {
		day, month int
		leap       bool
	}{
		"mùng một tháng Giêng":     {1, 1, false},
		"rằm tháng bảy":            {15, 7, false},
		"hai mươi ba tháng Chạp":   {23, 12, false},
		"hai mươi mốt tháng mười":  {21, 10, false},
		"mùng mười tháng tư nhuận": {10, 4, true},
	} {
		if got := aloud.Lunar(in.day, in.month, in.leap); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ lang, in, want string }{
		{"vi", "Nhà văn hóa Thôn 1", "Nhà văn hóa Thôn một"},
		{"vi", "Quốc lộ 20, km12", "Quốc lộ hai mươi, km mười hai"},
		{"vi", "từ 7h30 đến 11h", "từ bảy giờ ba mươi phút sáng đến mười một giờ trưa"},
		{"vi", "7:00-11:00", "bảy giờ sáng đến mười một giờ trưa"},
		{"vi", "ngày 1/12", "ngày mùng một tháng mười hai"},
		{"vi", "ngày 29/11/2026", "ngày hai mươi chín tháng mười một năm hai nghìn không trăm hai mươi sáu"},
		{"vi", "Gọi 0912 345 678", "Gọi không, chín một hai, ba bốn năm, sáu bảy tám"},
		{"vi", "Gọi +84 912-345-678.", "Gọi không, chín một hai, ba bốn năm, sáu bảy tám."},
		{"vi", "1022", "một nghìn không trăm hai mươi hai"},
		{"vi", "quà 500.000 đồng", "quà năm trăm nghìn đồng"},
		{"vi", "giảm 20%, dài 2,5 km", "giảm hai mươi phần trăm, dài hai phẩy năm km"},
		{"vi", "nhà 45/67", "nhà bốn mươi lăm / sáu mươi bảy"},
		{"vi", "mã 007, A4", "mã không không bảy, A bốn"},
		{"vi", "25:80", "hai mươi lăm tám mươi"},
		{"en", "Bring 2 spades, 1,500 seedlings", "Bring two spades, one thousand five hundred seedlings"},
		{"en", "29/11/2026, 2.5 km, 10-15 people", "twenty-ninth of November two thousand and twenty-six, two point five km, ten to fifteen people"},
		{"pl", "29/11/2026, 5-7 osób", "dwudziestego dziewiątego listopada dwa tysiące dwudziestego szóstego roku, pięć do siedem osób"},
		{"pl", "o 13:30", "o trzynastej trzydzieści"},
		{"vi", "không có số", "không có số"},
		{"vi", "", ""},
	} {
		if got := aloud.Text(aloud.In(tt.lang), tt.in); got != tt.want {
			t.Errorf("%s %q: %q, want %q", tt.lang, tt.in, got, tt.want)
		}
	}
}

// TestVoice_NoTwoAlike: a number that sounds like another one is none.
func TestVoice_NoTwoAlike(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v := aloud.In(rapid.SampledFrom([]string{"vi", "en", "pl"}).Draw(t, "lang"))
		a, b := rapid.IntRange(0, 999_999_999).Draw(t, "a"), rapid.IntRange(0, 999_999_999).Draw(t, "b")
		if a != b && v.Number(a) == v.Number(b) {
			t.Fatalf("%d and %d are both %q", a, b, v.Number(a))
		}
	})
	for _, lang := range []string{"vi", "en", "pl"} {
		seen := map[string]int{}
		for n := range 3000 {
			said := aloud.In(lang).Number(n)
			if before, twice := seen[said]; twice || said == "" || strings.Contains(said, "  ") {
				t.Errorf("%s: %d and %d are both %q", lang, before, n, said)
			}
			seen[said] = n
		}
	}
}

// FuzzText: nothing is left that has to be counted while reading, and what has
// no digits is as it was.
func FuzzText(f *testing.F) {
	for _, seed := range []string{"7h30, 29/11/2026", "0912 345 678", "1.500.000", "2,5%", "A4-B5", "0/0", "99999999999999999999", "7-8-9"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, lang := range []string{"vi", "en", "pl"} {
			got := aloud.Text(aloud.In(lang), s)
			if strings.ContainsAny(got, "0123456789") {
				t.Errorf("%q keeps digits: %q", s, got)
			}
			if !strings.ContainsAny(s, "0123456789") && got != s {
				t.Errorf("%q became %q", s, got)
			}
		}
	})
}
