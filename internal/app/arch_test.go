package app_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// archNouns in the order of their dependence: each may name types of those before it.
var archNouns = []string{
	"internal/audit", "internal/unit", "internal/account", "internal/contact", "internal/resident", "internal/event",
	"internal/reminder", "internal/registration", "internal/attendance", "internal/survey", "internal/recommendation",
	"internal/emulation",
}

// archLayers puts every package of the module into a layer, the longest prefix first. A package that none of
// them covers fails the test: whoever adds one decides here where it belongs.
var archLayers = []struct{ prefix, layer string }{
	{"internal/sim/oracle", "oracle"},
	{"internal/store/storetest", "storetest"},
	{"internal/store/sqlitestore", "adapter"},
	{"internal/store/mongostore", "adapter"},
	{"internal/store", "ports"},
	{"internal/sim", "sim"},
	{"internal/app", "app"},
	{"internal/web", "web"},
	{"internal/outreach", "outreach"},
	{"internal/exchange", "exchange"},
	{"internal/config", "config"},
	{"internal/calendar", "tool"},
	{"internal/i18n", "tool"},
	{"internal/fault", "tool"},
	{"internal/text", "tool"},
	{"internal/table", "tool"},
	{"internal/id", "tool"},
	{"internal/page", "tool"},
	{"internal/secret", "tool"},
	{"internal/actor", "tool"},
	{"internal/record", "tool"},
	{"internal/journal", "tool"},
	{"notifications", "notifications"},
	{"scheduler", "scheduler"},
	{"cmd", "cmd"},
	{"tools", "command of its own"},
}

// archMayImport is the table of DESIGN section 3. A layer may always import itself, except where archRefuse says
// otherwise; app and sim are not listed, since they may import nearly everything.
var archMayImport = map[string][]string{
	"cmd":                {"app", "sim", "config"},
	"command of its own": {"app", "sim", "config"},
	"web":                {"noun", "outreach", "notifications", "tool"},
	"adapter":            {"noun", "outreach", "notifications", "scheduler", "tool", "ports"},
	"storetest":          {"noun", "outreach", "notifications", "scheduler", "tool", "ports"},
	"ports":              {"noun", "outreach", "notifications", "scheduler", "tool"},
	"outreach":           {"noun", "notifications", "tool"},
	"exchange":           {"noun", "tool"},
	"noun":               {"tool"},
	"config":             {"tool"},
	"tool":               {},
	"scheduler":          {},
	"notifications":      {},
}

// archHomes names the layers to which a library that shapes its users stays confined.
var archHomes = map[string][]string{
	"database/sql":                    {"adapter", "app", "sim"},
	"modernc.org/sqlite":              {"adapter", "app", "sim"},
	"go.mongodb.org/mongo-driver":     {"adapter", "app", "sim", "command of its own"},
	"github.com/gin-gonic/gin":        {"web", "app", "sim"},
	"github.com/danielgtaylor/huma":   {"web", "app", "sim"},
	"github.com/robfig/cron":          {"scheduler", "app"},
	"github.com/go-mail/mail":         {"notifications", "app", "sim"},
	"github.com/spf13/cobra":          {"cmd"},
	"github.com/caarlos0/env":         {"config"},
	"github.com/tink-crypto/tink-go":  {"tool"},
	"github.com/teambition/rrule-go":  {"tool"},
	"github.com/nicksnyder/go-i18n":   {"tool"},
	"github.com/nyaruka/phonenumbers": {"tool", "noun"},
	"github.com/xuri/excelize":        {"tool"},
}

