package passkey

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// Lifetime is how long a ceremony may take (ASVS 6.7.2 and W 15.1 allow five
// minutes); the browser is told the same.
const Lifetime = 5 * time.Minute

// Options are the needs of a Service.
type Options struct {
	// PublicURL is the one address people use, in the form in which config
	// keeps it: lower case, punycode. Its host is the RP id.
	PublicURL *url.URL
	// Product is the name that the browser's window shows.
	Product string
	// Now is the clock.
	Now func() time.Time
}

// Service begins and finishes ceremonies for one public address.
type Service struct {
	library  *webauthn.WebAuthn // nil where unusable says why
	rpID     string
	origin   string
	unusable string
	now      func() time.Time
}

// New checks its needs. An address at which passkeys cannot work is no error,
// for the rest of the program works there: see Unusable.
func New(o Options) (*Service, error) {
	if o.PublicURL == nil || o.Product == "" || o.Now == nil {
		return nil, errors.New("passkey: PublicURL, Product and Now are needed")
	}
	origin, err := serialize(o.PublicURL)
	if err != nil {
		return nil, err
	}
	s := &Service{rpID: strings.ToLower(o.PublicURL.Hostname()), origin: origin, now: o.Now}
	if s.unusable = unusable(o.PublicURL.Scheme, s.rpID, origin); s.unusable != "" {
		return s, nil
	}
	s.library, err = webauthn.New(configuration(s.rpID, origin, o.Product))
	if err != nil {
		return nil, fmt.Errorf("passkey: configure for %s: %w", origin, err)
	}
	return s, nil
}

// configuration leaves the library's own expiry off: it would read a clock of
// its own.
func configuration(rpID, origin, product string) *webauthn.Config {
	five := webauthn.TimeoutConfig{Timeout: Lifetime, TimeoutUVD: Lifetime}
	return &webauthn.Config{
		RPID: rpID, RPDisplayName: product, RPOrigins: []string{origin},
		// Who made the device is not our business, and asking shows a warning.
		AttestationPreference: protocol.PreferNoAttestation,
		// Password managers send outputs nobody asked for. None of them is
		// acted upon, and W 4 asks the server to cope with them.
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore,
		Timeouts:                          webauthn.TimeoutsConfig{Login: five, Registration: five},
	}
}

// RPID is the host to which the passkeys belong, for the browser's Signal API.
func (s *Service) RPID() string { return s.rpID }

// Unusable is "" or the sentence for why no passkey can work at PUBLIC_URL.
func (s *Service) Unusable() string { return s.unusable }

// Fits is "" for a page opened at the public origin, or else the sentence to
// show: a browser makes and uses passkeys only where their host is.
func (s *Service) Fits(origin string) string {
	switch {
	case s.unusable != "":
		return s.unusable
	case origin == s.origin:
		return ""
	}
	return fmt.Sprintf("Passkeys belong to %s, and this page is open at %s. Please open it at %s to use them.",
		s.origin, short(origin), s.origin)
}

// unusable knows the rules of W 5.1.2 and of secure contexts that an address
// can break; the library wants a dot in the name as well. Names under localhost count as secure without https.
func unusable(scheme, host, origin string) string {
	local := host == "localhost" || strings.HasSuffix(host, ".localhost")
	switch {
	case net.ParseIP(host) != nil:
		return "Passkeys need a host name, and PUBLIC_URL is " + origin + ", an IP address. " +
			"Give it a name such as https://auth.example.com, or http://localhost for development."
	case scheme != "https" && !local:
		return "Browsers offer passkeys over https only, and PUBLIC_URL is " + origin + ". " +
			"They work as soon as it begins with https://."
	case protocol.ValidateRPID(host) != nil:
		return "Passkeys need a whole domain name, and PUBLIC_URL is " + origin + ". " +
			"Give it a name such as https://auth.example.com."
	}
	return ""
}

// serialize writes the origin as a browser does, for a comparison byte by byte.
func serialize(u *url.URL) (string, error) {
	scheme, host := strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	if scheme != "http" && scheme != "https" || u.Hostname() == "" {
		return "", fmt.Errorf("passkey: %q is not an http or https address", u)
	}
	if strings.ContainsFunc(host, func(r rune) bool { return r > '~' }) {
		return "", fmt.Errorf("passkey: the host of %q is not in ASCII", u)
	}
	if standard := map[string]string{"http": "80", "https": "443"}[scheme]; u.Port() == standard {
		host = strings.TrimSuffix(host, ":"+standard)
	}
	return scheme + "://" + host, nil
}

// short keeps a stranger's text from filling a page or the log.
func short(text string) string {
	const most = 120
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "..."
}
