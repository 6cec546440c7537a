package unit

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"errors"
	"io"

	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/text"
)

//go:embed units.csv
var statesList []byte

// ErrList: a list of units is not in the form of units.csv; its argument
// "line" counts from 1.
var ErrList = fault.New(fault.Invalid, "unit.list")

// DefaultZone is the time zone of Viet Nam.
const DefaultZone = "Asia/Ho_Chi_Minh"

const maxCodeBytes = 16

// StateUnit is a row of the state's own list: the units as of 1 July 2025.
type StateUnit struct {
	// Code is the state's code: 2 digits for provinces and cities, 5 below.
	Code string
	Name string
	Kind Kind
	// Parent is the code of the province, empty for provinces and cities.
	Parent string
}

// StateID is the id of the unit with the state's code, the same in every
// database, so that laying the list twice makes nothing twice.
func StateID(code string) string { return id.Hash("unit", code) }

// StateUnits gives the embedded list, parents before their children.
func StateUnits() ([]StateUnit, error) { return ReadStateUnits(bytes.NewReader(statesList)) }

// ReadStateUnits reads a list in the form "code,name,kind,parent" with that
// heading. A parent has to stand before its children. Anything else is ErrList.
func ReadStateUnits(r io.Reader) ([]StateUnit, error) {
	rows := csv.NewReader(r)
	rows.FieldsPerRecord = 4
	rows.ReuseRecord = true
	seen := make(map[string]bool)
	var units []StateUnit
	for line := 1; ; line++ {
		row, err := rows.Read()
		switch {
		case errors.Is(err, io.EOF) && line > 1:
			return units, nil
		case err != nil:
			return nil, ErrList.With("line", line).Because(err)
		case line == 1:
			if row[0] != "code" || row[1] != "name" || row[2] != "kind" || row[3] != "parent" {
				return nil, ErrList.With("line", line)
			}
			continue
		}
		u := StateUnit{Code: row[0], Name: text.Clean(row[1]), Kind: Kind(row[2]), Parent: row[3]}
		if !u.valid() || seen[u.Code] || u.Parent != "" && !seen[u.Parent] {
			return nil, ErrList.With("line", line)
		}
		seen[u.Code] = true
		units = append(units, u)
	}
}

func (u StateUnit) valid() bool {
	name, err := text.Line(u.Name, maxNameRunes)
	return err == nil && name != "" && validCode(u.Code) && validKind(u.Kind)
}

// InProvince gives the province or city with the code and all units in it, with
// ids, ancestors and zone, as EnsureMany takes them. It is empty for an unknown
// code.
func InProvince(list []StateUnit, code string) []Unit {
	var units []Unit
	for _, s := range list {
		if s.Code == code || s.Parent == code {
			units = append(units, s.unit())
		}
	}
	return units
}

func (u StateUnit) unit() Unit {
	made := Unit{Kind: u.Kind, Names: map[string]string{"vi": u.Name}, Code: u.Code, Zone: DefaultZone}
	made.ID = StateID(u.Code)
	if u.Parent != "" {
		made.Parent = StateID(u.Parent)
		made.Ancestors = []string{made.Parent}
	}
	return made
}

func validCode(code string) bool {
	if code == "" || len(code) > maxCodeBytes {
		return false
	}
	for _, c := range []byte(code) {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}
