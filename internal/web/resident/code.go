package resident

import (
	"html/template"

	"github.com/sunday-with-the-people/sunday/internal/web/assets"
)

// codeView is the code that is scanned at the door, as a picture and as letters.
type codeView struct {
	Letters string
	Picture template.URL
}

// codeDots keep the page small.
const codeDots = 2

func codeOf(letters string) (codeView, error) {
	if letters == "" {
		return codeView{}, nil
	}
	picture, err := assets.Code(letters, codeDots)
	return codeView{Letters: letters, Picture: picture}, err
}
