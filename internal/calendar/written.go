package calendar

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/text"
)

var (
	yearFirst = regexp.MustCompile(`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ t].*)?$`)
	dayFirst  = regexp.MustCompile(`^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?: .*)?$`)
	inWords   = regexp.MustCompile(`^(\d{1,2}) thang (\d{1,2}),? nam (\d{4})$`)
	around    = regexp.MustCompile(` *([-/.]) *`)
)

// ReadDate reads a day as people write it: 2026-11-01, 1/11/2026 or 1.11.2026
// (the day first, and "r." behind it in Polish), each with a time behind it or
// none, or "ngày 1 tháng 11 năm 2026". It fails with ErrDate.
func ReadDate(s string) (Date, error) {
	year, month, day, ok := written(s)
	if !ok {
		return "", ErrDate
	}
	return ParseDate(fmt.Sprintf("%s-%02s-%02s", year, month, day))
}

// NoSuchDay tells whether s is written as ReadDate reads it and names a month,
// but a day that the month has not, such as 30/2/2026.
func NoSuchDay(s string) bool {
	year, month, day, ok := written(s)
	if !ok {
		return false
	}
	_, noMonth := ParseDate(fmt.Sprintf("%s-%02s-01", year, month))
	_, noDay := ParseDate(fmt.Sprintf("%s-%02s-%02s", year, month, day))
	return noMonth == nil && noDay != nil
}

// written gives the numbers of a day as people write it.
func written(s string) (year, month, day string, ok bool) {
	s = strings.TrimPrefix(text.Fold(s), "ngay ")
	s = strings.TrimSuffix(strings.TrimSuffix(around.ReplaceAllString(s, "$1"), "r."), ".")
	s = strings.TrimSpace(s)
	if m := yearFirst.FindStringSubmatch(s); m != nil {
		return m[1], m[2], m[3], true
	}
	for _, form := range []*regexp.Regexp{dayFirst, inWords} {
		if m := form.FindStringSubmatch(s); m != nil {
			return m[3], m[2], m[1], true
		}
	}
	return "", "", "", false
}
