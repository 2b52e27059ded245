package httpkit

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

type shape struct {
	Email string   `json:"email"`
	Count int      `json:"count"`
	Inner inner    `json:"inner"`
	List  []string `json:"list"`
}

type inner struct {
	On bool `json:"on"`
}

// Validate is what an endpoint's own rules look like.
func (s *shape) Validate() (bad []api.FieldError) {
	if s.Email == "" {
		bad = append(bad, api.FieldError{Pointer: "/email", Code: "required", Detail: "Please enter it."})
	}
	return bad
}

// canary is what a client might send by mistake; no error may give it back.
const canary = "hunter2-canary"

func TestJSONIsReadInOneWayOnly(t *testing.T) {
	for _, c := range []struct {
		name, body, want, pointer string
	}{
		{"as asked", `{"email":"a","count":1,"inner":{"on":true},"list":["x"]}`, "", ""},
		{"blanks around", " \r\n\t{\"email\":\"a\"}\n", "", ""},
		{"empty object", `{}`, "", ""},
		// Two readers that pick different ones of two keys are how a checked value
		// and a used value come apart.
		{"a key twice", `{"email":"a","email":"` + canary + `"}`, "malformed_json (json_syntax)", ""},
		{"a key twice, once escaped", `{"email":"a","\u0065mail":"b"}`, "malformed_json (json_syntax)", ""},
		{"a key twice, deep inside", `{"inner":{"on":true,"on":false}}`, "malformed_json (json_syntax)", ""},
		{"a key in another case", `{"Email":"` + canary + `"}`, "malformed_json (json_unknown_key)", ""},
		{"both cases", `{"email":"a","EMAIL":"b"}`, "malformed_json (json_unknown_key)", ""},
		{"an unknown key", `{"mail":"` + canary + `"}`, "malformed_json (json_unknown_key)", ""},
		{"an unknown key, deep inside", `{"inner":{"mail":"` + canary + `"}}`, "malformed_json (json_unknown_key)", ""},
		{"something behind", `{"email":"a"} {}`, "malformed_json (json_syntax)", ""},
		{"a letter behind", `{"email":"a"}x`, "malformed_json (json_syntax)", ""},
		{"cut off", `{"email":"` + canary, "malformed_json (json_syntax)", ""},
		{"nothing", ``, "malformed_json (json_syntax)", ""},
		{"a comment", `{/* */"email":"a"}`, "malformed_json (json_syntax)", ""},
		{"a comma too many", `{"email":"a",}`, "malformed_json (json_syntax)", ""},
		{"single quotes", `{'email':'a'}`, "malformed_json (json_syntax)", ""},
		{"byte order mark", "\ufeff{}", "malformed_json (json_syntax)", ""},
		{"invalid UTF-8", "{\"email\":\"\xff\"}", "malformed_json (json_syntax)", ""},
		{"half a surrogate pair", `{"email":"\ud800"}`, "malformed_json (json_syntax)", ""},
		{"deeper than any shape", `{"list":` + strings.Repeat("[", 20_000), "malformed_json (json_syntax)", ""},
		{"a list", `[{"email":"a"}]`, "malformed_json (json_not_an_object)", ""},
		{"a text", `"` + canary + `"`, "malformed_json (json_not_an_object)", ""},
		{"a number", `1`, "malformed_json (json_not_an_object)", ""},
		{"null", ` null `, "malformed_json (json_not_an_object)", ""},
		{"wrong type", `{"email":1}`, "validation_failed", "/email"},
		{"wrong type, deep inside", `{"inner":{"on":"` + canary + `"}}`, "validation_failed", "/inner/on"},
		{"wrong type in a list", `{"list":["a",{}]}`, "validation_failed", "/list/1"},
		{"a fraction", `{"count":1.5}`, "validation_failed", "/count"},
		{"a number too big", `{"count":1e400}`, "validation_failed", "/count"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := decode([]byte(c.body), new(shape))
			if got := codeOf(err); got != c.want {
				t.Fatalf("got %q, want %q", got, c.want)
			}
			if err == nil {
				return
			}
			f := fault.From(err)
			if strings.Contains(f.Error()+f.Detail, canary) {
				t.Errorf("what was sent comes back: %+v", f)
			}
			if c.pointer != "" && (len(f.Fields) != 1 || f.Fields[0].Pointer != c.pointer || f.Fields[0].Code != "wrong_type") {
				t.Errorf("the fields are %+v", f.Fields)
			}
		})
	}
}

