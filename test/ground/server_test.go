package ground

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var standinBinary = sync.OnceValues(func() (string, error) {
	return build("./test/ground/testdata/standin", "standin")
})

func standin(t testing.TB) string {
	t.Helper()
	path, err := standinBinary()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestServerIsReadyAndSeesOnlyItsOwnEnvironment(t *testing.T) {
	t.Setenv("DATABASE_URL", "postgres://of-the-developer")
	s := serve(t, standin(t), map[string]string{"LOG_LEVEL": "debug", "ENVIRONMENT": "development"}, "--flag")
	if got := s.Stdout(); got != "serving [--flag]\n" {
		t.Errorf("stdout is %q", got)
	}
	_, port, err := net.SplitHostPort(s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"DATA_DIR=" + s.DataDir, "ENVIRONMENT=development", "HOME=" + s.folder, "LISTEN_ADDR=127.0.0.1:" + port,
		"LOG_LEVEL=debug", "PATH=" + os.Getenv("PATH"), "PUBLIC_URL=http://localhost:" + port,
	}
	got := strings.Split(s.Run("env").Stdout, "\n")
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the program sees another environment (-want +got):\n%s", diff)
	}
}

func TestUnsetTakesADefaultAway(t *testing.T) {
	s := newInstance(t, standin(t), map[string]string{"PUBLIC_URL": Unset, "ENVIRONMENT": ""})
	got := s.Run("env").Stdout
	if strings.Contains(got, "PUBLIC_URL") || !strings.Contains(got, "ENVIRONMENT=") {
		t.Errorf("the program sees %q", got)
	}
}

func TestVerbReadsItsInputAndReportsItsCode(t *testing.T) {
	res := newInstance(t, standin(t), nil).RunInput("secret\n", "echo")
	if res != (Result{Code: 3, Stdout: "secret\n"}) {
		t.Errorf("the verb ended as %+v", res)
	}
}

func TestServerEndsAndReturns(t *testing.T) {
	s := serve(t, standin(t), nil)
	first := s.PID()
	s.Restart()
	if s.PID() == first {
		t.Error("the restarted server has the same process id")
	}
	s.Signal(syscall.SIGTERM)
	if code := s.Wait(); code != 0 {
		t.Errorf("SIGTERM ended the server with code %d", code)
	}
	s.Start()
	s.Kill9()
	if code := s.Wait(); code != -1 {
		t.Errorf("a killed server has code %d, not -1", code)
	}
	if s.Running() {
		t.Error("a killed server is said to run")
	}
}

func TestRefusingServerFailsTheTestWithItsOutput(t *testing.T) {
	said := failureOf(t, func(t testing.TB) { serve(t, standin(t), map[string]string{"STANDIN_REFUSES": "1"}) })
	if !strings.Contains(said, "ended by itself with exit code 1") || !strings.Contains(said, "STANDIN_REFUSES is set.") {
		t.Errorf("the test fails with %q", said)
	}
}

func TestServerThatIgnoresSIGTERMIsKilledAndReported(t *testing.T) {
	s := serve(t, standin(t), map[string]string{"STANDIN_IGNORES_TERM": "1"})
	err := s.proc.StopWithin(100 * time.Millisecond)
	if err == nil || !strings.Contains(err.Error(), "was killed") || s.Running() {
		t.Errorf("StopWithin answers %v and the server runs: %v", err, s.Running())
	}
}

func TestServerWithTLSIsReadyOverTLS(t *testing.T) {
	cert, key := selfSigned(t, "auth.example.test")
	s := serve(t, standin(t), map[string]string{"TLS_CERT_FILE": cert, "TLS_KEY_FILE": key})
	if !strings.HasPrefix(s.URL, "https://localhost:") {
		t.Errorf("the address is %s", s.URL)
	}
	// The probe believes the one certificate it was given and no other.
	other, _ := selfSigned(t, "auth.example.test")
	ready, err := readiness(s.URL, s.Addr, other)
	if err != nil {
		t.Fatal(err)
	}
	if err := ready(t.Context()); err == nil {
		t.Error("a server with another certificate is taken for ready")
	}
}

func selfSigned(t testing.TB, name string) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	write := func(file, kind string, der []byte) string {
		path := filepath.Join(folder, file)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return write("cert.pem", "CERTIFICATE", der), write("key.pem", "PRIVATE KEY", keyDER)
}
