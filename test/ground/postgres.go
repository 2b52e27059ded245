package ground

import (
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

// Who owns the databases of tests, and who owns the cluster. The passwords guard nothing: the cluster listens on
// loopback and dies with the test. They exist so that a password is really asked, through pgbouncer too.
const (
	ownerName     = "aiwfe"
	ownerPassword = "owner-of-test-databases"
	superName     = "postgres"
	superPassword = "owner-of-the-cluster"
)

// Options say how a private cluster differs from the shared one.
type Options struct {
	Fsync    bool              // wait for the disk, as production does; slower, and only a power cut needs it
	Settings map[string]string // lines for postgresql.conf, such as "max_connections": "20"
	// Certificate, when set, is what it shows: it then takes TLS, and demands it of nobody.
	Certificate *Certificate
	// HBA replaces the lines of pg_hba.conf for TCP; empty asks everybody's password.
	HBA string
}

// PG is a PostgreSQL cluster as one test sees it.
type PG struct {
	*cluster
	t testing.TB
}

// cluster is the data folder and the server over it.
type cluster struct {
	bin    string // the folder of postgres and initdb
	data   string
	port   int
	user   *syscall.Credential
	proc   *Process
	nextDB atomic.Int64
}

// sharedCluster is the one cluster of a test binary; the keeper ends it.
var sharedCluster = sync.OnceValues(func() (*cluster, error) { return newCluster(Options{}) })

// Postgres is the cluster that all tests of the binary share. A test that stops or kills it takes a private one.
func Postgres(t testing.TB) *PG {
	t.Helper()
	c, err := sharedCluster()
	if err != nil {
		t.Fatal(err)
	}
	return &PG{cluster: c, t: t}
}

// tlsAuthority and tlsCluster are made on first use, like the shared cluster.
var (
	tlsAuthority = sync.OnceValues(NewAuthority)
	tlsCluster   = sync.OnceValues(func() (*cluster, error) {
		a, err := tlsAuthority()
		if err != nil {
			return nil, err
		}
		leaf, err := a.Issue(Validity{}, "127.0.0.1")
		if err != nil {
			return nil, err
		}
		hba := "host all " + superName + " 127.0.0.1/32 scram-sha-256\nhostssl all all 127.0.0.1/32 scram-sha-256"
		return newCluster(Options{Certificate: &leaf, HBA: hba})
	})
)

// TLSPostgres is a second cluster that all tests of the binary share. It demands TLS of everybody but its superuser,
// and its certificate is for 127.0.0.1, of the authority whose file is given.
func TLSPostgres(t testing.TB) (pg *PG, caFile string) {
	t.Helper()
	c, err := tlsCluster()
	if err != nil {
		t.Fatal(err)
	}
	a, err := tlsAuthority()
	if err != nil {
		t.Fatal(err)
	}
	return &PG{cluster: c, t: t}, a.File(t)
}

// PrivatePostgres is a cluster of the test's own, which ends with the test.
func PrivatePostgres(t testing.TB, o Options) *PG {
	t.Helper()
	c, err := newCluster(o)
	if err != nil {
		t.Fatal(err)
	}
	pg := &PG{cluster: c, t: t}
	t.Cleanup(func() {
		if err := c.shutDown(); err != nil {
			t.Error(err)
		}
		logWhenFailed(t, "postgres", c.proc.Stderr())
	})
	return pg
}

func newCluster(o Options) (*cluster, error) {
	k, err := theKeeper()
	if err != nil {
		return nil, err
	}
	user, err := servant()
	if err != nil {
		return nil, err
	}
	initdb, err := Program("initdb")
	if err != nil {
		return nil, err
	}
	folder, err := k.newFolder("pg", user)
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	c := &cluster{bin: filepath.Dir(initdb), data: filepath.Join(folder, "data"), port: port, user: user}
	if err := c.initdb(folder, o); err != nil {
		return nil, err
	}
	c.proc = newProcess(k, Command{
		Name: "postgres", Path: filepath.Join(c.bin, "postgres"), Args: []string{"-D", c.data}, Env: plainEnv(folder),
		Folder: folder, Stop: syscall.SIGINT, user: user,
	})
	if err := c.startUp(); err != nil {
		return nil, err
	}
	owner := fmt.Sprintf("CREATE ROLE %s LOGIN PASSWORD '%s'", ownerName, ownerPassword)
	return c, c.asSuper(owner)
}

// initdb makes the data folder. Skipping its sync saves a second; the fsync option is about the server's own writes.
func (c *cluster) initdb(folder string, o Options) error {
	pw, err := writeFile(folder, "password", superPassword, c.user)
	if err != nil {
		return err
	}
	cmd := exec.Command(filepath.Join(c.bin, "initdb"), "-D", c.data, "--username="+superName, "--pwfile="+pw,
		"--auth-local=trust", "--auth-host=scram-sha-256", "--encoding=UTF8", "--locale=C",
		"--no-sync", "--no-instructions")
	cmd.Env, cmd.Dir = plainEnv(folder), folder
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.user}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("make a PostgreSQL cluster: %w: %s", err, out)
	}
	settings := map[string]string{
		"listen_addresses":        "127.0.0.1",
		"port":                    fmt.Sprint(c.port),
		"unix_socket_directories": folder,
		"shared_buffers":          "16MB",
		"huge_pages":              "off",
		"timezone":                "UTC",
		"lc_messages":             "C",
		// Files in the data folder, not in /dev/shm, so that a killed cluster leaves nothing outside its folder.
		"dynamic_shared_memory_type": "mmap",
		// The state code, for tests that look for 26000 or 42P05 after a run through a pooler.
		"log_line_prefix": "%m [%p] %q%u@%d %e ",
	}
	// Without fsync a commit is still written before it is answered, so it survives kill -9 of the server. Turning
	// synchronous_commit off as well would lose commits then, and tests of crashes would accuse the program.
	if !o.Fsync {
		settings["fsync"], settings["full_page_writes"] = "off", "off"
	}
	if o.Certificate != nil {
		if err := o.Certificate.write(c.data, c.user); err != nil {
			return err
		}
		settings["ssl"], settings["ssl_cert_file"], settings["ssl_key_file"] = "on", "tls.crt", "tls.key"
	}
	maps.Copy(settings, o.Settings)
	var conf strings.Builder
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		fmt.Fprintf(&conf, "%s = '%s'\n", name, strings.ReplaceAll(settings[name], "'", "''"))
	}
	if _, err := writeFile(c.data, "postgresql.auto.conf", conf.String(), c.user); err != nil || o.HBA == "" {
		return err
	}
	_, err = writeFile(c.data, "pg_hba.conf", "local all all trust\n"+o.HBA+"\n", c.user)
	return err
}
