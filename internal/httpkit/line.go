package httpkit

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// line writes the log line of a request.
func (k *Kit) line(q *Request, d Done) {
	level := slog.LevelInfo
	// To turn people away in a storm is no error of the server's, and writing it
	// must not take what the others need.
	if q.failed != nil && d.Status >= http.StatusInternalServerError && d.Reason != "client_gone" && d.Code != api.CodeOverloaded {
		level = slog.LevelError
	}
	if !k.o.Log.Enabled(context.Background(), level) || level == slog.LevelInfo && k.o.Lines != nil && k.quick(q, d) {
		return
	}
	attrs := append(make([]slog.Attr, 0, 15),
		slog.String("request_id", q.ID), slog.String("method", d.Method), slog.String("route", d.Route),
		slog.String("path", q.r.URL.Path), slog.Int("status", d.Status),
		slog.Float64("duration_ms", float64(d.Took.Microseconds())/1000), slog.Int64("bytes", q.bytes),
		slog.String("client_ip", q.Client.IP))
	if q.traceID != "" {
		attrs = append(attrs, slog.String("trace_id", q.traceID))
	}
	if q.person != nil {
		attrs = append(attrs, slog.String("user_id", string(q.person.User().ID)), slog.String("session_id", q.person.Session.ID))
	}
	if f := q.failed; f != nil {
		attrs = append(attrs, slog.String("code", string(f.Code)), slog.String("reason", f.Reason))
		if f.Cause != nil {
			attrs = append(attrs, slog.String("cause", f.Cause.Error()))
		}
	}
	k.o.Log.LogAttrs(q.r.Context(), level, "request", attrs...)
}

// quick writes the same line, to the byte, in a sixth of the time. A text that
// JSON would have to escape is left to the library.
func (k *Kit) quick(q *Request, d Done) bool {
	room, _ := k.rooms.Get().(*[]byte)
	if room == nil {
		room = new([]byte)
	}
	l := quickLine{b: (*room)[:0], ok: true}
	l.b = d.At.AppendFormat(append(l.b, `{"time":"`...), time.RFC3339Nano)
	l.b = append(l.b, `","level":"INFO","msg":"request"`...)
	l.text(`,"request_id":"`, q.ID)
	l.text(`,"method":"`, d.Method)
	l.text(`,"route":"`, d.Route)
	l.text(`,"path":"`, q.r.URL.Path)
	l.number(`,"status":`, int64(d.Status))
	l.thousandths(`,"duration_ms":`, d.Took.Microseconds())
	l.number(`,"bytes":`, q.bytes)
	l.text(`,"client_ip":"`, q.Client.IP)
	if q.traceID != "" {
		l.text(`,"trace_id":"`, q.traceID)
	}
	if q.person != nil {
		l.text(`,"user_id":"`, string(q.person.User().ID))
		l.text(`,"session_id":"`, q.person.Session.ID)
	}
	if f := q.failed; f != nil {
		l.text(`,"code":"`, string(f.Code))
		l.text(`,"reason":"`, f.Reason)
		if f.Cause != nil {
			l.text(`,"cause":"`, f.Cause.Error())
		}
	}
	if l.ok {
		l.b = append(l.b, '}', '\n')
		_, _ = k.o.Lines.Write(l.b)
	}
	if cap(l.b) <= 4*roomy {
		*room = l.b
		k.rooms.Put(room)
	}
	return l.ok
}

type quickLine struct {
	b  []byte
	ok bool
}

func (l *quickLine) text(name, value string) {
	for i := range len(value) {
		if c := value[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			l.ok = false
			return
		}
	}
	l.b = append(append(append(l.b, name...), value...), '"')
}

func (l *quickLine) number(name string, value int64) {
	l.b = strconv.AppendInt(append(l.b, name...), value, 10)
}

// thousandths writes a number of thousandths as the library writes the fraction.
func (l *quickLine) thousandths(name string, value int64) {
	l.ok = l.ok && value >= 0
	l.number(name, value/1000)
	rest := value % 1000
	if rest <= 0 {
		return
	}
	l.b = append(l.b, '.', byte('0'+rest/100), byte('0'+rest/10%10), byte('0'+rest%10)) //nolint:gosec // digits
	for l.b[len(l.b)-1] == '0' {
		l.b = l.b[:len(l.b)-1]
	}
}
