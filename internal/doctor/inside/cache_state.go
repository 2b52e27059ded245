package inside

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
	"github.com/aiwfe/aiwfe-auth/internal/valkey"
)

// state reads what the server says of itself. CONFIG is never asked: managed
// services forbid it, and INFO has all that is needed.
func (c *cache) state(ctx context.Context, r *doctor.Result) {
	info, err := c.client.Info(ctx)
	switch {
	case valkey.In(err, valkey.Denied), valkey.In(err, valkey.Other) && strings.Contains(err.Error(), "unknown command"):
		r.Note("redis_hides_info", "Valkey does not let us read INFO, so its memory and its eviction policy are not known: %s.", err)
		c.write(ctx, r)
		return
	case err != nil:
		c.trouble(r, err)
		return
	}
	c.info = info
	r.Say("%s, %s, up for %s", info.Version(), info["role"], info.Uptime())
	if info.Sentinel() {
		c.find(r, api.Finding{
			Code: "redis_url_wrong", Evidence: fmt.Sprintf("INFO of %s says redis_mode:sentinel", c.target),
			Expected: "a server that holds data", Remedy: "Let REDIS_URL name the server that the sentinel watches, not the sentinel.",
		})
		return
	}
	if info.Replica() {
		c.find(r, api.Finding{
			Code: "redis_read_only", Expected: "role:master",
			Evidence: fmt.Sprintf("INFO of %s says role:%s of %s:%s, link %s", c.target, info["role"],
				info["master_host"], info["master_port"], info["master_link_status"]),
		})
		return
	}
	if !c.memory(r) {
		c.write(ctx, r)
	}
}

func (c *cache) write(ctx context.Context, r *doctor.Result) {
	err := c.client.TryWrite(ctx)
	if err == nil {
		err = c.client.TryScript(ctx)
	}
	if err != nil {
		c.trouble(r, err)
	}
}

// memory judges the policy and the room left, and says whether it is full.
//
// That nothing is saved to disk is a note and no finding: accounts, sessions
// and revocations are in the database, and what Valkey alone holds is meant to
// be lost. A restart that did lose it is told, by the marker.
func (c *cache) memory(r *doctor.Result) (full bool) {
	i := c.info
	room := fmt.Sprintf("INFO of %s says maxmemory:%s used_memory:%s maxmemory_policy:%s evicted_keys:%s",
		c.target, i["maxmemory"], i["used_memory"], i["maxmemory_policy"], i["evicted_keys"])
	switch {
	case i.Evicts():
		f := api.Finding{Code: "redis_evicts", Evidence: room, Expected: "maxmemory_policy:noeviction", Setting: "maxmemory-policy of Valkey"}
		if i.Number("evicted_keys") > 0 {
			f.Evidence += fmt.Sprintf("\nit has thrown away %s keys in %s", i["evicted_keys"], i.Uptime())
		}
		c.find(r, f)
	case i.NearlyFull():
		full = true
		c.find(r, api.Finding{Code: "redis_full", Evidence: room, Expected: "used_memory well below maxmemory", Setting: "maxmemory of Valkey"})
	case i["maxmemory_policy"] == "":
		r.Note("redis_hides_policy", "Valkey does not say what it does when its memory is full; make sure that its eviction policy is noeviction.")
	}
	if !i.Keeps() {
		r.Note("redis_not_persistent", "Valkey does not save to disk: after its restart the nodes begin anew to count the requests of addresses together. "+
			"Accounts, sessions, revocations and attempts at accounts are in the database and stay.")
	}
	if i.Cluster() {
		r.Note("redis_cluster", "Valkey runs as a cluster; the figures are those of one of its nodes.")
	}
	return full
}

// belongs holds the marker in Valkey against the name in the database.
func (c *cache) belongs(ctx context.Context, r *doctor.Result) {
	if c.db == nil {
		r.Skip("the database is not open")
		return
	}
	url := ""
	if c.cfg.PublicURL != nil {
		url = strings.TrimSuffix(c.cfg.PublicURL.String(), "/")
	}
	b, err := valkey.Belong(ctx, c.client, c.db, c.target, url, c.Now())
	if err != nil {
		c.trouble(r, err)
		return
	}
	r.Say("%s is of deployment %s", c.target, b.There.Deployment)
	switch {
	case b.Foreign():
		c.find(r, api.Finding{
			Code: "redis_wrong_instance", Expected: "no marker, or that of deployment " + b.Deployment,
			Evidence: fmt.Sprintf("GET aiwfe:deployment at %s answers: deployment %.40s of %.100s\nthe database at hand is of deployment %s",
				c.target, b.There.Deployment, b.There.URL, b.Deployment),
		})
		return
	case b.There.URL != url:
		r.Note("redis_marker_address", "The marker in Valkey is of this database and of the address %.100s. "+
			"If that is another deployment on a copy of the database, give it a Valkey of its own.", b.There.URL)
	}
	c.lost(r, b)
	c.neighbours(ctx, r)
}

func (c *cache) lost(r *doctor.Result, b valkey.Belonging) {
	evidence := fmt.Sprintf("our marker at %s, which never expires, was gone at %s", c.target, b.LostAt.Format(time.RFC3339))
	switch {
	case b.Lost == valkey.Restarted && c.info.Keeps():
		r.Note("redis_was_lost", "Valkey lost what it held at %s; it saves to disk now.", b.LostAt.Format(time.RFC3339))
	case b.Lost == valkey.Restarted:
		c.find(r, api.Finding{
			Code: "redis_restarted_empty", Expected: "keys that outlive a restart", Setting: "appendonly of Valkey",
			Evidence: evidence + fmt.Sprintf("\nthe process is another one than before, up for %s, and saves nothing to disk", c.info.Uptime()),
		})
	case b.Lost == valkey.Emptied:
		c.find(r, api.Finding{
			Code: "redis_emptied", Expected: "keys that stay until they expire", Setting: "who else may write to this Valkey",
			Evidence: evidence + fmt.Sprintf("\nthe process is the same as before, up for %s; evicted_keys:%s", c.info.Uptime(), c.info["evicted_keys"]),
		})
	}
}

// neighbours tells of keys of other programs, which is no fault.
func (c *cache) neighbours(ctx context.Context, r *doctor.Result) {
	count, prefixes, err := c.client.Strangers(ctx)
	if err == nil && count > 0 {
		r.Note("redis_shared", "Other programs keep keys in the same database of Valkey (%s): a flush or a full memory of theirs is ours too.",
			strings.Join(prefixes, ", "))
	}
}
