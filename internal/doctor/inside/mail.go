package inside

import "github.com/aiwfe/aiwfe-auth/internal/doctor"

func (in *inside) mailChecks() []doctor.Check { return nil }
