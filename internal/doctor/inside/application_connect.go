package inside

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/url"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
)

var usualPort = map[string]string{"http": "80", "https": "443"}

// Connects tries what the first byte of a request needs.
func Connects(ctx context.Context, u *url.URL) error {
	ctx, cancel := context.WithTimeout(ctx, applicationPatience)
	defer cancel()
	port := cmp.Or(u.Port(), usualPort[u.Scheme])
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if u.Scheme == "http" {
		return nil
	}
	return tls.Client(conn, &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}).HandshakeContext(ctx)
}

// otherLanguage finds an application that takes connections and speaks TLS where
// the address says http.
func (in *inside) otherLanguage(ctx context.Context, u *url.URL, f *api.Finding) *api.Finding {
	if in.Cheap || u.Scheme != "http" {
		return nil
	}
	port := cmp.Or(u.Port(), "80")
	a := in.ask(ctx, "http", net.JoinHostPort(u.Hostname(), port))
	if a.err == nil && strings.HasPrefix(a.said, "HTTP ") && !strings.HasPrefix(a.said, "HTTP 400") {
		return nil // it understood
	}
	secure := *u
	secure.Scheme, secure.Host = "https", net.JoinHostPort(u.Hostname(), port)
	if err := Connects(ctx, &secure); err == nil || isCertificate(err) {
		f.Evidence = u.String() + " takes connections, and speaks TLS"
		f.Remedy = "Write https:// in the address of the application. Then: aiwfe-auth config check"
		return f
	}
	return nil
}

func isCertificate(err error) bool {
	_, ok := errors.AsType[*tls.CertificateVerificationError](err)
	return ok
}

// mends is the command, or the change, that mends a connection that failed.
func mends(u *url.URL, name string, err error) string {
	port := cmp.Or(u.Port(), usualPort[u.Scheme])
	_, unknown := errors.AsType[*net.DNSError](err)
	_, plainText := errors.AsType[tls.RecordHeaderError](err)
	switch {
	case unknown:
		return "The name " + u.Hostname() + " is unknown here: correct it in " + name +
			", or make it known. Look with: getent hosts " + u.Hostname()
	case plainText:
		return "It speaks plain http: write http:// in " + name + ", or have the application speak TLS. Then: aiwfe-auth config check"
	case isCertificate(err):
		return "Name the host in " + name + " as its certificate does, or add its CA with SSL_CERT_FILE. " +
			"Look with: openssl s_client -connect " + u.Hostname() + ":" + port
	case loopback(u.Hostname()):
		return "Start the application, or correct " + name + ". See who listens there with: ss -ltnp 'sport = :" + port + "'"
	}
	return "Start the application, or correct " + name + "; if it runs, look for a firewall between: nc -vz " + u.Hostname() + " " + port
}
