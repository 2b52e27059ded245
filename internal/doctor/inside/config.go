package inside

import (
	"context"
	"errors"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// group is settings that are judged together, so that a fault among them holds
// up what depends on them and nothing else: a wrong COOKIE_DOMAIN must not hide
// that the database is gone.
type group struct{ check, title, names string }

var groups = []group{
	{"environment", "ENVIRONMENT says what the addresses say", " ENVIRONMENT "},
	{
		"settings_address", "The settings of addresses and cookies can be used",
		" LISTEN_ADDR PORT PUBLIC_URL PUBLIC_ALIASES CORS_ORIGINS COOKIE_DOMAIN TRUSTED_PROXIES " +
			"TLS_CERT_FILE TLS_KEY_FILE HSTS_INCLUDE_SUBDOMAINS ",
	},
	{
		"settings_database", "The settings of the database can be used",
		" DATA_DIR DATABASE_URL DATABASE_DIRECT_URL DB_MAX_CONNS ",
	},
	{"settings_cache", "The settings of Valkey can be used", " REDIS_URL "},
	{"settings_mail", "The settings of mail can be used", " SMTP_URL MAIL_FROM "},
	{
		"secrets", "Every key arrived as it was meant",
		" JWT_SECRET_KEY JWT_PREVIOUS_SECRET_KEYS DATA_ENCRYPTION_KEY DATA_ENCRYPTION_PREVIOUS_KEYS METRICS_TOKEN ",
	},
	{
		"settings_rules", "The rules for applications can be used",
		" POLICY_FILE UPSTREAM_URL UPSTREAMS UPSTREAM_TIMEOUT UPSTREAM_CREDENTIALS ",
	},
	{"settings", "Every other setting can be used", ""},
}

func (in *inside) configChecks() []doctor.Check {
	checks := []doctor.Check{{Name: "config", Title: "The settings can be read", Run: in.config}}
	for _, g := range groups {
		checks = append(checks, doctor.Check{
			Name: g.check, Title: g.title, Needs: []string{"config"},
			Run: func(_ context.Context, r *doctor.Result) { in.judge(g, r) },
		})
	}
	return append(checks, doctor.Check{
		Name:  "leftovers",
		Title: "No address is left over from development",
		Needs: []string{"config", "settings_address"},
		Run:   in.leftovers,
	})
}

// config fails where nothing is known because a file cannot be read.
func (in *inside) config(_ context.Context, r *doctor.Result) {
	if _, ok := errors.AsType[*config.Faults](in.Problem); in.Problem != nil && !ok {
		r.Unable("the configuration cannot be read", in.Problem)
		return
	}
	for _, f := range in.faults() {
		if unreadable(f) {
			r.Find(finding(f))
		}
	}
	for _, w := range in.cfg.Alerts() {
		if w.Cause == "" {
			r.Note("configuration", "%s", w.Text)
		}
	}
	r.Say("environment %s", in.cfg.Environment)
}

// unreadable is a fault of a whole file, so that nobody knows what is in it.
func unreadable(f config.Fault) bool { return f.Variable == "--config" || f.Variable == ".env" }

func (in *inside) faults() []config.Fault {
	if faults, ok := errors.AsType[*config.Faults](in.Problem); ok {
		return faults.List
	}
	return nil
}

// judge tells of the faults and warnings of one group. A secret that arrived
// mangled is told as that, whatever else follows from it.
func (in *inside) judge(g group, r *doctor.Result) {
	told := map[string]bool{}
	for _, l := range in.lints {
		if groupOf(l.name) == g.check {
			told[l.name] = true
			r.Find(l.Finding)
		}
	}
	for _, f := range in.faults() {
		name := strings.TrimSuffix(f.Variable, "_FILE")
		if unreadable(f) || told[name] || groupOf(f.Variable) != g.check || f.Strict && in.guessed() {
			continue
		}
		r.Find(finding(f))
	}
	for _, w := range in.cfg.Alerts() {
		linted := strings.HasPrefix(string(w.Cause), "secret_")
		if w.Cause != "" && !linted && groupOf(w.Variable) == g.check {
			r.Find(warned(w))
		}
	}
	switch g.check {
	case "environment":
		in.environment(r)
	case "settings_address":
		in.addresses(r)
	case "secrets":
		in.keys(r)
	case "settings_rules":
		in.rulesFile(r)
	}
}

// guessed says that ENVIRONMENT itself is wrong, so that what follows from a
// strict environment may not be there at all.
func (in *inside) guessed() bool {
	for _, f := range in.faults() {
		if f.Cause == "environment_unknown" {
			return true
		}
	}
	return false
}

// groupOf is the check that tells of a setting; the last one takes every name
// that no other does.
func groupOf(variable string) string {
	name := strings.TrimSuffix(variable, "_FILE")
	for _, g := range groups {
		if strings.Contains(g.names, " "+variable+" ") || strings.Contains(g.names, " "+name+" ") {
			return g.check
		}
	}
	return groups[len(groups)-1].check
}

func finding(f config.Fault) api.Finding {
	evidence := f.Variable + " is not set"
	if f.Value != "" {
		evidence = f.Variable + " is " + f.Value
	}
	code := f.Cause
	if code == "" {
		code = "config_invalid"
		if strings.HasPrefix(f.Variable, "DATABASE_") {
			code = "database_url_malformed"
		}
	}
	return api.Finding{
		Code:     code,
		Cause:    f.Problem,
		Evidence: evidence,
		Expected: f.Expected,
		Remedy:   remedy(f.Variable, f.Origin, f.Expected, f.Hint),
		Setting:  setting(f.Variable, f.Origin),
	}
}

func warned(w config.Warning) api.Finding {
	return api.Finding{
		Code: w.Cause, Cause: w.Text, Evidence: w.Variable + " (" + w.Origin + ")", Expected: w.Expected,
		Setting: setting(w.Variable, w.Origin),
	}
}

// Named is a setting with who set it.
func Named(name, origin string) string { return setting(name, origin) }

func setting(name, origin string) string {
	if origin == "" {
		origin = "not set"
	}
	return name + " (" + origin + ")"
}

// remedy is the place, what to write there, and how to see that it is right.
func remedy(name, origin, expected, hint string) string {
	where := "Set " + name
	switch place, isFile := strings.CutPrefix(origin, "file "); {
	case isFile:
		where = "Change " + name + " in " + place
	case strings.HasPrefix(origin, "flag "), origin == "environment":
		where = "Change " + name + " where the " + origin + " of the server is set"
	}
	text := where
	if expected != "" {
		text += ": " + expected
	}
	text = strings.TrimSuffix(text, ".") + "."
	if hint != "" {
		text += " " + strings.TrimSuffix(hint, ".") + "."
	}
	return text + " Then: aiwfe-auth config check"
}
