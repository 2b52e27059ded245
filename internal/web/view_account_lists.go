package web

import (
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/i18n"
)

// TokensPage lists the personal access tokens.
type TokensPage struct {
	AccountFrame
	Tokens []TokenRow
	// Made is the text of a token just made, shown once, and Example a command
	// that uses it.
	Made, MadeName, Example string
}

// TokenRow is one token in the list.
type TokenRow struct {
	ID, Name               string
	Scopes                 []string
	Created, Expires, Used time.Time
}

// NewTokenPage makes a personal access token.
type NewTokenPage struct {
	AccountFrame
	Name   string
	Scopes []ScopeChoice
	Lives  []LifeChoice
	Error  *FormError
}

// ScopeChoice is one box to tick.
type ScopeChoice struct {
	Scope, Text string
	Chosen      bool
}

// LifeChoice is one length of life to choose.
type LifeChoice struct {
	Days   int
	Chosen bool
}

// ActivityPage lists what happened to the account.
type ActivityPage struct {
	AccountFrame
	Rows []ActivityRow
	// Older leads to the rows before these, Newest back to the top; empty where
	// there is none.
	Older, Newest string
}

// ActivityRow is one thing that happened.
type ActivityRow struct {
	// What it was, in words.
	What string
	// Kind is that of a notice: what was refused is a warning.
	Kind    string
	Refused bool
	At      time.Time
	// Device, IP, How and By are empty where there is nothing to say.
	Device, IP, How, By string
	// Times is how often it happened within the minute.
	Times int64
}

// DataPage gives everything that is kept about the person.
type DataPage struct{ AccountFrame }

// AccountDeletePage deletes the account.
type AccountDeletePage struct {
	AccountFrame
	// Email is what was typed.
	Email string
	Error *FormError
}

// Choices are the languages to choose from.
func (p AccountPage) Choices() []i18n.Language { return i18n.Languages }
