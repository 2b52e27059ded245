package mail

import (
	"errors"
	"net/mail"
	"net/netip"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxAddress is the length of a path in bytes (RFC 5321 section 4.5.3.1.3).
const maxAddress = 254

var errAddress = errors.New("this is not one plain e-mail address")

// one refuses whatever is not exactly one address in its plainest form: lists,
// display names, quoted local parts (in which an at-sign may hide the real
// domain), blanks and control characters (header and command injection).
func one(address string) error {
	if len(address) > maxAddress || !utf8.ValidString(address) || strings.Count(address, "@") != 1 ||
		strings.ContainsAny(address, " \"<>(),:;\\[]") || strings.ContainsFunc(address, unprintable) {
		return errAddress
	}
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Name != "" || parsed.Address != address {
		return errAddress
	}
	return nil
}

// Mask hides an address, leaving enough for its owner's operator to find it:
// a***@example.com.
func Mask(address string) string {
	local, domain, ok := strings.Cut(address, "@")
	first, size := utf8.DecodeRuneInString(local)
	if !ok || size == 0 || unprintable(first) || strings.ContainsFunc(domain, unprintable) || len(domain) > maxAddress {
		return "***"
	}
	return string(first) + "***@" + domain
}

// unprintable finds control characters, line ends of any script, and the
// invisible runes that turn the direction of what follows (CVE-2021-42574).
func unprintable(r rune) bool {
	return r == utf8.RuneError || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs)
}

// chosen makes a stranger's words fit for a letter: one line of `most` letters,
// in which no mail program finds a link to make. Whoever may choose a name must
// not be able to have this server send "see evil.example" to anybody.
func chosen(words string, most int) string {
	var b strings.Builder
	runes := []rune(strings.ToValidUTF8(words[:min(len(words), 16*most)], ""))
	for i, r := range runes {
		switch {
		case unicode.IsSpace(r) || strings.ContainsRune(`/\:@`, r):
			b.WriteByte(' ')
		case unprintable(r):
		case strings.ContainsRune(".。．｡", r) && i+1 < len(runes) && unicode.IsLetter(runes[i+1]):
			b.WriteString(string(r) + " ")
		default:
			b.WriteRune(r)
		}
	}
	line := []rune(strings.Join(strings.Fields(b.String()), " "))
	if len(line) > most {
		return strings.TrimSpace(string(line[:most-1])) + "…"
	}
	return string(line)
}

// network is the address if it is one.
func network(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return ""
	}
	return a.Unmap().WithZone("").String()
}

// below says whether the link leads to a page of this server: the same origin,
// not only the same beginning, since https://auth.example.com begins
// https://auth.example.com.evil.example as well.
func below(public *url.URL, link string) bool {
	u, err := url.Parse(link)
	if err != nil || strings.ContainsFunc(link, func(r rune) bool { return r <= ' ' || r == '\\' || unprintable(r) }) {
		return false
	}
	base := strings.TrimSuffix(public.EscapedPath(), "/")
	path := u.EscapedPath()
	return u.Scheme == public.Scheme && u.Host == public.Host && u.User == nil && u.Opaque == "" &&
		(path == base || strings.HasPrefix(path, base+"/")) && !strings.Contains(u.Path, "/..")
}
