package app_test

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/actor"
)

var (
	docsSubcommand = regexp.MustCompile(`(?m)^  ([a-z-]+) +\S`)
	docsFlag       = regexp.MustCompile(`(?m)^ +(?:-[a-z], )?(--[a-z-]+)`)
)

// TestDocsCommands builds the program and holds every command and flag that its help shows to docs/commands.md.
func TestDocsCommands(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "sunday")
	build := exec.Command("go", "build", "-o", program, "./cmd/sunday")
	build.Dir = docsRoot
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("the program does not build: %v\n%s", err, out)
	}
	page := docsRead(t, "docs/commands.md")
	var listed []string
	for _, s := range docsSections(page) {
		if name, ok := strings.CutPrefix(s.title, "sunday "); ok {
			listed = append(listed, name)
		}
	}
	commands := docsCommands(t, program, nil)
	docsSame(t, "commands", commands, listed)
	for _, name := range commands {
		if !slices.Contains(listed, name) {
			continue
		}
		help := docsHelp(t, program, strings.Fields(name))
		section := docsSectionOf(t, page, "sunday "+name)
		docsSame(t, "flags of sunday "+name, docsFlags(help), docsFirstCells(section))
		if !strings.Contains(section, "```") {
			t.Errorf("docs/commands.md has no example of sunday %s", name)
		}
	}
}

// docsCommands lists the commands below the given one that do something, as "account add".
func docsCommands(t *testing.T, program string, above []string) []string {
	t.Helper()
	_, list, found := strings.Cut(docsHelp(t, program, above), "Available Commands:\n")
	if !found {
		return nil
	}
	list, _, _ = strings.Cut(list, "\n\n")
	var commands []string
	for _, sub := range docsSubcommand.FindAllStringSubmatch(list, -1) {
		if sub[1] == "help" {
			continue
		}
		path := append(slices.Clone(above), sub[1])
		if below := docsCommands(t, program, path); len(below) > 0 {
			commands = append(commands, below...)
			continue
		}
		commands = append(commands, strings.Join(path, " "))
	}
	return commands
}

func docsFlags(help string) []string {
	_, list, _ := strings.Cut(help, "\nFlags:\n")
	var flags []string
	for _, flag := range docsFlag.FindAllStringSubmatch(list, -1) {
		if flag[1] != "--help" {
			flags = append(flags, flag[1])
		}
	}
	return flags
}

func docsHelp(t *testing.T, program string, path []string) string {
	t.Helper()
	out, err := exec.Command(program, append(slices.Clone(path), "--help")...).Output()
	if err != nil {
		t.Fatalf("sunday %s --help: %v", strings.Join(path, " "), err)
	}
	return string(out)
}

// TestDocsRolesAndScopes: who reads docs/commands.md learns every role and scope that the flags take.
func TestDocsRolesAndScopes(t *testing.T) {
	t.Parallel()
	page := docsRead(t, "docs/commands.md")
	var roles []string
	for _, r := range actor.Roles() {
		roles = append(roles, string(r))
	}
	docsSame(t, "roles", roles, docsFirstCells(docsSectionOf(t, page, "Roles")))
	var listed []string
	for _, found := range regexp.MustCompile("`([a-z]+:[a-z]+)`").FindAllStringSubmatch(docsSectionOf(t, page, "Scopes"), -1) {
		listed = append(listed, found[1])
	}
	docsSame(t, "scopes", account.Scopes(), listed)
}
