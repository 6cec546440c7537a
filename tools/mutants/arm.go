package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// A program is built once with all mutants in it, each asleep: to build it anew
// for each takes far longer than to live the seed that notices it. What a mutant
// changes stands beside what it was, and the environment says which of them is
// awake.

// envMutant names the mutant that is awake; none is without it.
const envMutant = "MUTANT"

// armedFile is the package that tells which mutant is awake. It exists in the
// copy alone.
const (
	armedFile   = "internal/armed/armed.go"
	armedImport = "github.com/sunday-with-the-people/sunday/internal/armed"
	armedText   = `package armed

import "os"

var awake = os.Getenv("` + envMutant + `")

// Is reports whether the mutant is awake.
func Is(name string) bool { return awake == name }

// Pick gives what the mutant makes of a value, or the value.
func Pick[T any](name string, is, was T) T {
	if Is(name) {
		return is
	}
	return was
}
`
)

// edit puts text in the place of what stands from a file's offset on to another.
type edit struct {
	from, to int
	text     string
}

// arm lays mutants of one file asleep beside what they change.
func arm(file, text string, of []mutant) (string, error) {
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, file, text, parser.SkipObjectResolution)
	if err != nil {
		return "", err
	}
	s := &source{file: file, text: text, files: files, picks: map[*ast.ValueSpec]string{}}
	for _, m := range of {
		if err := s.lay(parsed, m); err != nil {
			return "", fmt.Errorf("%s, %s: %w", m.rule, m.name, err)
		}
	}
	after := s.offset(parsed.Name.End())
	s.edits = append(s.edits, edit{after, after, "; import \"" + armedImport + "\""})
	return s.edited(), nil
}

// source is a file that mutants are laid into.
type source struct {
	file, text string
	files      *token.FileSet
	edits      []edit
	// picks are the values that mutants change, as they are chosen.
	picks map[*ast.ValueSpec]string
}

func (s *source) offset(at token.Pos) int { return s.files.Position(at).Offset }

// edited is the text with all edits and picks.
func (s *source) edited() string {
	slices.SortStableFunc(s.edits, func(a, b edit) int { return b.from - a.from })
	text := s.text
	for _, e := range s.edits {
		text = text[:e.from] + e.text + text[e.to:]
	}
	return text
}

// lay finds what the mutant changes, a function or a value of the package.
func (s *source) lay(parsed *ast.File, m mutant) error {
	broken, err := m.apply(s.text)
	if err != nil {
		return err
	}
	at := strings.Index(s.text, m.was)
	until := at + len(m.was)
	for _, d := range parsed.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Body != nil && s.offset(d.Body.Lbrace) < at && until <= s.offset(d.Body.Rbrace) {
				s.function(d, m, broken)
				return nil
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if v, ok := spec.(*ast.ValueSpec); ok && s.offset(v.Pos()) <= at && until <= s.offset(v.End()) {
					return s.value(d, v, m, broken)
				}
			}
		}
	}
	return fmt.Errorf("%s: what it changes is not inside one function or value", m.file)
}

// function has the mutated body go first where the mutant is awake. A compiler
// names the mutant whose body it does not take.
func (s *source) function(d *ast.FuncDecl, m mutant, broken string) {
	from, to := s.offset(d.Body.Lbrace)+1, s.offset(d.Body.Rbrace)
	body := broken[from : to+len(m.becomes)-len(m.was)]
	line := s.files.Position(d.Body.Lbrace).Line
	var b bytes.Buffer
	fmt.Fprintf(&b, " if armed.Is(%q) {\n//line %s:1\n%s\n", m.id(), m.id(), body)
	if d.Type.Results == nil {
		b.WriteString("return\n")
	}
	fmt.Fprintf(&b, "//line %s:%d\n};", s.file, line)
	s.edits = append(s.edits, edit{from, from, b.String()})
}

// value turns a constant or a variable into one that is chosen at the start.
func (s *source) value(d *ast.GenDecl, v *ast.ValueSpec, m mutant, broken string) error {
	if len(v.Names) != 1 || len(v.Values) != 1 {
		return fmt.Errorf("%s: what it changes is one of several values", m.file)
	}
	from, to := s.offset(v.Pos()), s.offset(v.End())
	_, is, _ := strings.Cut(broken[from:to+len(m.becomes)-len(m.was)], "=")
	pick, others := s.picks[v]
	if !others {
		_, pick, _ = strings.Cut(s.text[from:to], "=")
	}
	s.picks[v] = "armed.Pick(" + strconv.Quote(m.id()) + ", " + strings.TrimSpace(is) + ", " + strings.TrimSpace(pick) + ")"
	end := len(s.text)
	s.edits = slices.DeleteFunc(s.edits, func(e edit) bool { return e.from == end && strings.HasPrefix(e.text, "\nvar "+v.Names[0].Name+" ") })
	typed := ""
	if v.Type != nil {
		typed = s.text[s.offset(v.Type.Pos()):s.offset(v.Type.End())] + " "
	}
	s.edits = append(s.edits, edit{end, end, "\nvar " + v.Names[0].Name + " " + typed + "= " + s.picks[v] + "\n"})
	if others {
		return nil
	}
	if !d.Lparen.IsValid() {
		from, to = s.offset(d.Pos()), s.offset(d.End())
	}
	s.edits = append(s.edits, edit{from, to, ""})
	return nil
}
