// Package web owns the pages a person sees: signing in, setting up, the
// account, errors and the API reference.
//
// Pages are made on the server with html/template and work without scripts.
// Nothing in them is inline: they are written for the policy
//
//	default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;
//	font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';
//	frame-ancestors 'none'
//
// Each page has a view model (LoginPage, AccountPage, ...) that an endpoint
// fills and hands to Pages.Render with the page's name:
//
//	name         model           its forms post to
//	login        LoginPage       /login: csrf_token, next, username, password
//	                             /login/passkey: csrf_token, next, credential
//	verify       VerifyPage      /login/verify: csrf_token, next, method, code or credential, trust
//	enroll       EnrollPage      /login/enroll: csrf_token, next, code or credential
//	reauth       ReauthPage      /reauth: csrf_token, next, password, method, code, credential
//	register     RegisterPage    /register: csrf_token, name, username, password
//	setup        SetupPage       /setup: csrf_token, token, name, username, password
//	invitation   InvitationPage  /invitation: csrf_token, token, username, name, password
//	forgot       ForgotPage      /forgot-password, /unlock-request: csrf_token, username
//	mailed       MailedPage      nothing; that a letter is on its way
//	link         LinkPage        /verify-email, /unlock, /not-me: csrf_token, token, password
//	reset        ResetPage       /reset-password: csrf_token, token, username, password
//	account      AccountPage     /account/profile: csrf_token, name, lang
//	                             /account/email/verify: csrf_token
//	                             /logout: csrf_token
//	message      MessagePage     nothing; one sentence and what to do next
//	leaving      LeavingPage     nothing; the way to another host
//	error        ErrorPage       nothing
//	mailbox      MailboxPage     nothing; the letters of development
//	letter       LetterPage      nothing
//	docs         DocsPage        nothing
//
// The pages of the account are listed in account.go. One with a form that needs
// a recent proof asks for it before it is shown (Site.fresh); one that only shows
// never does. What is shown once, a token or backup codes, stands in the answer
// to the form that made it.
//
// The pages of administrators, under /admin, are listed in admin.go and have a
// sheet and a script of their own, so that nobody else loads those.
//
// A handler that needs a recent proof returns what Site.recent gives, or what
// login refuses with; Fail leads to the step-up and back. Back is the page
// itself, and for a form the nearest page at or above the address it was sent
// to: so a form goes to an address at or below its page.
//
// Pages speak the languages of internal/i18n; no sentence stands in a template or
// in Go. A new page gives each a key in messages/AREA.en.json, says it with t or
// say (speech.go lists what templates may call), takes its title as a key through
// Site.base, and asks Site.words for what Go says. The tests name a sentence
// without a key, a key without a sentence and one that nobody uses. Words of the
// script stand in data attributes. What a person chose stays in a bdi.
//
// The field of an address is called username, as password managers and the
// OAuth2 form have it; its errors are keyed "email" like everywhere else.
package web
