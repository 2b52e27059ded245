package faultlab

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

func proxyInjections() []injection {
	return slices.Concat(nginxInjections(), haproxyInjections(), caddyInjections(), chainInjections(), tlsInjections())
}

// front starts a proxy before a server that will listen at upstream, and gives
// its address.
type front func(t *testing.T, upstream string) string

// behind starts a server behind a proxy, which it trusts unless env says otherwise.
func behind(t *testing.T, proxy front, env map[string]string) *ground.Instance {
	t.Helper()
	upstream := freeAddr(t)
	full := map[string]string{"LISTEN_ADDR": upstream, "PUBLIC_URL": proxy(t, upstream), "TRUSTED_PROXIES": "127.0.0.1/32"}
	maps.Copy(full, env)
	return ground.Server(t, full)
}

// throughProxy is an injection that stands in the proxy alone.
func throughProxy(fault, how string, cause api.Cause, proxy front) injection {
	return injection{fault: fault, how: how, cause: cause, examine: func(t *testing.T) api.Diagnosis {
		return bothWays(t, behind(t, proxy, nil))
	}}
}

// bothWays lets the doctor look from the host and as a stranger, who must find
// the same without a configuration.
func bothWays(t *testing.T, s *ground.Instance) api.Diagnosis {
	t.Helper()
	from := doctor(t, s)
	stranger := doctor(t, s, "--url", s.Env("PUBLIC_URL"))
	if a, b := codes(from), codes(stranger); !slices.Equal(a, b) {
		text, _ := json.MarshalIndent(stranger.Findings, "", "  ")
		t.Errorf("the doctor on the host names %v and a stranger %v\n%s", a, b, text)
	}
	return from
}

func codes(d api.Diagnosis) (list []api.Cause) {
	for _, f := range d.Findings {
		list = append(list, f.Code)
	}
	slices.Sort(list)
	return list
}

// passing is what an honest nginx says of every location.
const passing = `proxy_set_header Host $http_host;
proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
proxy_set_header X-Forwarded-Proto $scheme;
`

// nginx is an nginx whose one location passes everything on and says more.
func nginx(more string) front {
	return nginxSite("location / {\nproxy_pass http://UPSTREAM;\n"+passing+more+"\n}", "")
}

// nginxSite is an nginx with the given locations; around stands outside the server block.
func nginxSite(locations, around string) front {
	return func(t *testing.T, upstream string) string {
		text := around + "\nserver {\nlisten 127.0.0.1:{{port}};\n" + locations + "\n}\n"
		return ground.Nginx(t, strings.ReplaceAll(text, "UPSTREAM", upstream)).URL
	}
}

// haproxy is a HAProxy with one server behind it, and more rules.
func haproxy(rules string) front { return haproxyBare("  option forwardfor\n" + rules) }

// haproxyBare is one that says nothing by itself.
func haproxyBare(rules string) front {
	return func(t *testing.T, upstream string) string {
		text := "listen all\n  bind 127.0.0.1:{{port}}\n" + rules + "\n  server one " + upstream + "\n"
		return ground.HAProxy(t, text).URL
	}
}

// caddy is a Caddy with one site: rules stand in it, inner within reverse_proxy.
func caddy(rules, inner string) front {
	return func(t *testing.T, upstream string) string {
		text := "http://localhost:{{port}} {\n" + rules + "\nreverse_proxy " + upstream + " {\n" + inner + "\n}\n}\n"
		return ground.Caddy(t, text).URL
	}
}

// freeAddr is where a server may listen.
func freeAddr(t *testing.T) string {
	t.Helper()
	return ground.FreeAddr(t)
}
