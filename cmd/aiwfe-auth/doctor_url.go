package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/net/idna"

	"github.com/aiwfe/aiwfe-auth/internal/doctor"
	"github.com/aiwfe/aiwfe-auth/internal/doctor/outside"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// lookout is how the doctor is told to look through a public address.
type lookout struct {
	url, user, code          string
	origins                  []string
	passwordStdin, codeStdin bool
	browser, active          bool

	parsed *url.URL
}

func (l *lookout) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&l.url, "url", "", "look through this public address instead, as a stranger's browser does; needs no configuration")
	f.StringSliceVar(&l.origins, "origin", nil, "a front end of another origin that should be able to sign in there, such as https://app.example.com")
	f.StringVar(&l.user, "user", "", "the address of a test account: sign in with it, renew, sign out")
	f.BoolVar(&l.passwordStdin, "password-stdin", false, "read its password from standard input")
	f.StringVar(&l.code, "code", "", "a code of its second factor")
	f.BoolVar(&l.codeStdin, "code-stdin", false, "read that code from standard input, on the line after the password")
	f.BoolVar(&l.browser, "browser", false, "also open the login page in Chromium, where it is installed")
	f.BoolVar(&l.active, "active", false, "also send spoofed headers and large requests, where the host is not of this machine")
}

// check refuses what does not go together, before anything is asked.
func (l *lookout) check(p *program, cmd *cobra.Command) error {
	if !cmd.Flags().Changed("url") {
		for _, name := range []string{"origin", "user", "password-stdin", "code", "code-stdin", "browser", "active"} {
			if cmd.Flags().Changed(name) {
				return fmt.Errorf("--%s is for looking from outside: it goes with --url", name)
			}
		}
		return nil
	}
	u, err := publicAddress("--url", l.url)
	if err != nil {
		return err
	}
	l.parsed = u
	for i, text := range l.origins {
		o, err := publicAddress("--origin", text)
		if err != nil {
			return err
		}
		l.origins[i] = o.Scheme + "://" + o.Host
	}
	return l.checkAccount(p, cmd)
}

func (l *lookout) checkAccount(p *program, cmd *cobra.Command) error {
	given := cmd.Flags().Changed
	switch {
	case l.user == "" && (given("user") || l.passwordStdin || given("code") || l.codeStdin):
		return errors.New("--password-stdin, --code and --code-stdin go with --user and the address of a test account")
	case l.user == "":
		return nil
	case l.parsed.Scheme == "http" && !ofThisMachine(l.parsed.Hostname()):
		return fmt.Errorf("--user is refused with %s: a password is sent over https only, or to this machine itself", l.parsed)
	case given("code") && l.codeStdin:
		return errors.New("--code and --code-stdin do not go together")
	case l.codeStdin && !l.passwordStdin:
		return errors.New("--code-stdin goes with --password-stdin: the password on the first line, the code on the second")
	case !l.passwordStdin && !p.terminal():
		return errors.New("there is no terminal to ask for a password: give it by --password-stdin")
	}
	return nil
}

// publicAddress reads an origin: scheme and host, nothing else.
func publicAddress(flag, text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSuffix(text, "/"))
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("%s is an address such as https://auth.example.com, and %q is none", flag, withoutUser(text))
	case u.User != nil:
		return nil, fmt.Errorf("%s holds a name or password: leave it out", flag)
	case u.Path != "" || u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("%s is scheme and host alone, without a path: %s://%s", flag, u.Scheme, u.Host)
	}
	host, err := idna.Lookup.ToASCII(u.Hostname())
	if err != nil { // an address of digits, or a name with an underscore
		host = strings.ToLower(u.Hostname())
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if u.Port() != "" {
		host += ":" + u.Port()
	}
	return &url.URL{Scheme: u.Scheme, Host: host}, nil
}

func withoutUser(text string) string {
	if i := strings.LastIndexByte(text, '@'); i >= 0 {
		return "…" + text[i:]
	}
	return text
}

func ofThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

// look examines the address.
func (p *program) look(cmd *cobra.Command, l *lookout, verbose bool) error {
	o := outside.Options{URL: l.parsed, Origins: l.origins, User: l.user, Browser: l.browser, Active: l.active, Strict: true}
	if err := p.account(l, &o); err != nil {
		return err
	}
	return p.diagnosed(doctor.Diagnose(cmd.Context(), l.parsed.String(), outside.Checks(o)), verbose)
}

// account reads the password, and the code where one is given.
func (p *program) account(l *lookout, o *outside.Options) error {
	if l.user == "" {
		return nil
	}
	code := l.code
	if l.passwordStdin {
		lines := bufio.NewReader(io.LimitReader(p.in, 64<<10))
		password, err := readLine(lines, "password")
		if err != nil {
			return err
		}
		o.Password = secret.FromString(password)
		if l.codeStdin {
			if code, err = readLine(lines, "code"); err != nil {
				return err
			}
		}
	} else {
		text, err := p.ask(p.in.(*os.File), "Password of "+l.user+": ") // checkAccount saw a terminal
		if err != nil {
			return err
		}
		o.Password = secret.FromString(text)
	}
	switch {
	case code != "":
		o.Code = func() (string, error) { return code, nil }
	case p.terminal():
		o.Code = func() (string, error) { return p.ask(p.in.(*os.File), "Code of the second factor: ") }
	}
	return nil
}

func readLine(r *bufio.Reader, what string) (string, error) {
	text, err := r.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("the %s could not be read: %w", what, err)
	}
	if text = strings.TrimRight(text, "\r\n"); text == "" {
		return "", fmt.Errorf("no %s came on standard input", what)
	}
	return text, nil
}
