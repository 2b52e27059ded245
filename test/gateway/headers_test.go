package gateway

import (
	"bufio"
	"encoding/json"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// identity is all that an application is told.
var identity = []string{
	"Remote-User", "Remote-Email", "Remote-Name", "Remote-Groups", "X-Auth-Request-User", "X-Auth-Request-Email", "X-Auth-Request-Groups",
	"X-Auth-Session-Id", "X-Auth-Assertion",
}

// raw sends bytes as they are and reads the one answer.
func (s *stage) raw(t testing.TB, text string) answer {
	t.Helper()
	c, err := net.Dial("tcp", s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, err := c.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	body := new(strings.Builder)
	_, _ = bufio.NewReader(res.Body).WriteTo(body)
	return answer{res, body.String()}
}

// spellings are those that some server takes for one another.
func spellings(name string) []string {
	return []string{
		name, strings.ToLower(name), strings.ToUpper(name), strings.ReplaceAll(name, "-", "_"), strings.ToLower(strings.ReplaceAll(name, "-", "_")),
		strings.ToUpper(strings.ReplaceAll(name, "-", "_")), strings.Replace(name, "-", "_", 1),
	}
}

func TestNobodyTellsTheApplicationWhoHeIs(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"UPSTREAMS": "/open=APPLICATION", "POLICY_FILE": policyFile(t, `
rules:
  - name: open
    paths: ["/open", "/open/**"]
    allow: everyone
  - name: the rest
    paths: ["/**"]
    allow: signed_in
`)})
	ada := s.signIn(t, "ada@example.com")
	for _, name := range append([]string{
		"X-Forwarded-User", "X-Forwarded-Email", "X-Remote-User", "X-WebAuth-User", "X-Authentik-Username", "Cf-Access-Jwt-Assertion",
		"X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override", "X-Forwarded-Prefix", "X-Forwarded-Uri", "X-Forwarded-Anything",
	}, identity...) {
		for _, spelling := range spellings(name) {
			for who, shown := range map[string]string{"ada": "Authorization: " + ada.bearer() + "\r\n", "a stranger": ""} {
				path := "/open/x"
				if shown != "" {
					path = "/x"
				}
				for _, named := range []string{"close", "close, " + spelling} { // as hop-by-hop, ours would go with it
					got := arrived(t, s.raw(t, "GET "+path+" HTTP/1.1\r\nHost: "+s.host()+"\r\nConnection: "+named+"\r\n"+
						spelling+": forged\r\n"+spelling+": forged\r\n"+shown+"\r\n"))
					for sent, values := range got.Header {
						if slices.Contains(values, "forged") {
							t.Errorf("%s by %s: the application got %s: %q", spelling, who, sent, values)
						}
					}
					told(t, got, who, ada)
				}
			}
		}
	}
}

// told says whether an application is told who it is: once and all of it.
func told(t testing.TB, got came, who string, p pass) {
	t.Helper()
	for _, name := range identity {
		values, there := got.Header[name]
		switch {
		case !there, len(values) != 1:
			t.Errorf("%s: %s is %q", who, name, values)
		case who == "a stranger" && values[0] != "":
			t.Errorf("a stranger is told to be %s %q", name, values)
		case who != "a stranger" && values[0] == "" && name != "Remote-Name":
			t.Errorf("%s: %s is empty", who, name)
		}
	}
	if who != "a stranger" && got.Header.Get("Remote-User") != p.id {
		t.Errorf("%s is told to be %s", who, got.Header.Get("Remote-User"))
	}
}

// host is what a browser would send.
func (s *stage) host() string { return strings.TrimPrefix(s.URL, "http://") }

