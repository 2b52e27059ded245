package login

import (
	"context"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// Who reads an account's id, or an address in any spelling, as the audit knows
// somebody. An address that has no account is searched for all the same: what
// strangers tried is part of the record, and so is an account since deleted.
func (s *Service) Who(ctx context.Context, text string) (audit.Who, error) {
	text = strings.TrimSpace(text)
	if !strings.Contains(text, "@") {
		return audit.Who{User: account.ID(text)}, nil
	}
	email, err := account.Canonical(text)
	if err != nil {
		return audit.Who{}, fault.Invalid("/user", "not_an_address",
			"Please give an address such as name@example.com, or an account's id.")
	}
	user, err := s.FindByEmail(ctx, email)
	if err != nil && !fault.Is(err, api.CodeNotFound) {
		return audit.Who{}, err
	}
	return audit.Who{User: user.ID, Address: email}, nil
}
