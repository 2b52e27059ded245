package ground

import (
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

	mu      sync.Mutex
	letters []Letter // in the order they came
}

// Letter is one that arrived.
type Letter struct{ To, Subject, Text, HTML string }

// letterLimit is how long a letter may take: the outbox looks every two seconds.
const letterLimit = 15 * time.Second

// SMTP starts a mail server that ends with the test.
func SMTP(t testing.TB) *PostOffice {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &PostOffice{URL: "smtp://" + l.Addr().String() + "?starttls=none"}
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &visit{office: p}, nil }))
	s.Domain, s.ErrorLog = "post.example", log.New(io.Discard, "", 0)
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close(); <-done })
	return p
}

// Letters are those that came to an address, oldest first.
func (p *PostOffice) Letters(to string) (found []Letter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.letters {
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

// visit is one connection.
type visit struct {
	office *PostOffice
	to     string
}

func (v *visit) Mail(string, *smtp.MailOptions) error { return nil }

func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error { v.to = to; return nil }

func (v *visit) Reset() { v.to = "" }

func (v *visit) Logout() error { return nil }

// Data refuses what it cannot read, so that a broken letter never looks sent.
func (v *visit) Data(r io.Reader) error {
	l, err := readLetter(r)
	if err != nil {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: err.Error()}
	}
	l.To = v.to
	v.office.mu.Lock()
	v.office.letters = append(v.office.letters, l)
	v.office.mu.Unlock()
	return nil
}

func readLetter(r io.Reader) (l Letter, err error) {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return l, fmt.Errorf("read the letter: %w", err)
	}
	if l.Subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		return l, fmt.Errorf("read the subject: %w", err)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		return l, fmt.Errorf("a letter of type %q: %w", kind, err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return l, nil
		}
		if err != nil {
			return l, fmt.Errorf("read a part: %w", err)
		}
		if err := l.read(part); err != nil {
			return l, err
		}
	}
}

func (l *Letter) read(part *multipart.Part) error {
	var body io.Reader = part
	if strings.EqualFold(part.Header.Get("Content-Transfer-Encoding"), "quoted-printable") {
		body = quotedprintable.NewReader(part)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return fmt.Errorf("read a part: %w", err)
	}
	kind, _, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
	switch kind {
	case "text/plain":
		l.Text = strings.ReplaceAll(string(text), "\r\n", "\n")
	case "text/html":
		l.HTML = string(text)
	default:
		return fmt.Errorf("a part of type %q: %w", kind, err)
	}
	return nil
}
