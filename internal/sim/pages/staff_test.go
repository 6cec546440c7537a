//go:build pages

package pages_test

import (
	"encoding/base64"
	"testing"

	"github.com/chromedp/cdproto/network"
)

// staff are the pages behind a sign-in.
func (v *visitor) staff(t *testing.T) []stop {
	t.Helper()
	unit := "/staff/units/" + v.Tour.Unit
	return []stop{
		{name: "sheets", path: unit + "/sheets", login: "organizer"},
	}
}

// sign has the browser be somebody; empty for nobody.
func (w *world) sign(t *testing.T, b *tab, lang, login string) {
	t.Helper()
	head := network.Headers{"Accept-Language": lang}
	if login != "" {
		head["Authorization"] = "Basic " + base64.StdEncoding.EncodeToString([]byte(login+":"+w.token(t, login)))
	}
	b.run(t, network.SetExtraHTTPHeaders(head))
}
