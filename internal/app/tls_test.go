package app

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// files are a certificate and its key on disk.
type files struct {
	t         *testing.T
	cert, key string
}

func newFiles(t *testing.T) files {
	dir := t.TempDir()
	return files{t, filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")}
}

func (f files) put(name string, blockType string, der []byte, stamp time.Time) {
	f.t.Helper()
	if err := os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: blockType, Bytes: der}), 0o600); err != nil {
		f.t.Fatal(err)
	}
	if err := os.Chtimes(name, stamp, stamp); err != nil {
		f.t.Fatal(err)
	}
}

// write puts a new pair on disk, of that serial number and time of change.
func (f files) write(serial int64, stamp time.Time) {
	f.t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(serial), NotAfter: stamp.Add(time.Hour), DNSNames: []string{"auth.example.com"}}
	cert, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &k.PublicKey, k)
	if err != nil {
		f.t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		f.t.Fatal(err)
	}
	f.put(f.cert, "CERTIFICATE", cert, stamp)
	f.put(f.key, "PRIVATE KEY", key, stamp)
}

func TestRenewedCertificateIsServedAndABrokenOneIsNot(t *testing.T) {
	now := time.Date(2026, time.November, 2, 12, 0, 0, 0, time.UTC)
	f, log := newFiles(t), &bytes.Buffer{}
	f.write(1, now)
	c, err := newCertificate(f.cert, f.key, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	c.now = func() time.Time { return now }
	serves := func(serial int64, why string) {
		t.Helper()
		got, err := c.get(nil)
		if err != nil || got.Leaf.SerialNumber.Int64() != serial {
			t.Fatalf("%s: serves %v, %v; want %d", why, got.Leaf.SerialNumber, err, serial)
		}
	}
	serves(1, "at the start")

	f.write(2, now.Add(time.Second))
	serves(1, "the files are not looked at for each connection")
	now = now.Add(lookEvery)
	serves(2, "renewed")

	// A renewal writes two files, one after the other: in between they do not fit.
	f.put(f.key, "PRIVATE KEY", []byte("half a key"), now)
	now = now.Add(lookEvery)
	serves(2, "a key that is none")
	if !strings.Contains(log.String(), "the old one stays") {
		t.Errorf("the log says %s", log)
	}
	if err := os.Remove(f.cert); err != nil {
		t.Fatal(err)
	}
	now = now.Add(lookEvery)
	serves(2, "a file is gone")
	f.write(3, now)
	now = now.Add(lookEvery)
	serves(3, "whole again")
}

func TestCertificateThatCannotBeUsedStopsTheStart(t *testing.T) {
	now := time.Now()
	log := slog.New(slog.DiscardHandler)
	f := newFiles(t)
	if _, err := newCertificate(f.cert, f.key, log); err == nil || !strings.Contains(err.Error(), "cert.pem") {
		t.Errorf("without files: %v", err)
	}
	f.write(1, now)
	other := newFiles(t)
	other.write(2, now)
	if _, err := newCertificate(f.cert, other.key, log); err == nil || !strings.Contains(err.Error(), "no pair") {
		t.Errorf("with the key of another: %v", err)
	}
}
