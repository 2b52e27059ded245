package login

import (
	"context"
	"math"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/ratelimit"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// How often mail may be asked for at one address: enough for somebody who
// waits for a slow mailbox, too little to fill it.
const (
	mailLimit  = 5
	mailWindow = time.Hour
)

// steadyFor is how long an answer takes that must not tell whether an address
// exists. What is done for a known one fits in well; what is left of it, by
// which timers and processors tell the two apart, drowns in up to jitter more.
const (
	steadyFor = 350 * time.Millisecond
	jitter    = 32 * time.Millisecond
)

// steady holds an answer until steadyFor after its beginning.
func (s *Service) steady(ctx context.Context, began time.Time) {
	more := jitter * time.Duration(secret.Random(1)[0]) / 256
	wait := time.NewTimer(time.Until(began.Add(steadyFor + more)))
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-ctx.Done():
	}
}

// asked goes through what all requests for mail share: mail must be there, the
// network address and the mailbox have their limits, and the answer takes the
// same time whether there is an account. post does the work for one that there is.
func (s *Service) asked(ctx context.Context, address, what string, c Client, post func(account.User) error) error {
	began := time.Now()
	if s.o.Letters == nil {
		return fault.New(api.CodeMailNotConfigured, "mail_not_configured",
			"This server sends no mail. Please ask an administrator for a link.")
	}
	email, err := account.Canonical(address)
	if err != nil {
		return err
	}
	if wait, ok := s.o.Addresses.Spend(c.Network, s.o.Now()); !ok {
		return tooMany("address_limit", wait)
	}
	defer s.steady(ctx, began)
	may, err := s.mayMail(ctx, email)
	if err != nil {
		return err
	}
	user, ok, err := s.o.Store.UserByEmail(ctx, email)
	if err != nil {
		return err
	}
	row := s.row(audit.EventMailAsked, c.Client)
	row.Address, row.User, row.Detail = email, user.ID, what
	switch {
	case !may:
		row.Outcome, row.Reason = audit.Refused, "mail_limit"
	case !ok:
		row.Outcome, row.Reason = audit.Refused, "unknown_address"
	default:
		return post(user)
	}
	s.o.Tally(row) // a stranger's requests are counted, not listed
	return nil
}

// mailBucket counts letters, and nothing shuts it for longer than its window.
func mailBucket(key secret.Value, email string) ratelimit.Bucket {
	return ratelimit.Bucket{
		Key: secret.Sum(key, []byte("mail"), []byte(email)), Limit: mailLimit, Per: mailWindow, Streak: math.MaxInt64,
	}
}

// mailLink sends a one-time link to an account's address; older links of its
// kind die.
func (s *Service) mailLink(ctx context.Context, u account.User, c Client, kind string, life time.Duration, letter mail.Kind, browser []byte) error {
	text, link := s.newLink(kind, u.ID, life)
	link.Browser = browser
	l, err := s.letter(u, c, mail.Message{Kind: letter, Link: s.url(kind, text), Life: life})
	if err != nil {
		return err
	}
	row := s.row(audit.EventMailAsked, c.Client)
	row.Address, row.Detail = u.Email, kind
	_, err = s.change(ctx, Change{ID: u.ID, Link: &link, Letters: []mail.Letter{l}, Rows: []audit.Row{row}})
	return err
}

// Forgot mails a link by which the owner sets a new password. An account that
// is not open yet gets the link that opens it; one that an administrator shut
// gets nothing.
func (s *Service) Forgot(ctx context.Context, address string, c Client) error {
	return s.asked(ctx, address, LinkReset, c, func(u account.User) error {
		switch {
		case u.Status == account.StatusPending && u.Hash == "":
			return s.mailLink(ctx, u, c, LinkInvite, inviteLife, mail.KindInvitation, nil)
		case u.Status == account.StatusPending:
			return s.mailVerification(ctx, u, c)
		case u.Refusal() == "", u.Status == account.StatusLocked && u.LockedBy == account.LockedByOwner:
			return s.mailLink(ctx, u, c, LinkReset, resetLife, mail.KindReset, nil)
		}
		return s.refusedMail(ctx, u, c, LinkReset)
	})
}

