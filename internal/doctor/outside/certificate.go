package outside

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// soon is when the end of a certificate is worth a warning: what renews them by
// itself does it well before.
const soon = 14 * 24 * time.Hour

func (x *outside) certificate(ctx context.Context, r *doctor.Result) {
	if x.at.Scheme != "https" {
		r.Say("plain http")
		return
	}
	state, err := x.dialTLS(ctx)
	if err != nil {
		r.Unable("the certificate of "+x.at.Host, err)
		return
	}
	if len(state.PeerCertificates) == 0 {
		r.Unable("the certificate of "+x.at.Host, errors.New("the server showed none"))
		return
	}
	found := judgeChain(x.at.Hostname(), state.PeerCertificates, nil, x.Now())
	for _, f := range found {
		r.Find(f)
	}
	if len(found) == 0 {
		r.Say("%s", described(state.PeerCertificates[0]))
	}
}

// judgeChain is what a browser says of a chain of certificates. Without roots
// it trusts what this machine trusts, SSL_CERT_FILE included. Time, name and
// trust are three questions, and each fault of them is told.
func judgeChain(host string, chain []*x509.Certificate, roots *x509.CertPool, now time.Time) (out []api.Finding) {
	leaf := chain[0]
	shown := described(leaf)
	if f, bad := judgeTime(chain, now); bad {
		out = append(out, f)
	}
	if err := leaf.VerifyHostname(host); err != nil {
		out = append(out, api.Finding{
			Code: "certificate_wrong_host", Evidence: shown, Expected: "a certificate for " + host,
			Remedy: "Get a certificate for " + host + ", and let the server that answers for this name show it.",
		})
	}
	pool := x509.NewCertPool()
	for _, c := range chain[1:] {
		pool.AddCert(c)
	}
	at := now // a certificate out of its time is told of above, and may be untrusted as well
	if at.Before(leaf.NotBefore) || at.After(leaf.NotAfter) {
		at = leaf.NotBefore.Add(leaf.NotAfter.Sub(leaf.NotBefore) / 2)
	}
	_, err := leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: pool, CurrentTime: at})
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return out // of a certificate above the leaf, which judgeTime tells
	}
	if err != nil {
		f := untrusted(leaf, chain, err)
		f.Evidence = shown + "\n" + f.Evidence
		out = append(out, f)
	}
	return out
}

func judgeTime(chain []*x509.Certificate, now time.Time) (api.Finding, bool) {
	for i, c := range chain {
		if bytes.Equal(c.RawIssuer, c.RawSubject) && i > 0 {
			continue // a root that is sent along counts for nothing
		}
		f := api.Finding{Evidence: described(c) + "\nit is " + now.UTC().Format(time.RFC3339) + " here", Expected: "a certificate that is valid now"}
		left, life := c.NotAfter.Sub(now), c.NotAfter.Sub(c.NotBefore)
		switch {
		case now.After(c.NotAfter):
			f.Code = "certificate_expired"
		case now.Before(c.NotBefore):
			f.Code = "certificate_not_yet_valid"
		case left < soon && !(shortLived(c) && left > life/3):
			f.Code, f.Expected = "certificate_expires_soon", "a certificate that is valid for two weeks and more"
		default:
			continue
		}
		return f, true
	}
	return api.Finding{}, false
}

// shortLived are certificates of authorities that make them for hours or days,
// and renew them at a third of that.
func shortLived(c *x509.Certificate) bool {
	issuer := c.Issuer.String()
	return c.NotAfter.Sub(c.NotBefore) <= 8*24*time.Hour &&
		(strings.Contains(issuer, "Let's Encrypt") || strings.Contains(issuer, "Caddy Local Authority") || strings.Contains(issuer, "step"))
}

// untrusted tells a chain that lacks a link from one that nobody vouches for.
func untrusted(leaf *x509.Certificate, chain []*x509.Certificate, err error) api.Finding {
	selfMade := bytes.Equal(leaf.RawIssuer, leaf.RawSubject) && leaf.CheckSignature(leaf.SignatureAlgorithm, leaf.RawTBSCertificate, leaf.Signature) == nil
	_, unknown := errors.AsType[x509.UnknownAuthorityError](err)
	f := api.Finding{Code: "certificate_untrusted", Expected: "a certificate of an authority that browsers trust"}
	switch {
	case selfMade:
		f.Evidence = "it is signed by itself, so nobody vouches for it"
	case unknown && !sent(chain, leaf) && fromIntermediate(leaf):
		f.Code, f.Expected = "certificate_chain_incomplete", "the certificate of "+leaf.Issuer.String()+" sent along"
		f.Evidence = fmt.Sprintf("its issuer is %s, whose certificate is not among the %d that were sent", leaf.Issuer, len(chain))
	case unknown:
		top := chain[len(chain)-1]
		f.Evidence = "nobody that this machine trusts vouches for " + top.Issuer.String()
	default:
		f.Evidence = err.Error()
	}
	return f
}

// sent says whether the issuer of the leaf is in the chain.
func sent(chain []*x509.Certificate, leaf *x509.Certificate) bool {
	for _, c := range chain[1:] {
		if bytes.Equal(c.RawSubject, leaf.RawIssuer) {
			return true
		}
	}
	return false
}

// fromIntermediate guesses whether the issuer, which was not sent, is an
// intermediate authority. Public ones name where its certificate can be had;
// of the others only the name tells.
func fromIntermediate(leaf *x509.Certificate) bool {
	name := strings.ToLower(leaf.Issuer.String())
	if strings.Contains(name, "root") {
		return false
	}
	for _, word := range []string{"intermediate", "issuing", "sub ca", "subca", "subordinate", "server ca", "tls ca"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return len(leaf.IssuingCertificateURL) > 0
}

func described(c *x509.Certificate) string {
	return fmt.Sprintf("certificate for %s, by %s, valid from %s to %s", hostNames(c), c.Issuer,
		c.NotBefore.UTC().Format(time.DateOnly), c.NotAfter.UTC().Format(time.RFC3339))
}

// hostNames are what a certificate is for; a common name alone counts for nothing.
func hostNames(c *x509.Certificate) string {
	list := append([]string{}, c.DNSNames...)
	for _, ip := range c.IPAddresses {
		list = append(list, net.IP.String(ip))
	}
	if len(list) == 0 {
		return "no host (only the common name " + c.Subject.CommonName + ", which does not count)"
	}
	return strings.Join(list, ", ")
}
