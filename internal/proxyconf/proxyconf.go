// Package proxyconf writes the configuration of a proxy for one deployment:
// what the server needs of it, and nothing that it does not.
package proxyconf

import (
	"cmp"
	"embed"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"text/template"
)

// Names are the proxies that a configuration can be written for.
var Names = []string{"nginx", "caddy", "traefik", "haproxy", "envoy"}

//go:embed templates
var files embed.FS

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"join": strings.Join, "hostOf": hostOf, "portOf": portOf, "variable": variable, "lower": strings.ToLower,
}).ParseFS(files, "templates/*"))

// Deployment is what a configuration is written for.
type Deployment struct {
	// Public is PUBLIC_URL, Aliases are PUBLIC_ALIASES.
	Public  *url.URL
	Aliases []string
	// Listen is LISTEN_ADDR, TLS whether the server itself speaks it there.
	Listen string
	TLS    bool
	// Cert and Key are files of the proxy.
	Cert, Key string
	// Protect are applications before which the proxy asks this server.
	Protect []Protected
	// Bearer leaves them the Authorization header; see UPSTREAM_CREDENTIALS.
	Bearer bool
	// Script is where HAProxy finds what Script writes; "" is beside its configuration.
	Script string
}

// view is what templates see.
type view struct {
	URL, Scheme, Host, Port string
	Hosts                   []string
	// HTTPS is set where the proxy ends TLS; Standard where it does on port 443.
	HTTPS, Standard bool
	// Near binds to this machine alone.
	Near           bool
	Upstream       string
	UpstreamTLS    bool
	Cert, Key      string
	GivenCert      bool
	TrustedProxies string
	Warnings       []string
	// Apps are protected; Settings are what the server is told for them.
	Apps                         []app
	Settings                     []string
	Identity, Claims, Misleading []string
	Odd                          []string
	Asked                        []string
	Bearer                       bool
	Script                       string
}

// Placeholders for files that the caller did not name.
const (
	placeholderCert = "/etc/ssl/aiwfe-auth/fullchain.pem"
	placeholderKey  = "/etc/ssl/aiwfe-auth/privkey.pem"
	usualScript     = "/etc/haproxy/aiwfe-auth.lua"
)

// Write writes the configuration of the named proxy.
func Write(w io.Writer, name string, d Deployment) error {
	if !slices.Contains(Names, name) {
		return fmt.Errorf("there is no configuration for %q; it is one of %s", name, strings.Join(Names, ", "))
	}
	return templates.ExecuteTemplate(w, name+".tmpl", d.view())
}

// Script writes what HAProxy runs to ask this server: it has no subrequests.
func Script(w io.Writer) error {
	return templates.ExecuteTemplate(w, "haproxy-script.tmpl", view{Identity: Identity, Claims: Claims, Misleading: Misleading})
}

func (d Deployment) view() view {
	v := view{
		URL:    strings.TrimSuffix(d.Public.String(), "/"),
		Scheme: d.Public.Scheme,
		Host:   d.Public.Hostname(),
		Port:   portOf(d.Public.Host),
		HTTPS:  d.Public.Scheme == "https", Upstream: upstream(d.Listen), UpstreamTLS: d.TLS, Cert: d.Cert, Key: d.Key,
		GivenCert: d.Cert != "", TrustedProxies: TrustedProxies(d.Listen), Warnings: d.Warnings(),
	}
	v.Apps, v.Settings, v.Bearer = d.apps(v.Port), d.Settings(), d.Bearer
	v.Identity, v.Claims, v.Misleading, v.Odd = Identity, Claims, Misleading, Odd
	v.Asked = Asked
	v.Script = cmp.Or(d.Script, usualScript)
	if v.Port == "" {
		v.Port = map[bool]string{true: "443", false: "80"}[v.HTTPS]
	}
	v.Standard, v.Near = v.HTTPS && v.Port == "443", loopback(v.Host)
	v.Hosts = []string{v.Host}
	for _, a := range d.Aliases {
		v.Hosts = append(v.Hosts, hostOf(a))
	}
	if v.Cert == "" {
		v.Cert, v.Key = placeholderCert, placeholderKey
	}
	return v
}

// TrustedProxies is what the server must be told for such a proxy: on the same
// machine it comes from loopback.
func TrustedProxies(listen string) string {
	if host, _, err := net.SplitHostPort(upstream(listen)); err == nil && loopback(host) {
		return "127.0.0.1/32,::1/128"
	}
	return "ADDRESS_OF_THE_PROXY/32"
}

// Warnings are what keeps the two from working together.
func (d Deployment) Warnings() (list []string) {
	_, port, _ := net.SplitHostPort(d.Listen)
	public := portOf(d.Public.Host)
	if public == port && loopback(d.Public.Hostname()) {
		list = append(list, "PUBLIC_URL and LISTEN_ADDR name the same port "+port+
			": give the server another LISTEN_ADDR, or PUBLIC_URL the address of the proxy.")
	}
	if host, _, _ := net.SplitHostPort(d.Listen); !loopback(host) && !d.TLS {
		list = append(
			list,
			"LISTEN_ADDR "+d.Listen+" takes connections past the proxy: with the proxy on the same machine, LISTEN_ADDR=127.0.0.1:"+port+" shuts that way.",
		)
	}
	return append(list, d.apart()...)
}

// upstream is where the proxy reaches the server: an address that means all of
// them is loopback from beside.
func upstream(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if a, err := netip.ParseAddr(host); host == "" || err == nil && a.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// variable is a header as a part of a variable's name.
func variable(header string) string { return strings.ReplaceAll(strings.ToLower(header), "-", "_") }

func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

func hostOf(address string) string {
	if host, _, err := net.SplitHostPort(address); err == nil {
		return host
	}
	return address
}

func portOf(address string) string {
	_, port, _ := net.SplitHostPort(address)
	return port
}
