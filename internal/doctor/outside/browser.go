package outside

import "github.com/aiwfe/aiwfe-auth/internal/doctor"

func (x *outside) browserChecks() []doctor.Check { return nil }
