package outside

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// Values of SameSite. What a browser does not know counts as not given, which
// is Lax in Chromium.
const (
	siteDefault = ""
	siteNone    = "None"
	siteLax     = "Lax"
	siteStrict  = "Strict"
)

// Limits of a cookie in bytes (RFC 6265bis section 5.6 and 5.7).
const (
	maxCookie    = 4096
	maxAttribute = 1024
)

// cookie is one as a browser keeps it. Its value is never printed.
type cookie struct {
	name, value string
	host        string // that set it
	domain      string // that it is for
	hostOnly    bool
	path        string
	secure      bool
	httpOnly    bool
	partitioned bool
	sameSite    string
	expires     time.Time // by Expires; zero for none
	maxAge      *int64    // seconds, by Max-Age; wins over Expires
	made        time.Time

	attrDomain string // Domain as given, in lower case, without a leading dot
	pathGiven  string // Path as given
}

// parseCookie is RFC 6265bis section 5.6: it takes nearly everything, as browsers do.
func parseCookie(line string) (c *cookie, cause api.Cause, why string) {
	pair, rest, _ := strings.Cut(line, ";")
	c = &cookie{}
	name, value, ok := strings.Cut(pair, "=")
	if !ok {
		name, value = "", pair
	}
	c.name, c.value = strings.Trim(name, " \t"), strings.Trim(value, " \t")
	if strings.ContainsFunc(line, forbidden) {
		return c, "cookie_malformed", "it holds a control character, so browsers drop the whole line"
	}
	if c.name == "" && c.value == "" {
		return c, "cookie_malformed", "it has neither a name nor a value"
	}
	if n := len(c.name) + len(c.value); n > maxCookie {
		return c, "cookie_too_large", "its name and value are " + strconv.Itoa(n) + " bytes, and browsers take 4096"
	}
	for part := range strings.SplitSeq(rest, ";") {
		name, value, _ := strings.Cut(part, "=")
		if value = strings.Trim(value, " \t"); len(value) <= maxAttribute {
			c.attribute(strings.ToLower(strings.Trim(name, " \t")), value)
		}
	}
	return c, "", ""
}

func (c *cookie) attribute(name, value string) {
	switch name {
	case "domain":
		c.attrDomain = strings.ToLower(strings.TrimPrefix(value, "."))
	case "path":
		c.path, c.pathGiven = value, value
	case "secure":
		c.secure = true
	case "httponly":
		c.httpOnly = true
	case "partitioned":
		c.partitioned = true
	case "expires":
		if t, ok := cookieDate(value); ok {
			c.expires = t
		}
	case "max-age":
		if n, err := strconv.ParseInt(value, 10, 64); err == nil && !strings.HasPrefix(value, "+") {
			c.maxAge = &n
		}
	case "samesite":
		c.sameSite = siteDefault
		for _, known := range []string{siteNone, siteLax, siteStrict} {
			if strings.EqualFold(value, known) {
				c.sameSite = known
			}
		}
	}
}

// cookieDate reads the forms of a date that servers send.
func cookieDate(text string) (time.Time, bool) {
	for _, form := range []string{
		http.TimeFormat, time.RFC1123, "Mon, 02-Jan-2006 15:04:05 MST", "Monday, 02-Jan-06 15:04:05 MST", time.ANSIC,
		"Mon, 2 Jan 2006 15:04:05 MST", "Mon, 02-Jan-06 15:04:05 MST", time.RFC1123Z,
	} {
		if t, err := time.Parse(form, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// expired is asked of the server's time when the cookie comes, and of the
// browser's later on.
func (c *cookie) expired(at time.Time) bool {
	if c.maxAge != nil {
		return *c.maxAge <= 0 || !c.made.IsZero() && at.After(c.made.Add(time.Duration(min(*c.maxAge, 400*86400))*time.Second))
	}
	return !c.expires.IsZero() && !c.expires.After(at)
}

// same says whether it takes the place of the other.
func (c *cookie) same(o *cookie) bool {
	return c.name == o.name && c.domain == o.domain && c.hostOnly == o.hostOnly && c.path == o.path
}

// bare is the name without the prefix that its attributes earn.
func (c *cookie) bare() string {
	name := c.name
	for _, prefix := range []string{"__Host-", "__Secure-"} {
		if hasPrefixFold(name, prefix) {
			name = name[len(prefix):]
		}
	}
	return name
}

// hostOnlyGiven says that the line has no Domain. A Domain that names the host
// itself is one, whatever it comes to.
func (c *cookie) hostOnlyGiven() bool { return c.attrDomain == "" }

// attributes lists what was given, for evidence; the value is never in it.
func (c *cookie) attributes() string {
	var parts []string
	if c.attrDomain != "" {
		parts = append(parts, "Domain="+c.attrDomain)
	}
	if c.pathGiven != "" {
		parts = append(parts, "Path="+c.pathGiven)
	}
	for _, a := range []struct {
		set  bool
		name string
	}{{c.secure, "Secure"}, {c.httpOnly, "HttpOnly"}, {c.partitioned, "Partitioned"}, {c.sameSite != "", "SameSite=" + c.sameSite}} {
		if a.set {
			parts = append(parts, a.name)
		}
	}
	return cmp.Or(strings.Join(parts, "; "), "no attributes")
}

func (c *cookie) String() string {
	return "Set-Cookie: " + cmp.Or(c.name, "(no name)") + "=…; " + c.attributes()
}

// forbidden are control characters other than the tab.
func forbidden(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
