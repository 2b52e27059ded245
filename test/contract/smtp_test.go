package contract

import (
	"net/url"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// post is a mail server that keeps what arrives.
type post struct{ *ground.PostOffice }

// letter is one that arrived.
type letter struct{ ground.Letter }

// newPost opens one on a free port.
func newPost(t *testing.T) *post {
	t.Helper()
	return &post{ground.SMTP(t)}
}

// env are the settings of a server that sends its letters here.
func (p *post) env() map[string]string {
	return map[string]string{"SMTP_URL": p.URL, "MAIL_FROM": "no-reply@auth.example.com"}
}

// to are the letters to an address as it was written, oldest first.
func (p *post) to(address string) (all []letter) {
	for _, l := range p.All() {
		if l.To == address {
			all = append(all, letter{l})
		}
	}
	return all
}

// recipients are all addresses that got something.
func (p *post) recipients() (all []string) {
	for _, l := range p.All() {
		if !slices.Contains(all, l.To) {
			all = append(all, l.To)
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
		came = append(came, l.Subject)
	}
	t.Fatalf("no letter number %d with a link to %q came to %s; there came %q", nth, page, address, came)
	return letter{}
}

var address = regexp.MustCompile(`https?://[^\s<>"]+`)

// links are all addresses in a letter, of both its parts.
func (l letter) links() []string { return address.FindAllString(l.Text, -1) }

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
	for _, one := range addresses {
		for _, l := range p.Letters(one) {
			t.Errorf("%s got %q", l.To, l.Subject)
		}
	}
}
