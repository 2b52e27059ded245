package store_test

import (
	"bufio"
	"context"
	"encoding/hex"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/store"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// sealerEnv has what a child of this test works on: engine, address and key.
const sealerEnv = "AIWFE_TEST_SEALER"

func TestMain(m *testing.M) {
	if work := os.Getenv(sealerEnv); work != "" {
		sealer(strings.Split(work, "|"))
		return
	}
	os.Exit(m.Run())
}

// sealer writes rows from all sides and gives them their places until it is
// killed. It says the name of each row once it is committed.
func sealer(work []string) {
	ctx := context.Background()
	root, _ := hex.DecodeString(work[2])
	keys, err := audit.NewKeys(map[byte]secret.Value{1: secret.New(root)})
	if err != nil {
		panic(err)
	}
	s, err := store.Open(ctx, store.Options{Engine: work[0], DSN: work[1], MaxConns: 8, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		panic(err)
	}
	s.MarkAudit(keys)
	for w := range 6 {
		go func() {
			for i := 0; ; i++ {
				r := auditRow(i)
				r.Client.RequestID = fmt.Sprintf("%s-%d-%d", work[3], w, i)
				if err := s.Record(ctx, r); err == nil {
					fmt.Println(r.Client.RequestID)
				}
			}
		}()
	}
	for {
		_, _ = s.SealAudit(ctx, store.Seal{Keys: keys, Most: 25, Every: 40, Often: time.Hour})
	}
}

// TestKill9WhileRowsAreWrittenAndPlaced ends the child at some moment or other
// and looks at what it left.
func TestKill9WhileRowsAreWrittenAndPlaced(t *testing.T) {
	t.Parallel()
	root := secret.Random(audit.RootLen)
	keys, err := audit.NewKeys(map[byte]secret.Value{1: secret.New(root)})
	if err != nil {
		t.Fatal(err)
	}
	rounds := 4
	if os.Getenv("AIWFE_TEST_FULL") == "1" {
		rounds = 40
	}
	for engine, dsn := range map[string]string{
		store.SQLite: filepath.Join(t.TempDir(), "auth.db"), store.Postgres: ground.Postgres(t).NewDatabase(t),
	} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			c := &chain{migrate(t, open(t, engine, dsn)), t, keys}
			var acknowledged []string
			var placed int64
			for round := range rounds {
				work := strings.Join([]string{engine, dsn, hex.EncodeToString(root), fmt.Sprint(round)}, "|")
				acknowledged = append(acknowledged, killed(t, work, 40+37*round)...)
				r := c.sound() // whatever moment it was
				if r.Last < placed {
					t.Errorf("the chain went back from %d to %d", placed, r.Last)
				}
				placed = r.Last
			}
			c.seal()
			r := c.sound()
			if placed == 0 || r.Waiting != 0 || r.Rows < int64(len(acknowledged)) {
				t.Errorf("%d rows were acknowledged, %d placed before the last kill: %+v", len(acknowledged), placed, r)
			}
			for _, id := range acknowledged {
				if rows, err := c.AuditRows(t.Context(), audit.Query{RequestID: id, Limit: 2}); err != nil || len(rows) != 1 {
					t.Errorf("of the acknowledged row %s there are %d, %v", id, len(rows), err)
				}
			}
		})
	}
}

// killed runs the child until it has written so many rows, and kills it.
func killed(t *testing.T, work string, rows int) (said []string) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0]) //nolint:gosec // this test itself
	child.Env = append(os.Environ(), sealerEnv+"="+work)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		said = append(said, lines.Text())
		if len(said) == rows {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = child.Wait()
	if len(said) < rows {
		t.Fatalf("the child ended by itself after %d rows", len(said))
	}
	return said
}
