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
		lang, text string
		vi         template.HTML
	}{
		{"vi", "Giày, găng <tay>", "Giày, găng &lt;tay&gt;"},
		{"en", "Giày, găng <tay>", `<span lang="vi">Giày, găng &lt;tay&gt;</span>`},
		{"pl", "Gmina Lac Duong, wójt & społeczność", "Gmina Lac Duong, wójt &amp; społeczność"},
		{"en", "", ""},
	} {
		p := assets.Page{Texts: texts.For(tt.lang)}
		if got := p.Vi(tt.text); got != tt.vi {
			t.Errorf("%s, %q: %s, want %s", tt.lang, tt.text, got, tt.vi)
		}
		if got, want := p.LangOf(tt.text) != "", tt.vi != template.HTML(template.HTMLEscapeString(tt.text)); got != want {
			t.Errorf("%s, the language of %q is named: %t, want %t", tt.lang, tt.text, got, want)
		}
	}
}

// In a sentence that is marked which staff wrote, all of it, whatever its letters.
func TestPage_Within(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Open()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		lang, title string
		want        template.HTML
	}{
		{"en", "Ra quan trồng cây & K'Ho", `Messages about “<span lang="vi">Ra quan trồng cây &amp; K&#39;Ho</span>”`},
		{"pl", "Đi bộ", `Wiadomości o „<span lang="vi">Đi bộ</span>”`},
		{"en", "Sunday <b>", "Messages about “Sunday &lt;b&gt;”"},
		{"en", "", "Messages about “”"},
		{"vi", "Đi bộ", "Tin nhắn của “Đi bộ”"},
	} {
		p := assets.Page{Texts: texts.For(tt.lang)}
		if got := p.Within(p.T("overview.messages.of", "title", p.Wrote(tt.title))); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.lang, got, tt.want)
		}
	}
	p := assets.Page{Texts: texts.For("en")}
	if got := p.Within("no word of “Đi bộ” is marked <"); got != "no word of “Đi bộ” is marked &lt;" {
		t.Errorf("got %s", got)
	}
}
