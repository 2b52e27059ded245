package figures

import "time"

// ring holds the last spans of one width.
type ring struct {
	step  time.Duration
	slots []slot
}

type slot struct {
	span, version, saved int64
	sheet                Sheet
}

func (s *slot) add(o *Sheet) {
	s.sheet.Merge(o)
	s.version++
}

func (r *ring) at(now time.Time) *slot {
	n := span(now, r.step)
	s := &r.slots[n%int64(len(r.slots))]
	if s.span != n {
		*s = slot{span: n}
	}
	return s
}

func (r *ring) rows(which func(*slot) bool) (list []Row) {
	for i := range r.slots {
		if s := &r.slots[i]; s.version > 0 && which(s) {
			list = append(list, Row{Step: r.step, At: time.Unix(0, s.span*int64(r.step)).UTC(), Sheet: s.sheet.clone()})
		}
	}
	return list
}
