package login_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// What every path by which a credential is checked is worth, in every state
// that an account can be in. The words:
//
//	in          a session, or the request is served
//	second      the second factor is asked for
//	enroll      a second factor must be set up first
//	proven      the session at hand is proven anew
//	changed     the password is another; nobody was signed in
//	no          invalid_credentials
//	ended       session_ended
//	bad         token_invalid
//	late        challenge_expired: nothing waits, or no longer
//	dead        the one-time link is none
//	ask         the second factor is asked for by validation_failed
//	stale       reauth_required
//	code        invalid_code
//	none        not_found: the account has no such factor
//	-           no such credential can exist in this state
//
// Accounts that were shut had an authenticator app and a passkey before.
const matrix = `
path                   active  totp    passkey both    disabled locked ownlock registered invited unverified demanded
password               in      second  second  second  no       no     no      no         no      in         enroll
form                   in      second  second  second  no       no     no      no         no      in         enroll
trusted                in      in      in      in      no       no     no      -          -       in         enroll
passkey                -       -       in      in      no       no     no      -          -       -          -
passkey-touch          -       -       no      no      no       no     no      -          -       -          -
reauth                 proven  ask     ask     ask     ended    ended  ended   -          -       proven     proven
reauth-touch           -       -       code    code     ended    ended  ended   -          -       -          -
change                 changed stale   stale   stale   ended    ended  ended   -          -       changed    changed
reset                  in      second  second  second  no       no     second  in         in      in         enroll
invitation             dead    dead    dead    dead    dead     dead   dead    dead       in      dead       dead
setup                  in      -       -       -       -        -      -       -          -       -          enroll
refresh                in      in      in      in      ended    ended  ended   -          -       in         in
cookie                 in      in      in      in      ended    ended  ended   -          -       in         in
bearer                 in      in      in      in      ended    ended  ended   -          -       in         in
old-form               in      bad     bad     bad     bad      bad    bad     -          -       in         bad
personal               in      in      in      in      ended    ended  ended   -          -       in         in
personal-as-cookie     ended   ended   ended   ended   ended    ended  ended   -          -       ended      ended
answer-totp            -       in      code    in      late     late   late    -          -       -          late
answer-passkey         -       none    in      in      late     late   late    -          -       -          late
answer-backup          -       in      in      in      late     late   late    -          -       -          late
answer-password        -       code    code     code     late     late   late    -          -       -          late
enroll-instead         -       late    late    late    late     late   late    -          -       -          in
`

// notOneFactor are the paths on which two factors are shown, or one that is two,
// or a session that was there before; on all others one is.
var notOneFactor = []string{
	"trusted", // within its time, at this browser and account: see trust_test.go
	"passkey", "answer-totp", "answer-passkey", "answer-backup", "enroll-instead",
	"refresh", "cookie", "bearer", "personal", // begun before
}

func TestEveryPathInEveryStateIsWorthWhatTheTableSays(t *testing.T) {
	t.Parallel()
	states, table := readMatrix(t)
	if got, want := slices.Sorted(maps.Keys(conditions)), slices.Sorted(slices.Values(states)); !slices.Equal(got, want) {
		t.Fatalf("states are %v, the table has %v", got, want)
	}
	if got, want := slices.Sorted(maps.Keys(paths)), slices.Sorted(maps.Keys(table)); !slices.Equal(got, want) {
		t.Fatalf("paths are %v, the table has %v", got, want)
	}
	for i, state := range states {
		t.Run(state, func(t *testing.T) {
			t.Parallel()
			w := withMail(t, proven, func(o *login.Options) { o.FactorRoles = []string{account.RoleAdmin} })
			for _, path := range slices.Sorted(maps.Keys(table)) {
				want := table[path][i]
				if path == "setup" { // in a world that never had an administrator
					if got := worthOfSetup(t, state); got != want {
						t.Errorf("%s: %s, the table says %s", path, got, want)
					}
					continue
				}
				on := &stage{w: w, path: path, email: strings.ToLower(path) + "@example.com"}
				conditions[state](on)
				got := paths[path](on)
				if got != want {
					t.Errorf("%s: %s, the table says %s", path, got, want)
				}
				factors := on.app != nil || on.key != nil
				if got == "in" && factors && !slices.Contains(notOneFactor, path) {
					t.Errorf("%s: one factor opened an account that has two", path)
				}
			}
		})
	}
}

func readMatrix(t *testing.T) (states []string, table map[string][]string) {
	t.Helper()
	table = map[string][]string{}
	for line := range strings.Lines(strings.TrimSpace(matrix)) {
		cells := strings.Fields(line)
		if states == nil {
			states = cells[1:]
			continue
		}
		if table[cells[0]] != nil || len(cells) != len(states)+1 {
			t.Fatalf("row %q stands twice, or has another number of cells", cells[0])
		}
		table[cells[0]] = cells[1:]
	}
	return states, table
}
