package config

import (
	"slices"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"

	"github.com/aiwfe/aiwfe-auth/internal/spell"
)

// others is names that people bring from other programs, with ours. They are
// never read: a value meant for something else could sign tokens.
var others = map[string]string{
	"JWT_SECRET": "JWT_SECRET_KEY", "SECRET_KEY": "JWT_SECRET_KEY", "JWT_KEY": "JWT_SECRET_KEY", "AUTH_SECRET": "JWT_SECRET_KEY",
	"JWT_SIGNING_KEY": "JWT_SECRET_KEY", "ENCRYPTION_KEY": "DATA_ENCRYPTION_KEY",
	"SITE_URL": "PUBLIC_URL", "APP_URL": "PUBLIC_URL", "BASE_URL": "PUBLIC_URL", "PUBLIC_APP_URL": "PUBLIC_URL", "ORIGIN": "PUBLIC_URL",
	"DB_URL": "DATABASE_URL", "DATABASE_URI": "DATABASE_URL", "DATABASE_DSN": "DATABASE_URL", "POSTGRES_URL": "DATABASE_URL",
	"SQLALCHEMY_DATABASE_URI": "DATABASE_URL", "DIRECT_URL": "DATABASE_DIRECT_URL",
	"VALKEY_URL": "REDIS_URL", "ALLOWED_ORIGINS": "CORS_ORIGINS", "CORS_ALLOWED_ORIGINS": "CORS_ORIGINS", "BACKEND_CORS_ORIGINS": "CORS_ORIGINS",
	"SMTP_HOST": "SMTP_URL", "SMTP_SERVER": "SMTP_URL", "EMAIL_FROM": "MAIL_FROM", "SMTP_FROM": "MAIL_FROM",
	"ACCESS_TOKEN_EXPIRE_MINUTES": "ACCESS_TOKEN_TTL", "FORWARDED_ALLOW_IPS": "TRUSTED_PROXIES",
	"APP_ENV": "ENVIRONMENT", "NODE_ENV": "ENVIRONMENT",
}

// nearMisses warns of names in the environment that look as if they had been
// meant for us.
func (l *loader) nearMisses() {
	names := make([]string, 0, len(l.foreign))
	for name := range l.foreign {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if w, ok := l.meant(name); ok {
			w.Variable, w.Origin = name, l.foreign[name].origin
			l.alert(w)
		}
	}
}

// meant is what is to be said about one foreign name, if anything.
func (l *loader) meant(name string) (w Warning, ok bool) {
	ours, _ := strings.CutPrefix(name, "AIWFE_")
	switch {
	case strings.HasPrefix(name, "AIWFE_TEST_"): // the project's own tests
		return w, false
	case ours != name && known(ours):
		w.Text = name + " is set and not read; the name is " + ours + ", without AIWFE_."
		w.Cause, w.Expected = l.unread(ours, "setting_renamed"), ours
		return w, true
	case ours != name:
		w.Text = strings.TrimSpace(name + " is set, and there is no setting of this name. " + didYouMean(ours))
		w.Cause = l.unread(nearest(ours), "setting_unknown")
		return w, true
	}
	if right, known := others[name]; known {
		if l.isSet(right) || l.isSet(right+"_FILE") {
			return w, false // it belongs to another program
		}
		w.Text = name + " is set and not read; this program reads " + right + "."
		w.Expected = right
		if l.differs(name, right) {
			w.Cause = l.unread(right, "setting_renamed")
		}
		return w, true
	}
	if base, is := strings.CutSuffix(name, "_FILE"); is && known(base) {
		w.Text = name + " is set and not read: " + base + " is no secret and has no _FILE form."
		w.Cause, w.Expected = l.unread(base, "setting_unknown"), base
		return w, true
	}
	if near := nearest(name); near != "" {
		w.Text = name + " is set and not read. Did you mean " + near + "?"
		w.Cause, w.Expected = l.unread(near, "setting_unknown"), near
		return w, true
	}
	return w, false
}

// harmless are settings that keep nobody from signing in, and whose names are
// much like those that other programs use.
var harmless = []string{"LOG_LEVEL", "LOG_FORMAT", "PORT", "SHUTDOWN_DELAY", "SECURITY_CONTACT", "DATA_DIR", "HSTS_INCLUDE_SUBDOMAINS"}

// unread is the cause when a name was not read that stands for one of ours.
// Where ours was given as well, or its fault tells of it, it is none.
func (l *loader) unread(ours string, cause api.Cause) api.Cause {
	base := strings.TrimSuffix(ours, "_FILE")
	if slices.Contains(harmless, base) || l.isSet(ours) || l.isSet(base) || l.faulty[base] || l.faulty[ours] {
		return ""
	}
	return cause
}

// differs says whether what another program's name holds is something else
// than what is in effect here. In development a machine holds many names that
// were never meant for us, so only what would change a sign-in counts there.
func (l *loader) differs(name, right string) bool {
	raw, relaxed := strings.TrimSpace(l.foreign[name].raw), l.c.Environment.Relaxed()
	switch right {
	case "PUBLIC_URL":
		u, p := parseOrigin(raw)
		return p == nil && (l.c.PublicURL == nil || u.String() != l.c.PublicURL.String())
	case "ENVIRONMENT":
		switch strings.ToLower(raw) {
		case "prod", "production", "live", "stage", "staging":
			return relaxed
		}
		return false
	}
	return !relaxed || !slices.Contains(common, name)
}

// common is what developers' machines often set for other programs.
var common = []string{
	"SECRET_KEY", "AUTH_SECRET", "ENCRYPTION_KEY", "SMTP_HOST", "SMTP_SERVER", "EMAIL_FROM", "SMTP_FROM", "FORWARDED_ALLOW_IPS", "VALKEY_URL",
	"ACCESS_TOKEN_EXPIRE_MINUTES", "POSTGRES_URL", "DB_URL", "DIRECT_URL",
}

// otherName is a hint for a missing setting: the value may stand under a name
// that another program uses.
func (l *loader) otherName(want string) string {
	var found []string
	for name := range l.foreign {
		if strings.TrimPrefix(name, "AIWFE_") == want || others[name] == want || nearest(name) == want {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	if len(found) == 0 {
		return ""
	}
	return found[0] + " is set; this program reads " + want + "."
}

// renamedOr is the cause of a missing setting: when its value stands under
// another name, that is why it is missing.
func (l *loader) renamedOr(want string, otherwise api.Cause) api.Cause {
	if l.otherName(want) != "" {
		return "setting_renamed"
	}
	return otherwise
}

// didYouMean is a hint for an unknown name, or nothing.
func didYouMean(name string) string {
	name = strings.TrimPrefix(name, "AIWFE_")
	near := others[name]
	if near == "" {
		near = nearest(name)
	}
	if known(name) {
		near = name
	}
	if near == "" {
		return ""
	}
	return "Did you mean " + near + "?"
}

// nearest is the known name at most two slips away that begins with the same
// letter; of a short name one slip, or PORT would claim half the environment.
func nearest(name string) string {
	best, least := "", 3
	for _, s := range table {
		candidates := []string{s.name}
		if s.secret {
			candidates = append(candidates, s.name+"_FILE")
		}
		for _, known := range candidates {
			if name == "" || known[0] != name[0] {
				continue
			}
			allowed := 2
			if len(known) < 8 {
				allowed = 1
			}
			if d := spell.Slips(name, known); d <= allowed && d < least {
				best, least = known, d
			}
		}
	}
	return best
}
