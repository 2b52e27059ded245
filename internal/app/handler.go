package app

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/alert"
	"github.com/aiwfe/aiwfe-auth/internal/csrf"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/gateway"
	"github.com/aiwfe/aiwfe-auth/internal/httpapi"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/i18n"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/trace"
	"github.com/aiwfe/aiwfe-auth/internal/version"
	"github.com/aiwfe/aiwfe-auth/internal/web"
)

// csrfTokens makes the CSRF tokens from a key of their own, so that a rotation
// of the JWT key touches no open page.
func (c *Core) csrfTokens() (*csrf.Tokens, error) {
	cfg := c.Config
	origins, err := csrf.NewOrigins(cfg.PublicURL, cfg.CORSOrigins, cfg.Environment.Relaxed())
	if err != nil {
		return nil, err
	}
	o := csrf.Options{Key: c.keys.derived[forCSRF], Previous: c.keys.csrf, TTL: cfg.CSRFTTL, Origins: origins}
	return csrf.New(o)
}

// handler joins the two muxes, pages and API, each with its own way to fail.
func (s *Server) handler() (http.Handler, error) {
	tokens, err := s.csrfTokens()
	if err != nil {
		return nil, err
	}
	s.csrf = tokens
	if s.traces == nil {
		if s.traces, err = trace.NewRecorder(s.Store, s.Log, now); err != nil {
			return nil, err
		}
	}
	catalog := s.words
	cfg := s.Config
	o := httpkit.Options{
		PublicURL: cfg.PublicURL, Aliases: cfg.PublicAliases, CookieDomain: cfg.CookieDomain, TrustedProxies: cfg.TrustedProxies,
		HSTSSubdomains: cfg.HSTSIncludeSubdomains, FastAPIUsers: cfg.ErrorCompat == "fastapi-users",
		CSRF: tokens, Login: s.Login, SessionMax: cfg.SessionMax, Log: s.Log, Now: now,
		Reports: s.Reports, Language: catalog.Match, Refused: s.tally.add, Done: s.done, Trace: s.traces,
		Spans: s.telemetry.spans(), HandedOn: gateway.IsExtAuthz, Applications: applicationHosts(cfg),
	}
	if len(cfg.AllUpstreams()) > 0 {
		o.Theirs = func(r *http.Request) bool { return s.applications.Theirs(r) }
	}
	if l := linesOf(s.Log); l != nil && (s.telemetry == nil || !s.telemetry.Logs()) {
		o.Lines = l
	}
	kit, err := httpkit.New(o)
	if err != nil {
		return nil, err
	}
	machines, pages := httpkit.NewListed(), httpkit.NewListed()
	watched, err := s.Core.Alerts()
	if err != nil {
		return nil, err
	}
	routes, err := s.api(kit, watched)
	if err != nil {
		return nil, err
	}
	site, err := s.site(pages, routes, catalog, watched)
	if err != nil {
		return nil, err
	}
	front, err := s.gateway(kit, site.FailBehind)
	if err != nil {
		return nil, err
	}
	front.Register(machines)
	routes.Register(machines)
	s.monitor.Register(machines)
	if s.applications, err = s.proxy(front, kit, slices.Concat(machines.Patterns, pages.Patterns), site.FailBehind); err != nil {
		return nil, err
	}
	return kit.Server(front.ExtAuthz(strayed(routes, s.passed(split(
		httpkit.Mux(machines.ServeMux, func(q *httpkit.Request, f *fault.Error) { q.Fail(f) }),
		httpkit.Mux(pages.ServeMux, site.Fail),
	))))), nil
}

// passed hands on what is an application's.
func (s *Server) passed(ours http.Handler) http.Handler {
	if s.applications == nil {
		return ours
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if httpkit.From(w).ForApplication() {
			s.applications.ServeHTTP(w, r)
			return
		}
		ours.ServeHTTP(w, r)
	})
}

