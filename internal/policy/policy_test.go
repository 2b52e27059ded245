package policy

import (
	"strings"
	"testing"
	"time"
)

const rules = `
rules:
  - {name: health, paths: [/healthz], methods: [GET], allow: everyone}
  - {name: closed, paths: [/internal/**], allow: nobody}
  - {name: administration, hosts: [app.example.com], paths: [/admin/**], roles: [admin], proof: second_factor, fresh: 10m}
  - {name: keys, paths: [/keys], proof: phishing_resistant}
  - {name: writing, hosts: ["*.example.com"], paths: [/api/*/items], methods: [POST, PUT], scopes: [write]}
  - {name: everything, hosts: [app.example.com, "*.example.com"]}
`

func policy(t *testing.T) *Policy {
	t.Helper()
	l, wrong := Parse([]byte(rules))
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	return l
}

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

func TestDecisions(t *testing.T) {
	ada := func(change func(*Person)) *Person {
		p := &Person{Role: "user", Scopes: []string{"read", "write"}, Method: "password", ProvenAt: noon.Add(-time.Hour)}
		if change != nil {
			change(p)
		}
		return p
	}
	admin := func(method string, ago time.Duration) *Person {
		return &Person{Role: "admin", Scopes: []string{"read", "write", "admin"}, Method: method, ProvenAt: noon.Add(-ago)}
	}
	for _, tt := range []struct {
		method, host, path string
		who                *Person
		want               Verdict
		rule, reason       string
	}{
		{"GET", "any.where", "/healthz", nil, Allow, "health", ReasonAllowed},
		{"HEAD", "any.where", "/healthz", nil, Allow, "health", ReasonAllowed},
		{"POST", "any.where", "/healthz", nil, Refuse, "", ReasonNoRule},
		{"GET", "app.example.com", "/internal", admin("passkey", 0), Refuse, "closed", ReasonNobody},
		{"GET", "app.example.com", "/", nil, SignIn, "everything", ReasonSignIn},
		{"GET", "app.example.com", "/", ada(nil), Allow, "everything", ReasonAllowed},
		{"GET", "example.com", "/", ada(nil), Refuse, "", ReasonNoRule},
		{"GET", "evilexample.com", "/", ada(nil), Refuse, "", ReasonNoRule},
		{"GET", "b.a.example.com", "/", ada(nil), Allow, "everything", ReasonAllowed},
		{"GET", "app.example.com", "/admin", ada(nil), Refuse, "administration", ReasonRole},
		{"GET", "app.example.com", "/admin/", admin("password", 0), StepUp, "administration", ReasonProof},
		{"GET", "app.example.com", "/admin/x/y", admin("password+totp", time.Hour), StepUp, "administration", ReasonFresh},
		{"GET", "app.example.com", "/admin/x", admin("passkey", 0), Allow, "administration", ReasonAllowed},
		{"GET", "app.example.com", "/admin/x", admin("passkey", -time.Minute), StepUp, "administration", ReasonFresh},
		{"GET", "app.example.com", "/Admin/x", ada(nil), Refuse, "everything", ReasonAmbiguous},
		{"GET", "app.example.com", "/admin;v=1/x", ada(nil), Refuse, "everything", ReasonAmbiguous},
		{"GET", "app.example.com", "/Reports", ada(nil), Allow, "everything", ReasonAllowed},
		{"GET", "app.example.com", "/administration", ada(nil), Allow, "everything", ReasonAllowed},
		{"GET", "any.where", "/keys", ada(func(p *Person) { p.Method = "password+backup_code" }), StepUp, "keys", ReasonProof},
		{"GET", "any.where", "/keys", ada(func(p *Person) { p.Method = "password+webauthn" }), Allow, "keys", ReasonAllowed},
		{"GET", "any.where", "/keys", ada(func(p *Person) { p.Method = "personal_token" }), StepUp, "keys", ReasonProof},
		{"POST", "app.example.com", "/api/v1/items", ada(func(p *Person) { p.Scopes = []string{"read"} }), Refuse, "writing", ReasonScope},
		{"POST", "app.example.com", "/api/v1/items", ada(nil), Allow, "writing", ReasonAllowed},
		{"POST", "app.example.com", "/api/items", ada(func(p *Person) { p.Scopes = nil }), Allow, "everything", ReasonAllowed},
	} {
		d := policy(t).Decide(Place{tt.host, tt.path, tt.method}, tt.who, noon)
		name := ""
		if d.Rule != nil {
			name = d.Rule.Name
		}
		if d.Verdict != tt.want || name != tt.rule || d.Reason != tt.reason || d.Detail == "" {
			t.Errorf("%s %s%s: %d by %q: %s", tt.method, tt.host, tt.path, d.Verdict, name, d.Reason)
		}
	}
}

