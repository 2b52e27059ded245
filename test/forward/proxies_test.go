package forward

import (
	"testing"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

const guarded = `rules:
  - {name: open, hosts: [app.example.com], paths: [/public/**, /health], allow: everyone}
  - {name: administration, hosts: [app.example.com], paths: [/admin/**], roles: [admin]}
  - {name: strong, hosts: [app.example.com], paths: [/strong/**], proof: phishing_resistant}
  - {name: none, paths: [/none/**], allow: nobody}
  - {name: rest, hosts: [app.example.com]}
`

// TestThroughProxies asks the same of each. One world serves all, so the last ends it.
func TestThroughProxies(t *testing.T) {
	for name := range proxies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pg := ground.Postgres(t)
			between := ground.FaultProxy(t, pg.Addr())
			w := started(t, name, map[string]string{
				"POLICY_FILE": rules(t, guarded), "DATABASE_URL": between.URL(pg.NewDatabase(t)), "SESSION_CHECK": "strict",
			})
			w.database = between
			for _, part := range []struct {
				name  string
				check func(*testing.T, *world)
			}{
				{"from a stranger to the application", fromAStrangerToTheApplication},
				{"nobody can claim to be another", nobodyCanClaimToBeAnother},
				{"no header takes ours away", noHeaderTakesOursAway},
				{"paths that can be read in two ways", pathsThatCanBeReadInTwoWays},
				{"hosts that are spelled in another way", hostsThatAreSpelledInAnotherWay},
				{"credentials that are broken", credentialsThatAreBroken},
				{"WebSockets", webSockets},
				{"nothing but a WebSocket takes a connection over", nothingButAWebSocketTakesAConnectionOver},
				{"preflights", preflights},
				{"nobody but the proxy asks", nobodyButTheProxyAsks},
				{"nobody becomes another", nobodyBecomesAnother},
				{"who may not is refused at once", whoMayNotIsRefusedAtOnce},
				{"who is refused sees a page", whoIsRefusedSeesAPage},
				{"a database that is away opens nothing", aDatabaseThatIsAwayOpensNothing},
				{"a server that is away opens nothing", aServerThatIsAwayOpensNothing},
			} {
				t.Run(part.name, func(t *testing.T) { w.hits.Store(0); part.check(t, w) })
			}
		})
	}
}
