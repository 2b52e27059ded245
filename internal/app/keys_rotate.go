package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/doctor/inside"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// Rotation is an exchange of a key.
type Rotation struct {
	// Purpose is store.KeyJWT or store.KeyData.
	Purpose     string
	Compromised bool
	// Wait is how long servers may take to know the new key before it is used.
	Wait time.Duration
	// Progress is told what goes on; may be nil.
	Progress func(what string, n int)
}

// Rotated is what became of it.
type Rotated struct {
	Purpose string `json:"purpose"`
	Old     string `json:"old"`
	New     string `json:"new,omitempty"`
	// Compromised: all that the old key made has been ended.
	Compromised bool `json:"compromised"`
	// Resealed counts rows that were sealed anew.
	Resealed int `json:"resealed"`
	// Steps are left to whoever keeps the key; none where we keep it.
	Steps []string `json:"steps"`
}

func (r *Rotation) say(what string, n int) {
	if r.Progress != nil {
		r.Progress(what, n)
	}
}

// RotateKey exchanges a key that we keep ourselves. Whenever it is cut off, the
// deployment works, and the same call goes on from there.
func (c *Core) RotateKey(ctx context.Context, r Rotation) (*Rotated, error) {
	ring, ok := c.Config.Ring(settingOf(r.Purpose))
	if !ok {
		return nil, errors.New("this key is kept by somebody else")
	}
	old := c.current(r.Purpose).Fingerprint()
	out := &Rotated{Purpose: r.Purpose, Old: old, Compromised: r.Compromised, Steps: []string{}}
	if err := c.ready(ctx); err != nil {
		return nil, err
	}
	if r.Compromised {
		if err := c.denounce(ctx, r.Purpose); err != nil {
			return nil, err
		}
	}
	if err := c.announce(ctx, ring, r); err != nil {
		return nil, err
	}
	made, err := ring.Switch(old, time.Now(), r.Compromised && r.Purpose == store.KeyJWT)
	if err != nil {
		return nil, err
	}
	out.New = made.Fingerprint()
	row := keyRow(audit.EventKeyRotated, r.Purpose+" "+old+" -> "+out.New)
	if err := c.Store.TellKeys(ctx, row); err != nil {
		return nil, err
	}
	if err := c.reread(ctx); err != nil {
		return nil, err
	}
	if _, err := c.everywhere(ctx, r, out.New, true); err != nil {
		return nil, err
	}
	return out, c.finish(ctx, r, out)
}

func keyRow(e audit.Event, detail string) audit.Row {
	row := audit.Succeeded(e, audit.Client{IP: "local"})
	row.At, row.Actor, row.Detail = time.Now().UTC(), "host", detail
	return row
}

func (c *Core) current(purpose string) secret.Value {
	if purpose == store.KeyJWT {
		return c.Config.JWTSecretKey
	}
	return c.Config.DataEncryptionKey
}

// ready puts what derives from the data key where a rotation leaves it alone,
// and notes the keys as used: from now on it is known when their last token ends.
func (c *Core) ready(ctx context.Context) error {
	if _, err := c.keyring(ctx, c.Config, true); err != nil {
		return err
	}
	return c.Store.UseKeys(ctx, map[string]string{
		store.KeyJWT: c.Config.JWTSecretKey.Fingerprint(), store.KeyData: c.Config.DataEncryptionKey.Fingerprint(),
	})
}

// denounce declares the key in use and those before it compromised. From this
// commit on the servers refuse what a signing key signed; what is still to be
// ended, a server ends too, should this process die.
func (c *Core) denounce(ctx context.Context, purpose string) error {
	keys := jwtKeys(c.Config)
	if purpose == store.KeyData {
		keys = dataKeys(c.Config)
	}
	uses, _, err := c.Store.KeyUses(ctx)
	if err != nil {
		return err
	}
	for i, k := range keys {
		f := k.Fingerprint()
		if u := useOf(uses, purpose, f); i > 0 && (u.Last.IsZero() || u.State != "") {
			continue // prepared for the next exchange, or ended already
		}
		_, err := c.Store.EndKey(ctx, store.KeyEnd{
			Purpose: purpose, Fingerprint: f, State: store.KeyCompromised, Row: keyRow(audit.EventKeyCompromised, purpose+" "+f),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// announce has every server accept the next key before one makes things with
// it. A signing key that is compromised is exchanged without: its successor
// must sign at once.
func (c *Core) announce(ctx context.Context, ring config.Ring, r Rotation) error {
	if r.Compromised && r.Purpose == store.KeyJWT {
		return nil
	}
	next, err := ring.Prepare(time.Now())
	if err != nil {
		return err
	}
	if err := c.Store.TellKeys(ctx); err != nil {
		return err
	}
	late, err := c.everywhere(ctx, r, next.Fingerprint(), false)
	if err != nil || len(late) == 0 || r.Compromised {
		return err
	}
	return fmt.Errorf("these servers do not accept the new key yet, so nothing was exchanged: %s.\n"+
		"  Look whether they run and share DATA_DIR %s, then rotate again", strings.Join(late, ", "), c.Config.DataDir)
}

// everywhere waits until all servers know a key, or use it, and names those that
// are late.
func (c *Core) everywhere(ctx context.Context, r Rotation, fingerprint string, use bool) (late []string, err error) {
	wait, cancel := context.WithTimeout(ctx, r.Wait)
	defer cancel()
	for {
		late = nil
		nodes, err := c.liveNodes(ctx)
		if err != nil {
			return nil, err
		}
		for _, n := range nodes {
			known := strings.Fields(n.Marks[inside.MarkOf(r.Purpose)])
			i := indexOf(known, fingerprint)
			if i < 0 || use && i > 0 {
				late = append(late, n.Host+"/"+n.ID[:min(6, len(n.ID))])
			}
		}
		if len(late) == 0 {
			return nil, nil
		}
		r.say("servers that do not know the new key yet", len(late))
		select {
		case <-time.After(100 * time.Millisecond):
		case <-wait.Done():
			return late, ctx.Err()
		}
	}
}

func indexOf(list []string, one string) int {
	for i, s := range list {
		if s == one {
			return i
		}
	}
	return -1
}
