package aloud

import "strings"

type vietnamese struct{}

var viDigits = []string{"không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"}

func (vietnamese) digit(d int) string { return viDigits[d] }

func (vietnamese) words() glue {
	return glue{to: "đến", percent: "phần trăm", point: "phẩy", group: "."}
}

func (v vietnamese) Number(n int) string {
	if n < 0 || n > maxNumber {
		return byDigits(v, n)
	}
	if n < 100 {
		return v.below100(n)
	}
	var parts []string
	for i, unit := range []string{"triệu", "nghìn"} {
		if group := n / scales[i]; group > 0 {
			parts = append(parts, v.below1000(group, len(parts) > 0), unit)
		}
		n %= scales[i]
	}
	if n > 0 {
		parts = append(parts, v.below1000(n, len(parts) > 0))
	}
	return strings.Join(parts, " ")
}

// below1000 says "không trăm" where a greater group went before.
func (v vietnamese) below1000(n int, follows bool) string {
	if n < 100 && !follows {
		return v.below100(n)
	}
	hundreds, rest := viDigits[n/100]+" trăm", n%100
	switch {
	case rest == 0:
		return hundreds
	case rest < 10:
		return hundreds + " lẻ " + viDigits[rest]
	}
	return hundreds + " " + v.below100(rest)
}

func (vietnamese) below100(n int) string {
	tens, ones := n/10, n%10
	switch {
	case tens == 0:
		return viDigits[ones]
	case tens == 1 && ones == 0:
		return "mười"
	case ones == 0:
		return viDigits[tens] + " mươi"
	}
	said := viDigits[ones]
	switch {
	case ones == 5:
		said = "lăm"
	case ones == 1 && tens > 1:
		said = "mốt"
	}
	if tens == 1 {
		return "mười " + said
	}
	return viDigits[tens] + " mươi " + said
}

func (v vietnamese) Clock(hour, minute int) string {
	said, part := hour, "sáng"
	switch {
	case hour == 0:
		part = "đêm"
	case hour > 21:
		said, part = hour-12, "đêm"
	case hour > 18:
		said, part = hour-12, "tối"
	case hour > 12:
		said, part = hour-12, "chiều"
	case hour > 10:
		part = "trưa"
	}
	if minute == 0 {
		return v.Number(said) + " giờ " + part
	}
	return v.Number(said) + " giờ " + v.Number(minute) + " phút " + part
}

func (v vietnamese) Day(day, month int) string {
	return viDay(day) + " tháng " + viMonth(month)
}

func (v vietnamese) year(n int) string { return "năm " + v.Number(n) }

func viDay(day int) string {
	if day <= 10 {
		return "mùng " + vietnamese{}.Number(day)
	}
	return vietnamese{}.Number(day)
}

func viMonth(month int) string {
	if month == 4 {
		return "tư"
	}
	return vietnamese{}.Number(month)
}

// Lunar is a day of the lunar calendar in Vietnamese: "mùng một tháng Chạp",
// "rằm tháng bảy nhuận".
func Lunar(day, month int, leap bool) string {
	name := viMonth(month)
	switch month {
	case 1:
		name = "Giêng"
	case 12:
		name = "Chạp"
	}
	if leap {
		name += " nhuận"
	}
	if day == 15 {
		return "rằm tháng " + name
	}
	return viDay(day) + " tháng " + name
}
