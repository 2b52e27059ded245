package upkeep

import (
	"context"
	"fmt"
	"strings"
	"time"
)

func rotation(ctx context.Context, s *Sources, r *result) {
	if s.Keys == nil {
		r.unknown("the keys are not known here")
		return
	}
	keys, err := s.Keys(ctx)
	if r.failed("the keys", err) {
		return
	}
	due, unused, oldest := 0, 0, time.Duration(0)
	for _, k := range keys {
		line := fmt.Sprintf("%s %s", k.Name, k.Print)
		if k.Since.IsZero() {
			r.see("%s: since when is not known", line)
			continue
		}
		old := s.Now.Sub(k.Since)
		r.see("%s: since %s, %s", line, date(k.Since), age(old))
		switch {
		case k.Previous && k.Unused:
			unused++
			r.toDo("Take the previous key away that nothing of its time needs any more: "+k.Name+
				". Backups of its time do: keep it with them.", k.Rotate)
		case !k.Previous && old > s.Settings.RotateAfter:
			due++
			r.toDo("Rotate what is older than "+age(s.Settings.RotateAfter)+"; nobody is signed out by it.", k.Rotate)
		}
		if !k.Previous {
			oldest = max(oldest, old)
		}
	}
	switch {
	case due > 0 || unused > 0:
		r.say("%s due, %s not needed any more", many(int64(due), "key"), many(int64(unused), "previous key"))
	case len(keys) == 0:
		r.say("no key is known yet")
	default:
		r.say("the oldest is %s old", age(oldest))
	}
}

// programAge asks nobody: what is known here is how old the program is, and
// that fixes of its libraries since then are not in it.
func programAge(_ context.Context, s *Sources, r *result) {
	b := s.Build
	r.report.Modules = b.Modules
	r.see("%s, %s, %s", b.Version, b.Go, many(int64(len(b.Modules)), "module"))
	if b.At.IsZero() {
		r.say("when it was built is not known")
		return
	}
	old := s.Now.Sub(b.At)
	r.say("built on %s, %s ago, with %s", date(b.At), age(old), b.Go)
	if old > s.Settings.BuildAfter {
		r.toDo("Look for a newer release; what was mended in its libraries since then is not in it.",
			"aiwfe-auth version", "go version -m $(command -v aiwfe-auth)", "govulncheck -mode=binary $(command -v aiwfe-auth)")
	}
}

func configuration(_ context.Context, s *Sources, r *result) {
	r.report.Settings = s.Settings.All
	set := 0
	for _, one := range s.Settings.All {
		if one.Origin != "default" && one.Origin != "not set" && one.Value != "" && !strings.HasPrefix(one.Origin, "derived") {
			set++
		}
	}
	r.say("%s set by somebody; all are in the JSON of this report, secrets as fingerprints", many(int64(set), "setting"))
}
