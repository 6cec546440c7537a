package demo

import (
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// Codes of the sample: Lam Dong, and the commune that the demo shows first.
const (
	provinceCode = "68"
	communeCode  = "24848"
	communeName  = "Lạc Dương"
	zone         = unit.DefaultZone
)

// Sizes of the whole sample.
const (
	AllUnits     = 124
	AllResidents = 2000
)

// region is a part of the province, which had been one of its own until 2025:
// villages and people are named alike there.
type region int

const (
	coast    region = iota // Binh Thuan
	plateau                // Dak Nong
	mountain               // Lam Dong
)

// The codes at which the regions begin.
const (
	plateauFrom  = "24600"
	mountainFrom = "24770"
)

// place is one unit of the sample, and how big it is.
type place struct {
	code   string
	urban  bool
	region region
	// residents is how many people its lists hold.
	residents int
	// pleased is how content its people are on the whole, diligent how often its
	// staff are in time, each 0 to 1.
	pleased, diligent float64
}

// shownWeight is how many residents the shown commune has, in those of another;
// with shownPleased and shownDiligent it has something to show, whatever the seed.
const (
	shownWeight   = 5
	shownPleased  = 0.8
	shownDiligent = 0.9
)

// provinceOf gives the first units of the sample, the shown commune and then its
// neighbours, among whom the residents are shared out to the last one.
func provinceOf(units, residents int, seed uint64) ([]place, error) {
	list, err := unit.StateUnits()
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(u unit.StateUnit) bool { return u.Parent != provinceCode })
	shown := slices.IndexFunc(list, func(u unit.StateUnit) bool { return u.Code == communeCode })
	list = slices.Concat(list[shown:], list[:shown])
	list = list[:min(units, len(list))]

	r := random(seed, "province")
	places, ends, sum := make([]place, len(list)), make([]float64, len(list)), 0.0
	for i, u := range list {
		weight := 0.85 + 0.3*r.Float64()
		if i == 0 {
			weight = shownWeight
		}
		sum += weight
		ends[i] = sum
		places[i] = place{
			code: u.Code, urban: u.Kind == unit.Ward, region: regionOf(u.Code),
			pleased: 0.55 + 0.4*r.Float64(), diligent: 0.7 + 0.3*r.Float64(),
		}
		if i == 0 {
			places[i].pleased, places[i].diligent = shownPleased, shownDiligent
		}
	}
	shared := 0
	for i := range places {
		upTo := int(float64(residents)*ends[i]/sum + 0.5)
		places[i].residents, shared = upTo-shared, upTo
	}
	return places, nil
}

func regionOf(code string) region {
	switch {
	case code >= mountainFrom:
		return mountain
	case code >= plateauFrom:
		return plateau
	}
	return coast
}

// random draws for one thing of a sample: what is drawn for another changes
// nothing of it.
func random(seed uint64, of string) *rand.Rand {
	more, err := strconv.ParseUint(id.Hash("demo", of)[:16], 16, 64)
	if err != nil {
		panic("demo: a hash is no number: " + err.Error())
	}
	return rand.New(rand.NewPCG(seed, more)) //nolint:gosec // made-up people, the same each time
}

// Ids follow from what is named, so that whoever goes on with a sample finds
// what is there.

func (p place) unit() string            { return unit.StateID(p.code) }
func (p place) village(n int) string    { return id.Hash("demo village", p.code, strconv.Itoa(n)) }
func (p place) resident(n int) string   { return id.Hash("demo resident", p.code, strconv.Itoa(n)) }
func (p place) event(sunday int) string { return id.Hash("demo event", p.code, strconv.Itoa(sunday)) }

// chance is true that often, 0 to 1.
func chance(r *rand.Rand, often float64) bool { return r.Float64() < often }

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }
