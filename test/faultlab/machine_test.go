package faultlab

import (
	"database/sql"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // rows are changed as an operator would, by hand

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

func machineInjections() []injection {
	type env = map[string]string
	corrupt := func(how string, damage func([]byte) []byte) injection {
		return stopped("corrupt", how, "database_corrupt", func(t *testing.T, s *ground.Instance) {
			rewrite(t, filepath.Join(s.DataDir, "aiwfe-auth.db"), damage)
		})
	}
	admin := func(how, change string) injection {
		return stopped("last admin", how, "no_usable_admin", func(t *testing.T, s *ground.Instance) {
			if res := s.RunInput("a long enough password", "user", "create", "--email", "root@example.com", "--role", "admin", "--password-stdin"); res.Code != 0 {
				t.Fatal(res.Stderr)
			}
			byHand(t, s, change)
		})
	}
	return append(append(listenInjections(), certificateInjections()...), []injection{
		by("read-only", "the data folder where nobody can make one", "data_dir_unwritable", env{"DATA_DIR": "/proc/aiwfe-auth"}),
		{fault: "read-only", how: "a file where the data folder should be", cause: "data_dir_unwritable", examine: func(t *testing.T) api.Diagnosis {
			return doctor(t, ground.Unstarted(t, env{"DATA_DIR": file(t, "data", "no folder")}))
		}},

		corrupt("the first page overwritten", func(b []byte) []byte { copy(b, strings.Repeat("x", 100)); return b }),
		corrupt("pages in the middle overwritten", func(b []byte) []byte { copy(b[8192:], strings.Repeat("\x00\xff", 8192)); return b }),
		corrupt("the file cut in half", func(b []byte) []byte { return b[:len(b)/2] }),

		admin("disabled by hand", "UPDATE users SET status = 'disabled'"),
		admin("locked by hand", "UPDATE users SET status = 'locked'"),
		admin("made a user by hand", "UPDATE users SET role = 'user'"),

		unkept("the last backup was made three days ago", func(t *testing.T, s *ground.Instance) {
			byHand(t, s, `INSERT INTO facts (name, value) VALUES ('backup_last', '{"at":"`+
				time.Now().Add(-72*time.Hour).UTC().Format(time.RFC3339)+`","path":"/mnt/old.backup"}')`)
		}),
		unkept("a folder for backups in which nobody can write", func(t *testing.T, s *ground.Instance) {
			if res := s.Run("backup", "create", "/proc/aiwfe-auth/one.backup"); res.Code != 1 {
				t.Fatalf("%d %s", res.Code, res.Stderr)
			}
		}),

		open("a database that everybody can read", "data_dir_open", func(dir string) error { return os.Chmod(filepath.Join(dir, "aiwfe-auth.db"), 0o644) }),
		open("a folder in which everybody can write", "data_dir_open", func(dir string) error { return os.Chmod(dir, 0o777) }),
		open("a key that everybody can read", "secret_file_open", func(dir string) error { return os.Chmod(filepath.Join(dir, "jwt-secret-key"), 0o644) }),
	}...)
}

// stopped is a server that ran and ended, and what happened to it then.
func stopped(fault, how string, cause api.Cause, then func(*testing.T, *ground.Instance)) injection {
	return injection{fault: fault, how: how, cause: cause, examine: func(t *testing.T) api.Diagnosis {
		s := ground.Server(t, nil)
		s.Stop()
		then(t, s)
		return doctor(t, s)
	}}
}

// unkept is a server that is to make backups, and what became of them.
func unkept(how string, then func(*testing.T, *ground.Instance)) injection {
	return injection{fault: "no backup", how: how, cause: "backup_too_old", examine: func(t *testing.T) api.Diagnosis {
		s := ground.Unstarted(t, map[string]string{"BACKUP_EVERY": "24h", "BACKUP_PASSPHRASE": "four words and a dice"})
		if res := s.Run("user", "list"); res.Code != 0 {
			t.Fatal(res.Stderr)
		}
		then(t, s)
		return doctor(t, s)
	}}
}

// open is a data folder that is reached by every user of the machine.
func open(how string, cause api.Cause, change func(dir string) error) injection {
	return injection{fault: "open files", how: how, cause: cause, examine: func(t *testing.T) api.Diagnosis {
		s := ground.Unstarted(t, map[string]string{"DATA_DIR": openFolder(t)})
		if res := s.Run("user", "list"); res.Code != 0 {
			t.Fatal(res.Stderr)
		}
		if err := change(s.DataDir); err != nil {
			t.Fatal(err)
		}
		return doctor(t, s)
	}}
}

// openFolder is not below a folder that is closed, as those of tests are.
func openFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "aiwfe-open")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func rewrite(t *testing.T, path string, change func([]byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, change(b), 0o600); err != nil {
		t.Fatal(err)
	}
}

