package assets_test

import (
	"math"
	"regexp"
	"strconv"
)

var token = regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6})`)

func tokens(css string) map[string]string {
	out := map[string]string{}
	for _, m := range token.FindAllStringSubmatch(css, -1) {
		out[m[1]] = m[2]
	}
	return out
}

// contrast is the ratio of WCAG 2.2, 1 to 21; 0 where a colour is missing.
func contrast(a, b string) float64 {
	x, okX := luminance(a)
	y, okY := luminance(b)
	if !okX || !okY {
		return 0
	}
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(hex string) (float64, bool) {
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil {
		return 0, false
	}
	return 0.2126*linear(n>>16) + 0.7152*linear(n>>8&255) + 0.0722*linear(n&255), true
}

func linear(c uint64) float64 {
	v := float64(c) / 255
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}
