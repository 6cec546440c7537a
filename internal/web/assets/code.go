package assets

import (
	"encoding/base64"
	"html/template"

	"rsc.io/qr"
)

// Code is a text as a square code to be scanned, a picture within the page. Dots
// is how many each square has: the style sheet enlarges it.
func Code(text string, dots int) (template.URL, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", err
	}
	code.Scale = dots
	picture := "data:image/png;base64," + base64.StdEncoding.EncodeToString(code.PNG())
	return template.URL(picture), nil //nolint:gosec // made here, of base64
}
