package i18n

import "golang.org/x/text/language"

// maxAcceptBytes bounds a header that anybody may send; browsers send under 100.
const maxAcceptBytes = 500

// Negotiate picks a language with texts: the explicitly asked one, else the
// first of an Accept-Language header that is known, else Vietnamese.
func (c *Catalogue) Negotiate(acceptLanguage, explicit string) string {
	if len(explicit) <= maxAcceptBytes {
		if p := c.match(explicit); p != nil {
			return p.lang
		}
	}
	if len(acceptLanguage) > maxAcceptBytes {
		return Default
	}
	tags, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil {
		return Default
	}
	for _, tag := range tags {
		if p := c.match(tag.String()); p != nil {
			return p.lang
		}
	}
	return Default
}
