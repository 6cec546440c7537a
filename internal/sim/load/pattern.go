package load

import (
	"bytes"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
)

// readPattern takes a message apart.
func readPattern(raw []byte) (*pattern, error) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	page, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil {
		return nil, err
	}
	p := &pattern{from: m.Header.Get("From"), html: string(page), others: map[string]string{}}
	if p.subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		return nil, err
	}
	if p.date, err = m.Header.Date(); err != nil {
		return nil, err
	}
	for _, name := range []string{"Auto-Submitted", "Content-Language", "List-Unsubscribe", "List-Unsubscribe-Post"} {
		if value := m.Header.Get(name); value != "" {
			p.others[name] = value
		}
	}
	return p, nil
}