func TestWhatAServerMayReadOtherwiseOpensNothing(t *testing.T) {
	l, wrong := Parse([]byte(`
rules:
  - {name: closed, paths: [/Admin/**, /secret/**, /grüße], allow: nobody}
  - {name: writing, methods: [POST], allow: nobody}
  - {name: rest, allow: everyone}
`))
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	for _, tt := range []struct {
		method, path string
		want         Verdict
	}{
		{"GET", "/open", Allow},
		{"GET", "/open/v1:batch", Allow},
		{"GET", "/open;v=1/x", Allow},
		{"GET", "/open./x ", Allow},
		{"GET", "/admin/x", Refuse}, // the rule is in capitals, and Windows folds case
		{"GET", "/ADMIN", Refuse},
		{"GET", "/secret./x", Refuse},
		{"GET", "/secret /x", Refuse},
		{"GET", "/secret::$INDEX_ALLOCATION/x", Refuse},
		{"GET", "/secret:$I30:$INDEX_ALLOCATION/x", Refuse},
		{"GET", "/secret;a/x", Refuse},
		{"GET", "/secret;a./x", Refuse},
		{"GET", "/sec\u200dret/x", Refuse},
		{"GET", "/\uff53ecret/x", Refuse}, // a wide s
		{"GET", "/\u017fecret/x", Refuse}, // a long s, which folds to s
		{"GET", "/gru\u0308ße", Refuse},   // the same word, decomposed
		{"post", "/open", Refuse},
		{"Post", "/open", Refuse},
		{"", "/open", Refuse},
		{"GET", "", Refuse},
		{"GET", "open", Refuse},
	} {
		if d := l.Decide(Place{"app.example.com", tt.path, tt.method}, nil, noon); d.Verdict != tt.want {
			t.Errorf("%s %q: %d, %s", tt.method, tt.path, d.Verdict, d.Reason)
		}
	}
}

func FuzzCovers(f *testing.F) {
	f.Add("/a/**", "/a/*", "/a/b/")
	f.Add("/*", "/", "/")
	f.Fuzz(func(t *testing.T, wide, narrow, raw string) {
		path, err := Path(raw)
		if err != nil || pattern(wide) != "" || pattern(narrow) != "" {
			return
		}
		w, n := covers(wide, path, exactly), covers(narrow, path, exactly)
		if contains(wide, narrow) && n && !w {
			t.Errorf("%q contains %q, which is about %q", wide, narrow, path)
		}
		if n && !covers(narrow, strings.TrimSuffix(path, "/"), exactly) && path != "/" {
			t.Errorf("%q is about %q only with a slash", narrow, path)
		}
		if !strings.Contains(narrow, "*") && covers(narrow, narrow, exactly) != true {
			t.Errorf("%q is not about itself", narrow)
		}
		if n && !covers(narrow, strings.ToUpper(path), strings.EqualFold) && strings.EqualFold(strings.ToUpper(path), path) {
			t.Errorf("%q is about %q in one case only", narrow, path)
		}
	})
}

func TestNobodyGetsInByMistake(t *testing.T) {
	if d := (&Policy{}).Decide(Place{}, &Person{Role: "admin"}, noon); d.Verdict != Refuse || new(Decision).Verdict != Refuse {
		t.Error(d)
	}
	if d := Default("app.example.com").Decide(Place{"other.example.com", "/", "GET"}, &Person{}, noon); d.Verdict != Refuse {
		t.Error(d)
	}
}