// Whoever mistypes a key is told which; nothing but plain text comes back, little
// of it, and none to the log.
func TestUnknownKeyIsNamed(t *testing.T) {
	for _, c := range []struct{ body, says string }{
		{`{"mail":"x"}`, `has the key "mail" that`},
		{`{"Email":"x"}`, `has the key "Email" that`},
		{`{"inner":{"a/b~c":1}}`, `has the key "a/b~c" that`},
		{`{"a\"b":1}`, `has the key "a\"b" that`},
		{`{"` + strings.Repeat("k", 41) + `":1}`, `has the key "` + strings.Repeat("k", 40) + `"... that`},
		{`{"":1}`, "has a key that"},
		{`{"mail\n":1}`, "has a key that"},
		{`{"m\u0430il":1}`, "has a key that"}, // Cyrillic, which looks like the right one
		{`{"<b>":1}`, `has the key "<b>" that`},
	} {
		f := fault.From(decode([]byte(c.body), new(shape)))
		if !strings.Contains(f.Detail, c.says) {
			t.Errorf("%s is told: %s", c.body, f.Detail)
		}
		if want := "malformed_json (json_unknown_key): unknown key"; f.Error() != want {
			t.Errorf("the log gets %q", f.Error())
		}
	}
}

func TestBodyOfAnEndpoint(t *testing.T) {
	w := build(t)
	full := strings.Repeat(" ", MaxBody-2) + "{}"
	for _, c := range []struct {
		name, body string
		headers    []string
		length     int64 // 0: as it is
		want       string
	}{
		{"JSON", "{}", []string{"Content-Type: application/json"}, 0, ""},
		{"JSON with a charset", "{}", []string{"Content-Type: application/json; charset=UTF-8"}, 0, ""},
		{"as large as may be", full, []string{"Content-Type: application/json"}, 0, ""},
		{"by its length", full + " ", []string{"Content-Type: application/json"}, 0, "body_too_large"},
		{"as a stream", full + " ", []string{"Content-Type: application/json"}, -1, "body_too_large"},
		// 413 stands before 415 in the contract.
		{"too large and of the wrong type", full + " ", []string{"Content-Type: text/plain"}, -1, "body_too_large"},
		{"no type", "{}", nil, 0, "unsupported_media_type"},
		{"text", "{}", []string{"Content-Type: text/plain"}, 0, "unsupported_media_type"}, // what a form of another site can send
		{"a form", "{}", []string{"Content-Type: application/x-www-form-urlencoded"}, 0, "unsupported_media_type"},
		{"a kind of JSON", "{}", []string{"Content-Type: application/problem+json"}, 0, "unsupported_media_type"},
		{"JSON as a parameter", "{}", []string{"Content-Type: text/plain; application/json"}, 0, "unsupported_media_type"},
		{"two types in one line", "{}", []string{"Content-Type: application/json, text/plain"}, 0, "unsupported_media_type"},
		{"two lines", "{}", []string{"Content-Type: application/json", "Content-Type: text/plain"}, 0, "unsupported_media_type"},
		{"another charset", "{}", []string{"Content-Type: application/json; charset=utf-16"}, 0, "unsupported_media_type"},
		{"packed", "{}", []string{"Content-Type: application/json", "Content-Encoding: gzip"}, 0, "unsupported_media_type"},
	} {
		r := ask(http.MethodPost, "/", c.body, c.headers...)
		if c.length != 0 {
			r.ContentLength = c.length
			r.Body = io.NopCloser(strings.NewReader(c.body))
		}
		body, err := w.look(r).Body("application/json")
		if got := codeOf(err); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
		if err == nil && string(body) != c.body {
			t.Errorf("%s: read %d bytes of %d", c.name, len(body), len(c.body))
		}
	}
}

