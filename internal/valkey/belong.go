package valkey

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/pause"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// Facts is where the database keeps what belongs to this installation.
type Facts interface {
	Fact(ctx context.Context, name string) (string, error)
	KeepFact(ctx context.Context, name, value string) (holds string, err error)
	ChangeFact(ctx context.Context, name string, change func(old string) string) error
}

// The facts: the random name of this deployment, and what was seen of Valkey.
const (
	factDeployment = "deployment"
	factValkey     = "valkey"
)

// Losses: how the marker, which never expires, came to be gone.
const (
	Restarted = "restarted"
	Emptied   = "emptied"
)

// seen is what the database remembers of the instance that holds our marker.
type seen struct {
	Place string    `json:"place"` // a hash of address and number
	Run   string    `json:"run"`   // of the server's process
	Lost  string    `json:"lost,omitzero"`
	At    time.Time `json:"at,omitzero"` // of the loss
}

// Belonging is how the database and the instance stand to each other.
type Belonging struct {
	// Deployment is the name of ours.
	Deployment string
	// There is the marker in Valkey, which may be of another deployment.
	There Marker
	// Lost is Restarted or Emptied when the instance lost our marker a short
	// while ago, at LostAt.
	Lost   string
	LostAt time.Time
}

// Foreign says whether the instance is another deployment's.
func (b Belonging) Foreign() bool { return b.There.Deployment != b.Deployment }

// lossStands is for how long a loss is told. The marker is put back at once, so
// without a memory only whoever looked first would hear of it.
const lossStands = time.Hour

// Belong puts the marker in its place or finds what is there instead. Whatever
// the answer, nothing of anybody else is touched.
func Belong(ctx context.Context, c *Client, db Facts, t Target, publicURL string, now time.Time) (b Belonging, err error) {
	if b.Deployment, err = db.KeepFact(ctx, factDeployment, secret.RandomText(10)); err != nil {
		return b, err
	}
	text, err := db.Fact(ctx, factValkey)
	if err != nil {
		return b, err
	}
	was := noted(text)
	there, planted, err := c.Mark(ctx, Marker{b.Deployment, publicURL})
	if err != nil {
		return b, err
	}
	b.There = there
	if b.Foreign() {
		return b, nil
	}
	run := c.run(ctx) // asked after the marker was put: else a restart in between would pass for none
	is := seen{Place: t.hash(), Run: run}
	if planted && was.Place == is.Place {
		is.Lost, is.At = Emptied, now.UTC()
		if was.Run != run {
			is.Lost = Restarted
		}
	}
	if !planted && was.Place == is.Place && was.Run != run && was.Lost == "" {
		// Another process put the marker back, or it outlived the restart. Who put it back is about to note why.
		if err := pause.For(ctx, noteTime); err != nil {
			return b, err
		}
	}
	if is, err = is.keep(ctx, db, now); err != nil {
		return b, err
	}
	b.Lost, b.LostAt = is.Lost, is.At
	return b, nil
}

// noteTime is how long it takes at most, on most days, from the marker in Valkey
// to the fact in the database.
const noteTime = 300 * time.Millisecond

// keep notes what was seen. A loss that another process noted meanwhile stays:
// servers and the doctor look at the same moment.
func (s seen) keep(ctx context.Context, db Facts, now time.Time) (seen, error) {
	text, err := db.Fact(ctx, factValkey)
	if err != nil {
		return s, err
	}
	is := s.after(text, now)
	if is == noted(text) {
		return is, nil
	}
	if _, err := db.KeepFact(ctx, factValkey, ""); err != nil { // so that there is a row to change
		return is, err
	}
	return is, db.ChangeFact(ctx, factValkey, func(old string) string {
		is = s.after(old, now)
		fresh, err := json.Marshal(is)
		if err != nil {
			return old
		}
		return string(fresh)
	})
}

// after is what stands once this was seen after what stood before.
func (s seen) after(old string, now time.Time) seen {
	if was := noted(old); s.Lost == "" && was.Place == s.Place {
		s.Lost, s.At = was.Lost, was.At
	}
	if now.Sub(s.At) > lossStands {
		s.Lost, s.At = "", time.Time{}
	}
	return s
}

// noted reads the fact; one that cannot be read is as good as none.
func noted(text string) (s seen) {
	_ = json.Unmarshal([]byte(text), &s)
	return s
}

// hash names a place without telling it: the facts go into backups.
func (t Target) hash() string {
	return hex.EncodeToString(secret.Hash(t.Address() + "/" + strconv.Itoa(t.DB)))[:16]
}

// run names the process of the server; "" where it does not tell.
func (c *Client) run(ctx context.Context) string {
	info, err := c.Info(ctx)
	if err != nil {
		return ""
	}
	return info["run_id"]
}
