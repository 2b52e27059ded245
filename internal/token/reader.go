package token

import (
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// reader takes claims one by one and keeps the first fault.
type reader struct {
	c   claims
	err error
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *reader) has(name string) bool {
	if _, ok := r.c[name]; ok {
		return true
	}
	r.fail(refuse("claim_missing_"+name, "the claim %q is missing", name))
	return false
}

func (r *reader) wrongType(name string) {
	r.fail(refuse("claim_wrong_type_"+name, "the claim %q is not of its type or out of its range", name))
}

// text reads a claim that must be there and not empty.
func (r *reader) text(name string) string {
	if !r.has(name) {
		return ""
	}
	s, ok := textOf(r.c[name])
	if !ok || s == "" || len(s) > maxText {
		r.wrongType(name)
		return ""
	}
	return s
}

// optional reads a claim that may be missing or empty, but is text if there.
func (r *reader) optional(name string) string {
	v, there := r.c[name]
	if !there {
		return ""
	}
	s, ok := textOf(v)
	if !ok || len(s) > maxText {
		r.wrongType(name)
	}
	return s
}

// list reads an array of texts; aud may also be one text (RFC 7519 section 4.1.3).
func (r *reader) list(name string, orText bool) []string {
	if !r.has(name) {
		return nil
	}
	v := r.c[name]
	if s, ok := textOf(v); ok && orText {
		return []string{s}
	}
	var items []jsontext.Value
	if v.Kind() != '[' || json.Unmarshal(v, &items) != nil {
		r.wrongType(name)
		return nil
	}
	list := make([]string, 0, len(items))
	for _, item := range items {
		s, ok := textOf(item)
		if !ok {
			r.wrongType(name)
			return nil
		}
		list = append(list, s)
	}
	return list
}

// latest is the end of the year 9999, the last one RFC 3339 can write.
const latest = 253_402_300_799

// moment reads a NumericDate: seconds since 1970, perhaps with a fraction
// (RFC 7519 section 2), which is cut off.
func (r *reader) moment(name string) time.Time {
	if !r.has(name) {
		return time.Time{}
	}
	v := r.c[name]
	if v.Kind() != '0' || len(v) > 32 {
		r.wrongType(name)
		return time.Time{}
	}
	seconds, err := strconv.ParseFloat(string(v), 64)
	if err != nil || seconds < 1 || seconds > latest { // infinities fail here too
		r.wrongType(name)
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0)
}
