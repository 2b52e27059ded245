package inside

import (
	"context"
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// place is a host that browsers or letters lead to, and the setting that holds
// it. Peers that only this machine talks to are none: a database on localhost
// is nothing odd.
type place struct{ name, value, host string }

func (in *inside) places() (all []place) {
	for _, one := range in.cfg.PublicAliases {
		u := &url.URL{Host: one}
		all = append(all, place{"PUBLIC_ALIASES", one, u.Hostname()})
	}
	for _, one := range in.cfg.CORSOrigins {
		if u, err := url.Parse(one); err == nil {
			all = append(all, place{"CORS_ORIGINS", one, u.Hostname()})
		}
	}
	if u, err := url.Parse(in.cfg.SecurityContact); err == nil && u.Scheme == "https" {
		all = append(all, place{"SECURITY_CONTACT", in.cfg.SecurityContact, u.Hostname()})
	}
	if in.cfg.CookieDomain != "" {
		all = append(all, place{"COOKIE_DOMAIN", in.cfg.CookieDomain, in.cfg.CookieDomain})
	}
	if from := strings.TrimSuffix(in.cfg.MailFrom, ">"); from != "" && !strings.HasPrefix(in.cfg.Origin("MAIL_FROM"), "derived") {
		all = append(all, place{"MAIL_FROM", in.cfg.MailFrom, strings.ToLower(from[strings.LastIndex(from, "@")+1:])})
	}
	return all
}

// environment holds what ENVIRONMENT declares against what the addresses say.
// Nothing is guessed from a single name: it takes two settings that cannot both
// be meant.
func (in *inside) environment(r *doctor.Result) {
	c := in.cfg
	if c.PublicURL == nil || in.guessed() || in.hasFault("ENVIRONMENT") {
		return
	}
	host := c.PublicURL.Hostname()
	switch {
	case c.Environment.Relaxed() && public(host):
		r.Find(api.Finding{
			Code: "environment_mismatch",
			Cause: "ENVIRONMENT is " + string(c.Environment) + ", and PUBLIC_URL is an address of the open internet: " +
				"keys make themselves, " +
				"registration is open, and the mailbox page shows letters to whoever can reach it.",
			Evidence: "ENVIRONMENT is " + string(c.Environment) + "\nPUBLIC_URL is " + c.PublicURL.String(),
			Expected: "ENVIRONMENT=production, or an address that only this network knows",
			Remedy: "Set ENVIRONMENT=production, and what that asks for; " +
				"see it with: ENVIRONMENT=production aiwfe-auth config check",
			Setting: setting("ENVIRONMENT", c.Origin("ENVIRONMENT")),
		})
	case !c.Environment.Relaxed() && loopback(host):
		in.localProduction(r)
	}
}

// localProduction looks for what says that people come from elsewhere, while
// PUBLIC_URL sends them to their own machine.
func (in *inside) localProduction(r *doctor.Result) {
	c := in.cfg
	var signs []string
	for _, p := range in.places() {
		if !loopback(p.host) && p.name != "MAIL_FROM" {
			signs = append(signs, p.name+" holds "+p.value)
		}
	}
	listen := c.ListenAddr[:max(0, strings.LastIndex(c.ListenAddr, ":"))]
	if c.PublicURL.Scheme == "http" && !loopback(strings.Trim(listen, "[]")) {
		signs = append(signs, "LISTEN_ADDR is "+c.ListenAddr+", which other machines can reach")
	}
	if len(signs) == 0 {
		r.Note("production_on_this_machine",
			"ENVIRONMENT is %s and PUBLIC_URL is %s: only people on this machine can sign in.", c.Environment, c.PublicURL)
		return
	}
	r.Find(api.Finding{
		Code: "environment_mismatch",
		Cause: "ENVIRONMENT is " + string(c.Environment) + ", and PUBLIC_URL leads everybody to their own machine: " +
			"redirects, links in mail and cookies belong to " + c.PublicURL.Host + ".",
		Evidence: "PUBLIC_URL is " + c.PublicURL.String() + "\n" + strings.Join(signs, "\n"),
		Expected: "PUBLIC_URL with the address that people type",
		Remedy:   remedy("PUBLIC_URL", c.Origin("PUBLIC_URL"), "the address that people type, such as https://auth.example.com", ""),
		Setting:  setting("PUBLIC_URL", c.Origin("PUBLIC_URL")),
	})
}

// leftovers are addresses of somebody's own machine in a configuration for
// everybody: they come from a developer's file.
func (in *inside) leftovers(_ context.Context, r *doctor.Result) {
	c := in.cfg
	if c.Environment.Relaxed() || c.PublicURL == nil || in.guessed() || !public(c.PublicURL.Hostname()) {
		return // an office network may well have odd names
	}
	found := map[string][]string{}
	for _, p := range in.places() {
		if loopback(p.host) || p.name == "CORS_ORIGINS" && privateAddress(p.host) {
			found[p.name] = append(found[p.name], p.value)
		}
	}
	for _, p := range in.places() {
		values := found[p.name]
		if values == nil {
			continue
		}
		delete(found, p.name)
		r.Find(api.Finding{
			Code: "environment_mismatch",
			Cause: "ENVIRONMENT is " + string(in.cfg.Environment) + " and PUBLIC_URL is public, but " + p.name +
				" still speaks of a developer's machine.",
			Evidence: p.name + " holds " + strings.Join(values, ", ") + "\nPUBLIC_URL is " + in.cfg.PublicURL.String(),
			Expected: "addresses that everybody can reach",
			Remedy:   remedy(p.name, in.cfg.Origin(p.name), "without "+strings.Join(values, ", "), ""),
			Setting:  setting(p.name, in.cfg.Origin(p.name)),
		})
	}
}

func (in *inside) hasFault(name string) bool {
	for _, f := range in.faults() {
		if f.Variable == name {
			return true
		}
	}
	return false
}

func loopback(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		return a.Unmap().IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

func privateAddress(host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && (a.IsPrivate() || a.IsLinkLocalUnicast())
}

// carrierNAT is RFC 6598, which home and mesh networks use too.
var carrierNAT = netip.MustParsePrefix("100.64.0.0/10")

// public says whether a host is one of the open internet: an address that is
// routed there, or a name below a suffix that somebody registers names under.
// What has no such suffix (.local, .internal, .test) is somebody's own.
func public(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		a = a.Unmap()
		return a.IsGlobalUnicast() && !a.IsPrivate() && !carrierNAT.Contains(a)
	}
	suffix, icann := publicsuffix.PublicSuffix(host)
	listed := icann || strings.Contains(suffix, ".") // an unlisted one is the last label alone
	return listed && suffix != host && !strings.HasSuffix(host, ".home.arpa")
}
