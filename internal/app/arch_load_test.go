package app_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const archModulePath = "github.com/sunday-with-the-people/sunday"

// archModule is the source of this module as the tests of its layout see it; test files are left out.
type archModule struct {
	root     string
	packages []*archPackage
}

type archPackage struct {
	path    string // in the module, such as internal/event
	name    string
	imports []string // own packages by their path in the module, others by import path
	files   map[string]*ast.File
	fset    *token.FileSet
}

// archSelector is one use of pkg.Name in a package.
type archSelector struct {
	path, name string
	at         token.Position
}

func archLoad(t *testing.T) archModule {
	t.Helper()
	m := archModule{root: filepath.Join("..", "..")}
	err := filepath.WalkDir(m.root, func(dir string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if dir != m.root && archForeign(dir, d.Name()) {
			return fs.SkipDir
		}
		if p := archParse(t, m.root, dir); p != nil {
			m.packages = append(m.packages, p)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(m.packages) < len(archNouns) {
		t.Fatalf("found %d packages in the module, which cannot be all", len(m.packages))
	}
	return m
}

// archForeign reports a folder that the go tool would not count to this module.
func archForeign(dir, name string) bool {
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "testdata" || name == "vendor" {
		return true
	}
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

// archParse reads the package in dir, or gives nil where there is none but tests.
func archParse(t *testing.T, root, dir string) *archPackage {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	rel, err := filepath.Rel(root, dir)
	if err != nil {
		t.Fatal(err)
	}
	p := &archPackage{path: filepath.ToSlash(rel), files: map[string]*ast.File{}, fset: token.NewFileSet()}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(p.fset, name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		p.name, p.files[filepath.Base(name)] = f.Name.Name, f
		for _, spec := range f.Imports {
			p.imports = append(p.imports, archImportPath(spec))
		}
	}
	if len(p.files) == 0 {
		return nil
	}
	slices.Sort(p.imports)
	p.imports = slices.Compact(p.imports)
	return p
}

func archImportPath(spec *ast.ImportSpec) string {
	full, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return spec.Path.Value
	}
	return strings.TrimPrefix(full, archModulePath+"/")
}

func (m archModule) find(path string) *archPackage {
	for _, p := range m.packages {
		if p.path == path {
			return p
		}
	}
	return nil
}

// reaches follows imports within the module, however many steps they take.
func (m archModule) reaches(from, to string) bool {
	seen := map[string]bool{}
	var visit func(string) bool
	visit = func(at string) bool {
		p := m.find(at)
		if p == nil || seen[at] {
			return false
		}
		seen[at] = true
		return slices.Contains(p.imports, to) || slices.ContainsFunc(p.imports, visit)
	}
	return visit(from)
}

// isPort reports an interface one of whose methods takes a context: only ports do.
func (m archModule) isPort(path, name string) bool {
	p := m.find(path)
	if p == nil {
		return false
	}
	found := false
	p.inspect(func(n ast.Node) {
		spec, ok := n.(*ast.TypeSpec)
		if !ok || spec.Name.Name != name {
			return
		}
		if port, ok := spec.Type.(*ast.InterfaceType); ok {
			found = slices.ContainsFunc(port.Methods.List, archTakesContext)
		}
	})
	return found
}

func archTakesContext(method *ast.Field) bool {
	signature, ok := method.Type.(*ast.FuncType)
	if !ok || len(signature.Params.List) == 0 {
		return false
	}
	selector, ok := signature.Params.List[0].Type.(*ast.SelectorExpr)
	return ok && selector.Sel.Name == "Context"
}

func (p *archPackage) inspect(visit func(ast.Node)) {
	for _, f := range p.files {
		ast.Inspect(f, func(n ast.Node) bool {
			visit(n)
			return true
		})
	}
}

// selectors lists every pkg.Name in the package whose pkg is an import of the same file.
func (p *archPackage) selectors() []archSelector {
	var uses []archSelector
	for _, f := range p.files {
		names := archImportNames(f)
		ast.Inspect(f, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			// An identifier with an object is a local variable of the same name.
			if pkg, ok := selector.X.(*ast.Ident); ok && pkg.Obj == nil && names[pkg.Name] != "" {
				uses = append(uses, archSelector{names[pkg.Name], selector.Sel.Name, p.fset.Position(selector.Pos())})
			}
			return true
		})
	}
	return uses
}

// archImportNames maps the name under which a file uses an import to its path.
func archImportNames(f *ast.File) map[string]string {
	names := map[string]string{}
	for _, spec := range f.Imports {
		imported := archImportPath(spec)
		name := path.Base(imported)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = imported
	}
	return names
}
