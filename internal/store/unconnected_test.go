package store_test

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/store"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// TestUnconnected tells the one error that matters, whatever else was tried.
func TestUnconnected(t *testing.T) {
	pg := ground.Postgres(t)
	good := pg.NewDatabase(t)
	secured, _ := ground.TLSPostgres(t)
	for _, c := range []struct {
		note, dsn string
		tls       bool // it is a matter of TLS
		want      []string
	}{
		{
			"a wrong password", change(t, good, func(u *url.URL) { u.User = url.UserPassword(u.User.Username(), "wrong-of-this-test") }), false,
			[]string{"refuses the password of ", "28P01", "ALTER ROLE "},
		},
		{
			"a database that is not there", change(t, good, func(u *url.URL) { u.Path = "/nowhere" }), false,
			[]string{"has no database nowhere", "CREATE DATABASE nowhere OWNER "},
		},
		{
			"nobody listens", change(t, good, func(u *url.URL) { u.Host = "127.0.0.1:1" }), false,
			[]string{"PostgreSQL at 127.0.0.1:1 is not reached: ", "connection refused", "aiwfe-auth doctor"},
		},
		{
			"no TLS where it is a must", change(t, good, func(u *url.URL) { u.RawQuery = "sslmode=require" }), true,
			[]string{"is not reached: ", "server refused TLS connection"},
		},
		{
			"TLS that is a must of the server", change(t, secured.NewDatabase(t), func(u *url.URL) { u.RawQuery = "sslmode=disable" }), false,
			[]string{"does not let ", "no pg_hba.conf entry", "aiwfe-auth doctor"},
		},
	} {
		t.Run(c.note, func(t *testing.T) {
			_, err := store.Open(context.Background(), store.Options{Engine: store.Postgres, DSN: c.dsn, MaxConns: 2, Log: slog.New(slog.DiscardHandler)})
			f, ok := errors.AsType[*fault.Error](err)
			if !ok {
				t.Fatalf("got %v", err)
			}
			text := store.Unconnected(f.Cause).Error()
			for _, want := range c.want {
				if !strings.Contains(text, want) {
					t.Errorf("%q is not in %q", want, text)
				}
			}
			for _, not := range []string{"\n", "wrong-of-this-test"} {
				if strings.Contains(text, not) {
					t.Errorf("%q is in %q", not, text)
				}
			}
			if c.tls != strings.Contains(text, "tls error") {
				t.Errorf("TLS is spoken of: %q", text)
			}
		})
	}
	other := errors.New("something else")
	if got := store.Unconnected(other); got != other {
		t.Errorf("another error became %v", got)
	}
}

// change is an address by which TLS is tried first.
func change(t *testing.T, dsn string, edit func(*url.URL)) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	u.RawQuery = "sslmode=prefer"
	edit(u)
	return u.String()
}
