package inside

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

func (in *inside) rowChecks() []doctor.Check {
	return []doctor.Check{
		{Name: "rows", Title: "Every account that should can sign in", Needs: []string{"schema"}, Run: in.rows},
		{Name: "orphans", Title: "Sessions and factors belong to accounts", Needs: []string{"schema"}, Run: in.orphans},
	}
}

// rows looks for accounts whose row keeps their owner from signing in.
func (in *inside) rows(ctx context.Context, r *doctor.Result) {
	if in.Cheap {
		r.Skip("the rows are not read every few minutes")
		return
	}
	var wait sync.WaitGroup
	var mu sync.Mutex
	byCause := map[api.Cause][]one{}
	for _, c := range store.Suspicions() {
		wait.Go(func() {
			list, whole, err := in.db.Suspects(ctx, c, in.Now())
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				in.unable(r, "the rows of the accounts", err)
				return
			}
			if !whole {
				r.Note("rows_not_all_read", "The table of accounts is too large to be read whole in a few seconds; what was found (%s) may not be all.", c)
			}
			for _, raw := range list {
				for _, f := range raw.Flaws() {
					gather(byCause, raw, f)
				}
			}
		})
	}
	wait.Wait()
	r.Say("%d kinds of flaw", len(byCause))
	for _, cause := range slices.Sorted(maps.Keys(byCause)) {
		list := byCause[cause]
		slices.SortFunc(list, func(a, b one) int { return strings.Compare(string(a.raw.ID), string(b.raw.ID)) })
		r.Find(flawed(cause, list))
	}
}

// one is a flaw of one row.
type one struct {
	raw  login.RawUser
	flaw login.Flaw
}

// gather puts a flaw down once: two searches may come upon the same row.
func gather(byCause map[api.Cause][]one, raw login.RawUser, f login.Flaw) {
	if !slices.ContainsFunc(byCause[f.Cause], func(o one) bool { return o.raw.ID == raw.ID }) {
		byCause[f.Cause] = append(byCause[f.Cause], one{raw, f})
	}
}

// flawed makes one finding of all rows with the same flaw.
func flawed(cause api.Cause, list []one) api.Finding {
	ids := make([]string, 0, 3)
	lines := []string{}
	for _, o := range list[:min(len(list), 3)] {
		ids = append(ids, string(o.raw.ID))
		lines = append(lines, fmt.Sprintf("account %s: %s", o.raw.ID, o.flaw.Says))
	}
	if more := len(list) - len(ids); more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	f := api.Finding{
		Code: cause, Evidence: strings.Join(lines, "\n"), Expected: "a row that its owner can sign in with",
		Setting: "the table users, " + list[0].flaw.Field,
	}
	first := list[0]
	switch {
	case len(list) > 1:
		f.Remedy = "aiwfe-auth user repair --all --dry-run shows what would be done, and aiwfe-auth user repair --all does it."
	case len(first.flaw.Mended) > 0 || first.flaw.Link:
		f.Remedy = "aiwfe-auth user repair --id " + ids[0]
	}
	if len(first.flaw.Mended) == 0 && !first.flaw.Link {
		f.Remedy = byHand(cause, first)
	}
	return f
}

// byHand is what only somebody who knows more can do.
func byHand(cause api.Cause, o one) string {
	id := string(o.raw.ID)
	address := "the account's address"
	if o.raw.Email != nil {
		address = *o.raw.Email
	}
	switch cause {
	case "row_bad_status":
		return "Set the status that was meant: aiwfe-auth user enable --email " + address + ", or disable."
	case "row_bad_role":
		return "aiwfe-auth user set-role --email " + address + " --role admin"
	case "row_second_factor_missing":
		return "aiwfe-auth user reset-factors --email " + address
	case "row_duplicate_address":
		return "Keep the one that is used, account " + string(o.raw.Twin) + ", and delete the other or give it another address: UPDATE users SET email = '...' WHERE id = '" + id + "'"
	case "row_null_field", "row_address_unreachable":
		return "Write the person's address into the row: UPDATE users SET email = 'name@example.com' WHERE id = '" + id + "'"
	}
	return "Put the value right in the row of account " + id + "."
}

// orphans looks for what hangs on accounts that are gone.
func (in *inside) orphans(ctx context.Context, r *doctor.Result) {
	if in.Cheap {
		r.Skip("the rows are not read every few minutes")
		return
	}
	found, err := in.db.Orphans(ctx)
	if err != nil {
		in.unable(r, "what belongs to the accounts", err)
		return
	}
	if len(found) == 0 {
		r.Say("all of them")
		return
	}
	r.Find(api.Finding{
		Code: "row_orphan", Evidence: strings.Join(found, "\n"), Expected: "every one belongs to a row of users", Setting: "the table users",
		Remedy: "Restore the accounts from a backup of the same moment. Where they were deleted on purpose: DELETE FROM sessions WHERE user_id NOT IN (SELECT id FROM users), and so for the others.",
	})
}
