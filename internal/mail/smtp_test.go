package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

func letter(t *testing.T, k Kind) Envelope {
	t.Helper()
	e, err := composer(t, newBox(t)).Envelope(full(k))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestDeliveredLetterHasBothTextsAndItsHeaders(t *testing.T) {
	p := new(post).open(t, nil)
	e := letter(t, KindReset)
	e.Subject = "Ein neues Kennwort für Example, und eine Zeile, die so lang ist, dass sie umbrochen werden muss"
	if err := sender(t, "smtp://"+p.addr+"?starttls=none", SMTPOptions{}).Send(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	got := p.letters()
	if len(got) != 1 || got[0].from != "no-reply@auth.example.com" || got[0].to != "ada@example.org" {
		t.Fatalf("delivered: %+v", got)
	}
	m, err := mail.ReadMessage(bytes.NewReader(got[0].data))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != e.Subject {
		t.Errorf("subject %q, %v", subject, err)
	}
	for header, want := range map[string]string{
		"From": `"Example" <no-reply@auth.example.com>`, "To": "<ada@example.org>", "Auto-Submitted": "auto-generated",
		"Message-Id": "<" + e.ID + "@auth.example.com>", "Date": noon.Format(time.RFC1123Z), "Mime-Version": "1.0",
	} {
		if got := m.Header[header]; len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
	for header := range m.Header {
		if !slices.Contains([]string{
			"From", "To", "Subject", "Date", "Message-Id", "Mime-Version", "Auto-Submitted", "Content-Type",
		}, header) {
			t.Errorf("unasked header %s", header)
		}
	}
	parts := alternatives(t, m)
	if lines(parts["text/plain"]) != lines(e.Text) || lines(parts["text/html"]) != lines(e.HTML) || len(parts) != 2 {
		t.Errorf("parts: %q", parts)
	}
	for line := range strings.SplitSeq(string(got[0].data), "\r\n") {
		if len(line) > 998 || strings.ContainsAny(line, "\r\n") { // RFC 5322 section 2.1.1
			t.Errorf("line of %d bytes: %.60q", len(line), line)
		}
	}
}

func lines(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// alternatives reads the parts of a letter, and holds that the plain one stands
// first: the last is the preferred one (RFC 2046 section 5.1.4).
func alternatives(t *testing.T, m *mail.Message) map[string]string {
	t.Helper()
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("%s: %v", kind, err)
	}
	all := map[string]string{}
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		kind, params, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
		if err != nil || !strings.EqualFold(params["charset"], "utf-8") || p.Header.Get("Content-Transfer-Encoding") != "quoted-printable" {
			t.Errorf("part %v: %v", p.Header, err)
		}
		if kind == "text/html" && all["text/plain"] == "" {
			t.Error("the HTML stands before the text")
		}
		b, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		all[kind] = string(b)
	}
}

// A letter with what does not belong in a header reaches nobody, even when it
// did not come from the composer.
func TestHeaderInjectionReachesNobody(t *testing.T) {
	p := new(post).open(t, nil)
	s := sender(t, "smtp://"+p.addr+"?starttls=none", SMTPOptions{})
	good := letter(t, KindTest)
	var bad []Envelope
	for _, to := range notOne {
		e := good
		e.To = to
		bad = append(bad, e)
	}
	for _, words := range []string{"a\r\nBcc: eve@evil.example", "a\nBcc: eve@evil.example", "a\rb", "a\x00b", "a\u2028b"} {
		e, f := good, good
		e.Subject, f.ID = words, words
		bad = append(bad, e, f)
	}
	for _, e := range bad {
		err := s.Send(t.Context(), e)
		if !Permanent(err) {
			t.Errorf("to %q, subject %q, id %q: %v", e.To, e.Subject, e.ID, err)
		}
	}
	if n := len(p.letters()); n != 0 || p.conns != 0 {
		t.Errorf("%d letters left in %d connections", n, p.conns)
	}
}

func TestLettersGoThroughVerifiedTLSOnly(t *testing.T) {
	good, bad := newAuthority(t, "127.0.0.1"), newAuthority(t, "other.example")
	stranger := newAuthority(t, "127.0.0.1")
	old := good.server.Clone()
	old.MinVersion, old.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	with := func(c *tls.Config, implicit bool) func(*smtp.Server) {
		return func(s *smtp.Server) {
			s.TLSConfig = c
			if implicit {
				s.Addr = "implicit"
			}
		}
	}
	trusting := func(a authority) SMTPOptions {
		// A caller that would switch verification off is not heard.
		return SMTPOptions{TLS: &tls.Config{RootCAs: a.roots, InsecureSkipVerify: true}}
	}
	for _, c := range []struct {
		name, scheme, query string
		server              func(*smtp.Server)
		options             SMTPOptions
		step, says          string // of the refusal; "" for a delivery
	}{
		{"STARTTLS", "smtp", "", with(good.server, false), trusting(good), "", ""},
		{"STARTTLS when offered", "smtp", "?starttls=opportunistic", with(good.server, false), trusting(good), "", ""},
		{"smtps", "smtps", "", with(good.server, true), trusting(good), "", ""},
		{"no STARTTLS", "smtp", "", nil, trusting(good), "STARTTLS", "offers no STARTTLS"},
		{"no STARTTLS, and none asked for", "smtp", "?starttls=opportunistic", nil, trusting(good), "", ""},
		{"another CA", "smtp", "", with(stranger.server, false), trusting(good), "STARTTLS", "not trusted"},
		{"another CA, when offered", "smtp", "?starttls=opportunistic", with(stranger.server, false), trusting(good), "STARTTLS", "not trusted"},
		{"another CA, smtps", "smtps", "", with(stranger.server, true), trusting(good), "connect", "not trusted"},
		{"another host's certificate", "smtp", "", with(bad.server, false), trusting(bad), "STARTTLS", "not trusted"},
		{"TLS 1.1", "smtp", "", with(old, false), trusting(good), "STARTTLS", "broke off"},
		{"smtps to a port of STARTTLS", "smtps", "", with(good.server, false), trusting(good), "connect", "does not speak TLS"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := new(post).open(t, c.server)
			err := sender(t, c.scheme+"://u:p@"+p.addr+c.query, c.options).Send(t.Context(), letter(t, KindTest))
			if c.step == "" {
				if err != nil || len(p.letters()) != 1 {
					t.Fatalf("%v, %d letters", err, len(p.letters()))
				}
				return
			}
			r, ok := errors.AsType[*Refusal](err)
			if !ok || r.Step != c.step || r.Host != p.addr || !strings.Contains(r.Detail, c.says) || Permanent(err) {
				t.Fatalf("refusal: %v", err)
			}
			if len(p.letters()) != 0 || len(p.passwords()) != 0 {
				t.Error("something was sent all the same")
			}
		})
	}
}

// TestSystemRootsAreUsed runs itself again, since a process reads SSL_CERT_FILE
// once.
func TestSystemRootsAreUsed(t *testing.T) {
	const at = "MAIL_TEST_SERVER"
	if addr := os.Getenv(at); addr != "" {
		if err := sender(t, "smtps://"+addr, SMTPOptions{}).Send(t.Context(), letter(t, KindTest)); err != nil {
			t.Fatal(err)
		}
		return
	}
	a := newAuthority(t, "127.0.0.1")
	p := new(post).open(t, func(s *smtp.Server) { s.TLSConfig, s.Addr = a.server, "implicit" })
	for _, c := range []struct {
		file string
		good bool
	}{{a.file, true}, {newAuthority(t, "127.0.0.1").file, false}} {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSystemRootsAreUsed$")
		cmd.Env = append(os.Environ(), at+"="+p.addr, "SSL_CERT_FILE="+c.file)
		out, err := cmd.CombinedOutput()
		if (err == nil) != c.good || (!c.good && !strings.Contains(string(out), "not trusted")) {
			t.Errorf("with %s: %v\n%s", c.file, err, out)
		}
	}
	if n := len(p.letters()); n != 1 {
		t.Errorf("%d letters", n)
	}
}

func TestPasswordArrivesAsItIs(t *testing.T) {
	a := newAuthority(t, "127.0.0.1")
	p := new(post).open(t, func(s *smtp.Server) { s.TLSConfig = a.server })
	for _, password := range []string{"p@ss/w%rd#?&=:+ 1", "ünï-密码", `"quoted"\back`, "%40", "x"} {
		for _, written := range []string{
			url.UserPassword("user@example.com", password).String(), "user%40example.com:" + url.PathEscape(password),
		} {
			s := sender(t, "smtp://"+written+"@"+p.addr, SMTPOptions{TLS: &tls.Config{RootCAs: a.roots}})
			if err := s.Send(t.Context(), letter(t, KindTest)); err != nil {
				t.Fatal(err)
			}
			got := p.passwords()
			if got[len(got)-2] != "user@example.com" || got[len(got)-1] != password {
				t.Errorf("sent %q, arrived %q", password, got[len(got)-1])
			}
			if said := fmt.Sprintf("%v %+v", s, *s); strings.Contains(said, password) && len(password) > 3 {
				t.Errorf("the sender prints its password: %s", said)
			}
		}
	}
}

// Within this machine a password may go without TLS; to any other it may not,
// even where the operator asked for no STARTTLS.
func TestPasswordIsNotShownWithoutTLS(t *testing.T) {
	p := new(post).open(t, nil)
	for _, mode := range []string{"opportunistic", "none"} {
		s := sender(t, "smtp://u:hunter2@"+p.addr+"?starttls="+mode, SMTPOptions{})
		if err := s.Send(t.Context(), letter(t, KindTest)); err != nil || len(p.passwords()) == 0 {
			t.Fatalf("within this machine: %v", err)
		}
		before := len(p.passwords())
		s.loopback = false
		err := s.Send(t.Context(), letter(t, KindTest))
		if r, ok := errors.AsType[*Refusal](err); !ok || r.Step != "AUTH" || r.Final || len(p.passwords()) != before {
			t.Errorf("%s: %v, %d passwords", mode, err, len(p.passwords()))
		}
	}
}

func TestAddressOfTheServer(t *testing.T) {
	const hidden = "hunter2"
	for address, want := range map[string]string{
		"smtp://mail.example.com":                        "mail.example.com:587",
		"smtps://mail.example.com":                       "mail.example.com:465",
		"smtp://u:hunter2@mail.example.com:2525/":        "mail.example.com:2525",
		"smtp://[::1]:1025?starttls=none":                "[::1]:1025",
		"smtp://u:hunter2@localhost?starttls=none":       "localhost:587",
		"smtp://mail.example.com?starttls=opportunistic": "mail.example.com:587",
		"":                                    "",
		"mail.example.com:587":                "",
		"http://u:hunter2@mail.example.com":   "",
		"smtp://u:hunter2@":                   "",
		"smtp://u:hunter2@mail.example.com:0": "",
		"smtp://u:hunter2@mail.example.com:70000":                "",
		"smtp://u:hunter2#x@mail.example.com":                    "", // a # that was not written as %23
		"smtp://u:hunter2/x@mail.example.com":                    "",
		"smtp://u:hunter2%x@mail.example.com":                    "",
		"smtp://u:hunter2?x@mail.example.com":                    "",
		"smtp://u@mail.example.com":                              "",
		"smtp://:hunter2@mail.example.com":                       "",
		"smtp://u:hunter2%00@mail.example.com":                   "",
		"smtp://u:hunter2@mail.example.com/inbox":                "",
		"smtp://u:hunter2@mail.example.com?tls=no":               "",
		"smtp://u:hunter2@localhost?starttls=none&starttls=none": "",
		"smtp://u:hunter2@localhost?starttls=never":              "",
		"smtp://u:hunter2@localhost?starttls":                    "",
		"smtps://u:hunter2@localhost?starttls=none":              "",
		"smtp://u:hunter2@mail.example.com?starttls=none":        "", // not this machine
		"smtp://u:hunter2@127.0.0.1.evil.example?starttls=none":  "",
	} {
		s, err := NewSMTP(secret.FromString(address), "no-reply@example.com", SMTPOptions{})
		if (err == nil) != (want != "") || (err == nil && s.address() != want) {
			t.Errorf("%q: %v, %v", address, s, err)
		}
		if err != nil && (strings.Contains(err.Error(), hidden) || strings.Contains(err.Error(), "example.com/inbox")) {
			t.Errorf("%q: the error quotes it: %v", address, err)
		}
	}
	if _, err := NewSMTP(secret.FromString("smtp://mailpit:1025?starttls=none"), "a@x", SMTPOptions{AllowPlain: true}); err != nil {
		t.Errorf("a mail catcher of development: %v", err)
	}
	for _, from := range append(slices.Clone(notOne), "no-reply@bücher.example") {
		if from == "<a@x>" || from == "Ada <a@x>" || strings.TrimSpace(from) == "a@x" || from == "a(c)@x" || from == "g: a@x;" {
			continue // a sender may have a name, blanks and comments around it, which the library takes away
		}
		if _, err := NewSMTP(secret.FromString("smtp://mail.example.com"), from, SMTPOptions{}); err == nil {
			t.Errorf("the sender %q was taken", from)
		}
	}
}

func TestRefusalsAreOfTheirClass(t *testing.T) {
	reply := func(code int, words string) func() error {
		return func() error {
			return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: words}
		}
	}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	ok := []string{"220 hi", "250 hi", "250 yes", "250 yes", "354 go"}
	for _, c := range []struct {
		name      string
		post      *post
		addr      string // where there is no post
		user      string
		step      string
		code      int
		permanent bool
		says      string
	}{
		{
			name: "no such mailbox", post: &post{onRcpt: reply(550, "<ADA@example.org>: no ada here")},
			step: "RCPT TO", code: 550, permanent: true, says: "no a*** here",
		},
		{
			name: "content refused, and quoted", post: &post{onData: reply(554, "bad link "+link)},
			step: "DATA", code: 554, permanent: true, says: "bad link [link]",
		},
		{name: "greylisted", post: &post{onRcpt: reply(451, "come back")}, step: "RCPT TO", code: 451, says: "try again later"},
		{name: "full", post: &post{onData: reply(452, "no room")}, step: "DATA", code: 452, says: "no room"},
		// What the operator can put right is never the end of a letter.
		{name: "sender refused", post: &post{onMail: reply(553, "not yours")}, step: "MAIL FROM", code: 553, says: "MAIL_FROM"},
		{name: "wants a password", post: &post{onRcpt: reply(530, "authenticate")}, step: "RCPT TO", code: 530, says: "authenticate"},
		{name: "wrong password", post: &post{}, user: "wrong:hunter2@", step: "AUTH", code: 535, says: "SMTP_URL"},
		{name: "nobody listens", addr: closed.Addr().String(), step: "connect", says: "nothing listens"},
		{name: "not today", addr: script(t, nil, "554 no service"), step: "greeting", code: 554, says: "no service"},
		{name: "busy", addr: script(t, nil, "421 busy"), step: "greeting", code: 421, says: "busy"},
		{name: "no mail server at all", addr: script(t, nil, "HTTP/1.1 400 Bad Request"), step: "greeting", says: "broke off"},
		{name: "silent", addr: script(t, hang), step: "greeting", says: "in time"},
		{name: "silent after DATA", addr: script(t, hang, ok...), step: "DATA", says: "in time"},
		{name: "gone at DATA", addr: script(t, nil, ok...), step: "DATA", says: "closed the connection"},
		{name: "no AUTH", addr: script(t, hang, "220 hi", "250-hi\r\n250 AUTH CRAM-MD5"), user: "u:hunter2@", step: "AUTH", says: "neither"},
		{name: "ASCII only", post: &post{}, step: "SMTPUTF8", permanent: true, says: "ASCII"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := letter(t, KindReset)
			if c.step == "SMTPUTF8" {
				e.To = "ünï@example.org"
			}
			if c.post != nil {
				c.addr = c.post.open(t, nil).addr
			}
			o := SMTPOptions{}
			if c.says == "in time" {
				o.Whole = 400 * time.Millisecond
			}
			s := sender(t, "smtp://"+c.user+c.addr+"?starttls=none", o)
			err := s.Send(t.Context(), e)
			r, is := errors.AsType[*Refusal](err)
			if !is || r.Step != c.step || r.Code != c.code || r.Host != c.addr || r.Final != c.permanent ||
				Permanent(err) != c.permanent || !strings.Contains(r.Detail, c.says) {
				t.Fatalf("refusal: %v", err)
			}
			for _, secret := range []string{"hunter2", "mXb3v9sQ1nY7", "ada@", "ADA@", e.Subject} {
				if strings.Contains(err.Error(), secret) || strings.ContainsAny(err.Error(), "\r\n") {
					t.Errorf("the error tells %q: %v", secret, err)
				}
			}
		})
	}
}

