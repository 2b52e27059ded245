package inside

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
	"github.com/aiwfe/aiwfe-auth/internal/valkey"
)

// cacheChecks ask Valkey, where there is one. Its order is that of a
// connection: the address, the network and TLS, the login, then what the server
// says of itself.
func (in *inside) cacheChecks() []doctor.Check {
	c := &cache{inside: in}
	return []doctor.Check{
		{Name: "cache_address", Title: "REDIS_URL can be taken apart", Needs: []string{"config"}, Run: c.address},
		{Name: "cache_reach", Title: "Valkey answers", Needs: []string{"cache_address"}, Run: c.reach, Limit: 12 * time.Second},
		{Name: "cache_login", Title: "Valkey lets us in", Needs: []string{"cache_reach"}, Run: c.login},
		{Name: "cache_state", Title: "Valkey keeps what it is given", Needs: []string{"cache_login"}, Run: c.state},
		{
			Name: "cache_marker", Title: "Valkey belongs to this database",
			Needs: []string{"cache_state", "database", "schema"}, Run: c.belongs,
		},
		{Name: "cache_clock", Title: "The clock of Valkey is right", Needs: []string{"cache_login"}, Run: c.clock},
	}
}

// cache is what the checks hand on to each other.
type cache struct {
	*inside
	target valkey.Target
	client *valkey.Client
	info   valkey.Info
}

func (c *cache) address(_ context.Context, r *doctor.Result) {
	if c.cfg.RedisURL.Empty() {
		r.Skip("REDIS_URL is not set: nodes hear of each other through the database")
		return
	}
	t, err := valkey.Parse(c.cfg.RedisURL)
	if err != nil {
		c.find(r, api.Finding{Code: "redis_url_wrong", Evidence: "REDIS_URL: " + err.Error(), Expected: "redis://user:password@host:6379/0"})
		return
	}
	c.target = t
	if len(t.Ignored) > 0 {
		r.Note("redis_options_ignored", "REDIS_URL has options that mean nothing here and are left out: %s.", strings.Join(t.Ignored, ", "))
	}
	r.Say("%s", t)
}

func (c *cache) reach(ctx context.Context, r *doctor.Result) {
	began := time.Now()
	if err := valkey.Reach(ctx, c.target); err != nil {
		c.trouble(r, err)
		return
	}
	r.Say("%s answers PING in %d ms", c.target.Address(), time.Since(began).Milliseconds())
}

func (c *cache) login(ctx context.Context, r *doctor.Result) {
	client, err := valkey.Open(ctx, c.target)
	if err != nil {
		c.trouble(r, err)
		return
	}
	c.client, c.valkey = client, client
	r.Say("logged in, database %d", c.target.DB)
}

// setting is REDIS_URL with who set it.
func (c *cache) setting() string {
	for _, s := range c.cfg.Settings() {
		if s.Name == "REDIS_URL" {
			return s.Name + " (" + s.Origin + ")"
		}
	}
	return "REDIS_URL"
}

func (c *cache) find(r *doctor.Result, f api.Finding) {
	if f.Setting == "" {
		f.Setting = c.setting()
	}
	r.Find(f)
}

// clock compares, with the way there and back taken out.
func (c *cache) clock(ctx context.Context, r *doctor.Result) {
	skew, err := c.client.Clock(ctx, c.Now)
	if err != nil {
		r.Note("redis_hides_time", "Valkey does not tell the time: %s.", err)
		return
	}
	if skew.Abs() > cacheSkew {
		way := "ahead"
		if skew < 0 {
			way = "behind"
		}
		r.Find(api.Finding{
			Code:     "clock_skew",
			Evidence: fmt.Sprintf("TIME of Valkey at %s is %s %s of this machine", c.target.Address(), skew.Abs().Round(time.Second), way),
			Expected: fmt.Sprintf("less than %s between the two", cacheSkew),
			Setting:  "the clock of Valkey at " + c.target.Address(),
		})
		return
	}
	r.Say("%d ms from ours", skew.Milliseconds())
}

// cacheSkew is the leeway of tokens: below it nobody is refused.
const cacheSkew = 30 * time.Second

// trouble makes a finding of what the connection said.
func (c *cache) trouble(r *doctor.Result, err error) {
	t, ok := errors.AsType[*valkey.Trouble](err)
	if !ok {
		r.Unable("Valkey at "+c.target.Address(), err)
		return
	}
	f, known := troubles[t.Kind]
	if !known {
		r.Unable("Valkey at "+c.target.Address(), err)
		return
	}
	f.Evidence = fmt.Sprintf("%s: %s", c.target, t.Said)
	c.find(r, c.fitting(t, f))
}
