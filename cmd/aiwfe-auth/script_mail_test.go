package main

import (
	"io"
	"log"
	"net"
	"os"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/pquerna/otp/totp"
	"github.com/rogpeppe/go-internal/testscript"
)

// post is a mail server that writes the letters it takes into a file.
type post struct {
	mu     sync.Mutex
	file   string
	refuse bool
}

func (p *post) NewSession(*smtp.Conn) (smtp.Session, error) { return p, nil }
func (p *post) Mail(string, *smtp.MailOptions) error        { return nil }
func (p *post) Reset()                                      {}
func (p *post) Logout() error                               { return nil }

func (p *post) Rcpt(string, *smtp.RcptOptions) error {
	if p.refuse {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "nobody of that name is here"}
	}
	return nil
}

func (p *post) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	f, err := os.OpenFile(p.file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}

// mailServer starts one on this machine and sets SMTP to its address. Letters
// come into the file "letters"; with "refuse" it takes no recipient.
func mailServer(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, args, 0, "smtpd [refuse]")
	s := smtp.NewServer(&post{file: ts.MkAbs("letters"), refuse: len(args) > 0 && args[0] == "refuse"})
	s.Domain, s.ErrorLog = "post.example", log.New(io.Discard, "", 0)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }()
	ts.Defer(func() { _ = s.Close(); <-done })
	ts.Setenv("SMTP", l.Addr().String())
}

// codeOf sets a variable to the code that an authenticator app shows, now or so
// much later: a code is good once, so a script that needs two takes two steps.
func codeOf(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, args, 2, "totp VARIABLE SECRET [LATER]")
	at := time.Now()
	if len(args) > 2 {
		later, err := time.ParseDuration(args[2])
		ts.Check(err)
		at = at.Add(later)
	}
	code, err := totp.GenerateCode(args[1], at)
	ts.Check(err)
	ts.Setenv(args[0], code)
}
