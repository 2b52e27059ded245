package httpapi

import (
	"reflect"
	"strconv"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/aiwfe/aiwfe-auth/api"
)

// distinct gives every field, however deep, a value that no other has: a field that
// is added to the answer and not written by hand is seen missing.
func distinct(v reflect.Value, n *int) {
	*n++
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		*x = time.Unix(int64(*n)*1e6, int64(*n)*1e6).UTC()
	case *string:
		*x = "text " + strconv.Itoa(*n)
	case *bool:
		*x = true
	case *[]string:
		*x = []string{"a", "b"}
	default:
		for i := range v.NumField() {
			distinct(v.Field(i), n)
		}
	}
}

func filled(change ...func(*api.Status)) (s api.Status) {
	n := 0
	distinct(reflect.ValueOf(&s).Elem(), &n)
	for _, f := range change {
		f(&s)
	}
	return s
}

func TestStatusIsWrittenAsTheLibraryWould(t *testing.T) {
	odd := "\x00\x1f\"\\/<&>\u2028é\U0001F600\x7f\t\n"
	for name, s := range map[string]api.Status{
		"every field":    filled(),
		"nothing":        {},
		"no scopes":      filled(func(s *api.Status) { s.Scopes = []string{} }),
		"one scope":      filled(func(s *api.Status) { s.Scopes = []string{odd} }),
		"odd texts":      filled(func(s *api.Status) { s.User.Name, s.User.Email, s.Session.Device = odd, odd, odd }),
		"another zone":   filled(func(s *api.Status) { s.User.CreatedAt = s.User.CreatedAt.In(time.FixedZone("", 5400)) }),
		"no text":        filled(func(s *api.Status) { s.User.Name = "\xff" }),
		"no such moment": filled(func(s *api.Status) { s.Session.ExpiresAt = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) }),
	} {
		want, wantErr := json.Marshal(s, json.Deterministic(true))
		got, err := appendStatus([]byte("kept "), &s)
		if (err == nil) != (wantErr == nil) || err == nil && string(got) != "kept "+string(want) {
			t.Errorf("%s: %v\n%s\n%s", name, err, got, want)
		}
	}
}
