package faults

import (
	"testing"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

func TestNothingIsLostOrHalfDoneWhenTheDatabaseIsKilled(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name      string
		pooled    bool
		few, many int
	}{
		{"PostgreSQL", false, 3, 10},
		{"behind pgbouncer", true, 2, 10},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			pg := ground.PrivatePostgres(t, ground.Options{})
			url := pg.NewDatabase(t)
			at := place{tt.name, url, url}
			if tt.pooled {
				at.url = ground.PgBouncer(t, pg, "transaction", 8).URL(url)
			}
			s := serve(t, at, map[string]string{"REFRESH_GRACE": shortGrace.String()})
			person(t, newCaller(s), ada)
			w := watch(t, at, s)
			did := map[string]int{}
			for round := range rounds(tt.few, tt.many) {
				journals, wait := eight(t, s, round, true)
				pg.Kill9()
				wait()
				pg.Start()
				eventually(t, backWithin, "sessions begin again", func() bool {
					a := newCaller(s).login(ada, password)
					if lost(a) {
						wantAway(t, "a login before the database is back", a)
					}
					return !lost(a)
				})
				db := at.open(t, s)
				compare(t, s, db, journals, did)
				_ = db.Close()
			}
			every(t, did)
			w.unhurt(t)
		})
	}
}
