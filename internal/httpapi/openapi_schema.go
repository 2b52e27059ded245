package httpapi

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/aiwfe/aiwfe-auth/api"
)

// member is one field of a body, as its tags describe it.
type member struct {
	name, doc string
	t         reflect.Type
	enum      []string
	max       int
	required  bool
	null      bool
}

// members reads the fields of a body type in their order. A request may leave
// out what is a pointer or has omitzero; an answer leaves out omitzero alone,
// and its pointers may be null.
func members(t reflect.Type, request bool) ([]member, error) {
	var list []member
	for i := range t.NumField() {
		f := t.Field(i)
		name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Tag.Get("hidden") == "true", name == "-":
			continue
		case name == "" || f.Anonymous:
			return nil, fmt.Errorf("%s.%s has no name in JSON", t, f.Name)
		}
		pointer := f.Type.Kind() == reflect.Pointer
		optional := strings.Contains(opts, "omitzero") || request && pointer
		m := member{name: name, doc: f.Tag.Get("doc"), t: f.Type, required: !optional, null: pointer && (request || !optional)}
		if pointer {
			m.t = f.Type.Elem()
		}
		if e := f.Tag.Get("enum"); e != "" {
			m.enum = strings.Split(e, ",")
		}
		if text := f.Tag.Get("maxLength"); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil {
				return nil, fmt.Errorf("%s.%s: %w", t, f.Name, err)
			}
			m.max = n
		}
		list = append(list, m)
	}
	return list, nil
}

// registry holds the named schemas.
type registry map[string]*schema

const schemaRef = "#/components/schemas/"

var (
	timeType = reflect.TypeFor[time.Time]()
	codeType = reflect.TypeFor[api.Code]()
	// rawType is JSON that passes through as it is.
	rawType = reflect.TypeFor[jsontext.Value]()
)

// of gives the schema of a type; structs are named and referred to.
func (r registry) of(t reflect.Type, request bool) (*schema, error) {
	switch {
	case t == timeType:
		return &schema{Type: "string", Format: "date-time"}, nil
	case t == codeType:
		return r.codes(), nil
	case t == rawType:
		return &schema{Type: "object"}, nil
	}
	switch t.Kind() {
	case reflect.String:
		return &schema{Type: "string"}, nil
	case reflect.Bool:
		return &schema{Type: "boolean"}, nil
	case reflect.Int:
		return &schema{Type: "integer"}, nil
	case reflect.Int64:
		return &schema{Type: "integer", Format: "int64"}, nil
	case reflect.Float64:
		return &schema{Type: "number", Format: "double"}, nil
	case reflect.Slice:
		items, err := r.of(t.Elem(), request)
		return &schema{Type: "array", Items: items}, err
	case reflect.Map:
		values, err := r.of(t.Elem(), request)
		return &schema{Type: "object", AdditionalProperties: values}, err
	case reflect.Pointer: // in a list or map: a value that may be null
		s, err := r.of(t.Elem(), request)
		if err != nil || s.Ref != "" {
			return &schema{AnyOf: []*schema{s, {Type: "null"}}}, err
		}
		s.Type = []any{s.Type, "null"}
		return s, nil
	case reflect.Struct:
		return &schema{Ref: schemaRef + t.Name()}, r.add(t, request)
	}
	return nil, fmt.Errorf("%s has no place in the document", t)
}

// add names a struct. A request refuses unknown members, as the decoder does;
// an answer may gain some, which no client should stumble over.
func (r registry) add(t reflect.Type, request bool) error {
	if r[t.Name()] != nil {
		return nil
	}
	s := &schema{Type: "object", Properties: map[string]*schema{}}
	r[t.Name()] = s
	if request {
		s.AdditionalProperties = false
	}
	list, err := members(t, request)
	if err != nil {
		return err
	}
	for _, m := range list {
		p, err := r.of(m.t, request)
		if err != nil {
			return fmt.Errorf("%s.%s: %w", t, m.name, err)
		}
		s.Properties[m.name] = m.describe(p)
		if m.required {
			s.Required = append(s.Required, m.name)
		}
	}
	return nil
}

func (m member) describe(p *schema) *schema {
	p.Description, p.MaxLength = m.doc, m.max
	for _, e := range m.enum {
		p.Enum = append(p.Enum, e)
	}
	if strings.Contains(m.name, "password") {
		p.Format = "password"
	}
	if !m.null {
		return p
	}
	if p.Ref != "" {
		return &schema{Description: m.doc, AnyOf: []*schema{{Ref: p.Ref}, {Type: "null"}}}
	}
	p.Type = []any{p.Type, "null"}
	if len(p.Enum) > 0 {
		p.Enum = append(p.Enum, nil)
	}
	return p
}

// codes is the closed list of error codes.
func (r registry) codes() *schema {
	if r["Code"] == nil {
		s := &schema{Type: "string", Description: "The stable name of an error. Codes are never renamed; new ones may be added."}
		for _, c := range slices.Sorted(maps.Keys(api.Codes)) {
			s.Enum = append(s.Enum, c)
		}
		r["Code"] = s
	}
	return &schema{Ref: schemaRef + "Code"}
}

// typeName is a type in words, for the reference page.
func (m member) typeName() string {
	name := map[reflect.Kind]string{
		reflect.String: "text", reflect.Bool: "true or false", reflect.Int: "number", reflect.Int64: "number",
		reflect.Float64: "number", reflect.Slice: "list", reflect.Map: "object", reflect.Struct: "object",
	}[m.t.Kind()]
	switch {
	case m.t == timeType:
		name = "time"
	case m.t == rawType:
		name = "object"
	case m.t.Kind() == reflect.Slice && m.t.Elem().Kind() == reflect.Struct:
		name = "list of " + m.t.Elem().Name()
	case m.t.Kind() == reflect.Struct:
		name = m.t.Name()
	case len(m.enum) > 0:
		name = strings.Join(m.enum, " | ")
	}
	if m.null {
		name += " or null"
	}
	return name
}
