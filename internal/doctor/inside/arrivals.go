package inside

import (
	"context"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/doctor/outside"
)

// arrivals are those who signed in last from one address, up to the first who
// came from another: nobody, where that was the last of all.
func (in *inside) arrivals(ctx context.Context, address string) (outside.Arrived, error) {
	rows, err := in.db.AuditRows(ctx, audit.Query{
		Event: audit.EventLogin, Outcome: audit.Success, Since: in.Now().Add(-arrivalsFor), Limit: mostArrivals,
	})
	if err != nil {
		return outside.Arrived{}, err
	}
	accounts, browsers := map[account.ID]bool{}, map[string]bool{}
	for _, r := range rows {
		if r.Client.IP != address {
			break
		}
		accounts[r.User], browsers[r.Client.UserAgent] = true, true
	}
	return outside.Arrived{Accounts: len(accounts), Browsers: len(browsers)}, nil
}

const (
	arrivalsFor  = 7 * 24 * time.Hour
	mostArrivals = 200
)
