package account

import (
	"encoding/base64"
	"errors"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
)

const (
	// codePeriod, codeDigits and SHA-1 are what every authenticator app knows.
	codePeriod = 30 * time.Second
	codeDigits = otp.DigitsSix
	// codeSkew is how many time steps a phone's clock may be wrong, either way.
	codeSkew = 1
	// secretBytes is what RFC 4226 asks for, 160 bits.
	secretBytes = 20
	totpPurpose = "totp"
)

// codeIssuer is what an app writes above its code.
const codeIssuer = "Sunday"

// Offer is a secret that an authenticator app may take over. It is kept nowhere
// before a code of it was shown.
type Offer struct {
	// Secret is what is typed where no camera is, in base32.
	Secret string
	// URI is what a camera reads.
	URI string
	// Sealed brings the secret back with the code.
	Sealed string
}

// Offer makes a secret for who is signed in; host is what tells the account from
// one of the same name elsewhere.
func (s *Access) Offer(who Who, host string) (Offer, error) {
	raw := s.IDs.Nonce(secretBytes)
	sealed, err := s.Keys.Seal(totpPurpose, who.Account.ID, raw)
	if err != nil {
		return Offer{}, err
	}
	return offer(raw, who.Account.Login, host, sealed)
}

// Offered gives an offer back by its sealed form, ErrCode where it is none of the
// account's.
func (s *Access) Offered(who Who, host, sealed string) (Offer, error) {
	box, raw, err := s.openOffer(who, sealed)
	if err != nil {
		return Offer{}, err
	}
	return offer(raw, who.Account.Login, host, box)
}

func offer(raw []byte, login, host string, sealed []byte) (Offer, error) {
	key, err := totp.Generate(totp.GenerateOpts{
		Issuer: codeIssuer, AccountName: login + "@" + host, Secret: raw, Period: uint(codePeriod / time.Second), Digits: codeDigits,
	})
	if err != nil {
		return Offer{}, err
	}
	return Offer{Secret: key.Secret(), URI: key.URL(), Sealed: base64.RawURLEncoding.EncodeToString(sealed)}, nil
}

func (s *Access) openOffer(who Who, sealed string) (box, raw []byte, err error) {
	const most = 512 // far more than one has
	if len(sealed) > most {
		return nil, nil, ErrCode
	}
	if box, err = base64.RawURLEncoding.Strict().DecodeString(sealed); err != nil {
		return nil, nil, ErrCode
	}
	if raw, err = s.Keys.OpenSeal(totpPurpose, who.Account.ID, box); err != nil {
		return nil, nil, ErrCode
	}
	return box, raw, nil
}

// timeStep is the number of the 30 seconds that now is in.
func timeStep(now calendar.Instant) int64 { return int64(now) / codePeriod.Milliseconds() }

// codeStep finds the time step after used whose code it is, at most codeSkew from
// now; found is whether there is one.
func codeStep(secret []byte, code string, now calendar.Instant, used int64) (step int64, found bool, err error) {
	text := base32NoPadding.EncodeToString(secret)
	for step := max(timeStep(now)-codeSkew, used+1); step <= timeStep(now)+codeSkew; step++ {
		same, err := hotp.ValidateCustom(code, uint64(step), text, hotp.ValidateOpts{Digits: codeDigits, Algorithm: otp.AlgorithmSHA1})
		if errors.Is(err, otp.ErrValidateInputInvalidLength) {
			return 0, false, nil
		}
		if same || err != nil {
			return step, same, err
		}
	}
	return 0, false, nil
}
