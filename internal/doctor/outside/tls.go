package outside

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

func (x *outside) tlsChecks() []doctor.Check {
	return []doctor.Check{
		{Name: "public_scheme", Title: "The address is of the right scheme", Needs: []string{"public_reach"}, Run: x.scheme},
		{Name: "public_tls", Title: "A browser and the server agree on TLS", Needs: []string{"public_scheme"}, Run: x.handshake},
		{Name: "public_certificate", Title: "A browser takes the certificate", Needs: []string{"public_tls"}, Run: x.certificate},
		{Name: "public_plain", Title: "Plain http leads to https", Needs: []string{"public_tls"}, Run: x.plain},
	}
}

// scheme follows the one redirect that is right: http to https on the same host.
func (x *outside) scheme(ctx context.Context, r *doctor.Result) {
	if x.at.Scheme == "https" {
		return
	}
	a, err := x.public.ask(ctx, request{path: "/login"})
	if err != nil || plainOnTLS(a) {
		if _, tlsErr := x.dialTLS(ctx); tlsErr == nil {
			r.Find(api.Finding{
				Code: "tls_handshake_fails", Cause: "The address says http, and its port speaks https.",
				Evidence: "plain http to " + x.at.Host + " was not understood, and a TLS handshake with the same port succeeded",
				Expected: "https:// in the address",
				Remedy:   "Use https://" + x.at.Host + " as the address: PUBLIC_URL, links and bookmarks.",
				Setting:  x.setting("PUBLIC_URL"),
			})
		}
		return // what else is wrong with the answer is for public_answers to tell
	}
	to := target(x.at, a)
	if to != nil && to.Scheme == "https" && to.Hostname() == x.at.Hostname() {
		secure := *x.at
		secure.Scheme, secure.Host = "https", to.Host
		x.goTo(&secure)
		r.Say("%s leads to %s, which is asked from here on", x.URL, &secure)
	}
}

// plainOnTLS recognizes what servers say to plain http on a port for TLS.
func plainOnTLS(a *answer) bool {
	return a.status == 400 && (strings.Contains(string(a.body), "HTTP request to an HTTPS server") ||
		strings.Contains(string(a.body), "plain HTTP request was sent to HTTPS port"))
}

func (x *outside) handshake(ctx context.Context, r *doctor.Result) {
	if x.at.Scheme != "https" {
		r.Say("plain http")
		return
	}
	state, err := x.dialTLS(ctx)
	f := api.Finding{Code: "tls_handshake_fails", Expected: "a handshake with TLS 1.2 or 1.3 for " + x.at.Hostname()}
	var record tls.RecordHeaderError
	var gone *net.OpError
	switch {
	case errors.As(err, &gone) && gone.Op == "dial":
		f.Code, f.Expected = "public_url_unreachable", "a connection to "+x.at.Host
		f.Evidence = fmt.Sprintf("%s leads to %s, where the connection fails: %s", x.URL, x.at, reason(err))
		f.Remedy = "Let the redirect lead to where https is served, or serve it there."
	case errors.As(err, &record):
		f.Cause = "The address says https, and its port does not speak TLS."
		f.Evidence = "a TLS handshake with " + x.at.Host + " was answered by what is no TLS"
		if strings.HasPrefix(string(record.RecordHeader[:]), "HTTP") {
			f.Evidence = "a TLS handshake with " + x.at.Host + " was answered by plain HTTP"
		}
		f.Remedy = "Let the proxy or the server speak TLS on this port (nginx: listen 443 ssl; here: TLS_CERT_FILE and TLS_KEY_FILE), or use http:// where that is meant."
	case errors.Is(err, context.DeadlineExceeded):
		f.Code, f.Expected = "public_url_unreachable", "an answer to a TLS handshake"
		f.Cause, f.Remedy = silentCause, silentRemedy
		f.Evidence = "a TLS handshake with " + x.at.Host + " got no answer in time"
	case err != nil:
		f.Evidence = "a TLS handshake with " + x.at.Host + " failed: " + reason(err)
	case state.Version < tls.VersionTLS12:
		f.Cause = "The server speaks only versions of TLS that browsers have given up."
		f.Evidence = x.at.Host + " agreed on " + tls.VersionName(state.Version) + " at most"
		f.Remedy = "Allow TLS 1.2 and 1.3 (nginx: ssl_protocols TLSv1.2 TLSv1.3;)."
	default:
		r.Say("%s", tls.VersionName(state.Version))
		return
	}
	r.Find(f)
}

// dialTLS shakes hands without a look at the certificate, which is judged apart.
func (x *outside) dialTLS(ctx context.Context) (*tls.ConnectionState, error) {
	ctx, cancel := context.WithTimeout(ctx, dialLimit)
	defer cancel()
	plain, err := dialing(ctx, "tcp", net.JoinHostPort(x.at.Hostname(), portOf(x.at)))
	if err != nil {
		return nil, err
	}
	defer func() { _ = plain.Close() }()
	conn := tls.Client(plain, &tls.Config{
		ServerName: x.at.Hostname(), InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, CipherSuites: suites(), //nolint:gosec // it judges, and sends nothing
	})
	if err := conn.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	state := conn.ConnectionState()
	return &state, nil
}

// plain asks port 80 beside the usual port of https: people type names without
// a scheme, and content there is content without TLS.
func (x *outside) plain(ctx context.Context, r *doctor.Result) {
	if x.at.Scheme != "https" || portOf(x.at) != "443" {
		r.Say("does not apply to %s", x.at)
		return
	}
	x.plainAt(ctx, r, "80")
}

func (x *outside) plainAt(ctx context.Context, r *doctor.Result, port string) {
	u := *x.at
	u.Scheme, u.Host = "http", net.JoinHostPort(x.at.Hostname(), port)
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	v := newVisitor(&u, x.at.Hostname(), "", true)
	a, err := v.ask(ctx, request{path: "/login"})
	switch {
	case err != nil:
		r.Say("port %s: %s", port, reason(err))
	case a.status >= 200 && a.status < 300:
		r.Find(api.Finding{
			Code: "http_not_redirected", Evidence: said("GET http://"+x.at.Hostname()+"/login", a),
			Expected: "301 or 308 to https://" + x.at.Host,
		})
	default:
		r.Say("port %s answers %d", port, a.status)
	}
}
