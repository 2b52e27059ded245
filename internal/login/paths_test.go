package login_test

import (
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// paths are all ways by which a credential is checked, with what each is worth
// in the words of the matrix.
var paths = map[string]func(*stage) string{
	"password": func(on *stage) string { return on.password(right, login.Attempt{Client: curl()}) },
	"form":     func(on *stage) string { return on.password(right, login.Attempt{Client: curl(), TokensOnly: true}) },
	"trusted": func(on *stage) string {
		if on.trusted.DeviceCookie == "" {
			return "-"
		}
		return on.password(right, login.Attempt{Client: on.trusted})
	},
	"passkey":       func(on *stage) string { return on.passkeyAlone(false) },
	"passkey-touch": func(on *stage) string { return on.passkeyAlone(true) },
	"reauth": func(on *stage) string {
		return on.signedIn(func(p *login.Person) string {
			g, err := on.w.Reauth(on.w.t.Context(), p, right, login.Answer{Client: curl()})
			return word(g != nil, "proven", err)
		})
	},
	"reauth-touch": func(on *stage) string {
		return on.signedIn(func(p *login.Person) string {
			if on.key == nil {
				return "-"
			}
			g, err := on.w.Reauth(on.w.t.Context(), p, "", on.key.touchOnly().again(p, curl()))
			return word(g != nil, "proven", err)
		})
	},
	"change": func(on *stage) string {
		return on.signedIn(func(p *login.Person) string {
			return word(true, "changed", on.w.ChangePassword(on.w.t.Context(), p, right, other, curl()))
		})
	},
	"reset": func(on *stage) string {
		kind, link, err := on.w.IssueReset(on.w.t.Context(), login.Host(), on.user.ID)
		on.w.must(err)
		if kind == login.LinkReset {
			on.w.must(on.w.ResetPassword(on.w.t.Context(), link, other, curl()))
		} else {
			_, err = on.w.Accept(on.w.t.Context(), login.Joining{Token: link, Password: other, Client: curl()})
			on.w.must(err)
		}
		return on.password(other, login.Attempt{Client: curl()})
	},
	"invitation": func(on *stage) string {
		return outcome(on.w.Enter(on.w.t.Context(), login.Joining{Token: on.invitation, Password: other, Client: curl()}))
	},
	"setup": nil, // worthOfSetup
	"refresh": func(on *stage) string {
		if on.kept == nil {
			return "-"
		}
		g, err := on.w.Refresh(on.w.t.Context(), on.kept.RefreshToken, curl())
		return word(g != nil, "in", err)
	},
	"cookie": func(on *stage) string {
		if on.inBrowser == nil {
			return "-"
		}
		return person(on.w.ByCookie(on.w.t.Context(), on.inBrowser.Cookie))
	},
	"bearer": func(on *stage) string { return on.signedIn(func(*login.Person) string { return "in" }) },
	"old-form": func(on *stage) string {
		if on.oldForm == "" {
			return "-"
		}
		return person(on.w.ByToken(on.w.t.Context(), on.oldForm, curl()))
	},
	"personal": func(on *stage) string {
		if on.personal == "" {
			return "-"
		}
		return person(on.w.ByToken(on.w.t.Context(), on.personal, curl()))
	},
	"personal-as-cookie": func(on *stage) string {
		if on.personal == "" {
			return "-"
		}
		return person(on.w.ByCookie(on.w.t.Context(), on.personal))
	},
	"answer-totp": func(on *stage) string {
		code := "123456" // of nobody's app
		if on.app != nil {
			code = on.app.code()
		}
		return on.answers(login.Answer{Method: login.MethodTOTP, Code: code})
	},
	"answer-backup": func(on *stage) string {
		code := "aaaa-aaaa-aaaa"
		if on.codes != nil {
			code = on.codes[0]
		}
		return on.answers(login.Answer{Method: login.MethodBackup, Code: code})
	},
	"answer-password": func(on *stage) string { return on.answers(login.Answer{Code: right}) },
	"answer-passkey": func(on *stage) string {
		if on.waits == nil {
			return "-"
		}
		options, err := on.w.AnswerOptions(on.w.t.Context(), on.waits.Token, curl())
		if err != nil {
			return word(false, "", err)
		}
		return on.answers(login.Answer{Credential: on.key.signs(options, nil)})
	},
	"enroll-instead": func(on *stage) string {
		if on.waits == nil {
			return "-"
		}
		e, err := on.w.EnrolleeBy(on.w.t.Context(), on.waits.Token, curl())
		if err != nil {
			return word(false, "", err)
		}
		_, added, err := on.w.enrolPasskey(e)
		return word(err == nil && added.Grant != nil, "in", err)
	},
}

func (on *stage) password(text string, a login.Attempt) string {
	a.Email, a.Password = on.email, text
	return outcome(on.w.Password(on.w.t.Context(), a))
}

func (on *stage) passkeyAlone(touch bool) string {
	if on.key == nil {
		return "-"
	}
	key := on.key
	if touch {
		key = key.touchOnly()
	}
	g, err := key.alone(curl())
	return word(g != nil, "in", err)
}

// signedIn does something as the person of the session from before.
func (on *stage) signedIn(act func(*login.Person) string) string {
	if on.kept == nil {
		return "-"
	}
	p, err := on.w.ByToken(on.w.t.Context(), on.kept.AccessToken, curl())
	if err != nil {
		return word(false, "", err)
	}
	return act(p)
}

func (on *stage) answers(a login.Answer) string {
	if on.waits == nil {
		return "-"
	}
	a.Token, a.Client = on.waits.Token, curl()
	g, err := on.w.Answer(on.w.t.Context(), a)
	return word(g != nil, "in", err)
}

// worthOfSetup is the path of the first administrator, before whom there is no
// account in any state: policy demands a factor, or it does not.
func worthOfSetup(t *testing.T, state string) string {
	if state != "active" && state != "demanded" {
		return "-"
	}
	w := build(t, func(o *login.Options) {
		if state == "demanded" {
			o.FactorRoles = []string{account.RoleAdmin}
		}
	})
	return outcome(w.SetUp(t.Context(), login.Joining{
		Token: w.setupLink(), Email: "root@example.com", Password: right, Client: browser("b"),
	}))
}

func outcome(out *login.Outcome, err error) string {
	switch {
	case err != nil:
		return word(false, "", err)
	case (out.Grant == nil) == (out.Challenge == nil):
		return "both or neither"
	case out.Grant != nil:
		return "in"
	case out.Challenge.Enroll:
		return "enroll"
	}
	return "second"
}

func person(p *login.Person, err error) string { return word(p != nil, "in", err) }

// word is the word of the matrix for a result.
func word(done bool, well string, err error) string {
	words := map[api.Code]string{
		api.CodeInvalidCredentials: "no", api.CodeSessionEnded: "ended", api.CodeTokenInvalid: "bad",
		api.CodeChallengeExpired: "late", api.CodeInvitationInvalid: "dead", api.CodeReauthRequired: "stale",
		api.CodeNotFound: "none", api.CodeInvalidCode: "code", api.CodeValidationFailed: "ask",
	}
	code := codeOf(err)
	switch {
	case err == nil && done:
		return well
	case err == nil:
		return "nothing at all"
	case words[code] != "":
		return words[code]
	}
	return string(code)
}
