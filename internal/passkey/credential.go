package passkey

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// User is whom a passkey is made for.
type User struct {
	// Handle is 1 to 64 random bytes of the account, never its address: the
	// device keeps it and shows it to anybody who holds the device (W 14.6.1).
	Handle []byte
	// Email and Name are shown in the browser's list of passkeys.
	Email, Name string
}

// Credential is one passkey or security key as the caller stores it.
type Credential struct {
	// ID is our handle, "pk_...", made by the caller. CredentialID is the
	// device's, 1 to 1023 bytes; no two accounts may have the same.
	ID           string
	CredentialID []byte
	// UserHandle is the owner's.
	UserHandle []byte
	// Data is the library's record as JSON: public key, flags, transports. A
	// proof brings a new one. It has no secret, but who can write it can
	// sign in.
	Data []byte
	// Name is the person's name for it; FinishRegistration proposes one, or
	// "" when the model is not known.
	Name string
	// AAGUID is the model in UUID form; all zero where the device keeps quiet.
	AAGUID string
	// SignCount is the highest counter seen; 0 where the device has none.
	SignCount uint32
	// Synced says that it was kept in its maker's account, and so may be on
	// several devices, when it was last used (the backup state).
	Synced bool
	// Discoverable says that it can sign in without an address. It is false
	// too where the browser did not say.
	Discoverable bool
}

// holder is the library's view of an account and of some of its credentials.
type holder struct {
	user    User
	records []webauthn.Credential
}

func (h holder) WebAuthnID() []byte                         { return h.user.Handle }
func (h holder) WebAuthnName() string                       { return h.user.Email }
func (h holder) WebAuthnDisplayName() string                { return h.user.display() }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.records }

func (u User) display() string {
	if u.Name != "" {
		return u.Name
	}
	return u.Email
}

// held opens the stored credentials of one account.
func held(user User, creds []Credential) (holder, error) {
	h := holder{user: user, records: make([]webauthn.Credential, len(creds))}
	for i, c := range creds {
		if !bytes.Equal(c.UserHandle, user.Handle) {
			return holder{}, fmt.Errorf("passkey: %s belongs to another account", c.ID)
		}
		var err error
		if h.records[i], err = c.record(); err != nil {
			return holder{}, err
		}
	}
	return h, nil
}

// record is the library's record. The counter of the column counts: it may be
// written by itself.
func (c Credential) record() (webauthn.Credential, error) {
	var r webauthn.Credential
	if err := json.Unmarshal(c.Data, &r); err != nil {
		return r, fmt.Errorf("passkey: read the record of %s: %w", c.ID, err)
	}
	if len(r.ID) == 0 || !bytes.Equal(r.ID, c.CredentialID) {
		return r, fmt.Errorf("passkey: the record of %s is that of another credential", c.ID)
	}
	r.Authenticator.SignCount, r.Authenticator.CloneWarning = c.SignCount, false
	return r, nil
}

// stored is the credential of a new record.
func stored(user User, r *webauthn.Credential) (Credential, error) {
	data, err := pack(r)
	if err != nil {
		return Credential{}, err
	}
	model := uuid(r.Authenticator.AAGUID)
	return Credential{
		CredentialID: r.ID, UserHandle: user.Handle, Data: data,
		Name: Model(model), AAGUID: model,
		SignCount: r.Authenticator.SignCount, Synced: r.Flags.BackupState,
		Discoverable: r.Extensions.RK != nil && *r.Extensions.RK,
	}, nil
}

// pack leaves the attestation out: it was checked, nobody asked for it, and it
// is all that could tell one device from another of its model. A warning of
// the counter is an event, not a property.
func pack(r *webauthn.Credential) ([]byte, error) {
	kept := *r
	kept.Attestation = webauthn.CredentialAttestation{}
	kept.Authenticator.CloneWarning = false
	data, err := json.Marshal(kept)
	if err != nil {
		return nil, fmt.Errorf("passkey: write record: %w", err)
	}
	return data, nil
}

// descriptors name the credentials to the browser, with the ways to reach them.
func descriptors(records []webauthn.Credential) []protocol.CredentialDescriptor {
	list := make([]protocol.CredentialDescriptor, len(records))
	for i, r := range records {
		list[i] = r.Descriptor()
	}
	return list
}

func uuid(b []byte) string {
	if len(b) != 16 {
		b = make([]byte, 16)
	}
	h := hex.EncodeToString(b)
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}
