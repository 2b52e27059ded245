package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/app"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
)

func (p *program) mail() *cobra.Command {
	return group("mail", "Send a test letter, and see which letters have not left", p.mailTest(), p.mailList())
}

// tested is how a test letter went. Of a failure, Server, Step, Code and Detail
// say where and why.
type tested struct {
	Sent bool   `json:"sent"`
	To   string `json:"to"`
	From string `json:"from"`
	// Server is host and port, or "log" in development without SMTP_URL.
	Server string `json:"server"`
	Step   string `json:"step"`
	Code   int    `json:"code"`
	Detail string `json:"detail"`
}

func (p *program) mailTest() *cobra.Command {
	cmd := &cobra.Command{
		Use: "test", Short: "Send a test letter at once, and say exactly what went wrong; exit 1 if it did not leave", Args: flagsOnly,
		Long: "Writes a letter and sends it by SMTP_URL at once: no outbox, and no database is asked. A letter that\n" +
			"left was taken by the mail server; whether it arrives is up to that server and the ones behind it.",
		Example: "  aiwfe-auth mail test --to you@example.com",
	}
	to := cmd.Flags().String("to", "", "the address that gets the letter")
	_ = cmd.MarkFlagRequired("to")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg, err := p.load(cmd)
		if err != nil {
			return err
		}
		address, err := account.Canonical(*to)
		if err != nil {
			return err
		}
		m, err := app.OpenMail(cfg, slog.New(slog.NewTextHandler(p.err, nil)))
		if err != nil {
			return err
		}
		if m == nil {
			return errors.New("SMTP_URL is not set, so in " + string(cfg.Environment) + " there is no mail.\n" +
				"  Set SMTP_URL, such as smtp://USER:PASSWORD@mail.example.com:587, or SMTP_URL_FILE, and MAIL_FROM")
		}
		return p.sendTest(cmd, cfg, m, address)
	}
	return cmd
}

func (p *program) sendTest(cmd *cobra.Command, cfg *config.Config, m *app.Mail, to string) error {
	letter, err := m.Composer.Envelope(mail.Message{Kind: mail.KindTest, To: to, IP: "local"})
	if err != nil {
		return err
	}
	out := tested{To: to, From: cfg.MailFrom, Server: "log"}
	if m.Mailbox == nil {
		if u, err := url.Parse(string(cfg.SMTPURL.Reveal())); err == nil { // it was read before
			out.Server = u.Host
		}
	}
	failed := m.Sender.Send(cmd.Context(), letter)
	if r, ok := errors.AsType[*mail.Refusal](failed); ok {
		out.Server, out.Step, out.Code, out.Detail = r.Host, r.Step, r.Code, r.Detail
	} else if failed != nil {
		out.Detail = failed.Error()
	}
	out.Sent = failed == nil
	if failed != nil && !p.json {
		return fmt.Errorf("the test letter to %s did not leave: %w", to, failed)
	}
	err = p.print(out, func(w io.Writer) {
		if m.Mailbox != nil {
			fmt.Fprintf(w, "SMTP_URL is not set. In %s letters then go to the log and to the mailbox page of the running server;\n"+
				"the test letter to %s is in the log on standard error and went no further.\n", cfg.Environment, to)
			return
		}
		fmt.Fprintf(w, "%s took the test letter from %s to %s\n", out.Server, out.From, to)
	})
	if err == nil && failed != nil {
		return errQuiet
	}
	return err
}

// letterRow is a letter that has not left. What is in it is never shown.
type letterRow struct {
	ID   string `json:"id"`
	Kind string `json:"kind"`
	// To is masked: this list is for whoever looks after the mail, not for the
	// question who has an account.
	To        string     `json:"to"`
	State     string     `json:"state"`
	Tries     int        `json:"tries"`
	CreatedAt time.Time  `json:"created_at"`
	NextAt    *time.Time `json:"next_at"`
	GaveUpAt  *time.Time `json:"gave_up_at"`
	Cause     string     `json:"cause"`
}

// givenUpFor is how far back a letter given up counts as a problem of today.
const givenUpFor = 24 * time.Hour

func (p *program) mailList() *cobra.Command {
	cmd := &cobra.Command{
		Use: "list", Short: "List letters that wait or were given up; exit 1 when one was given up within a day", Args: flagsOnly,
		Long: "Lists the letters that have not left, newest first: what waits to be tried again, and what was given\n" +
			"up. It exits 1 when one was given up within the last 24 hours, so that a timer can watch it; older ones\n" +
			"are listed and are no news. What is in a letter is never shown, and of an address only its beginning.",
	}
	most := limit(cmd, 50)
	cmd.RunE = p.with(func(cmd *cobra.Command, core *app.Core, _ []string) error {
		all, err := core.Store.WaitingLetters(cmd.Context(), *most+1)
		if err != nil {
			return err
		}
		lost, err := core.Store.LettersGivenUp(cmd.Context(), time.Now().Add(-givenUpFor))
		if err != nil {
			return err
		}
		if len(all) > *most {
			all = all[:*most]
			fmt.Fprintf(p.err, "note: there are more than these %d; see them with --limit\n", *most)
		}
		rows := make([]letterRow, 0, len(all))
		for _, l := range all {
			r := letterRow{
				ID: l.ID, Kind: string(l.Kind), To: mail.Mask(l.To), State: "waiting", Tries: l.Tries,
				CreatedAt: l.CreatedAt.UTC(), NextAt: moment(l.NextAt), GaveUpAt: moment(l.GaveUpAt), Cause: l.Cause,
			}
			if r.GaveUpAt != nil {
				r.State, r.NextAt = "given_up", nil
			}
			rows = append(rows, r)
		}
		err = p.print(list{rows}, func(w io.Writer) { tellLetters(w, rows) })
		if err == nil && lost > 0 {
			return fmt.Errorf("%s given up within the last day; to see whether mail leaves now: aiwfe-auth mail test --to ADDRESS",
				many(lost, "letter"))
		}
		return err
	})
	return cmd
}

func tellLetters(w io.Writer, rows []letterRow) {
	for _, r := range rows {
		next := "next try " + whenever(r.NextAt)
		if r.GaveUpAt != nil {
			next = "given up " + whenever(r.GaveUpAt)
		}
		fmt.Fprintf(w, "%s  %-16s %-32s tried %-3s %s  %s\n",
			when(r.CreatedAt), r.Kind, r.To, strconv.Itoa(r.Tries)+"x", next, cmp.Or(r.Cause, "-"))
	}
	if len(rows) == 0 {
		fmt.Fprintln(w, "no letters wait")
	}
}
