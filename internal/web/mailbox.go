package web

import (
	"html/template"
	"net/http"
	"net/netip"
	"net/url"
	"slices"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
)

// letterPolicy shows a letter as a mail program would: no script, nothing from
// elsewhere, and not as a page of this origin.
const letterPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// forwarding are headers by which a proxy tells that somebody else asks.
var forwarding = []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Via"}

// atHome says whether the request comes from this machine itself: letters hold
// links that are as good as a password. The name asked for must be one of this
// machine too, or a page elsewhere whose name was pointed here (DNS rebinding)
// could read them.
func atHome(r *http.Request) bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !peer.Addr().Unmap().IsLoopback() {
		return false
	}
	if slices.ContainsFunc(forwarding, func(name string) bool { return len(r.Header.Values(name)) > 0 }) {
		return false
	}
	return thisMachine(&url.URL{Host: r.Host})
}

// thisMachine says whether an address is one that no other machine can use.
func thisMachine(u *url.URL) bool {
	host := u.Hostname()
	if a, err := netip.ParseAddr(host); err == nil {
		return a.Unmap().IsLoopback()
	}
	return host == "localhost"
}

// mailboxHref is the address of the mailbox for whoever may open it. A server
// whose own address is another is reached by others: a proxy in front that is
// set up no further than to pass requests on (nginx by default) names neither
// them nor itself, and asks for this machine.
func (s *Site) mailboxHref(q *httpkit.Request) string {
	public, err := url.Parse(q.Kit().URL(""))
	if s.o.Mailbox == nil || err != nil || !thisMachine(public) || !atHome(q.HTTP()) {
		return ""
	}
	return "/dev/mailbox"
}

func noSuchRoute() error {
	return fault.New(api.CodeNotFound, "no_such_route", "There is nothing at this address.")
}

func letterRow(l mail.Received) LetterRow {
	return LetterRow{Href: "/dev/mailbox/" + url.PathEscape(l.ID), To: l.To, Subject: l.Subject, At: l.At}
}

func (s *Site) mailbox(q *httpkit.Request) error {
	if s.mailboxHref(q) == "" {
		return noSuchRoute()
	}
	b, err := s.base(q, "login.mailbox.title")
	if err != nil {
		return err
	}
	page := MailboxPage{Base: b}
	for _, l := range s.o.Mailbox.All() {
		page.Letters = append(page.Letters, letterRow(l))
	}
	s.render(q, http.StatusOK, PageMailbox, page)
	return nil
}

// oneLetter finds the letter of the address.
func (s *Site) oneLetter(q *httpkit.Request) (mail.Received, error) {
	if s.mailboxHref(q) == "" {
		return mail.Received{}, noSuchRoute()
	}
	for _, l := range s.o.Mailbox.All() {
		if l.ID == q.HTTP().PathValue("id") {
			return l, nil
		}
	}
	return mail.Received{}, noSuchRoute()
}

func (s *Site) letter(q *httpkit.Request) error {
	l, err := s.oneLetter(q)
	if err != nil {
		return err
	}
	b, err := s.base(q, "login.mailbox.title")
	if err != nil {
		return err
	}
	b.Title = l.Subject
	page := LetterPage{Base: b, LetterRow: letterRow(l), Text: l.Text}
	page.HTMLHref = page.Href + "/html"
	for _, link := range l.Links {
		page.Links = append(page.Links, template.URL(link)) // lines that begin with http, says the mailbox
	}
	s.render(q, http.StatusOK, PageLetter, page)
	return nil
}

// letterHTML is the letter as it was written, in a sandbox of its own.
func (s *Site) letterHTML(q *httpkit.Request) error {
	l, err := s.oneLetter(q)
	if err != nil {
		return err
	}
	q.Header().Set("Content-Security-Policy", letterPolicy)
	q.Header().Set("Content-Type", "text/html; charset=utf-8")
	q.WriteHeader(http.StatusOK)
	_, err = q.Write([]byte(l.HTML))
	return err
}
