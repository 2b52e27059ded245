package trace

import "time"

// Bounds of what is remembered of requests that went well.
const (
	pastOfPlace = 12
	pastPlaces  = 2_000
	// pastAge is how long before a refusal a request may have been to belong to
	// the same story.
	pastAge = 30 * time.Minute
)

// past remembers the last requests of each place. When there are too many
// places, the one that is longest there goes.
type past struct {
	of    map[string][]*Row
	order []string
}

func newPast() *past { return &past{of: map[string][]*Row{}} }

func (p *past) add(row *Row) {
	list, there := p.of[row.Place]
	if !there {
		if len(p.order) >= pastPlaces {
			delete(p.of, p.order[0])
			p.order = p.order[1:]
		}
		p.order = append(p.order, row.Place)
	}
	if len(list) >= pastOfPlace {
		list = list[:copy(list, list[1:])]
	}
	p.of[row.Place] = append(list, row)
}

// take gives what led to a refused request, and forgets it: it is written once.
func (p *past) take(refused *Row) (led []*Row) {
	list := p.of[refused.Place]
	if len(list) == 0 {
		return nil
	}
	var rest []*Row
	for _, row := range list {
		switch {
		case refused.At.Sub(row.At) > pastAge: // too long ago for any story
		case sameAttempt(row, refused):
			led = append(led, row)
		default:
			rest = append(rest, row)
		}
	}
	p.of[refused.Place] = rest // the place keeps its turn in order
	return led
}

// sameAttempt says whether two requests of one place may be of one browser:
// only a name that is known on both sides and differs says no.
func sameAttempt(a, b *Row) bool {
	for _, x := range [...]string{a.Browser, a.Gave} {
		for _, y := range [...]string{b.Browser, b.Gave} {
			if x != "" && x == y {
				return true
			}
		}
	}
	return a.Place == b.Place && (a.Browser == "" || b.Browser == "")
}
