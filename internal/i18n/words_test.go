package i18n_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/emulation"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/outreach/desk"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/survey"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
)

// TestMessages_EveryWordHasOne: each value of a closed list that people see has
// a text in every language.
func TestMessages_EveryWordHasOne(t *testing.T) {
	t.Parallel()
	c := mustOpen(t)
	for _, id := range words() {
		for _, lang := range c.Languages() {
			if _, err := c.For(lang).Lookup(id); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestMessages_EveryReasonIsASentence: staff read them out.
func TestMessages_EveryReasonIsASentence(t *testing.T) {
	t.Parallel()
	c := mustOpen(t)
	ids := put(put(put(nil, "reason.", notifications.Reasons()), "story.why.", outreach.Whys()), "story.state.", states)
	for _, id := range ids {
		for _, lang := range c.Languages() {
			text, err := c.For(lang).Lookup(id)
			first, _ := utf8.DecodeRuneInString(text)
			if err != nil || !unicode.IsUpper(first) || !strings.HasSuffix(text, ".") {
				t.Errorf("%s in %s is %q, want one sentence", id, lang, text)
			}
		}
	}
}

// localKinds are what people call the units that events are in, and words that
// look like one of them.
var localKinds = map[string]struct {
	kinds []string
	other *strings.Replacer
}{
	"vi": {[]string{" xã ", " phường ", " đặc khu "}, strings.NewReplacer("xã hội", "", "hợp tác xã", "")},
	"en": {[]string{" commune", " ward ", " special zone"}, strings.NewReplacer()},
	"pl": {[]string{" gmin", " dzielnic", " stref"}, strings.NewReplacer("strefy czasowej", "")},
}

// TestMessages_FitEveryKindOfUnit: a text that speaks of communes is read in a
// ward and on an island too. The demo's words alone are about one commune.
func TestMessages_FitEveryKindOfUnit(t *testing.T) {
	t.Parallel()
	c := mustOpen(t)
	for lang, local := range localKinds {
		p := c.For(lang)
		for _, id := range p.IDs() {
			if strings.HasPrefix(id, "unit.kind.") || strings.HasPrefix(id, "demo.") {
				continue
			}
			text := local.other.Replace(strings.ToLower(" " + bare(p.Template(id).Text(nil)) + " "))
			named := 0
			for _, kind := range local.kinds {
				if strings.Contains(text, kind) {
					named++
				}
			}
			if named != 0 && named != len(local.kinds) {
				t.Errorf("%s in %s fits no unit of another kind: %q", id, lang, text)
			}
		}
	}
}

// localPlaces are what people call where they live within a unit: a commune has
// villages, a ward residential groups, an island either.
var localPlaces = map[string][2]string{
	"vi": {" thôn ", " tổ dân phố "},
	"en": {" village", " residential group"},
	"pl": {" wsi ", " osiedl"},
}

// TestMessages_FitEveryPlace: what people read of villages is read where there
// are none. In Vietnamese that is every text; in the other languages those that
// residents read, as staff there have one word for both.
func TestMessages_FitEveryPlace(t *testing.T) {
	t.Parallel()
	c := mustOpen(t)
	forms := strings.NewReplacer(" wieś ", " wsi ", " wsie ", " wsi ", " wsią ", " wsi ", " sołtys", " wsi ")
	for lang, kinds := range localPlaces {
		p := c.For(lang)
		for _, id := range p.IDs() {
			kind, _, _ := strings.Cut(id, ".")
			read := slices.Contains([]string{"template", "page", "purpose", "mail", "loudspeaker"}, kind)
			if kind == "demo" || lang != "vi" && !read {
				continue
			}
			text := forms.Replace(strings.ToLower(" " + bare(p.Template(id).Text(map[string]string{"village": ""})) + " "))
			if strings.Contains(text, kinds[0]) != strings.Contains(text, kinds[1]) {
				t.Errorf("%s in %s fits one kind of place: %q", id, lang, text)
			}
		}
	}
}

// bare is the text with blanks for all that is no letter.
func bare(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return ' '
	}, text)
}

var states = []notifications.State{
	notifications.Planned, notifications.Sending, notifications.Printed, notifications.Unknown,
	notifications.Sent, notifications.Dead, notifications.Suppressed, notifications.Expired,
}

func words() []string {
	var ids []string
	ids = put(ids, "reason.", notifications.Reasons())
	ids = put(ids, "story.", outreach.Kinds())
	ids = put(ids, "story.why.", outreach.Whys())
	ids = put(ids, "story.state.", states)
	ids = put(ids, "sheet.outcome.", paper.Outcomes())
	ids = put(ids, "sheet.letters.outcome.", paper.Outcomes())
	ids = put(ids, "sheet.standing.", []paper.Standing{paper.Entered, paper.Done, paper.Moved, "void", paper.Late})
	ids = put(ids, "sheet.said.", []paper.Said{
		paper.SaidSaved, paper.SaidAgain, paper.SaidTaken, paper.SaidMoved, paper.SaidVoid, paper.SaidLate, paper.SaidNoLine,
	})
	ids = put(ids, "duty.", []desk.DutyKind{desk.PrintList, desk.WorkOff, desk.FindContact})
	ids = put(ids, "event.type.", event.Types())
	for _, part := range []string{"title", "about", "bring", "host"} {
		for _, typ := range event.Types() {
			ids = append(ids, "template."+string(typ)+"."+part)
		}
	}
	ids = put(ids, "desk.caution.", event.CautionKinds())
	ids = put(ids, "event.state.", event.States())
	ids = put(ids, "event.notice.", []event.NoticeKind{event.Poster, event.Loudspeaker, event.Portal})
	ids = put(ids, "purpose.", resident.Purposes())
	ids = put(ids, "role.", actor.Roles())
	ids = put(ids, "survey.item.", survey.StandardKeys())
	ids = put(ids, "survey.state.", []survey.State{survey.Planned, survey.Opening, survey.Open, survey.Closed})
	ids = put(ids, "survey.level.", []string{"1", "2", "3", "4", "5"})
	ids = put(ids, "scorecard.state.", emulation.CardStates())
	ids = put(ids, "scorecard.why.", emulation.Whys())
	ids = put(ids, "scorecard.figure.", emulation.Metrics())
	ids = put(ids, "scorecard.fact.", []emulation.FactKind{
		emulation.Planned, emulation.Cancelled, emulation.Restored, emulation.Reported, emulation.Surveyed,
	})
	ids = put(ids, "message.state.", states)
	ids = put(ids, "registration.state.", []registration.State{
		registration.Unsettled, registration.Pending, registration.Registered, registration.Waitlisted,
		registration.Offered, registration.Cancelled, registration.Attended, registration.NotRecorded,
	})
	ids = put(ids, "unit.kind.", []unit.Kind{
		unit.Province, unit.City, unit.Ward, unit.Commune, unit.SpecialZone, unit.Department,
		unit.MassOrganisation, unit.ServiceCentre, unit.Village,
	})
	for k := fault.Internal; k <= fault.TooLarge; k++ {
		ids = append(ids, "error."+k.String())
	}
	return ids
}

func put[S ~string](ids []string, prefix string, values []S) []string {
	for _, v := range values {
		ids = append(ids, prefix+string(v))
	}
	return ids
}
