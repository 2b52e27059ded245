package inside

import "github.com/aiwfe/aiwfe-auth/internal/doctor"

func (in *inside) databaseChecks() []doctor.Check { return nil }
