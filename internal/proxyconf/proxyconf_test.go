package proxyconf

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

func written(t *testing.T, name string, d Deployment) string {
	t.Helper()
	var text strings.Builder
	if err := Write(&text, name, d); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func at(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

var usual = Deployment{Aliases: []string{"www.example.com"}, Listen: ":8080"}

// TestEachTellsTheSame: whatever the proxy, these facts are in it.
func TestEachTellsTheSame(t *testing.T) {
	for _, name := range Names {
		d := usual
		d.Public, d.Cert, d.Key = at(t, "https://auth.example.com"), "/tls/auth.crt", "/tls/auth.key"
		text := written(t, name, d)
		port := "127.0.0.1:8080"
		if name == "envoy" {
			port = "port_value: 8080"
		}
		for _, want := range []string{"auth.example.com", "www.example.com", port, "/tls/auth.crt", "TRUSTED_PROXIES=127.0.0.1/32,::1/128", "LISTEN_ADDR=127.0.0.1:8080"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %s:\n%s", name, want, text)
			}
		}
		for _, never := range []string{"<no value>", "{{", "privkey", "insecure: true"} {
			if strings.Contains(text, never) {
				t.Errorf("%s has %s", name, never)
			}
		}
		for line := range strings.Lines(text) {
			if strings.TrimRight(line, " \t\n") != strings.TrimSuffix(line, "\n") {
				t.Errorf("%s: a line ends in blanks: %q", name, line)
			}
		}
	}
}

// TestWhatIsYAMLCanBeRead: these two are no packages of Debian, so their files
// are read and looked at rather than run.
func TestWhatIsYAMLCanBeRead(t *testing.T) {
	for _, c := range []struct {
		name, public string
		tls          bool
		facts        map[string]any // by path
	}{
		{"traefik", "https://auth.example.com", false, map[string]any{
			"http.services.aiwfe-auth.loadBalancer.passHostHeader":           true,
			"http.services.aiwfe-auth.loadBalancer.servers.0.url":            "http://127.0.0.1:8080",
			"http.middlewares.aiwfe-auth-body.buffering.maxRequestBodyBytes": 131072,
			"http.routers.aiwfe-auth.entryPoints.0":                          "websecure",
			"http.routers.aiwfe-auth.rule":                                   "Host(`auth.example.com`) || Host(`www.example.com`)",
			"tls.certificates.0.certFile":                                    placeholderCert,
			"http.routers.aiwfe-auth-stream.middlewares":                     nil,
			"http.middlewares.aiwfe-auth-https.redirectScheme.port":          nil,
		}},
		{"traefik", "http://auth.example.com", true, map[string]any{
			"http.services.aiwfe-auth.loadBalancer.servers.0.url": "https://127.0.0.1:8080", "tls": nil,
			"http.serversTransports.aiwfe-auth.serverName": "auth.example.com",
			"http.routers.aiwfe-auth.entryPoints.0":        "web",
		}},
		{"envoy", "https://auth.example.com:8443", false, map[string]any{
			envoyManager + "use_remote_address": true, envoyManager + "normalize_path": false, envoyManager + "max_request_headers_kb": 60,
			envoyManager + "route_config.virtual_hosts.0.domains.1": "auth.example.com:8443", envoyManager + "http_filters.0.typed_config.max_request_bytes": 131072,
			envoyManager + "route_config.virtual_hosts.0.routes.0.route.timeout":                                                                    "0s",
			"static_resources.listeners.0.address.socket_address.port_value":                                                                        8443,
			"static_resources.clusters.0.transport_socket":                                                                                          nil,
			"static_resources.listeners.0.filter_chains.0.transport_socket.typed_config.common_tls_context.tls_certificates.0.private_key.filename": placeholderKey,
		}},
		{"envoy", "http://auth.example.com", true, map[string]any{
			"static_resources.listeners.0.filter_chains.0.transport_socket":     nil,
			"static_resources.clusters.0.transport_socket.typed_config.sni":     "auth.example.com",
			"static_resources.listeners.0.address.socket_address.port_value":    80,
			"static_resources.listeners.0.filter_chains.0.filters.0.name":       "envoy.filters.network.http_connection_manager",
			"static_resources.clusters.0.load_assignment.endpoints.0.lb_absent": nil,
		}},
	} {
		d := usual
		d.Public, d.TLS = at(t, c.public), c.tls
		text := written(t, c.name, d)
		var tree any
		if err := yaml.Unmarshal([]byte(text), &tree); err != nil {
			t.Fatalf("%s: %v\n%s", c.name, err, text)
		}
		for path, want := range c.facts {
			if got := dig(tree, strings.Split(path, ".")); got != want {
				t.Errorf("%s for %s: %s is %v, want %v", c.name, c.public, path, got, want)
			}
		}
	}
}

const envoyManager = "static_resources.listeners.0.filter_chains.0.filters.0.typed_config."

func dig(v any, path []string) any {
	for _, name := range path {
		switch at := v.(type) {
		case map[string]any:
			v = at[name]
		case []any:
			i := int(name[0] - '0')
			if i >= len(at) {
				return nil
			}
			v = at[i]
		default:
			return nil
		}
	}
	return v
}

func TestUpstreamAndWarnings(t *testing.T) {
	for _, c := range []struct {
		listen, public, upstream, trusted string
		warned                            int
	}{
		{":8080", "https://auth.example.com", "127.0.0.1:8080", "127.0.0.1/32,::1/128", 1},
		{"0.0.0.0:9000", "https://auth.example.com", "127.0.0.1:9000", "127.0.0.1/32,::1/128", 1},
		{"[::]:9000", "https://auth.example.com", "127.0.0.1:9000", "127.0.0.1/32,::1/128", 1},
		{"127.0.0.1:8080", "https://auth.example.com", "127.0.0.1:8080", "127.0.0.1/32,::1/128", 0},
		{"127.0.0.1:8080", "http://localhost:8080", "127.0.0.1:8080", "127.0.0.1/32,::1/128", 1},
		{"10.0.0.5:8080", "https://auth.example.com", "10.0.0.5:8080", "ADDRESS_OF_THE_PROXY/32", 1},
		{"[::1]:8080", "https://auth.example.com", "[::1]:8080", "127.0.0.1/32,::1/128", 0},
	} {
		d := Deployment{Public: at(t, c.public), Listen: c.listen}
		if got := upstream(c.listen); got != c.upstream {
			t.Errorf("%s: upstream %s, want %s", c.listen, got, c.upstream)
		}
		if got := TrustedProxies(c.listen); got != c.trusted {
			t.Errorf("%s: trusted %s, want %s", c.listen, got, c.trusted)
		}
		if got := d.Warnings(); len(got) != c.warned {
			t.Errorf("%s at %s: %q", c.listen, c.public, got)
		}
	}
}

func TestUnknownProxy(t *testing.T) {
	err := Write(&strings.Builder{}, "squid", usual)
	if err == nil || !strings.Contains(err.Error(), "nginx") || !slices.Contains(Names, "envoy") {
		t.Errorf("got %v", err)
	}
}
