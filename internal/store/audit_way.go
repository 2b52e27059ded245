package store

import (
	"slices"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

// auditWay is how rows of the audit are found without reading all of it.
type auditWay struct {
	// index is the one that SQLite is told to take: without figures of how often which word stands there, it would take
	// the event's for one person's rows. PostgreSQL keeps such figures.
	index string
	// byTime is set where rows are listed by their time and not by their number. The two differ for rows of one moment
	// that several nodes wrote, or when a clock was set back.
	byTime bool
	order  string
}

const (
	newestFirst = " ORDER BY id DESC LIMIT "
	latestFirst = " ORDER BY at_ms DESC, id DESC LIMIT "
	oldestFirst = " ORDER BY id LIMIT "
)

// wayOf chooses by the filter that leaves the fewest rows.
func wayOf(q audit.Query) auditWay {
	one := q.Who.User == "" || q.Who.Address == ""
	user, address := string(q.User)+string(q.Who.User), q.Address+q.Who.Address
	w := auditWay{order: newestFirst}
	switch {
	case q.RequestID != "":
		w.index = "audit_request"
	case user != "" && one:
		w.index = "audit_user"
	case !one: // two indexes, one for each half
	case q.OldestFirst: // from a known row on, in the order of the table
		w.index = "NOT INDEXED"
	case address != "":
		w.index, w.byTime = "audit_address", true
	case q.IP != "":
		w.index, w.byTime = "audit_ip", true
	case q.Event != "":
		w.index, w.byTime = "audit_event", true
	case q.Outcome == audit.Refused:
		w.index, w.byTime = "audit_refused", true
	case !q.Since.IsZero() || !q.Until.IsZero():
		w.index, w.byTime = "audit_at", true
	}
	switch {
	case q.OldestFirst:
		w.order = oldestFirst
	case w.byTime:
		w.order = latestFirst
	}
	return w
}

// hint names the index where the engine takes such a word.
func (w auditWay) hint(engine string) string {
	switch {
	case engine != SQLite || w.index == "":
		return ""
	case w.index == "NOT INDEXED":
		return " NOT INDEXED"
	}
	return " INDEXED BY " + w.index
}

func auditWhere(q audit.Query, way auditWay) *conditions {
	where := &conditions{}
	equal := func(column, value string) {
		if value != "" {
			where.add(column + " = " + where.arg(value))
		}
	}
	if slices.Contains(audit.Events, q.Event) {
		// Written out: PostgreSQL would else keep one plan for all events, and look for
		// a seldom one among all rows of the last years.
		where.add("event = '" + string(q.Event) + "'")
	} else {
		equal("event", string(q.Event))
	}
	equal("user_id", string(q.User))
	equal("address", q.Address)
	equal("ip", q.IP)
	equal("request_id", q.RequestID)
	switch q.Outcome {
	case audit.Refused: // written out: an index of refusals alone serves no statement that might ask for others
		where.add("outcome = 'refused'")
	default:
		equal("outcome", q.Outcome)
	}
	if !q.Since.IsZero() {
		where.add("at_ms >= " + where.arg(millis(q.Since)))
	}
	if !q.Until.IsZero() {
		where.add("at_ms < " + where.arg(millis(q.Until)))
	}
	if q.Before > 0 {
		before := where.arg(q.Before)
		if way.byTime {
			// Rows are never changed: the one that the page before ended with tells the time to go on from.
			where.add("(at_ms, id) < ((SELECT a.at_ms FROM audit a WHERE a.id <= " + before + " ORDER BY a.id DESC LIMIT 1), " + before + ")")
		} else {
			where.add("id < " + before)
		}
	}
	if q.After > 0 {
		where.add("id > " + where.arg(q.After))
	}
	switch w := q.Who; {
	case w.User != "" && w.Address != "":
		where.add("(user_id = " + where.arg(string(w.User)) + " OR address = " + where.arg(w.Address) + ")")
	default:
		equal("user_id", string(w.User))
		equal("address", w.Address)
	}
	return where
}
