package faultlab

import (
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

func settingInjections() []injection {
	return []injection{{
		fault: "setting", how: "a word that SESSION_CHECK does not know", cause: "config_invalid",
		examine: func(t *testing.T) api.Diagnosis {
			return doctor(t, ground.Unstarted(t, map[string]string{"SESSION_CHECK": "sometimes"}))
		},
	}}
}
