package app

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/doctor/inside"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// Key is one key of this deployment, by everything but its value.
type Key struct {
	Purpose     string `json:"purpose"`
	Fingerprint string `json:"fingerprint"`
	// State is "current", "next", "previous", "retired" or "compromised".
	State string `json:"state"`
	Does  string `json:"does"`
	// Origin is where it stands: environment, a file, made in DATA_DIR, or the
	// configuration of another server.
	Origin  string   `json:"origin"`
	Derived []string `json:"derived,omitempty"`
	// FirstUsed and LastUsed are when servers had it as the current one.
	FirstUsed *time.Time `json:"first_used,omitempty"`
	LastUsed  *time.Time `json:"last_used,omitempty"`
	// TokensUntil is when the last token made with it ends at the latest.
	TokensUntil *time.Time `json:"tokens_until,omitempty"`
	// Sealed counts rows that open with it alone.
	Sealed map[string]int64 `json:"sealed,omitempty"`
	// Needs says what still needs it, and May whether it can go.
	Needs string `json:"needs"`
	May   bool   `json:"may_go"`
	// Nodes are the servers that make things with it, and Accepting those that
	// accept it as well.
	Nodes     []string `json:"nodes"`
	Accepting []string `json:"accepting"`
}

// rememberKeys is how long a key that ended is listed.
const rememberKeys = 30 * 24 * time.Hour

func keyOf(keys []secret.Value, fingerprint string) secret.Value {
	for _, k := range keys {
		if k.Fingerprint() == fingerprint {
			return k
		}
	}
	return secret.Value{}
}

// listing gathers what is known of keys.
type listing struct {
	c      *Core
	uses   []store.KeyUse
	at     time.Time
	nodes  []store.Node
	counts map[string]map[string]int64
	facts  map[string]int64
}

// Keys lists every key that this configuration, the database and the servers on
// it know of.
func (c *Core) Keys(ctx context.Context) ([]Key, error) {
	l := listing{c: c}
	var err error
	if l.uses, l.at, err = c.Store.KeyUses(ctx); err != nil {
		return nil, err
	}
	if l.nodes, err = c.liveNodes(ctx); err != nil {
		return nil, err
	}
	if l.counts, err = c.Store.SealedCounts(ctx); err != nil {
		return nil, err
	}
	if l.facts, err = c.sealedBy(ctx); err != nil {
		return nil, err
	}
	list := append([]Key{}, l.of(store.KeyJWT, jwtKeys(c.Config))...)
	return append(list, l.of(store.KeyData, dataKeys(c.Config))...), nil
}

// liveNodes are the servers that run on this database.
func (c *Core) liveNodes(ctx context.Context) ([]store.Node, error) {
	list, _, err := c.Store.Nodes(ctx, inside.Fresh)
	if err != nil {
		return nil, err
	}
	return inside.Living(list), nil
}

func (l *listing) of(purpose string, here []secret.Value) (list []Key) {
	seen := map[string]bool{}
	add := func(fingerprint string) {
		if fingerprint != "" && !seen[fingerprint] {
			seen[fingerprint] = true
			list = append(list, l.key(purpose, fingerprint, here))
		}
	}
	for _, k := range here {
		add(k.Fingerprint())
	}
	for _, n := range l.nodes {
		for _, f := range strings.Fields(n.Marks[inside.MarkOf(purpose)]) {
			add(f)
		}
	}
	for _, u := range l.uses { // what ended long ago is history, and stands in the audit
		if u.Purpose == purpose && (u.State == "" || l.at.Sub(u.At) < rememberKeys) {
			add(u.Fingerprint)
		}
	}
	return list
}

func (l *listing) key(purpose, fingerprint string, here []secret.Value) Key {
	u := useOf(l.uses, purpose, fingerprint)
	k := Key{
		Purpose: purpose, Fingerprint: fingerprint, Does: does(purpose), Nodes: []string{}, Accepting: []string{},
		FirstUsed: moment(u.First), LastUsed: moment(u.Last), Origin: l.origin(purpose, fingerprint, here),
	}
	for _, n := range l.nodes {
		name := n.Host + "/" + n.ID[:min(6, len(n.ID))]
		for i, f := range strings.Fields(n.Marks[inside.MarkOf(purpose)]) {
			switch {
			case f != fingerprint:
			case i == 0:
				k.Nodes = append(k.Nodes, name)
			default:
				k.Accepting = append(k.Accepting, name)
			}
		}
	}
	current := len(here) > 0 && here[0].Fingerprint() == fingerprint
	switch {
	case u.State == store.KeyCompromised, u.State != "" && !current:
		k.State = u.State
	case current:
		k.State = "current"
	case u.Last.IsZero():
		k.State = "next"
	default:
		k.State = "previous"
	}
	if purpose == store.KeyData {
		l.data(&k, u, keyOf(here, fingerprint))
	} else {
		l.jwt(&k, u)
	}
	return k
}

func (l *listing) jwt(k *Key, u store.KeyUse) {
	until := u.Last.Add(lastToken(l.c.Config))
	if !u.Last.IsZero() {
		k.TokensUntil = &until
	}
	switch {
	case len(k.Nodes) > 0 || k.State == "current":
		k.Needs = "tokens are signed with it"
	case k.State == "next":
		k.Needs = "it is to sign next"
	case k.State == "previous" && until.After(l.at):
		k.Needs = "tokens made with it end by " + until.Format(time.RFC3339)
	default:
		k.Needs, k.May = "nothing", true
	}
}

func (l *listing) data(k *Key, u store.KeyUse, key secret.Value) {
	if k.State == "current" {
		k.Derived = purposes()
	}
	header := headerOf(key)
	if !key.Empty() {
		k.Sealed = l.counts[string(header)]
	}
	switch {
	case len(k.Nodes) > 0 || k.State == "current":
		k.Needs = "data is sealed with it"
	case k.State == "next":
		k.Needs = "it is to seal next"
	case key.Empty():
		k.Needs, k.May = "it is not configured here, so what it sealed cannot be told", false
	case l.facts[string(header)] > 0:
		k.Needs = fmt.Sprintf("%d rows sealed with it wait to be sealed anew", l.facts[string(header)])
	default:
		k.Needs, k.May = "nothing, but backups made before it was exchanged", true
	}
}

func does(purpose string) string {
	if purpose == store.KeyJWT {
		return "signs access tokens"
	}
	return "seals seeds of authenticator apps, letters and the derived keys in the database"
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// origin says where a key stands.
func (l *listing) origin(purpose, fingerprint string, here []secret.Value) string {
	cfg, name := l.c.Config, settingOf(purpose)
	switch {
	case keyOf(here, fingerprint).Empty():
		return "not configured here"
	case here[0].Fingerprint() != fingerprint:
		if ring, ok := cfg.Ring(name); ok && ring.Holds(fingerprint) {
			return "made in DATA_DIR " + cfg.DataDir
		}
		return cfg.Origin(previousOf(purpose))
	case cfg.Kept(name):
		path := strings.TrimPrefix(cfg.Origin(name), "file ")
		if info, err := os.Stat(path); err == nil {
			return "made in DATA_DIR, " + path + ", " + info.ModTime().UTC().Format(time.DateOnly)
		}
		return "made in DATA_DIR, " + path
	}
	return cfg.Origin(name)
}
