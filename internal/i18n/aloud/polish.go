package aloud

import "strings"

type polish struct{}

var (
	plSmall = []string{
		"zero", "jeden", "dwa", "trzy", "cztery", "pięć", "sześć", "siedem", "osiem", "dziewięć", "dziesięć", "jedenaście",
		"dwanaście", "trzynaście", "czternaście", "piętnaście", "szesnaście", "siedemnaście", "osiemnaście", "dziewiętnaście",
	}
	plTens = []string{
		"", "", "dwadzieścia", "trzydzieści", "czterdzieści", "pięćdziesiąt", "sześćdziesiąt", "siedemdziesiąt", "osiemdziesiąt", "dziewięćdziesiąt",
	}
	plHundreds = []string{
		"", "sto", "dwieście", "trzysta", "czterysta", "pięćset", "sześćset", "siedemset", "osiemset", "dziewięćset",
	}
	plScales = [][3]string{{"milion", "miliony", "milionów"}, {"tysiąc", "tysiące", "tysięcy"}}
	plMonths = []string{
		"", "stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca", "sierpnia", "września", "października", "listopada", "grudnia",
	}
	// plOrdinals and plOrdinalTens are without the ending, which is -ego or -ej;
	// those that soften have an i of their own.
	plOrdinals = []string{
		"zerow", "pierwsz", "drugi", "trzeci", "czwart", "piąt", "szóst", "siódm", "ósm", "dziewiąt", "dziesiąt", "jedenast",
		"dwunast", "trzynast", "czternast", "piętnast", "szesnast", "siedemnast", "osiemnast", "dziewiętnast",
	}
	plOrdinalTens = []string{
		"", "", "dwudziest", "trzydziest", "czterdziest", "pięćdziesiąt", "sześćdziesiąt", "siedemdziesiąt", "osiemdziesiąt", "dziewięćdziesiąt",
	}
)

func (polish) digit(d int) string { return plSmall[d] }

func (polish) words() glue {
	return glue{to: "do", percent: "procent", point: "przecinek", group: "."}
}

func (p polish) Number(n int) string {
	if n < 0 || n > maxNumber {
		return byDigits(p, n)
	}
	if n == 0 {
		return plSmall[0]
	}
	var parts []string
	for i, forms := range plScales {
		group := n / scales[i]
		n %= scales[i]
		switch {
		case group == 1:
			parts = append(parts, forms[0])
		case group > 1:
			parts = append(parts, p.below1000(group), forms[plForm(group)])
		}
	}
	if n > 0 {
		parts = append(parts, p.below1000(n))
	}
	return strings.Join(parts, " ")
}

// plForm is 1 for 2 to 4, 22 to 24 and so on, 2 for the others.
func plForm(n int) int {
	if ones, tens := n%10, n/10%10; ones >= 2 && ones <= 4 && tens != 1 {
		return 1
	}
	return 2
}

func (p polish) below1000(n int) string {
	var parts []string
	if n >= 100 {
		parts = append(parts, plHundreds[n/100])
	}
	n %= 100
	switch {
	case n == 0:
	case n < 20:
		parts = append(parts, plSmall[n])
	case n%10 == 0:
		parts = append(parts, plTens[n/10])
	default:
		parts = append(parts, plTens[n/10], plSmall[n%10])
	}
	return strings.Join(parts, " ")
}

// ordinal is "dwudziestego dziewiątego" or "dwudziestej pierwszej".
func (polish) ordinal(n int, ending string) string {
	switch {
	case n < 20:
		return plOrdinals[n] + ending
	case n%10 == 0:
		return plOrdinalTens[n/10] + ending
	}
	return plOrdinalTens[n/10] + ending + " " + plOrdinals[n%10] + ending
}

func (p polish) Clock(hour, minute int) string {
	said := p.ordinal(hour, "ej")
	switch {
	case minute == 0:
		return said
	case minute < 10:
		return said + " zero " + plSmall[minute]
	}
	return said + " " + p.below1000(minute)
}

func (p polish) Day(day, month int) string { return p.ordinal(day, "ego") + " " + plMonths[month] }

func (p polish) year(n int) string {
	if n%100 == 0 {
		return "roku " + p.Number(n)
	}
	said := p.ordinal(n%100, "ego") + " roku"
	if n >= 100 {
		said = p.Number(n-n%100) + " " + said
	}
	return said
}
