// Package passkey registers passkeys and security keys and checks their
// proofs (WebAuthn Level 3), as a first factor or as a second one.
//
//	begin                finish              asks of the person
//	BeginRegistration    FinishRegistration  presence; verification if the device can
//	BeginUpgrade         FinishRegistration  nothing: the browser makes it after a password login
//	BeginDiscoverable    Finish              verification: nothing else was proven (W 7.2)
//	BeginSecond          Finish              presence; verification if the device can
//
// Begin gives the JSON for the browser and a Ceremony for the caller, who keeps
// it under the hash of its challenge. ChallengeOf reads the challenge of an
// answer, so that the caller can find the ceremony; it is taken out of the
// database by one conditional write before Finish sees it, so that an answer
// counts once. Where the session or the account matters, the caller binds the
// stored ceremony to it.
//
// The library go-webauthn checks signatures, attestation, flags and the RP id.
// What it reads more kindly than the standard is read strictly here first: JSON
// with a name twice or in another case, an origin with a path behind it, any
// page inside a frame. The counter of signatures is only compared: what
// follows when it went back is the caller's policy.
//
// Every refusal is ErrRefused to the outside; Reason has its private name.
package passkey
