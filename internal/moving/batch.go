package moving

import (
	"context"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
)

// Store writes a batch, all of it or nothing, and says of each row in its order
// what became of it.
type Store interface {
	Import(ctx context.Context, b Batch) ([]Outcome, error)
}

// Batch is rows for one transaction.
type Batch struct {
	Source         string
	Now            time.Time
	DryRun, Update bool
	Rows           []*Newcomer
}

// What became of a row.
const (
	Imported  = "imported"
	Unchanged = "unchanged"
	Updated   = "updated"
	Differs   = "differs"
	Gone      = "gone"  // was imported before and deleted here since
	Taken     = "taken" // somebody else here has the address
	Kept      = "kept"  // differs, and what is here now counts
)

// Outcome is what became of a row.
type Outcome struct {
	What string
	User account.ID
	// Fields differ from what was taken over before.
	Fields []string
	// Waits says that the account has no password yet and may have a link.
	Waits bool
}

// count notes what became of a row.
func (r *run) count(ctx context.Context, n *Newcomer, o Outcome) error {
	switch o.What {
	case Imported:
		r.sum.took(n)
	case Unchanged:
		r.sum.Unchanged++
	case Updated:
		r.sum.Updated++
	case Gone:
		r.sum.Gone++
	case Differs, Kept:
		r.sum.Differs++
		if r.Options.Refused != nil {
			reason := "differs from what was imported before: " + joined(o.Fields)
			if o.What == Kept {
				reason += "; it was changed here too, and what is here counts"
			} else {
				reason += "; --update takes it over"
			}
			if err := r.Options.Refused(*n.refused("%s", reason)); err != nil {
				return err
			}
		}
	case Taken:
		return r.refuse(n.refused("an account with this address exists here already, and was not imported from there"))
	}
	if !o.Waits {
		return nil
	}
	r.sum.WithoutPassword++
	if !r.Invite || r.DryRun || r.Invited == nil {
		return nil
	}
	sent, err := r.Invited(ctx, o.User)
	if sent {
		r.sum.Invited++
	}
	return err
}
