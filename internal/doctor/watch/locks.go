package watch

import (
	"fmt"
	"maps"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// locks are accounts that were shut after a hundred failures in a row, and who
// came to the shut door. An owner who does is another client than the stranger
// who shut it.
type locks struct{ of map[uint64]*sightings }

func (l *locks) done(w *Watch, r *Request, who uint64) {
	if r.Reason != "account_shut" || r.Address == "" {
		return
	}
	if l.of == nil {
		l.of = map[uint64]*sightings{}
	}
	account := w.text(r.Address)
	if l.of[account] == nil {
		if len(l.of) >= room {
			maps.DeleteFunc(l.of, func(_ uint64, s *sightings) bool { n, _ := s.within(r.At); return n == 0 })
		}
		if len(l.of) >= room {
			return
		}
		l.of[account] = &sightings{most: 8}
	}
	l.of[account].add(r.At, who, "")
}

func (l *locks) finding(_ *Watch, now time.Time) (api.Finding, bool) {
	accounts, clients := 0, 0
	for _, s := range l.of {
		if n, _ := s.within(now); n >= 2 {
			accounts++
			clients += n
		}
	}
	if accounts < enough {
		return api.Finding{}, false
	}
	return api.Finding{
		Code: "locked_out_by_strangers",
		Evidence: fmt.Sprintf("in the last %s, %d accounts were shut after a hundred failures in a row, "+
			"and %d clients of different networks stood before them",
			spell(window), accounts, clients),
		Expected: "accounts that are open to their owners",
	}, true
}