func byHand(t *testing.T, s *ground.Instance, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(s.DataDir, "aiwfe-auth.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

func listenInjections() []injection {
	type env = map[string]string
	taken := func(how string, cause api.Cause, serve func(net.Conn)) injection {
		return injection{fault: "port", how: how, cause: cause, examine: func(t *testing.T) api.Diagnosis {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = l.Close() })
			go func() {
				for {
					conn, err := l.Accept()
					if err != nil {
						return
					}
					go serve(conn)
				}
			}()
			return doctor(t, ground.Unstarted(t, env{"LISTEN_ADDR": l.Addr().String()}))
		}}
	}
	return []injection{
		{fault: "port", how: "another web server on the port", cause: "port_taken_by_other", examine: func(t *testing.T) api.Diagnosis {
			other := httptest.NewServer(http.NotFoundHandler())
			t.Cleanup(other.Close)
			return doctor(t, ground.Unstarted(t, env{"LISTEN_ADDR": strings.TrimPrefix(other.URL, "http://")}))
		}},
		taken("a program on the port that speaks no HTTP", "port_taken_by_other", func(c net.Conn) {
			fmt.Fprint(c, "SSH-2.0-OpenSSH_10.0\r\n")
			_ = c.Close()
		}),
		taken("a program on the port that says nothing", "server_not_running", func(c net.Conn) {
			time.AfterFunc(20*time.Second, func() { _ = c.Close() })
		}),
		kept("not running", "a site that was never started", "server_not_running", real(env{"PUBLIC_URL": "http://localhost:9"})),
		{fault: "not running", how: "a site that was killed", cause: "server_not_running", examine: func(t *testing.T) api.Diagnosis {
			s := ground.Unstarted(t, real(env{"PUBLIC_URL": "http://localhost:9"}))
			if res := s.Run("migrate", "up"); res.Code != 0 {
				t.Fatal(res.Stderr)
			}
			up := ground.Server(t, real(env{"PUBLIC_URL": "http://localhost:9", "DATA_DIR": s.DataDir, "LISTEN_ADDR": s.Addr}))
			up.Kill9()
			return doctor(t, s)
		}},
		kept("not running", "an address of another machine to listen on", "listen_addr_unusable", env{"LISTEN_ADDR": "192.0.2.1:8080", "PUBLIC_URL": "http://localhost:9"}),
		kept("not running", "an IPv6 address of another machine to listen on", "listen_addr_unusable", env{"LISTEN_ADDR": "[2001:db8::1]:8080", "PUBLIC_URL": "http://localhost:9"}),
		again("not running", "another address than the running server has", "running_with_other_settings", nil, env{"PUBLIC_URL": "http://auth.localhost:8080"}, nil),
		again("not running", "another environment than the running server has", "running_with_other_settings", nil, env{"ENVIRONMENT": "development"}, nil),
	}
}

func certificateInjections() []injection {
	hour := time.Hour
	cert := func(how string, cause api.Cause, v ground.Validity, host string) injection {
		return injection{fault: "certificate", how: how, cause: cause, examine: func(t *testing.T) api.Diagnosis {
			a, err := ground.NewAuthority()
			if err != nil {
				t.Fatal(err)
			}
			c, err := a.Issue(v, host)
			if err != nil {
				t.Fatal(err)
			}
			return doctor(t, ground.Unstarted(t, map[string]string{"TLS_CERT_FILE": file(t, "cert.pem", c.Cert), "TLS_KEY_FILE": file(t, "key.pem", c.Key)}))
		}}
	}
	return []injection{
		cert("ended yesterday", "certificate_expired", ground.Validity{From: -90 * 24 * hour, To: -24 * hour}, "localhost"),
		cert("ended a minute ago", "certificate_expired", ground.Validity{From: -90 * 24 * hour, To: -time.Minute}, "localhost"),
		cert("ends in a week", "certificate_expires_soon", ground.Validity{From: -83 * 24 * hour, To: 7 * 24 * hour}, "localhost"),
		cert("ends tomorrow", "certificate_expires_soon", ground.Validity{From: -29 * 24 * hour, To: 24 * hour}, "localhost"),
		cert("begins tomorrow", "certificate_not_yet_valid", ground.Validity{From: 24 * hour, To: 90 * 24 * hour}, "localhost"),
		cert("for another name", "certificate_wrong_host", ground.Validity{}, "www.example.com"),
		cert("for the address of digits", "certificate_wrong_host", ground.Validity{}, "127.0.0.1"),
	}
}
