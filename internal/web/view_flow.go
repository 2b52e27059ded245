package web

import (
	"html/template"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/i18n"
)

// Names of the pages between a password and a session, and of recovery.
const (
	PageVerify  = "verify"
	PageEnroll  = "enroll"
	PageReauth  = "reauth"
	PageMailed  = "mailed"
	PageLink    = "link"
	PageMailbox = "mailbox"
	PageLetter  = "letter"
)

// Credential names a passkey that we do not know, so that the browser can take
// it off its list.
type Credential struct{ Host, ID string }

// Way is another way to do what a page asks for.
type Way struct{ Method, Href string }

// VerifyPage asks for the second factor of a login.
type VerifyPage struct {
	Base
	// Email is whose login waits.
	Email string
	// Method is totp, webauthn or backup_code; Others are the ways beside it.
	Method string
	Others []Way
	// Challenge is the token of the login, for the options of a passkey.
	Challenge string
	// Code is what was typed, of a backup code only: the next of an
	// authenticator app is another one.
	Code  string
	Trust bool
	// TrustFor is how long a device is trusted, in words.
	TrustFor    string
	Next, Again string
	Mailbox     string
	Error       *FormError
}

// EnrollPage sets up the second factor that policy demands.
type EnrollPage struct {
	Base
	Email, Challenge, Next, Again string
	// Passkeys says whether one can be made here.
	Passkeys bool
	// Groups are the set-up key in groups of four, QR a picture of Link.
	Groups []string
	Link   template.URL
	QR     template.HTML
	Error  *FormError
}

// ReauthPage asks somebody who is signed in for a fresh proof.
type ReauthPage struct {
	Base
	Next string
	// Within is how many seconds ago the last proof may be, "" for what the
	// server itself asks for.
	Within string
	// Password shows the form of the password, Code beside it the field of a
	// code, and Backup makes that one of a backup code.
	Password, Code, Backup bool
	// Passkey shows the form of a passkey; WithPassword asks for the password
	// in it, for a device that did not check who uses it.
	Passkey, WithPassword bool
	Others                []Way
	Typed                 string
	Error                 *FormError
}

// MailedPage says that a letter is on its way, or would be.
type MailedPage struct {
	Base
	// Email is what was typed. Lead is the key of the sentence about it.
	Email, Lead string
	// Again is the page that asks once more, Mailbox the one of development.
	Again, Mailbox string
}

// LinkPage is behind a link of a letter: it says what the button will do.
type LinkPage struct {
	Base
	Action, Token string
	Heading, Lead string
	// Email is whose address it is about.
	Email string
	// Points are what else the button does.
	Points []string
	Submit string
	Danger bool
	// NewPassword asks for one.
	NewPassword bool
	Rule        PasswordRule
	Error       *FormError
}

// MailboxPage lists the letters of development, the newest first.
type MailboxPage struct {
	Base
	Letters []LetterRow
}

// LetterRow is one letter in the list.
type LetterRow struct {
	Href, To, Subject string
	At                time.Time
}

// LetterPage is one letter.
type LetterPage struct {
	Base
	LetterRow
	Text     string
	Links    []template.URL
	HTMLHref string
}

// Span says how long something lasts, in days from two of them on.
func Span(w *i18n.Words, d time.Duration) string {
	if d < 48*time.Hour {
		return InWords(w, d)
	}
	return w.Text("common.wait.days", "n", int(d/(24*time.Hour)))
}
