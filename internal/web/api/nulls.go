package api

import (
	"encoding/json"
	"strings"
)

// description is what programs read of the API. The library takes null for
// what may be left out, and does not say so: this does.
func (m *mount) description() ([]byte, error) {
	whole, err := json.Marshal(m.api.OpenAPI())
	if err != nil {
		return nil, err
	}
	var d description
	if err := json.Unmarshal(whole, &d); err != nil {
		return nil, err
	}
	d.schemas = branch(d.tree, "components", "schemas")
	for _, operations := range branch(d.tree, "paths") {
		for _, operation := range asBranch(operations) {
			for _, media := range branch(asBranch(operation), "requestBody", "content") {
				d.sent(branch(asBranch(media), "schema"))
			}
		}
	}
	return json.Marshal(d.tree)
}

// description is an OpenAPI document, as far as it is followed here.
type description struct {
	tree, schemas map[string]any
	seen          map[string]bool
}

// UnmarshalJSON reads the whole document.
func (d *description) UnmarshalJSON(text []byte) error {
	d.seen = map[string]bool{}
	return json.Unmarshal(text, &d.tree)
}

// sent lets null stand for what may be left out of a body, and of all that is
// in it.
func (d *description) sent(schema map[string]any) {
	if len(schema) == 0 {
		return
	}
	if ref, ok := schema["$ref"].(string); ok {
		name := ref[strings.LastIndexByte(ref, '/')+1:]
		if !d.seen[name] {
			d.seen[name] = true
			d.sent(branch(d.schemas, name))
		}
		return
	}
	required := map[string]bool{}
	if names, ok := schema["required"].([]any); ok {
		for _, name := range names {
			required[name.(string)] = true
		}
	}
	properties := branch(schema, "properties")
	for name, property := range properties {
		d.sent(asBranch(property))
		if !required[name] {
			properties[name] = orNull(asBranch(property))
		}
	}
	d.sent(branch(schema, "items"))
}

// orNull is the schema, or null.
func orNull(schema map[string]any) map[string]any {
	null := map[string]any{"type": "null"}
	if ref, ok := schema["$ref"]; ok {
		delete(schema, "$ref")
		schema["anyOf"] = []any{map[string]any{"$ref": ref}, null}
		return schema
	}
	if kind, ok := schema["type"].(string); ok {
		schema["type"] = []any{kind, "null"}
	}
	if words, ok := schema["enum"].([]any); ok {
		schema["enum"] = append(words, nil)
	}
	return schema
}

// branch is what stands below the names; empty where nothing does.
func branch(tree map[string]any, names ...string) map[string]any {
	for _, name := range names {
		tree = asBranch(tree[name])
	}
	return tree
}

func asBranch(node any) map[string]any {
	tree, _ := node.(map[string]any)
	return tree
}
