package api_test

import "testing"

// A unit's rule holds for its events, which override it and switch it off.
func TestAPI_UnitReminders(t *testing.T) {
	t.Parallel()
	b := setup(t)
	units, at := "/api/v1/units/"+blao+"/reminders", "/api/v1/events/"+b.mustPublished(t)+"/reminders"
	made := b.must(t, 201, b.organizer, "POST", units, fields{"at": "17:00", "days_before": 3, "audience": []string{"news"}})
	rule := made.text(t, "rule")
	if got := b.must(t, 200, b.organizer, "GET", units, nil); len(got.json(t, "items").([]any)) != 1 || got.text(t, "items", 0, "from") != "unit" {
		t.Errorf("the unit's rules are %s", got.body)
	}
	list := b.must(t, 200, b.organizer, "GET", at, nil)
	if n := len(list.json(t, "items").([]any)); n != 2 || list.text(t, "items", 0, "owner") != blao || list.text(t, "items", 0, "reading") != "plain" {
		t.Errorf("%d rules hold: %s", n, list.body)
	}
	b.must(t, 422, b.organizer, "POST", at, fields{"overrides": "nothing", "off": true})
	b.must(t, 422, b.organizer, "POST", at, fields{"overrides": rule, "audience": []string{"registered"}})
	over := b.must(t, 201, b.organizer, "POST", at, fields{"overrides": rule, "off": true})
	b.must(t, 409, b.organizer, "POST", at, fields{"overrides": rule, "at": "18:00"})
	list = b.must(t, 200, b.organizer, "GET", at, nil)
	if list.text(t, "items", 0, "rule") != rule || list.json(t, "items", 0, "off") != true {
		t.Errorf("after switching it off: %s", list.body)
	}
	changed := b.must(t, 200, b.organizer, "PUT", at+"/"+over.text(t, "id"), fields{"at": "18:00", "days_before": 2})
	if changed.text(t, "overrides") != rule || changed.text(t, "at") != "18:00" {
		t.Errorf("changed to %s", changed.body)
	}
	b.must(t, 404, b.organizer, "PUT", at+"/"+made.text(t, "id"), fields{"at": "18:00"}) // the unit's, not the event's
	b.must(t, 422, b.organizer, "PUT", units+"/"+made.text(t, "id"), fields{"at": "18:00", "type": "health"})
	b.must(t, 204, b.organizer, "DELETE", units+"/"+made.text(t, "id"), nil)
	list = b.must(t, 200, b.organizer, "GET", at, nil)
	if list.text(t, "items", 0, "at") != "18:00" || list.text(t, "items", 0, "audience", 0) != "news" {
		t.Errorf("without what it overrode: %s", list.body)
	}
}
