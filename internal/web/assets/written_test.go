package assets_test

import (
	"html/template"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
)

// What staff wrote is marked as Vietnamese on pages in other languages.
func TestPage_Vi(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Open()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		lang, text   string
		vi, sentence template.HTML
	}{
		{"vi", "Giày, găng <tay>", "Giày, găng &lt;tay&gt;", "Giày, găng &lt;tay&gt;"},
		{"en", "Giày, găng <tay>", `<span lang="vi">Giày, găng &lt;tay&gt;</span>`, `<span lang="vi">Giày, găng</span> &lt;tay&gt;`},
		{"pl", "Gmina Lac Duong, wójt & społeczność", "Gmina Lac Duong, wójt &amp; społeczność", "Gmina Lac Duong, wójt &amp; społeczność"},
		{"en", "", "", ""},
		{
			"en", "Announce “Chủ nhật: dọn suối K'Ho, đường” to Thôn Bon Đưng (today)",
			`<span lang="vi">Announce “Chủ nhật: dọn suối K&#39;Ho, đường” to Thôn Bon Đưng (today)</span>`,
			`Announce “<span lang="vi">Chủ nhật: dọn suối K&#39;Ho, đường</span>” to <span lang="vi">Thôn Bon Đưng</span> (today)`,
		},
		{
			"pl", "Zapowiedz „Thăm hộ” dla mieszkańców wsi Thôn Bon Đưng.",
			`<span lang="vi">Zapowiedz „Thăm hộ” dla mieszkańców wsi Thôn Bon Đưng.</span>`,
			`Zapowiedz „<span lang="vi">Thăm hộ</span>” dla mieszkańców wsi <span lang="vi">Thôn Bon Đưng</span>.`,
		},
	} {
		p := assets.Page{Texts: texts.For(tt.lang)}
		if got := p.Vi(tt.text); got != tt.vi {
			t.Errorf("%s, %q: %s, want %s", tt.lang, tt.text, got, tt.vi)
		}
		if got, want := p.LangOf(tt.text) != "", tt.vi != template.HTML(template.HTMLEscapeString(tt.text)); got != want {
			t.Errorf("%s, the language of %q is named: %t, want %t", tt.lang, tt.text, got, want)
		}
		if got := p.Within(tt.text); got != tt.sentence {
			t.Errorf("%s, within %q: %s, want %s", tt.lang, tt.text, got, tt.sentence)
		}
	}
}
