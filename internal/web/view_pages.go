package web

import (
	"errors"
	"net/url"
	"time"
)

// Names of the pages, for Pages.Render.
const (
	PageLogin      = "login"
	PageRegister   = "register"
	PageSetup      = "setup"
	PageInvitation = "invitation"
	PageForgot     = "forgot"
	PageReset      = "reset"
	PageMessage    = "message"
	PageLeaving    = "leaving"
	PageError      = "error"
	PageElsewhere  = "elsewhere"
	PageDocs       = "docs"
)

// PasswordRule is the length asked of a new password, in code points. The zero
// value is 15 to 256 (NIST SP 800-63B-4 for a password that stands alone).
type PasswordRule struct{ Min, Max int }

// Shortest is the least number of characters.
func (r PasswordRule) Shortest() int {
	if r.Min > 0 {
		return r.Min
	}
	return 15
}

// Longest is the greatest number of characters.
func (r PasswordRule) Longest() int {
	if r.Max > 0 {
		return r.Max
	}
	return 256
}

// LoginPage is the form to sign in.
type LoginPage struct {
	Base
	// Email is what was typed, so that it need not be typed again.
	Email string
	// Next is the checked way back; NextHost is its host when it is another one.
	Next, NextHost string
	// Error is why the form came back, or nil.
	Error *FormError
	// RegistrationOpen shows the way to a new account.
	RegistrationOpen bool
	// RecoveryHref is the page that sends a reset link; empty when there is no
	// mail, and then the page names the administrator instead.
	RecoveryHref string
	// UnlockHref is the page that mails a way in while guesses have shut the
	// account, MailboxHref the mailbox of development; empty shows no link.
	UnlockHref, MailboxHref string
	// Unproven reminds of the link in the mail after registering.
	Unproven bool
	// Passkeys offers signing in by a passkey, in the list of autofill too
	// where Conditional is set.
	Passkeys, Conditional bool
	// Unknown is the passkey that was just shown and is none of ours, or nil.
	Unknown *Credential
}

// RegisterPage is the form for a new account.
type RegisterPage struct {
	Base
	Name, Email string
	Rule        PasswordRule
	Error       *FormError
}

// SetupPage makes the first administrator.
type SetupPage struct {
	Base
	Token, Name, Email string
	Rule               PasswordRule
	Error              *FormError
}

// InvitationPage lets an invited person in.
type InvitationPage struct {
	Base
	Token, Name, Email string
	// InvitedBy is a name or address; empty says only that there is an invitation.
	InvitedBy string
	// Expires is shown unless zero.
	Expires time.Time
	Rule    PasswordRule
	Error   *FormError
}

// ForgotPage asks for the address to which a link goes.
type ForgotPage struct {
	Base
	// Action is where the form goes; Lead and Submit are what the page says.
	Action, Lead, Submit string
	Email                string
	Error                *FormError
}

// ResetPage takes the new password of somebody who came by a reset link.
type ResetPage struct {
	Base
	Token string
	// Email helps a password manager to file the password; empty hides it.
	Email string
	Rule  PasswordRule
	Error *FormError
}

// MessagePage says one thing and what to do next.
type MessagePage struct {
	Base
	Kind           string
	Heading, Text  string
	Action, Second Link
}

// Class is the kind, or info.
func (m MessagePage) Class() string { return kindOr(m.Kind, KindInfo) }

// LeavingPage carries the person to another host.
type LeavingPage struct {
	Base
	Host, URL string
}

// NewLeavingPage refuses what is no plain web address. Whether the host is one
// of ours is for the caller to know; that "javascript:" never gets into a link
// is for this one.
func NewLeavingPage(b Base, target string) (LeavingPage, error) {
	u, err := url.Parse(target)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.User != nil {
		return LeavingPage{}, errors.New("web: the way on is not a plain web address")
	}
	return LeavingPage{Base: b, Host: u.Host, URL: u.String()}, nil
}
