package login

import (
	"encoding/base32"
	"encoding/base64"
	"strings"

	"github.com/mileusna/useragent"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// The device cookie holds a random id that this server signed. It is a first-
// party name for the browser, no fingerprint of its features, and by itself it
// opens nothing.

var idText = base32.StdEncoding.WithPadding(base32.NoPadding)

// newDeviceCookie makes the cookie of a browser that has none.
func (s *Service) newDeviceCookie() string {
	id := secret.RandomText(20)
	return id + "." + s.deviceMAC(id)
}

func (s *Service) deviceMAC(id string) string {
	return base64.RawURLEncoding.EncodeToString(secret.Sum(s.o.Keys.Devices, []byte("cookie"), []byte(id)))
}

// browserDevice reads the browser's id from the cookie; "" when there is none
// or it is not ours.
func (s *Service) browserDevice(c Client) string {
	id, mac, ok := strings.Cut(c.DeviceCookie, ".")
	if !ok || !secret.FromString(mac).Equal(secret.FromString(s.deviceMAC(id))) {
		return ""
	}
	return id
}

// deviceID names the record of one browser with one account. It is derived, so
// that two accounts on one browser cannot be linked by their records.
func (s *Service) deviceID(browser, email string) string {
	return s.record("browser", browser, email)
}

// agentID names the record of a client without cookies: the same program at
// the same place is one device, however often it signs in.
func (s *Service) agentID(c Client, email string) string {
	return s.record("agent", c.UserAgent+"\x00"+c.Network, email)
}

// record takes the address in its canonical form, as the gate does: a row made
// by hand may spell it "Ann@Example.com", and its owner's own device would
// otherwise never be known.
func (s *Service) record(kind, of, email string) string {
	if canonical, err := account.Canonical(email); err == nil {
		email = canonical
	}
	sum := secret.Sum(s.o.Keys.Devices, []byte(kind), []byte(of), []byte(email))
	return "dev_" + strings.ToLower(idText.EncodeToString(sum[:15]))
}

// usedBy says which device presents a refresh token: its cookie, else its
// address and program.
func (s *Service) usedBy(c Client) []byte {
	if id := s.browserDevice(c); id != "" {
		return secret.Sum(s.o.Keys.Devices, []byte("refresh cookie"), []byte(id))
	}
	return secret.Sum(s.o.Keys.Devices, []byte("refresh agent"), []byte(c.UserAgent), []byte(c.IP))
}

// describe gives the name and kind of a device as people know it, and for a
// program the name that it gives itself.
func describe(agent string) (name, kind string) {
	ua := useragent.Parse(agent)
	if ua.Name != "" && ua.OS != "" {
		kind = "desktop"
		if ua.Mobile || ua.Tablet {
			kind = "phone"
		}
		return ua.Name + " on " + ua.OS, kind
	}
	name, _, _ = strings.Cut(agent, " ")
	name, _, _ = strings.Cut(name, "/")
	switch {
	case name == "":
		name = "Unknown client"
	case name == "Mozilla":
		return "Unknown browser", "desktop"
	case len(name) > 40:
		name = name[:40]
	}
	return strings.ToValidUTF8(name, ""), "terminal"
}
