package faultlab

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// fileInjections are of SQLite.
func fileInjections() []injection {
	// made is a deployment with a database, and where that lies.
	made := func(t *testing.T, env map[string]string) (*ground.Instance, string) {
		t.Helper()
		s := ground.Unstarted(t, env)
		if res := s.Run("migrate", "up"); res.Code != 0 {
			t.Fatal(res.Stderr)
		}
		return s, filepath.Join(s.DataDir, "aiwfe-auth.db")
	}
	return []injection{
		{
			fault: "database", how: "text where the SQLite file should be", cause: "database_corrupt",
			examine: func(t *testing.T) api.Diagnosis {
				s, file := made(t, nil)
				write(t, file, strings.Repeat("not a database\n", 400))
				return doctor(t, s)
			},
		},
		{
			fault: "database", how: "a transaction left open in the SQLite file", cause: "database_locked",
			examine: func(t *testing.T) api.Diagnosis {
				s, file := made(t, nil)
				hold(t, file)
				return doctor(t, s)
			},
		},
		{
			fault: "database", how: "a folder where SQLite keeps its journal", cause: "database_file_forbidden",
			examine: func(t *testing.T) api.Diagnosis {
				s, file := made(t, nil)
				if err := os.Mkdir(file+"-wal", 0o700); err != nil {
					t.Fatal(err)
				}
				return doctor(t, s)
			},
		},
		{
			fault: "database", how: "the SQLite file below what is no folder", cause: "database_file_forbidden",
			examine: func(t *testing.T) api.Diagnosis {
				file := filepath.Join(t.TempDir(), "plain")
				write(t, file, "no folder")
				return at(t, "sqlite:///"+file+"/auth.db")
			},
		},
		{
			fault: "database", how: "another folder than the one with the database", cause: "database_file_missing",
			examine: func(t *testing.T) api.Diagnosis {
				return doctor(t, ground.Unstarted(t, production("sqlite:///"+filepath.Join(t.TempDir(), "auth.db"))))
			},
		},
	}
}
