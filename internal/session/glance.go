package session

import "context"

// Glance is ByID without its being a use of the session: to look whether one
// still lives, on behalf of what its owner began a while ago, must not keep it
// alive.
func (v *Service) Glance(ctx context.Context, id string) (*Session, string, error) {
	now := v.o.Now()
	if e, ok := v.cache.Get(id); ok && v.mayTrust(e, now) {
		if reason := v.refusal(e, now); reason != "idle_end" { // which is not believed from memory
			return e.s, reason, nil
		}
	}
	s, err := v.o.Store.SessionByID(ctx, id)
	switch {
	case err != nil:
		return nil, "", err
	case s == nil:
		return nil, "session_unknown", nil
	}
	e := &entry{s: s}
	e.seen.Store(s.SeenAt.UnixNano())
	if at, ok := v.waiting(id); ok {
		e.seen.Store(at.UnixNano())
	}
	return s, v.refusal(e, now), nil
}
