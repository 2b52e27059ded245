package ground

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func execute(t *testing.T, url, statement string) {
	t.Helper()
	conn := connect(t, url)
	defer conn.Close(t.Context()) //nolint:errcheck // the statement has been answered
	if _, err := conn.Exec(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, url string) int {
	t.Helper()
	conn := connect(t, url)
	defer conn.Close(t.Context()) //nolint:errcheck // the question has been answered
	var n int
	if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM fruit").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestDatabasesAreFreshAndApart(t *testing.T) {
	pg := Postgres(t)
	first, second := pg.NewDatabase(t), pg.NewDatabase(t)
	for _, url := range []string{first, second} {
		execute(t, url, "CREATE TABLE fruit (name text)")
	}
	execute(t, first, "INSERT INTO fruit VALUES ('pear')")
	if a, b := count(t, first), count(t, second); a != 1 || b != 0 {
		t.Fatalf("the two databases hold %d and %d rows, not 1 and 0", a, b)
	}
}

func TestDatabaseIsDroppedWithItsTest(t *testing.T) {
	pg := Postgres(t)
	var url string
	t.Run("inner", func(t *testing.T) {
		url = pg.NewDatabase(t)
		execute(t, url, "SELECT 1")
	})
	if _, err := pgx.Connect(t.Context(), url); err == nil || !strings.Contains(err.Error(), "3D000") {
		t.Fatalf("the database of an ended test answers %v, not that it does not exist", err)
	}
}

func TestOwnerIsNoSuperuserAndPasswordIsAsked(t *testing.T) {
	pg := Postgres(t)
	url := pg.NewDatabase(t)
	for address, want := range map[string]string{url: "off", pg.SuperURL(url): "on"} {
		var super string
		if err := connect(t, address).QueryRow(t.Context(), "SHOW is_superuser").Scan(&super); err != nil {
			t.Fatal(err)
		}
		if super != want {
			t.Errorf("%s: is_superuser is %s, not %s", address, super, want)
		}
	}
	wrong := strings.Replace(url, ownerPassword, "wrong", 1)
	if _, err := pgx.Connect(t.Context(), wrong); err == nil || !strings.Contains(err.Error(), "28P01") {
		t.Errorf("a wrong password was answered with %v", err)
	}
	if !pg.LogContains("28P01") || pg.LogContains("no server writes this") {
		t.Error("LogContains does not tell what the log holds")
	}
}

// A commit that was answered is still there after each way of ending, also without fsync.
func TestCommitsSurviveEveryEnding(t *testing.T) {
	pg := PrivatePostgres(t, Options{Settings: map[string]string{"application_name": "it's set"}})
	url := pg.NewDatabase(t)
	execute(t, url, "CREATE TABLE fruit (name text)")
	endings := []struct {
		name string
		end  func()
	}{
		{"stop", func() { pg.Stop(); pg.Start() }},
		{"fast restart", func() { pg.Restart(true) }},
		{"smart restart", func() { pg.Restart(false) }},
		{"kill -9 with clients", func() { pg.Kill9(); pg.Start() }},
	}
	for i, ending := range endings {
		conn := connect(t, url)
		if _, err := conn.Exec(t.Context(), "INSERT INTO fruit VALUES ('plum')"); err != nil {
			t.Fatalf("%s: %v", ending.name, err)
		}
		// A smart shutdown waits for clients, so here it is left with none.
		if ending.name == "smart restart" {
			_ = conn.Close(t.Context())
		}
		ending.end()
		if got := count(t, url); got != i+1 {
			t.Errorf("after %s there are %d rows, not %d", ending.name, got, i+1)
		}
	}
}

func TestFsyncIsOnlyOnWhenAsked(t *testing.T) {
	durable := PrivatePostgres(t, Options{Fsync: true})
	for pg, want := range map[*PG]string{durable: "on", Postgres(t): "off"} {
		var got string
		if err := connect(t, pg.NewDatabase(t)).QueryRow(t.Context(), "SHOW fsync").Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("fsync is %s, not %s", got, want)
		}
	}
}
