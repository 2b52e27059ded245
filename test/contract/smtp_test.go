package contract

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// post is a real mail server in this process. It keeps what arrives.
type post struct {
	addr string

	mu      sync.Mutex
	server  *smtp.Server
	letters []letter
}

// letter is one that arrived, as its reader sees it.
type letter struct {
	to, subject, text, raw string
}

// newPost opens one on a free port.
func newPost(t *testing.T) *post {
	t.Helper()
	p := &post{addr: "127.0.0.1:0"}
	p.open(t)
	t.Cleanup(p.close)
	return p
}

// open opens it, again on the same port when it was closed.
func (p *post) open(t *testing.T) {
	t.Helper()
	l, err := net.Listen("tcp", p.addr)
	if err != nil {
		t.Fatal(err)
	}
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &visit{post: p}, nil }))
	s.Domain, s.ErrorLog = "post.example", log.New(io.Discard, "", 0)
	p.addr, p.server = l.Addr().String(), s
	go func() { _ = s.Serve(l) }()
}

func (p *post) close() { _ = p.server.Close() }

// env are the settings of a server that sends its letters here.
func (p *post) env() map[string]string {
	return map[string]string{"SMTP_URL": "smtp://" + p.addr + "?starttls=none", "MAIL_FROM": "no-reply@auth.example.com"}
}

// visit is one delivery.
type visit struct {
	post *post
	to   []string
}

func (v *visit) Mail(string, *smtp.MailOptions) error      { return nil }
func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error { v.to = append(v.to, to); return nil }
func (v *visit) Reset()                                    { v.to = nil }
func (v *visit) Logout() error                             { return nil }

func (v *visit) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	l, err := read(raw)
	if err != nil {
		return fmt.Errorf("a letter that cannot be read: %w", err)
	}
	v.post.mu.Lock()
	defer v.post.mu.Unlock()
	for _, to := range v.to {
		l.to = to
		v.post.letters = append(v.post.letters, l)
	}
	return nil
}

// read finds the subject and the plain text.
func read(raw []byte) (letter, error) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return letter{}, err
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		return letter{}, err
	}
	l := letter{subject: subject, raw: string(raw)}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return letter{}, err
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	part, err := parts.NextRawPart()
	if err != nil {
		return letter{}, err
	}
	text, err := io.ReadAll(quotedprintable.NewReader(part))
	l.text = string(text)
	return l, err
}

// to are the letters to an address, oldest first.
func (p *post) to(address string) (all []letter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.letters {
		if l.to == address {
			all = append(all, l)
		}
	}
	return all
}

// recipients are all addresses that got something.
func (p *post) recipients() (all []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.letters {
		if !slices.Contains(all, l.to) {
			all = append(all, l.to)
		}
	}
	return all
}

// wait waits for the nth letter to an address whose link leads to a page, or for any where page is empty.
func (p *post) wait(t testing.TB, address, page string, nth int) letter {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for time.Now().Before(deadline) {
		found := 0
		for _, l := range p.to(address) {
			if page == "" || l.token(page) != "" {
				if found++; found == nth {
					return l
				}
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	var came []string
	for _, l := range p.to(address) {
		came = append(came, l.subject)
	}
	t.Fatalf("no letter number %d with a link to %q came to %s; there came %q", nth, page, address, came)
	return letter{}
}

var address = regexp.MustCompile(`https?://[^\s<>"]+`)

// links are all addresses in a letter, of both its parts.
func (l letter) links() []string { return address.FindAllString(l.text, -1) }

// token is that of the link to a page.
func (l letter) token(page string) string {
	for _, link := range l.links() {
		if u, err := url.Parse(link); err == nil && u.Path == page {
			return u.Query().Get("token")
		}
	}
	return ""
}

// mailed runs a server that sends letters.
func mailed(t *testing.T, env map[string]string) (*world, *post) {
	t.Helper()
	p := newPost(t)
	full := p.env()
	for name, value := range env {
		full[name] = value
	}
	return start(t, full), p
}

// joined registers somebody, opens the link of the letter, and returns the address.
func (w *world) joined(t testing.TB, p *post) string {
	t.Helper()
	email := w.address()
	b := w.browser().greet(t)
	b.do(t, "POST", "/api/v1/auth/register", object{"email": email, "password": password}).want(t, 202, "")
	token := p.wait(t, email, "/verify-email", 1).token("/verify-email")
	b.do(t, "POST", "/api/v1/auth/verify", object{"token": token}).want(t, 200, "")
	return email
}

// forgot asks for a link and returns the token of the nth letter with one.
func (w *world) forgot(t testing.TB, p *post, email string, nth int) string {
	t.Helper()
	w.program().do(t, "POST", "/api/v1/auth/forgot-password", object{"email": email}).want(t, 202, "")
	return p.wait(t, email, "/reset-password", nth).token("/reset-password")
}

// silent fails when an address got a letter.
func (p *post) silent(t testing.TB, addresses ...string) {
	t.Helper()
	for _, got := range p.recipients() {
		for _, one := range addresses {
			if strings.EqualFold(got, one) {
				t.Errorf("%s got %q", got, p.to(got)[0].subject)
			}
		}
	}
}
