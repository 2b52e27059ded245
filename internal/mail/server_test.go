package mail

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// post is a real mail server in this process.
type post struct {
	addr string

	mu    sync.Mutex
	got   []delivered
	seen  []string // user and password of every AUTH, as they arrived
	conns int

	// What it answers; nil is yes. Set before the first letter.
	onMail, onRcpt, onData func() error
}

type delivered struct {
	from, to string
	utf8     bool
	data     []byte
}

func (p *post) letters() []delivered {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]delivered(nil), p.got...)
}

func (p *post) passwords() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.seen...)
}

// open starts it; change may set TLS and what else the server library knows.
func (p *post) open(t *testing.T, change func(*smtp.Server)) *post {
	t.Helper()
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		p.mu.Lock()
		p.conns++
		p.mu.Unlock()
		return &visit{p: p}, nil
	}))
	s.Domain, s.AllowInsecureAuth, s.ErrorLog = "post.example", true, log.New(io.Discard, "", 0)
	implicit := false
	if change != nil {
		change(s)
		implicit = s.Addr == "implicit"
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.addr = l.Addr().String()
	if implicit {
		l = tls.NewListener(l, s.TLSConfig)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }()
	// The listener by itself, too: a server that has not yet begun to serve does
	// not know of it.
	t.Cleanup(func() { _ = s.Close(); _ = l.Close(); <-done })
	return p
}

type visit struct {
	p        *post
	from, to string
	utf8     bool
}

func (v *visit) AuthMechanisms() []string { return []string{sasl.Plain} }

func (v *visit) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		v.p.mu.Lock()
		v.p.seen = append(v.p.seen, user, password)
		v.p.mu.Unlock()
		if user == "wrong" {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "no such password as " + password}
		}
		return nil
	}), nil
}

func (v *visit) Mail(from string, o *smtp.MailOptions) error {
	v.from, v.utf8 = from, o != nil && o.UTF8
	return ask(v.p.onMail)
}

func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error {
	v.to += to
	return ask(v.p.onRcpt)
}

func (v *visit) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := ask(v.p.onData); err != nil {
		return err
	}
	v.p.mu.Lock()
	v.p.got = append(v.p.got, delivered{v.from, v.to, v.utf8, b})
	v.p.mu.Unlock()
	return nil
}

func (v *visit) Reset()        { v.from, v.to = "", "" }
func (v *visit) Logout() error { return nil }

func ask(f func() error) error {
	if f == nil {
		return nil
	}
	return f()
}

// authority is a self-made CA with a certificate for this machine.
type authority struct {
	roots  *x509.CertPool
	file   string
	server *tls.Config
}

func newAuthority(t *testing.T, host string) authority {
	t.Helper()
	parent, parentKey := certificate(t, "Test CA", nil, nil)
	leaf, leafKey := certificate(t, host, parent, parentKey)
	a := authority{roots: x509.NewCertPool(), file: filepath.Join(t.TempDir(), "ca.pem")}
	a.roots.AddCert(parent)
	var b bytes.Buffer
	if err := pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: parent.Raw}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(a.file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	a.server = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{leaf.Raw}, PrivateKey: leafKey}}}
	return a
}

func certificate(t *testing.T, name string, parent *x509.Certificate, signer *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), BasicConstraintsValid: true,
	}
	if parent == nil {
		c.IsCA, c.KeyUsage = true, x509.KeyUsageCertSign
		parent, signer = c, key
	} else if ip := net.ParseIP(name); ip != nil {
		c.IPAddresses = []net.IP{ip}
	} else {
		c.DNSNames = []string{name}
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return made, key
}

// sender is an SMTP to that address; %s in it is the server.
func sender(t *testing.T, address string, o SMTPOptions) *SMTP {
	t.Helper()
	s, err := NewSMTP(secret.FromString(address), "Example <no-reply@auth.example.com>", o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// script is a server that says these lines whatever it hears, then does what is
// left to do with the connection.
func script(t *testing.T, then func(net.Conn), lines ...string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	t.Cleanup(func() { _ = l.Close(); all.Wait() })
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer func() { _ = c.Close() }()
				b := make([]byte, 4096)
				for i, line := range lines {
					if _, err := io.WriteString(c, line+"\r\n"); err != nil {
						return
					}
					if i < len(lines)-1 {
						if _, err := c.Read(b); err != nil {
							return
						}
					}
				}
				if then != nil {
					then(c)
				}
			})
		}
	})
	return l.Addr().String()
}

// hang reads until the other side ends.
func hang(c net.Conn) { _, _ = io.Copy(io.Discard, c) }
