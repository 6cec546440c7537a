package table

import (
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/fault"
)

const (
	mainPart     = "xl/workbook.xml"
	kindDocument = "/officeDocument"
	kindShared   = "/sharedStrings"
)

// openXLSX opens the first sheet of a workbook that is not hidden.
func openXLSX(file io.ReaderAt, size int64, limits Limits) (*sheet, workbook, error) {
	read := &readTo{ReaderAt: file}
	z, err := openZip(read, size)
	if err != nil {
		return nil, workbook{}, err
	}
	p := &parts{zip: z, left: limits.UnzippedBytes, most: limits.UnzippedBytes}
	main := mainPart
	top, err := p.relations("_rels/.rels", "")
	if err != nil {
		return nil, workbook{}, err
	}
	for _, r := range top {
		if strings.HasSuffix(r.kind, kindDocument) {
			main = r.target
		}
	}
	w, err := p.workbook(main)
	if err != nil {
		return nil, workbook{}, err
	}
	dir, name := path.Split(main)
	relations, err := p.relations(dir+"_rels/"+name+".rels", dir)
	if err != nil {
		return nil, workbook{}, err
	}
	var texts shared
	first := ""
	for _, r := range relations {
		switch {
		case r.id == w.sheet && w.sheet != "":
			first = r.target
		case strings.HasSuffix(r.kind, kindShared):
			if err := texts.read(p, r.target, limits); err != nil {
				return nil, workbook{}, err
			}
		}
	}
	body, err := p.open(first)
	if err != nil {
		return nil, workbook{}, err
	}
	if body == nil {
		return nil, workbook{}, ErrUnknown // a zip file of something else
	}
	return newSheet(read, body, texts, limits), w, nil
}

// relation says which part has which part in it.
type relation struct{ id, kind, target string }

func (p *parts) relations(name, dir string) ([]relation, error) {
	var found []relation
	err := p.elements(name, func(e xml.StartElement) {
		if e.Name.Local == "Relationship" {
			r := relation{id: attr(e, "Id"), kind: attr(e, "Type"), target: attr(e, "Target")}
			if absolute, ok := strings.CutPrefix(r.target, "/"); ok {
				r.target = absolute
			} else {
				r.target = path.Join(dir, r.target)
			}
			found = append(found, r)
		}
	})
	return found, err
}

// workbook is what the main part says.
type workbook struct {
	sheet    string // the relation of the first sheet that is not hidden
	others   int    // sheets that are not hidden, beside the first
	date1904 bool
}

func (p *parts) workbook(name string) (workbook, error) {
	var w workbook
	err := p.elements(name, func(e xml.StartElement) {
		switch e.Name.Local {
		case "workbookPr":
			w.date1904 = truth(attr(e, "date1904"))
		case "sheet":
			state := attr(e, "state")
			switch {
			case state != "" && state != "visible":
			case w.sheet == "":
				w.sheet = attr(e, "id")
			default:
				w.others++
			}
		}
	})
	return w, err
}

// smallPart bounds the parts that say what the others are, of which all is kept
// that is of use: they have some kilobytes.
const smallPart = 4 << 20

// elements calls f with every element of a small part that begins; of a part that
// is not there there are none.
func (p *parts) elements(name string, f func(xml.StartElement)) error {
	body, err := p.open(name)
	if err != nil || body == nil {
		return err
	}
	defer body.Close()
	d := xml.NewDecoder(body)
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return broken(err, 0)
		}
		if d.InputOffset() > smallPart {
			return ErrTooLarge.With("mb", smallPart>>20)
		}
		if e, ok := token.(xml.StartElement); ok {
			f(e)
		}
	}
}

// broken keeps a refusal of ours, and makes one of anything else.
func broken(err error, line int) error {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f
	}
	if line == 0 {
		return ErrDamaged.Because(err)
	}
	return ErrBroken.With("line", line).Because(err)
}

// attr gives an attribute by its name without its namespace.
func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func truth(s string) bool { return s == "1" || s == "true" }
