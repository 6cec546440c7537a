package i18n_test

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/unicode/norm"

	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
)

// forms are the plural forms that each language needs.
var forms = map[string][]string{
	"vi": {"other"},
	"en": {"one", "other"},
	"pl": {"few", "many", "one", "other"},
}

func mustOpen(tb testing.TB) *i18n.Catalogue {
	tb.Helper()
	c, err := i18n.Open()
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func TestCatalogue_SameIDsInEveryLanguage(t *testing.T) {
	t.Parallel()
	c := mustOpen(t)
	if diff := cmp.Diff([]string{"en", "pl", "vi"}, c.Languages()); diff != "" {
		t.Fatal(diff)
	}
	want := c.For("vi").IDs()
	if len(want) < 300 {
		t.Fatalf("only %d messages were found", len(want))
	}
	for _, lang := range []string{"en", "pl"} {
		if diff := cmp.Diff(want, c.For(lang).IDs()); diff != "" {
			t.Errorf("%s (-vi +%s):\n%s", lang, lang, diff)
		}
	}
}

// TestMessages_Forms reads the files by itself: go-i18n fills in for a form that
// is missing, so that nobody would notice.
func TestMessages_Forms(t *testing.T) {
	t.Parallel()
	plural := map[string]string{}
	each(t, func(lang, id string, texts map[string]string) {
		if len(texts) == 1 && texts["other"] != "" && lang != "vi" {
			return
		}
		if lang == "vi" && plural[id] == "" {
			return
		}
		if diff := cmp.Diff(forms[lang], sortedKeys(texts)); diff != "" {
			t.Errorf("%s of %s (-want +got):\n%s", id, lang, diff)
		}
		plural[id] = lang
	})
	each(t, func(lang, id string, texts map[string]string) {
		if plural[id] != "" && !slices.Equal(forms[lang], sortedKeys(texts)) {
			t.Errorf("%s has plural forms in %s but not in %s", id, plural[id], lang)
		}
	})
	if len(plural) == 0 {
		t.Error("no message with plural forms was found")
	}
}

func TestMessages_SamePlaces(t *testing.T) {
	t.Parallel()
	want := map[string]string{}
	check := func(lang, id, form, text string) {
		got := strings.Join(places(t, id, text), " ")
		if w, ok := want[id]; ok && w != got {
			t.Errorf("%s of %s (%s) fills %q, another text of it %q", id, lang, form, got, w)
		}
		want[id] = got
	}
	each(t, func(lang, id string, texts map[string]string) {
		if strings.HasPrefix(id, "date.clock.") {
			return // Vietnamese counts hours to 12, the others to 23
		}
		for _, form := range sortedKeys(texts) {
			check(lang, id, form, texts[form])
		}
	})
}

func TestMessages_Clean(t *testing.T) {
	t.Parallel()
	each(t, func(lang, id string, texts map[string]string) {
		for form, text := range texts {
			switch {
			case !norm.NFC.IsNormalString(text):
				t.Errorf("%s of %s (%s) is not in NFC", id, lang, form)
			case strings.TrimSpace(text) == "" || strings.TrimSpace(text) != text:
				t.Errorf("%s of %s (%s) is empty or has blanks around it", id, lang, form)
			case strings.ContainsAny(text, "<>\t\n"):
				t.Errorf("%s of %s (%s) has markup or lines in it", id, lang, form)
			}
		}
	})
}

func TestPrinter_Count(t *testing.T) {
	t.Parallel()
	c := mustOpen(t)
	tests := []struct {
		lang string
		n    int
		want string
	}{
		{"vi", 1, "Còn 1 chỗ"}, {"vi", 5, "Còn 5 chỗ"},
		{"en", 1, "1 place left"}, {"en", 0, "0 places left"}, {"en", 2, "2 places left"},
		{"pl", 1, "Zostało 1 miejsce"}, {"pl", 2, "Zostały 2 miejsca"}, {"pl", 5, "Zostało 5 miejsc"},
		{"pl", 12, "Zostało 12 miejsc"}, {"pl", 22, "Zostały 22 miejsca"}, {"pl", 0, "Zostało 0 miejsc"},
	}
	for _, tt := range tests {
		if got := c.For(tt.lang).Count("page.event.seats", tt.n, nil); got != tt.want {
			t.Errorf("%s, %d: got %q, want %q", tt.lang, tt.n, got, tt.want)
		}
	}
}

func TestCatalogue_For(t *testing.T) {
	t.Parallel()
	c := mustOpen(t)
	tests := map[string]string{
		"vi": "vi", "en": "en", "en-GB": "en", "EN_us": "en", "pl-Latn-PL": "pl",
		"kpm": "vi", "kpm-VN": "vi", "": "vi", "x": "vi", "e": "vi", "-": "vi",
	}
	for locale, want := range tests {
		if got := c.For(locale).Lang(); got != want {
			t.Errorf("For(%q) is %s, want %s", locale, got, want)
		}
	}
}

func TestPrinter_Missing(t *testing.T) {
	t.Parallel()
	c, err := i18n.Load(fstest.MapFS{
		"a.vi.toml": {Data: []byte("\"both\" = \"cả hai\"\n\"only\" = \"chào {{.name}}\"\n")},
		"a.en.toml": {Data: []byte("\"both\" = \"both\"\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	en := c.For("en")
	if got := en.Text("only", map[string]any{"name": "Lan"}); got != "chào Lan" {
		t.Errorf("a text that is missing in English is %q, want the Vietnamese", got)
	}
	if got := en.Text("only", nil); got != "chào {name}" {
		t.Errorf("a place without a value gives %q", got)
	}
	if got := en.Text("nowhere", nil); got != "nowhere" {
		t.Errorf("an unknown id gives %q", got)
	}
	if _, err := en.Lookup("only"); err == nil {
		t.Error("Lookup fell back to another language")
	}
	if got, err := c.For("vi").Lookup("only"); err != nil || got != "chào {{.name}}" {
		t.Errorf("Lookup gives %q, %v", got, err)
	}
}

func TestLoad_Refuses(t *testing.T) {
	t.Parallel()
	tests := map[string]fstest.MapFS{
		"logic":        {"a.vi.toml": {Data: []byte(`"a" = "{{if .x}}y{{end}}"`)}},
		"open place":   {"a.vi.toml": {Data: []byte(`"a" = "{{.x"`)}},
		"twice":        {"a.vi.toml": {Data: []byte(`"a" = "x"`)}, "b.vi.toml": {Data: []byte(`"a" = "y"`)}},
		"no default":   {"a.en.toml": {Data: []byte(`"a" = "x"`)}},
		"broken":       {"a.vi.toml": {Data: []byte(`"a" = `)}},
		"no other":     {"a.vi.toml": {Data: []byte(`"a" = { one = "x" }`)}},
		"no such lang": {"a.vi.toml": {Data: []byte(`"a" = "x"`)}, "a.123456789.toml": {Data: []byte(`"a" = "x"`)}},
	}
	for name, files := range tests {
		if _, err := i18n.Load(files); err == nil {
			t.Errorf("%s: was loaded", name)
		}
	}
}

func TestPrinter_Fault(t *testing.T) {
	t.Parallel()
	en := mustOpen(t).For("en")
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"own text", fault.New(fault.Invalid, "text.too_long").With("max", 7), "Too long; at most 7 characters."},
		{"kind's text", fault.New(fault.Gone, "nobody.wrote_this"), "This is no longer here."},
		{"internal tells nothing", fault.New(fault.Internal, "secret.seal"), en.Text("error.internal", nil)},
		{"unknown error", errors.New("sql: no rows"), en.Text("error.internal", nil)},
	}
	for _, tt := range tests {
		if got := en.Fault(tt.err); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := en.Field(fault.Field{Name: "title", Code: "required"}); got != "Please fill this in." {
		t.Errorf("a field gives %q", got)
	}
	if got := en.Field(fault.Field{Name: "title", Code: "nobody.wrote_this"}); got != en.Text("error.invalid", nil) {
		t.Errorf("a field with an unknown code gives %q", got)
	}
}

func FuzzCompile(f *testing.F) {
	f.Add("chào {{.name}}, {{ .x }}!")
	f.Add("{{")
	f.Add("}}{{.a}}{{.b}}")
	f.Fuzz(func(t *testing.T, text string) {
		tmpl, err := i18n.Compile(text)
		if err != nil {
			return
		}
		named := map[string]string{}
		for _, name := range tmpl.Names() {
			named[name] = ""
		}
		if got := tmpl.Text(named); strings.Contains(got, "{{") {
			t.Errorf("%q leaves a place in %q", text, got)
		}
	})
}

// each reads the message files as plain TOML, by id.
func each(t *testing.T, do func(lang, id string, texts map[string]string)) {
	t.Helper()
	names, err := fs.Glob(os.DirFS("messages"), "*.toml")
	if err != nil || len(names) == 0 {
		t.Fatalf("message files: %v, %v", names, err)
	}
	for _, name := range names {
		data, err := os.ReadFile("messages/" + name)
		if err != nil {
			t.Fatal(err)
		}
		tree := map[string]any{}
		if err := toml.Unmarshal(data, &tree); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		lang := strings.Split(name, ".")[1]
		flatten(tree, "", func(id string, texts map[string]string) { do(lang, id, texts) })
	}
}

// flatten finds the messages: a string, or a table of plural forms.
func flatten(tree map[string]any, prefix string, do func(id string, texts map[string]string)) {
	for _, key := range sortedKeys(tree) {
		id := strings.TrimPrefix(prefix+"."+key, ".")
		switch value := tree[key].(type) {
		case string:
			do(id, map[string]string{"other": value})
		case map[string]any:
			if texts, plural := pluralForms(value); plural {
				do(id, texts)
				continue
			}
			flatten(value, id, do)
		}
	}
}

func pluralForms(tree map[string]any) (map[string]string, bool) {
	texts := map[string]string{}
	for key, value := range tree {
		text, ok := value.(string)
		if !ok || !slices.Contains(forms["pl"], key) {
			return nil, false
		}
		texts[key] = text
	}
	return texts, true
}

func places(t *testing.T, id, text string) []string {
	t.Helper()
	tmpl, err := i18n.Compile(text)
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	names := tmpl.Names()
	slices.Sort(names)
	return slices.Compact(names)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
