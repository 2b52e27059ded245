package mail

// Kind says what a letter tells.
type Kind string

// The kinds of letters. The name is also the middle of the keys of their
// sentences: mail.KIND.subject.
const (
	// KindVerify asks the owner of a new account to prove the address.
	KindVerify Kind = "verify_address"
	// KindKnown tells that somebody registered with an address that has an account.
	KindKnown Kind = "register_known"
	// KindReset brings the link to a new password.
	KindReset Kind = "reset_password"
	// KindUnlock brings the way in while guesses have shut the password.
	KindUnlock Kind = "unlock"
	// KindEmailConfirm goes to the new address, which is to be proven.
	KindEmailConfirm Kind = "email_confirm"
	// KindEmailNotice goes to the old address.
	KindEmailNotice Kind = "email_notice"
	// KindInvitation brings the link to an account that an administrator made.
	KindInvitation Kind = "invitation"
	// KindNewDevice tells of a sign-in from a device not seen before.
	KindNewDevice Kind = "new_device"
	// KindPasswordChanged tells that the password is another.
	KindPasswordChanged Kind = "password_changed"
	// KindFactorAdded tells of a new second factor or passkey.
	KindFactorAdded Kind = "factor_added"
	// KindFactorRemoved tells that one is gone.
	KindFactorRemoved Kind = "factor_removed"
	// KindFactorsReset tells that an administrator took all of them away.
	KindFactorsReset Kind = "factors_reset"
	// KindCodesMade tells of new recovery codes.
	KindCodesMade Kind = "codes_made"
	// KindCodeUsed tells of a used recovery code and how many are left.
	KindCodeUsed Kind = "code_used"
	// KindTokenMade tells of a new personal access token.
	KindTokenMade Kind = "token_made"
	// KindRefreshReuse tells that a used token came back and its session ended.
	KindRefreshReuse Kind = "refresh_reuse"
	// KindAccountDeleted is the last letter to an account.
	KindAccountDeleted Kind = "account_deleted"
	// KindAlert tells an operator what has to be looked at.
	KindAlert Kind = "alert"
	// KindTest is what `mail test` sends.
	KindTest Kind = "test"
)

// plan is what a letter is made of, beside its subject, title and lead.
type plan struct {
	// action: the letter is about a link, and is nothing without one.
	action bool
	// unproven: the address may be that of somebody who never came here, whom
	// strangers could write to by choosing a name. The letter has no name.
	unproven bool
	// place: when it happened, and from which network address.
	place bool
	// device: with which device. Only where somebody had signed in: a browser
	// may call itself anything, and anybody can ask for a letter.
	device bool
	// factor and address: the name of the factor, the new address.
	factor, address bool
	// left: how many codes are left.
	left bool
	// alarm: what to do when it was somebody else, with or without a link.
	alarm bool
	// after are sentences below the action, by the end of their key.
	after []string
}

var plans = map[Kind]plan{
	KindVerify:          {action: true, unproven: true, after: []string{"ignore"}},
	KindKnown:           {action: true, unproven: true, place: true, after: []string{"reset", "ignore"}},
	KindReset:           {action: true, place: true, after: []string{"ignore"}},
	KindUnlock:          {action: true, place: true, after: []string{"ignore"}},
	KindEmailConfirm:    {action: true, unproven: true, address: true, after: []string{"ignore"}},
	KindEmailNotice:     {address: true, place: true, device: true, alarm: true},
	KindInvitation:      {action: true, unproven: true, after: []string{"ignore"}},
	KindNewDevice:       {place: true, device: true, alarm: true},
	KindPasswordChanged: {place: true, device: true, alarm: true},
	KindFactorAdded:     {factor: true, place: true, device: true, alarm: true},
	KindFactorRemoved:   {factor: true, place: true, device: true, alarm: true},
	KindFactorsReset:    {place: true, after: []string{"ignore"}},
	KindCodesMade:       {place: true, device: true, alarm: true},
	KindCodeUsed:        {place: true, device: true, left: true, alarm: true},
	KindTokenMade:       {factor: true, place: true, device: true, alarm: true},
	KindRefreshReuse:    {place: true, device: true, alarm: true},
	KindAccountDeleted:  {place: true, device: true, after: []string{"ignore"}},
	KindAlert:           {action: true},
	KindTest:            {place: true},
}

// Kinds lists them all, in the order of the constants.
func Kinds() []Kind {
	return []Kind{
		KindVerify, KindKnown, KindReset, KindUnlock, KindEmailConfirm, KindEmailNotice, KindInvitation, KindNewDevice,
		KindPasswordChanged, KindFactorAdded, KindFactorRemoved, KindFactorsReset, KindCodesMade, KindCodeUsed,
		KindTokenMade, KindRefreshReuse, KindAccountDeleted, KindAlert, KindTest,
	}
}
