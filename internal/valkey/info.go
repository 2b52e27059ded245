package valkey

import (
	"strconv"
	"strings"
	"time"
)

// Info is what the server says of itself. Managed services leave members out,
// so each is asked for with what holds when it is not there.
type Info map[string]string

func parseInfo(text string) Info {
	i := Info{}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok && !strings.HasPrefix(line, "#") {
			i[name] = value
		}
	}
	return i
}

// Number reads a member as a number; 0 where there is none.
func (i Info) Number(name string) int64 {
	n, _ := strconv.ParseInt(i[name], 10, 64)
	return n
}

// Version is that of Valkey where it is one, else that of Redis.
func (i Info) Version() string {
	if v := i["valkey_version"]; v != "" {
		return "Valkey " + v
	}
	return "Redis " + i["redis_version"]
}

// Replica says whether it follows another server and takes no writes.
func (i Info) Replica() bool { return i["role"] == "slave" || i["role"] == "replica" }

// Sentinel says whether it holds no data and only watches others.
func (i Info) Sentinel() bool { return i["redis_mode"] == "sentinel" || i["server_mode"] == "sentinel" }

// Cluster says whether the keys lie on several servers.
func (i Info) Cluster() bool { return i["cluster_enabled"] == "1" }

// Evicts says whether it drops keys to make room. A service that hides its
// policy is believed to keep them.
func (i Info) Evicts() bool {
	policy := i["maxmemory_policy"]
	return policy != "" && policy != "noeviction"
}

// fullAt is the share of maxmemory at which writes fail soon.
const fullAt = 0.95

// NearlyFull says whether little is left of the memory that it may use.
func (i Info) NearlyFull() bool {
	most := i.Number("maxmemory")
	return most > 0 && float64(i.Number("used_memory")) >= fullAt*float64(most)
}

// Uptime is how long it runs.
func (i Info) Uptime() time.Duration {
	return time.Duration(i.Number("uptime_in_seconds")) * time.Second
}

// Keeps says whether what it holds is still there after a restart: it appends
// to a file, or it has saved a snapshot since it started.
func (i Info) Keeps() bool {
	return i["aof_enabled"] == "1" || i.Number("rdb_saves") > 0
}

// Subset is what a support ticket needs of it. No address of a client is in it.
func (i Info) Subset() map[string]string {
	out := map[string]string{}
	for _, name := range []string{
		"redis_version", "valkey_version", "redis_mode", "role", "uptime_in_seconds", "connected_clients", "maxclients",
		"used_memory", "maxmemory", "maxmemory_policy", "evicted_keys", "expired_keys", "keyspace_hits", "keyspace_misses",
		"aof_enabled", "rdb_last_bgsave_status", "rdb_last_save_time", "loading", "rejected_connections",
		"master_link_status", "cluster_enabled", "db0",
	} {
		if v, ok := i[name]; ok {
			out[name] = v
		}
	}
	return out
}
