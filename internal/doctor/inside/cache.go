package inside

import "github.com/aiwfe/aiwfe-auth/internal/doctor"

func (in *inside) cacheChecks() []doctor.Check { return nil }
