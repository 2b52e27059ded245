package backup

import (
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"
)

// Kind is what a column holds, whatever its engine calls it.
type Kind string

// The kinds. A Key is the id of an account: a number or a text.
const (
	Int   Kind = "int"
	Bool  Kind = "bool"
	Text  Kind = "text"
	Bytes Kind = "bytes"
	Time  Kind = "time"
	Real  Kind = "real"
	Key   Kind = "key"
)

// timeForms are those that a users table of SQLite may hold.
var timeForms = []string{
	"2006-01-02 15:04:05.999999999", time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999", "2006-01-02",
}

// As gives a value in the one form that its kind has on every engine. What has
// none is given back as it is: SQLite lets anything stand anywhere.
func As(k Kind, v any) any {
	switch k {
	case Time:
		return asMoment(v)
	case Bool:
		if n, ok := v.(int64); ok && (n == 0 || n == 1) {
			return n == 1
		}
	case Key:
		if n, ok := v.(int64); ok {
			return strconv.FormatInt(n, 10)
		}
	case Int:
		if s, ok := v.(string); ok {
			if n, err := strconv.ParseInt(s, 10, 64); err == nil {
				return n
			}
		}
		if yes, ok := v.(bool); ok {
			return map[bool]int64{true: 1}[yes]
		}
	case Text:
		if b, ok := v.([]byte); ok && utf8.Valid(b) {
			return string(b)
		}
	case Bytes:
		if s, ok := v.(string); ok {
			return []byte(s)
		}
	case Real:
		if n, ok := v.(int64); ok {
			return float64(n)
		}
	}
	return v
}

func asMoment(v any) any {
	switch t := v.(type) {
	case int64:
		return Moment(t * 1e6)
	case string:
		for _, form := range timeForms {
			if at, err := time.Parse(form, t); err == nil {
				return Moment(at.UnixMicro())
			}
		}
	}
	return v
}

// Fits says why a value cannot stand in a column of its kind on an engine that
// takes no other; "" when it can.
func Fits(k Kind, v any) string {
	ok := true
	switch k {
	case Int:
		_, ok = v.(int64)
	case Bool:
		_, ok = v.(bool)
	case Text:
		_, ok = v.(string)
	case Bytes:
		_, ok = v.([]byte)
	case Time:
		_, ok = v.(Moment)
	case Real:
		_, ok = v.(float64)
	case Key:
	}
	switch {
	case v == nil || ok:
		return ""
	case k == Time:
		return "holds a timestamp that cannot be read"
	}
	return fmt.Sprintf("holds %s where %s belongs", kindOf(v), k)
}

func kindOf(v any) Kind {
	switch v.(type) {
	case int64:
		return Int
	case bool:
		return Bool
	case []byte:
		return Bytes
	case Moment:
		return Time
	case float64:
		return Real
	}
	return Text
}
