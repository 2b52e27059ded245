package ground

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// HAProxyServer is a HAProxy of the test's own.
type HAProxyServer struct {
	*service
	URL string // http://localhost:port
}

// HAProxy starts a HAProxy with the given sections: frontends, backends and listens. Each {{port}} in them becomes the
// port that URL names, so a frontend says "bind 127.0.0.1:{{port}}". A file that a section names is written by put
// beforehand: {{folder}} is where it stands.
func HAProxy(t testing.TB, config string, put ...File) *HAProxyServer {
	t.Helper()
	s, text := proxyService(t, "haproxy", config, put)
	conf := fmt.Sprintf(`defaults
  mode http
  timeout connect 4s
  timeout client 30s
  timeout server 30s
%s
`, text)
	s.run("-db", "-f", s.writeFile("haproxy.cfg", conf))
	return &HAProxyServer{service: s, URL: "http://localhost:" + strconv.Itoa(s.Port)}
}

// File is one to write into the folder of a server before it starts.
type File struct{ Name, Text string }

// proxyService makes a service whose configuration names its port and folder.
func proxyService(t testing.TB, name, config string, put []File) (*service, string) {
	t.Helper()
	if !strings.Contains(config, "{{port}}") {
		t.Fatalf("the configuration of %s does not say {{port}}, so nothing would listen where URL points", name)
	}
	s := newService(t, name)
	for _, f := range put {
		s.writeFile(f.Name, f.Text)
	}
	return s, strings.NewReplacer("{{port}}", strconv.Itoa(s.Port), "{{folder}}", s.folder).Replace(config)
}
