package aloud

import "strings"

type english struct{}

var (
	enSmall = []string{
		"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
		"thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
	}
	enTens   = []string{"", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"}
	enMonths = []string{
		"", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
	}
	// enOrdinals are those that do not just add "th".
	enOrdinals = map[string]string{
		"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth", "twelve": "twelfth",
		"twenty": "twentieth", "thirty": "thirtieth",
	}
)

func (english) digit(d int) string { return enSmall[d] }

func (english) words() glue { return glue{to: "to", percent: "percent", point: "point", group: ","} }

func (e english) Number(n int) string {
	if n < 0 || n > maxNumber {
		return byDigits(e, n)
	}
	if n == 0 {
		return enSmall[0]
	}
	var parts []string
	for i, unit := range []string{"million", "thousand"} {
		if group := n / scales[i]; group > 0 {
			parts = append(parts, e.below1000(group), unit)
		}
		n %= scales[i]
	}
	if n > 0 && n < 100 && len(parts) > 0 {
		parts = append(parts, "and")
	}
	if n > 0 {
		parts = append(parts, e.below1000(n))
	}
	return strings.Join(parts, " ")
}

func (e english) below1000(n int) string {
	if n < 100 {
		return e.below100(n)
	}
	said := enSmall[n/100] + " hundred"
	if n%100 > 0 {
		said += " and " + e.below100(n%100)
	}
	return said
}

func (english) below100(n int) string {
	switch {
	case n < 20:
		return enSmall[n]
	case n%10 == 0:
		return enTens[n/10]
	}
	return enTens[n/10] + "-" + enSmall[n%10]
}

func (e english) Clock(hour, minute int) string {
	if minute == 0 && hour%12 == 0 {
		return []string{"midnight", "twelve noon"}[hour/12]
	}
	part := "in the morning"
	switch {
	case hour > 21:
		part = "at night"
	case hour > 17:
		part = "in the evening"
	case hour > 11:
		part = "in the afternoon"
	}
	said := enSmall[(hour+11)%12+1]
	switch {
	case minute == 0:
		return said + " " + part
	case minute < 10:
		return said + " oh " + enSmall[minute] + " " + part
	}
	return said + " " + e.below100(minute) + " " + part
}

func (e english) Day(day, month int) string {
	said := e.below100(day)
	head, last := "", said
	if i := strings.LastIndexByte(said, '-'); i >= 0 {
		head, last = said[:i+1], said[i+1:]
	}
	if irregular, ok := enOrdinals[last]; ok {
		last = irregular
	} else {
		last += "th"
	}
	return head + last + " of " + enMonths[month]
}

func (e english) year(n int) string { return e.Number(n) }
