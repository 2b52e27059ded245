package watch

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// Lack is what keeps people from an application, as the settings are now.
type Lack struct {
	// Settings lack the origin, each with who set it.
	Settings []string
	// Never is why no setting helps, in words that follow the origin.
	Never string
	// Ours is set where the host is below a domain of PUBLIC_URL, which no
	// stranger has a name in.
	Ours bool
}

func (l Lack) none() bool { return len(l.Settings) == 0 && l.Never == "" }

// mostHosts is how many origins a finding names.
const mostHosts = 5

func (s *hosts) finding(w *Watch, now time.Time) (api.Finding, bool) {
	list := s.believed(w, now)
	if len(list) == 0 {
		return api.Finding{}, false
	}
	more := len(list) - min(len(list), mostHosts)
	list = list[:len(list)-more]
	var evidence, never, mended, settings []string
	for _, origin := range list {
		lack, a := w.o.Lacks(origin), s.of[origin]
		evidence = append(evidence, a.told(origin))
		if lack.Never != "" {
			never = append(never, origin+" "+lack.Never)
			continue
		}
		mended = append(mended, origin)
		for _, one := range lack.Settings {
			if !slices.Contains(settings, one) {
				settings = append(settings, one)
			}
		}
	}
	if more > 0 {
		evidence = append(evidence, "and "+many(more, "further origin"))
	}
	return api.Finding{
		Code: "application_not_named",
		Cause: "A proxy in front of applications asks about " + strings.Join(list, ", ") +
			", where people cannot get with the settings as they are, whoever they are and however often they sign in.",
		Evidence: strings.Join(evidence, "\n"),
		Expected: "applications that people reach after signing in, and no question about any other host",
		Remedy:   remedy(mended, never, w.o.Gives),
		Setting:  strings.Join(settings, ", "),
	}, true
}

func (a *asked) told(origin string) string {
	clients := many(len(a.clients), "client")
	if len(a.clients) == clientsOfHost {
		clients += " or more"
	}
	return fmt.Sprintf("%s: %s of %s refused since %s, the last at %s, asked by the proxy %s; aiwfe-auth explain %s",
		origin, many(a.count, "page"), clients, stamp(a.first), stamp(a.last), a.proxy, a.id)
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// remedy names no host as one to be trusted: whoever asks may have invented it.
func remedy(mended, never []string, gives func(...string) []string) string {
	var b strings.Builder
	if len(mended) > 0 {
		fmt.Fprintf(&b, "Only if %s is an application of yours, for whoever has such a host gets people sent there: "+
			"set\n  %s\nand restart the server. Look first: aiwfe-auth config check\n",
			strings.Join(mended, " and "), strings.Join(gives(mended...), "\n  "))
	}
	for _, one := range never {
		b.WriteString("No setting helps where " + one + ". If it is yours, serve it at a name below the domain of " +
			"PUBLIC_URL, by the same scheme.\n")
	}
	b.WriteString("If it is not yours, have the proxy answer hosts that it does not know by itself, " +
		"and ask about none of them.")
	return b.String()
}
