package outside

import "github.com/aiwfe/aiwfe-auth/internal/doctor"

func (x *outside) loginChecks() []doctor.Check { return nil }

type grant struct{}
