package httpapi

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
)

// The live tail asks the database each second rather than listen for
// notifications: so it sees rows of other nodes, through any pooler, and on
// SQLite.
const (
	maxStreams = 20
	pollEvery  = time.Second
	beatEvery  = 15 * time.Second
	// pieceTime is how long a client may take to read one piece.
	pieceTime = 15 * time.Second
	// comeBack is when a browser whose stream ended asks again, in milliseconds.
	comeBack = 2000
)

// streamAudit sends new rows as server-sent events until the client goes, the
// session ends, the role is taken away, or the server stops.
func (a *API) streamAudit(w http.ResponseWriter, r *http.Request) {
	q := httpkit.From(w)
	q.Use(r)
	if err := a.stream(q); err != nil {
		q.Fail(err)
	}
}

// stream returns what was refused before the first byte.
func (a *API) stream(q *httpkit.Request) error {
	if _, err := q.Require(httpkit.Admin); err != nil {
		return err
	}
	query, err := a.auditQuery(q)
	if err != nil {
		return err
	}
	if query.After, err = a.streamStart(q); err != nil {
		return err
	}
	select {
	case a.streams <- struct{}{}:
		defer func() { <-a.streams }()
	default:
		return fault.New(api.CodeOverloaded, "streams_full",
			"Too many live views of the audit are open at this moment. Please close one, or try again shortly.").
			After(10 * time.Second)
	}
	flow, err := q.Flow(pieceTime)
	if err != nil {
		return err
	}
	h := q.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no") // nginx would hold the rows back
	if q.HTTP().Method == http.MethodHead {
		q.WriteHeader(http.StatusOK)
		return nil
	}
	a.follow(q, flow, newTail(a.o.Audit, query))
	return nil
}

// streamStart is the row after which the stream begins: where a connection
// that broke had come to, where the page stands, or the newest row.
func (a *API) streamStart(q *httpkit.Request) (int64, error) {
	for _, text := range []string{q.HTTP().Header.Get("Last-Event-Id"), q.HTTP().URL.Query().Get("after")} {
		if text != "" {
			return rowNumber(text)
		}
	}
	newest, err := a.o.Audit.AuditRows(q.Context(), audit.Query{Limit: 1})
	if err != nil || len(newest) == 0 {
		return 0, err
	}
	return newest[0].ID, nil
}

func (a *API) follow(q *httpkit.Request, flow *httpkit.Flow, t *tail) {
	if _, err := fmt.Fprintf(flow, "retry: %d\n\n", comeBack); err != nil {
		return
	}
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for spoke := time.Now(); ; {
		text, err := a.news(q, t)
		if len(text) == 0 && time.Since(spoke) >= beatEvery {
			text = []byte(": still here\n\n") // proxies close what is silent
		}
		if len(text) > 0 {
			spoke = time.Now()
			if _, err := flow.Write(text); err != nil {
				return
			}
		}
		if err != nil {
			q.Fault(err)
			return
		}
		select {
		case <-tick.C:
		case <-a.o.Stopping:
			return
		case <-q.Context().Done():
			return
		}
	}
}

// news is what there is to send now. Whoever may no longer read it is told so
// in an event of its own, and nothing else.
func (a *API) news(q *httpkit.Request, t *tail) ([]byte, error) {
	_, err := q.RequireAgain(httpkit.Admin)
	var rows []audit.Row
	if err == nil {
		rows, err = t.next(q.Context(), time.Now())
	}
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return fmt.Appendf(nil, "event: end\ndata: {\"code\":%q}\n\n", f.Code), err
	}
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	for _, r := range rows {
		data, err := json.Marshal(auditRow(r), json.Deterministic(true))
		if err != nil {
			return nil, err
		}
		// The id is how far the stream has come, not the row's: one that
		// committed late must not lead a reconnect back.
		t.told = max(t.told, r.ID)
		b.WriteString("id: " + strconv.FormatInt(t.told, 10) + "\ndata: ")
		b.Write(data)
		b.WriteString("\n\n")
	}
	return b.Bytes(), nil
}
