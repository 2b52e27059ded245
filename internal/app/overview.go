package app

import (
	"context"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/doctor/inside"
	"github.com/aiwfe/aiwfe-auth/internal/web"
)

// overview is whom the first page of administrators asks.
func (s *Server) overview() web.OverviewSources {
	return web.OverviewSources{Figures: s.monitor, Certificate: s.certificateEnd, Nodes: s.nodesSeen}
}

// certificateEnd is when the certificate ends that this server shows.
func (s *Server) certificateEnd() (time.Time, bool) {
	if s.cert == nil {
		return time.Time{}, false
	}
	return s.cert.ends(), true
}

// nodesSeen are the servers on this database.
func (s *Server) nodesSeen(ctx context.Context) (list []web.Node, err error) {
	all, _, err := s.Store.Nodes(ctx, inside.Fresh)
	for _, n := range all {
		list = append(list, web.Node{Host: n.Host, Version: n.Version, Since: n.StartedAt})
	}
	return list, err
}
