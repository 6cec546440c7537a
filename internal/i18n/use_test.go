package i18n_test

import (
	"go/ast"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"github.com/sunday-with-the-people/sunday/internal/i18n"
)

// textCalls are the methods that take a message's id first; those of
// countCalls choose a plural form of it.
var (
	textCalls  = []string{"T", "Text", "Template", "Lookup"}
	countCalls = []string{"N", "Count", "Plural"}
)

var (
	textIn  = regexp.MustCompile(`\.T "([^"]+)"`)
	countIn = regexp.MustCompile(`\.N "([^"]+)"`)
	quoted  = regexp.MustCompile(`"([a-z0-9_.]+)"`)
	action  = regexp.MustCompile(`(?s)\{\{.*?\}\}`)
)

// TestMessages_NoneIsMissing wants every id that a page or the program asks for
// by its name, in every language, and plural forms where it counts.
func TestMessages_NoneIsMissing(t *testing.T) {
	t.Parallel()
	c := mustOpen(t)
	counted := calledWith(t, countCalls)
	asked := append(calledWith(t, textCalls), counted...)
	for _, body := range templates(t) {
		for _, m := range textIn.FindAllStringSubmatch(body, -1) {
			asked = append(asked, m[1])
		}
		for _, m := range countIn.FindAllStringSubmatch(body, -1) {
			asked, counted = append(asked, m[1]), append(counted, m[1])
		}
	}
	if len(asked) < 200 || len(counted) < 10 {
		t.Fatalf("only %d ids and %d counts were found", len(asked), len(counted))
	}
	for _, id := range asked {
		for _, lang := range c.Languages() {
			if _, err := c.For(lang).Lookup(id); err != nil {
				t.Error(err)
			}
		}
	}
	plural := map[string]bool{}
	each(t, func(lang, id string, texts map[string]string) {
		if lang == "pl" {
			plural[id] = len(texts) > 1
		}
	})
	for _, id := range counted {
		if !plural[id] {
			t.Errorf("%s is counted and has no plural forms", id)
		}
	}
}

// TestMessages_NoneIsUnused wants every text to be asked for: by its name, or
// by a beginning to which the program adds a word of a closed list. Those of
// errors are in TestMessages_NoFaultIsGone.
func TestMessages_NoneIsUnused(t *testing.T) {
	t.Parallel()
	used, begun := map[string]bool{}, map[string]bool{}
	take := func(word string) {
		used[word] = true
		if strings.HasSuffix(word, ".") && len(word) > 3 {
			begun[word] = true
		}
	}
	for _, word := range wordsOfFiles(t, wordOf, anyFile) {
		take(word)
	}
	for _, word := range words() {
		take(word)
	}
	for _, body := range templates(t) {
		for _, m := range quoted.FindAllStringSubmatch(body, -1) {
			take(m[1])
		}
	}
	for _, id := range mustOpen(t).For(i18n.Default).IDs() {
		if strings.HasPrefix(id, "error.") || used[id] || begins(begun, id) || isLetter(id) {
			continue
		}
		t.Errorf("nobody asks for %s", id)
	}
}

// isLetter: the beginnings of mails are named by their kinds and states, and
// each of them has a golden file.
func isLetter(id string) bool {
	return strings.HasPrefix(id, "mail.") && (strings.HasSuffix(id, ".intro") || strings.HasSuffix(id, ".subject"))
}

// begins reports whether the id is a beginning with one word more, or a word
// and its variant.
func begins(begun map[string]bool, id string) bool {
	parts := strings.Split(id, ".")
	for added := 1; added <= 2 && added < len(parts); added++ {
		if begun[strings.Join(parts[:len(parts)-added], ".")+"."] {
			return true
		}
	}
	return false
}

// TestTemplates_HoldNoText wants all words of a page to come from the message
// files: between tags, and in what is read out or shown of an attribute.
func TestTemplates_HoldNoText(t *testing.T) {
	t.Parallel()
	shown := []string{"alt", "title", "aria-label", "placeholder", "data-label"}
	for name, body := range templates(t) {
		z := html.NewTokenizer(strings.NewReader(action.ReplaceAllString(body, "")))
		for z.Next() != html.ErrorToken {
			token := z.Token()
			if token.Type == html.TextToken && hasLetter(token.Data) {
				t.Errorf("%s holds the text %q", name, strings.TrimSpace(token.Data))
			}
			for _, a := range token.Attr {
				if slices.Contains(shown, a.Key) && hasLetter(a.Val) {
					t.Errorf("%s holds %s=%q", name, a.Key, a.Val)
				}
			}
		}
	}
}

func hasLetter(s string) bool { return strings.IndexFunc(s, unicode.IsLetter) >= 0 }

// templates are the bodies of all pages, by their paths. The documentation of
// the API is somebody else's.
func templates(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".html" || strings.Contains(filepath.ToSlash(path), "/api/docs/") || strings.Contains(filepath.ToSlash(path), "/testdata/") {
			return err
		}
		body, err := os.ReadFile(path)
		out[path] = string(body)
		return err
	})
	if err != nil || len(out) < 15 {
		t.Fatalf("%d templates, %v", len(out), err)
	}
	return out
}

// calledWith are the plain ids that the methods are called with.
func calledWith(t *testing.T, methods []string) []string {
	t.Helper()
	return slices.DeleteFunc(wordsOfFiles(t, func(n ast.Node) string {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 {
			return ""
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || !slices.Contains(methods, sel.Sel.Name) {
			return ""
		}
		return wordOf(call.Args[0])
	}, anyFile), func(word string) bool { return !strings.Contains(word, ".") || strings.HasSuffix(word, ".") })
}

func anyFile(*ast.File) bool { return true }
