package csrf

import (
	"errors"
	"net"
	"net/url"
	"strings"

	"golang.org/x/net/idna"
)

// parseListed reads one entry of CORS_ORIGINS, which is an origin and no more:
// no wildcard, no "null", no path.
func parseListed(text string) (string, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return "", errors.New("this is not an origin such as https://app.example.com")
	case u.User != nil, u.Path != "" && u.Path != "/", strings.ContainsAny(text, "?#"):
		return "", errors.New("an origin is a scheme, a host and perhaps a port, without anything behind")
	}
	return serialize(u)
}

// serialize writes an origin as a browser does: lower case, the host in ASCII,
// no default port.
func serialize(u *url.URL) (string, error) {
	scheme := strings.ToLower(u.Scheme)
	if scheme != "http" && scheme != "https" {
		return "", errors.New("the scheme must be http or https")
	}
	host := strings.ToLower(u.Hostname())
	if ip := net.ParseIP(host); ip != nil {
		host = ip.String()
	} else {
		ascii, err := idna.Lookup.ToASCII(host)
		if err != nil || ascii == "" || strings.ContainsAny(ascii, "*/") {
			return "", errors.New("the host is not a name or an address")
		}
		host = ascii
	}
	port := portOf(u)
	if scheme == "http" && port == "80" || scheme == "https" && port == "443" {
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
		return scheme + "://" + host, nil
	}
	return scheme + "://" + net.JoinHostPort(host, port), nil
}

func portOf(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case strings.EqualFold(u.Scheme, "https"):
		return "443"
	}
	return "80"
}
