package aloud

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// spoken finds what is read aloud otherwise than it is written. Go takes the
// first alternative that fits, so the longer forms stand first.
var spoken = regexp.MustCompile(
	`(?P<phone>(?:\+84[ .-]?[0-9]|0[0-9])(?:[ .-]?[0-9]){7,9})` +
		`|(?P<day>[0-9]{1,2})/(?P<month>[0-9]{1,2})(?:/(?P<year>[0-9]{4}))?` +
		`|(?P<hour>[0-9]{1,2})(?:[hg:])(?P<minute>[0-9]{2})` +
		`|(?P<sharp>[0-9]{1,2})h` +
		`|(?P<grouped>[0-9]{1,3}(?:[.,][0-9]{3})+)` +
		`|(?P<whole>[0-9]+)[.,](?P<part>[0-9]+)` +
		`|(?P<number>[0-9]+)`,
)

// between joins two numbers as a stretch, "7-11".
var between = regexp.MustCompile(`([0-9h%]) ?[-–] ?([0-9])`)

// Text says every number in a text in words; the rest stays as it is.
func Text(v Voice, s string) string {
	w := v.words()
	s = phones(v, s)
	s = between.ReplaceAllString(s, "$1 "+w.to+" $2")
	var b strings.Builder
	end := 0
	for _, at := range spoken.FindAllStringSubmatchIndex(s, -1) {
		write(&b, s[end:at[0]])
		write(&b, say(v, s, at))
		end = at[1]
		if strings.HasPrefix(s[end:], "%") {
			write(&b, w.percent)
			end++
		}
	}
	write(&b, s[end:])
	return b.String()
}

// phones says telephone numbers before a dash in one could be taken for a stretch.
func phones(v Voice, s string) string {
	return spoken.ReplaceAllStringFunc(s, func(m string) string {
		if !isPhone(m) {
			return m
		}
		return phone(v, m)
	})
}

func isPhone(m string) bool {
	at := spoken.FindStringSubmatchIndex(m)
	return at != nil && at[2*spoken.SubexpIndex("phone")] == 0
}

// phone is read digit by digit, in threes from the end, as people dictate it.
func phone(v Voice, m string) string {
	if rest, ok := strings.CutPrefix(m, "+84"); ok {
		m = "0" + rest
	}
	var digits []int
	for _, r := range m {
		if r >= '0' && r <= '9' {
			digits = append(digits, int(r-'0'))
		}
	}
	var b strings.Builder
	for i, d := range digits {
		if left := len(digits) - i; i > 0 && left%3 == 0 {
			b.WriteByte(',')
		}
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(v.digit(d))
	}
	return b.String()
}

// say gives the words of one match.
func say(v Voice, s string, at []int) string {
	group := func(name string) (string, bool) {
		i := 2 * spoken.SubexpIndex(name)
		if at[i] < 0 {
			return "", false
		}
		return s[at[i]:at[i+1]], true
	}
	number := func(name string) int {
		text, ok := group(name)
		n, err := strconv.Atoi(text)
		if !ok || err != nil {
			return -1
		}
		return n
	}
	w := v.words()
	if day, month := number("day"), number("month"); day >= 0 {
		return sayDay(v, day, month, number("year"))
	}
	if hour, minute := number("hour"), number("minute"); hour >= 0 {
		return sayClock(v, hour, minute)
	}
	if hour := number("sharp"); hour >= 0 {
		return sayClock(v, hour, 0)
	}
	if text, ok := group("grouped"); ok {
		return numberOf(v, strings.NewReplacer(".", "", ",", "").Replace(text))
	}
	if whole, ok := group("whole"); ok {
		part, _ := group("part")
		return numberOf(v, whole) + " " + w.point + " " + eachDigit(v, part)
	}
	return numberOf(v, s[at[0]:at[1]])
}

func sayDay(v Voice, day, month, year int) string {
	if day < 1 || day > 31 || month < 1 || month > 12 {
		said := v.Number(day) + " / " + v.Number(month) // a fraction, an address
		if year >= 0 {
			said += " / " + v.Number(year)
		}
		return said
	}
	if year < 0 {
		return v.Day(day, month)
	}
	return v.Day(day, month) + " " + v.year(year)
}

func sayClock(v Voice, hour, minute int) string {
	if hour > 23 || minute > 59 {
		return v.Number(hour) + " " + v.Number(minute)
	}
	return v.Clock(hour, minute)
}

// numberOf reads digits as a number, and one by one where they are a code.
func numberOf(v Voice, digits string) string {
	n, err := strconv.Atoi(digits)
	if err != nil || n > maxNumber || len(digits) > 1 && digits[0] == '0' {
		return eachDigit(v, digits)
	}
	return v.Number(n)
}

func eachDigit(v Voice, digits string) string {
	said := make([]string, 0, len(digits))
	for _, r := range digits {
		if r >= '0' && r <= '9' {
			said = append(said, v.digit(int(r-'0')))
		}
	}
	return strings.Join(said, " ")
}

func byDigits(v Voice, n int) string { return eachDigit(v, strconv.Itoa(n)) }

// write keeps words apart where a letter and a number had nothing between them.
func write(b *strings.Builder, s string) {
	if s == "" {
		return
	}
	if b.Len() > 0 && isWord(last(b.String())) && isWord(first(s)) {
		b.WriteByte(' ')
	}
	b.WriteString(s)
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func first(s string) rune { r, _ := utf8.DecodeRuneInString(s); return r }

func last(s string) rune { r, _ := utf8.DecodeLastRuneInString(s); return r }
