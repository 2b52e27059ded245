package web

import (
	"strconv"

	"github.com/mileusna/useragent"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/i18n"
)

const (
	activityPath = "/account/activity"
	// activityRows is how many rows a page of the list has.
	activityRows = 25
)

func (s *Site) ownActivity(q *httpkit.Request) error {
	frame, p, err := s.accountFrame(q, "account.activity.title", tabActivity, activityPath)
	if err != nil {
		return err
	}
	page := ActivityPage{AccountFrame: frame}
	before, _ := strconv.ParseInt(q.HTTP().URL.Query().Get("before"), 10, 64) // what is no number begins at the newest
	if before = max(0, before); before > 0 {
		page.Newest = activityPath
	}
	rows, err := s.o.Login.Activity(q.Context(), p, before, activityRows+1)
	if err != nil {
		return err
	}
	if len(rows) > activityRows {
		rows = rows[:activityRows]
		page.Older = activityPath + "?before=" + strconv.FormatInt(rows[activityRows-1].ID, 10)
	}
	for _, r := range rows {
		page.Rows = append(page.Rows, activityRow(s.words(q), r, p.User().ID))
	}
	return s.showOwn(q, nil, PageActivity, page)
}

// activityRow is a row of the audit as the person concerned sees it: what was
// told, not the private reason behind it.
func activityRow(w *i18n.Words, r audit.Row, me account.ID) ActivityRow {
	out := ActivityRow{
		What: string(r.Event), Kind: KindInfo, At: r.At, IP: r.Client.IP, Device: agentWords(w, r.Client.UserAgent), Times: r.Count,
	}
	if key, ok := eventWords[r.Event]; ok {
		out.What = w.Text(key)
	}
	if r.Outcome == audit.Refused {
		out.Kind, out.Refused = KindWarning, true
	}
	switch {
	case r.Client.IP == "local": // the command line on the host
		out.IP, out.By = "", w.Text("account.activity.by_host")
	case r.Actor == "host":
		out.By = w.Text("account.activity.by_host")
	case r.Actor != "" && r.Actor != me: // an administrator's place is not the person's to know
		out.IP, out.Device, out.By = "", "", w.Text("account.activity.by_administrator")
	}
	switch r.Event {
	case audit.EventLogin, audit.EventFactorAnswered, audit.EventReauth:
		out.How = methodWords(w, r.Detail)
	}
	return out
}

// agentWords is a browser or a program by its name; "" for none.
func agentWords(w *i18n.Words, agent string) string {
	ua := useragent.Parse(agent)
	switch {
	case ua.Name != "" && ua.OS != "":
		return w.Text("account.activity.browser_on", "browser", ua.Name, "system", ua.OS)
	case len(ua.Name) > 40:
		return ""
	}
	return ua.Name
}

// eventWords say what happened, in the words of the person concerned.
var eventWords = map[audit.Event]string{
	audit.EventLogin:            "account.event.login",
	audit.EventLogout:           "account.event.logout",
	audit.EventRefresh:          "account.event.refresh",
	audit.EventRefreshReuse:     "account.event.refresh_reuse",
	audit.EventSessionEnded:     "account.event.session_ended",
	audit.EventSessionsEnded:    "account.event.sessions_ended",
	audit.EventLegacySession:    "account.event.legacy_session",
	audit.EventPasswordChanged:  "account.event.password_changed",
	audit.EventPasswordSet:      "account.event.password_set",
	audit.EventPasswordUpgraded: "account.event.password_upgraded",
	audit.EventResetIssued:      "account.event.reset_issued",
	audit.EventUserCreated:      "account.event.user_created",
	audit.EventUserUpdated:      "account.event.user_updated",
	audit.EventUserDeleted:      "account.event.user_deleted",
	audit.EventUserUnlocked:     "account.event.user_unlocked",
	audit.EventProfileUpdated:   "account.event.profile_updated",
	audit.EventInvited:          "account.event.invited",
	audit.EventRegistered:       "account.event.registered",
	audit.EventSetupCompleted:   "account.event.setup_completed",
	audit.EventSetupIssued:      "account.event.setup_issued",
	audit.EventRequestRefused:   "account.event.request_refused",
	audit.EventSessionLimit:     "account.event.session_limit",
	audit.EventDeviceMismatch:   "account.event.device_mismatch",
	audit.EventFactorOwed:       "account.event.second_factor_owed",
	audit.EventFactorAnswered:   "account.event.second_factor",
	audit.EventReauth:           "account.event.reauth",
	audit.EventFactorSetup:      "account.event.factor_setup",
	audit.EventFactorAdded:      "account.event.factor_added",
	audit.EventFactorRenamed:    "account.event.factor_renamed",
	audit.EventFactorRemoved:    "account.event.factor_removed",
	audit.EventFactorsReset:     "account.event.factors_reset",
	audit.EventCounterWentBack:  "account.event.passkey_counter_went_back",
	audit.EventCodesMade:        "account.event.backup_codes_made",
	audit.EventTrustEnded:       "account.event.trust_ended",
	audit.EventTokenMade:        "account.event.token_made",
	audit.EventTokenEnded:       "account.event.token_ended",
	audit.EventMailAsked:        "account.event.mail_asked",
	audit.EventLinkOpened:       "account.event.link_opened",
	audit.EventVerified:         "account.event.address_verified",
	audit.EventEmailAsked:       "account.event.address_change_asked",
	audit.EventEmailChanged:     "account.event.address_changed",
	audit.EventReported:         "account.event.reported",
	audit.EventSelfUnlocked:     "account.event.self_unlocked",
	audit.EventExported:         "account.event.data_exported",

	audit.EventBackedUp:        "account.event.backup_made",
	audit.EventRestored:        "account.event.backup_restored",
	audit.EventAuditRestarted:  "account.event.audit_restarted",
	audit.EventAlertSilenced:   "account.event.alert_silenced",
	audit.EventAlertUnsilenced: "account.event.alert_unsilenced",
	audit.EventAlertTested:     "account.event.alert_tested",
	audit.EventKeyRotated:      "account.event.key_rotated",
	audit.EventKeyRetired:      "account.event.key_retired",
	audit.EventKeyCompromised:  "account.event.key_compromised",
	audit.EventUserImported:    "account.event.user_imported",
}
