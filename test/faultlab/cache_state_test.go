package faultlab

import (
	"strconv"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// redisWrites are reasons for which nothing can be written.
var redisWrites = []redisFault{
	{how: "a Redis that still loads", cause: "redis_loading", make: func(t *testing.T) env {
		return env{"REDIS_URL": "redis://" + fakeRedis(t, map[string]string{"": "-LOADING Redis is loading the dataset in memory\r\n"})}
	}},
	{how: "REDIS_URL names a replica", cause: "redis_read_only", make: func(t *testing.T) env {
		return env{"REDIS_URL": ground.Redis(t, "--replicaof", "127.0.0.1", strconv.Itoa(ground.Redis(t).Port)).URL}
	}},
	{how: "REDIS_URL names a replica whose primary is gone", cause: "redis_read_only", make: func(t *testing.T) env {
		return env{"REDIS_URL": ground.Redis(t, "--replicaof", "127.0.0.1", strconv.Itoa(ground.FreePort(t)), "--replica-serve-stale-data", "no").URL}
	}},
	{how: "a primary that misses its replicas", cause: "redis_read_only", make: func(t *testing.T) env {
		return env{"REDIS_URL": ground.Redis(t, "--min-replicas-to-write", "1").URL}
	}},
	{how: "a Redis that cannot save", cause: "redis_disk_failed", make: func(t *testing.T) env {
		r := ground.Redis(t, "--save", "3600 1", "--dir", "/proc")
		t.Cleanup(func() { r.Do([]string{"CONFIG", "SET", "save", ""}) }) // else it will not end, for it cannot save
		r.Do([]string{"BGSAVE"})
		waitFor(t, func() bool { return strings.Contains(r.Ask("INFO", "persistence"), "rdb_last_bgsave_status:err") })
		return env{"REDIS_URL": r.URL}
	}},
	{how: "a cluster that serves no slot", cause: "redis_cluster_down", make: func(t *testing.T) env {
		return env{"REDIS_URL": ground.Redis(t, "--cluster-enabled", "yes", "--cluster-port", strconv.Itoa(ground.FreePort(t))).URL}
	}},
}

// redisMemory are policies and limits.
var redisMemory = []redisFault{
	{how: "Redis started with allkeys-lru", cause: "redis_evicts", make: func(t *testing.T) env {
		return env{"REDIS_URL": ground.Redis(t, "--maxmemory", "50mb", "--maxmemory-policy", "allkeys-lru").URL}
	}},
	{how: "volatile-ttl set while Redis runs", cause: "redis_evicts", make: func(t *testing.T) env {
		r := ground.Redis(t)
		r.Do([]string{"CONFIG", "SET", "maxmemory", "50mb"}, []string{"CONFIG", "SET", "maxmemory-policy", "volatile-ttl"})
		return env{"REDIS_URL": r.URL}
	}},
	{how: "a Redis that has thrown keys away", cause: "redis_evicts", make: func(t *testing.T) env {
		r := ground.Redis(t, "--maxmemory", "3mb", "--maxmemory-policy", "allkeys-random")
		for i := range 20 {
			r.Do([]string{"SET", "other:" + strconv.Itoa(i), strings.Repeat("x", 200_000)})
		}
		return env{"REDIS_URL": r.URL}
	}},
	{how: "maxmemory below what Redis uses", cause: "redis_full", make: func(t *testing.T) env {
		return env{"REDIS_URL": ground.Redis(t, "--maxmemory", "900kb").URL}
	}},
	{how: "a neighbour that fills Redis", cause: "redis_full", make: func(t *testing.T) env {
		r := ground.Redis(t)
		r.Do([]string{"SET", "other:big", strings.Repeat("x", 4_000_000)}, []string{"CONFIG", "SET", "maxmemory", "4mb"})
		return env{"REDIS_URL": r.URL}
	}},
}

// redisOwners are instances of somebody else, and such as lost what they held.
var redisOwners = []redisFault{
	{how: "two deployments on one Redis", cause: "redis_wrong_instance", make: func(t *testing.T) env {
		r := ground.Redis(t)
		ground.Server(t, env{"REDIS_URL": r.URL})
		marked(t, r)
		return env{"REDIS_URL": r.URL}
	}},
	{how: "the Redis of another deployment that is gone", cause: "redis_wrong_instance", make: func(t *testing.T) env {
		r := ground.Redis(t)
		r.Do([]string{"SET", "aiwfe:deployment", "abcdefgh https://staging.example.com"})
		return env{"REDIS_URL": r.URL}
	}},
	{how: "Redis restarted without persistence", cause: "redis_restarted_empty", then: func(_ *testing.T, r *ground.RedisServer) {
		r.Stop()
		r.Start()
	}},
	{how: "Redis killed before it saved", cause: "redis_restarted_empty", then: func(_ *testing.T, r *ground.RedisServer) {
		r.Kill9()
		r.Start()
	}},
	{how: "FLUSHALL by somebody", cause: "redis_emptied", then: func(_ *testing.T, r *ground.RedisServer) {
		r.Do([]string{"FLUSHALL"})
	}},
	{how: "another program deletes all keys one by one", cause: "redis_emptied", then: func(_ *testing.T, r *ground.RedisServer) {
		r.Do([]string{"DEL", "aiwfe:deployment"})
	}},
}

// marked waits until a server has marked the instance.
func marked(t *testing.T, r *ground.RedisServer) {
	t.Helper()
	waitFor(t, func() bool { return r.Ask("GET", "aiwfe:deployment") != "" })
}
