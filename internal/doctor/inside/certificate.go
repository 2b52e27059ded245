package inside

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// soon is when a certificate that ends should have been renewed.
const soon = 14 * 24 * time.Hour

// certificate judges the file, as a browser would judge what it is shown. What
// the running server shows is looked at through the public address.
func (in *inside) certificate(_ context.Context, r *doctor.Result) {
	c := in.cfg
	if c.TLSCertFile == "" {
		r.Say("the server speaks no TLS itself")
		return
	}
	pair, err := tls.LoadX509KeyPair(c.TLSCertFile, c.TLSKeyFile)
	if err != nil {
		r.Unable("the TLS files", err)
		return
	}
	leaf, now := pair.Leaf, in.Now()
	r.Say("it is good until %s", leaf.NotAfter.UTC().Format(time.DateOnly))
	about := fmt.Sprintf("%s is for %s, good from %s to %s", c.TLSCertFile, strings.Join(namesOf(leaf), ", "),
		leaf.NotBefore.UTC().Format(time.RFC3339), leaf.NotAfter.UTC().Format(time.RFC3339))
	find := func(code api.Cause, expected, remedy string) {
		r.Find(api.Finding{Code: code, Evidence: about, Expected: expected, Remedy: remedy, Setting: setting("TLS_CERT_FILE", c.Origin("TLS_CERT_FILE"))})
	}
	switch renew := "Renew the certificate and put it into " + c.TLSCertFile + "; the server reads it anew by itself."; {
	case now.After(leaf.NotAfter):
		find("certificate_expired", "a certificate that is good now, "+now.UTC().Format(time.RFC3339), renew)
	case now.Before(leaf.NotBefore):
		find("certificate_not_yet_valid", "a certificate that is good now, "+now.UTC().Format(time.RFC3339), renew+" If it is right, the clock of this machine is wrong: see timedatectl.")
	case left(leaf, now) < soon && left(leaf, now) < leaf.NotAfter.Sub(leaf.NotBefore)/3:
		find("certificate_expires_soon", "two weeks or more to go", renew)
	}
	// Behind a proxy the name may be one that only the proxy knows.
	if c.PublicURL != nil && len(c.TrustedProxies) == 0 && leaf.VerifyHostname(c.PublicURL.Hostname()) != nil {
		find("certificate_wrong_host", "a certificate for "+c.PublicURL.Hostname(), "Get a certificate for "+c.PublicURL.Hostname()+", or correct PUBLIC_URL.")
	}
	if !r.Failed() && incomplete(pair.Certificate, leaf, now) {
		find("certificate_chain_incomplete", "the certificate and then each that signed the one before, without the root",
			"Put the whole chain into "+c.TLSCertFile+"; ACME clients call that file fullchain.pem.")
	}
}

func left(c *x509.Certificate, now time.Time) time.Duration { return c.NotAfter.Sub(now) }

// incomplete says whether only the leaf was given of a chain that needs more:
// it is signed by somebody else, whom this machine does not know as a root.
func incomplete(given [][]byte, leaf *x509.Certificate, now time.Time) bool {
	if string(leaf.RawIssuer) == string(leaf.RawSubject) {
		return false // signed by itself: there is no chain
	}
	between := x509.NewCertPool()
	for _, raw := range given[1:] {
		if c, err := x509.ParseCertificate(raw); err == nil {
			between.AddCert(c)
			if string(c.RawIssuer) == string(c.RawSubject) {
				return false // the chain goes up to a root, known or not
			}
		}
	}
	_, err := leaf.Verify(x509.VerifyOptions{Intermediates: between, CurrentTime: now})
	_, unknown := errors.AsType[x509.UnknownAuthorityError](err)
	return unknown && len(given) == 1 && len(leaf.IssuingCertificateURL) > 0
}

func namesOf(c *x509.Certificate) []string {
	names := append([]string(nil), c.DNSNames...)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	if names == nil {
		names = []string{"no name"}
	}
	return names
}
