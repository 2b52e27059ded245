package bundle

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// Kind is what was taken out of a text.
type Kind string

// Kinds of what is taken out.
const (
	KindSecret  Kind = "secrets"
	KindAddress Kind = "addresses of people"
	KindIP      Kind = "IP addresses"
)

// cleaner takes out of a text what must not leave the machine. What is put into
// a bundle holds no secret in the first place; this is for what somebody adds
// one day, and for what other programs say in their errors.
type cleaner struct {
	secrets [][]byte // in every form that a text may hold them in
	changed map[Kind]int
}

// leastSecret is from how many bytes on a secret is looked for: a password "a"
// would take every a out.
const leastSecret = 4

func newCleaner(secrets []secret.Value) *cleaner {
	c := &cleaner{changed: map[Kind]int{}}
	for _, s := range secrets {
		raw := s.Reveal()
		if len(raw) < leastSecret {
			continue
		}
		quoted := strconv.Quote(string(raw))
		for _, form := range []string{
			string(raw), url.QueryEscape(string(raw)), url.PathEscape(string(raw)), quoted[1 : len(quoted)-1],
			hex.EncodeToString(raw), base64.StdEncoding.EncodeToString(raw), base64.RawURLEncoding.EncodeToString(raw),
		} {
			c.secrets = append(c.secrets, []byte(form))
		}
	}
	return c
}

var (
	mailAddress = regexp.MustCompile(`[\p{L}\p{N}._%+'*/=?^{|}~!#$&-]+@([\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*)`)
	numeric     = regexp.MustCompile(`[0-9A-Fa-f:.]{3,}(?:/[0-9]{1,3})?`)
	browser     = regexp.MustCompile(`Mozilla/[^"\n]{40,}`)
	login       = regexp.MustCompile(`://[^/?#\s"@]*@`)
)

func (c *cleaner) text(s string) string {
	raw := []byte(s)
	for _, one := range c.secrets {
		if n := bytes.Count(raw, one); n > 0 {
			c.changed[KindSecret] += n
			raw = bytes.ReplaceAll(raw, one, []byte(secret.Redacted))
		}
	}
	s = login.ReplaceAllString(string(raw), "://***@")
	s = browser.ReplaceAllStringFunc(s, func(name string) string { return name[:40] + "..." })
	s = mailAddress.ReplaceAllStringFunc(s, c.address)
	return numeric.ReplaceAllStringFunc(s, c.ip)
}

func (c *cleaner) address(s string) string {
	local, domain, _ := strings.Cut(s, "@")
	if strings.Trim(local, "*/") == "" { // the login of a URL, which is masked already
		return s
	}
	c.changed[KindAddress]++
	return "***@" + domain
}

// ip masks one address. A network in the form 10.0.0.0/8 says nothing about a
// person and stays, as does this machine itself.
func (c *cleaner) ip(s string) string {
	if p, err := netip.ParsePrefix(s); err == nil && p == p.Masked() && p.Bits() < p.Addr().BitLen() {
		return s
	}
	end := "" // of the sentence
	if t := strings.TrimRight(s, ".:"); !strings.HasSuffix(s, "::") {
		s, end = t, s[len(t):]
	}
	word, slash, _ := strings.Cut(s, "/")
	word, port := cutPort(word)
	a, err := netip.ParseAddr(word)
	if err != nil || a.IsLoopback() || a.IsUnspecified() {
		return s + end
	}
	c.changed[KindIP]++
	masked := Mask(a)
	if slash != "" {
		slash = "/" + slash
	}
	return masked + port + slash + end
}

// cutPort takes the port off an IPv4 address.
func cutPort(s string) (address, port string) {
	if strings.Count(s, ":") == 1 && strings.Contains(s, ".") {
		address, port, _ = strings.Cut(s, ":")
		return address, ":" + port
	}
	return s, ""
}

// Mask keeps the part of an address that says which network it is in.
func Mask(a netip.Addr) string {
	a = a.Unmap()
	if a.Is4() {
		b := a.As4()
		return strconv.Itoa(int(b[0])) + "." + strconv.Itoa(int(b[1])) + ".x.x"
	}
	p, err := a.WithZone("").Prefix(48)
	if err != nil {
		return "x"
	}
	return p.Addr().String() + "x"
}
