package httpapi

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
)

// status is the check of a session, asked before nearly every request of the
// services behind: its answer is written by hand, to the byte as the JSON
// library would, because the library takes as long as all the rest together.
func (a *API) status(w http.ResponseWriter, _ *http.Request) {
	q := httpkit.From(w)
	p, err := q.Require(httpkit.Signed)
	if err != nil {
		q.Fail(err)
		return
	}
	a.deprecate(q, p)
	s := api.Status{Authenticated: true, User: user(p.User()), Session: one(p.Session, p.Session.ID), Scopes: p.Scopes}
	q.Append(http.StatusOK, func(b []byte) ([]byte, error) { return appendStatus(b, &s) })
}

// writer appends members, and keeps the first thing that JSON cannot say.
type writer struct {
	b   []byte
	err error
}

func (w *writer) text(name, value string) {
	w.b = append(w.b, name...)
	var err error
	w.b, err = jsontext.AppendQuote(w.b, value)
	w.err = errors.Join(w.err, err)
}

func (w *writer) truth(name string, value bool) {
	w.b = strconv.AppendBool(append(w.b, name...), value)
}

func (w *writer) moment(name string, value time.Time) {
	b, err := value.AppendText(append(append(w.b, name...), '"'))
	w.b, w.err = append(b, '"'), errors.Join(w.err, err)
}

func appendStatus(b []byte, s *api.Status) ([]byte, error) {
	w := &writer{b: b}
	w.truth(`{"authenticated":`, s.Authenticated)
	w.user(`,"user":`, &s.User)
	w.session(`,"session":`, &s.Session)
	w.b = append(w.b, `,"scopes":[`...)
	for i, scope := range s.Scopes {
		comma := ","
		if i == 0 {
			comma = ""
		}
		w.text(comma, scope)
	}
	w.b = append(w.b, "]}"...)
	return w.b, w.err
}

func (w *writer) user(name string, u *api.User) {
	w.b = append(w.b, name...)
	w.text(`{"id":`, u.ID)
	w.text(`,"email":`, u.Email)
	w.text(`,"name":`, u.Name)
	w.text(`,"role":`, u.Role)
	w.text(`,"status":`, u.Status)
	w.truth(`,"is_active":`, u.IsActive)
	w.truth(`,"is_verified":`, u.IsVerified)
	w.truth(`,"is_superuser":`, u.IsSuperuser)
	w.moment(`,"created_at":`, u.CreatedAt)
	w.moment(`,"updated_at":`, u.UpdatedAt)
	w.b = append(w.b, '}')
}

func (w *writer) session(name string, s *api.Session) {
	w.b = append(w.b, name...)
	w.text(`{"id":`, s.ID)
	w.text(`,"device":`, s.Device)
	w.text(`,"kind":`, s.Kind)
	w.text(`,"method":`, s.Method)
	w.text(`,"ip":`, s.IP)
	w.moment(`,"created_at":`, s.CreatedAt)
	w.moment(`,"last_seen_at":`, s.LastSeenAt)
	w.moment(`,"expires_at":`, s.ExpiresAt)
	w.truth(`,"current":`, s.Current)
	w.b = append(w.b, '}')
}
