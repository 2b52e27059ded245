package httpkit

import (
	"bytes"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

var moving = regexp.MustCompile(`"time":"[^"]*"`)

// told serves a request, and returns what the log wrote of it and what was
// written by hand, if anything may be.
func told(t *testing.T, byHand bool, path string, took time.Duration, next func(*Request)) (log, hand string) {
	t.Helper()
	lines := &bytes.Buffer{}
	w := build(t, func(o *Options) {
		if byHand {
			o.Lines = lines
		}
	})
	r := ask(http.MethodGet, "/", "", "X-Request-Id: one")
	r.URL.Path, r.RemoteAddr, r.Pattern = path, "10.0.0.1:80", "GET /{path}"
	w.serve(r, func(rw http.ResponseWriter, _ *http.Request) {
		w.now = w.now.Add(took)
		next(From(rw))
	})
	return moving.ReplaceAllString(w.log.String(), ""), moving.ReplaceAllString(lines.String(), "")
}

func TestLineIsWrittenAsTheLibraryWould(t *testing.T) {
	person := &login.Person{Session: &session.Session{ID: "ses_1", User: account.User{ID: "7"}}}
	refused := func(cause error) func(*Request) {
		return func(q *Request) { q.Fail(fault.New(api.CodeForbidden, "role_admin_needed", "No.").Because(cause)) }
	}
	plain := func(q *Request) { q.JSON(http.StatusOK, "x") }
	for _, c := range []struct {
		note, path string
		took       time.Duration
		next       func(*Request)
		quick      bool
	}{
		{"an answer", "/a", 0, plain, true},
		{"by somebody", "/a", 1500 * time.Microsecond, func(q *Request) { q.person = person; plain(q) }, true},
		{"no answer at all", "/a", time.Microsecond, func(*Request) {}, true},
		{"a long time", "/a", 987654321 * time.Microsecond, plain, true},
		{"a refusal", "/a", time.Millisecond, refused(nil), true},
		{"with its cause", "/a", time.Millisecond, refused(errors.New("a cause")), true},
		{"a quote in the cause", "/a", 0, refused(errors.New(`a "cause"`)), false},
		{"every sign that is plain", "/ !#$%&'()*+,-./0:;<=>?@AZ[]^_`az{|}~", 0, plain, true},
		{"a quote", `/"`, 0, plain, false},
		{"a backslash", `/\`, 0, plain, false},
		{"a line break", "/\n{", 0, plain, false},
		{"another script", "/\u00e9\u2028", 0, plain, false},
		{"no text", "/\xff\x7f", 0, plain, false},
		{"a fault of ours", "/a", 0, func(q *Request) { q.Fail(fault.Internal(errors.New("x"))) }, false},
	} {
		t.Run(c.note, func(t *testing.T) {
			want, _ := told(t, false, c.path, c.took, c.next)
			log, hand := told(t, true, c.path, c.took, c.next)
			if (hand != "") != c.quick || log+hand != want {
				t.Errorf("by hand:\n%sby the log:\n%swant:\n%s", hand, log, want)
			}
		})
	}
}

func TestLineTellsWhenTheRequestWasOver(t *testing.T) {
	lines := &bytes.Buffer{}
	w := build(t, func(o *Options) { o.Lines = lines })
	w.serve(ask(http.MethodGet, "/", ""), func(http.ResponseWriter, *http.Request) { w.now = w.now.Add(time.Second) })
	if !strings.HasPrefix(lines.String(), `{"time":"`+w.now.Format(time.RFC3339Nano)+`",`) {
		t.Error(lines.String())
	}
}

func TestThousandthsAreWrittenAsTheLibraryDoes(t *testing.T) {
	for micros := range int64(30_000) {
		micros += micros % 7 * 1_000_000
		var l quickLine
		l.thousandths("", micros)
		if want := strconv.FormatFloat(float64(micros)/1000, 'f', -1, 64); string(l.b) != want {
			t.Fatalf("%d: %s, want %s", micros, l.b, want)
		}
	}
	l := quickLine{ok: true}
	if l.thousandths("", -1); l.ok {
		t.Error("a clock that went back is left to the library")
	}
}
