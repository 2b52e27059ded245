package upkeep

import (
	"context"
	"fmt"
)

func shutButAlive(ctx context.Context, s *Sources, r *result) {
	list, err := s.Store.ShutButAlive(ctx, s.Now)
	if r.failed("the sessions", err) {
		return
	}
	if len(list) == 0 {
		r.say("none")
		return
	}
	var lines []string
	for _, h := range list {
		has := many(h.Sessions, "session") + ", " + many(h.Tokens, "token")
		lines = append(lines, fmt.Sprintf("%s (%s): %s", h.Address, h.Status, has))
	}
	r.listed(lines)
	r.say("%s", many(int64(len(list)), "account"))
	r.toDo("They are refused while the account is shut, and count again when it is opened: end them. "+
		"Somebody shut the account by another way than this program.",
		"aiwfe-auth session list --email ADDRESS", "aiwfe-auth session revoke --email ADDRESS --id ID")
}

// manyFailures within a day is more than somebody who forgot a password tries.
const manyFailures = 50

func besieged(ctx context.Context, s *Sources, r *result) {
	list, err := s.Store.Besieged(ctx, s.Now.Add(-day), manyFailures)
	if r.failed("the audit", err) {
		return
	}
	if len(list) == 0 {
		r.say("no account with %d failures within a day", manyFailures)
		return
	}
	var lines []string
	for _, b := range list {
		lines = append(lines, fmt.Sprintf("%s: %s from %s", b.Address, many(b.Refused, "failure"), many(b.Networks, "address")))
	}
	r.listed(lines)
	r.say("%s", many(int64(len(list)), "account"))
	r.toDo("Somebody guesses, or a script has an old password. See where it comes from.",
		"aiwfe-auth audit list --outcome refused --since 24h --email ADDRESS")
}