func TestOurCookiesAndTokensStayHere(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ credentials, bearer, cookie string }{{"none", "", ""}, {"bearer", "sent", ""}, {"cookie", "sent", "sent"}} {
		s := newStage(t, map[string]string{"UPSTREAM_CREDENTIALS": tt.credentials})
		p := s.signIn(t, "ada@example.com")
		got := arrived(t, s.ask(t, "GET", "/x", nil, "Authorization", p.bearer(), "Cookie", "theme=dark; aiwfe_csrf=a"))
		if sent := got.Header.Get("Authorization"); (sent != "") != (tt.bearer != "") || got.Header.Get("Cookie") != "theme=dark" {
			t.Errorf("%s: %q %q", tt.credentials, sent, got.Header["Cookie"])
		}
		got = arrived(t, s.ask(t, "GET", "/x", nil, "Cookie", " theme=dark ;"+p.cookie+";__Host-aiwfe_session=a; __host-AIWFE_csrf=b", "Cookie", "aiwfe_device =c; lang=de;__Secure-aiwfe_challenge"))
		want := "theme=dark; lang=de"
		if tt.cookie != "" {
			want = "theme=dark; " + p.cookie + "; __Host-aiwfe_session=a; lang=de"
		}
		if sent := got.Header["Cookie"]; len(sent) != 1 || sent[0] != want {
			t.Errorf("%s: %q, want %q", tt.credentials, sent, want)
		}
	}
}

func TestTheAnswerIsTheApplicationsButForWhatIsOurs(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	p := s.signIn(t, "ada@example.com")
	a := s.ask(t, "GET", "/cookies", nil, "Authorization", p.bearer(), "Origin", "https://elsewhere.example")
	if set := a.Header["Set-Cookie"]; len(set) != 1 || set[0] != "theme=dark; Path=/" {
		t.Errorf("it sets %q", set)
	}
	for name, want := range map[string]string{
		"Clear-Site-Data": `"cache"`, "Content-Security-Policy": "default-src *", "Access-Control-Allow-Origin": "*",
		"X-Frame-Options": "", "Cache-Control": "", "Cross-Origin-Opener-Policy": "", "X-Content-Type-Options": "", "Vary": "",
	} {
		if got := strings.Join(a.Header[name], " | "); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if a.Header.Get("X-Request-Id") == "" {
		t.Error("the answer has no id")
	}
	if a := s.ask(t, "GET", "/fails", nil, "Authorization", p.bearer()); a.StatusCode != 500 || a.body != "the application's own\n" {
		t.Errorf("%d %q", a.StatusCode, a.body)
	}
	a = s.ask(t, "GET", "/hint", nil, "Authorization", p.bearer())
	if a.StatusCode != 200 || a.body != "hinted" || a.Header.Get("Link") != "</style.css>; rel=preload" {
		t.Errorf("after an early hint: %d %q %v", a.StatusCode, a.body, a.Header)
	}
}

// An assertion is of a key that is published, for this application alone.
func TestTheAssertionIsSignedForTheHost(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"UPSTREAMS": "app.localhost/=APPLICATION"})
	p := s.signIn(t, "ada@example.com")
	for _, host := range []string{"localhost", "app.localhost"} {
		sent := host + s.host()[strings.Index(s.host(), ":"):]
		got := arrived(t, s.ask(t, "GET", "/x", nil, "Host", sent, "Authorization", p.bearer()))
		var claims struct {
			Audience string `json:"aud"`
			Subject  string `json:"sub"`
			Issuer   string `json:"iss"`
		}
		if err := json.Unmarshal(verified(t, s, got.Header.Get("X-Auth-Assertion")), &claims); err != nil {
			t.Fatal(err)
		}
		if claims.Audience != host || claims.Subject != p.id || claims.Issuer != s.URL {
			t.Errorf("%+v", claims)
		}
		if got.Host != sent || got.Header.Get("X-Forwarded-Host") != sent {
			t.Errorf("%s reached it as %s", sent, got.Host)
		}
	}
	other := s.ask(t, "GET", "/login", nil, "Host", "app.localhost", "Authorization", p.bearer())
	if got := arrived(t, other); got.URI != "/login" {
		t.Errorf("on its own host all is the application's: %+v", got)
	}
}
