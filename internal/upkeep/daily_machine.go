package upkeep

import (
	"context"
	"time"
)

// pools judges how full each pool is now. Waits since the start are told where
// somebody had to.
func pools(ctx context.Context, s *Sources, r *result) {
	if s.Pools == nil {
		r.unknown("the connections are not known here")
		return
	}
	list, err := s.Pools(ctx)
	if r.failed("the connections", err) {
		return
	}
	for _, p := range list {
		if p.Most == 0 {
			continue
		}
		r.see("%s: %d of %d in use", p.Name, p.Used, p.Most)
		if p.Waits > 0 {
			r.see("%s: somebody had to wait %s, for %s in all", p.Name, many(p.Waits, "time"), seconds(p.WaitedInAll))
		}
		// A pool of one, as SQLite's writer, is used wholly or not at all.
		if p.Most > 1 && float64(p.Used) > targetPool*float64(p.Most) {
			r.say("%s: %d of %d are in use", p.Name, p.Used, p.Most)
			r.toDo("More than 80 % are in use. Allow more by "+p.Setting+", or see what holds them.", "aiwfe-auth doctor")
		}
	}
	if r.Said == "" {
		r.say("less than 80 %% of each pool in use")
	}
}

// A certificate of 90 days is renewed at a third of that by what renews it;
// what is left after two weeks of waiting needs somebody.
const (
	renewWithin = 21 * day
	renewPart   = 4 // of the whole life
)

func certificates(ctx context.Context, s *Sources, r *result) {
	if s.Certificates == nil {
		r.unknown("certificates are not looked at here")
		return
	}
	list := s.Certificates(ctx)
	if len(list) == 0 {
		r.say("there is none: nothing speaks TLS")
		return
	}
	var first time.Time
	for _, c := range list {
		if c.Leaf == nil {
			r.see("%s: cannot be seen: %v", c.What, c.Err)
			r.note("Look whether it can be reached from here; the others were looked at.")
			continue
		}
		left, life := c.Leaf.NotAfter.Sub(s.Now), c.Leaf.NotAfter.Sub(c.Leaf.NotBefore)
		if first.IsZero() || c.Leaf.NotAfter.Before(first) {
			first = c.Leaf.NotAfter
		}
		if left <= 0 {
			r.see("%s: ended on %s", c.What, moment(c.Leaf.NotAfter))
			r.toDo("Renew it now. " + c.Renew)
			continue
		}
		r.see("%s: until %s, %s", c.What, date(c.Leaf.NotAfter), age(left))
		if left < min(renewWithin, life/renewPart) {
			r.toDo("Renew what ends soon. " + c.Renew)
		}
	}
	switch {
	case first.IsZero():
		r.say("none could be seen")
	case first.Before(s.Now):
		r.say("one ended on %s", date(first))
	default:
		r.say("the first of %d ends on %s", len(list), date(first))
	}
}

// leastFree is what a log and a write-ahead log fill in a bad night.
const leastFree = 1 << 30

func disk(_ context.Context, s *Sources, r *result) {
	if s.Disks == nil {
		r.unknown("the disk is not looked at here")
		return
	}
	list := s.Disks()
	if len(list) == 0 {
		r.say("nothing is kept on a disk of this machine")
		return
	}
	for _, d := range list {
		if d.Err != nil {
			r.see("%s: %v", d.Path, d.Err)
			r.note("How full it is cannot be asked on this system.")
			continue
		}
		r.see("%s: %s of %s are free", d.Path, amount(clip(d.Free)), amount(clip(d.Size)))
		if d.Free < d.Size/10 && (d.Free < leastFree || d.Free < d.Size/20) {
			r.say("%s: %s of %s are free", d.Path, amount(clip(d.Free)), amount(clip(d.Size)))
			r.toDo("Make room, or give it a larger disk: when it is full nobody can sign in.", "df -h "+d.Path)
		}
	}
	if r.Said == "" {
		r.say("%s free", amount(clip(list[0].Free)))
	}
}

// clip keeps a size within what is shown.
func clip(n uint64) int64 {
	const most = 1<<63 - 1
	return int64(min(n, most)) //nolint:gosec // bounded just now
}
