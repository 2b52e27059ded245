package outside

import "github.com/aiwfe/aiwfe-auth/internal/doctor"

func (x *outside) proxyChecks() []doctor.Check { return nil }
