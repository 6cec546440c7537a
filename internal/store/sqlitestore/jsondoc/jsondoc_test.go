package jsondoc_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore/jsondoc"
)

// fill gives every field another value than its zero one.
func fill(v reflect.Value, n *int64) {
	*n++
	switch v.Kind() {
	case reflect.Struct:
		for _, field := range v.Fields() {
			fill(field, n)
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes([]byte{byte(*n), 0xff, 0})
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i), n)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.String:
		v.SetString("Nguyễn Thị " + string(rune('a'+*n%26)))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(*n - 20)
	default:
		panic("a kind that the documents did not have: " + v.Kind().String())
	}
}

// whole is a document with all fields, as a store keeps it: what Head has in
// columns of its own is not in the text.
func whole[T any]() T {
	var v T
	var n int64
	fill(reflect.ValueOf(&v).Elem(), &n)
	head := reflect.ValueOf(&v).Elem().FieldByName("Head")
	head.FieldByName("Op").SetString("")
	head.FieldByName("Outbox").SetZero()
	return v
}

// entries are two audit entries with all fields.
func entries() []record.Entry {
	var all []record.Entry
	var n int64
	fill(reflect.ValueOf(&all).Elem(), &n)
	return all
}

func mustText(tb testing.TB, v any) string {
	tb.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return string(b)
}

// agrees holds the quick way against the library: what it takes, the library
// takes too, and reads the same from it.
func agrees[T any](t *testing.T, text string, read func(string, *T) bool) (took bool) {
	t.Helper()
	var got, want T
	if !read(text, &got) {
		return false
	}
	if err := json.Unmarshal([]byte(text), &want); err != nil {
		t.Fatalf("took what encoding/json does not take: %v\n%s", err, text)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("(-encoding/json +quick):\n%s\n%s", diff, text)
	}
	return true
}

// TestEveryField fails when a type has a field that the quick way does not know.
func TestEveryField(t *testing.T) {
	t.Parallel()
	if !agrees(t, mustText(t, whole[registration.Registration]()), jsondoc.Registration) {
		t.Error("a registration with all fields is not read")
	}
	if !agrees(t, mustText(t, whole[resident.Resident]()), jsondoc.Resident) {
		t.Error("a resident with all fields is not read")
	}
	if !agrees(t, mustText(t, whole[contact.Contact]()), jsondoc.Contact) {
		t.Error("a contact with all fields is not read")
	}
	if !agrees(t, mustText(t, whole[event.Event]()), jsondoc.Event) {
		t.Error("an event with all fields is not read")
	}
	if !agrees(t, mustText(t, entries()), jsondoc.Outbox) {
		t.Error("audit entries with all fields are not read")
	}
	if !agrees(t, mustText(t, resident.Resident{}), jsondoc.Resident) {
		t.Error("a resident with no fields is not read")
	}
}

func TestLeavesToTheLibrary(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		``, `{`, `{}x`, ` {}`, `{"unit": "a"}`, `{"unit":null}`, `null`, `[]`, `{"unit":"a",}`, `{"unit":"a"`,
		`{"name":"A\u0026B"}`, "{\"name\":\"a\nb\"}", "{\"name\":\"\xff\"}", `{"Unit":"a"}`, `{"score":1}`,
		`{"ver":01}`, `{"ver":-01}`, `{"ver":1.0}`, `{"ver":1e3}`, `{"ver":-}`, `{"ver":}`, `{"ver":99999999999999999999}`, `{"ver":1-2}`,
		`{"words":["a"],"words":["b"]}`, `{"words":["a",]}`, `{"sort_key":"%"}`, `{"news":tru}`, `{"news":1}`,
		`{"consents":[],"consents":[]}`, `{"outbox":[]}`,
	} {
		var r resident.Resident
		if jsondoc.Resident(text, &r) {
			t.Errorf("took %q, wanted it left", text)
		}
	}
}

func TestLeavesToTheLibrary_Event(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"report":{},"report":{"by":"a"}}`, `{"slots":[{}],"slots":[]}`, `{"report":null}`, `{"place":{"Name":"a"}}`,
		`{"slots":[{"id":"s1","score":1}]}`, `{"notices":[{"kind":1}]}`, `{"title":"a\u003cb"}`, `{"outbox":[]}`,
	} {
		var e event.Event
		if jsondoc.Event(text, &e) {
			t.Errorf("took %q, wanted it left", text)
		}
	}
	for _, text := range []string{``, `null`, `{}`, `[{}`, `[{"At":1}]`, `[{"n":null}]`, `[{"fields":["a"],"fields":[]}]`} {
		var all []record.Entry
		if jsondoc.Outbox(text, &all) {
			t.Errorf("took %q, wanted it left", text)
		}
	}
}

func FuzzDocuments(f *testing.F) {
	f.Add(mustText(f, whole[event.Event]()))
	f.Add(mustText(f, entries()))
	f.Add(`{"report":{},"slots":[{},{"id":"s1"}],"notices":[],"place":{"name":""},"place":{"link":"a"}}`)
	f.Add(`[{"fields":[]},{}]`)
	f.Add(mustText(f, whole[registration.Registration]()))
	f.Add(mustText(f, whole[resident.Resident]()))
	f.Add(mustText(f, whole[contact.Contact]()))
	f.Add(`{"shown":{"ver":1},"shown":{"place":"a"},"ver":-0,"asked":[],"sealed":"","words":[]}`)
	f.Add(`{"ver":-9223372036854775808,"consents":[{},{"given":false}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		agrees(t, text, jsondoc.Registration)
		agrees(t, text, jsondoc.Resident)
		agrees(t, text, jsondoc.Contact)
		agrees(t, text, jsondoc.Event)
		agrees(t, text, jsondoc.Outbox)
	})
}

func BenchmarkRegistration(b *testing.B) {
	text := mustText(b, whole[registration.Registration]())
	b.Run("quick", func(b *testing.B) {
		for b.Loop() {
			var r registration.Registration
			if !jsondoc.Registration(text, &r) {
				b.Fatal("not read")
			}
		}
	})
	b.Run("library", func(b *testing.B) {
		for b.Loop() {
			var r registration.Registration
			if err := json.Unmarshal([]byte(text), &r); err != nil {
				b.Fatal(err)
			}
		}
	})
}
