package exchange

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/table"
	"github.com/sunday-with-the-people/sunday/internal/text"
)

// ErrDay: the cell is no day that could be meant.
var ErrDay = fault.New(fault.Invalid, "import.day")

var (
	yearFirst = regexp.MustCompile(`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ t].*)?$`)
	dayFirst  = regexp.MustCompile(`^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?: .*)?$`)
	inWords   = regexp.MustCompile(`^(\d{1,2}) thang (\d{1,2}),? nam (\d{4})$`)
	around    = regexp.MustCompile(` *([-/.]) *`)
)

// Serial numbers of spreadsheets count days; those of 1904 begin later.
const (
	serialFrom  = 36526 // 1 January 2000
	serialUntil = 73050 // 31 December 2099
	serial1904  = 1462
)

// Day reads a day as people and spreadsheets write it: 2026-11-01, 1/11/2026 or
// 1.11.2026 (the day first, and "r." behind it in Polish), "ngày 1 tháng 11 năm
// 2026", or the serial number of a workbook. It gives the day's start in the zone.
func Day(cell table.Cell, date1904 bool, zone *time.Location) (calendar.Instant, error) {
	if cell.Number {
		return serial(cell.Text, date1904, zone)
	}
	s := strings.TrimPrefix(text.Fold(cell.Text), "ngay ")
	s = strings.TrimSuffix(strings.TrimSuffix(around.ReplaceAllString(s, "$1"), "r."), ".")
	s = strings.TrimSpace(s)
	var year, month, day string
	if m := yearFirst.FindStringSubmatch(s); m != nil {
		year, month, day = m[1], m[2], m[3]
	} else if m := dayFirst.FindStringSubmatch(s); m != nil {
		day, month, year = m[1], m[2], m[3]
	} else if m := inWords.FindStringSubmatch(s); m != nil {
		day, month, year = m[1], m[2], m[3]
	} else {
		return 0, ErrDay
	}
	pad := func(n string) string { return strings.Repeat("0", 2-len(n)) + n }
	t, err := time.ParseInLocation(time.DateOnly, year+"-"+pad(month)+"-"+pad(day), zone)
	if err != nil || t.Year() < 2000 || t.Year() > 2099 {
		return 0, ErrDay
	}
	return calendar.FromTime(t), nil
}

func serial(digits string, date1904 bool, zone *time.Location) (calendar.Instant, error) {
	n, err := strconv.ParseFloat(digits, 64)
	if date1904 {
		n += serial1904
	}
	if err != nil || n < serialFrom || n > serialUntil {
		return 0, ErrDay
	}
	return calendar.FromTime(time.Date(1899, 12, 30+int(n), 0, 0, 0, 0, zone)), nil
}
