package resident

import (
	"encoding/base64"
	"html/template"

	"rsc.io/qr"
)

// codeView is the code that is scanned at the door, as a picture and as letters.
type codeView struct {
	Letters string
	Picture template.URL
}

func codeOf(letters string) (codeView, error) {
	if letters == "" {
		return codeView{}, nil
	}
	code, err := qr.Encode(letters, qr.M)
	if err != nil {
		return codeView{}, err
	}
	// The style sheet enlarges it: two dots a square keep the page small.
	code.Scale = 2
	picture := "data:image/png;base64," + base64.StdEncoding.EncodeToString(code.PNG())
	return codeView{Letters: letters, Picture: template.URL(picture)}, nil //nolint:gosec // made here, of base64
}
