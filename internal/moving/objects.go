package moving

import (
	"errors"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// objectReader makes records of objects.
type objectReader[T any] struct {
	elements *elements
	make     func(line int64, v *T) (*Record, error)
}

// Next gives the next person.
func (o *objectReader[T]) Next() (*Record, error) {
	text, line, err := o.elements.next()
	if err != nil {
		return nil, err
	}
	v := new(T)
	if err := decode(text, v); err != nil {
		return nil, &Refused{Line: line, Reason: err.Error()}
	}
	return o.make(line, v)
}

// decode reads JSON strictly: a name that stands twice, or text that is none,
// is two readings of one row. The error names the place and shows no value.
func decode(text []byte, v any) error {
	err := json.Unmarshal(text, v)
	if err == nil {
		return nil
	}
	where, what := "", "the JSON is broken"
	if f, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		where = string(f.JSONPointer)
	}
	if f, ok := errors.AsType[*json.SemanticError](err); ok {
		where, what = string(f.JSONPointer), "the JSON holds a value of another type than expected"
	}
	if errors.Is(err, jsontext.ErrDuplicateName) {
		what = "a name stands twice in the JSON"
	}
	if where != "" && len(where) < 100 {
		what += " at " + strings.ToValidUTF8(where, "?")
	}
	return errors.New(what)
}