func (s *Server) api(kit *httpkit.Kit, watched *alert.Service) (*httpapi.API, error) {
	cfg := s.Config
	o := httpapi.Options{
		Login: s.Login, Audit: s.Store, Explain: s.Explainer(), Kit: kit, Stopping: s.stopping, KeyID: s.Tokens.KeyID(), Doctor: s.rounds,
		Figures: s.monitor, Upkeep: s, Rules: s,
		Reports: s.Reports, SelfTests: s.selfTests, Alerts: watched,
		Trouble: func(lang string, r *fault.Report) string { return web.TroubleText(s.words.In(lang), r, Issuer(cfg)) },
		Config: api.Config{
			Environment: string(cfg.Environment), PublicURL: Issuer(cfg), APIBaseURL: Issuer(cfg) + "/api/v1",
			CookieDomain: cfg.CookieDomain, Registration: cfg.Registration, Methods: s.methods(), Languages: languages(), Mail: s.Mail != nil, Version: version.String(),
		},
	}
	if cfg.LegacyTokens {
		o.LegacySunset = cfg.LegacyTokensUntil
	}
	return httpapi.New(o)
}

// methods are the ways to prove who one is, as a front end may offer them.
func (s *Server) methods() []string {
	list := []string{"password", "totp", "backup_code"}
	if s.passkeys.Unusable() == "" {
		list = append(list, "passkey")
	}
	return list
}

func languages() (tags []string) {
	for _, l := range i18n.Languages {
		tags = append(tags, l.Tag)
	}
	return tags
}

func (s *Server) site(mux httpkit.Router, routes *httpapi.API, catalog *i18n.Catalog, watched *alert.Service) (*web.Site, error) {
	pages, err := web.New(web.Options{Look: s.Config.Look(), Version: version.String(), Catalog: catalog, Now: now})
	if err != nil {
		return nil, err
	}
	o := web.SiteOptions{
		Pages: pages, Login: s.Login, Audit: s.Store, Explain: s.Explainer(), Reports: s.Reports, Environment: string(s.Config.Environment),
		RegistrationOpen: s.Config.Registration == "open", Mail: s.Mail != nil, Passkeys: s.passkeys,
		TrustFor: s.Config.TrustDevice, SecurityContact: s.Config.SecurityContact,
		OpenAPI: sync.OnceValues(func() ([]byte, error) { return routes.OpenAPI(version.String(), Issuer(s.Config)) }),
		Docs:    sync.OnceValues(func() (api.Document, error) { return routes.Docs(version.String(), Issuer(s.Config)) }),
		Doctor:  s.rounds, Upkeep: s, Rules: s, Overview: s.overview(),
		Alerts: watched, Firing: s.alerts.count,
		Home: home(s.Config),
		Account: web.AccountOptions{
			PublicURL: Issuer(s.Config),
			Export:    func(p *login.Person, e login.Export, now time.Time) any { return httpapi.Export(p, e, now) },
		},
	}
	if s.Mail != nil && s.Mail.Mailbox != nil {
		o.Mailbox = s.Mail.Mailbox
	}
	site, err := web.NewSite(o)
	if err != nil {
		return nil, err
	}
	site.Register(mux)
	return site, nil
}

// split sends machines and people to their own mux.
func split(machines, people http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch p := r.URL.Path; {
		case strings.HasPrefix(p, "/api/"), p == "/metrics", p == "/healthz", p == "/livez", p == "/readyz", p == gateway.JWKSPath:
			machines.ServeHTTP(w, r)
		default:
			people.ServeHTTP(w, r)
		}
	})
}

// strayed tells a probe of the doctor that a proxy led to another path where it
// came to; anywhere else there is nothing by that name.
func strayed(routes *httpapi.API, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := r.URL.Path
		if strings.Contains(p, "/"+api.EchoMark+"-path") && !strings.HasPrefix(p, api.EchoPath+"/") {
			routes.EchoAt(httpkit.From(w), http.StatusNotFound)
			return
		}
		next.ServeHTTP(w, r)
	})
}
