package upkeep

import (
	"cmp"
	"context"
	"net/netip"
	"slices"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

// adminPlaces tells of networks that an administrator signed in from for the
// first time. Of somebody who signed in for the first time at all, every one is
// new; that there is a new administrator is told elsewhere.
func adminPlaces(ctx context.Context, s *Sources, r *result) {
	places, err := s.Store.AdminPlaces(ctx)
	if r.failed("the audit", err) {
		return
	}
	since := s.Now.Add(-day)
	known := map[string]map[string]bool{}
	for _, p := range places {
		if p.First.Before(since) {
			if known[p.User] == nil {
				known[p.User] = map[string]bool{}
			}
			known[p.User][network(p.IP)] = true
		}
	}
	for _, p := range places {
		if !p.First.Before(since) && known[p.User] != nil && !known[p.User][network(p.IP)] {
			r.see("%s from %s, first at %s", p.Address, p.IP, moment(p.First))
		}
	}
	if len(r.Evidence) == 0 {
		r.say("from networks that they used before")
		return
	}
	r.say("%s seen for the first time", many(int64(len(r.Evidence)), "network"))
	r.toDo("Ask them whether it was they. If not: end the sessions, and set a new password.",
		"aiwfe-auth audit list --event login --since 24h --email ADDRESS", "aiwfe-auth session list --email ADDRESS")
}

// network is the neighbourhood of an address: one that changes within it, as
// those of mobile networks and home lines do, is no other place.
func network(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	bits := 24
	if a = a.Unmap(); a.Is6() {
		bits = 48
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return ip
	}
	return p.String()
}

// mostRows bounds how many rows of one event are read.
const mostRows = 500

// rows are those of an event since a day, oldest last.
func rows(ctx context.Context, s *Sources, events ...audit.Event) (all []audit.Row, err error) {
	for _, e := range events {
		some, err := s.Store.AuditRows(ctx, audit.Query{
			Event: e, Outcome: audit.Success, Since: s.Now.Add(-day), Until: s.Now, Limit: mostRows,
		})
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortStableFunc(all, func(a, b audit.Row) int { return b.At.Compare(a.At) })
	return all, nil
}

// told puts rows into lines that name people by their addresses.
func told(ctx context.Context, s *Sources, rows []audit.Row, what func(audit.Row) string) ([]string, error) {
	var ids []string
	for _, row := range rows[:min(len(rows), most)] { // the others are only counted
		ids = append(ids, string(row.User), string(row.Actor))
	}
	names, err := s.Store.Names(ctx, ids)
	if err != nil {
		return nil, err
	}
	name := func(id string) string { return cmp.Or(names[id], id) }
	var lines []string
	for _, row := range rows {
		line := moment(row.At) + " " + cmp.Or(row.Address, name(string(row.User))) + ": " + what(row)
		if row.Actor != "" && row.Actor != row.User {
			line += ", by " + name(string(row.Actor))
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// newAdmins tells who became an administrator, and whose role became another.
func newAdmins(ctx context.Context, s *Sources, r *result) {
	found, err := rows(ctx, s, audit.EventUserCreated, audit.EventInvited, audit.EventSetupCompleted, audit.EventUserUpdated)
	if r.failed("the audit", err) {
		return
	}
	admins := 0
	found = slices.DeleteFunc(found, func(row audit.Row) bool {
		if row.Event == audit.EventSetupCompleted || strings.Contains(row.Detail, "role admin") ||
			strings.Contains(row.Detail, "role=admin") {
			admins++
			return false
		}
		return !strings.Contains(row.Detail, "role=")
	})
	lines, err := told(ctx, s, found, func(row audit.Row) string {
		if row.Event == audit.EventSetupCompleted {
			return "the first administrator"
		}
		return row.Detail
	})
	if r.failed("the audit", err) {
		return
	}
	r.listed(lines)
	switch {
	case len(found) == 0:
		r.say("no role became another")
	case admins == 0:
		r.say("%s given, none of an administrator", many(int64(len(found)), "role"))
		r.note("Nothing is to be done when this was meant.")
	default:
		r.say("%s", many(int64(admins), "new administrator"))
		r.toDo("See whether each of them was meant to be one; if not, take the role away.",
			"aiwfe-auth user list --role admin", "aiwfe-auth user set-role --email ADDRESS --role user")
	}
}

func tokensMade(ctx context.Context, s *Sources, r *result) {
	events(ctx, s, r, audit.EventTokenMade, "token", func(audit.Row) bool { return true },
		func(row audit.Row) string { return "may " + cmp.Or(row.Detail, "do everything") })
	if r.Verdict == api.ChoreWell && len(r.Evidence) > 0 {
		r.note("Nothing is to be done when the people know of them; their owners had a letter.")
	}
}

// factorsRemoved is how accounts are taken over by way of the help desk.
func factorsRemoved(ctx context.Context, s *Sources, r *result) {
	events(ctx, s, r, audit.EventFactorsReset, "account", func(row audit.Row) bool { return row.Actor != row.User },
		func(audit.Row) string { return "second factors removed" })
	if r.Verdict == api.ChoreWell && len(r.Evidence) > 0 {
		r.toDo("Ask each owner, by another way than mail, whether they wanted it.",
			"aiwfe-auth audit list --event factors_reset --since 24h")
	}
}

// events lists the rows of an event that count.
func events(
	ctx context.Context, s *Sources, r *result, e audit.Event, thing string,
	counts func(audit.Row) bool, what func(audit.Row) string,
) {
	found, err := rows(ctx, s, e)
	if r.failed("the audit", err) {
		return
	}
	found = slices.DeleteFunc(found, func(row audit.Row) bool { return !counts(row) })
	lines, err := told(ctx, s, found, what)
	if r.failed("the audit", err) {
		return
	}
	r.listed(lines)
	if len(found) == 0 {
		r.say("none within a day")
		return
	}
	r.say("%s within a day", many(int64(len(found)), thing))
}
