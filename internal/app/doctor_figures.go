package app

import (
	"strconv"
	"strings"
	"time"
)

// spans are the units in which a span of time is told, the longest first.
var spans = []struct {
	of   time.Duration
	text string
}{
	{24 * time.Hour, "doctor.span.days"},
	{time.Hour, "doctor.span.hours"},
	{time.Minute, "doctor.span.minutes"},
	{time.Second, "doctor.span.seconds"},
}

// span is a time in words, in its two longest units.
func (d doctor) span(of time.Duration) string {
	var words []string
	for _, s := range spans {
		n := int(of / s.of)
		of -= time.Duration(n) * s.of
		if n > 0 {
			words = append(words, d.texts.Count(s.text, n, nil))
		}
		if len(words) == 2 || len(words) == 1 && n == 0 {
			break
		}
	}
	if len(words) == 0 {
		return d.texts.Count("doctor.span.seconds", 0, nil)
	}
	return strings.Join(words, " ")
}

// decimal is a number as the language writes it.
func (d doctor) decimal(n float64, places int) string {
	whole, part, _ := strings.Cut(strconv.FormatFloat(n, 'f', places, 64), ".")
	return d.T("doctor.decimal", "whole", whole, "part", part)
}
