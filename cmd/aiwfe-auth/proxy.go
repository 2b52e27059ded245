package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/internal/proxyconf"
)

// proxyAnswer is what --json prints.
type proxyAnswer struct {
	Proxy          string `json:"proxy"`
	Config         string `json:"config"`
	TrustedProxies string `json:"trusted_proxies"`
	// Settings are what the server is told for protected applications.
	Settings []string `json:"settings"`
	// Script is what HAProxy runs to ask before them.
	Script string   `json:"script,omitzero"`
	Notes  []string `json:"notes"`
}

func (p *program) proxy() *cobra.Command {
	var f proxyFlags
	cmd := &cobra.Command{
		Use:   "proxy {" + strings.Join(proxyconf.Names, "|") + "}",
		Short: "Print the configuration of a proxy for this deployment",
		Long: "Prints a whole configuration for the proxy in front of this server, made of PUBLIC_URL, PUBLIC_ALIASES and\n" +
			"LISTEN_ADDR, and says what belongs into TRUSTED_PROXIES. `aiwfe-auth doctor` then looks through it.\n\n" +
			"With --protect the proxy asks the server before each request to an application, which is told who it is by\n" +
			"headers that no client can send. HAProxy needs a script for it, which --script prints.",
		Example: "  aiwfe-auth proxy nginx --cert /etc/ssl/auth.pem --key /etc/ssl/auth.key > /etc/nginx/conf.d/aiwfe-auth.conf\n" +
			"  aiwfe-auth proxy caddy --protect app.example.com=http://127.0.0.1:3000 > /etc/caddy/Caddyfile",
		ValidArgs: proxyconf.Names, Args: cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs, f.fits),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.script {
				return proxyconf.Script(p.out)
			}
			cfg, problem := p.load(cmd)
			if cfg == nil || cfg.PublicURL == nil || cfg.ListenAddr == "" {
				return problem
			}
			if problem != nil { // TRUSTED_PROXIES may be what is missing still
				fmt.Fprintln(p.err, "note: the settings have faults beside: aiwfe-auth config check")
			}
			d := proxyconf.Deployment{
				Public:  cfg.PublicURL,
				Aliases: cfg.PublicAliases,
				Listen:  cfg.ListenAddr,
				TLS:     cfg.TLSCertFile != "",
				Cert:    f.cert,
				Key:     f.key,
				Protect: f.protected,
				Bearer:  cfg.UpstreamCredentials != "none",
			}
			return p.proxyPrinted(args[0], d)
		},
	}
	cmd.Flags().StringVar(&f.cert, "cert", "", "the certificate file of the proxy")
	cmd.Flags().StringVar(&f.key, "key", "", "the file of its key")
	cmd.Flags().Var(&f.protected, "protect", "an application to ask before, as HOST=ADDRESS; can be given again")
	cmd.Flags().BoolVar(&f.script, "script", false, "print the script of HAProxy instead")
	cmd.MarkFlagsRequiredTogether("cert", "key")
	return cmd
}

// proxyFlags are those of the verb.
type proxyFlags struct {
	cert, key string
	protected protectFlag
	script    bool
}

func (f *proxyFlags) fits(_ *cobra.Command, args []string) error {
	if f.script && args[0] != "haproxy" {
		return errors.New("--script is for haproxy: no other proxy needs one")
	}
	return nil
}

// protectFlag collects applications.
type protectFlag []proxyconf.Protected

func (f *protectFlag) String() string { return "" }
func (f *protectFlag) Type() string   { return "HOST=ADDRESS" }

// Set reads one more.
func (f *protectFlag) Set(text string) error {
	one, err := proxyconf.ParseProtected(text)
	if err == nil {
		*f = append(*f, one)
	}
	return err
}

func (p *program) proxyPrinted(name string, d proxyconf.Deployment) error {
	var text bytes.Buffer
	if err := proxyconf.Write(&text, name, d); err != nil {
		return err
	}
	a := proxyAnswer{
		Proxy:          name,
		Config:         text.String(),
		TrustedProxies: proxyconf.TrustedProxies(d.Listen),
		Settings:       append([]string{}, d.Settings()...),
		Notes:          append([]string{}, d.Warnings()...),
	}
	if name == "haproxy" && len(d.Protect) > 0 {
		var script strings.Builder
		if err := proxyconf.Script(&script); err != nil {
			return err
		}
		a.Script = script.String()
	}
	return p.print(a, func(w io.Writer) { _, _ = w.Write(text.Bytes()) })
}
