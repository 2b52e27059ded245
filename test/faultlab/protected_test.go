package faultlab

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

const (
	authSite = "auth.site.localhost"
	appSite  = "app.site.localhost"
)

// protectedInjections ask for the server at the address of an application.
func protectedInjections() (list []injection) {
	asked := func(how, proxy string, env map[string]string) {
		list = append(list, injection{
			fault: "address", how: how, cause: "protected_application",
			examine: func(t *testing.T) api.Diagnosis { return lookAtApplication(t, proxy, env) },
		})
	}
	unnamed := map[string]string{"CORS_ORIGINS": "http://one.site.localhost"}
	for _, name := range []string{"nginx", "caddy", "haproxy"} {
		asked("an application behind "+name+" is asked", name, nil)
		asked("an application behind "+name+" that no setting names is asked", name, unnamed)
	}
	asked("an application whose Caddy is not trusted is asked", "caddy", map[string]string{"TRUSTED_PROXIES": "10.9.8.7"})
	return append(list, injection{
		fault: "address", how: "an application behind the server itself is asked", cause: "protected_application",
		examine: lookBehindGateway,
	})
}

// lookAtApplication looks from outside at an application that a proxy protects.
func lookAtApplication(t *testing.T, proxy string, env map[string]string) api.Diagnosis {
	t.Helper()
	upstream := freeAddr(t)
	full := map[string]string{"PUBLIC_URL": "http://" + authSite + ":" + placeholder, "LISTEN_ADDR": upstream}
	unstarted := ground.Unstarted(t, full)
	res := unstarted.Run("proxy", proxy, "--protect", appSite+"=http://"+serving(t, false))
	if res.Code != 0 {
		t.Fatal(res.Stderr)
	}
	text := strings.ReplaceAll(res.Stdout, placeholder, "{{port}}")
	var address string
	switch proxy {
	case "haproxy":
		script := unstarted.Run("proxy", proxy, "--script").Stdout
		text = strings.ReplaceAll(text, "/etc/haproxy/aiwfe-auth.lua", "{{folder}}/aiwfe-auth.lua")
		address = ground.HAProxy(t, text, ground.File{Name: "aiwfe-auth.lua", Text: script}).URL
	default:
		address = starters[proxy](t, text)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	at := func(host string) string { return "http://" + host + ":" + u.Port() }
	full["PUBLIC_URL"], full["CORS_ORIGINS"], full["COOKIE_DOMAIN"] = at(authSite), at(appSite), "site.localhost"
	full["TRUSTED_PROXIES"] = "127.0.0.1/32,::1/128"
	maps.Copy(full, env)
	ground.Server(t, full)
	passes(t, address, authSite+":"+u.Port())
	return leadsTo(t, look(t, at(appSite)), at(authSite))
}

// passes waits until a proxy has found the server, which was started after it.
func passes(t *testing.T, address, host string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+"/api/health/ready", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = host
	for began := time.Now(); time.Since(began) < 30*time.Second; time.Sleep(50 * time.Millisecond) {
		if res, err := http.DefaultClient.Do(r); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
	}
	t.Fatal("the proxy does not find the server")
}

// lookBehindGateway looks at an application that the server hands requests on to.
func lookBehindGateway(t *testing.T) api.Diagnosis {
	listen := freeAddr(t)
	_, port, _ := strings.Cut(listen, ":")
	at := func(host string) string { return "http://" + host + ":" + port }
	ground.Server(t, map[string]string{
		"LISTEN_ADDR": listen, "PUBLIC_URL": at(authSite), "COOKIE_DOMAIN": "site.localhost",
		"UPSTREAMS": appSite + "/=http://" + serving(t, false),
	})
	return leadsTo(t, look(t, at(appSite)), at(authSite))
}

// leadsTo holds the remedy of a finding against the address of the server.
func leadsTo(t *testing.T, d api.Diagnosis, server string) api.Diagnosis {
	t.Helper()
	if len(d.Findings) == 0 || !strings.Contains(d.Findings[0].Remedy, "aiwfe-auth doctor --url "+server) {
		t.Errorf("%s is not named: %+v", server, d.Findings)
	}
	return d
}
