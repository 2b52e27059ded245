package alert

import (
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
)

// Everything is the rule of a silence that is of all rules.
const Everything = "*"

// Silence keeps alerts from being told of until a time. They go on being judged
// and shown.
type Silence struct {
	ID string
	// Rule is one of Rules, or Everything; an empty Label is every one of it.
	Rule, Label string
	Until       time.Time
	Reason      string
	// By is an administrator's id, or "host" for the command line.
	By account.ID
	At time.Time
	// EndedAt is set where somebody ended it before its time.
	EndedAt time.Time
}

// Counts says whether it holds at that moment.
func (s *Silence) Counts(now time.Time) bool { return s.EndedAt.IsZero() && now.Before(s.Until) }

// Covers says whether an alert is among those that it keeps quiet.
func (s *Silence) Covers(k Key) bool {
	return (s.Rule == Everything || s.Rule == k.Rule) && (s.Label == "" || s.Label == k.Label)
}

func silenced(list []Silence, k Key, now time.Time) bool {
	for i := range list {
		if list[i].Counts(now) && list[i].Covers(k) {
			return true
		}
	}
	return false
}
