package ground

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// Authority signs certificates that nobody trusts but those who are given its file.
type Authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  string
}

// Certificate is one with its key, as PEM.
type Certificate struct{ Cert, Key string }

// Validity says from when to when, as seen from now; zero is from yesterday to a day in a month.
type Validity struct{ From, To time.Duration }

// NewAuthority makes one.
func NewAuthority() (*Authority, error) {
	a := &Authority{}
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: "authority of tests"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign,
	}
	c, err := a.sign(template, Validity{})
	if err == nil {
		a.pem = c.Cert
	}
	return a, err
}

// Issue makes a certificate for host names and addresses.
func (a *Authority) Issue(v Validity, hosts ...string) (Certificate, error) {
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: hosts[0]}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, h)
		}
	}
	return a.sign(template, v)
}

// sign makes a key and its certificate; the first one signs itself and becomes the authority.
func (a *Authority) sign(template *x509.Certificate, v Validity) (Certificate, error) {
	if v == (Validity{}) {
		v = Validity{From: -24 * time.Hour, To: 30 * 24 * time.Hour}
	}
	now := time.Now()
	template.NotBefore, template.NotAfter = now.Add(v.From), now.Add(v.To)
	template.SerialNumber = big.NewInt(now.UnixNano())
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Certificate{}, err
	}
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		return Certificate{}, fmt.Errorf("make a certificate of tests: %w", err)
	}
	if a.cert == nil {
		if a.cert, err = x509.ParseCertificate(der); err != nil {
			return Certificate{}, err
		}
		a.key = key
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return Certificate{}, err
	}
	return Certificate{Cert: block("CERTIFICATE", der), Key: block("PRIVATE KEY", private)}, nil
}

func block(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// File is the authority's own certificate, as a file that lives as long as the test.
func (a *Authority) File(t testing.TB) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(name, []byte(a.pem), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// write puts both into a folder as tls.crt and tls.key.
func (c *Certificate) write(folder string, owner *syscall.Credential) error {
	if _, err := writeFile(folder, "tls.crt", c.Cert, owner); err != nil {
		return err
	}
	_, err := writeFile(folder, "tls.key", c.Key, owner)
	return err
}
