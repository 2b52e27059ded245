package inside

import (
	"math"
	"net/url"

	"golang.org/x/net/publicsuffix"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
	"github.com/aiwfe/aiwfe-auth/internal/passkey"
)

// addresses looks at what can be used and will not work as it is meant.
func (in *inside) addresses(r *doctor.Result) {
	if in.cfg.PublicURL != nil {
		in.passkeys(r)
		in.origins(r)
	}
	in.proxies(r)
}

// passkeys are bound to a name over https by the browser. A developer who uses
// an address of digits knows; people of a real site only see that it fails.
func (in *inside) passkeys(r *doctor.Result) {
	c := in.cfg
	for _, w := range c.Alerts() {
		if w.Cause == "passkey_unusable" {
			return
		}
	}
	s, err := passkey.New(passkey.Options{PublicURL: c.PublicURL, Product: "aiwfe", Now: in.Now})
	if err != nil || s.Unusable() == "" {
		return
	}
	if c.Environment.Relaxed() || loopback(c.PublicURL.Hostname()) {
		r.Note("passkey_unusable", "%s", s.Unusable())
		return
	}
	r.Find(api.Finding{
		Code: "passkey_unusable", Cause: s.Unusable(), Evidence: "PUBLIC_URL is " + c.PublicURL.String(),
		Expected: "a name over https, such as https://auth.example.com",
		Remedy:   remedy("PUBLIC_URL", c.Origin("PUBLIC_URL"), "a name over https, such as https://auth.example.com", ""),
		Setting:  setting("PUBLIC_URL", c.Origin("PUBLIC_URL")),
	})
}

// origins of another site may call the API, but no browser sends our cookies
// with their calls.
func (in *inside) origins(r *doctor.Result) {
	own := site(in.cfg.PublicURL)
	for _, one := range in.cfg.CORSOrigins {
		if u, err := url.Parse(one); err == nil && site(u) != own {
			r.Note("cors_other_site", "CORS_ORIGINS holds %s, which is another site than %s: "+
				"browsers send no cookies of ours with its calls, so it must use tokens.", one, in.cfg.PublicURL)
		}
	}
}

// site is scheme and registrable domain, as SameSite counts them.
func site(u *url.URL) string {
	host := u.Hostname()
	if s, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		host = s
	}
	return u.Scheme + "://" + host
}

// proxies adds up the open internet's part of what is trusted: many networks,
// none of them too wide by itself, can name everybody as well.
func (in *inside) proxies(r *doctor.Result) {
	share := 0.0
	for _, p := range in.cfg.TrustedProxies {
		if a := p.Addr(); a.Is4() && !a.IsPrivate() && !a.IsLoopback() && !carrierNAT.Contains(a) {
			share += math.Pow(2, -float64(p.Bits()))
		}
	}
	if share < 0.25 {
		return
	}
	r.Find(api.Finding{
		Code:     "trusted_proxies_too_wide",
		Evidence: "The networks in TRUSTED_PROXIES hold a quarter of all addresses or more.",
		Expected: "the proxies in front of this server only, such as 127.0.0.1, 10.0.0.0/8",
		Remedy:   remedy("TRUSTED_PROXIES", in.cfg.Origin("TRUSTED_PROXIES"), "the addresses of the proxies alone", ""),
		Setting:  setting("TRUSTED_PROXIES", in.cfg.Origin("TRUSTED_PROXIES")),
	})
}
