package i18n

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/language"
)

// Default is the language of everybody whose own has no texts here.
const Default = "vi"

// formID is a message whose plural forms are their own names: go-i18n knows
// each language's rule and tells the form by it.
const formID = "i18n.form"

//go:embed messages/*.toml
var embedded embed.FS

// Catalogue holds every text in every language. It is read-only once open, so
// that it may be used concurrently.
type Catalogue struct {
	printers map[string]*Printer
	langs    []string
}

// Open gives the catalogue of the embedded message files,
// <area>.<language>.toml each. They are read once in a process: a simulation
// opens the program thousands of times.
func Open() (*Catalogue, error) { return opened() }

var opened = sync.OnceValues(func() (*Catalogue, error) {
	messages, err := fs.Sub(embedded, "messages")
	if err != nil {
		return nil, fmt.Errorf("open messages: %w", err)
	}
	return Load(messages)
})

// Load reads the message files at the root of files. It refuses an id that two
// files of one language hold, and a text that is not plain words and
// placeholders.
func Load(files fs.FS) (*Catalogue, error) {
	names, err := fs.Glob(files, "*.toml")
	if err != nil {
		return nil, fmt.Errorf("list messages: %w", err)
	}
	bundle := goi18n.NewBundle(language.Vietnamese)
	c := &Catalogue{printers: map[string]*Printer{}}
	for _, name := range names {
		if err := c.read(files, name, bundle); err != nil {
			return nil, fmt.Errorf("messages %s: %w", name, err)
		}
	}
	if c.printers[Default] == nil {
		return nil, fmt.Errorf("no messages in %s", Default)
	}
	slices.Sort(c.langs)
	for _, p := range c.printers {
		p.fallback = c.printers[Default]
	}
	return c, nil
}

func (c *Catalogue) read(files fs.FS, name string, bundle *goi18n.Bundle) error {
	data, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	unmarshal := map[string]goi18n.UnmarshalFunc{"toml": toml.Unmarshal}
	file, err := goi18n.ParseMessageFileBytes(data, path.Base(name), unmarshal)
	if err != nil {
		return err
	}
	p, err := c.printer(file.Tag, bundle)
	if err != nil {
		return err
	}
	return p.add(file.Messages)
}

func (c *Catalogue) printer(tag language.Tag, bundle *goi18n.Bundle) (*Printer, error) {
	if tag == language.Und {
		return nil, fmt.Errorf("the file's name ends in no language")
	}
	lang := tag.String()
	if p := c.printers[lang]; p != nil {
		return p, nil
	}
	forms := &goi18n.Message{ID: formID, Zero: "zero", One: "one", Two: "two", Few: "few", Many: "many", Other: "other"}
	if err := bundle.AddMessages(tag, forms); err != nil {
		return nil, err
	}
	p := &Printer{lang: lang, messages: map[string]message{}, plural: goi18n.NewLocalizer(bundle, lang)}
	c.printers[lang] = p
	c.langs = append(c.langs, lang)
	return p, nil
}

// Languages lists the tags that have texts, in order.
func (c *Catalogue) Languages() []string { return slices.Clone(c.langs) }

// For gives the printer for a BCP 47 tag: the tag itself, then the tag without
// its last part and so on, then Vietnamese (K'Ho, kpm, has no texts yet). It
// never gives nil.
func (c *Catalogue) For(locale string) *Printer {
	if p := c.match(locale); p != nil {
		return p
	}
	return c.printers[Default]
}

func (c *Catalogue) match(locale string) *Printer {
	if p := c.printers[locale]; p != nil {
		return p
	}
	tag := strings.ToLower(strings.ReplaceAll(locale, "_", "-"))
	for tag != "" {
		if p := c.printers[tag]; p != nil {
			return p
		}
		cut := strings.LastIndexByte(tag, '-')
		if cut < 0 {
			return nil
		}
		tag = tag[:cut]
	}
	return nil
}
