package mail

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// What a smtp:// address may say of STARTTLS.
const (
	startMandatory     = "mandatory"
	startOpportunistic = "opportunistic"
	startNone          = "none"
)

// server is a mail server as its address describes it.
type server struct {
	host, port string
	user       string
	password   secret.Value
	// implicit is smtps: TLS from the first byte.
	implicit bool
	starttls string
	// loopback is this machine: nobody is between.
	loopback bool
}

func (s server) address() string { return net.JoinHostPort(s.host, s.port) }

// parseServer never wraps an error of net/url, which quotes the password.
func parseServer(address secret.Value, allowPlain bool) (server, error) {
	u, err := url.Parse(string(address.Reveal()))
	if err != nil || u.Fragment != "" || (u.Path != "" && u.Path != "/") {
		return server{}, errors.New("mail: the address of the mail server cannot be read; " +
			"it looks like smtp://user:password@mail.example.com:587, where a user or password writes " +
			"@ as %40, / as %2F, : as %3A, % as %25, # as %23 and ? as %3F")
	}
	s := server{host: u.Hostname(), port: u.Port(), starttls: startMandatory}
	switch {
	case u.Scheme == "smtp":
		s.port = port(s.port, "587")
	case u.Scheme == "smtps":
		s.implicit, s.port = true, port(s.port, "465")
	default:
		return server{}, errors.New("mail: the address of the mail server must begin with smtp:// or smtps://")
	}
	if s.host == "" || s.port == "" || strings.ContainsFunc(s.host, func(r rune) bool { return r <= ' ' || unprintable(r) }) {
		return server{}, errors.New("mail: the address of the mail server names no host, or no port from 1 to 65535")
	}
	s.loopback = isLoopback(s.host)
	if err := s.readUser(u.User); err != nil {
		return server{}, err
	}
	return s, s.readQuery(u.RawQuery, allowPlain)
}

// port is "" for what is none.
func port(given, usual string) string {
	if given == "" {
		return usual
	}
	if n, err := strconv.ParseUint(given, 10, 16); err != nil || n == 0 {
		return ""
	}
	return given
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback()
}

// readUser wants both or neither. A NUL would move the border between the two
// (RFC 4616 section 2).
func (s *server) readUser(given *url.Userinfo) error {
	password, _ := given.Password()
	s.user, s.password = given.Username(), secret.FromString(password)
	switch {
	case (s.user == "") != (password == ""):
		return errors.New("mail: the address of the mail server has a user without a password, or a password without a user")
	case strings.ContainsRune(s.user, 0) || strings.ContainsRune(password, 0):
		return errors.New("mail: the user and password of the mail server must not hold a zero byte")
	}
	return nil
}

func (s *server) readQuery(raw string, allowPlain bool) error {
	query, err := url.ParseQuery(raw)
	mode := query.Get("starttls")
	if err != nil || len(query) > 1 || (len(query) == 1 && len(query["starttls"]) != 1) {
		return errors.New("mail: the address of the mail server may say starttls once, and nothing else, after its question mark")
	}
	switch {
	case raw == "":
		return nil
	case s.implicit:
		return errors.New("mail: smtps:// is encrypted from the first byte; starttls belongs to smtp://")
	case mode != startMandatory && mode != startOpportunistic && mode != startNone:
		return errors.New("mail: starttls is mandatory, opportunistic or none")
	case mode == startNone && !s.loopback && !allowPlain:
		return errors.New("mail: starttls=none is for a mail server on this machine (localhost): " +
			"letters hold links that are as good as a password")
	}
	s.starttls = mode
	return nil
}
