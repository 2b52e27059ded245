package outside

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// link is a certificate of a test with its key.
type link struct {
	*x509.Certificate
	key *ecdsa.PrivateKey
}

// make signs by the parent; nil signs itself.
func makeLink(t *testing.T, parent *link, c x509.Certificate) *link {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c.SerialNumber = big.NewInt(noon.UnixNano())
	if c.NotBefore.IsZero() {
		c.NotBefore = noon.AddDate(0, -2, 0)
	}
	if c.NotAfter.IsZero() {
		c.NotAfter = noon.AddDate(0, 2, 0)
	}
	c.BasicConstraintsValid = true
	made := &link{key: key, Certificate: &c}
	if parent == nil {
		parent = made
	}
	der, err := x509.CreateCertificate(rand.Reader, &c, parent.Certificate, &key.PublicKey, parent.key)
	if err != nil {
		t.Fatal(err)
	}
	if made.Certificate, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return made
}

func ca(name string) x509.Certificate {
	return x509.Certificate{Subject: pkix.Name{CommonName: name}, IsCA: true, KeyUsage: x509.KeyUsageCertSign}
}

func leaf(hosts ...string) x509.Certificate {
	return x509.Certificate{
		Subject: pkix.Name{CommonName: "auth.example.com"}, DNSNames: hosts,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
}

// TestChainIsJudgedAsABrowserDoes tries each fault alone, and two at once.
func TestChainIsJudgedAsABrowserDoes(t *testing.T) {
	const host = "auth.example.com"
	root := makeLink(t, nil, ca("Known Root"))
	middle := makeLink(t, root, ca("Known Intermediate"))
	strange := makeLink(t, nil, ca("Authority of Strangers"))
	trusted := x509.NewCertPool()
	trusted.AddCert(root.Certificate)
	with := func(parent *link, c x509.Certificate, change func(*x509.Certificate)) *x509.Certificate {
		if change != nil {
			change(&c)
		}
		return makeLink(t, parent, c).Certificate
	}
	ends := func(at time.Time) func(*x509.Certificate) { return func(c *x509.Certificate) { c.NotAfter = at } }
	hours := makeLink(t, middle, ca("Caddy Local Authority - ECC Intermediate"))
	for _, c := range []struct {
		name  string
		chain []*x509.Certificate
		want  []api.Cause
	}{
		{"sound", []*x509.Certificate{with(middle, leaf(host), nil), middle.Certificate}, nil},
		{"sound, the root sent along", []*x509.Certificate{with(middle, leaf(host), nil), middle.Certificate, root.Certificate}, nil},
		{"sound, by the root itself", []*x509.Certificate{with(root, leaf(host), nil)}, nil},
		{"sound, by a wildcard", []*x509.Certificate{with(root, leaf("*.example.com"), nil)}, nil},
		{"sound, for half a day of twelve hours", []*x509.Certificate{
			with(hours, leaf(host), func(c *x509.Certificate) {
				c.NotBefore, c.NotAfter = noon.Add(-6*time.Hour), noon.Add(6*time.Hour)
			}), hours.Certificate, middle.Certificate,
		}, nil},
		{"expired", []*x509.Certificate{with(root, leaf(host), ends(noon.Add(-time.Hour)))}, []api.Cause{"certificate_expired"}},
		{
			"not yet",
			[]*x509.Certificate{with(root, leaf(host), func(c *x509.Certificate) { c.NotBefore = noon.Add(time.Hour) })},
			[]api.Cause{"certificate_not_yet_valid"},
		},
		{"soon", []*x509.Certificate{with(root, leaf(host), ends(noon.AddDate(0, 0, 13)))}, []api.Cause{"certificate_expires_soon"}},
		{"in fifteen days", []*x509.Certificate{with(root, leaf(host), ends(noon.AddDate(0, 0, 15)))}, nil},
		{"another name", []*x509.Certificate{with(root, leaf("www.example.com"), nil)}, []api.Cause{"certificate_wrong_host"}},
		{"a common name alone", []*x509.Certificate{with(root, leaf(), nil)}, []api.Cause{"certificate_wrong_host"}},
		{"a wildcard too deep", []*x509.Certificate{with(root, leaf("*.com"), nil)}, []api.Cause{"certificate_wrong_host"}},
		{"signed by itself", []*x509.Certificate{with(nil, leaf(host), nil)}, []api.Cause{"certificate_untrusted"}},
		{"an unknown authority", []*x509.Certificate{with(strange, leaf(host), nil)}, []api.Cause{"certificate_untrusted"}},
		{
			"an unknown authority, sent along",
			[]*x509.Certificate{with(strange, leaf(host), nil), strange.Certificate},
			[]api.Cause{"certificate_untrusted"},
		},
		{"for programs, not for servers", []*x509.Certificate{with(root, leaf(host), func(c *x509.Certificate) {
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
		})}, []api.Cause{"certificate_untrusted"}},
		{"without the link between", []*x509.Certificate{with(middle, leaf(host), nil)}, []api.Cause{"certificate_chain_incomplete"}},
		{
			"without the link, which the leaf says where to get",
			[]*x509.Certificate{with(strange, leaf(host), func(c *x509.Certificate) { c.IssuingCertificateURL = []string{"http://ca.example/a.der"} })},
			[]api.Cause{"certificate_chain_incomplete"},
		},
		{
			"expired and of another name",
			[]*x509.Certificate{with(root, leaf("a.example"), ends(noon.Add(-time.Hour)))},
			[]api.Cause{"certificate_expired", "certificate_wrong_host"},
		},
		{
			"expired and signed by itself",
			[]*x509.Certificate{with(nil, leaf(host), ends(noon.Add(-time.Hour)))},
			[]api.Cause{"certificate_expired", "certificate_untrusted"},
		},
	} {
		var got []api.Cause
		for _, f := range judgeChain(host, c.chain, trusted, noon) {
			got = append(got, f.Code)
			if f.Evidence == "" || f.Expected == "" {
				t.Errorf("%s: %s has no evidence", c.name, f.Code)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestExpiredLinkBetweenIsFound: the leaf is sound, what vouches for it is not.
func TestExpiredLinkBetweenIsFound(t *testing.T) {
	root := makeLink(t, nil, ca("Known Root"))
	old := ca("Known Intermediate")
	old.NotAfter = noon.Add(-time.Minute)
	middle := makeLink(t, root, old)
	trusted := x509.NewCertPool()
	trusted.AddCert(root.Certificate)
	end := makeLink(t, middle, leaf("auth.example.com"))
	found := judgeChain("auth.example.com", []*x509.Certificate{end.Certificate, middle.Certificate}, trusted, noon)
	if len(found) != 1 || found[0].Code != "certificate_expired" {
		t.Errorf("%+v", found)
	}
}
