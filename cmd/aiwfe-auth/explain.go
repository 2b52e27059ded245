package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/app"
	"github.com/aiwfe/aiwfe-auth/internal/trace"
)

func (p *program) explain() *cobra.Command {
	return &cobra.Command{
		Use: "explain ID", Short: "Tell why a request was refused, step by step; or what a code or a cause means",
		Long: "ID is the request id of an answer or an error page, an address whose last attempt is meant, the six\n" +
			"characters that a sign-in page showed, or the name of an error code or of a cause of the doctor.\n" +
			"What it tells is for operators: the private reason is in it. No secret ever is.\n" +
			"Exits 1 when nobody knows the ID.",
		Example: "  aiwfe-auth explain 4kq2v7m5xw3ynbtd\n  aiwfe-auth explain you@example.com\n" +
			"  aiwfe-auth explain csrf_token_invalid",
		Args: oneID,
		RunE: func(cmd *cobra.Command, args []string) error {
			if x, ok := trace.Word(args[0]); ok { // needs no database
				return p.explained(x)
			}
			return p.with(p.explainID)(cmd, args)
		},
	}
}

func oneID(_ *cobra.Command, args []string) error {
	switch len(args) {
	case 0:
		return errors.New("please give the id to explain: a request id, an address, a code that a page showed, " +
			"or the name of an error or a cause")
	case 1:
		return nil
	}
	return fmt.Errorf("one id was expected, and %d came", len(args))
}

func (p *program) explainID(cmd *cobra.Command, core *app.Core, args []string) error {
	x, found, err := core.Explainer().Explain(cmd.Context(), args[0])
	switch {
	case err != nil:
		return err
	case !found:
		return errors.New(trace.Unknown(args[0]))
	}
	return p.explained(x)
}

func (p *program) explained(x api.Explained) error {
	return p.print(x, func(w io.Writer) { trace.Write(w, x) })
}
