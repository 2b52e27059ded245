package ground

import (
	"strconv"
	"testing"
)

// CaddyServer is a Caddy of the test's own.
type CaddyServer struct {
	*service
	URL string // http://localhost:port
}

// Caddy starts a Caddy with the given site blocks. Each {{port}} in them becomes the port that URL names, so a site
// begins with "http://localhost:{{port}} {"; {{folder}} is where the files of put stand. It neither listens for
// commands nor asks anybody for certificates.
func Caddy(t testing.TB, sites string, put ...File) *CaddyServer {
	t.Helper()
	s, text := proxyService(t, "caddy", sites, put)
	conf := "{\n\tadmin off\n\tauto_https off\n\tskip_install_trust\n}\n" + text
	s.run("run", "--adapter", "caddyfile", "--config", s.writeFile("Caddyfile", conf))
	return &CaddyServer{service: s, URL: "http://localhost:" + strconv.Itoa(s.Port)}
}
