package storetest

import (
	"fmt"
	"reflect"
)

// fill sets every field of the value to something that is not zero, each to
// something else, so that a field which a store forgets is seen.
func fill(v any) {
	n := 0
	fillValue(reflect.ValueOf(v).Elem(), &n)
}

func fillValue(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.String:
		// Accents as one character, as in composed text, and some that JSON escapes.
		v.SetString(fmt.Sprintf("Đạ Huoai <&> \"ấ\" %d", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(int64(*n))
	case reflect.Int64:
		v.SetInt(1<<53 + int64(*n)) // more than a float holds
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillValue(v.Elem(), n)
	case reflect.Struct:
		for _, field := range v.Fields() {
			fillValue(field, n)
		}
	case reflect.Slice:
		fillSlice(v, n)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for _, k := range []string{"vi", "en"} {
			e := reflect.New(v.Type().Elem()).Elem()
			fillValue(e, n)
			v.SetMapIndex(reflect.ValueOf(k).Convert(v.Type().Key()), e)
		}
	default:
		panic("storetest: no filling for " + v.Kind().String())
	}
}

func fillSlice(v reflect.Value, n *int) {
	if v.Type().Elem().Kind() == reflect.Uint8 {
		v.SetBytes([]byte{0, 0xff, byte(*n), 0x80})
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), 2, 2))
	for i := range 2 {
		fillValue(v.Index(i), n)
	}
}
