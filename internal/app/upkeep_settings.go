package app

import (
	"cmp"
	"fmt"
	"net/netip"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/upkeep"
	"github.com/aiwfe/aiwfe-auth/internal/version"
)

func upkeepSettings(cfg *config.Config) upkeep.Settings {
	s := upkeep.Settings{
		RotateAfter: cfg.RotationDue, BuildAfter: buildDue, PasswordHash: cfg.PasswordHash, Upgrades: cfg.PasswordUpgrade,
		LegacyUntil: legacyUntil(cfg), Wide: wideSettings(cfg),
	}
	for _, one := range cfg.Settings() {
		s.All = append(s.All, api.MaintenanceSetting{Name: one.Name, Value: one.Value, Origin: one.Origin})
	}
	return s
}

// manyTries is how many failures of one account in an hour are more than
// anybody needs who forgot a password.
const manyTries = 200

// wideSettings are those that are allowed and let in more than they need to.
func wideSettings(cfg *config.Config) (list []upkeep.Wide) {
	add := func(setting, value, why string) {
		list = append(list, upkeep.Wide{Setting: setting, Value: value, Why: why})
	}
	for _, p := range cfg.TrustedProxies {
		if broad(p) {
			add("TRUSTED_PROXIES", p.String(), "whoever has an address in it may say which address a client has")
		}
	}
	for _, o := range cfg.CORSOrigins {
		if strings.HasPrefix(o, "http://") && !local(o) {
			add("CORS_ORIGINS", o, "whoever is between that page and its reader may call the API with the reader's cookies")
		}
	}
	if n := cfg.LoginLimitAccount; n.Per > 0 && float64(n.N)/n.Per.Hours() > manyTries {
		add("LOGIN_LIMIT_ACCOUNT", fmt.Sprintf("%d/%s", n.N, n.Per), "a guesser has thousands of tries a day at one account")
	}
	if !cfg.Environment.Relaxed() && !slices.Contains(cfg.MFARequiredRoles, "admin") {
		add("MFA_REQUIRED_ROLES", cmp.Or(strings.Join(cfg.MFARequiredRoles, ","), "none"), "a stolen password of an administrator is enough")
	}
	return list
}

// broad says whether a network of the internet has room for strangers. Private
// ones are as wide as their owner made them.
func broad(p netip.Prefix) bool {
	if p.Addr().IsPrivate() || p.Addr().IsLoopback() || p.Addr().IsLinkLocalUnicast() {
		return false
	}
	if p.Addr().Is4() {
		return p.Bits() < 20
	}
	return p.Bits() < 29 // what a provider is given
}

func local(origin string) bool {
	host := strings.TrimPrefix(origin, "http://")
	return strings.HasPrefix(host, "localhost") || strings.HasPrefix(host, "127.") || strings.HasPrefix(host, "[::1]")
}

// build is what the program is made of. One that was built outside a repository
// does not know when; its file does.
func build() upkeep.Build {
	b := upkeep.Build{Version: version.String(), Go: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.time" {
			b.At, _ = time.Parse(time.RFC3339, s.Value)
		}
	}
	if b.At.IsZero() {
		if path, err := os.Executable(); err == nil {
			if file, err := os.Stat(path); err == nil {
				b.At = file.ModTime().UTC()
			}
		}
	}
	for _, m := range info.Deps {
		b.Modules = append(b.Modules, api.MaintenanceModule{Module: m.Path, Version: m.Version})
	}
	return b
}
