package web

import (
	"html/template"
	"time"
)

// Names of the account's pages, for Pages.Render.
const (
	PageAccount       = "account"
	PageSecurity      = "account-security"
	PagePassword      = "account-password"
	PageEmail         = "account-email"
	PageApp           = "account-app"
	PagePasskeys      = "account-passkeys"
	PageCodes         = "account-codes"
	PageSessions      = "account-sessions"
	PageTokens        = "account-tokens"
	PageNewToken      = "account-new-token"
	PageActivity      = "account-activity"
	PageData          = "account-data"
	PageAccountDelete = "account-delete"
)

// Parts of the account, as its navigation has them.
const (
	tabOverview = "overview"
	tabSecurity = "security"
	tabSessions = "sessions"
	tabTokens   = "tokens"
	tabActivity = "activity"
	tabData     = "data"
)

// AccountFrame is what all pages of the account have around them.
type AccountFrame struct {
	Base
	// Tab is the part of the account that the page belongs to.
	Tab string
}

// Tabs are the entries of the account's navigation.
func (f AccountFrame) Tabs() []Tab {
	list := []Tab{
		{Name: tabOverview, Href: "/account"},
		{Name: tabSecurity, Href: "/account/security"},
		{Name: tabSessions, Href: "/account/sessions"},
		{Name: tabTokens, Href: "/account/tokens"},
		{Name: tabActivity, Href: "/account/activity"},
		{Name: tabData, Href: "/account/data"},
	}
	for i := range list {
		switch {
		case list[i].Href == f.Path:
			list[i].Current = "page"
		case list[i].Name == f.Tab: // a page below it
			list[i].Current = "true"
		}
	}
	return list
}

// Tab is one entry; Current is its aria-current, empty for the others.
type Tab struct{ Name, Href, Current string }

// AccountPage is the overview: who one is and how well the account is protected.
type AccountPage struct {
	AccountFrame
	// Name and Lang are what stands in the form: what is stored, or what was
	// just refused. Lang is "" where the browser decides.
	Name, Lang string
	// Protection is what is good and what is missing.
	Protection Protection
	// OtherSessions counts those that are not this one.
	OtherSessions int
	Error         *FormError
}

// Protection is how an account is protected.
type Protection struct {
	// App is the authenticator app, or nil.
	App      *AccountFactor
	Passkeys []AccountFactor
	// CodesLeft are unused backup codes.
	CodesLeft int
	Devices   []AccountDevice
	// Demanded says that policy asks a second factor of the account.
	Demanded bool
	// PasswordSet says that there is a password, and PasswordChanged when it was
	// last changed, zero where that is not known any more.
	PasswordSet     bool
	PasswordChanged time.Time
}

// On says whether a second factor is asked for.
func (p Protection) On() bool { return p.App != nil || len(p.Passkeys) > 0 }

// FewCodes says that it is time to make new backup codes.
func (p Protection) FewCodes() bool { return p.CodesLeft <= 3 }

// AccountFactor is one second factor.
type AccountFactor struct {
	ID, Name string
	// Model is what the device says it is; "" says nothing.
	Model string
	// Synced says that a passkey may be on more devices than one.
	Synced         bool
	Created, Used  time.Time
	credential     []byte
	credentialUser []byte
}

// AccountDevice is a device that is not asked for the second factor.
type AccountDevice struct {
	ID, Device, Kind, IP string
	LastSeen, Until      time.Time
	// Current is the device in use.
	Current bool
}

// SecurityPage lists the ways to sign in.
type SecurityPage struct {
	AccountFrame
	Protection
	// Signal tells the browser which passkeys are good.
	Signal *PasskeySignal
}

// PasskeySignal is what the browser's list of passkeys is told (WebAuthn Signal
// API). Ids are base64url.
type PasskeySignal struct {
	RPID, UserID, CredentialIDs string
	Name, DisplayName           string
}

// PasswordPage changes the password.
type PasswordPage struct {
	AccountFrame
	Rule  PasswordRule
	Error *FormError
}

// EmailPage changes the address.
type EmailPage struct {
	AccountFrame
	Email string
	// Mail says that this server sends letters; without, nobody can prove an address.
	Mail  bool
	Error *FormError
}

// AppPage sets up, replaces or removes the authenticator app.
type AppPage struct {
	AccountFrame
	// App is the one that counts now, or nil.
	App *AccountFactor
	// Setup is one that is being set up, or nil.
	Setup *AppSetup
	Error *FormError
}

// AppSetup is a new seed.
type AppSetup struct {
	// Groups are the setup key in groups of four.
	Groups []string
	// URI is its otpauth link and SVG the QR code of it, both made by package mfa.
	URI template.URL
	SVG template.HTML
}

// PasskeysPage lists the passkeys and adds one.
type PasskeysPage struct {
	AccountFrame
	Passkeys []AccountFactor
	// First says that a passkey will be the first second factor.
	First bool
	// Edited is the passkey whose form was refused.
	Edited string
	// Unusable is why none can work at this server's address, or "".
	Unusable string
	Signal   *PasskeySignal
	Error    *FormError
}

// CodesPage makes backup codes.
type CodesPage struct {
	AccountFrame
	// On says that there is a second factor for which they stand in.
	On   bool
	Left int
	// Codes are new ones, shown once.
	Codes []string
	// File is the name under which they are saved.
	File string
	// Next is the checked way on, for somebody who came from the sign-in.
	Next  string
	Error *FormError
}

// Kinds of a device, each with its own icon.
const (
	DeviceDesktop  = "desktop"
	DevicePhone    = "phone"
	DeviceTerminal = "terminal"
)

// SessionsPage lists where one is signed in.
type SessionsPage struct {
	AccountFrame
	Sessions []SessionRow
	Error    *FormError
}

// Others counts the sessions that are not this one.
func (p SessionsPage) Others() int {
	n := 0
	for _, s := range p.Sessions {
		if !s.Current {
			n++
		}
	}
	return n
}

// SessionRow is one session in the list.
type SessionRow struct {
	ID string
	// Device is such as "Firefox on Windows".
	Device string
	// Kind is desktop, phone or terminal; anything else is shown as desktop.
	Kind string
	IP   string
	// Method is how the person proved who it is, in words.
	Method            string
	Created, LastSeen time.Time
	Current           bool
}