func TestUnicodeMailboxIsReachedWhereTheServerTakesIt(t *testing.T) {
	p := new(post).open(t, func(s *smtp.Server) { s.EnableSMTPUTF8 = true })
	s := sender(t, "smtp://"+p.addr+"?starttls=none", SMTPOptions{})
	e := letter(t, KindTest)
	for _, to := range []string{"ada@example.org", "ünï@example.org"} {
		e.To = to
		if err := s.Send(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	got := p.letters()
	if got[0].utf8 || !got[1].utf8 || got[1].to != "ünï@example.org" {
		t.Errorf("%v %v %q", got[0].utf8, got[1].utf8, got[1].to)
	}
}

// A server that hears the end of the letter and never says good-bye has it.
func TestDeliveredIsDeliveredWhateverComesAfter(t *testing.T) {
	addr := script(t, hang, "220 hi", "250 hi", "250 yes", "250 yes", "354 go", "250 mine")
	e := Envelope{ID: "x", Kind: KindTest, To: "a@x", Subject: "s", Text: "t", At: noon}
	if err := sender(t, "smtp://"+addr+"?starttls=none", SMTPOptions{}).Send(t.Context(), e); err != nil {
		t.Error(err)
	}
}

func TestConversationEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	addr := script(t, func(c net.Conn) { cancel(); hang(c) }, "220 hi", "250 hi")
	err := sender(t, "smtp://"+addr+"?starttls=none", SMTPOptions{Whole: time.Hour}).Send(ctx, letter(t, KindTest))
	if err == nil || Permanent(err) {
		t.Errorf("ended: %v", err)
	}
}
