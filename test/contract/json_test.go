package contract

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aiwfe/aiwfe-auth/test/vectors"
)

// all runs something for each element, some at once: refusals are held back, and one after another they would take long.
func all[T any](list []T, f func(T)) {
	var wait sync.WaitGroup
	for part := range slices.Chunk(list, len(list)/24+1) {
		wait.Go(func() {
			for _, element := range part {
				f(element)
			}
		})
	}
	wait.Wait()
}

// TestJSONIsReadInOneWay: parsers that disagree about the same text were the hole in parse-server and others; V1.5.3.
func TestJSONIsReadInOneWay(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	admin := w.admin(t).greet(t)
	targets := []struct{ method, path, good string }{
		{"POST", loginPath, `"email":"nobody@example.com","password":"` + wrong + `"`},
		{"POST", "/api/v1/auth/register", `"email":"json@example.com","password":"` + another + `"`},
		{"POST", "/api/v1/auth/reset-password", `"token":"x","password":"` + another + `"`},
		{"POST", "/api/v1/auth/jwt/refresh", `"refresh_token":"x"`},
		{"POST", "/api/v1/auth/password", `"current_password":"` + wrong + `","new_password":"` + another + `"`},
		{"PATCH", "/api/v1/users/me", `"name":"Ada"`},
		{"POST", "/api/v1/admin/users", `"email":"json2@example.com","name":"Ada"`},
		{"PATCH", "/api/v1/admin/users/999999", `"name":"Ada"`},
	}
	for _, x := range targets {
		key := strings.SplitN(x.good, `"`, 3)[1]
		rest := strings.TrimPrefix(x.good, `"`+key+`"`)
		for name, body := range map[string]string{
			"a key twice":                    `{` + x.good + `,"` + key + `":"z"}`,
			"a key twice, once escaped":      `{` + x.good + `,"\u00` + hex(key[0]) + key[1:] + `":"z"}`,
			"a key in capitals":              `{"` + strings.ToUpper(key) + `"` + rest + `}`,
			"a key and the same in capitals": `{` + x.good + `,"` + strings.ToUpper(key) + `":"z"}`,
			"a key in title case":            `{"` + strings.ToUpper(key[:1]) + key[1:] + `"` + rest + `}`,
			"an unknown key":                 `{` + x.good + `,"zzz":1}`,
			"a key of prototypes":            `{` + x.good + `,"__proto__":{"role":"admin"}}`,
			"something behind":               `{` + x.good + `} {}`,
			"a letter behind":                `{` + x.good + `}x`,
			"a comma behind":                 `{` + x.good + `,}`,
			"a comment":                      `{` + x.good + `/* */}`,
			"single quotes":                  `{'` + key + `':'x'}`,
			"a byte order mark":              "\ufeff{" + x.good + `}`,
			"a list":                         `[{` + x.good + `}]`,
			"a text":                         `"x"`, "null": `null`, "a number": `1`, "blanks": `  `,
			"not UTF-8":        "{" + x.good + ",\"zzz\":\"\xff\"}",
			"a lone surrogate": `{"` + key + `":"\ud800"}`,
		} {
			a := admin.do(t, x.method, x.path, body)
			if a.status != http.StatusBadRequest || a.code() != "malformed_json" {
				t.Errorf("%s, %s: %s; want 400 malformed_json", name, body, a)
			}
		}
	}
	for _, email := range []string{"json@example.com", "json2@example.com"} {
		if a := admin.do(t, "GET", "/api/v1/admin/users?q="+email, nil); len(a.sessionIDs()) > 0 {
			t.Errorf("a refused body made an account: %s", a)
		}
	}
}

func hex(b byte) string { return string("0123456789abcdef"[b>>4]) + string("0123456789abcdef"[b&15]) }

// TestJSONTestSuite sends all its texts: none is a success, none a failure of ours, and what RFC 8259 forbids is 400.
func TestJSONTestSuite(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	csrf := w.program().greet(t).csrf
	for _, path := range []string{loginPath, "/api/v1/auth/register"} {
		all(vectors.JSONTestSuite(), func(k vectors.JSONCase) {
			c := w.program()
			c.csrf = csrf
			a := c.do(t, "POST", path, string(k.Body))
			allowed := []int{400, 413}
			if k.Expect != vectors.Reject {
				allowed = append(allowed, 422)
			}
			if !slices.Contains(allowed, a.status) {
				t.Errorf("%s: %s; want one of %v", k.Name, a, allowed)
			}
		})
	}
}

// TestFieldsThatAreNotTheCallers: mass assignment (Zitadel CVE-2026-27946).
func TestFieldsThatAreNotTheCallers(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	c := w.program().signIn(t, w.user(t), password)
	for _, field := range []string{"password", "email", "role"} {
		for _, value := range []any{"x", nil, 1, object{}} {
			c.do(t, "PATCH", "/api/v1/users/me", object{field: value}).want(t, http.StatusUnprocessableEntity, "validation_failed")
		}
	}
	for _, field := range []string{"id", "status", "is_verified", "is_active", "is_superuser", "hashed_password", "created_at", "scopes"} {
		a := c.do(t, "PATCH", "/api/v1/users/me", object{"name": "Ada", field: true})
		if a.status != http.StatusBadRequest && a.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %s", field, a)
		}
	}
	me := c.do(t, "GET", "/api/v1/users/me", nil)
	if me.text("role") != "user" || me.text("name") != "" {
		t.Errorf("after all that: %s", me)
	}
	email := w.address()
	a := w.program().do(t, "POST", "/api/v1/auth/register", object{
		"email": email, "password": password, "is_active": true, "is_superuser": true, "is_verified": true,
	})
	a.want(t, http.StatusCreated, "")
	if a.member("is_superuser") != false || a.member("is_verified") != false || a.text("role") != "user" {
		t.Errorf("FastAPI-Users' flags are to be ignored: %s", a)
	}
	for _, field := range []string{"role", "status", "id", "scopes"} {
		w.program().do(t, "POST", "/api/v1/auth/register", object{"email": w.address(), "password": password, field: "admin"}).
			want(t, http.StatusBadRequest, "malformed_json")
	}
	if strings.Contains(string(me.body), "hash") {
		t.Errorf("the profile tells of a hash: %s", me)
	}
}

// TestEveryBodyIsReadStrictly: a key that is not known, a key twice, a key in another case, anything after the value.
func TestEveryBodyIsReadStrictly(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	boss := w.admin(t)
	for _, r := range unsafeRoutes() {
		body, ok := r.body.(object)
		if !ok || r.path == loginPath {
			continue
		}
		text := jsonText(body)
		spoilt := []string{
			`{"colour":"red",` + strings.TrimPrefix(text, "{"), text + "{}", text + " x", "[" + text + "]", `"text"`, "[]", `{"a":}`,
		}
		for key, value := range body {
			spoilt = append(spoilt, `{"`+key+`":`+jsonText(value)+`,`+text[1:], `{"`+strings.ToUpper(key)+`":`+jsonText(value)+`}`)
		}
		for _, s := range spoilt {
			if s == `{"colour":"red",}` {
				s = `{"colour":"red"}`
			}
			a := boss.do(t, r.method, r.address(), s)
			if a.status != http.StatusBadRequest && a.status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %s", s, a)
			}
		}
	}
	boss.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusOK, "")
}