func TestBodyThatBreaksOffIsMalformed(t *testing.T) {
	r := ask(http.MethodPost, "/", "", "Content-Type: application/json")
	r.ContentLength, r.Body = -1, io.NopCloser(io.MultiReader(strings.NewReader("{"), failing{}))
	_, err := build(t).look(r).Body("application/json")
	if got := codeOf(err); got != "malformed_request (body_unreadable)" {
		t.Error(got)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("the line went dead") }

// Each row also breaks everything that comes later: the first refusal of the
// contract's order must win, or clients chase the wrong cause.
func TestRefusalsComeInTheOrderOfTheContract(t *testing.T) {
	w := build(t)
	called := 0
	h := Endpoint(Rule{Role: Signed}, func(*Request, *shape) (Nothing, error) { called++; return Nothing{}, nil })
	const foreign = "Origin: https://evil.example"
	for _, c := range []struct {
		want, body string
		headers    []string
	}{
		{"body_too_large", strings.Repeat("x", MaxBody+1), []string{foreign, "Content-Type: text/plain"}},
		{"unsupported_media_type", "x", []string{foreign, "Content-Type: text/plain"}},
		{"origin_not_allowed", "x", []string{foreign, "Content-Type: application/json"}},
		{"csrf_token_missing", "x", []string{"Origin: " + own, "Content-Type: application/json"}},
		{"malformed_json", "x", []string{"Content-Type: application/json"}},
		{"validation_failed", "{}", []string{"Content-Type: application/json"}},
		{"not_authenticated", `{"email":"a"}`, []string{"Content-Type: application/json"}},
	} {
		p := read[api.Problem](t, w.serve(ask(http.MethodPost, "/", c.body, c.headers...), h.ServeHTTP))
		if string(p.Code) != c.want {
			t.Errorf("got %s, want %s", p.Code, c.want)
		}
	}
	if called != 0 {
		t.Error("the endpoint was called")
	}
}

func TestEndpointAnswers(t *testing.T) {
	w := build(t)
	for _, c := range []struct {
		name   string
		rule   Rule
		status int
		body   string
	}{
		{"200 by itself", Rule{}, 200, `{"On":true}`},
		{"another status", Rule{Status: http.StatusCreated}, 201, `{"On":true}`},
		{"nothing", Rule{Status: http.StatusNoContent}, 204, ""},
	} {
		h := Endpoint(c.rule, func(*Request, *Nothing) (struct{ On bool }, error) { return struct{ On bool }{true}, nil })
		rec := httptest.NewRecorder()
		w.Server(h).ServeHTTP(rec, ask(http.MethodPost, "/", "ignored"))
		if rec.Code != c.status || rec.Body.String() != c.body {
			t.Errorf("%s: %d %q", c.name, rec.Code, rec.Body)
		}
		if d := w.done[len(w.done)-1]; d.Status != c.status {
			t.Errorf("%s: the metrics hear %d", c.name, d.Status)
		}
	}
}

func TestOptionalBody(t *testing.T) {
	w := build(t)
	for _, c := range []struct {
		name, body string
		length     int64
		headers    []string
		want       string
	}{
		{"none", "", 0, nil, ""},
		{"one", `{"email":"a"}`, 13, []string{"Content-Type: application/json"}, ""},
		{"one of unknown length", `{"email":"a"}`, -1, []string{"Content-Type: application/json"}, ""},
		{"none, announced as a stream", "", -1, []string{"Content-Type: application/json"}, ""},
		{"not JSON", "a=b", 3, []string{"Content-Type: application/x-www-form-urlencoded"}, "unsupported_media_type"},
		{"from a page without a token", "", 0, []string{"Origin: " + own}, "csrf_token_missing"},
		{"from another site", "", 0, []string{"Origin: https://evil.example"}, "origin_not_allowed (origin_foreign)"},
	} {
		r := ask(http.MethodPost, "/", c.body, c.headers...)
		r.ContentLength = c.length
		var in shape
		if got := codeOf(w.look(r).ReceiveOptional(&in)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if c.want == "" && (in.Email == "a") != (c.body != "") {
			t.Errorf("%s: read %+v", c.name, in)
		}
	}
}

func TestFormHasEachFieldOnce(t *testing.T) {
	for _, c := range []struct {
		name, body, want string
		form             Form
	}{
		{"fields", "a=1&b=x+y%26", "", Form{"a": "1", "b": "x y&"}},
		{"empty", "", "", Form{}},
		{"a field twice", "a=1&a=2", "malformed_request (form_field_twice)", nil},
		{"a field twice, once encoded", "a=1&%61=2", "malformed_request (form_field_twice)", nil},
		{"semicolons", "a=1;b=2", "malformed_request (form_malformed)", nil},
		{"half an escape", "a=%4", "malformed_request (form_malformed)", nil},
		{"endless", strings.Repeat("&", 51), "malformed_request (form_malformed)", nil},
	} {
		form, err := parseForm(c.body)
		if got := codeOf(err); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if d := cmp.Diff(c.form, form); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}
