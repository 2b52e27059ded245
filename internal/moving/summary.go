package moving

import (
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/password"
)

// Summary is what an import did, or what a dry run would have done.
type Summary struct {
	Source string `json:"source"`
	DryRun bool   `json:"dry_run"`
	// Read is how many rows there were; all that follows adds up to it, with
	// those that were passed over.
	Read      int64 `json:"read"`
	Imported  int64 `json:"imported"`
	Unchanged int64 `json:"unchanged"`
	Updated   int64 `json:"updated"`
	Differs   int64 `json:"differs"`
	Gone      int64 `json:"deleted_here"`
	Refused   int64 `json:"refused"`
	// PassedOver are rows that are no people, by what they are.
	PassedOver map[string]int64 `json:"passed_over"`

	Disabled        int64 `json:"disabled"`
	Admins          int64 `json:"admins"`
	SecondFactors   int64 `json:"second_factors"`
	WithoutPassword int64 `json:"without_password"`
	Invited         int64 `json:"invited"`
	// Hashes are the forms of those that were imported now.
	Hashes map[string]int64 `json:"hashes"`
	// Left is what stayed behind of them.
	Left    map[string]int64 `json:"left_behind"`
	Seconds float64          `json:"seconds"`

	began time.Time
}

func newSummary(o *Options) *Summary {
	return &Summary{
		Source: o.Source, DryRun: o.DryRun, began: o.Now(),
		PassedOver: map[string]int64{}, Hashes: map[string]int64{}, Left: map[string]int64{},
	}
}

func (s *Summary) took(n *Newcomer) {
	s.Imported++
	if n.Hash != "" {
		s.Hashes[strings.Trim(kindOf(n.Hash), "$")]++
	}
	if n.Status == account.StatusDisabled {
		s.Disabled++
	}
	if n.Role == account.RoleAdmin {
		s.Admins++
	}
	if len(n.Factors) > 0 {
		s.SecondFactors++
	}
	for _, left := range n.Left {
		if _, there := s.Left[left]; there || len(s.Left) < 50 { // words of the file are among them
			s.Left[left]++
		}
	}
}

func (s *Summary) end(now time.Time) { s.Seconds = now.Sub(s.began).Seconds() }

func joined(names []string) string { return strings.Join(names, ", ") }

// kindOf names the form of a hash for the summary.
func kindOf(hash string) string {
	kind, unusable := password.Kind(hash)
	if unusable != "" {
		return "none"
	}
	return kind
}
