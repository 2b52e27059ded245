// Package forward proves forward-auth: real nginx, HAProxy and Caddy with the configuration that
// `aiwfe-auth proxy NAME --protect` printed stand before a real application, and Traefik and Envoy are played by
// requests that are what they send, header by header.
package forward
