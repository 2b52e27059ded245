package upkeep

import (
	"context"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

var noon = time.Date(2026, time.November, 30, 12, 0, 0, 0, time.UTC)

// facts is a database that says what it is told to. What the real ones say is
// proven in store, on both engines.
type facts struct {
	rows        map[audit.Event][]audit.Row
	logins      []Logins // the last day, the one before, the same of last week
	places      []Place
	besieged    []Besieged
	shut, old   []Holder
	givenUp     int
	names       map[string]string
	sizes       api.MaintenanceSizes
	unused      int64
	orphans     []string
	overdue     int64
	bare        []string
	hashes      []HashForm
	unconfirmed int64
	invitations int64
	err         error
}

func (f *facts) AuditRows(_ context.Context, q audit.Query) ([]audit.Row, error) {
	return f.rows[q.Event], f.err
}

func (f *facts) Logins(_ context.Context, _, to time.Time) (Logins, error) {
	i := map[time.Duration]int{0: 0, day: 1, 7 * day: 2}[noon.Sub(to)]
	if i >= len(f.logins) {
		return Logins{}, f.err
	}
	return f.logins[i], f.err
}
func (f *facts) AdminPlaces(context.Context) ([]Place, error) { return f.places, f.err }
func (f *facts) Besieged(context.Context, time.Time, int64) ([]Besieged, error) {
	return f.besieged, f.err
}

func (f *facts) ShutButAlive(context.Context, time.Time) ([]Holder, error) { return f.shut, f.err }

func (f *facts) LettersGivenUp(context.Context, time.Time) (int, error) { return f.givenUp, f.err }

func (f *facts) Names(context.Context, []string) (map[string]string, error) { return f.names, f.err }

func (f *facts) Sizes(context.Context) (api.MaintenanceSizes, error) { return f.sizes, f.err }

func (f *facts) Unused(context.Context, time.Time) (int64, []string, error) {
	return f.unused, nil, f.err
}

func (f *facts) Orphans(context.Context) ([]string, error) { return f.orphans, f.err }

func (f *facts) Overdue(context.Context, time.Time) (int64, error) { return f.overdue, f.err }

func (f *facts) BareAdmins(context.Context) ([]string, error) { return f.bare, f.err }

func (f *facts) Hashes(context.Context) ([]HashForm, error) { return f.hashes, f.err }

func (f *facts) Unconfirmed(context.Context, time.Time) (int64, error) { return f.unconfirmed, f.err }

func (f *facts) StaleInvitations(context.Context, time.Time) (int64, []string, error) {
	return f.invitations, nil, f.err
}

func (f *facts) OldTokens(context.Context, time.Time) ([]Holder, error) { return f.old, f.err }
