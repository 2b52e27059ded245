package upkeep

import (
	"context"
	"time"
)

func letters(ctx context.Context, s *Sources, r *result) {
	n, err := s.Store.LettersGivenUp(ctx, s.Now.Add(-day))
	if r.failed("the outbox", err) {
		return
	}
	if n == 0 {
		r.say("none was given up within a day")
		return
	}
	r.say("%s given up within a day", many(int64(n), "letter"))
	r.toDo("See why, and whether mail leaves now.", "aiwfe-auth mail list", "aiwfe-auth mail test --to ADDRESS")
}

// atLeast is how old a backup may be where nobody says how often they are made.
const atLeast = 36 * time.Hour

func backup(ctx context.Context, s *Sources, r *result) {
	if s.Backups == nil {
		r.missing(s, "this server makes no backups", "Back the database up by other means.")
		return
	}
	b, err := s.Backups(ctx)
	if r.failed("the backups", err) {
		return
	}
	allowed := max(atLeast, 2*b.Every)
	old := s.Now.Sub(b.Last)
	if b.Trouble != "" {
		r.see("the last try failed: %s", b.Trouble)
	}
	switch {
	case b.Last.IsZero() && !b.Scheduled && !b.Needed:
		r.say("no backup was made, and none is scheduled; this is no production")
		r.note("Before people rely on it, let the server make one each day: BACKUP_EVERY=24h.")
	case b.Last.IsZero() && !b.Scheduled:
		r.say("no backup was made, and none is scheduled")
		r.toDo("Make one, and let the server make them each day: BACKUP_EVERY=24h.", "aiwfe-auth backup create")
	case b.Last.IsZero():
		r.say("no backup was made yet")
		r.toDo("See why none was made, and make one.", "aiwfe-auth backup create")
	case old > allowed:
		r.say("the last is %s old", age(old))
		r.toDo("Make one now, and see why none was made.", "aiwfe-auth backup create")
	case b.Trouble != "":
		r.say("the last is %s old, and the last try failed", age(old))
		r.toDo("Mend what the last try failed at.", "aiwfe-auth backup create")
	default:
		r.say("%s old, %s", age(old), amount(b.Bytes))
	}
}
