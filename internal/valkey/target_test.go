package valkey

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

func TestAddressIsTakenApart(t *testing.T) {
	for raw, want := range map[string]Target{
		"redis://h":                   {Network: "tcp", Addresses: []string{"h:6379"}},
		"valkey://h:7/3":              {Network: "tcp", Addresses: []string{"h:7"}, DB: 3},
		"REDIS://h/":                  {Network: "tcp", Addresses: []string{"h:6379"}},
		"rediss://u:p%40x@h:7":        {Network: "tcp", Addresses: []string{"h:7"}, TLS: true, User: "u", Password: secret.FromString("p@x")},
		"valkeys://:p@h":              {Network: "tcp", Addresses: []string{"h:6379"}, TLS: true, Password: secret.FromString("p")},
		"redis://[::1]:7/1":           {Network: "tcp", Addresses: []string{"[::1]:7"}, DB: 1},
		"redis://a:1,b/2":             {Network: "tcp", Addresses: []string{"a:1", "b:6379"}, DB: 2},
		"redis://h?db=4&timeout=3&x=": {Network: "tcp", Addresses: []string{"h:6379"}, DB: 4, Ignored: []string{"timeout", "x"}},
		"unix:///run/v.sock?db=2":     {Network: "unix", Addresses: []string{"/run/v.sock"}, DB: 2},
		"unix://u:p@/run/v.sock":      {Network: "unix", Addresses: []string{"/run/v.sock"}, User: "u", Password: secret.FromString("p")},
	} {
		got, err := Parse(secret.FromString(raw))
		same := cmp.Comparer(func(a, b secret.Value) bool { return a.Equal(b) })
		if diff := cmp.Diff(want, got, same); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", raw, err, diff)
		}
	}
}

func TestFaultyAddressIsNamedWithoutIt(t *testing.T) {
	for raw, want := range map[string]string{
		"hush":                 "no scheme",
		"http://hush":          "a scheme that is none of",
		"redis://":             "names no host",
		"redis://hush@/0":      "names no host",
		"redis://h/hush":       "not the number of a database",
		"redis://h/-1":         "not the number of a database",
		"redis://h?db=hush":    "not the number of a database",
		"redis://u:hu%sh@h":    "begins no encoded character",
		"redis://h?hush=%zz":   "cannot be read",
		"unix://":              "names no socket",
		"redis://h/1/hush":     "not the number of a database",
		"redis://h/99999999e9": "not the number of a database",
	} {
		_, err := Parse(secret.FromString(raw))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v", raw, err)
		}
	}
}

func TestAddressIsShownWithoutItsPassword(t *testing.T) {
	for raw, want := range map[string]string{
		"redis://u:hush@h/1":       "redis://***@h:6379/1",
		"rediss://:hush@a,b:2":     "rediss://***@a:6379,b:2/0",
		"unix://u:hush@/run/v":     "unix:///run/v?db=0",
		"redis://h":                "redis://h:6379/0",
		"redis://hush@h?client=me": "redis://***@h:6379/0",
	} {
		got, err := Parse(secret.FromString(raw))
		if err != nil || got.String() != want || strings.Contains(fmt.Sprintf("%+v", got.String()), "hush") {
			t.Errorf("%s is shown as %s, %v", raw, got, err)
		}
	}
}

// The library takes the ERR off some errors and not off others.
func TestRepliesAreJudged(t *testing.T) {
	for said, want := range map[string]Kind{
		"NOAUTH HELLO must be called with the client already authenticated": Login,
		"-WRONGPASS invalid username-password pair":                         Login,
		"ERR AUTH <password> called without any password configured":        Login,
		"NOPERM this user has no permissions to run the 'get' command":      Denied,
		"LOADING Redis is loading the dataset in memory":                    Loading,
		"READONLY You can't write against a read only replica.":             ReadOnly,
		"NOREPLICAS Not enough good replicas to write.":                     ReadOnly,
		"OOM command not allowed when used memory > 'maxmemory'.":           Full,
		"MISCONF Redis is configured to save RDB snapshots":                 DiskFailed,
		"ERR DB index is out of range":                                      NoDatabase,
		"DB index is out of range":                                          NoDatabase,
		"DENIED Redis is running in protected mode":                         Protected,
		"CLUSTERDOWN Hash slot not served":                                  ClusterDown,
		"something new":                                                     Other,
	} {
		if got := judged(errors.New(said)); got.Kind != want {
			t.Errorf("%q is %s, want %s", said, got.Kind, want)
		}
	}
	if t2 := judged(nil); t2 != nil {
		t.Errorf("no error is judged %v", t2)
	}
}

func TestInfoIsRead(t *testing.T) {
	i := parseInfo("# Server\r\nredis_version:7.0.15\r\nvalkey_version:8.1.0\r\nrole:slave\r\n\r\n# Memory\r\nmaxmemory:100\r\n" +
		"used_memory:95\r\nmaxmemory_policy:allkeys-lru\r\nuptime_in_seconds:90\r\ncluster_enabled:1\r\n")
	if i.Version() != "Valkey 8.1.0" || !i.Replica() || !i.NearlyFull() || !i.Evicts() || i.Uptime().Seconds() != 90 || !i.Cluster() || i.Sentinel() || i.Keeps() {
		t.Errorf("it is read as %v", i)
	}
	if none := (Info{}); none.Evicts() || none.NearlyFull() || none.Replica() || none.Keeps() || none.Number("x") != 0 {
		t.Error("a server that hides everything is found at fault")
	}
}

func TestNamesOfKeysAreNotTold(t *testing.T) {
	for key, want := range map[string]string{
		"celery:task:1": "celery:", "ada@example.com:1": "(no prefix)", "plain": "(no prefix)", "4711:x": "(no prefix)",
		strings.Repeat("x", 30) + ":": "(no prefix)", "my-app.cache:1": "my-app.cache:",
	} {
		if got := prefixOf(key); got != want {
			t.Errorf("%s is told as %s", key, got)
		}
	}
}
