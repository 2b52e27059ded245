package sdk

import (
	"strings"
	"sync"
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/gateway"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// comeThroughGateway has the example look at what the real gateway signs.
func (p *platform) comeThroughGateway(t *testing.T) {
	t.Helper()
	stranger, ada := newVisitor(t), newVisitor(t)
	token := ada.signIn(p.URL, residents[0])
	until(t, "the gateway reaches the application", func() bool {
		return ada.ask("GET", p.URL+"/behind", nil).status == 200
	})
	// The cookie comes along only where the server is set to hand it on.
	both := map[string]int{"": 401, "none": 401, "cookie": 200}[p.Env("UPSTREAM_CREDENTIALS")]
	claim := []string{"Remote-User", "3", "X-Auth-Request-User", "3", "X-Auth-Assertion", "e30.e30.e30", "Accept", "text/html"}
	for _, tt := range []struct {
		what   string
		who    *visitor
		path   string
		header []string
		status int
		body   string
	}{
		{"by cookie", ada, "/behind", nil, 200, residents[0]},
		{"by token", stranger, "/behind", []string{"Authorization", "Bearer " + token}, 200, residents[0]},
		{"with claims beside", ada, "/behind", claim, 200, residents[0]},
		{"a stranger", stranger, "/behind", nil, 401, ""},
		{"a stranger with claims", stranger, "/behind", claim[:6], 401, ""},
		{"asked after", ada, "/both", nil, both, ""},
	} {
		if a := tt.who.ask("GET", p.URL+tt.path, nil, tt.header...); a.status != tt.status || !strings.Contains(a.body, tt.body) {
			t.Errorf("%s: %d %s", tt.what, a.status, a.body)
		}
	}
}

// behindForwardAuth has it look at what a proxy was told, which asks the server and
// hands the request on itself.
func (p *platform) behindForwardAuth(t *testing.T) {
	caddy := ground.Caddy(t, `http://localhost:{{port}} {
	forward_auth `+p.Addr+` {
		uri /api/v1/auth/forward
		header_up Host `+strings.TrimPrefix(p.URL, "http://")+`
		copy_headers `+strings.Join(gateway.Identity, " ")+`
	}
	reverse_proxy `+p.app+`
}
`)
	stranger, ada := newVisitor(t), newVisitor(t)
	token := ada.signIn(p.URL, residents[0])
	for _, tt := range []struct {
		what   string
		who    *visitor
		header []string
		status int
		body   string
	}{
		{"by cookie", ada, nil, 200, residents[0]},
		{"by token", stranger, []string{"Authorization", "Bearer " + token}, 200, residents[0]},
		{"with a claim", ada, []string{"X-Auth-Assertion", "e30.e30.e30"}, 200, residents[0]},
		{"a stranger", stranger, nil, 401, ""},
		{"a stranger with a claim", stranger, []string{"Remote-User", "3", "X-Auth-Assertion", "e30.e30.e30"}, 401, ""},
	} {
		if a := tt.who.ask("GET", caddy.URL+"/behind", nil, tt.header...); a.status != tt.status || !strings.Contains(a.body, tt.body) {
			t.Errorf("%s: %d %s", tt.what, a.status, a.body)
		}
	}
}

// crowd has two people ask a thousand times each, through the gateway and past it,
// all at once: nobody is ever taken for the other.
func (p *platform) crowd(t *testing.T) {
	people := [2]*visitor{newVisitor(t), newVisitor(t)}
	var tokens [2]string
	for i, v := range people {
		tokens[i] = v.signIn(p.URL, residents[i])
	}
	var wg sync.WaitGroup
	for lane := range 50 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for n := range 40 {
				i := (lane + n) % 2
				url, header := p.URL+"/behind", []string(nil)
				switch n % 4 {
				case 1:
					header = []string{"Authorization", "Bearer " + tokens[i]}
				case 2:
					url = p.appURL() + "/asks"
				case 3:
					url, header = p.appURL()+"/", []string{"Authorization", "Bearer " + tokens[i]}
				}
				a := people[i].ask("GET", url, nil, header...)
				if a.status != 200 || !strings.Contains(a.body, residents[i]) || strings.Contains(a.body, residents[1-i]) {
					t.Errorf("%s at %s: %d %s", residents[i], url, a.status, a.body)
				}
			}
		}()
	}
	wg.Wait()
}
