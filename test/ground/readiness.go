package ground

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"os"
)

// readiness asks the server as a load balancer would. The certificate of a test is its own authority: it is trusted by
// name rather than not looked at, so a server that presents another one is not ready.
func readiness(url, addr, certFile string) (func(context.Context) error, error) {
	var dialer net.Dialer
	transport := &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, addr)
		},
	}
	if certFile != "" {
		config, err := trusting(certFile)
		if err != nil {
			return nil, err
		}
		transport.TLSClientConfig = config
	}
	client := &http.Client{Transport: transport}
	return func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/api/health/ready", nil)
		if err != nil {
			return err
		}
		res, err := client.Do(req)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		if res.StatusCode != http.StatusOK {
			return fmt.Errorf("GET /api/health/ready answered %s", res.Status)
		}
		return nil
	}, nil
}

func trusting(certFile string) (*tls.Config, error) {
	text, err := os.ReadFile(certFile) //nolint:gosec // a file of the test
	if err != nil {
		return nil, fmt.Errorf("read the test's certificate: %w", err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s holds no PEM block", certFile)
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("read the test's certificate: %w", err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	config := &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	if len(cert.DNSNames) > 0 {
		config.ServerName = cert.DNSNames[0]
	}
	return config, nil
}
