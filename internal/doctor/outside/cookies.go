package outside

import "github.com/aiwfe/aiwfe-auth/internal/doctor"

func (x *outside) cookieChecks() []doctor.Check { return nil }

type tokens struct{}
