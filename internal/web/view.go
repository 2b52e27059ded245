package web

import (
	"strings"
	"time"
	"unicode"
)

// Base is what every page has. Pages.Base fills the fixed part.
type Base struct {
	// Title is the page's own part of the title; the product follows it.
	Title string
	// Lang is the tag of the language that the page speaks.
	Lang string
	// InLanguage is the address of this page up to the tag of a language, such
	// as "/login?lang="; empty shows no menu of languages.
	InLanguage string
	// CSRF goes into every form; Renewed marks forms that come back for it.
	CSRF    string
	Renewed bool
	// Product and Version name the program.
	Product, Version string
	// Environment, such as "development", is shown as a chip; empty in production.
	Environment string
	// RequestID is the one of this request.
	RequestID string
	// User is the person signed in, or nil.
	User *UserView
	// Flash is one message above the content, or nil.
	Flash *Notice
	// Trouble is what is wrong with the browser, or nil.
	Trouble *Trouble
	// Path is the path of the page.
	Path string
	// Nav is the bar's list of pages; empty shows none.
	Nav []NavItem
}

// language makes a model of every struct that embeds Base.
func (b Base) language() string { return b.Lang }

// UserView is the person signed in.
type UserView struct {
	ID, Email, Name string
	Role            string // account.RoleUser or account.RoleAdmin
	Verified        bool
	CreatedAt       time.Time
}

// Label is what to call the person in the bar.
func (u *UserView) Label() string {
	if u.Name != "" {
		return u.Name
	}
	return u.Email
}

// Initial is the letter in the person's round picture.
func (u *UserView) Initial() string {
	for _, r := range u.Label() {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return string(unicode.ToUpper(r))
		}
	}
	return "?"
}

// Kinds of a notice and of an error summary.
const (
	KindSuccess = "success"
	KindInfo    = "info"
	KindWarning = "warning"
	KindDanger  = "danger"
)

// Notice is one message to the person.
type Notice struct{ Kind, Text string }

// Class is the kind, or info for one that is not known.
func (n *Notice) Class() string { return kindOr(n.Kind, KindInfo) }

// NavItem is one entry of the bar.
type NavItem struct {
	Label, Href string
	Current     bool
	// Count is shown as a badge where it is not zero; Counted says it in words.
	Count   int
	Counted string
}

// Link is a way on from a page. Without an address it is not shown.
type Link struct{ Label, Href string }

// FormError is why a form came back.
type FormError struct {
	// Kind is danger when empty; info for what is nobody's mistake.
	Kind string
	// Summary is the sentence on top, and Detail what more there is to say.
	Summary, Detail string
	// Fields are sentences by the id of the field: name, email, password,
	// current_password, new_password, code, scopes, expires_in_days.
	Fields map[string]string
	// Trouble is what is wrong with the browser, or nil.
	Trouble *Trouble
	// RequestID is what an operator finds the refusal by; empty where the form
	// itself says all there is to know.
	RequestID string
}

// FieldError is one line of an error summary.
type FieldError struct{ ID, Text string }

// The order of the fields on any page, so that the summary reads from top to bottom.
var fieldOrder = [...]string{"user", "url", "method", "name", "email", "current_password", "password", "new_password", "code", "scopes", "expires_in_days"}

// Class is the kind, or danger.
func (e *FormError) Class() string { return kindOr(e.Kind, KindDanger) }

// Field is the sentence for one field; it may be asked of no error at all.
func (e *FormError) Field(id string) string {
	if e == nil {
		return ""
	}
	return e.Fields[id]
}

// List are the faults of fields in the order of the form.
func (e *FormError) List() []FieldError {
	var list []FieldError
	for _, id := range fieldOrder {
		if text := e.Fields[id]; text != "" {
			list = append(list, FieldError{id, text})
		}
	}
	return list
}

func kindOr(kind, otherwise string) string {
	switch kind = strings.ToLower(kind); kind {
	case KindSuccess, KindInfo, KindWarning, KindDanger:
		return kind
	}
	return otherwise
}
