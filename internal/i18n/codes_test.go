package i18n_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
)

// notForPeople lists packages, below the module's root, whose faults reach no
// person through a catalogue: the simulation and its tools.
var notForPeople = []string{"internal/sim", "tools"}

// madeUp are codes that are put together while the program runs.
var madeUp = []string{"calendar.gap", "calendar.overlap"}

// TestMessages_EveryFaultHasOne reads every code that the source gives to
// fault.New or to a fault.Check, and wants "error.<code>" in each language.
// Internal faults have none: they are never told.
func TestMessages_EveryFaultHasOne(t *testing.T) {
	t.Parallel()
	codes := append(sourceWords(t, codeOf), madeUp...)
	if len(codes) < 50 {
		t.Fatalf("only %d codes were found in the source", len(codes))
	}
	c := mustOpen(t)
	for _, code := range codes {
		for _, lang := range c.Languages() {
			if _, err := c.For(lang).Lookup("error." + code); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestMessages_NoFaultIsGone wants every text for an error to be used: by a
// word of the source, which may be a constant, or by a kind.
func TestMessages_NoFaultIsGone(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, code := range append(sourceWords(t, wordOf), madeUp...) {
		used["error."+code] = true
	}
	for k := fault.Internal; k <= fault.TooLarge; k++ {
		used["error."+k.String()] = true
	}
	for _, id := range mustOpen(t).For(i18n.Default).IDs() {
		if strings.HasPrefix(id, "error.") && !used[id] {
			t.Errorf("no code of the source uses %s", id)
		}
	}
}

// sourceWords gives what find finds in the nodes of every Go file that knows
// faults, tests aside, each once.
func sourceWords(t *testing.T, find func(ast.Node) string) []string {
	t.Helper()
	return wordsOfFiles(t, find, func(f *ast.File) bool { return imports(f, "internal/fault") })
}

func wordsOfFiles(t *testing.T, find func(ast.Node) string, of func(*ast.File) bool) []string {
	t.Helper()
	root := filepath.Join("..", "..")
	var words []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		switch {
		case d.IsDir() && (slices.Contains(notForPeople, filepath.ToSlash(rel)) || strings.HasPrefix(d.Name(), ".") && rel != "."):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		found, err := wordsIn(path, find, of)
		words = append(words, found...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(words)
	return slices.Compact(words)
}

func wordsIn(path string, find func(ast.Node) string, of func(*ast.File) bool) ([]string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	if !of(file) {
		return nil, nil
	}
	var words []string
	ast.Inspect(file, func(n ast.Node) bool {
		if w := find(n); w != "" {
			words = append(words, w)
		}
		return true
	})
	return words, nil
}

func imports(file *ast.File, suffix string) bool {
	return slices.ContainsFunc(file.Imports, func(i *ast.ImportSpec) bool {
		return strings.HasSuffix(i.Path.Value, suffix+`"`)
	})
}

// codeOf finds fault.New(kind, code), anything.Add(field, code, ...) and
// fault.Field or fault.Error with Code: code.
func codeOf(n ast.Node) string {
	switch n := n.(type) {
	case *ast.CallExpr:
		called, ok := n.Fun.(*ast.SelectorExpr)
		if !ok || len(n.Args) < 2 {
			return ""
		}
		from, named := called.X.(*ast.Ident)
		isFault := called.Sel.Name == "New" && named && from.Name == "fault" && !isInternal(n.Args[0])
		if called.Sel.Name == "Add" || isFault {
			return word(n.Args[1])
		}
	case *ast.KeyValueExpr:
		if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Code" {
			return word(n.Value)
		}
	}
	return ""
}

// wordOf finds every string that could be a code.
func wordOf(n ast.Node) string {
	if lit, ok := n.(*ast.BasicLit); ok {
		return word(lit)
	}
	return ""
}

func isInternal(kind ast.Expr) bool {
	of, ok := kind.(*ast.SelectorExpr)
	return ok && of.Sel.Name == "Internal"
}

func word(e ast.Expr) string {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return ""
	}
	s, err := strconv.Unquote(lit.Value)
	if err != nil || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz_.") != "" {
		return "" // a header's value, say
	}
	return s
}
