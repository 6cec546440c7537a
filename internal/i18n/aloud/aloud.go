package aloud

// Voice says things in one language.
type Voice interface {
	// Number is a cardinal, 0 to 999,999,999; digit by digit outside of that.
	Number(n int) string
	// Clock is a time of day, hour 0 to 23, minute 0 to 59: "bảy giờ ba mươi phút
	// sáng". In Polish it is what follows "o godzinie" and "od godziny".
	Clock(hour, minute int) string
	// Day is a day of the year whose month's name, where it has one, stands in a
	// date: "hai mươi chín tháng mười một", "dwudziestego dziewiątego listopada".
	Day(day, month int) string
	// year follows Day.
	year(n int) string
	// digit is one digit of a telephone number.
	digit(d int) string
	words() glue
}

// glue are the words between numbers.
type glue struct{ to, percent, point, group string }

// In gives the voice of a language; Vietnamese for one that has none.
func In(lang string) Voice {
	switch lang {
	case "en":
		return english{}
	case "pl":
		return polish{}
	}
	return vietnamese{}
}

const maxNumber = 999_999_999

// scales are the powers of a thousand that have a name below maxNumber.
var scales = []int{1_000_000, 1_000}
