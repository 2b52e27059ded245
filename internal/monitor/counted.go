package monitor

import (
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/figures"
)

// counted are the counters of the book that requests grow, found once.
type counted struct {
	attempts, succeeded, guessing, slips *figures.Counter
	access, refresh, legacy              *figures.Counter
	csrfMade, csrfLost                   *figures.Counter
	queries, errors                      *figures.Counter
	answers, broken                      *figures.Counter
	failures, refused                    map[api.Code]*figures.Counter
	login, wait                          *figures.Timer
}

func newCounted(b *figures.Book) *counted {
	c := &counted{
		attempts: b.Counter(figures.Attempts), succeeded: b.Counter(figures.Succeeded), guessing: b.Counter(figures.Guessing),
		slips: b.Counter(figures.Slips), access: b.Counter(figures.Access), refresh: b.Counter(figures.Refresh),
		legacy: b.Counter(figures.Legacy), csrfMade: b.Counter(figures.CSRFMade), csrfLost: b.Counter(figures.CSRFLost),
		queries: b.Counter(figures.Queries), errors: b.Counter(figures.Errors),
		answers: b.Counter(figures.Answers), broken: b.Counter(figures.Broken),
		failures: map[api.Code]*figures.Counter{}, refused: map[api.Code]*figures.Counter{},
		login: b.Timer(figures.Login), wait: b.Timer(figures.Wait),
	}
	for code := range api.Codes {
		c.failures[code] = b.Counter(figures.Failure + string(code))
	}
	for _, code := range csrfCodes {
		c.refused[code] = b.Counter(figures.Refused + string(code))
	}
	return c
}

// now is the time by the clock of the database, as far as this node knows it:
// minutes of several nodes are the same minutes.
func (m *Monitor) now() time.Time { return m.shared(m.o.Now()) }

func (m *Monitor) shared(at time.Time) time.Time { return at.Add(-time.Duration(m.ahead.Load())) }

// begin turns the page of the book where a minute is over.
func (m *Monitor) begin() { m.book.At(m.now()) }
