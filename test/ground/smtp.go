package ground

import (
	"io"
	"log"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// PostOffice is a mail server within the test that keeps what it is sent.
type PostOffice struct {
	// URL is what SMTP_URL takes: this machine, without TLS.
	URL string

	addr string

	mu      sync.Mutex
	server  *smtp.Server
	letters []Letter // in the order they came
}

// Letter is one that arrived. Raw is all of it as it came.
type Letter struct{ To, Subject, Text, HTML, Raw string }

// letterLimit is how long a letter may take: the outbox looks every two seconds.
const letterLimit = 15 * time.Second

// SMTP starts a mail server that ends with the test.
func SMTP(t testing.TB) *PostOffice {
	t.Helper()
	p := &PostOffice{addr: "127.0.0.1:0"}
	p.Open(t)
	t.Cleanup(p.Close)
	return p
}

// Open opens it, on the same port again when it was closed.
func (p *PostOffice) Open(t testing.TB) {
	t.Helper()
	l, err := net.Listen("tcp", p.addr)
	if err != nil {
		t.Fatal(err)
	}
	p.addr = l.Addr().String()
	p.URL = "smtp://" + p.addr + "?starttls=none"
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &visit{office: p}, nil }))
	s.Domain, s.ErrorLog = "post.example", log.New(io.Discard, "", 0)
	p.server = s
	go func() { _ = s.Serve(l) }()
}

// Close ends it; what came stays.
func (p *PostOffice) Close() { _ = p.server.Close() }

// All are the letters to everybody, oldest first.
func (p *PostOffice) All() []Letter {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.letters)
}

// Letters are those that came to an address, oldest first.
func (p *PostOffice) Letters(to string) (found []Letter) {
	for _, l := range p.All() {
		if strings.EqualFold(l.To, to) {
			found = append(found, l)
		}
	}
	return found
}

// Link waits for a letter to the address that has a link to the page, such as
// "/verify-email", and gives the newest such link.
func (p *PostOffice) Link(t testing.TB, to, page string) string {
	t.Helper()
	for until := time.Now().Add(letterLimit); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		letters := p.Letters(to)
		for i := len(letters) - 1; i >= 0; i-- {
			if link := letters[i].Link(page); link != "" {
				return link
			}
		}
	}
	t.Fatalf("no letter to %s with a link to %s came; there are: %+v", to, page, p.Letters(to))
	return ""
}

var anyLink = regexp.MustCompile(`(?m)^https?://\S+`)

// Link is the first link to a page in the text of the letter, or "".
func (l Letter) Link(page string) string {
	for _, link := range anyLink.FindAllString(l.Text, -1) {
		if u, err := url.Parse(link); err == nil && u.Path == page {
			return link
		}
	}
	return ""
}
