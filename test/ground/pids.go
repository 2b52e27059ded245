package ground

// PID is the process of the server, for those who measure what it uses.
func (c *cluster) PID() int { return c.proc.PID() }

// PID is the process of the server, for those who measure what it uses.
func (s *service) PID() int { return s.proc.PID() }
