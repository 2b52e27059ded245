package inside

import "github.com/aiwfe/aiwfe-auth/internal/doctor"

func (in *inside) productChecks() []doctor.Check { return nil }
