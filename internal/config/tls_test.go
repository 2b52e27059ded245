package config

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"testing"
	"time"
)

// pair writes a certificate and a key that belong together.
func pair509(t *testing.T) (cert, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"auth.example.com"}}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	kder, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	return write(t, "cert.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))),
		write(t, "key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: kder})))
}

func TestTLSFilesMakeHTTPS(t *testing.T) {
	cert, key := pair509(t)
	files := []string{"TLS_CERT_FILE=" + cert, "TLS_KEY_FILE=" + key}
	if c := mustLoad(t, Sources{Env: files}); c.PublicURL.String() != "https://localhost:8080" {
		t.Errorf("the default address is %s", c.PublicURL)
	}
	c := mustLoad(t, Sources{Env: append(with(production(mailServer), "TRUSTED_PROXIES="), files...)})
	if len(c.Warnings()) != 0 {
		t.Errorf("production with TLS of its own warns: %q", c.Warnings())
	}
}

func TestKeyOfAnotherCertificateIsAFault(t *testing.T) {
	cert, _ := pair509(t)
	_, key := pair509(t)
	if f, ok := faultsOf(t, Sources{Env: []string{"TLS_CERT_FILE=" + cert, "TLS_KEY_FILE=" + key}})["TLS_CERT_FILE"]; !ok {
		t.Errorf("it was taken: %+v", f)
	}
}
