package faultlab

import (
	"net/http"
	"net/http/httputil"
	"net/url"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// tlsFront ends TLS before a server, honestly; change touches its answers.
func tlsFront(ca *issued, change func(*http.Response) error) front {
	return func(t *testing.T, upstream string) string {
		p := &httputil.ReverseProxy{
			Rewrite: func(r *httputil.ProxyRequest) {
				r.SetURL(&url.URL{Scheme: "http", Host: upstream})
				r.Out.Host = r.In.Host
				r.SetXForwarded()
			},
			ModifyResponse: change, ErrorLog: quiet,
		}
		return servedAt(t, p, issue(t, ca, "localhost", forHost("localhost")).shown())
	}
}

// trusting is an environment in which the authority of a test counts.
func trusting(t *testing.T, ca *issued) *ground.Instance {
	t.Helper()
	return ground.Unstarted(t, map[string]string{"SSL_CERT_FILE": ca.file(t)})
}

// lookThroughTLS looks at a server behind a front that ends TLS.
func lookThroughTLS(t *testing.T, env map[string]string, change func(*http.Response) error) api.Diagnosis {
	t.Helper()
	ca := issue(t, nil, "Root of tests", authority)
	return doctor(t, trusting(t, ca), "--url", behindAt(t, tlsFront(ca, change), env))
}

// TestSoundAddressesAreNoFault: of our make and of another, with and without
// TLS, signed in and not.
func TestSoundAddressesAreNoFault(t *testing.T) {
	t.Run("of another make", func(t *testing.T) {
		t.Parallel()
		expect(t, look(t, servedAt(t, &foreign{}, nil)))
	})
	t.Run("of another make, signed in", func(t *testing.T) {
		t.Parallel()
		expect(t, lookAs(t, servedAt(t, &foreign{}, nil), foreignUser, foreignPassword))
	})
	t.Run("of another make, https, signed in", func(t *testing.T) {
		t.Parallel()
		ca := issue(t, nil, "Root of tests", authority)
		address := servedAt(t, &foreign{}, issue(t, ca, "localhost", forHost("localhost")).shown())
		expect(t, parsed(t, trusting(t, ca).RunInput(foreignPassword, "doctor", "--json", "--url", address, "--user", foreignUser, "--password-stdin")))
	})
	t.Run("ours, signed in, in a browser", func(t *testing.T) {
		t.Parallel()
		s := ground.Server(t, map[string]string{"CORS_ORIGINS": "http://app.localhost:3000"})
		account(t, s)
		expect(t, lookAs(t, s.URL, foreignUser, foreignPassword))
		expect(t, look(t, s.URL, "--origin", "http://app.localhost:3000", "--browser"))
	})
	t.Run("ours behind TLS, signed in, in a browser", func(t *testing.T) {
		t.Parallel()
		ca := issue(t, nil, "Root of tests", authority)
		address := ""
		s := behind(t, func(t *testing.T, upstream string) string {
			address = tlsFront(ca, nil)(t, upstream)
			return address
		}, nil)
		account(t, s)
		expect(t, parsed(t, trusting(t, ca).RunInput(
			foreignPassword, "doctor", "--json", "--url", address, "--user", foreignUser, "--password-stdin", "--browser",
		)))
	})
	t.Run("ours, behind a limit that a person does not meet", func(t *testing.T) {
		t.Parallel()
		expect(t, look(t, behindAt(t, nginxSite("location / {\nproxy_pass http://UPSTREAM;\nlimit_req zone=z burst=20 nodelay;\n"+passing+"}",
			"limit_req_zone $binary_remote_addr zone=z:1m rate=30r/s;"), nil)))
	})
	t.Run("ours, by another name of this machine", func(t *testing.T) {
		t.Parallel()
		s := ground.Server(t, nil)
		expect(t, look(t, "http://"+s.Addr))
	})
}

// account makes the test account.
func account(t *testing.T, s *ground.Instance) {
	t.Helper()
	res := s.RunInput(foreignPassword, "user", "create", "--email", foreignUser, "--password-stdin")
	if res.Code != 0 {
		t.Fatalf("user create: %s", res.Stderr)
	}
}
