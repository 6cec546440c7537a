package secret

import "encoding/hex"

// ContactHash gives the keyed hash by which a contact is found: the key's id,
// a dot and 128 bits of HMAC-SHA-256 in hex. Kind and value are those that the
// contact is stored under, the value in its normal form (E.164, text.Email).
func (k *Keys) ContactHash(kind, value string) string {
	return k.ContactHashes(kind, value)[0]
}

// ContactHashes gives the hash under each key, the current one first: what to
// look a contact up by while older keys are still in use.
func (k *Keys) ContactHashes(kind, value string) []string {
	hashes := make([]string, len(k.rings))
	for i, r := range k.rings {
		hashes[i] = r.id + "." + hex.EncodeToString(r.mac("contact", kind, value)[:16])
	}
	return hashes
}

// FormHashes gives, under each key, the current one first, the hash of what a
// form held, by which another content under the same form is told: the key's
// id, a dot and 128 bits of HMAC-SHA-256 in hex.
func (k *Keys) FormHashes(parts ...string) []string {
	hashes := make([]string, len(k.rings))
	for i, r := range k.rings {
		hashes[i] = r.id + "." + hex.EncodeToString(r.mac("form", parts...)[:16])
	}
	return hashes
}

// ImportIDs gives, under each key, the current one first, the id of a record
// that is imported: 128 bits of HMAC-SHA-256 over what names it elsewhere. The
// names themselves need not be kept, and cannot be guessed from the id.
func (k *Keys) ImportIDs(parts ...string) []string {
	ids := make([]string, len(k.rings))
	for i, r := range k.rings {
		ids[i] = hex.EncodeToString(r.mac("import", parts...)[:16])
	}
	return ids
}
