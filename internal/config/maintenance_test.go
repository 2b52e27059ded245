package config

import (
	"slices"
	"strings"
	"testing"
)

func TestMaintenanceSettings(t *testing.T) {
	c := mustLoad(t, Sources{Env: []string{"ENVIRONMENT=test"}})
	if !slices.Equal(c.MaintenanceSchedule, maintenanceKinds) || c.MaintenanceTimeZone.String() != "UTC" || c.MaintenanceMail != "" || c.RotationDue != 365*day {
		t.Errorf("unset they are %v %v %q %s", c.MaintenanceSchedule, c.MaintenanceTimeZone, c.MaintenanceMail, c.RotationDue)
	}
	for given, want := range map[string]string{"off": "off", "weekly": "weekly", "Daily, monthly,daily": "daily, monthly"} {
		c := mustLoad(t, Sources{Env: []string{"ENVIRONMENT=test", "MAINTENANCE_SCHEDULE=" + given}})
		if got := scheduleField().show(c); got != want {
			t.Errorf("%s is %s", given, got)
		}
	}
	for _, wrong := range []string{
		"MAINTENANCE_SCHEDULE=hourly", "MAINTENANCE_SCHEDULE=off,daily", "MAINTENANCE_TIME_ZONE=Europe/Nowhere", "MAINTENANCE_TIME_ZONE=Local",
		"MAINTENANCE_TIME_ZONE=../../etc/passwd", "MAINTENANCE_MAIL=Ops <ops@example.com>", "MAINTENANCE_MAIL=a@example.com,b@example.com", "ROTATION_DUE=1h",
	} {
		name, _, _ := strings.Cut(wrong, "=")
		if _, err := load(Sources{Env: []string{"ENVIRONMENT=test", wrong}}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", wrong, err)
		}
	}
	silent := mustLoad(t, Sources{Env: production("MAINTENANCE_MAIL=ops@example.com")})
	if !slices.ContainsFunc(silent.Warnings(), func(w string) bool { return strings.Contains(w, "MAINTENANCE_MAIL") }) {
		t.Errorf("without a mail server the warnings are %q", silent.Warnings())
	}
}
