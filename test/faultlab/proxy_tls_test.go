package faultlab

import (
	"maps"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// ending starts a proxy that ends TLS with the given file of certificate and key.
type ending func(t *testing.T, upstream string, pem ground.File) string

// behindTLS starts a server behind it; whoever asks trusts the authority.
func behindTLS(t *testing.T, proxy ending, env map[string]string) *ground.Instance {
	t.Helper()
	authority, err := ground.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	c, err := authority.Issue(ground.Validity{}, "localhost", "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	full := map[string]string{"SSL_CERT_FILE": authority.File(t)}
	maps.Copy(full, env)
	return behind(t, func(t *testing.T, upstream string) string {
		return strings.Replace(proxy(t, upstream, ground.File{Name: "tls.pem", Text: c.Cert + c.Key}), "http://", "https://", 1)
	}, full)
}

// throughTLS is an injection that stands in a proxy which ends TLS.
func throughTLS(fault, how string, cause api.Cause, proxy ending) injection {
	return injection{fault: fault, how: how, cause: cause, examine: func(t *testing.T) api.Diagnosis {
		return bothWays(t, behindTLS(t, proxy, nil))
	}}
}

func nginxTLS(more string) ending {
	return nginxTLSBare(passing + more)
}

func nginxTLSBare(all string) ending {
	return func(t *testing.T, upstream string, pem ground.File) string {
		return ground.Nginx(t, "server {\nlisten 127.0.0.1:{{port}} ssl http2;\nssl_certificate {{folder}}/tls.pem;\nssl_certificate_key {{folder}}/tls.pem;\n"+
			"location / {\nproxy_pass http://"+upstream+";\n"+all+"\n}\n}\n", pem).URL
	}
}

func haproxyTLS(rules string) ending {
	return func(t *testing.T, upstream string, pem ground.File) string {
		return ground.HAProxy(t, "listen all\n  bind 127.0.0.1:{{port}} ssl crt {{folder}}/tls.pem alpn h2,http/1.1\n  option forwardfor\n"+
			rules+"\n  server one "+upstream+"\n", pem).URL
	}
}

func caddyTLS(rules, inner string) ending {
	return func(t *testing.T, upstream string, pem ground.File) string {
		return ground.Caddy(t, "https://localhost:{{port}} {\ntls {{folder}}/tls.pem {{folder}}/tls.pem\n"+rules+
			"\nreverse_proxy "+upstream+" {\n"+inner+"\n}\n}\n", pem).URL
	}
}

// bytesTLS ends TLS and knows nothing of HTTP.
func bytesTLS(t *testing.T, upstream string, pem ground.File) string {
	return ground.HAProxy(t, "listen all\n  mode tcp\n  bind 127.0.0.1:{{port}} ssl crt {{folder}}/tls.pem\n  server one "+upstream+"\n", pem).URL
}

func tlsInjections() []injection {
	return []injection{
		throughTLS("D4", "nginx ends TLS and says http", "forwarded_proto_wrong", nginxTLSBare(`proxy_set_header Host $http_host;
proxy_set_header X-Forwarded-For $remote_addr;
proxy_set_header X-Forwarded-Proto http;`)),
		throughTLS("D4", "HAProxy ends TLS and says http", "forwarded_proto_wrong", haproxyTLS("  http-request set-header X-Forwarded-Proto http")),
		throughTLS("D4", "HAProxy ends TLS and sends Forwarded", "forwarded_header_family",
			haproxyTLS("  http-request del-header X-Forwarded-For\n  http-request set-header Forwarded for=%[src];proto=https\n  option forwardfor except 127.0.0.0/8")),
		throughTLS("D4", "nginx takes Secure off", "proxy_rewrites_cookies", nginxTLS("proxy_cookie_flags ~ nosecure;")),
		throughTLS("D1", "Caddy gives names another prefix", "proxy_rewrites_cookies", caddyTLS("", "header_down Set-Cookie __Host- app-")),
		throughTLS("D22", "HAProxy passes bytes on, of which the server believes all", "client_address_spoofable", bytesTLS),
		{fault: "D22", how: "HAProxy passes bytes on without a word on who asks", cause: "forwarded_headers_missing", examine: func(t *testing.T) api.Diagnosis {
			return doctor(t, behindTLS(t, bytesTLS, map[string]string{"TRUSTED_PROXIES": ""}))
		}},
	}
}

// TestHonestProxiesThatEndTLSAreNoFault too.
func TestHonestProxiesThatEndTLSAreNoFault(t *testing.T) {
	for name, proxy := range map[string]ending{
		"nginx": nginxTLS(""), "HAProxy": haproxyTLS("  http-request set-header X-Forwarded-Proto https"), "Caddy": caddyTLS("", ""),
		"nginx before HAProxy": func(t *testing.T, upstream string, pem ground.File) string {
			inner := haproxy("")(t, upstream)
			return nginxTLS("")(t, inner[len("http://"):], pem)
		},
		"HAProxy before nginx": func(t *testing.T, upstream string, pem ground.File) string {
			inner := nginxSite("location / {\nproxy_pass http://UPSTREAM;\nproxy_set_header Host $http_host;\n"+
				"proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n}", "")(t, upstream)
			return haproxyTLS("  http-request set-header X-Forwarded-Proto https")(t, inner[len("http://"):], pem)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expect(t, bothWays(t, behindTLS(t, proxy, nil)))
		})
	}
}
