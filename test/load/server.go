package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	binary   = "bin/aiwfe-auth"
	email    = "load@example.com"
	password = "a sentence only for measuring"
)

// people is how many accounts the logins are spread over.
const people = 50

func person(i int) string { return fmt.Sprintf("person%d@example.com", i%people) }

// server is the program under load, and the bare one beside it.
type server struct {
	folder, url, bare string
	env               []string
	main, base        *exec.Cmd
	token, cookie     string
}

// start builds the program as it ships, and runs it with one person in it.
func start(ctx context.Context) (*server, error) {
	build := exec.CommandContext(ctx, "make", "-s", "build")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return nil, fmt.Errorf("build: %w", err)
	}
	folder, err := os.MkdirTemp("", "aiwfe-load-")
	if err != nil {
		return nil, err
	}
	s := &server{folder: folder}
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	s.url = "http://" + addr
	s.env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + folder, "ENVIRONMENT=test", "LOG_FORMAT=json",
		"DATA_DIR=" + filepath.Join(folder, "data"), "LISTEN_ADDR=" + addr, "PUBLIC_URL=http://" + addr,
		"LOGIN_LIMIT_ADDRESS=1000000/1m", "LOGIN_LIMIT_ACCOUNT=1000000/1m",
	}
	if err := s.verb(ctx, password, "user", "create", "--email", email, "--password-stdin"); err != nil {
		return nil, err
	}
	for i := range people {
		if err := s.verb(ctx, password, "user", "create", "--email", person(i), "--password-stdin"); err != nil {
			return nil, err
		}
	}
	if s.main, err = s.serve(ctx); err != nil {
		return nil, err
	}
	if err := s.startBare(ctx); err != nil {
		return nil, err
	}
	return s, s.login(ctx)
}

func (s *server) serve(ctx context.Context) (*exec.Cmd, error) {
	log, err := os.OpenFile(filepath.Join(s.folder, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	c := exec.CommandContext(ctx, binary, "serve")
	c.Env, c.Stderr = s.env, log
	if err := c.Start(); err != nil {
		return nil, err
	}
	return c, waitFor(ctx, s.url+"/api/health/ready")
}

func (s *server) startBare(ctx context.Context) error {
	addr, err := freeAddr()
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	s.bare = "http://" + addr
	s.base = exec.CommandContext(ctx, self, "baseline", addr)
	if err := s.base.Start(); err != nil {
		return err
	}
	return waitFor(ctx, s.bare+"/hello")
}

// baseline is the bare handler: the least that an HTTP answer in JSON costs.
func baseline(addr string) {
	http.HandleFunc("GET /hello", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]string{"hello": "world"})
	})
	_ = (&http.Server{Addr: addr, ReadHeaderTimeout: time.Second}).ListenAndServe()
}

func (s *server) verb(ctx context.Context, input string, args ...string) error {
	c := exec.CommandContext(ctx, binary, args...)
	c.Env, c.Stdin = s.env, strings.NewReader(input)
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%v: %w: %s", args, err, out)
	}
	return nil
}

// login signs in as a program would, with a CSRF token and no cookie.
func (s *server) login(ctx context.Context) error {
	var csrf struct {
		CSRFToken string `json:"csrf_token"`
	}
	if _, err := s.call(ctx, http.MethodGet, "/api/v1/auth/csrf-token", nil, nil, &csrf); err != nil {
		return err
	}
	body, _ := json.Marshal(map[string]string{"email": email, "password": password})
	var got struct {
		AccessToken string `json:"access_token"`
	}
	res, err := s.call(ctx, http.MethodPost, "/api/v1/auth/jwt/login", body, map[string]string{
		"Content-Type": "application/json", "X-CSRF-TOKEN": csrf.CSRFToken,
	}, &got)
	if err != nil {
		return err
	}
	for _, c := range res.Cookies() {
		if c.Name == "aiwfe_session" {
			s.cookie = c.Name + "=" + c.Value
		}
	}
	s.token = got.AccessToken
	return nil
}

func (s *server) call(ctx context.Context, method, path string, body []byte, header map[string]string, into any) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, s.url+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	all, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		return res, fmt.Errorf("%s %s: %d %s %w", method, path, res.StatusCode, all, err)
	}
	return res, json.Unmarshal(all, into)
}

// stop ends what start began, and nothing else.
func (s *server) stop() {
	for _, c := range []*exec.Cmd{s.main, s.base} {
		if c != nil && c.Process != nil {
			_ = c.Process.Signal(os.Interrupt)
			_ = c.Wait()
		}
	}
	_ = os.RemoveAll(s.folder)
}

func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String(), nil
}

func waitFor(ctx context.Context, url string) error {
	for range 4000 {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		if res, err := http.DefaultClient.Do(req); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		time.Sleep(2 * time.Millisecond)
	}
	return fmt.Errorf("%s never answered", url)
}

// pss is the memory of a process in MiB, shared pages divided.
func pss(pid int) (float64, error) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/smaps_rollup")
	if err != nil {
		return 0, err
	}
	for l := range strings.SplitSeq(string(text), "\n") {
		if f := strings.Fields(l); len(f) == 3 && f[0] == "Pss:" {
			kb, err := strconv.ParseFloat(f[1], 64)
			return kb / 1024, err
		}
	}
	return 0, fmt.Errorf("no Pss of process %d", pid)
}
