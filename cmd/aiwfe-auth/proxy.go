package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/internal/proxyconf"
)

// proxyAnswer is what --json prints.
type proxyAnswer struct {
	Proxy          string   `json:"proxy"`
	Config         string   `json:"config"`
	TrustedProxies string   `json:"trusted_proxies"`
	Notes          []string `json:"notes"`
}

func (p *program) proxy() *cobra.Command {
	var cert, key string
	cmd := &cobra.Command{
		Use:   "proxy {" + strings.Join(proxyconf.Names, "|") + "}",
		Short: "Print the configuration of a proxy for this deployment",
		Long: "Prints a whole configuration for the proxy in front of this server, made of PUBLIC_URL, PUBLIC_ALIASES and\n" +
			"LISTEN_ADDR, and says what belongs into TRUSTED_PROXIES. `aiwfe-auth doctor` then looks through it.",
		Example:   "  aiwfe-auth proxy nginx --cert /etc/ssl/auth.pem --key /etc/ssl/auth.key > /etc/nginx/conf.d/aiwfe-auth.conf",
		ValidArgs: proxyconf.Names, Args: cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		RunE: func(cmd *cobra.Command, args []string) error {
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
				Cert:    cert,
				Key:     key,
			}
			return p.proxyPrinted(args[0], d)
		},
	}
	cmd.Flags().StringVar(&cert, "cert", "", "the certificate file of the proxy")
	cmd.Flags().StringVar(&key, "key", "", "the file of its key")
	cmd.MarkFlagsRequiredTogether("cert", "key")
	return cmd
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
		Notes:          append([]string{}, d.Warnings()...),
	}
	return p.print(a, func(w io.Writer) { _, _ = w.Write(text.Bytes()) })
}