func TestArch_Imports(t *testing.T) {
	t.Parallel()
	for _, p := range archLoad(t).packages {
		for _, to := range p.imports {
			if err := archRefuse(p.path, to); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestArch_ImportRules proves that the rules refuse what they are for.
func TestArch_ImportRules(t *testing.T) {
	t.Parallel()
	tests := []struct {
		from, to string
		allowed  bool
	}{
		{"internal/event", "internal/unit", true},
		{"internal/unit", "internal/event", false},
		{"internal/event", "internal/event", true},
		{"internal/event", "github.com/gin-gonic/gin", false},
		{"internal/event", "internal/outreach", false},
		{"internal/fault", "internal/unit", false},
		{"internal/page", "internal/fault", true},
		{"internal/web/api", "internal/event", true},
		{"internal/web/api", "internal/web", true},
		{"internal/web/api", "internal/store/sqlitestore", false},
		{"internal/web", "internal/store", false},
		{"internal/web", "scheduler", false},
		{"internal/web", "go.mongodb.org/mongo-driver/v2/bson", false},
		{"internal/web", "database/sql", false},
		{"internal/store/sqlitestore", "internal/store/mongostore", false},
		{"internal/store/sqlitestore", "internal/store/storetest", false},
		{"internal/store/sqlitestore", "scheduler", true},
		{"internal/store/storetest", "internal/store/mongostore", false},
		{"internal/outreach", "notifications", true},
		{"internal/outreach", "scheduler", false},
		{"internal/app", "internal/sim", false},
		{"internal/app", "internal/web/api", true},
		{"internal/sim", "internal/app", true},
		{"internal/sim/oracle", "internal/outreach", false},
		{"internal/sim/oracle", "internal/event", true},
		{"scheduler", "internal/fault", false},
		{"scheduler", "notifications", false},
		{"scheduler", "github.com/robfig/cron/v3", true},
		{"notifications/smtp", "notifications", true},
		{"notifications", "internal/fault", false},
		{"cmd/sunday", "internal/web", false},
		{"cmd/sunday", "internal/app", true},
		{"internal/novelty", "internal/fault", false},
	}
	for _, tt := range tests {
		err := archRefuse(tt.from, tt.to)
		if got := err == nil; got != tt.allowed {
			t.Errorf("%s -> %s: allowed = %v, want %v (%v)", tt.from, tt.to, got, tt.allowed, err)
		}
	}
}

// TestArch_OracleIsIndependent looks through all that the oracle reaches: a check that shares the code it checks
// finds nothing.
func TestArch_OracleIsIndependent(t *testing.T) {
	t.Parallel()
	m := archLoad(t)
	for _, p := range m.packages {
		if archLayer(p.path) == "oracle" && m.reaches(p.path, "internal/outreach") {
			t.Errorf("%s reaches internal/outreach through its imports", p.path)
		}
	}
}

// TestArch_NounsNameNoForeignPort: a noun declares the ports it needs itself, so that they stay small.
func TestArch_NounsNameNoForeignPort(t *testing.T) {
	t.Parallel()
	m := archLoad(t)
	for _, p := range m.packages {
		if archLayer(p.path) != "noun" {
			continue
		}
		for _, use := range p.selectors() {
			if archLayer(use.path) == "noun" && m.isPort(use.path, use.name) {
				t.Errorf("%s: %s names the port %s of %s; declare the methods it needs itself", use.at, p.path, use.name, use.path)
			}
		}
	}
}

// archRefuse says why a package must not import another, both by their path in the module or, for a library, by
// its import path; nil where it may.
func archRefuse(from, to string) error {
	layer := archLayer(from)
	if layer == "" {
		return fmt.Errorf("%s is in no layer: add it to archLayers", from)
	}
	if homes, ok := archHome(to); ok && !slices.Contains(homes, layer) {
		return fmt.Errorf("%s imports %s, which only these layers may: %v", from, to, homes)
	}
	target := archLayer(to)
	switch {
	case target == "" || from == to:
		return nil
	case layer == "noun" && target == "noun":
		return archNounOrder(from, to)
	case layer == "adapter" && target == "adapter" && archPrefix(from) != archPrefix(to):
		return fmt.Errorf("%s imports %s: adapters know nothing of each other", from, to)
	case layer == "app" && (target == "sim" || target == "oracle" || target == "storetest"):
		return fmt.Errorf("%s imports %s, which is no part of the product", from, to)
	case layer == "oracle" && target == "outreach":
		return fmt.Errorf("%s imports %s, which it checks", from, to)
	case layer == target, layer == "app", layer == "sim", layer == "oracle":
		return nil
	case !slices.Contains(archMayImport[layer], target):
		return fmt.Errorf("%s (%s) imports %s (%s): allowed are %v", from, layer, to, target, archMayImport[layer])
	}
	return nil
}

func archNounOrder(from, to string) error {
	if slices.Index(archNouns, archPrefix(to)) <= slices.Index(archNouns, archPrefix(from)) {
		return nil
	}
	return fmt.Errorf("%s imports %s, which comes after it in the order of the nouns", from, to)
}

func archLayer(path string) string {
	if slices.Contains(archNouns, archPrefix(path)) {
		return "noun"
	}
	for _, l := range archLayers {
		if archWithin(path, l.prefix) {
			return l.layer
		}
	}
	return ""
}

// archPrefix is the noun or layer prefix that covers path, or path itself.
func archPrefix(path string) string {
	for _, noun := range archNouns {
		if archWithin(path, noun) {
			return noun
		}
	}
	for _, l := range archLayers {
		if archWithin(path, l.prefix) {
			return l.prefix
		}
	}
	return path
}

func archHome(library string) ([]string, bool) {
	for prefix, homes := range archHomes {
		if archWithin(library, prefix) {
			return homes, true
		}
	}
	return nil, false
}

func archWithin(path, prefix string) bool {
	return path == prefix || strings.HasPrefix(path, prefix+"/")
}
