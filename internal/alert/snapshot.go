package alert

import (
	"cmp"
	"slices"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// Local is what one node saw in the last five minutes, and what is so at the
// moment. It is the body of the node's row.
type Local struct {
	// Node, Host and At are of the row, not of its body.
	Node string    `json:"-"`
	Host string    `json:"-"`
	At   time.Time `json:"-"`
	// Honest are sign-ins tried without those that were guesses, HonestFailed
	// those of them that failed.
	Honest       int64 `json:"honest"`
	HonestFailed int64 `json:"honest_failed"`
	Queries      int64 `json:"queries"`
	// DatabaseErrors are those of Queries that failed for want of the database.
	DatabaseErrors int64 `json:"database_errors"`
	// CSRFFailed are tokens that could not be made; CSRFBroken is set where one
	// made just now did not verify.
	CSRFFailed   int64         `json:"csrf_failed"`
	CSRFBroken   bool          `json:"csrf_broken"`
	Times        []Times       `json:"times"`
	Pools        []Pool        `json:"pools"`
	Disk         *Disk         `json:"disk"`
	Certificates []Certificate `json:"certificates"`
	Findings     []api.Finding `json:"findings"`
}

// Times are the answers of one route.
type Times struct {
	Route string        `json:"route"`
	Count int64         `json:"count"`
	P95   time.Duration `json:"p95"`
}

// Pool is a pool of connections to the database.
type Pool struct {
	Name  string `json:"name"`
	Size  int    `json:"size"`
	InUse int    `json:"in_use"`
}

// Disk is the file system of DATA_DIR.
type Disk struct {
	Dir  string `json:"dir"`
	Size int64  `json:"size"`
	Free int64  `json:"free"`
}

// Certificate is one that visitors are shown.
type Certificate struct {
	Name  string    `json:"name"`
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
}

// Snapshot is what is known at one moment. What is nil is not there to be
// watched; a rule in Unknown could not be looked at, and its alerts stay as
// they are.
type Snapshot struct {
	At      time.Time
	Nodes   []Local
	Silent  []Silent
	Mail    *Mail
	Backup  *Backup
	Shipped []Shipping
	Chain   *Chain
	Unknown map[string]bool
}

// Silent is a node that ended without saying so.
type Silent struct {
	Host string
	For  time.Duration
}

// Mail is the outbox.
type Mail struct {
	// Oldest is how long the oldest letter waits that is due.
	Oldest time.Duration
	// Dead are the letters given up within an hour, Cause why the last try failed.
	Dead  int
	Cause string
}

// Backup is the last good one.
type Backup struct {
	// Never is set where there is none yet, Age is then since it was due.
	Never bool
	Age   time.Duration
	// Most is how old it may be.
	Most time.Duration
}

// Shipping is one way on which audit rows leave.
type Shipping struct {
	Name string
	// Lag is how old the oldest row is that has not left.
	Lag   time.Duration
	Cause string
}

// Chain is the hash chain of the audit; Broken says where, or is "".
type Chain struct{ Broken string }

// findings are those of all nodes, each cause once, the gravest first.
func (s *Snapshot) findings() []api.Finding {
	seen := map[api.Cause]bool{}
	var out []api.Finding
	for _, n := range s.Nodes {
		for _, f := range n.Findings {
			if !seen[f.Code] {
				seen[f.Code] = true
				out = append(out, f)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b api.Finding) int {
		return cmp.Or(gravity(b.Severity)-gravity(a.Severity), cmp.Compare(a.Code, b.Code))
	})
	return out
}

func gravity(s api.Severity) int {
	return slices.Index([]api.Severity{api.Warning, api.Serious, api.Critical}, s)
}
