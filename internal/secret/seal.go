package secret

import (
	"encoding/binary"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/aead/xchacha20poly1305"
	"github.com/tink-crypto/tink-go/v2/insecuresecretdataaccess"
	"github.com/tink-crypto/tink-go/v2/key"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/secretdata"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Seal encrypts plain under the current key of the purpose (such as
// "contact"). Context is bound to it: the id of the record it belongs to, so
// that a seal moved to another record does not open.
func (k *Keys) Seal(purpose, context string, plain []byte) ([]byte, error) {
	a, err := k.aead(purpose)
	if err != nil {
		return nil, err
	}
	sealed, err := a.Encrypt(plain, []byte(context))
	if err != nil {
		return nil, ErrSeal.Because(err)
	}
	return sealed, nil
}

// OpenSeal gives back what Seal was given with the same purpose and context,
// under the current or an older key; anything else is ErrSeal.
func (k *Keys) OpenSeal(purpose, context string, sealed []byte) ([]byte, error) {
	a, err := k.aead(purpose)
	if err != nil {
		return nil, err
	}
	plain, err := a.Decrypt(sealed, []byte(context))
	if err != nil {
		return nil, ErrSeal.Because(err)
	}
	return plain, nil
}

func (k *Keys) aead(purpose string) (tink.AEAD, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if a, ok := k.aeads[purpose]; ok {
		return a, nil
	}
	a, err := newAEAD(k.rings, purpose)
	if err != nil {
		return nil, ErrSeal.Because(err)
	}
	k.aeads[purpose] = a
	return a, nil
}

// newAEAD builds Tink's key set of one purpose: a key for each ring, its id
// before each ciphertext, so that Tink itself finds the key to open with.
func newAEAD(rings []ring, purpose string) (tink.AEAD, error) {
	params, err := xchacha20poly1305.NewParameters(xchacha20poly1305.VariantTink)
	if err != nil {
		return nil, err
	}
	m := keyset.NewManager()
	for i, r := range rings {
		material := secretdata.NewBytesFromData(r.derive("seal/"+purpose, 32), insecuresecretdataaccess.Token{})
		number := binary.BigEndian.Uint32(r.derive("seal-id/"+purpose, 4))
		var entry key.Key
		if entry, err = xchacha20poly1305.NewKey(material, number, params); err != nil {
			return nil, err
		}
		if _, err = m.AddKey(entry); err != nil {
			return nil, err
		}
		if i == 0 {
			if err = m.SetPrimary(number); err != nil {
				return nil, err
			}
		}
	}
	handle, err := m.Handle()
	if err != nil {
		return nil, err
	}
	return aead.New(handle)
}
