package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/internal/app"
	"github.com/aiwfe/aiwfe-auth/internal/token"
)

// inspected is what the token itself says, and whether its session lives.
type inspected struct {
	token.Inspection
	// Session is "alive", "unknown: ..." when the database could not be asked,
	// or why it no longer counts.
	Session string `json:"session,omitempty"`
}

func (p *program) token() *cobra.Command {
	inspect := &cobra.Command{
		Use: "inspect TOKEN|-", Short: "Say which form an access token has, and exactly why it is not valid",
		Long: "Reads the token from standard input when it is given as -. It may come with \"Bearer \" in front.\n" +
			"Exits 1 when the token is not valid.",
		Args: oneToken,
		RunE: func(cmd *cobra.Command, args []string) error {
			raw := args[0]
			if raw == "-" {
				all, err := io.ReadAll(io.LimitReader(p.in, 64<<10))
				if err != nil {
					return fmt.Errorf("the token could not be read: %w", err)
				}
				raw = string(all)
			}
			raw = strings.TrimSpace(raw)
			if scheme, rest, ok := strings.Cut(raw, " "); ok && strings.EqualFold(scheme, "bearer") {
				raw = strings.TrimSpace(rest)
			}
			return p.inspect(cmd, raw)
		},
	}
	return group("token", "Look into access tokens", inspect)
}

func oneToken(_ *cobra.Command, args []string) error {
	switch len(args) {
	case 0:
		return errors.New("please give the token, or - to read it from standard input")
	case 1:
		return nil
	}
	return fmt.Errorf("one token was expected, and %d arguments came; put quotation marks around a token with \"Bearer \" in front", len(args))
}

func (p *program) inspect(cmd *cobra.Command, raw string) error {
	cfg, err := p.load(cmd)
	if err != nil {
		return err
	}
	made, err := app.EnsureKeys(cfg)
	if err != nil {
		return err
	}
	for _, file := range made { // no token that exists can match it
		fmt.Fprintf(p.err, "note: there was no key yet; a new one was made: %s\n", file)
	}
	tokens, err := app.NewTokens(cfg)
	if err != nil {
		return err
	}
	in := inspected{Inspection: tokens.Inspect(raw)}
	if in.Valid && in.Form == string(token.FormCurrent) {
		p.askSession(cmd.Context(), cmd, raw, &in)
	}
	if err := p.print(in, func(w io.Writer) { p.tell(w, in) }); err != nil {
		return err
	}
	switch {
	case !in.Valid:
		return errQuiet
	case strings.HasPrefix(in.Session, unknown):
		return errors.New("whether the session is alive could not be asked, so nobody can say that this token is accepted")
	}
	return nil
}

// askSession looks whether the session lives: a right signature is not enough.
func (p *program) askSession(ctx context.Context, cmd *cobra.Command, raw string, in *inspected) {
	core, err := p.core(cmd)
	if err != nil {
		in.Session = unknown + firstLine(err)
		return
	}
	defer core.Close()
	if reason, err := core.TokenRefusal(ctx, raw); err != nil {
		in.Session = unknown + firstLine(err)
	} else if reason != "" {
		in.Valid, in.Session, in.Reason = false, reason, reason
		in.Explanation = "The signature and the times are right, but the session no longer counts: " + reason + "."
	} else {
		in.Session = "alive"
		in.Explanation += " The database says that it is."
	}
}

// unknown begins what is said of a session that could not be looked at.
const unknown = "unknown: "

func firstLine(err error) string {
	first, _, _ := strings.Cut(err.Error(), "\n")
	return first
}

func (p *program) tell(w io.Writer, in inspected) {
	verdict := "not valid"
	if in.Valid {
		verdict = "valid"
	}
	fmt.Fprintf(w, "%s: %s\nform       %s\nsignature  %s\n", verdict, in.Explanation, in.Form, in.Signature)
	if in.KeyID != "" {
		fmt.Fprintf(w, "key id     %s\n", in.KeyID)
	}
	if in.Code != "" {
		fmt.Fprintf(w, "code       %s\nreason     %s\n", in.Code, in.Reason)
	}
	if in.Session != "" {
		fmt.Fprintf(w, "session    %s\n", in.Session)
	}
	for _, t := range in.Times {
		fmt.Fprintf(w, "%-10s %s (%s)\n", t.Claim, when(t.At), t.Relative)
	}
	if len(in.Header) > 0 {
		fmt.Fprintf(w, "header     %s\n", in.Header)
	}
	if len(in.Claims) > 0 {
		fmt.Fprintf(w, "claims     %s\n", in.Claims)
	}
}
