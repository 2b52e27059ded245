package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/internal/version"
)

// healthcheck asks the server on this machine whether it is ready: for a
// container that has no other program in it.
func (p *program) healthcheck() *cobra.Command {
	return &cobra.Command{
		Use: "healthcheck", Short: "Ask the server on this machine whether it is ready; exit 1 if not", Args: flagsOnly,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := p.load(cmd)
			if err != nil {
				return err
			}
			host, port, err := net.SplitHostPort(cfg.ListenAddr)
			if err != nil {
				return fmt.Errorf("LISTEN_ADDR %q is not host:port: %w", cfg.ListenAddr, err)
			}
			if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
				host = "127.0.0.1"
			}
			scheme := "http"
			if cfg.TLSCertFile != "" {
				scheme = "https"
			}
			return p.ready(cmd.Context(), scheme+"://"+net.JoinHostPort(host, port)+"/api/health/ready", cfg.PublicURL.Hostname())
		},
	}
}

func (p *program) ready(ctx context.Context, url, name string) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	// The certificate is the one of PUBLIC_URL, though the address is this machine's.
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{ServerName: name, MinVersion: tls.VersionTLS12}}}
	res, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("the server does not answer: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	body, _ := io.ReadAll(io.LimitReader(res.Body, 4<<10))
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the server is not ready: HTTP %d %s", res.StatusCode, body)
	}
	return p.print(map[string]string{"status": "ready"}, line("ready"))
}

func (p *program) version() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: flagsOnly,
		RunE: func(*cobra.Command, []string) error {
			return p.print(map[string]string{"version": version.String()}, line("aiwfe-auth "+version.String()))
		},
	}
}
