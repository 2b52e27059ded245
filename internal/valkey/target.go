// Package valkey connects to the Valkey or Redis server that REDIS_URL names,
// and says in one word why that does not work. PostgreSQL or SQLite is the
// truth; what lies in Valkey can be lost without anybody losing an account.
package valkey

import (
	"errors"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// Target is a REDIS_URL taken apart.
type Target struct {
	// Network is "tcp" or "unix"; Addresses are host:port, or the one socket.
	Network   string
	Addresses []string
	// TLS is asked for by rediss:// and valkeys://. The certificate must be of
	// the host and of an authority that this machine trusts.
	TLS      bool
	User     string
	Password secret.Value
	DB       int
	// Ignored are options after the ? that mean nothing here.
	Ignored []string
}

const defaultPort = "6379"

// Parse takes a REDIS_URL apart: redis://user:password@host:port/db, the same
// with rediss:// for TLS, unix:///path/to.sock?db=1. Its errors hold no piece of
// the address: what stands in the wrong place may be the password.
func Parse(raw secret.Value) (Target, error) {
	scheme, rest, ok := strings.Cut(string(raw.Reveal()), "://")
	if !ok {
		return Target{}, errors.New("the address has no scheme such as redis://")
	}
	t := Target{Network: "tcp"}
	switch strings.ToLower(scheme) {
	case "redis", "valkey":
	case "rediss", "valkeys":
		t.TLS = true
	case "unix":
		t.Network = "unix"
	default:
		return Target{}, errors.New("the address begins with a scheme that is none of redis, rediss, valkey, valkeys and unix")
	}
	rest, query, _ := strings.Cut(rest, "?")
	if i := strings.LastIndex(rest, "@"); i >= 0 {
		if err := t.login(rest[:i]); err != nil {
			return Target{}, err
		}
		rest = rest[i+1:]
	}
	if err := t.place(rest); err != nil {
		return Target{}, err
	}
	return t, t.options(query)
}

func (t *Target) login(text string) error {
	user, password, _ := strings.Cut(text, ":")
	var err, err2 error
	t.User, err = url.PathUnescape(user)
	password, err2 = url.PathUnescape(password)
	if err != nil || err2 != nil {
		return errors.New("the user name or the password holds a % that begins no encoded character; a % itself is written %25")
	}
	t.Password = secret.FromString(password)
	return nil
}

// place reads the hosts and the number of the database, or the socket.
func (t *Target) place(rest string) error {
	if t.Network == "unix" {
		if rest == "" {
			return errors.New("the address names no socket")
		}
		t.Addresses = []string{rest}
		return nil
	}
	hosts, db, _ := strings.Cut(rest, "/")
	for host := range strings.SplitSeq(hosts, ",") {
		name, port, err := net.SplitHostPort(host)
		if err != nil { // no port: the whole of it is the host
			name, port = strings.Trim(host, "[]"), ""
		}
		if name == "" {
			return errors.New("the address names no host")
		}
		if port == "" {
			port = defaultPort
		}
		t.Addresses = append(t.Addresses, net.JoinHostPort(name, port))
	}
	return t.number(db)
}

func (t *Target) number(db string) (err error) {
	if db == "" {
		return nil
	}
	if t.DB, err = strconv.Atoi(db); err != nil || t.DB < 0 {
		return errors.New("what follows the host is not the number of a database; a number such as /0 is")
	}
	return nil
}

func (t *Target) options(query string) error {
	values, err := url.ParseQuery(query)
	if err != nil {
		return errors.New("the options after the ? cannot be read")
	}
	for name, v := range values {
		if name != "db" {
			t.Ignored = append(t.Ignored, name)
		} else if err := t.number(v[0]); err != nil {
			return err
		}
	}
	slices.Sort(t.Ignored)
	return nil
}

// Address is where it is, for people.
func (t Target) Address() string { return strings.Join(t.Addresses, ", ") }

// String is the address for people, without its password.
func (t Target) String() string {
	s := "redis://"
	switch {
	case t.TLS:
		s = "rediss://"
	case t.Network == "unix":
		return "unix://" + t.Address() + "?db=" + strconv.Itoa(t.DB)
	}
	if t.User != "" || !t.Password.Empty() {
		s += "***@"
	}
	return s + strings.Join(t.Addresses, ",") + "/" + strconv.Itoa(t.DB)
}

// host is the name that the certificate must have.
func (t Target) host() string {
	name, _, _ := net.SplitHostPort(t.Addresses[0])
	return name
}
