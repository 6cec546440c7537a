package exchange

import (
	"strconv"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/table"
)

// ErrDay: the cell is no day that could be meant.
var ErrDay = fault.New(fault.Invalid, "import.day")

// Serial numbers of spreadsheets count days; those of 1904 begin later.
const (
	serialFrom  = 36526 // 1 January 2000
	serialUntil = 73050 // 31 December 2099
	serial1904  = 1462
)

// Day reads a day as people and spreadsheets write it: as calendar.ReadDate does,
// or the serial number of a workbook. It gives the day's start in the zone.
func Day(cell table.Cell, date1904 bool, zone *time.Location) (calendar.Instant, error) {
	if cell.Number {
		return serial(cell.Text, date1904, zone)
	}
	day, err := calendar.ReadDate(cell.Text)
	if err != nil || day.Year() < 2000 || day.Year() > 2099 {
		return 0, ErrDay
	}
	t, err := time.ParseInLocation(time.DateOnly, string(day), zone)
	if err != nil {
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
