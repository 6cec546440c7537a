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
	s = strings.TrimPrefix(text.Fold(s), "ngay ")
	s = strings.TrimSuffix(strings.TrimSuffix(around.ReplaceAllString(s, "$1"), "r."), ".")
	s = strings.TrimSpace(s)
	if m := yearFirst.FindStringSubmatch(s); m != nil {
		return ParseDate(fmt.Sprintf("%s-%02s-%02s", m[1], m[2], m[3]))
	}
	for _, written := range []*regexp.Regexp{dayFirst, inWords} {
		if m := written.FindStringSubmatch(s); m != nil {
			return ParseDate(fmt.Sprintf("%s-%02s-%02s", m[3], m[2], m[1]))
		}
	}
	return "", ErrDate
}
