package outside

import "github.com/aiwfe/aiwfe-auth/internal/doctor"

func (x *outside) corsChecks() []doctor.Check { return nil }