// refusedMail notes that a closed account asked for mail.
func (s *Service) refusedMail(ctx context.Context, u account.User, c Client, what string) error {
	row := s.row(audit.EventMailAsked, c.Client)
	row.Outcome, row.Reason, row.User, row.Address, row.Detail = audit.Refused, u.Refusal(), u.ID, u.Email, what
	if row.Reason == "" {
		row.Reason = "nothing_to_send"
	}
	s.o.Tally(row)
	return ctx.Err()
}

// AskUnlock mails a link that lets the owner try again while strangers' guesses
// have shut the account.
func (s *Service) AskUnlock(ctx context.Context, address string, c Client) error {
	return s.asked(ctx, address, LinkUnlock, c, func(u account.User) error {
		if u.Refusal() != "" {
			return s.refusedMail(ctx, u, c, LinkUnlock)
		}
		return s.mailLink(ctx, u, c, LinkUnlock, resetLife, mail.KindUnlock, nil)
	})
}

// SelfUnlock empties the attempt buckets by a link from the owner's mailbox.
// Those of the second factor stay: a mailbox is no factor.
func (s *Service) SelfUnlock(ctx context.Context, token string, c Client) error {
	if wait, ok := s.o.Addresses.Spend(c.Network, s.o.Now()); !ok {
		return tooMany("address_limit", wait)
	}
	u, ok, err := s.LinkWorks(ctx, LinkUnlock, token)
	if err != nil {
		return err
	}
	if !ok {
		return linkDead("unlock_link_dead")
	}
	_, err = s.change(ctx, Change{
		ID: u.ID, Taken: &Link{Hash: secret.Hash(token), Kind: LinkUnlock}, Cleared: s.buckets(u.Email),
		Rows: []audit.Row{s.row(audit.EventSelfUnlocked, c.Client)},
	})
	if fault.Is(err, api.CodeResetTokenInvalid) {
		err = linkDead("unlock_link_dead")
	}
	return err
}

func linkDead(reason string) error {
	return fault.New(api.CodeLinkInvalid, reason, "This link was used before or has expired.")
}

// ResetPassword sets a new password by a one-time link. It ends all sessions,
// personal tokens and trust in devices, and signs nobody in: the second factor
// is still asked. An account that its owner locked is open again.
func (s *Service) ResetPassword(ctx context.Context, token, next string, c Client) error {
	dead := fault.New(api.CodeResetTokenInvalid, "reset_link_dead", "This link was used before or has expired. Please ask for a new one.")
	if wait, ok := s.o.Addresses.Spend(c.Network, s.o.Now()); !ok {
		return tooMany("address_limit", wait)
	}
	ctx = s.o.Passwords.From(ctx, c.Network)
	user, ok, err := s.LinkWorks(ctx, LinkReset, token)
	if err != nil {
		return err
	}
	if !ok {
		return dead
	}
	hash, short, err := s.newPassword(ctx, next, &user, "")
	if err != nil {
		return err
	}
	row := s.row(audit.EventPasswordSet, c.Client)
	row.Detail = "reset link"
	in := Change{
		ID: user.ID, Hash: &hash, Short: &short, EndSessions: true, EndTokens: true, Reason: session.EndedPassword,
		Taken: &Link{Hash: secret.Hash(token), Kind: LinkReset}, Cleared: s.buckets(user.Email), Rows: []audit.Row{row},
	}
	if user.Status == account.StatusLocked && user.LockedBy == account.LockedByOwner {
		locked, active, nobody := account.StatusLocked, account.StatusActive, ""
		in.IfStatus, in.Status, in.LockedBy = &locked, &active, &nobody
	}
	if in.Letters, in.Links, err = s.notice(user, c, mail.Message{Kind: mail.KindPasswordChanged}); err != nil {
		return err
	}
	_, err = s.change(ctx, in)
	return err
}

// newPassword asks the policy and hashes. short says that the password is one
// that only goes with a second factor, which policy demands of this account.
func (s *Service) newPassword(ctx context.Context, text string, u *account.User, pointer string) (hash string, short bool, err error) {
	policy := s.o.Policy
	if pointer != "" {
		policy = policy.At(pointer)
	}
	if f := policy.Refuse(text, s.demanded(u), u.Email, u.Name); f != nil {
		return "", false, f
	}
	// What the policy of an account without a factor refuses is a short one: of
	// all its rules only the length differs.
	short = policy.Refuse(text, false, u.Email, u.Name) != nil
	hash, err = s.o.Passwords.Hash(ctx, text)
	return hash, short, err
}
